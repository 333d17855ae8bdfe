// A small window beside its button, in the top layer: a click elsewhere or Escape closes it, and the focus goes back to the button.

import { html, useEffect, useLayoutEffect, useRef } from '../../vendor/preact.js';
import { place } from './menu.js';

/** @param {{button: {current: HTMLElement|null}, label: string, onClose: () => void, align?: string, className?: string, children?: any}} props */
export function Popup({ button, label, onClose, align = 'start', className = '', children }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const close = (/** @type {boolean} */ back) => { onClose(); if (back) button.current?.focus(); };
  useLayoutEffect(() => {
    const element = /** @type {any} */ (box.current);
    element.showPopover?.();
    if (button.current) place(element, button.current, align);
    /** @type {HTMLElement|null} */ (element.querySelector('input'))?.focus();
  }, []);
  useEffect(() => {
    const outside = (/** @type {PointerEvent} */ event) => {
      const target = /** @type {Node} */ (event.target);
      if (!box.current?.contains(target) && !button.current?.contains(target)) close(false);
    };
    const moved = () => close(false);
    document.addEventListener('pointerdown', outside, true);
    addEventListener('resize', moved);
    return () => { document.removeEventListener('pointerdown', outside, true); removeEventListener('resize', moved); };
  }, []);
  return html`<div ref=${box} class="menu popup ${className}" role="dialog" aria-label=${label} popover="manual"
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(true); } }}>${children}</div>`;
}
