// Fields: what the team keeps of people and conversations beyond name and address. Filled in beside a conversation.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Choice, Field, Select } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { loadFields, mayI } from '../state/outside.js';
import { change, useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { PageFrame, mainUnless } from './settings.js';

/** @typedef {import('../state/types.js').Field} Field_ */

/** @type {[Field_['kind'], string][]} */
const KINDS = [['text', 'Text'], ['number', 'Number'], ['checkbox', 'Yes or no'], ['date', 'Date'], ['link', 'Link'], ['list', 'One of a list']];
const SUBJECTS = /** @type {[Field_['subject'], string][]} */ ([['contact', 'People'], ['conversation', 'Conversations']]);

export function Fields() {
  const fields = useDesk((state) => state.fields);
  const may = useDesk((state) => mayI(state.may, 'settings'));
  const [failed, setFailed] = useState('');
  const [editing, setEditing] = useState(/** @type {Field_|'new'|null} */ (null));
  const [removing, setRemoving] = useState(/** @type {Field_|null} */ (null));
  const load = () => loadFields().then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  const remove = async (/** @type {Field_} */ field) => {
    setRemoving(null);
    try { await api.del(`/fields/${field.uuid}`); await loadFields(); toast(`${field.name} is removed`); } catch (error) { toast(`${field.name} was not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const create = () => setEditing('new');
  return html`<${PageFrame} title="Fields" lead="What your team keeps of people and conversations: plan, customer since, order number. Shown beside the conversation, also while empty." actions=${may && html`<button type="button" class=${mainUnless(fields)} onClick=${create}><${Icon} name="plus" size=${18} /> New field</button>`}>
    ${!fields ? (failed ? html`<${Empty} icon="offline" title="The fields did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !fields.length ? html`<${Empty} icon="note" title="No fields yet" action=${may && html`<button type="button" class="button is-primary" onClick=${create}>Make the first field</button>`}>What a signed-in site says of people is shown without any field. Fields are for what you find out yourselves.<//>`
      : SUBJECTS.map(([subject, label]) => { const mine = fields.filter((one) => one.subject === subject); return mine.length ? html`<h2 class="fields-of">${label}</h2><ul class="cards" role="list" aria-label=${label}>${mine.map((field) => html`<li key=${field.uuid} class="card"><span class="card-icon"><${Icon} name="note" /></span>
          <div class="card-main"><p class="card-title"><b dir="auto">${field.name}</b></p><p class="card-sub">${KINDS.find(([kind]) => kind === field.kind)?.[1]}${field.kind === 'list' ? `: ${field.choices.join(', ')}` : ''} · <code>${field.key}</code></p></div>
          ${may ? html`<button type="button" class="icon-button" aria-label="Edit ${field.name}" title="Edit" onClick=${() => setEditing(field)}><${Icon} name="edit" /></button><button type="button" class="icon-button" aria-label="Remove ${field.name}" title="Remove" onClick=${() => setRemoving(field)}><${Icon} name="trash" /></button>` : null}</li>`)}</ul>` : null; })}
    ${editing ? html`<${FieldForm} field=${editing === 'new' ? null : editing} onClose=${() => setEditing(null)} />` : null}
    ${removing ? html`<${Confirm} title="Remove ${removing.name}?" danger=${true} yes="Remove" text="What stands in it is deleted everywhere. This cannot be undone." onYes=${() => remove(removing)} onNo=${() => setRemoving(null)} />` : null}
  <//>`;
}

/** @param {{field: Field_|null, onClose: () => void}} props */
function FieldForm({ field, onClose }) {
  const form = useForm({ subject: field?.subject || 'contact', kind: /** @type {string} */ (field?.kind || 'text'), name: field?.name || '', choices: (field?.choices || []).join('\n') }, async (values) => {
    const choices = values.kind === 'list' ? { choices: values.choices.split('\n') } : {};
    const answer = field ? await api.put(`/fields/${field.uuid}`, { name: values.name, ...choices }) : await api.post('/fields', { subject: values.subject, kind: values.kind, name: values.name, ...choices });
    change({ fields: answer.fields });
    onClose();
    toast(field ? 'Saved' : `${values.name} is there`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['name', 'choices', 'kind']);
  return html`<${Dialog} title=${field ? 'Edit the field' : 'New field'} onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="Name" placeholder="Customer since" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    ${field ? null : html`<${Choice} label="Of" value=${values.subject} onInput=${(/** @type {any} */ subject) => set({ subject })} options=${SUBJECTS} />
    <${Select} label="Kind" hint="Stays what it is." value=${values.kind} onInput=${(/** @type {string} */ kind) => { set({ kind }); }} error=${error('kind')} options=${KINDS} />`}
    ${values.kind === 'list' ? html`<${Field} label="Choices" hint="One a line." rows=${5} value=${values.choices} onInput=${(/** @type {string} */ choices) => set({ choices })} error=${error('choices')} />` : null}
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}
