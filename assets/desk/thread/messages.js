// What was said, oldest above. The reading position is sacred: what arrives below never moves it, what is loaded above
// is balanced, and only someone who is at the end stays at the end.

import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { rows } from '../../shared/timeline.js';
import { Spinner, time, useTick } from '../parts/small.js';
import { useDesk } from '../state/store.js';
import { loadNewer, loadOlder, markSeen, refresh, trim } from '../state/threads.js';
import { Activity } from './activity.js';
import { Bubble } from './bubble.js';

const NEAR_END_PX = 60;
const NEAR_TOP_PX = 400;

/** @param {{uuid: string}} props */
export function Messages({ uuid }) {
  const thread = useDesk((state) => state.threads[uuid]);
  const seenSeq = useDesk((state) => state.conversations[uuid].contact_seen_seq);
  const { timeline } = thread;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const hold = useRef({ end: true, top: 0, height: 0, first: '', placed: false });
  const [below, setBelow] = useState(0);
  const [atEnd, setAtEnd] = useState(true);
  const list = useMemo(() => rows(timeline), [timeline]);
  const count = timeline.stored.length + timeline.pending.length;
  const lastCount = useRef(count);
  const pendingCount = useRef(timeline.pending.length);
  useTick();

  const toEnd = (smooth = false) => { const element = box.current; if (element) element.scrollTo({ top: element.scrollHeight, behavior: smooth ? 'smooth' : 'auto' }); };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const held = hold.current;
    const first = list.find((row) => row.type === 'message')?.key || '';
    if (!held.placed) {
      const divider = /** @type {HTMLElement|null} */ (element.querySelector('.new-line'));
      // The first unread one stands a third from the top; with nothing unread, the end.
      element.scrollTop = divider ? divider.offsetTop - element.clientHeight / 3 : element.scrollHeight;
      held.placed = true;
      held.end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    } else if (timeline.pending.length > pendingCount.current) {
      // What was just written stands at the end: the end it is.
      if (thread.ahead) refresh(uuid, true);
      toEnd();
      held.end = true;
    } else if (held.end) toEnd();
    else if (first !== held.first) element.scrollTop = held.top + (element.scrollHeight - held.height);
    if (!held.end && count > lastCount.current && first === held.first) setBelow((before) => before + count - lastCount.current);
    pendingCount.current = timeline.pending.length;
    lastCount.current = count;
    Object.assign(held, { first, top: element.scrollTop, height: element.scrollHeight });
    if (held.end !== atEnd) setAtEnd(held.end);
  }, [list]);

  // A found message stands in the middle, is marked for a moment, and takes the keyboard.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !thread.mark) return;
    const found = /** @type {HTMLElement|null} */ (element.querySelector(`[data-seq="${thread.mark.seq}"]`));
    if (!found) return;
    Object.assign(hold.current, { end: false, placed: true });
    element.scrollTop = found.offsetTop - Math.max(24, (element.clientHeight - found.offsetHeight) / 2);
    hold.current.top = element.scrollTop;
    for (const old of element.querySelectorAll('.is-marked')) old.classList.remove('is-marked');
    found.classList.add('is-marked');
    found.tabIndex = -1;
    found.focus({ preventScroll: true });
  }, [thread.mark]);

  // Pictures, the keyboard of a phone, a growing composer: whoever is at the end stays there.
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (box.current);
    const watch = new ResizeObserver(() => { if (hold.current.end) toEnd(); hold.current.height = element.scrollHeight; });
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => watch.disconnect();
  }, []);

  const look = () => { if (hold.current.end && document.visibilityState === 'visible' && document.hasFocus()) markSeen(uuid); };
  useEffect(() => { look(); }, [count, atEnd]);
  useEffect(() => {
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => { removeEventListener('focus', look); document.removeEventListener('visibilitychange', look); };
  }, []);

  const onScroll = () => {
    const element = /** @type {HTMLElement} */ (box.current);
    const held = hold.current;
    held.top = element.scrollTop;
    held.height = element.scrollHeight;
    held.end = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (held.end !== atEnd) setAtEnd(held.end);
    if (held.end) { if (below) setBelow(0); trim(uuid); look(); }
    if (thread.ahead && thread.newer === 'idle' && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_TOP_PX) { held.end = false; loadNewer(uuid); }
    if (element.scrollTop < NEAR_TOP_PX && thread.older === 'idle') loadOlder(uuid);
  };

  const lastSeen = [...timeline.stored].reverse().find((one) => one.kind === 'outgoing' && one.seq <= seenSeq);
  return html`<div class="messages-frame">
    <div class="messages" ref=${box} onScroll=${onScroll} tabindex="0" role="log" aria-live="off" aria-label="Messages">
      <div class="messages-inner">
        ${thread.older === 'loading' ? html`<div class="messages-more"><${Spinner} label="Loading older messages" /></div>`
          : thread.older === 'failed' ? html`<div class="messages-more"><button type="button" class="button" onClick=${() => loadOlder(uuid)}>Older messages did not load. Try again</button></div>`
          : !timeline.more && timeline.stored.length <= timeline.shown ? html`<p class="messages-start">The conversation began here.</p>` : html`<div class="messages-more"></div>`}
        ${list.map((row) => (row.type === 'day' ? html`<div key=${row.key} class="day"><span>${time.day(row.at)}</span></div>`
          : row.type === 'new' ? html`<div key="new" class="new-line" role="separator" aria-label="New messages"><span>New</span></div>`
          : row.entry.kind === 'activity' ? html`<${Activity} key=${row.key} entry=${row.entry} />`
          : html`<${Bubble} key=${row.key} entry=${row.entry} first=${row.first} last=${row.last} seen=${row.entry === lastSeen} />`))}
        ${thread.ahead ? html`<div class="messages-more">${thread.newer === 'failed' ? html`<button type="button" class="button" onClick=${() => loadNewer(uuid)}>Newer messages did not load. Try again</button>` : html`<${Spinner} label="Loading newer messages" />`}</div>` : null}
        <${Typing} uuid=${uuid} />
      </div>
    </div>
    ${!atEnd || thread.ahead ? html`<button type="button" class="pill ${below ? 'has-news' : ''}" onClick=${async () => { setBelow(0); if (thread.ahead) { hold.current.end = true; await refresh(uuid, true); toEnd(); } else toEnd(true); }}><${Icon} name="arrow_down" size=${16} />${below ? `${below} new` : html`<span class="quiet">To the newest message</span>`}</button>` : null}
  </div>`;
}

/** @param {{uuid: string}} props */
function Typing({ uuid }) {
  const contact = useDesk((state) => state.conversations[uuid].contact.name);
  const typists = useDesk((state) => state.typing[uuid] || NOBODY);
  return html`<div class="typing-place">${typists.map((one) => html`<p class="typing ${one.note ? 'is-note' : ''} ${one.type === 'agent' ? 'is-agent' : ''}"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> ${one.type === 'contact' ? contact : one.name} is ${one.note ? 'writing a note' : one.type === 'agent' ? 'answering' : 'typing'}…</p>`)}</div>`;
}
/** @type {import('../state/types.js').Typist[]} */
const NOBODY = [];
