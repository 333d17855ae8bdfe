// The frame of the desk: the rail, and the columns of whichever screen the address means.

import { html, useEffect, useState } from '../vendor/preact.js';
import { Icon } from '../shared/icons.js';
import { ConversationList } from './list/list.js';
import { TagNeeded } from './thread/tag_needed.js';
import { ThreadView } from './thread/thread.js';
import { ContactPanel } from './contact/panel.js';
import { Settings } from './settings/settings.js';
import { KeysDialog } from './keys_dialog.js';
import { DeskKeys } from './desk_keys.js';
import { AgentAvatar } from './parts/avatars.js';
import { Menu } from './parts/menu.js';
import { News } from './parts/news.js';
import { Spinner, usePrefs } from './parts/small.js';
import { setAvailability } from './state/actions.js';
import { tryNow } from './state/live.js';
import { nameOf } from './state/people.js';
import { setPref } from './state/prefs.js';
import { go } from './state/router.js';
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
  const { sound } = usePrefs();
  const online = agent.availability === 'online';
  const leave = async () => { try { await signOut(); } catch (error) { toast(`You are still signed in. ${wordsFor(error)}`, { tone: 'bad' }); } };
  const items = [
    { heading: nameOf(agent) },
    { label: 'Online', checked: online, run: () => setAvailability('online') },
    { label: 'Away', checked: !online, run: () => setAvailability('away') },
    { label: sound ? 'Turn the bell off' : 'Turn the bell on', icon: sound ? 'bell_off' : 'bell', separated: true, run: () => turnBell(!sound) },
    { label: 'Your profile', icon: 'user', run: () => go({ name: 'settings', page: 'profile', id: '', tab: '' }) },
    { label: 'Keyboard', icon: 'help', hint: '?', run: () => change({ open: 'keys' }) },
    { label: 'Sign out', icon: 'logout', separated: true, run: leave },
  ];
  const current = (/** @type {boolean} */ is) => (is ? 'page' : null);
  return html`<nav class="rail" aria-label="Desk">
    <img class="rail-mark" src=${asset('desk/favicon.svg')} alt="" width="28" height="28" />
    <button type="button" class="rail-button" aria-current=${current(route.name !== 'settings')} title="Messages" onClick=${() => go({ name: 'conversations', conversation: '' })}>
      <${Icon} name="chat" /><span>Messages</span>${unread > 0 && html`<b class="rail-badge"><span class="quiet">, unread: </span>${unread > 99 ? '99+' : unread}</b>`}</button>
    <button type="button" class="rail-button" aria-current=${current(route.name === 'settings')} title="Settings (g s)" onClick=${() => go({ name: 'settings', page: '', id: '', tab: '' })}>
      <${Icon} name="settings" /><span>Settings</span></button>
    <span class="rail-space"></span>
    <button type="button" class="rail-button is-bell ${sound ? '' : 'is-off'}" title=${sound ? 'The bell rings. Press to silence it' : 'The bell is silent. Press to let it ring'} onClick=${() => turnBell(!sound)}>
      <${Icon} name=${sound ? 'bell' : 'bell_off'} /><span>${sound ? 'Bell on' : 'Bell off'}</span></button>
    <${Menu} buttonClass="rail-button is-me" name="You: ${nameOf(agent)}, ${online ? 'online' : 'away'}" items=${items}
      label=${html`<${AgentAvatar} agent=${{ ...agent, online: true }} size=${30} presence=${true} /><span aria-hidden="true">${online ? 'Online' : 'Away'}</span>`} />
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
  const conversation = route.name === 'settings' ? '' : route.conversation;
  return html`<div class="desk ${conversation ? 'has-thread' : ''} ${route.name === 'settings' ? 'is-settings' : ''} ${panel ? 'has-panel' : ''} ${out ? 'is-out' : ''}">
    <a class="skip" href=${conversation ? '#thread' : '#main'}>Skip the menu</a>
    <${Rail} />
    <main id="main" class="columns" tabindex="-1">
      <${LineBanner} />
      ${route.name === 'settings' ? html`<${Settings} route=${route} />` : html`
        <${ConversationList} route=${route} />
        <section id="thread" class="thread-column" aria-label="Conversation" tabindex="-1">${conversation && html`<h1 class="quiet">Conversation</h1>`}<${ThreadView} key=${conversation} uuid=${conversation} /></section>
        ${conversation && html`<${ContactPanel} key="panel-${conversation}" uuid=${conversation} />`}`}
    </main>
    <${News} floating=${true} />
    <${DeskKeys} />
    <${KeysDialog} />
    <${TagNeeded} />
  </div>`;
}
