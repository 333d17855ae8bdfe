// The questions before a chat: name, e-mail and phone describe the person; others are kept as attributes of theirs.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Field, Select, Switch } from '../parts/field.js';
import { Sortable, useList } from '../parts/sortable.js';
import { fieldOfFault, itemFault } from './faults.js';

/** @type {[string, string][]} */
const KINDS = [['text', 'Text'], ['email', 'E-mail'], ['phone', 'Phone'], ['number', 'Number'], ['date', 'Date'], ['link', 'Link'], ['checkbox', 'Yes or no'], ['list', 'A choice']];
const FIELDS_MAX = 20;

/** @param {{edit: import('./edit.js').Edit}} props */
export function Prechat({ edit }) {
  const { get, set, bind, flag, errorIn } = edit;
  // The order is that of the list; the number in each follows it.
  const list = useList(get('prechat_form.fields') || [], (next) => set('prechat_form.fields', next.map((field, at) => ({ ...field, order: at + 1 }))), errorIn('prechat_form'), edit.round);
  const fault = itemFault(errorIn('prechat_form'));
  const asked = get('prechat_form.enabled');
  const add = () => {
    let number = list.items.length + 1;
    while (list.items.some((field) => field.key === `question_${number}`)) number++;
    list.add({ key: `question_${number}`, type: 'text', label: '', placeholder: '', required: false, enabled: true, order: number, is_default: false, custom_attribute_id: 0, values: [] });
  };
  const head = (/** @type {any} */ field) => html`<span class="sort-words"><b dir="auto">${field.label || 'New question'}</b><small>${[KINDS.find(([key]) => key === field.type)?.[1], !field.enabled ? 'not asked' : field.required ? 'required' : 'may be left empty', field.is_default ? '' : `kept as ${field.key}`].filter(Boolean).join(' · ')}</small></span>`;
  const body = (/** @type {any} */ field, /** @type {number} */ at) => {
    const put = (/** @type {any} */ patch) => list.put(at, patch);
    const wrong = fault?.at === at ? fieldOfFault(fault.words, field) || 'label' : '';
    // Where the field is not shown, the question says it.
    const shown = wrong === 'values' ? field.type === 'list' : wrong === 'key' || wrong === 'type' ? !field.is_default : wrong !== 'placeholder' || !['list', 'checkbox'].includes(field.type);
    const error = (/** @type {string} */ key) => edit.error(`prechat_form.fields.${at}.${key}`) || (fault && key === (shown ? wrong : 'label') && wrong ? fault.words.slice(0, 1).toUpperCase() + fault.words.slice(1) : '');
    return html`
      <div class="field-pair"><${Field} label="Question" focus=${!field.label} value=${field.label} onInput=${(/** @type {string} */ label) => put({ label })} error=${error('label')} />
        ${field.is_default ? null : html`<${Select} label="Kind" value=${field.type} error=${error('type')} options=${KINDS} onInput=${(/** @type {string} */ type) => put({ type })} />`}</div>
      ${field.type === 'list' ? html`<${Field} label="Choices" hint="One per line." rows=${3} value=${(field.values || []).join('\n')} onInput=${(/** @type {string} */ text) => put({ values: text.split('\n') })} error=${error('values')} />`
        : field.type === 'checkbox' ? null : html`<${Field} label="Example in the field" value=${field.placeholder} onInput=${(/** @type {string} */ placeholder) => put({ placeholder })} error=${error('placeholder')} optional=${true} />`}
      ${field.is_default ? null : html`<div class="field-pair"><${Field} label="Kept as" hint="The attribute of the person that holds the answer." mono=${true} value=${field.key} onInput=${(/** @type {string} */ key) => put({ key: key.toLowerCase().replace(/[^a-z0-9_]+/g, '_') })} error=${error('key')} />
        <${Field} label="Custom attribute number" hint="Only for forms that name one; 0 otherwise." type="number" min=${0} value=${field.custom_attribute_id} onInput=${(/** @type {string} */ id) => put({ custom_attribute_id: Math.max(0, Math.round(Number(id)) || 0) })} /></div>`}
      <div class="switch-pair"><${Switch} label="Asked" on=${field.enabled} onChange=${(/** @type {boolean} */ enabled) => put({ enabled })} /><${Switch} label="Required" on=${field.required} disabled=${!field.enabled} onChange=${(/** @type {boolean} */ required) => put({ required })} /></div>`;
  };
  return html`
    <${Switch} label="Ask before the first message" ...${flag('prechat_form.enabled')} />
    ${errorIn('prechat_form') && !(fault && asked) && html`<p class="form-error" role="alert">${errorIn('prechat_form')}</p>`}
    ${asked ? html`<${Field} label="Title" ...${bind('prechat_form.title')} optional=${true} />
      <${Sortable} list=${list} label="Questions" what="Question" name=${(/** @type {any} */ field) => field.label || 'New question'} head=${head} body=${body} removable=${(/** @type {any} */ field) => !field.is_default} />
      ${list.items.length < FIELDS_MAX ? html`<button type="button" class="button" onClick=${add}><${Icon} name="plus" size=${16} /> Add question</button>` : null}` : null}`;
}
