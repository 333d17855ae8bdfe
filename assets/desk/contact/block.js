// Blocking ends the person's sessions at once, so it is asked twice; unblocking is not.

import { html, useState } from '../../vendor/preact.js';
import { Confirm } from '../parts/dialog.js';
import { BlockIcon } from '../parts/small.js';
import { editContact } from '../state/actions.js';
import { toast } from '../state/toasts.js';
import { wordsFor } from '../state/wire.js';

/** @param {{contact: import('../state/types.js').Contact}} props */
export function BlockButton({ contact }) {
  const [asking, setAsking] = useState(false);
  const set = async (/** @type {boolean} */ blocked) => {
    setAsking(false);
    try {
      await editContact(contact.uuid, { blocked });
      toast(blocked ? `${contact.name} is blocked` : `${contact.name} can write again`);
    } catch (error) { toast(`${contact.name} was not ${blocked ? 'blocked' : 'unblocked'}. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<section class="panel-part is-last">
    ${contact.blocked ? html`<button type="button" class="button" onClick=${() => set(false)}>Unblock</button>`
      : html`<button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${BlockIcon} /> Block…</button>`}
    ${asking && html`<${Confirm} title="Block ${contact.name}?" danger=${true} yes="Block" onYes=${() => set(true)} onNo=${() => setAsking(false)}
      text="Their chat ends at once and they cannot write again from it. Everything said so far stays here. You can unblock them at any time." />`}
  </section>`;
}
