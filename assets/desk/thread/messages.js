// What was said, oldest above. The reading position is sacred: whatever changes above or below, the row one reads stays where it is,
// and only someone who is at the end stays at the end. Of a long conversation only a window of rows is in the DOM (state/window.js).

import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { rows } from '../../shared/timeline.js';
import { Spinner, time, useTick } from '../parts/small.js';
import { bind } from '../state/keys.js';
import { useDesk } from '../state/store.js';
import { loadNewer, loadOlder, loadUnread, markSeen, refresh, trim } from '../state/threads.js';
import { AT_END, around, down, span, up } from '../state/window.js';
import { Activity } from './activity.js';
import { Bubble } from './bubble.js';

const NEAR_END_PX = 60;
const NEAR_EDGE_PX = 900;

/** The messages that stand in the DOM, top to bottom; a day's line is none, since it moves up when older ones of that day come. @param {HTMLElement} box */
const placed = (box) => /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (box.firstElementChild).children].filter((one) => one instanceof HTMLElement && !!one.dataset.place && !one.matches('.day, .new-line')));

/** @typedef {{place: string, whole: boolean, at: number, top: number}} Anchor `top` is how far the box was scrolled then. */

/**
 * The first row in sight, and where its lower edge stands: a name above its words may go when older ones come, and what stands below
 * must not move for that. Of a row that ends out of sight the upper edge counts.
 * @param {HTMLElement} box @returns {Anchor|null}
 */
function anchorOf(box) {
  const all = placed(box);
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].offsetTop + all[middle].offsetHeight > box.scrollTop) high = middle; else low = middle + 1;
  }
  if (!all[low]) return null;
  const { offsetTop: top, offsetHeight: height, dataset } = all[low];
  const whole = top + height <= box.scrollTop + box.clientHeight;
  return { place: dataset.place || '', whole, at: top + (whole ? height : 0) - box.scrollTop, top: box.scrollTop };
}

