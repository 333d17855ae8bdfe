// One person on one page: who they are and how we know, what the team keeps and noted, what they said and looked at.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Attributes } from '../contact/attributes.js';
import { BanPart, bannedWords } from '../contact/ban.js';
import { Details } from '../contact/details.js';
import { Duplicates } from '../contact/duplicates.js';
import { FieldsPart } from '../contact/fields.js';
import { Pages } from '../contact/history.js';
import { Notes } from '../contact/notes.js';
import { Consents } from '../contact/origin.js';
import { proofOf } from '../contact/panel.js';
import { ContactAvatar } from '../parts/avatars.js';
import { BlockIcon, Empty, Spinner, time, useTick } from '../parts/small.js';
import { STATUS_WORDS } from '../state/actions.js';
import { keep } from '../state/lists.js';
import { holdContact } from '../state/outside.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { api, kindOf, wordsFor } from '../state/wire.js';

/** @param {{uuid: string}} props */
export function Profile({ uuid }) {
  const contact = useDesk((state) => state.contacts[uuid]);
  const conversations = useDesk((state) => state.conversations);
  const [rest, setRest] = useState(/** @type {{ids: string[], pages: import('../state/types.js').PageVisit[]}|null} */ (null));
  const [failed, setFailed] = useState({ words: '', missing: false });
  useTick();
  const load = () => api.get(`/contacts/${uuid}`).then((answer) => {
    holdContact(answer.contact);
    keep(answer.conversations);
    setRest({ ids: answer.conversations.map((/** @type {any} */ one) => one.uuid), pages: answer.pages });
    setFailed({ words: '', missing: false });
  }).catch((error) => setFailed({ words: wordsFor(error), missing: kindOf(error) === 'not_found' }));
  useEffect(() => { load(); }, [uuid]);
  const up = html`<button type="button" class="link-button page-up" onClick=${() => go({ name: 'contacts', id: '', conversation: '' })}><${Icon} name="back" size=${16} /> Contacts</button>`;
  if (failed.words) return html`<div class="outside"><div class="page is-wide">${up}<${Empty} icon=${failed.missing ? 'search' : 'offline'} title=${failed.missing ? 'There is no such contact' : 'The contact did not load'} action=${failed.missing ? null : html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed.missing ? 'Perhaps they were merged with somebody else, or erased.' : failed.words}<//></div></div>`;
  if (!contact || !rest) return html`<div class="outside"><div class="centred"><${Spinner} label="Loading the contact" /></div></div>`;
  const out = bannedWords(contact) || (contact.blocked ? 'Blocked' : '');
  const all = rest.ids.map((id) => conversations[id]).filter(Boolean);
  return html`<div class="outside"><div class="page is-wide">${up}
    <header class="profile-head"><${ContactAvatar} contact=${contact} size=${56} /><div><h1 dir="auto">${contact.name}</h1>
      <p>${contact.online ? html`<b class="is-good">Online now</b> · ` : `Last here ${time.ago(contact.last_seen_at)} · `}${proofOf(contact)}</p>
      <p>${contact.verified ? html`<span class="badge is-good"><${Icon} name="shield" size=${14} /> Verified</span> ` : null}${out ? html`<span class="badge is-bad"><${BlockIcon} size=${14} /> ${out}</span>` : null}</p></div></header>
    <div class="profile">
      <div class="profile-main">
        <section class="panel-part"><h2>Conversations</h2>${all.length ? html`<ul class="earlier" role="list">${all.map((one) => html`<li key=${one.uuid}><button type="button" onClick=${() => go({ name: 'conversations', conversation: one.uuid })}>
          <span class="row-line"><b>#${one.number}</b> <span class="faint">${STATUS_WORDS[one.status]} · ${one.inbox.name}</span><span class="row-gap"></span><span class="row-time">${time.ago(one.last_message_at)}</span></span><span class="earlier-text" dir="auto">${one.preview}</span></button></li>`)}</ul>` : html`<p class="field-hint">Nothing was said yet.</p>`}</section>
        <${Notes} contact=${contact} heading="h2" />
        <${Pages} pages=${rest.pages} online=${!!contact.online} />
      </div>
      <div class="profile-side">
        <${Duplicates} key="twins-${uuid}" contact=${contact} onMerged=${load} />
        <${Details} contact=${contact} />
        <${FieldsPart} subject="contact" uuid=${uuid} values=${contact.fields || {}} />
        <${Attributes} attributes=${contact.attributes} />
        <${Attributes} title="Session" lead="What the page said of the last visit. Not proved." attributes=${contact.variables} />
        <${Consents} consents=${contact.consents} />
        <${BanPart} contact=${contact} />
      </div>
    </div></div></div>`;
}
