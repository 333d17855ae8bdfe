// What the settings decide by themselves: placeholders of a translation, a week in a line, what the search finds, which page an error is on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserName } from '../../assets/desk/contact/browser.js';
import { changesOf, rebase } from '../../assets/desk/settings/changes.js';
import { ENTRIES, INBOX_PAGES, pageOf, searchSettings } from '../../assets/desk/settings/index_of.js';
import { fieldOfFault, itemFault } from '../../assets/desk/settings/faults.js';
import { placeholderFault, placeholders } from '../../assets/desk/settings/placeholders.js';
import { pastMidnight, summary } from '../../assets/desk/settings/week.js';

test('a translation keeps every placeholder and invents none (row 172)', () => {
  assert.deepEqual(placeholders(':count of {max}, at 10:30, http://x.example, :count'), [':count', '{max}']);
  assert.equal(placeholderFault(':count unread messages', ':count ungelesene Nachrichten'), '');
  assert.match(placeholderFault(':count unread messages', 'Ungelesene Nachrichten'), /:count must stay/);
  assert.match(placeholderFault(':count unread messages', ':anzahl Nachrichten'), /:count must stay.*:anzahl is not known/);
  assert.match(placeholderFault('at {time}', 'um {zeit}'), /\{time\} must stay/);
  assert.equal(placeholderFault(':count unread', ''), '', 'emptied means the stock sentence');
  assert.deepEqual(placeholders('Hello {{.FirstName | there}}'), ['{{.FirstName}}']);
  const greeting = 'Hello {{.FirstName | there}}';
  assert.equal(placeholderFault(greeting, 'Hallo {{ .FirstName | du }}', true), '', 'the word after the bar is translated');
  assert.equal(placeholderFault(greeting, 'Hallo {{.FirstName}} :smile {x}', true), '', 'one’s own text has no other placeholders');
  assert.match(placeholderFault(greeting, 'Hallo', true), /\{\{\.FirstName\}\} must stay/);
  assert.match(placeholderFault(greeting, 'Hallo {{.Name | du}}', true), /must stay.*\{\{\.Name\}\} is not known/);
  assert.match(placeholderFault(greeting, 'Hallo {{.FirstName | du', true), /no end/);
});

test('a week in a line', () => {
  const nine = [['09:00', '17:00']];
  const days = { monday: nine, tuesday: nine, wednesday: nine, thursday: nine, friday: [['09:00', '12:00'], ['13:00', '15:00']], saturday: [['20:00', '02:00']], sunday: [] };
  assert.equal(summary(days), 'Mon–Thu 09:00–17:00 · Fri 09:00–12:00, 13:00–15:00 · Sat 20:00–02:00');
  assert.equal(summary({}), 'Never open');
  assert.equal(summary({ monday: [['00:00', '24:00']] }), 'Mon all day');
  assert.ok(pastMidnight(['20:00', '02:00']) && !pastMidnight(['09:00', '17:00']) && !pastMidnight(['', '']));
});

test('the search knows settings by other people’s names for them', () => {
  for (const [q, label] of [['z-index', 'When something on your page covers it'], ['jwt', 'Try a token'], ['department', 'Start buttons'], ['powered', 'Say that it runs on deskbell'], ['gdpr', 'Keep IP addresses'], ['require authentication', 'Who may chat']]) {
    assert.ok(searchSettings(q).some((entry) => entry.label === label), `${q} finds ${label}`);
  }
  assert.equal(searchSettings('no such thing at all').length, 0);
  assert.equal(new Set(ENTRIES.map((entry) => `${entry.page}/${entry.tab}/${entry.label}`)).size, ENTRIES.length, 'none twice');
});

