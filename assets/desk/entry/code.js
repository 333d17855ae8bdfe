// The second step of a login: six digits of an app, or a recovery code for the day the phone is gone.

import { html, useState } from '../../vendor/preact.js';
import { Field } from '../parts/field.js';
import { signInWithCode, toPassword } from '../state/session.js';
import { toast } from '../state/toasts.js';
import { fieldOf } from '../state/wire.js';
import { useForm, waitWords } from './form.js';

export function CodeForm() {
  const [recovery, setRecovery] = useState(false);
  const [over, setOver] = useState(false);
  const form = useForm({ code: '' }, async ({ code }) => {
    try { await signInWithCode(code); } catch (error) {
      if (fieldOf(error) === 'ticket') setOver(true);
      form.set({ code: '' });
      throw error;
    }
    if (recovery) toast('Signed in with a recovery code. It is used up; your profile says how many are left.');
  });
  const turn = () => { form.set({ code: '' }); setRecovery(!recovery); };
  if (over) {
    return html`<div class="entry-form"><p class="form-error" role="alert">The code was not right, or it took too long. Please begin again with your password.</p>
      <button type="button" class="button is-primary is-wide" onClick=${toPassword}>Back to the password</button></div>`;
  }
  const wrong = form.error('code') || form.rest(['code']);
  return html`<form class="entry-form" onSubmit=${form.submit}>
    ${recovery ? html`<${Field} key="recovery" label="Recovery code" hint="One of the ten you kept. Each works once." name="recovery" autocomplete="off" mono=${true} placeholder="xxxx-xxxx-xxxx-xxxx" value=${form.values.code} onInput=${(/** @type {string} */ code) => form.set({ code })} error=${wrong} focus=${true} />`
      : html`<${Field} key="code" label="Six digits from your app" name="code" autocomplete="one-time-code" inputmode="numeric" mono=${true} placeholder="123 456" value=${form.values.code} onInput=${(/** @type {string} */ code) => form.set({ code })} error=${wrong} focus=${true} />`}
    <button class="button is-primary is-wide" disabled=${!form.values.code.trim() || form.busy || form.wait > 0}>${form.wait > 0 ? waitWords(form.wait) : form.busy ? 'One moment…' : 'Sign in'}</button>
    <p class="entry-foot"><button type="button" class="link-button" onClick=${turn}>${recovery ? 'Use the app instead' : 'Phone lost? Use a recovery code'}</button> · <button type="button" class="link-button" onClick=${toPassword}>Start again</button></p>
  </form>`;
}
