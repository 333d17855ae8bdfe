// Your own name, availability, password, second factor and devices.

import { html } from '../../vendor/preact.js';
import { Choice, Field } from '../parts/field.js';
import { useForm } from '../entry/form.js';
import { PASSWORD_HINT } from '../entry/setup.js';
import { setAvailability } from '../state/actions.js';
import { holdAgent } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api } from '../state/wire.js';
import { useGuard } from './guard.js';
import { SessionsPart } from './sessions.js';
import { PageFrame, Part } from './settings.js';
import { TwoFactorPart } from './two_factor.js';

export function Profile() {
  const agent = useDesk((state) => state.agent);
  return html`<${PageFrame} title="Profile" lead=${`Signed in as ${agent.email}`}>
    <${Part} title="Availability" lead="Visitors see who is online."><${Choice} label="You are" value=${agent.availability} onInput=${setAvailability} options=${[['online', 'Online'], ['away', 'Away']]} hint="Away, you see everything and the bell still rings; visitors are told that an answer may take longer." /><//>
    <${Names} agent=${agent} />
    <${Password} />
    <${TwoFactorPart} />
    <${SessionsPart} />
  <//>`;
}

/** @param {{agent: import('../state/types.js').Agent}} props */
function Names({ agent }) {
  const start = { first_name: agent.first_name, last_name: agent.last_name };
  const form = useForm(start, async (values) => { holdAgent(await api.put('/me', values)); toast('Your name is saved'); });
  const dirty = form.values.first_name !== agent.first_name || form.values.last_name !== agent.last_name;
  useGuard(dirty);
  return html`<${Part} title="Name" lead="Visitors see your first name."><form onSubmit=${form.submit}>
    <div class="field-pair"><${Field} label="First name" autocomplete="given-name" value=${form.values.first_name} onInput=${(/** @type {string} */ value) => form.set({ first_name: value })} error=${form.error('first_name')} />
    <${Field} label="Last name" autocomplete="family-name" value=${form.values.last_name} onInput=${(/** @type {string} */ value) => form.set({ last_name: value })} error=${form.error('last_name')} /></div>
    ${form.rest(['first_name', 'last_name']) && html`<p class="form-error" role="alert">${form.rest(['first_name', 'last_name'])}</p>`}
    <button class="button is-primary" disabled=${!dirty || form.busy}>${form.busy ? 'Saving…' : 'Save the name'}</button></form><//>`;
}

function Password() {
  const form = useForm({ current_password: '', password: '' }, async (values) => {
    await api.put('/me', values);
    form.set({ current_password: '', password: '' });
    toast('Your password is changed. Other devices are signed out.');
  });
  const shown = ['current_password', 'password'];
  return html`<${Part} title="Password" lead="A new password signs you out everywhere else."><form onSubmit=${form.submit}>
    <${Field} label="Current password" type="password" autocomplete="current-password" value=${form.values.current_password} onInput=${(/** @type {string} */ value) => form.set({ current_password: value })} error=${form.error('current_password')} />
    <${Field} label="New password" type="password" autocomplete="new-password" hint=${PASSWORD_HINT} value=${form.values.password} onInput=${(/** @type {string} */ value) => form.set({ password: value })} error=${form.error('password')} />
    ${form.rest(shown) && html`<p class="form-error" role="alert">${form.rest(shown)}</p>`}
    <button class="button is-primary" disabled=${!form.values.password || !form.values.current_password || form.busy || form.wait > 0}>${form.wait > 0 ? `Wait ${form.wait} s` : form.busy ? 'Saving…' : 'Change the password'}</button></form><//>`;
}