test('every setting has one page', () => {
  const keys = INBOX_PAGES.flatMap((page) => page.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(pageOf('home_buttons'), 'home');
  assert.equal(pageOf('privacy'), 'privacy');
});

test('a browser in words', () => {
  assert.equal(browserName('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0'), 'Edge 130 on Windows');
  assert.equal(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'), 'Safari 18 on iPhone');
  assert.equal(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0'), 'Firefox 131 on Linux');
  assert.equal(browserName('curl/8'), 'curl/8');
});

test('two windows: what another saved is not taken back, and only what was touched here is sent', () => {
  const base = { name: 'Shop', enabled: true, config: { brand_name: 'Fern', greeting_message: 'Hi', launcher: { color: '#111111', text: '', spacing: { side: 20, bottom: 20 } }, home_buttons: [{ id: 'a', name: 'One' }] } };
  const change = (config, rest = {}) => ({ ...base, ...rest, config: { ...base.config, ...config } });
  const here = change({ greeting_message: 'Welcome', launcher: { ...base.config.launcher, color: '#222222', spacing: { side: 40, bottom: 20 } } });
  const there = change({ brand_name: 'Fernwood', launcher: { ...base.config.launcher, text: 'Ask us', spacing: { side: 20, bottom: 60 } }, home_buttons: [] }, { name: 'Web shop' });
  const draft = rebase(here, base, there);
  assert.deepEqual(changesOf(draft, there), { config: { greeting_message: 'Welcome', launcher: { color: '#222222', spacing: { side: 40, bottom: 60 } } } });
  assert.equal(draft.name, 'Web shop');
  assert.deepEqual(draft.config.home_buttons, []);
  // The same setting touched on both sides: whoever saves here, means it.
  assert.deepEqual(changesOf(rebase(change({ brand_name: 'Mine' }), base, there), there), { config: { brand_name: 'Mine' } });
  // Nothing touched: nothing to save, whatever happened elsewhere; the same change made on both sides is none any more.
  assert.deepEqual(changesOf(rebase(base, base, there), there), {});
  assert.deepEqual(changesOf(rebase(there, base, there), there), {});
  // Saved: what the server made of it counts, and what was typed meanwhile stays.
  const sent = change({ home_buttons: [{ id: '', name: 'New' }] });
  const answer = change({ home_buttons: [{ id: 'b', name: 'New' }] });
  assert.deepEqual(changesOf(rebase(sent, sent, answer), answer), {});
  assert.deepEqual(changesOf(rebase({ ...sent, name: 'Typed' }, sent, answer), answer), { name: 'Typed' });
  // A copy: nothing typed later reaches the saved one.
  draft.config.launcher.text = 'changed';
  assert.equal(there.config.launcher.text, 'Ask us');
});

test('what is wrong in a list is said at its field', () => {
  assert.deepEqual(itemFault('Button 3: please give it a name.'), { at: 2, words: 'please give it a name.' });
  assert.equal(itemFault('At most 20 buttons.'), null);
  const button = { id: 'a', icon: 'x', name: 'Returns', team: '', priority: '', opening_message: 'y'.repeat(2001) };
  for (const [words, field] of [['there is no such team.', 'team'], ['please give it a name.', 'name'], ['its priority is low, medium, high or empty.', 'priority'], ['the name of an icon is made of letters, digits and hyphens.', 'icon'], ['At most 2000 characters.', 'opening_message'], ['its id is used twice or is none. Leave it out, and it gets a new one.', '']]) assert.equal(fieldOfFault(words, button), field, words);
  const link = { type: 'self_service', text: 'Shipping', target: 'page', url: 'ftp://x', body: '' };
  for (const [words, field] of [['please give the answer.', 'body'], ['please give the address of the page.', 'url'], ['Expected an address that begins with https:// or http://.', 'url']]) assert.equal(fieldOfFault(words, link), field, words);
  const news = { type: 'announcement', title: 'Sale', description: '', image_url: 'nothing', url: 'https://x.example' };
  assert.equal(fieldOfFault('Expected an address that begins with https:// or http://.', news), 'image_url');
  assert.equal(fieldOfFault('please give it a title and an address.', { ...news, url: '' }), 'url');
  const question = { key: 'a', label: '', type: 'list', values: [], placeholder: '{{.x' };
  for (const [words, field] of [['please give it a label.', 'label'], ['its key is used twice.', 'key'], ['a list needs 1 to 100 choices.', 'values'], ['its type is one of text, email, number, checkbox, date, link, list, phone.', 'type'], ['A placeholder that begins with {{ has no end }}.', 'placeholder']]) assert.equal(fieldOfFault(words, question), field, words);
});
