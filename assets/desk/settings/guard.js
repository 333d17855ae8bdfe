// Unsaved changes: leaving the page, the screen or the tab asks first.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Confirm } from '../parts/dialog.js';
import { setGuard } from '../state/router.js';

/** Screens that hold unsaved changes right now. @type {Set<object>} */
const dirtyOnes = new Set();
/** @type {((answer: (go: boolean) => void) => void) | null} */
let ask = null;

addEventListener('beforeunload', (event) => { if (dirtyOnes.size) event.preventDefault(); });

/**
 * @param {boolean} dirty
 * @param {(target: import('../state/router.js').Route) => boolean} [inside] moves that lose nothing
 */
export function useGuard(dirty, inside = () => false) {
  const held = useRef({});
  const within = useRef(inside);
  within.current = inside;
  useEffect(() => {
    if (!dirty) return undefined;
    const me = held.current;
    dirtyOnes.add(me);
    setGuard((target) => (within.current(target) ? Promise.resolve(true) : new Promise((answer) => { if (ask) ask(answer); else answer(true); })));
    return () => { dirtyOnes.delete(me); if (!dirtyOnes.size) setGuard(null); };
  }, [dirty]);
}

/** The question; stands once in the settings. */
export function GuardDialog() {
  const [asked, setAsked] = useState(/** @type {null | {answer: (go: boolean) => void}} */ (null));
  useEffect(() => { ask = (answer) => setAsked({ answer }); return () => { ask = null; }; }, []);
  if (!asked) return null;
  const say = (/** @type {boolean} */ go) => { setAsked(null); if (go) { dirtyOnes.clear(); setGuard(null); } asked.answer(go); };
  return html`<${Confirm} title="Leave without saving?" text="Your changes on this page are not saved yet." yes="Leave" no="Stay" danger=${true} onYes=${() => say(true)} onNo=${() => say(false)} />`;
}
