// What was said: the list, the threads, catching up with what was missed, and telling that it was read. The rules: talk.js.

import { ApiError } from '../shared/api.js';
import * as line from '../shared/timeline.js';
import { withAvailability } from './availability.js';
import { PREFIX } from './store.js';
import { conversationOf, entryOf, spokenIn } from './wire.js';

const CATCH_UP_MAX = 40;
const ASK_WAIT_S = 25;
const ASK_TIMEOUT_MS = 40000;
const ASK_GAP_MS = 2000;
const SETTINGS_SPREAD_MS = 3000;
/** What only a person does: a page scrolls and moves the focus by itself as well. */
const TOUCHES = ['pointerdown', 'pointermove', 'touchstart', 'wheel', 'keydown'];

/** The inbox is switched off for now; what was said in it is not gone. @param {ApiError} error */
const isOff = (error) => error.body?.code === 'chat_off';

/** @param {number} ms */
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** @param {import('./store.js').Core} core @param {import('./typing.js').Typing} typing @param {(echoId: string) => boolean} beginning is this the first message of a conversation under way? */
export function createReading(core, typing, beginning) {
  const { api, set, later, conversation, viewing } = core;
  let cursor = 0;
  let ahead = 0;
  let caughtUp = false;
  let catching = 0;
  /** @type {Set<string>} */ const heard = new Set();

  // ---- the models

  /** @param {string} uuid @param {(timeline: import('../shared/timeline.js').Timeline) => import('../shared/timeline.js').Timeline} fn */
  function change(uuid, fn) {
    const { timelines } = core.state;
    const old = timelines[uuid] || line.emptyTimeline();
    const next = fn(old);
    if (next !== old) set({ timelines: { ...timelines, [uuid]: next } });
  }

  /** @param {any[]} conversations */
  function listed(conversations) {
    const { kept } = core;
    conversations.sort((a, b) => b.at - a.at);
    set({ conversations });
    const unread = conversations.reduce((sum, entry) => sum + entry.unread, 0);
    core.page.post('unread', { count: unread });
    if ((kept.unread || 0) !== unread || !!kept.talks !== conversations.length > 0) core.keep({ unread: unread || null, talks: conversations.length ? 1 : null });
  }

  /** @param {any} wire */
  function upsert(wire) {
    const old = conversation(wire.uuid);
    listed([conversationOf(wire, old), ...core.state.conversations.filter((entry) => entry.uuid !== wire.uuid)]);
  }

  // ---- fetching

  async function list() {
    const mine = core.era;
    const answer = await api.call('GET', `${PREFIX}/conversations`);
    if (mine !== core.era) return;
    const seq = Number(answer.headers('X-Deskbell-Seq')) || 0;
    if (!cursor) cursor = seq;
    listed(answer.data.map((/** @type {any} */ wire) => conversationOf(wire)));
    set({ listed: true });
  }

  const listAgain = () => { core.listing = list(); core.listing.catch(() => {}); };

  /** Everything anew: the list and what is on the screen. */
  async function reload() {
    set({ loaded: {} });
    cursor = 0;
    core.listing = list();
    await core.listing;
    await again();
  }

  /** What is on the screen, fresh. */
  async function again() {
    const { view, chat } = core.state;
    if (view === 'chat' && conversation(chat)) await load(chat, true);
  }

  async function catchUp() {
    const mine = ++catching;
    const person = core.era;
    caughtUp = false;
    for (let attempt = 0; mine === catching && person === core.era; attempt++) {
      try {
        if (!core.state.listed || !cursor) {
          await (core.listing || (core.listing = list())).catch(() => (core.listing = list()));
          if (mine !== catching) return;
        }
        for (let round = 0; round < CATCH_UP_MAX; round++) {
          if (!cursor) break;
          const { data } = await api.call('GET', `${PREFIX}/changes?after=${cursor}`);
          if (mine !== catching || person !== core.era) return;
          if (data.reload) { await reload(); continue; }
          for (const frame of data.frames) hear(frame, false);
          cursor = Math.max(cursor, Number(data.seq) || 0);
          if (!data.more) break;
        }
        if (mine !== catching) return;
        caughtUp = true;
        cursor = Math.max(cursor, ahead);
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || !(error.temporary || isOff(error))) return;
        await pause(Math.max(error.retryAfter * 1000, Math.min(30000, 1000 * 2 ** attempt)) * (0.7 + Math.random() * 0.6));
      }
    }
  }

  /**
   * Lives without a socket: asks for what is new, and the answer waits until there is something.
   * @param {() => boolean} going @param {AbortSignal} signal @param {(works: boolean) => void} answered
   */
  async function ask(going, signal, answered) {
    await catchUp();
    for (let failed = 0; going();) {
      const began = Date.now();
      try {
        const { data } = await api.call('GET', `${PREFIX}/changes?after=${cursor}&wait=${ASK_WAIT_S}`, undefined, { retry: false, signal, timeoutMs: ASK_TIMEOUT_MS });
        if (!going()) return;
        failed = 0;
        answered(true);
        caughtUp = true;
        if (data.reload) await reload();
        for (const frame of data.frames) hear(frame, true);
        cursor = Math.max(cursor, Number(data.seq) || 0);
        // Somebody between us who answers at once with nothing must not make us ask without end.
        if (!data.frames.length && Date.now() - began < ASK_GAP_MS) await pause(ASK_GAP_MS);
      } catch (error) {
        if (!going() || !(error instanceof ApiError)) return;
        answered(false);
        await pause(Math.max(error.retryAfter * 1000, Math.min(30000, 1000 * 2 ** Math.min(5, failed++))) * (0.7 + Math.random() * 0.6));
      }
    }
  }

  /** @param {string} uuid @param {boolean} [fresh] */
  async function load(uuid, fresh) {
    const mine = core.era;
    try {
      const data = await api.get(`${PREFIX}/conversations/${uuid}`);
      if (mine !== core.era) return;
      const entries = data.messages.map(entryOf);
      for (const entry of entries) heard.add(entry.uuid);
      upsert({ ...data.conversation, business_hours_id: data.business_hours_id, working_hours_utc_offset: data.working_hours_utc_offset });
      change(uuid, (timeline) => (fresh ? line.replaced : line.withStored)(timeline, entries, { more: !!data.has_more }));
      set({ loaded: { ...core.state.loaded, [uuid]: true } });
      divide(uuid);
      seen();
    } catch (error) {
      if (mine !== core.era || !(error instanceof ApiError)) return;
      if (!isOff(error) && (error.kind === 'not_found' || error.kind === 'forbidden')) { set({ conversations: core.state.conversations.filter((entry) => entry.uuid !== uuid) }); if (core.state.chat === uuid) core.go('home'); return; }
      if (core.state.chat === uuid) later('load', 3000, () => core.state.chat === uuid && !core.state.loaded[uuid] && load(uuid));
    }
  }

  /** @param {string} uuid */
  function divide(uuid) {
    const entry = conversation(uuid);
    const timeline = core.state.timelines[uuid];
    if (entry?.unread && timeline && !timeline.unreadAfter && entry.contact_seen_seq && timeline.stored.some((message) => message.seq <= entry.contact_seen_seq)) change(uuid, (now) => line.withDivider(now, entry.contact_seen_seq));
  }

  /** @param {string} uuid */
  async function older(uuid) {
    const timeline = core.state.timelines[uuid];
    if (!timeline) return;
    if (line.hiddenAbove(timeline)) { change(uuid, (now) => line.showing(now, now.shown + 50)); return; }
    if (!timeline.more || core.timers[`older${uuid}`]) return;
    core.timers[`older${uuid}`] = 1;
    try {
      const data = await api.get(`${PREFIX}/conversations/${uuid}?before=${line.oldestSeq(timeline)}&limit=50`);
      change(uuid, (now) => line.showing(line.withStored(now, data.messages.map(entryOf), { more: !!data.has_more }), now.shown + 50));
    } catch { /* the next scroll asks again */ }
    delete core.timers[`older${uuid}`];
  }

  // ---- hearing

  /** Somebody came, or the last one left while the visitor looks at a conversation: that is said in it. @param {any} data */
  function availability(data) {
    const { state } = core;
    const uuid = core.viewing();
    const gone = uuid && state.settings.availability?.online && !data.online ? { uuid, after: line.newestSeq(state.timelines[uuid] || line.emptyTimeline()) } : state.left;
    core.set({ settings: withAvailability(state.settings, data), left: data.online ? null : gone });
  }

  /** Somebody takes over while one looks on: that is said in it, unless whoever came first has spoken already. @param {any} data @param {boolean} after somebody else */
  function joined({ uuid, assignee }, after) {
    const last = core.state.timelines[uuid]?.stored.slice(-1)[0];
    if (last && (after || last.from !== `agent:${assignee.id}`)) set({ joined: { uuid, after: last.seq, name: assignee.first_name } });
  }

  /** @param {any} frame @param {boolean} live */
  function hear(frame, live) {
    const seq = Number(frame.seq) || 0;
    if (live && seq) { if (caughtUp) cursor = Math.max(cursor, seq); else ahead = Math.max(ahead, seq); }
    const data = frame.data || {};
    if (frame.type === 'new_message') arrived(entryOf({ seq, ...data }), String(data.conversation_uuid), live);
    else if (frame.type === 'conversation_update' && data.uuid) {
      const old = conversation(data.uuid);
      if (old && data.assignee && data.assignee.id !== old.assignee?.id && viewing() === data.uuid) joined(data, !!old.assignee);
      if (old) upsert(data); else later('list', 50, listAgain);
    } else if (frame.type === 'queue') { if (conversation(data.conversation_uuid)) upsert({ uuid: data.conversation_uuid, queue: data.queue }); }
    else if (frame.type === 'typing') typing.theirs(String(data.conversation_uuid), data.is_typing ? data.author?.first_name || conversation(String(data.conversation_uuid))?.assignee?.first_name || core.state.settings.brand_name : '');
    else if (frame.type === 'availability') availability(data);
    // All visitors hear it at once, so they ask one after the other.
    else if (frame.type === 'settings') later('settings', Math.random() * SETTINGS_SPREAD_MS, () => import('./language.js').then(({ refresh }) => refresh(core), () => {}));
    else if (frame.type === 'session_ended') core.talk?.sessionOver();
  }

  /** @param {any} entry @param {string} uuid @param {boolean} live */
  function arrived(entry, uuid, live) {
    const known = heard.has(entry.uuid);
    heard.add(entry.uuid);
    const waiting = entry.mine && entry.echo_id && beginning(entry.echo_id);
    if (core.state.timelines[uuid] && !waiting) change(uuid, (timeline) => line.withStored(timeline, [entry]));
    const talk = conversation(uuid);
    if (!talk) { if (!waiting) later('list', 50, listAgain); } else {
      const looked = viewing() === uuid;
      const more = !known && !entry.mine && entry.kind !== 'activity' && !looked ? 1 : 0;
      upsert({ ...spokenIn(talk, entry), unread_message_count: talk.unread + more });
    }
    if (known || entry.mine || entry.kind === 'activity') return;
    typing.theirs(uuid, '');
    if (viewing() === uuid) seen(true);
    if (live && core.state.sound) import('../shared/sound.js').then(({ ringOnce }) => ringOnce(entry.uuid), () => {});
  }

  // Whoever guards a mailbox follows the links in its mails and runs what stands there: opening one is not reading.
  let touched = false;
  let owed = false;
  /** @param {Event} event */
  const touch = (event) => {
    if (!event.isTrusted || document.visibilityState !== 'visible') return;
    touched = true;
    for (const kind of TOUCHES) removeEventListener(kind, touch, true);
    if (owed) seen(true);
  };
  for (const kind of TOUCHES) addEventListener(kind, touch, { capture: true, passive: true });

  /** Tells the server that its answers were looked at. @param {boolean} [again] a message came while looking */
  function seen(again) {
    const uuid = viewing();
    const talk = uuid && conversation(uuid);
    if (!talk || (!talk.unread && !again)) return;
    owed = !!core.page.mailed && !touched;
    if (owed) return;
    if (talk.unread) upsert({ uuid, unread_message_count: 0 });
    later('seen', 250, () => { if (viewing() === uuid) api.post(`${PREFIX}/conversations/${uuid}/update-last-seen`, undefined, { retry: true }).catch(() => {}); });
  }

  return {
    change, upsert, heard, list, listAgain, reload, again, catchUp, ask, older, hear, seen,
    /** @param {string} uuid */
    entered(uuid) { if (!core.state.loaded[uuid]) load(uuid); else { divide(uuid); seen(); } },
    /** The conversation on the screen is left (or only the panel closed): what was new is not new any more. @param {boolean} [away] */
    left(away) { const { chat } = core.state; if (chat) change(chat, (timeline) => line.withDivider(away ? line.showing(timeline, 0) : timeline, 0)); },
    /** @param {string} uuid @param {any} entry */
    changed(uuid, entry) { change(uuid, (timeline) => line.withStored(timeline, [entry])); },
    /** Nothing may be believed to be complete until the next catching up. */
    missed() { caughtUp = false; catching++; },
    /** Another session: the cursor begins with its list. */
    anew() { cursor = 0; },
    /** Another person: nothing of before remains. */
    clear() {
      catching++;
      cursor = ahead = 0;
      caughtUp = false;
      core.listing = null;
      heard.clear();
    },
  };
}
/** @typedef {ReturnType<typeof createReading>} Reading */
