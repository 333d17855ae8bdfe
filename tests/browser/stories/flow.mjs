// The desk by keyboard, with a moment to undo, on two devices, with colleagues, and with very long conversations.

import { execFileSync } from 'node:child_process';
import { check, gone, one, same, until } from '../lib/wait.mjs';

const focusIs = (page, name) => until(page, (wanted) => (document.activeElement?.getAttribute('aria-label') || '').startsWith(wanted), name);
const state = (agent, name) => agent.page.locator('.thread-head').getByRole('button', { name: `Status: ${name}` });
const palette = (agent) => agent.page.getByRole('combobox', { name: /command/ });

/** So many answers of Ann's in one conversation, put into the file while nobody serves it: through the desk it would take minutes. */
async function tells(stage, uuid, count) {
  await stage.server.stop();
  execFileSync('python3', ['-c', `
import sqlite3, sys, time, uuid
file, conversation, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
db = sqlite3.connect(file)
(thread, inbox) = db.execute("SELECT id, inbox_id FROM conversations WHERE uuid = ?", (conversation,)).fetchone()
(ann,) = db.execute("SELECT id FROM agents WHERE email LIKE 'ann@%'").fetchone()
(seq,) = db.execute("SELECT max(seq) FROM events").fetchone()
now = int(time.time() * 1000)
for n in range(1, count + 1):
    text = ("Line %d %s" % (n, "of the long story " * (n % 7))).strip()
    kind = "outgoing" if n % 9 else "note"
    message = db.execute("INSERT INTO messages (uuid, conversation_id, seq, kind, agent_id, via, source, html, text, created_at) VALUES (?, ?, ?, ?, ?, 'desk', ?, ?, ?, ?)",
        (str(uuid.uuid4()), thread, seq + n, kind, ann, text, "<p>%s</p>" % text, text, now - count + n)).lastrowid
    db.execute("INSERT INTO events (seq, kind, inbox_id, conversation_id, message_id, public, created_at) VALUES (?, 'message', ?, ?, ?, ?, ?)", (seq + n, inbox, thread, message, kind != "note", now - count + n))
db.execute("UPDATE conversations SET seq = ?1, last_seq = ?1, last_message_id = ?2, last_message_at = ?3, preview = ?4, preview_from = 'agent', waiting_since = NULL, first_reply_at = ?3 WHERE id = ?5", (seq + count, message, now, text, thread))
db.commit()`, stage.server.file, uuid, String(count)]);
  await stage.server.start();
}

