// One inbox, in five tabs that share one working copy: a change in any of them is saved by the same button.

import { html, useEffect } from '../../vendor/preact.js';
import { Empty, Spinner } from '../parts/small.js';
import { isAdmin, loadInboxes } from '../state/people.js';
import { go } from '../state/router.js';
import { now, useDesk } from '../state/store.js';
import { Appearance } from './appearance.js';
import { useEdit } from './edit.js';
import { General } from './general.js';
import { useGuard } from './guard.js';
import { Installation } from './installation.js';
import { MessagesTab } from './messages.js';
import { Security } from './security.js';
import { PageFrame } from './settings.js';

/** @type {[string, string, any, string[]][]} key, label, screen, the settings it holds */
const TABS = [
  ['general', 'General', General, ['name', 'enabled', 'brand_name', 'website_url', 'language', 'fallback_language']],
  ['appearance', 'Appearance', Appearance, ['colors', 'launcher', 'logo_url', 'theme', 'home_screen', 'show_powered_by']],
  ['messages', 'Messages', MessagesTab, ['greeting_message', 'introduction_message', 'chat_introduction', 'chat_reply_expectation_message', 'notice_banner', 'home_apps', 'prechat_form', 'visitors', 'users', 'features', 'direct_to_conversation', 'allow_close', 'csat_enabled']],
  ['security', 'Security', Security, ['trusted_domains', 'blocked_ips', 'session_duration', 'require_exp', 'file_extensions']],
  ['installation', 'Installation', Installation, []],
];

/** @param {{uuid: string, tab: string}} props */
export function InboxEditor({ uuid, tab }) {
  const inbox = useDesk((state) => state.inboxes?.find((one) => one.uuid === uuid));
  const loaded = useDesk((state) => !!state.inboxes);
  useEffect(() => { loadInboxes().catch(() => { /* the held ones stay */ }); }, []);
  if (!inbox) return loaded ? html`<${PageFrame} title="Inbox" up=${{ label: 'Inboxes', page: 'inboxes' }}><${Empty} icon="inbox" title="There is no such inbox">The link may be old.<//><//>` : html`<div class="centred"><${Spinner} /></div>`;
  return html`<${Editor} inbox=${inbox} tab=${TABS.some(([key]) => key === tab) ? tab : 'general'} />`;
}

/** @param {{inbox: import('../state/types.js').Inbox, tab: string}} props */
function Editor({ inbox, tab }) {
  const admin = isAdmin(now().agent);
  const to = (/** @type {string} */ key) => go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: key }, { replace: true });
  const { edit, dirty, saving, wrong, discard, save } = useEdit(inbox, (field) => {
    const home = TABS.find(([, , , keys]) => keys.includes(field.replace(/^config\./, '').split('.')[0]));
    if (home && home[0] !== tab) to(home[0]);
  });
  useGuard(dirty, (target) => target.name === 'settings' && target.page === 'inboxes' && target.id === inbox.uuid);
  const Tab = (TABS.find(([key]) => key === tab) || TABS[0])[2];
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const rtl = getComputedStyle(/** @type {Element} */ (event.currentTarget)).direction === 'rtl' ? -1 : 1;
    const at = TABS.findIndex(([key]) => key === tab);
    const next = TABS[(at + step * rtl + TABS.length) % TABS.length][0];
    to(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<${PageFrame} title=${inbox.name} up=${{ label: 'Inboxes', page: 'inboxes' }} lead=${inbox.enabled ? null : html`<span class="badge is-warn">Off: the launcher is not shown anywhere</span>`}>
    <div class="page-tabs" role="tablist" aria-label="Settings of ${inbox.name}" onKeyDown=${onKeyDown}>${TABS.map(([key, label]) => html`<button type="button" role="tab" id="tab-${key}" class="page-tab" aria-selected=${key === tab ? 'true' : 'false'} aria-controls="tab-panel" tabindex=${key === tab ? 0 : -1} onClick=${() => to(key)}>${label}</button>`)}</div>
    <div id="tab-panel" role="tabpanel" aria-labelledby="tab-${tab}">
      ${admin ? null : html`<p class="hint-box">Only an admin can change these settings.</p>`}
      <fieldset class="bare" disabled=${!admin}><${Tab} edit=${edit} inbox=${inbox} /></fieldset>
    </div>
    ${dirty || wrong.words ? html`<div class="save-bar ${wrong.words ? 'is-wrong' : ''}">
      <span class="save-words" role=${wrong.words ? 'alert' : 'status'}>${wrong.words ? `Not saved. ${wrong.words}` : saving ? 'Saving…' : 'Unsaved changes'}</span>
      <button type="button" class="button" disabled=${saving} onClick=${discard}>Discard</button>
      <button type="button" class="button is-primary" disabled=${saving || !dirty} onClick=${save}>${saving ? 'Saving…' : 'Save'}</button></div>` : null}
  <//>`;
}
