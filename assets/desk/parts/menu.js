// A button with a menu: arrows, Home, End and letters move, Escape and a click elsewhere close, focus returns to the button.
// It lies in the top layer (popover), so no scrolling column can cut it off.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';

/** @typedef {{label: any, text?: string, hint?: string, icon?: string, checked?: boolean, danger?: boolean, separated?: boolean, run: () => void} | {heading: string}} Item */

let count = 0;
const EDGE = 8;

/**
 * @param {{label: any, name?: string, items: Item[], buttonClass?: string, open?: boolean, onOpen?: (open: boolean) => void, title?: string, align?: 'start'|'end', disabled?: boolean}} props
 */
export function Menu({ label, name, items, buttonClass = 'button', open: wanted, onOpen, title, align = 'start', disabled = false }) {
  const [own, setOwn] = useState(false);
  const open = wanted ?? own;
  const setOpen = (/** @type {boolean} */ next) => { setOwn(next); onOpen?.(next); };
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  const id = useRef(`menu-${++count}`).current;
  const close = (/** @type {boolean} */ back) => { setOpen(false); if (back) button.current?.focus(); };
  return html`<div class="menu-place">
    <button ref=${button} type="button" class=${buttonClass} aria-haspopup="menu" aria-expanded=${open ? 'true' : 'false'} aria-controls=${open ? id : null}
      title=${title} disabled=${disabled} onClick=${() => setOpen(!open)}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'ArrowDown' && !open) { event.preventDefault(); setOpen(true); } }}>${name ? html`<span class="quiet">${name}</span><span class="menu-face" aria-hidden="true">${label}</span>` : label}</button>
    ${open && html`<${MenuList} id=${id} name=${name || title || 'Menu'} items=${items} button=${button} align=${align} onClose=${close} />`}
  </div>`;
}

/** @param {{id: string, name: string, items: Item[], button: {current: HTMLElement|null}, align: string, onClose: (back: boolean) => void}} props */
function MenuList({ id, name, items, button, align, onClose }) {
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  useLayoutEffect(() => {
    const element = /** @type {any} */ (list.current);
    element.showPopover?.();
    place(element, /** @type {HTMLElement} */ (button.current), align);
    (element.querySelector('[aria-checked="true"]') || element.querySelector('[role^="menuitem"]'))?.focus();
  }, []);
  useEffect(() => {
    const outside = (/** @type {PointerEvent} */ event) => {
      const target = /** @type {Node} */ (event.target);
      if (!list.current?.contains(target) && !button.current?.contains(target)) onClose(false);
    };
    const moved = () => onClose(false);
    document.addEventListener('pointerdown', outside, true);
    addEventListener('resize', moved);
    return () => { document.removeEventListener('pointerdown', outside, true); removeEventListener('resize', moved); };
  }, []);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const rows = /** @type {HTMLElement[]} */ ([...(list.current?.querySelectorAll('[role^="menuitem"]') || [])]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? -1
      : event.key.length === 1 && event.key !== ' ' ? rows.findIndex((row, index) => index !== at && row.innerText.trim().toLowerCase().startsWith(event.key.toLowerCase())) : null;
    if (event.key === 'Escape' || event.key === 'Tab') { event.preventDefault(); event.stopPropagation(); onClose(true); return; }
    if (to === null || (to === -1 && event.key.length === 1)) return;
    event.preventDefault();
    rows[(to + rows.length) % rows.length]?.focus();
  };
  return html`<div ref=${list} id=${id} class="menu" role="menu" aria-label=${name} popover="manual" onKeyDown=${onKeyDown}>
    ${items.map((item) => ('heading' in item ? html`<p class="menu-heading" role="presentation">${item.heading}</p>`
      : html`<button type="button" role=${item.checked === undefined ? 'menuitem' : 'menuitemradio'} aria-checked=${item.checked === undefined ? null : item.checked ? 'true' : 'false'} tabindex="-1"
          class="menu-item ${item.danger ? 'is-danger' : ''} ${item.separated ? 'is-separated' : ''}" onClick=${() => { onClose(true); item.run(); }}>
          ${item.icon ? html`<${Icon} name=${item.icon} size=${18} />` : null}
          <span class="menu-label">${item.label}</span>${item.hint ? html`<span class="menu-hint">${item.hint}</span>` : null}
          ${item.checked !== undefined ? html`<span class="menu-check">${item.checked ? html`<${Icon} name="check" size=${16} />` : null}</span>` : null}
        </button>`))}
  </div>`;
}

/** Below the button, or above when there is no room; never outside the window. @param {HTMLElement} element @param {HTMLElement} button @param {string} align */
export function place(element, button, align) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const rtl = getComputedStyle(button).direction === 'rtl';
  const fromStart = (align === 'start') !== rtl;
  const left = fromStart ? at.left : at.right - width;
  const below = at.bottom + 4;
  const top = below + height <= innerHeight - EDGE ? below : Math.max(EDGE, at.top - height - 4);
  element.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  element.style.top = `${top}px`;
}
