// Something was erased, here or by a colleague: no copy of it stays on this screen or in this browser.

import { keepDraft } from './drafts.js';
import { reloadLists } from './lists.js';
import { go } from './router.js';
import { change, now } from './store.js';
import { toast } from './toasts.js';

/** @param {string} uuid */
export async function conversationGone(uuid) {
  const { route, conversations, threads } = now();
  if (!conversations[uuid] && !threads[uuid]) return;
  keepDraft(uuid, 'reply', '');
  keepDraft(uuid, 'note', '');
  if (route.name !== 'settings' && route.conversation === uuid) {
    await go({ ...route, conversation: '' }, { replace: true });
    toast('This conversation is no longer here.');
    // What shows it must be gone before it is.
    await new Promise((done) => setTimeout(done, 100));
  }
  change((state) => {
    const { [uuid]: _one, ...rest } = state.conversations;
    const { [uuid]: _thread, ...left } = state.threads;
    const lists = Object.fromEntries(Object.entries(state.lists).map(([key, list]) => [key, { ...list, ids: list.ids.filter((/** @type {string} */ id) => id !== uuid) }]));
    return { conversations: rest, threads: left, lists };
  });
  reloadLists();
}

/** @param {string} uuid */
export function contactGone(uuid) {
  for (const one of Object.values(now().conversations)) if (one.contact.uuid === uuid) conversationGone(one.uuid);
  change(({ contacts }) => { const { [uuid]: _gone, ...rest } = contacts; return { contacts: rest }; });
}
