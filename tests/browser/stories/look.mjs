// Seen by eyes, thumbs, keyboards and screen readers: dark, right to left, enlarged, without a mouse.

import { check, gone, one, same, until } from '../lib/wait.mjs';

/** Relative luminance of a computed colour. */
const bright = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
const groundOf = (locator) => locator.evaluate((element) => { for (let at = element; at; at = at.parentElement) { const found = getComputedStyle(at).backgroundColor.match(/[\d.]+/g).map(Number); if (found.length < 4 || found[3] > 0) return found; } return [255, 255, 255]; });

async function settings(stage, config) {
  const ann = await (await stage.agent('ann')).comesIn();
  await ann.configures(config);
  await ann.page.close();
}

export default {
  async 'dark mode follows the system, in panel and desk'(stage) {
    const visitor = await (await stage.visitor({ colorScheme: 'dark' })).opens();
    await visitor.says('Good night');
    const dark = await groundOf(visitor.log);
    check(bright(dark) < 0.25, `the chat is dark: ${dark}`);
    await stage.picture(visitor.page, 'widget-dark');
    await visitor.page.emulateMedia({ colorScheme: 'light' });
    await until(await visitor.inside(), () => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number); return r + g + b > 600 || getComputedStyle(document.body).backgroundColor === 'rgba(0, 0, 0, 0)'; });
    const ann = await stage.agent('ann', { colorScheme: 'dark' });
    await ann.comesIn();
    await ann.takes('Good night');
    check(bright(await groundOf(ann.log)) < 0.25, 'the desk is dark');
    await stage.picture(ann.page, 'desk-dark');
  },

  async 'Arabic is written from right to left, with the launcher on the other side'(stage) {
    await settings(stage, { language: 'ar', fallback_language: 'ar' });
    const visitor = await stage.visitor({ locale: 'ar' });
    await visitor.page.goto(`${stage.base}/demo`);
    await visitor.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await one(visitor.launcher);
    await until(visitor.page, () => document.querySelector('deskbell-chat').shadowRoot.querySelector('button').getBoundingClientRect().left < 200);
    await visitor.launcher.click();
    const inside = await visitor.inside();
    await until(inside, () => document.documentElement.dir === 'rtl' && document.querySelector('main button'));
    same(await inside.evaluate(() => document.documentElement.lang.slice(0, 2)), 'ar', 'the language is said');
    await visitor.frame.getByRole('main').getByRole('button').filter({ hasText: /رسالة|محادثة|أرسل|Start/ }).first().click();
    const box = visitor.frame.getByRole('textbox');
    await one(box);
    await box.fill('مرحبا، هل يمكنكم المساعدة؟');
    await box.press('Enter');
    await one(visitor.frame.getByRole('article').filter({ hasText: 'مرحبا' }));
    const [mine, frame] = [await visitor.frame.getByText('مرحبا، هل').boundingBox(), await visitor.page.locator('deskbell-chat iframe').boundingBox()];
    check(mine.x - frame.x < frame.x + frame.width - mine.x - mine.width, 'one’s own words stand at the left');
    check(await inside.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await stage.picture(visitor.page, 'widget-arabic');
  },

  async 'every language of ours draws the first screen and the composer in its own words'(stage) {
    for (const [language, write] of [['de-DE', /Nachricht/], ['es-ES', /mensaje/i], ['ar', /رسالة/]]) {
      await settings(stage, { language });
      const visitor = await (await stage.visitor({ locale: language })).opens();
      await visitor.launcher.click();
      const box = visitor.frame.getByRole('textbox', { name: write });
      await visitor.frame.locator('button.start').click();
      await one(box);
      const words = await (await visitor.inside()).evaluate(() => document.querySelector('.conversation, main').innerText + document.querySelector('header').innerText);
      check(!/usually|anything|minutes|we are|right now/i.test(words), `no English words of ours in ${language}: ${words}`);
    }
  },

  async 'at 200 % nothing has to be scrolled sideways'(stage) {
    // A window of 1280 × 1024 enlarged twice has 640 × 512 of its pixels left; four times, 320.
    for (const viewport of [{ width: 640, height: 512 }, { width: 320, height: 400 }]) {
      const visitor = await (await stage.visitor({ viewport, deviceScaleFactor: 2 })).opens();
      await visitor.says(`Large letters and averyverylongwordthatdoesnotwanttobreakanywhereatallbecauseitisanaddress at ${viewport.width}`);
      const inside = await visitor.inside();
      check(await inside.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the chat fits ${viewport.width}`);
      check(await visitor.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the page fits ${viewport.width}`);
      const send = await visitor.frame.getByRole('button', { name: 'Send' }).boundingBox();
      check(send && send.x + send.width <= viewport.width && send.y + send.height <= viewport.height, `the send button is in sight: ${JSON.stringify(send)}`);
      const ann = await stage.agent('ann', { viewport, deviceScaleFactor: 2 });
      await ann.comesIn();
      check(await ann.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the desk's list fits ${viewport.width}`);
      await ann.takes(`Large letters`);
      await ann.sees('Large letters');
      check(await ann.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the desk's thread fits ${viewport.width}`);
      await ann.opens('/desk/settings/inboxes');
      await one(ann.page.getByRole('heading', { level: 1, name: 'Inboxes' }));
      check(await ann.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the settings fit ${viewport.width}`);
      await ann.page.close();
    }
  },

  async 'from the launcher to a sent message without a mouse; Escape closes and gives the focus back'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const { keyboard } = visitor.page;
    const onLauncher = () => visitor.page.evaluate(() => document.activeElement?.localName === 'deskbell-chat' && document.activeElement.shadowRoot.activeElement?.localName === 'button');
    for (let tabs = 0; tabs < 40 && !await onLauncher(); tabs++) await keyboard.press('Tab');
    check(await onLauncher(), 'the launcher is reached by Tab');
    await keyboard.press('Enter');
    await visitor.isIn();
    const inside = await visitor.inside();
    await until(visitor.page, () => document.activeElement?.localName === 'deskbell-chat' && document.activeElement.shadowRoot.activeElement?.localName === 'iframe');
    const focused = () => inside.evaluate(() => document.activeElement?.textContent?.trim() || '');
    for (let tabs = 0; tabs < 12 && !/^(Start conversation|Send us a message)/.test(await focused()); tabs++) await keyboard.press('Tab');
    check(/^(Start conversation|Send us a message)/.test(await focused()), `the start button is reached by Tab, not ${await focused()}`);
    await keyboard.press('Enter');
    await one(visitor.box);
    await until(inside, () => document.activeElement?.role === 'textbox');
    await keyboard.type('Typed');
    await keyboard.press('Shift+Enter');
    await keyboard.type('in two lines');
    await keyboard.press('Enter');
    await visitor.hasSent('in two lines');
    same(await inside.evaluate(() => document.activeElement?.role), 'textbox', 'the cursor stays where one writes');
    await keyboard.press('Escape');
    await until(visitor.page, () => document.activeElement?.localName === 'deskbell-chat' && document.activeElement.shadowRoot.activeElement?.localName === 'button');
    same(await visitor.launcher.getAttribute('aria-expanded'), 'false', 'closed');
  },

  async 'opened by a button of the page, the focus goes back to that button'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.page.getByRole('button', { name: 'Open the chat' }).focus();
    await visitor.page.keyboard.press('Enter');
    await visitor.isIn();
    await until(visitor.page, () => document.activeElement?.localName === 'deskbell-chat');
    await visitor.page.keyboard.press('Escape');
    await until(visitor.page, () => document.activeElement?.textContent === 'Open the chat');
  },
};
