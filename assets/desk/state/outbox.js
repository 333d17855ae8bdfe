// Sending, so that nothing is lost and nothing doubled: an item goes to this browser's storage first, carries its echo id
// on every try, shows as pending at once, and leaves only when the server has it or a person takes it back.

import { ApiError, newEchoId } from '../../shared/api.js';
import { createOutbox } from '../../shared/outbox.js';
import { changedPending, withPending, withoutPending } from '../../shared/timeline.js';
import { setStatus } from './actions.js';
import { seenUpTo } from './collision.js';
import { draft, dropDraft, forceDraft, keepDraft, written } from './drafts.js';
import { keep } from './lists.js';
import { pref, recall, remember } from './prefs.js';
import { onSignedIn, onSignedOut } from './session.js';
import { now, subscribe } from './store.js';
import { addMessage, changeThread } from './threads.js';
import { announce, toast } from './toasts.js';
import { offerQuietly } from './undo.js';
import { api, wordsFor } from './wire.js';

/** @typedef {import('../../shared/outbox.js').OutboxItem} OutboxItem */

/** How long a reply can be taken back. */
const HOLD_MS = 5000;

/** @type {ReturnType<typeof createOutbox>|null} */
let outbox = null;

/** @type {((item: OutboxItem, answer: any) => void)[]} */
const afterwards = [];
/** What is to be done when the server has a message. @param {(item: OutboxItem, answer: any) => void} run */
export const onStored = (run) => { afterwards.push(run); };

/** @param {OutboxItem} item */
function pendingOf(item) {
  const { agent } = now();
  const kind = item.extra.kind === 'note' ? 'note' : 'outgoing';
  return {
    uuid: '', seq: 0, at: item.at, created_at: item.at, kind, mine: true, echo_id: item.echo_id, conversation: item.conversation,
    from: `${kind}/agent/${agent.uuid}`, author: { type: 'agent', uuid: agent.uuid, name: `${agent.first_name} ${agent.last_name}`.trim() },
    html: '', text: item.text, source: item.text, edited_at: null, attachments: item.extra.attachments || [], via: 'desk', activity: null,
    state: item.failed ? 'failed' : 'sending', failure: item.failed || '', answered: !!item.extra.answers, resolves: !!item.extra.resolve,
  };
}

/** @param {OutboxItem} item */
async function post(item) {
  const { kind, attachments = [], mentions = [], resolve, hold_ms, after_seq, anyway, draft_version, macro } = item.extra;
  const body = {
    kind, body: item.text, echo_id: item.echo_id, attachments: attachments.map((/** @type {any} */ one) => one.uuid), draft_version,
    ...(macro ? { macro: { uuid: macro.macro, actions: macro.actions } } : {}),
    ...(kind === 'note' ? { mentions } : { hold_ms, resolve, after_seq, anyway: !!anyway }),
  };
  try {
    return await api.post(`/conversations/${item.conversation}/messages`, body, { retry: true });
  } catch (error) {
    // Signed out is not refused: the words wait until somebody signs in again.
    if (error instanceof ApiError && error.kind === 'unauthorized') throw new ApiError('busy', '', { retryAfter: 5 });
    // Somebody else answered meanwhile: a person decides.
    if (error instanceof ApiError && error.body?.error?.code === 'answered') item.extra.answers = error.body.answers;
    throw error;
  }
}

/** @param {OutboxItem} item @param {any} answer */
function stored(item, answer) {
  keep([answer.conversation]);
  for (const run of afterwards) run(item, answer);
  if (answer.held) { hold(item.conversation, item.echo_id, answer.held); return; }
  addMessage({ ...answer.message, echo_id: item.echo_id });
  // It is open still: something is missing (a tag), which is asked for now.
  if (item.extra.resolve && answer.conversation.status !== 'resolved') setStatus(item.conversation, 'resolved');
}

/** What ends the offer to take a reply back, by echo id. @type {Map<string, () => void>} */
const late = new Map();

/** It is on the server's disk and goes out by itself; until then it can be taken back. @param {string} conversation @param {string} echoId @param {{uuid: string, send_at: number, created_at: number}} held */
function hold(conversation, echoId, held) {
  const ms = Math.max(0, held.send_at - held.created_at);
  setTimeout(() => { late.get(echoId)?.(); late.delete(echoId); }, ms);
  changeThread(conversation, (thread) => ({ ...thread, timeline: changedPending(thread.timeline, echoId, { state: 'held', held: held.uuid, until: Date.now() + ms, ms }) }));
  announce(`Sends in ${Math.round(ms / 1000)} seconds. Control Z takes it back.`);
}

