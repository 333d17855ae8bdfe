// The conversation lists: one per box × status × inbox, each a row of ids in the order of last activity.
// Conversations themselves are kept once. A change moves a conversation into or out of every list that is loaded,
// so switching tabs shows at once what is true, and the server is asked only for what was never seen.

import { change, now } from './store.js';
import { api, wordsFor } from './wire.js';

/** @typedef {import('./types.js').Conversation} Conversation */
/** @typedef {import('./types.js').Filter} Filter */
/** @typedef {import('./store.js').State} State */

const PAGE = 50;
const COUNT_DELAY_MS = 400;

/** @param {Filter} filter */
export const keyOf = (filter) => `${filter.box}/${filter.status}/${filter.inbox}/${filter.kind}/${filter.tag}`;
/** @param {string} key @returns {Filter} */
const filterOf = (key) => { const [box, status, inbox, kind, tag] = key.split('/'); return /** @type {any} */ ({ box, status, inbox, kind, tag }); };

/** A conversation's kind; before reports there was only chat. @param {Conversation} conversation */
export const kindOfOne = (conversation) => conversation.kind || 'chat';

/** @param {Conversation} conversation @param {number} [at] */
export const isSnoozed = (conversation, at = Date.now()) => !!conversation.snoozed_until && conversation.snoozed_until > at;

/** Does it belong into this list? @param {Conversation} conversation @param {Filter} filter @param {string} me */
export function fits(conversation, filter, me) {
  if (filter.inbox && conversation.inbox.uuid !== filter.inbox) return false;
  if (filter.kind && (filter.kind === 'reports' ? kindOfOne(conversation) === 'chat' : kindOfOne(conversation) !== filter.kind)) return false;
  if (filter.tag && !conversation.tags?.some((tag) => tag.uuid === filter.tag)) return false;
  if (filter.box === 'mine' && conversation.assignee?.uuid !== me) return false;
  if (filter.box === 'unassigned' && conversation.assignee) return false;
  return filter.status === 'snoozed' ? isSnoozed(conversation) : conversation.status === filter.status && !isSnoozed(conversation);
}

/** @param {Record<string, Conversation>} all @param {string[]} ids */
const sorted = (all, ids) => ids.sort((a, b) => all[b].last_message_at - all[a].last_message_at || all[b].number - all[a].number);

/** Takes conversations from anywhere; an older state never replaces a newer one. @param {State} state @param {Conversation[]} incoming @returns {Partial<State>} */
export function withConversations(state, incoming) {
  const conversations = { ...state.conversations };
  /** @type {Conversation[]} */ const changed = [];
  for (const one of incoming) {
    const held = conversations[one.uuid];
    if (held && held.seq > one.seq) continue;
    // A push for everyone may leave out what is only mine.
    conversations[one.uuid] = { ...one, unread: typeof one.unread === 'number' ? one.unread : held?.unread ?? 0 };
    changed.push(conversations[one.uuid]);
  }
  return { conversations, lists: placed({ ...state, conversations }, changed) };
}

/** @param {State} state @param {Conversation[]} changed */
function placed(state, changed) {
  /** @type {Record<string, import('./types.js').List>} */ const lists = {};
  for (const [key, list] of Object.entries(state.lists)) {
    const filter = filterOf(key);
    let ids = list.ids;
    for (const one of changed) {
      const inside = ids.includes(one.uuid);
      const oldest = state.conversations[list.ids[list.ids.length - 1]];
      // Below the last loaded row lies what the next page will bring; adding it here would leave a gap.
      const within = !list.next || !oldest || one.last_message_at >= oldest.last_message_at;
      const belongs = fits(one, filter, state.agent.uuid) && (inside || within);
      if (belongs && !inside) ids = [...ids, one.uuid];
      else if (!belongs && inside) ids = ids.filter((id) => id !== one.uuid);
    }
    lists[key] = { ...list, ids: sorted(state.conversations, ids === list.ids ? [...ids] : ids) };
  }
  return lists;
}

/** @param {Conversation[]} incoming */
export function keep(incoming) {
  const before = now().conversations;
  change((state) => withConversations(state, incoming));
  if (incoming.some((one) => weight(before[one.uuid]) !== weight(now().conversations[one.uuid]))) recount();
}

