// The frame of the desk: the rail, and the columns of whichever screen the address means.

import { html, useEffect, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons.js';
import { ConversationList } from './list/list.js';
import { TagNeeded } from './thread/tag_needed.js';
import { ThreadView } from './thread/thread.js';
import { ContactPanel } from './contact/panel.js';
import { Directory } from './outside/directory.js';
import { Onlookers } from './outside/onlookers.js';
import { Archive } from './archive/archive.js';
import { Reports } from './reports/reports.js';
import { Settings } from './settings/settings.js';
import { Tray } from './notices/tray.js';
import { KeysDialog } from './keys_dialog.js';
import { DeskKeys } from './desk_keys.js';
import { AgentAvatar } from './parts/avatars.js';
import { Menu } from './parts/menu.js';
import { News } from './parts/news.js';
import { openPalette, Palette } from './parts/palette.js';
import { Spinner, usePrefs } from './parts/small.js';
import { mayI } from './state/outside.js';
import { tryNow } from './state/live.js';
import { may, nameOf } from './state/people.js';
import { setPref } from './state/prefs.js';
import { statusItems, statusWord, statusWords } from './state/presence.js';
import { go, isPage } from './state/router.js';
import { signOut } from './state/session.js';
import { change, useDesk } from './state/store.js';
import { toast } from './state/toasts.js';
import { asset, wordsFor } from './state/wire.js';

/** @param {boolean} sound */
function turnBell(sound) {
  setPref({ sound });
  toast(sound ? 'The bell rings again' : 'The bell is silent now', { action: { label: 'Undo', run: () => setPref({ sound: !sound }) } });
}

function Rail() {
  const route = useDesk((state) => state.route);
  const agent = useDesk((state) => state.agent);
  const unread = useDesk((state) => state.counts.unread);
  const rights = useDesk((state) => state.may);
  const { sound } = usePrefs();
  const words = statusWords(agent);
  const leave = async () => { try { await signOut(); } catch (error) { toast(`You are still signed in. ${wordsFor(error)}`, { tone: 'bad' }); } };
  const items = [
    { heading: nameOf(agent) },
    ...statusItems(agent),
    { label: sound ? 'Turn the bell off' : 'Turn the bell on', icon: sound ? 'bell_off' : 'bell', separated: true, run: () => turnBell(!sound) },
    { label: 'Your profile', icon: 'user', run: () => go({ name: 'settings', page: 'profile', id: '', tab: '' }) },
    { label: 'Keyboard', icon: 'help', hint: '?', run: () => change({ open: 'keys' }) },
    { label: 'Sign out', icon: 'logout', separated: true, run: leave },
  ];
  const current = (/** @type {boolean} */ is) => (is ? 'page' : null);
  /** What a phone keeps in "More": its bar holds five. @type {{name: string, label: string, icon: string, title: string, to: import('./state/router.js').Route}[]} */
  const rare = [
    ...(mayI(rights, 'visitors') ? [{ name: 'visitors', label: 'Visitors', icon: 'eye', title: 'Visitors on the site now (g o)', to: /** @type {const} */ ({ name: 'visitors', conversation: '' }) }] : []),
    { name: 'archive', label: 'Archive', icon: 'archive', title: 'Archive (g a)', to: /** @type {const} */ ({ name: 'archive', query: '', conversation: '' }) },
    ...(may('reports') ? [{ name: 'reports', label: 'Reports', icon: 'chart', title: 'Reports (g r)', to: /** @type {const} */ ({ name: 'reports', page: '', query: '', conversation: '' }) }] : []),
    { name: 'settings', label: 'Settings', icon: 'settings', title: 'Settings (g s)', to: /** @type {const} */ ({ name: 'settings', page: '', id: '', tab: '' }) },
  ];
  const here = rare.find((one) => one.name === route.name);
  const more = [
    ...rare.map((one) => ({ label: one.label, icon: one.icon, checked: one === here, run: () => { go(one.to); } })),
    { label: 'Find or do anything', icon: 'search', separated: true, run: () => openPalette() },
  ];
  return html`<nav class="rail" aria-label="Desk">
    <img class="rail-mark" src=${asset('desk/favicon.svg')} alt="" width="28" height="28" />
    <button type="button" class="rail-button" aria-current=${current(!isPage(route))} title="Messages (g c)" onClick=${() => go({ name: 'conversations', conversation: '' })}>
      <${Icon} name="chat" /><span>Messages</span>${unread > 0 && html`<b class="rail-badge"><span class="quiet">, unread: </span>${unread > 99 ? '99+' : unread}</b>`}</button>
    ${mayI(rights, 'contacts') && html`<button type="button" class="rail-button" aria-current=${current(route.name === 'contacts')} title="Contacts (g k)" onClick=${() => go({ name: 'contacts', id: '', conversation: '' })}><${Icon} name="users" /><span>Contacts</span></button>`}
    ${rare.map((one) => html`<button type="button" key=${one.name} class="rail-button is-rare" aria-current=${current(one === here)} title=${one.title} onClick=${() => go(one.to)}><${Icon} name=${one.icon} /><span>${one.label}</span></button>`)}
    <button type="button" class="rail-button is-rare" title="Find or do anything (Ctrl K)" onClick=${() => openPalette()}>
      <${Icon} name="search" /><span>Find</span></button>
    <div class="rail-more"><${Menu} buttonClass="rail-button ${here ? 'is-here' : ''}" name=${here ? `More, now ${here.label}` : 'More'} items=${more} label=${html`<${Icon} name="more" /><span>More</span>`} /></div>
    <span class="rail-space"></span>
    <${Tray} />
    <${Menu} buttonClass="rail-button is-me" name="You: ${nameOf(agent)}, ${words}" title=${words} items=${items}
      label=${html`<${AgentAvatar} agent=${{ ...agent, online: true }} size=${30} presence=${true} /><span aria-hidden="true">${statusWord(agent)}</span>`} />
  </nav>`;
}

/** The line to the server is gone: said once, after a moment, without covering anything. */
function LineBanner() {
  const line = useDesk((state) => state.line);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (line === 'open') { setLate(false); return undefined; }
    const timer = setTimeout(() => setLate(true), 2500);
    return () => clearTimeout(timer);
  }, [line === 'open']);
  if (line === 'open' || !late) return null;
  return html`<div class="line-banner" role="status"><${Icon} name="offline" size=${18} />
    <span>No connection. You can go on writing; everything is sent when it is back.</span>
    <button type="button" class="link-button" onClick=${tryNow}>${line === 'connecting' ? html`<${Spinner} label="Connecting" />` : 'Try now'}</button></div>`;
}

