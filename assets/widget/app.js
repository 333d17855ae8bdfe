// The visitor's app: joins page, chat and screens. Configuration comes by the address, never by inline script.

import { h, html, render, useEffect, useLayoutEffect, useState } from '../vendor/preact.js';
import { Banner } from './banner.js';
import { connectToPage } from './bridge.js';
import { createChat } from './chat.js';
import { accentTokens } from './colour.js';
import { doorOf } from './door.js';
import { Header } from './header.js';
import { Home } from './home.js';
import { Later, screens } from './screens.js';

// In the frame: <base>/widget?inbox_id=<uuid>; on its own: <base>/chat/<uuid>.
const own = location.pathname.match(/^(.*)\/chat\/([0-9a-f-]{36})\/?$/i);
const base = own ? own[1] : location.pathname.replace(/\/widget\/?$/, '');
const inbox = own ? own[2] : new URLSearchParams(location.search).get('inbox_id') || '';
/** @type {import('./chat.js').Chat} */ let chat;
if (/^#preview\b/.test(location.hash)) chat = (await import('./preview.js')).createPreview();
else {
  const hear = (/** @type {string} */ type, /** @type {any} */ said) => chat.fromPage(type, said);
  const page = /^#(c=|link$)/.test(location.hash) ? (await import('./link.js')).connectByLink(base, inbox, hear) : connectToPage(inbox, hear);
  chat = createChat({ base, inbox, page });
}

const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

/** @param {any} settings */
function dress(settings) {
  const theme = settings.theme === 'light' || settings.theme === 'dark' ? settings.theme : settings.dark_mode ? 'dark' : '';
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  const colour = settings.colors?.primary || settings.launcher?.color || '';
  for (const [name, value] of Object.entries(accentTokens(colour, theme ? theme === 'dark' : dark.matches))) root.style.setProperty(name, value);
}

function App() {
  const [, draw] = useState(0);
  const { state } = chat;
  useLayoutEffect(() => {
    let asked = 0;
    // In a task of its own: together with the layout that follows, a slow phone would be felt to stop.
    return chat.watch(() => { if (!asked) asked = /** @type {any} */ (setTimeout(() => { asked = 0; draw((n) => n + 1); })); });
  }, []);
  useLayoutEffect(() => dress(state.settings), [state.settings]);
  useEffect(() => {
    const again = () => dress(chat.state.settings);
    /** @param {KeyboardEvent} event */
    const escape = (event) => { if (event.key === 'Escape' && !event.defaultPrevented) chat.close(); };
    dark.addEventListener('change', again);
    addEventListener('keydown', escape);
    return () => { dark.removeEventListener('change', again); removeEventListener('keydown', escape); };
  }, []);
  const unknown = state.view === 'identify' || (state.view === 'chat' && doorOf(state) === 'identify');
  // Focus never falls out of the app: when what had it is gone, or the app was just opened, the screen itself gets it.
  useEffect(() => { if (state.open && (state.view !== 'chat' || unknown) && document.hasFocus() && document.activeElement === document.body) /** @type {HTMLElement|null} */ (document.querySelector('main.app'))?.focus({ preventScroll: true }); }, [state.view, state.focus, state.phase]);
  if (state.phase === 'loading') return html`<main class="wait" aria-busy="true"></main>`;
  if (state.phase === 'failed') return h(Failed, {});
  const fetch = unknown ? screens.identify : /** @type {any} */ (screens)[state.view];
  const screen = fetch ? h(Later, { chat, fetch, key: unknown ? 'identify' : `${state.view} ${state.about}` }) : h(Home, { chat, key: 'home' });
  return html`<main tabindex="-1" class="app view-${state.view} ${state.view === 'home' || state.view === 'hub' ? 'is-front' : ''} ${state.mobile ? 'is-mobile' : ''}" aria-label=${state.settings.brand_name || 'Chat'}>
    ${h(Header, { chat })}
    ${h(Banner, { chat })}
    ${screen}
    ${state.notice ? html`<p class="notice ${state.notice.bad ? 'is-bad' : ''}" role="status">${state.notice.text}</p>` : null}
    ${state.asking ? h(state.asking.box, { chat, ...state.asking }) : null}
  </main>`;
}

/** Without settings there are no words either, so these few are here. */
function Failed() {
  return html`<main class="wait failed"><h1>The chat could not be loaded</h1><p>Please check your connection and try again.</p>
    <button type="button" class="primary" onClick=${chat.again}>Try again</button>
    <button type="button" class="plain" onClick=${chat.close}>Close</button></main>`;
}

render(h(App, {}), document.body);
chat.begin();
