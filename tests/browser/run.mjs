// Runs the stories, two at a time: node run.mjs --binary target/debug/deskbell [--screenshots DIR] [words of a title …]

import { readdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Template } from './lib/server.mjs';
import { launch, Stage } from './lib/stage.mjs';
import { Agent } from './lib/agent.mjs';
import { one } from './lib/wait.mjs';

const WORKERS = 2;
const STORY_MS = 120_000;

const words = process.argv.slice(2);
const option = (name, fallback) => { const at = words.indexOf(`--${name}`); return at < 0 ? fallback : words.splice(at, 2)[1]; };
const here = new URL('.', import.meta.url);
const binary = resolve(option('binary', new URL('../../target/debug/deskbell', here).pathname));
const screenshots = resolve(option('screenshots', new URL('../../target/screenshots', here).pathname));

/** @type {{title: string, tell: (stage: Stage) => Promise<void>}[]} */
const stories = [];
for (const file of (await readdir(new URL('stories/', here))).filter((name) => name.endsWith('.mjs')).sort()) {
  const { default: told } = await import(new URL(`stories/${file}`, here));
  for (const [title, tell] of Object.entries(told)) stories.push({ title: `${file.replace('.mjs', '')}: ${title}`, tell });
}
// `desk:` is the file of that name, and no other one that ends so.
const wanted = stories.filter(({ title }) => !words.length || words.some((word) => (word.endsWith(':') ? title.startsWith(word) : title.includes(word))));

if (!words.length) await rm(screenshots, { recursive: true, force: true });
const template = new Template();
const first = await template.make(binary);
const sessions = {};
{
  // Everybody signs in once; the sessions are in the file that every story gets a copy of.
  const browser = await launch();
  for (const { email, password } of first.demo.agents) {
    const context = await browser.newContext({ locale: 'en-US' });
    const agent = new Agent(null, context, await context.newPage(), first.base);
    await agent.opens();
    await agent.signsIn(email, password);
    await one(agent.list);
    sessions[email.split('@')[0]] = await context.cookies();
    await context.close();
  }
  await browser.close();
}
await first.stop();

let passed = 0;
let failures = [];
const began = Date.now();

async function tell({ title, tell: story }, browser, first) {
  const stage = new Stage({ template, browser, title, screenshots, sessions, binary });
  const start = Date.now();
  let failure = null;
  let timer;
  try {
    await stage.set();
    await Promise.race([story(stage), new Promise((_, late) => { timer = setTimeout(() => late(new Error(`not over after ${STORY_MS / 1000} s`)), STORY_MS); })]);
    const problems = stage.problems();
    if (problems.length) throw new Error(problems.slice(0, 12).join('\n    '));
  } catch (error) {
    failure = error;
    const problems = stage.problems();
    if (problems.length && !String(error).includes(problems[0])) error.message += `\n    seen: ${problems.slice(0, 6).join('\n    ')}`;
    await stage.pictures();
  }
  clearTimeout(timer);
  await stage.clear();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (failure) {
    failures.push({ title, tell: story });
    console.log(`${first ? 'failed ' : 'not ok '} ${title} (${seconds} s)\n    ${failure.stack || failure}`);
  } else {
    passed++;
    console.log(`ok      ${title} (${seconds} s)`);
  }
}

const queue = [...wanted];
await Promise.all(Array.from({ length: WORKERS }, async () => {
  const browser = await launch();
  for (let next = queue.shift(); next; next = queue.shift()) await tell(next, browser, true);
  await browser.close();
}));
// What failed beside another story is told once more, alone: a busy machine is not a broken product. Only what fails again counts, and
// what did not is named as shaky, so that nobody overlooks a story that fails now and then.
const again = failures;
failures = [];
if (again.length) {
  const browser = await launch();
  for (const story of again) await tell(story, browser, false);
  await browser.close();
  for (const { title } of again) if (!failures.some((failure) => failure.title === title)) console.log(`shaky   ${title}: failed at first, passed alone`);
}
await template.remove();
console.log(`${((Date.now() - began) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length || !wanted.length ? 1 : 0);
