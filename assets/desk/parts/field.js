// Fields: a label, a sentence, the control, and the error in words right below it, tied together for screen readers.

import { html, useEffect, useRef } from '../../vendor/preact.js';

let count = 0;

/**
 * @param {{label: any, hint?: any, error?: string, type?: string, value: string|number, onInput: (value: string) => void, rows?: number, id?: string,
 *   autocomplete?: string, required?: boolean, placeholder?: string, name?: string, mono?: boolean, min?: number, max?: number, focus?: boolean, after?: any, disabled?: boolean, optional?: boolean, inputmode?: string, onLeave?: (value: string) => void}} props
 */
export function Field({ label, hint, error, type = 'text', value, onInput, rows, autocomplete, required, placeholder, name, mono, min, max, focus, after, disabled, optional, inputmode, onLeave }) {
  const id = useRef(`field-${++count}`).current;
  const ref = useRef(/** @type {HTMLInputElement|null} */ (null));
  useEffect(() => { if (focus) ref.current?.focus(); }, []);
  // The first wrong field takes the focus, so that the error is read and seen.
  useEffect(() => { if (error && !document.querySelector('.field.is-wrong :focus')) ref.current?.focus(); }, [error]);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  const common = {
    id, ref, name, disabled, 'data-focus': focus || null, placeholder, autocomplete: autocomplete || 'off', 'aria-describedby': described, 'aria-invalid': error ? 'true' : null, 'aria-required': required ? 'true' : null, dir: 'auto',
    class: `input ${mono ? 'is-mono' : ''}`, value, onInput: (/** @type {any} */ event) => onInput(event.currentTarget.value), onBlur: (/** @type {any} */ event) => onLeave?.(event.currentTarget.value), spellcheck: mono ? false : undefined,
  };
  return html`<div class="field ${error ? 'is-wrong' : ''}">
    <label for=${id}>${label}${optional ? html` <span class="field-optional">optional</span>` : null}</label>
    ${hint && html`<p class="field-hint" id="${id}-hint">${hint}</p>`}
    <div class="field-row">${rows ? html`<textarea ...${common} rows=${rows}></textarea>` : html`<input ...${common} type=${type} min=${min} max=${max} inputmode=${inputmode} />`}${after}</div>
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
  </div>`;
}

/** `onInput` may answer false: not taken, the control shows again what it showed. @param {{label: any, hint?: any, error?: string, value: string, onInput: (value: string) => boolean|void, options: [string, string][], disabled?: boolean}} props */
export function Select({ label, hint, error, value, onInput, options, disabled }) {
  const id = useRef(`field-${++count}`).current;
  const ref = useRef(/** @type {HTMLSelectElement|null} */ (null));
  useEffect(() => { if (error && !document.querySelector('.field.is-wrong :focus')) ref.current?.focus(); }, [error]);
  return html`<div class="field ${error ? 'is-wrong' : ''}">
    <label for=${id}>${label}</label>
    ${hint && html`<p class="field-hint" id="${id}-hint">${hint}</p>`}
    <div class="field-row"><select id=${id} ref=${ref} class="input" disabled=${disabled} aria-invalid=${error ? 'true' : null} aria-describedby=${[hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null} value=${value}
      onChange=${(/** @type {any} */ event) => { const control = event.currentTarget; if (onInput(control.value) === false) control.value = value; }}>
      ${options.map(([key, text]) => html`<option value=${key} selected=${key === value}>${text}</option>`)}</select></div>
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
  </div>`;
}

/** A switch with its sentence beside it. @param {{label: any, hint?: any, on: boolean, onChange: (on: boolean) => void, disabled?: boolean, error?: string}} props */
export function Switch({ label, hint, on, onChange, disabled, error }) {
  const id = useRef(`switch-${++count}`).current;
  return html`<div class="switch-row">
    <input id=${id} class="switch" type="checkbox" role="switch" checked=${on} disabled=${disabled} aria-describedby=${hint ? `${id}-hint` : null}
      onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.checked)} />
    <div><label for=${id}>${label}</label>${hint && html`<p class="field-hint" id="${id}-hint">${hint}</p>`}${error && html`<p class="field-error" role="alert">${error}</p>`}</div>
  </div>`;
}

/** One of few, all visible. @param {{label: string, hint?: any, value: string, onInput: (value: string) => void, options: [string, any][], name?: string}} props */
export function Choice({ label, hint, value, onInput, options }) {
  const id = useRef(`choice-${++count}`).current;
  return html`<fieldset class="field choice"><legend>${label}</legend>${hint && html`<p class="field-hint">${hint}</p>`}
    <div class="choice-row">${options.map(([key, text]) => html`<label class="choice-item ${key === value ? 'is-on' : ''}"><input type="radio" name=${id} value=${key} checked=${key === value} onChange=${() => onInput(key)} /><span>${text}</span></label>`)}</div>
  </fieldset>`;
}
