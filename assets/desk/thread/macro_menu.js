// Macros in the composer. A slash at the beginning of a line or a word opens a list below the hands: typing narrows it, arrows move, Enter or
// Tab puts the filled text in at the cursor, Escape leaves the slash alone. What a macro also does stands as a chip until the message is
// sent; it is done then, and can be taken off before.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { actionWords, useKnown } from '../parts/actions_editor.js';
import { matching } from '../state/fuzzy.js';
import { keep } from '../state/lists.js';
import { onStored } from '../state/outbox.js';
import { may } from '../state/people.js';
import { now } from '../state/store.js';
import { askForTag } from '../state/order.js';
import { useTools } from '../state/tools.js';
import { announce, toast } from '../state/toasts.js';
import { api, codeOf, wordsFor } from '../state/wire.js';
import { MacroForm } from '../settings/macro_form.js';
import { type } from './marks.js';

/** @typedef {import('../state/tools.js').Macro} Macro */
/** @typedef {{macro: string, name: string, actions: import('../state/tools.js').Action[]}} Chosen */

const SHOWN_MAX = 8;
const WORD = /(^|[\s(])\/([^\s/]{0,40})$/u;

/** The slash and what stands behind it, before the cursor. @param {HTMLTextAreaElement} box */
function slashOf(box) {
  if (box.selectionStart !== box.selectionEnd) return null;
  const match = WORD.exec(box.value.slice(Math.max(0, box.selectionStart - 60), box.selectionStart));
  return match ? { q: match[2], from: box.selectionStart - match[2].length - 1, to: box.selectionStart } : null;
}

/** What was chosen in a conversation and not sent yet: it comes back with its draft, as long as this page is open. @type {Map<string, Chosen>} */
const begun = new Map();

// What went with a message was done with it, or refused while the message was stored.
onStored((item, { macro }) => {
  if (!macro) return;
  if (macro.ok) { if (item.extra.macro.actions.length) announce(`${item.extra.macro.name} is done`); } else refused(item.conversation, item.extra.macro, macro.error.code, macro.error.message);
});

/** Does it by itself, when there is no message to go with. @param {string} conversation @param {Chosen} chosen */
async function run(conversation, chosen) {
  try {
    const answer = await api.post(`/conversations/${conversation}/macro`, { macro: chosen.macro, actions: chosen.actions });
    if (answer.conversation) keep([answer.conversation]);
    if (chosen.actions.length) announce(`${chosen.name} is done`);
  } catch (error) { refused(conversation, chosen, codeOf(error), wordsFor(error)); }
}

/** @param {string} conversation @param {Chosen} chosen @param {string|undefined} code @param {string} words */
function refused(conversation, chosen, code, words) {
  if (code !== 'tag_required') { toast(`Your message is sent, but “${chosen.name}” did nothing more. ${words}`, { tone: 'bad' }); return; }
  askForTag([conversation], async (tag) => {
    const tags = [...(now().conversations[conversation]?.tags || []), tag];
    try { await api.put(`/conversations/${conversation}/tags`, { tags: tags.map((one) => one.uuid) }); run(conversation, chosen); } catch (failure) { toast(wordsFor(failure), { tone: 'bad' }); }
  });
}

/**
 * @param {{uuid: string, box: {current: HTMLTextAreaElement|null}, kind: 'reply'|'note', text: string, swap: (kind: 'reply'|'note', text: string) => void}} props
 */
export function useMacroMenu({ uuid, box, kind, text, swap }) {
  const [slash, setSlash] = useState(/** @type {null|{q: string, from: number, to: number}} */ (null));
  const [at, setAt] = useState(0);
  const [chosen, hold] = useState(/** @type {Chosen|null} */ (begun.get(uuid) || null));
  const setChosen = (/** @type {Chosen|null} */ next) => { hold(next); if (next) begun.set(uuid, next); else begun.delete(uuid); };
  const [saving, setSaving] = useState(false);
  const left = useRef(-1);
  const { list, failed, again } = useTools('macros', !!slash);
  const known = useKnown();
  useEffect(() => { setSlash(null); hold(begun.get(uuid) || null); left.current = -1; }, [uuid]);
  const found = slash ? matching(list || [], slash.q, (one) => [one.shortcut, one.name, one.body]).slice(0, SHOWN_MAX) : [];
  const active = Math.max(0, Math.min(at, found.length - 1));
  const open = !!slash;
  const close = () => setSlash(null);

  /** Called whenever the text or the cursor moved. */
  const look = () => {
    const next = box.current ? slashOf(box.current) : null;
    // Left with Escape, this slash stays a slash.
    if (!next || next.from !== left.current) left.current = -1;
    if (next && left.current === next.from) return;
    setSlash((held) => { if (!held || !next || held.q !== next.q) setAt(0); return next; });
  };
  /** @param {Macro} macro */
  const insert = async (macro) => {
    const element = box.current;
    const place = slash;
    close();
    if (!element || !place) return;
    let filled;
    try { filled = await api.post(`/conversations/${uuid}/macro`, { macro: macro.uuid, preview: true }); } catch (error) { toast(`${macro.name} was not put in. ${wordsFor(error)}`, { tone: 'bad' }); return; }
    // Whoever typed on meanwhile keeps it: only the slash and its word are replaced.
    const word = element.value.slice(place.from, place.to);
    if (!word.startsWith('/')) return;
    element.focus();
    // A prepared note never begins as a reply, nor the other way round; where something stands already, its writer decides.
    if (filled.is_note !== (kind === 'note') && element.value.trim() === word) swap(filled.is_note ? 'note' : 'reply', filled.body);
    else { element.setSelectionRange(place.from, place.to); type(element, filled.body); }
    const actions = filled.actions.filter((/** @type {any} */ action) => allowed(action.do));
    setChosen({ macro: macro.uuid, name: macro.name, actions });
    announce(`${macro.name} is in${actions.length ? `. Will also: ${actions.map((/** @type {any} */ action) => actionWords(action, known)).join(', ')}` : ''}`);
  };
  /** Answers whether the key was for this list. @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key === 'Enter' && !open && !text.trim() && chosen?.actions.length && !event.isComposing) { event.preventDefault(); doNow(); return true; }
    if (!open || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { event.preventDefault(); setAt((active + step + found.length) % found.length); return true; }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); left.current = slash?.from ?? -1; close(); return true; }
    if ((event.key === 'Enter' || event.key === 'Tab') && found.length && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); insert(found[active]); return true; }
    return false;
  };
  /** A macro that says nothing does what it does without a message. */
  const doNow = () => { if (!chosen) return; run(uuid, chosen); setChosen(null); box.current?.focus(); };
  /** What goes with the text that is sent now. */
  const taken = () => { const along = chosen; setChosen(null); return along; };
  const attributes = { 'aria-autocomplete': 'list', 'aria-controls': open ? 'macro-list' : null, 'aria-activedescendant': open && found.length ? `macro-${active}` : null, onSelect: look, onBlur: close };
  const menu = open ? html`<div class="macro-menu"><ul id="macro-list" role="listbox" aria-label="Macros">${found.map((one, index) => html`<li key=${one.uuid} id="macro-${index}" role="option" aria-selected=${index === active ? 'true' : 'false'} class="macro-option" onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => insert(one)}>
      <span class="macro-line"><b dir="auto">${one.name}</b>${one.shortcut ? html` <code dir="ltr">/${one.shortcut}</code>` : null}${one.is_note ? html` <span class="badge is-warn">Note</span>` : null}</span>
      <span class="macro-peek" dir="auto">${one.body || one.actions.map((action) => actionWords(action, known)).join(', ')}</span></li>`)}</ul>
    ${!list ? html`<p class="macro-hint" role="status">${failed ? html`${failed} <button type="button" class="link-button" onClick=${again}>Try again</button>` : 'Looking…'}</p>` : found.length ? html`<p class="macro-hint" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> insert · <kbd>Esc</kbd> leave</p>`
      : html`<p class="macro-hint" role="status">${list.length ? `No macro fits “${slash?.q}”.` : 'No macros yet. Write an answer, then save it as one.'}</p>`}
    <span class="quiet" role="status">${found.length ? `${found.length} macros` : ''}</span></div>` : null;
  const chips = chosen?.actions.length ? html`<div class="macro-chips" role="group" aria-label="Will also"><span class="macro-will">${text.trim() ? 'will also:' : 'will:'}</span>${chosen.actions.map((action, index) => html`<span class="macro-chip" key=${index}><bdi>${actionWords(action, known)}</bdi><button type="button" class="tag-off" aria-label="Do not ${actionWords(action, known)}" onClick=${() => { setChosen({ ...chosen, actions: chosen.actions.filter((_, other) => other !== index) }); box.current?.focus(); }}><${Icon} name="close" size=${13} /></button></span>`)}${text.trim() ? null : html`<button type="button" class="button is-small" onClick=${doNow}>Do it now</button>`}</div>` : null;
  const dialog = saving ? html`<${MacroForm} one=${null} shares=${may('share')} conversation=${uuid} body=${text.trim()} is_note=${kind === 'note'} onClose=${() => { setSaving(false); box.current?.focus(); }} />` : null;
  return { menu, chips, dialog, attributes, look, onKeyDown, taken, save: () => setSaving(true) };
}

/** Actions that this agent's role allows are offered; the server would refuse the others and all with them. @param {string} what */
function allowed(what) {
  const needs = { reply: 'reply', note: 'reply', assign_agent: 'assign', assign_team: 'assign', unassign: 'assign', follow: 'follow', spam: 'ban', notify: '' }[what] ?? 'status';
  return !needs || may(needs);
}
