// Opened conversations: their messages as timelines, older pages, what was seen. A few are kept, so that going back is instant.

import { emptyTimeline, newestSeq, oldestSeq, replaced, withDivider, withPending, withStored } from '../../shared/timeline.js';
import { keep } from './lists.js';
import { change, now } from './store.js';
import { api, kindOf, wordsFor } from './wire.js';

/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Thread} Thread */

const THREADS_MAX = 12;
const OLDER = 100;
/** Around a found message, and on from there. */
const PAGE = 50;
const SEEN_DELAY_MS = 250;
/** Pages looked through for the first unread message: more than a thousand unread ones nobody reads one by one. */
const UNREAD_PAGES_MAX = 12;
const STORED_MAX = 600;
const STORED_KEPT = 200;

/** @param {string} uuid @param {(thread: Thread) => Thread} turn */
export function changeThread(uuid, turn) {
  const thread = now().threads[uuid];
  if (thread) change((state) => ({ threads: { ...state.threads, [uuid]: turn(state.threads[uuid]) } }));
}

/** A message of the wire as a row of the timeline. @param {Message} message */
export function entryOf(message) {
  return {
    ...message, at: message.created_at, mine: message.author.type === 'agent' && message.author.uuid === now().agent.uuid,
    from: `${message.kind}/${message.author.type}/${message.author.uuid || message.author.name}`,
  };
}

/** @returns {Thread} */
const blank = () => ({ state: 'loading', timeline: emptyTimeline(), contact: '', pages: [], earlier: [], origin: null, older: 'idle', seen: 0, error: '', ahead: false, newer: 'idle', mark: null, unread: null });

/** Shows a conversation: at once what is held, then what is true. @param {string} uuid */
export async function openThread(uuid) {
  const held = now().threads[uuid];
  change((state) => {
    const threads = { ...state.threads };
    delete threads[uuid];
    threads[uuid] = held || blank();
    const surplus = Object.keys(threads).slice(0, -THREADS_MAX);
    for (const old of surplus) delete threads[old];
    return { threads };
  });
  await refresh(uuid, !held);
}

/** Own replies that wait on the server, as rows that can be taken back; those it does not know any more are gone. @param {import('../../shared/timeline.js').Timeline} timeline @param {any[]} held */
function withHeld(timeline, held) {
  const { agent } = now();
  const kept = { ...timeline, pending: timeline.pending.filter((one) => one.state !== 'held' || held.some((other) => other.echo_id === one.echo_id)) };
  return held.reduce((line, one) => withPending(line, {
    uuid: '', seq: 0, at: one.created_at, created_at: one.created_at, kind: 'outgoing', mine: true, echo_id: one.echo_id, conversation: one.conversation, from: `outgoing/agent/${agent.uuid}`,
    author: { type: 'agent', uuid: agent.uuid, name: one.author_name }, html: '', text: one.body, source: one.body, edited_at: null, attachments: [], via: 'desk', activity: null,
    state: 'held', held: one.uuid, resolves: one.resolves, until: Date.now() + Math.max(0, one.send_at - one.created_at), ms: Math.max(0, one.send_at - one.created_at), failure: '',
  }), kept);
}

/** @param {string} uuid @param {boolean} first */
export async function refresh(uuid, first) {
  try {
    const answer = await api.get(`/conversations/${uuid}`);
    keep([answer.conversation]);
    change((state) => ({ contacts: { ...state.contacts, [answer.contact.uuid]: answer.contact } }));
    changeThread(uuid, (thread) => {
      const entries = answer.messages.map(entryOf);
      // The newest page overlaps what is held, or begins anew: a hole in the middle is never shown.
      const joins = !first && !thread.ahead && entries.length && newestSeq(thread.timeline) >= entries[0].seq;
      // What the socket brought while the answer was on its way is newer than the answer: it stays.
      const last = entries.length ? entries[entries.length - 1].seq : 0;
      const later = thread.timeline.stored.filter((entry) => entry.seq > last);
      let timeline = joins ? withStored(thread.timeline, entries) : withStored(replaced(thread.timeline, entries, { more: answer.has_more }), later);
      const news = entries.some((/** @type {any} */ entry) => entry.seq > answer.my_seen_seq && entry.kind === 'incoming');
      // The line stands where the unread ones begin, or not at all: above the first loaded row it would lie.
      const above = answer.has_more && entries.length > 0 && entries[0].seq > answer.my_seen_seq + 1 && answer.conversation.unread > entries.filter((/** @type {any} */ entry) => entry.kind === 'incoming').length;
      if (first || !thread.timeline.unreadAfter) timeline = withDivider(timeline, news && answer.my_seen_seq && !above ? answer.my_seen_seq : 0);
      timeline = withHeld(timeline, answer.held || []);
      const unread = above ? { count: answer.conversation.unread, after: answer.my_seen_seq } : first ? null : thread.unread;
      return { ...thread, unread, state: 'ready', ahead: false, timeline, fields: answer.fields || {}, contact: answer.contact.uuid, pages: answer.pages, earlier: answer.earlier, origin: answer.origin || null, seen: answer.my_seen_seq, following: !!answer.following, mail: answer.mail || null, error: '' };
    });
  } catch (error) {
    const state = kindOf(error) === 'not_found' ? 'missing' : 'failed';
    changeThread(uuid, (thread) => (thread.state === 'ready' && state === 'failed' ? thread : { ...thread, state, error: wordsFor(error) }));
  }
}

