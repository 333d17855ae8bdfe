// Who it is with, who has it, in which state; each can be changed right there.

import { html, useEffect, useRef } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { AgentAvatar } from '../parts/avatars.js';
import { KindBadge } from '../parts/kinds.js';
import { Menu } from '../parts/menu.js';
import { time, useTick } from '../parts/small.js';
import { assign, giveToTeam, setStatus, snooze, STATUS_WORDS } from '../state/actions.js';
import { isSnoozed } from '../state/lists.js';
import { setOwnStatus } from '../state/order.js';
import { useTools } from '../state/tools.js';
import { bind } from '../state/keys.js';
import { may, nameOf } from '../state/people.js';
import { follow } from '../state/queue.js';
import { back, togglePanel } from '../state/router.js';
import { change, now, useDesk } from '../state/store.js';
import { api } from '../state/wire.js';
import { THREAD_KEYS } from '../state/thread_keys.js';
import { MoreMenu } from './more.js';
import { SnoozeDialog, snoozeChoices } from './snooze.js';
import { TransferDialog } from './transfer.js';

/** @type {Record<string, string>} */
const ICONS = { open: 'chat', waiting: 'clock', resolved: 'check', snoozed: 'moon' };

/** @type {import('../state/types.js').Status[]} */
const STATUSES = ['open', 'waiting', 'resolved'];

/** @param {{uuid: string}} props */
export function ThreadHeader({ uuid }) {
  const one = useDesk((state) => state.conversations[uuid]);
  const open = useDesk((state) => state.open);
  const watchers = useDesk((state) => Object.entries(state.viewing).filter(([, at]) => at === uuid).map(([agent]) => state.agents[agent]).filter(Boolean));
  useTick();
  useEffect(() => bind([
    { ...THREAD_KEYS.snooze, run: () => change({ open: 'snooze' }) },
    { ...THREAD_KEYS.assign, run: () => change({ open: 'assign' }) },
    { ...THREAD_KEYS.transfer, run: () => change({ open: 'transfer' }) },
    { ...THREAD_KEYS.person, run: togglePanel },
  ]), []);
  // The button that resolved it is gone: the keyboard goes on in the thread, not at the top of the page.
  const status = useRef(one.status);
  useEffect(() => {
    if (status.current === one.status) return;
    status.current = one.status;
    if (document.activeElement === document.body) /** @type {HTMLElement|null} */ (document.querySelector('.messages'))?.focus({ preventScroll: true });
  }, [one.status]);
  const { list: own } = useTools('statuses');
  const stateWords = one.custom_status?.name || STATUS_WORDS[one.status];
  const snoozed = isSnoozed(one);
  const state = snoozed ? 'snoozed' : one.status;
  const away = [{ heading: 'Snooze until' }, ...snoozeChoices().map(({ label, at }) => ({ label, hint: untilWords(at), run: () => snooze(uuid, at) })),
    { label: 'Choose a time…', run: () => change({ open: 'snooze-custom' }) }, ...(snoozed ? [{ label: 'Wake it now', icon: 'sun', run: () => snooze(uuid, null) }] : [])];
  const hold = (/** @type {'snooze'|'assign'} */ which) => (/** @type {boolean} */ is) => { if (is) change({ open: which }); else if (now().open === which) change({ open: '' }); };
  return html`<header class="thread-head"><div class="thread-title">
    <button type="button" class="icon-button thread-back" aria-label="Back to the list" onClick=${back}><${Icon} name="back" /></button>
    <button type="button" class="thread-who" title="About ${one.contact.name}" onClick=${togglePanel}>
      <h2 dir="auto">${one.contact.name}</h2><span class="thread-sub"><${KindBadge} one=${one} /> ${one.subject ? html`<b class="thread-subject" dir="auto" title=${one.subject}>${one.subject}</b> · ` : null}#${one.number} · ${one.inbox.name}${one.contact.online ? ' · online' : ''}</span></button>
    ${watchers.length > 0 && html`<span class="watchers" title="${watchers.map(nameOf).join(', ')} ${watchers.length > 1 ? 'are' : 'is'} looking at this too">${watchers.slice(0, 3).map((agent) => html`<${AgentAvatar} agent=${agent} size=${24} />`)}<span class="quiet">${watchers.map(nameOf).join(', ')} ${watchers.length > 1 ? 'are' : 'is'} looking at this too</span></span>`}
    </div><span class="thread-actions" role="group" aria-label="What to do with it">
      <${AssignMenu} uuid=${uuid} one=${one} open=${open === 'assign'} onOpen=${hold('assign')} />
      <${Menu} buttonClass="button is-state is-${state}" name="Status: ${snoozed ? 'Snoozed' : stateWords}" align="end" label=${html`<${Icon} name=${ICONS[state]} size=${16} /><span class="wide-only">${snoozed ? `Until ${untilWords(/** @type {number} */ (one.snoozed_until))}` : stateWords}</span><${Icon} name="chevron_down" size=${14} />`}
        items=${[...STATUSES.flatMap((status) => [{ label: STATUS_WORDS[status], icon: ICONS[status], checked: !snoozed && one.status === status && !one.custom_status, hint: status === 'resolved' ? 'e' : '', run: () => setStatus(uuid, status) },
          ...(own || []).filter((other) => other.category === status).map((other) => ({ label: html`<span class="menu-own"><bdi>${other.name}</bdi></span>`, checked: !snoozed && one.custom_status?.uuid === other.uuid, run: () => setOwnStatus(uuid, other) }))]), ...away]} />
      <${Menu} buttonClass="icon-button wide-only" name="Snooze" title="Snooze (s)" align="end" open=${open === 'snooze'} onOpen=${hold('snooze')} label=${html`<${Icon} name="moon" />`}
        items=${away} />
      ${one.status !== 'resolved' ? html`<button type="button" class="button is-primary resolve" title="Resolve (e)" onClick=${() => setStatus(uuid, 'resolved')}><${Icon} name="check" size=${18} /><span class="wide-only" aria-hidden="true">Resolve</span><span class="quiet">Resolve</span></button>` : null}
      <${MoreMenu} uuid=${uuid} />
      <button type="button" class="icon-button panel-button" aria-label="About ${one.contact.name}" aria-expanded=${open === 'panel' ? 'true' : 'false'} title="About this person (i)" onClick=${togglePanel}><${Icon} name="info" /></button>
    </span>
    ${open === 'transfer' ? html`<${TransferDialog} uuid=${uuid} onClose=${() => change({ open: '' })} />` : null}
    ${open === 'snooze-custom' ? html`<${SnoozeDialog} uuid=${uuid} onClose=${() => change({ open: '' })} />` : null}
  </header>`;
}

