// An invitation, or a new password: both by a link that works once.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Field } from '../parts/field.js';
import { Spinner } from '../parts/small.js';
import { accept, invitation, toLogin } from '../state/session.js';
import { kindOf, wordsFor } from '../state/wire.js';
import { EntryFrame } from './frame.js';
import { useForm, waitWords } from './form.js';
import { PASSWORD_HINT } from './setup.js';

/** @param {{token: string}} props */
export function Invitation({ token }) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [gone, setGone] = useState('');
  const look = () => {
    setGone('');
    invitation(token).then(setFound).catch((error) => setGone(kindOf(error) === 'not_found' ? 'This link was used already, or it is too old. Ask an admin of your desk for a new one.' : wordsFor(error)));
  };
  useEffect(look, [token]);
  if (gone) {
    return html`<${EntryFrame} title="This link does not work"><p class="entry-text" role="alert">${gone}</p>
      <button type="button" class="button is-wide" onClick=${look}>Try again</button>
      <p class="entry-foot"><button type="button" class="link-button" onClick=${toLogin}>Go to the login</button></p><//>`;
  }
  if (!found) return html`<div class="centred"><${Spinner} /></div>`;
  return html`<${AcceptForm} token=${token} found=${found} />`;
}

/** @param {{token: string, found: any}} props */
function AcceptForm({ token, found }) {
  const invited = found.purpose === 'invite';
  const form = useForm({ first_name: found.agent.first_name, last_name: found.agent.last_name, password: '' },
    ({ password, ...names }) => accept(invited ? { token, password, ...names } : { token, password }));
  const { values, set, error } = form;
  const rest = form.rest(['first_name', 'last_name', 'password']);
  return html`<${EntryFrame} title=${invited ? 'Welcome to the desk' : 'Choose a new password'}>
    <p class="entry-text">${invited ? 'You were invited as ' : 'For '}<strong>${found.agent.email}</strong>.</p>
    <form class="entry-form" onSubmit=${form.submit}>
      <input class="quiet" type="email" name="email" autocomplete="username" value=${found.agent.email} readonly tabindex="-1" aria-hidden="true" />
      ${invited && html`<div class="field-pair">
        <${Field} label="First name" autocomplete="given-name" required=${true} value=${values.first_name} onInput=${(/** @type {string} */ value) => set({ first_name: value })} error=${error('first_name')} />
        <${Field} label="Last name" autocomplete="family-name" optional=${true} value=${values.last_name} onInput=${(/** @type {string} */ value) => set({ last_name: value })} error=${error('last_name')} />
      </div>`}
      <${Field} label="Password" type="password" autocomplete="new-password" required=${true} hint=${PASSWORD_HINT} value=${values.password} onInput=${(/** @type {string} */ value) => set({ password: value })} error=${error('password')} focus=${true} />
      ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
      <button class="button is-primary is-wide" disabled=${form.busy || form.wait > 0}>${form.wait > 0 ? waitWords(form.wait) : form.busy ? 'One moment…' : invited ? 'Join the desk' : 'Save and sign in'}</button>
    </form>
  <//>`;
}
