// What is being written, per conversation and kind. First it is in this browser (so it survives reloads, crashes, signing out and
// tunnels), a moment later on the server (so it is on the agent's other tabs and devices). `draft_model.js` has the rules.

import { ApiError } from '../../shared/api.js';
import { decided, emptied, NOTHING, restored, saved, stored, told, typed } from './draft_model.js';
import { recall, remember } from './prefs.js';
import { onSignedIn, onSignedOut } from './session.js';
import { change, now } from './store.js';
import { api } from './wire.js';

/** @typedef {'reply'|'note'} Kind */
/** @typedef {import('./draft_model.js').Written} Written */
/** @typedef {{conversation: string, is_note: boolean, body: string, version: number}} Draft */

const PAUSE_MS = 700;
const RETRY_MS = 8000;

const prefix = () => `deskbell.draft.${now().agent.uuid}.`;
/** @param {string} conversation @param {Kind} kind */
const nameOf = (conversation, kind) => `${conversation}.${kind}`;

/** @param {string} conversation @param {Kind} kind @returns {Written} */
export const written = (conversation, kind) => now().drafts[nameOf(conversation, kind)] || NOTHING;
/** @param {string} conversation @param {Kind} kind */
export const draft = (conversation, kind) => written(conversation, kind).text;

/** @param {string} conversation @param {Kind} kind @param {Written} next */
function put(conversation, kind, next) {
  const name = nameOf(conversation, kind);
  if (now().drafts[name] === next) return;
  change(({ drafts }) => ({ drafts: { ...drafts, [name]: next } }));
  remember(prefix() + name, stored(next));
}

/** @param {string} conversation @param {Kind} kind @param {string} text */
export function keepDraft(conversation, kind, text) {
  put(conversation, kind, typed(written(conversation, kind), text));
  later(conversation, kind, PAUSE_MS);
}

/** Sent: gone here at once; the server clears its own in the commit of the message. @param {string} conversation @param {Kind} kind */
export function dropDraft(conversation, kind) {
  clearTimeout(timers.get(nameOf(conversation, kind)));
  put(conversation, kind, emptied(written(conversation, kind)));
}

/** Which tab was open last: someone who was writing a note comes back to the note. @param {string} conversation @returns {Kind} */
export const draftKind = (conversation) => (draft(conversation, 'note') && !draft(conversation, 'reply') ? 'note' : 'reply');

/** Words for the list: what waits to be sent there. @param {import('./store.js').State} state @param {string} conversation */
export const waitingText = (state, conversation) => (state.drafts[nameOf(conversation, 'reply')]?.text || state.drafts[nameOf(conversation, 'note')]?.text || '').trim();

/** @type {Map<string, any>} */
const timers = new Map();
/** @type {Set<string>} */
const busy = new Set();

/** @param {string} conversation @param {Kind} kind @param {number} ms */
function later(conversation, kind, ms) {
  const name = nameOf(conversation, kind);
  clearTimeout(timers.get(name));
  timers.set(name, setTimeout(() => { timers.delete(name); save(conversation, kind); }, ms));
}

/** @param {string} conversation @param {Kind} kind */
async function save(conversation, kind) {
  const name = nameOf(conversation, kind);
  const held = written(conversation, kind);
  if (!held.dirty || held.other || now().signed_out) return;
  if (busy.has(name)) { later(conversation, kind, PAUSE_MS); return; }
  busy.add(name);
  const sent = held.text;
  try {
    const answer = await api.put(`/conversations/${conversation}/draft`, { body: sent, is_note: kind === 'note', version: held.base });
    const before = written(conversation, kind);
    put(conversation, kind, saved(before, sent, answer.draft.version));
    // Sent while it was being saved: the server has it once more, and must not.
    if (!before.dirty && !before.text && sent) put(conversation, kind, { ...written(conversation, kind), dirty: true });
    if (written(conversation, kind).dirty) later(conversation, kind, PAUSE_MS);
  } catch (error) {
    const other = error instanceof ApiError && error.body?.error?.code === 'overtaken' ? error.body.draft : null;
    if (other) takeDraft(other);
    else if (error instanceof ApiError && (error.temporary || error.kind === 'unauthorized')) later(conversation, kind, RETRY_MS);
  } finally {
    busy.delete(name);
  }
}

/** @param {string} conversation @param {Kind} kind */
const isWriting = (conversation, kind) => {
  const { route } = now();
  return document.hasFocus() && document.activeElement?.id === 'composer' && route.name !== 'settings' && 'conversation' in route && route.conversation === conversation && document.activeElement.getAttribute('data-kind') === kind;
};

/** The server's own, from wherever it came. @param {Draft} one */
export function takeDraft(one) {
  const kind = one.is_note ? 'note' : 'reply';
  const before = written(one.conversation, kind);
  const next = told(before, one, isWriting(one.conversation, kind));
  put(one.conversation, kind, next);
  if (next.dirty && !next.other) later(one.conversation, kind, PAUSE_MS);
}

/** Taken back from sending: these words, whatever stood there. @param {Draft} one */
export const forceDraft = (one) => put(one.conversation, one.is_note ? 'note' : 'reply', { text: one.body, base: one.version, dirty: false, other: null });

/** @param {string} conversation @param {Kind} kind @param {'mine'|'theirs'} which */
export function decide(conversation, kind, which) {
  put(conversation, kind, decided(written(conversation, kind), which));
  later(conversation, kind, 0);
}

/** All of them, after signing in and after each reconnect: frames about drafts are not kept for who was away. */
export async function loadDrafts() {
  try {
    /** @type {{drafts: Draft[]}} */
    const { drafts } = await api.get('/drafts');
    for (const one of drafts) takeDraft(one);
    const known = new Set(drafts.map((one) => nameOf(one.conversation, one.is_note ? 'note' : 'reply')));
    for (const [name, held] of Object.entries(now().drafts)) {
      const [conversation, kind] = /** @type {[string, Kind]} */ (name.split('.'));
      // Saved once and gone now: it was sent or thrown away elsewhere.
      if (!known.has(name) && !held.dirty && held.text && held.base) put(conversation, kind, emptied(held));
      else if (held.dirty) later(conversation, kind, 0);
    }
  } catch { /* the next reconnect asks again; what was typed is here */ }
}

onSignedIn(() => {
  /** @type {Record<string, Written>} */ const drafts = {};
  try {
    for (let at = 0; at < localStorage.length; at++) {
      const key = localStorage.key(at) || '';
      if (key.startsWith(prefix())) drafts[key.slice(prefix().length)] = restored(recall(key));
    }
  } catch { /* forbidden: the server's copies come in a moment */ }
  change({ drafts });
});
onSignedOut(() => { for (const timer of timers.values()) clearTimeout(timer); timers.clear(); });
// Going away: what waits is saved now.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'hidden') return;
  for (const name of [...timers.keys()]) { const [conversation, kind] = /** @type {[string, Kind]} */ (name.split('.')); clearTimeout(timers.get(name)); timers.delete(name); save(conversation, kind); }
});
