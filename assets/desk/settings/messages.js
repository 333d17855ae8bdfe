// Messages and forms: every sentence the widget says by itself, and everything it asks.

import { html } from '../../vendor/preact.js';
import { Field, Switch } from '../parts/field.js';
import { withScheme } from './address.js';
import { Prechat } from './prechat.js';
import { Part } from './settings.js';

const NAME_HINT = html`<code>${'{{.FirstName | there}}'}</code> becomes the first name, or the word after the bar when it is not known.`;

/** @param {{edit: import('./edit.js').Edit}} props */
export function MessagesTab({ edit }) {
  const { bind, get, error, errorIn, flag } = edit;
  return html`
    <${Part} title="Home screen">
      <${Field} label="Greeting" hint=${NAME_HINT} ...${bind('greeting_message')} optional=${true} />
      <${Field} label="Introduction" hint="Below the greeting." rows=${2} ...${bind('introduction_message')} optional=${true} />
    <//>
    <${Part} title="In the chat">
      <${Field} label="First words in a new conversation" rows=${2} ...${bind('chat_introduction')} optional=${true} />
      <${Field} label="What to expect" hint="Your promise while somebody is online, such as how soon you answer. When nobody is, the chat says so itself." ...${bind('chat_reply_expectation_message')} optional=${true} />
      <${Switch} label="Notice at the top" hint="For a holiday, a delay, anything everyone should know first." ...${flag('notice_banner.enabled')} />
      ${get('notice_banner.enabled') ? html`<${Field} label="Text of the notice" hint="Plain text: no formatting, no links." rows=${2} ...${bind('notice_banner.text')} error=${error('notice_banner') || error('notice_banner.text')} />` : null}
    <//>
    <${Part} title="Writing">
      <${Switch} label="Bold, italic and code" hint="A small bar above the text, and the usual keys." ...${flag('features.formatting')} />
      <${Switch} label="Visitors have an emoji button" ...${flag('features.emoji')} />
      <${Switch} label="Visitors can send files" hint="Which kinds, you say under Security and identity." ...${flag('features.file_upload')} />
    <//>
    <${Part} title="Questions before the chat" lead="Each question costs you some of the people who would have written. Ask only what you need.">
      <${Prechat} edit=${edit} />
    <//>
    <${Part} title="After the first message">
      <${Switch} label="Ask for name and e-mail" hint="Of people who are not known, inside the chat. It can be skipped and never holds up a message. An address that belongs to somebody already needs a code." ...${flag('contact_prompt')} />
    <//>
    <${Part} title="Consent">
      <${Switch} label="Ask for consent before the first message" hint="What was agreed to is kept with the person: the words, the language and the time." ...${flag('consent.enabled')} />
      ${get('consent.enabled') ? html`
        ${errorIn('consent') && !error('consent.text') && !error('consent.link_url') ? html`<p class="form-error" role="alert">${errorIn('consent')}</p>` : null}
        <${Field} label="Text of the consent" rows=${2} placeholder="I agree that my messages are stored so that they can be answered." ...${bind('consent.text')} required=${true} />
        <div class="field-pair"><${Field} label="Words of the link" placeholder="Privacy policy" ...${bind('consent.link_text')} optional=${true} /><${Field} label="Address of the link" placeholder="https://" inputmode="url" ...${bind('consent.link_url')} onLeave=${(/** @type {string} */ typed) => { const whole = withScheme(typed); if (whole !== typed) edit.set('consent.link_url', whole); }} optional=${true} /></div>` : null}
    <//>
    <${Part} title="Afterwards">
      <${Switch} label="Ask how it was when a conversation is resolved" hint="A short question in the chat, answered with one tap." ...${flag('csat_enabled')} />
      ${get('csat_enabled') ? html`<${Switch} label="Mail the question to whoever does not see it" hint="After a quarter of an hour, when there is an address and nobody looked at the chat." ...${flag('csat_mail')} />` : null}
    <//>`;
}
