// The window and its button: how they look by the inbox's settings, how they are made larger, what is remembered.

import { check, gone, one, same, until } from '../lib/wait.mjs';

/** A page whose launcher is told by the story itself, as the server would tell it. */
const page = (stage, boot = {}, head = '', body = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A site</title>${head}</head><body><main><h1>A site</h1>${body}</main>
  <script>window.__deskbell_boot = ${JSON.stringify({ base: stage.base, inbox: stage.inbox, colors: { primary: '#06548c' }, launcher: {}, ...boot })};</script><script src="${stage.base}/widget.js"></script></body></html>`;
const panelOf = (visitor) => visitor.page.locator('deskbell-chat').getByRole('dialog');
const box = (visitor) => panelOf(visitor).boundingBox().then(({ x, y, width, height }) => ({ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) }));
const styled = (visitor, names) => visitor.launcher.evaluate((element, list) => Object.fromEntries(list.map((name) => [name, getComputedStyle(element)[name]])), names);

/** Contrast of two colours as browsers write them. */
function contrast(one, other) {
  const light = (text) => { const [r, g, b] = text.match(/\d+/g).map((value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const [a, b] = [light(one), light(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The frame came to rest after a change of size. */
const drawn = (visitor) => visitor.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));

export default {
  // rows 157, 159, 160, 161, 162, 181
  async 'every setting of the launcher is optional, and each does what it says'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/blank', page(stage, { colors: undefined, launcher: {} })));
    same(await styled(visitor, ['right', 'bottom', 'width', 'height', 'backgroundColor']), { right: '20px', bottom: '20px', width: '56px', height: '56px', backgroundColor: 'rgb(15, 107, 102)' }, 'nothing set');
    same(await visitor.launcher.getAttribute('aria-label'), 'Open chat', 'a name without words');

    await visitor.opens(site.page('/all', page(stage, { launcher: { position: 'left', color: '#ffd166', text: 'Help', icon: 'none', spacing: { side: 32, bottom: 48 }, z_index: 7 } })));
    same(await styled(visitor, ['left', 'bottom', 'zIndex', 'backgroundColor']), { left: '32px', bottom: '48px', zIndex: '7', backgroundColor: 'rgb(255, 209, 102)' }, 'everything set');
    same(await visitor.launcher.textContent(), 'Help', 'its words');
    same(await visitor.launcher.getAttribute('aria-label'), 'Help', 'which are its name');
    same(await visitor.launcher.locator('svg:visible').count(), 0, 'and no icon');
    await visitor.rings();
    check((await box(visitor)).x === 32, `the panel stands on the same side: ${JSON.stringify(await box(visitor))}`);
    await visitor.call('hide');

    const star = 'M12 3l2.6 5.6 6 .7-4.5 4.1 1.2 6L12 16.4 6.7 19.4l1.2-6L3.4 9.3l6-.7z';
    await visitor.opens(site.page('/icon', page(stage, { launcher: { icon: { d: [star] } } })));
    same(await visitor.launcher.locator('.i path').getAttribute('d'), star, 'an icon of the set');
    await visitor.opens(site.page('/logo', page(stage, { launcher: { logo_url: '/nowhere.png' } })));
    stage.expects(/nowhere\.png/);
    await one(visitor.launcher.locator('svg.i'));

    await visitor.page.goto(site.page('/hidden', page(stage, { launcher: { hidden: true } })));
    await until(visitor.page, () => !!document.querySelector('deskbell-chat'));
    await gone(visitor.launcher);
    await visitor.call('show');
    await visitor.isIn();
  },

  // rows 14, 160
  async 'words and icon can be read on every colour'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', page(stage)));
    const pairs = await visitor.page.evaluate(() => {
      const button = document.querySelector('deskbell-chat').shadowRoot.querySelector('button');
      const steps = ['00', '28', '3c', '50', '64', '77', '8b', 'a0', 'b4', 'd2', 'ff'], list = [];
      button.style.transition = 'none';
      for (const r of steps) for (const g of steps) for (const b of steps) {
        window.Deskbell.restyle({ color: `#${r}${g}${b}` });
        list.push([getComputedStyle(button).backgroundColor, getComputedStyle(button).color]);
      }
      return list;
    });
    const weak = pairs.filter(([ground, ink]) => contrast(ground, ink) < 4.5);
    same(weak, [], 'too weak');
  },

  // row 158: popup or sidebar
  async 'a sidebar has the height of the page and stands at its edge'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await (await visitor.opens(site.page('/', page(stage)))).rings();
    const popup = await box(visitor);
    same([popup.width, popup.x + popup.width], [400, 1260], 'the popup is the default');
    await stage.picture(visitor.page, 'window-popup');
    const second = await stage.visitor();
    await (await second.opens(site.page('/side', page(stage, { window: { kind: 'sidebar' } })))).rings();
    same(await box(second), { x: 880, y: 0, width: 400, height: 800 }, 'the sidebar');
    await gone(second.launcher);
    await stage.picture(second.page, 'window-sidebar');
    await second.frame.getByRole('button', { name: 'Close chat' }).click();
    await one(second.launcher);
    await second.opens(site.page('/left', page(stage, { window: { kind: 'sidebar' }, launcher: { position: 'left' } })));
    await second.rings();
    same(await box(second), { x: 0, y: 0, width: 400, height: 800 }, 'on the left');
    same(await second.page.locator('deskbell-chat').getByRole('separator').evaluateAll((list) => list.filter((one) => one.checkVisibility()).map((one) => one.getAttribute('aria-label'))), ['Width of the chat'], 'only its free side can be moved');
  },

  // row 163
  async 'the theme of the system is followed while one looks'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor({ colorScheme: 'light' });
    await (await visitor.opens(site.page('/', page(stage)))).rings();
    const ground = () => panelOf(visitor).evaluate((element) => getComputedStyle(element).backgroundColor);
    const inner = async () => (await visitor.inside()).evaluate(() => getComputedStyle(document.body).backgroundColor);
    const day = [await ground(), await inner()];
    await visitor.page.emulateMedia({ colorScheme: 'dark' });
    await until(visitor.page, () => document.querySelector('deskbell-chat').shadowRoot.querySelector('.p').classList.contains('dark'));
    const night = [await ground(), await inner()];
    check(day[0] !== night[0] && day[1] !== night[1], `${day} became ${night}`);
  },

  // rows 182, 183
  async 'full screen fills the window, is remembered, and gives the old size back'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await (await visitor.opens(site.page('/', page(stage)))).rings();
    const before = await box(visitor);
    const choose = async () => {
      const item = visitor.frame.getByRole('menuitemcheckbox', { name: 'Full screen' });
      // A menu closes when the window loses the focus, as it may while the page still hands it over.
      await visitor.frame.getByRole('button', { name: 'More options' }).press('Enter');
      await item.waitFor({ timeout: 5000 }).catch(() => visitor.frame.getByRole('button', { name: 'More options' }).press('Enter'));
      await item.press('Enter');
    };
    await choose();
    await until(visitor.page, () => document.querySelector('deskbell-chat').shadowRoot.querySelector('.full'));
    same(await box(visitor), { x: 0, y: 0, width: 1280, height: 800 }, 'the whole window');
    await stage.picture(visitor.page, 'window-full');
    same(await visitor.page.evaluate(() => document.documentElement.style.overflow), 'hidden', 'the page below stands still');
    await visitor.page.reload();
    await visitor.isIn();
    same((await box(visitor)).width, 1280, 'also after a reload');
    await choose();
    await until(visitor.page, () => !document.querySelector('deskbell-chat').shadowRoot.querySelector('.full'));
    same(await box(visitor), before, 'as before');
    same(await visitor.page.evaluate(() => document.documentElement.getAttribute('style')), null, 'and the page scrolls again');
  },

  // row 185
  async 'the window is resized at its free edges, by mouse and by keyboard, within the page'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await (await visitor.opens(site.page('/', page(stage)))).rings();
    same(JSON.stringify(await visitor.kept().then(({ local }) => local)).includes('size'), false, 'nothing kept before');
    const { mouse } = visitor.page;
    const start = await box(visitor);
    const drag = async (x, y, dx, dy) => { await mouse.move(x, y); await mouse.down(); await mouse.move(x + dx / 2, y + dy / 2); await mouse.move(x + dx, y + dy); await mouse.up(); await drawn(visitor); };
    await drag(start.x, start.y + 300, -100, 40);
    same(await box(visitor), { ...start, x: start.x - 100, width: start.width + 100 }, 'the inner side');
    await drag(start.x - 100 + 200, start.y, 0, 120);
    same((await box(visitor)).height, start.height - 120, 'the top');
    await drag(start.x - 100 - 2, start.y + 120 - 2, 60, 60);
    same(await box(visitor), { x: start.x - 40, y: start.y + 180, width: start.width + 40, height: start.height - 180 }, 'the corner');
    await drag(start.x + start.width - 1, start.y + 300, 80, 0);
    same((await box(visitor)).width, start.width + 40, 'the outer side is held');
    await drag(start.x - 40, start.y + 300, -4000, 0);
    const wide = await box(visitor);
    check(wide.x >= 0 && wide.x + wide.width <= 1280, `within the page: ${JSON.stringify(wide)}`);
    await stage.picture(visitor.page, 'window-resized');

    const width = visitor.page.locator('deskbell-chat').getByRole('separator', { name: 'Width of the chat' });
    const height = visitor.page.locator('deskbell-chat').getByRole('separator', { name: 'Height of the chat' });
    await width.focus();
    await width.press('Home');
    same([(await box(visitor)).width, await width.getAttribute('aria-valuenow'), await width.getAttribute('aria-valuetext')], [320, '320', '320 px'], 'the least');
    await width.press('ArrowLeft');
    await width.press('ArrowLeft');
    await height.press('End');
    await height.press('ArrowDown');
    await drawn(visitor);
    const keyed = await box(visitor);
    same([keyed.width, keyed.height], [360, 800 - 92 - 20 - 20], 'by keys');
    await visitor.page.reload();
    await visitor.isIn();
    same(await box(visitor), keyed, 'remembered');
    await visitor.page.setViewportSize({ width: 700, height: 500 });
    await drawn(visitor);
    const less = await box(visitor);
    check(less.y >= 0 && less.x >= 0 && less.height <= 500, `kept within a smaller window: ${JSON.stringify(less)}`);
    await stage.axe(visitor.page, 'the resized window', { within: 'deskbell-chat' });
  },

  // row 184
  async 'sound is switched in the menu and stays as it was set'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.rings();
    const sound = visitor.frame.getByRole('menuitemcheckbox', { name: 'Sound' });
    const dots = visitor.frame.getByRole('button', { name: 'More options' });
    await dots.click();
    same(await sound.getAttribute('aria-checked'), 'true', 'on at first');
    await sound.click();
    await visitor.page.reload();
    await visitor.isIn();
    await dots.click();
    same(await sound.getAttribute('aria-checked'), 'false', 'off after a reload');
  },

  // rows 130, 131, 132
  async 'an answer to a closed window shows on the button of every tab, leads to itself, and is read everywhere'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is anybody there?');
    await visitor.call('hide');
    const other = await stage.visitor({ context: visitor.context });
    await other.opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Is anybody there?');
    await ann.replies('I am here now');
    const waiting = (one) => until(one.page, () => /Unread|unread/.test(document.querySelector('deskbell-chat')?.shadowRoot.querySelector('button').getAttribute('aria-label')));
    await waiting(visitor);
    await waiting(other);
    await visitor.page.reload();
    await waiting(visitor);
    await stage.picture(visitor.page, 'window-unread');
    await visitor.launcher.click();
    await visitor.sees('I am here now');
    for (const one of [visitor, other]) await until(one.page, () => !/Unread|unread/.test(document.querySelector('deskbell-chat')?.shadowRoot.querySelector('button').getAttribute('aria-label')));
  },
};
