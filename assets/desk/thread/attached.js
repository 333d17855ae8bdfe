// Files of a message: pictures are shown in their reserved space, everything else as a card. Both open in a new tab.

import { html } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { Icon } from '../../shared/icons.js';
import { time } from '../parts/small.js';
import { placed } from '../state/wire.js';

const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const WIDTH_PX = 300;
const HEIGHT_PX = 320;

/** The place a picture will take, before it is here; one that is all height or all width is cut rather than shrunk to a thread. @param {import('../state/types.js').Attachment} file */
function frameOf({ width, height }) {
  if (!width || !height) return { width: '200px', height: '150px' };
  const scale = Math.min(1, WIDTH_PX / width, HEIGHT_PX / height);
  const shown = Math.max(80, Math.round(width * scale));
  const tall = Math.max(48, Math.min(HEIGHT_PX, Math.round((shown * height) / width)));
  return { width: `${shown}px`, aspectRatio: `${shown} / ${tall}` };
}

/** @param {{files: import('../state/types.js').Attachment[]}} props */
export function Attached({ files }) {
  const pictures = files.filter((file) => SHOWN.has(file.content_type));
  const others = files.filter((file) => !SHOWN.has(file.content_type));
  const href = (/** @type {import('../state/types.js').Attachment} */ file) => safeHref(placed(file.url)) || '#';
  return html`
    ${pictures.length ? html`<ul class="attached" role="list">${pictures.map((file) => html`<li key=${file.uuid}><a class="picture" href=${href(file)} target="_blank" rel="noopener" title="${file.name}, ${time.bytes(file.size)}"><img style=${frameOf(file)} src=${placed(file.thumbnail || file.url)} alt=${file.name} loading="lazy" decoding="async" /></a></li>`)}</ul>` : null}
    ${others.length ? html`<ul class="attached is-files" role="list">${others.map((file) => html`<li key=${file.uuid}><a class="file" href=${href(file)} target="_blank" rel="noopener"><${Icon} name="file" /><span class="file-name" dir="auto">${file.name}</span><span class="file-size tabular">${time.bytes(file.size)}</span><span class="quiet">, opens in a new tab</span></a></li>`)}</ul>` : null}`;
}
