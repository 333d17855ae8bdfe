// "Send me this conversation by e-mail": at once when the address is known, after a question when it is not.

import { h, html, useEffect, useRef, useState } from '../vendor/preact.js';
import { ApiError } from '../shared/api.js';
import { PREFIX } from './store.js';

/** Answers what is wrong, or nothing. @param {import('./chat.js').Chat} chat @param {string} uuid @param {string} [email] */
async function ask(chat, uuid, email) {
  try {
    const { sent_to: to } = await chat.core.api.post(`${PREFIX}/conversations/${uuid}/transcript`, email ? { email } : {});
    chat.say(chat.t('w.transcript_sent', { email: to }));
    return null;
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError('internal');
  }
}

/** @param {import('./chat.js').Chat} chat @param {string} uuid */
export async function sendTranscript(chat, uuid) {
  const problem = await ask(chat, uuid);
  if (!problem) return;
  if (problem.body?.code === 'email_needed' || problem.body?.error?.code === 'email_needed') chat.ask({ box: Address, uuid });
  else chat.say(chat.core.why(problem), true);
}

/** @param {{chat: import('./chat.js').Chat, uuid: string}} props */
function Address({ chat, uuid }) {
  const { t } = chat;
  const box = useRef(/** @type {any} */ (null));
  const [email, setEmail] = useState(chat.state.contact?.email || '');
  const [bad, setBad] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => { const before = /** @type {HTMLElement|null} */ (document.activeElement); box.current.querySelector('input').focus(); return () => before?.focus?.(); }, []);
  const end = () => chat.ask(null);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); end(); }
    if (event.key !== 'Tab') return;
    event.preventDefault();
    const all = [...box.current.querySelectorAll('input, button')];
    all[(all.indexOf(document.activeElement) + (event.shiftKey ? all.length - 1 : 1)) % all.length].focus();
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!/^[^\s@]+@[^\s@]+$/.test(email.trim())) { setBad(t('w.field_email')); box.current.querySelector('input').focus(); return; }
    setBusy(true);
    const problem = await ask(chat, uuid, email.trim());
    setBusy(false);
    if (!problem) end(); else setBad(chat.core.why(problem));
  };
  return html`<div class="question-back" onClick=${(/** @type {Event} */ event) => { if (event.target === event.currentTarget) end(); }}>
    <div class="question" role="dialog" aria-modal="true" aria-label=${t('w.transcript')} ref=${box} onKeyDown=${keys}><form onSubmit=${submit} noValidate>
      <div class="ask"><label for="transcript-email">${t('w.transcript_ask')}</label>
        <input id="transcript-email" type="email" autocomplete="email" dir="ltr" value=${email} aria-invalid=${bad ? 'true' : undefined} aria-describedby=${bad ? 'transcript-bad' : undefined} onInput=${(/** @type {any} */ event) => setEmail(event.target.value)} />
        ${bad ? html`<p class="ask-bad" id="transcript-bad" role="alert">${bad}</p>` : null}</div>
      <div class="question-buttons"><button type="button" class="plain" onClick=${end}>${t('w.cancel')}</button><button type="submit" class="primary" disabled=${busy}>${t('w.transcript_send')}</button></div>
    </form></div></div>`;
}
