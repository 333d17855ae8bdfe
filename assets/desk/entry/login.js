// The login, as a page and as a card over the desk when the session ended in the middle of work.

import { html, useState } from '../../vendor/preact.js';
import { Field } from '../parts/field.js';
import { Dialog } from '../parts/dialog.js';
import { now, useDesk } from '../state/store.js';
import { signIn } from '../state/session.js';
import { kindOf } from '../state/wire.js';
import { CodeForm } from './code.js';
import { Forgotten } from './forgotten.js';
import { EntryFrame } from './frame.js';
import { useForm, waitWords } from './form.js';

/** @param {{email?: string, onEmail?: (email: string) => void}} props */
function LoginForm({ email = '', onEmail }) {
  const form = useForm({ email, password: '' }, async (values) => {
    try { await signIn(values); } catch (error) {
      // Here "unauthorized" means a wrong word, not a lost session.
      if (kindOf(error) === 'unauthorized' && !(/** @type {any} */ (error).message)) /** @type {any} */ (error).message = 'That address and password do not match.';
      throw error;
    }
  });
  return html`<form class="entry-form" onSubmit=${form.submit}>
    <${Field} label="E-mail" type="email" name="email" autocomplete="username" required=${true} value=${form.values.email} onInput=${(/** @type {string} */ value) => { form.set({ email: value }); onEmail?.(value); }} error=${form.error('email')} focus=${!email} />
    <${Field} label="Password" type="password" name="password" autocomplete="current-password" required=${true} value=${form.values.password} onInput=${(/** @type {string} */ value) => form.set({ password: value })} error=${form.error('password')} focus=${!!email} />
    ${form.rest(['email', 'password']) && html`<p class="form-error" role="alert">${form.rest(['email', 'password'])}</p>`}
    <button class="button is-primary is-wide" disabled=${form.busy || form.wait > 0}>${form.wait > 0 ? waitWords(form.wait) : form.busy ? 'Signing in…' : 'Sign in'}</button>
  </form>`;
}

/** The password was right, and somebody has a second factor. */
export const SecondStep = () => html`<${EntryFrame} title="One more step"><p class="entry-text">Your password is right. Now show that it is you.</p><${CodeForm} /><//>`;

/** @param {{setupNeeded: boolean}} props */
export function Login({ setupNeeded }) {
  const [email, setEmail] = useState('');
  const [forgotten, setForgotten] = useState(false);
  if (forgotten) return html`<${Forgotten} email=${email} onBack=${() => setForgotten(false)} />`;
  return html`<${EntryFrame} title=${setupNeeded ? 'Nobody is here yet' : 'Sign in to your desk'}>
  ${setupNeeded ? html`<p class="entry-text">This desk has no owner yet. Open the one-time link that <code>deskbell serve</code> printed when it started; it ends with <code>#setup=…</code>. Restart the server to see it again.</p>`
    : html`<${LoginForm} email=${email} onEmail=${setEmail} /><p class="entry-foot"><button type="button" class="link-button" onClick=${() => setForgotten(true)}>Forgot your password?</button></p>`}
<//>`;
}

/** Over the desk: what was written stays where it is. */
export function SignedOut() {
  const ticket = useDesk((state) => state.ticket);
  return html`<${Dialog} title="You are signed out">
    <p class="dialog-text">Sign in again to go on. Everything you wrote is still here.</p>
    ${ticket ? html`<${CodeForm} />` : html`<${LoginForm} email=${now().agent.email} />`}
  <//>`;
}
