// Opening hours: when we are back. Loaded only for inboxes that show them. Pure.

import { backAt } from './availability.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const LOOK_AHEAD_DAYS = 14;
const DAY_MS = 86400000;

/** @param {string} clock @returns {number} minutes since midnight */
const minutes = (clock) => { const [hour, minute] = String(clock).split(':').map(Number); return hour * 60 + (minute || 0); };

/**
 * The next opening in ms, 0 while open, null when the hours say nothing (none known, always open, closed for weeks).
 * @param {any} hours one entry of `business_hours` @param {number} offset minutes east of UTC @param {number} now
 */
export function opensAt(hours, offset, now) {
  if (!hours || hours.is_always_open || !hours.hours) return null;
  const local = now + offset * 60000;
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const holidays = new Set((hours.holidays || []).map((/** @type {any} */ holiday) => holiday.date));
  for (let day = 0; day < LOOK_AHEAD_DAYS; day++) {
    const start = midnight + day * DAY_MS;
    const date = new Date(start);
    const span = hours.hours[DAYS[date.getUTCDay()]];
    if (!span || span.open === span.close || holidays.has(date.toISOString().slice(0, 10))) continue;
    const opens = start + minutes(span.open) * 60000;
    const closes = start + minutes(span.close) * 60000;
    if (local < opens) return opens - offset * 60000;
    if (local < closes) return 0;
  }
  return null;
}

/**
 * "Back tomorrow at 9:00", or nothing while open or unknown.
 * @param {any} settings @param {any} conversation or null @param {(key: string, terms?: any) => string} t @param {any} time @param {number} now
 */
export function backSentence(settings, conversation, t, time, now) {
  const id = conversation?.business_hours_id ?? settings.default_business_hours_id;
  const hours = settings.business_hours.find((/** @type {any} */ entry) => entry.id === id) || settings.business_hours[0];
  const opens = opensAt(hours, conversation?.working_hours_utc_offset ?? settings.working_hours_utc_offset ?? 0, now);
  return opens ? backAt(opens, t, time, now) : '';
}
