// Pictures of every screen of the widget in every light it may be seen in, for people to look at:
//   node tests/browser/screens.mjs [--binary target/debug/deskbell] [--to target/screens] [words of a name …]
//
// The screens are the real app in preview mode, so that each can be had without a story leading there; error and offline come from the
// real one with its line cut. One sheet per variant (all screens side by side) and one picture per screen.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Server, temporary } from './lib/server.mjs';
import { launch } from './lib/stage.mjs';

const words = process.argv.slice(2);
const option = (name, fallback) => { const at = words.indexOf(`--${name}`); return at < 0 ? fallback : words.splice(at, 2)[1]; };
const here = new URL('.', import.meta.url);
const binary = resolve(option('binary', new URL('../../target/debug/deskbell', here).pathname));
const target = resolve(option('to', new URL('../../target/screens', here).pathname));

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrik mit Kundenzufriedenheitsgarantie';
const CONFIG = {
  home_buttons: [{ icon: 'truck', name: 'Delivery', opening_message: 'Hello! **Which order** is it about?' }, { icon: 'leaf', name: 'Plant care' }],
  home_apps: [
    { type: 'self_service', target: 'answer', icon: 'book', text: 'How often do I water a fern?', body: 'When the soil is *dry to the touch*.' },
    { type: 'external_link', icon: 'map', text: 'Find our greenhouse', url: 'https://fernwood.example/map' },
    { type: 'announcement', title: 'Spring sale', description: 'All palms at half price until Sunday.', url: 'https://fernwood.example/sale' }],
  tiles: { chat: true, bug: true, feature: true, review: true, question: true, files: true },
  notice_banner: { enabled: true, text: 'We are moving: answers may take a little longer this week.' },
  prechat_form: { enabled: false },
  contact_prompt: true,
};
/** The least an inbox can say. */
const EMPTY = { home_buttons: [], home_apps: [], tiles: { chat: true, bug: false, feature: false, review: false, question: false, files: true }, notice_banner: { enabled: false, text: '' }, greeting_message: '', introduction_message: '', show_powered_by: false };
const FORM = {
  prechat_form: { enabled: true, title: 'Before we start', fields: [['name', 'text', 'Full name'], ['email', 'email', 'E-mail'], ['phone', 'phone', 'Phone'], ['count', 'number', 'How many plants?'], ['gift', 'checkbox', 'It is a gift'], ['day', 'date', 'Wished day'], ['site', 'link', 'Your garden’s page'], ['size', 'list', 'Size']]
    .map(([key, type, label], order) => ({ key, type, label, order, enabled: true, required: order < 2, values: type === 'list' ? ['Small', 'Large'] : [] })) },
};
const CONSENT = { consent: { enabled: true, text: 'I agree that my words are stored so that they can be answered.', link_text: 'How we treat your data', link_url: 'https://fernwood.example/privacy' } };
const HUGE = { greeting_message: LONG, introduction_message: `${LONG} ${LONG}`, home_buttons: [{ icon: 'truck', name: LONG.slice(0, 60) }], home_apps: [{ type: 'external_link', text: LONG, url: 'https://fernwood.example' }], notice_banner: { enabled: true, text: LONG } };

