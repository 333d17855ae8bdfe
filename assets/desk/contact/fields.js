// What the team keeps of a person or a conversation: each field with the control of its kind, saved when it is left. Empty ones too,
// because they say what is worth asking.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { loadFields, mayI, holdContact } from '../state/outside.js';
import { useDesk } from '../state/store.js';
import { changeThread } from '../state/threads.js';
import { announce } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @param {{subject: 'contact'|'conversation', uuid: string, values: Record<string, any>}} props */
export function FieldsPart({ subject, uuid, values }) {
  const fields = useDesk((state) => state.fields);
  const edits = useDesk((state) => mayI(state.may, 'contacts'));
  useEffect(() => { if (!fields) loadFields().catch(() => { /* the rest of the panel is there without them */ }); }, []);
  const mine = (fields || []).filter((one) => one.subject === subject);
  if (!mine.length) return null;
  return html`<section class="panel-part"><h3>${subject === 'contact' ? 'Fields' : 'Fields of the conversation'}</h3>
    <div class="own-fields">${mine.map((field) => html`<${Entry} key=${field.uuid} field=${field} subject=${subject} uuid=${uuid} value=${values[field.key]} edits=${edits} />`)}</div></section>`;
}

/** @param {{field: import('../state/types.js').Field, subject: string, uuid: string, value: any, edits: boolean}} props */
function Entry({ field, subject, uuid, value, edits }) {
  const [typed, setTyped] = useState(value ?? '');
  const [wrong, setWrong] = useState('');
  const focused = useRef(false);
  // Somebody else's change shows at once, unless we are just writing.
  useEffect(() => { if (!focused.current) setTyped(value ?? ''); }, [value]);
  const id = `own-${uuid}-${field.key}`;
  const save = async (/** @type {any} */ next) => {
    const wanted = next === '' ? null : field.kind === 'number' && next !== null ? Number(next) : next;
    if (wanted === (value ?? null)) { setWrong(''); return; }
    try {
      const path = subject === 'contact' ? `/contacts/${uuid}/fields` : `/conversations/${uuid}/fields`;
      const answer = await api.put(path, { [field.key]: wanted });
      if (subject === 'contact') holdContact(answer); else changeThread(uuid, (thread) => ({ ...thread, fields: answer.fields }));
      setWrong('');
      announce(`${field.name} saved`);
    } catch (error) { setWrong(wordsFor(error)); }
  };
  const common = {
    id, disabled: !edits, 'aria-invalid': wrong ? 'true' : null, 'aria-describedby': wrong ? `${id}-wrong` : null,
    onFocus: () => { focused.current = true; },
  };
  const box = field.kind === 'checkbox' ? html`<input ...${common} class="switch" type="checkbox" role="switch" checked=${value === true} onChange=${(/** @type {any} */ event) => save(event.currentTarget.checked)} onBlur=${() => { focused.current = false; }} />`
    : field.kind === 'list' ? html`<select ...${common} class="input" value=${value ?? ''} onChange=${(/** @type {any} */ event) => save(event.currentTarget.value)} onBlur=${() => { focused.current = false; }}>
        <option value="" selected=${!value}>–</option>${[...field.choices, ...(value && !field.choices.includes(value) ? [value] : [])].map((one) => html`<option value=${one} selected=${one === value}>${one}</option>`)}</select>`
    : html`<input ...${common} class="input" dir="auto" type=${{ number: 'number', date: 'date' }[/** @type {'number'} */ (field.kind)] || 'text'} step="any" inputmode=${field.kind === 'link' ? 'url' : null} placeholder=${field.kind === 'link' ? 'https://' : '–'} value=${typed}
        onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} onBlur=${() => { focused.current = false; save(typed); }}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key === 'Enter') /** @type {HTMLElement} */ (event.currentTarget).blur();
          // Escape takes back what was typed, and only then closes what is around it.
          if (event.key === 'Escape' && typed !== (value ?? '')) { event.preventDefault(); event.stopPropagation(); setTyped(value ?? ''); setWrong(''); }
        }} />`;
  const href = field.kind === 'link' && value ? safeHref(value) : null;
  return html`<div class="own-field ${wrong ? 'is-wrong' : ''}"><label for=${id} dir="auto">${field.name}</label><div>${box}${href ? html`<a class="own-link" href=${href} target="_blank" rel="noopener noreferrer">Open</a>` : null}
    ${wrong ? html`<p class="field-error" id="${id}-wrong" role="alert">${wrong}</p>` : null}</div></div>`;
}