export function Shell() {
  const route = useDesk((state) => state.route);
  const panel = useDesk((state) => state.open === 'panel');
  const out = useDesk((state) => state.signed_out);
  const conversation = isPage(route) ? '' : route.conversation;
  return html`<div class="desk ${conversation ? 'has-thread' : ''} ${isPage(route) ? 'is-settings' : ''} ${panel ? 'has-panel' : ''} ${out ? 'is-out' : ''}">
    <a class="skip" href=${conversation ? '#thread' : '#main'}>Skip the menu</a>
    <${Rail} />
    <main id="main" class="columns" tabindex="-1">
      <${LineBanner} />
      ${route.name === 'settings' ? html`<${Settings} route=${route} />` : route.name === 'contacts' ? html`<${Directory} id=${route.id} />` : route.name === 'visitors' ? html`<${Onlookers} />` : route.name === 'archive' ? html`<${Archive} route=${route} />` : route.name === 'reports' ? html`<${Reports} route=${route} />` : html`
        <${ConversationList} route=${route} />
        <section id="thread" class="thread-column" aria-label="Conversation" tabindex="-1">${conversation && html`<h1 class="quiet">Conversation</h1>`}<${ThreadView} key=${conversation} uuid=${conversation} /></section>
        ${conversation && html`<${ContactPanel} key="panel-${conversation}" uuid=${conversation} />`}`}
    </main>
    <${News} floating=${true} />
    <${DeskKeys} />
    <${KeysDialog} />
    <${Palette} />
    <${TagNeeded} />
  </div>`;
}
