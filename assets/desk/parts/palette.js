// Ctrl K: every action, conversation, person and page by a few letters. The field keeps the focus; arrows move through the list.

import { html, useEffect, useMemo, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { commandsOf, found, ranked, recents, used } from '../state/commands.js';
import { change, now, useDesk } from '../state/store.js';

const PAUSE_MS = 130;

/** @typedef {import('../state/commands.js').Command} Command */

/** The conversation an action means: the open one, else the one under the cursor. */
export function meant() {
  const { route, cursor } = now();
  return route.name === 'conversations' || route.name === 'search' ? route.conversation || cursor : '';
}

/** @param {string} [topic] only commands about this */
export const openPalette = (topic = '') => change({ palette: { topic } });
export const closePalette = () => change({ palette: null });

export function Palette() {
  const palette = useDesk((state) => state.palette);
  return palette ? html`<${Open} key=${palette.topic} topic=${palette.topic} />` : null;
}

/** @param {{topic: string}} props */
function Open({ topic }) {
  const [query, setQuery] = useState('');
  const [more, setMore] = useState(/** @type {{query: string, commands: Command[]}} */ ({ query: '', commands: [] }));
  const [at, setAt] = useState(0);
  const dialog = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const own = useMemo(() => commandsOf({ conversation: meant(), state: now() }).filter((one) => (topic ? one.topic === topic : true)), [topic]);

  useEffect(() => {
    const element = /** @type {HTMLDialogElement} */ (dialog.current);
    const before = /** @type {HTMLElement|null} */ (document.activeElement);
    if (!element.open) element.showModal();
    element.querySelector('input')?.focus();
    return () => { element.close(); if (before?.isConnected && document.activeElement === document.body) before.focus(); };
  }, []);
  useEffect(() => {
    if (topic || query.trim().length < 2) { setMore({ query, commands: [] }); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(async () => { const commands = await found(query.trim(), abort.signal); if (!abort.signal.aborted) setMore({ query, commands }); }, PAUSE_MS);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [query, topic]);

  const groups = useMemo(() => {
    const fitting = ranked(own, query, topic ? [] : recents());
    // What the server found fits by what it knows: it is not asked again whether its letters do.
    const others = more.commands.filter((one) => !fitting.some(({ commands }) => commands.some((other) => other.id === one.id)));
    for (const group of new Set(others.map((one) => one.group))) {
      const held = fitting.find((one) => one.group === group);
      const commands = others.filter((one) => one.group === group);
      if (held) held.commands = [...held.commands, ...commands].slice(0, 10); else fitting.push({ group, commands });
    }
    return fitting;
  }, [own, query, more]);
  const flat = groups.flatMap((one) => one.commands);
  const chosen = Math.min(at, flat.length - 1);

  useEffect(() => { dialog.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); }, [chosen, groups]);

  const pick = (/** @type {Command|undefined} */ one) => {
    if (!one) return;
    closePalette();
    if (!topic) used(one.id);
    // After the dialog is gone, so that what the command opens may take the focus.
    setTimeout(one.run, 0);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    const step = event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'n') ? 1 : event.key === 'ArrowUp' || (event.ctrlKey && event.key === 'p') ? -1 : 0;
    if (step) { event.preventDefault(); setAt(flat.length ? (chosen + step + flat.length) % flat.length : 0); } else if (event.key === 'Enter') { event.preventDefault(); pick(flat[chosen]); } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); event.stopPropagation(); closePalette(); }
  };
  const asking = !topic && query.trim().length >= 2 && more.query !== query;
  let index = -1;
  return html`<dialog ref=${dialog} class="palette" aria-label=${topic || 'Commands'} onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); closePalette(); }} onClose=${closePalette}
    onMouseDown=${(/** @type {MouseEvent} */ event) => { if (event.target === dialog.current) closePalette(); }}>
    <div class="palette-head"><${Icon} name="search" size=${18} />
      <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-activedescendant=${flat.length ? `palette-${chosen}` : null} aria-label=${topic || 'Find a command, a conversation or a person'}
        placeholder=${topic ? `${topic}…` : 'What would you like to do?'} autocomplete="off" spellcheck=${false} dir="auto" enterkeyhint="go" value=${query}
        onInput=${(/** @type {any} */ event) => { setQuery(event.currentTarget.value); setAt(0); }} onKeyDown=${onKeyDown} />
      <button type="button" class="palette-close" onClick=${closePalette}><span class="quiet">Close</span><kbd aria-hidden="true">Esc</kbd></button></div>
    <div id="palette-list" class="palette-list" role="listbox" aria-label="Commands">
      ${groups.map(({ group, commands }) => html`<div key=${group} role="group" aria-label=${group}><p class="palette-group" aria-hidden="true">${group}</p>
        ${commands.map((one) => { index += 1; const mine = index; return html`<div key=${one.id} id="palette-${mine}" role="option" aria-selected=${mine === chosen ? 'true' : 'false'} class="palette-item"
          onMouseMove=${() => { if (chosen !== mine) setAt(mine); }} onClick=${() => pick(one)}>
          <span class="palette-face">${one.face || html`<${Icon} name=${one.icon || 'chevron_right'} size=${18} />`}</span>
          <span class="palette-label" dir="auto">${one.label}</span>${one.hint ? html`<span class="palette-hint" dir="auto">${one.hint}</span>` : null}
          ${one.keys ? html`<span class="keys">${one.keys.split(' ').map((key) => html`<kbd>${key}</kbd>`)}</span>` : null}</div>`; })}</div>`)}
    </div>
    ${flat.length ? null : html`<p class="palette-none" role="status">${asking ? 'Looking…' : query.trim() ? html`Nothing fits “${query.trim()}”. Try fewer letters.` : 'There is nothing to choose here.'}</p>`}
    <p class="palette-foot" aria-hidden="true"><span><kbd>↑</kbd><kbd>↓</kbd> choose</span><span><kbd>↵</kbd> do it</span><span><kbd>Esc</kbd> leave</span></p>
  </dialog>`;
}
