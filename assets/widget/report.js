// A bug, a wish, a review or a question: one form, one thank-you. What was typed survives errors, other screens and a reload.

import { h, html, useEffect, useRef, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { Chosen, accepted, refusal as fileRefusal } from './chosen.js';
import { Consent } from './consent.js';
import { rootOf } from './door.js';
import { Field, useAnswers } from './field.js';
import { Sign } from './hub.js';
import { Stars } from './stars.js';
import { reportVerbs } from './verbs_report.js';

const KEEP_MS = 400;

/** @param {{chat: import('./chat.js').Chat}} props */
export function Report({ chat }) {
  const [sent, setSent] = useState(/** @type {any} */ (null));
  // What is sent is done: a reload leads to the first screen and not to an empty form.
  useEffect(() => { if (sent) chat.core.keep({ view: null }); }, [sent]);
  return html`<div class="page">${sent ? h(Thanks, { chat, sent, onMore: () => setSent(null) }) : h(Form, { chat, onSent: setSent })}</div>`;
}

/** Seconds until the next one may be sent. @param {() => number} freeAt */
function usePause(freeAt) {
  const [, draw] = useState(0);
  const left = Math.max(0, Math.ceil((freeAt() - Date.now()) / 1000));
  useEffect(() => {
    if (!left) return undefined;
    const timer = setTimeout(() => draw((n) => n + 1), 500);
    return () => clearTimeout(timer);
  });
  return left;
}

/** @param {{chat: import('./chat.js').Chat, onSent: (report: any) => void}} props */
function Form({ chat, onSent }) {
  const { state, t } = chat;
  const { settings } = state;
  const kind = state.about;
  const review = kind === 'review';
  const draft = `report:${kind}`;
  const verbs = reportVerbs(chat);
  const person = useRef(state.person).current;
  const form = useRef(/** @type {any} */ (null));
  const picker = useRef(/** @type {any} */ (null));
  const camera = useRef(/** @type {any} */ (null));
  const echo = useRef({ id: '', of: '' }).current;
  const [rating, setRating] = useState(Number(chat.draft(`${draft}*`)) || 0);
  const [unrated, setUnrated] = useState(false);
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [busy, setBusy] = useState(false);
  const [share, setShare] = useState(0);
  const [bad, setBad] = useState('');
  const pause = usePause(verbs.freeAt);
  /** @param {Iterable<File>} more */
  const add = (more) => {
    const list = [...files];
    let problem = '';
    for (const file of more) {
      const why = fileRefusal(file, list.length, settings.limits || {}, state.time, t);
      if (why) problem = why; else list.push(file);
    }
    setFiles(list);
    setBad(problem);
  };
  const fields = [
    { key: 'message', type: 'words', label: t(`w.report_${kind}_label`), placeholder: t(`w.report_${kind}_example`), required: !review, rows: 5, most: settings.limits?.message_chars || 10000, onPaste: (/** @type {any} */ event) => { if (settings.tiles?.files && event.clipboardData?.files.length) { event.preventDefault(); add(event.clipboardData.files); } } },
    ...(state.signed || state.contact?.email ? [] : [{ key: 'name', type: 'text', label: t('w.name') }, { key: 'email', type: 'email', label: t('w.email') }]),
  ];
  const answers = useAnswers(fields, t, { message: chat.draft(draft), name: chat.draft('report:name') || state.claims?.name, email: chat.draft('report:email') || state.claims?.email });
  const { message = '', name = '', email = '' } = answers.values;
  const now = useRef(/** @type {any} */ (null));
  now.current = { [draft]: message, [`${draft}*`]: rating ? String(rating) : '', 'report:name': name, 'report:email': email };
  const keep = () => { for (const [key, text] of Object.entries(now.current)) chat.keepDraft(key, text, person); };
  useEffect(() => { const timer = setTimeout(keep, KEEP_MS); return () => clearTimeout(timer); }, [message, rating, name, email]);
  useEffect(() => { addEventListener('pagehide', keep); return () => { removeEventListener('pagehide', keep); keep(); }; }, []);
  useEffect(() => { if (!state.mobile) form.current.querySelector(review ? '[name="rating"]' : 'textarea')?.focus({ preventScroll: true }); }, []);
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy || pause) return;
    const said = answers.check(form.current);
    setUnrated(review && !rating);
    const unagreed = chat.unagreed();
    if (review && !rating) { form.current.querySelector('[name="rating"]').focus(); return; }
    if (!said || unagreed) return;
    setBusy(true);
    setBad('');
    try {
      const report = await verbs.report({ kind, message: '', ...said, ...(review ? { rating } : {}), ...(state.contact?.email && !state.signed ? { name: state.contact.name, email: state.contact.email } : {}) }, files, echo, setShare);
      now.current = { ...now.current, [draft]: '', [`${draft}*`]: '' };
      keep();
      onSent({ ...report, kind, email: said.email || state.contact?.email || '' });
    } catch (error) {
      setBad(error.kind === 'offline' || error.kind === 'timeout' ? t('w.no_line') : chat.core.why(error));
      setBusy(false);
      setShare(0);
    }
  };
  const page = chat.core.at;
  return html`<form ref=${form} class="report" onSubmit=${submit} noValidate aria-label=${t(`w.tile_${kind}`)}>
    <div class="report-head"><span class="sign">${h(Sign, { kind })}</span><p class="hint">${t(`w.tile_${kind}_hint`)}</p></div>
    ${review ? h(Stars, { t, value: rating, bad: unrated && !rating ? t('w.report_rate_first') : '', onChange: setRating }) : null}
    ${h(Field, { chat, field: fields[0], answers, prefix: 'report' })}
    ${settings.tiles?.files ? html`<div class="report-files">
      ${files.length ? html`<ul class="chosen" role="list">${files.map((file, at) => h(Chosen, { key: `${file.name}${file.size}${file.lastModified}`, chat, file, onRemove: () => { setFiles(files.filter((_, other) => other !== at)); form.current.querySelector('.attach').focus(); } }))}</ul>` : null}
      <div class="attach-row"><button type="button" class="attach" onClick=${() => picker.current.click()}>${h(Icon, { name: 'paperclip', size: 18 })}${t('w.report_attach')}</button>
      ${state.mobile ? html`<button type="button" class="attach" onClick=${() => camera.current.click()}>${h(Icon, { name: 'chat', drawn: { d: ['M4 8h3.5L9 5.5h6L16.5 8H20v11.5H4z', 'M12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z'] }, size: 18 })}${t('w.camera')}</button>` : null}</div>
      <input ref=${picker} type="file" multiple hidden tabindex="-1" aria-label=${t('w.report_attach')} accept=${accepted(settings.limits?.extensions)} onChange=${(/** @type {any} */ event) => { add(event.target.files); event.target.value = ''; }} />
      ${state.mobile ? html`<input ref=${camera} type="file" hidden tabindex="-1" aria-label=${t('w.camera')} accept="image/*" capture="environment" onChange=${(/** @type {any} */ event) => { add(event.target.files); event.target.value = ''; }} />` : null}
    </div>` : null}
    ${fields.length > 1 ? html`<fieldset class="report-who"><legend>${t('w.report_who')}</legend>${fields.slice(1).map((field) => h(Field, { key: field.key, chat, field, answers, prefix: 'report' }))}</fieldset>` : null}
    ${page?.url ? html`<p class="along">${h(Icon, { name: 'info', size: 16 })}<span>${t('w.report_page')} <bdi dir="ltr">${page.url.replace(/^https?:\/\//, '')}</bdi></span></p>` : null}
    ${h(Consent, { chat })}
    ${bad ? html`<p class="form-bad" role="alert">${h(Icon, { name: 'warning', size: 18 })}<span>${bad}</span></p>` : null}
    ${pause && !busy ? html`<p class="hint" id="report-pause">${t('w.report_pause', { count: pause })}</p>` : null}
    <button type="submit" class="primary" aria-disabled=${String(busy || pause > 0)} aria-describedby=${pause ? 'report-pause' : undefined}>${busy ? (share && share < 1 ? t('w.uploading', { percent: `${Math.round(share * 100)} %` }) : t('w.sending')) : t('w.report_send')}</button>
  </form>`;
}

/** @param {{chat: import('./chat.js').Chat, sent: any, onMore: () => void}} props */
function Thanks({ chat, sent, onMore }) {
  const { state, t } = chat;
  const heading = useRef(/** @type {any} */ (null));
  useEffect(() => { heading.current.focus(); }, []);
  const answered = sent.kind === 'bug' || sent.kind === 'question';
  // An address is no promise where no answer goes by mail.
  const email = state.settings.answers_by_mail === false ? '' : sent.email;
  const where = sent.reachable && email ? 'w.report_here_and_mail' : sent.reachable ? 'w.report_here' : email ? 'w.report_mail' : answered && !sent.email ? 'w.report_read' : 'w.report_glad';
  const alone = rootOf(state).view === 'report';
  return html`<div class="thanks"><span class="thanks-sign">${h(Icon, { name: 'check', size: 28 })}</span>
    <h2 ref=${heading} tabindex="-1">${t('w.report_thanks')}</h2>
    <p>${t(where, { email: sent.email })}</p>
    ${sent.number ? html`<p class="hint tabular">${t('w.report_number', { number: String(sent.number) })}</p>` : null}
    ${sent.reachable && chat.conversation(sent.uuid) ? html`<button type="button" class="primary" onClick=${() => chat.go('chat', sent.uuid)}>${t('w.report_open')}</button>` : null}
    <button type="button" class=${sent.reachable ? 'plain' : 'primary'} onClick=${alone ? onMore : () => chat.go('home')}>${t(alone ? 'w.report_another' : 'w.done')}</button></div>`;
}
