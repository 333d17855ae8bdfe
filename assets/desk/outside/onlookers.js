// Who is on the site right now, as far as the inboxes' privacy settings let us know, and writing first to one of them.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { safeHref } from '../../shared/html.js';
import { ContactAvatar } from '../parts/avatars.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/field.js';
import { Empty, Spinner, time, useTick } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { keep } from '../state/lists.js';
import { loadOnlookers } from '../state/outside.js';
import { isAdmin } from '../state/people.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';
import { languageName } from '../settings/languages.js';

/** @typedef {import('../state/types.js').Onlooker} Onlooker */

export function Onlookers() {
  const all = useDesk((state) => state.onlookers);
  const line = useDesk((state) => state.line);
  const inboxes = useDesk((state) => state.inboxes);
  const admin = useDesk((state) => isAdmin(state.agent));
  const [failed, setFailed] = useState('');
  const [writing, setWriting] = useState(/** @type {Onlooker|null} */ (null));
  useTick(10000);
  const load = () => loadOnlookers().then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  // Frames that came while the line was down are lost: asked again when it is back.
  useEffect(() => { if (line === 'open') load(); }, [line === 'open']);
  const isOff = admin && inboxes?.length && inboxes.every((one) => !one.config?.privacy?.live_visitors);
  const first = inboxes?.[0]?.uuid;
  return html`<div class="outside"><div class="page is-wide">
    <header class="page-head"><div><h1>Visitors</h1><p>Who is on your site right now. Nothing of this list is stored.</p></div></header>
    ${failed ? html`<${Empty} icon="offline" title="The list did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>`
      : !all ? html`<div class="centred"><${Spinner} label="Loading visitors" /></div>`
      : !all.length ? html`<${Empty} icon="eye" title=${isOff ? 'This list is off' : 'Nobody at the moment'} action=${isOff && first ? html`<button type="button" class="button is-primary" onClick=${() => go({ name: 'settings', page: 'inboxes', id: first, tab: 'privacy' })}>Privacy settings</button>` : null}>${isOff ? 'An inbox shows who is on its site only when its privacy settings say so.' : 'People who wrote before, or opened the chat while signed in, appear here as long as a page of your site is open. A launcher nobody has pressed tells us nothing.'}<//>`
      : html`<ul class="people-list" role="list" aria-label="Visitors on the site">${all.map((one) => html`<li key=${one.id} class="people-row">
          <${ContactAvatar} contact=${one.contact} size=${36} />
          <span class="people-name"><b dir="auto">${one.contact.name}</b>${one.contact.verified ? html` <span class="row-mark" title="Verified"><${Icon} name="shield" size=${14} /><span class="quiet"> verified</span></span>` : null}
            <small dir="auto">${one.page ? html`<a href=${safeHref(one.page.url) || '#'} target="_blank" rel="noopener noreferrer" title=${one.page.url}>${one.page.title || one.page.url}</a>` : 'Page not known'}${one.referrer ? html` <span class="faint">from ${one.referrer.replace(/^https?:\/\//, '')}</span>` : null}</small></span>
          <span class="people-when tabular">${[one.locale ? languageName(one.locale) : '', `here ${time.span(Date.now() - one.since)}`].filter(Boolean).join(' · ')}</span>
          ${one.conversation ? html`<button type="button" class="button is-small" onClick=${() => go({ name: 'conversations', conversation: /** @type {string} */ (one.conversation) })}>Open</button>` : null}
          <button type="button" class="button is-small is-primary" aria-label="Write to ${one.contact.name}" onClick=${() => setWriting(one)}>Write</button></li>`)}</ul>`}
    ${writing ? html`<${First} onlooker=${writing} onClose=${() => setWriting(null)} />` : null}
  </div></div>`;
}

/** @param {{onlooker: Onlooker, onClose: () => void}} props */
function First({ onlooker, onClose }) {
  const form = useForm({ body: '' }, async ({ body }) => {
    const { conversation } = await api.post(`/visitors/${onlooker.id}/conversations`, { body });
    keep([conversation]);
    onClose();
    go({ name: 'conversations', conversation: conversation.uuid });
  });
  const rest = form.rest(['body']);
  return html`<${Dialog} title="Write to ${onlooker.contact.name}" onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="Message" rows=${4} focus=${true} hint="It appears in their chat; while that is closed, as a number on the launcher." value=${form.values.body} onInput=${(/** @type {string} */ body) => form.set({ body })} error=${form.error('body')} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy || !form.values.body.trim()}>${form.busy ? 'Sending…' : 'Send'}</button></footer></form><//>`;
}
