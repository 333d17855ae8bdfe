// Sending, so that nothing is lost and nothing doubled: an item goes to this browser's storage first, carries its echo id
// on every try, shows as pending at once, and leaves only when the server has it or a person takes it back.

import { ApiError, newEchoId } from '../../shared/api.js';
import { createOutbox } from '../../shared/outbox.js';
import { changedPending, withPending, withoutPending } from '../../shared/timeline.js';
import { setStatus } from './actions.js';
import { keepDraft, draft } from './drafts.js';
import { keep } from './lists.js';
import { recall, remember } from './prefs.js';
import { onSignedIn, onSignedOut } from './session.js';
import { now, subscribe } from './store.js';
import { addMessage, changeThread } from './threads.js';
import { api } from './wire.js';

/** @typedef {import('../../shared/outbox.js').OutboxItem} OutboxItem */

/** @type {ReturnType<typeof createOutbox>|null} */
let outbox = null;

/** @type {((item: OutboxItem) => void)[]} */
const afterwards = [];
/** What is to be done when the server has a message. @param {(item: OutboxItem) => void} run */
export const onStored = (run) => { afterwards.push(run); };

/** @param {OutboxItem} item */
function pendingOf(item) {
  const { agent } = now();
  const kind = item.extra.kind === 'note' ? 'note' : 'outgoing';
  return {
    uuid: '', seq: 0, at: item.at, created_at: item.at, kind, mine: true, echo_id: item.echo_id, conversation: item.conversation,
    from: `${kind}/agent/${agent.uuid}`, author: { type: 'agent', uuid: agent.uuid, name: `${agent.first_name} ${agent.last_name}`.trim() },
    html: '', text: item.text, source: item.text, edited_at: null, attachments: item.extra.attachments || [], via: 'desk', activity: null,
    state: item.failed ? 'failed' : 'sending', failure: item.failed || '',
  };
}

/** @param {OutboxItem} item */
async function post(item) {
  const body = { kind: item.extra.kind, body: item.text, echo_id: item.echo_id, attachments: (item.extra.attachments || []).map((/** @type {any} */ one) => one.uuid) };
  try {
    return await api.post(`/conversations/${item.conversation}/messages`, body, { retry: true });
  } catch (error) {
    // Signed out is not refused: the words wait until somebody signs in again.
    if (error instanceof ApiError && error.kind === 'unauthorized') throw new ApiError('busy', '', { retryAfter: 5 });
    throw error;
  }
}

/** @param {OutboxItem} item @param {any} answer */
function stored(item, answer) {
  addMessage({ ...answer.message, echo_id: item.echo_id });
  keep([answer.conversation]);
  if (item.extra.resolve) setStatus(item.conversation, 'resolved');
  for (const run of afterwards) run(item);
}

function start() {
  const key = `deskbell.outbox.${now().agent.uuid}`;
  outbox?.stop();
  outbox = createOutbox({
    store: { load: () => recall(key), save: (text) => remember(key, text === '[]' ? null : text) },
    send: post,
    onStored: stored,
    onState: (item, state, error) => changeThread(item.conversation, (thread) => ({
      ...thread, timeline: changedPending(thread.timeline, item.echo_id, { state, failure: state === 'failed' ? item.failed : error ? 'waiting' : '' }),
    })),
  });
  outbox.flush();
}
onSignedIn(start);
onSignedOut(() => { outbox?.stop(); });

/** Sends a reply or adds a note. @param {string} conversation @param {{kind: 'reply'|'note', text: string, attachments: any[], resolve?: boolean}} what */
export function send(conversation, { kind, text, attachments, resolve }) {
  const item = { echo_id: newEchoId(), conversation, text, at: Date.now(), extra: { kind, attachments, resolve: !!resolve } };
  changeThread(conversation, (thread) => ({ ...thread, timeline: withPending(thread.timeline, pendingOf(item)) }));
  keepDraft(conversation, kind, '');
  outbox?.add(item);
  return item.echo_id;
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
