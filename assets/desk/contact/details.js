// Name, e-mail, phone: read by default, edited in place.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { MailTrouble } from './mail_trouble.js';
import { Field } from '../parts/field.js';
import { time } from '../parts/small.js';
import { editContact } from '../state/actions.js';
import { useForm } from '../entry/form.js';

/** @param {{contact: import('../state/types.js').Contact}} props */
export function Details({ contact }) {
  const [editing, setEditing] = useState(false);
  if (editing) return html`<${EditForm} contact=${contact} onDone=${() => setEditing(false)} />`;
  /** @type {[string, any][]} */
  const rows = [
    ['E-mail', contact.email ? html`<a href="mailto:${contact.email}">${contact.email}</a>` : html`<span class="faint">No e-mail on file: answers can be read in the chat only</span>`],
    ...(contact.phone ? /** @type {[string, any][]} */ ([['Phone', html`<a href="tel:${contact.phone.replace(/[^\d+]/g, '')}">${contact.phone}</a>`]]) : []),
    ['First seen', html`<span title=${time.full(contact.first_seen_at)}>${time.day(contact.first_seen_at)}</span>`],
  ];
  return html`<section class="panel-part"><h3>Details <button type="button" class="icon-button is-small" aria-label="Edit the details" title="Edit" onClick=${() => setEditing(true)}><${Icon} name="edit" size=${16} /></button></h3>
    <dl class="facts">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
    ${contact.mail_trouble ? html`<${MailTrouble} contact=${contact} />` : null}</section>`;
}

/** @param {{contact: import('../state/types.js').Contact, onDone: () => void}} props */
function EditForm({ contact, onDone }) {
  const start = { first_name: contact.first_name || '', last_name: contact.last_name || '', email: contact.email || '', phone: contact.phone || '' };
  const form = useForm(start, async (values) => {
    // Only what was changed: an untouched field must not overwrite what came in meanwhile.
    const patch = Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== /** @type {any} */ (start)[key]));
    if (Object.keys(patch).length) await editContact(contact.uuid, patch);
    onDone();
  });
  const { values, set, error } = form;
  // Escape leaves only while nothing was typed; Cancel is there for the rest.
  const untouched = JSON.stringify(values) === JSON.stringify(start);
  const rest = form.rest(['first_name', 'last_name', 'email', 'phone']);
  return html`<section class="panel-part"><h3>Details</h3><form onSubmit=${form.submit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key !== 'Escape') return; event.preventDefault(); event.stopPropagation(); if (untouched) onDone(); }}>
    <${Field} label="First name" value=${values.first_name} onInput=${(/** @type {string} */ value) => set({ first_name: value })} error=${error('first_name')} focus=${true} />
    <${Field} label="Last name" value=${values.last_name} onInput=${(/** @type {string} */ value) => set({ last_name: value })} error=${error('last_name')} />
    <${Field} label="E-mail" type="text" inputmode="email" value=${values.email} onInput=${(/** @type {string} */ value) => set({ email: value })} error=${error('email')} />
    <${Field} label="Phone" type="text" inputmode="tel" value=${values.phone} onInput=${(/** @type {string} */ value) => set({ phone: value })} error=${error('phone')} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <div class="panel-actions"><button type="button" class="button is-small" onClick=${onDone}>Cancel</button><button class="button is-primary is-small" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></div>
  </form></section>`;
}
