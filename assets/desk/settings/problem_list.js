// Findings: what is wrong, in groups, the worst group first; and what was looked at and is in order. Shared by the house and by pages.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Code } from '../parts/small.js';
import { go } from '../state/router.js';

/** @typedef {{id: string, severity: 'urgent'|'warning'|'hint'|'fine', area: string, title: string, why: string, fix: string, link: string, job?: number}} Finding */

/** @type {Record<string, [string, string]>} word, tone */
const SEVERITY = { urgent: ['Now', 'is-bad'], warning: ['Soon', 'is-warn'], hint: ['When you have time', ''] };
const ORDER = ['urgent', 'warning', 'hint', 'fine'];
/** @type {Record<string, string>} */
const AREAS = { address: 'The way from outside', page: 'The page', inboxes: 'Inboxes', mail: 'Mail', machine: 'This machine', file: 'The file and its copies', people: 'People', jobs: 'Work that was given up' };
/** Longer ones are for pasting, and get a box of their own. */
const PASTE_CHARS = 34;

/** Several lists as one: the worst first, nothing twice, and in a list of what is wrong nothing that another calls right. @param {Finding[][]} lists */
export function merged(lists) {
  /** @type {Map<string, Finding>} */
  const known = new Map();
  for (const one of lists.flat()) known.set(one.id, one);
  return [...known.values()].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** In a few words. @param {Finding[]} problems */
export function summary(problems) {
  const urgent = problems.filter((one) => one.severity === 'urgent').length;
  const later = problems.filter((one) => one.severity === 'warning').length;
  if (urgent) return `${urgent} to mend now`;
  if (later) return `${later} to mend soon`;
  return problems.length ? `in order, ${problems.length} ${problems.length === 1 ? 'remark' : 'remarks'}` : 'in order';
}

/** What stands between backticks is to be typed or pasted. @param {string} text */
function withCode(text) {
  const pieces = text.split('`');
  return pieces.map((part, at) => (at % 2 === 0 ? part : part.length > PASTE_CHARS ? html`<${Code} text=${part} what="what to paste" />` : html`<code dir="ltr">${part}</code>`));
}

/** @param {string} link */
const follow = (link) => { const [page, id = '', tab = ''] = link.split('/'); go({ name: 'settings', page, id, tab }); };

/** @param {{found: Finding[], onRetry?: (job: number) => void}} props */
export function ProblemList({ found, onRetry }) {
  // Sorted already: the first of an area decides where the area stands.
  const areas = [...new Set(found.map((one) => one.area))];
  return html`${areas.map((area) => html`<section class="problem-group" key=${area} aria-label=${AREAS[area] || area}>
    <h3 class="problem-area">${AREAS[area] || area}</h3>
    <ul class="problems" role="list">${found.filter((one) => one.area === area).map((one) => html`<li key=${one.id} class="problem">
      <span class="badge ${SEVERITY[one.severity]?.[1] || ''}">${SEVERITY[one.severity]?.[0] || ''}</span><h4 dir="auto">${one.title}</h4><p dir="auto">${one.why}</p>${one.fix ? html`<div class="problem-fix" dir="auto"><b>What to do:</b> ${withCode(one.fix)}</div>` : null}
      ${one.link ? html`<button type="button" class="button is-small" aria-label="Go there: ${one.title}" onClick=${() => follow(one.link)}>Go there <${Icon} name="chevron_right" size=${16} /></button>` : null}
      ${one.job && onRetry ? html`<button type="button" class="button is-small" onClick=${() => onRetry(/** @type {number} */ (one.job))}>Try again</button>` : null}</li>`)}</ul></section>`)}`;
}

/** What was looked at and is in order. @param {{found: Finding[], open?: boolean}} props */
export function Fine({ found, open = false }) {
  if (!found.length) return null;
  return html`<details class="more fine" open=${open}><summary>${found.length === 1 ? 'One thing is in order' : `${found.length} things are in order`}</summary>
    <ul class="fine-list" role="list">${found.map((one) => html`<li key=${one.id}><${Icon} name="check" size=${16} /><span><b dir="auto">${one.title}</b><small dir="auto">${one.why}</small></span></li>`)}</ul></details>`;
}
