// One team: its name, who is in it and in which order they are asked, and how its conversations come to them.

import { html } from '../../vendor/preact.js';
import { AgentAvatar } from '../parts/avatars.js';
import { Dialog } from '../parts/dialog.js';
import { Choice, Field, Select, Switch } from '../parts/field.js';
import { useForm } from '../entry/form.js';
import { nameOf } from '../state/people.js';
import { change, useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api } from '../state/wire.js';
import { useHours } from './directory.js';

/** @type {[string, string][]} */
const PLACES = [['first', 'Asked first'], ['normal', 'In turn'], ['last', 'Asked last']];

/** @param {{team: import('../state/types.js').Team|null, onClose: () => void}} props */
export function TeamForm({ team, onClose }) {
  const agents = useDesk((state) => Object.values(state.agents).filter((agent) => !agent.suspended));
  const { hours } = useHours();
  const start = {
    name: team?.name || '', members: team?.members || [], hours: team?.hours || '', routing: team?.routing || 'manual', prefer_last: team?.prefer_last ?? true,
    minutes: team?.answer_within_s ? String(team.answer_within_s / 60) : '', places: /** @type {Record<string, string>} */ (team?.places || {}), default: !!team?.default,
  };
  const form = useForm(start, async ({ minutes, ...values }) => {
    const within = Number(minutes.replace(',', '.'));
    if (minutes.trim() && !(within > 0)) { form.fail('minutes', 'A number of minutes, or nothing.'); return; }
    const body = { ...values, hours: values.hours || null, answer_within_s: minutes.trim() ? Math.round(within * 60) : null };
    const answer = team ? await api.put(`/teams/${team.uuid}`, body) : await api.post('/teams', body);
    change({ teams: answer.teams });
    onClose();
    toast(team ? 'Saved' : `${values.name} is there`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['name', 'members', 'hours', 'minutes', 'answer_within_s']);
  const turn = (/** @type {string} */ uuid) => set({ members: values.members.includes(uuid) ? values.members.filter((one) => one !== uuid) : [...values.members, uuid] });
  const round = values.routing === 'round_robin';
  return html`<${Dialog} title=${team ? 'Edit the team' : 'New team'} onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="Team name" hint="Visitors may see it." placeholder="Returns" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    <fieldset class="field"><legend>Members</legend><div class="people">${agents.map((agent) => html`<div key=${agent.uuid} class="person-line"><label class="person"><input type="checkbox" checked=${values.members.includes(agent.uuid)} onChange=${() => turn(agent.uuid)} /><${AgentAvatar} agent=${agent} size=${26} /><span>${nameOf(agent)}</span></label>
      ${round && values.members.includes(agent.uuid) ? html`<select class="input person-place" aria-label="When ${nameOf(agent)} is asked" value=${values.places[agent.uuid] || 'normal'} onChange=${(/** @type {any} */ event) => set({ places: { ...values.places, [agent.uuid]: event.currentTarget.value } })}>
        ${PLACES.map(([key, label]) => html`<option value=${key} selected=${(values.places[agent.uuid] || 'normal') === key}>${label}</option>`)}</select>` : null}</div>`)}</div>${error('members') && html`<p class="field-error" role="alert">${error('members')}</p>`}</fieldset>
    <${Choice} label="How conversations come to them" value=${values.routing} onInput=${(/** @type {'manual'|'round_robin'} */ routing) => set({ routing })} options=${[['manual', 'They take them'], ['round_robin', 'Given in turn']]}
      hint=${round ? 'At once, to whoever is online and has room. Visitors who have to wait see their place in the queue.' : 'Everything waits in New until somebody takes it.'} />
    ${round ? html`<${Switch} label="Prefer whoever talked with them last" hint="When that person is online and has room." on=${values.prefer_last} onChange=${(/** @type {boolean} */ on) => set({ prefer_last: on })} />
      <${Field} label="Pass on after minutes without an answer" hint="Empty: a conversation stays with whoever got it." inputmode="decimal" optional=${true} value=${values.minutes} onInput=${(/** @type {string} */ minutes) => set({ minutes })} error=${error('minutes') || error('answer_within_s')} />` : null}
    <${Switch} label="Gets whatever no other team gets" hint="Conversations without a start button, of inboxes that name no team." on=${values.default} onChange=${(/** @type {boolean} */ on) => set({ default: on })} />
    <${Select} label="Business hours" hint="Without their own, those of the inbox count." value=${values.hours} onInput=${(/** @type {string} */ one) => set({ hours: one })} error=${error('hours')} options=${[['', 'Those of the inbox'], ...(hours || []).map((one) => /** @type {[string, string]} */ ([one.uuid, one.name]))]} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}
