// Every key of the desk in one table: what `?` shows is what works. Keys are silent while somebody writes in a field,
// while a dialog is open, and together with Ctrl, Alt or Cmd.

/** @typedef {{keys: string, label: string, group: string, run: (event: KeyboardEvent) => void, when?: () => boolean}} Binding */

/** @type {Binding[]} */
let bindings = [];
let prefix = '';
/** @type {any} */ let prefixTimer = 0;

/** @param {Binding[]} next @returns {() => void} takes them away again */
export function bind(next) {
  bindings = [...bindings, ...next];
  return () => { bindings = bindings.filter((one) => !next.includes(one)); };
}

export const bound = () => bindings;

/** @param {EventTarget|null} target */
function isWriting(target) {
  const element = /** @type {HTMLElement|null} */ (target);
  if (!element?.closest) return false;
  return element.isContentEditable || !!element.closest('textarea, select, [role="menu"], [role="listbox"], input:not([type="checkbox"], [type="radio"], [type="button"])');
}

/** Ctrl (or Cmd) with a letter works everywhere, also while somebody writes; but what a field does with it itself comes first. @param {KeyboardEvent} event */
function onChord(event) {
  const wanted = `Ctrl+${event.key.toLowerCase()}`;
  const match = bindings.find((one) => one.keys === wanted && (!one.when || one.when()));
  if (!match || document.querySelector('dialog[open]')) return;
  // In a field with words, Ctrl Z is the field's own.
  if (wanted === 'Ctrl+z' && isWriting(event.target) && /** @type {HTMLInputElement} */ (event.target).value) return;
  event.preventDefault();
  match.run(event);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) { onChord(event); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWriting(event.target) || document.querySelector('dialog[open]')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const wanted = prefix ? `${prefix} ${key}` : key;
  const match = bindings.find((one) => one.keys.split(', ').includes(wanted) && (!one.when || one.when()));
  prefix = '';
  clearTimeout(prefixTimer);
  if (match) {
    event.preventDefault();
    match.run(event);
  } else if (bindings.some((one) => one.keys.split(', ').some((keys) => keys.startsWith(`${key} `)))) {
    prefix = key;
    prefixTimer = setTimeout(() => { prefix = ''; }, 1200);
  }
}
addEventListener('keydown', onKey);
