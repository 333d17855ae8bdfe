// What the palette offers of the desk's own: the conversation at hand, other conversations, people, boxes, settings.
// Other parts (macros, tags, views …) add theirs by `provide` where they live.

import { html } from '../vendor/preact.js';
import { AgentAvatar, ContactAvatar } from './parts/avatars.js';
import { GROUPS, searchSettings } from './settings/index_of.js';
import { assign, giveToTeam, setPriority, setStatus, snooze } from './state/actions.js';
import { setStatus as setPresence } from './state/presence.js';
import { provide, provideFound } from './state/commands.js';
import { isSnoozed, keep, setFilter } from './state/lists.js';
import { may, nameOf } from './state/people.js';
import { pref, setPref } from './state/prefs.js';
import { go, openConversation, togglePanel } from './state/router.js';
import { change, now } from './state/store.js';
import { undo, undoable } from './state/undo.js';
import { api } from './state/wire.js';
import { snoozeChoices } from './thread/snooze.js';

const HERE = 'This conversation';

/** To a box of the list, from wherever one is. @param {Partial<import('./state/types.js').Filter>} filter */
export function toBox(filter) {
  setFilter({ box: 'all', status: 'open', kind: '', ...filter });
  go({ name: 'conversations', conversation: '' });
}

provide('conversation', ({ conversation: uuid, state }) => {
  const one = state.conversations[uuid];
  if (!one) return [];
  const { agent: me } = state;
  const name = one.contact.name;
  const others = Object.values(state.agents).filter((agent) => !agent.suspended && !agent.invited && agent.uuid !== me.uuid).sort((a, b) => Number(b.online) - Number(a.online) || nameOf(a).localeCompare(nameOf(b)));
  const open = state.route.name !== 'settings' && state.route.conversation === uuid;
  const write = (/** @type {'reply'|'note'} */ kind) => { change({ write: kind }); openConversation(uuid); };
  return [
    ...(open ? [] : [{ id: 'open', group: HERE, label: `Open ${name}`, icon: 'chat', keys: 'Enter', run: () => { openConversation(uuid); } }]),
    { id: 'reply', group: HERE, label: 'Reply', icon: 'send', keys: 'r', words: 'answer write', run: () => write('reply') },
    { id: 'note', group: HERE, label: 'Write a note', icon: 'note', keys: 'n', words: 'private team comment', run: () => write('note') },
    one.status === 'resolved' ? { id: 'reopen', group: HERE, label: 'Open it again', icon: 'chat', keys: 'e', run: () => { setStatus(uuid, 'open'); } }
      : { id: 'resolve', group: HERE, label: 'Resolve', icon: 'check', keys: 'e', words: 'done close finish', run: () => { setStatus(uuid, 'resolved'); } },
    ...(one.status === 'waiting' ? [] : [{ id: 'waiting', group: HERE, label: 'Mark as waiting', icon: 'clock', words: 'status pending', run: () => { setStatus(uuid, 'waiting'); } }]),
    ...(one.assignee?.uuid === me.uuid ? [] : [{ id: 'take', group: HERE, label: 'Assign to me', icon: 'user_plus', keys: 'a', words: 'take mine', run: () => { assign(uuid, me); } }]),
    ...(isSnoozed(one) ? [{ id: 'wake', group: HERE, label: 'Wake it now', icon: 'sun', words: 'unsnooze', run: () => { snooze(uuid, null); } }] : []),
    ...(open ? [{ id: 'person', group: HERE, label: `About ${name}`, icon: 'info', keys: 'i', words: 'person contact details', run: togglePanel }] : []),
    ...(one.assignee ? [{ id: 'nobody', group: HERE, label: 'Assign to nobody', icon: 'user', words: 'unassign give back', run: () => { assign(uuid, null); } }] : []),
    ...others.filter((agent) => agent.uuid !== one.assignee?.uuid).map((agent) => ({ id: `assign/${agent.uuid}`, group: 'Assign', label: `Assign to ${nameOf(agent)}`, face: html`<${AgentAvatar} agent=${agent} size=${22} presence=${true} />`, hint: agent.online ? '' : 'not here', run: () => { assign(uuid, agent); } })),
    ...(state.teams || []).filter((team) => team.uuid !== one.team?.uuid).map((team) => ({ id: `team/${team.uuid}`, group: 'Assign', label: `Give to the team ${team.name}`, icon: 'users', run: () => { giveToTeam(uuid, team); } })),
    ...snoozeChoices().map(({ label, at }) => ({ id: `snooze/${label}`, group: 'Snooze', label: `Snooze: ${label.toLowerCase()}`, icon: 'moon', words: 'later remind', run: () => { snooze(uuid, at); } })),
    ...(open ? [{ id: 'snooze/choose', group: 'Snooze', label: 'Snooze: choose a time…', icon: 'moon', run: () => change({ open: 'snooze-custom' }) }] : []),
    .../** @type {['high'|'medium'|'low'|null, string][]} */ ([['high', 'High'], ['medium', 'Medium'], ['low', 'Low'], [null, 'None']]).filter(([key]) => key !== (one.priority || null))
      .map(([key, word]) => ({ id: `priority/${key}`, group: 'Priority', topic: 'Priority', label: `Priority: ${word.toLowerCase()}`, icon: 'flag', words: key === 'high' ? 'urgent important' : '', run: () => { setPriority(uuid, key); } })),
  ];
});

