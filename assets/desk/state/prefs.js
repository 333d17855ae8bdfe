// What this browser remembers about how its agent likes to work. Storage may be forbidden; then it lasts as long as the page.

/** @typedef {{enter_sends: boolean, hold_replies: boolean, sound: boolean, volume: number, visitor_bell: boolean, notify: boolean, push: boolean, preview: boolean, theme: 'system'|'light'|'dark', quiet_from: string, quiet_to: string}} Prefs */

const KEY = 'deskbell.prefs';
/** @type {Prefs} */
const DEFAULTS = { enter_sends: true, hold_replies: true, sound: true, volume: 0.5, visitor_bell: true, notify: false, push: false, preview: false, theme: 'system', quiet_from: '', quiet_to: '' };

/** @param {string} key @returns {string|null} */
export function recall(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

/** @param {string} key @param {string|null} value */
export function remember(key, value) {
  try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* full or forbidden: it lasts as long as the page */ }
}

/** @type {Prefs} */
let prefs = { ...DEFAULTS };
try { prefs = { ...DEFAULTS, ...JSON.parse(recall(KEY) || '{}') }; } catch { /* something else was kept under our name */ }

/** @type {Set<() => void>} */
const listeners = new Set();

export const pref = () => prefs;

/** @param {Partial<Prefs>} patch */
export function setPref(patch) {
  prefs = { ...prefs, ...patch };
  remember(KEY, JSON.stringify(prefs));
  for (const listener of [...listeners]) listener();
}

/** @param {() => void} listener @returns {() => void} */
export function onPrefs(listener) {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}

/** Light, dark, or as the system says. */
export function applyTheme() {
  if (prefs.theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', prefs.theme);
}
