// What the desk is ordered with: tags, statuses of the house's own, macros. Asked for when first looked at, held for every screen,
// and fetched again when the server says that one of them changed.

import { useEffect, useReducer } from '../../vendor/preact.js';
import { onSignedIn } from './session.js';
import { api, wordsFor } from './wire.js';

/** @typedef {{uuid: string, name: string, color: string, uses?: number}} Tag */
/** @typedef {{uuid: string, name: string, category: import('./types.js').Status, position: number}} OwnStatus */
/** @typedef {{do: string, value?: any}} Action */
/**
 * @typedef {{uuid: string, name: string, shortcut: string, body: string, is_note: boolean, actions: Action[], audience: 'own'|'team'|'all',
 *   team: string|null, mine: boolean, uses: number}} Macro
 */
/** @typedef {{tags: Tag, statuses: OwnStatus, macros: Macro}} Shapes */

/** Frame → list. @type {Record<string, keyof Shapes>} */
const LISTS = { tag: 'tags', status: 'statuses', macro: 'macros' };

/** @type {{tags: Tag[]|null, statuses: OwnStatus[]|null, macros: Macro[]|null}} */
let held = { tags: null, statuses: null, macros: null };
/** @type {Record<string, string>} */
let failed = {};
/** @type {Set<() => void>} */
const listeners = new Set();
const tell = () => { for (const listener of [...listeners]) listener(); };

/** A list as an answer brought it. @template {keyof Shapes} K @param {K} what @param {Shapes[K][]} list */
export function take(what, list) {
  held = { ...held, [what]: list };
  failed = { ...failed, [what]: '' };
  tell();
}

/** @param {keyof Shapes} what */
export async function loadTools(what) {
  try {
    take(what, (await api.get(`/${what}`))[what]);
  } catch (error) {
    failed = { ...failed, [what]: wordsFor(error) };
    tell();
  }
}

/** The list as it is now, without asking for it. @template {keyof Shapes} K @param {K} what @returns {Shapes[K][]} */
export const toolsNow = (what) => /** @type {any} */ (held[what] || []);

/** @template {keyof Shapes} K @param {K} what @param {boolean} [wanted] asked for only when it is @returns {{list: Shapes[K][]|null, failed: string, again: () => void}} */
export function useTools(what, wanted = true) {
  const [, draw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  useEffect(() => {
    const look = () => draw(undefined);
    listeners.add(look);
    return () => { listeners.delete(look); };
  }, []);
  useEffect(() => { if (wanted && !held[what]) loadTools(what); }, [wanted]);
  return { list: /** @type {any} */ (held[what]), failed: failed[what] || '', again: () => { loadTools(what); } };
}

/** Whether a frame is about one of these; then the list is fetched again if anybody ever looked at it. @param {string} type */
export function toolChanged(type) {
  const what = LISTS[type];
  if (what && held[what]) loadTools(what);
  return !!what;
}

// Somebody else may have signed in: other macros are theirs.
onSignedIn(() => { held = { tags: null, statuses: null, macros: null }; tell(); });
