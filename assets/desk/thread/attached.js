// Files of a message: pictures are shown in their reserved space, everything else as a card. Both open in a new tab.

import { html } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { Icon } from '../../shared/icons.js';
import { time } from '../parts/small.js';
import { placed } from '../state/wire.js';

const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const WIDTH_PX = 320;
const HEIGHT_PX = 240;

/** The place a picture will take, before it is here. @param {import('../state/types.js').Attachment} file */
function frameOf({ width, height }) {
  if (!width || !height) return { width: `${WIDTH_PX / 1.6}px`, height: `${HEIGHT_PX / 1.6}px` };
  const scale = Math.min(1, WIDTH_PX / width, HEIGHT_PX / height);
  return { width: `${Math.max(80, Math.round(width * scale))}px`, aspectRatio: `${width} / ${height}` };
}

/** @param {{files: import('../state/types.js').Attachment[]}} props */
export const Attached = ({ files }) => html`<ul class="attached" role="list">${files.map((file) => {
  const href = safeHref(placed(file.url)) || '#';
  return html`<li key=${file.uuid}>${SHOWN.has(file.content_type)
    ? html`<a class="picture" href=${href} target="_blank" rel="noopener" title="${file.name}, ${time.bytes(file.size)}"><img style=${frameOf(file)} src=${placed(file.thumbnail || file.url)} alt=${file.name} loading="lazy" decoding="async" /></a>`
    : html`<a class="file" href=${href} target="_blank" rel="noopener"><${Icon} name="file" /><span class="file-name" dir="auto">${file.name}</span><span class="file-size tabular">${time.bytes(file.size)}</span><span class="quiet">, opens in a new tab</span></a>`}</li>`;
})}</ul>`;
