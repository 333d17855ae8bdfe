// Privacy: what is remembered about people who visit.

import { html } from '../../vendor/preact.js';
import { Choice, Field, Switch } from '../parts/field.js';
import { Retention } from './retention.js';
import { Part } from './settings.js';

/** @param {{edit: import('./edit.js').Edit}} props */
export function Privacy({ edit }) {
  const { get, set, bind, flag, error } = edit;
  const full = get('privacy.ip') === 'full';
  return html`
    <p class="hint-box">Before somebody writes or signs in, nothing is stored: no cookie, no entry in their browser, no line in your database. No page of the chat asks anybody but this server for anything.</p>
    ${error('privacy') && html`<p class="form-error" role="alert">${error('privacy')}</p>`}
    <${Part} title="Pages they look at">
      <${Choice} label="Keep page visits" ...${bind('privacy.page_visits')} options=${[['conversation', 'Of people with a conversation'], ['always', 'Always, once there is a session'], ['never', 'Never']]} hint="Shown to agents beside the conversation." />
      <${Switch} label="Keep what follows ? and # in addresses" hint="Off, only the path is kept. Searches, campaign tags and now and then secrets stand there." ...${flag('privacy.keep_query')} />
    <//>
    <${Part} title="Who is on the site now">
      <${Switch} label="Show agents who is on the site" hint="People who wrote before, or opened the chat while signed in, as long as a page of yours is open. A launcher nobody has pressed tells us nothing, so strangers do not appear. Which page they look at follows the choice above; nothing of it is stored." ...${flag('privacy.live_visitors')} />
    <//>
    <${Part} title="Network addresses">
      <${Choice} label="Keep IP addresses" ...${bind('privacy.ip')} options=${[['short', 'Shortened'], ['full', 'In full'], ['none', 'Not at all']]} hint="Shortened, the last part is zero: enough for a region, not for a person." />
      ${full ? html`<${Field} label="Days until a full address is shortened" type="number" min=${1} max=${365} value=${get('privacy.ip_days') ?? 30} onInput=${(/** @type {string} */ value) => set('privacy.ip_days', Math.max(1, Math.min(365, Math.round(Number(value)) || 1)))} error=${error('privacy.ip_days')} />` : null}
    <//>
    <${Retention} edit=${edit} />
    <${Part} title="Consent"><p class="field-hint">Asking for consent before the first message is under Messages and forms. What somebody agreed to stands beside their conversation, with the words and the time.</p><//>`;
}
