// The team and the inboxes, as far as the screens need them; who is typing and who is looking.

import { change, now } from './store.js';
import { api } from './wire.js';

const TYPING_MS = 5000;

export async function loadAgents() {
  const { agents } = await api.get('/agents');
  change({ agents: Object.fromEntries(agents.map((/** @type {import('./types.js').Agent} */ agent) => [agent.uuid, agent])) });
}

export async function loadInboxes() {
  const { inboxes, mailboxes } = await api.get('/inboxes');
  change({ inboxes, mailbox_names: mailboxes || [] });
}

/** @param {import('./types.js').Inbox} inbox */
export const holdInbox = (inbox) => change(({ inboxes }) => ({ inboxes: (inboxes || []).some((one) => one.uuid === inbox.uuid) ? (inboxes || []).map((one) => (one.uuid === inbox.uuid ? inbox : one)) : [...(inboxes || []), inbox] }));

/** @param {import('./types.js').Agent} agent */
export const holdAgent = (agent) => change(({ agents, agent: me }) => ({ agents: { ...agents, [agent.uuid]: agent }, agent: agent.uuid === me.uuid ? { ...me, ...agent } : me }));

/** @param {import('./types.js').AgentRef|import('./types.js').Agent|null|undefined} agent */
export const nameOf = (agent) => (agent ? `${agent.first_name} ${agent.last_name}`.trim() : '');

/** Whether the one who is signed in may do this (a permission of `model/access.rs`). @param {string} permission */
export const may = (permission) => now().may.includes(permission);

/** Whether the one who is signed in changes settings. @param {import('./types.js').Agent} agent */
export const isAdmin = (agent) => agent.role !== 'agent' || may('settings');


/** @param {any} data */
export function onTyping({ conversation, is_typing, who, note }) {
  if (who.uuid === now().agent.uuid) return;
  change(({ typing }) => {
    const others = (typing[conversation] || []).filter((one) => one.uuid !== who.uuid);
    return { typing: { ...typing, [conversation]: is_typing ? [...others, { ...who, note: !!note, until: Date.now() + TYPING_MS }] : others } };
  });
}

/** Whoever wrote is no longer typing. @param {string} conversation @param {string|null} uuid */
export const stopTyping = (conversation, uuid) => {
  if (now().typing[conversation]?.some((one) => one.uuid === uuid)) change(({ typing }) => ({ typing: { ...typing, [conversation]: typing[conversation].filter((one) => one.uuid !== uuid) } }));
};

/** @param {any} data */
export function onViewing({ conversation, agent, typing }) {
  if (agent.uuid === now().agent.uuid) return;
  change(({ viewing }) => {
    const next = { ...viewing };
    if (conversation) next[agent.uuid] = conversation; else delete next[agent.uuid];
    return { viewing: next };
  });
  // Who came later is told what was being written before.
  if (conversation && typing) onTyping({ conversation, is_typing: true, who: { type: 'agent', uuid: agent.uuid, name: nameOf(agent) }, note: typing === 'note' });
}

/** @param {any} data */
export function onPresence(data) {
  change(({ agents, agent, contacts, conversations, viewing }) => {
    if (data.agent) {
      const held = agents[data.agent];
      const gone = { ...viewing };
      if (!data.online) delete gone[data.agent];
      const fresh = { online: data.online, availability: data.availability ?? held?.availability, status: data.status, why: data.why };
      return { viewing: gone, agents: held ? { ...agents, [data.agent]: { ...held, ...fresh } } : agents, agent: data.agent === agent.uuid && data.availability ? { ...agent, availability: data.availability, status: data.status, why: data.why } : agent };
    }
    const held = contacts[data.contact];
    const touched = Object.values(conversations).filter((one) => one.contact.uuid === data.contact && one.contact.online !== data.online);
    const next = { ...conversations };
    for (const one of touched) next[one.uuid] = { ...one, contact: { ...one.contact, online: data.online } };
    return { contacts: held ? { ...contacts, [data.contact]: { ...held, online: data.online } } : contacts, conversations: touched.length ? next : conversations };
  });
}

// Typing ends by itself when nobody says so.
setInterval(() => {
  const { typing } = now();
  const at = Date.now();
  if (!Object.values(typing).some((list) => list.some((one) => one.until < at))) return;
  change({ typing: Object.fromEntries(Object.entries(typing).map(([key, list]) => [key, list.filter((one) => one.until >= at)]).filter(([, list]) => list.length)) });
}, 1000);
