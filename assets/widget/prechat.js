// The questions before a first message, when the inbox asks any. Checked here to be kind; the server checks to be sure.

import { html, useState } from '../vendor/preact.js';

const DEFAULT_KEYS = ['name', 'email', 'phone'];

/** Which fields this person still has to be asked. Who has a session already told name and address. @param {import('./chat.js').State} state @returns {any[]} */
export function fieldsToAsk(state) {
  const form = state.settings.prechat_form;
  if (!form?.enabled || !Array.isArray(form.fields)) return [];
  return form.fields.filter((/** @type {any} */ field) => field.enabled !== false && !(state.session && (field.is_default || DEFAULT_KEYS.includes(field.key)))).sort((/** @type {any} */ a, /** @type {any} */ b) => (a.order || 0) - (b.order || 0));
}

/** @param {{chat: import('./chat.js').Chat, fields: any[]}} props */
export function PreChat({ chat, fields }) {
  const { state, t } = chat;
  const [values, setValues] = useState(/** @type {Record<string, any>} */ ({}));
  const [shown, setShown] = useState(false);
  const problems = Object.fromEntries(fields.map((field) => [field.key, problem(field, values[field.key], t)]).filter(([, text]) => text));
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const bad = fields.find((field) => problems[field.key]);
    if (bad) { setShown(true); /** @type {any} */ (event.currentTarget).querySelector(`[name="${CSS.escape(bad.key)}"]`)?.focus(); return; }
    /** @type {Record<string, any>} */ const answers = {};
    for (const field of fields) {
      const value = values[field.key];
      if (value === undefined || value === '' || value === false) continue;
      answers[field.key] = field.type === 'number' ? Number(value) : typeof value === 'string' ? value.trim() : value;
    }
    chat.answerForm(answers);
  };
  return html`<form class="prechat" onSubmit=${submit} noValidate>
    ${state.settings.prechat_form.title ? html`<h2>${state.settings.prechat_form.title}</h2>` : null}
    ${fields.map((field) => {
      const bad = shown && problems[field.key];
      const id = `ask-${field.key}`;
      const common = { id, name: field.key, 'aria-invalid': bad ? 'true' : undefined, 'aria-describedby': bad ? `${id}-bad` : undefined, required: field.required };
      /** @param {any} event */
      const change = (event) => setValues({ ...values, [field.key]: field.type === 'checkbox' ? event.target.checked : event.target.value });
      const choices = field.values || state.settings.custom_attributes?.[field.custom_attribute_id]?.values || [];
      return html`<div class="ask ${field.type === 'checkbox' ? 'is-check' : ''}" key=${field.key}>
        <label for=${id}>${field.label}${field.required ? null : html` <small>${t('w.optional')}</small>`}</label>
        ${field.type === 'list' ? html`<select ...${common} value=${values[field.key] || ''} onChange=${change}><option value="">${field.placeholder || t('w.choose')}</option>${choices.map((/** @type {string} */ choice) => html`<option value=${choice}>${choice}</option>`)}</select>`
          : html`<input ...${common} type=${({ email: 'email', phone: 'tel', number: 'number', date: 'date', link: 'url', checkbox: 'checkbox' })[/** @type {'email'} */ (field.type)] || 'text'} autocomplete=${({ name: 'name', email: 'email', phone: 'tel' })[/** @type {'name'} */ (field.key)]} placeholder=${field.placeholder || ''} checked=${field.type === 'checkbox' ? !!values[field.key] : undefined} value=${field.type === 'checkbox' ? undefined : values[field.key] || ''} onInput=${change} dir=${field.type === 'email' || field.type === 'link' || field.type === 'phone' ? 'ltr' : 'auto'} />`}
        ${bad ? html`<p class="ask-bad" id=${`${id}-bad`}>${bad}</p>` : null}
      </div>`;
    })}
    <button type="submit" class="primary">${t('w.start_chat')}</button>
  </form>`;
}

/** @param {any} field @param {any} value @param {(key: string, terms?: any) => string} t */
function problem(field, value, t) {
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === undefined || text === '' || text === false) return field.required ? t('w.field_required') : '';
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return t('w.field_email');
  if (field.type === 'phone' && !/^[+\d][\d\s()./-]{3,}$/.test(text)) return t('w.field_phone');
  if (field.type === 'link' && !/^https?:\/\/[^\s]+$/i.test(text)) return t('w.field_link');
  if (field.type === 'number' && !Number.isFinite(Number(text))) return t('w.field_number');
  return '';
}
