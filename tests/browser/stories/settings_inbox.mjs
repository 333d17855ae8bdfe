// Every setting of an inbox: it is found, it changes the widget, it survives a restart. Titles name the rows of the list of requirements.

import { check, gone, one, same, until } from '../lib/wait.mjs';
import { ENTRIES } from '../../../assets/desk/settings/index_of.js';

const row = (ann, list, text) => ann.page.getByRole('list', { name: list, exact: true }).getByRole('listitem').filter({ hasText: text });
const names = (ann, list) => ann.page.getByRole('list', { name: list, exact: true }).locator('.sort-words b').allInnerTexts();
const restart = async (stage) => { await stage.server.stop(); await stage.server.start(); };


/** The icon field by its own label. */
const iconChoice = (ann, field) => ann.page.locator('.field').filter({ hasText: field }).getByRole('button');

const OF_INBOXES = ENTRIES.filter((one) => one.tab);
const HALF = Math.ceil(OF_INBOXES.length / 2);

/** Each of these settings is found by the search, which leads to its very line. */
async function areFound(stage, entries) {
  const ann = await stage.agent('ann');
  await ann.settings('about');
  // Those that only show when something else is chosen.
  await ann.configures({ csat_enabled: true, privacy: { ip: 'full' }, hours: { set: (await ann.api('POST', '/hours', { name: 'Shop', time_zone: 'Europe/Berlin', weekly: { monday: [['09:00', '17:00']] }, holidays: [] })).uuid } });
  await ann.settings(`inboxes/${stage.inbox}/general`);
  const search = ann.page.getByRole('searchbox', { name: 'Search settings' });
  for (const entry of entries) {
    await search.fill(entry.label);
    await ann.page.getByRole('list', { name: 'Found settings' }).getByRole('button').filter({ hasText: entry.label }).first().click();
    await ann.page.locator('.settings-main .is-found').first().waitFor();
    check((await ann.page.locator('.settings-main .is-found').last().innerText()).includes(entry.label), `${entry.label} is there`);
    same(await ann.page.evaluate(() => location.pathname.split('/').pop()), entry.tab, `${entry.label} is on its page`);
    await until(ann.page, () => { document.querySelectorAll('.is-found').forEach((one) => one.classList.remove('is-found')); return true; });
  }
}

