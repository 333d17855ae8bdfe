// Where one writes: what is bold looks bold, and nothing one wrote is ever lost or taken for something else.

import { check, gone, one, same, until } from '../lib/wait.mjs';

/** What the box shows, with its marks. */
const shown = async (visitor) => (await visitor.inside()).evaluate(() => [...document.querySelector('[role="textbox"]').childNodes].map((node) => (node.nodeType === 3 ? node.data : node.outerHTML)).join(''));
const select = async (visitor, from, to) => (await visitor.inside()).evaluate(([a, b]) => {
  const box = document.querySelector('[role="textbox"]');
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const place = (at) => { walker.currentNode = box; let left = at; for (let node = walker.nextNode(); node; node = walker.nextNode()) { if (left <= node.length) return [node, left]; left -= node.length; } return [box, 0]; };
  box.focus();
  document.getSelection().setBaseAndExtent(...place(a), ...place(b));
}, [from, to]);

export default {
  // Row 188.
  async 'bold, italic and code by keys and by buttons, seen the same by both'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.comesToWrite();
    const { keyboard } = visitor.page;
    await visitor.box.pressSequentially('My fern is ');
    await keyboard.press('Control+b');
    await visitor.box.pressSequentially('very');
    await keyboard.press('Control+b');
    await visitor.box.pressSequentially(' brown, 2*3*4 leaves and *sad*');
    same(await shown(visitor), 'My fern is <strong>very</strong> brown, 2*3*4 leaves and *sad*', 'what is bold looks bold, stars stay stars');
    await visitor.frame.getByRole('button', { name: 'Formatting' }).click();
    const bar = visitor.frame.getByRole('group', { name: 'Formatting' });
    await one(bar);
    await select(visitor, 3, 7);
    await bar.getByRole('button', { name: 'Italic' }).click();
    await one(bar.getByRole('button', { name: 'Italic', pressed: true }));
    await select(visitor, 23, 28);
    await keyboard.press('Control+e');
    same(await shown(visitor), 'My <em>fern</em> is <strong>very</strong> brown, <code>2*3*4</code> leaves and *sad*', 'all three');
    await stage.picture(visitor.page, 'widget-formatting');
    await stage.axe(await visitor.inside(), 'widget formatting');
    await keyboard.press('Enter');
    await visitor.hasSent('My fern is very brown, 2*3*4 leaves and *sad*');
    same(await visitor.written(), '', 'the box is empty');
    await ann.takes('My fern is very brown');
    for (const log of [visitor.log, ann.log]) {
      const bubble = log.getByRole('article').filter({ hasText: 'My fern is very brown, 2*3*4 leaves and *sad*' });
      await one(bubble.locator('em', { hasText: 'fern' }));
      await one(bubble.locator('strong', { hasText: 'very' }));
      await one(bubble.locator('code', { hasText: '2*3*4' }));
    }
  },

  async 'stars, ticks and backslashes come through every way home: sent, kept as a draft, undone'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const hard = '**not bold** `not code` C:\\*.* \\o/ 5 * 3';
    await visitor.drafts('\\o/ 5 * 3');
    await visitor.box.fill('');
    await visitor.box.pressSequentially(hard);
    await until(visitor.page, () => Object.values(localStorage).some((value) => value.includes('not code') && value.includes(' 3')));
    await visitor.page.reload();
    await visitor.isIn();
    same(await visitor.written(), hard, 'the draft to the letter');
    await visitor.box.press('Enter');
    await visitor.hasSent(hard);
    same(await visitor.message(hard).locator('strong, code').count(), 0, 'only words');
  },

  async 'undo and redo, lines, six lines at most, and pasted words without their clothes'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.comesToWrite();
    const { keyboard } = visitor.page;
    const box = async () => (await visitor.box.boundingBox()).height;
    const low = await box();
    await visitor.box.pressSequentially('one');
    for (let at = 2; at <= 12; at++) { await keyboard.press('Shift+Enter'); await visitor.box.pressSequentially(String(at)); }
    same(await visitor.written(), ['one', ...Array.from({ length: 11 }, (_, at) => String(at + 2))].join('\n'), 'lines');
    const high = await box();
    check(high > low * 2 && high <= 22 * 6 + 24, `grows to six lines: ${low} → ${high}`);
    await visitor.box.fill('');
    same(await box(), low, 'and back');
    await visitor.box.fill('first words');
    await select(visitor, 0, 5);
    await keyboard.press('Control+b');
    same(await shown(visitor), '<strong>first</strong> words', 'bold');
    await keyboard.press('Control+z');
    same(await shown(visitor), 'first words', 'undone');
    await keyboard.press('Control+Shift+z');
    same(await shown(visitor), '<strong>first</strong> words', 'and done again');
    await visitor.box.fill('');
    await (await visitor.inside()).evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/html', '<h1 style="color:red" onclick="alert(1)">Big <img src=x onerror=alert(1)></h1>');
      data.setData('text/plain', 'Big\r\nwords');
      document.querySelector('[role="textbox"]').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    same(await shown(visitor), 'Big\nwords', 'only words come in');
    await keyboard.press('Enter');
    await visitor.hasSent('words');
  },

  async 'Enter belongs to a word that is being composed'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.comesToWrite();
    await visitor.box.click();
    const line = await visitor.context.newCDPSession(visitor.page);
    await line.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await line.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Process', code: 'Enter' });
    same(await visitor.log.getByRole('article').count(), 0, 'nothing is sent');
    await line.send('Input.insertText', { text: '日本' });
    same(await visitor.written(), '日本', 'the word is here');
    await visitor.box.press('Enter');
    await visitor.hasSent('日本');
  },

  async 'an inbox without formatting has a plain field'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ features: { emoji: true, file_upload: true, formatting: false } });
    const visitor = await (await stage.visitor()).opens();
    await visitor.comesToWrite();
    await visitor.box.pressSequentially('plain');
    await gone(visitor.frame.getByRole('button', { name: 'Formatting' }));
    await visitor.page.keyboard.press('Control+a');
    await visitor.page.keyboard.press('Control+b');
    same(await shown(visitor), 'plain', 'nothing is marked');
    await visitor.says('plain words');
  },

  async 'a phone keeps its room: more tools behind one button'(stage) {
    const visitor = await (await stage.visitor({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true })).opens();
    await visitor.comesToWrite();
    await gone(visitor.frame.getByRole('group', { name: 'Formatting' }));
    await visitor.frame.getByRole('button', { name: 'More tools' }).tap();
    for (const name of ['Bold', 'Italic', 'Code', 'Emoji', 'Take a picture']) {
      const size = await visitor.frame.getByRole('button', { name, exact: true }).boundingBox();
      check(size.width >= 44 && size.height >= 44, `${name} is a thumb wide: ${size.width} × ${size.height}`);
    }
    await stage.picture(visitor.page, 'widget-phone-tools');
    await visitor.frame.getByRole('button', { name: 'Bold', exact: true }).tap();
    await visitor.box.pressSequentially('bold');
    await visitor.frame.getByRole('button', { name: 'Send' }).tap();
    await one(visitor.message('bold').locator('strong'));
    const inside = await visitor.inside();
    check(await inside.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
  },

  async 'what is written while the first message is on its way stays where it is'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.comesToWrite();
    let answer;
    await visitor.context.route('**/conversations/init', async (route) => { await new Promise((done) => { answer = done; }); await route.continue(); });
    await visitor.box.fill('First');
    await visitor.box.press('Enter');
    await one(visitor.message('First'));
    await visitor.box.pressSequentially('and sec');
    answer();
    await visitor.hasSent('First');
    await visitor.box.pressSequentially('ond');
    same(await visitor.written(), 'and second', 'nothing is lost');
    await visitor.box.press('Enter');
    await visitor.hasSent('and second');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('and second');
    same(await visitor.written(), '', 'and no draft is left behind');
  },

  // Row 189.
  async 'many files wrap, tell their size in words, and one can be taken back'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.comesToWrite();
    await visitor.frame.locator('input[type="file"]').first().setInputFiles(['short.txt', 'a rather long name of a file that nobody can read at once.txt', 'third.txt', 'fourth.txt'].map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(426, 'x') })));
    same(await visitor.frame.getByText('426 bytes').count(), 4, 'sizes in words');
    await stage.picture(visitor.page, 'widget-tray');
    const inside = await visitor.inside();
    check(await inside.evaluate(() => { const tray = document.querySelector('.chosen'); return tray.scrollWidth <= tray.clientWidth; }), 'nothing runs out of the tray');
    await visitor.frame.getByRole('button', { name: 'Remove third.txt' }).click();
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await visitor.hasSent('fourth.txt');
    same(await visitor.log.getByRole('link').count(), 3, 'three files');
  },
};
