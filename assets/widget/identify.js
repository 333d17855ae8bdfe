// Who is it? Name, address and six digits, for inboxes that want to know before anybody chats (rows 190–194).

import { h, html, useEffect, useRef, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { Code } from './code.js';
import { Consent } from './consent.js';
import { Field, useAnswers } from './field.js';
import { contactVerbs, refusal, waiting } from './verbs_contact.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Identify({ chat }) {
  const { state } = chat;
  const [before] = useState(() => waiting(chat));
  const [person, setPerson] = useState(/** @type {any} */ (before?.person || (state.contact?.email ? state.contact : null)));
  const [ticket, setTicket] = useState(/** @type {import('./verbs_contact.js').Ticket|null} */ (before?.ticket || null));
  return html`<div class="page">${ticket && person
    ? h(Code, { chat, person, ticket, heading: 'h2', onChange: () => { contactVerbs(chat).forget(); setTicket(null); } })
    : h(Who, { chat, person, onTicket: (/** @type {any} */ said, /** @type {any} */ got) => { setPerson(said); setTicket(got); } })}</div>`;
}

/** @param {{chat: import('./chat.js').Chat, person: any, onTicket: (person: any, ticket: any) => void}} props */
function Who({ chat, person, onTicket }) {
  const { t } = chat;
  const fields = [{ key: 'name', type: 'text', label: t('w.full_name'), required: true }, { key: 'email', type: 'email', label: t('w.email'), required: true }];
  const answers = useAnswers(fields, t, person || chat.state.claims || {});
  const [busy, setBusy] = useState(false);
  const [bad, setBad] = useState('');
  const form = useRef(/** @type {any} */ (null));
  useEffect(() => { if (!chat.state.mobile || person) form.current?.querySelector(person ? '[name="email"]' : 'input')?.focus({ preventScroll: true }); }, []);
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const said = answers.check(form.current);
    // Everything that is missing is said at once; the first of it has the focus.
    const unagreed = chat.unagreed();
    if (busy || !said || unagreed) return;
    setBusy(true);
    setBad('');
    try { onTicket(said, await contactVerbs(chat).identify(/** @type {any} */ (said))); } catch (error) { setBad(refusal(error, chat)); setBusy(false); }
  };
  // No code would ever come: nobody types his address for nothing.
  if (chat.state.settings.codes_by_mail === false) {
    return html`<div class="who-form"><span class="sign is-large">${h(Icon, { name: 'chat', size: 24 })}</span>
      <h2>${t('w.identify_title')}</h2><p class="hint" role="status">${t('w.no_codes')}</p></div>`;
  }
  return html`<form ref=${form} class="who-form" onSubmit=${submit} noValidate>
    <span class="sign is-large">${h(Icon, { name: 'chat', size: 24 })}</span>
    <h2>${t('w.identify_title')}</h2>
    <p class="hint">${t('w.identify_hint')}</p>
    ${fields.map((field) => h(Field, { key: field.key, chat, field, answers, prefix: 'who' }))}
    ${h(Consent, { chat })}
    ${bad ? html`<p class="form-bad" role="alert">${h(Icon, { name: 'warning', size: 18 })}<span>${bad}</span></p>` : null}
    <button type="submit" class="primary" aria-disabled=${String(busy)}>${t(busy ? 'w.sending' : 'w.start_chat')}</button>
  </form>`;
}