export default {
  'every setting is found by the search, which leads to its very line: the first half': (stage) => areFound(stage, OF_INBOXES.slice(0, HALF)),
  'every setting is found by the search, which leads to its very line: the second half': (stage) => areFound(stage, OF_INBOXES.slice(HALF)),

  async 'rows 143–151: start buttons with icon, team, priority, opening message, in any order'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/home`);
    await ann.api('POST', '/teams', { name: 'Returns', members: [], hours: null });
    await ann.page.reload();
    const add = ann.page.getByRole('button', { name: 'Add start button' });
    await add.click();
    await ann.page.getByLabel('Button name').fill('Ask about plants');
    await add.click();
    await ann.page.getByLabel('Button name').fill('Return an order');
    await iconChoice(ann, 'Icon').click();
    await ann.page.getByRole('searchbox', { name: 'Search icons' }).fill('delivery');
    await ann.page.getByRole('group', { name: 'Icons' }).getByRole('button', { name: 'truck', exact: true }).click();
    await one(ann.page.getByText('truck', { exact: true }));
    await ann.page.getByLabel('Team').selectOption({ label: 'Returns' });
    await ann.page.getByLabel('Priority').selectOption('high');
    await ann.page.getByLabel('Opening message').fill('Which order is it about?');
    // Row 150: off, and it says why.
    check(await ann.page.getByRole('switch', { name: 'AI responses' }).isDisabled(), 'the AI switch is closed');
    await one(ann.page.getByText('no assistant is set up on this server', { exact: false }));
    // Row 151, by keyboard: the focus stays on the handle, and it is said where the button is now.
    const handle = row(ann, 'Start buttons', 'Return an order').getByRole('button', { name: /^Move / });
    await handle.focus();
    await ann.page.keyboard.press('ArrowUp');
    await one(ann.page.getByText('Return an order: now 1 of 2'));
    same(await ann.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Move Return an order, 1 of 2', 'the focus stays');
    same(await names(ann, 'Start buttons'), ['Return an order', 'Ask about plants'], 'the order');
    // The preview has it before anything is saved (row 179).
    await one(ann.preview.getByRole('button', { name: /Return an order/ }));
    await stage.picture(ann.page, 'settings-home-buttons');
    await ann.saves();
    const visitor = await (await stage.visitor()).opens();
    await visitor.rings();
    const buttons = visitor.frame.getByRole('button', { name: /Return an order|Ask about plants/ });
    await buttons.first().waitFor();
    check((await buttons.first().innerText()).includes('Return an order'), 'the order in the widget');
    await buttons.first().click();
    await one(visitor.frame.getByText('Which order is it about?'));
    await visitor.says('Number 4711');
    const ben = await (await stage.agent('ben')).comesIn();
    await ben.takes('Number 4711');
    await one(ben.panel.getByText('Returns', { exact: true }));
    await one(ben.panel.getByText('High', { exact: true }));
    // Row 151, by dragging.
    await ann.settings(`inboxes/${stage.inbox}/home`);
    const from = await row(ann, 'Start buttons', 'Ask about plants').getByRole('button', { name: /^Move / }).boundingBox();
    const to = await row(ann, 'Start buttons', 'Return an order').boundingBox();
    await ann.page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await ann.page.mouse.down();
    await ann.page.mouse.move(from.x + from.width / 2, to.y + 4, { steps: 8 });
    await ann.page.mouse.up();
    same(await names(ann, 'Start buttons'), ['Ask about plants', 'Return an order'], 'dragged');
    await ann.saves();
    stage.expects(/ann|ben|visitor/);
    await restart(stage);
    await ann.settings(`inboxes/${stage.inbox}/home`);
    same(await names(ann, 'Start buttons'), ['Ask about plants', 'Return an order'], 'after a restart');
  },

  async 'rows 152–156: self-service and external links and news, in any order, opening in a new tab'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('about');
    await ann.configures({ home_apps: [] });
    await ann.settings(`inboxes/${stage.inbox}/home`);
    await ann.page.getByRole('button', { name: 'Add self-service link' }).click();
    await ann.page.getByLabel('Display name').fill('Shipping costs');
    await ann.page.getByLabel('Answer', { exact: true }).fill('Four euros, **free** above fifty.');
    await ann.page.getByRole('button', { name: 'Add external link' }).click();
    await ann.page.getByLabel('Display name').fill('Our blog');
    await ann.page.getByLabel('Address', { exact: true }).fill('javascript:alert(1)');
    stage.expects(/status of 400 .*\/inboxes\//);
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    // Row 154: http and https only, said at the list and in the row it is about.
    await one(ann.page.getByRole('alert').filter({ hasText: 'Card 2' }).first());
    await ann.page.getByLabel('Address', { exact: true }).fill('https://blog.fernwood.example/');
    await ann.page.getByRole('button', { name: 'Add announcement' }).click();
    await ann.page.getByLabel('Title').fill('Spring sale');
    await ann.page.getByLabel('Leads to').fill('https://fernwood.example/sale');
    // Rows 153 and 155.
    await row(ann, 'Links and news', 'Our blog').getByRole('button', { name: /^Move / }).press('Home');
    same(await names(ann, 'Links and news'), ['Our blog', 'Shipping costs', 'Spring sale'], 'the order');
    await ann.saves();
    const visitor = await (await stage.visitor()).opens();
    await visitor.rings();
    const link = visitor.frame.getByRole('link', { name: /Our blog/ });
    await one(link);
    same(await link.getAttribute('target'), '_blank', 'a new tab');
    check(/noopener/.test(await link.getAttribute('rel')) && /noreferrer/.test(await link.getAttribute('rel')), 'noopener noreferrer');
    await visitor.frame.getByRole('button', { name: /Shipping costs/ }).click();
    await one(visitor.frame.getByText('Four euros', { exact: false }));
    await ann.page.reload();
    await one(row(ann, 'Links and news', 'Spring sale'));
    same(await names(ann, 'Links and news'), ['Our blog', 'Shipping costs', 'Spring sale'], 'and stays');
  },

  async 'rows 157–163 and 179: the look is previewed at once, live after saving, and stays'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/appearance`);
    await one(ann.preview.getByText('Fernwood Plants').first());
    stage.expects(/status of 400 .*\/inboxes\//);
    // Row 160: a colour that is none is refused at its field.
    await ann.page.getByLabel('Main colour', { exact: true }).fill('#12');
    await one(ann.page.getByText('Write a colour like #0f766e.'));
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByRole('alert').filter({ hasText: 'Not saved' }));
    await ann.page.getByLabel('Main colour', { exact: true }).fill('#06548c');
    await ann.page.getByLabel('Launcher text').fill('Questions?');
    await one(ann.page.getByRole('region', { name: 'Preview' }).getByText('Questions?'));
    await ann.page.getByRole('radio', { name: 'Left' }).check();
    await ann.page.getByRole('radio', { name: 'Sidebar' }).check();
    await ann.page.getByRole('radio', { name: 'Dark', exact: true }).first().check();
    await iconChoice(ann, 'Launcher icon').click();
    await ann.page.getByRole('button', { name: 'None', exact: true }).click();
    await until(await (await ann.page.locator('iframe[title="Preview of the chat"]').elementHandle()).contentFrame(), () => document.documentElement.dataset.theme === 'dark');
    const before = await (await stage.visitor()).opens();
    check(!(await before.launcher.innerText()).includes('Questions?'), 'nothing is live before it is saved');
    await ann.saves();
    await restart(stage);
    const visitor = await (await stage.visitor()).opens();
    check((await visitor.launcher.innerText()).includes('Questions?'), 'the text on the button (row 162)');
    const place = await visitor.launcher.boundingBox();
    check(place.x < 200, `on the left (row 159): ${place.x}`);
    same(await visitor.launcher.locator('svg.i').count(), 0, 'no icon (row 161)');
    await visitor.rings();
    const frame = await visitor.page.locator('deskbell-chat iframe').boundingBox();
    check(frame.height > 780 && frame.x < 10, `a sidebar of full height (row 158): ${JSON.stringify(frame)}`);
    await until(await visitor.inside(), () => document.documentElement.dataset.theme === 'dark');
    stage.expects(/ann|visitor/);
    await ann.settings(`inboxes/${stage.inbox}/appearance`);
    same(await ann.page.getByLabel('Main colour', { exact: true }).inputValue(), '#06548c', 'after a restart');
  },

  async 'rows 138 and 167: on and off, and who may chat, with a warning where something is missing'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/general`);
    await ann.page.getByRole('radio', { name: /After giving name and e-mail/ }).check();
    await one(ann.page.getByText('No mail is set up on this server.'));
    await ann.page.getByRole('radio', { name: /Only people your site vouches for/ }).check();
    await gone(ann.page.getByText('No mail is set up on this server.'));
    await ann.page.getByRole('switch', { name: 'This inbox is on' }).uncheck();
    await ann.saves();
    await one(ann.page.getByText('Off: the launcher is not shown anywhere'));
    same((await ann.api('GET', '/inboxes')).inboxes[0].config.access, 'verified', 'kept');
    await ann.page.getByRole('switch', { name: 'This inbox is on' }).check();
    await ann.page.getByRole('radio', { name: /Anyone, at once/ }).check();
    await ann.saves();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('On again');
  },

  async 'rows 112, 113 and 178: tiles are switched here, and no embed code changes by it'(stage) {
    const ann = await stage.agent('ann', { permissions: ['clipboard-read', 'clipboard-write'] });
    await ann.settings(`inboxes/${stage.inbox}/installation`);
    const copied = async () => ann.page.evaluate(() => navigator.clipboard.readText());
    /** @type {Record<string, string>} */ const codes = {};
    for (const form of ['Deskbell', 'Libredesk', 'SeggWat', 'SupportPal', 'LiveChat']) {
      await ann.page.getByRole('tab', { name: form, exact: true }).click();
      const what = form === 'Deskbell' ? 'snippet' : `${form} snippet`;
      await ann.page.getByRole('button', { name: `Copy ${what}`, exact: true }).click();
      await until(ann.page, (wanted) => document.querySelector('.code')?.getAttribute('aria-label') !== wanted, what);
      codes[form] = await copied();
      same(codes[form].trim(), (await ann.page.getByLabel(what, { exact: true }).innerText()).trim(), `${form} is copied exactly`);
      check(codes[form].includes(stage.base), `${form} names this server: ${codes[form]}`);
    }
    same(new Set(Object.values(codes)).size, 5, 'five different codes');
    await ann.settingsPage('Tiles');
    await ann.page.getByRole('switch', { name: 'Bug report' }).check();
    await one(ann.page.getByText('The launcher opens a menu of 2 tiles.'));
    await one(ann.preview.getByRole('button', { name: /bug/i }));
    await ann.saves();
    await ann.settingsPage('Embed code');
    await one(ann.page.getByLabel('snippet', { exact: true }));
    same((await ann.page.getByLabel('snippet', { exact: true }).innerText()).trim(), codes.Deskbell.trim(), 'the same line as before');
    const visitor = await (await stage.visitor()).opens();
    await visitor.launcher.click();
    await one(visitor.frame.getByRole('button', { name: /bug/i }));
  },

  async 'the questions before a chat: every kind, kept as an attribute, in any order'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/messages`);
    await ann.page.getByRole('switch', { name: 'Ask before the first message' }).check();
    await ann.page.getByRole('button', { name: 'Add question' }).click();
    await ann.page.getByLabel('Question', { exact: true }).fill('Which plant?');
    await ann.page.getByLabel('Kind', { exact: true }).selectOption('list');
    await ann.page.getByLabel('Choices').fill('Fern\nPalm');
    await ann.page.getByLabel('Kept as').fill('plant');
    await row(ann, 'Questions', 'Which plant?').getByRole('button', { name: /^Move / }).press('Home');
    await ann.page.getByRole('switch', { name: 'Ask for consent before the first message' }).check();
    await ann.page.getByLabel('Text of the consent').fill('You may keep what I write.');
    await ann.saves();
    const { config } = (await ann.api('GET', '/inboxes')).inboxes[0];
    const { key, type, values, order } = config.prechat_form.fields[0];
    same({ key, type, values, order }, { key: 'plant', type: 'list', values: ['Fern', 'Palm'], order: 1 }, 'the first question');
    same(config.consent.text, 'You may keep what I write.', 'the consent');
    await stage.picture(ann.page, 'settings-messages-questions');
  },

  async 'privacy and identity settings are kept'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/privacy`);
    await ann.page.getByRole('radio', { name: 'In full' }).check();
    await ann.page.getByLabel('Days until a full address is shortened').fill('7');
    await ann.page.getByRole('radio', { name: 'Never' }).check();
    await ann.saves();
    await ann.settingsPage('Security and identity');
    await ann.page.getByRole('switch', { name: 'E-mail tokens must expire' }).check();
    await ann.saves();
    await ann.page.reload();
    await one(ann.page.getByRole('switch', { name: 'E-mail tokens must expire', checked: true }));
    const { privacy, require_exp: required } = (await ann.api('GET', '/inboxes')).inboxes[0].config;
    // An inbox that trusts other sites only is previewed all the same.
    await ann.configures({ trusted_domains: ['shop.example'] });
    await ann.settings(`inboxes/${stage.inbox}/home`);
    await one(ann.preview.getByRole('heading', { level: 1 }));
    same([privacy.ip, privacy.ip_days, privacy.page_visits, required], ['full', 7, 'never', true], 'kept');
  },
};
