// The row of small tools below the text.

import { h, html, useRef } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { EmojiButton } from './emoji.js';

/** Letters say it better than pictures: B is bold in every program. @type {['bold'|'italic'|'code'|'link'|'list', string, any][]} */
const TOOLS = [
  ['bold', 'Bold (Ctrl B)', html`<b class="tool-letter">B</b>`],
  ['italic', 'Italic (Ctrl I)', html`<i class="tool-letter">I</i>`],
  ['code', 'Code', html`<span class="tool-letter is-code">${'<>'}</span>`],
  ['link', 'Link (Ctrl K)', html`<${Icon} name="link" />`],
  ['list', 'List', h('svg', { class: 'icon', width: 20, height: 20, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'aria-hidden': 'true' }, h('path', { d: 'M8 5.5h8.5M8 10h8.5M8 14.5h8.5M4 5.5v.1M4 10v.1M4 14.5v.1' }))],
];

/** @param {{onMark: (which: any) => void, onEmoji: (sign: string) => void, onFiles: (files: FileList) => void, preview: boolean, onPreview: () => void}} props */
export function Toolbar({ onMark, onEmoji, onFiles, preview, onPreview }) {
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  return html`<div class="tools" role="group" aria-label="Formatting and files">
    <input ref=${input} type="file" multiple hidden tabindex="-1" aria-hidden="true" onChange=${(/** @type {any} */ event) => { onFiles(event.currentTarget.files); event.currentTarget.value = ''; }} />
    <button type="button" class="tool" aria-label="Attach files" title="Attach files" onClick=${() => input.current?.click()}><${Icon} name="paperclip" /></button>
    <${EmojiButton} onPick=${onEmoji} />
    ${TOOLS.map(([key, title, label]) => html`<button type="button" class="tool is-mark" aria-label=${title} title=${title} onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => onMark(key)}>${label}</button>`)}
    <button type="button" class="tool is-mark" aria-label="Preview" title="Preview" aria-pressed=${preview ? 'true' : 'false'} onClick=${onPreview}><${Icon} name="eye" /></button>
  </div>`;
}
