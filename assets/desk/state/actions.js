// What an agent does to a conversation: shown at once, settled by the answer, taken back with words when refused.

import { assume, keep } from './lists.js';
import { change, now } from './store.js';
import { announce, toast } from './toasts.js';
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

/** @param {string} uuid @param {import('./types.js').AgentRef|null} agent */
export async function assign(uuid, agent) {
  const { agent: me, conversations } = now();
  const name = conversations[uuid]?.contact.name;
  const ok = await optimistic(uuid, { assignee: agent && { uuid: agent.uuid, first_name: agent.first_name, last_name: agent.last_name, avatar_tint: agent.avatar_tint } },
    () => api.put(`/conversations/${uuid}/assignment`, { agent: agent?.uuid ?? null }), `${name} was not assigned.`);
  if (ok) announce(agent ? `Assigned to ${agent.uuid === me.uuid ? 'you' : agent.first_name}` : 'Nobody is assigned');
}

/** Hands it to a team, or takes it from one. @param {string} uuid @param {import('./types.js').Team|null} team */
export async function giveToTeam(uuid, team) {
  const name = now().conversations[uuid]?.contact.name;
  const ok = await optimistic(uuid, { team: team && { uuid: team.uuid, name: team.name } }, () => api.put(`/conversations/${uuid}/assignment`, { team: team?.uuid ?? null }), `${name} was not given to the team.`);
  if (ok) announce(team ? `Given to ${team.name}` : 'No team has it');
}

/** @type {Record<Status, string>} */
export const STATUS_WORDS = { open: 'Open', waiting: 'Waiting', resolved: 'Resolved' };

/** @param {string} uuid @param {Status} status @param {{undo?: boolean}} [how] */
export async function setStatus(uuid, status, { undo = true } = {}) {
  const before = now().conversations[uuid];
  if (!before) return;
  const ok = await optimistic(uuid, { status, custom_status: null, snoozed_until: null, ...(status === 'resolved' ? { waiting_since: null } : {}) },
    () => api.put(`/conversations/${uuid}/status`, { status, snoozed_until: null }), `${before.contact.name} is still ${STATUS_WORDS[before.status].toLowerCase()}.`);
  if (!ok) return;
  announce(`${before.contact.name}: ${STATUS_WORDS[status]}`);
  if (undo && status === 'resolved') {
    toast(`Resolved: ${before.contact.name}`, { action: { label: 'Undo', run: () => (before.snoozed_until ? snooze(uuid, before.snoozed_until) : setStatus(uuid, before.status, { undo: false })) } });
  }
}

/** @param {string} uuid @param {number|null} until */
export async function snooze(uuid, until) {
  const before = now().conversations[uuid];
  if (!before) return;
  const ok = await optimistic(uuid, { snoozed_until: until }, () => api.put(`/conversations/${uuid}/status`, { status: before.status, snoozed_until: until }), `${before.contact.name} was not snoozed.`);
  if (ok && until) toast(`Snoozed: ${before.contact.name}`, { action: { label: 'Undo', run: () => snooze(uuid, null) } });
}

/** @param {string} uuid @param {Partial<import('./types.js').Contact>} patch */
export async function editContact(uuid, patch) {
  const contact = await api.put(`/contacts/${uuid}`, patch);
  change((state) => ({ contacts: { ...state.contacts, [uuid]: contact } }));
  return contact;
}

/** Online, or away. @param {'online'|'away'} availability */
export async function setAvailability(availability) {
  const before = now().agent;
  change({ agent: { ...before, availability } });
  try {
    change({ agent: await api.put('/me', { availability }) });
    announce(availability === 'online' ? 'You are online' : 'You are away');
  } catch (error) {
    change({ agent: before });
    toast(`You are still ${before.availability}. ${wordsFor(error)}`, { tone: 'bad' });
  }
}
