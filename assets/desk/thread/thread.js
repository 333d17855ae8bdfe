// One conversation: its head, what was said, and the box to answer in.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Empty, Spinner } from '../parts/small.js';
import { keyOf } from '../state/lists.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { leaveThread, openThread, refresh } from '../state/threads.js';
import { Composer } from './composer.js';
import { dropsOf } from './files.js';
import { ThreadHeader } from './header.js';
import { Labels } from './labels.js';
import { Messages } from './messages.js';

/** @param {{uuid: string}} props */
export function ThreadView({ uuid }) {
  const thread = useDesk((state) => state.threads[uuid]);
  const known = useDesk((state) => !!state.conversations[uuid]);
  useEffect(() => {
    if (!uuid) return undefined;
    openThread(uuid);
    return () => leaveThread(uuid);
  }, [uuid]);
  if (!uuid) return html`<${Nothing} />`;
  if (thread?.state === 'missing') return html`<${Empty} icon="search" title="There is no such conversation" action=${html`<button type="button" class="button" onClick=${() => go({ name: 'conversations', conversation: '' })}>To the list</button>`}>It may have been removed, or the link is not complete.<//>`;
  if (thread?.state === 'failed') return html`<${Empty} icon="offline" title="The conversation did not load" action=${html`<button type="button" class="button" onClick=${() => refresh(uuid, true)}>Try again</button>`}>${thread.error}<//>`;
  if (!thread || !known) return html`<div class="centred"><${Spinner} label="Loading the conversation" /></div>`;
  return html`<${OpenThread} uuid=${uuid} loading=${thread.state === 'loading'} />`;
}

function Nothing() {
  const anything = useDesk((state) => (state.route.name === 'search' ? Object.keys(state.conversations).length : state.lists[keyOf(state.filter)]?.ids.length || 0) > 0);
  return html`<div class="nothing"><span class="empty-icon"><${Icon} name="chat" size=${28} /></span>
    ${anything ? html`<p>Choose a conversation.</p><p class="nothing-keys"><kbd>j</kbd> <kbd>k</kbd> move · <kbd>Enter</kbd> opens · <kbd>?</kbd> all keys</p>` : html`<p>Conversations open here.</p>`}</div>`;
}

/** @param {{uuid: string, loading: boolean}} props */
function OpenThread({ uuid, loading }) {
  const [over, setOver] = useState(false);
  const drops = dropsOf(uuid, setOver);
  return html`<div class="thread ${over ? 'is-over' : ''}" ...${drops}>
    <${ThreadHeader} uuid=${uuid} />
    <${Labels} uuid=${uuid} />
    ${loading ? html`<div class="centred"><${Spinner} label="Loading messages" /></div>` : html`<${Messages} uuid=${uuid} />`}
    <${Composer} uuid=${uuid} />
    ${over ? html`<div class="drop-hint" aria-hidden="true"><${Icon} name="paperclip" size=${28} /><p>Let go to attach</p></div>` : null}
  </div>`;
}