/** name, what the preview is told, what the inbox says beside CONFIG */
const SCREENS = [
  ['home', { view: 'home' }, {}], ['home-returning', { view: 'home', talks: true }, {}], ['home-signed-in', { view: 'home', signed: true }, {}], ['home-empty', { view: 'home' }, EMPTY], ['home-long', { view: 'home', talks: true }, HUGE],
  ['hub', { view: 'hub' }, {}], ['report-bug', { view: 'report', about: 'bug' }, {}], ['report-review', { view: 'report', about: 'review' }, CONSENT], ['answer', { view: 'answer' }, {}],
  ['identify', { view: 'identify' }, { access: 'identify' }], ['list', { view: 'list' }, {}], ['chat-new', { view: 'chat' }, {}], ['chat-consent', { view: 'chat' }, CONSENT], ['chat-form', { view: 'chat' }, FORM], ['chat', { view: 'chat', signed: true }, {}],
];
/** name, browser, window, state, language */
const VARIANTS = [
  ['light', {}, [400, 700], {}, 'en'], ['dark', { colorScheme: 'dark' }, [400, 700], { dark: true }, 'en'], ['phone', { isMobile: true, hasTouch: true }, [360, 640], { mobile: true }, 'en'],
  ['rtl', {}, [400, 700], {}, 'ar'], ['zoom', { deviceScaleFactor: 2 }, [200, 350], { mobile: true }, 'en'], ['forced', { forcedColors: 'active' }, [400, 700], {}, 'en'], ['german', {}, [400, 700], {}, 'de'],
  ['japanese', {}, [400, 700], {}, 'ja'], ['hebrew-dark', { colorScheme: 'dark' }, [400, 700], { dark: true }, 'he'],
].filter(([name]) => !words.length || words.includes(name));

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const folder = await temporary();
const server = await new Server(binary, `${folder}/demo.db`).start();
const browser = await launch();
const { inbox_uuid: inbox, agents: [owner] } = server.demo;

// The owner asks for the settings as they would be, as the desk's own preview does.
const admin = await (await browser.newContext({ locale: 'en-US' })).newPage();
await admin.goto(`${server.base}/desk`);
const answers = {};
const ask = (config, lang) => admin.evaluate(async ([who, inbox, config, lang]) => {
  window.csrf ??= (await (await fetch('/api/desk/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(who) })).json()).csrf;
  const answer = await fetch(`/api/desk/inboxes/${inbox}/preview`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-deskbell-csrf': window.csrf }, body: JSON.stringify({ config, lang }) });
  const body = await answer.json();
  if (!answer.ok || body.problems?.length) throw new Error(JSON.stringify(body.error || body.problems));
  return body;
}, [owner, inbox, config, lang]);

for (const [variant, how, [width, height], shared, lang] of VARIANTS) {
  const context = await browser.newContext({ viewport: { width, height }, ...how });
  const page = await context.newPage();
  page.on('console', (line) => { if (line.type() === 'error') console.log(`${variant}: ${line.text()}`); });
  await page.goto(`${server.base}/robots.txt`);
  const pictures = [];
  for (const [name, state, more] of SCREENS) {
    const told = answers[`${lang} ${JSON.stringify(more)}`] ??= await ask({ ...CONFIG, ...more }, lang);
    const about = state.view === 'answer' ? told.settings.home_apps.find((app) => app.type === 'self_service')?.id : state.about;
    await page.setContent('<!doctype html><style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>');
    await page.evaluate(({ told, state, inbox }) => new Promise((done) => {
      const frame = document.createElement('iframe');
      addEventListener('message', ({ data }) => {
        if (data.type === 'hello') frame.contentWindow.postMessage({ deskbell: 'n', type: 'preview', ...told, state }, location.origin);
        if (data.type === 'ready') done(null);
      });
      frame.src = `/widget?inbox_id=${inbox}#preview&n=n&o=${encodeURIComponent(location.origin)}`;
      document.body.append(frame);
    }), { told, state: { ...shared, ...state, about }, inbox });
    const frame = page.frames()[1];
    await frame.locator('main.app:not(:has(.later))').waitFor();
    await frame.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
    const wide = await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) console.log(`${variant} ${name}: ${wide} px stick out`);
    const picture = await page.screenshot({ path: `${target}/${variant}-${name}.png` });
    pictures.push([name, picture.toString('base64')]);
  }
  const sheet = await (await browser.newContext({ viewport: { width: 5 * 420, height: 800 } })).newPage();
  await sheet.setContent(`<body style="margin:10px;background:#888;font:14px sans-serif">${pictures.map(([name, data]) => `<figure style="display:inline-block;margin:5px;vertical-align:top"><figcaption>${name}</figcaption><img width=400 src="data:image/png;base64,${data}"></figure>`).join('')}`);
  await sheet.screenshot({ path: `${target}/sheet-${variant}.png`, fullPage: true });
  await sheet.context().close();
  await context.close();
}
await writeFile(`${target}/README`, 'Made by tests/browser/screens.mjs.\n');
await browser.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
console.log(`pictures are in ${target}`);
