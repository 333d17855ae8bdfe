// Does the script cost a page any of its Lighthouse performance? The demo's shop, with the snippet and without it, measured in turn.
//
//   npm ci --ignore-scripts --prefix tests/bench/lighthouse && node tests/bench/lighthouse/run.mjs target/release/deskbell
//
// Ends with 1 when the medians differ by more than one point.

import { createServer } from 'node:http';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { Server, temporary } from '../../browser/lib/server.mjs';

const ROUNDS = 5;
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const folder = await temporary();
const server = await new Server(resolve(process.argv[2] || 'target/release/deskbell'), `${folder}/demo.db`).start();
const shop = await (await fetch(`${server.base}/demo`)).text();
const snippet = /<script[^>]*src="[^"]*\/w\/[^"]*\.js"[^>]*><\/script>/;
if (!snippet.test(shop)) throw new Error('the shop has no snippet');
const pages = { '/with': shop, '/without': shop.replace(snippet, '') };
const absolute = (html) => html.replace(/(href|src)="\//g, `$1="${server.base}/`);
const site = createServer((request, answer) => {
  const page = pages[request.url];
  answer.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(page ? absolute(page) : '');
});
await new Promise((done) => site.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${site.address().port}`;
const chrome = await launch({ chromePath: process.env.CHROME_PATH || '/usr/bin/chromium', chromeFlags: FLAGS });

const scores = { '/with': [], '/without': [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const path of Object.keys(scores)) {
    const { lhr } = await lighthouse(base + path, { port: chrome.port, onlyCategories: ['performance'], logLevel: 'error' });
    scores[path].push(Math.round(lhr.categories.performance.score * 100));
  }
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
for (const [path, list] of Object.entries(scores)) console.log(`${path.slice(1).padEnd(8)} median ${median(list)}  of ${list.join(' ')}`);
const apart = Math.abs(median(scores['/with']) - median(scores['/without']));
console.log(`apart ${apart}, at most 1`);
await chrome.kill();
site.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
process.exit(apart > 1 ? 1 : 0);
