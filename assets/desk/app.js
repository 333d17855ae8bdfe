// The agents' app: what is shown first, and which screen the address means. Everything else is in the screens.

import { html, render, useEffect } from '../vendor/preact.js';
import './state/live.js';
import './state/outbox.js';
import './state/notices.js';
import { Login, SecondStep, SignedOut } from './entry/login.js';
import { SetUp } from './entry/setup.js';
import { Invitation } from './entry/invitation.js';
import { EntryFrame } from './entry/frame.js';
import { Shell } from './shell.js';
import { Spinner, Toasts } from './parts/small.js';
import { load } from './state/lists.js';
import { loadAgents, loadInboxes } from './state/people.js';
import { applyTheme, onPrefs } from './state/prefs.js';
import { startRouter } from './state/router.js';
import { look, onSignedIn, tokenOf } from './state/session.js';
import { now, useDesk } from './state/store.js';

function Unreachable() {
  useEffect(() => { const timer = setInterval(look, 5000); return () => clearInterval(timer); }, []);
  return html`<${EntryFrame} title="The desk cannot be reached">
    <p class="entry-text">The server does not answer. This page tries again every few seconds; there is nothing you need to do.</p>
    <button type="button" class="button is-primary is-wide" onClick=${look}>Try now</button>
  <//>`;
}

function Entry() {
  const setupNeeded = useDesk((state) => state.setup_needed);
  const ticket = useDesk((state) => state.ticket);
  const token = tokenOf();
  if (ticket) return html`<${SecondStep} />`;
  if (token?.kind === 'setup') return html`<${SetUp} token=${token.token} />`;
  if (token) return html`<${Invitation} token=${token.token} />`;
  return html`<${Login} setupNeeded=${setupNeeded} />`;
}

function App() {
  const phase = useDesk((state) => state.phase);
  const out = useDesk((state) => state.signed_out);
  if (phase === 'loading') return html`<div class="centred"><${Spinner} /></div>`;
  if (phase === 'unreachable') return html`<${Unreachable} />`;
  if (phase === 'entry') return html`<${Entry} />`;
  return html`<${Shell} />${out ? html`<${SignedOut} />` : null}<${Toasts} />`;
}

onSignedIn(() => {
  load(now().filter);
  loadAgents().catch(() => { /* names fill in with the next change */ });
  loadInboxes().catch(() => { /* asked again where they are needed */ });
});
// A one-time link pasted into an open tab only changes the hash: begin anew with it.
addEventListener('hashchange', () => { if (tokenOf()) location.reload(); });
onPrefs(applyTheme);
applyTheme();
startRouter();
look();
render(html`<${App} />`, /** @type {Element} */ (document.getElementById('desk')));
