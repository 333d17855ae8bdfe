// What the site itself says about the person: plan, company, region …

import { html } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';

/** @param {any} value */
function show(value) {
  if (value === null || value === undefined || value === '') return html`<span class="faint">empty</span>`;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'object') return html`<code>${JSON.stringify(value)}</code>`;
  const href = typeof value === 'string' && /^https?:\/\//.test(value) ? safeHref(value) : null;
  return href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${value}</a>` : String(value);
}

/** @param {{attributes?: Record<string, any>, title?: string, lead?: string}} props */
export function Attributes({ attributes, title = 'From your site', lead = '' }) {
  const entries = Object.entries(attributes || {});
  if (!entries.length) return null;
  return html`<section class="panel-part"><h3>${title}</h3>${lead ? html`<p class="field-hint">${lead}</p>` : null}<dl class="facts">${entries.map(([key, value]) => html`<div><dt dir="auto">${key.replace(/_/g, ' ')}</dt><dd dir="auto">${show(value)}</dd></div>`)}</dl></section>`;
}
