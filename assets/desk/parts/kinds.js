// What kind of conversation it is, in a sign and a word; stars of a review; how urgent it is.

import { h, html } from '../../vendor/preact.js';
import { KIND_WORDS, PRIORITY_WORDS } from '../state/kinds.js';

/** @typedef {'chat'|'bug'|'feature'|'review'|'question'} Kind */

export { KIND_WORDS, PRIORITY_WORDS };

/** 20 px grid, like the desk's other signs. @type {Record<string, string>} */
const PATHS = {
  bug: 'M6.5 8.5h7v3.5a3.5 3.5 0 0 1-7 0zM7.5 8.5V7a2.5 2.5 0 0 1 5 0v1.5M6.5 9 4 7.5M13.5 9 16 7.5M6.5 11.5H3.5M13.5 11.5h3M7 14l-2.5 2M13 14l2.5 2M10 10.5v5',
  feature: 'M10 3a5 5 0 0 0-3 9c.6.5 1 1.1 1 2h4c0-.9.4-1.5 1-2a5 5 0 0 0-3-9zM8.25 16.75h3.5',
  review: 'M10 3.2l2.1 4.3 4.7.7-3.4 3.3.8 4.7L10 14l-4.2 2.2.8-4.7-3.4-3.3 4.7-.7z',
  question: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM8 8.2c0-1.1.9-1.95 2-1.95s2 .8 2 1.85c0 1.5-2 1.5-2 3.15M10 13.7v.1',
  chat: 'M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9l-4 3.2V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4z',
};

/** @param {{kind: string, size?: number}} props */
export const KindIcon = ({ kind, size = 16 }) => h('svg', { class: 'icon', width: size, height: size, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' }, h('path', { d: PATHS[kind] || PATHS.chat }));

/** @param {{rating: number, size?: number}} props */
export const Stars = ({ rating, size = 14 }) => html`<span class="stars" role="img" aria-label="${rating} of 5 stars">${[1, 2, 3, 4, 5].map((at) => h('svg', { key: at, class: `icon ${at <= rating ? 'is-on' : ''}`, width: size, height: size, viewBox: '0 0 20 20', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linejoin': 'round', fill: at <= rating ? 'currentColor' : 'none', 'aria-hidden': 'true' }, h('path', { d: PATHS.review })))}</span>`;

/** In a list: only what is not plain chat. @param {{one: import('../state/types.js').Conversation}} props */
export function KindMark({ one }) {
  if (!one.kind || one.kind === 'chat') return null;
  return html`<span class="kind-mark is-${one.kind}" title=${KIND_WORDS[one.kind]}><${KindIcon} kind=${one.kind} size=${15} /><span class="quiet">${KIND_WORDS[one.kind]}: </span>${one.kind === 'review' && one.rating ? html`<${Stars} rating=${one.rating} size=${11} />` : null}</span>`;
}

/** In a thread: with its word. @param {{one: import('../state/types.js').Conversation}} props */
export function KindBadge({ one }) {
  if (!one.kind || one.kind === 'chat') return null;
  return html`<span class="badge kind-badge"><${KindIcon} kind=${one.kind} size=${14} /> ${KIND_WORDS[one.kind]}</span>`;
}

/** @param {{priority?: string|null}} props */
export const PriorityMark = ({ priority }) => (priority ? html`<span class="priority is-${priority}" title="${PRIORITY_WORDS[priority]} priority"><span aria-hidden="true">${{ high: '!', medium: '–', low: '↓' }[priority]}</span><span class="quiet">, ${priority} priority</span></span>` : null);
