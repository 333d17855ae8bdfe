// Going on by mail: which mailbox a chat is linked to, which way mails go, and when.

import { html } from '../../vendor/preact.js';
import { Field, Select, Switch } from '../parts/field.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { useMailboxes } from './mailboxes.js';
import { Part } from './settings.js';

/** @param {{edit: import('./edit.js').Edit}} props */
export function Continuity({ edit }) {
  const { get, set, bind, flag, error } = edit;
  const { mailboxes: whole, failed } = useMailboxes();
  const names = useDesk((state) => state.mailbox_names);
  const mailboxes = whole || names;
  const linked = get('continuity.mailbox') || '';
  const mailbox = whole?.find((one) => one.uuid === linked);
  const setUp = () => go({ name: 'settings', page: 'mailboxes', id: mailboxes?.length ? '' : 'new', tab: '' });
  return html`<${Part} title="Going on by mail" lead="When one side has left, the conversation goes on by mail, and answers come back into it.">
    ${error('continuity') && html`<p class="form-error" role="alert">${error('continuity')}</p>`}
    ${failed ? html`<p class="form-error" role="alert">${failed}</p>` : null}
    ${mailboxes && !mailboxes.length ? html`<p class="hint-box">There is no mailbox yet. <button type="button" class="link-button" onClick=${setUp}>Set up the first one</button>, and link it here.</p>`
      : html`<${Select} label="Linked mailbox" hint="Not linked, nobody who left hears of an answer." value=${linked} onInput=${(/** @type {string} */ uuid) => set('continuity.mailbox', uuid)} options=${[['', 'None'], ...(mailboxes || []).map((one) => /** @type {[string, string]} */ ([one.uuid, one.name])), ...(linked && whole && !mailbox ? [/** @type {[string, string]} */ ([linked, 'A mailbox that was removed'])] : [])]} />`}
    ${mailbox && (!mailbox.enabled || !mailbox.config.smtp.host) ? html`<p class="hint-box is-warn" role="status">This mailbox ${mailbox.enabled ? 'has no server that sends' : 'is switched off'}, so no mail goes.</p>` : null}
    ${linked ? html`
      <${Switch} label="Mail answers to people who left" hint="Who has not seen your answer gets it by mail, as far as an address is known." ...${flag('continuity.to_contacts')} />
      <${Switch} label="Mail the team while nobody is here" hint="Who answers the mail answers in the chat." ...${flag('continuity.to_agents')} />
      ${get('continuity.to_agents') ? html`<${Field} label="Address of the team" hint="Empty: whoever has the conversation, else everybody who may see it." optional=${true} inputmode="email" placeholder="team@example.com" ...${bind('continuity.agents_address')} />` : null}
      <div class="field-pair">
        <${Field} label="Wait before a mail" hint="Such as 10m, 90s or 1h30m." ...${bind('continuity.offline_threshold')} />
        <${Field} label="Between two mails, at least" hint="About one conversation." ...${bind('continuity.min_email_interval')} />
        <${Field} label="Messages in one mail" hint="More go with the next." type="number" min=${1} max=${100} value=${get('continuity.max_messages_per_email') ?? 10} onInput=${(/** @type {string} */ value) => set('continuity.max_messages_per_email', Math.max(1, Math.min(100, Math.round(Number(value)) || 1)))} error=${error('continuity.max_messages_per_email')} />
      </div>` : null}
  <//>`;
}
