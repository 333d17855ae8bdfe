// Live chat or feedback (what came by the other tiles); whose (mine, new, all), in which state, and of which inbox.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { KIND_WORDS, KindIcon } from '../parts/kinds.js';
import { Menu } from '../parts/menu.js';
import { setFilter } from '../state/lists.js';
import { useDesk } from '../state/store.js';
import { useTools } from '../state/tools.js';
import { Views } from './views.js';

/** @type {['mine'|'unassigned'|'all', string, string][]} */
const BOXES = [['mine', 'Mine', 'assigned to you'], ['unassigned', 'New', 'not assigned to anybody'], ['all', 'All', 'open']];
/** @type {['open'|'waiting'|'resolved'|'snoozed'|'spam', string, string][]} */
const STATES = [['open', 'Open', 'chat'], ['waiting', 'Waiting', 'clock'], ['snoozed', 'Snoozed', 'moon'], ['resolved', 'Resolved', 'check'], ['spam', 'Quarantine', 'flag']];

/** @type {['bug'|'feature'|'review'|'question', string][]} */
const REPORTS = [['bug', 'Bug reports'], ['feature', 'Feature requests'], ['review', 'Reviews'], ['question', 'Questions']];

/** What kind of messages: everything, the live chat, or what came by the other tiles. */
function Kinds() {
  const { kind, view } = useDesk((state) => state.filter);
  const reports = useDesk((state) => state.counts.reports || 0);
  const inReports = kind && kind !== 'chat';
  return html`<div class="kinds" role="group" aria-label="Kind of messages">
    ${/** @type {[''|'chat'|'reports', string][]} */ ([['', 'Everything'], ['chat', 'Live chat'], ['reports', 'Feedback']]).map(([key, label]) => html`<button type="button" key=${key} class="kind-tab" aria-pressed=${!view && (key === 'reports' ? inReports : kind === key) ? 'true' : 'false'} onClick=${() => setFilter({ kind: key })}><span class="steady" data-text=${label}>${label}</span>${key === 'reports' && reports ? html` <span class="tab-count tabular">${reports}</span>` : null}</button>`)}
  </div>`;
}

/** Only what has one tag; there is nothing to choose before there are tags. */
function TagFilter() {
  const chosen = useDesk((state) => state.filter.tag);
  const { list } = useTools('tags');
  if (!list?.length) return null;
  const tag = list.find((one) => one.uuid === chosen);
  return html`<${Menu} buttonClass="filter" name="Tag: ${tag ? tag.name : 'every tag'}" items=${[
      { label: 'Every tag', checked: !chosen, run: () => setFilter({ tag: '' }) },
      ...list.map((one) => ({ label: html`<span class="menu-person"><i class="tag-dot" style=${{ background: one.color }}></i><bdi>${one.name}</bdi></span>`, checked: chosen === one.uuid, run: () => setFilter({ tag: one.uuid }) }))]}
    label=${html`<span dir="auto">${tag ? tag.name : 'Tag'}</span><${Icon} name="chevron_down" size=${16} />`} />`;
}

export function Filters() {
  const filter = useDesk((state) => state.filter);
  const counts = useDesk((state) => state.counts);
  const chats = useDesk((state) => state.inboxes);
  const mailboxes = useDesk((state) => state.mailbox_names);
  const inboxes = chats && [...chats, ...mailboxes];
  const promises = !!useTools('slas').list?.length;
  const inbox = inboxes?.find((one) => one.uuid === filter.inbox);
  const state = STATES.find(([key]) => key === filter.status) || STATES[0];
  const follows = useDesk((state) => state.may.includes('follow'));
  const followed = filter.box === 'followed';
  return html`
    <${Views} />
    <${Kinds} />
    <div class="tabs" role="group" aria-label="Whose conversations">
      ${BOXES.map(([key, label, meaning]) => html`<button type="button" class="tab" aria-pressed=${!filter.view && filter.box === key ? 'true' : 'false'} onClick=${() => setFilter({ box: key })}>
        <span class="steady" data-text=${label}>${label}</span> ${filter.kind ? null : html`<span class="tab-count tabular" title="${counts[key]} ${meaning}">${counts[key]}</span>`}</button>`)}
      <button type="button" class="tab is-mark" aria-pressed=${filter.box === 'mentioned' ? 'true' : 'false'} aria-label="Notes that call you" title="Notes that call you (g t)" onClick=${() => setFilter({ box: 'mentioned' })}><${Icon} name="at" size=${17} /></button>
    </div>
    <div class="filters">
      <${Menu} buttonClass="filter" name="Status: ${followed ? 'Followed by me' : state[1]}" items=${[
          ...STATES.map(([key, label, icon]) => ({ label, icon, checked: !followed && filter.status === key, run: () => setFilter({ status: key, ...(followed ? { box: 'all' } : {}) }) })),
          ...(follows ? [{ label: 'Followed by me', icon: 'eye', separated: true, checked: followed, run: () => setFilter({ box: 'followed', status: 'open' }) }] : [])]}
        label=${html`<span>${followed ? 'Followed by me' : state[1]}</span><${Icon} name="chevron_down" size=${16} />`} />
      ${filter.kind && filter.kind !== 'chat' ? html`<${Menu} buttonClass="filter" name="Feedback: ${filter.kind === 'reports' ? 'every kind' : KIND_WORDS[filter.kind]}" items=${[
          { label: 'Every kind', checked: filter.kind === 'reports', run: () => setFilter({ kind: 'reports' }) },
          ...REPORTS.map(([key, label]) => ({ label: html`<span class="menu-person"><${KindIcon} kind=${key} size=${18} />${label}</span>`, checked: filter.kind === key, run: () => setFilter({ kind: key }) }))]}
        label=${html`<span>${filter.kind === 'reports' ? 'Every kind' : REPORTS.find(([key]) => key === filter.kind)?.[1]}</span><${Icon} name="chevron_down" size=${16} />`} />` : null}
      ${promises ? html`<${Menu} buttonClass="filter" name="Order: ${filter.sort === 'due' ? 'due first' : 'newest first'}" items=${[{ label: 'Newest first', checked: filter.sort !== 'due', run: () => setFilter({ sort: '' }) }, { label: 'Due first', checked: filter.sort === 'due', run: () => setFilter({ sort: 'due' }) }]}
        label=${html`<span>${filter.sort === 'due' ? 'Due first' : 'Newest'}</span><${Icon} name="chevron_down" size=${16} />`} />` : null}
      <${TagFilter} />
      ${(inboxes?.length || 0) > 1 && html`<${Menu} buttonClass="filter" name="Inbox: ${inbox ? inbox.name : 'every inbox'}" items=${[
          { label: 'Every inbox', checked: !filter.inbox, run: () => setFilter({ inbox: '' }) },
          ...(inboxes || []).map((one) => ({ label: one.name, checked: filter.inbox === one.uuid, run: () => setFilter({ inbox: one.uuid }) }))]}
        label=${html`<span>${inbox ? inbox.name : 'Every inbox'}</span><${Icon} name="chevron_down" size=${16} />`} />`}
    </div>`;
}
