// Files that were chosen and not sent yet: whether they may go, and how they are shown.

import { h, html, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { useLocal } from './attachments.js';

/** Why this file cannot go, or nothing. @param {File} file @param {number} have @param {any} limits @param {any} time @param {(key: string, terms?: any) => string} t */
export function refusal(file, have, limits, time, t) {
  const name = file.name || t('w.a_file');
  const bytesMax = limits.file_bytes || 20971520;
  const extensions = limits.extensions || ['*'];
  const extension = name.includes('.') ? name.split('.').pop()?.toLowerCase() || '' : '';
  if (have >= (limits.files_per_message || 10)) return t('w.too_many_files', { count: limits.files_per_message || 10 });
  if (!file.size) return t('w.empty_file', { name });
  if (file.size > bytesMax) return t('w.file_too_large', { name, size: time.bytes(file.size), limit: time.bytes(bytesMax) });
  if (!extensions.includes('*') && !extensions.map((/** @type {string} */ one) => one.replace(/^\./, '').toLowerCase()).includes(extension)) return t('w.file_kind', { name, kinds: extensions.join(', ') });
  return '';
}

/** @param {string[]} [extensions] */
export const accepted = (extensions) => (!extensions || extensions.includes('*') ? undefined : extensions.map((one) => `.${one.replace(/^\./, '')}`).join(','));

/** @param {{chat: import('./chat.js').Chat, file: File, onRemove: () => void}} props */
export function Chosen({ chat, file, onRemove }) {
  const picture = /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type);
  const url = useLocal(picture ? file : undefined);
  const [broken, setBroken] = useState(false);
  return html`<li>${picture && url && !broken ? html`<img src=${url} alt="" onError=${() => setBroken(true)} />` : html`<span class="file-icon">${h(Icon, { name: 'file' })}</span>`}
    <span class="file-text"><bdi>${file.name}</bdi><small>${chat.state.time.bytes(file.size)}</small></span>
    <button type="button" class="icon-button" aria-label=${chat.t('w.remove_file', { name: file.name })} onClick=${onRemove}>${h(Icon, { name: 'close', size: 16 })}</button></li>`;
}
