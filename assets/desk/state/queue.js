// Who waits for somebody: how many, and taking the next of them.

import { keep, load } from './lists.js';
import { openConversation } from './router.js';
import { change, now } from './store.js';
import { announce, toast } from './toasts.js';
import { api, wordsFor } from './wire.js';

/** @returns {Promise<void>} */
export async function loadQueue() {
  try {
    const { waiting } = await api.get('/queue');
    change({ waiting: waiting.length, waiting_since: waiting[0]?.since || 0 });
  } catch { /* who may not take any is told of none */ }
}

let taking = false;
/** The one who waited longest is mine, and opens. */
export async function takeNext() {
  if (taking) return;
  taking = true;
  try {
    const { conversation } = await api.post('/queue/next', {});
    if (!conversation) { toast('Nobody is waiting.'); change({ waiting: 0 }); return; }
    keep([conversation]);
    announce(`${conversation.contact.name} is yours`);
    openConversation(conversation.uuid);
  } catch (error) {
    toast(`Nobody was taken. ${wordsFor(error)}`, { tone: 'bad' });
  } finally {
    taking = false;
    loadQueue();
  }
}

/** @param {string} uuid @param {boolean} follows */
export async function follow(uuid, follows) {
  const set = (/** @type {boolean} */ following) => change(({ threads }) => (threads[uuid] ? { threads: { ...threads, [uuid]: { ...threads[uuid], following } } } : {}));
  set(follows);
  try {
    await (follows ? api.put(`/conversations/${uuid}/follow`, {}) : api.del(`/conversations/${uuid}/follow`));
    const { filter, lists } = now();
    change({ lists: Object.fromEntries(Object.entries(lists).filter(([key]) => !key.startsWith('followed/'))) });
    if (filter.box === 'followed') load(filter);
    toast(follows ? 'You follow this. Nobody outside notices.' : 'You follow this no longer.');
  } catch (error) {
    set(!follows);
    toast(`Nothing changed. ${wordsFor(error)}`, { tone: 'bad' });
  }
}

/** Hands it to somebody else, with a word. @param {string} uuid @param {{agent: string}|{team: string}} to @param {string} note */
export async function transfer(uuid, to, note) {
  const answer = await api.post(`/conversations/${uuid}/transfer`, { ...to, note });
  const { conversations } = now();
  keep([{ ...answer.conversation, unread: conversations[uuid]?.unread ?? 0 }]);
  return answer.conversation;
}
