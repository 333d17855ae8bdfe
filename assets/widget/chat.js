// The visitor's side of every conversation: who is here, what was said, what waits to be sent.
// It joins the models (timeline, outbox), the network (api, socket) and the page (bridge); components only show
// `state` and call the verbs at the end.
//
// Never lose, never double:
//  - Each message has an echo id before anything else happens, and is kept in the page's storage until the server
//    answered; repeating it is harmless.
//  - `cursor` is the change number up to which we know everything. Frames move it only while `caughtUp` is true; after
//    every (re)join we fetch what came after it, and only then believe the socket again. So a frame that comes early
//    cannot hide one that was missed.
//  - Whatever arrives twice is the same uuid or the same echo id, and the timeline keeps one of it.
//  - `era` changes with the person. An answer to a question of an earlier era is thrown away.

import { ApiError, createApi, newEchoId } from '../shared/api.js';
import { createI18n } from '../shared/i18n.js';
import { createOutbox } from '../shared/outbox.js';
import { createTime } from '../shared/time.js';
import * as line from '../shared/timeline.js';
import { withAvailability } from './availability.js';
import { merged } from './bridge.js';
import { chatsOf, consentMark, doorVerbs, rootOf, straight } from './door.js';
import { conversationOf, entryOf, personIn, spokenIn } from './wire.js';

const PREFIX = '/api/v1/widget/chat';
const TYPING_ON_MS = 3000;
const TYPING_OFF_MS = 2000;
const TYPING_SHOWN_MS = 5000;
const NOTICE_MS = 6000;
const CATCH_UP_MAX = 40;
const OUT = 'o:';
const DRAFT = 'd:';
const PAGE_GAP_MS = 1200;

/**
 * @typedef {object} State
 * @property {'loading'|'ready'|'failed'} phase
 * @property {any} settings
 * @property {import('../shared/i18n.js').Words} words
 * @property {ReturnType<typeof createTime>} time
 * @property {typeof import('./hours.js').backSentence|null} hours only where the inbox shows opening hours
 * @property {'home'|'list'|'chat'|'hub'|'report'|'answer'|'identify'} view
 * @property {string} chat uuid, `new`, or `new:<echo id>` while the first message is under way
 * @property {string} about which report or answer is on the screen
 * @property {string} button the start button chosen for the conversation that begins
 * @property {any} contact what this person told us of themselves here: `{name, email}`, `{skipped}` or nothing
 * @property {{uuid: string, after: number}|null} left everybody went away while this conversation was open, after this change
 * @property {boolean} agreed to the consent text of the inbox
 * @property {number} refusals how often something was not sent for want of it
 * @property {any[]} conversations newest activity first
 * @property {boolean} listed the list was fetched
 * @property {Record<string, import('../shared/timeline.js').Timeline>} timelines
 * @property {Record<string, boolean>} loaded
 * @property {Record<string, string>} typing who writes, by conversation
 * @property {import('../shared/socket.js').SocketState|'none'} net
 * @property {boolean} open
 * @property {boolean} mobile
 * @property {boolean} expanded
 * @property {boolean} framed
 * @property {any} user
 * @property {boolean} signed
 * @property {boolean} session
 * @property {boolean} sound
 * @property {{text: string, bad?: boolean}|null} notice
 * @property {number} focus counts up when the main field shall be focused
 * @property {Record<string, any>|null} form what the pre-chat form was answered with
 * @property {any} asking a question to confirm
 * @property {Record<string, number>} progress upload share by echo id
 * @property {number} person counts up when another person is here
 */

