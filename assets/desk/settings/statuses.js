// Statuses of the house's own: finer words below open, waiting and resolved.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { useForm } from '../entry/form.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Choice, Field } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { STATUS_WORDS } from '../state/actions.js';
import { may } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { loadTools, take, useTools } from '../state/tools.js';
import { announce, toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { PageFrame } from './settings.js';

/** @typedef {import('../state/tools.js').OwnStatus} OwnStatus */

/** @type {[import('../state/types.js').Status, string, string][]} */
const CATEGORIES = [['open', 'chat', 'Somebody should answer.'], ['waiting', 'clock', 'We wait for somebody else.'], ['resolved', 'check', 'Done, until the person writes again.']];

export function Statuses() {
  const { list, failed, again } = useTools('statuses');
  const shares = useDesk(() => may('share'));
  const [editing, setEditing] = useState(/** @type {OwnStatus|'new'|null} */ (null));
  const [removing, setRemoving] = useState(/** @type {OwnStatus|null} */ (null));
  const remove = async (/** @type {OwnStatus} */ one) => {
    setRemoving(null);
    try { await api.del(`/statuses/${one.uuid}`); await loadTools('statuses'); toast(`${one.name} is removed`); } catch (error) { toast(`${one.name} was not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  /** Changes places with its neighbour of the same category. @param {OwnStatus} one @param {number} step */
  const move = async (one, step) => {
    const same = (list || []).filter((other) => other.category === one.category);
    const other = same[same.indexOf(one) + step];
    if (!other) return;
    try {
      await api.put(`/statuses/${one.uuid}`, { position: other.position });
      take('statuses', (await api.put(`/statuses/${other.uuid}`, { position: one.position })).statuses);
      announce(`${one.name}: ${step < 0 ? 'before' : 'after'} ${other.name}`);
    } catch (error) { toast(`The order stays. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<${PageFrame} title="Statuses" lead="Open, waiting and resolved are always there. Add finer words where your team needs them; each belongs to one of the three."
      actions=${shares && html`<button type="button" class="button is-primary" onClick=${() => setEditing('new')}><${Icon} name="plus" size=${18} /> New status</button>`}>
    ${!list ? (failed ? html`<${Empty} icon="offline" title="The statuses did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : CATEGORIES.map(([category, icon, meaning]) => html`<section key=${category} class="status-group"><h2><${Icon} name=${icon} size=${18} /> ${STATUS_WORDS[category]}</h2><p class="field-hint">${meaning}</p>
        <ul class="cards" role="list">${list.filter((one) => one.category === category).map((one, at, all) => html`<li key=${one.uuid} class="card"><span class="card-main"><b dir="auto">${one.name}</b></span>
          ${shares ? html`<span class="card-buttons"><button type="button" class="icon-button" aria-label="Move ${one.name} up" title="Up" disabled=${at === 0} onClick=${() => move(one, -1)}><span class="turn-up"><${Icon} name="chevron_down" size=${18} /></span></button><button type="button" class="icon-button" aria-label="Move ${one.name} down" title="Down" disabled=${at === all.length - 1} onClick=${() => move(one, 1)}><${Icon} name="chevron_down" size=${18} /></button>
            <button type="button" class="icon-button" aria-label="Edit ${one.name}" title="Edit" onClick=${() => setEditing(one)}><${Icon} name="edit" /></button><button type="button" class="icon-button" aria-label="Remove ${one.name}" title="Remove" onClick=${() => setRemoving(one)}><${Icon} name="trash" /></button></span>` : null}</li>`)}</ul>
        ${list.some((one) => one.category === category) ? null : html`<p class="status-none">Only ${STATUS_WORDS[category]} itself.</p>`}</section>`)}
    ${editing ? html`<${StatusForm} status=${editing === 'new' ? null : editing} onClose=${() => setEditing(null)} />` : null}
    ${removing ? html`<${Confirm} title="Remove ${removing.name}?" danger=${true} yes="Remove" text=${`Conversations that have it become plainly “${STATUS_WORDS[removing.category]}”.`} onYes=${() => remove(removing)} onNo=${() => setRemoving(null)} />` : null}
  <//>`;
}

/** @param {{status: OwnStatus|null, onClose: () => void}} props */
function StatusForm({ status, onClose }) {
  const form = useForm({ name: status?.name || '', category: status?.category || 'waiting' }, async (values) => {
    const answer = status ? await api.put(`/statuses/${status.uuid}`, { name: values.name }) : await api.post('/statuses', values);
    take('statuses', answer.statuses);
    onClose();
    toast(status ? 'Saved' : `${values.name} is there`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['name', 'category']);
  return html`<${Dialog} title=${status ? 'Rename the status' : 'New status'} onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="Name" placeholder="Waiting for the courier" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    ${status ? html`<p class="field-hint">It means “${STATUS_WORDS[status.category]}”. That stays, because conversations have it.</p>` : html`<${Choice} label="Means" value=${values.category} onInput=${(/** @type {any} */ category) => set({ category })} options=${CATEGORIES.map(([key]) => [key, STATUS_WORDS[key]])} />`}
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}
