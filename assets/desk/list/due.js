// What was promised and is not kept yet: words that warm up, in a row and in the head of a thread.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { time } from '../parts/small.js';

/** @type {Record<string, string>} */
const NOUNS = { first: 'First answer', next: 'Answer', resolution: 'Resolution' };

/** Whether a promise is what this row should say before anything else: it comes near, or is late. @param {import('../state/types.js').Conversation} one */
export const isPressing = (one) => !!one.due && (one.due.breached || one.due.warn_at <= Date.now());

/** @param {{due: import('../state/types.js').Due}} props */
export function Due({ due }) {
  const left = due.due_at - Date.now();
  const late = due.breached || left <= 0;
  const warmth = late ? 'is-hot' : due.warn_at <= Date.now() ? 'is-warm' : '';
  return html`<span class="row-time row-due tabular ${warmth}" title="${NOUNS[due.kind]} ${late ? 'was due' : 'is due'} ${time.full(due.due_at)}"><${Icon} name="clock" size=${13} /><span class="quiet">${NOUNS[due.kind]} </span>${late ? `late ${time.span(-left)}` : `due ${time.span(left)}`}</span>`;
}
