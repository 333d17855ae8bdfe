// Where the chat is put: behind a proxy, in pages of frameworks that replace what they like.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Proxy } from '../lib/server.mjs';
import { check, gone, one, same, until } from '../lib/wait.mjs';

const require = createRequire(import.meta.url);
const file = (name) => readFileSync(require.resolve(name), 'utf8');
/** A module in Node's format, and those it asks for, as one script for a page. @param {Record<string, string>} names what each is asked for as, and where it is */
const packed = (names) => `const parts = {${Object.entries(names).map(([name, path]) => `${JSON.stringify(name)}: (module, exports, require, process) => {${readFileSync(path, 'utf8')}\n}`)}}, made = {};
  window.process ||= { env: { NODE_ENV: 'production' } };
  function require(name) { if (!made[name]) { const module = made[name] = { exports: {} }; parts[name](module, module.exports, require, window.process); } return made[name].exports; }`;

const snippet = (stage) => `<script async src="${stage.base}/w/${stage.inbox}.js"></script>`;

function react() {
  const at = (name, inner) => `${require.resolve(`${name}/package.json`).replace('package.json', '')}cjs/${inner}.production.js`;
  return packed({ react: at('react', 'react'), 'react-dom': at('react-dom', 'react-dom'), scheduler: at('scheduler', 'scheduler'), 'react-dom/client': at('react-dom', 'react-dom-client') });
}

/** The parts of a page that React makes, on the server and in the browser alike. */
const APP = `function App({ src, inner }) {
  const { createElement: h, useState, useEffect } = React;
  const [count, setCount] = useState(0);
  useEffect(() => { window.hydrated = true; }, []);
  return h('html', { lang: 'en' }, h('head', null, h('title', null, 'React'), h('script', { async: true, src }), h('script', { type: 'module', async: true, src: '/app.js' })),
    h('body', null, h('h1', null, 'A page by React'), h('button', { id: 'more', onClick: () => setCount(count + 1) }, 'Pressed ' + count)));
}`;

