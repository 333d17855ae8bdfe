// What was done and can be taken back: a notice with a button, and Ctrl Z for the last one.

import { drop, toast } from './toasts.js';

const KEPT_MS = 60000;
const KEPT_MAX = 20;

/** @typedef {{id: number, at: number, words: string, run: () => void}} Undoable */

/** @type {Undoable[]} */
let kept = [];

/**
 * Says what is being done, with a way back; offered before the server agreed, so that a quick Ctrl Z means this and not what was before.
 * @param {string} words @param {Promise<boolean>} done whether the server agreed @param {() => void} back the inverse; it must offer no way back itself
 */
export function offer(words, done, back) {
  /** @type {Undoable} */ const one = { id: 0, at: Date.now(), words, run: () => { forget(one); done.then((ok) => { if (ok) back(); }); } };
  one.id = toast(words, { action: { label: 'Undo', run: one.run } });
  kept = [...kept, one].slice(-KEPT_MAX);
  done.then((ok) => { if (!ok) forget(one); });
}

/** @param {Undoable} one */
function forget(one) {
  kept = kept.filter((other) => other !== one);
  if (one.id) drop(one.id);
}

/** Something without a notice of its own (a reply that waits) can be taken back until it is too late. @param {string} words @param {() => void} back @returns {() => void} it is too late */
export function offerQuietly(words, back) {
  /** @type {Undoable} */ const one = { id: 0, at: Date.now(), words, run: () => { forget(one); back(); } };
  kept = [...kept, one].slice(-KEPT_MAX);
  return () => forget(one);
}

/** Takes back what was done last; false when there is nothing (any more). @returns {boolean} */
export function undo() {
  kept = kept.filter((one) => Date.now() - one.at < KEPT_MS);
  const last = kept[kept.length - 1];
  if (!last) return false;
  last.run();
  return true;
}

/** What Ctrl Z would take back. */
export const undoable = () => kept[kept.length - 1]?.words || '';
