// How many wait for somebody, and the key that takes the next of them.

import { html, useEffect } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { time, useTick } from '../parts/small.js';
import { bind } from '../state/keys.js';
import { loadQueue, takeNext } from '../state/queue.js';
import { useDesk } from '../state/store.js';

/** From then on waiting has been long. */
const WARM_MS = 5 * 60_000;

export function Waiting() {
  const waiting = useDesk((state) => state.waiting);
  const since = useDesk((state) => state.waiting_since);
  const allowed = useDesk((state) => state.may.includes('assign'));
  useTick();
  useEffect(() => (allowed ? bind([{ keys: 'w', group: 'Conversations', label: 'Take the next who waits', run: takeNext }]) : undefined), [allowed]);
  // The frame says how many; since when the first one waits is asked.
  useEffect(() => { if (waiting && allowed) loadQueue(); }, [waiting]);
  if (!waiting || !allowed) return null;
  const waited = since ? Date.now() - since : 0;
  return html`<div class="waiting-strip ${waited > WARM_MS ? 'is-warm' : ''}"><${Icon} name="clock" size=${16} /><span class="tabular">${waiting} waiting${since ? ` · ${time.span(waited)}` : ''}</span>
    <button type="button" class="button is-small" title="Take the next (w)" onClick=${takeNext}>Take the next</button></div>`;
}
