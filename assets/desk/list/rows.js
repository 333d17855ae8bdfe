// The rows, placed by their number: only those in sight are in the DOM, and a conversation that moves up slides there.
// When rows above the reading position change, the position is kept, so that nothing moves under the pointer.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact.js';
import { Spinner, useTick } from '../parts/small.js';
import { loadMore } from '../state/lists.js';
import { change, useDesk } from '../state/store.js';
import { Row } from './row.js';

export const ROW_PX = 68;
const BEYOND = 6;

/** @param {{list: import('../state/types.js').List, filter: import('../state/types.js').Filter, selected: string}} props */
export function Rows({ list, filter, selected }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [span, setSpan] = useState({ top: 0, height: 900 });
  const cursor = useDesk((state) => state.cursor);
  useTick();
  const { ids } = list;

  const measure = () => {
    const element = box.current;
    if (!element) return;
    const top = Math.floor(element.scrollTop / ROW_PX) * ROW_PX;
    setSpan((held) => (held.top === top && held.height === element.clientHeight ? held : { top, height: element.clientHeight }));
    if (element.scrollTop + element.clientHeight > (ids.length - 12) * ROW_PX) loadMore(filter);
  };
  useLayoutEffect(() => {
    measure();
    const watch = new ResizeObserver(measure);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [ids.length, list.next]);

  // Scrolled down, the row at the top edge stays where it is, whatever arrives above it.
  const edge = useRef({ id: '', index: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const before = edge.current;
    const at = before.id && before.index > 0 ? ids.indexOf(before.id) : -1;
    if (at >= 0 && at !== before.index && Math.abs(at - before.index) < 5) element.scrollTop += (at - before.index) * ROW_PX;
    edge.current = { id: ids[Math.floor(element.scrollTop / ROW_PX)] || '', index: Math.floor(element.scrollTop / ROW_PX) };
  }, [ids]);

  // The keyboard's row is in sight and has the focus.
  useEffect(() => {
    const element = box.current;
    const at = cursor ? ids.indexOf(cursor) : -1;
    if (!element || at < 0) return;
    const top = at * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW_PX - element.clientHeight;
    requestAnimationFrame(() => /** @type {HTMLElement|null} */ (element.querySelector(`[data-row="${CSS.escape(cursor)}"]`))?.focus({ preventScroll: true }));
  }, [cursor]);

  // Back from a thread: the keyboard stands on its row again.
  const before = useRef(selected);
  useEffect(() => {
    const was = before.current;
    before.current = selected;
    if (selected || !was || !ids.includes(was)) return;
    change({ cursor: was });
    requestAnimationFrame(() => { if (document.activeElement === document.body) /** @type {HTMLElement|null} */ (box.current?.querySelector(`[data-row="${CSS.escape(was)}"]`))?.focus({ preventScroll: true }); });
  }, [selected]);

  const from = Math.max(0, Math.floor(span.top / ROW_PX) - BEYOND);
  const to = Math.min(ids.length, Math.ceil((span.top + span.height) / ROW_PX) + BEYOND);
  const stop = ids.includes(cursor) ? cursor : ids.includes(selected) ? selected : ids[0];
  return html`<div class="list-body" ref=${box} onScroll=${() => { measure(); edge.current = { id: ids[Math.floor((box.current?.scrollTop || 0) / ROW_PX)] || '', index: Math.floor((box.current?.scrollTop || 0) / ROW_PX) }; }}>
    <ul class="rows" role="list" style=${{ height: `${ids.length * ROW_PX}px` }}>
      ${ids.slice(from, to).map((id, index) => html`<${Row} key=${id} uuid=${id} index=${from + index} size=${list.next ? -1 : ids.length} selected=${id === selected} tab=${id === stop} />`)}
    </ul>
    ${list.more ? html`<div class="list-more"><${Spinner} label="Loading more" /></div>` : null}
  </div>`;
}