/** @param {{base: string, inbox: string, page: import('./bridge.js').Page}} options */
export function createChat({ base, inbox, page }) {
  /** @type {Record<string, any>} */ let kept = {};
  let jwt = '';
  let era = 0;
  let cursor = 0;
  let ahead = 0;
  let caughtUp = false;
  let catching = 0;
  let exchanging = false;
  /** @type {Promise<void>|null} */ let listing = null;
  /** @type {ReturnType<typeof import('../shared/socket.js').openSocket>|null} */ let socket = null;
  let dialling = 0;
  /** @type {Set<() => void>} */ const watchers = new Set();
  /** @type {Record<string, any>} */ const timers = {};
  /** @type {Set<string>} */ const heard = new Set();
  const spoken = { at: 0, to: '' };

  /** @type {State} */
  let state = {
    phase: 'loading', settings: {}, words: createI18n('en-US', {}), time: createTime('en-US'), hours: null, view: 'home', chat: '', about: '', button: '', contact: null, left: null, agreed: false, refusals: 0, conversations: [], listed: false, timelines: {}, loaded: {},
    typing: {}, net: 'none', open: false, mobile: false, expanded: false, framed: page.framed, user: null, signed: false, session: false, sound: true, notice: null, focus: 0, form: null, asking: null, progress: {}, person: 0,
  };
  /** @param {Partial<State>} patch */
  const set = (patch) => { state = { ...state, ...patch }; for (const watcher of watchers) watcher(); };
  /** @param {string} key @param {Record<string, string|number>} [terms] */
  const t = (key, terms) => state.words.t(key, terms);
  /** @param {Record<string, any>|null} patch */
  const keep = (patch) => { kept = patch ? merged(kept, patch) : {}; page.keep(patch); };
  /** @param {string} name @param {number} ms @param {() => void} fn */
  const later = (name, ms, fn) => { clearTimeout(timers[name]); timers[name] = setTimeout(fn, ms); };

  const api = createApi({
    base,
    headers: () => {
      /** @type {Record<string, string>} */ const headers = { 'X-Libredesk-Inbox-ID': inbox };
      if (kept.session) headers.Authorization = `Bearer ${kept.session}`;
      if (kept.visitor && kept.signed && kept.visitor !== kept.session) headers['X-Libredesk-Visitor-Token'] = kept.visitor;
      return headers;
    },
    onAnswer(answer, sent) {
      const visitor = sent['X-Libredesk-Visitor-Token'];
      if (visitor && visitor === kept.visitor && answer.headers('X-Libredesk-Clear-Visitor')) { keep({ visitor: null }); later('merged', 0, reload); }
      if (answer.status === 401 && kept.session && sent.Authorization === `Bearer ${kept.session}`) sessionOver();
    },
  });
  /** For calls that must not carry an identity. */
  const open = createApi({ base, headers: () => ({ 'X-Libredesk-Inbox-ID': inbox }) });

  const outbox = createOutbox({
    store: {
      load: () => '[]',
      save(text) {
        // One key per message, so that two tabs never overwrite each other's.
        const items = JSON.parse(text);
        /** @type {Record<string, any>} */ const patch = {};
        for (const key of Object.keys(kept)) if (key.startsWith(OUT) && !items.some((/** @type {any} */ item) => OUT + item.echo_id === key) && ours.has(key)) patch[key] = null;
        for (const item of items) if (JSON.stringify(kept[OUT + item.echo_id]) !== JSON.stringify(item)) { patch[OUT + item.echo_id] = item; ours.add(OUT + item.echo_id); }
        if (Object.keys(patch).length) keep(patch);
      },
    },
    send: deliver,
    onStored,
    onState(item, now, error) {
      change(item.conversation, (timeline) => line.changedPending(timeline, item.echo_id, { state: now, why: error ? why(error) : '' }));
      if (error?.kind === 'too_many') say(why(error));
    },
  });
  /** @type {Set<string>} */ const ours = new Set();

  // ---- small helpers

  /** @param {ApiError} error */
  function why(error) {
    const known = `error.${error.body?.code}`;
    if (state.words.has(known)) return t(known, { count: error.retryAfter });
    if (error.kind === 'offline' || error.kind === 'timeout') return t('w.waiting_for_line');
    if (error.kind === 'too_many') return t('w.too_many');
    if (error.kind === 'busy' || error.kind === 'internal') return t('w.busy');
    return error.message || t('w.not_sent');
  }

  /** @param {string} text @param {boolean} [bad] */
  function say(text, bad) {
    set({ notice: { text, bad } });
    later('notice', NOTICE_MS, () => set({ notice: null }));
  }

  /** @param {string} uuid @param {(timeline: import('../shared/timeline.js').Timeline) => import('../shared/timeline.js').Timeline} fn */
  function change(uuid, fn) {
    const old = state.timelines[uuid] || line.emptyTimeline();
    const next = fn(old);
    if (next !== old) set({ timelines: { ...state.timelines, [uuid]: next } });
  }

  /** @param {string} uuid */
  const conversation = (uuid) => state.conversations.find((entry) => entry.uuid === uuid);

  /** @param {any[]} conversations */
  function listed(conversations) {
    conversations.sort((a, b) => b.at - a.at);
    set({ conversations });
    const unread = conversations.reduce((sum, entry) => sum + entry.unread, 0);
    page.post('unread', { count: unread });
    if ((kept.unread || 0) !== unread || !!kept.talks !== conversations.length > 0) keep({ unread: unread || null, talks: conversations.length ? 1 : null });
  }

  /** @param {any} wire */
  function upsert(wire) {
    const old = conversation(wire.uuid);
    listed([conversationOf(wire, old), ...state.conversations.filter((entry) => entry.uuid !== wire.uuid)]);
  }

  const viewing = () => (state.open && state.view === 'chat' && document.visibilityState === 'visible' ? state.chat : '');
  const policy = () => state.settings[state.signed ? 'users' : 'visitors'] || {};

  // ---- beginning

  async function settings() {
    const lang = document.documentElement.lang || 'en-US';
    const early = open.get(`/api/v1/lang/${encodeURIComponent(lang)}`).catch(() => null);
    const found = await open.get(`${PREFIX}/settings?inbox_id=${inbox}`);
    // With `auto` the server chose from what the browser prefers, and wrote it into the page.
    const wanted = found.language === 'auto' ? lang : found.language || found.fallback_language || 'en-US';
    const sentences = (wanted === lang && await early) || await open.get(`/api/v1/lang/${encodeURIComponent(wanted)}`);
    const words = createI18n(wanted, sentences);
    const hours = found.show_office_hours_in_chat && Array.isArray(found.business_hours) ? await import('./hours.js').then((module) => module.backSentence, () => null) : null;
    document.documentElement.lang = wanted;
    document.documentElement.dir = words.dir();
    set({ settings: found, agreed: !!found.consent && kept.agreed === consentMark(found.consent), words, time: createTime(wanted), hours });
  }

  /** @param {import('./bridge.js').PageState} said */
  async function begin(said) {
    kept = said.kept || {};
    jwt = said.jwt || '';
    cursor = 0;
    set({ mobile: said.mobile, open: said.open, expanded: said.expanded, sound: kept.mute !== 1, user: kept.user || null, signed: !!kept.signed, session: !!kept.session, form: kept.form || null, button: kept.button || '', contact: kept.contact || null });
    visited(said.page);
    const known = jwt ? identify(jwt) : Promise.resolve();
    if (!jwt) start();
    try {
      await settings();
    } catch {
      set({ phase: 'failed' });
      page.post('ready');
      return;
    }
    resume();
    await Promise.race([known, new Promise((done) => setTimeout(done, 1500))]);
    first(said);
    set({ phase: 'ready' });
    page.post('ready');
    if (said.focus) set({ focus: state.focus + 1 });
  }

  /** Which screen is first: where one was, an unread answer, straight to the conversation if so set, or home. @param {any} said */
  function first(said) {
    const was = kept.view;
    if (was && said.open && !said.focus && was.name) { go(was.name, was.chat); return; }
    set(rootOf(state));
    if (straight(state)) direct(); else if (state.open) toUnread();
  }

  function direct() {
    const talks = chatsOf(state);
    const newest = talks.find((entry) => !entry.closed) || ((policy().prevent_multiple_conversations || state.settings.single_thread) && talks[0]);
    if (newest) go('chat', newest.uuid); else if (!kept.session || state.listed) go('chat', 'new'); else if (listing) listing.then(direct, () => go('chat', 'new'));
  }

  /** Opening with an answer waiting leads to the answer. */
  function toUnread() {
    const waiting = state.conversations.find((entry) => entry.unread);
    if (waiting && !(state.view === 'chat' && state.chat === waiting.uuid)) go('chat', waiting.uuid);
    else if (!waiting && kept.unread && listing && state.view === 'home') listing.then(() => state.view === 'home' && state.conversations.some((entry) => entry.unread) && toUnread(), () => {});
  }

  /** Messages that an earlier page could not get through. */
  function resume() {
    const items = Object.keys(kept).filter((key) => key.startsWith(OUT)).map((key) => { ours.add(key); return kept[key]; }).sort((a, b) => a.at - b.at);
    for (const item of items) {
      if (item.was_files) item.failed = t('w.files_again');
      change(item.conversation, (timeline) => line.withPending(timeline, pendingOf(item)));
      outbox.add(item);
    }
  }

  /** With a session: fetch the list and hold the line. Without one there is nothing to ask for. */
  function start() {
    set({ session: !!kept.session, signed: !!kept.signed, user: kept.user || null });
    if (!kept.session) return;
    listing = list();
    listing.catch(() => {});
    if (socket) { socket.restart(); return; }
    dial();
  }

  /** The socket's code comes only where there is something to listen to. */
  async function dial() {
    const mine = ++dialling;
    const module = await import('../shared/socket.js').catch(() => null);
    if (mine !== dialling || socket || !kept.session) return;
    if (!module) { later('dial', 5000, dial); return; }
    socket = module.openSocket({
      url: () => `${location.origin}${base}/widget/ws`,
      hello: () => ({ type: 'join', token: kept.session, data: { inbox_id: inbox, echo: true } }),
      greeting: (frame) => frame.type === 'joined',
      onFrame: (frame) => hear(frame, true),
      onReady: () => { catchUp(); visited(null); outbox.flush(); },
      onState(net) { if (net !== 'open') { caughtUp = false; catching++; } set({ net }); },
      onClose(code) { if (code === 4401 && kept.session) sessionOver(); return code !== 4401; },
    });
  }

  function stopSocket() {
    const old = socket;
    dialling++;
    socket = null;
    old?.close();
    set({ net: 'none' });
  }

  // ---- reading

  async function list() {
    const mine = era;
    const answer = await api.call('GET', `${PREFIX}/conversations`);
    if (mine !== era) return;
    const seq = Number(answer.headers('X-Deskbell-Seq')) || 0;
    if (!cursor) cursor = seq;
    listed(answer.data.map((/** @type {any} */ wire) => conversationOf(wire)));
    set({ listed: true });
  }

  /** Everything anew: the list and what is on the screen. */
  async function reload() {
    set({ loaded: {} });
    cursor = 0;
    listing = list();
    await listing;
    if (state.view === 'chat' && conversation(state.chat)) await load(state.chat, true);
  }

  async function catchUp() {
    const mine = ++catching;
    const person = era;
    caughtUp = false;
    for (let attempt = 0; mine === catching && person === era; attempt++) {
      try {
        if (!state.listed || !cursor) {
          await (listing || (listing = list())).catch(() => (listing = list()));
          if (mine !== catching) return;
        }
        for (let round = 0; round < CATCH_UP_MAX; round++) {
          if (!cursor) break;
          const { data } = await api.call('GET', `${PREFIX}/changes?after=${cursor}`);
          if (mine !== catching || person !== era) return;
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
        if (!(error instanceof ApiError) || !error.temporary) return;
        await new Promise((done) => setTimeout(done, Math.max(error.retryAfter * 1000, Math.min(30000, 1000 * 2 ** attempt)) * (0.7 + Math.random() * 0.6)));
      }
    }
  }

  /** @param {string} uuid @param {boolean} [fresh] */
  async function load(uuid, fresh) {
    const mine = era;
    try {
      const data = await api.get(`${PREFIX}/conversations/${uuid}`);
      if (mine !== era) return;
      const entries = data.messages.map(entryOf);
      for (const entry of entries) heard.add(entry.uuid);
      upsert({ ...data.conversation, business_hours_id: data.business_hours_id, working_hours_utc_offset: data.working_hours_utc_offset });
      change(uuid, (timeline) => (fresh ? line.replaced : line.withStored)(timeline, entries, { more: !!data.has_more }));
      set({ loaded: { ...state.loaded, [uuid]: true } });
      divide(uuid);
      seen();
    } catch (error) {
      if (mine !== era || !(error instanceof ApiError)) return;
      if (error.kind === 'not_found' || error.kind === 'forbidden') { set({ conversations: state.conversations.filter((entry) => entry.uuid !== uuid) }); if (state.chat === uuid) go('home'); return; }
      if (state.chat === uuid) later('load', 3000, () => state.chat === uuid && !state.loaded[uuid] && load(uuid));
    }
  }

  /** @param {string} uuid */
  function divide(uuid) {
    const entry = conversation(uuid);
    const timeline = state.timelines[uuid];
    if (entry?.unread && timeline && !timeline.unreadAfter && entry.contact_seen_seq && timeline.stored.some((message) => message.seq <= entry.contact_seen_seq)) change(uuid, (now) => line.withDivider(now, entry.contact_seen_seq));
  }

  /** @param {string} uuid */
  async function older(uuid) {
    const timeline = state.timelines[uuid];
    if (!timeline) return;
    if (line.hiddenAbove(timeline)) { change(uuid, (now) => line.showing(now, now.shown + 50)); return; }
    if (!timeline.more || timers[`older${uuid}`]) return;
    timers[`older${uuid}`] = 1;
    try {
      const data = await api.get(`${PREFIX}/conversations/${uuid}?before=${line.oldestSeq(timeline)}&limit=50`);
      change(uuid, (now) => line.showing(line.withStored(now, data.messages.map(entryOf), { more: !!data.has_more }), now.shown + 50));
    } catch { /* the next scroll asks again */ }
    delete timers[`older${uuid}`];
  }

  /** @param {any} frame @param {boolean} live */
  function hear(frame, live) {
    const seq = Number(frame.seq) || 0;
    if (live && seq) { if (caughtUp) cursor = Math.max(cursor, seq); else ahead = Math.max(ahead, seq); }
    const data = frame.data || {};
    if (frame.type === 'new_message') arrived(entryOf({ seq, ...data }), String(data.conversation_uuid), live);
    else if (frame.type === 'conversation_update' && data.uuid) {
      if (conversation(data.uuid)) upsert(data); else later('list', 50, () => { listing = list(); listing.catch(() => {}); });
    } else if (frame.type === 'typing') typed(String(data.conversation_uuid), data.is_typing ? data.author?.first_name || conversation(String(data.conversation_uuid))?.assignee?.first_name || state.settings.brand_name : '');
    else if (frame.type === 'availability') {
      const gone = viewing() && state.settings.availability?.online && !data.online ? { uuid: state.chat, after: line.newestSeq(state.timelines[state.chat] || line.emptyTimeline()) } : state.left;
      set({ settings: withAvailability(state.settings, data), left: data.online ? null : gone });
    } else if (frame.type === 'session_ended') sessionOver();
  }

  /** @param {any} entry @param {string} uuid @param {boolean} live */
  function arrived(entry, uuid, live) {
    const known = heard.has(entry.uuid);
    heard.add(entry.uuid);
    const waiting = entry.mine && entry.echo_id && outbox.items().some((item) => item.echo_id === entry.echo_id && item.conversation.startsWith('new:'));
    if (state.timelines[uuid] && !waiting) change(uuid, (timeline) => line.withStored(timeline, [entry]));
    const talk = conversation(uuid);
    if (!talk) { if (!waiting) later('list', 50, () => { listing = list(); listing.catch(() => {}); }); } else {
      const looked = viewing() === uuid;
      const more = !known && !entry.mine && entry.kind !== 'activity' && !looked ? 1 : 0;
      upsert({ ...spokenIn(talk, entry), unread_message_count: talk.unread + more });
    }
    if (known || entry.mine || entry.kind === 'activity') return;
    typed(uuid, '');
    if (viewing() === uuid) seen(true);
    if (live && state.sound) bell();
  }

  const bell = () => { import('../shared/sound.js').then(({ ring }) => ring(), () => {}); };

  /** @param {string} uuid @param {string} who nobody: empty */
  function typed(uuid, who) {
    if ((state.typing[uuid] || '') !== who) set({ typing: { ...state.typing, [uuid]: who } });
    if (who) later(`typing${uuid}`, TYPING_SHOWN_MS, () => typed(uuid, ''));
  }

  /** Tells the server that its answers were looked at. @param {boolean} [again] a message came while looking */
  function seen(again) {
    const uuid = viewing();
    const talk = uuid && conversation(uuid);
    if (!talk || (!talk.unread && !again)) return;
    if (talk.unread) upsert({ uuid, unread_message_count: 0 });
    later('seen', 250, () => { if (viewing() === uuid) api.post(`${PREFIX}/conversations/${uuid}/update-last-seen`, undefined, { retry: true }).catch(() => {}); });
  }

  // ---- writing

  /** @param {any} item */
  const pendingOf = (item) => ({
    echo_id: item.echo_id, at: item.at, from: 'me', mine: true, kind: 'message', text: item.text, html: '', name: '', meta: {}, why: item.failed || '', state: item.failed ? 'failed' : 'sending',
    attachments: (item.files || []).map((/** @type {File} */ file) => ({ uuid: `${item.echo_id}${file.name}`, name: file.name, size: file.size, content_type: file.type, url: '', file })),
  });

  /** @param {import('../shared/outbox.js').OutboxItem} item */
  async function deliver(item) {
    const fresh = item.conversation.startsWith('new:');
    if (item.files?.length) {
      const form = new FormData();
      form.set('echo_id', item.echo_id);
      if (item.text) form.set('message', item.text);
      if (fresh) { form.set('start', '1'); for (const [name, value] of Object.entries(item.begin || {})) form.set(name, String(value)); if (item.extra) form.set('form_data', JSON.stringify(item.extra)); } else form.set('conversation_uuid', item.conversation);
      for (const file of item.files) form.append('files', file, file.name);
      try {
        return (await api.upload('/api/v1/widget/media/upload', form, { onProgress: (share) => set({ progress: { ...state.progress, [item.echo_id]: share } }) })).data;
      } finally {
        const { [item.echo_id]: done, ...progress } = state.progress;
        set({ progress });
      }
    }
    const text = { message: item.text, echo_id: item.echo_id };
    return fresh ? api.post(`${PREFIX}/conversations/init`, { ...text, ...item.begin, ...(item.extra ? { form_data: item.extra } : {}) }) : api.post(`${PREFIX}/conversations/${item.conversation}/message`, text);
  }

  /** @param {import('../shared/outbox.js').OutboxItem} item @param {any} result */
  function onStored(item, result) {
    if (!result.conversation) {
      const entry = entryOf({ ...result, echo_id: item.echo_id });
      heard.add(entry.uuid);
      change(item.conversation, (timeline) => line.withStored(timeline, [entry]));
      const talk = conversation(item.conversation);
      if (talk) upsert(spokenIn(talk, entry));
      return;
    }
    const uuid = result.conversation.uuid;
    const from = item.conversation;
    const { [from]: begun, ...timelines } = state.timelines;
    const entries = result.messages.map(entryOf);
    for (const entry of entries) { heard.add(entry.uuid); if (entry.mine && entries.length === 1) entry.echo_id = item.echo_id; }
    const joined = line.withoutPending(line.withStored({ ...(begun || line.emptyTimeline()), stored: state.timelines[uuid]?.stored || [] }, entries), item.echo_id);
    set({ timelines: { ...timelines, [uuid]: joined }, loaded: { ...state.loaded, [uuid]: true }, chat: state.chat === from ? uuid : state.chat, form: null, button: '' });
    upsert({ ...result.conversation, business_hours_id: result.business_hours_id, working_hours_utc_offset: result.working_hours_utc_offset });
    keep({ form: null, button: null, view: { name: state.view, chat: state.chat } });
    outbox.moved(from, uuid);
    if (!result.session_token) return;
    // Signed in while the first message was under way: the visitor just made is merged like any other.
    if (kept.signed && kept.session) { keep({ visitor: result.session_token }); later('merged', 0, reload); return; }
    keep({ session: result.session_token, user: result.user });
    cursor = 0;
    start();
  }

  // ---- who is here

  /** @param {string} token */
  async function identify(token) {
    jwt = token;
    const mine = era;
    const who = personIn(token);
    exchanging = true;
    let answer;
    try {
      answer = await open.post(`${PREFIX}/auth/exchange`, { jwt: token }, { retry: true });
    } catch (error) {
      exchanging = false;
      if (jwt !== token || mine !== era) return;
      if (error instanceof ApiError && error.temporary) { later('identify', Math.max(3000, error.retryAfter * 1000), () => jwt === token && identify(token)); }
      else {
        console.warn(`deskbell: the signed token was refused: ${error instanceof ApiError ? error.message : error}`);
        jwt = '';
        // A session of somebody else must not stay when the page says another person is here.
        if (kept.signed && kept.who !== who) forget();
      }
      start();
      return;
    }
    exchanging = false;
    if (jwt !== token || mine !== era) return;
    if (kept.signed && kept.who && kept.who !== who) forget();
    const visitor = kept.session && !kept.signed && kept.session !== answer.session_token ? kept.session : kept.visitor;
    keep({ session: answer.session_token, signed: 1, who, user: answer.user, visitor: visitor || null });
    era++;
    cursor = 0;
    set({ listed: false, loaded: {} });
    start();
    outbox.flush();
    listing?.then(() => state.view === 'chat' && conversation(state.chat) && load(state.chat, true), () => {});
  }

  /** Nothing of the person who was here remains. */
  function forget() {
    era++;
    catching++;
    cursor = ahead = 0;
    caughtUp = false;
    listing = null;
    ours.clear();
    heard.clear();
    keep(null);
    outbox.clear();
    stopSocket();
    set({ conversations: [], listed: false, timelines: {}, loaded: {}, typing: {}, user: null, signed: false, session: false, form: null, asking: null, chat: '', about: '', button: '', contact: null, left: null, agreed: false, progress: {}, person: state.person + 1 });
    set(straight(state) ? { view: 'chat', chat: 'new' } : rootOf(state));
    page.post('unread', { count: 0 });
  }

  function sessionOver() {
    const token = jwt;
    const unsent = kept.signed ? '' : outbox.items().map((item) => item.text).filter(Boolean).join('\n');
    const signedBefore = kept.signed;
    if (signedBefore && token && !exchanging && Date.now() - (timers.renewed || 0) > 60000) {
      // A verified session has an end; the page's token may open another one.
      timers.renewed = Date.now();
      stopSocket();
      keep({ session: null });
      identify(token);
      return;
    }
    forget();
    if (unsent) keep({ [`${DRAFT}new`]: unsent });
    jwt = '';
    say(t('w.session_over'));
  }

  async function logout() {
    const token = kept.session;
    jwt = '';
    if (token) fetch(`${base}${PREFIX}/auth/logout`, { method: 'POST', keepalive: true, headers: { Authorization: `Bearer ${token}`, 'X-Libredesk-Inbox-ID': inbox } }).catch(() => {});
    forget();
  }

  // ---- the page

  /** @type {any} */ let at = null;
  /** @param {any} where */
  function visited(where) {
    if (where) at = where;
    // The server drops visits that follow too closely; so they wait, and the last one is never lost.
    const wait = (timers.visitedAt || 0) + PAGE_GAP_MS - Date.now();
    if (wait > 0) { later('visited', wait, () => visited(null)); return; }
    if (!at || !socket) return;
    timers.visitedAt = Date.now();
    socket.send({ type: 'page_visit', data: { url: at.url, title: at.title } });
  }

  /** @param {string} type @param {any} said */
  function fromPage(type, said) {
    if (type === 'state') begin(said);
    else if (type === 'opened') {
      set({ open: true, focus: said.focus ? state.focus + 1 : state.focus });
      if (state.phase === 'ready') { toUnread(); seen(); }
    } else if (type === 'closed') { if (state.chat) change(state.chat, (timeline) => line.withDivider(timeline, 0)); set({ open: false, asking: null }); }
    else if (type === 'mobile') { if (state.mobile !== said.on) set({ mobile: said.on }); }
    else if (type === 'expanded') set({ expanded: said.on });
    else if (type === 'user') { if (!said.jwt) return; if (kept.signed && kept.who && kept.who !== personIn(said.jwt)) forget(); identify(said.jwt); }
    else if (type === 'logout') logout();
    else if (type === 'page') visited(said.page || said);
    else if (type === 'kept') otherTab(said.value || {});
  }

  /** Another tab signed in, signed out, or read the answers. @param {Record<string, any>} value */
  function otherTab(value) {
    const before = kept;
    kept = value;
    if (before.session === value.session) return;
    if (before.session && !value.session) { forget(); return; }
    if (before.signed && before.who !== value.who) { const next = value; forget(); keep(next); }
    era++;
    cursor = 0;
    set({ listed: false, loaded: {} });
    start();
  }

  // ---- verbs for the components

  /** `home` is whatever comes first here. @param {State['view']} view @param {string} [chat] which conversation, report or answer */
  function go(view, chat = '') {
    if (state.view === 'chat' && state.chat && state.chat !== chat) change(state.chat, (timeline) => line.withDivider(line.showing(timeline, 0), 0));
    const to = view === 'home' && !chat ? rootOf(state) : { view, about: view === 'chat' ? '' : chat };
    set({ ...to, chat: view === 'chat' ? chat : '', focus: state.open ? state.focus + 1 : state.focus });
    keep({ view: { name: to.view, chat: chat || to.about } });
    if (view !== 'chat' || chat.startsWith('new')) return;
    if (!state.loaded[chat]) load(chat); else { divide(chat); seen(); }
  }

  /** @param {string} text @param {File[]} [files] */
  function send(text, files = []) {
    const echo = newEchoId();
    const chat = state.chat === 'new' || !state.chat ? `new:${echo}` : state.chat;
    const begins = chat === `new:${echo}`;
    const item = { echo_id: echo, conversation: chat, text, at: Date.now(), ...(begins ? { begin: beginning() } : {}), ...(begins && state.form ? { extra: state.form } : {}), ...(files.length ? { files } : {}) };
    if (begins) { set({ chat }); keep({ view: { name: 'chat', chat } }); }
    change(chat, (timeline) => line.withDivider(line.withPending(timeline, pendingOf(item)), 0));
    stopTyping();
    outbox.add(item);
  }

  /** What goes with a first message besides its words. */
  function beginning() {
    return { ...(state.button ? { button: state.button } : {}), ...(state.settings.consent && state.agreed ? { consent: true } : {}), locale: state.words.code };
  }

  /** Somebody is known from now on, by a code or by a report. @param {{session_token: string, user: any}} answer @param {boolean} verified */
  function entered(answer, verified) {
    keep({ session: answer.session_token, user: answer.user, signed: verified ? 1 : kept.signed || null });
    era++;
    cursor = 0;
    set({ listed: false, loaded: {}, left: null });
    start();
    outbox.flush();
    listing?.then(() => state.view === 'chat' && conversation(state.chat) && load(state.chat, true), () => {});
  }

  /** Called at each key; tells the other side at most every three seconds. */
  function typing() {
    if (!state.chat || state.chat.startsWith('new')) return;
    const now = Date.now();
    if (now - spoken.at > TYPING_ON_MS || spoken.to !== state.chat) { spoken.at = now; spoken.to = state.chat; socket?.send({ type: 'typing', data: { conversation_uuid: state.chat, is_typing: true } }); }
    later('typed', TYPING_OFF_MS, stopTyping);
  }
  function stopTyping() {
    clearTimeout(timers.typed);
    if (spoken.to) socket?.send({ type: 'typing', data: { conversation_uuid: spoken.to, is_typing: false } });
    spoken.to = '';
    spoken.at = 0;
  }

  const chat = {
    get state() { return state; },
    /** @param {() => void} watcher */
    watch(watcher) { watchers.add(watcher); return () => watchers.delete(watcher); },
    /** The inbox's own words for the start button; the protocol's English default counts as none. @param {string} key */
    startText(key) { const own = policy().start_conversation_button_text; return own && own !== 'Start conversation' ? own : t(key); },
    t, go, send, typing, say, older, logout, fromPage, policy, conversation,
    begin: () => page.post('hello'),
    again: () => { set({ phase: 'loading' }); page.post('hello'); },
    close: () => page.post('close'),
    /** For the verbs that come with their screens (verbs_*.js). */
    ...doorVerbs({ state: () => state, set, keep, go }),
    inner: { api, open, prefix: PREFIX, set, keep, why, entered, direct, get kept() { return kept; }, get page() { return at; } },
    expand: () => page.post('expand', { on: !state.expanded }),
    seen,
    mute() { const sound = !state.sound; set({ sound }); keep({ mute: sound ? null : 1 }); if (sound) bell(); },
    /** @param {string} echoId */
    retry(echoId) { outbox.retry(echoId); },
    /** @param {string} echoId */
    discard(echoId) {
      const item = outbox.remove(echoId);
      if (item) change(item.conversation, (timeline) => line.withoutPending(timeline, echoId));
      return item?.text || '';
    },
    /** @param {string} id */
    draft: (id) => String(kept[DRAFT + id] || ''),
    /** @param {string} id @param {string} text @param {number} person whose words they are: those of somebody who left are not kept */
    keepDraft(id, text, person) { if (person === state.person && (kept[DRAFT + id] || '') !== text) keep({ [DRAFT + id]: text || null }); },
    /** @param {Record<string, any>} form */
    answerForm(form) {
      const contact = form.email ? { name: form.name || '', email: form.email } : state.contact;
      set({ form, contact, focus: state.focus + 1 });
      keep({ form, contact });
    },
    /** @param {any} asking */
    ask(asking) { set({ asking }); },
    async closeConversation() {
      const uuid = state.chat;
      try { upsert(await api.post(`${PREFIX}/conversations/${uuid}/close`)); } catch (error) { say(error instanceof ApiError ? why(error) : t('w.busy'), true); }
    },
    /** @param {string} csat @param {number} rating @param {string} feedback */
    rate: (csat, rating, feedback) => open.post(`/api/v1/csat/${csat}/response`, { rating, feedback }),
    /** @param {string} uuid @param {any} entry */
    changed(uuid, entry) { change(uuid, (timeline) => line.withStored(timeline, [entry])); },
  };

  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') seen(); });
  addEventListener('online', () => outbox.flush());
  return chat;
}
/** @typedef {ReturnType<typeof createChat>} Chat */
