// A story's stage: one server, any number of people, and eyes on everything that may not happen: errors in a console,
// refusals by a content security policy, requests to strangers, dialogs nobody asked for.

import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Agent } from './agent.mjs';
import { Line, Server, Site, temporary } from './server.mjs';
import { Visitor } from './visitor.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PATIENCE_MS = 20_000;

// A whole browser keeps a hidden page ready for its address bar in every window, and a spare process besides: a quarter of all the work,
// for what no story looks at. The last list counts, so the names the driver switches off stand in it too.
const NOT_NEEDED = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'SpareRendererForSitePerProcess',
  'AcceptCHFrame', 'AutoExpandDetailsElement', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'CertificateTransparencyComponentUpdater', 'DeferRendererTasksAfterInput',
  'DestroyProfileOnBrowserClose', 'DialMediaRouteProvider', 'ExtensionManifestV2Disabled', 'GlobalMediaControls', 'HttpsUpgrades', 'ImprovedCookieControls',
  'LazyFrameLoading', 'LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'Translate'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--disable-features=${NOT_NEEDED}`];
// The same browser without windows comes first: it does the same with half the work. Asked for under its own name, not its starter's, which
// would stand between it and the signal that ends it.
const BROWSERS = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @param {string[]} [more] */
export async function launch(more = []) {
  let reason;
  for (const executablePath of BROWSERS) {
    try { return await chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...more] }); } catch (error) { reason ??= error; }
  }
  throw reason;
}

