// Staying true. The database is the truth and HTTP reads it; the socket only says it early.
//
// What always holds:
//  1. `seq` is a number up to which everything durable has been taken in. It moves only over ground that was covered:
//     by a catch-up, or by live frames after one succeeded.
//  2. After each greeting of the socket we ask for the changes after `seq`. Frames that arrive meanwhile are applied at once
//     (twice does no harm: messages go by uuid, conversations by seq) but move `seq` only when the catch-up is done.
//  3. When the server no longer knows that far back, everything shown is fetched anew.

import { openSocket } from '../../shared/socket.js';
import { loadDrafts, takeDraft } from './drafts.js';
import { contactGone, conversationGone } from './gone.js';
import { keep, recount, reloadLists } from './lists.js';
import { hearNotice, noticeMessage, noticeReleased } from './notices.js';
import { flushOutbox } from './outbox.js';
import { watchIdle } from './presence.js';
import { loadQueue } from './queue.js';
import { loadAgents, loadInboxes, onPresence, onTyping, onViewing, stopTyping } from './people.js';
import { heardOutside } from './outside.js';
import { leave, lookAgain, onSignedIn, onSignedOut, startSeq } from './session.js';
import { change, now, subscribe } from './store.js';
import { addMessage, refresh } from './threads.js';
import { toolChanged } from './tools.js';
import { recountTray } from './tray.js';
import { api, base, kindOf } from './wire.js';

const HEARD_MAX = 500;
const RETRY_MS = 3000;

/** @type {ReturnType<typeof openSocket>|null} */
let socket = null;
let seq = 0;
let round = 0;
let covered = false;
/** Message uuids already counted and rung for. @type {Set<string>} */
const heard = new Set();

/** @param {any} frame */
function take(frame) {
  const { type, data } = frame;
  if (type === 'message') takeMessage(data);
  else if (type === 'conversation') { noticeReleased(now().conversations[data.uuid], data); keep([data]); changedHands(data); }
  else if (type === 'contact') takeContact(data);
  else if (type === 'typing') onTyping(data);
  else if (type === 'viewing') onViewing(data);
  else if (type === 'draft') takeDraft(data);
  else if (type === 'presence') onPresence(data);
  else if (type === 'queue') change({ waiting: data.waiting });
  else if (type === 'pages') change(({ threads }) => ({ threads: Object.fromEntries(Object.entries(threads).map(([uuid, thread]) => [uuid, thread.contact === data.contact ? { ...thread, pages: data.pages } : thread])) }));
  else if (type === 'hours' || type === 'team') { const what = type === 'team' ? 'teams' : 'hours'; if (now()[what]) api.get(`/${what}`).then((answer) => change(/** @type {any} */ ({ [what]: answer[what] }))).catch(() => { /* asked again where it is shown */ }); }
  else if (type === 'field' || type === 'ban' || type === 'visitor' || type === 'visitor_gone') heardOutside(type, data);
  else if (toolChanged(type)) { /* its list is on its way */ }
  else if (type === 'inbox') { if (now().inboxes) loadInboxes().catch(() => {}); } else if (type === 'agent' || type === 'role') { loadAgents().catch(() => {}); newRights(type, data.uuid); }
  else if (type === 'notice') hearNotice(data); else if (type === 'notices') recountTray();
  else if (type === 'conversation_gone') conversationGone(data.uuid); else if (type === 'contact_gone') contactGone(data.uuid);
  else if (type === 'signed_out') leave();
}

/** One's own role or name was changed: what one may do is asked again, and what one may see is fetched again. @param {string} type @param {string} uuid */
function newRights(type, uuid) {
  const { agent } = now();
  const mine = type === 'role' ? uuid === agent.custom_role?.uuid : uuid === agent.uuid;
  if (mine) lookAgain().then(() => { if (type === 'role') reloadLists(); }).catch(() => { /* the next call says it */ });
}

/** @param {{conversation: import('./types.js').Conversation, message: import('./types.js').Message}} data */
function takeMessage({ conversation, message }) {
  const fresh = !heard.has(message.uuid);
  heard.add(message.uuid);
  if (heard.size > HEARD_MAX) heard.delete(/** @type {string} */ (heard.values().next().value));
  const { agent, conversations } = now();
  const held = conversations[message.conversation];
  const mine = message.author.type === 'agent' && message.author.uuid === agent.uuid;
  const counts = fresh && message.kind === 'incoming' && (!held || held.seq < message.seq);
  const unread = typeof conversation.unread === 'number' ? conversation.unread : mine ? 0 : (held?.unread ?? 0) + (counts ? 1 : 0);
  addMessage(message);
  stopTyping(message.conversation, message.author.uuid);
  keep([{ ...conversation, unread }]);
  changedHands(conversation);
  // What tells only how its mail went is no news.
  if (fresh && !mine && !message.deleted && !message.mail) noticeMessage(now().conversations[message.conversation], message, !held);
}