/** @param {{uuid: string}} props */
export function Messages({ uuid }) {
  const thread = useDesk((state) => state.threads[uuid]);
  const seenSeq = useDesk((state) => state.conversations[uuid].contact_seen_seq);
  const { timeline } = thread;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const hold = useRef({ end: true, placed: false, before: 0, anchor: /** @type {Anchor|null} */ (null), slid: /** @type {any} */ (null), marked: /** @type {any} */ (null) });
  const [view, setView] = useState(AT_END);
  const [below, setBelow] = useState(0);
  const [atEnd, setAtEnd] = useState(true);
  const list = useMemo(() => rows({ ...timeline, shown: Infinity }), [timeline]);
  const keys = useMemo(() => list.map((row) => row.key), [list]);
  const [from, to] = span(keys, view);
  const newest = list.length ? list[list.length - 1].key : '';
  const last = useRef({ newest, count: list.length, pending: timeline.pending.length });
  useTick();
  // How far it is scrolled before rows come and go: somebody who scrolls has come further than the last event about it says.
  if (box.current) hold.current.before = box.current.scrollTop;

  const toEnd = (smooth = false) => { const element = box.current; if (element) element.scrollTo({ top: element.scrollHeight, behavior: smooth ? 'smooth' : 'auto' }); };
  /** Puts the row one reads back where it was. @param {number} [moved] scrolled since */
  const settle = (moved = 0) => {
    const element = box.current;
    const { anchor } = hold.current;
    if (!element || !anchor) return;
    const row = /** @type {HTMLElement|null} */ (element.querySelector(`[data-place="${CSS.escape(anchor.place)}"]`));
    if (!row) return;
    const top = row.offsetTop + (anchor.whole ? row.offsetHeight : 0) - anchor.at + moved;
    if (Math.abs(top - element.scrollTop) > 0.5) element.scrollTop = top;
    // That was no scrolling of the reader's.
    anchor.top = element.scrollTop;
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const held = hold.current;
    const divider = /** @type {HTMLElement|null} */ (element.querySelector('.new-line'));
    if (!held.placed) {
      // The first unread one stands a third from the top; with nothing unread, the end.
      element.scrollTop = divider ? divider.offsetTop - element.clientHeight / 3 : element.scrollHeight;
      held.placed = true;
      held.end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    } else if (timeline.pending.length > last.current.pending) {
      // One's own words are seen, wherever one was reading.
      if (thread.ahead) refresh(uuid, true);
      if (view !== AT_END) { setView(AT_END); held.end = true; } else { toEnd(); held.end = true; }
    } else if (held.end && view === AT_END) toEnd();
    else settle(held.before - (held.anchor?.top ?? held.before));
    if (!held.end && newest !== last.current.newest && list.length > last.current.count) setBelow((before) => before + list.length - last.current.count);
    last.current = { newest, count: list.length, pending: timeline.pending.length };
    held.anchor = anchorOf(element);
    if (held.end !== atEnd) setAtEnd(held.end);
    // What was loaded above is beyond the window still, and nobody scrolls any more: it slides by itself.
    if (!held.end && from > 0 && element.scrollTop < NEAR_EDGE_PX) setView(up(keys, view));
  }, [list, view]);

  // A found message stands in the middle, is marked for a moment, and takes the keyboard.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !thread.mark) return;
    const found = /** @type {HTMLElement|null} */ (element.querySelector(`[data-seq="${thread.mark.seq}"]`));
    if (!found) {
      // It lies beyond the window: that slides there first.
      const row = list.find((one) => one.type === 'message' && one.entry.seq === thread.mark?.seq);
      if (row && hold.current.slid !== thread.mark) { Object.assign(hold.current, { end: false, placed: true, slid: thread.mark }); setView(around(keys, row.key)); }
      return;
    }
    if (hold.current.marked === thread.mark) return;
    Object.assign(hold.current, { end: false, placed: true, marked: thread.mark });
    element.scrollTop = found.offsetTop - Math.max(24, (element.clientHeight - found.offsetHeight) / 2);
    hold.current.anchor = anchorOf(element);
    for (const old of element.querySelectorAll('.is-marked')) old.classList.remove('is-marked');
    found.classList.add('is-marked');
    found.tabIndex = -1;
    found.focus({ preventScroll: true });
  }, [thread.mark, list, view]);

  // Pictures, the keyboard of a phone, a growing composer: whoever is at the end stays there, and whoever reads above stays there.
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (box.current);
    const watch = new ResizeObserver(() => { if (hold.current.end) toEnd(); else settle(); });
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => watch.disconnect();
  }, []);

  const look = () => { if (hold.current.end && document.visibilityState === 'visible' && document.hasFocus()) markSeen(uuid); };
  useEffect(() => { look(); }, [newest, atEnd]);
  useEffect(() => {
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => { removeEventListener('focus', look); document.removeEventListener('visibilitychange', look); };
  }, []);

  const onScroll = () => {
    const element = /** @type {HTMLElement} */ (box.current);
    const held = hold.current;
    const whole = to === list.length;
    held.end = whole && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    held.anchor = anchorOf(element);
    if (held.end !== atEnd) setAtEnd(held.end);
    if (held.end) { if (below) setBelow(0); if (view !== AT_END) setView(AT_END); trim(uuid); look(); }
    if (thread.ahead && whole && thread.newer === 'idle' && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_EDGE_PX) { held.end = false; loadNewer(uuid); }
    if (held.end && !thread.ahead) return;
    if (element.scrollTop < NEAR_EDGE_PX) { if (from > 0) setView(up(keys, view)); else if (thread.older === 'idle') loadOlder(uuid); } else if (!whole && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_EDGE_PX) setView(down(keys, view));
  };

  const backToEnd = () => {
    setBelow(0);
    if (thread.ahead) { hold.current.end = true; setView(AT_END); refresh(uuid, true).then(() => toEnd()); return; }
    if (view === AT_END) { toEnd(true); return; }
    hold.current.end = true;
    setView(AT_END);
  };
  const jump = useRef(false);
  const toUnread = async () => {
    jump.current = true;
    hold.current.end = false;
    await loadUnread(uuid);
  };
  // The line is there now: it comes into sight, wherever the window was.
  useLayoutEffect(() => {
    const element = box.current;
    if (!jump.current || !timeline.unreadAfter || !element) return;
    const divider = /** @type {HTMLElement|null} */ (element.querySelector('.new-line'));
    if (!divider) { setView(around(keys, 'new')); return; }
    jump.current = false;
    hold.current.end = false;
    element.scrollTop = divider.offsetTop - element.clientHeight / 3;
    hold.current.anchor = anchorOf(element);
    element.focus({ preventScroll: true });
  });
  useEffect(() => bind([{ keys: 'g n', group: 'In a conversation', label: 'To the first new message', run: () => { if (thread.unread) toUnread(); else if (timeline.unreadAfter) { jump.current = true; hold.current.end = false; setView(around(keys, 'new')); } } }]), [thread.unread, timeline.unreadAfter]);

  const lastSeen = [...timeline.stored].reverse().find((one) => one.kind === 'outgoing' && one.seq <= seenSeq);
  const newestAnswer = [...timeline.stored].reverse().find((one) => one.kind === 'outgoing' && one.author.type === 'agent');
  return html`<div class="messages-frame">
    <div class="messages" ref=${box} onScroll=${onScroll} tabindex="0" role="log" aria-live="off" aria-label="Messages">
      <div class="messages-inner">
        ${from > 0 ? null : thread.older === 'loading' ? html`<div class="messages-more"><${Spinner} label="Loading older messages" /></div>`
          : thread.older === 'failed' ? html`<div class="messages-more"><button type="button" class="button" onClick=${() => loadOlder(uuid)}>Older messages did not load. Try again</button></div>`
          : !timeline.more ? html`<p class="messages-start">The conversation began here.</p>` : html`<div class="messages-more"></div>`}
        ${list.slice(from, to).map((row) => (row.type === 'day' ? html`<div key=${row.key} data-place=${row.key} class="day"><span>${time.day(row.at)}</span></div>`
          : row.type === 'new' ? html`<div key="new" data-place="new" class="new-line" role="separator" aria-label="New messages"><span>New</span></div>`
          : row.entry.kind === 'activity' ? html`<${Activity} key=${row.key} place=${row.key} entry=${row.entry} />`
          : html`<${Bubble} key=${row.key} place=${row.key} entry=${row.entry} first=${row.first} last=${row.last} seen=${row.entry === lastSeen} unseen=${row.entry.seq > seenSeq} newest=${row.entry === newestAnswer} />`))}
        ${thread.ahead && to === list.length ? html`<div class="messages-more">${thread.newer === 'failed' ? html`<button type="button" class="button" onClick=${() => loadNewer(uuid)}>Newer messages did not load. Try again</button>` : html`<${Spinner} label="Loading newer messages" />`}</div>` : null}
        ${to === list.length ? html`<${Typing} uuid=${uuid} />` : null}
      </div>
    </div>
    ${thread.unread ? html`<button type="button" class="pill is-up" onClick=${toUnread}><${Icon} name="arrow_down" size=${16} class="is-turned" />${thread.unread.count >= 100 ? 'More than 99' : thread.unread.count} new, from the first</button>` : null}
    ${!atEnd || thread.ahead ? html`<button type="button" class="pill ${below ? 'has-news' : ''}" onClick=${backToEnd}><${Icon} name="arrow_down" size=${16} />${below ? `${below} new` : html`<span class="quiet">To the newest message</span>`}</button>` : null}
  </div>`;
}

/** @param {{uuid: string}} props */
function Typing({ uuid }) {
  const contact = useDesk((state) => state.conversations[uuid].contact.name);
  const typists = useDesk((state) => state.typing[uuid] || NOBODY);
  return html`<div class="typing-place">${typists.map((one) => html`<p class="typing ${one.note ? 'is-note' : ''} ${one.type === 'agent' ? 'is-agent' : ''}"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> ${one.type === 'contact' ? contact : one.name} is ${one.note ? 'writing a note' : one.type === 'agent' ? 'writing a reply' : 'typing'}…</p>`)}</div>`;
}
/** @type {import('../state/types.js').Typist[]} */
const NOBODY = [];
