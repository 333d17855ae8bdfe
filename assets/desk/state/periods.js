// Periods as people name them, by the calendar of a time zone: "last month" begins at that zone's midnight.

const DAY = 86400000;

/** The zone of this browser. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** @type {Map<string, Intl.DateTimeFormat>} */
const walls = new Map();
/** What the wall of a zone shows, as if it were UTC. @param {number} at @param {string} zone */
function wall(at, zone) {
  let format = walls.get(zone);
  if (!format) walls.set(zone, format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }));
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

/** The instant at which a day begins there. Months and days may lie outside their range, as with `Date`. @param {number} year @param {number} month @param {number} day @param {string} zone */
export function midnight(year, month, day, zone) {
  const wanted = Date.UTC(year, month, day);
  let at = wanted;
  // Twice: the first guess may lie on the other side of a clock change.
  for (let tries = 0; tries < 2; tries++) at += wanted - wall(at, zone);
  return at;
}

/** `2026-11-21` of an instant there. @param {number} at @param {string} zone */
export const dayOf = (at, zone) => new Date(wall(at, zone)).toISOString().slice(0, 10);

/** The instant at which `2026-11-21` begins there, moved by some days. @param {string} day @param {string} zone @param {number} [days] */
export function startOf(day, zone, days = 0) {
  const [year, month, date] = day.split('-').map(Number);
  return midnight(year, month - 1, date + days, zone);
}

/** @type {[string, string][]} */
export const PERIODS = [['today', 'Today'], ['yesterday', 'Yesterday'], ['7', 'Last 7 days'], ['30', 'Last 30 days'], ['month', 'This month'], ['last-month', 'Last month'], ['365', 'Last 12 months']];

/** From and to (without it) of a named period. @param {string} name @param {string} zone @param {number} [at] */
export function periodOf(name, zone, at = Date.now()) {
  const [year, month, day] = dayOf(at, zone).split('-').map(Number);
  const begin = (/** @type {number} */ days) => midnight(year, month - 1, day + days, zone);
  if (name === 'today') return { from: begin(0), to: begin(1) };
  if (name === 'yesterday') return { from: begin(-1), to: begin(0) };
  if (name === 'month') return { from: midnight(year, month - 1, 1, zone), to: begin(1) };
  if (name === 'last-month') return { from: midnight(year, month - 2, 1, zone), to: midnight(year, month - 1, 1, zone) };
  const days = Number(name) || 30;
  return { from: begin(1 - days), to: begin(1) };
}

/** The instant before `to`, for showing the last day. @param {number} to */
export const lastOf = (to) => to - 1;
export { DAY };
