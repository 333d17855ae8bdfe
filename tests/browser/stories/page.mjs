// The page that holds us: what it pays before somebody rings, what it may do to us, and that nothing stays behind.

import { check, gone, one, same, until } from '../lib/wait.mjs';

/** Every request of a page from now on. */
function requestsOf(page) {
  const list = [];
  page.on('request', (request) => list.push(request.url()));
  return list;
}

const snippet = (stage, attributes = 'async') => `<script ${attributes} src="${stage.base}/w/${stage.inbox}.js"></script>`;
const libredesk = (stage, settings = {}) => `<script>window.LibredeskSettings = ${JSON.stringify({ baseURL: stage.base, inboxID: stage.inbox, ...settings })};</script><script async src="${stage.base}/widget.js"></script>`;
const html = (body, head = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A site</title>${head}</head><body><main><h1>A site</h1></main>${body}</body></html>`;

/** Two frames drawn and the queue empty: what would have been asked for has been. */
const settled = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done))); }));

async function nothingBefore(page, visitor) {
  same(await page.evaluate(() => document.querySelectorAll('iframe').length + document.querySelector('deskbell-chat').shadowRoot.querySelectorAll('iframe').length), 0, 'no frame');
  same(await visitor.kept(), { local: {}, session: {}, cookie: '' }, 'nothing kept');
  same((await visitor.context.cookies()).length, 0, 'no cookie');
  same(await page.evaluate(() => document.fonts.size), 0, 'no font');
  same(await page.evaluate(async () => [(await caches.keys().catch(() => [])).length, (await indexedDB.databases()).length]), [0, 0], 'no other storage');
}

export default {
  async 'before anybody rings our snippet costs one request and leaves nothing'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    const requests = requestsOf(visitor.page);
    let sockets = 0;
    visitor.page.on('websocket', () => { sockets++; });
    await visitor.opens(site.page('/', html(snippet(stage))));
    await visitor.page.waitForLoadState('networkidle');
    await settled(visitor.page);
    same(requests.filter((url) => url.startsWith(stage.base)), [`${stage.base}/w/${stage.inbox}.js`], 'one request');
    same(sockets, 0, 'no socket');
    await nothingBefore(visitor.page, visitor);
    const button = await visitor.launcher.evaluate((element) => [element.tagName, element.getAttribute('type'), element.getAttribute('aria-label')]);
    same(button, ['BUTTON', 'button', 'Open chat'], 'a real button with a name');
    await stage.picture(visitor.page, 'launcher');
    // The first sign of interest loads the app, before the click.
    const app = visitor.page.waitForRequest((request) => request.url().includes('/widget?inbox_id='));
    await visitor.launcher.hover();
    await app;
  },

  async 'Libredesk’s snippet costs two requests and leaves nothing'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    const requests = requestsOf(visitor.page);
    await visitor.opens(site.page('/', html(libredesk(stage))));
    await visitor.page.waitForLoadState('networkidle');
    await settled(visitor.page);
    same(requests.filter((url) => url.startsWith(stage.base)), [`${stage.base}/widget.js`, `${stage.base}/api/v1/widget/chat/settings/launcher?inbox_id=${stage.inbox}`], 'two requests');
    await nothingBefore(visitor.page, visitor);
    await visitor.says('By the other snippet');
  },

  async 'userJWT in Libredesk’s settings signs the person in'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(libredesk(stage, { userJWT: await stage.token('mia') }))));
    await visitor.says('Signed from the start');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Signed from the start');
    await one(ann.panel.getByText('Verified', { exact: true }));
  },

  async 'destroy leaves no trace and a new start works'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.page.addInitScript(() => { window.natives = { push: history.pushState, replace: history.replaceState, globals: null }; });
    await visitor.opens(site.page('/', html(libredesk(stage))));
    await visitor.says('Before the end');
    await visitor.call('destroy');
    const left = await visitor.page.evaluate(() => ({
      elements: document.querySelectorAll('deskbell-chat, iframe, style, link').length,
      globals: ['Deskbell', 'Libredesk', 'initLibredesk', '__deskbell_boot'].filter((name) => name in window),
      history: history.pushState === window.natives.push && history.replaceState === window.natives.replace,
      own: ['pushState', 'replaceState'].filter((name) => Object.hasOwn(history, name)),
      overflow: document.documentElement.getAttribute('style') || '', title: document.title,
    }));
    same(left, { elements: 0, globals: [], history: true, own: [], overflow: '', title: 'A site' }, 'nothing is left');
    const requests = requestsOf(visitor.page);
    await visitor.page.evaluate(() => { history.pushState({}, '', '/elsewhere'); window.dispatchEvent(new Event('resize')); document.dispatchEvent(new Event('visibilitychange')); });
    await settled(visitor.page);
    same(requests, [], 'and nobody listens');
    await visitor.page.evaluate((src) => { const script = document.createElement('script'); script.src = src; document.body.append(script); }, `${stage.base}/widget.js`);
    await one(visitor.launcher);
    same(await visitor.page.locator('deskbell-chat').count(), 1, 'one launcher again');
    await visitor.comesToWrite();
    await visitor.sees('Before the end');
  },

  async 'a page that moves by pushState keeps its chat, and the agent sees where the visitor is'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I walk around');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('I walk around');
    await visitor.page.evaluate(() => { document.title = 'Cacti'; history.pushState({}, '', '/demo/cacti?token=hidden1234'); });
    await one(ann.panel.getByText('Cacti').first());
    check(!(await ann.panel.textContent()).includes('hidden1234'), 'what looks like a secret is not shown');
    await visitor.says('Still here');
    await ann.sees('Still here');
  },

  async 'a page whose body is replaced (as Turbo does) keeps launcher and chat'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Before the visit');
    await visitor.page.evaluate(() => {
      const body = document.createElement('body');
      const heading = document.createElement('h1');
      heading.textContent = 'The next page';
      body.append(heading);
      document.documentElement.replaceChild(body, document.body);
      history.pushState({}, '', '/demo/next');
    });
    await one(visitor.page.getByRole('heading', { name: 'The next page' }));
    await visitor.says('After the visit');
    same(await visitor.page.locator('deskbell-chat').count(), 1, 'one launcher');
  },

  async 'a page that throws away every child of <html> but the body gets its launcher back'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Before');
    await visitor.page.evaluate(() => document.querySelector('deskbell-chat').remove());
    await one(visitor.launcher);
    await visitor.comesToWrite();
    await visitor.sees('Before');
  },

  async 'a strict content security policy is kept without a violation'(stage) {
    const visitor = await (await stage.visitor()).opens('/demo/strict');
    await visitor.says('Strict');
    await visitor.frame.getByRole('button', { name: 'Emoji' }).click();
    await visitor.page.getByRole('button', { name: 'Sign in as Zoe' }).click();
    await one(visitor.page.getByText('You are signed in as Zoe.'));
    await visitor.sees('Strict');
  },

  async 'a policy that names only scripts and frames of ours is enough, on another origin'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(snippet(stage)), { 'content-security-policy': `default-src 'none'; script-src ${stage.base}; frame-src ${stage.base}` }));
    await visitor.says('Stricter');
  },

  async 'quirks mode is as good as any'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', `<title>Old</title><table height=100%><tr><td>1999</table>${snippet(stage)}`));
    same(await visitor.page.evaluate(() => document.compatMode), 'BackCompat', 'quirks mode');
    await visitor.says('Hello from 1999');
    const at = await visitor.launcher.boundingBox();
    check(at.x + at.width <= 1280 && at.y + at.height <= 800 && at.width >= 56, `the launcher is in its corner: ${JSON.stringify(at)}`);
  },

  async 'a hostile style sheet breaks neither launcher nor panel'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    const hostile = 'html > *, body * { all: unset !important } html > *, body *, body *::before { display: none !important; font-size: 72px !important; transform: rotate(45deg) !important; opacity: 0 !important; visibility: hidden !important; position: static !important }'
      + ' button, iframe, section, div { display: none !important; width: 1px !important; height: 1px !important; pointer-events: none !important } html, body { overflow: hidden; font: 100px/3 serif; zoom: 1 }';
    await visitor.page.goto(site.page('/', html(snippet(stage), `<style>${hostile}</style>`)));
    await one(visitor.launcher);
    const at = await visitor.launcher.boundingBox();
    check(at.width >= 56 && at.width < 80 && at.height === 56, `the launcher has its size: ${JSON.stringify(at)}`);
    await visitor.says('You cannot hide me');
    await stage.picture(visitor.page, 'hostile-css');
  },

  async 'the script twice on a page makes one chat'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(snippet(stage) + snippet(stage) + libredesk(stage))));
    await visitor.page.waitForLoadState('networkidle');
    await settled(visitor.page);
    same(await visitor.page.locator('deskbell-chat').count(), 1, 'one launcher');
    await visitor.says('Once');
  },

  async 'the script in the head, before there is a body'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html('', snippet(stage, ''))));
    await visitor.says('From the head');
    await visitor.opens(site.page('/two', html('', libredesk(stage).replace('async ', ''))));
    same(await visitor.page.locator('deskbell-chat').count(), 1, 'one launcher');
  },

  async 'missing settings are one clear line in the console'(stage) {
    const site = await stage.site();
    for (const [path, settings, wanted] of [['/a', {}, 'baseURL'], ['/b', { baseURL: stage.base }, 'inboxID'], ['/c', { baseURL: stage.base, inboxID: 'nonsense' }, 'inboxID']]) {
      const visitor = await stage.visitor();
      const lines = [];
      visitor.page.on('console', (message) => { if (message.type() === 'error') lines.push(message.text()); });
      stage.expects(/deskbell: LibredeskSettings/);
      await visitor.page.goto(site.page(path, html(`<script>window.LibredeskSettings = ${JSON.stringify(settings)};</script><script src="${stage.base}/widget.js"></script>`)));
      await visitor.page.waitForLoadState('networkidle');
      same(lines.length, 1, `one line for ${path}`);
      check(lines[0].includes(wanted), `${lines[0]} names ${wanted}`);
      same(await visitor.page.locator('deskbell-chat').count(), 0, 'and no launcher');
    }
  },

  async 'with third-party storage blocked the chat works and is still there after a reload'(stage) {
    const browser = await stage.ownBrowser(['--test-third-party-cookie-phaseout', '--block-third-party-cookies', '--enable-features=TrackingProtection3pcd,ThirdPartyStoragePartitioning']);
    const site = await stage.site();
    const visitor = await stage.visitor({}, browser);
    // What the strictest browsers do inside a foreign frame: touching storage throws.
    await visitor.context.addInitScript(() => {
      if (window.top === window) return;
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
      Object.defineProperty(document, 'cookie', { get() { throw new DOMException('blocked', 'SecurityError'); }, set() { throw new DOMException('blocked', 'SecurityError'); } });
    });
    await visitor.opens(site.page('/', html(snippet(stage))));
    await visitor.says('Nothing is stored by the frame');
    await visitor.drafts('a draft');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('Nothing is stored by the frame');
    same(await visitor.written(), 'a draft', 'the draft is back');
  },

  async 'a page that may keep nothing at all still has a chat'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.context.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
    });
    await visitor.page.goto(site.page('/', html(snippet(stage))));
    await visitor.says('For this visit only');
  },

  async 'trusted domains: the chosen page chats, a foreign one is refused everywhere'(stage) {
    const site = await stage.site();
    const ann = await (await stage.agent('ann')).comesIn();
    const set = (domains) => ann.configures({ trusted_domains: domains });
    await set(['localhost']);
    const visitor = await stage.visitor();
    const page = site.page('/', html(libredesk(stage)));
    await visitor.opens(page);
    await visitor.says('From a trusted page');
    await set(['elsewhere.example']);
    stage.expects(/visitor: /);
    const foreign = await stage.visitor();
    const lines = [];
    foreign.page.on('console', (message) => lines.push(message.text()));
    await foreign.page.goto(page);
    await foreign.page.waitForLoadState('networkidle');
    same(await foreign.page.locator('deskbell-chat').count(), 0, 'no launcher on a foreign page');
    check(lines.some((text) => /deskbell: no launcher/.test(text)), `the console says so: ${lines}`);
    await foreign.page.goto(site.page('/frame', html(`<iframe src="${stage.base}/widget?inbox_id=${stage.inbox}" title="stolen"></iframe>`)));
    await foreign.page.waitForLoadState('networkidle');
    const inner = foreign.page.frames().find((frame) => frame !== foreign.page.mainFrame());
    check(!inner || !(await inner.locator('main').count().catch(() => 0)), 'the frame stays empty');
    const refused = await foreign.page.evaluate(async ([base, inbox]) => {
      try { return (await fetch(`${base}/api/v1/widget/chat/settings?inbox_id=${inbox}`)).status; } catch { return 'refused'; }
    }, [stage.base, stage.inbox]);
    check(refused === 'refused' || refused === 403, `the API answers ${refused}`);
    const socket = await foreign.page.evaluate(([base, inbox]) => new Promise((done) => { const ws = new WebSocket(`${base.replace('http', 'ws')}/widget/ws?inbox_id=${inbox}`); ws.onopen = () => { ws.onmessage = (event) => done(event.data); ws.send(JSON.stringify({ type: 'join', data: { inbox_id: inbox } })); }; ws.onclose = (event) => done(`closed ${event.code}`); }), [stage.base, stage.inbox]);
    check(/closed|trusted domains/.test(String(socket)), `the socket says ${socket}`);
  },
};