export default {
  // rows 3, 5: a sub-path, also for the socket
  async 'below a path of its own behind a proxy everything is found'(stage) {
    const { server } = stage;
    await server.stop();
    const proxy = await new Proxy().open(server.port, { path: '/help/chat' });
    stage.after.push(() => proxy.close());
    server.env = { DESKBELL_BASE_URL: proxy.base };
    const { port } = server;
    await server.start();
    Object.assign(server, { base: proxy.base, port });
    const visitor = await stage.visitor();
    const site = await stage.site();
    const requests = [];
    visitor.page.on('request', (request) => requests.push(request.url()));
    const line = visitor.page.waitForEvent('websocket', (socket) => socket.url().includes('/widget/ws'));
    for (const script of [`<script async src="${proxy.base}/w/${stage.inbox}.js"></script>`, `<script>window.LibredeskSettings = { baseURL: '${proxy.base}/', inboxID: '${stage.inbox}' };</script><script async src="${proxy.base}/widget.js"></script>`]) {
      await visitor.opens(site.page('/', `<!doctype html><html lang="en"><title>A site</title><body><h1>A site</h1>${script}</body></html>`));
      await visitor.says(`Through ${requests.length} requests`);
    }
    check((await line).url().startsWith(proxy.base.replace('http', 'ws')), 'the socket too');
    same(requests.filter((url) => !url.startsWith(proxy.base) && !url.startsWith(site.base) && !url.startsWith('data:') && !url.startsWith('blob:')), [], 'nothing is asked for beside it');
  },

  // row 99: a silent line is cut by what stands between
  async 'a proxy that cuts silent lines costs nobody a message'(stage) {
    const proxy = await new Proxy().open(stage.server.port);
    stage.after.push(() => proxy.close());
    const visitor = await stage.visitor({ base: proxy.base });
    visitor.server = { base: proxy.base };
    await visitor.opens();
    await visitor.says('Do you hear me?');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Do you hear me?');
    for (let round = 1; round <= 3; round++) {
      const again = visitor.page.waitForEvent('websocket');
      proxy.cutSilent();
      await ann.replies(`Answer ${round}`);
      await visitor.sees(`Answer ${round}`);
      await again;
    }
    await visitor.says('All three came');
    for (let round = 1; round <= 3; round++) same(await visitor.count(`Answer ${round}`), 1, `answer ${round} once`);
  },

  async 'a page that React hydrates whole is hydrated without a complaint, and the chat comes after'(stage) {
    const site = await stage.site();
    const React = require('react');
    const { renderToString } = require('react-dom/server');
    const src = `${stage.base}/w/${stage.inbox}.js`;
    const page = renderToString(React.createElement(new Function('React', `${APP} return App;`)(React), { src }));
    site.page('/app.js', `${react()} const React = require('react'); ${APP}
      window.errors = [];
      React.startTransition(() => { window.tree = require('react-dom/client').hydrateRoot(document, React.createElement(App, { src: ${JSON.stringify(src)} }), { onRecoverableError: (error) => errors.push(error.message) }); });`, { 'content-type': 'text/javascript' });
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', `<!doctype html>${page}`));
    await until(visitor.page, () => window.hydrated);
    same(await visitor.page.evaluate(() => window.errors), [], 'hydration errors');
    await visitor.page.locator('#more').click();
    await one(visitor.page.getByText('Pressed 1'));
    await visitor.says('After hydration');
    same(await visitor.page.locator('deskbell-chat').count(), 1, 'one chat');
  },

  async 'a chat that is part of a React view comes and goes with it'(stage) {
    const site = await stage.site();
    site.page('/app.js', `${react()} const React = require('react'), { createElement: h, useEffect, useState } = React;
      function Chat() {
        useEffect(() => {
          const script = document.createElement('script');
          script.async = true;
          script.src = '${stage.base}/w/${stage.inbox}.js';
          document.body.append(script);
          return () => { script.remove(); if (window.Deskbell && window.Deskbell.destroy) window.Deskbell.destroy(); };
        }, []);
        return null;
      }
      function App() {
        const [view, setView] = useState('help');
        useEffect(() => { history.pushState({}, '', '/' + view); }, [view]);
        return h('main', null, h('h1', null, view), h('button', { id: 'help', onClick: () => setView('help') }, 'Help'), h('button', { id: 'shop', onClick: () => setView('shop') }, 'Shop'), view === 'help' && h(Chat));
      }
      require('react-dom/client').createRoot(document.getElementById('root')).render(h(React.StrictMode, null, h(App)));`, { 'content-type': 'text/javascript' });
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', '<!doctype html><html lang="en"><title>React</title><body><div id="root"></div><script src="/app.js"></script></body></html>'));
    await visitor.says('In the help view');
    for (let round = 0; round < 3; round++) {
      await visitor.call('hide');
      await visitor.page.locator('#shop').click();
      await until(visitor.page, () => !document.querySelector('deskbell-chat') && !('Deskbell' in window));
      await visitor.page.locator('#help').click();
      await one(visitor.launcher);
    }
    await visitor.comesToWrite();
    await visitor.sees('In the help view');
    await visitor.says('And back');
  },

  async 'Turbo moves through the site and the chat stays as it is'(stage) {
    const site = await stage.site();
    site.page('/turbo.js', file('@hotwired/turbo/dist/turbo.es2017-umd.js'), { 'content-type': 'text/javascript' });
    const page = (title, next) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><script src="/turbo.js" defer></script></head><body><h1>${title}</h1><a id="next" href="${next}">On</a>
      <script async src="${stage.base}/w/${stage.inbox}.js"></script></body></html>`;
    site.page('/two', page('Two', '/three'));
    site.page('/three', page('Three', '/two'));
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/one', page('One', '/two')));
    await visitor.says('On page one');
    let frames = 0;
    visitor.page.on('request', (request) => { if (request.url().includes('/widget?inbox_id=')) frames++; });
    await visitor.types('Half a sentence');
    for (const title of ['Two', 'Three', 'Two']) {
      await visitor.page.locator('#next').click();
      await one(visitor.page.getByRole('heading', { name: title, level: 1 }));
      same(await visitor.page.locator('deskbell-chat').count(), 1, `one chat on ${title}`);
    }
    await visitor.page.goBack();
    await one(visitor.page.getByRole('heading', { name: 'Three', level: 1 }));
    same((await visitor.box.textContent()).trim(), 'Half a sentence', 'what was being written');
    same(frames, 0, 'the frame was never loaded anew');
    await visitor.says('On page three');
  },

  async 'Astro’s client router swaps head and body in a view transition and the chat stays'(stage) {
    const site = await stage.site();
    // What its swap functions do: attributes of <html>, head elements, the body, and scripts that are new run again.
    const router = `async function go(url) {
      const next = new DOMParser().parseFromString(await (await fetch(url)).text(), 'text/html');
      const swap = () => {
        for (const { name } of [...document.documentElement.attributes]) document.documentElement.removeAttribute(name);
        for (const { name, value } of next.documentElement.attributes) document.documentElement.setAttribute(name, value);
        for (const old of [...document.head.children]) if (![...next.head.children].some((one) => one.isEqualNode(old))) old.remove();
        for (const fresh of [...next.head.children]) if (![...document.head.children].some((one) => one.isEqualNode(fresh))) document.head.append(fresh);
        const old = document.body;
        document.documentElement.replaceChild(document.adoptNode(next.body), old);
        history.pushState({}, '', url);
        for (const script of document.body.querySelectorAll('script')) {
          const again = document.createElement('script');
          for (const { name, value } of script.attributes) again.setAttribute(name, value);
          again.textContent = script.textContent;
          script.replaceWith(again);
        }
        document.dispatchEvent(new Event('astro:after-swap'));
      };
      if (document.startViewTransition) await document.startViewTransition(swap).finished; else swap();
      document.dispatchEvent(new Event('astro:page-load'));
    }
    if (!window.routed) { window.routed = true; document.addEventListener('click', (event) => { const link = event.target.closest && event.target.closest('a'); if (link) { event.preventDefault(); go(link.href); } }); }`;
    site.page('/router.js', router, { 'content-type': 'text/javascript' });
    const page = (title, next, theme) => `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8"><title>${title}</title><script src="/router.js"></script><style>h1 { color: ${theme} }</style></head><body><h1>${title}</h1><a id="next" href="${next}">On</a>
      <script async src="${stage.base}/w/${stage.inbox}.js"></script></body></html>`;
    site.page('/two', page('Two', '/one', 'black'));
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/one', page('One', '/two', 'green')));
    await visitor.says('On page one');
    for (const title of ['Two', 'One']) {
      await visitor.page.locator('#next').click();
      await one(visitor.page.getByRole('heading', { name: title, level: 1 }));
    }
    same(await visitor.page.locator('deskbell-chat').count(), 1, 'one chat');
    await visitor.says('And again');
    await visitor.sees('On page one');
  },

  async 'rules that unset or hide whatever they can reach do not reach the chat'(stage) {
    const site = await stage.site();
    const rules = ['div { all: unset !important }', 'button { display: none !important }', '* { display: none !important; opacity: .1 !important; --width: 1px !important }', 'body ~ * { position: absolute !important; left: -9999px !important; width: 0 !important; clip-path: inset(50%) !important; filter: blur(9px) !important }',
      'html { visibility: hidden; pointer-events: none; writing-mode: vertical-rl; letter-spacing: 1em; text-transform: uppercase; zoom: 1 }'];
    for (const [number, rule] of rules.entries()) {
      const visitor = await stage.visitor();
      await visitor.page.goto(site.page(`/${number}`, `<!doctype html><html lang="en"><head><title>A site</title><style>${rule.startsWith('*') ? `body ${rule}, deskbell-chat ${rule.slice(1)}` : rule}</style></head><body><h1>A site</h1>${snippet(stage)}</body></html>`));
      await one(visitor.launcher);
      const { width, height, x, y } = await visitor.launcher.boundingBox();
      same([width, height, x + width, y + height], [56, 56, 1260, 780], rule);
      await visitor.rings();
      const panel = await visitor.page.locator('deskbell-chat').getByRole('dialog').boundingBox();
      same([panel.width, panel.height], [400, 688], rule);
    }
  },
};
