// Typing @ in a note offers the colleagues to call. The text keeps the focus: arrows choose, Enter or Tab takes, Escape leaves.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact.js';
import { AgentAvatar } from '../parts/avatars.js';
import { callable, calling } from '../state/mentions.js';
import { nameOf } from '../state/people.js';
import { now } from '../state/store.js';
import { type } from './marks.js';

/** `keys`: set to a function that takes a key of the box, and answers whether it did something with it. @param {{box: {current: HTMLTextAreaElement|null}, text: string, keys: {current: any}}} props */
export function Calls({ box, text, keys }) {
  const [at, setAt] = useState(0);
  const [left, setLeft] = useState(-1);
  const [place, setPlace] = useState(text.length);
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  useLayoutEffect(() => { setPlace(box.current?.selectionStart ?? text.length); setAt(0); }, [text]);
  const call = calling(text, Math.min(place, text.length));
  const found = call && call.from !== left ? callable(Object.values(now().agents).filter((agent) => !agent.suspended && !agent.invited && agent.uuid !== now().agent.uuid), call.asked) : [];
  const shown = found.length > 0;
  const chosen = Math.min(at, found.length - 1);

  const take = (/** @type {any} */ agent) => {
    const element = box.current;
    if (!element || !call) return;
    element.focus();
    element.setSelectionRange(call.from, call.from + call.asked.length + 1);
    type(element, `@${nameOf(agent)} `);
  };
  keys.current = (/** @type {KeyboardEvent} */ event) => {
    if (!shown) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setAt((chosen + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length);
    else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') take(found[chosen]);
    else if (event.key === 'Escape') setLeft(call?.from ?? -1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  useEffect(() => () => { keys.current = null; }, []);
  useEffect(() => { if (shown) box.current?.setAttribute('aria-activedescendant', `call-${chosen}`); else box.current?.removeAttribute('aria-activedescendant'); }, [shown, chosen]);
  if (!shown) return null;
  return html`<div ref=${list} id="calls" class="calls" role="listbox" aria-label="Call a colleague">
    ${found.map((agent, index) => html`<div key=${agent.uuid} id="call-${index}" class="call" role="option" aria-selected=${index === chosen ? 'true' : 'false'} onMouseMove=${() => { if (index !== chosen) setAt(index); }} onMouseDown=${(/** @type {Event} */ event) => { event.preventDefault(); take(agent); }}>
      <${AgentAvatar} agent=${agent} size=${22} presence=${true} /><span dir="auto">${nameOf(agent)}</span>${agent.online ? null : html`<i>not here</i>`}</div>`)}
  </div>`;
}
