// Small parts used everywhere: a copy button, an empty state, a spinner, a ticking clock, the notices.

import { h, html, useEffect, useReducer, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { createTime } from '../../shared/time.js';
import { onPrefs, pref } from '../state/prefs.js';
import { useDesk } from '../state/store.js';
import { announce, drop } from '../state/toasts.js';

export const time = createTime(navigator.language || 'en');

/** Draws again every half minute, so that "4 min" becomes "5 min". */
export function useTick(every = 30000) {
  const [, again] = useReducer((/** @type {number} */ count) => count + 1, 0);
  useEffect(() => { const timer = setInterval(() => again(undefined), every); return () => clearInterval(timer); }, []);
}

/** Draws again when a preference changed. */
export function usePrefs() {
  const [held, hold] = useState(pref());
  useEffect(() => onPrefs(() => hold(pref())), []);
  return held;
}

/** @param {{text: string, label?: string, what: string, onCopied?: () => void}} props */
export function Copy({ text, label = 'Copy', what, onCopied }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try { await navigator.clipboard.writeText(text); } catch {
      // No clipboard on plain HTTP: the old way, by a selected field.
      const field = Object.assign(document.createElement('textarea'), { value: text, readOnly: true, className: 'quiet' });
      ([...document.querySelectorAll('dialog[open]')].pop() || document.body).append(field);
      field.select();
      document.execCommand('copy');
      field.remove();
    }
    setDone(true);
    onCopied?.();
    announce(`${what} copied`);
    setTimeout(() => setDone(false), 2000);
  };
  return html`<button type="button" class="button is-small" onClick=${copy} aria-label="${label} ${what}"><${Icon} name=${done ? 'check' : 'copy'} size=${16} /><span>${done ? 'Copied' : label}</span></button>`;
}

/** @param {{icon: string, title: string, children?: any, action?: any}} props */
export const Empty = ({ icon, title, children, action }) => html`<div class="empty"><span class="empty-icon"><${Icon} name=${icon} size=${28} /></span><h2>${title}</h2><p>${children}</p>${action}</div>`;

/** Not let in: a circle with a bar, so that it is never taken for the shield of a verified person. @param {{size?: number}} props */
export const BlockIcon = ({ size = 18 }) => h('svg', { class: 'icon', width: size, height: size, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'aria-hidden': 'true' }, h('path', { d: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM5.2 5.2l9.6 9.6' }));

/** @param {{label?: string}} props */
export const Spinner = ({ label = 'Loading' }) => html`<span class="spinner" role="status"><span class="quiet">${label}</span></span>`;

/** A text nobody may misread, with its copy button. @param {{text: string, what: string, onCopied?: () => void}} props */
export const Code = ({ text, what, onCopied }) => html`<div class="code"><pre tabindex="0" aria-label=${what}><code>${text}</code></pre><${Copy} text=${text} what=${what} onCopied=${onCopied} /></div>`;

export function Toasts() {
  const toasts = useDesk((state) => state.toasts);
  const said = useDesk((state) => state.said);
  return html`<div class="toasts">
    ${toasts.map((one) => html`<div key=${one.id} class="toast ${one.tone === 'bad' ? 'is-bad' : ''}" role=${one.tone === 'bad' ? 'alert' : 'status'}>
      <span>${one.text}</span>
      ${one.action && html`<button type="button" class="toast-action" onClick=${() => { drop(one.id); one.action?.run(); }}>${one.action.label}</button>`}
      <button type="button" class="icon-button is-small" aria-label="Dismiss" onClick=${() => drop(one.id)}><${Icon} name="close" size=${16} /></button>
    </div>`)}
    <div class="quiet" role="status" aria-live="polite">${said}</div>
  </div>`;
}