/** An anonymous visitor signed in: the thread in front of us belongs to the person they became. @param {import('./types.js').Conversation} conversation */
function changedHands({ uuid, contact }) {
  const thread = now().threads[uuid];
  if (thread?.contact && thread.contact !== contact.uuid) refresh(uuid, false);
}

/** @param {import('./types.js').Contact} contact */
function takeContact(contact) {
  change(({ contacts, conversations }) => {
    const ref = { uuid: contact.uuid, name: contact.name, kind: contact.kind, verified: contact.verified, online: contact.online, avatar_tint: contact.avatar_tint };
    const next = { ...conversations };
    for (const one of Object.values(conversations)) if (one.contact.uuid === contact.uuid) next[one.uuid] = { ...one, contact: ref };
    return { contacts: { ...contacts, [contact.uuid]: contact }, conversations: next };
  });
}

/** @param {any} frame */
function onFrame(frame) {
  take(frame);
  if (covered && frame.seq > seq) seq = frame.seq;
}

async function catchUp() {
  const mine = ++round;
  covered = false;
  try {
    for (let more = true; more;) {
      const answer = await api.get(`/changes?after=${seq}&limit=500`);
      if (mine !== round) return;
      if (answer.reload) { await everything(); seq = answer.seq; break; }
      for (const frame of answer.frames) take(frame);
      seq = Math.max(seq, answer.seq);
      more = answer.more;
    }
    if (mine !== round) return;
    covered = true;
    flushOutbox();
  } catch (error) {
    if (mine === round && kindOf(error) !== 'unauthorized') setTimeout(() => { if (mine === round) catchUp(); }, RETRY_MS);
  }
}

/** Away for too long: what is shown is fetched again, and what is not shown is forgotten. */
async function everything() {
  const { route } = now();
  const uuid = route.name === 'settings' ? '' : route.conversation;
  change(({ threads }) => ({ threads: uuid && threads[uuid] ? { [uuid]: threads[uuid] } : {} }));
  await Promise.all([reloadLists(), loadAgents(), uuid ? refresh(uuid, false) : null]);
}

/** @param {any} frame */
function onReady(frame) {
  const online = new Set(frame.data?.online || []);
  change(({ agents }) => ({ viewing: {}, typing: {}, agents: Object.fromEntries(Object.entries(agents).map(([uuid, agent]) => [uuid, { ...agent, online: online.has(uuid) }])) }));
  for (const one of frame.data?.viewing || []) onViewing(one);
  sayViewing();
  sayIdle();
  loadDrafts();
  catchUp();
  recount();
  loadQueue();
  recountTray();
}

/** A page nobody touches does not keep visitors waiting for its agent. */
const sayIdle = watchIdle((idle) => socket?.send({ type: 'idle', data: { idle } }));

/** Tells the others which conversation is in front of us. */
let viewed = '';
function sayViewing() {
  const { route } = now();
  viewed = route.name === 'settings' || document.visibilityState !== 'visible' ? '' : route.conversation;
  socket?.send({ type: 'viewing', data: { conversation: viewed || null } });
}

let typedAt = 0;
/** @param {string} conversation @param {boolean} typing @param {boolean} note */
export function sayTyping(conversation, typing, note) {
  if (typing && Date.now() - typedAt < 2500) return;
  typedAt = typing ? Date.now() : 0;
  socket?.send({ type: 'typing', data: { conversation, is_typing: typing, note } });
}

function start() {
  socket?.close();
  if (!seq || startSeq < seq) seq = startSeq;
  socket = openSocket({
    url: () => `${location.origin}${base}/desk/ws`,
    greeting: (frame) => frame.type === 'ready',
    onReady, onFrame,
    onState: (line) => { if (line !== 'open') { covered = false; round++; } change({ line }); },
    onClose: (code) => { if (code === 4401) leave(); return code !== 4401; },
  });
}
onSignedIn(start);
onSignedOut(() => { socket?.close(); socket = null; });

document.addEventListener('visibilitychange', sayViewing);

// After sleep the line may be dead without a word, and the clock has jumped: look now, not when a ping fails.
const BEAT_MS = 4000;
const ASLEEP_MS = 20000;
let beat = Date.now();
let hiddenAt = 0;
function woke() {
  if (now().phase !== 'ready' || now().signed_out) return;
  socket?.poke();
  if (now().line === 'open') catchUp();
}
setInterval(() => { const gap = Date.now() - beat; beat = Date.now(); if (gap > ASLEEP_MS) woke(); }, BEAT_MS);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') { hiddenAt = Date.now(); return; }
  if (hiddenAt && Date.now() - hiddenAt > ASLEEP_MS) woke();
});
addEventListener('online', () => woke());
subscribe(() => {
  const { route } = now();
  const looking = route.name === 'settings' || document.visibilityState !== 'visible' ? '' : route.conversation;
  if (looking !== viewed) sayViewing();
});

/** The person asks for another try now. */
export const tryNow = () => socket?.poke();
