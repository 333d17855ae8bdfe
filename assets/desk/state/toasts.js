// Short notices at the edge, and what screen readers are told. A notice with a way on stays longer.

import { change, now } from './store.js';

let last = 0;
const TOASTS_MAX = 3;

/** @param {string} text @param {{tone?: 'plain'|'bad', action?: {label: string, run: () => void}}} [more] */
export function toast(text, { tone = 'plain', action } = {}) {
  const id = ++last;
  change(({ toasts }) => ({ toasts: [...toasts.filter((other) => other.text !== text), { id, text, tone, action }].slice(-TOASTS_MAX) }));
  setTimeout(() => drop(id), action || tone === 'bad' ? 10000 : 4500);
  return id;
}

/** @param {number} id */
export const drop = (id) => { if (now().toasts.some((one) => one.id === id)) change(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) })); };

/** For ears: said once, politely. @param {string} text */
export const announce = (text) => change({ said: text });
