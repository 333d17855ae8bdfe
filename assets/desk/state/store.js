// The one place where the desk's state lives while the page is open: a plain object, replaced on each change.
// It knows no screens and no network. Whatever is read with `useDesk` is drawn again only when that very part changed.

import { useLayoutEffect, useReducer, useRef } from '../../vendor/preact.js';

/**
 * @typedef {object} State
 * @property {'loading'|'unreachable'|'entry'|'ready'} phase
 * @property {boolean} signed_out signed out while working: the login lies over the desk, nothing is thrown away
 * @property {boolean} setup_needed
 * @property {string} ticket says that the password was right, while the second factor is asked for; else empty
 * @property {import('./types.js').Agent} agent who is signed in
 * @property {string[]} may what the one who is signed in may do (permissions)
 * @property {import('./types.js').Limits} limits
 * @property {string} version
 * @property {'connecting'|'open'|'offline'} line
 * @property {Record<string, import('./types.js').Conversation>} conversations
 * @property {Record<string, import('./types.js').Contact>} contacts
 * @property {Record<string, import('./types.js').List>} lists
 * @property {import('./types.js').Counts} counts
 * @property {import('./types.js').Filter} filter
 * @property {Record<string, import('./types.js').Thread>} threads
 * @property {Record<string, import('./types.js').Typist[]>} typing
 * @property {Record<string, string>} viewing agent uuid → conversation uuid
 * @property {Record<string, import('./types.js').Agent>} agents
 * @property {import('./types.js').Inbox[]|null} inboxes
 * @property {import('./types.js').Team[]|null} teams
 * @property {import('./types.js').Hours[]|null} hours
 * @property {number} waiting conversations that wait for somebody
 * @property {number} waiting_since since when the first of them waits
 * @property {import('./types.js').Field[]|null} fields what the team keeps of contacts and conversations
 * @property {import('./types.js').Onlooker[]|null} onlookers who is on the site now, once somebody looked
 * @property {number} bans counts up when somebody is shut out or let in: whoever shows them asks again
 * @property {any[]|null} problems what is wrong, as last looked
 * @property {any|null} start how far the first run is
 * @property {any[]|null} mailboxes with everything, for the settings
 * @property {{uuid: string, name: string, enabled: boolean}[]} mailbox_names for lists and filters: their conversations stand among the others
 * @property {boolean} mail_ready whether this server can send mail
 * @property {import('./types.js').Toast[]} toasts
 * @property {import('./news.js').News[]} news messages not read yet, newest first
 * @property {import('./tray.js').Tray} tray what the server keeps for this agent to hear of
 * @property {string} said the last thing announced to screen readers
 * @property {import('./router.js').Route} route
 * @property {string} cursor the conversation the keyboard stands on
 * @property {''|'keys'|'snooze'|'snooze-custom'|'assign'|'transfer'|'panel'|'tags'|'priority'} open which overlay is open
 * @property {{topic: string}|null} palette the palette is open, for everything or for one topic
 * @property {Record<string, import('./draft_model.js').Written>} drafts `<conversation>.<kind>` → what is being written
 * @property {''|'reply'|'note'} write the box that takes the focus as soon as the thread is here
 */

/** @type {State} */
let state = {
  phase: 'loading', signed_out: false, setup_needed: false, ticket: '', agent: /** @type {any} */ (null), may: [],
  limits: { message_chars: 10000, file_bytes: 20971520, files_per_message: 10 }, version: '', line: 'connecting',
  conversations: {}, contacts: {}, lists: {}, counts: { mine: 0, unassigned: 0, all: 0, unread: 0 },
  filter: { box: 'all', status: 'open', inbox: '', kind: '', tag: '' }, threads: {}, typing: {}, viewing: {}, agents: {}, inboxes: null, mailboxes: null, mailbox_names: [], teams: null, hours: null, problems: null, start: null, fields: null, onlookers: null, bans: 0, waiting: 0, waiting_since: 0, mail_ready: false,
  toasts: [], news: [], tray: { unread: 0, list: null, more: false }, said: '', route: { name: 'conversations', conversation: '' }, cursor: '', open: '', palette: null, drafts: {}, write: '',
};

/** @type {Set<() => void>} */
const listeners = new Set();

/** The state as it is now. */
export const now = () => state;

/** Replaces some of it, and tells everyone who looks. @param {Partial<State> | ((state: State) => Partial<State>)} change */
export function change(change) {
  const patch = typeof change === 'function' ? change(state) : change;
  state = { ...state, ...patch };
  for (const listener of [...listeners]) listener();
}

/** @param {() => void} listener @returns {() => void} */
export function subscribe(listener) {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}

/** Equal, or made of equal parts: so that a selection may build a small array or object. @param {any} a @param {any} b */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (!a || !b || typeof a !== 'object' || typeof b !== 'object' || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

/** Reads a part of the state, and draws again when it changes. @template T @param {(state: State) => T} select @returns {T} */
export function useDesk(select) {
  const [, again] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const held = useRef({ select, value: /** @type {T} */ (/** @type {any} */ (undefined)) });
  held.current = { select, value: select(state) };
  useLayoutEffect(() => {
    const look = () => { if (!same(held.current.select(state), held.current.value)) again(undefined); };
    look();
    return subscribe(look);
  }, []);
  return held.current.value;
}
