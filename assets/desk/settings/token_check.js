// Paste your token: what it says, or precisely what is wrong with it.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Field, Select } from '../parts/field.js';
import { time } from '../parts/small.js';
import { api, wordsFor } from '../state/wire.js';
import { Part } from './settings.js';

/** The server answers in its own words; here each claim has the name it has in the token. @type {Record<string, Record<string, string>>} */
const NAMES = {
  libredesk: { key: 'external_user_id', attributes: 'contact_custom_attributes' },
  seggwat: { key: 'sub', first_name: 'name (first)', last_name: 'name (last)', attributes: 'other claims' },
  supportpal: { key: 'email', email: '', first_name: 'name (first)', last_name: 'name (last)', attributes: 'other claims' },
};

/** @param {Record<string, any>} claims @param {string} dialect @returns {[string, any, boolean][]} name, value, whether it is a time */
const named = (claims, dialect) => Object.entries(claims)
  .map(([key, value]) => /** @type {[string, any, boolean]} */ ([NAMES[dialect]?.[key] ?? key, value, key === 'exp' || key === 'iat']))
  .filter(([name, value]) => name && value !== null && value !== '' && !(typeof value === 'object' && !Object.keys(value).length));

/** @param {{inbox: import('../state/types.js').Inbox}} props */
export function TokenCheck({ inbox }) {
  const [token, setToken] = useState('');
  const [dialect, setDialect] = useState('libredesk');
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const check = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    try { setAnswer(await api.post(`/inboxes/${inbox.uuid}/token-check`, { token: token.trim(), dialect })); } catch (error) { setAnswer({ ok: false, message: wordsFor(error) }); } finally { setBusy(false); }
  };
  return html`<${Part} title="Try a token" lead="Paste one your server made. Nothing is stored and nobody is signed in.">
    <form onSubmit=${check}>
      <${Field} label="Token" rows=${3} mono=${true} value=${token} onInput=${(/** @type {string} */ next) => { setToken(next); setAnswer(null); }} placeholder="eyJhbGciOiJIUzI1NiIs…" />
      <${Select} label="Kind" value=${dialect} onInput=${(/** @type {string} */ next) => { setDialect(next); setAnswer(null); }} options=${[['libredesk', 'deskbell and Libredesk (external_user_id)'], ['seggwat', 'SeggWat (sub and project_key)'], ['supportpal', 'SupportPal (email)']]} />
      <button class="button" disabled=${busy || !token.trim() || !inbox.has_secret}>${busy ? 'Checking…' : 'Check the token'}</button>
      ${inbox.has_secret ? null : html` <span class="field-hint">Generate a secret first.</span>`}
    </form>
    <div role="status">${answer && (answer.ok ? html`<div class="answer is-good"><p><${Icon} name="check" size=${18} /> <b>This token is accepted.</b></p>
        <dl class="facts is-wide">${named(answer.claims, dialect).map(([key, value, isTime]) => html`<div><dt><code>${key}</code></dt><dd>${typeof value === 'object' ? html`<code>${JSON.stringify(value)}</code>` : String(value)}${isTime && typeof value === 'number' ? html` <span class="faint">${time.full(value * 1000)}</span>` : null}</dd></div>`)}</dl></div>`
      : html`<div class="answer is-bad"><p><${Icon} name="warning" size=${18} /> <b>This token is refused.</b></p><p>${answer.message}${answer.claim && !answer.message.includes(answer.claim) ? html` <span class="faint">Claim: <code>${answer.claim}</code></span>` : null}</p></div>`)}</div>
  <//>`;
}
