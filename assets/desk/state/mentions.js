// Calling a colleague by name in a note: what is being called at the cursor, and who was called in a text. Pure.

import { plain } from './fuzzy.js';

const ASKED_MAX = 40;

/** The name being typed: from the sign at the beginning of a word to the cursor. @param {string} text @param {number} at @returns {{from: number, asked: string}|null} */
export function calling(text, at) {
  const before = text.slice(0, at);
  const match = /(?:^|[\s(])@([\p{L}\p{N}.\-' ]*)$/u.exec(before);
  if (!match || match[1].length > ASKED_MAX || / {2}| $/.test(match[1])) return null;
  return { from: at - match[1].length - 1, asked: match[1] };
}

/** @param {{first_name: string, last_name: string}} agent */
const nameOf = (agent) => `${agent.first_name} ${agent.last_name}`.trim();

/** Who may be meant, the likeliest first. @template {{first_name: string, last_name: string, online?: boolean}} T @param {T[]} agents @param {string} asked @returns {T[]} */
export function callable(agents, asked) {
  const wanted = plain(asked);
  return agents.map((agent) => ({ agent, name: plain(nameOf(agent)) })).filter(({ name }) => name.startsWith(wanted) || name.split(' ').some((part) => part.startsWith(wanted)))
    .sort((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)) || Number(!!b.agent.online) - Number(!!a.agent.online) || a.name.localeCompare(b.name)).map(({ agent }) => agent).slice(0, 6);
}

/** The uuids of those whose whole name stands behind the sign; the longest name wins. @param {string} text @param {{uuid: string, first_name: string, last_name: string}[]} agents */
export function calledIn(text, agents) {
  const names = agents.map((agent) => ({ uuid: agent.uuid, name: nameOf(agent) })).filter(({ name }) => name).sort((a, b) => b.name.length - a.name.length);
  /** @type {Set<string>} */ const called = new Set();
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at > 0 && !/[\s(]/.test(text[at - 1])) continue;
    const rest = text.slice(at + 1).toLowerCase();
    const one = names.find(({ name }) => rest.startsWith(name.toLowerCase()) && !/^[\p{L}\p{N}]/u.test(rest.slice(name.length)));
    if (one) called.add(one.uuid);
  }
  return [...called];
}
