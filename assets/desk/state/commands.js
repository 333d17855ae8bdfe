// Everything the palette can do, in one registry that any part of the desk may fill: actions here and now (`provide`) and what
// only the server knows (`provideFound`). Which were used last is remembered in this browser.

import { score } from './fuzzy.js';
import { recall, remember } from './prefs.js';

/**
 * @typedef {object} Command
 * @property {string} id the same for the same thing, also tomorrow: recent ones are known by it
 * @property {string} label
 * @property {string} group
 * @property {string} [icon]
 * @property {any} [face] shown instead of the icon
 * @property {string} [keys] the key that does the same
 * @property {string} [hint] a few quiet words behind the label
 * @property {string} [words] what else it may be called
 * @property {string} [topic] shown alone when the palette is opened for this topic
 * @property {() => void} run
 */
/** @typedef {{conversation: string, state: import('./store.js').State}} Context `conversation`: the one an action means, or '' */
/** @typedef {(context: Context) => Command[]} Source */
/** @typedef {(query: string, signal: AbortSignal) => Promise<Command[]>} Finder */

const KEY = 'deskbell.recent';
const RECENT_MAX = 12;
const RECENT_SHOWN = 5;
const PER_GROUP = 7;
const SHOWN_MAX = 40;

/** @type {Map<string, Source>} */
const sources = new Map();
/** @type {Map<string, Finder>} */
const finders = new Map();

/** Adds commands under a name; the same name again replaces them. @param {string} name @param {Source} source @returns {() => void} takes them away */
export function provide(name, source) {
  sources.set(name, source);
  return () => { sources.delete(name); };
}

/** Adds what is found by asking. @param {string} name @param {Finder} finder @returns {() => void} */
export function provideFound(name, finder) {
  finders.set(name, finder);
  return () => { finders.delete(name); };
}

/** @param {Context} context */
export const commandsOf = (context) => [...sources.values()].flatMap((source) => source(context));

/** Asks everybody who has to ask; one that fails is as one that found nothing. @param {string} query @param {AbortSignal} signal */
export async function found(query, signal) {
  const all = await Promise.all([...finders.values()].map((finder) => finder(query, signal).catch(() => /** @type {Command[]} */ ([]))));
  return all.flat();
}

/** Ids of the last ones used, newest first. @returns {string[]} */
export function recents() {
  try { const kept = JSON.parse(recall(KEY) || '[]'); return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []; } catch { return []; }
}

/** @param {string} id */
export const used = (id) => remember(KEY, JSON.stringify([id, ...recents().filter((other) => other !== id)].slice(0, RECENT_MAX)));

/**
 * What to show, in groups: with nothing typed, first what was used last; else what fits, the best group first.
 * @param {Command[]} all @param {string} query @param {string[]} recent @returns {{group: string, commands: Command[]}[]}
 */
export function ranked(all, query, recent) {
  /** @type {Map<string, Command>} */
  const byId = new Map();
  for (const one of all) if (!byId.has(one.id)) byId.set(one.id, one);
  const each = [...byId.values()];
  /** @type {{group: string, commands: Command[]}[]} */ const groups = [];
  let left = SHOWN_MAX;
  const add = (/** @type {string} */ group, /** @type {Command[]} */ commands) => {
    const shown = commands.slice(0, Math.min(left, PER_GROUP));
    left -= shown.length;
    if (shown.length) groups.push({ group, commands: shown });
  };
  if (!query.trim()) {
    const last = recent.map((id) => byId.get(id)).filter((one) => one !== undefined).slice(0, RECENT_SHOWN);
    add('Recent', last);
    for (const group of new Set(each.map((one) => one.group))) add(group, each.filter((one) => one.group === group && !last.includes(one)));
    return groups;
  }
  const points = (/** @type {Command} */ one) => {
    const own = Math.max(score(query, one.label), one.words ? score(query, `${one.label} ${one.words}`) * 0.8 : 0);
    const at = recent.indexOf(one.id);
    return own > 0 && at >= 0 ? own + 12 - at : own;
  };
  const fits = each.map((one) => ({ one, points: points(one) })).filter((entry) => entry.points > 0).sort((a, b) => b.points - a.points);
  for (const group of new Set(fits.map((entry) => entry.one.group))) add(group, fits.filter((entry) => entry.one.group === group).map((entry) => entry.one));
  return groups;
}
