// Files inside a message: pictures as pictures with their space reserved, everything else as a card.

import { h, html, useEffect, useState } from '../vendor/preact.js';
import { safeHref } from '../shared/links.js';
import { Icon } from '../shared/icons-base.js';

const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/;
const WIDTH_MAX = 240;
const HEIGHT_MAX = 260;

/** The box a picture will fill, known before it loads. @param {any} file */
function boxOf(file) {
  if (!file.width || !file.height) return { width: WIDTH_MAX, height: 160 };
  const scale = Math.min(1, WIDTH_MAX / file.width, HEIGHT_MAX / file.height);
  return { width: Math.max(48, Math.round(file.width * scale)), height: Math.max(48, Math.round(file.height * scale)) };
}

/** @param {{chat: import('./chat.js').Chat, entry: any, progress?: number}} props */
export function Attachments({ chat, entry, progress }) {
  return html`<div class="files">${entry.attachments.map((/** @type {any} */ file) => (PICTURE.test(file.content_type || '') ? h(Picture, { key: file.uuid, chat, file }) : h(Card, { key: file.uuid, chat, file })))}
    ${progress !== undefined && progress < 1 ? html`<progress class="upload" max="1" value=${progress} aria-label=${chat.t('w.uploading', { percent: `${Math.round(progress * 100)} %` })}></progress>` : null}</div>`;
}

/** @param {{chat: import('./chat.js').Chat, file: any}} props */
function Picture({ chat, file }) {
  const [broken, setBroken] = useState(false);
  const local = useLocal(file.file);
  if (broken) return h(Card, { chat, file });
  const box = boxOf(file);
  const source = local || file.thumbnail_url || file.url;
  const picture = html`<img src=${source} alt=${file.name} width=${box.width} height=${box.height} style=${{ width: `${box.width}px`, height: `${box.height}px` }} loading="lazy" decoding="async" onError=${() => setBroken(true)} />`;
  return file.url ? html`<a class="picture" href=${safeHref(file.url)} target="_blank" rel="noopener noreferrer">${picture}<span class="quiet">${chat.t('w.new_tab')}</span></a>` : html`<span class="picture">${picture}</span>`;
}

/** @param {{chat: import('./chat.js').Chat, file: any}} props */
function Card({ chat, file }) {
  const inner = html`<span class="file-icon">${h(Icon, { name: 'file' })}</span><span class="file-text"><bdi>${file.name}</bdi><small>${chat.state.time.bytes(file.size || 0)}</small></span>${file.url ? h(Icon, { name: 'download', size: 18 }) : null}`;
  return file.url ? html`<a class="file" href=${safeHref(file.url)} target="_blank" rel="noopener noreferrer" download=${file.name}>${inner}</a>` : html`<span class="file">${inner}</span>`;
}

/** An address for a picture that is still only here; given back when it is no longer shown. @param {File} [file] */
export function useLocal(file) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    if (!file) return undefined;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