provide('conversations', ({ state, conversation }) => Object.values(state.conversations).filter((one) => one.uuid !== conversation || state.route.name === 'settings')
  .sort((a, b) => b.last_message_at - a.last_message_at).slice(0, 200).map((one) => ({
    id: `c/${one.uuid}`, group: 'Conversations', label: one.contact.name, hint: `#${one.number} ${one.preview}`.slice(0, 70), words: `${one.number} ${one.preview}`.slice(0, 120),
    face: html`<${ContactAvatar} contact=${one.contact} size=${22} presence=${false} />`, run: () => { openConversation(one.uuid); },
  })));

provide('boxes', ({ state }) => [
  { id: 'box/all', group: 'Go to', label: 'All open conversations', icon: 'inbox', keys: 'g i', run: () => toBox({}) },
  { id: 'box/mine', group: 'Go to', label: 'Mine', icon: 'user', keys: 'g m', words: 'assigned to me', run: () => toBox({ box: 'mine' }) },
  { id: 'box/new', group: 'Go to', label: 'New, with nobody', icon: 'user_plus', keys: 'g u', words: 'unassigned', run: () => toBox({ box: 'unassigned' }) },
  { id: 'box/mentioned', group: 'Go to', label: 'Notes that call you', icon: 'at', keys: 'g t', words: 'mentions mentioned', run: () => toBox({ box: 'mentioned' }) },
  { id: 'box/waiting', group: 'Go to', label: 'Waiting', icon: 'clock', keys: 'g w', run: () => toBox({ status: 'waiting' }) },
  { id: 'box/snoozed', group: 'Go to', label: 'Snoozed', icon: 'moon', keys: 'g z', run: () => toBox({ status: 'snoozed' }) },
  { id: 'box/resolved', group: 'Go to', label: 'Resolved', icon: 'check', keys: 'g e', words: 'done closed archive', run: () => toBox({ status: 'resolved' }) },
  ...(may('contacts') ? [{ id: 'go/contacts', group: 'Go to', label: 'Contacts', icon: 'users', keys: 'g k', words: 'people directory customers', run: () => { go({ name: 'contacts', id: '', conversation: '' }); } }] : []),
  ...(may('visitors') ? [{ id: 'go/visitors', group: 'Go to', label: 'Visitors on the site now', icon: 'eye', keys: 'g o', words: 'live online browsing', run: () => { go({ name: 'visitors', conversation: '' }); } }] : []),
  { id: 'go/archive', group: 'Go to', label: 'Archive', icon: 'archive', keys: 'g a', words: 'old search past', run: () => { go({ name: 'archive', query: '', conversation: '' }); } },
  ...(may('reports') ? [{ id: 'go/reports', group: 'Go to', label: 'Reports', icon: 'chart', keys: 'g r', words: 'numbers statistics csv', run: () => { go({ name: 'reports', page: '', query: '', conversation: '' }); } }] : []),
  { id: 'go/settings', group: 'Go to', label: 'Settings', icon: 'settings', keys: 'g s', run: () => { go({ name: 'settings', page: '', id: '', tab: '' }); } },
  ...GROUPS.flatMap((group) => group.pages).filter((one) => !one.may || may(one.may)).map((one) => ({ id: `settings/${one.page}`, group: 'Settings', label: one.label, icon: one.icon, words: 'settings page', run: () => { go({ name: 'settings', page: one.page, id: '', tab: '' }); } })),
  ...(!may('settings') ? [] : (state.inboxes || []).map((inbox) => ({ id: `inbox/${inbox.uuid}`, group: 'Settings', label: `Inbox: ${inbox.name}`, icon: 'inbox', run: () => { go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: '' }); } }))),
]);

