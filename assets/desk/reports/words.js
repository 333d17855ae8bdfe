// Numbers as people read them.

import { time } from '../parts/small.js';

const language = navigator.language || 'en';
const whole = new Intl.NumberFormat(language);
const one = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });

/** @param {number|null|undefined} value */
export const count = (value) => whole.format(value || 0);
/** @param {number|null|undefined} value */
export const average = (value) => (value == null ? '–' : one.format(value));
/** @param {number} part @param {number} all */
export const percent = (part, all) => (all ? share.format(part / all) : '–');
/** Seconds matter below a minute only. @param {number|null|undefined} ms */
export const took = (ms) => (ms == null ? '–' : ms < 60000 ? new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'short' }).format(Math.round(ms / 1000)) : time.span(ms));

/** What changed against the time before, in words; "" when there is nothing to compare. @param {number|null|undefined} now @param {number|null|undefined} before */
export function change(now, before) {
  if (now == null || before == null || !before) return '';
  const by = (now - before) / before;
  if (Math.abs(by) < 0.005) return 'as before';
  return `${share.format(Math.abs(by))} ${by > 0 ? 'more' : 'less'} than before`;
}

/** `2026-11-21` or `2026-11-21 14:00` in the reader's way. @param {string} key @param {boolean} [long] */
export function dayWords(key, long = false) {
  const [day, clock] = key.split(' ');
  const [year, month, date] = day.split('-').map(Number);
  // The day of the wall of the report's zone, whatever zone this browser is in.
  const at = new Date(Date.UTC(year, month - 1, date));
  const words = new Intl.DateTimeFormat(language, { timeZone: 'UTC', day: 'numeric', month: 'short', ...(long ? { weekday: 'short', year: 'numeric' } : {}) }).format(at);
  return clock ? (long ? `${words}, ${clock}` : clock) : words;
}

/** Monday first, short. */
export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6].map((day) => new Intl.DateTimeFormat(language, { timeZone: 'UTC', weekday: 'short' }).format(Date.UTC(2024, 0, 1 + day)));
/** Monday first, whole. */
export const LONG_WEEKDAYS = [0, 1, 2, 3, 4, 5, 6].map((day) => new Intl.DateTimeFormat(language, { timeZone: 'UTC', weekday: 'long' }).format(Date.UTC(2024, 0, 1 + day)));
