// Without a mouse, without eyes, and with words that were meant to hurt.

import { readFileSync } from 'node:fs';
import { check, gone, one, same, until } from '../lib/wait.mjs';

const payloads = readFileSync(new URL('../../fixtures/payloads.txt', import.meta.url), 'utf8').split('\n').filter((line) => line.trim());
/** What has the focus: its role or tag, and its name. */
const focused = async (visitor) => (await visitor.inside()).evaluate(() => { const one = document.activeElement; return one.getAttribute('aria-label') || one.textContent.trim() || one.localName; });
const has = async (visitor, name) => until(await visitor.inside(), (wanted) => (document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()) === wanted, name);

export default {
  // Rows 182, 206.
  async 'menu, questions and emoji by keys alone; Escape goes one step back and the focus with it'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ allow_close: true });
    await visitor.says('By keys');
    const { keyboard } = visitor.page;
    await visitor.frame.getByRole('button', { name: 'More options' }).focus();
    await keyboard.press('ArrowDown');
    await one(visitor.frame.getByRole('menu', { name: 'More options' }));
    await has(visitor, 'Sound');
    await keyboard.press('ArrowUp');
    await has(visitor, 'Forget this chat here');
    await keyboard.press('Home');
    await has(visitor, 'Sound');
    await keyboard.press('e');
    check(/^E/.test(await focused(visitor)), 'a letter goes to its entry');
    await keyboard.press('Escape');
    await has(visitor, 'More options');
    await gone(visitor.frame.getByRole('menu'));
    await keyboard.press('Enter');
    await visitor.frame.getByRole('menuitem', { name: 'End conversation' }).press('Enter');
    await one(visitor.frame.getByRole('alertdialog', { name: 'End conversation' }));
    for (const name of ['Cancel', 'End conversation', 'Cancel']) { await has(visitor, name); await keyboard.press('Tab'); }
    await keyboard.press('Escape');
    await gone(visitor.frame.getByRole('alertdialog'));
    await visitor.frame.getByRole('button', { name: 'Emoji' }).focus();
    await keyboard.press('Enter');
    await one(visitor.frame.getByRole('group', { name: 'Emoji' }));
    await has(visitor, '😀');
    await keyboard.press('ArrowRight');
    await has(visitor, '😄');
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    await gone(visitor.frame.getByRole('group', { name: 'Emoji' }));
    same(await visitor.written(), '😄', 'picked');
    await visitor.frame.getByRole('button', { name: 'More options' }).press('ArrowDown');
    await visitor.frame.getByRole('menuitem', { name: 'End conversation' }).press('Enter');
    await visitor.frame.getByRole('alertdialog').getByRole('button', { name: 'End conversation' }).press('Enter');
    await one(visitor.frame.getByText('This conversation has ended.').first());
    await visitor.frame.getByRole('button', { name: 'New conversation' }).press('Enter');
    await visitor.says('And another one');
    await ann.takes('And another one');
  },

  // Row 187.
  async 'a screen reader hears each answer once, and nothing else'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('My own words');
    const inside = await visitor.inside();
    await inside.evaluate(() => {
      window.heard = [];
      new MutationObserver((changes) => {
        for (const { addedNodes, target, type } of changes) {
          const live = (target.nodeType === 1 ? target : target.parentElement)?.closest('[aria-live], [role="status"], [role="alert"], [role="log"]');
          if (!live || live.getAttribute('aria-live') === 'off') continue;
          for (const node of type === 'characterData' ? [target] : addedNodes) if (node.textContent.trim()) window.heard.push(node.textContent.trim());
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await ann.takes('My own words');
    await ann.replies('First answer');
    await visitor.sees('First answer');
    await visitor.says('More of my own');
    await ann.replies('Second answer');
    await visitor.sees('Second answer');
    await one(visitor.log.getByText('Seen'));
    const heard = await inside.evaluate(() => window.heard);
    same(heard.filter((text) => /answer/.test(text)).map((text) => text.replace(/^.*?: /, '')), ['First answer', 'Second answer'], 'each once, in order');
    check(heard.every((text) => !/own/.test(text)), `one's own words are not read out: ${heard}`);
    check(/^Ann/.test(heard.find((text) => /First/.test(text))), 'with the name of who says it');
    // The list: unread is a word, too, and not only bold.
    await visitor.frame.getByRole('button', { name: 'Back' }).click();
    await one(visitor.frame.getByRole('region', { name: 'Your conversation' }));
    await ann.replies('Third answer');
    const row = visitor.frame.getByRole('region', { name: 'Your conversation' }).getByRole('button', { name: /Third answer.*1 unread/ });
    await one(row);
    check(Number(await row.locator('strong').first().evaluate((name) => getComputedStyle(name).fontWeight)) >= 600, 'and bold');
    await stage.picture(visitor.page, 'widget-unread');
    await row.click();
    await visitor.sees('Third answer');
  },

  async 'hostile words typed, kept as a draft and as names of files are only words'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const out = [];
    visitor.page.on('framenavigated', (frame) => { const { protocol, hostname } = new URL(frame.url()); if (protocol !== 'about:' && hostname !== '127.0.0.1') out.push(frame.url()); });
    visitor.page.on('popup', (page) => out.push(page.url()));
    await visitor.comesToWrite();
    const inside = await visitor.inside();
    const strange = async () => (await visitor.inside()).evaluate(() => document.querySelectorAll('script:not([src]), iframe, object, embed, base, svg script, [onerror], [onload], [onclick], img[src^="x"], a[href^="javascript"], [role="textbox"] :not(strong, em, code, br)').length);
    for (const payload of payloads.filter((_, at) => at % 9 === 0)) {
      await visitor.box.fill(payload);
      same(await strange(), 0, `while written: ${payload}`);
      await visitor.box.press('Enter');
      await until(inside, () => document.querySelector('[role="textbox"]').textContent === '');
    }
    await visitor.box.fill('last');
    await visitor.box.press('Enter');
    await visitor.hasSent('last');
    await visitor.frame.locator('input[type="file"]').first().setInputFiles(payloads.slice(0, 3).map((payload, at) => ({ name: `${at}${payload.replace(/[/\\"\r\n\0]/g, ' ')}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') })));
    same(await strange(), 0, 'as chosen files');
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await visitor.frame.getByRole('link', { name: /^0/ }).first().waitFor();
    await visitor.drafts(payloads[0]);
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('last');
    same(await strange(), 0, 'after a reload');
    same(out, [], 'nobody was led away');
  },

  // Rows 217 (the visitor's half).
  async 'cards and quick replies: pressed by keys, said as one’s own, gone after use'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('Which plan?');
    await ann.takes('Which plan?');
    const uuid = ann.page.url().split('/').pop();
    await ann.api('POST', `/conversations/${uuid}/messages`, { kind: 'reply', body: 'Look at these', rich: { template: 'cards', elements: [
      { title: 'Small', subtitle: 'For one', buttons: [{ type: 'url', text: 'Prices', value: 'https://shop.example/prices' }, { type: 'message', text: 'I want it', value: 'I want *small*', postback_id: 'small' }] },
      { title: 'Large <b>', subtitle: 'For all', buttons: [{ type: 'message', text: 'This one', value: 'Large', postback_id: 'large' }] }] } });
    await one(visitor.log.getByText('Large <b>'));
    same(await visitor.frame.getByRole('link', { name: /Prices/ }).getAttribute('href'), 'https://shop.example/prices', 'a link');
    await stage.picture(visitor.page, 'widget-cards');
    await stage.axe(await visitor.inside(), 'widget cards');
    await visitor.frame.getByRole('button', { name: 'I want it' }).press('Enter');
    await visitor.hasSent('I want *small*');
    await ann.sees('I want *small*');
    await one(visitor.frame.getByRole('button', { name: 'This one' }));
    await ann.api('POST', `/conversations/${uuid}/messages`, { kind: 'reply', body: '', rich: { template: 'quick_replies', elements: [{ title: 'When?', buttons: [{ type: 'message', text: 'Today' }, { type: 'message', text: 'Later' }] }] } });
    const answers = visitor.frame.getByRole('group', { name: 'When?' });
    await one(answers);
    await stage.picture(visitor.page, 'widget-quick-replies');
    await answers.getByRole('button', { name: 'Later' }).click();
    await visitor.hasSent('Later');
    await gone(answers);
    await ann.message('Later').last().waitFor();
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('Later');
    same(await visitor.frame.getByRole('group', { name: 'When?' }).count(), 0, 'still gone after a reload');
  },

  // Row 184.
  async 'the bell rings once for all tabs, never for one’s own words, and not when it is off'(stage) {
    let rang = 0;
    const first = await stage.visitor();
    await first.context.exposeBinding('rang', () => { rang++; });
    await first.context.addInitScript(() => {
      const nothing = () => new Proxy(() => {}, { get: (_, name) => (name === Symbol.toPrimitive ? undefined : nothing()), apply: () => nothing(), set: () => true });
      window.AudioContext = class { constructor() { Object.assign(this, { state: 'running', currentTime: 0, destination: {} }); } resume() {} createGain() { return nothing(); } createOscillator() { window.rang(); return nothing(); } };
    });
    const ONE = 4;
    const ann = await (await stage.agent('ann')).comesIn();
    await first.opens();
    await first.says('Ring me');
    await ann.takes('Ring me');
    same(rang, 0, 'one’s own words are silent');
    await ann.replies('One');
    await first.sees('One');
    for (const late = Date.now() + 10_000; rang < ONE && Date.now() < late;) await first.page.evaluate(() => new Promise(requestAnimationFrame));
    same(rang, ONE, 'one bell');
    const second = await stage.visitor({ context: first.context });
    await second.opens('/demo/about');
    await second.comesToWrite();
    await second.box.click();
    await ann.replies('Two');
    await first.sees('Two');
    await second.sees('Two');
    await ann.replies('Three');
    await first.sees('Three');
    await second.sees('Three');
    for (const late = Date.now() + 10_000; rang < 3 * ONE && Date.now() < late;) await first.page.evaluate(() => new Promise(requestAnimationFrame));
    same(rang, 3 * ONE, 'each answer one bell, with two tabs open');
    for (const tab of [first, second]) {
      await tab.frame.getByRole('button', { name: 'More options' }).click();
      const sound = tab.frame.getByRole('menuitemcheckbox', { name: 'Sound' });
      if (await sound.getAttribute('aria-checked') === 'true') await sound.click(); else await tab.page.keyboard.press('Escape');
    }
    await ann.replies('Four');
    await first.sees('Four');
    await second.sees('Four');
    same(rang, 3 * ONE, 'off is off');
  },

  // Row 205.
  async 'the conversation by e-mail: the address is asked for when nobody knows it'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.api('POST', '/mailboxes', { name: 'Mail', enabled: true, is_default: true, config: { address: 'chat@shop.example', smtp: { host: '127.0.0.1', port: 9, security: 'none' } } });
    await ann.configures({ allow_transcript: true });
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Write it down for me');
    await ann.takes('Write it down for me');
    stage.expects(/status of 400 .*transcript/);
    await visitor.frame.getByRole('button', { name: 'More options' }).press('ArrowDown');
    await visitor.frame.getByRole('menuitem', { name: 'E-mail transcript' }).press('Enter');
    const dialog = visitor.frame.getByRole('dialog', { name: 'E-mail transcript' });
    await one(dialog);
    await stage.axe(await visitor.inside(), 'widget transcript');
    await dialog.getByRole('textbox').fill('not an address');
    await dialog.getByRole('textbox').press('Enter');
    await one(dialog.getByText('Please check the e-mail address.'));
    await dialog.getByRole('textbox').fill('zoe@example.com');
    await dialog.getByRole('button', { name: 'Send it' }).click();
    await one(visitor.frame.getByText(/on its way to z.*@example\.com/));
    await gone(dialog);
  },
};
