// Every page and state of both sides under axe's eyes (WCAG 2.2 AA and its best practices), light and dark.

import { INBOX_PAGES } from '../../../assets/desk/settings/index_of.js';
import { one } from '../lib/wait.mjs';

async function widgetStates(stage, colorScheme) {
  const visitor = await (await stage.visitor({ colorScheme })).opens();
  const look = async (place) => stage.axe(await visitor.inside(), `widget ${place} (${colorScheme})`);
  await stage.axe(visitor.page, `shop with launcher (${colorScheme})`, { within: 'deskbell-chat' });
  await visitor.rings();
  await look('home');
  await stage.picture(visitor.page, `widget-home-${colorScheme}`);
  await visitor.frame.getByRole('button', { name: 'More options' }).click();
  await one(visitor.frame.getByRole('menu'));
  await look('menu');
  await visitor.page.keyboard.press('Escape');
  await visitor.comesToWrite();
  await look('new conversation');
  await visitor.says('Please look at everything');
  await visitor.says('🙂');
  await visitor.frame.locator('input[type="file"]').setInputFiles([{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }]);
  await look('chosen file');
  await visitor.frame.getByRole('button', { name: 'Send' }).click();
  await visitor.hasSent('notes.txt');
  const ann = await (await stage.agent('ann')).comesIn();
  await ann.takes('Visitor');
  await ann.replies('With **bold**, `code` and a list:\n\n- one\n- [two](https://example.com)');
  await visitor.sees('With bold');
  await look('conversation');
  await visitor.frame.getByRole('button', { name: 'Emoji' }).click();
  await one(visitor.frame.getByRole('button', { name: 'Emoji', expanded: true }));
  await look('emoji');
  await visitor.page.keyboard.press('Escape');
  await visitor.chooses('Forget this chat here');
  await one(visitor.frame.getByRole('alertdialog'));
  await look('question');
  await visitor.page.keyboard.press('Escape');
  await visitor.frame.getByRole('button', { name: 'Back' }).click();
  await one(visitor.frame.getByRole('region', { name: 'Your conversation' }));
  await look('home with a conversation');
  await visitor.chooses('Your conversations');
  await one(visitor.frame.getByRole('heading', { name: 'Your conversations' }));
  await look('list');
}

async function deskStates(stage, colorScheme) {
  const ann = await stage.agent('ann', { colorScheme });
  const look = (place) => stage.axe(ann.page, `desk ${place} (${colorScheme})`);
  await ann.comesIn();
  await one(ann.row('Zoe Miller'));
  await look('list');
  await ann.takes('Jonas');
  await look('thread with a note');
  await stage.picture(ann.page, `desk-thread-${colorScheme}`);
  await ann.page.getByRole('button', { name: 'Note', exact: true }).click();
  await ann.box.fill('**Half** a note');
  await look('writing a note');
  await ann.page.getByRole('button', { name: 'Reply', exact: true }).click();
  await ann.page.getByRole('button', { name: /^Status: / }).last().click();
  await one(ann.page.getByRole('menu'));
  await look('menu');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Edit the details' }).click();
  await one(ann.page.getByLabel('Phone'));
  await look('editing a person');
  await ann.page.getByRole('button', { name: 'Cancel' }).click();
  await ann.page.locator('body').press('?');
  await one(ann.page.getByRole('heading', { name: 'Keyboard' }));
  await look('keys');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('searchbox').fill('order');
  await one(ann.page.getByRole('heading', { name: 'Messages', exact: true }));
  await look('search');
  stage.expects(/status of 404 .*\/conversations\/0000/);
  await ann.opens('/desk/c/00000000-0000-4000-8000-000000000000');
  await one(ann.page.getByRole('heading', { name: 'There is no such conversation' }));
  await look('a missing conversation');
}

async function settingsStates(stage, colorScheme) {
  const ann = await stage.agent('ann', { colorScheme });
  for (const page of ['inboxes', 'hours', 'hours/new', 'teams', 'agents', 'profile', 'notifications', 'look', 'about']) {
    await ann.settings(page);
        await stage.axe(ann.page, `settings ${page.replace(stage.inbox, '…')} (${colorScheme})`);
    await stage.picture(ann.page, `settings-${page.replace(`${stage.inbox}/`, '').replaceAll('/', '-')}-${colorScheme}`);
  }
  await ann.settings('inboxes/new');
  await one(ann.page.getByRole('heading', { name: 'New inbox' }));
  await stage.axe(ann.page, `settings new inbox (${colorScheme})`);
  await ann.settings('agents');
  await ann.page.getByRole('button', { name: 'Invite', exact: true }).click();
  await one(ann.page.getByRole('heading', { name: 'Invite an agent' }));
  await stage.axe(ann.page, `settings invite (${colorScheme})`);
  const stranger = await stage.stranger(stage.base, { colorScheme });
  await stranger.opens();
  await one(stranger.page.getByRole('button', { name: 'Sign in' }));
  await stage.axe(stranger.page, `login (${colorScheme})`);
  await stranger.opens('/desk#setup=nonsense');
  await one(stranger.page.getByRole('heading', { name: 'Welcome. Who are you?' }));
  await stage.axe(stranger.page, `set-up (${colorScheme})`);
}

async function inboxStates(stage, colorScheme) {
  const ann = await stage.agent('ann', { colorScheme });
  await ann.settings(`inboxes/${stage.inbox}/general`);
  for (const { label, tab } of INBOX_PAGES) {
    await ann.settingsPage(label);
    await stage.axe(ann.page, `settings of an inbox, ${tab} (${colorScheme})`);
    await stage.picture(ann.page, `settings-${tab}-${colorScheme}`);
  }
  await ann.settingsPage('Home');
  await ann.page.getByRole('button', { name: 'Add start button' }).click();
  await ann.page.getByLabel('Button name').fill('Ask us');
  await ann.page.locator('.icon-choice').click();
  await ann.page.getByRole('group', { name: 'Icons' }).getByRole('button').first().waitFor();
  await stage.axe(ann.page, `choosing an icon (${colorScheme})`);
  await stage.picture(ann.page, `settings-icons-${colorScheme}`);
}

async function phone(stage, colorScheme) {
  const options = { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const visitor = await (await stage.visitor(options)).opens();
  await visitor.says('From a phone');
  await stage.axe(await visitor.inside(), `widget on a phone (${colorScheme})`);
  const ann = await stage.agent('ann', options);
  await ann.comesIn();
  await stage.axe(ann.page, `desk list on a phone (${colorScheme})`);
  await ann.takes('From a phone');
  await stage.axe(ann.page, `desk thread on a phone (${colorScheme})`);
  await ann.page.getByRole('button', { name: 'About Visitor' }).last().click();
  await one(ann.panel.getByRole('heading', { name: 'Visitor' }));
  await stage.axe(ann.page, `desk person on a phone (${colorScheme})`);
}

const both = { widget: widgetStates, desk: deskStates, 'settings and doors': settingsStates, 'settings of an inbox': inboxStates, 'phones of both': phone };
export default Object.fromEntries(Object.entries(both).flatMap(([name, tell]) => ['light', 'dark'].map((scheme) => [`${name}, ${scheme}`, (stage) => tell(stage, scheme)])));
