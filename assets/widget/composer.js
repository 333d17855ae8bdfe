// Where one writes. The text survives everything: a reload, a failed send, another screen.

import { h, html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { Chosen, accepted, refusal } from './chosen.js';

const DRAFT_MS = 400;
const LINES_MAX = 6;
const MARKS = /** @type {Record<string,string>} */ ({ b: '**', i: '*', e: '`' });

/** @param {{chat: import('./chat.js').Chat}} props */
export function Composer({ chat }) {
  const { state, t } = chat;
  const id = state.chat.startsWith('new') ? 'new' : state.chat;
  const [text, setText] = useState(() => chat.draft(id));
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [over, setOver] = useState(false);
  const [emoji, setEmoji] = useState(/** @type {any} */ (null));
  const field = useRef(/** @type {any} */ (null));
  const picker = useRef(/** @type {any} */ (null));
  const emojiButton = useRef(/** @type {any} */ (null));
  const draft = useRef({ text, timer: 0 });
  // Whose words these are: after a logout, what is still in the box must not be kept for the next person.
  const person = useRef(state.person).current;
  const { limits = {}, features = {} } = state.settings;
  const charsMax = limits.message_chars || 10000;
  const left = charsMax - [...text].length;
  const ready = (text.trim() || files.length) && left >= 0;

  useLayoutEffect(() => {
    const area = field.current;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, LINES_MAX * 22 + 22)}px`;
    area.style.overflowY = area.scrollHeight > LINES_MAX * 22 + 22 ? 'auto' : 'hidden';
  }, [text]);
  // On a phone the keyboard would cover the answer one came to read.
  useEffect(() => { if (state.focus && !(state.mobile && id !== 'new')) field.current?.focus({ preventScroll: true }); }, [state.focus]);
  useEffect(() => {
    const keep = () => { clearTimeout(draft.current.timer); chat.keepDraft(id, draft.current.text, person); };
    addEventListener('pagehide', keep);
    document.addEventListener('visibilitychange', keep);
    return () => { keep(); removeEventListener('pagehide', keep); document.removeEventListener('visibilitychange', keep); };
  }, []);

  /** @param {string} next */
  const write = (next) => {
    setText(next);
    draft.current.text = next;
    clearTimeout(draft.current.timer);
    draft.current.timer = /** @type {any} */ (setTimeout(() => chat.keepDraft(id, next, person), DRAFT_MS));
    if (next) chat.typing();
  };
  const submit = () => {
    if (!ready) { if (left < 0) chat.say(t('w.too_long', { count: charsMax }), true); return; }
    if (id === 'new' && chat.unagreed()) return;
    chat.send(text.trim(), files);
    setFiles([]);
    draft.current.text = '';
    clearTimeout(draft.current.timer);
    setText('');
    chat.keepDraft(id, '', person);
    setEmoji(null);
    field.current.focus();
  };
  /** Puts text where the cursor is. @param {string} before @param {string} [after] */
  const insert = (before, after = '') => {
    const area = field.current;
    const { selectionStart: from, selectionEnd: to, value } = area;
    write(value.slice(0, from) + before + value.slice(from, to) + after + value.slice(to));
    requestAnimationFrame(() => { area.focus(); area.setSelectionRange(from + before.length, to + before.length); });
  };
  /** @param {Iterable<File>} more */
  const add = (more) => {
    if (!features.file_upload) return;
    const list = [...files];
    for (const file of more) {
      const problem = refusal(file, list.length, limits, state.time, t);
      if (problem) { chat.say(problem, true); continue; }
      list.push(file);
    }
    setFiles(list);
    field.current.focus();
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    // While a word is being composed (Chinese, Japanese, Korean), Enter belongs to it.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); submit(); }
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && MARKS[event.key.toLowerCase()];
    if (mark) { event.preventDefault(); insert(mark, mark); }
    if (event.key === 'Escape' && emoji) { event.preventDefault(); event.stopPropagation(); setEmoji(null); }
  };
  /** @param {ClipboardEvent} event */
  const paste = (event) => { const pasted = event.clipboardData?.files; if (pasted?.length) { event.preventDefault(); add(pasted); } };
  /** @param {DragEvent} event */
  const drag = (event) => { if (features.file_upload && event.dataTransfer?.types.includes('Files')) { event.preventDefault(); setOver(event.type === 'dragover'); if (event.type === 'drop') add(event.dataTransfer.files); } };
  useEffect(() => {
    for (const type of ['dragover', 'dragleave', 'drop']) document.addEventListener(type, /** @type {any} */ (drag));
    return () => { for (const type of ['dragover', 'dragleave', 'drop']) document.removeEventListener(type, /** @type {any} */ (drag)); };
  });
  const toggleEmoji = async () => { if (emoji) { setEmoji(null); return; } try { const { Emoji } = await import('./emoji.js'); setEmoji(() => Emoji); } catch { chat.say(t('w.busy'), true); } };

  return html`<form class="composer" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); submit(); }}>
    ${over ? html`<div class="drop" aria-hidden="true">${h(Icon, { name: 'paperclip', size: 28 })}<span>${t('w.drop_here')}</span></div>` : null}
    ${emoji ? h(emoji, { chat, onPick: (/** @type {string} */ sign) => insert(sign + ''), onClose: () => { setEmoji(null); emojiButton.current?.focus(); } }) : null}
    ${files.length ? html`<ul class="chosen" role="list">${files.map((file, at) => h(Chosen, { key: `${file.name}${file.size}${file.lastModified}`, chat, file, onRemove: () => { setFiles(files.filter((_, other) => other !== at)); field.current.focus(); } }))}</ul>` : null}
    <div class="field">
      <textarea ref=${field} rows="1" value=${text} placeholder=${t('w.write')} aria-label=${t('w.write')} dir=${text ? 'auto' : undefined} enterkeyhint="send" autocomplete="off"
        onInput=${(/** @type {any} */ event) => write(event.target.value)} onKeyDown=${keys} onPaste=${paste}></textarea>
      <div class="tools">
        ${features.file_upload ? html`<button type="button" class="icon-button" aria-label=${t('w.attach')} title=${t('w.attach')} onClick=${() => picker.current.click()}>${h(Icon, { name: 'paperclip' })}</button>
          <input ref=${picker} type="file" multiple hidden tabindex="-1" aria-label=${t('w.attach')} accept=${accepted(limits.extensions)} onChange=${(/** @type {any} */ event) => { add(event.target.files); event.target.value = ''; }} />` : null}
        ${features.emoji ? html`<button type="button" class="icon-button" ref=${emojiButton} aria-label=${t('w.emoji')} title=${t('w.emoji')} aria-expanded=${String(!!emoji)} onClick=${toggleEmoji}>${h(Icon, { name: 'smile' })}</button>` : null}
        <button type="submit" class="icon-button send" aria-label=${t('w.send')} title=${t('w.send')} aria-disabled=${String(!ready)}>${h(Icon, { name: 'send' })}</button>
      </div>
    </div>
    ${left < 200 ? html`<p class="left ${left < 0 ? 'is-bad' : ''}" role="status">${left < 0 ? t('w.too_long', { count: charsMax }) : t('w.chars_left', { count: left })}</p>` : null}
  </form>`;
}
