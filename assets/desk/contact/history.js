// Which pages they look at, live, and what was talked about before.

import { html } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { time } from '../parts/small.js';
import { STATUS_WORDS } from '../state/actions.js';
import { openConversation } from '../state/router.js';

const PAGES_MAX = 8;

/** @param {string} url */
function short(url) {
  try { const { pathname, search } = new URL(url); return decodeURI(pathname + search); } catch { return url; }
}

/** @param {{pages: import('../state/types.js').PageVisit[], online: boolean}} props */
export function Pages({ pages, online }) {
  if (!pages?.length) return null;
  return html`<section class="panel-part"><h3>Pages</h3><ol class="pages" role="list">${pages.slice(0, PAGES_MAX).map((page, index) => html`<li key="${page.at}-${page.url}" class=${index || !online ? '' : 'is-now'}>
    <a href=${safeHref(page.url) || '#'} target="_blank" rel="noopener noreferrer" title=${page.url}><span dir="auto">${page.title || short(page.url)}</span><span class="faint">${short(page.url)}</span></a>
    <time class="tabular">${time.ago(page.at)}</time></li>`)}</ol></section>`;
}

/** @param {{earlier: import('../state/types.js').Earlier[]}} props */
export function Earlier({ earlier }) {
  if (!earlier?.length) return null;
  return html`<section class="panel-part"><h3>Earlier conversations</h3><ul class="earlier" role="list">${earlier.map((one) => html`<li key=${one.uuid}>
    <button type="button" onClick=${() => openConversation(one.uuid)}><span class="row-line"><b>#${one.number}</b> <span class="faint">${STATUS_WORDS[one.status]}</span><span class="row-gap"></span><span class="row-time">${time.ago(one.last_message_at)}</span></span><span class="earlier-text" dir="auto">${one.preview}</span></button></li>`)}</ul></section>`;
}
