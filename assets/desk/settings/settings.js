// Settings: an index at the side with a search over everything, and one page at a time.

import { html, useEffect, useLayoutEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { may } from '../state/people.js';
import { go } from '../state/router.js';
import { now, useDesk } from '../state/store.js';
import { About } from './about.js';
import { Backups } from './backups.js';
import { Bans } from './bans.js';
import { Fields } from './fields.js';
import { Agents } from './agents.js';
import { Inboxes } from './inboxes.js';
import { InboxEditor } from './inbox.js';
import { GuardDialog } from './guard.js';
import { HoursPage } from './hours.js';
import { HousePage } from './house.js';
import { lookForProblems, Problems } from './problems.js';
import { Status } from './status.js';
import { lookAtStart, Start } from './start.js';
import { GROUPS, INBOX_PAGES, placeName, searchSettings } from './index_of.js';
import { Look } from './look.js';
import { Mailboxes } from './mailboxes.js';
import { Notifications } from './notifications.js';
import { AuditLog } from './audit.js';
import { Profile } from './profile.js';
import { Macros } from './macros.js';
import { MailTemplates } from './mail_templates.js';
import { Rules } from './rules.js';
import { Slas } from './slas.js';
import { Roles } from './roles.js';
import { Statuses } from './statuses.js';
import { Tags } from './tags.js';
import { Teams } from './teams.js';

/** @type {Record<string, any>} */
const PAGES = { start: Start, problems: Problems, status: Status, backups: Backups, house: HousePage, rules: Rules, slas: Slas, inboxes: Inboxes, mailboxes: Mailboxes, hours: HoursPage, teams: Teams, agents: Agents, fields: Fields, bans: Bans, roles: Roles, audit: AuditLog, mails: MailTemplates, macros: Macros, tags: Tags, statuses: Statuses, profile: Profile, notifications: Notifications, look: Look, about: About };

/** @param {{route: {page: string, id: string, tab: string}}} props */
export function Settings({ route }) {
  const { page, id } = route;
  // On a wide screen there is always a page; on a phone the index is one.
  const shown = PAGES[page] ? page : 'inboxes';
  useLayoutEffect(() => { /** @type {HTMLElement|null} */ (document.querySelector('.settings-main'))?.scrollTo(0, 0); }, [page, id, route.tab]);
  const Page = PAGES[shown];
  return html`<div class="settings ${page ? 'has-page' : ''}">
    <${Index} page=${page ? shown : ''} shown=${shown} id=${id} tab=${route.tab || 'general'} />
    <div class="settings-main">
      ${shown === 'inboxes' && id && id !== 'new' ? html`<${InboxEditor} key=${id} uuid=${id} tab=${route.tab || 'general'} />` : html`<${Page} key="${shown}-${id}" id=${id} />`}
    </div>
    <${GuardDialog} />
  </div>`;
}

/** @param {{title: string, lead?: any, up?: {label: string, page: string}, children?: any, actions?: any, wide?: boolean}} props */
export function PageFrame({ title, lead, up, children, actions, wide = false }) {
  return html`<div class="page ${wide ? 'is-wide' : ''}">
    <button type="button" class="link-button page-up ${up ? '' : 'narrow-only'}" onClick=${() => go({ name: 'settings', page: up?.page || '', id: '', tab: '' })}><${Icon} name="back" size=${16} /> ${up?.label || 'Settings'}</button>
    <header class="page-head"><div><h1>${title}</h1>${lead && html`<p>${lead}</p>`}</div>${actions}</header>
    ${children}
  </div>`;
}

/** @param {{title: string, lead?: any, children?: any}} props */
export const Part = ({ title, lead, children }) => html`<section class="part"><header><h2>${title}</h2>${lead && html`<p>${lead}</p>`}</header><div>${children}</div></section>`;

/** Where a found setting is: for an inbox, in the one that is open, else in the first. @param {import('./index_of.js').Entry} entry @param {string} open */
const placeOf = (entry, open) => { const id = entry.tab ? open || now().inboxes?.[0]?.uuid || '' : ''; return { name: /** @type {const} */ ('settings'), page: entry.page, id, tab: id && entry.tab ? entry.tab : '' }; };

/** Goes there, and shows the very line; also for the palette. @param {import('./index_of.js').Entry} entry @param {string} open */
export async function show(entry, open = '') {
  await go(placeOf(entry, open));
  for (let tries = 0; tries < 40; tries++) {
    await new Promise((done) => requestAnimationFrame(done));
    const found = [...document.querySelectorAll('.settings-main :is(label, legend, h2, h3, summary, .field-name)')].find((one) => one.textContent?.trim().startsWith(entry.label));
    if (!found) continue;
    const row = found.closest('.field, .switch-row, .part') || found;
    row.scrollIntoView({ block: 'center' });
    row.classList.add('is-found');
    setTimeout(() => row.classList.remove('is-found'), 2400);
    /** @type {HTMLElement|null} */ (row.matches('.part') ? null : row.querySelector('input, select, textarea, button'))?.focus({ preventScroll: true });
    return;
  }
}

/** @param {{page: string, shown: string, id: string, tab: string}} props */
function Index({ page, shown, id, tab }) {
  const [q, setQ] = useState('');
  const held = useDesk((state) => state.may);
  const inbox = useDesk((state) => (shown === 'inboxes' && id ? state.inboxes?.find((one) => one.uuid === id) : null));
  const problems = useDesk((state) => state.problems);
  const started = useDesk((state) => state.start?.step === 'done');
  const known = useDesk((state) => !!state.start);
  useEffect(() => { if (may('settings')) { lookForProblems().catch(() => {}); lookAtStart().catch(() => {}); } }, []);
  const wrong = (problems || []).filter((/** @type {any} */ one) => one.severity !== 'hint').length;
  // The first steps stand there as long as they are not done; the search still finds them.
  const isShown = (/** @type {{page: string, may?: string}} */ one) => (!one.may || held.includes(one.may)) && (one.page !== 'start' || page === 'start' || (known && !started));
  const found = q.trim() ? searchSettings(q, may) : null;
  const take = (/** @type {import('./index_of.js').Entry} */ entry) => { setQ(''); show(entry, inbox?.uuid || ''); };
  const to = (/** @type {string} */ one, /** @type {string} */ uuid = '', /** @type {string} */ inner = '') => go({ name: 'settings', page: one, id: uuid, tab: inner });
  return html`<nav class="settings-index" aria-label="Settings">
    <h1>Settings</h1>
    <div class="search"><${Icon} name="search" size=${18} /><input type="search" placeholder="Search settings" aria-label="Search settings" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') setQ(''); if (event.key === 'Enter' && found?.[0]) take(found[0]); }} /></div>
    ${found ? html`<ul role="list" class="index-list" aria-label="Found settings">${found.map((entry) => html`<li key="${entry.page}${entry.tab}${entry.label}"><button type="button" class="index-item is-found" onClick=${() => take(entry)}><span>${entry.label}</span><small>${placeName(entry)}</small></button></li>`)}</ul><p class="index-none" role="status">${found.length ? '' : 'No setting by that name.'}</p>`
      : GROUPS.map(({ group, pages }) => html`<h2>${group}</h2><ul role="list" class="index-list">${pages.filter(isShown).map((one) => html`<li key=${one.page}>
          <button type="button" class="index-item ${shown === one.page ? 'is-shown' : ''}" aria-current=${(page === one.page || (!page && shown === one.page)) && !(inbox && one.page === 'inboxes') ? 'page' : null} onClick=${() => to(one.page)}><${Icon} name=${one.icon} size=${18} /><span>${one.label}</span>${one.page === 'problems' && wrong ? html`<b class="index-count"><span class="quiet">: </span>${wrong}</b>` : null}<${Icon} name="chevron_right" size=${16} class="index-more" /></button>
          ${inbox && one.page === 'inboxes' ? html`<div class="index-inbox"><p dir="auto"><span class="inbox-dot" style=${{ background: inbox.config?.launcher?.color || inbox.config?.colors?.primary }} aria-hidden="true"></span><span>${inbox.name}</span></p>
            <ul role="list" aria-label="Settings of ${inbox.name}">${INBOX_PAGES.map((inner) => html`<li key=${inner.tab}><button type="button" class="index-item is-sub" aria-current=${inner.tab === tab ? 'page' : null} onClick=${() => to('inboxes', inbox.uuid, inner.tab)}>${inner.label}</button></li>`)}</ul></div>` : null}</li>`)}</ul>`)}
  </nav>`;
}
