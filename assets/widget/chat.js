// The app's middle: which screen is shown, what the page around us says, and the verbs that components call.
// What only a conversation needs (talk.js and its parts) comes when there is a session, a token or something unsent,
// or with the conversation screen.

import { chatsOf, doorVerbs, rootOf, straight } from './door.js';
import { DRAFT, OUT, createCore } from './store.js';
import { fetchSettings } from './settings.js';

const IDENTIFY_WAIT_MS = 1500;
/** Without a line nobody tells who came or went; so it is asked again when somebody looks, after this. */
const STALE_MS = 60_000;

/** @typedef {import('./store.js').State} State */

/** @param {{base: string, inbox: string, page: import('./bridge.js').Page}} options */
export function createChat(options) {
  const core = createCore(options);
  const { page, set, keep, conversation, policy, t } = core;

  // ---- beginning

  let askedAt = Date.now();
  /** Presence and hours as they are now, where no line brings them. */
  function fresh() {
    const { state } = core;
    if (state.phase !== 'ready' || core.kept.session || !state.open || document.visibilityState !== 'visible' || Date.now() - askedAt < STALE_MS) return;
    askedAt = Date.now();
    fetchSettings(core).catch(() => {});
  }
  document.addEventListener('visibilitychange', fresh);

  /** @param {import('./bridge.js').PageState} said */
  async function begin(said) {
    const kept = core.kept = said.kept || {};
    const jwt = core.jwt = said.jwt || '';
    core.how = said.how || {};
    visited(said.page);
    set({ mobile: said.mobile, open: said.open, full: !!said.full, sound: kept.mute !== 1, user: kept.user || null, signed: !!kept.signed, session: !!kept.session, form: kept.form || null, button: kept.button || '', contact: kept.contact || null });
    const known = jwt || kept.session || Object.keys(kept).some((key) => key.startsWith(OUT))
      ? core.fetchTalk().then((talk) => { if (!jwt) { talk.start(); return undefined; } return Promise.race([talk.identify(jwt), new Promise((done) => { setTimeout(done, IDENTIFY_WAIT_MS); })]); })
      : Promise.resolve();
    try {
      await Promise.all([fetchSettings(core), known]);
    } catch {
      set({ phase: 'failed' });
      page.post('ready');
      return;
    }
    core.talk?.resume();
    first(said);
    askedAt = Date.now();
    set({ phase: 'ready' });
    page.post('ready', { words: { width: t('w.resize_width'), height: t('w.resize_height') } });
    if (said.focus) set({ focus: core.state.focus + 1 });
    if (said.words) core.say(t(said.words), true);
  }

  /** Which screen is first: where one was, an unread answer, straight to the conversation if so set, or home. @param {any} said */
  function first(said) {
    const was = core.kept.view;
    if (was && said.open && !said.focus && was.name) { go(was.name, was.chat); return; }
    set(rootOf(core.state));
    if (straight(core.state)) direct(); else if (core.state.open) toUnread();
  }

  function direct() {
    const { state, kept, listing } = core;
    const talks = chatsOf(state);
    const newest = talks.find((entry) => !entry.closed) || ((policy().prevent_multiple_conversations || state.settings.single_thread) && talks[0]);
    if (newest) go('chat', newest.uuid); else if (!kept.session || state.listed) go('chat', 'new'); else if (listing) listing.then(direct, () => go('chat', 'new'));
  }

  /** Opening with an answer waiting leads to the answer. */
  function toUnread() {
    const { state, kept, listing } = core;
    const waiting = state.conversations.find((entry) => entry.unread);
    if (waiting && !(state.view === 'chat' && state.chat === waiting.uuid)) go('chat', waiting.uuid);
    else if (!waiting && kept.unread && listing && state.view === rootOf(state).view) listing.then(() => core.state.view === rootOf(core.state).view && core.state.conversations.some((entry) => entry.unread) && toUnread(), () => {});
  }

  // ---- the page

  /** Where the visitor is on the site; told to the agents once there is a line. @param {any} where */
  function visited(where) {
    if (where) core.at = where;
    core.talk?.visited();
  }

  /** @param {string} type @param {any} said */
  function fromPage(type, said) {
    const { state } = core;
    if (type === 'state') begin(said);
    else if (type === 'opened') {
      set({ open: true, focus: said.focus ? state.focus + 1 : state.focus });
      if (state.phase === 'ready') { toUnread(); core.talk?.seen(); fresh(); }
    } else if (type === 'closed') { core.talk?.left(); set({ open: false, asking: null }); }
    else if (type === 'mobile') { if (state.mobile !== said.on) set({ mobile: said.on }); }
    else if (type === 'window') set({ full: !!said.full });
    else if (type === 'user') { core.how = said; if (said.jwt) core.withTalk((talk) => talk.someone(said.jwt)); }
    else if (type === 'logout') core.withTalk((talk) => talk.logout());
    else if (type === 'page') visited(said.page || said);
    else if (type === 'language') import('./language.js').then(({ speak }) => speak(core, String(said.code || ''), false), () => {});
    else if (type === 'kept') otherTab(said.value || {});
    else calls(type, said);
  }

  /** @type {Promise<any>|null} */ let called = null;
  /** What only some pages say; in the order in which they say it. @param {string} type @param {any} said */
  function calls(type, said) {
    called ??= import('./page_calls.js').then((module) => module.createPageCalls(core));
    called.then((page_calls) => page_calls.hear(type, said), () => { called = null; core.later('calls', 3000, () => calls(type, said)); });
  }

  /** Another tab changed what is remembered; parts are needed only when there is or was somebody. @param {Record<string, any>} value */
  function otherTab(value) {
    if (core.kept.session === value.session) core.kept = value; else core.withTalk((talk) => talk.otherTab(value));
  }

  // ---- verbs for the components

  /** `home` alone is whatever comes first here. @param {State['view']} view @param {string} [chat] which conversation, report or answer */
  function go(view, chat = '') {
    const { state } = core;
    if (state.view === 'chat' && state.chat && state.chat !== chat) core.talk?.left(true);
    const to = view === 'home' && !chat ? rootOf(state) : { view, about: view === 'chat' ? '' : chat };
    set({ ...to, chat: view === 'chat' ? chat : '', focus: state.open ? state.focus + 1 : state.focus });
    keep({ view: { name: to.view, chat: chat || to.about } });
    if (view === 'chat' && !chat.startsWith('new')) core.withTalk((talk) => talk.entered(chat));
  }
  core.go = go;

  return {
    get state() { return core.state; },
    /** The parts of a conversation; its screen is drawn only after they came. */
    get talk() { return /** @type {import('./talk.js').Talk} */ (core.talk); },
    ...doorVerbs(core),
    core, t, go, direct, fromPage, policy, conversation, watch: core.watch, say: core.say, fetchTalk: core.fetchTalk,
    /** The inbox's own words for the start button; the protocol's English default counts as none. @param {string} key */
    startText(key) { const own = policy().start_conversation_button_text; return own && own !== 'Start conversation' ? own : t(key); },
    begin: () => page.post('hello'),
    again: () => { set({ phase: 'loading' }); page.post('hello'); },
    close: () => page.post('close'),
    fill: () => page.post('window', { full: !core.state.full }),
    logout: () => core.withTalk((talk) => talk.logout()),
    mute() { const sound = !core.state.sound; set({ sound }); keep({ mute: sound ? null : 1 }); if (sound) import('../shared/sound.js').then(({ ring }) => ring(), () => {}); },
    languages: async () => (await import('./language.js')).languages(core),
    /** @param {string} code */
    speak: (code) => import('./language.js').then(({ speak }) => speak(core, code, true), () => core.say(t('w.busy'), true)),
    /** @param {string} id */
    draft: (id) => String(core.kept[DRAFT + id] || ''),
    /** @param {string} id @param {string} text @param {number} person whose words they are: those of somebody who left are not kept */
    keepDraft(id, text, person) { if (person === core.state.person && (core.kept[DRAFT + id] || '') !== text) keep({ [DRAFT + id]: text || null }); },
    /** @param {Record<string, any>} form */
    answerForm(form) {
      const contact = form.email ? { name: form.name || '', email: form.email } : core.state.contact;
      set({ form, contact, focus: core.state.focus + 1 });
      keep({ form, contact });
    },
    /** @param {any} asking */
    ask(asking) { set({ asking }); },
  };
}
/** @typedef {ReturnType<typeof createChat>} Chat */
