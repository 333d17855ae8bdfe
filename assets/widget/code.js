// Six digits from a mail. One field: what phones fill in by themselves, and what can be pasted whole.

import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { contactVerbs, refusal } from './verbs_contact.js';

const DIGITS = 6;
const RESEND_S = 30;

/** Digits of any script as plain ones. @param {string} text */
const plain = (text) => text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (sign) => String(sign.charCodeAt(0) & 15)).replace(/\D/g, '').slice(0, DIGITS);

/** @param {{chat: import('./chat.js').Chat, person: {name: string, email: string}, ticket: import('./verbs_contact.js').Ticket, heading: 'h1'|'h2'|'h3', onChange: () => void}} props */
export function Code({ chat, person, ticket, heading, onChange }) {
  const { t } = chat;
  const verbs = contactVerbs(chat);
  const [now, setNow] = useState(ticket);
  const [code, setCode] = useState('');
  const [bad, setBad] = useState('');
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [left, setLeft] = useState(ticket.resend_after_s ?? RESEND_S);
  const field = useRef(/** @type {any} */ (null));
  useEffect(() => { field.current?.focus(); }, []);
  useEffect(() => {
    const end = Date.now() + (now.resend_after_s ?? RESEND_S) * 1000;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(seconds);
      if (!seconds) { clearInterval(timer); setSaid(t('w.code_resend_ready')); }
    }, 500);
    return () => clearInterval(timer);
  }, [now]);
  /** @param {string} digits */
  const prove = async (digits) => {
    if (busy) return;
    setBusy(true);
    setBad('');
    try { await verbs.prove(now.ticket, digits, person); } catch (error) {
      setBad(refusal(error, chat));
      setOver(error.body?.code === 'code_over');
      setBusy(false);
      requestAnimationFrame(() => field.current?.select());
    }
  };
  /** @param {string} text */
  const write = (text) => {
    const digits = plain(text);
    if (field.current) field.current.value = digits;
    setCode(digits);
    if (digits.length === DIGITS && digits !== code) prove(digits); else setBad('');
  };
  /** @param {Event} event */
  const submit = (event) => { event.preventDefault(); if (code.length === DIGITS) prove(code); else { setBad(t('w.code_short')); field.current.focus(); } };
  const again = async () => {
    if (left || busy) return;
    setBusy(true);
    try {
      const next = await verbs.resend(now.ticket, person);
      setNow({ ...next, ticket: next.ticket || now.ticket });
      setLeft(next.resend_after_s ?? RESEND_S);
      setSaid(t('w.code_sent_again', { email: person.email }));
      setBad('');
      setOver(false);
      write('');
      field.current.focus();
    } catch (error) { setBad(refusal(error, chat)); }
    setBusy(false);
  };
  return html`<form class="code" onSubmit=${submit} noValidate>
    <${heading}>${t('w.code_title')}<//>
    <p class="hint">${t('w.code_sent')} <bdi class="address">${person.email}</bdi></p>
    <div class="ask">
      <label for="code">${t('w.code_label')}</label>
      <input ref=${field} id="code" name="code" class="digits tabular" type="text" inputmode="numeric" autocomplete="one-time-code" spellcheck=${false} dir="ltr" value=${code} aria-invalid=${bad ? 'true' : undefined} aria-describedby=${bad ? 'code-bad' : undefined} readonly=${busy} onInput=${(/** @type {any} */ event) => write(event.target.value)} />
      ${bad ? html`<p class="ask-bad" id="code-bad" role="alert">${bad}</p>` : null}
    </div>
    ${over ? null : html`<button type="submit" class="primary" aria-disabled=${String(busy)}>${t(busy ? 'w.checking' : 'w.start_chat')}</button>`}
    <div class="code-more">
      <button type="button" class=${over ? 'primary' : 'plain'} aria-disabled=${String(left > 0 || busy)} onClick=${again}>${left ? t('w.code_resend_in', { time: `0:${String(left).padStart(2, '0')}` }) : t('w.code_resend')}</button>
      <button type="button" class="plain" onClick=${onChange}>${t('w.code_change')}</button>
    </div>
    <p class="quiet" role="status">${said}</p>
  </form>`;
}
