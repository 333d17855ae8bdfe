// One mailbox: its address, how its servers are reached, and whether all of it works.

import { html, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { Choice, Field, Select, Switch } from '../parts/field.js';
import { go } from '../state/router.js';
import { now } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { useGuard } from './guard.js';
import { PRESETS, guess, portOf, withPreset } from './mailbox_presets.js';
import { Trial } from './mailbox_trial.js';
import { holdMailboxes } from './mailboxes.js';
import { Retention } from './retention.js';
import { PageFrame, Part } from './settings.js';

/** @typedef {import('./mailboxes.js').Mailbox} Mailbox */

const server = () => ({ host: '', port: 0, security: 'tls', user: '' });
const fresh = () => ({
  name: '', enabled: true, is_default: false, smtp_password: /** @type {string|null} */ (null), imap_password: /** @type {string|null} */ (null),
  config: { address: '', from_name: '', reply_to: '', plus_addressing: true, smtp: server(), incoming: { kind: 'off', imap: server(), folder: 'INBOX', poll_s: 60 }, authserv_id: '', cap_hour: 20, cap_day: 60, footer: '', retention_days: 0, visitor_days: 0 },
});
/** @param {Mailbox} mailbox */
const copyOf = (mailbox) => structuredClone({ name: mailbox.name, enabled: mailbox.enabled, is_default: mailbox.is_default, smtp_password: /** @type {string|null} */ (null), imap_password: /** @type {string|null} */ (null), config: mailbox.config });

/** @type {[string, string][]} */
const SECURITY = [['tls', 'TLS'], ['starttls', 'STARTTLS'], ['none', 'None']];

/** Numbers as numbers; passwords only when they were typed, and forgotten where nobody logs in. @param {ReturnType<typeof fresh>} draft */
function bodyOf(draft) {
  const config = structuredClone(draft.config);
  for (const one of [config.smtp, config.incoming.imap]) one.port = Number(one.port) || 0;
  for (const key of /** @type {const} */ (['cap_hour', 'cap_day'])) config[key] = Math.round(Number(config[key])) || 0;
  config.incoming.poll_s = Math.round(Number(config.incoming.poll_s)) || 0;
  const body = /** @type {any} */ ({ name: draft.name, enabled: draft.enabled, config });
  if (draft.is_default) body.is_default = true;
  if (draft.smtp_password !== null) body.smtp_password = draft.smtp_password;
  if (draft.imap_password !== null) body.imap_password = draft.imap_password;
  if (!config.smtp.user) body.smtp_password = '';
  if (!config.incoming.imap.user) body.imap_password = '';
  return body;
}

/** @param {{mailbox: Mailbox|null}} props */
export function MailboxForm({ mailbox }) {
  const saved = useRef(mailbox ? copyOf(mailbox) : fresh());
  const [draft, setDraft] = useState(saved.current);
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [provider, setProvider] = useState('');
  const [to, setTo] = useState(now().agent.email);
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved.current);
  useGuard(dirty && !busy);
  const { config } = draft;
  const error = (/** @type {string} */ field) => (wrong.field === field ? wrong.words : '');
  const put = (/** @type {Partial<typeof draft>} */ patch) => { setWrong({ field: '', words: '' }); setDraft((held) => ({ ...held, ...patch })); };
  const set = (/** @type {any} */ patch) => put({ config: { ...config, ...patch } });
  const preset = provider ? PRESETS.find((one) => one.key === provider) || guess(config.address) : null;
  const usePreset = (/** @type {string} */ key) => {
    const chosen = PRESETS.find((one) => one.key === key) || guess(config.address);
    setProvider(chosen ? chosen.key : '');
    if (chosen) put({ config: withPreset(config, chosen) });
  };
  // The address says enough for a first guess; what somebody typed himself is left alone.
  const left = () => { if (!config.smtp.host && !config.incoming.imap.host) { const likely = guess(config.address); if (likely) usePreset(likely.key); } };
  const home = () => go({ name: 'settings', page: 'mailboxes', id: '', tab: '' }, { replace: true });
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setWrong({ field: '', words: '' });
    try {
      const body = bodyOf(draft);
      const answer = mailbox ? await api.put(`/mailboxes/${mailbox.uuid}`, body) : await api.post('/mailboxes', body);
      const kept = answer.mailboxes.find((/** @type {Mailbox} */ one) => one.uuid === answer.uuid);
      saved.current = copyOf(kept);
      setDraft(saved.current);
      holdMailboxes(answer);
      toast('Saved. It counts from now on.');
      if (!mailbox) setTimeout(() => go({ name: 'settings', page: 'mailboxes', id: answer.uuid, tab: '' }, { replace: true }));
    } catch (failure) { setWrong({ field: fieldOf(failure), words: wordsFor(failure) }); announce('Not saved'); } finally { setBusy(false); }
  };
  const remove = async () => {
    setAsking(false);
    try { await api.del(`/mailboxes/${/** @type {Mailbox} */ (mailbox).uuid}`); holdMailboxes(await api.get('/mailboxes')); saved.current = draft; toast(`${draft.name} is removed`); home(); } catch (failure) { toast(`Not removed. ${wordsFor(failure)}`, { tone: 'bad' }); }
  };
  const trial = (/** @type {string} */ what, more = {}) => ({ what, ...(mailbox ? { uuid: mailbox.uuid } : {}), ...bodyOf(draft), ...more });
  // One password opens both on most servers, so it is typed once.
  const typeSmtp = (/** @type {string} */ typed) => put({ smtp_password: typed, ...(draft.imap_password === draft.smtp_password && config.smtp.user === config.incoming.imap.user && !(mailbox?.has_imap_password && draft.smtp_password === null && !mailbox.has_smtp_password) ? { imap_password: typed } : {}) });
  const shown = ['name', 'config.address', 'config.reply_to', 'config.smtp', 'config.incoming', 'config.authserv_id', 'config.cap_hour', 'config.cap_day', 'config.footer', 'config.retention_days', 'config.visitor_days', 'smtp_password', 'imap_password'];
  const rest = wrong.words && !shown.includes(wrong.field) ? wrong.words : '';
  const kept = 'Kept, and shown to nobody. Type another to replace it.';
  return html`<${PageFrame} title=${mailbox ? mailbox.name : 'New mailbox'} up=${{ label: 'Mailboxes', page: 'mailboxes' }} lead=${mailbox && mailbox.name !== mailbox.config.address ? mailbox.config.address : null}>
    <${Part} title="Address">
      <${Field} label="E-mail address" hint="Stands in From, and is where people write to." inputmode="email" placeholder="hello@example.com" value=${config.address} onInput=${(/** @type {string} */ address) => put({ name: draft.name === config.address ? address : draft.name, config: { ...config, address } })} onLeave=${left} error=${error('config.address')} required=${true} focus=${!mailbox} />
      <${Field} label="Sender’s name" hint="Beside the address. Empty: the brand name of the chat a mail is about." optional=${true} value=${config.from_name} onInput=${(/** @type {string} */ name) => set({ from_name: name })} />
      <${Field} label="Mailbox name" hint="For your team, in lists and filters. Empty: the address." optional=${true} value=${draft.name} onInput=${(/** @type {string} */ name) => put({ name })} error=${error('name')} />
      <${Select} label="Provider" hint="Fills in both servers." value=${provider} onInput=${usePreset} options=${[...(provider ? [] : [/** @type {[string, string]} */ (['', 'As below'])]), ...PRESETS.map((one) => /** @type {[string, string]} */ ([one.key, one.name])), ['own', 'Another, or your own server']]} />
      ${preset?.note ? html`<p class="hint-box" role="status">${preset.note}</p>` : null}
    <//>
    <${Part} title="Sending (SMTP)">
      <${ServerFields} what="smtp" value=${config.smtp} onChange=${(/** @type {any} */ smtp) => set({ smtp })} error=${error('config.smtp')} />
      <${Field} label="Password for sending" type="password" autocomplete="new-password" hint=${mailbox?.has_smtp_password && draft.smtp_password === null ? kept : 'Kept sealed, and shown to nobody again.'} placeholder=${mailbox?.has_smtp_password && draft.smtp_password === null ? '••••••••' : ''} value=${draft.smtp_password ?? ''} onInput=${typeSmtp} error=${error('smtp_password')} />
      <${Trial} label="Test sending" busyLabel="Asking the server…" body=${() => trial('smtp')} />
    <//>
    <${Part} title="Receiving" lead="So that an answer by mail comes back into the chat, and new mail begins a conversation.">
      <${Choice} label="How mail comes in" value=${config.incoming.kind} onInput=${(/** @type {string} */ kind) => set({ incoming: { ...config.incoming, kind } })} options=${[['imap', 'Fetched (IMAP)'], ['deliver', 'Delivered by my mail server'], ['off', 'Not at all']]} />
      ${error('config.incoming') && config.incoming.kind !== 'imap' ? html`<p class="field-error" role="alert">${error('config.incoming')}</p>` : null}
      ${config.incoming.kind === 'imap' ? html`
        <${ServerFields} what="imap" value=${config.incoming.imap} onChange=${(/** @type {any} */ imap) => set({ incoming: { ...config.incoming, imap } })} error=${error('config.incoming')} />
        <${Field} label="Password for receiving" type="password" autocomplete="new-password" hint=${draft.imap_password !== null && draft.imap_password === draft.smtp_password ? 'The same as for sending, until you type another.' : mailbox?.has_imap_password && draft.imap_password === null ? kept : 'Kept sealed, and shown to nobody again.'} placeholder=${mailbox?.has_imap_password && draft.imap_password === null ? '••••••••' : ''} value=${draft.imap_password ?? ''} onInput=${(/** @type {string} */ typed) => put({ imap_password: typed })} error=${error('imap_password')} />
        <div class="field-pair"><${Field} label="Folder" hint="Nothing in it is deleted or marked." value=${config.incoming.folder} onInput=${(/** @type {string} */ folder) => set({ incoming: { ...config.incoming, folder } })} />
          <${Field} label="Look every (seconds)" hint="Where the server does not tell by itself." type="number" min=${10} max=${3600} value=${config.incoming.poll_s} onInput=${(/** @type {string} */ seconds) => set({ incoming: { ...config.incoming, poll_s: seconds } })} /></div>
        <${Trial} label="Test receiving" busyLabel="Asking the server…" body=${() => trial('imap')} />` : null}
      ${config.incoming.kind === 'deliver' ? html`<p class="hint-box">Let your mail server hand each mail to this command, on this machine:<br /><code dir="ltr">deskbell deliver --mailbox ${config.address.trim() || 'ADDRESS'}</code></p>` : null}
      ${config.incoming.kind === 'off' ? null : html`<${Switch} label="Answers to name+tag@ arrive here" hint="Most servers deliver them like the address itself. Off, answers are recognised by their headers alone." on=${config.plus_addressing} onChange=${(/** @type {boolean} */ on) => set({ plus_addressing: on })} />`}
    <//>
    <${Part} title="Will it arrive?" lead="Whether others believe mail from your domain stands in its records (SPF, DKIM, DMARC).">
      <${Trial} label="Look at the records" busyLabel="Asking the nameservers…" body=${() => trial('dns')} />
      <div class="trial-mail"><${Field} label="Send a test mail to" inputmode="email" value=${to} onInput=${setTo} /><${Trial} label="Send it" busyLabel="Sending…" body=${() => trial('mail', { to })} /></div>
    <//>
    <details class="part-details"><summary>More settings</summary>
      <${Part} title="Details">
        <${Field} label="Answers go to" hint="Another address than the one above. Then answers come back only if mail to it reaches this mailbox." optional=${true} inputmode="email" value=${config.reply_to} onInput=${(/** @type {string} */ one) => set({ reply_to: one })} error=${error('config.reply_to')} />
        <div class="field-pair"><${Field} label="Mails to one address, an hour" type="number" min=${1} max=${10000} value=${config.cap_hour} onInput=${(/** @type {string} */ one) => set({ cap_hour: one })} error=${error('config.cap_hour')} />
          <${Field} label="And a day" type="number" min=${1} max=${10000} value=${config.cap_day} onInput=${(/** @type {string} */ one) => set({ cap_day: one })} error=${error('config.cap_day')} /></div>
        <${Field} label="Whose word on forgery counts" hint="The name your receiving server writes in Authentication-Results. Empty: the domain of that server. A server that writes no such line proves nobody: agents' answers by mail then come back as notes to look at." optional=${true} mono=${true} value=${config.authserv_id} onInput=${(/** @type {string} */ one) => set({ authserv_id: one })} error=${error('config.authserv_id')} />
        <${Field} label="Words under every mail" hint="Such as what the law wants there. Markdown." optional=${true} rows=${3} value=${config.footer} onInput=${(/** @type {string} */ footer) => set({ footer })} error=${error('config.footer')} />
      <//></details>
    ${mailbox ? html`<${Retention} people="people" edit=${{ inbox: mailbox, get: (/** @type {string} */ key) => /** @type {any} */ (config)[key.replace('privacy.', '')], set: (/** @type {string} */ key, /** @type {any} */ days) => set({ [key.replace('privacy.', '')]: days }), error: (/** @type {string} */ key) => error(key.replace('privacy.', 'config.')) }} />` : null}
    <${Part} title="On or off">
      <${Switch} label="This mailbox is on" hint="Off, nothing is sent or fetched. Its conversations stay." on=${draft.enabled} onChange=${(/** @type {boolean} */ enabled) => put({ enabled })} />
      <${Switch} label="This is the default mailbox" hint=${mailbox?.is_default ? 'Another one takes its place by becoming the default.' : 'Invitations, notices and codes go out from it, and whatever belongs to no other mailbox.'} on=${draft.is_default} disabled=${!!mailbox?.is_default} onChange=${(/** @type {boolean} */ on) => put({ is_default: on })} />
      ${mailbox ? html`<button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${16} /> Remove this mailbox…</button>` : null}
    <//>
    ${dirty || wrong.words || !mailbox ? html`<div class="save-bar ${wrong.words ? 'is-wrong' : ''}"><span class="save-words" role=${wrong.words ? 'alert' : 'status'}>${rest ? `Not saved. ${rest}` : wrong.words ? 'Not saved.' : mailbox ? 'Unsaved changes' : 'Not saved yet'}</span>
      <button type="button" class="button" disabled=${busy} onClick=${() => { setDraft(saved.current); setWrong({ field: '', words: '' }); if (!mailbox) setTimeout(home); }}>${mailbox ? 'Discard' : 'Cancel'}</button>
      <button type="button" class="button is-primary" disabled=${busy} onClick=${save}>${busy ? 'Saving…' : 'Save'}</button></div>` : null}
    ${asking ? html`<${Confirm} title="Remove ${draft.name}?" danger=${true} yes="Remove" text=${mailbox?.inboxes.length ? 'Chats linked to it go on through the default mailbox, or without mail where there is none. The mails on the server stay.' : 'The mails on the server stay.'} onYes=${remove} onNo=${() => setAsking(false)} />` : null}
  <//>`;
}

