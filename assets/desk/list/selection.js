// Several conversations chosen in the list: by x, by the box at a row, by Shift and a click or Shift and j or k.

import { useEffect, useReducer } from '../../vendor/preact.js';
import { keyOf } from '../state/lists.js';
import { now, subscribe } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';

/** As many as one call changes. */
export const SELECTION_MAX = 100;

/** @type {Set<string>} */
let chosen = new Set();
/** Where a range begins. */
let anchor = '';
let key = '';
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {Set<string>} next */
function set(next) {
  if (next.size > SELECTION_MAX) { toast(`${SELECTION_MAX} conversations can be chosen at once.`, { tone: 'bad' }); next = new Set([...next].slice(0, SELECTION_MAX)); }
  chosen = next;
  for (const listener of [...listeners]) listener();
}

const ids = () => now().lists[keyOf(now().filter)]?.ids || [];

/** @param {string} uuid */
export const isChosen = (uuid) => chosen.has(uuid);
export const chosenNow = () => [...chosen];

/** @param {string} uuid */
export function toggle(uuid) {
  const next = new Set(chosen);
  if (!next.delete(uuid)) next.add(uuid);
  anchor = uuid;
  set(next);
  announce(chosen.size ? `${chosen.size} chosen` : 'Nothing is chosen');
}

/** Everything from where the range began up to here. @param {string} uuid @param {string} [from] */
export function extendTo(uuid, from = '') {
  const all = ids();
  if (!anchor || !all.includes(anchor)) anchor = from || uuid;
  const [a, b] = [all.indexOf(anchor), all.indexOf(uuid)].sort((x, y) => x - y);
  if (a < 0) return;
  set(new Set([...chosen, ...all.slice(a, b + 1)]));
  announce(`${chosen.size} chosen`);
}

export function clear() {
  if (!chosen.size) return;
  anchor = '';
  set(new Set());
}

/** How many are chosen, and whether this one is. @param {string} [uuid] */
export function useSelection(uuid = '') {
  const [, draw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  useEffect(() => {
    let held = `${chosen.size > 0}/${chosen.has(uuid)}/${uuid ? '' : chosen.size}`;
    const look = () => { const next = `${chosen.size > 0}/${chosen.has(uuid)}/${uuid ? '' : chosen.size}`; if (next !== held) { held = next; draw(undefined); } };
    listeners.add(look);
    return () => { listeners.delete(look); };
  }, [uuid]);
  return { count: chosen.size, on: chosen.has(uuid) };
}

// Another list, another choice; what left the list is not chosen any more.
subscribe(() => {
  if (!chosen.size) { key = keyOf(now().filter); return; }
  const next = keyOf(now().filter);
  if (next !== key || now().route.name === 'settings') { key = next; clear(); return; }
  const here = new Set(ids());
  const left = [...chosen].filter((uuid) => here.has(uuid));
  if (left.length !== chosen.size) set(new Set(left));
});
