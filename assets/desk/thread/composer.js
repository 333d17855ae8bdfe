// The box to answer in: reply or note, Markdown, files, emoji. What is written survives everything: switching, reloading,
// signing out, a failed send. A note is another colour, another label and another button, so it cannot be sent by mistake.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { Menu } from '../parts/menu.js';
import { usePrefs } from '../parts/small.js';
import { missed } from '../state/collision.js';
import { decide, draftKind, keepDraft, written } from '../state/drafts.js';
import { bind } from '../state/keys.js';
import { sayTyping } from '../state/live.js';
import { calledIn } from '../state/mentions.js';
import { send, sendAnyway, takeBack } from '../state/outbox.js';
import { may } from '../state/people.js';
import { setPref } from '../state/prefs.js';
import { change, now, useDesk } from '../state/store.js';
import { THREAD_KEYS } from '../state/thread_keys.js';
import { addFiles, clearFiles, restoreFiles, uploadsOf, useUploads } from './files.js';
import { Calls } from './calls.js';
import { useMacroMenu } from './macro_menu.js';
import { preview } from './markdown.js';
import { MARKS, type } from './marks.js';
import { Toolbar } from './toolbar.js';
import { Uploads } from './uploads.js';

const LINES_MAX_PX = 260;

/** @typedef {'reply'|'note'} Kind */

