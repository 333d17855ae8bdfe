// One conversation's messages as a model: order, pending ones, duplicates, paging, dividers.
// Pure: no DOM, no network, no clock. Every change makes a new state object, so a screen can compare by identity.

/**
 * @typedef {object} Entry A message of either door. Only these fields matter here; all others are carried along.
 * @property {string} uuid empty while pending
 * @property {number} seq change number of the message; 0 while pending
 * @property {number} at milliseconds since 1970
 * @property {string|null} [echo_id]
 * @property {string} [from] who speaks, for grouping: equal strings are one sender
 * @property {boolean} [mine]
 * @property {'sending'|'queued'|'failed'|'stored'} [state]
 *
 * @typedef {object} Timeline
 * @property {readonly any[]} stored ascending by seq
 * @property {readonly any[]} pending in the order they were written; always below the stored ones
 * @property {boolean} more older messages exist on the server
 * @property {number} unreadAfter seq after which the "new" divider stands; 0 = none
 * @property {number} shown how many stored rows may be in the DOM
 */

/** Rows in the DOM at most; older ones come back when one scrolls up. */
export const ROWS_MAX = 300;
const GROUP_MS = 3 * 60000;

/** @returns {Timeline} */
export const emptyTimeline = () => ({ stored: [], pending: [], more: false, unreadAfter: 0, shown: ROWS_MAX });

/** @param {any} a @param {any} b */
const order = (a, b) => a.seq - b.seq || a.at - b.at || (a.uuid < b.uuid ? -1 : 1);

/**
 * Takes messages from anywhere (a page, a push, an answer). The same uuid again replaces; the same echo id
 * resolves the pending one. So it does not matter which of them comes first, or how often.
 * @param {Timeline} timeline @param {readonly any[]} entries @param {{more?: boolean}} [page] @returns {Timeline}
 */
export function withStored(timeline, entries, page = {}) {
  const more = page.more ?? timeline.more;
  if (!entries.length) return more === timeline.more ? timeline : { ...timeline, more };
  const byUuid = new Map(timeline.stored.map((entry) => [entry.uuid, entry]));
  const echoes = new Set();
  for (const entry of entries) {
    const old = byUuid.get(entry.uuid);
    if (entry.echo_id) echoes.add(entry.echo_id);
    byUuid.set(entry.uuid, { ...old, ...entry, seq: entry.seq || old?.seq || 0, state: 'stored' });
  }
  const stored = [...byUuid.values()].sort(order);
  const pending = timeline.pending.some((entry) => echoes.has(entry.echo_id)) ? timeline.pending.filter((entry) => !echoes.has(entry.echo_id)) : timeline.pending;
  return { ...timeline, stored, pending, more };
}

/** A whole fresh snapshot: what the server no longer has goes, what is pending stays. @param {Timeline} timeline @param {readonly any[]} entries @param {{more?: boolean}} [page] @returns {Timeline} */
export const replaced = (timeline, entries, page = {}) => withStored({ ...timeline, stored: [], more: false }, entries, page);

/** @param {Timeline} timeline @param {any} entry @returns {Timeline} */
export function withPending(timeline, entry) {
  if (timeline.pending.some((other) => other.echo_id === entry.echo_id) || timeline.stored.some((other) => other.echo_id && other.echo_id === entry.echo_id)) return timeline;
  return { ...timeline, pending: [...timeline.pending, { uuid: '', seq: 0, state: 'sending', mine: true, ...entry }] };
}

/** @param {Timeline} timeline @param {string} echoId @param {object} changes @returns {Timeline} */
export const changedPending = (timeline, echoId, changes) => ({ ...timeline, pending: timeline.pending.map((entry) => (entry.echo_id === echoId ? { ...entry, ...changes } : entry)) });

/** @param {Timeline} timeline @param {string} echoId @returns {Timeline} */
export const withoutPending = (timeline, echoId) => ({ ...timeline, pending: timeline.pending.filter((entry) => entry.echo_id !== echoId) });

/** The seq to page from: messages below it are older. @param {Timeline} timeline */
export const oldestSeq = (timeline) => (timeline.stored.length ? timeline.stored[0].seq : 0);

/** @param {Timeline} timeline */
export const newestSeq = (timeline) => (timeline.stored.length ? timeline.stored[timeline.stored.length - 1].seq : 0);

/** Puts the "new" divider after `seq`, once: it stays where it is until cleared, so that it does not run away from the reader. @param {Timeline} timeline @param {number} seq @returns {Timeline} */
export const withDivider = (timeline, seq) => ({ ...timeline, unreadAfter: seq });

/** More rows may be shown (scrolled up), or the default again (back at the end). @param {Timeline} timeline @param {number} shown @returns {Timeline} */
export const showing = (timeline, shown) => ({ ...timeline, shown: Math.max(ROWS_MAX, shown) });

/** Rows are hidden above the first shown one. @param {Timeline} timeline */
export const hiddenAbove = (timeline) => Math.max(0, timeline.stored.length - timeline.shown);

/** @param {number} at */
const dayOf = (at) => { const date = new Date(at); return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`; };

/**
 * What to draw, top to bottom: day dividers, the "new" divider, and messages that know whether they begin
 * and end a group (same sender, within three minutes, same day).
 * @param {Timeline} timeline
 * @returns {({type:'day',key:string,at:number}|{type:'new',key:string}|{type:'message',key:string,entry:any,first:boolean,last:boolean})[]}
 */
export function rows(timeline) {
  const entries = [...timeline.stored.slice(hiddenAbove(timeline)), ...timeline.pending];
  /** @type {any[]} */ const list = [];
  /** @type {any} */ let before = null;
  let divided = !timeline.unreadAfter;
  for (const entry of entries) {
    const newDay = !before || dayOf(before.entry.at) !== dayOf(entry.at);
    if (newDay) list.push({ type: 'day', key: `day-${dayOf(entry.at)}-${entry.uuid ? '' : 'p'}`, at: entry.at });
    const unread = !divided && !entry.mine && entry.seq > timeline.unreadAfter;
    if (unread) { divided = true; list.push({ type: 'new', key: 'new' }); }
    const joins = before && !newDay && !unread && before.entry.from === entry.from && before.entry.kind !== 'activity' && entry.kind !== 'activity' && entry.at - before.entry.at < GROUP_MS;
    if (joins) before.last = false;
    // The echo id is the better key: the row stays the same element when the message becomes stored.
    const row = { type: 'message', key: entry.echo_id || entry.uuid, entry, first: !joins, last: true };
    list.push(row);
    before = row;
  }
  return list;
}
