// What an agent does to a conversation: shown at once, settled by the answer, taken back with words when refused.

import { assume, keep } from './lists.js';
import { change, now } from './store.js';
import { announce, toast } from './toasts.js';
import { offer } from './undo.js';
import { api, codeOf, wordsFor } from './wire.js';

/** @typedef {import('./types.js').Conversation} Conversation */
/** @typedef {import('./types.js').Status} Status */

/**
 * @param {string} uuid @param {Partial<Conversation>} patch @param {() => Promise<any>} call @param {string} failed
 */
export async function optimistic(uuid, patch, call, failed) {
  const before = now().conversations[uuid];
  if (!before) return false;
  assume(uuid, patch);
  try {
    const answer = await call();
    keep([answer.conversation]);
    return true;
  } catch (error) {
    // Only what this action changed goes back: news that came meanwhile stays.
    /** @type {any} */ const undo = {};
    for (const key of Object.keys(patch)) undo[key] = /** @type {any} */ (before)[key];
    assume(uuid, undo);
    // Not refused for good: a tag is missing. Whoever listens asks for one and does the same again.
    if (codeOf(error) === 'tag_required') dispatchEvent(new CustomEvent('deskbell:tag-needed', { detail: { uuids: [uuid], then: (/** @type {any} */ tag) => tagFirst(uuid, tag, () => optimistic(uuid, patch, call, failed)) } }));
    else toast(`${failed} ${wordsFor(error)}`, { tone: 'bad' });
    return false;
  }
}

/** @param {string} uuid @param {{uuid: string, name: string, color: string}} tag @param {() => Promise<any>} then */
async function tagFirst(uuid, tag, then) {
  const tags = [...(now().conversations[uuid]?.tags || []), tag];
  if (await optimistic(uuid, { tags }, () => api.put(`/conversations/${uuid}/tags`, { tags: tags.map((one) => one.uuid) }), 'The tag was not added.')) await then();
}

/** @param {string} uuid @param {import('./types.js').AgentRef|null} agent @param {{undo?: boolean}} [how] */
export async function assign(uuid, agent, { undo = true } = {}) {
  const { agent: me, conversations } = now();
  const before = conversations[uuid];
  if (!before || before.assignee?.uuid === agent?.uuid) return;
  const name = before.contact.name;
  const done = optimistic(uuid, { assignee: agent && { uuid: agent.uuid, first_name: agent.first_name, last_name: agent.last_name, avatar_tint: agent.avatar_tint } },
    () => api.put(`/conversations/${uuid}/assignment`, { agent: agent?.uuid ?? null }), `${name} was not assigned.`);
  if (undo) offer(agent ? `${name} is ${agent.uuid === me.uuid ? 'yours' : `with ${agent.first_name}`} now` : `Nobody has ${name} now`, done, () => assign(uuid, before.assignee, { undo: false }));
  if (!(await done)) return;
  announce(agent ? `Assigned to ${agent.uuid === me.uuid ? 'you' : agent.first_name}` : 'Nobody is assigned');
}

/** Hands it to a team, or takes it from one. @param {string} uuid @param {{uuid: string, name: string}|null} team @param {{undo?: boolean}} [how] */
export async function giveToTeam(uuid, team, { undo = true } = {}) {
  const before = now().conversations[uuid];
  if (!before) return;
  const { name } = before.contact;
  const done = optimistic(uuid, { team: team && { uuid: team.uuid, name: team.name } }, () => api.put(`/conversations/${uuid}/assignment`, { team: team?.uuid ?? null }), `${name} was not given to the team.`);
  if (undo) offer(team ? `${name} is with ${team.name} now` : `No team has ${name} now`, done, () => giveToTeam(uuid, before.team || null, { undo: false }));
  if (await done) announce(team ? `Given to ${team.name}` : 'No team has it');
}

/** @param {string} uuid @param {'low'|'medium'|'high'|null} priority @param {{undo?: boolean}} [how] */
export async function setPriority(uuid, priority, { undo = true } = {}) {
  const before = now().conversations[uuid];
  if (!before || (before.priority || null) === priority) return;
  const { name } = before.contact;
  const done = optimistic(uuid, { priority }, () => api.put(`/conversations/${uuid}/priority`, { priority }), `The priority of ${name} is as it was.`);
  if (undo) offer(priority ? `${name}: ${priority} priority` : `${name} has no priority now`, done, () => setPriority(uuid, before.priority || null, { undo: false }));
  if (await done) announce(priority ? `Priority ${priority}` : 'No priority');
}

/** @type {Record<Status, string>} */
export const STATUS_WORDS = { open: 'Open', waiting: 'Waiting', resolved: 'Resolved' };

/** @param {string} uuid @param {Status} status @param {{undo?: boolean}} [how] */
export async function setStatus(uuid, status, { undo = true } = {}) {
  const before = now().conversations[uuid];
  if (!before) return;
  const done = optimistic(uuid, { status, custom_status: null, snoozed_until: null, ...(status === 'resolved' ? { waiting_since: null } : {}) },
    () => api.put(`/conversations/${uuid}/status`, { status, snoozed_until: null }), `${before.contact.name} is still ${STATUS_WORDS[before.status].toLowerCase()}.`);
  if (undo && (before.status !== status || before.snoozed_until)) {
    offer(`${STATUS_WORDS[status]}: ${before.contact.name}`, done, () => (before.snoozed_until && before.snoozed_until > Date.now() ? snooze(uuid, before.snoozed_until, { undo: false }) : setStatus(uuid, before.status, { undo: false })));
  }
  if (await done) announce(`${before.contact.name}: ${STATUS_WORDS[status]}`);
}

/** @param {string} uuid @param {number|null} until @param {{undo?: boolean}} [how] */
export async function snooze(uuid, until, { undo = true } = {}) {
  const before = now().conversations[uuid];
  if (!before) return;
  const done = optimistic(uuid, { snoozed_until: until }, () => api.put(`/conversations/${uuid}/status`, { status: before.status, snoozed_until: until }), `${before.contact.name} was not snoozed.`);
  if (undo) offer(`${until ? 'Snoozed' : 'Woken'}: ${before.contact.name}`, done, () => snooze(uuid, before.snoozed_until && before.snoozed_until > Date.now() ? before.snoozed_until : null, { undo: false }));
  await done;
}

/** @param {string} uuid @param {Partial<import('./types.js').Contact>} patch */
export async function editContact(uuid, patch) {
  const contact = await api.put(`/contacts/${uuid}`, patch);
  change((state) => ({ contacts: { ...state.contacts, [uuid]: contact } }));
  return contact;
}
