// Who somebody is: signed in, merged, logged out; and what a page may call.

import { check, gone, one, same, until } from '../lib/wait.mjs';

/** What the documentation of Libredesk shows, word for word. */
const TITLE_EXAMPLE = "Libredesk.onUnreadCountChange((count) => {\n  document.title = count > 0 ? `(${count}) Inbox` : 'Inbox';\n});";

export default {
  async 'a signed-in user is verified in the desk, with plan and all'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.page.getByRole('button', { name: 'Sign in as Zoe' }).click();
    await one(visitor.page.getByText('You are signed in as Zoe.'));
    await visitor.says('It is me');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('It is me');
    await one(ann.panel.getByRole('heading', { name: 'Zoe Miller' }));
    await one(ann.panel.getByText('Verified', { exact: true }));
    await one(ann.panel.getByRole('link', { name: 'zoe@example.com' }));
    await one(ann.panel.getByText('premium'));
    await stage.picture(ann.page, 'desk-verified');
  },

  async 'a login takes the anonymous chat along'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I have not signed in yet');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('I have not signed in yet');
    await one(ann.panel.getByText('Anonymous visitor'));
    await visitor.call('setUser', await stage.token('mia'));
    await one(ann.panel.getByRole('heading', { name: 'Mia Miller' }));
    await one(ann.panel.getByText('Verified', { exact: true }));
    await visitor.comesToWrite();
    await visitor.sees('I have not signed in yet');
    await visitor.says('Now I have');
    await ann.sees('Now I have');
    same(await ann.count('I have not signed in yet'), 1, 'the old words are there once');
  },

  async 'after a logout the next person on the device sees nothing'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.call('setUser', await stage.token('mia'));
    await visitor.says('My secret order');
    await visitor.drafts('my secret draft');
    await visitor.box.pressSequentially(' goes on');
    await visitor.call('logout');
    await visitor.seesNot('My secret order');
    await until(visitor.page, () => localStorage.length === 0);
    // Nor does anything come back with what a leaving page still saves.
    await visitor.page.reload();
    same((await visitor.kept()).local, {}, 'nothing is kept');
    await one(visitor.launcher);
    await visitor.comesToWrite();
    await visitor.seesNot('My secret order');
    same(await visitor.written(), '', 'no draft of the person before');
    await visitor.says('I am somebody else');
    await visitor.call('setUser', await stage.token('tom'));
    await visitor.seesNot('My secret order');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('My secret order');
    same(await ann.count('I am somebody else'), 0, 'the next person has a conversation of their own');
  },

  async 'where the launcher opens the conversation at once, a logout empties the box as well'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ direct_to_conversation: true });
    const visitor = await (await stage.visitor()).opens();
    await visitor.call('setUser', await stage.token('mia'));
    await visitor.launcher.click();
    await one(visitor.box);
    await visitor.drafts('my secret draft');
    await visitor.call('logout');
    await until(await visitor.inside(), () => document.querySelector('[role="textbox"]')?.textContent === '');
    await until(visitor.page, () => localStorage.length === 0);
    await visitor.page.reload();
    await one(visitor.box);
    same(await visitor.written(), '', 'no draft of the person before');
  },

  async 'a logout behind a closed panel ends the session on the server'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Anything');
    const { local } = await visitor.kept();
    const { session } = JSON.parse(Object.values(local)[0]);
    await visitor.call('hide');
    await visitor.page.evaluate(() => sessionStorage.clear());
    await visitor.page.reload();
    await one(visitor.launcher);
    const told = visitor.page.waitForResponse((answer) => answer.url().includes('/auth/logout'));
    await visitor.call('logout');
    same((await told).status(), 200, 'the server was told');
    const answer = await fetch(`${stage.base}/api/v1/widget/chat/auth/me`, { headers: { Authorization: `Bearer ${session}`, 'X-Libredesk-Inbox-ID': stage.inbox } });
    same(answer.status, 401, 'the old session opens nothing');
    same((await visitor.kept()).local, {}, 'nothing is kept');
  },

  async 'another person in setUser never inherits the first one’s chat'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.call('setUser', await stage.token('mia'));
    await visitor.says('I am Mia');
    await visitor.call('setUser', await stage.token('tom'));
    await visitor.seesNot('I am Mia');
    await visitor.says('I am Tom');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('I am Tom');
    await one(ann.panel.getByRole('heading', { name: 'Tom Miller' }));
    same(await ann.count('I am Mia'), 0, 'Tom has his own conversation');
  },

  async 'a bad token leaves an anonymous visitor and says why in the console'(stage) {
    stage.expects(/401/, /token|jwt|signature/i);
    const visitor = await (await stage.visitor()).opens();
    await visitor.call('setUser', 'eyJhbGciOiJub25lIn0.eyJleHRlcm5hbF91c2VyX2lkIjoiYSJ9.');
    await visitor.says('Who am I?');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Who am I?');
    await one(ann.panel.getByText('Anonymous visitor'));
  },

  async 'show, hide and toggle; their callbacks fire once each, however it was opened'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.page.evaluate(() => {
      window.heard = [];
      window.Libredesk.onShow(() => window.heard.push('show'));
      window.Libredesk.onHide(() => window.heard.push('hide'));
    });
    const heard = () => visitor.page.evaluate(() => window.heard.splice(0));
    for (const [act, wanted] of [['show', ['show']], ['show', []], ['hide', ['hide']], ['hide', []], ['toggle', ['show']], ['toggle', ['hide']]]) {
      await visitor.page.evaluate((name) => window.Libredesk[name](), act);
      same(await heard(), wanted, act);
    }
    same(await visitor.page.evaluate(() => window.Libredesk.isVisible()), false, 'closed');
    await visitor.launcher.click();
    same(await heard(), ['show'], 'by the launcher');
    await visitor.isIn();
    await visitor.frame.getByRole('button', { name: 'Close chat' }).click();
    await one(visitor.page.locator('deskbell-chat').getByRole('button', { name: /^Open chat/ }));
    same(await heard(), ['hide'], 'by the button inside');
    same(await visitor.page.evaluate(() => window.Libredesk === window.Deskbell), true, 'one object by two names');
  },

  async 'calls made before the script was there are not lost'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    const token = await stage.token('mia');
    await visitor.opens(site.page('/', `<!doctype html><title>Early</title><p>A page</p><script>
      window.heard = [];
      window.Deskbell = window.Deskbell || [];
      Deskbell.push(['onShow', () => heard.push('show')]);
      Deskbell.push(['setUser', '${token}']);
      Deskbell.push(['show']);
    </script><script async src="${stage.base}/w/${stage.inbox}.js"></script>`));
    await visitor.isIn();
    await until(visitor.page, () => window.heard.join() === 'show');
    await visitor.says('Early bird');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Early bird');
    await one(ann.panel.getByRole('heading', { name: 'Mia Miller' }));
  },

  async 'unread answers count in a closed panel, in the title by the documented example, and clear in all tabs'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.page.evaluate(TITLE_EXAMPLE);
    await visitor.page.evaluate(() => { window.counts = []; window.addEventListener('x', () => {}); const own = window.Libredesk; const title = (count) => { window.counts.push(count); document.title = count > 0 ? `(${count}) Inbox` : 'Inbox'; }; own.onUnreadCountChange(title); });
    await visitor.says('Count for me');
    const other = await stage.visitor({ context: visitor.context });
    await other.opens('/demo/about');
    await visitor.launcher.click();
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Count for me');
    await ann.replies('One');
    await one(visitor.page.locator('deskbell-chat').getByRole('button', { name: /1 unread/ }));
    await ann.replies('Two');
    await one(visitor.page.locator('deskbell-chat').getByRole('button', { name: /2 unread/ }));
    await one(other.page.locator('deskbell-chat').getByRole('button', { name: /2 unread/ }));
    same(await visitor.page.title(), '(2) Inbox', 'the title');
    await stage.picture(visitor.page, 'launcher-unread');
    await visitor.launcher.click();
    await visitor.sees('Two');
    await until(visitor.page, () => document.title === 'Inbox');
    await one(other.page.locator('deskbell-chat').getByRole('button', { name: 'Open chat', exact: true }));
    same(await visitor.page.evaluate(() => window.counts), [0, 1, 2, 0], 'every change, back to 0');
    check((await visitor.page.evaluate(() => window.counts)).every(Number.isInteger), 'integers');
  },

  async 'a hidden tab shows the count in its title when the page does not do it itself'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I go elsewhere');
    const title = await visitor.page.title();
    await visitor.launcher.click();
    const hide = (is) => visitor.page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
    }, is);
    await hide(true);
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('I go elsewhere');
    await ann.replies('Come back');
    await until(visitor.page, (old) => document.title === `(1) ${old}`, title);
    await hide(false);
    await until(visitor.page, (old) => document.title === old, title);
  },

  async 'an unread answer waits for a visitor who comes back later'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I close the page now');
    await visitor.launcher.click();
    await visitor.page.goto('about:blank');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('I close the page now');
    await ann.replies('Here is your answer');
    await visitor.opens('/demo/about');
    await one(visitor.page.locator('deskbell-chat').getByRole('button', { name: /1 unread/ }));
    await visitor.comesToWrite();
    await visitor.sees('Here is your answer');
  },
};
