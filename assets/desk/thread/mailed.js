// How an answer reached somebody who is not in the chat: mailed, on its way, or not at all, and then what can be done.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { draft, keepDraft } from '../state/drafts.js';
import { may } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

const ASK = 'By the way: if you tell me your e-mail address, I can answer you there when you are not here any more.';

/** Of an answer that was not seen in the chat. @param {{entry: any, newest: boolean}} props */
export function Mailed({ entry, newest }) {
  const way = useDesk((state) => state.threads[entry.conversation]?.mail || null);
  const address = useDesk((state) => state.contacts[state.threads[entry.conversation]?.contact || '']?.email || '');
  const [busy, setBusy] = useState(false);
  const { mail } = entry;
  const again = async () => {
    setBusy(true);
    try {
      await api.post(`/conversations/${entry.conversation}/messages/${entry.uuid}/mail`, {});
      toast('The mail goes out again');
    } catch (error) { toast(`Not mailed. ${wordsFor(error)}`, { tone: 'bad' }); }
    setBusy(false);
  };
  const ask = () => {
    const said = draft(entry.conversation, 'reply').trim();
    keepDraft(entry.conversation, 'reply', said ? `${said}\n\n${ASK}` : ASK);
    document.getElementById('composer')?.focus();
  };
  if (mail?.state === 'sent') return html`<p class="said-state" title="To ${mail.to}"><${Icon} name="mail" size=${13} /> Mailed</p>`;
  if (mail?.state === 'waiting') return html`<p class="said-state" title="To ${mail.to}"><${Icon} name="mail" size=${13} /> On its way by e-mail</p>`;
  if (mail) {
    return html`<p class="said-state is-bad" role="status"><${Icon} name="warning" size=${14} /> <span>${mail.state === 'bounced' ? 'The mail came back.' : 'Not mailed.'} <span dir="auto">${mail.error}</span></span>
      ${may('reply') ? html`<button type="button" class="link-button" disabled=${busy} onClick=${again}>Mail again</button>` : null}</p>`;
  }
  if (newest && way === 'off' && address) {
    return html`<p class="said-state is-bad"><${Icon} name="warning" size=${14} /> <span>Waits for its mailbox, which is switched off.</span>
      ${may('settings') ? html`<a class="link-button" href="/desk/settings/mailboxes">Switch it on</a>` : null}</p>`;
  }
  if (!newest || !way || address) return null;
  return html`<p class="said-state"><${Icon} name="mail" size=${13} /> No e-mail on file
    ${may('reply') ? html`<button type="button" class="link-button" onClick=${ask}>Ask for one</button>` : null}</p>`;
}