/** Runs first in every page and frame: what an attack or a broken policy would do is turned into an error. */
function trap() {
  for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { console.error(`TRAP ${name} was called`); };
  document.addEventListener('securitypolicyviolation', (event) => { console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile || ''}`); });
}

export class Stage {
  constructor({ template, browser, title, screenshots, sessions, binary }) {
    Object.assign(this, { template, browser, title, screenshots, sessions, binary });
    this.trouble = [];
    // A save of a draft that was under way when its reply was sent comes second and gives way: nobody sees it but the browser's console.
    this.allowed = [/status of 409 .*\/draft/];
    this.contexts = [];
    this.after = [];
    this.people = [];
  }

  async set() {
    this.folder = await temporary();
    this.server = await (await this.template.copy(this.folder)).start();
    return this;
  }

  get base() { return this.server.base; }
  get inbox() { return this.server.demo.inbox_uuid; }
  get secret() { return this.server.demo.inbox_secret; }

  /** These errors are part of the story. */
  expects(...patterns) { this.allowed.push(...patterns); return this; }

  /** A server with nothing in it, as `serve` starts it. */
  async freshServer() {
    const server = new Server(this.binary, join(this.folder, `fresh-${this.after.length}.db`));
    server.command = 'serve';
    await server.start();
    this.after.push(() => server.stop());
    return server;
  }

  async line() {
    const line = await new Line(this.server.port).open();
    this.after.push(() => line.close());
    return line;
  }

  async site() {
    const site = await new Site().open();
    this.after.push(() => site.close());
    return site;
  }

  /** A browser of its own, for what only a flag can do. */
  async ownBrowser(flags) {
    const browser = await launch(flags);
    this.after.push(() => browser.close());
    return browser;
  }

  async context(who, options = {}, browser = this.browser) {
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    this.contexts.push(context);
    await context.addInitScript(trap);
    this.watch(context, who);
    return context;
  }

  watch(context, who) {
    const note = (text) => { this.trouble.push(`${who}: ${text}`); };
    const friends = () => [this.server, ...this.people.map((one) => one.server)].filter(Boolean);
    context.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) note(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => note(`uncaught ${error.error()?.stack || error.error()}`));
    context.on('dialog', (dialog) => { if (dialog.type() !== 'beforeunload') note(`dialog ${dialog.type()}: ${dialog.message()}`); dialog.accept().catch(() => {}); });
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (!['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol)) return;
      if (!['127.0.0.1', 'localhost'].includes(url.hostname) || friends().length === 0) note(`a request to a stranger: ${request.url()}`);
    });
  }

  /** A visitor with a browser of their own. */
  async visitor(options = {}, browser = undefined) {
    const context = options.context || await this.context('visitor', options, browser);
    const visitor = new Visitor(this, context, await context.newPage(), options.base || this.base);
    this.people.push(visitor);
    return visitor;
  }

  /** An agent who is signed in already; signing in has stories of its own. */
  async agent(who = 'ann', options = {}) {
    const { holds = false, ...browser } = options;
    const context = await this.context(who, browser);
    await context.addCookies(this.sessions[who]);
    // The moment to undo a reply has stories of its own (flow.mjs): elsewhere replies go out at once.
    if (!holds) await context.addInitScript(() => { if (location.pathname.startsWith('/desk') && !localStorage.getItem('deskbell.prefs')) localStorage.setItem('deskbell.prefs', '{"hold_replies":false}'); });
    const agent = new Agent(this, context, await context.newPage(), options.base || this.base);
    this.people.push(agent);
    return agent;
  }

  /** Somebody before the desk's door. */
  async stranger(base = this.base, options = {}) {
    const context = await this.context('stranger', options);
    const agent = new Agent(this, context, await context.newPage(), base);
    // The browser itself reports every 401 of a first look.
    this.expects(/stranger: Failed to load resource: the server responded with a status of 401 .*\/api\/desk\/session/);
    this.people.push(agent);
    return agent;
  }

  /** A signed token, as the shop's own server makes it. */
  async token(user) { return (await (await fetch(`${this.base}/demo/token?user=${user}`)).json()).token; }

  /** A call of the visitors' API, for what needs no browser. Too fast for a limit, it waits as told. */
  async api(method, path, { body, token, headers = {} } = {}, tries = 8) {
    const answer = await fetch(`${this.base}/api/v1/widget${path}`, { method, body: body instanceof FormData ? body : body && JSON.stringify(body), headers: {
      'X-Libredesk-Inbox-ID': this.inbox, ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body && !(body instanceof FormData) ? { 'Content-Type': 'application/json' } : {}), ...headers } });
    const text = await answer.text();
    if (answer.status === 429 && tries > 0) {
      await new Promise((again) => { setTimeout(again, 1000 * Number(answer.headers.get('retry-after'))); });
      return this.api(method, path, { body, token, headers }, tries - 1);
    }
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text).data;
  }

  /** Nothing a person with a screen reader, a keyboard or weak eyes would stumble over. */
  async axe(frame, place, options = {}) {
    if (!await frame.evaluate(() => !!globalThis.axe)) await frame.evaluate(axeSource);
    // What is looked at is how it is in the end: half-way through a change of colour, no contrast is anybody's choice.
    await frame.evaluate(() => { for (const one of document.getAnimations()) if (Number.isFinite(one.effect?.getComputedTiming().endTime)) one.finish(); });
    const found = await frame.evaluate(async ([tags, settings]) => {
      const result = await globalThis.axe.run(settings.within ? document.querySelector(settings.within) : document, { runOnly: { type: 'tag', values: tags }, iframes: false, preload: false, resultTypes: ['violations'], rules: settings.rules || {} });
      return result.violations.map((one) => ({ id: one.id, help: one.help, nodes: one.nodes.slice(0, 4).map((node) => `${node.target.join(' ')} — ${node.html.slice(0, 160)} — ${(node.any[0] || node.all[0] || node.none[0])?.message || ''}`) }));
    }, [TAGS, options]);
    for (const one of found) this.trouble.push(`axe at ${place}: ${one.id} (${one.help})\n      ${one.nodes.join('\n      ')}`);
  }

  async picture(page, name) {
    await mkdir(this.screenshots, { recursive: true });
    // A page behind another one is not drawn, and a picture of it would wait for ever.
    await page.bringToFront().catch(() => {});
    await page.screenshot({ path: join(this.screenshots, `${name}.png`), timeout: 5000 }).catch(() => {});
  }

  problems() { return this.trouble.filter((text) => !this.allowed.some((pattern) => pattern.test(text))); }

  async pictures() {
    const name = this.title.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
    let number = 0;
    for (const context of this.contexts) for (const page of context.pages()) await this.picture(page, `failed-${name}-${++number}`);
  }

  async clear() {
    for (const context of this.contexts) await context.close().catch(() => {});
    for (const end of this.after.reverse()) await Promise.resolve(end()).catch(() => {});
    await this.server?.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
