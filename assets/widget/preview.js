// The app as a picture of given settings, for the preview beside the desk's settings (src/widget/README.md). It asks the server for nothing,
// sends nothing and remembers nothing; what one presses only leads to the screen it would lead to.

import { createI18n } from '../shared/i18n.js';
import { createTime } from '../shared/time.js';
import { emptyTimeline } from '../shared/timeline.js';
import { doorVerbs, rootOf } from './door.js';
import { conversationOf } from './wire.js';

const HOUR_MS = 3600000;

/** A conversation as it might be, so that rows and bubbles can be judged. @param {any} settings @param {import('../shared/i18n.js').Words} words */
function example(settings, words) {
  const agent = settings.team?.agents?.[0] || { first_name: settings.brand_name || words.t('w.preview_agent') };
  const at = Date.now() - HOUR_MS;
  const talk = conversationOf({
    uuid: 'preview', created_at: new Date(at).toISOString(), unread_message_count: 1, kind: 'chat',
    last_message: { content: words.t('w.preview_answer'), created_at: new Date(at).toISOString(), author: { type: 'agent', ...agent } },
  });
  const message = { seq: 1, at: at - 60000, echo_id: null, avatar: null, tint: null, kind: 'message', html: '', attachments: [], meta: {} };
  const stored = [
    { ...message, uuid: 'p1', mine: true, from: 'me', name: '', text: words.t('w.preview_question') },
    { ...message, uuid: 'p2', seq: 2, at, mine: false, from: 'agent', name: agent.first_name, tint: agent.tint ?? null, text: words.t('w.preview_answer') },
  ];
  return { talk, timeline: { ...emptyTimeline(), stored } };
}

/** @returns {import('./chat.js').Chat} the same face as a real one */
export function createPreview() {
  const said = new URLSearchParams(location.hash.slice(1));
  const nonce = said.get('n') || '';
  // Only our own pages may show it: it draws whatever it is told.
  const ours = window.parent !== window && said.get('o') === location.origin;
  /** @type {Set<() => void>} */ const watchers = new Set();
  /** @type {any} */ let state = {
    phase: 'loading', settings: {}, words: createI18n('en-US', {}), time: createTime('en-US'), hours: null, view: 'home', chat: '', about: '', button: '', contact: null, left: null, agreed: false, refusals: 0, grown: null,
    conversations: [], listed: true, timelines: {}, loaded: {}, typing: {}, net: 'none', open: true, mobile: false, full: false, framed: true, user: null, signed: false, session: false,
    sound: true, notice: null, focus: 0, form: null, asking: null, progress: {}, person: 0, claims: null, variables: null,
  };
  /** @param {any} patch */
  const set = (patch) => { state = { ...state, ...patch }; for (const watcher of watchers) watcher(); };
  /** @param {string} type */
  const post = (type) => { if (ours) window.parent.postMessage({ deskbell: nonce, type }, location.origin); };
  const nothing = () => {};
  const refused = () => new Promise(() => {});

  /** @param {any} view @param {string} [chat] */
  function go(view, chat = '') {
    const to = view === 'home' && !chat ? rootOf(state) : { view, about: view === 'chat' ? '' : chat };
    set({ ...to, chat: view === 'chat' ? chat : '' });
  }

  /** @param {any} message */
  async function draw({ settings, words: sentences, state: wanted = {} }) {
    const words = createI18n(settings.locale || document.documentElement.lang, sentences);
    document.documentElement.lang = words.code;
    document.documentElement.dir = words.dir();
    const { talk, timeline } = example(settings, words);
    // The desk says which of the two is looked at; the reader's own system says nothing here.
    const theme = settings.theme === 'light' || settings.theme === 'dark' ? settings.theme : wanted.dark ? 'dark' : 'light';
    const hours = settings.show_office_hours_in_chat && Array.isArray(settings.business_hours) ? (await import('./hours.js')).backSentence : null;
    set({
      phase: 'ready', settings: { ...settings, theme }, words, time: createTime(words.code), hours, mobile: !!wanted.mobile, signed: !!wanted.signed, session: !!wanted.signed,
      user: wanted.signed ? { first_name: words.t('w.preview_name'), last_name: '', is_visitor: false } : null,
      conversations: wanted.signed || wanted.view === 'list' || wanted.talks ? [talk] : [], timelines: { preview: timeline }, loaded: { preview: true },
    });
    const view = wanted.view || 'home';
    if (view === 'chat') { set({ button: settings.home_buttons?.[0]?.id || '' }); go('chat', wanted.signed ? 'preview' : 'new'); } else if (view === 'home') set({ view: 'home', about: 'chat', chat: '' }); else go(view, wanted.about || '');
    post('ready');
  }

  // Whoever types in the settings beside it must not lose the cursor to a form in here.
  const { focus } = HTMLElement.prototype;
  HTMLElement.prototype.focus = function quietly(/** @type {FocusOptions|undefined} */ options) { if (document.hasFocus()) focus.call(this, options); };

  addEventListener('message', (event) => {
    if (ours && event.source === window.parent && event.origin === location.origin && event.data?.deskbell === nonce && event.data.type === 'preview') draw(event.data);
  });

  const never = { call: refused, get: refused, post: refused, put: refused, del: refused, upload: refused };
  const core = {
    get state() { return state; },
    set, keep: nothing, go, say: nothing, why: () => '', kept: {}, at: null, api: never, open: never, withTalk: nothing,
  };
  const chat = {
    get state() { return state; },
    core,
    /** @param {() => void} watcher */
    watch(watcher) { watchers.add(watcher); return () => watchers.delete(watcher); },
    /** @param {string} key @param {any} [terms] */
    t: (key, terms) => state.words.t(key, terms),
    policy: () => state.settings[state.signed ? 'users' : 'visitors'] || {},
    /** @param {string} key */
    startText(key) { const own = chat.policy().start_conversation_button_text; return own && own !== 'Start conversation' ? own : chat.t(key); },
    /** @param {string} uuid */
    conversation: (uuid) => state.conversations.find((/** @type {any} */ talk) => talk.uuid === uuid),
    ...doorVerbs(/** @type {any} */ (core)),
    go,
    begin: () => post('hello'),
    close: () => post('close'),
    mute: () => set({ sound: !state.sound }),
    draft: () => '',
    talk: new Proxy({}, { get: () => nothing }),
    fetchTalk: () => Promise.resolve({}),
    languages: refused,
    /** @param {any} asking */
    ask: (asking) => set({ asking }),
  };
  // Every other verb does nothing here.
  return /** @type {any} */ (new Proxy(chat, { get: (target, name) => (name in target ? /** @type {any} */ (target)[name] : nothing) }));
}
