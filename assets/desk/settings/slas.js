// Promises about time: how soon an answer comes, and when it is settled; which teams promise it, and in which hours it counts.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { useForm } from '../entry/form.js';
import { Span, spanWords } from '../parts/conditions_editor.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { may } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { loadTools, take, useTools } from '../state/tools.js';
import { api, wordsFor } from '../state/wire.js';
import { useHours, useTeams } from './directory.js';
import { PageFrame, mainUnless } from './settings.js';

/** @typedef {import('../state/tools.js').Sla} Sla */

/** @type {['first_s'|'next_s'|'resolution_s', string, string][]} */
const CLOCKS = [
  ['first_s', 'First answer', 'From the first words until one of you answers.'],
  ['next_s', 'Every further answer', 'Each time somebody writes again.'],
  ['resolution_s', 'Resolution', 'From the beginning until it is resolved. Rests while you wait for the other side or it is snoozed.'],
];

export function Slas() {
  const { list, failed, again } = useTools('slas');
  useEffect(() => { loadTools('slas'); }, []);
  const { hours } = useHours();
  const admin = useDesk(() => may('settings'));
  const [editing, setEditing] = useState(/** @type {Sla|'new'|null} */ (null));
  const [removing, setRemoving] = useState(/** @type {Sla|null} */ (null));
  const remove = async (/** @type {Sla} */ one) => {
    setRemoving(null);
    try { await api.del(`/slas/${one.uuid}`); await loadTools('slas'); toast(`${one.name} is removed`); } catch (error) { toast(`${one.name} was not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const create = () => setEditing('new');
  return html`<${PageFrame} title="Promises" lead="How soon people hear from you. The list warms up when a promise comes near, whoever has it is told, and nobody has to watch a clock."
      actions=${admin && html`<button type="button" class=${mainUnless(list)} onClick=${create}><${Icon} name="plus" size=${18} /> New promise</button>`}>
    ${!list ? (failed ? html`<${Empty} icon="offline" title="The promises did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !list.length ? html`<${Empty} icon="clock" title="Nothing is promised yet" action=${admin && html`<button type="button" class="button is-primary" onClick=${create}>Make the first promise</button>`}>For example: a first answer within an hour, in your business hours.<//>`
      : html`<ul class="cards" role="list">${list.map((one) => html`<li key=${one.uuid} class="card"><span class="card-icon"><${Icon} name="clock" /></span>
          <div class="card-main"><p class="card-title"><b dir="auto">${one.name}</b></p>
            <p class="card-sub">${CLOCKS.filter(([key]) => one[key]).map(([key, label]) => `${label} in ${spanWords(/** @type {number} */ (one[key]))}`).join(' · ')}</p>
            <p class="card-sub">${one.hours ? `Counts in ${hours?.find((set) => set.uuid === one.hours)?.name || 'its hours'}` : 'Counts around the clock'}${one.used_by.length ? ` · ${one.used_by.join(', ')}` : ' · for no team by itself; rules can promise it'}</p></div>
          ${admin ? html`<button type="button" class="icon-button" aria-label="Edit ${one.name}" title="Edit" onClick=${() => setEditing(one)}><${Icon} name="edit" /></button><button type="button" class="icon-button" aria-label="Remove ${one.name}" title="Remove" onClick=${() => setRemoving(one)}><${Icon} name="trash" /></button>` : null}</li>`)}</ul>`}
    ${editing ? html`<${SlaForm} sla=${editing === 'new' ? null : editing} onClose=${() => setEditing(null)} />` : null}
    ${removing ? html`<${Confirm} title="Remove ${removing.name}?" danger=${true} yes="Remove" text="Conversations under it are promised nothing any more. What was kept or late stays on record." onYes=${() => remove(removing)} onNo=${() => setRemoving(null)} />` : null}
  <//>`;
}

/** @param {{sla: Sla|null, onClose: () => void}} props */
function SlaForm({ sla, onClose }) {
  const { hours } = useHours();
  const { teams } = useTeams();
  const form = useForm({ name: sla?.name || '', first_s: sla ? sla.first_s : 3600, next_s: sla ? sla.next_s : null, resolution_s: sla ? sla.resolution_s : null, warn_percent: sla?.warn_percent ?? 80, hours: sla?.hours || '', teams: sla?.teams || [] }, async (values) => {
    const body = { ...values, hours: values.hours || null, warn_percent: Number(values.warn_percent) };
    const answer = sla ? await api.put(`/slas/${sla.uuid}`, body) : await api.post('/slas', body);
    take('slas', answer.slas);
    onClose();
    toast(sla ? 'Saved. New clocks run by it.' : `${values.name} is promised`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['name', 'first_s', 'next_s', 'resolution_s', 'warn_percent', 'hours', 'teams']);
  const turn = (/** @type {string} */ uuid) => set({ teams: values.teams.includes(uuid) ? values.teams.filter((one) => one !== uuid) : [...values.teams, uuid] });
  return html`<${Dialog} title=${sla ? 'Edit the promise' : 'New promise'} onClose=${onClose} wide=${true}><form onSubmit=${form.submit}>
    <${Field} label="Name" placeholder="Standard" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    <fieldset class="field"><legend>What is promised</legend>
      ${CLOCKS.map(([key, label, hint]) => html`<div key=${key} class="promise-row">
        <label class="promise-name"><input type="checkbox" class="switch" role="switch" checked=${values[key] !== null} onChange=${(/** @type {any} */ event) => set(/** @type {any} */ ({ [key]: event.currentTarget.checked ? (key === 'resolution_s' ? 2 * 86400 : 3600) : null }))} /><span><b>${label}</b><span class="field-hint">${hint}</span></span></label>
        ${values[key] !== null ? html`<${Span} label="${label} within" seconds=${values[key] || 0} onChange=${(/** @type {number} */ seconds) => set(/** @type {any} */ ({ [key]: seconds }))} />` : null}
        ${error(key) ? html`<p class="field-error" role="alert">${error(key)}</p>` : null}</div>`)}
    </fieldset>
    <div class="field-pair">
      <${Select} label="Counts in" value=${values.hours} onInput=${(/** @type {string} */ one) => set({ hours: one })} error=${error('hours')} options=${[['', 'Around the clock'], ...(hours || []).map((one) => /** @type {[string, string]} */ ([one.uuid, one.name]))]} />
      <${Field} label="Warn after this much of the time (%)" type="number" min=${1} max=${99} value=${values.warn_percent} onInput=${(/** @type {string} */ one) => set({ warn_percent: /** @type {any} */ (one) })} error=${error('warn_percent')} />
    </div>
    ${teams?.length ? html`<fieldset class="field"><legend>Teams that promise it</legend><p class="field-hint">Every conversation that comes to them. Rules can promise it to others.</p><div class="people">${teams.map((team) => html`<label key=${team.uuid} class="person"><input type="checkbox" checked=${values.teams.includes(team.uuid)} onChange=${() => turn(team.uuid)} /><span dir="auto">${team.name}</span></label>`)}</div>${error('teams') && html`<p class="field-error" role="alert">${error('teams')}</p>`}</fieldset>` : null}
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}
