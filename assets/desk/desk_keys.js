// The keys that work everywhere in the desk.

import { useEffect } from '../vendor/preact.js';
import { assign, setStatus } from './state/actions.js';
import { keyOf } from './state/lists.js';
import { chosenNow, clear, extendTo, toggle } from './list/selection.js';
import { bind } from './state/keys.js';
import { back, closePanel, go, isPage, openConversation } from './state/router.js';
import { mayI } from './state/outside.js';
import { may } from './state/people.js';
import { change, now } from './state/store.js';
import { toast } from './state/toasts.js';
import { undo } from './state/undo.js';
import { openPalette } from './parts/palette.js';
import { toBox } from './own_commands.js';

/** The conversation an action means: the open one, else the one under the cursor. */
function meant() {
  const { route, cursor } = now();
  return isPage(route) ? '' : route.conversation || cursor;
}

const inList = () => !isPage(now().route);
const hasMeant = () => !!meant();
const hasOpen = () => { const { route } = now(); return !isPage(route) && !!route.conversation; };
/** The box of an open thread has these keys itself. */
const hasNoBox = () => hasMeant() && !document.getElementById('composer');

/** The last row an action took out of the list, and where it stood. */
let left = { id: '', at: 0 };

/** Does something to a conversation; when that takes it out of the list, the keyboard goes on from its place. @param {string} uuid @param {() => void} act */
function stepAside(uuid, act) {
  const key = keyOf(now().filter);
  const at = now().lists[key]?.ids.indexOf(uuid) ?? -1;
  act();
  const ids = now().lists[key]?.ids || [];
  if (at < 0 || ids.includes(uuid)) return;
  left = { id: uuid, at };
  // In the list itself the focus was on that row: its neighbour takes it.
  if (!hasOpen() && now().route.name === 'conversations') change({ cursor: ids[Math.min(at, ids.length - 1)] || '' });
}

/** Opens it with the box ready to write in. @param {'reply'|'note'} kind */
function write(kind) {
  change({ write: kind });
  openConversation(meant());
}

/** @param {number} step @param {boolean} [extends_] those passed over are chosen, too */
function move(step, extends_ = false) {
  const { route, cursor, lists, filter } = now();
  if (isPage(route)) return;
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-result]')]);
  const ids = route.name === 'search' ? rows.map((row) => row.dataset.result || '') : lists[keyOf(filter)]?.ids || [];
  if (!ids.length) return;
  const at = ids.indexOf(cursor || route.conversation);
  // What was resolved has left the list: the one below it stands in its place now.
  const from = at >= 0 ? at + step : left.id && left.id === (cursor || route.conversation) ? left.at + (step > 0 ? 0 : -1) : 0;
  const next = ids[Math.max(0, Math.min(ids.length - 1, from))];
  if (extends_ && route.name === 'conversations' && may('status')) { extendTo(next, cursor || next); change({ cursor: next }); return; }
  change({ cursor: next });
  if (route.conversation) openConversation(next);
}

function resolve() {
  const uuid = meant();
  const one = now().conversations[uuid];
  if (one) stepAside(uuid, () => setStatus(uuid, one.status === 'resolved' ? 'open' : 'resolved'));
}

/** @param {string} selector */
const focusOn = (selector) => /** @type {HTMLElement|null} */ (document.querySelector(selector))?.focus();

