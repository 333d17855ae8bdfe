// Where one writes. The text survives everything: a reload, a failed send, another screen.

import { h, html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact.js';
import { Icon, PATHS } from '../shared/icons-base.js';
import { Chosen, accepted, refusal } from './chosen.js';
import { createEditor } from './editor.js';
import { BOLD, CODE, ITALIC } from './markup.js';

const DRAFT_MS = 400;
const NEAR_LIMIT = 200;
const LINE_PX = 22;
/** What each mark is called, how its button looks, and its key. */
const MARKS = /** @type {[number, string, any, string][]} */ ([[BOLD, 'w.bold', html`<b aria-hidden="true">B</b>`, 'Control+B'], [ITALIC, 'w.italic', html`<i aria-hidden="true">I</i>`, 'Control+I'], [CODE, 'w.code', html`<code aria-hidden="true">${'<>'}</code>`, 'Control+E']]);
Object.assign(PATHS, {
  camera: 'M3 6.5h3l1.5-2h5l1.5 2h3v9.5H3zM10 8.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5z',
  plus: 'M10 4.5v11M4.5 10h11',
});

/** Pressing a button must not take the cursor out of the text. @param {Event} event */
const keepFocus = (event) => event.preventDefault();

/** @param {{chat: import('./chat.js').Chat}} props */
export function Composer({ chat }) {
  const { state, t } = chat;
  const id = state.chat.startsWith('new') ? 'new' : state.chat;
  const [text, setText] = useState(() => chat.draft(id));
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [over, setOver] = useState(false);
  const [emoji, setEmoji] = useState(/** @type {any} */ (null));
  const [bar, setBar] = useState(false);
  const [tall, setTall] = useState(false);
  const [style, setStyle] = useState({ marks: 0, selected: false });
  const field = useRef(/** @type {any} */ (null));
  const editor = useRef(/** @type {import('./editor.js').Editor|null} */ (null));
  const picker = useRef(/** @type {any} */ (null));
  const camera = useRef(/** @type {any} */ (null));
  const emojiButton = useRef(/** @type {any} */ (null));
  const draft = useRef({ text, timer: 0 });
  // Whose words these are: after a logout, what is still in the box must not be kept for the next person.
  const person = useRef(state.person).current;
  // What is written while the conversation comes into being goes along with it.
  const place = useRef(id);
  useLayoutEffect(() => {
    if (place.current === id) return;
    chat.keepDraft(place.current, '', person);
    place.current = id;
    chat.keepDraft(id, draft.current.text, person);
  }, [id]);
  const { limits = {}, features = {} } = state.settings;
  const formatting = features.formatting !== false;
  const charsMax = limits.message_chars || 10000;
  const left = charsMax - [...text].length;
  const ready = (text.trim() || files.length) && left >= 0;
  const focus = () => editor.current?.focus();

  /** @param {string} next */
  const write = (next) => {
    if (next === draft.current.text) return;
    setText(next);
    draft.current.text = next;
    clearTimeout(draft.current.timer);
    draft.current.timer = /** @type {any} */ (setTimeout(() => chat.keepDraft(place.current, next, person), DRAFT_MS));
    if (next) chat.talk.typing();
  };
  const submit = () => {
    // What is too long is said below the words already.
    if (!ready) return;
    if (id === 'new' && chat.unagreed()) return;
    chat.talk.send(text.trim(), files);
    setFiles([]);
    clearTimeout(draft.current.timer);
    draft.current.text = '';
    editor.current?.set('');
    setText('');
    chat.keepDraft(id, '', person);
    setEmoji(null);
    setBar(false);
    focus();
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
    focus();
  };
  // The editor lives longer than one drawing of this; it is to call the newest of these.
  const acts = useRef({ write, submit, add });
  acts.current = { write, submit, add };
  useLayoutEffect(() => {
    const made = editor.current = createEditor(field.current, {
      formatting,
      onChange: (value) => acts.current.write(value),
      onSubmit: () => acts.current.submit(),
      onFiles: (list) => acts.current.add(list),
      onStyle: (marks, selected) => setStyle((was) => (was.marks === marks && was.selected === selected ? was : { marks, selected })),
    });
    made.set(draft.current.text);
    chat.core.editor = made;
    return () => { made.end(); if (chat.core.editor === made) chat.core.editor = null; };
  }, [formatting]);
  // Once it has grown, it stays so until it is empty: with more width the same words might fit one line again.
  useLayoutEffect(() => { if (!text) setTall(false); else if (field.current.scrollHeight > LINE_PX * 1.5) setTall(true); }, [text]);
  // On a phone the keyboard would cover the answer one came to read.
  useEffect(() => { if (state.focus && !(state.mobile && id !== 'new')) focus(); }, [state.focus]);
  useEffect(() => {
    const keep = () => { clearTimeout(draft.current.timer); chat.keepDraft(place.current, draft.current.text, person); };
    addEventListener('pagehide', keep);
    document.addEventListener('visibilitychange', keep);
    return () => { keep(); removeEventListener('pagehide', keep); document.removeEventListener('visibilitychange', keep); };
  }, []);

  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key !== 'Escape' || event.isComposing || !(emoji || bar)) return;
    event.preventDefault();
    event.stopPropagation();
    setEmoji(null);
    setBar(false);
    focus();
  };
  /** @param {DragEvent} event */
  const drag = (event) => { if (features.file_upload && event.dataTransfer?.types.includes('Files')) { event.preventDefault(); setOver(event.type === 'dragover'); if (event.type === 'drop') add(event.dataTransfer.files); } };
  useEffect(() => {
    for (const type of ['dragover', 'dragleave', 'drop']) document.addEventListener(type, /** @type {any} */ (drag));
    return () => { for (const type of ['dragover', 'dragleave', 'drop']) document.removeEventListener(type, /** @type {any} */ (drag)); };
  });
  const toggleEmoji = async () => { if (emoji) { setEmoji(null); return; } try { const { Emoji } = await import('./emoji.js'); setEmoji(() => Emoji); } catch { chat.say(t('w.busy'), true); } };
  /** @param {any} event */
  const chosen = (event) => { add(event.target.files); event.target.value = ''; };
  const emojiTool = features.emoji ? html`<button type="button" class="icon-button" ref=${emojiButton} aria-label=${t('w.emoji')} title=${t('w.emoji')} aria-expanded=${String(!!emoji)} onMouseDown=${keepFocus} onClick=${toggleEmoji}>${h(Icon, { name: 'smile' })}</button>` : null;
  const marks = formatting ? MARKS.map(([bit, name, look, shortcut]) => html`<button type="button" class="icon-button" aria-label=${t(name)} title=${t(name)} aria-keyshortcuts=${shortcut} aria-pressed=${String(!!(style.marks & bit))} onMouseDown=${keepFocus} onClick=${() => editor.current?.toggle(bit)}>${look}</button>`) : null;
  // A phone has room for two tools beside the text; the others wait behind one button.
  const small = state.mobile;
  const extras = small ? formatting || features.emoji || features.file_upload : formatting;

  return html`<form class="composer" onKeyDown=${keys} onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); submit(); }}>
    ${over ? html`<div class="drop" aria-hidden="true">${h(Icon, { name: 'paperclip', size: 28 })}<span>${t('w.drop_here')}</span></div>` : null}
    ${emoji ? h(emoji, { chat, onPick: (/** @type {string} */ sign) => editor.current?.insert(sign), onClose: () => { setEmoji(null); (emojiButton.current || field.current)?.focus(); } }) : null}
    ${extras && !emoji && (bar || (style.selected && formatting)) ? html`<div class="marks" role="group" aria-label=${t('w.format')}>${marks}${small && bar ? html`${emojiTool}
      ${features.file_upload ? html`<button type="button" class="icon-button" aria-label=${t('w.camera')} title=${t('w.camera')} onClick=${() => camera.current.click()}>${h(Icon, { name: 'camera' })}</button>` : null}` : null}</div>` : null}
    ${files.length ? html`<ul class="chosen" role="list">${files.map((file, at) => h(Chosen, { key: `${at}${file.name}${file.size}`, chat, file, onRemove: () => { setFiles(files.filter((_, other) => other !== at)); focus(); } }))}</ul>` : null}
    <div class="field ${tall ? 'is-tall' : ''}">
      <div class="words" ref=${field} role="textbox" aria-multiline="true" aria-label=${t('w.write')} data-placeholder=${t('w.write')} dir=${text ? 'auto' : undefined} tabindex="0" spellcheck enterkeyhint="send" autocapitalize="sentences"></div>
      <div class="tools">
        ${extras ? html`<button type="button" class="icon-button" aria-label=${t(small ? 'w.more_tools' : 'w.format')} title=${t(small ? 'w.more_tools' : 'w.format')} aria-expanded=${String(bar)} onMouseDown=${keepFocus} onClick=${() => { setEmoji(null); setBar(!bar); }}>${small ? h(Icon, { name: 'plus' }) : html`<span class="aa" aria-hidden="true">Aa</span>`}</button>` : null}
        ${features.file_upload ? html`<button type="button" class="icon-button" aria-label=${t('w.attach')} title=${t('w.attach')} onClick=${() => picker.current.click()}>${h(Icon, { name: 'paperclip' })}</button>
          <input ref=${picker} type="file" multiple hidden tabindex="-1" aria-label=${t('w.attach')} accept=${accepted(limits.extensions)} onChange=${chosen} />` : null}
        ${features.file_upload && small ? html`<input ref=${camera} type="file" class="camera" accept="image/*" capture="environment" hidden tabindex="-1" aria-label=${t('w.camera')} onChange=${chosen} />` : null}
        ${small ? null : emojiTool}
        <button type="submit" class="icon-button send" aria-label=${t('w.send')} title=${t('w.send')} aria-disabled=${String(!ready)}>${h(Icon, { name: 'send' })}</button>
      </div>
    </div>
    ${left < NEAR_LIMIT ? html`<p class="left ${left < 0 ? 'is-bad' : ''}" role="status">${left < 0 ? t('w.too_long', { count: charsMax }) : t('w.chars_left', { count: left })}</p>` : null}
  </form>`;
}
