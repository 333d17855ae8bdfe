// Choosing an icon: found by what it shows, by its name, or by the name another icon set gave it.

import { h, html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Dialog } from '../parts/dialog.js';
import { Spinner } from '../parts/small.js';
import { api, wordsFor } from '../state/wire.js';

const PAUSE_MS = 160;
/** What was asked before; null = there is no such icon. @type {Map<string, string[]|null>} */
const known = new Map();
let count = 0;

const ASKED_MAX = 60;
/** By another set's name: the answer has ours, so it is asked for by itself. @param {string} name @param {(() => void)[]} waiting */
async function alone(name, waiting) {
  try { known.set(name, (await api.get(`/icons?names=${encodeURIComponent(name)}`)).icons[0]?.d ?? null); } catch { return; }
  for (const tell of waiting) tell();
}

/** Names asked for in the same moment go in one question. @type {Map<string, (() => void)[]>} */
const wanted = new Map();

/** @param {string} name @param {() => void} done */
function ask(name, done) {
  if (!wanted.size) queueMicrotask(() => {
    const asked = [...wanted.entries()];
    wanted.clear();
    for (let at = 0; at < asked.length; at += ASKED_MAX) {
      const some = asked.slice(at, at + ASKED_MAX);
      api.get(`/icons?names=${some.map(([one]) => encodeURIComponent(one)).join(',')}`).then(({ icons }) => {
        const found = new Map(icons.map((/** @type {any} */ icon) => [icon.name, icon.d]));
        for (const [one, waiting] of some) {
          if (found.has(one)) { known.set(one, found.get(one)); for (const tell of waiting) tell(); } else alone(one, waiting);
        }
      }).catch(() => { /* the name alone is shown; asked again the next time */ });
    }
  });
  wanted.set(name, [...(wanted.get(name) || []), done]);
}

/** A drawing of the icon set: 24 px grid, stroked. @param {{d: string[], size?: number}} props */
export const Drawing = ({ d, size = 20 }) => h('svg', { class: 'icon', width: size, height: size, viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.75, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' }, ...d.map((one) => h('path', { d: one })));

/** The drawing of a name; undefined while it is asked for, null when there is none. @param {string} name @returns {string[]|null|undefined} */
export function useDrawing(name) {
  const [, again] = useState(0);
  useEffect(() => {
    if (!name || name === 'none' || known.has(name)) return undefined;
    let gone = false;
    ask(name, () => { if (!gone) again((n) => n + 1); });
    return () => { gone = true; };
  }, [name]);
  return known.get(name);
}

/** An icon by name, as small decoration. @param {{name: string, size?: number}} props */
export function Named({ name, size = 20 }) {
  const d = useDrawing(name);
  return d ? html`<${Drawing} d=${d} size=${size} />` : null;
}

/** @param {{label: string, hint?: any, value: string, onInput: (name: string) => void, error?: string, none?: string, otherwise?: string}} props */
export function IconField({ label, hint, value, onInput, error, none = 'No icon', otherwise = 'no icon' }) {
  const [open, setOpen] = useState(false);
  const id = useRef(`icon-${++count}`).current;
  const d = useDrawing(value);
  const empty = !value || value === 'none';
  return html`<div class="field ${error ? 'is-wrong' : ''}">
    <span class="field-name" id="${id}-name">${label}</span>
    ${hint && html`<p class="field-hint" id="${id}-hint">${hint}</p>`}
    <div class="field-row"><button type="button" id="${id}-button" class="input icon-choice" aria-haspopup="dialog" aria-labelledby="${id}-name ${id}-button" aria-describedby=${hint ? `${id}-hint` : null} onClick=${() => setOpen(true)}>
      <span class="icon-shown">${empty ? null : d ? html`<${Drawing} d=${d} />` : d === null ? html`<${Icon} name="help" />` : null}</span><span class="icon-name">${empty ? none : value}</span><${Icon} name="chevron_down" size=${16} /></button></div>
    ${!empty && d === null ? html`<p class="field-hint is-warn" role="status">There is no icon called ${value}; visitors see ${otherwise}.</p>` : null}
    ${error && html`<p class="field-error" role="alert">${error}</p>`}
    ${open && html`<${Picker} value=${value} none=${none} onClose=${() => setOpen(false)} onPick=${(/** @type {string} */ name) => { setOpen(false); onInput(name); }} />`}
  </div>`;
}

/** @param {{value: string, none: string, onClose: () => void, onPick: (name: string) => void}} props */
function Picker({ value, none, onClose, onPick }) {
  const [q, setQ] = useState('');
  const [found, setFound] = useState(/** @type {{name: string, d: string[]}[]|null} */ (null));
  const [failed, setFailed] = useState('');
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      try {
        const { icons } = await api.get(`/icons?q=${encodeURIComponent(q.trim())}`);
        for (const one of icons) known.set(one.name, one.d);
        if (!gone) { setFound(icons); setFailed(''); }
      } catch (error) { if (!gone) setFailed(wordsFor(error)); }
    }, q ? PAUSE_MS : 0);
    return () => { gone = true; clearTimeout(timer); };
  }, [q]);
  const typed = q.trim().toLowerCase();
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const grid = /** @type {HTMLElement} */ (event.currentTarget);
    const all = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll('button')]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const across = Math.max(1, all.filter((one) => one.offsetTop === all[0].offsetTop).length);
    const rtl = getComputedStyle(grid).direction === 'rtl' ? -1 : 1;
    const step = { ArrowRight: rtl, ArrowLeft: -rtl, ArrowDown: across, ArrowUp: -across }[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
  };
  return html`<${Dialog} title="Choose an icon" onClose=${onClose}>
    <div class="search"><${Icon} name="search" size=${18} /><input type="search" data-focus placeholder="What should it show? Such as truck, money, question" aria-label="Search icons" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter' && found?.[0]) { event.preventDefault(); onPick(found[0].name); } }} /></div>
    <p class="field-hint icon-count" role="status">${failed || (found && (found.length ? `${found.length} ${found.length === 1 ? 'icon' : 'icons'}${found.length >= 60 ? ' or more' : ''}` : `Nothing shows “${q}”. Try another word.`)) || 'Looking…'}</p>
    ${found ? html`<div class="icon-grid" role="group" aria-label="Icons" onKeyDown=${onKeyDown}>${found.map((one) => html`<button type="button" key=${one.name} class="icon-cell" aria-pressed=${one.name === value ? 'true' : 'false'} aria-label=${one.name.replaceAll('-', ' ')} title=${one.name} onClick=${() => onPick(one.name)}><${Drawing} d=${one.d} size=${22} /></button>`)}</div>` : failed ? null : html`<div class="centred"><${Spinner} /></div>`}
    <footer class="dialog-actions is-split"><button type="button" class="button" onClick=${() => onPick(none === 'No icon' ? '' : 'none')}>${none}</button>
      ${typed && !found?.some((one) => one.name === typed) ? html`<button type="button" class="button" onClick=${() => onPick(typed)}>Use the name “${typed}”</button>` : null}</footer>
  <//>`;
}
