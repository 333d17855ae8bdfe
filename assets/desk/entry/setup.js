// The first owner, by the one-time link of the server's first start.

import { html } from '../../vendor/preact.js';
import { Field } from '../parts/field.js';
import { setUp, toLogin } from '../state/session.js';
import { go } from '../state/router.js';
import { EntryFrame } from './frame.js';
import { useForm, waitWords } from './form.js';

export const PASSWORD_HINT = 'At least 10 characters. A few plain words are better than one clever one.';

/** @param {{token: string}} props */
export function SetUp({ token }) {
  const form = useForm({ first_name: '', last_name: '', email: '', password: '' }, async (values) => { await setUp({ token, ...values }); go({ name: 'settings', page: 'start', id: '', tab: '' }, { replace: true }); });
  const { values, set, error } = form;
  const rest = form.rest(['first_name', 'last_name', 'email', 'password']);
  return html`<${EntryFrame} title="Welcome. Who are you?">
    <p class="entry-text">You are the first one here, so you become the owner of this desk.</p>
    <form class="entry-form" onSubmit=${form.submit}>
      <div class="field-pair">
        <${Field} label="First name" name="first_name" autocomplete="given-name" required=${true} value=${values.first_name} onInput=${(/** @type {string} */ value) => set({ first_name: value })} error=${error('first_name')} focus=${true} />
        <${Field} label="Last name" name="last_name" autocomplete="family-name" optional=${true} value=${values.last_name} onInput=${(/** @type {string} */ value) => set({ last_name: value })} error=${error('last_name')} />
      </div>
      <${Field} label="E-mail" type="email" name="email" autocomplete="username" required=${true} hint="You sign in with it." value=${values.email} onInput=${(/** @type {string} */ value) => set({ email: value })} error=${error('email')} />
      <${Field} label="Password" type="password" name="password" autocomplete="new-password" required=${true} hint=${PASSWORD_HINT} value=${values.password} onInput=${(/** @type {string} */ value) => set({ password: value })} error=${error('password')} />
      ${rest && html`<p class="form-error" role="alert">${rest} <button type="button" class="link-button" onClick=${toLogin}>Go to the login</button></p>`}
      <button class="button is-primary is-wide" disabled=${form.busy || form.wait > 0}>${form.wait > 0 ? waitWords(form.wait) : form.busy ? 'Opening your desk…' : 'Open my desk'}</button>
    </form>
  <//>`;
}
