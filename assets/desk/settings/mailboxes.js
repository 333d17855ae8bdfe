// Mailboxes: the addresses that mail goes out from and comes in to, and how they fare.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Empty, Spinner, time } from '../parts/small.js';
import { go } from '../state/router.js';
import { may } from '../state/people.js';
import { change, useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';
import { MailboxForm } from './mailbox_form.js';
import { PageFrame } from './settings.js';

/** @typedef {{worked_at: number|null, failing_since: number|null, error: string}} Health */
/** @typedef {{uuid: string, name: string, enabled: boolean, is_default: boolean, config: any, has_smtp_password: boolean, has_imap_password: boolean, incoming: Health, outgoing: Health, inboxes: string[]}} Mailbox */

/** Holds what the server answered, here and wherever it matters whether mail can be sent. @param {{mailboxes: Mailbox[]}} answer */
export function holdMailboxes(answer) {
  change({
    mailboxes: answer.mailboxes,
    mailbox_names: answer.mailboxes.map(({ uuid, name, enabled }) => ({ uuid, name, enabled })),
    mail_ready: answer.mailboxes.some((one) => one.is_default && one.enabled && one.config.smtp.host),
  });
}

export function useMailboxes() {
  const mailboxes = /** @type {Mailbox[]|null} */ (useDesk((state) => state.mailboxes));
  const [failed, setFailed] = useState('');
  const again = () => api.get('/mailboxes').then(holdMailboxes).then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  // Others see their names, and not how they are reached.
  useEffect(() => { if (may('settings')) again(); }, []);
  return { mailboxes, failed, again };
}

/** How a direction fares, in a few words. @param {string} noun @param {Health} health */
function healthWords(noun, health) {
  if (health.failing_since) return `${noun} fails, first ${time.ago(health.failing_since)}: ${health.error}`;
  return health.worked_at ? `${noun} worked ${time.ago(health.worked_at)}` : `${noun} was not needed yet`;
}

/** @param {{id: string}} props */
export function Mailboxes({ id }) {
  const { mailboxes, failed, again } = useMailboxes();
  if (id) {
    const one = mailboxes?.find((mailbox) => mailbox.uuid === id);
    const up = { label: 'Mailboxes', page: 'mailboxes' };
    if (id !== 'new' && !mailboxes) return html`<${PageFrame} title="Mailbox" up=${up}>${failed ? html`<p class="form-error" role="alert">${failed}</p>` : html`<div class="centred"><${Spinner} /></div>`}<//>`;
    if (id !== 'new' && !one) return html`<${PageFrame} title="Mailbox" up=${up}><${Empty} icon="mail" title="There is no such mailbox">It may have been removed.<//><//>`;
    return html`<${MailboxForm} key=${id} mailbox=${one || null} />`;
  }
  const create = () => go({ name: 'settings', page: 'mailboxes', id: 'new', tab: '' });
  return html`<${PageFrame} title="Mailboxes" lead="An address that mail goes out from and comes in to. Who leaves the chat before your answer gets it by mail, and the answer to that comes back into the same conversation."
      actions=${mailboxes?.length ? html`<button type="button" class="button is-primary" onClick=${create}><${Icon} name="plus" size=${18} /> New mailbox</button>` : null}>
    ${!mailboxes ? (failed ? html`<${Empty} icon="offline" title="The mailboxes did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !mailboxes.length ? html`<${Empty} icon="mail" title="No mail yet" action=${html`<button type="button" class="button is-primary" onClick=${create}>Set up the first mailbox</button>`}>Answers to people who have left, codes, transcripts and invitations all go by mail. Take an address you already have, such as hello@ or support@ your domain: its server, and a password, are all that is needed.<//>`
      : html`<ul class="cards" role="list">${mailboxes.map((mailbox) => html`<li key=${mailbox.uuid}><button type="button" class="card is-link" onClick=${() => go({ name: 'settings', page: 'mailboxes', id: mailbox.uuid, tab: '' })}>
          <span class="card-icon"><${Icon} name="mail" /></span>
          <span class="card-main"><span class="card-title"><b dir="auto">${mailbox.name}</b>${mailbox.is_default ? html` <span class="badge">Default</span>` : null}${mailbox.enabled ? null : html` <span class="badge is-warn">Off</span>`}</span>
            ${mailbox.name === mailbox.config.address ? null : html`<span class="card-sub" dir="ltr">${mailbox.config.address}</span>`}
            ${mailbox.config.smtp.host ? html`<span class="card-sub" dir="auto">${healthWords('Sending', mailbox.outgoing)}</span>` : null}
            ${mailbox.config.incoming.kind === 'off' ? html`<span class="card-sub">Answers are not fetched</span>` : html`<span class="card-sub" dir="auto">${healthWords('Fetching', mailbox.incoming)}</span>`}</span>
          ${mailbox.enabled && (mailbox.outgoing.failing_since || mailbox.incoming.failing_since) ? html`<span class="badge is-bad">Failing</span>` : null}<${Icon} name="chevron_right" /></button></li>`)}</ul>`}
  <//>`;
}
