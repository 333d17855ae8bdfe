// Security and identity: the secret and how to sign with it, a place to try a token, and where the widget may be.

import { html, useState } from '../../vendor/preact.js';
import { Field, Switch } from '../parts/field.js';
import { Part } from './settings.js';
import { SecretPart } from './secret.js';
import { TokenCheck } from './token_check.js';

/** Lines stay as they are typed; what travels is the list without blanks. @param {{label: string, hint: any, value: string[], onInput: (lines: string[]) => void, error: string, placeholder: string}} props */
function Lines({ label, hint, value, onInput, error, placeholder }) {
  const [typed, setTyped] = useState((value || []).join('\n'));
  const clean = (/** @type {string} */ text) => text.split('\n').map((line) => line.trim()).filter(Boolean);
  // Discarded or saved elsewhere: what is held counts again.
  const text = JSON.stringify(clean(typed)) === JSON.stringify(value || []) ? typed : (value || []).join('\n');
  return html`<${Field} label=${label} hint=${hint} rows=${4} mono=${true} value=${text} placeholder=${placeholder} error=${error} onInput=${(/** @type {string} */ next) => { setTyped(next); onInput(clean(next)); }} />`;
}

/** @param {{edit: import('./edit.js').Edit, inbox: import('../state/types.js').Inbox}} props */
export function Security({ edit, inbox }) {
  const { bind, get, set, error } = edit;
  const lines = (/** @type {string} */ key) => ({ value: get(key), onInput: (/** @type {string[]} */ value) => set(key, value), error: error(key) });
  return html`
    <${SecretPart} inbox=${inbox} />
    <${TokenCheck} inbox=${inbox} />
    <${Part} title="Where it may be used">
      ${(get('trusted_domains') || []).length ? null : html`<p class="hint-box is-warn"><b>Any site can show this chat.</b> Fine while you try it out. List your domains before you go live.</p>`}
      <${Lines} label="Trusted domains" hint=${html`One per line, without https://. <code>example.com</code> is that name only; <code>*.example.com</code> is everything below it. Empty means every domain.`} placeholder=${'example.com\n*.example.com'} ...${lines('trusted_domains')} />
      <${Lines} label="Blocked addresses" hint=${html`One IP address or range per line, such as <code>192.168.1.0/24</code> or <code>2001:db8::/32</code>. From there the chat cannot be opened.`} placeholder="203.0.113.7" ...${lines('blocked_ips')} />
    <//>
    <${Part} title="Sessions">
      <${Field} label="Session duration" hint=${html`How long a signed-in user stays so before the token is asked for again. Hours, minutes or seconds: <code>10h</code>, <code>30m</code>, <code>90s</code>. At least one minute.`} mono=${true} ...${bind('session_duration')} />
      <${Switch} label="E-mail tokens must expire" hint="For SupportPal’s kind of token, where exp may be left out. On, a token without exp is refused." on=${!!get('require_exp')} onChange=${(/** @type {boolean} */ on) => set('require_exp', on)} />
    <//>
    ${get('file_extensions') ? html`<${Part} title="Files"><${Lines} label="Accepted file extensions" hint=${html`One per line, without the dot. <code>*</code> accepts all; programs and scripts are never shown in the browser.`} placeholder="*" ...${lines('file_extensions')} /><//>` : null}`;
}
