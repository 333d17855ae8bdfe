// Teams: who answers what. Start buttons lead to a team, and a conversation can be handed to one.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { AgentAvatar } from '../parts/avatars.js';
import { Confirm } from '../parts/dialog.js';
import { Empty, Spinner } from '../parts/small.js';
import { isAdmin, nameOf } from '../state/people.js';
import { change, now, useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { useHours, useTeams } from './directory.js';
import { PageFrame, mainUnless } from './settings.js';
import { TeamForm } from './team_form.js';

/** @typedef {import('../state/types.js').Team} Team */

const FACES_MAX = 6;

export function Teams() {
  const { teams, failed, again } = useTeams();
  const { hours } = useHours();
  const agents = useDesk((state) => state.agents);
  const admin = isAdmin(now().agent);
  const [editing, setEditing] = useState(/** @type {Team|'new'|null} */ (null));
  const [removing, setRemoving] = useState(/** @type {Team|null} */ (null));
  const remove = async (/** @type {Team} */ team) => {
    setRemoving(null);
    try { const answer = await api.del(`/teams/${team.uuid}`); change(({ teams: held }) => ({ teams: answer?.teams ?? (held || []).filter((one) => one.uuid !== team.uuid) })); toast(`${team.name} is removed`); } catch (error) { toast(`${team.name} was not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const create = () => setEditing('new');
  return html`<${PageFrame} title="Teams" lead="Sales, support, returns: start buttons lead to a team, and conversations can be handed to one." actions=${admin && html`<button type="button" class=${mainUnless(teams)} onClick=${create}><${Icon} name="plus" size=${18} /> New team</button>`}>
    ${!teams ? (failed ? html`<${Empty} icon="offline" title="The teams did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !teams.length ? html`<${Empty} icon="users" title="No teams yet" action=${admin && html`<button type="button" class="button is-primary" onClick=${create}>Make the first team</button>`}>Small shops need none: everybody answers everything.<//>`
      : html`<ul class="cards" role="list">${teams.map((team) => {
          const members = team.members.map((uuid) => agents[uuid]).filter(Boolean);
          const set = hours?.find((one) => one.uuid === team.hours);
          return html`<li key=${team.uuid} class="card"><span class="card-icon"><${Icon} name="users" /></span>
            <div class="card-main"><p class="card-title"><b dir="auto">${team.name}</b> <span class="badge ${team.online ? 'is-good' : ''}">${team.online ? 'Somebody is here' : 'Nobody is here'}</span></p>
              <p class="card-sub">${members.length ? members.map(nameOf).join(', ') : 'Nobody is in it yet'}${set ? ` · ${set.name}` : ''}</p>
              <p class="card-sub">${team.routing === 'round_robin' ? `Conversations go round by themselves${team.answer_within_s ? `, on to the next after ${Math.round(team.answer_within_s / 60)} min without an answer` : ''}` : 'Members take conversations themselves'}${team.default ? ' · gets whatever no other team gets' : ''}</p></div>
            <span class="faces" aria-hidden="true">${members.slice(0, FACES_MAX).map((agent) => html`<${AgentAvatar} key=${agent.uuid} agent=${agent} size=${28} />`)}</span>
            ${admin ? html`<button type="button" class="icon-button" aria-label="Edit ${team.name}" title="Edit" onClick=${() => setEditing(team)}><${Icon} name="edit" /></button><button type="button" class="icon-button" aria-label="Remove ${team.name}" title="Remove" onClick=${() => setRemoving(team)}><${Icon} name="trash" /></button>` : null}</li>`;
        })}</ul>`}
    ${editing ? html`<${TeamForm} team=${editing === 'new' ? null : editing} onClose=${() => setEditing(null)} />` : null}
    ${removing ? html`<${Confirm} title="Remove ${removing.name}?" danger=${true} yes="Remove" text="Its conversations stay and belong to no team. A team that start buttons lead to cannot be removed; they have to lead elsewhere first." onYes=${() => remove(removing)} onNo=${() => setRemoving(null)} />` : null}
  <//>`;
}
