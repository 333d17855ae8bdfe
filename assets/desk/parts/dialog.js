// A modal question, on the browser's own <dialog>: focus goes in, stays in, and comes back by itself; Escape closes.

import { html, useEffect, useRef } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';

let count = 0;

/** @param {{title: string, onClose?: () => void, children?: any, wide?: boolean, actions?: any}} props */
export function Dialog({ title, onClose, children, wide = false, actions }) {
  const ref = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const later = useRef(onClose);
  later.current = onClose;
  const id = useRef(`dialog-${++count}`).current;
  useEffect(() => {
    const dialog = /** @type {HTMLDialogElement} */ (ref.current);
    const before = /** @type {HTMLElement|null} */ (document.activeElement);
    if (!dialog.open) dialog.showModal();
    // Not the cross in the corner: the field that is asked for, else the harmless answer.
    const settle = () => /** @type {HTMLElement|null} */ (dialog.querySelector('[data-focus]') || dialog.querySelector('select, textarea, input:not([type="hidden"], [type="checkbox"], [type="radio"])') || dialog.querySelector('.dialog-actions .button:not(.is-danger)'))?.focus();
    settle();
    // A second Escape closes it whatever this page says: it stays as long as its owner wants it.
    let leaving = false;
    const closed = () => { if (leaving) return; dialog.showModal(); settle(); later.current?.(); };
    dialog.addEventListener('close', closed);
    return () => { leaving = true; dialog.removeEventListener('close', closed); dialog.close(); if (before?.isConnected) before.focus(); };
  }, []);
  return html`<dialog ref=${ref} class="dialog ${wide ? 'is-wide' : ''}" aria-labelledby=${id}
    onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); onClose?.(); }}
    onMouseDown=${(/** @type {MouseEvent} */ event) => { if (event.target === ref.current) onClose?.(); }}>
    <div class="dialog-body">
      <header class="dialog-head"><h2 id=${id}>${title}</h2>
        ${onClose && html`<button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>`}</header>
      ${children}
      ${actions && html`<footer class="dialog-actions">${actions}</footer>`}
    </div>
  </dialog>`;
}

/** A question with one risky answer. @param {{title: string, text: any, yes: string, no?: string, danger?: boolean, onYes: () => void, onNo: () => void}} props */
export function Confirm({ title, text, yes, no = 'Cancel', danger = false, onYes, onNo }) {
  return html`<${Dialog} title=${title} onClose=${onNo} actions=${html`
      <button type="button" class="button" onClick=${onNo}>${no}</button>
      <button type="button" class="button ${danger ? 'is-danger' : 'is-primary'}" onClick=${onYes}>${yes}</button>`}>
    <p class="dialog-text">${text}</p>
  <//>`;
}
