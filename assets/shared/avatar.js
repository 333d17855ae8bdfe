// A person as a small round picture, or initials on a tint that is always the same for the same name.

import { html } from '../vendor/preact.js';

/** @param {string} text */
export function tintOf(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) || 0)) >>> 0;
  return sum % 8;
}

/** First letters of the first and last word. @param {string} name */
export function initialsOf(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0] || '').join('').toLocaleUpperCase();
}

/** Presence is a dot on the avatar and always also said in words nearby. @param {{name: string, url?: string|null, size?: number, tint?: number|null, online?: boolean|null}} props */
export function Avatar({ name, url, size = 32, tint, online = null }) {
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.4)}px` };
  return html`<span class="avatar tint-${tint ?? tintOf(name)}" style=${style} aria-hidden="true">
    ${url ? html`<img src=${url} alt="" onError=${(/** @type {any} */ event) => event.target.remove()} />` : initialsOf(name)}
    ${online === null ? null : html`<i class="presence ${online ? 'is-online' : ''}"></i>`}
  </span>`;
}
