// One inbox: its pages share one working copy, so a change on any of them is saved by the same button, and the preview shows all of it.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Dialog } from '../parts/dialog.js';
import { Empty, Spinner } from '../parts/small.js';
import { isAdmin, loadInboxes } from '../state/people.js';
import { go } from '../state/router.js';
import { now, useDesk } from '../state/store.js';
import { Appearance } from './appearance.js';
import { Availability } from './availability.js';
import { useEdit } from './edit.js';
import { General } from './general.js';
import { useGuard } from './guard.js';
import { Home } from './home.js';
import { INBOX_PAGES, pageOf } from './index_of.js';
import { Installation } from './installation.js';
import { MessagesTab } from './messages.js';
import { WidgetPreview, firstLook } from './preview.js';
import { Privacy } from './privacy.js';
import { Security } from './security.js';
import { PageFrame } from './settings.js';
import { Tiles } from './tiles.js';
import { Translations } from './translations.js';

/** @type {Record<string, any>} */
const SCREENS = { general: General, home: Home, tiles: Tiles, appearance: Appearance, messages: MessagesTab, availability: Availability, translations: Translations, installation: Installation, security: Security, privacy: Privacy };

/** @param {{uuid: string, tab: string}} props */
export function InboxEditor({ uuid, tab }) {
  const inbox = useDesk((state) => state.inboxes?.find((one) => one.uuid === uuid));
  const loaded = useDesk((state) => !!state.inboxes);
  useEffect(() => { loadInboxes().catch(() => { /* the held ones stay */ }); }, []);
  if (!inbox) return loaded ? html`<${PageFrame} title="Inbox" up=${{ label: 'Inboxes', page: 'inboxes' }}><${Empty} icon="inbox" title="There is no such inbox">The link may be old.<//><//>` : html`<div class="centred"><${Spinner} /></div>`;
  return html`<${Editor} inbox=${inbox} tab=${SCREENS[tab] ? tab : 'general'} />`;
}

/** @param {{inbox: import('../state/types.js').Inbox, tab: string}} props */
function Editor({ inbox, tab }) {
  const admin = isAdmin(now().agent);
  const to = (/** @type {string} */ key) => go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: key });
  const { edit, dirty, saving, wrong, patch, also, discard, save } = useEdit(inbox, (field) => {
    const home = pageOf(field.replace(/^config\./, '').split('.')[0]);
    if (home && home !== tab) to(home);
  });
  const [look, setLookOnly] = useState(firstLook);
  const setLook = (/** @type {any} */ next) => setLookOnly((held) => ({ ...held, ...next }));
  edit.look = setLook;
  const [floating, setFloating] = useState(false);
  useGuard(dirty, (target) => target.name === 'settings' && target.page === 'inboxes' && target.id === inbox.uuid);
  const page = INBOX_PAGES.find((one) => one.tab === tab) || INBOX_PAGES[0];
  // Each page shows what it changes.
  useEffect(() => { if (page.view) setLook({ view: page.view }); }, [tab]);
  const wide = useWide();
  const preview = () => html`<${WidgetPreview} inbox=${inbox} config=${edit.draft.config} changes=${patch.config} words=${edit.words} look=${look} setLook=${setLook} />`;
  const Screen = SCREENS[tab];
  const bad = !!wrong.words || !!also?.wrong;
  const busy = saving || !!also?.busy;
  const locked = saving || !!also?.locked;
  return html`<${PageFrame} wide=${!!page.view} title=${page.label} up=${{ label: 'Inboxes', page: 'inboxes' }} lead=${html`<span class="inbox-lead"><span class="inbox-dot" style=${{ background: inbox.config?.launcher?.color || inbox.config?.colors?.primary }} aria-hidden="true"></span> <span dir="auto">${inbox.name}</span>${inbox.enabled ? null : html` <span class="badge is-warn">Off: the launcher is not shown anywhere</span>`}</span> ${page.lead}`}
      actions=${page.view && !wide && admin ? html`<button type="button" class="button" onClick=${() => setFloating(true)}><${Icon} name="eye" size=${18} /> Preview</button>` : null}>
    <label class="page-pick"><span class="quiet">Settings of ${inbox.name}</span><select class="input" value=${tab} onChange=${(/** @type {any} */ event) => to(event.currentTarget.value)}>${INBOX_PAGES.map((one) => html`<option key=${one.tab} value=${one.tab} selected=${one.tab === tab}>${one.label}</option>`)}</select></label>
    <div class=${page.view && wide && admin ? 'with-preview' : ''}>
      <div>
        ${admin ? null : html`<p class="hint-box">Only an admin can ${tab === 'general' ? '' : 'see and '}change these settings.</p>`}
        ${admin || tab === 'general' ? html`<fieldset class="bare" disabled=${!admin}><${Screen} key=${tab} edit=${edit} inbox=${inbox} admin=${admin} /></fieldset>` : null}
        ${dirty || wrong.words || also ? html`<div class="save-bar ${bad ? 'is-wrong' : ''}">
          <span class="save-words" role=${wrong.words ? 'alert' : 'status'}>${wrong.words ? `Not saved. ${wrong.words}` : busy ? 'Saving…' : [dirty && 'Unsaved changes', also?.says].filter(Boolean).join(' · ')}</span>
          <button type="button" class="button" disabled=${locked} onClick=${() => { also?.discard(); discard(); }}>Discard</button>
          <button type="button" class="button is-primary" disabled=${locked || !(dirty || (also && !also.wrong))} onClick=${() => { if (also && !also.wrong) also.save(); if (dirty) save(); }}>${busy ? 'Saving…' : also ? 'Save all' : 'Save'}</button></div>` : null}
      </div>
      ${page.view && wide && admin ? preview() : null}
    </div>
    ${floating && page.view && !wide ? html`<${Dialog} title="Preview" onClose=${() => setFloating(false)}>${preview()}<//>` : null}
  <//>`;
}

/** Room for form and preview side by side. */
function useWide() {
  const [query] = useState(() => matchMedia('(min-width: 1160px)'));
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const look = () => setWide(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return wide;
}
