// Mailboxes: set up by an address, tried out, linked to a chat.

import { createServer } from 'node:net';
import { one, same } from '../lib/wait.mjs';

/** A port where nobody listens. */
const closedPort = () => new Promise((done) => { const server = createServer(); server.listen(0, '127.0.0.1', () => { const { port } = /** @type {any} */ (server.address()); server.close(() => done(port)); }); });

export default {
  async 'a mailbox is set up, its test says what is wrong, and a chat is linked to it'(stage) {
    const ann = await stage.agent('ann');
    const { page } = ann;
    await ann.settings('mailboxes');
    await one(page.getByText('No mail yet'));
    await stage.axe(page, 'no mailbox');
    await page.getByRole('button', { name: 'Set up the first mailbox' }).click();
    // A known provider fills both servers, and says what it wants.
    await page.getByLabel('E-mail address').fill('shop@gmail.com');
    await page.keyboard.press('Tab');
    await one(page.getByText('Google wants an app password'));
    same(await page.getByLabel('Outgoing server').inputValue(), 'smtp.gmail.com', 'filled in');
    same(await page.getByLabel('Incoming server').inputValue(), 'imap.gmail.com', 'filled in');
    // One's own server, on this machine, where nobody listens.
    await page.getByLabel('E-mail address').fill('hello@shop.example');
    await page.getByLabel('Outgoing server').fill('127.0.0.1');
    await page.getByLabel('Port for sending').fill(String(await closedPort()));
    await page.getByRole('group', { name: 'Protection while sending' }).getByText('None', { exact: true }).click();
    await page.getByLabel('User for sending').fill('hello@shop.example');
    await page.getByLabel('Password for sending').fill('teapot-teapot');
    await page.getByRole('group', { name: 'How mail comes in' }).getByText('Delivered by my mail server').click();
    await one(page.getByText('deskbell deliver --mailbox hello@shop.example'));
    await page.getByRole('button', { name: 'Test sending' }).click();
    const found = page.getByRole('group', { name: 'What I found' });
    await one(found.getByText('127.0.0.1 is found'));
    await one(found.getByText('The machine is there, but nothing listens on this port.'));
    await stage.axe(page, 'what a test found');
    await stage.picture(page, 'settings-mailbox-test');
    // A value that is wrong is told where it stands.
    stage.expects(/status of 400 .*\/mailboxes/);
    await page.getByLabel('Outgoing server').fill('two words');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(page.getByRole('alert').filter({ hasText: 'a name such as mail.example.com' }));
    await page.getByLabel('Outgoing server').fill('127.0.0.1');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(page.getByRole('heading', { name: 'hello@shop.example', level: 1 }));
    // Kept, and the password is nowhere.
    await page.reload();
    await one(page.getByRole('heading', { name: 'hello@shop.example', level: 1 }));
    same(await page.getByLabel('Outgoing server').inputValue(), '127.0.0.1', 'kept');
    same(await page.getByLabel('Password for sending').inputValue(), '', 'nobody sees it');
    await one(page.getByText('Kept, and shown to nobody.').first());
    const { mailboxes: [mailbox] } = await ann.api('GET', '/mailboxes');
    same([mailbox.has_smtp_password, mailbox.is_default, JSON.stringify(mailbox).includes('teapot')], [true, true, false], 'sealed');
    // Linked under General; unlinked again.
    await ann.settings(`inboxes/${stage.inbox}/general`);
    await page.getByLabel('Linked mailbox').selectOption({ label: 'hello@shop.example' });
    await page.getByLabel('Wait before a mail').fill('soon');
    stage.expects(/status of 400 .*\/inboxes/);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(page.locator('.form-error').filter({ hasText: 'How long to wait' }));
    await page.getByLabel('Wait before a mail').fill('5m');
    await page.getByLabel('Address of the team').fill('team@shop.example');
    await page.getByLabel('Address of the team').scrollIntoViewIfNeeded();
    await stage.picture(page, 'settings-inbox-mail');
    await ann.saves();
    const { continuity } = (await ann.api('GET', '/inboxes')).inboxes[0].config;
    same([continuity.mailbox, continuity.offline_threshold, continuity.agents_address], [mailbox.uuid, '5m', 'team@shop.example'], 'linked');
    await page.getByLabel('Linked mailbox').selectOption({ label: 'None' });
    await ann.saves();
    same((await ann.api('GET', '/inboxes')).inboxes[0].config.continuity.mailbox, '', 'unlinked');
  },

  async 'mailboxes on a phone and in the dark'(stage) {
    const ann = await stage.agent('ann', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await ann.settings('mailboxes');
    await one(ann.page.getByText('No mail yet'));
    await ann.api('POST', '/mailboxes', { config: { address: 'hello@shop.example', smtp: { host: 'mail.shop.example' } } });
    await ann.page.reload();
    await one(ann.page.getByText('hello@shop.example'));
    await stage.axe(ann.page, 'mailboxes in the dark');
    await stage.picture(ann.page, 'settings-mailboxes-phone');
    await ann.page.getByRole('button', { name: /hello@shop\.example/ }).click();
    await one(ann.page.getByRole('heading', { name: 'hello@shop.example', level: 1 }));
    await stage.axe(ann.page, 'a mailbox on a phone');
    const wide = await ann.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    same(wide, 0, 'nothing sticks out');
    await stage.picture(ann.page, 'settings-mailbox-phone');
  },
};
