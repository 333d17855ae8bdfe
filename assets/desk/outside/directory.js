// Everybody who ever wrote or signed in: a list with a search, and a page for each.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { ContactAvatar } from '../parts/avatars.js';
import { BlockIcon, Empty, Spinner, time, useTick } from '../parts/small.js';
import { bannedWords } from '../contact/ban.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';
import { Profile } from './profile.js';

/** @typedef {import('../state/types.js').Contact} Contact */

/** @param {{id: string}} props */
export const Directory = ({ id }) => (id ? html`<${Profile} key=${id} uuid=${id} />` : html`<${People} />`);

let lastQ = '';

function People() {
  const [q, setQ] = useState(lastQ);
  const [found, setFound] = useState(/** @type {{contacts: Contact[], next: string|null}|null} */ (null));
  const [failed, setFailed] = useState('');
  const [more, setMore] = useState(false);
  const asked = useRef(0);
  const held = useDesk((state) => state.contacts);
  useTick();
  const ask = async (/** @type {string} */ words, before = '') => {
    const mine = ++asked.current;
    try {
      const answer = await api.get(`/contacts?${new URLSearchParams({ q: words, ...(before ? { before } : {}) })}`);
      if (mine !== asked.current) return;
      setFailed('');
      setFound((old) => (before && old ? { contacts: [...old.contacts, ...answer.contacts.filter((/** @type {Contact} */ one) => !old.contacts.some((other) => other.uuid === one.uuid))], next: answer.next } : answer));
    } catch (error) { if (mine === asked.current) setFailed(wordsFor(error)); }
    setMore(false);
  };
  useEffect(() => { lastQ = q; const timer = setTimeout(() => ask(q), q ? 160 : 0); return () => clearTimeout(timer); }, [q]);
  const onScroll = (/** @type {any} */ event) => {
    const box = event.currentTarget;
    if (found?.next && !more && box.scrollTop + box.clientHeight > box.scrollHeight - 400) { setMore(true); ask(q, found.next); }
  };
  return html`<div class="outside" onScroll=${onScroll}><div class="page is-wide">
    <header class="page-head"><div><h1>Contacts</h1><p>Everybody who ever wrote or signed in, who was here last first.</p></div></header>
    <div class="search outside-search"><${Icon} name="search" size=${18} /><input type="search" aria-label="Search contacts" placeholder="Name or e-mail" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)} /></div>
    ${failed ? html`<${Empty} icon="offline" title="The contacts did not load" action=${html`<button type="button" class="button" onClick=${() => ask(q)}>Try again</button>`}>${failed}<//>`
      : !found ? html`<div class="centred"><${Spinner} label="Loading contacts" /></div>`
      : !found.contacts.length ? (q.trim() ? html`<${Empty} icon="search" title="Nobody by that name">Search finds the beginnings of names and e-mail addresses.<//>` : html`<${Empty} icon="users" title="Nobody yet">As soon as somebody writes to you or signs in on your site, they appear here.<//>`)
      : html`<ul class="people-list" role="list" aria-label="Contacts">${found.contacts.map((one) => { const contact = held[one.uuid] || one; return html`<li key=${one.uuid}><button type="button" class="people-row" onClick=${() => go({ name: 'contacts', id: one.uuid, conversation: '' })}>
          <${ContactAvatar} contact=${contact} size=${36} />
          <span class="people-name"><b dir="auto">${contact.name}</b>${contact.verified ? html` <span class="row-mark" title="Verified"><${Icon} name="shield" size=${14} /><span class="quiet"> verified</span></span>` : null}${contact.blocked || bannedWords(contact) ? html` <span class="people-out" title="Shut out"><${BlockIcon} size=${14} /><span class="quiet"> shut out</span></span>` : null}
            <small dir="auto">${contact.email || contact.phone || 'No address known'}</small></span>
          <span class="people-when tabular">${contact.online ? html`<b class="is-good">Online</b>` : time.ago(contact.last_seen_at)}</span></button></li>`; })}</ul>${more ? html`<div class="list-more"><${Spinner} label="Loading more" /></div>` : null}`}
  </div></div>`;
}
