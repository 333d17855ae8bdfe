// The secret: made here, shown once, never again. And how a site signs with it, in five languages.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Code } from '../parts/small.js';
import { holdInbox } from '../state/people.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { SAMPLES } from './samples.js';
import { Part } from './settings.js';

/** @param {{inbox: import('../state/types.js').Inbox}} props */
export function SecretPart({ inbox }) {
  const [asking, setAsking] = useState(/** @type {''|'rotate'|'remove'} */ (''));
  const [secret, setSecret] = useState('');
  const [kept, setKept] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [busy, setBusy] = useState(false);
  // It is never shown again: closing it by the way, uncopied, is asked about first.
  const done = () => { setSecret(''); setKept(false); setLeaving(false); };
  const close = () => (kept ? done() : setLeaving(true));
  const act = async (/** @type {() => Promise<void>} */ run, /** @type {string} */ failed) => {
    setAsking('');
    setBusy(true);
    try { await run(); } catch (error) { toast(`${failed} ${wordsFor(error)}`, { tone: 'bad' }); } finally { setBusy(false); }
  };
  const make = () => act(async () => { const answer = await api.post(`/inboxes/${inbox.uuid}/secret`, {}); setSecret(answer.secret); holdInbox({ ...inbox, has_secret: true }); }, 'The secret was not changed.');
  const remove = () => act(async () => { await api.del(`/inboxes/${inbox.uuid}/secret`); holdInbox({ ...inbox, has_secret: false }); toast('The secret is removed. Nobody can be verified now.'); }, 'The secret was not removed.');
  return html`<${Part} title="Secret key" lead="With it your server vouches for signed-in users, and their chat opens with name, plan and history.">
    <p class="secret-state">${inbox.has_secret ? html`<span class="badge is-good"><${Icon} name="key" size=${14} /> A secret is set</span>` : html`<span class="badge"><${Icon} name="key" size=${14} /> No secret yet</span>`}</p>
    <p class="hint-box is-warn"><b>The secret belongs on your server only.</b> Never put it into a page, an app or any script a visitor loads: whoever has it can pretend to be any of your users. Sign there, and give the page only the token.</p>
    <div class="button-row">
      <button type="button" class="button ${inbox.has_secret ? '' : 'is-primary'}" disabled=${busy} onClick=${() => (inbox.has_secret ? setAsking('rotate') : make())}>${busy ? 'One moment…' : inbox.has_secret ? 'Replace it…' : 'Generate a secret'}</button>
      ${inbox.has_secret && html`<button type="button" class="button is-danger-quiet" disabled=${busy} onClick=${() => setAsking('remove')}>Remove it…</button>`}</div>
    <${Samples} />
    ${asking === 'rotate' && html`<${Confirm} title="Replace the secret?" danger=${true} yes="Replace it" text="Tokens signed with the old one are refused from this moment, and signed-in users are asked for a new one. Have your server ready to change." onYes=${make} onNo=${() => setAsking('')} />`}
    ${asking === 'remove' && html`<${Confirm} title="Remove the secret?" danger=${true} yes="Remove it" text="Nobody can be verified any more. Everyone chats as a visitor until there is a new one." onYes=${remove} onNo=${() => setAsking('')} />`}
    ${secret && html`<${Dialog} title="Copy the secret now" onClose=${close} actions=${html`<button type="button" class="button is-primary" onClick=${done}>I have it</button>`}>
      <p class="dialog-text">It is shown this one time. Keep it where your server keeps its passwords, never in client code.</p><${Code} text=${secret} what="secret" onCopied=${() => setKept(true)} /><//>`}
    ${secret && leaving && html`<${Confirm} title="Close without copying?" danger=${true} yes="Close" no="Back to the secret" text="It cannot be shown again. Without it you would have to replace it by a new one." onYes=${done} onNo=${() => setLeaving(false)} />`}
  <//>`;
}

function Samples() {
  const [language, setLanguage] = useState('python');
  const sample = SAMPLES.find((one) => one.key === language) || SAMPLES[0];
  return html`<div class="samples"><div class="sample-head"><h3>Sign on your server</h3><div class="tabs is-inline" role="group" aria-label="Language of the sample">${SAMPLES.map((one) => html`<button type="button" class="tab" aria-pressed=${one.key === language ? 'true' : 'false'} onClick=${() => setLanguage(one.key)}><span class="steady" data-text=${one.label}>${one.label}</span></button>`)}</div></div>
    <${Code} text=${sample.code} what="${sample.label} sample" />
    <p class="field-hint">HS256 only. Required: <code>external_user_id</code>, <code>email</code>, <code>first_name</code>, <code>exp</code> (seconds since 1970). Optional: <code>last_name</code>, <code>contact_custom_attributes</code>.</p></div>`;
}
