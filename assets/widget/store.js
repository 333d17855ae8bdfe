// What the app knows, in one place: the state that screens draw, what the page keeps for us, and the two ways to ask the server.
// The parts (settings.js, and with a conversation those of talk.js) share this core and nothing else.

import { createApi } from '../shared/api.js';
import { createI18n } from '../shared/i18n.js';
import { createTime } from '../shared/time.js';
import { merged } from './bridge.js';

export const PREFIX = '/api/v1/widget/chat';
/** Names of what the page keeps: `o:<echo id>` is an unsent message, `d:<conversation>` a draft. */
export const OUT = 'o:';
export const DRAFT = 'd:';
const NOTICE_MS = 6000;

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
 * @property {{uuid: string, after: number, name: string}|null} joined somebody took over while this conversation was open, after this change
 * @property {boolean} agreed to the consent text of the inbox
 * @property {number} refusals how often something was not sent for want of it
 * @property {{from: string, to: string}|null} grown the `new:…` that last became a conversation
 * @property {any[]} conversations newest activity first
 * @property {boolean} listed the list was fetched
 * @property {Record<string, import('../shared/timeline.js').Timeline>} timelines
 * @property {Record<string, boolean>} loaded
 * @property {Record<string, string>} typing who writes, by conversation
 * @property {import('../shared/socket.js').SocketState|'asking'|'none'} net `asking`: no socket, but answers come
 * @property {boolean} open
 * @property {boolean} mobile
 * @property {boolean} full the window fills the whole page
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
 * @property {{name?: string, email?: string, user_id?: string}|null} claims what the page says of the visitor, unproved: what forms begin with
 * @property {Record<string, string>|null} variables what the page says beside that; goes along with the first message
 */

/**
 * @typedef {object} Core
 * @property {string} base
 * @property {string} inbox
 * @property {import('./bridge.js').Page} page
 * @property {State} state
 * @property {Record<string, any>} kept what the page remembers for us
 * @property {string} jwt the page's token for who is here
 * @property {{dialect?: string, email?: string, first_name?: string, last_name?: string}} how which kind of token that is, and what comes with it
 * @property {string} lang the language the page asked for, if any
 * @property {number} speaking counts up with each language asked for
 * @property {import('./editor.js').Editor|null} editor where one writes, while it is on the screen
 * @property {number} era changes with the person: an answer to a question of an earlier era is thrown away
 * @property {{url: string, title: string, referrer?: string}|null} at where the visitor is on the site
 * @property {Record<string, any>} timers
 * @property {Promise<void>|null} listing the list of conversations, on its way
 * @property {import('./talk.js').Talk|null} talk the parts of a conversation, once they are here
 * @property {boolean} proving a code is on its way to the server
 * @property {(patch: Partial<State>) => void} set
 * @property {(watcher: () => void) => () => void} watch
 * @property {(key: string, terms?: Record<string, string|number>) => string} t
 * @property {(patch: Record<string, any>|null) => void} keep remembers these keys (null removes one); null forgets everything
 * @property {(name: string, ms: number, fn: () => void) => void} later once after a while; the same name again starts anew
 * @property {(text: string, bad?: boolean) => void} say a sentence on top for a moment
 * @property {(error: import('../shared/api.js').ApiError) => string} why
 * @property {(uuid: string) => any} conversation
 * @property {() => any} policy
 * @property {() => string} viewing the conversation somebody looks at right now
 * @property {(view: any, chat?: string) => void} go shows a screen
 * @property {ReturnType<typeof createApi>} api
 * @property {ReturnType<typeof createApi>} open for calls that must not carry an identity
 * @property {() => Promise<import('./talk.js').Talk>} fetchTalk everything a conversation needs, fetched when there is one, or may soon be
 * @property {(act: (talk: import('./talk.js').Talk) => void) => void} withTalk does something with those parts: at once when they are here
 */

