// Somebody leaves before the answer: it goes by mail, the desk says so, and the link in the mail opens the conversation on another device.

import { createServer } from 'node:net';
import { gone, one, same, until } from '../lib/wait.mjs';

/** A mail server that takes everything and keeps it. */
async function sink(stage) {
  const mails = [];
  const waiting = [];
  const server = createServer((socket) => {
    let text = '';
    let data = false;
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.write('220 sink ESMTP\r\n');
    socket.on('data', (bytes) => {
      text += bytes;
      for (;;) {
        if (data) {
          const end = text.indexOf('\r\n.\r\n');
          if (end < 0) return;
          mails.push(text.slice(0, end));
          text = text.slice(end + 5);
          data = false;
          socket.write('250 taken\r\n');
          for (const told of waiting.splice(0)) told();
          continue;
        }
        const end = text.indexOf('\r\n');
        if (end < 0) return;
        const line = text.slice(0, end).toUpperCase();
        text = text.slice(end + 2);
        if (line.startsWith('EHLO')) socket.write('250-sink\r\n250 8BITMIME\r\n');
        else if (line === 'DATA') { data = true; socket.write('354 go on\r\n'); } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  stage.after.push(() => new Promise((done) => { server.close(done); server.closeAllConnections?.(); }));
  return { port: server.address().port, async gets() { while (!mails.length) await new Promise((told) => { waiting.push(told); }); return mails.shift(); } };
}

/** Quoted-printable undone, as far as a link needs it. @param {string} mail */
const readable = (mail) => mail.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

async function linked(stage, ann) {
  const server = await sink(stage);
  const config = { address: 'chat@shop.example', smtp: { host: '127.0.0.1', port: server.port, security: 'none' } };
  const made = await ann.api('POST', '/mailboxes', { name: 'Mail', enabled: true, is_default: true, config });
  await ann.configures({ continuity: { mailbox: made.uuid || made.mailboxes[0].uuid } });
  return server;
}

export default {
  async 'row 129: without an address the desk says so and offers to ask for one'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await linked(stage, ann);
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is it in stock?');
    await visitor.page.close();
    await ann.takes('Is it in stock?');
    await ann.replies('It is.');
    await one(ann.message('It is.').getByText('No e-mail on file'));
    await stage.axe(ann.page, 'an answer without an address');
    await stage.picture(ann.page, 'desk-no-address');
    await ann.page.getByRole('button', { name: 'Ask for one' }).click();
    await until(ann.page, () => /e-mail address/.test(/** @type {any} */ (document.getElementById('composer')).value));
    same(await ann.page.evaluate(() => document.activeElement?.id), 'composer', 'one can go on writing');
  },

  async 'rows 128, 174: an answer is mailed, and its link opens the conversation on another device'(stage) {
    // A link needs to know where the house stands.
    const { base } = stage;
    await stage.server.stop();
    stage.server.env = { DESKBELL_BASE_URL: base };
    await stage.server.start();
    stage.expects(/status of 404 .*auth\/link/);
    const ann = await (await stage.agent('ann')).comesIn();
    const server = await linked(stage, ann);
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is it in stock?');
    await visitor.page.close();
    await ann.takes('Is it in stock?');
    const uuid = ann.page.url().split('/').pop();
    const { contact } = await ann.api('GET', `/conversations/${uuid}`);
    await ann.api('PUT', `/contacts/${contact.uuid}`, { email: 'zoe@customer.example' });
    await ann.replies('It is, in blue.');
    const { messages } = await ann.api('GET', `/conversations/${uuid}`);
    const answer = messages.find((message) => message.text === 'It is, in blue.');
    await ann.api('POST', `/conversations/${uuid}/messages/${answer.uuid}/mail`, {});
    const mail = readable(await server.gets());
    same(/^To:.*zoe@customer\.example/m.test(mail), true, 'to the person');
    await one(ann.message('It is, in blue.').getByText('Mailed'));
    await stage.picture(ann.page, 'desk-mailed');
    const ticket = /\/chat\/[0-9a-f-]{36}#c=([0-9a-f.]+)/.exec(mail);
    same(!!ticket, true, 'the mail has a link');
    const phone = await stage.stranger(undefined, { viewport: { width: 390, height: 844 } });
    const { page } = phone;
    let told = 0;
    page.on('request', (request) => { if (request.url().endsWith('/update-last-seen')) told += 1; });
    await page.goto(`${stage.base}/chat/${stage.inbox}#c=${ticket[1]}`);
    await one(page.getByRole('log').getByText('It is, in blue.'));
    same(await page.evaluate(() => location.hash), '#link', 'the secret is out of the address');
    // A program that looks through mails opens links, too: until hands or keys are at it nobody has read anything. The page's own clock has
    // passed the moment at which it would have said so.
    await page.evaluate(() => new Promise((passed) => { setTimeout(passed, 500); }));
    same(told, 0, 'opening is not reading');
    await one(ann.message('It is, in blue.').getByText('Mailed'));
    await page.mouse.move(60, 300);
    await one(ann.message('It is, in blue.').getByText('Seen'));
    await stage.axe(page, 'the conversation by its link');
    await stage.picture(page, 'link-phone');
    await page.getByRole('textbox', { name: 'Write a message…' }).fill('Then I take it.');
    await page.keyboard.press('Enter');
    await ann.sees('Then I take it.');
    await page.reload();
    await one(page.getByRole('log').getByText('Then I take it.'));
    // A link that is over leads to the chat, and says so.
    await page.goto('about:blank');
    await page.goto(`${stage.base}/chat/${stage.inbox}#c=1.2.3`);
    await one(page.getByText('This link cannot be used any more.'));
    await gone(page.getByText('Then I take it.'));
  },
};
