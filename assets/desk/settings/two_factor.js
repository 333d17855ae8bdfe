// Your second factor: six digits of an app besides the password, and ten codes on paper for the day the phone is gone.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/field.js';
import { Code } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api } from '../state/wire.js';
import { Part } from './settings.js';

/** Few enough left to make new ones. */
const LOW = 3;

export function TwoFactorPart() {
  const on = useDesk((state) => !!state.agent.two_factor);
  const [left, setLeft] = useState(/** @type {number|null} */ (null));
  const [asking, setAsking] = useState(/** @type {''|'set-up'|'off'|'renew'} */ (''));
  const [codes, setCodes] = useState(/** @type {string[]} */ ([]));
  const look = () => { api.get('/me/two-factor').then((answer) => setLeft(answer.two_factor ? answer.recovery_left : null)).catch(() => { /* the number is an extra */ }); };
  useEffect(look, [on]);
  const close = () => setAsking('');
  const show = (/** @type {string[]} */ fresh) => { close(); setCodes(fresh); look(); };
  return html`<${Part} title="Two-factor login" lead="Besides the password, a code from an app on your phone. Whoever learns your password still stays outside.">
    <p class="secret-state">${on ? html`<span class="badge is-good"><${Icon} name="shield" size=${14} /> On</span>` : html`<span class="badge"><${Icon} name="shield" size=${14} /> Off</span>`}
      ${on && left !== null ? html` <span class=${left <= LOW ? 'field-hint is-warn' : 'field-hint'}>${left === 0 ? 'No recovery codes left. Make new ones now.' : `${left} recovery ${left === 1 ? 'code' : 'codes'} left.`}</span>` : null}</p>
    <div class="button-row">${on ? html`<button type="button" class="button" onClick=${() => setAsking('renew')}>New recovery codes…</button><button type="button" class="button is-danger-quiet" onClick=${() => setAsking('off')}>Turn off…</button>`
      : html`<button type="button" class="button is-primary" onClick=${() => setAsking('set-up')}>Set up…</button>`}</div>
    ${asking === 'set-up' ? html`<${SetUpDialog} onClose=${close} onDone=${show} />` : null}
    ${asking === 'off' ? html`<${PasswordDialog} title="Turn off two-factor login?" text="Your password alone lets you in again. Your other devices are signed out." yes="Turn off" danger=${true} onClose=${close} onPassword=${async (/** @type {string} */ password) => { await api.call('DELETE', '/me/two-factor', { password }); close(); toast('Two-factor login is off. Your other devices are signed out.'); }} />` : null}
    ${asking === 'renew' ? html`<${PasswordDialog} title="New recovery codes?" text="The old ones stop working." yes="Make new codes" onClose=${close} onPassword=${async (/** @type {string} */ password) => show((await api.post('/me/recovery', { password })).recovery)} />` : null}
    ${codes.length ? html`<${RecoveryDialog} codes=${codes} onClose=${() => setCodes([])} />` : null}
  <//>`;
}

/** @param {{title: string, text: string, yes: string, danger?: boolean, onClose: () => void, onPassword: (password: string) => Promise<any>}} props */
function PasswordDialog({ title, text, yes, danger = false, onClose, onPassword }) {
  const form = useForm({ password: '' }, ({ password }) => onPassword(password));
  return html`<${Dialog} title=${title} onClose=${onClose}><form onSubmit=${form.submit}>
    <p class="dialog-text">${text}</p>
    <${Field} label="Your password" type="password" autocomplete="current-password" value=${form.values.password} onInput=${(/** @type {string} */ password) => form.set({ password })} error=${form.error('password') || form.rest(['password'])} focus=${true} />
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button ${danger ? 'is-danger' : 'is-primary'}" disabled=${!form.values.password || form.busy || form.wait > 0}>${form.wait > 0 ? `Wait ${form.wait} s` : form.busy ? 'One moment…' : yes}</button></footer>
  </form><//>`;
}

/** @param {{onClose: () => void, onDone: (codes: string[]) => void}} props */
function SetUpDialog({ onClose, onDone }) {
  const [setup, setSetup] = useState(/** @type {null | {secret: string, qr: string}} */ (null));
  if (!setup) {
    return html`<${PasswordDialog} title="Set up two-factor login" text="You need an authenticator app on your phone. First, show that it is you." yes="Go on" onClose=${onClose}
      onPassword=${async (/** @type {string} */ password) => setSetup(await api.post('/me/two-factor', { password }))} />`;
  }
  return html`<${ConfirmDialog} setup=${setup} onClose=${onClose} onDone=${onDone} />`;
}

/** @param {{setup: {secret: string, qr: string}, onClose: () => void, onDone: (codes: string[]) => void}} props */
function ConfirmDialog({ setup, onClose, onDone }) {
  const form = useForm({ code: '' }, async ({ code }) => onDone((await api.put('/me/two-factor', { code })).recovery));
  return html`<${Dialog} title="Scan this with your app" onClose=${onClose}><form onSubmit=${form.submit}>
    <div class="scan"><img src=${`data:image/svg+xml,${encodeURIComponent(setup.qr)}`} alt="QR code with the key for your app" width="200" height="200" />
      <div><p class="dialog-text">Cannot scan it? Type this key into the app.</p><${Code} text=${setup.secret.replace(/(.{4})(?=.)/g, '$1 ')} what="key" /></div></div>
    <${Field} label="The six digits the app shows" inputmode="numeric" autocomplete="one-time-code" mono=${true} placeholder="123 456" value=${form.values.code} onInput=${(/** @type {string} */ code) => form.set({ code })} error=${form.error('code') || form.rest(['code'])} focus=${true} />
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${!form.values.code.trim() || form.busy}>${form.busy ? 'One moment…' : 'Turn on'}</button></footer>
  </form><//>`;
}

/** @param {{codes: string[], onClose: () => void}} props */
function RecoveryDialog({ codes, onClose }) {
  return html`<${Dialog} title="Keep these recovery codes" actions=${html`<button type="button" class="button is-primary" onClick=${onClose}>I have kept them</button>`}>
    <p class="dialog-text">If your phone is gone, one of them lets you in. Each works once. They are shown this one time: print them, or keep them where you keep your passwords.</p>
    <${Code} text=${codes.join('\n')} what="recovery codes" /><//>`;
}
