// Where the conversation came from: of a report its kind, page and browser; the answers given before a chat; team and priority.

import { html } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { KIND_WORDS, KindIcon, PRIORITY_WORDS, Stars } from '../parts/kinds.js';
import { time } from '../parts/small.js';
import { languageName } from '../settings/languages.js';
import { Attributes } from './attributes.js';
import { browserName } from './browser.js';

const OF_THE_PAGE = new Set(['page_url', 'page_title']);

/** @param {{one: import('../state/types.js').Conversation, origin: import('../state/types.js').Origin|null}} props */
export function Origin({ one, origin }) {
  const { attributes = {}, user_agent: agent = '', ip = null } = origin || {};
  const isReport = !!one.kind && one.kind !== 'chat';
  const page = attributes.page_url ? safeHref(attributes.page_url) : null;
  /** @type {[string, any][]} */
  const rows = [
    ...(isReport ? /** @type {[string, any][]} */ ([['Kind', html`<span class="kind-mark"><${KindIcon} kind=${/** @type {string} */ (one.kind)} /> ${KIND_WORDS[/** @type {string} */ (one.kind)]}</span>`]]) : []),
    ...(one.rating ? /** @type {[string, any][]} */ ([['Rating', html`<${Stars} rating=${one.rating} />`]]) : []),
    ...(attributes.page_url ? /** @type {[string, any][]} */ ([['Page', page ? html`<a href=${page} target="_blank" rel="noopener noreferrer" dir="auto">${attributes.page_title || attributes.page_url}</a>${attributes.page_title ? html`<span class="faint panel-address">${attributes.page_url}</span>` : null}` : attributes.page_url]]) : []),
    ...(one.team ? /** @type {[string, any][]} */ ([['Team', one.team.name]]) : []),
    ...(one.priority ? /** @type {[string, any][]} */ ([['Priority', PRIORITY_WORDS[one.priority]]]) : []),
    ...(agent ? /** @type {[string, any][]} */ ([['Browser', html`<span title=${agent}>${browserName(agent)}</span>`]]) : []),
    ...(one.locale ? /** @type {[string, any][]} */ ([['Language', languageName(one.locale)]]) : []),
    ...(ip ? /** @type {[string, any][]} */ ([['Network', ip]]) : []),
  ];
  const answers = Object.fromEntries(Object.entries(attributes).filter(([key]) => !OF_THE_PAGE.has(key)));
  return html`${rows.length ? html`<section class="panel-part"><h3>${isReport ? 'Report' : 'Conversation'}</h3><dl class="facts">${rows.map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd dir="auto">${value}</dd></div>`)}</dl></section>` : null}
    <${Attributes} title="Answers before the chat" attributes=${answers} />`;
}

/** What was agreed to, when, and in which words. @param {{consents?: {at: number, text: string, link_url: string, locale: string}[]}} props */
export function Consents({ consents }) {
  if (!consents?.length) return null;
  return html`<section class="panel-part"><h3>Consent</h3>${consents.map((one) => html`<div key=${one.at} class="consent"><p dir="auto">“${one.text}”</p><p class="faint"><time datetime=${new Date(one.at).toISOString()}>${time.full(one.at)}</time>${one.locale ? ` · ${languageName(one.locale)}` : ''}${one.link_url && safeHref(one.link_url) ? html` · <a href=${safeHref(one.link_url)} target="_blank" rel="noopener noreferrer">linked page</a>` : null}</p></div>`)}</section>`;
}
