// What can be done to all chosen conversations at once; it stands at the foot of the list while something is chosen.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { PRIORITY_WORDS } from '../parts/kinds.js';
import { Menu } from '../parts/menu.js';
import { Popup } from '../parts/popup.js';
import { TagPicker } from '../parts/tag_picker.js';
import { STATUS_WORDS } from '../state/actions.js';
import { bulk } from '../state/order.js';
import { may, nameOf } from '../state/people.js';
import { change, now, useDesk } from '../state/store.js';
import { useTools } from '../state/tools.js';
import { api } from '../state/wire.js';
import { snoozeChoices } from '../thread/snooze.js';
import { chosenNow, clear, useSelection } from './selection.js';

/** @typedef {import('../state/tools.js').Action} Action */

export function BulkBar() {
  const { count } = useSelection();
  const allowed = useDesk(() => may('status'));
  return count && allowed ? html`<${Bar} count=${count} />` : null;
}

/** @param {{count: number}} props */
function Bar({ count }) {
  const assigns = useDesk(() => may('assign'));
  const me = useDesk((state) => state.agent);
  const agents = useDesk((state) => Object.values(state.agents).filter((agent) => !agent.suspended && !agent.invited && agent.uuid !== state.agent.uuid));
  const teams = useDesk((state) => state.teams);
  const { list: own } = useTools('statuses');
  const [tagging, setTagging] = useState(false);
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  useEffect(() => { if (assigns && !now().teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* people can still be chosen */ }); }, []);
  /** @param {Action[]} actions @param {string} done */
  const run = async (actions, done) => { const uuids = chosenNow(); const ok = await bulk(uuids, actions, done); if (ok) { clear(); back(); } };
  const back = () => requestAnimationFrame(() => { if (document.activeElement === document.body) /** @type {HTMLElement|null} */ (document.querySelector('[data-row][tabindex="0"]'))?.focus(); });
  const one = (/** @type {string} */ what, /** @type {any} */ value, /** @type {string} */ label, /** @type {string} */ done, more = {}) => ({ label, run: () => run([{ do: what, value }], done), ...more });
  return html`<section class="bulk-bar" aria-label="Chosen conversations">
    <span class="bulk-count tabular" role="status">${count} chosen</span>
    ${assigns ? html`<${Menu} buttonClass="icon-button" name="Assign" title="Assign" label=${html`<${Icon} name="user_plus" />`} items=${[
      one('assign_agent', 'me', 'Me', 'Assigned to you'), ...agents.map((agent) => one('assign_agent', agent.uuid, nameOf(agent), `Assigned to ${agent.first_name}`)), one('unassign', null, 'Nobody', 'Given back', { separated: true }),
      ...(teams?.length ? [{ heading: 'Team' }, ...teams.map((team) => one('assign_team', team.uuid, team.name, `Given to ${team.name}`))] : [])]} />` : null}
    <span class="menu-place"><button ref=${button} type="button" class="icon-button" aria-label="Tag" title="Tag" aria-haspopup="dialog" aria-expanded=${tagging ? 'true' : 'false'} onClick=${() => setTagging(!tagging)}><${Icon} name="tag" /></button>
      ${tagging ? html`<${Popup} button=${button} label="Tag them" onClose=${() => setTagging(false)}><${TagPicker} chosen=${[]} label="Which tag?" onPick=${(/** @type {import('../state/tools.js').Tag} */ tag) => { setTagging(false); run([{ do: 'tag', value: tag.uuid }], `Tagged ${tag.name}`); }} /><//>` : null}</span>
    <${Menu} buttonClass="icon-button" name="Priority" title="Priority" label=${html`<${Icon} name="flag" />`} items=${[...['high', 'medium', 'low'].map((level) => one('priority', level, PRIORITY_WORDS[level], `${PRIORITY_WORDS[level]} priority`)), one('priority', null, 'None', 'No priority')]} />
    <${Menu} buttonClass="icon-button" name="Snooze" title="Snooze" label=${html`<${Icon} name="moon" />`} items=${snoozeChoices().map(({ label, at }) => one('snooze', { until: at }, label, 'Snoozed'))} />
    <${Menu} buttonClass="icon-button" name="Status" title="Status" align="end" label=${html`<${Icon} name="check" />`} items=${/** @type {('open'|'waiting'|'resolved')[]} */ (['open', 'waiting', 'resolved']).flatMap((status) => [one('status', status, STATUS_WORDS[status], STATUS_WORDS[status]), ...(own || []).filter((other) => other.category === status).map((other) => one('custom_status', other.uuid, other.name, other.name))])} />
    <button type="button" class="icon-button bulk-none" aria-label="Choose none" title="Choose none (Escape)" onClick=${() => { clear(); back(); }}><${Icon} name="close" /></button>
  </section>`;
}
