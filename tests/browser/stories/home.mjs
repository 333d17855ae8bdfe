// The first screen as a dashboard, and what is asked before and beside a conversation.

import { execFileSync } from 'node:child_process';
import { check, gone, one, same, until } from '../lib/wait.mjs';

async function settings(stage, config) {
  const ann = await (await stage.agent('ann')).comesIn();
  await ann.configures(config);
  return ann;
}

/** The six digits that wait to be mailed to this address. */
export const codeFor = (stage, email) => execFileSync('python3', ['-c', `
import sqlite3, sys
row = sqlite3.connect(sys.argv[1]).execute("""SELECT json_extract(j.payload, '$.code') FROM jobs j JOIN verifications v ON v.id = json_extract(j.payload, '$.verification')
  WHERE j.kind = 'verification_mail' AND v.email = lower(?) ORDER BY v.id DESC LIMIT 1""", (sys.argv[2],)).fetchone()
print(row[0])`, stage.server.file, email], { encoding: 'utf8' }).trim();

const BUTTONS = [
  { icon: 'truck', name: 'Delivery', opening_message: 'Hi! Which **order number** is it about?' },
  { icon: 'no such icon', name: 'Sales' },
];
const APPS = [
  { type: 'self_service', icon: 'book', target: 'answer', text: 'How long does delivery take?', body: 'Two to **three** days.\n\n- Express: one' },
  { type: 'self_service', icon: '', target: 'page', text: 'All about returns', url: 'https://example.com/returns' },
  { type: 'external_link', icon: 'globe', text: 'Our shop', url: 'https://example.com/shop' },
];

