// Availability: which hours count here, what happens outside of them, and what visitors are told about it.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Select, Switch } from '../parts/field.js';
import { time } from '../parts/small.js';
import { go } from '../state/router.js';
import { useHours, useTeams } from './directory.js';
import { Part } from './settings.js';

/** @type {[string, string, string][]} */
const OUTSIDE = [
  ['open', 'Stay open', 'People write as ever and are told when you are back.'],
  ['form', 'Leave a message', 'A short form with an address, so that you can answer later.'],
  ['hide', 'Hide the launcher', 'The button is not on your pages until you are open again.'],
];

/** @param {import('../state/types.js').Hours} set */
export function openWords(set) {
  const next = set.next_change_at ? `, until ${time.full(set.next_change_at)}` : '';
  return set.open_now ? `Open now${next}` : `Closed now${next}`;
}

/** @param {{edit: import('./edit.js').Edit}} props */
export function Availability({ edit }) {
  const { get, bind, flag, error } = edit;
  const { hours, failed, again } = useHours();
  const { teams } = useTeams();
  const chosen = get('hours.set') || '';
  const set = hours?.find((one) => one.uuid === chosen);
  const outside = get('hours.outside') || 'open';
  const toHours = () => go({ name: 'settings', page: 'hours', id: chosen, tab: '' });
  return html`
    <${Part} title="When you are here">
      ${error('hours') && html`<p class="form-error" role="alert">${error('hours')}</p>`}
      ${failed ? html`<p class="form-error" role="alert">The business hours did not load. ${failed} <button type="button" class="link-button" onClick=${again}>Try again</button></p>` : null}
      <${Select} label="Business hours" hint="Sets are shared by inboxes and teams." ...${bind('hours.set')} options=${[['', 'Always open'], ...(hours || []).map((one) => /** @type {[string, string]} */ ([one.uuid, one.name])), ...(chosen && !set ? [/** @type {[string, string]} */ ([chosen, hours ? 'A set that is gone' : '…'])] : [])]} />
      <p class="field-hint is-below">${set ? html`<span class="badge ${set.open_now ? 'is-good' : ''}"><${Icon} name="clock" size=${14} /> ${openWords(set)}</span> ` : null}<button type="button" class="link-button" onClick=${toHours}>${hours?.length ? 'Edit business hours' : 'Make a set of business hours'}</button></p>
      ${chosen ? html`<fieldset class="field"><legend>Outside of these hours</legend>${OUTSIDE.map(([key, label, hint]) => html`<label class="option ${outside === key ? 'is-on' : ''}"><input type="radio" name="outside" value=${key} checked=${outside === key} onChange=${() => edit.set('hours.outside', key)} /><span><b>${label}</b><small>${hint}</small></span></label>`)}</fieldset>` : null}
    <//>
    ${teams ? html`<${Part} title="Who gets conversations">
      ${error('routing') && html`<p class="form-error" role="alert">${error('routing')}</p>`}
      ${teams.length ? html`<${Select} label="Team" hint="For what no start button gives to another team." ...${bind('routing.team')} options=${[['', teams.some((team) => team.default) ? `The house's: ${teams.find((team) => team.default)?.name}` : 'No team'], ...teams.map((team) => /** @type {[string, string]} */ ([team.uuid, team.name]))]} />`
        : html`<p class="field-hint is-below">There are no teams yet: everybody gets them. <button type="button" class="link-button" onClick=${() => go({ name: 'settings', page: 'teams', id: '', tab: '' })}>Make a team</button></p>`}
    <//>` : null}
    <${Part} title="What visitors are told">
      <${Switch} label="Show the business hours in the chat" ...${flag('show_office_hours_in_chat')} />
      <${Switch} label="Also after somebody has taken the conversation" hint="With the hours of their team." ...${flag('show_office_hours_after_assignment')} />
      <${Switch} label="Say how long answers usually take" hint="Measured over the last 30 days, per team. Nothing is promised that was not so." ...${flag('show_reply_time')} />
    <//>`;
}