export function DeskKeys() {
  useEffect(() => bind([
    { keys: 'j', group: 'Conversations', label: 'Next', run: (event) => move(1, event.shiftKey), when: inList },
    { keys: 'k', group: 'Conversations', label: 'Previous', run: (event) => move(-1, event.shiftKey), when: inList },
    { keys: 'x', group: 'Conversations', label: 'Choose, for several at once (Shift j, Shift k)', run: () => toggle(meant()), when: () => hasMeant() && now().route.name === 'conversations' && may('status') },
    { keys: 'Enter, o', group: 'Conversations', label: 'Open', run: () => openConversation(now().cursor),
      when: () => inList() && !!now().cursor && !document.activeElement?.closest('button:not([data-row]), a, summary') },
    { keys: 'u', group: 'Conversations', label: 'Back to the list', run: back, when: hasOpen },
    { keys: 's', group: 'In a conversation', label: 'Snooze', run: () => { openConversation(meant()); change({ open: 'snooze' }); }, when: hasNoBox },
    { keys: 'm', group: 'In a conversation', label: 'Assign to somebody', run: () => { openConversation(meant()); change({ open: 'assign' }); }, when: hasNoBox },
    { keys: '/', group: 'Conversations', label: 'Search', run: () => focusOn('#search'), when: inList },
    { keys: 'r', group: 'In a conversation', label: 'Reply', run: () => write('reply'), when: hasNoBox },
    { keys: 'n', group: 'In a conversation', label: 'Write a note', run: () => write('note'), when: hasNoBox },
    { keys: 'e', group: 'In a conversation', label: 'Resolve, or open again', run: resolve, when: hasMeant },
    { keys: 'a', group: 'In a conversation', label: 'Assign to me', run: () => stepAside(meant(), () => assign(meant(), now().agent)), when: hasMeant },
    { keys: 'g c', group: 'Go to', label: 'Messages, as you left them', run: () => { go({ name: 'conversations', conversation: '' }); } },
    { keys: 'g a', group: 'Go to', label: 'Archive', run: () => { go({ name: 'archive', query: '', conversation: '' }); } },
    { keys: 'g r', group: 'Go to', label: 'Reports', run: () => { go({ name: 'reports', page: '', query: '', conversation: '' }); }, when: () => may('reports') },
    { keys: 'g k', group: 'Go to', label: 'Contacts', run: () => { go({ name: 'contacts', id: '', conversation: '' }); }, when: () => mayI(now().may, 'contacts') },
    { keys: 'g o', group: 'Go to', label: 'Visitors on the site now', run: () => { go({ name: 'visitors', conversation: '' }); }, when: () => mayI(now().may, 'visitors') },
    { keys: 'p', group: 'In a conversation', label: 'Priority', run: () => openPalette('Priority'), when: hasNoBox },
    { keys: 'g i', group: 'Go to', label: 'All open conversations', run: () => toBox({}) },
    { keys: 'g m', group: 'Go to', label: 'Mine', run: () => toBox({ box: 'mine' }) },
    { keys: 'g u', group: 'Go to', label: 'New, with nobody', run: () => toBox({ box: 'unassigned' }) },
    { keys: 'g t', group: 'Go to', label: 'Notes that call you', run: () => toBox({ box: 'mentioned' }) },
    { keys: 'g w', group: 'Go to', label: 'Waiting', run: () => toBox({ status: 'waiting' }) },
    { keys: 'g z', group: 'Go to', label: 'Snoozed', run: () => toBox({ status: 'snoozed' }) },
    { keys: 'g e', group: 'Go to', label: 'Resolved', run: () => toBox({ status: 'resolved' }) },
    { keys: 'g s', group: 'Go to', label: 'Settings', run: () => { go({ name: 'settings', page: '', id: '', tab: '' }); } },
    { keys: 'g p', group: 'Go to', label: 'Your profile', run: () => { go({ name: 'settings', page: 'profile', id: '', tab: '' }); } },
    { keys: 'Ctrl+k', group: 'Anywhere', label: 'Find or do anything', run: () => openPalette() },
    { keys: 'Ctrl+z', group: 'Anywhere', label: 'Undo what you did last', run: () => { if (!undo()) toast('There is nothing to undo'); } },
    { keys: '?', group: 'Anywhere', label: 'These keys', run: () => change({ open: 'keys' }) },
    { keys: 'Escape', group: 'Anywhere', label: 'Close, or back', run: () => { if (chosenNow().length && !hasOpen()) clear(); else if (now().open === 'panel') closePanel(); else if (now().open) change({ open: '' }); else if (hasOpen()) back(); } },
  ]), []);
  return null;
}