export default {
  // Rows 142, 143, 145, 149, 152, 154, 156.
  async 'a dashboard of start buttons, answers and links'(stage) {
    await settings(stage, { home_buttons: BUTTONS, home_apps: APPS, notice_banner: { enabled: true, text: 'Closed on Friday' } });
    const visitor = await (await (await stage.visitor()).opens()).rings();
    const { frame } = visitor;
    await one(frame.getByText('Closed on Friday'));
    await one(frame.getByRole('heading', { name: 'Start a conversation' }));
    await one(frame.getByRole('button', { name: /^Sales/ }));
    const page = frame.getByRole('link', { name: /All about returns/ });
    await one(page);
    for (const link of [page, frame.getByRole('link', { name: /Our shop/ })]) {
      same([await link.getAttribute('target'), await link.getAttribute('rel')], ['_blank', 'noopener noreferrer'], 'a link out of here');
      check(/opens in a new tab/.test(await link.innerText() + await link.textContent()), 'said to everybody');
    }
    await stage.picture(visitor.page, 'widget-dashboard');
    await stage.axe(await visitor.inside(), 'dashboard');
    await frame.getByRole('button', { name: /How long does delivery take/ }).click();
    await one(frame.getByRole('heading', { name: 'How long does delivery take?' }));
    await one(frame.getByText('Two to three days.'));
    await stage.axe(await visitor.inside(), 'answer');
    await frame.getByRole('button', { name: 'Back' }).click();
    await frame.getByRole('button', { name: /^Delivery/ }).click();
    // Shown before anything is sent: one tap leads to the question and to where one writes.
    await one(frame.getByRole('article').filter({ hasText: 'Which order number' }));
    await one(visitor.box);
    await visitor.box.fill('4711');
    await visitor.box.press('Enter');
    await visitor.hasSent('4711');
    same(await frame.getByRole('article').count(), 2, 'the opening and the answer to it, once each');
    await frame.getByRole('button', { name: 'Back' }).click();
    await one(frame.getByRole('region', { name: 'Your conversation' }));
    await stage.axe(await visitor.inside(), 'dashboard with a conversation');
  },

  // Row 133 and the switch for one conversation per person.
  async 'one thread: straight to it, no list, no other one'(stage) {
    await settings(stage, { single_thread: true, home_apps: [] });
    const visitor = await (await (await stage.visitor()).opens()).rings();
    await one(visitor.box);
    same(await visitor.frame.getByRole('button', { name: 'Back' }).count(), 0, 'nothing lies behind it');
    await visitor.says('The only thread');
    await visitor.page.reload();
    await one(visitor.launcher);
    await visitor.isIn();
    await visitor.sees('The only thread');
    await visitor.frame.getByRole('button', { name: 'More options' }).click();
    same(await visitor.frame.getByRole('menuitem', { name: 'Your conversations' }).count(), 0, 'no list');
    same(await visitor.frame.getByRole('button', { name: 'New conversation' }).count(), 0, 'no second one');
  },

  // Rows 186, 187.
  async 'what is unread is bold, marked, and said'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is it in stock?');
    await visitor.frame.getByRole('button', { name: 'Back' }).click();
    await ann.takes('Visitor');
    await ann.replies('It is');
    const row = visitor.frame.getByRole('button', { name: /It is.*1 unread/ });
    await one(row);
    check(await row.locator('strong').evaluate((element) => Number(getComputedStyle(element).fontWeight)) >= 600, 'bold');
    await visitor.chooses('Your conversations');
    await one(visitor.frame.getByRole('button', { name: /It is.*1 unread/ }));
  },

  async 'consent is asked once before the first word, and missing it is said'(stage) {
    await settings(stage, { consent: { enabled: true, text: 'My words are kept for a year', link_text: 'Privacy notice', link_url: 'https://example.com/privacy' } });
    const visitor = await (await stage.visitor()).opens();
    await visitor.types('May I?');
    const box = visitor.frame.getByRole('checkbox', { name: 'My words are kept for a year' });
    await one(box);
    await visitor.box.press('Enter');
    await one(visitor.frame.getByRole('alert').filter({ hasText: 'agree' }));
    await until(await visitor.inside(), () => document.activeElement?.getAttribute('type') === 'checkbox');
    await stage.axe(await visitor.inside(), 'consent refused');
    check((await visitor.box.innerText()).includes('May I?'), 'nothing typed is lost');
    await visitor.page.keyboard.press('Space');
    await visitor.box.press('Enter');
    await visitor.hasSent('May I?');
    await visitor.frame.getByRole('button', { name: 'Back' }).click();
    await visitor.frame.getByRole('button', { name: /^(New conversation|Start conversation)/ }).click();
    await one(visitor.box);
    await gone(box);
  },

  // Rows 196, 198.
  async 'asked for an address after the first message: skipped for good, or kept and shown'(stage) {
    await settings(stage, { contact_prompt: true });
    const first = await (await stage.visitor()).opens();
    await first.says('Just looking');
    const heading = first.frame.getByRole('heading', { name: 'Where can we reach you?' });
    await one(heading);
    await stage.axe(await first.inside(), 'contact card');
    await stage.picture(first.page, 'widget-contact');
    // Never in the way of writing.
    await first.says('And on');
    await first.frame.getByRole('button', { name: 'Not now' }).click();
    await gone(heading);
    await first.page.reload();
    await first.isIn();
    await first.sees('And on');
    same(await heading.count(), 0, 'skipped is skipped');
    const second = await (await stage.visitor()).opens();
    await second.says('Please write back');
    await second.frame.getByRole('textbox', { name: 'E-mail' }).fill('nobody');
    await second.frame.getByRole('button', { name: 'Save' }).click();
    await one(second.frame.getByText('Please check the e-mail address.'));
    await second.frame.getByRole('textbox', { name: /^Name/ }).fill('Mia');
    await second.frame.getByRole('textbox', { name: 'E-mail' }).fill('mia@example.com');
    await second.frame.getByRole('button', { name: 'Save' }).click();
    await one(second.frame.getByRole('region', { name: 'Your contact details' }).filter({ hasText: 'mia@example.com' }));
    await second.page.reload();
    await second.isIn();
    await one(second.frame.getByRole('region', { name: 'Your contact details' }).filter({ hasText: 'mia@example.com' }));
    await stage.axe(await second.inside(), 'contact details');
  },

  async 'nobody here: a form that takes an address, and says when we are back'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    const { hours } = await ann.api('POST', '/hours', { name: 'Never', time_zone: 'Europe/Berlin', weekly: { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] }, holidays: [] });
    await ann.configures({ hours: { set: hours.at(-1).uuid, outside: 'form' } });
    const visitor = await (await (await stage.visitor()).opens()).rings();
    await visitor.frame.getByRole('button', { name: /^(Start conversation|Send us a message)/ }).click();
    await one(visitor.frame.getByRole('heading', { name: 'We are not here right now' }));
    await stage.axe(await visitor.inside(), 'away form');
    await stage.picture(visitor.page, 'widget-away');
    await visitor.frame.getByRole('textbox', { name: 'Your message' }).fill('Call me when you are back');
    await visitor.frame.getByRole('button', { name: 'Leave message' }).click();
    same(await visitor.frame.getByText('Please fill this in.').count(), 2, 'name and address are needed');
    await visitor.frame.getByRole('textbox', { name: 'Name' }).fill('Mia');
    await visitor.frame.getByRole('textbox', { name: 'E-mail' }).fill('mia.away@example.com');
    await visitor.frame.getByRole('button', { name: 'Leave message' }).click();
    await visitor.hasSent('Call me when you are back');
    await one(ann.row('Mia'));
  },

  async 'how was it, answered by keyboard alone'(stage) {
    const ann = await settings(stage, { csat_enabled: true });
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Thank you, that was all');
    await ann.takes('Visitor');
    await ann.replies('You are welcome');
    await ann.page.getByRole('button', { name: 'Resolve', exact: true }).click();
    const group = visitor.frame.getByRole('group', { name: 'How was this conversation?' });
    await one(group);
    await stage.axe(await visitor.inside(), 'how was it');
    const { keyboard } = visitor.page;
    const inside = await visitor.inside();
    await visitor.box.focus();
    for (let tabs = 0; tabs < 12 && !await inside.evaluate(() => document.activeElement?.getAttribute('type') === 'radio'); tabs++) await keyboard.press('Shift+Tab');
    await keyboard.press('ArrowLeft');
    await until(inside, () => document.querySelector('[type="radio"]:checked'));
    await stage.picture(visitor.page, 'widget-csat');
    await keyboard.press('Tab');
    await keyboard.type('Quick and kind');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await one(visitor.frame.getByText('Thank you for telling us.'));
  },

  // Row 81 and every kind of question.
  async 'the questions before a chat: every kind, checked where it is asked'(stage) {
    const field = (key, type, more = {}) => ({ key, type, label: `The ${key}`, enabled: true, required: true, ...more });
    await settings(stage, { prechat_form: { enabled: true, title: 'Before we begin', fields: [field('name', 'text', { is_default: true, order: 1 }), field('email', 'email', { is_default: true, order: 2 }),
      field('chairs', 'number', { order: 3 }), field('day', 'date', { order: 4 }), field('wood', 'list', { values: ['Oak', 'Beech'], order: 5 }), field('mobile', 'phone', { order: 6 }), field('site', 'link', { order: 7 }), field('terms', 'checkbox', { order: 8 })] } });
    const visitor = await (await (await stage.visitor({ viewport: { width: 360, height: 640 } })).opens()).rings();
    const { frame } = visitor;
    await frame.getByRole('button', { name: /^(Start conversation|Send us a message)/ }).click();
    await one(frame.getByRole('heading', { name: 'Before we begin' }));
    const go = frame.getByRole('button', { name: 'Continue' });
    await go.click();
    same(await frame.getByText('Please fill this in.').count(), 8, 'each says what it lacks');
    await until(await visitor.inside(), () => document.activeElement?.getAttribute('name') === 'name');
    await stage.axe(await visitor.inside(), 'questions with mistakes');
    await frame.getByLabel('The name').fill('Mia');
    await frame.getByLabel('The email').fill('mia@example.com');
    await frame.getByLabel('The chairs').fill('4');
    await frame.getByLabel('The day').fill('2026-12-24');
    await frame.getByLabel('The wood').selectOption('Oak');
    await frame.getByLabel('The mobile').fill('+49 30 1234');
    await frame.getByLabel('The site').fill('example.com');
    await frame.getByLabel('The terms').check();
    await go.click();
    await one(frame.getByText('A link starts with https://'));
    await frame.getByLabel('The site').fill('https://example.com');
    await go.click();
    await visitor.says('Four chairs, please');
  },

  async 'the last one leaves while somebody chats: said in the thread, with a way to be reached'(stage) {
    const ann = await settings(stage, { show_reply_time: true });
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Are you there?');
    await ann.api('PUT', '/me', { availability: 'away' });
    await one(visitor.log.getByText('Everybody has left for now. Your message stays here and gets an answer.'));
    await one(visitor.frame.getByRole('heading', { name: 'Where can we reach you?' }));
    await stage.picture(visitor.page, 'widget-left');
    await stage.axe(await visitor.inside(), 'everybody left');
    await visitor.says('I will wait');
    await visitor.frame.getByRole('textbox', { name: 'E-mail' }).fill('mia@example.com');
    await visitor.frame.getByRole('button', { name: 'Save' }).click();
    await one(visitor.log.getByText('Everybody has left for now. We answer as soon as we are back.'));
    await ann.api('PUT', '/me', { availability: 'online' });
    await gone(visitor.log.getByText('Everybody has left for now.'));
  },

  // Row 179.
  async 'the preview draws what it is told, asks nobody, and takes no focus'(stage) {
    const context = await stage.context('settings');
    const page = await context.newPage();
    const asked = [];
    page.on('request', (request) => { if (request.url().includes('/api/')) asked.push(request.url()); });
    await page.route('**/beside', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><html lang="en"><title>Beside</title><label>Words <input></label><iframe title="Preview" width="400" height="700"></iframe></html>' }));
    await page.goto(`${stage.base}/beside`);
    await page.getByLabel('Words').focus();
    const { data: settings } = await (await fetch(`${stage.base}/api/v1/widget/chat/settings?inbox_id=${stage.inbox}`)).json();
    const words = await (await fetch(`${stage.base}/api/v1/lang/en-US`)).json();
    await page.evaluate(([address, told]) => {
      const frame = document.querySelector('iframe');
      window.tell = (changes, state) => frame.contentWindow.postMessage({ deskbell: 'n', type: 'preview', settings: { ...told.settings, ...changes }, words: told.words, state }, location.origin);
      addEventListener('message', (event) => { if (event.data.deskbell === 'n' && event.data.type === 'hello') window.tell({}, { view: 'home' }); });
      frame.src = `${address}#preview&n=n&o=${encodeURIComponent(location.origin)}`;
    }, [`${stage.base}/widget?inbox_id=${stage.inbox}`, { settings, words }]);
    const frame = page.frameLocator('iframe');
    await one(frame.getByRole('heading', { name: 'Hello there' }));
    const shows = (changes, state) => page.evaluate(([a, b]) => window.tell(a, b), [changes, state]);
    await shows({ greeting_message: 'Good day' }, { view: 'home', signed: true });
    await one(frame.getByRole('heading', { name: 'Good day' }));
    await one(frame.getByRole('region', { name: 'Your conversation' }));
    await shows({ access: 'identify' }, { view: 'identify' });
    await one(frame.getByRole('heading', { name: 'First, who are you?' }));
    await shows({ tiles: { bug: true, review: true } }, { view: 'hub', dark: true });
    await one(frame.getByRole('button', { name: /^Leave a review/ }));
    await shows({}, { view: 'chat', signed: true });
    await one(frame.getByRole('article').filter({ hasText: 'I will have a look' }));
    await shows({}, { view: 'list' });
    await one(frame.getByRole('heading', { name: 'Your conversations' }));
    same(asked, [], 'nothing was asked');
    same(await page.evaluate(() => document.activeElement.localName), 'input', 'the cursor stayed where one types');
    same(await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]), [], 'nothing was kept');
  },
};
