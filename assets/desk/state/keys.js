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

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
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
