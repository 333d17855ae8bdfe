// Two people talk: the heart of it, through reloads, cuts and crashes.

import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { check, gone, one, same, until } from '../lib/wait.mjs';

/** A small picture (2 × 2). */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEUlEQVR4nGM4YWYBRAwQCgAhnAQ9CKyytwAAAABJRU5ErkJggg==', 'base64');
const asPng = (name) => ({ name, mimeType: 'image/png', buffer: PNG });
const asText = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

/** Lets go of a file over an element, or pastes it, the way a browser tells the page. */
async function handOver(frame, selector, how, name, text) {
  await frame.evaluate(([where, kind, fileName, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([content], fileName, { type: 'text/plain' }));
    const target = document.querySelector(where);
    const send = (type) => target.dispatchEvent(type === 'paste' ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    for (const type of kind === 'paste' ? ['paste'] : ['dragenter', 'dragover', 'drop']) send(type);
  }, [selector, how, name, text]);
}

const LOST = [/net::ERR_/, /WebSocket connection to/, /Failed to load resource/];

export default {
  async 'a visitor rings and an agent answers, both at once'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('Do your ferns like cats?');
    await ann.takes('Do your ferns like cats?');
    await ann.sees('Do your ferns like cats?');
    await one(visitor.log.getByText('Seen'));
    await ann.box.pressSequentially('They');
    await one(visitor.frame.getByRole('status').filter({ hasText: 'is typing' }));
    await ann.replies('They do, and cats **love** them.');
    await visitor.sees('They do, and cats love them.');
    await one(visitor.message('They do').locator('strong', { hasText: 'love' }));
    await one(visitor.message('They do').getByText('Ann', { exact: false }).first());
    await visitor.box.pressSequentially('Won');
    await one(ann.page.getByText('is typing…').first());
    await visitor.says('Wonderful');
    await ann.sees('Wonderful');
    await stage.picture(visitor.page, 'widget-chat');
    await stage.picture(ann.page, 'desk-thread');
  },

  async 'files from the visitor: chosen, pasted, dropped'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.comesToWrite();
    await visitor.frame.locator('input[type="file"]').setInputFiles([asPng('leaf.png'), asText('notes.txt', 'brown tips')]);
    await one(visitor.frame.getByRole('button', { name: 'Remove leaf.png' }));
    await one(visitor.frame.getByRole('button', { name: 'Remove notes.txt' }));
    await visitor.box.fill('Two files');
    await visitor.box.press('Enter');
    await visitor.hasSent('Two files');
    const inside = await visitor.inside();
    await handOver(inside, '[role="textbox"]', 'paste', 'pasted.txt', 'from the clipboard');
    await one(visitor.frame.getByRole('button', { name: 'Remove pasted.txt' }));
    await handOver(inside, '[role="textbox"]', 'drop', 'dropped.txt', 'from the desktop');
    await one(visitor.frame.getByRole('button', { name: 'Remove dropped.txt' }));
    await visitor.frame.getByRole('button', { name: 'Remove pasted.txt' }).click();
    await gone(visitor.frame.getByRole('button', { name: 'Remove pasted.txt' }));
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await visitor.hasSent('dropped.txt');

    await ann.takes('Visitor');
    const picture = ann.log.getByRole('img', { name: 'leaf.png' });
    await one(picture);
    await until(ann.page, () => [...document.querySelectorAll('img[alt="leaf.png"]')].every((image) => image.complete && image.naturalWidth === 2));
    await one(ann.log.getByRole('link', { name: /dropped\.txt/ }));
    const link = await ann.log.getByRole('link', { name: /dropped\.txt/ }).getAttribute('href');
    const answer = await ann.context.request.get(new URL(link, stage.base).href);
    same(await answer.text(), 'from the desktop', 'the file arrives as it was sent');
    same(answer.headers()['x-content-type-options'], 'nosniff', 'a file is never guessed at');
    await stage.picture(ann.page, 'desk-files');
    await stage.picture(visitor.page, 'widget-files');
  },

  async 'files from the agent reach the visitor with a preview'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Could you show me the pot?');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Could you show me the pot?');
    await ann.page.locator('input[type="file"]').setInputFiles([asPng('pot.png'), asText('price list.txt', '18 €')]);
    await one(ann.page.getByText('pot.png').first());
    await ann.box.fill('Here it is');
    await ann.page.getByRole('button', { name: 'Send', exact: true }).click();
    await ann.hasSent('Here it is');
    await visitor.sees('Here it is');
    await one(visitor.log.getByRole('img', { name: 'pot.png' }));
    await one(visitor.log.getByRole('link', { name: /price list\.txt|price-list\.txt/ }));
    const inside = await visitor.inside();
    await until(inside, () => [...document.querySelectorAll('img[alt="pot.png"]')].some((image) => image.complete && image.naturalWidth === 2));
  },

  async 'a file that is too large is refused before it travels, with its size and the limit'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.types('keep me');
    // From a disk, as a person has it: as bytes it would have to pass through the browser's remote control.
    const film = join(stage.folder, 'film.bin');
    await writeFile(film, '');
    await truncate(film, 20 * 1024 * 1024 + 1);
    await visitor.frame.locator('input[type="file"]').setInputFiles(film);
    await one(visitor.frame.getByRole('status').filter({ hasText: /film\.bin.*the limit is 20/ }));
    same(await visitor.written(), 'keep me', 'what was written stays');
  },

  async 'a reload keeps the conversation and what was not sent yet'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('First words');
    await visitor.drafts('half a sent');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('First words');
    same(await visitor.written(), 'half a sent', 'the unsent text is back');
    await visitor.box.press('Enter');
    await visitor.hasSent('half a sent');
    await visitor.page.goto(`${stage.base}/demo/about`);
    await visitor.isIn();
    await visitor.sees('half a sent');
    same(await visitor.count('half a sent'), 1, 'it was sent once');
  },

  async 'a cut line: said on top, kept in the outbox, sent exactly once when it is back'(stage) {
    stage.expects(...LOST);
    const line = await stage.line();
    const visitor = await (await stage.visitor({ base: line.base })).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('Before the tunnel');
    await ann.takes('Before the tunnel');
    line.cut();
    await visitor.context.setOffline(true);
    await one(visitor.frame.getByText('You are offline. What you write is sent later.'));
    await visitor.box.fill('Inside the tunnel');
    await visitor.box.press('Enter');
    await one(visitor.message('Inside the tunnel').getByText('Will be sent when you are back online'));
    await visitor.box.fill('Still inside');
    await visitor.box.press('Enter');
    await one(visitor.message('Still inside'));
    await ann.replies('Are you there?');
    await stage.picture(visitor.page, 'widget-offline');
    line.mend();
    await visitor.context.setOffline(false);
    await visitor.hasSent('Inside the tunnel');
    await visitor.hasSent('Still inside');
    await visitor.sees('Are you there?');
    await gone(visitor.frame.getByText('You are offline.'));
    await ann.sees('Inside the tunnel');
    await ann.sees('Still inside');
    for (const text of ['Before the tunnel', 'Inside the tunnel', 'Still inside', 'Are you there?']) {
      same(await visitor.count(text), 1, `${text} at the visitor`);
      same(await ann.count(text), 1, `${text} at the agent`);
    }
  },

  async 'what is written offline survives a reload of the page'(stage) {
    stage.expects(...LOST);
    const line = await stage.line();
    const visitor = await (await stage.visitor({ base: line.base })).opens();
    await visitor.says('Hello');
    line.cut();
    await visitor.box.fill('Written in the dark');
    await visitor.box.press('Enter');
    await one(visitor.message('Written in the dark'));
    // The page itself comes from the shop, which is still there: here the same server by its own address would be another origin,
    // so the line is mended first and the answer to the message is what was lost.
    line.mend();
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.hasSent('Written in the dark');
    same(await visitor.count('Written in the dark'), 1, 'sent once');
  },

  async 'the server is killed in the middle and comes back: both catch up, nothing is doubled'(stage) {
    stage.expects(...LOST);
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('One');
    await ann.takes('One');
    await ann.replies('Two');
    await visitor.sees('Two');
    await stage.server.stop('SIGKILL');
    await visitor.box.fill('Three');
    await visitor.box.press('Enter');
    await one(visitor.message('Three'));
    await ann.box.fill('Four');
    await ann.page.getByRole('button', { name: 'Send', exact: true }).click();
    await one(ann.message('Four'));
    await one(visitor.frame.getByText('Reconnecting… What you write is kept.'));
    await one(ann.page.getByText('No connection. You can go on writing'));
    await stage.picture(ann.page, 'desk-no-connection');
    await stage.server.start();
    await visitor.hasSent('Three');
    await ann.hasSent('Four');
    await visitor.sees('Four');
    await ann.sees('Three');
    await gone(visitor.frame.getByText('Reconnecting…'));
    await gone(ann.page.getByText('No connection.'));
    for (const text of ['One', 'Two', 'Three', 'Four']) {
      same(await visitor.count(text), 1, `${text} at the visitor`);
      same(await ann.count(text), 1, `${text} at the agent`);
    }
    await ann.replies('Five');
    await visitor.sees('Five');
  },

  async 'two tabs of one visitor show the same'(stage) {
    const first = await (await stage.visitor()).opens();
    const second = await stage.visitor({ context: first.context });
    await second.opens('/demo/about');
    await first.says('From the first tab');
    await second.comesToWrite();
    await second.sees('From the first tab');
    await second.says('From the second tab');
    await first.sees('From the second tab');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('From the second tab');
    await ann.replies('To both');
    await first.sees('To both');
    await second.sees('To both');
    for (const tab of [first, second]) for (const text of ['From the first tab', 'From the second tab', 'To both']) same(await tab.count(text), 1, text);
  },

  async 'on a phone the chat fills the screen and gives it back'(stage) {
    const visitor = await (await stage.visitor({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })).opens();
    await visitor.launcher.tap();
    await visitor.isIn();
    await visitor.says('From my phone');
    const frame = await visitor.page.locator('deskbell-chat iframe').boundingBox();
    same([frame.x, frame.y, frame.width, frame.height], [0, 0, 390, 844], 'the whole screen');
    const send = await visitor.frame.getByRole('button', { name: 'Send' }).boundingBox();
    check(send.width >= 44 && send.height >= 44, `the send button is a thumb wide: ${send.width} × ${send.height}`);
    const inside = await visitor.inside();
    check(await inside.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await stage.picture(visitor.page, 'widget-phone');
    await visitor.frame.getByRole('button', { name: 'Close chat' }).tap();
    await one(visitor.launcher);
    same(await visitor.page.evaluate(() => document.documentElement.style.overflow), '', 'the page scrolls again');
  },

  async 'questions before the chat are asked, checked, and known to the agent'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ prechat_form: { enabled: true, title: 'Before we talk', fields: [
      { key: 'name', type: 'text', label: 'Your name', placeholder: '', required: true, enabled: true, order: 1, is_default: true, custom_attribute_id: 0 },
      { key: 'email', type: 'email', label: 'Your e-mail', placeholder: '', required: true, enabled: true, order: 2, is_default: true, custom_attribute_id: 0 }] } });
    const visitor = await (await stage.visitor()).opens();
    await visitor.rings();
    await visitor.frame.getByRole('button', { name: /^(Send us a message|Start conversation)/ }).click();
    await one(visitor.frame.getByRole('heading', { name: 'Before we talk' }));
    await visitor.frame.getByLabel('Your name').fill('Nora');
    await visitor.frame.getByLabel('Your e-mail').fill('nora at home');
    await visitor.frame.getByRole('button', { name: 'Continue' }).click();
    await one(visitor.frame.getByText('Please check the e-mail address.'));
    await stage.axe(await visitor.inside(), 'widget questions');
    await visitor.frame.getByLabel('Your e-mail').fill('nora@example.com');
    await visitor.frame.getByRole('button', { name: 'Continue' }).click();
    await one(visitor.box);
    await visitor.says('My name is known');
    await ann.takes('My name is known');
    await one(ann.panel.getByRole('heading', { name: 'Nora' }));
    await one(ann.panel.getByRole('link', { name: 'nora@example.com' }));
    await one(ann.panel.getByText('Not verified'));
  },

  async 'a long conversation comes in pages, and what is read stays where it is'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('The very first words');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('The very first words');
    const uuid = ann.page.url().split('/').pop();
    for (let at = 1; at <= 130; at++) await ann.api('POST', `/conversations/${uuid}/messages`, { kind: 'reply', body: `Line number ${at}.`, echo_id: `line-${at}-aaaaaaaaaaaaaaaa` });
    await ann.page.reload();
    await ann.sees('Line number 130.');
    same(await ann.count('The very first words'), 0, 'only the newest page is there');
    for (let pages = 0; pages < 12 && !await ann.count('The very first words'); pages++) {
      const before = await ann.log.getByRole('article').count();
      await ann.log.evaluate((log) => { log.scrollTop = 0; });
      await until(ann.page, (held) => document.querySelectorAll('[role="log"] article').length > held, before);
    }
    await ann.sees('The very first words');
    const top = () => ann.message('Line number 5.').evaluate((element) => Math.round(element.getBoundingClientRect().top));
    await ann.message('Line number 5.').scrollIntoViewIfNeeded();
    const before = await top();
    await visitor.says('Something new below');
    await one(ann.page.getByRole('button', { name: '1 new' }));
    check(Math.abs(await top() - before) <= 1, 'what is read did not move');
    await ann.page.getByRole('button', { name: '1 new' }).click();
    await ann.sees('Something new below');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('Something new below');
    same(await visitor.count('Line number 130.'), 1, 'and nothing is doubled for the visitor');
  },
};
