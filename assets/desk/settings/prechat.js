// The questions before a chat: name, e-mail and phone describe the person; others can be added.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Field, Select, Switch } from '../parts/field.js';

/** @type {[string, string][]} */
const KINDS = [['text', 'Text'], ['email', 'E-mail'], ['phone', 'Phone'], ['number', 'Number'], ['date', 'Date'], ['link', 'Link'], ['checkbox', 'Yes or no'], ['list', 'A choice']];
const FIELDS_MAX = 20;

/** @param {{edit: import('./edit.js').Edit}} props */
export function Prechat({ edit }) {
  const { get, set, bind, error } = edit;
  const on = !!get('prechat_form.enabled');
  /** @type {any[]} */
  const fields = get('prechat_form.fields') || [];
  const put = (/** @type {number} */ at, /** @type {any} */ patch) => set('prechat_form.fields', fields.map((field, index) => (index === at ? { ...field, ...patch } : field)));
  const add = () => {
    let number = fields.length + 1;
    while (fields.some((field) => field.key === `question_${number}`)) number++;
    set('prechat_form.fields', [...fields, { key: `question_${number}`, type: 'text', label: '', placeholder: '', required: false, enabled: true, order: fields.length + 1, is_default: false, custom_attribute_id: 0, values: [] }]);
  };
  return html`
    <${Switch} label="Ask before the first message" on=${on} onChange=${(/** @type {boolean} */ next) => set('prechat_form.enabled', next)} />
    ${error('prechat_form') && html`<p class="form-error" role="alert">${error('prechat_form')}</p>`}
    ${on && html`<${Field} label="Title" ...${bind('prechat_form.title')} optional=${true} />
      <div class="editor-list">${fields.map((field, at) => html`<div class="editor-item" role="group" aria-label="Question ${at + 1}">
        <header><b>${field.label || 'New question'}</b><span class="row-gap"></span>${field.is_default ? null : html`<button type="button" class="icon-button is-small" aria-label="Remove question ${at + 1}" onClick=${() => set('prechat_form.fields', fields.filter((_, index) => index !== at).map((one, index) => ({ ...one, order: index + 1 })))}><${Icon} name="trash" size=${16} /></button>`}</header>
        <div class="field-pair"><${Field} label="Question" value=${field.label} onInput=${(/** @type {string} */ label) => put(at, { label })} />
          ${field.is_default ? html`<${Field} label="Example in the field" value=${field.placeholder} onInput=${(/** @type {string} */ placeholder) => put(at, { placeholder })} optional=${true} />` : html`<${Select} label="Kind" value=${field.type} options=${KINDS} onInput=${(/** @type {string} */ type) => put(at, { type })} />`}</div>
        ${field.type === 'list' && html`<${Field} label="Choices" hint="One per line." rows=${3} value=${(field.values || []).join('\n')} onInput=${(/** @type {string} */ text) => put(at, { values: text.split('\n') })} />`}
        <div class="switch-pair"><${Switch} label="Asked" on=${field.enabled} onChange=${(/** @type {boolean} */ enabled) => put(at, { enabled })} /><${Switch} label="Required" on=${field.required} disabled=${!field.enabled} onChange=${(/** @type {boolean} */ required) => put(at, { required })} /></div>
      </div>`)}
      ${fields.length < FIELDS_MAX && html`<div class="editor-add"><button type="button" class="button is-small" onClick=${add}><${Icon} name="plus" size=${16} /> Question</button></div>`}</div>`}`;
}
