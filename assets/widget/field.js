// One question of a form, and the answers of all of them. Checked here to be kind; the server checks to be sure.

import { html, useState } from '../vendor/preact.js';

const TYPES = /** @type {Record<string, string>} */ ({ email: 'email', phone: 'tel', number: 'number', date: 'date', link: 'url', checkbox: 'checkbox' });
const FILLED = /** @type {Record<string, string>} */ ({ name: 'name', email: 'email', phone: 'tel' });
/** Read from left to right in every language. */
const LATIN = ['email', 'link', 'phone', 'number'];

/**
 * What a form knows while it is filled in. `check` answers what was said, or leads to the first question that needs another look.
 * @param {any[]} fields @param {(key: string, terms?: any) => string} t @param {Record<string, any>} [before]
 */
export function useAnswers(fields, t, before = {}) {
  const [values, setValues] = useState(before);
  const [shown, setShown] = useState(false);
  /** @type {Record<string, string>} */ const problems = Object.fromEntries(fields.map((field) => [field.key, problemOf(field, values[field.key], t)]).filter(([, text]) => text));
  return {
    values,
    /** @param {string} key */
    bad: (key) => (shown && problems[key]) || '',
    /** @param {string} key @param {any} value */
    set: (key, value) => setValues((now) => ({ ...now, [key]: value })),
    /** @param {any} form @returns {Record<string, any>|null} */
    check(form) {
      const bad = fields.find((field) => problems[field.key]);
      setShown(!!bad);
      if (bad) { form.querySelector(`[name="${CSS.escape(bad.key)}"]`)?.focus(); return null; }
      /** @type {Record<string, any>} */ const answers = {};
      for (const { key, type } of fields) {
        const value = typeof values[key] === 'string' ? values[key].trim() : values[key];
        if (value === undefined || value === '' || value === false) continue;
        answers[key] = type === 'number' ? Number(value) : value;
      }
      return answers;
    },
  };
}

/** @param {{chat: import('./chat.js').Chat, field: any, answers: ReturnType<typeof useAnswers>, prefix?: string}} props */
export function Field({ chat, field, answers, prefix = 'ask' }) {
  const { t } = chat;
  const { key, type, required } = field;
  const bad = answers.bad(key);
  const id = `${prefix}-${key}`;
  const value = answers.values[key];
  const check = type === 'checkbox';
  const common = { id, name: key, 'aria-invalid': bad ? 'true' : undefined, 'aria-describedby': bad ? `${id}-bad` : undefined, 'aria-required': required ? 'true' : undefined };
  /** @param {any} event */
  const change = (event) => answers.set(key, check ? event.target.checked : event.target.value);
  const label = html`<label for=${id}><span dir="auto">${field.label}</span>${required || check ? null : html` <small>${t('w.optional')}</small>`}</label>`;
  // What is sent is the value; a language may call it otherwise.
  const names = field.value_labels || [];
  const choices = field.values?.length ? field.values : chat.state.settings.custom_attributes?.[field.custom_attribute_id]?.values || [];
  const box = type === 'list' ? html`<select ...${common} value=${value || ''} onChange=${change}><option value="">${field.placeholder || t('w.choose')}</option>${choices.map((/** @type {string} */ choice, /** @type {number} */ at) => html`<option value=${choice}>${names[at] || choice}</option>`)}</select>`
    : type === 'words' ? html`<textarea ...${common} rows=${field.rows || 4} maxlength=${field.most} value=${value || ''} placeholder=${field.placeholder || ''} dir="auto" onInput=${change} onPaste=${field.onPaste}></textarea>`
      : html`<input ...${common} type=${TYPES[type] || 'text'} inputmode=${type === 'number' ? 'decimal' : undefined} autocomplete=${FILLED[key]} placeholder=${field.placeholder || ''} checked=${check ? !!value : undefined} value=${check ? undefined : value ?? ''} onInput=${change} dir=${LATIN.includes(type) ? 'ltr' : check || type === 'date' ? undefined : 'auto'} />`;
  return html`<div class="ask ${check ? 'is-check' : ''}">${check ? box : label}${check ? label : box}${bad ? html`<p class="ask-bad" id=${`${id}-bad`}>${bad}</p>` : null}</div>`;
}

/** @param {any} field @param {any} value @param {(key: string, terms?: any) => string} t */
export function problemOf(field, value, t) {
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === undefined || text === '' || text === false) return field.required ? t('w.field_required') : '';
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)) return t('w.field_email');
  if (field.type === 'phone' && !/^[+\d(][\d\s()./-]{3,}$/.test(text)) return t('w.field_phone');
  if (field.type === 'link' && !/^https?:\/\/[^\s]+$/i.test(text)) return t('w.field_link');
  if (field.type === 'number' && !Number.isFinite(Number(text))) return t('w.field_number');
  return '';
}
