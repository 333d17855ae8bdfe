// Above a conversation in quarantine: why it is there, and the two answers.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { keep } from '../state/lists.js';
import { mayI } from '../state/outside.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @param {{uuid: string}} props */
export function Quarantine({ uuid }) {
  const one = useDesk((state) => state.conversations[uuid]);
  const may = useDesk((state) => mayI(state.may, 'ban'));
  const [busy, setBusy] = useState(false);
  if (!one?.quarantine) return null;
  const spam = one.quarantine === 'spam';
  const judge = async (/** @type {null|'spam'} */ quarantine) => {
    setBusy(true);
    try {
      keep([(await api.put(`/conversations/${uuid}/quarantine`, { quarantine })).conversation]);
      toast(quarantine ? 'Kept as spam. It is deleted after 30 days' : 'Let in. It stands in the list like every other');
    } catch (error) { toast(`Nothing changed. ${wordsFor(error)}`, { tone: 'bad' }); }
    setBusy(false);
  };
  return html`<section class="quarantine" aria-label="Quarantine"><${Icon} name="flag" size=${18} />
    <div><b>${spam ? 'Spam' : 'This looks like spam'}</b><p dir="auto">${one.suspicion || (spam ? 'Somebody of your team said so.' : '')}</p><p>${spam ? 'It is deleted 30 days after the last message.' : 'Its sender does not notice; nobody was called.'}</p></div>
    ${may ? html`<span class="quarantine-actions"><button type="button" class="button is-small" disabled=${busy} onClick=${() => judge(null)}>${spam ? 'Not spam' : 'Let in'}</button>
      ${spam ? null : html`<button type="button" class="button is-small is-danger-quiet" disabled=${busy} onClick=${() => judge('spam')}>Spam</button>`}</span>` : null}</section>`;
}
