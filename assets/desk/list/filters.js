// Whose (mine, new, all), in which state, and of which inbox.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Menu } from '../parts/menu.js';
import { setFilter } from '../state/lists.js';
import { useDesk } from '../state/store.js';

/** @type {['mine'|'unassigned'|'all', string, string][]} */
const BOXES = [['mine', 'Mine', 'assigned to you'], ['unassigned', 'New', 'not assigned to anybody'], ['all', 'All', 'open']];
/** @type {['open'|'waiting'|'resolved'|'snoozed', string, string][]} */
const STATES = [['open', 'Open', 'chat'], ['waiting', 'Waiting', 'clock'], ['snoozed', 'Snoozed', 'moon'], ['resolved', 'Resolved', 'check']];

export function Filters() {
  const filter = useDesk((state) => state.filter);
  const counts = useDesk((state) => state.counts);
  const inboxes = useDesk((state) => state.inboxes);
  const inbox = inboxes?.find((one) => one.uuid === filter.inbox);
  const state = STATES.find(([key]) => key === filter.status) || STATES[0];
  return html`
    <div class="tabs" role="group" aria-label="Whose conversations">
      ${BOXES.map(([key, label, meaning]) => html`<button type="button" class="tab" aria-pressed=${filter.box === key ? 'true' : 'false'} onClick=${() => setFilter({ box: key })}>
        <span class="steady" data-text=${label}>${label}</span> <span class="tab-count tabular" title="${counts[key]} ${meaning}">${counts[key]}</span></button>`)}
    </div>
    <div class="filters">
      <${Menu} buttonClass="filter" name="State: ${state[1]}" items=${STATES.map(([key, label, icon]) => ({ label, icon, checked: filter.status === key, run: () => setFilter({ status: key }) }))}
        label=${html`<span>${state[1]}</span><${Icon} name="chevron_down" size=${16} />`} />
      ${(inboxes?.length || 0) > 1 && html`<${Menu} buttonClass="filter" name="Inbox: ${inbox ? inbox.name : 'every inbox'}" items=${[
          { label: 'Every inbox', checked: !filter.inbox, run: () => setFilter({ inbox: '' }) },
          ...(inboxes || []).map((one) => ({ label: one.name, checked: filter.inbox === one.uuid, run: () => setFilter({ inbox: one.uuid }) }))]}
        label=${html`<span>${inbox ? inbox.name : 'Every inbox'}</span><${Icon} name="chevron_down" size=${16} />`} />`}
    </div>`;
}