export default {
  async 'a whole day by keyboard alone'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Do you ship ferns to Malta?');
    const ann = await (await stage.agent('ann', { holds: true })).comesIn();
    const { keyboard } = ann.page;
    await one(ann.row('Do you ship ferns to Malta?'));
    // Nothing is clicked from here on.
    await keyboard.press('Control+k');
    await one(palette(ann));
    await stage.axe(ann.page, 'the palette');
    await stage.picture(ann.page, 'flow-palette');
    await keyboard.type('malta');
    await one(ann.page.getByRole('option', { selected: true }).filter({ hasText: /Malta|visitor/i }));
    await keyboard.press('Enter');
    await one(state(ann, 'Open'));
    await ann.sees('Do you ship ferns to Malta?');
    await keyboard.press('a');
    await one(ann.page.getByRole('button', { name: 'Assigned to Ann Archer' }));
    await keyboard.press('p');
    await one(ann.page.getByRole('menuitemradio', { name: /High/ }));
    await keyboard.press('Home');
    await keyboard.press('Enter');
    await one(ann.page.getByRole('button', { name: 'Priority: High' }));
    await keyboard.press('n');
    await focusIs(ann.page, 'Note for your team');
    await keyboard.type('@be');
    await one(ann.page.getByRole('option', { name: /Ben Okafor/ }));
    await keyboard.press('Enter');
    await keyboard.type('do we ship there?');
    await keyboard.press('Enter');
    await ann.hasSent('@Ben Okafor do we ship there?');
    await keyboard.press('Escape');
    await keyboard.press('r');
    await focusIs(ann.page, 'Reply to');
    await keyboard.type('We do, in three days.');
    await keyboard.press('Enter');
    await one(ann.log.getByText(/Sends in \d s/));
    await visitor.sees('We do, in three days.');
    await keyboard.press('Escape');
    await keyboard.press('s');
    await one(ann.page.getByRole('menuitem', { name: /^Tomorrow/ }));
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await one(state(ann, 'Snoozed'));
    await keyboard.press('Control+z');
    await one(state(ann, 'Open'));
    await keyboard.press('e');
    await one(state(ann, 'Resolved'));
    await keyboard.press('g');
    await keyboard.press('e');
    await one(ann.list.getByRole('button', { name: 'Status: Resolved' }));
    await one(ann.row('We do, in three days.'));
    await keyboard.press('g');
    await keyboard.press('m');
    await one(ann.list.locator('[aria-pressed="true"]').filter({ hasText: 'Mine' }));
    await keyboard.press('?');
    await one(ann.page.getByRole('heading', { name: 'Keyboard' }));
    await stage.axe(ann.page, 'the keys');
    await keyboard.press('Escape');
    await keyboard.press('g');
    await keyboard.press('s');
    await one(ann.page.getByRole('navigation', { name: 'Settings' }));
    const ben = await (await stage.agent('ben', { holds: true })).comesIn();
    await ben.page.keyboard.press('g');
    await ben.page.keyboard.press('t');
    await one(ben.list.locator('[aria-pressed="true"][aria-label="Notes that call you"]'));
    await ben.list.getByRole('button', { name: /^Status/ }).click();
    await ben.page.getByRole('menuitemradio', { name: 'Resolved' }).click();
    await one(ben.row('We do, in three days.'));
    await ben.row('We do, in three days.').click();
    await one(ben.message('do we ship there?').getByText('calls you'));
  },

  async 'a reply is taken back, a tab that closes loses none, and undo goes through everything'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Quick question');
    const ann = await (await stage.agent('ann', { holds: true })).comesIn();
    await ann.takes('Quick question');
    await ann.box.fill('Too quikc');
    await ann.box.press('Enter');
    await one(ann.log.getByText(/Sends in \d s/));
    await stage.axe(ann.page, 'a held reply');
    await stage.picture(ann.page, 'flow-held');
    await ann.page.keyboard.press('Control+z');
    await gone(ann.log.getByText('Too quikc'));
    same(await ann.box.inputValue(), 'Too quikc', 'its words are in the box again');
    same(await visitor.count('Too quikc'), 0, 'nobody outside saw it');
    await ann.box.fill('Better now');
    await ann.box.press('Enter');
    await one(ann.log.getByText(/Sends in \d s/));
    // Acknowledged is on disk: the tab may go.
    await ann.page.close();
    await visitor.sees('Better now');
    same(await visitor.count('Too quikc'), 0, 'and only that');
    const again = await stage.agent('ann', { holds: true });
    await again.comesIn();
    await again.takes('Better now');
    await again.box.fill('And this at once');
    await again.box.press('Enter');
    await again.log.getByRole('button', { name: 'Send now' }).click();
    await again.hasSent('And this at once');
    await visitor.sees('And this at once');
    const { page } = again;
    const undo = async (name, done) => { await page.locator('.toast').filter({ hasText: name }).getByRole('button', { name: 'Undo' }).click(); await one(done); };
    await page.getByRole('button', { name: /^Assigned to Ann/ }).click();
    await page.getByRole('menuitemradio', { name: 'Ben Okafor' }).click();
    await undo('is with Ben now', page.getByRole('button', { name: 'Assigned to Ann Archer' }));
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await undo('Resolved', state(again, 'Open'));
    await page.getByRole('button', { name: 'Priority: none' }).click();
    await page.getByRole('menuitemradio', { name: /Low/ }).click();
    await one(page.getByRole('button', { name: 'Priority: Low' }));
    await undo('low priority', page.getByRole('button', { name: 'Priority: none' }));
  },

  async 'a draft is on every device, and two of them never overwrite each other'(stage) {
    const laptop = await (await stage.agent('ann')).comesIn();
    const phone = await stage.agent('ann', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await phone.comesIn();
    await laptop.takes('Zoe Miller');
    await laptop.box.fill('Dear Zoe');
    await one(phone.row('Zoe Miller').getByText('Draft'));
    await stage.picture(phone.page, 'flow-phone-draft');
    await phone.takes('Zoe Miller');
    same(await phone.box.inputValue(), 'Dear Zoe', 'it is there');
    // The laptop goes through a tunnel, both write on.
    await laptop.context.setOffline(true);
    stage.expects(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    await laptop.box.fill('Dear Zoe, from the train');
    const saved = phone.page.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.ok());
    await phone.box.fill('Dear Zoe, from the sofa');
    await saved;
    stage.expects(/status of 409/);
    await laptop.context.setOffline(false);
    await one(laptop.page.getByText('You wrote something else on another device'));
    same(await laptop.box.inputValue(), 'Dear Zoe, from the train', 'nothing typed is lost');
    await stage.axe(laptop.page, 'two drafts');
    await stage.picture(laptop.page, 'flow-two-drafts');
    await phone.page.getByRole('button', { name: 'Back to the list' }).click();
    await laptop.page.getByRole('button', { name: 'Keep this' }).click();
    await one(phone.row('Zoe Miller').getByText('from the train'));
    await laptop.box.press('Enter');
    await laptop.hasSent('Dear Zoe, from the train');
    await gone(phone.row('Zoe Miller').getByText('Draft'));
    const other = await (await stage.agent('ann')).comesIn();
    await other.takes('Zoe Miller');
    same(await other.box.inputValue(), '', 'sent is sent, on a new device too');
  },

  async 'two at one conversation see each other, and nobody answers twice unwarned'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Who answers first?');
    const ben = await (await stage.agent('ben', { holds: true })).comesIn();
    await ben.takes('Who answers first?');
    // Ann comes later, while Ben goes on writing (who pauses for five seconds does not write any more).
    let writing = true;
    const written = (async () => { while (writing) await ben.box.pressSequentially('so ', { delay: 150 }); await ben.box.fill('I do'); })();
    const ann = await (await stage.agent('ann', { holds: true })).comesIn();
    await one(ann.row(/is writing a reply/));
    await ann.row(/is writing a reply|Who answers/).first().click();
    await one(ann.page.getByText('Ben Okafor is writing a reply too'));
    await one(ann.page.getByText('Ben Okafor is looking at this too').first());
    await stage.picture(ann.page, 'flow-collision');
    writing = false;
    await written;
    await ann.box.fill('No, I do');
    await ben.box.press('Enter');
    await one(ben.log.getByText(/Sends in \d s/));
    // Ben's is on its way and not to be seen yet: the server knows.
    stage.expects(/status of 409/);
    await ann.box.press('Enter');
    await one(ann.page.getByRole('heading', { name: 'Ben Okafor just answered' }));
    await stage.axe(ann.page, 'the question');
    await ann.page.getByRole('button', { name: 'Look first' }).click();
    same(await ann.box.inputValue(), 'No, I do', 'her words are back');
    await ann.sees('I do');
    await visitor.sees('I do');
    await ann.box.press('Enter');
    const ask = ann.page.getByRole('button', { name: 'Send anyway' });
    await ask.or(ann.log.getByText(/Sends in \d s/)).first().waitFor();
    if (await ask.count()) await ask.click();
    await visitor.sees('No, I do');
    same(await visitor.count('No, I do'), 1, 'once');
  },

  async 'three agents and five visitors at once: everything arrives once, and nobody waits'(stage) {
    const owner = await (await stage.agent('ann')).comesIn();
    const { link } = await owner.api('POST', '/agents', { email: 'cleo@fernwood.example', first_name: 'Cleo', last_name: 'Reed', role: 'agent' });
    const cleo = await stage.stranger();
    await cleo.opens(link);
    await cleo.page.getByLabel('Password').fill('a quiet green teapot');
    await cleo.page.getByRole('button', { name: /join|open|start|save/i }).first().click();
    await one(cleo.list);
    const ben = await (await stage.agent('ben')).comesIn();
    const agents = [owner, ben, cleo];
    await cleo.page.evaluate(() => localStorage.setItem('deskbell.prefs', '{"hold_replies":false}'));
    await cleo.page.reload();
    await one(cleo.list);
    // Visitors by the visitors' own API: five sessions, five conversations.
    const visitors = await Promise.all(Array.from({ length: 5 }, async (_, n) => {
      const begun = await stage.api('POST', '/chat/conversations/init', { body: { message: `Question ${n} of five`, echo_id: `flow-echo-of-visitor-${n}-aaaa` } });
      return { n, token: begun.session_token, uuid: begun.conversation?.uuid || begun.uuid };
    }));
    await Promise.all(agents.map(async (agent, k) => {
      for (const { n } of visitors.filter(({ n: each }) => each % 3 === k)) {
        await agent.takes(`Question ${n} of five`);
        await agent.replies(`Answer ${n} by ${k}`);
        await agent.notes(`Note on ${n}`);
      }
    }));
    for (const { n, token, uuid } of visitors) {
      const { messages } = await stage.api('GET', `/chat/conversations/${uuid}`, { token });
      const texts = messages.map((message) => message.text_content ?? message.content);
      same(texts.filter((text) => text.includes('Answer')).length, 1, `one answer for ${n}: ${texts}`);
      check(!texts.some((text) => text.includes('Note')), 'no note outside');
    }
    for (const agent of agents) for (const { n } of visitors) await one(agent.row(`Note on ${n}`));
  },

  async 'ten thousand messages: it opens at its end at once, goes up without a jump, and holds few rows'(stage) {
    const begun = await stage.api('POST', '/chat/conversations/init', { body: { message: 'A long story begins', echo_id: 'flow-echo-of-the-long-story' } });
    const uuid = begun.conversation?.uuid || begun.uuid;
    await tells(stage, uuid, 10_000);
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.looksAt('All');
    await one(ann.row(/Line (9\d{3}|10000)/).first());
    const took = await ann.page.evaluate(async (row) => {
      const began = performance.now();
      document.querySelector(`[data-row="${row}"]`).click();
      while (!document.querySelector('.messages')?.textContent.match(/Line (99\d\d|10000)/)) await new Promise((next) => { requestAnimationFrame(next); });
      return performance.now() - began;
    }, uuid);
    console.log(`        10,000 messages opened in ${took.toFixed(0)} ms`);
    check(took < 3000, `it took ${took} ms to open`);
    const rows = () => ann.page.evaluate(() => document.querySelectorAll('.messages-inner > [data-place]').length);
    // Upwards, a screen at a time: the row one reads stands still while others come.
    let most = 0;
    const jumps = [];
    await ann.page.evaluate(() => { const box = document.querySelector('.messages'); box.scrollTop = box.scrollHeight - box.clientHeight - 2000; });
    for (let step = 0; step < 40; step++) {
      const moved = await ann.page.evaluate(async () => {
        const box = document.querySelector('.messages');
        const frames = (count) => new Promise((done) => { const next = () => { if (count-- > 0) requestAnimationFrame(next); else done(); }; next(); });
        // A day's line is no row one reads: it goes up to the first message of its day.
        const middle = () => [...document.querySelectorAll('.messages-inner > [data-place]:not(.day)')].find((row) => row.getBoundingClientRect().top > box.getBoundingClientRect().top + 60);
        box.scrollTop = Math.max(0, box.scrollTop - 900);
        const row = middle();
        const place = row?.dataset.place;
        // Its lower edge: the name above its words goes when older ones by the same person come.
        const before = row?.getBoundingClientRect().bottom;
        await frames(6);
        const after = document.querySelector(`[data-place="${CSS.escape(place)}"]`)?.getBoundingClientRect().bottom;
        return after === undefined ? 9999 : Math.abs(after - before);
      });
      // At the very top it waits for what is being loaded.
      await until(ann.page, () => document.querySelector('.messages').scrollTop > 0);
      // The margin above a name goes with the name: less than a line, once per page.
      if (moved > 12) jumps.push(`${step}: ${moved.toFixed(0)}`);
      most = Math.max(most, await rows());
    }
    same(jumps, [], 'nothing jumped');
    check(most > 200 && most <= 300, `${most} rows in the DOM`);
    const oldest = await ann.page.evaluate(() => Number(document.querySelector('.messages-inner .said')?.textContent.match(/Line (\d+)/)?.[1]));
    check(oldest < 9800, `it went up to line ${oldest}`);
    console.log(`        at most ${most} rows in the DOM`);
    await ann.page.getByRole('button', { name: 'To the newest message' }).click();
    await one(ann.log.getByText(/^Line (99\d\d|10000)\b/).last());
  },

  async 'asleep and awake: what came meanwhile is there without a reload, and the place is kept'(stage) {
    const line = await stage.line();
    const ann = await (await stage.agent('ann', { base: line.base })).comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Before the nap');
    await ann.takes('Before the nap');
    await ann.page.evaluate(() => { window.sameAsBefore = true; });
    stage.expects(/ERR_|WebSocket/);
    // The lid closes: no socket, no timers, no word of it.
    const session = await ann.context.newCDPSession(ann.page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    line.cut();
    await visitor.says('During the nap');
    for (let n = 0; n < 5; n++) await visitor.says(`and ${n} more`);
    line.mend();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await ann.page.evaluate(() => dispatchEvent(new Event('online')));
    await ann.sees('During the nap');
    await ann.sees('and 4 more');
    check(await ann.page.evaluate(() => window.sameAsBefore), 'without a reload');
    same(await ann.count('During the nap'), 1, 'and once');
  },
};
