// A list put in order by hand: dragged by its handle with mouse, pen or finger, or moved with the arrow keys while the handle has the
// focus. Either way the new place is told to screen readers, and the focus stays on the handle.

import { h, html, useLayoutEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { announce } from '../state/toasts.js';

let count = 0;

/**
 * @typedef {{items: any[], keys: string[], open: string, setOpen: (key: string) => void, add: (item: any) => void, remove: (at: number) => void,
 *   put: (at: number, patch: any) => void, move: (from: number, to: number) => void}} List
 */

/**
 * A list whose rows keep their identity while they are moved and edited, also those the server has not seen yet.
 * @param {any[]} items @param {(items: any[]) => void} onChange @param {string} [fault] what the server said of the list: the row it names by its number opens
 * @param {number} [round] another one: all was discarded, and these are other rows
 * @returns {List}
 */
export function useList(items, onChange, fault = '', round = 0) {
  const keys = useRef(/** @type {string[]} */ ([]));
  const [open, setOpen] = useState('');
  useLayoutEffect(() => {
    const number = Number(/^\p{L}+ (\d+):/u.exec(fault)?.[1] || 0);
    if (number && keys.current[number - 1]) setOpen(keys.current[number - 1]);
  }, [fault]);
  const held = useRef(round);
  // Discarded or saved elsewhere: other rows, other names.
  if (keys.current.length !== items.length || held.current !== round) keys.current = items.map(() => `row-${++count}`);
  held.current = round;
  const both = (/** @type {(list: any[]) => void} */ turn, /** @type {any[]} */ next) => { turn(keys.current); onChange(next); };
  return {
    items, keys: keys.current, open, setOpen,
    add: (item) => { const key = `row-${++count}`; both((list) => list.push(key), [...items, item]); setOpen(key); },
    remove: (at) => both((list) => list.splice(at, 1), items.filter((_, index) => index !== at)),
    put: (at, patch) => onChange(items.map((item, index) => (index === at ? { ...item, ...patch } : item))),
    move: (from, to) => {
      const next = [...items];
      next.splice(to, 0, ...next.splice(from, 1));
      both((list) => list.splice(to, 0, ...list.splice(from, 1)), next);
    },
  };
}

const Grip = () => h('svg', { class: 'icon', width: 18, height: 18, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 2.2, 'stroke-linecap': 'round', 'aria-hidden': 'true' }, h('path', { d: 'M7.5 5v.1M12.5 5v.1M7.5 10v.1M12.5 10v.1M7.5 15v.1M12.5 15v.1' }));

/**
 * @param {{list: List, label: string, what: string, name: (item: any, at: number) => string, head: (item: any, at: number) => any,
 *   body?: (item: any, at: number) => any, removable?: (item: any) => boolean}} props
 */
export function Sortable({ list, label, what, name, head, body, removable = () => true }) {
  const { items, keys, open, setOpen } = list;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [drag, setDrag] = useState(/** @type {null | {from: number, to: number, dy: number, gap: number}} */ (null));
  const live = useRef(/** @type {any} */ (null));
  const refocus = useRef('');
  const id = useRef(`sortable-${++count}`).current;
  useLayoutEffect(() => {
    if (!refocus.current) return;
    /** @type {HTMLElement|null} */ (box.current?.querySelector(`[data-key="${refocus.current}"] .grip`))?.focus();
    refocus.current = '';
  });
  const move = (/** @type {number} */ from, /** @type {number} */ to) => {
    if (to < 0 || to >= items.length || to === from) { announce(`${name(items[from], from)}: already ${to < 0 ? 'first' : 'last'}`); return; }
    refocus.current = keys[from];
    list.move(from, to);
    announce(`${name(items[from], from)}: now ${to + 1} of ${items.length}`);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event, /** @type {number} */ at) => {
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape' && live.current) { event.stopPropagation(); drop(false); }
    if (to === undefined) return;
    event.preventDefault();
    move(at, to);
  };
  const take = (/** @type {PointerEvent} */ event, /** @type {number} */ at) => {
    if (event.button || !box.current) return;
    event.preventDefault();
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const rects = [...box.current.children].map((row) => row.getBoundingClientRect());
    const space = rects.length > 1 ? rects[1].top - rects[0].bottom : 0;
    live.current = { from: at, to: at, start: event.clientY, middles: rects.map((rect) => rect.top + rect.height / 2), gap: rects[at].height + space };
    setDrag({ from: at, to: at, dy: 0, gap: live.current.gap });
  };
  const pull = (/** @type {PointerEvent} */ event) => {
    const held = live.current;
    if (!held) return;
    const dy = event.clientY - held.start;
    const middle = held.middles[held.from] + dy;
    held.to = held.middles.filter((/** @type {number} */ one, /** @type {number} */ at) => at !== held.from && one < middle).length;
    setDrag({ from: held.from, to: held.to, dy, gap: held.gap });
  };
  const drop = (/** @type {boolean} */ keep) => {
    const held = live.current;
    live.current = null;
    setDrag(null);
    if (keep && held && held.to !== held.from) move(held.from, held.to);
  };
  const shift = (/** @type {number} */ at) => {
    if (!drag) return undefined;
    if (at === drag.from) return { transform: `translateY(${drag.dy}px)` };
    const up = at > drag.from && at <= drag.to;
    const down = at < drag.from && at >= drag.to;
    return { transform: up ? `translateY(${-drag.gap}px)` : down ? `translateY(${drag.gap}px)` : 'none' };
  };
  return html`<p class="quiet" id=${id}>Drag, or use the arrow keys, to change the order.</p>
    <ul class="sortable ${drag ? 'is-dragging' : ''}" role="list" aria-label=${label} ref=${box}>${items.map((item, at) => {
      const key = keys[at];
      const isOpen = open === key;
      const called = name(item, at);
      return html`<li key=${key} data-key=${key} class="sort-row ${drag?.from === at ? 'is-held' : ''} ${isOpen ? 'is-open' : ''}" style=${shift(at)} aria-label="${what} ${at + 1}: ${called}">
        <header>
          <button type="button" class="grip" aria-label="Move ${called}, ${at + 1} of ${items.length}" aria-describedby=${id} title="Drag, or arrow keys" onPointerDown=${(/** @type {PointerEvent} */ event) => take(event, at)} onPointerMove=${pull} onPointerUp=${() => drop(true)} onPointerCancel=${() => drop(false)} onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKeyDown(event, at)}><${Grip} /></button>
          ${body ? html`<button type="button" class="sort-head" aria-expanded=${isOpen ? 'true' : 'false'} onClick=${() => setOpen(isOpen ? '' : key)}>${head(item, at)}<${Icon} name="chevron_down" size=${16} class="sort-more" /></button>` : html`<div class="sort-head">${head(item, at)}</div>`}
          ${removable(item) ? html`<button type="button" class="icon-button is-small" aria-label="Remove ${called}" title="Remove" onClick=${() => { list.remove(at); announce(`${called} removed`); }}><${Icon} name="trash" size=${16} /></button>` : null}
        </header>
        ${body && isOpen ? html`<div class="sort-body">${body(item, at)}</div>` : null}
      </li>`;
    })}</ul>`;
}