provide('me', ({ state }) => [
  ...(undoable() ? [{ id: 'undo', group: 'You', label: 'Undo', icon: 'refresh', keys: 'Ctrl Z', hint: undoable(), run: () => { undo(); } }] : []),
  state.agent.availability === 'online' ? { id: 'away', group: 'You', label: 'Be away', icon: 'moon', words: 'availability pause break', run: () => { setPresence({ availability: 'away' }); } } : { id: 'online', group: 'You', label: 'Be online', icon: 'sun', words: 'availability', run: () => { setPresence({ availability: 'online', hidden: false }); } },
  { id: 'bell', group: 'You', label: pref().sound ? 'Turn the bell off' : 'Turn the bell on', icon: pref().sound ? 'bell_off' : 'bell', words: 'sound mute', run: () => setPref({ sound: !pref().sound }) },
  { id: 'hold', group: 'You', label: pref().hold_replies ? 'Send replies at once, without a moment to undo' : 'Keep replies for five seconds, to undo', icon: 'clock', words: 'undo send delay', run: () => setPref({ hold_replies: !pref().hold_replies }) },
  { id: 'keys', group: 'You', label: 'All keys', icon: 'help', keys: '?', words: 'keyboard shortcuts help', run: () => change({ open: 'keys' }) },
]);

provideFound('settings', async (query) => searchSettings(query, may).slice(0, 6).map((entry) => ({
  id: `entry/${entry.page}/${entry.tab || ''}/${entry.label}`, group: 'Settings', label: entry.label, hint: entry.tab ? 'inbox' : '', icon: 'settings',
  run: () => { go({ name: 'settings', page: entry.page, id: entry.tab ? now().inboxes?.[0]?.uuid || '' : '', tab: entry.tab || '' }); },
})));

provideFound('search', async (query, signal) => {
  const answer = await api.get(`/search?q=${encodeURIComponent(query)}&limit=6`, { signal });
  keep(answer.results.map((/** @type {any} */ one) => one.conversation));
  return [
    ...answer.contacts.filter((/** @type {any} */ one) => one.conversation).map((/** @type {any} */ one) => ({ id: `person/${one.uuid}`, group: 'People', label: one.name, hint: one.email || '', face: html`<${ContactAvatar} contact=${one} size=${22} presence=${false} />`, run: () => { openConversation(one.conversation); } })),
    ...answer.results.map((/** @type {any} */ one) => ({
      id: `m/${one.message.uuid}`, group: 'Messages', label: one.snippet.map((/** @type {any} */ part) => part.text).join('').slice(0, 90), hint: one.conversation.contact.name,
      face: html`<${ContactAvatar} contact=${one.conversation.contact} size=${22} presence=${false} />`, run: () => { openConversation(one.conversation.uuid); },
    })),
    { id: `search/${query}`, group: 'Messages', label: `Search everything for “${query}”`, icon: 'search', keys: '/', run: () => { go({ name: 'search', q: query, conversation: '' }); } },
  ];
});
