// The person: who they are and how we know, what they look at right now, what was before, and what the team noted.

import { html, useEffect } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { ContactAvatar } from '../parts/avatars.js';
import { BlockIcon, Spinner, time, useTick } from '../parts/small.js';
import { closePanel as close } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { Attributes } from './attributes.js';
import { BanPart, bannedWords } from './ban.js';
import { Duplicates } from './duplicates.js';
import { FieldsPart } from './fields.js';
import { Notes } from './notes.js';
import { Details } from './details.js';
import { DataOf } from './data_of.js';
import { Earlier, Pages } from './history.js';
import { Consents, Origin } from './origin.js';

/** @type {Record<string, string>} */
const PROOF = { libredesk: 'Known by external_user_id', seggwat: 'Known by sub, as in SeggWat', supportpal: 'Known by e-mail, as in SupportPal', code: 'The address was proved by a code sent to it' };

/** How we know. @param {import('../state/types.js').Contact} contact */
export function proofOf(contact) {
  if (contact.verified_by === 'code') return 'The e-mail was proved by a code sent to it.';
  if (contact.email_verified && !contact.verified) return 'The e-mail was proved: by a code, or by the mail server of its owner.';
  if (contact.verified) return `Proved by a signed token from your site${contact.verified_by && PROOF[contact.verified_by] ? ` (${{ libredesk: 'external_user_id', seggwat: 'SeggWat’s sub', supportpal: 'SupportPal’s email' }[contact.verified_by]})` : ''}.`;
  return contact.kind === 'visitor' && !contact.email ? 'Nothing is known but what they write here.' : 'Name and address are what they told us.';
}

/** @param {{uuid: string}} props */
export function ContactPanel({ uuid }) {
  const thread = useDesk((state) => state.threads[uuid]);
  const contact = useDesk((state) => state.contacts[state.threads[uuid]?.contact || '']);
  const one = useDesk((state) => state.conversations[uuid]);
  const open = useDesk((state) => state.open === 'panel');
  useTick();
  // Where it slides over the thread, it takes the focus, and Escape brings it back (see desk_keys).
  useEffect(() => { if (open) document.getElementById('panel-close')?.focus(); }, [open]);
  // Who answered the questions before a chat is a visitor still, but no longer unknown.
  const isNameless = contact?.kind === 'visitor' && !contact.email && !contact.phone;
  return html`${open ? html`<div class="panel-shade" onClick=${close}></div>` : null}
    <section class="panel" aria-label="About this person" onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape' && open && !event.defaultPrevented) { event.stopPropagation(); close(); } }}>
      <button type="button" id="panel-close" class="icon-button panel-close" aria-label="Close" onClick=${close}><${Icon} name="close" /></button>
      ${!contact || !thread ? html`<div class="centred">${thread && thread.state !== 'loading' ? null : html`<${Spinner} />`}</div>` : html`
        <header class="panel-head">
          <${ContactAvatar} contact=${contact} size=${56} />
          <h2 dir="auto">${contact.name}</h2>
          <p class="panel-presence">${contact.online ? html`<b class="is-good">Online now</b>` : (Date.now() - contact.last_seen_at < 60000 ? 'Was here a moment ago' : `Last here ${time.ago(contact.last_seen_at)}`)}</p>
          ${contact.blocked || bannedWords(contact) ? html`<p class="badge is-bad"><${BlockIcon} size=${14} /> ${bannedWords(contact) || 'Blocked'}</p>`
            : contact.verified || contact.email_verified ? html`<p class="badge is-good" title=${PROOF[contact.verified_by || ''] || 'Known by a signed token'}><${Icon} name="shield" size=${14} /> ${contact.verified ? 'Verified' : 'E-mail verified'}</p>`
            : html`<p class="badge" title="What this person says about themselves was not proved"><${Icon} name="user" size=${14} /> ${isNameless ? 'Anonymous visitor' : 'Not verified'}</p>`}
          <p class="panel-proof">${proofOf(contact)}</p>
        </header>
        <${Duplicates} key="twins-${contact.uuid}" contact=${contact} />
        <${Details} contact=${contact} />
        <${FieldsPart} key="fields-${contact.uuid}" subject="contact" uuid=${contact.uuid} values=${contact.fields || {}} />
        ${one ? html`<${Origin} one=${one} origin=${thread.origin} />` : null}
        <${FieldsPart} key="cfields-${uuid}" subject="conversation" uuid=${uuid} values=${thread.fields || {}} />
        <${Attributes} attributes=${contact.attributes} />
        <${Attributes} title="Session" lead="What the page said of this visit. Not proved." attributes=${contact.variables} />
        <${Consents} consents=${contact.consents} />
        <${Pages} pages=${thread.pages} online=${!!contact.online} />
        <${Earlier} earlier=${thread.earlier} />
        <${Notes} key="notes-${contact.uuid}" contact=${contact} />
        <${DataOf} key="data-${contact.uuid}" contact=${contact} />
        <${BanPart} contact=${contact} conversation=${uuid} network=${thread.origin?.ip || null} />`}
    </section>`;
}
