// All inboxes, and the way to a new one.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { holdInbox, isAdmin, loadInboxes } from '../state/people.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { api, wordsFor } from '../state/wire.js';
import { withScheme } from './address.js';
import { PageFrame, mainUnless } from './settings.js';

/** @param {{id: string}} props */
export function Inboxes({ id }) {
  const inboxes = useDesk((state) => state.inboxes);
  const me = useDesk((state) => state.agent);
  const [failed, setFailed] = useState('');
  const load = () => loadInboxes().then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  const create = () => go({ name: 'settings', page: 'inboxes', id: 'new', tab: '' });
  return html`<${PageFrame} title="Inboxes" lead="One inbox is one chat on one site, with its own look, words and key." actions=${isAdmin(me) && html`<button type="button" class=${mainUnless(inboxes)} onClick=${create}><${Icon} name="plus" size=${18} /> New inbox</button>`}>
    ${!inboxes ? (failed ? html`<${Empty} icon="offline" title="The inboxes did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !inboxes.length ? html`<${Empty} icon="inbox" title="No inbox yet" action=${isAdmin(me) && html`<button type="button" class="button is-primary" onClick=${create}>Create the first inbox</button>`}>An inbox gives you the line to paste into your site.<//>`
      : html`<ul class="cards" role="list">${inboxes.map((inbox) => html`<li key=${inbox.uuid}><button type="button" class="card is-link" onClick=${() => go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: 'general' })}>
          <span class="inbox-mark" style=${{ background: inbox.config.launcher?.color || inbox.config.colors?.primary }} aria-hidden="true"></span>
          <span class="card-main"><span class="card-title"><b>${inbox.name}</b>${inbox.enabled ? null : html` <span class="badge is-warn">Off</span>`}</span><span class="card-sub">${inbox.config.website_url || inbox.config.brand_name}</span></span>
          ${inbox.config.trusted_domains?.length ? null : html`<span class="badge">Every domain</span>`}<${Icon} name="chevron_right" /></button></li>`)}</ul>`}
    ${id === 'new' && html`<${NewInbox} />`}
  <//>`;
}

function NewInbox() {
  const form = useForm({ name: '', brand_name: '', website_url: '' }, async ({ name, brand_name: brand, website_url: url }) => {
    const { inbox } = await api.post('/inboxes', { name, config: { brand_name: brand || name, website_url: withScheme(url) } });
    holdInbox(inbox);
    go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: 'installation' }, { replace: true });
  });
  const { values, set, error } = form;
  const shown = ['name', 'config.brand_name', 'config.website_url'];
  const close = () => go({ name: 'settings', page: 'inboxes', id: '', tab: '' }, { replace: true });
  return html`<${Dialog} title="New inbox" onClose=${close}><form onSubmit=${form.submit}>
    <${Field} label="Name" hint="For your team, in lists and filters." value=${values.name} onInput=${(/** @type {string} */ value) => set({ name: value })} error=${error('name')} required=${true} focus=${true} />
    <${Field} label="Brand name" hint="What visitors see at the head of the chat." placeholder=${values.name} value=${values.brand_name} onInput=${(/** @type {string} */ value) => set({ brand_name: value })} error=${error('config.brand_name')} optional=${true} />
    <${Field} label="Website" type="text" inputmode="url" placeholder="https://example.com" value=${values.website_url} onInput=${(/** @type {string} */ value) => set({ website_url: value })} error=${error('config.website_url')} optional=${true} />
    ${form.rest(shown) && html`<p class="form-error" role="alert">${form.rest(shown)}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${close}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Creating…' : 'Create'}</button></footer>
  </form><//>`;
}
