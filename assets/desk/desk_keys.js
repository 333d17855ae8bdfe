// The keys that work everywhere in the desk.

import { useEffect } from '../vendor/preact.js';
import { assign, setStatus } from './state/actions.js';
import { keyOf } from './state/lists.js';
import { bind } from './state/keys.js';
import { back, go, openConversation } from './state/router.js';
import { change, now } from './state/store.js';

/** The conversation an action means: the open one, else the one under the cursor. */
function meant() {
  const { route, cursor } = now();
  return route.name === 'settings' ? '' : route.conversation || cursor;
}

const inList = () => now().route.name !== 'settings';
const hasMeant = () => !!meant();

/** @param {number} step */
function move(step) {
  const { route, cursor, lists, filter } = now();
  if (route.name === 'settings') return;
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-result]')]);
  const ids = route.name === 'search' ? rows.map((row) => row.dataset.result || '') : lists[keyOf(filter)]?.ids || [];
  if (!ids.length) return;
  const at = ids.indexOf(cursor || route.conversation);
  const next = ids[Math.max(0, Math.min(ids.length - 1, at < 0 ? 0 : at + step))];
  change({ cursor: next });
  if (route.conversation) openConversation(next);
}

function resolve() {
  const uuid = meant();
  const one = now().conversations[uuid];
  if (one) setStatus(uuid, one.status === 'resolved' ? 'open' : 'resolved');
}

/** @param {string} selector */
const focusOn = (selector) => /** @type {HTMLElement|null} */ (document.querySelector(selector))?.focus();

/** A conversation is on the screen: only from there does back lead to the list. */
function isOpen() {
  const { route } = now();
  return inList() && route.name !== 'settings' && !!route.conversation;
}

export function DeskKeys() {
  useEffect(() => bind([
    { keys: 'j', group: 'Conversations', label: 'Next', run: () => move(1), when: inList },
    { keys: 'k', group: 'Conversations', label: 'Previous', run: () => move(-1), when: inList },
    { keys: 'Enter, o', group: 'Conversations', label: 'Open', run: () => openConversation(now().cursor),
      when: () => inList() && !!now().cursor && !document.activeElement?.closest('button:not([data-row]), a, summary') },
    { keys: 'u', group: 'Conversations', label: 'Back to the list', run: back, when: isOpen },
    { keys: '/', group: 'Conversations', label: 'Search', run: () => focusOn('#search'), when: inList },
    { keys: 'e', group: 'In a conversation', label: 'Resolve, or open again', run: resolve, when: hasMeant },
    { keys: 'a', group: 'In a conversation', label: 'Assign to me', run: () => assign(meant(), now().agent), when: hasMeant },
    { keys: 'g c', group: 'Go to', label: 'Conversations', run: () => { go({ name: 'conversations', conversation: '' }); } },
    { keys: 'g s', group: 'Go to', label: 'Settings', run: () => { go({ name: 'settings', page: '', id: '', tab: '' }); } },
    { keys: 'g i', group: 'Go to', label: 'Inboxes', run: () => { go({ name: 'settings', page: 'inboxes', id: '', tab: '' }); } },
    { keys: 'g p', group: 'Go to', label: 'Your profile', run: () => { go({ name: 'settings', page: 'profile', id: '', tab: '' }); } },
    { keys: '?', group: 'Go to', label: 'These keys', run: () => change({ open: 'keys' }) },
    { keys: 'Escape', group: 'Go to', label: 'Close, or back', run: () => { if (now().open) change({ open: '' }); else if (isOpen()) back(); } },
  ]), []);
  return null;
}
