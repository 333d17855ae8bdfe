// The questions before a first message, when the inbox asks any.

import { h, html } from '../vendor/preact.js';
import { Field, useAnswers } from './field.js';

/** @param {{chat: import('./chat.js').Chat, fields: any[]}} props */
export function PreChat({ chat, fields }) {
  const { state, t } = chat;
  const answers = useAnswers(fields, t);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const said = answers.check(event.currentTarget);
    if (said) chat.answerForm(said);
  };
  return html`<form class="sheet prechat" onSubmit=${submit} noValidate>
    ${state.settings.prechat_form.title ? html`<h2 dir="auto">${state.settings.prechat_form.title}</h2>` : null}
    ${fields.map((field) => h(Field, { key: field.key, chat, field, answers }))}
    <button type="submit" class="primary">${t('w.start_chat')}</button>
  </form>`;
}
