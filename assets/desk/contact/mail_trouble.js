// Mail to this person comes back, or is not wanted: since when, why, and the way to try again.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { time } from '../parts/small.js';
import { may } from '../state/people.js';
import { change } from '../state/store.js';
import { api } from '../state/wire.js';

/** @param {{contact: import('../state/types.js').Contact}} props */
export function MailTrouble({ contact }) {
  const trouble = /** @type {NonNullable<import('../state/types.js').Contact['mail_trouble']>} */ (contact.mail_trouble);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState('');
  const again = async () => {
    setBusy(true);
    setFailed('');
    try {
      const answer = await api.del(`/contacts/${contact.uuid}/mail-trouble`);
      change((state) => ({ contacts: { ...state.contacts, [contact.uuid]: answer.contact } }));
    } catch (error) {
      setFailed(/** @type {Error} */ (error).message);
    }
    setBusy(false);
  };
  const since = trouble.bounced_at || trouble.complained_at || 0;
  return html`<div class="mail-trouble" role="note"><p><${Icon} name="warning" size=${16} /> <span>${trouble.bounced_at ? 'Mail to this address comes back' : 'A mail from here was called unwanted'} <span class="faint" title=${time.full(since)}>(${time.day(since)})</span></span></p>
    ${trouble.reason ? html`<p class="mail-reason" dir="auto">${trouble.reason}</p>` : null}
    ${may('contacts') ? html`<button type="button" class="button is-small" disabled=${busy} onClick=${again}>Try again</button>` : null}
    ${failed ? html`<p class="form-error" role="alert">${failed}</p>` : null}</div>`;
}