/** Name, port, protection and user of a server. @param {{what: 'smtp'|'imap', value: any, onChange: (value: any) => void, error: string}} props */
function ServerFields({ what, value, onChange, error }) {
  const put = (/** @type {any} */ patch) => onChange({ ...value, ...patch });
  return html`<div class="field-pair is-server">
      <${Field} label=${what === 'smtp' ? 'Outgoing server' : 'Incoming server'} placeholder=${what === 'smtp' ? 'smtp.example.com' : 'imap.example.com'} value=${value.host} onInput=${(/** @type {string} */ host) => put({ host })} error=${error} />
      <${Field} label=${what === 'smtp' ? 'Port for sending' : 'Port for receiving'} type="number" min=${0} max=${65535} placeholder=${String(portOf(what, value.security))} value=${value.port || ''} onInput=${(/** @type {string} */ port) => put({ port })} />
    </div>
    <${Choice} label=${what === 'smtp' ? 'Protection while sending' : 'Protection while receiving'} hint=${value.security === 'none' ? 'Only towards this machine and private networks.' : ''} value=${value.security} onInput=${(/** @type {string} */ security) => put({ security, port: Number(value.port) === portOf(what, value.security) ? portOf(what, security) : value.port })} options=${SECURITY} />
    <${Field} label=${what === 'smtp' ? 'User for sending' : 'User for receiving'} hint="Usually the whole address." autocomplete="off" value=${value.user} onInput=${(/** @type {string} */ user) => put({ user })} />`;
}