/** Takes back a reply that waits: its words are in the box again. @param {string} conversation @param {string} echoId */
export async function undoSend(conversation, echoId) {
  const find = () => now().threads[conversation]?.timeline.pending.find((one) => one.echo_id === echoId);
  // Asked for so quickly that the server has not said yet that it has it.
  if (find()?.state === 'sending') await new Promise((done) => { const stop = subscribe(() => { if (find()?.state !== 'sending') { stop(); done(undefined); } }); });
  const entry = find();
  if (entry && !entry.held) {
    // It waits in this browser for the connection: nobody has it yet.
    const item = takeBack(echoId);
    if (item) dispatchEvent(new CustomEvent('deskbell:taken-back', { detail: item }));
    return;
  }
  if (!entry) return;
  try {
    const answer = await api.del(`/conversations/${conversation}/messages/${entry.held}`);
    changeThread(conversation, (thread) => ({ ...thread, timeline: withoutPending(thread.timeline, echoId) }));
    const begun = draft(conversation, 'reply').trim();
    forceDraft(answer.draft);
    if (begun && !answer.draft.body.includes(begun)) keepDraft(conversation, 'reply', `${answer.draft.body}\n\n${begun}`);
    dispatchEvent(new CustomEvent('deskbell:taken-back', { detail: { conversation, extra: { kind: 'reply', attachments: entry.attachments } } }));
    announce('Not sent. It is in the box again.');
  } catch (error) {
    toast(error instanceof ApiError && error.kind === 'not_found' ? 'It was sent already.' : `It could not be taken back. ${wordsFor(error)}`, { tone: 'bad' });
  }
}

/** Sends at once what waits. @param {string} conversation @param {string} echoId */
export async function sendNow(conversation, echoId) {
  const entry = now().threads[conversation]?.timeline.pending.find((one) => one.echo_id === echoId);
  if (!entry?.held) return;
  try {
    const answer = await api.post(`/conversations/${conversation}/messages`, { kind: 'reply', body: entry.source || 'x', echo_id: echoId, attachments: [], resolve: !!entry.resolves }, { retry: true });
    addMessage({ ...answer.message, echo_id: echoId });
    keep([answer.conversation]);
  } catch { /* it goes out by itself in a moment */ }
}

function start() {
  const key = `deskbell.outbox.${now().agent.uuid}`;
  outbox?.stop();
  outbox = createOutbox({
    store: { load: () => recall(key), save: (text) => remember(key, text === '[]' ? null : text) },
    send: post,
    onStored: stored,
    onState: (item, state, error) => {
      const answers = state === 'failed' ? item.extra.answers : null;
      changeThread(item.conversation, (thread) => ({
        ...thread, timeline: changedPending(thread.timeline, item.echo_id, { state, answered: !!answers, failure: state === 'failed' ? item.failed : error ? 'waiting' : '' }),
      }));
      if (!answers) return;
      for (const message of answers.stored) addMessage(message);
      dispatchEvent(new CustomEvent('deskbell:answered', { detail: item }));
    },
  });
  outbox.flush();
}
onSignedIn(start);
onSignedOut(() => { outbox?.stop(); });

/** Sends a reply or adds a note. @param {string} conversation @param {{kind: 'reply'|'note', text: string, attachments: any[], resolve?: boolean, mentions?: string[], anyway?: boolean, macro?: {macro: string, name: string, actions: any[]}|null}} what */
export function send(conversation, { kind, text, attachments, resolve, mentions, anyway, macro }) {
  const thread = now().threads[conversation];
  const item = {
    echo_id: newEchoId(), conversation, text, at: Date.now(),
    extra: {
      kind, attachments, resolve: !!resolve, mentions, anyway, macro: macro || null, draft_version: written(conversation, kind).base,
      hold_ms: kind === 'reply' && pref().hold_replies ? HOLD_MS : 0, after_seq: thread?.state === 'ready' ? seenUpTo(thread.timeline.stored, Date.now()) : undefined,
    },
  };
  changeThread(conversation, (one) => ({ ...one, timeline: withPending(one.timeline, pendingOf(item)) }));
  if (item.extra.hold_ms) late.set(item.echo_id, offerQuietly('your reply', () => undoSend(conversation, item.echo_id)));
  dropDraft(conversation, kind);
  outbox?.add(item);
  return item.echo_id;
}

/** Sends it over somebody else's answer: a person has seen that one. @param {string} echoId */
export function sendAnyway(echoId) {
  const item = outbox?.items().find((one) => one.echo_id === echoId);
  if (item) Object.assign(item.extra, { anyway: true, answers: null });
  retry(echoId);
}

/** @param {string} echoId */
export const retry = (echoId) => {
  const item = outbox?.items().find((one) => one.echo_id === echoId);
  if (item) changeThread(item.conversation, (thread) => ({ ...thread, timeline: changedPending(thread.timeline, echoId, { state: 'sending', failure: '' }) }));
  outbox?.retry(echoId);
};

/** Takes a failed message back into the composer. @param {string} echoId @returns {OutboxItem|undefined} */
export function takeBack(echoId) {
  const item = outbox?.remove(echoId);
  if (!item) return undefined;
  changeThread(item.conversation, (thread) => ({ ...thread, timeline: withoutPending(thread.timeline, echoId) }));
  const before = draft(item.conversation, item.extra.kind);
  keepDraft(item.conversation, item.extra.kind, before ? `${item.text}\n\n${before}` : item.text);
  return item;
}

/** The line is back. */
export const flushOutbox = () => outbox?.flush();

// What waits from an earlier visit appears in its thread as soon as that is open.
subscribe(() => {
  const { route, threads } = now();
  const uuid = route.name === 'settings' ? '' : route.conversation;
  const thread = uuid ? threads[uuid] : undefined;
  if (!thread || thread.state !== 'ready' || !outbox) return;
  const missing = outbox.items().filter((item) => item.conversation === uuid && ![...thread.timeline.pending, ...thread.timeline.stored].some((one) => one.echo_id === item.echo_id));
  if (missing.length) changeThread(uuid, (one) => ({ ...one, timeline: missing.reduce((line, item) => withPending(line, pendingOf(item)), one.timeline) }));
});
