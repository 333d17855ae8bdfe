// Which rows of a long conversation are in the DOM: a window that slides over their keys. Pure.
// An empty `top` means "as many as fit above the bottom", an empty `bottom` means "the end", so that whoever reads at the end stays there.

/** @typedef {{top: string, bottom: string}} Window */

export const ROWS_MAX = 200;
export const STEP = 70;

/** @type {Window} */
export const AT_END = { top: '', bottom: '' };

/** From and to (not included). @param {string[]} keys @param {Window} window @returns {[number, number]} */
export function span(keys, window) {
  const last = window.bottom ? keys.indexOf(window.bottom) : -1;
  const to = last >= 0 ? last + 1 : keys.length;
  const first = window.top ? keys.indexOf(window.top) : -1;
  const from = first >= 0 && first < to ? first : Math.max(0, to - ROWS_MAX);
  return [Math.max(from, to - ROWS_MAX - STEP), to];
}

/** @param {string[]} keys @param {number} from @param {number} to @returns {Window} */
const over = (keys, from, to) => (to < keys.length ? { top: keys[from], bottom: keys[to - 1] } : { top: from < to - ROWS_MAX ? keys[from] : '', bottom: '' });

/** Further up. @param {string[]} keys @param {Window} window @returns {Window} */
export function up(keys, window) {
  const [from, to] = span(keys, window);
  const next = Math.max(0, from - STEP);
  return over(keys, next, Math.min(to, next + ROWS_MAX));
}

/** Further down. @param {string[]} keys @param {Window} window @returns {Window} */
export function down(keys, window) {
  const [from, to] = span(keys, window);
  const next = Math.min(keys.length, to + STEP);
  return over(keys, Math.max(from, next - ROWS_MAX), next);
}

/** Around one row. @param {string[]} keys @param {string} key @returns {Window} */
export function around(keys, key) {
  const at = Math.max(0, keys.indexOf(key));
  const from = Math.max(0, at - Math.floor(ROWS_MAX / 3));
  return over(keys, from, Math.min(keys.length, from + ROWS_MAX));
}
