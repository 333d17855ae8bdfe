// The one question box for what cannot be undone.

import { html, useEffect, useRef } from '../vendor/preact.js';

/** @param {{chat: import('./chat.js').Chat, text: string, yes: string, act: () => void}} props */
export function Question({ chat, text, yes, act }) {
  const { t } = chat;
  const box = useRef(/** @type {any} */ (null));
  useEffect(() => { const before = /** @type {HTMLElement|null} */ (document.activeElement); box.current.querySelector('.plain').focus(); return () => before?.focus?.(); }, []);
  const end = () => chat.ask(null);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); end(); }
    if (event.key !== 'Tab') return;
    event.preventDefault();
    const all = [...box.current.querySelectorAll('button')];
    all[(all.indexOf(document.activeElement) + 1) % all.length].focus();
  };
  return html`<div class="question-back" onClick=${(/** @type {Event} */ event) => { if (event.target === event.currentTarget) end(); }}>
    <div class="question" role="alertdialog" aria-modal="true" aria-label=${yes} aria-describedby="question-text" ref=${box} onKeyDown=${keys}>
      <p id="question-text">${text}</p>
      <div class="question-buttons"><button type="button" class="plain" onClick=${end}>${t('w.cancel')}</button><button type="button" class="primary" onClick=${() => { end(); act(); }}>${yes}</button></div>
    </div></div>`;
}
