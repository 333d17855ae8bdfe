// Settings: an index at the side with a search over everything, and one page at a time.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { go } from '../state/router.js';
import { now, useDesk } from '../state/store.js';
import { About } from './about.js';
import { Agents } from './agents.js';
import { Inboxes } from './inboxes.js';
import { InboxEditor } from './inbox.js';
import { GuardDialog } from './guard.js';
import { GROUPS, searchSettings } from './index_of.js';
import { Look } from './look.js';
import { Notifications } from './notifications.js';
import { Profile } from './profile.js';

/** @type {Record<string, any>} */
const PAGES = { inboxes: Inboxes, agents: Agents, profile: Profile, notifications: Notifications, look: Look, about: About };

/** @param {{route: {page: string, id: string, tab: string}}} props */
export function Settings({ route }) {
  const { page, id } = route;
  // On a wide screen there is always a page; on a phone the index is one.
  const shown = PAGES[page] ? page : 'inboxes';
  useEffect(() => { /** @type {HTMLElement|null} */ (document.querySelector('.settings-main'))?.scrollTo(0, 0); }, [page, id, route.tab]);
  const Page = PAGES[shown];
  return html`<div class="settings ${page ? 'has-page' : ''}">
    <${Index} page=${page ? shown : ''} shown=${shown} />
    <div class="settings-main">
      ${shown === 'inboxes' && id && id !== 'new' ? html`<${InboxEditor} key=${id} uuid=${id} tab=${route.tab || 'general'} />` : html`<${Page} key="${shown}-${id}" id=${id} />`}
    </div>
    <${GuardDialog} />
  </div>`;
}

/** @param {{title: string, lead?: any, up?: {label: string, page: string}, children?: any, actions?: any}} props */
export function PageFrame({ title, lead, up, children, actions }) {
  return html`<div class="page">
    <button type="button" class="link-button page-up ${up ? '' : 'narrow-only'}" onClick=${() => go({ name: 'settings', page: up?.page || '', id: '', tab: '' })}><${Icon} name="back" size=${16} /> ${up?.label || 'Settings'}</button>
    <header class="page-head"><div><h1>${title}</h1>${lead && html`<p>${lead}</p>`}</div>${actions}</header>
    ${children}
  </div>`;
}

/** @param {{title: string, lead?: any, children?: any}} props */
export const Part = ({ title, lead, children }) => html`<section class="part"><header><h2>${title}</h2>${lead && html`<p>${lead}</p>`}</header><div>${children}</div></section>`;

/** Where a found setting is: for an inbox, in the first one. @param {import('./index_of.js').Entry} entry */
const placeOf = (entry) => ({ name: /** @type {const} */ ('settings'), page: entry.page, id: entry.tab ? now().inboxes?.[0]?.uuid || '' : '', tab: entry.tab && now().inboxes?.length ? entry.tab : '' });

/** @param {{page: string, shown: string}} props */
function Index({ page, shown }) {
  const [q, setQ] = useState('');
  const agent = useDesk((state) => state.agent);
  const found = q.trim() ? searchSettings(q) : null;
  return html`<nav class="settings-index" aria-label="Settings">
    <h1>Settings</h1>
    <div class="search"><${Icon} name="search" size=${18} /><input type="search" placeholder="Search settings" aria-label="Search settings" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') setQ(''); if (event.key === 'Enter' && found?.[0]) { go(placeOf(found[0])); setQ(''); } }} /></div>
    ${found ? html`<ul role="list" class="index-list" aria-label="Found settings">${found.map((entry) => html`<li><button type="button" class="index-item is-found" onClick=${() => { go(placeOf(entry)); setQ(''); }}><span>${entry.label}</span><small>${[entry.page, entry.tab].filter(Boolean).join(' · ')}</small></button></li>`)}</ul>${found.length ? null : html`<p class="index-none" role="status">No setting by that name.</p>`}`
      : GROUPS.map(({ group, pages }) => html`<h2>${group}</h2><ul role="list" class="index-list">${pages.filter((one) => !one.admin || agent.role !== 'agent').map((one) => html`<li>
          <button type="button" class="index-item ${shown === one.page ? 'is-shown' : ''}" aria-current=${page === one.page || (!page && shown === one.page) ? 'page' : null} onClick=${() => go({ name: 'settings', page: one.page, id: '', tab: '' })}><${Icon} name=${one.icon} size=${18} /><span>${one.label}</span><${Icon} name="chevron_right" size=${16} class="index-more" /></button></li>`)}</ul>`)}
  </nav>`;
}
