// A forgotten password: an address, and the same answer whoever it belongs to.

import { html, useState } from '../../vendor/preact.js';
import { Field } from '../parts/field.js';
import { api } from '../state/wire.js';
import { EntryFrame } from './frame.js';
import { useForm, waitWords } from './form.js';

/** @param {{email: string, onBack: () => void}} props */
export function Forgotten({ email, onBack }) {
  const [sent, setSent] = useState('');
  const form = useForm({ email }, async (values) => { await api.post('/password/forgotten', { email: values.email.trim() }); setSent(values.email.trim()); });
  const back = html`<p class="entry-foot"><button type="button" class="link-button" onClick=${onBack}>Back to the login</button></p>`;
  if (sent) {
    return html`<${EntryFrame} title="Look into your mail">
      <div role="status"><p class="entry-text">If <strong dir="ltr">${sent}</strong> belongs to somebody here, a link to choose a new password is on its way. It works once, for 24 hours.</p>
      <p class="entry-text">Nothing comes? Look into the spam folder, or ask an admin: they can make a link for you under Settings → Agents.</p></div>${back}<//>`;
  }
  return html`<${EntryFrame} title="Forgot your password?">
    <p class="entry-text">Say your address, and we mail you a link to choose a new one.</p>
    <form class="entry-form" onSubmit=${form.submit}>
      <${Field} label="E-mail" type="email" name="email" autocomplete="username" required=${true} value=${form.values.email} onInput=${(/** @type {string} */ value) => form.set({ email: value })} error=${form.error('email')} focus=${true} />
      ${form.rest(['email']) && html`<p class="form-error" role="alert">${form.rest(['email'])}</p>`}
      <button class="button is-primary is-wide" disabled=${form.busy || form.wait > 0 || !form.values.email.trim()}>${form.wait > 0 ? waitWords(form.wait) : form.busy ? 'One moment…' : 'Mail me a link'}</button>
    </form>${back}
  <//>`;
}
