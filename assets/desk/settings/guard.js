// Unsaved changes: leaving the page, the screen or the tab asks first.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Confirm } from '../parts/dialog.js';
import { setGuard } from '../state/router.js';

/** @typedef {import('../state/router.js').Route} Route */
/** Screens that hold unsaved changes right now, each with the moves that lose it nothing. @type {Map<object, (target: Route) => boolean>} */
const dirtyOnes = new Map();
/** @type {((answer: (go: boolean) => void) => void) | null} */
let ask = null;

addEventListener('beforeunload', (event) => { if (dirtyOnes.size) event.preventDefault(); });

/** Asks when any of them loses something; what the others hold stays guarded. @param {Route} target */
async function guard(target) {
  const losing = [...dirtyOnes].filter(([, inside]) => !inside(target)).map(([me]) => me);
  if (!losing.length || !ask) return true;
  const open = ask;
  if (!(await new Promise((/** @type {(go: boolean) => void} */ answer) => open(answer)))) return false;
  for (const me of losing) dirtyOnes.delete(me);
  if (!dirtyOnes.size) setGuard(null);
  return true;
}

/**
 * @param {boolean} dirty
 * @param {(target: Route) => boolean} [inside] moves that lose nothing
 */
export function useGuard(dirty, inside = () => false) {
  const held = useRef({});
  const within = useRef(inside);
  within.current = inside;
  useEffect(() => {
    if (!dirty) return undefined;
    const me = held.current;
    dirtyOnes.set(me, (target) => within.current(target));
    setGuard(guard);
    return () => { dirtyOnes.delete(me); if (!dirtyOnes.size) setGuard(null); };
  }, [dirty]);
}

/** The question; stands once in the settings. */
export function GuardDialog() {
  const [asked, setAsked] = useState(/** @type {null | {answer: (go: boolean) => void}} */ (null));
  useEffect(() => { ask = (answer) => setAsked({ answer }); return () => { ask = null; }; }, []);
  if (!asked) return null;
  const say = (/** @type {boolean} */ go) => { setAsked(null); asked.answer(go); };
  return html`<${Confirm} title="Leave without saving?" text="Your changes on this page are not saved yet." yes="Leave" no="Stay" danger=${true} onYes=${() => say(true)} onNo=${() => say(false)} />`;
}
