// The archive, a found message in its place, reports as drawings and tables, and a transcript that checks itself.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gone, one, until } from '../lib/wait.mjs';

/** The signed page of the open conversation, saved where a person would find it. */
async function savedTranscript(stage, ann, item = /^Signed page\b(?! with)/) {
  await ann.page.getByRole('button', { name: 'More', exact: true }).click();
  const [download] = await Promise.all([ann.page.waitForEvent('download'), ann.page.getByRole('menuitem', { name: item }).click()]);
  const path = join(stage.folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

/** A stranger's browser with that file, and no network. */
async function opened(stage, path) {
  const context = await stage.context('third person', { offline: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path).href);
  return page;
}

export default {
  async 'row 228: the archive by keyboard: words, chips, arrows, and the message in its place'(stage) {
    const ann = await stage.agent('ann');
    await ann.comesIn();
    const visitor = await stage.api('POST', '/chat/conversations/init', { body: { message: 'The zeppelin left at noon', form_data: { name: 'Mia' } } });
    const token = visitor.session_token;
    const uuid = visitor.conversation.uuid;
    for (let number = 1; number <= 75; number++) await stage.api('POST', `/chat/conversations/${uuid}/message`, { token, body: { message: `word ${number}` } });
    const { page } = ann;
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await one(page.getByRole('heading', { level: 1, name: 'Archive' }));
    await page.keyboard.type('zeppelin');
    const hit = page.locator('[data-found]').filter({ hasText: 'left at noon' });
    await one(hit);
    await one(hit.locator('mark').filter({ hasText: /zeppelin/i }));
    await stage.axe(page, 'the archive');
    await stage.picture(page, 'archive');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    // The page around it is loaded, it is in sight, marked, and has the keyboard; the end of the conversation is not loaded yet.
    const said = page.locator('.said.is-marked').filter({ hasText: 'The zeppelin left at noon' });
    await one(said);
    await until(page, () => document.activeElement?.classList.contains('is-marked'));
    await until(page, () => { const found = document.querySelector('.said.is-marked'); const box = found?.getBoundingClientRect(); return box && box.top >= 0 && box.bottom <= innerHeight; });
    await ann.seesNot('word 75');
    // Reading on brings the rest without a hole.
    await page.locator('.messages').evaluate(async (box) => { for (let round = 0; round < 60 && !box.textContent.includes('word 75'); round++) { box.scrollTop = box.scrollHeight; await new Promise((done) => { setTimeout(done, 50); }); } });
    await ann.sees(/word 75$/);
    const numbers = await page.locator('.said').evaluateAll((all) => all.map((said) => /word (\d+)/.exec(said.textContent)?.[1]).filter(Boolean).map(Number));
    if (numbers.some((number, at) => at && number !== numbers[at - 1] + 1)) throw new Error(`a hole: ${numbers}`);
    // Back in the archive, a filter is a chip, and nothing found says what to do.
    await page.goBack();
    await one(page.getByRole('heading', { level: 1, name: 'Archive' }));
    await page.getByRole('button', { name: /^Status:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Resolved' }).click();
    await one(page.getByRole('heading', { name: 'Nothing found' }));
    await page.getByRole('button', { name: 'Any status' }).click();
    await one(hit);
  },

  async 'row 228: without words the archive is what is resolved, by date; people and numbers are found'(stage) {
    const ann = await stage.agent('ann');
    await ann.opens('/desk/archive');
    await one(ann.page.locator('.found-day h2').first());
    const statuses = await ann.page.locator('[data-found] .badge.is-good').allTextContents();
    if (!statuses.length || statuses.some((word) => word !== 'Resolved')) throw new Error(`not resolved: ${statuses}`);
    const box = ann.page.getByRole('searchbox', { name: 'Search the archive' });
    await box.fill('zoe');
    await ann.page.getByRole('button', { name: /^Zoe Miller/ }).first().click();
    await one(ann.page.getByRole('button', { name: 'Any person' }));
    await one(ann.page.locator('[data-found]').filter({ hasText: 'Zoe Miller' }).first());
    await box.fill('#2');
    await one(ann.page.getByRole('heading', { name: 'By its number' }));
    await stage.picture(ann.page, 'archive-number');
  },

  async 'reports: each one is drawn, said in words, and a table; light, dark, phone, right to left'(stage) {
    const ann = await stage.agent('ann');
    await ann.opens('/desk/reports');
    await one(ann.page.getByRole('heading', { level: 1, name: 'Reports' }));
    for (const name of ['Overview', 'Volume', 'Waiting', 'Satisfaction', 'Agents', 'Teams', 'Tags', 'Hours', 'Missed']) {
      await ann.page.getByRole('navigation', { name: 'Reports' }).getByRole('button', { name, exact: true }).click();
      await one(ann.page.locator('.figure-card, .chart, .reports .empty').first());
      await stage.axe(ann.page, `the report ${name}`);
      await stage.picture(ann.page, `report-${name.toLowerCase()}`);
    }
    await ann.opens('/desk/reports/volume');
    const drawing = ann.page.getByRole('img', { name: /^Conversations/ });
    await one(drawing);
    await ann.page.getByText('Show as a table').first().click();
    await one(ann.page.getByRole('table').first());
    const rows = await ann.page.getByRole('table').first().getByRole('row').count();
    if (rows !== 31) throw new Error(`a line per day: ${rows}`);
    await ann.page.getByRole('button', { name: /^Time:/ }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Last 7 days' }).click();
    await ann.page.getByText('Show as a table').first().click();
    await until(ann.page, () => document.querySelectorAll('.behind[open] tr').length === 8);
    const [download] = await Promise.all([ann.page.waitForEvent('download'), ann.page.getByRole('link', { name: 'CSV' }).click()]);
    if (!/^volume-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/.test(download.suggestedFilename())) throw new Error(download.suggestedFilename());
    await ann.page.mouse.move(640, 500);
    await ann.page.emulateMedia({ colorScheme: 'dark' });
    await until(ann.page, () => getComputedStyle(document.querySelector('.page-head .button')).backgroundColor === 'rgb(30, 29, 27)');
    await stage.axe(ann.page, 'a report in the dark');
    await ann.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await ann.page.getByRole('navigation', { name: 'Reports' }).getByRole('button', { name: 'Waiting' }).click();
    await one(ann.page.getByRole('img', { name: /^How long/ }));
    await stage.picture(ann.page, 'report-dark-rtl');
    await ann.page.evaluate(() => { document.documentElement.dir = 'ltr'; });
    await ann.page.setViewportSize({ width: 390, height: 844 });
    await until(ann.page, () => document.querySelector('.screen').scrollWidth <= 390);
    await stage.picture(ann.page, 'report-phone');
  },

  async 'unique 15: a transcript checks itself offline; a changed letter is told in red words'(stage) {
    const ann = await stage.agent('ann');
    await ann.comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I paid 40 euros <img src=x onerror=alert(1)>');
    await ann.takes('I paid 40 euros');
    const path = await savedTranscript(stage, ann);
    const page = await opened(stage, path);
    await one(page.getByText('Genuine: not a letter was changed since it was signed.'));
    await one(page.getByRole('article').filter({ hasText: 'I paid 40 euros <img src=x onerror=alert(1)>' }));
    await one(page.getByText(/contact, by widget, not verified/));
    await stage.axe(page, 'a transcript');
    await stage.picture(page, 'transcript');
    const print = (await page.locator('#verdict code').textContent()).trim();
    const { fingerprint } = await (await fetch(`${stage.base}/transcript-key.json`)).json();
    if (print !== fingerprint) throw new Error(`${print} is not ${fingerprint}`);
    const text = await readFile(path, 'utf8');
    const [head, record] = text.split('id="record">');
    const changed = join(stage.folder, 'changed.html');
    await writeFile(changed, `${head}id="record">${record.replace('40 euros', '90 euros')}`);
    const forged = await opened(stage, changed);
    await one(forged.getByText('NOT GENUINE: this file was changed after it was signed.'));
    await one(forged.locator('#verdict.is-bad'));
    await stage.axe(forged, 'a changed transcript');
    await stage.picture(forged, 'transcript-changed');
    // The copy for readers without scripts is not what is shown: only the signed words are.
    await writeFile(changed, `${head.replace('40 euros', '90 euros')}id="record">${record}`);
    const copied = await opened(stage, changed);
    await one(copied.getByText('Genuine: not a letter was changed since it was signed.'));
    await gone(copied.getByText('90 euros'));
  },

  async 'row 233: the link to a survey is copied, answered, and seen in the thread and in the numbers'(stage) {
    const ann = await stage.agent('ann');
    await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await ann.comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Thank you for everything');
    await ann.takes('Thank you for everything');
    await ann.page.getByRole('button', { name: 'More', exact: true }).click();
    await ann.page.getByRole('menuitem', { name: 'Copy a link to the survey' }).click();
    await one(ann.page.getByText('The link to the survey is copied.'));
    const link = await ann.page.evaluate(() => navigator.clipboard.readText());
    const page = await (await stage.context('somebody with the link')).newPage();
    await page.goto(link);
    await page.locator('input[type=radio][value="5"]').check();
    await page.getByRole('textbox').fill('Quick and kind');
    await page.getByRole('button').click();
    await one(ann.log.getByText('Quick and kind'));
    await ann.opens('/desk/reports/csat');
    await one(ann.page.getByRole('button').filter({ hasText: 'Quick and kind' }));
    await ann.opens('/desk/archive?rating=5');
    await one(ann.page.locator('[data-found]').filter({ hasText: 'Thank you' }).or(ann.page.locator('[data-found]')).first());
  },
};
