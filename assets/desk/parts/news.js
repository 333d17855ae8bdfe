// What came in and was not read yet, with the way there.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { cameIn } from '../state/kinds.js';
import { dropNews } from '../state/news.js';
import { openConversation } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { KindIcon } from './kinds.js';

const SHOWN = 2;

/** @param {{floating?: boolean}} props */
export function News({ floating = false }) {
  const news = useDesk((state) => state.news);
  if (!news.length) return null;
  const rest = news.length - SHOWN;
  return html`<section class="news ${floating ? 'is-floating' : ''}" aria-label="Not read yet">
    ${news.slice(0, SHOWN).map((one) => html`<div key=${one.uuid} class="news-item">
      <button type="button" class="news-open" onClick=${() => openConversation(one.uuid)}>${one.kind ? html`<span class="news-kind"><${KindIcon} kind=${one.kind} size=${16} /></span>` : html`<span class="news-dot" aria-hidden="true"></span>`}<span class="news-words">${one.kind && one.fresh ? html`<small>${cameIn(one.kind, true)}</small> ` : null}<b dir="auto">${one.name}</b>${one.count > 1 ? html`<span class="news-count tabular">${one.count}</span>` : null}<span class="news-text" dir="auto">${one.text}</span></span></button>
      <button type="button" class="icon-button is-small" aria-label="Put aside: ${one.name}" title="Put aside" onClick=${() => dropNews(one.uuid)}><${Icon} name="close" size=${14} /></button></div>`)}
    ${rest > 0 ? html`<p class="news-rest">and ${rest} more <button type="button" class="link-button" onClick=${() => dropNews()}>Put all aside</button></p>` : null}
  </section>`;
}
