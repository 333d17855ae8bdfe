// What a visitor pays, measured in a real browser against the release build: the bytes of the answers as they travel, compressed.

import { resolve } from 'node:path';
import { rm } from 'node:fs/promises';
import { launch } from './lib/stage.mjs';
import { Server, Site, temporary } from './lib/server.mjs';

const words = process.argv.slice(2);
const binary = resolve(words[words.indexOf('--binary') + 1]);
const KB = 1024;

const folder = await temporary();
const server = await new Server(binary, `${folder}/demo.db`).start();
const site = await new Site().open();
// Another origin, but the same process, so that one observer sees everything.
site.base = site.base.replace('localhost', '127.0.0.1');
const browser = await launch();
let passed = 0;
let failed = 0;

/** @param {string} what @param {number} got @param {number} most @param {string} unit */
function atMost(what, got, most, unit) {
  const fits = got <= most;
  if (fits) passed++; else failed++;
  console.log(`${fits ? 'ok     ' : 'not ok '} ${what}: ${got} ${unit}, at most ${most}`);
}

const { inbox_uuid: inbox } = server.demo;
for (const [name, script, requests] of [
  ['our snippet', `<script async src="${server.base}/w/${inbox}.js"></script>`, 1],
  ['Libredesk’s snippet', `<script>window.LibredeskSettings = { baseURL: '${server.base}', inboxID: '${inbox}' };</script><script async src="${server.base}/widget.js"></script>`, 2]]) {
  // A browser that was never here: nothing cached, nothing kept.
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  /** @type {Map<string, {url: string, bytes: number, head: number, coding: string}>} */ let seen = new Map();
  line.on('Network.requestWillBeSent', ({ requestId, request }) => { if (request.url.startsWith(server.base)) seen.set(requestId, { url: request.url, bytes: 0, head: 0, coding: '' }); });
  line.on('Network.responseReceived', ({ requestId, response }) => { const one = seen.get(requestId); if (one) { one.head = response.encodedDataLength; one.coding = response.headers['content-encoding'] || response.headers['Content-Encoding'] || 'plain'; } });
  line.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { const one = seen.get(requestId); if (one) one.bytes = encodedDataLength - one.head; });
  const told = () => { const list = [...seen.values()]; seen = new Map(); const bytes = list.reduce((sum, one) => sum + one.bytes, 0); for (const one of list) console.log(`        ${String(one.bytes).padStart(6)} +${String(one.head).padStart(4)} ${one.coding.padEnd(5)} ${one.url.slice(server.base.length)}`); return { count: list.length, bytes }; };
  const address = site.page(`/${requests}`, `<!doctype html><html lang="en"><title>A site</title><body><h1>A site</h1>${script}</body></html>`);
  await page.goto(address);
  await page.locator('deskbell-chat').getByRole('button').waitFor();
  await page.waitForLoadState('networkidle');
  const view = told();
  atMost(`requests of a page view with ${name}`, view.count, requests, 'requests');
  // The settings come separately there, with an envelope of their own.
  atMost(`bytes of a page view with ${name}`, view.bytes, 6 * KB, 'bytes');
  await page.locator('deskbell-chat').getByRole('button').click();
  await page.frameLocator('deskbell-chat iframe').getByRole('button', { name: 'More options' }).waitFor();
  await page.waitForLoadState('networkidle');
  const open = told();
  atMost(`bytes of the first open with ${name}`, open.bytes, 40 * KB, 'bytes');
}
await browser.close();
site.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
