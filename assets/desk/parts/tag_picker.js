// Choosing tags by typing: arrows move, Enter puts a tag on or takes it off, and a word nobody used yet becomes a tag where one may do that.

import { html, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { matching, plain } from '../state/fuzzy.js';
import { may } from '../state/people.js';
import { now } from '../state/store.js';
import { take, useTools } from '../state/tools.js';
import { announce, toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @typedef {import('../state/tools.js').Tag} Tag */

let count = 0;

/** @param {{chosen: string[], onPick: (tag: Tag, on: boolean) => void, onDone?: () => void, label?: string}} props */
export function TagPicker({ chosen, onPick, onDone, label = 'Find or add a tag' }) {
  const { list, failed, again } = useTools('tags');
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const id = useRef(`tags-${++count}`).current;
  const found = matching([...(list || [])].sort((a, b) => (b.uses || 0) - (a.uses || 0) || a.name.localeCompare(b.name)), q.trim(), (tag) => [tag.name]);
  const typed = q.trim();
  const isNew = typed && list && !list.some((tag) => plain(tag.name) === plain(typed)) && may('share');
  const size = found.length + (isNew ? 1 : 0);
  const active = Math.min(at, size - 1);
  const pick = (/** @type {Tag} */ tag) => {
    const on = !chosen.includes(tag.uuid);
    onPick(tag, on);
    announce(`${tag.name}: ${on ? 'on' : 'off'}`);
    setQ('');
    setAt(0);
  };
  const create = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const answer = await api.post('/tags', { name: typed });
      take('tags', answer.tags);
      const made = answer.tags.find((/** @type {Tag} */ tag) => tag.uuid === answer.uuid);
      if (made) pick(made);
    } catch (error) { toast(`The tag was not made. ${wordsFor(error)}`, { tone: 'bad' }); } finally { setBusy(false); }
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && size) { event.preventDefault(); setAt((active + step + size) % size); document.getElementById(`${id}-${(active + step + size) % size}`)?.scrollIntoView({ block: 'nearest' }); return; }
    if (event.key !== 'Enter') return;
    event.preventDefault();
    // Nothing typed and Enter: done, unless the arrows stand on something.
    if (!typed && at === 0 && onDone && chosen.length) onDone(); else if (active >= 0 && active < found.length) pick(found[active]); else if (isNew) create();
  };
  const mayNot = typed && !found.length && !isNew;
  return html`<div class="tag-picker">
    <input class="input" type="text" role="combobox" aria-label=${label} placeholder=${label} aria-expanded="true" aria-controls="${id}-list" aria-autocomplete="list" aria-activedescendant=${size ? `${id}-${active}` : null} dir="auto" autocomplete="off" maxlength="50" data-focus=${true}
      value=${q} onInput=${(/** @type {any} */ event) => { setQ(event.currentTarget.value); setAt(0); }} onKeyDown=${onKeyDown} />
    <ul id="${id}-list" class="tag-options" role="listbox" aria-label="Tags" aria-multiselectable="true">
      ${found.map((tag, index) => html`<li key=${tag.uuid} id="${id}-${index}" role="option" aria-selected=${chosen.includes(tag.uuid) ? 'true' : 'false'} class="tag-option ${index === active ? 'is-at' : ''}" onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => pick(tag)}>
        <i class="tag-dot" style=${{ background: tag.color }}></i><bdi>${tag.name}</bdi>${chosen.includes(tag.uuid) ? html`<${Icon} name="check" size=${16} />` : null}</li>`)}
      ${isNew ? html`<li id="${id}-${found.length}" role="option" aria-selected="false" class="tag-option is-new ${active === found.length ? 'is-at' : ''}" onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${create}><${Icon} name="plus" size=${16} /><span>New tag <b dir="auto">${typed}</b></span></li>` : null}
    </ul>
    ${mayNot && list ? html`<p class="tag-none" role="status">No tag is called so.${may('share') ? '' : ' Your role cannot make new ones.'}</p>` : null}
    ${!list && failed ? html`<p class="tag-none" role="alert">${failed} <button type="button" class="link-button" onClick=${again}>Try again</button></p>` : null}
    ${list && !list.length && !typed ? html`<p class="tag-none">${may('share') ? 'No tags yet. Type a word, and Enter makes it one.' : 'No tags yet. An admin can make some in the settings.'}</p>` : null}
  </div>`;
}
