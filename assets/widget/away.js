// Nobody is here and the inbox takes messages with an address: words, name and address in one form. When we are back stands above.

import { h, html, useEffect, useRef } from '../vendor/preact.js';
import { Consent } from './consent.js';
import { Field, useAnswers } from './field.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Away({ chat }) {
  const { state, t } = chat;
  const person = useRef(state.person).current;
  const form = useRef(/** @type {any} */ (null));
  const fields = [
    { key: 'name', type: 'text', label: t('w.name'), required: true }, { key: 'email', type: 'email', label: t('w.email'), required: true },
    { key: 'message', type: 'words', label: t('w.your_message'), required: true, most: state.settings.limits?.message_chars },
  ].filter(({ key }) => !state.form?.[key]);
  const answers = useAnswers(fields, t, { ...state.claims, ...state.contact, message: chat.draft('new') });
  const { message } = answers.values;
  useEffect(() => { const timer = setTimeout(() => chat.keepDraft('new', message || '', person), 400); return () => { clearTimeout(timer); chat.keepDraft('new', message || '', person); }; }, [message]);
  useEffect(() => { if (!state.mobile) form.current.querySelector('input, textarea')?.focus({ preventScroll: true }); }, []);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const said = answers.check(form.current);
    const unagreed = chat.unagreed();
    if (!said || unagreed) return;
    const { message: words, ...contact } = said;
    answers.set('message', '');
    chat.keepDraft('new', '', person);
    chat.answerForm({ ...state.form, ...contact });
    chat.talk.send(words);
  };
  return html`<form ref=${form} class="sheet away" aria-labelledby="away-title" onSubmit=${submit} noValidate>
    <h2 id="away-title">${t('w.away_title')}</h2>
    <p class="hint">${t(state.settings.answers_by_mail === false ? 'w.report_here' : 'w.away_hint')}</p>
    ${fields.map((field) => h(Field, { key: field.key, chat, field, answers, prefix: 'away' }))}
    ${h(Consent, { chat })}
    <button type="submit" class="primary">${t('w.away_send')}</button>
  </form>`;
}
