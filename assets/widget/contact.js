// Where an answer finds somebody who chats without a name: asked once, in the thread, never in the way (rows 196–198).

import { h, html, useRef, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { Code } from './code.js';
import { Field, useAnswers } from './field.js';
import { contactVerbs, refusal, waiting } from './verbs_contact.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Contact({ chat }) {
  const { state, t } = chat;
  const { contact } = state;
  const [editing, setEditing] = useState(false);
  const [before] = useState(() => waiting(chat));
  const [person, setPerson] = useState(before?.person || (contact?.email ? contact : state.claims || {}));
  const [ticket, setTicket] = useState(/** @type {import('./verbs_contact.js').Ticket|null} */ (before?.ticket || null));
  if (ticket && !state.signed) return html`<section class="sheet contact" aria-label=${t('w.code_title')}>${h(Code, { chat, person, ticket, heading: 'h2', onChange: () => { contactVerbs(chat).forget(); setTicket(null); } })}</section>`;
  if (contact?.email && !editing) {
    return html`<section class="contact-known" aria-label=${t('w.contact_yours')}><p role="status">${h(Icon, { name: 'check', size: 16 })}<span>${t(state.settings.answers_by_mail === false ? 'w.contact_yours' : 'w.contact_saved')} ${contact.name ? html`<bdi>${contact.name}</bdi> · ` : null}<bdi class="address">${contact.email}</bdi></span></p>
      ${state.signed ? null : html`<button type="button" onClick=${() => { setPerson(contact); setEditing(true); }}>${t('w.change')}</button>`}</section>`;
  }
  return h(Ask, { chat, person, onTold: (/** @type {any} */ said, /** @type {any} */ got) => { setPerson(said); setTicket(got); setEditing(false); }, onSkip: () => { if (editing) setEditing(false); else contactVerbs(chat).skip(); } });
}

/** @param {{chat: import('./chat.js').Chat, person: any, onTold: (person: any, ticket: any) => void, onSkip: () => void}} props */
function Ask({ chat, person, onTold, onSkip }) {
  const { t } = chat;
  const fields = [{ key: 'name', type: 'text', label: t('w.name') }, { key: 'email', type: 'email', label: t('w.email'), required: true }];
  const answers = useAnswers(fields, t, person);
  const [busy, setBusy] = useState(false);
  const [bad, setBad] = useState('');
  const form = useRef(/** @type {any} */ (null));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const said = answers.check(form.current);
    if (busy || !said) return;
    setBusy(true);
    setBad('');
    const whole = { name: said.name || '', email: said.email };
    try { onTold(whole, await contactVerbs(chat).tell(whole)); } catch (error) { setBad(refusal(error, chat)); setBusy(false); }
  };
  return html`<form ref=${form} class="sheet contact" aria-labelledby="contact-title" onSubmit=${submit} noValidate>
    <h2 id="contact-title">${t('w.contact_title')}</h2>
    ${chat.state.settings.answers_by_mail === false ? null : html`<p class="hint">${t('w.contact_hint')}</p>`}
    ${fields.map((field) => h(Field, { key: field.key, chat, field, answers, prefix: 'contact' }))}
    ${bad ? html`<p class="form-bad" role="alert">${h(Icon, { name: 'warning', size: 18 })}<span>${bad}</span></p>` : null}
    <div class="sheet-buttons"><button type="button" class="plain" onClick=${onSkip}>${t('w.not_now')}</button><button type="submit" class="primary" aria-disabled=${String(busy)}>${t(busy ? 'w.saving' : 'w.save')}</button></div>
  </form>`;
}
