// Filters as chips: each is a menu that says what it is set to, and a cross that takes it away.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Menu } from './menu.js';

/**
 * @param {{label: string, value: string, options: [string, string][], onChange: (value: string) => void, any?: string}} props
 * `any` is what no choice is called; without it one is always chosen.
 */
export function Chip({ label, value, options, onChange, any }) {
  const chosen = options.find(([key]) => key === value)?.[1] || '';
  const items = [...(any ? [{ label: any, checked: !value, run: () => onChange('') }] : []), ...options.map(([key, words]) => ({ label: words, checked: key === value, run: () => onChange(key) }))];
  return html`<span class="chip ${value ? 'is-set' : ''}"><${Menu} buttonClass="chip-button" name="${label}: ${chosen || any || ''}" items=${items}
    label=${html`<span class="chip-label">${label}</span>${chosen ? html` <b dir="auto">${chosen}</b>` : null}<${Icon} name="chevron_down" size=${14} />`} />
    ${any && value ? html`<button type="button" class="chip-cross" aria-label="Any ${label.toLowerCase()}" onClick=${() => onChange('')}><${Icon} name="close" size=${14} /></button>` : null}</span>`;
}

/** A day to pick. @param {{label: string, value: string, onChange: (value: string) => void, max?: string}} props */
export const DayChip = ({ label, value, onChange, max }) => html`<label class="chip is-day ${value ? 'is-set' : ''}"><span class="chip-label">${label}</span>
  <input type="date" value=${value} max=${max} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)} /></label>`;