/** @param {number} at */
export function untilWords(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
  const day = days === 0 ? '' : new Intl.DateTimeFormat(navigator.language, days < 7 ? { weekday: 'short' } : { day: 'numeric', month: 'short' }).format(at);
  return `${day} ${time.clock(at)}`.trim();
}

/** @param {{uuid: string, one: import('../state/types.js').Conversation, open: boolean, onOpen: (open: boolean) => void}} props */
function AssignMenu({ uuid, one, open, onOpen }) {
  const agents = useDesk((state) => state.agents);
  const me = useDesk((state) => state.agent);
  const following = useDesk((state) => !!state.threads[uuid]?.following);
  const others = Object.values(agents).filter((agent) => !agent.suspended && !agent.invited && agent.uuid !== me.uuid)
    .sort((a, b) => Number(b.online) - Number(a.online) || nameOf(a).localeCompare(nameOf(b)));
  const teams = useDesk((state) => state.teams);
  // Asked for when the menu is first looked at: many desks have no teams at all.
  useEffect(() => { if (open && !teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* without them, people can still be assigned */ }); }, [open]);
  const row = (/** @type {any} */ agent, /** @type {string} */ words) => html`<span class="menu-person"><${AgentAvatar} agent=${agent} size=${22} presence=${true} />${words}</span>`;
  const items = [
    { label: row({ ...me, online: true }, 'Me'), hint: 'a', checked: one.assignee?.uuid === me.uuid, run: () => assign(uuid, me) },
    ...others.map((agent) => ({ label: row(agent, nameOf(agent)), checked: one.assignee?.uuid === agent.uuid, run: () => assign(uuid, agent) })),
    { label: 'Hand over with a note…', icon: 'send', hint: 'h', separated: true, run: () => change({ open: 'transfer' }) },
    { label: 'Nobody', icon: 'user', checked: !one.assignee, run: () => assign(uuid, null) },
    ...(may('follow') ? [{ label: following ? 'Stop following' : 'Follow silently', icon: 'eye', separated: true, run: () => follow(uuid, !following) }] : []),
    ...(teams?.length || one.team ? [{ heading: 'Team' }, ...(teams || []).map((team) => ({ label: team.name, icon: 'users', hint: team.online ? '' : 'nobody there', checked: one.team?.uuid === team.uuid, run: () => giveToTeam(uuid, team) })), { label: 'No team', checked: !one.team, run: () => giveToTeam(uuid, null) }] : []),
  ];
  return html`<${Menu} buttonClass="button is-assign" name=${`${one.assignee ? `Assigned to ${nameOf(one.assignee)}` : 'Not assigned'}${one.team ? `, team ${one.team.name}` : ''}`} align="end" open=${open} onOpen=${onOpen} items=${items} title="Assign (m), to me (a)"
    label=${one.assignee ? html`<${AgentAvatar} agent=${one.assignee} size=${22} /><span class="wide-only">${one.assignee.uuid === me.uuid ? 'Me' : one.assignee.first_name}</span><${Icon} name="chevron_down" size=${14} />` : one.team ? html`<${Icon} name="users" size=${18} /><span class="wide-only assign-team">${one.team.name}</span><${Icon} name="chevron_down" size=${14} />` : html`<${Icon} name="user_plus" size=${18} /><span class="wide-only">Assign</span><${Icon} name="chevron_down" size=${14} />`} />`;
}
