// One conversation in the list. Unread is weight and a dot; waiting is a text that warms; nothing is said by colour alone.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { AgentAvatar, ContactAvatar } from '../parts/avatars.js';
import { KindMark, PriorityMark } from '../parts/kinds.js';
import { time } from '../parts/small.js';
import { waitingText } from '../state/drafts.js';
import { TagChip } from '../parts/tag_chip.js';
import { isSnoozed } from '../state/lists.js';
import { nameOf } from '../state/people.js';
import { openConversation } from '../state/router.js';
import { may } from '../state/people.js';
import { now, useDesk } from '../state/store.js';
import { extendTo, toggle, useSelection } from './selection.js';
import { Due, isPressing } from './due.js';
import { ROW_PX } from './rows.js';

const WARM_MS = 5 * 60000;
const HOT_MS = 30 * 60000;

/** @param {import('../state/types.js').Conversation} one */
function previewOf(one) {
  // Which agent wrote it the list does not say, so it claims no name.
  const prefix = one.preview_from === 'agent' ? '↩ ' : one.preview_from === 'note' ? 'Note: ' : '';
  return `${prefix}${one.preview || 'Sent a file'}`;
}

/** @param {{one: import('../state/types.js').Conversation}} props */
export function Waiting({ one }) {
  if (one.due && (isPressing(one) || !one.waiting_since)) return html`<${Due} due=${one.due} />`;
  if (isSnoozed(one)) return html`<span class="row-time tabular"><${Icon} name="moon" size=${13} /> <span class="quiet">Snoozed until </span>${time.ago(/** @type {number} */ (one.snoozed_until))}</span>`;
  if (one.status !== 'open' || !one.waiting_since) return html`<span class="row-time tabular">${time.ago(one.last_message_at)}</span>`;
  const waited = Date.now() - one.waiting_since;
  const warmth = waited > HOT_MS ? 'is-hot' : waited > WARM_MS ? 'is-warm' : '';
  return html`<span class="row-time tabular ${warmth}" title="Waiting for an answer since ${time.full(one.waiting_since)}"><span class="quiet">waiting </span>${time.span(waited)}</span>`;
}

/** @param {{uuid: string, index: number, size: number, selected: boolean, tab: boolean}} props */
export function Row({ uuid, index, size, selected, tab }) {
  const one = useDesk((state) => state.conversations[uuid]);
  const typing = useDesk((state) => !!state.typing[uuid]?.some((who) => who.type === 'contact'));
  const many = useDesk((state) => (state.inboxes?.length || 0) + state.mailbox_names.length > 1);
  const me = useDesk((state) => state.agent.uuid);
  const waits = useDesk((state) => (selected ? '' : waitingText(state, uuid)));
  const writer = useDesk((state) => state.typing[uuid]?.find((who) => who.type === 'agent' && !who.note)?.name || '');
  const watchers = useDesk((state) => Object.entries(state.viewing).filter(([, at]) => at === uuid).map(([agent]) => state.agents[agent]).filter(Boolean));
  const picks = useDesk(() => may('status'));
  const picked = useSelection(uuid);
  if (!one) return null;
  const unread = one.unread > 0;
  return html`<li style=${{ transform: `translateY(${index * ROW_PX}px)` }} aria-setsize=${size} aria-posinset=${index + 1}>
    ${picks ? html`<label class="row-pick is-ready ${picked.count ? 'is-shown' : ''}"><input type="checkbox" tabindex="-1" aria-label="Choose ${one.contact.name}" checked=${picked.on} onClick=${(/** @type {MouseEvent} */ event) => { if (event.shiftKey) { event.preventDefault(); extendTo(uuid); } }} onChange=${() => toggle(uuid)} /></label>` : null}
    <button type="button" class="row ${unread ? 'is-unread' : ''} ${picked.on ? 'is-chosen' : ''}" data-row=${uuid} aria-current=${selected ? 'true' : null} tabindex=${tab ? 0 : -1} onClick=${(/** @type {MouseEvent} */ event) => { if (event.shiftKey && picks) extendTo(uuid, selected ? '' : now().cursor); else openConversation(uuid); }}>
      <${ContactAvatar} contact=${one.contact} size=${38} />
      <span class="row-main">
        ${picked.on ? html`<span class="quiet">Chosen, </span>` : null}<span class="row-line"><span class="row-name" dir="auto">${one.contact.name}</span>
          ${one.contact.verified ? html`<span class="row-mark" title="Verified"><${Icon} name="shield" size=${14} /><span class="quiet"> verified</span></span>` : null}
          ${one.contact.online ? html`<span class="quiet">, online</span>` : null}
          <span class="row-gap"></span><${PriorityMark} priority=${one.priority} /><${Waiting} one=${one} /></span>
        <span class="row-line"><${KindMark} one=${one} /><span class="row-preview ${one.preview_from === 'note' ? 'is-note' : ''}" dir="auto">${typing ? html`<em>is typing…</em>` : writer ? html`<em class="is-colleague">${writer.split(' ')[0]} is writing a reply…</em>` : waits ? html`<b class="row-draft">Draft</b> ${waits}` : previewOf(one)}</span>
          ${watchers.length ? html`<span class="row-watchers" title="${watchers.map(nameOf).join(', ')} ${watchers.length > 1 ? 'look' : 'looks'} at it">${watchers.slice(0, 2).map((agent) => html`<${AgentAvatar} agent=${agent} size=${16} />`)}<span class="quiet">, ${watchers.map(nameOf).join(', ')} ${watchers.length > 1 ? 'look' : 'looks'} at it</span></span>` : null}
          ${many ? html`<span class="row-inbox" title=${one.inbox.name}><i style=${{ background: one.inbox.color }}></i><span class="quiet">, ${one.inbox.name}</span></span>` : null}
          ${one.custom_status ? html`<span class="row-status"><span class="quiet">, </span><bdi>${one.custom_status.name}</bdi></span>` : null}
          ${one.tags?.length ? html`<span class="row-tags"><span class="quiet">, tags: </span>${one.tags.slice(0, 2).map((tag) => html`<${TagChip} key=${tag.uuid} tag=${tag} small=${true} />`)}${one.tags.length > 2 ? html`<span class="row-more">+${one.tags.length - 2}</span>` : null}</span>` : null}
          ${one.team && !one.assignee ? html`<span class="row-team" dir="auto"><span class="quiet">, team </span>${one.team.name}</span>` : null}
          ${one.assignee ? html`<span class="row-assignee" title="Assigned to ${one.assignee.first_name}"><${AgentAvatar} agent=${one.assignee} size=${18} /><span class="quiet">, assigned to ${one.assignee.uuid === me ? 'you' : one.assignee.first_name}</span></span>` : null}
          ${unread ? html`<b class="row-unread tabular"><span class="quiet">, unread: </span>${one.unread > 99 ? '99+' : one.unread}</b>` : null}</span>
      </span>
    </button>
  </li>`;
}