/** Older messages, one page at a time. @param {string} uuid */
export async function loadOlder(uuid) {
  const thread = now().threads[uuid];
  if (!thread || thread.older === 'loading') return;
  const { timeline } = thread;
  if (!timeline.more) return;
  changeThread(uuid, (one) => ({ ...one, older: 'loading' }));
  try {
    const answer = await api.get(`/conversations/${uuid}/messages?before=${oldestSeq(timeline)}&limit=${OLDER}`);
    changeThread(uuid, (one) => {
      return { ...one, older: 'idle', timeline: withStored(one.timeline, answer.messages.map(entryOf), { more: answer.has_more }) };
    });
  } catch {
    changeThread(uuid, (one) => ({ ...one, older: 'failed' }));
  }
}

/** Loads upwards until the first unread message is there, and draws the line before it. @param {string} uuid */
export async function loadUnread(uuid) {
  const wanted = now().threads[uuid]?.unread;
  if (!wanted) return;
  for (let page = 0; page < UNREAD_PAGES_MAX; page++) {
    const thread = now().threads[uuid];
    if (!thread || !thread.timeline.more || oldestSeq(thread.timeline) <= wanted.after) break;
    await loadOlder(uuid);
    if (now().threads[uuid]?.older === 'failed') return;
  }
  changeThread(uuid, (one) => ({ ...one, unread: null, timeline: withDivider(one.timeline, Math.max(wanted.after, oldestSeq(one.timeline) - 1)) }));
}

/** Back at the end: what was read far above is let go, and comes again when somebody goes there. @param {string} uuid */
export const trim = (uuid) => changeThread(uuid, (thread) => (thread.timeline.stored.length > STORED_MAX && thread.older === 'idle' && !thread.ahead ? { ...thread, timeline: { ...thread.timeline, stored: thread.timeline.stored.slice(-STORED_KEPT), more: true } } : thread));

/** @param {Message} message */
export function addMessage(message) {
  changeThread(message.conversation, (thread) => {
    // Between what is shown and this one lies what was not loaded yet: reading on brings both.
    if (thread.ahead && message.seq > newestSeq(thread.timeline)) return thread;
    const known = thread.timeline.stored.find((one) => one.uuid === message.uuid);
    // When it came to this screen: somebody who was typing has not read it at once (collision.js).
    return { ...thread, timeline: withStored(thread.timeline, [{ ...entryOf(message), arrived: known ? known.arrived : Date.now() }]) };
  });
}

let marks = 0;
/** Shows a found message in its place, with what was said around it. @param {string} uuid @param {number} seq */
export async function jumpTo(uuid, seq) {
  const mark = { seq, count: ++marks };
  const held = now().threads[uuid];
  if (!held || held.state !== 'ready') return;
  if (held.timeline.stored.some((entry) => entry.seq === seq)) {
    changeThread(uuid, (thread) => ({ ...thread, mark }));
    return;
  }
  try {
    const answer = await api.get(`/conversations/${uuid}/messages?around=${seq}&limit=${PAGE}`);
    changeThread(uuid, (thread) => ({ ...thread, mark, ahead: answer.has_newer, timeline: replaced(thread.timeline, answer.messages.map(entryOf), { more: answer.has_more }) }));
  } catch { /* the end of the conversation is shown; the search can be asked again */ }
}

/** Reading on from a found message towards the end. @param {string} uuid */
export async function loadNewer(uuid) {
  const thread = now().threads[uuid];
  if (!thread?.ahead || thread.newer === 'loading') return;
  changeThread(uuid, (one) => ({ ...one, newer: 'loading' }));
  try {
    const answer = await api.get(`/conversations/${uuid}/messages?after=${newestSeq(thread.timeline)}&limit=${PAGE}`);
    changeThread(uuid, (one) => ({ ...one, newer: 'idle', ahead: answer.has_newer, timeline: withStored(one.timeline, answer.messages.map(entryOf)) }));
  } catch {
    changeThread(uuid, (one) => ({ ...one, newer: 'failed' }));
  }
}

/** The agent is reading at the end, with the window in front: everything down to here is seen. @type {any} */
let seenTimer = 0;
/** @param {string} uuid */
export function markSeen(uuid) {
  const thread = now().threads[uuid];
  const conversation = now().conversations[uuid];
  if (!thread || thread.state !== 'ready' || thread.ahead || !conversation) return;
  const seq = newestSeq(thread.timeline);
  if (seq <= thread.seen && !conversation.unread) return;
  changeThread(uuid, (one) => ({ ...one, seen: Math.max(one.seen, seq) }));
  if (conversation.unread) keep([{ ...conversation, unread: 0 }]);
  clearTimeout(seenTimer);
  seenTimer = setTimeout(() => api.put(`/conversations/${uuid}/seen`, { seq }, { retry: true }).catch(() => { /* the next look says it again */ }), SEEN_DELAY_MS);
}

/** Leaving a thread takes its "new" line away: next time it stands where it must. @param {string} uuid */
export const leaveThread = (uuid) => changeThread(uuid, (thread) => ({ ...thread, unread: null, mark: null, timeline: withDivider(thread.timeline, 0) }));