/** @param {{uuid: string}} props */
export function Composer({ uuid }) {
  const [kind, setKindOnly] = useState(/** @type {Kind} */ (draftKind(uuid)));
  const held = useDesk(() => written(uuid, kind));
  const { text } = held;
  const [ask, setAsk] = useState(/** @type {any} */ (null));
  const box = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const began = useRef(0);
  const { enter_sends: enterSends, hold_replies: holds, preview: showsPreview } = usePrefs();
  const limits = useDesk((state) => state.limits);
  const closed = useDesk((state) => state.conversations[uuid].status === 'resolved');
  const name = useDesk((state) => state.conversations[uuid].contact.name);
  const uploads = useUploads(uuid);
  const byMail = useDesk((state) => state.threads[uuid]?.mail === 'reply');
  const address = useDesk((state) => state.contacts[state.conversations[uuid].contact.uuid]?.email || '');

  const writer = useDesk((state) => state.typing[uuid]?.find((who) => who.type === 'agent' && !who.note)?.name || '');
  const calls = useRef(/** @type {any} */ (null));

  const setText = (/** @type {string} */ next) => keepDraft(uuid, kind, next);
  const setKind = (/** @type {Kind} */ next) => setKindOnly(next);

  const macros = useMacroMenu({ uuid, box, kind, text, swap: (next, value) => { keepDraft(uuid, kind, ''); setKindOnly(next); keepDraft(uuid, next, value); } });

  useEffect(() => bind([
    { ...THREAD_KEYS.reply, run: () => { setKind('reply'); box.current?.focus(); } },
    { ...THREAD_KEYS.note, run: () => { setKind('note'); box.current?.focus(); } },
  ]), [uuid]);
  // Opened by the key for writing.
  useEffect(() => {
    const { write } = now();
    if (!write) return;
    change({ write: '' });
    setKind(write);
    box.current?.focus();
  }, [uuid]);
  useEffect(() => {
    const takenBack = (/** @type {any} */ event) => {
      const item = event.detail;
      if (item.conversation !== uuid) return;
      setKind(item.extra.kind);
      restoreFiles(uuid, item.extra.attachments || []);
      box.current?.focus();
    };
    // Refused by the server: somebody answered while this one was on its way.
    const answered = (/** @type {any} */ event) => {
      const { conversation, echo_id: echoId, extra: { answers } } = event.detail;
      const [message] = answers.stored;
      const [coming] = answers.coming;
      if (conversation === uuid) setAsk({ echoId, name: message?.author.name || coming?.author_name, text: message?.text || coming?.body || '' });
    };
    addEventListener('deskbell:taken-back', takenBack);
    addEventListener('deskbell:answered', answered);
    return () => { removeEventListener('deskbell:taken-back', takenBack); removeEventListener('deskbell:answered', answered); sayTyping(uuid, false, false); };
  }, [uuid]);
  // It grows with the text, up to a third of the screen.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, LINES_MAX_PX, innerHeight * 0.35)}px`;
  }, [text, kind]);

  const length = [...text].length;
  const busy = uploads.some((one) => one.state !== 'done');
  const empty = !text.trim() && !uploads.length;
  const blocked = empty || busy || length > limits.message_chars;
  const submit = (/** @type {{resolve?: boolean, sure?: boolean}} */ { resolve = false, sure = false } = {}) => {
    if (blocked) return;
    const [other] = kind === 'reply' && !sure ? missed(now().threads[uuid]?.timeline.stored || [], began.current, Date.now()) : [];
    if (other) { setAsk({ name: other.author.name, text: other.text, resolve }); return; }
    const body = text.trim();
    send(uuid, { kind, text: body, macro: macros.taken(), attachments: uploadsOf(uuid).map((one) => one.attachment), resolve, anyway: sure, mentions: kind === 'note' ? calledIn(body, Object.values(now().agents).filter((agent) => !agent.suspended)) : [] });
    clearFiles(uuid);
    began.current = 0;
    sayTyping(uuid, false, kind === 'note');
    box.current?.focus();
  };
  const onInput = (/** @type {any} */ event) => {
    const { value } = event.currentTarget;
    if (!text) began.current = Date.now();
    setText(value);
    sayTyping(uuid, !!value.trim(), kind === 'note');
    macros.look();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (calls.current?.(event) || macros.onKeyDown(event)) return;
    const mod = event.ctrlKey || event.metaKey;
    // Without words to link, Ctrl K is the desk's own key.
    if (mod && event.key.toLowerCase() === 'k' && box.current && box.current.selectionStart === box.current.selectionEnd) return;
    const mark = mod && !event.shiftKey ? { b: MARKS.bold, i: MARKS.italic, k: MARKS.link }[event.key.toLowerCase()] : null;
    if (mark && box.current) { event.preventDefault(); mark(box.current); } else if (event.key === 'Enter' && (mod || (enterSends && !event.shiftKey && !event.altKey))) { event.preventDefault(); submit(); } else if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); box.current?.blur(); /** @type {HTMLElement|null} */ (document.querySelector('.messages'))?.focus(); }
  };
  const onPaste = (/** @type {ClipboardEvent} */ event) => {
    const files = event.clipboardData?.files;
    if (files?.length && !event.clipboardData?.getData('text/plain')) { event.preventDefault(); addFiles(uuid, files); }
  };

  const note = kind === 'note';
  const sendWord = note ? 'Add note' : 'Send';
  return html`<section class="composer is-${kind}" aria-label=${note ? 'Note' : 'Reply'}>
    <div class="composer-tabs" role="group" aria-label="Reply or note">
      ${/** @type {[Kind, string, string][]} */ ([['reply', 'Reply', 'r'], ['note', 'Note', 'n']]).map(([key, label, hint]) => html`<button type="button" class="composer-tab is-${key}" aria-pressed=${kind === key ? 'true' : 'false'} title="${label} (${hint})" onClick=${() => { setKind(key); box.current?.focus(); }}>${key === 'note' ? html`<${Icon} name="lock" size=${13} />` : null}<span class="steady" data-text=${label}>${label}</span></button>`)}
      <span class="composer-to ${writer && !note ? 'is-warning' : ''}" aria-live="polite">${note ? 'Only your team sees this' : writer ? `${writer} is writing a reply too`  : byMail ? (address ? `Goes by e-mail to ${address}` : 'No e-mail on file, so this answer cannot be mailed') : closed ? 'Resolved; a reply does not open it again by itself' : ''}</span>
    </div>
    <div class="composer-box">
      ${held.other ? html`<div class="composer-other" role="status"><p>You wrote something else on another device: <q dir="auto">${held.other.body.slice(0, 160) || 'nothing any more'}</q></p>
        <span><button type="button" class="link-button" onClick=${() => { decide(uuid, kind, 'theirs'); box.current?.focus(); }}>Take that</button> <button type="button" class="link-button" onClick=${() => { decide(uuid, kind, 'mine'); box.current?.focus(); }}>Keep this</button></span></div>` : null}
      ${note ? html`<${Calls} box=${box} text=${text} keys=${calls} />` : null}
      ${macros.menu}
      <textarea ref=${box} id="composer" data-kind=${kind} rows="2" dir="auto" aria-label=${note ? 'Note for your team' : `Reply to ${name}`} placeholder=${note ? 'Write a note for your team…' : 'Write a reply…'} value=${text} onInput=${onInput} onKeyDown=${onKeyDown} onPaste=${onPaste} ...${macros.attributes} enterkeyhint=${enterSends ? 'send' : 'enter'}></textarea>
      ${showsPreview && text.trim() ? html`<div class="composer-preview prose" aria-label="Preview" dir="auto">${preview(text)}</div>` : null}
      ${macros.chips}
      <${Uploads} uuid=${uuid} uploads=${uploads} />
      <div class="composer-foot">
        <${Toolbar} onMark=${(/** @type {'bold'} */ which) => { if (box.current) { box.current.focus(); MARKS[which](box.current); } }} onEmoji=${(/** @type {string} */ sign) => { if (box.current) type(box.current, sign); }} onFiles=${(/** @type {FileList} */ files) => addFiles(uuid, files)} preview=${showsPreview} onPreview=${() => setPref({ preview: !showsPreview })} />
        <span class="row-gap"></span>
        ${length > limits.message_chars * 0.9 ? html`<span class="composer-count tabular ${length > limits.message_chars ? 'is-over' : ''}" role="status">${length} of ${limits.message_chars}</span>` : null}
        <span class="send-group">
          <button type="button" class="button is-send ${note ? 'is-note' : 'is-primary'}" disabled=${blocked} title=${enterSends ? 'Enter' : 'Ctrl Enter'} onClick=${() => submit()}>${busy && !empty ? 'Uploading…' : sendWord}</button>
          <${Menu} buttonClass="button is-send-more ${note ? 'is-note' : 'is-primary'}" name="More ways to send" align="end" label=${html`<${Icon} name="chevron_down" size=${16} />`} items=${[
            ...(blocked || !may('status') ? [] : [{ label: `${sendWord} and resolve`, icon: 'check', run: () => submit({ resolve: true }) }]),
            ...(text.trim() ? [{ label: 'Save as macro…', icon: 'note', run: macros.save }] : []),
            { heading: 'Send with' },
            { label: 'Enter', hint: 'Shift Enter breaks', checked: enterSends, run: () => setPref({ enter_sends: true }) },
            { label: 'Ctrl Enter', hint: 'Enter breaks', checked: !enterSends, run: () => setPref({ enter_sends: false }) },
            { heading: 'A reply goes out' },
            { label: 'After five seconds', hint: 'with Undo', checked: holds, run: () => setPref({ hold_replies: true }) },
            { label: 'At once', checked: !holds, run: () => setPref({ hold_replies: false }) }]} />
        </span>
      </div>
    </div>
    ${macros.dialog}
    ${ask && html`<${Confirm} title="${ask.name} just answered" text=${html`<span class="crossed prose" dir="auto">“${ask.text}”</span> Yours is not sent yet.`} yes="Send anyway" no="Look first"
      onNo=${() => { const { echoId } = ask; setAsk(null); if (echoId) { const item = takeBack(echoId); if (item) { setKind(item.extra.kind); restoreFiles(uuid, item.extra.attachments || []); } } }}
      onYes=${() => { const { echoId, resolve } = ask; setAsk(null); if (echoId) sendAnyway(echoId); else submit({ resolve, sure: true }); }} />`}
  </section>`;
}