/** @param {{base: string, inbox: string, page: import('./bridge.js').Page}} options @returns {Core} */
export function createCore({ base, inbox, page }) {
  /** @type {Set<() => void>} */ const watchers = new Set();

  /** @type {Core} */
  const core = {
    base, inbox, page,
    state: {
      phase: 'loading', settings: {}, words: createI18n('en-US', {}), time: createTime('en-US'), hours: null, view: 'home', chat: '', about: '', button: '', contact: null, left: null, joined: null, agreed: false, refusals: 0, grown: null, conversations: [], listed: false, timelines: {}, loaded: {},
      typing: {}, net: 'none', open: false, mobile: false, full: false, framed: page.framed, user: null, signed: false, session: false, sound: true, notice: null, focus: 0, form: null, asking: null, progress: {}, person: 0, claims: null, variables: null,
    },
    kept: {},
    jwt: '',
    how: {},
    lang: new URLSearchParams(location.search).get('lang') || '',
    speaking: 0,
    editor: null,
    era: 0,
    at: null,
    timers: {},
    listing: null,
    talk: null,
    proving: false,

    set(patch) { core.state = { ...core.state, ...patch }; for (const watcher of watchers) watcher(); },
    watch(watcher) { watchers.add(watcher); return () => watchers.delete(watcher); },
    t: (key, terms) => core.state.words.t(key, terms),
    keep(patch) { core.kept = patch ? merged(core.kept, patch) : {}; page.keep(patch); },
    later(name, ms, fn) { clearTimeout(core.timers[name]); core.timers[name] = setTimeout(fn, ms); },
    say(text, bad) {
      core.set({ notice: { text, bad } });
      core.later('notice', NOTICE_MS, () => core.set({ notice: null }));
    },
    why(error) {
      const known = `error.${error.body?.code}`;
      if (core.state.words.has(known)) return core.t(known, { count: error.retryAfter, ...error.body });
      if (error.kind === 'offline' || error.kind === 'timeout') return core.t('w.waiting_for_line');
      if (error.kind === 'too_many') return core.t('w.too_many');
      if (error.kind === 'busy' || error.kind === 'internal') return core.t('w.busy');
      return error.message || core.t('w.not_sent');
    },
    conversation: (uuid) => core.state.conversations.find((entry) => entry.uuid === uuid),
    policy: () => core.state.settings[core.state.signed ? 'users' : 'visitors'] || {},
    viewing: () => (core.state.open && core.state.view === 'chat' && document.visibilityState === 'visible' ? core.state.chat : ''),
    // chat.js puts its own here.
    go: () => {},

    api: createApi({
      base,
      headers: () => {
        const { kept } = core;
        /** @type {Record<string, string>} */ const headers = { 'X-Libredesk-Inbox-ID': inbox };
        if (kept.session) headers.Authorization = `Bearer ${kept.session}`;
        if (kept.visitor && kept.signed && kept.visitor !== kept.session) headers['X-Libredesk-Visitor-Token'] = kept.visitor;
        return headers;
      },
      onAnswer(answer, sent) {
        const { kept } = core;
        const visitor = sent['X-Libredesk-Visitor-Token'];
        if (visitor && visitor === kept.visitor && answer.headers('X-Libredesk-Clear-Visitor')) { core.keep({ visitor: null }); core.later('merged', 0, () => core.withTalk((talk) => talk.reload())); }
        if (answer.status === 401 && kept.session && sent.Authorization === `Bearer ${kept.session}`) core.withTalk((talk) => talk.sessionOver());
      },
    }),
    open: createApi({ base, headers: () => ({ 'X-Libredesk-Inbox-ID': inbox }) }),

    async fetchTalk() {
      // All parts are asked for at once, so that they cost one round trip.
      const [module] = await Promise.all([import('./talk.js'), import('./reading.js'), import('./sending.js'), import('./people.js'), import('./typing.js'), import('./line.js'), import('./wire.js'), import('../shared/timeline.js'), import('../shared/outbox.js')]);
      return core.talk ||= module.createTalk(core);
    },
    withTalk(act) {
      if (core.talk) act(core.talk); else core.fetchTalk().then(act, () => core.later('talk', 3000, () => core.withTalk(act)));
    },
  };
  return core;
}