/** What the counts depend on. @param {Conversation|undefined} one */
const weight = (one) => (one ? `${one.status}/${isSnoozed(one)}/${one.assignee?.uuid}/${one.unread > 0}` : '');

/** Changes a conversation on the screen before the server agreed. @param {string} uuid @param {Partial<Conversation>} patch */
export function assume(uuid, patch) {
  const held = now().conversations[uuid];
  if (held) keep([{ ...held, ...patch }]);
}

/** @type {any} */ let countTimer = 0;
/** The counts are the server's; asked for at most a few times a second. */
export function recount() {
  clearTimeout(countTimer);
  countTimer = setTimeout(async () => {
    const { filter } = now();
    try {
      const answer = await api.get(`/conversations?${query(filter, '', 1)}`);
      change({ counts: answer.counts });
    } catch { /* the next change asks again */ }
  }, COUNT_DELAY_MS);
}

/** @param {Filter} filter @param {string} before @param {number} limit */
function query(filter, before, limit) {
  const params = new URLSearchParams({ box: filter.box, status: filter.status, limit: String(limit) });
  if (filter.inbox) params.set('inbox', filter.inbox);
  if (filter.kind) params.set('kind', filter.kind);
  if (filter.tag) params.set('tag', filter.tag);
  if (before) params.set('before', before);
  return params.toString();
}

/** @param {string} key @param {Partial<import('./types.js').List>} patch */
const patchList = (key, patch) => change((state) => ({ lists: { ...state.lists, [key]: { ...(state.lists[key] || { ids: [], next: null, state: 'loading', more: false, error: '' }), ...patch } } }));

/** Loads a list from its top. What is shown stays until the answer is here. @param {Filter} filter */
export async function load(filter) {
  const key = keyOf(filter);
  patchList(key, { state: now().lists[key]?.state === 'ready' ? 'ready' : 'loading', error: '' });
  try {
    const answer = await api.get(`/conversations?${query(filter, '', PAGE)}`);
    change((state) => {
      const next = withConversations({ ...state, lists: { ...state.lists, [key]: { ids: answer.conversations.map((/** @type {Conversation} */ one) => one.uuid), next: answer.next, state: 'ready', more: false, error: '' } } }, answer.conversations);
      return { ...next, counts: answer.counts };
    });
  } catch (error) {
    if (now().lists[key]?.state !== 'ready') patchList(key, { state: 'failed', error: wordsFor(error) });
  }
}

/** The next page of a list, once at a time. @param {Filter} filter */
export async function loadMore(filter) {
  const key = keyOf(filter);
  const list = now().lists[key];
  if (!list?.next || list.more) return;
  patchList(key, { more: true });
  try {
    const answer = await api.get(`/conversations?${query(filter, list.next, PAGE)}`);
    change((state) => {
      const held = state.lists[key];
      const fresh = answer.conversations.map((/** @type {Conversation} */ one) => one.uuid).filter((/** @type {string} */ id) => !held.ids.includes(id));
      return withConversations({ ...state, lists: { ...state.lists, [key]: { ...held, ids: [...held.ids, ...fresh], next: answer.next, more: false } } }, answer.conversations);
    });
  } catch {
    patchList(key, { more: false });
  }
}

/** Everything anew: after a long absence, or another sign-in. */
export function reloadLists() {
  const { filter } = now();
  change({ lists: Object.fromEntries(Object.entries(now().lists).filter(([key]) => key === keyOf(filter))) });
  return load(filter);
}

/** @param {Partial<Filter>} patch */
export function setFilter(patch) {
  const filter = { ...now().filter, ...patch };
  change({ filter, cursor: '' });
  if (now().lists[keyOf(filter)]?.state !== 'ready') load(filter);
}

// A snooze ends by the clock, without a word from the server.
setInterval(() => {
  const state = now();
  if (state.phase !== 'ready') return;
  const woken = Object.values(state.conversations).filter((one) => one.snoozed_until && one.snoozed_until <= Date.now());
  if (woken.length) keep(woken.map((one) => ({ ...one, snoozed_until: null })));
}, 20000);
