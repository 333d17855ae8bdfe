// Messages: every sentence the widget says by itself, the home screen's cards, the questions before a chat, and who may do what.

import { html } from '../../vendor/preact.js';
import { Field, Switch } from '../parts/field.js';
import { HomeApps } from './home_apps.js';
import { Prechat } from './prechat.js';
import { WidgetPreview } from './preview.js';
import { Part } from './settings.js';

const NAME_HINT = html`<code>${'{{.FirstName | there}}'}</code> becomes the first name, or the word after the bar when it is not known.`;

/** @param {{edit: import('./edit.js').Edit}} props */
export function MessagesTab({ edit }) {
  const { bind, get, set, error } = edit;
  const flag = (/** @type {string} */ path) => ({ on: !!get(path), onChange: (/** @type {boolean} */ on) => set(path, on) });
  return html`<div class="with-preview"><div>
    <${Part} title="Home screen">
      <${Field} label="Greeting" hint=${NAME_HINT} ...${bind('greeting_message')} optional=${true} />
      <${Field} label="Introduction" hint="Below the greeting." rows=${2} ...${bind('introduction_message')} optional=${true} />
      <${Switch} label="Skip the home screen" hint="The launcher opens the conversation directly." ...${flag('direct_to_conversation')} />
      <${HomeApps} edit=${edit} />
    <//>
    <${Part} title="In the chat">
      <${Field} label="First words in a new conversation" rows=${2} ...${bind('chat_introduction')} optional=${true} />
      <${Field} label="What to expect" hint="Your promise while somebody is online, such as how soon you answer. When nobody is, the chat says so itself." ...${bind('chat_reply_expectation_message')} optional=${true} />
      <${Switch} label="Notice at the top" hint="For a holiday, a delay, anything everyone should know first." ...${flag('notice_banner.enabled')} />
      ${get('notice_banner.enabled') ? html`<${Field} label="Text of the notice" rows=${2} ...${bind('notice_banner.text')} error=${error('notice_banner') || error('notice_banner.text')} />` : null}
      <${Switch} label="Visitors can send files" ...${flag('features.file_upload')} />
      <${Switch} label="Visitors have an emoji button" ...${flag('features.emoji')} />
      <${Switch} label="Visitors can close their conversation" ...${flag('allow_close')} />
      <${Switch} label="Ask how it was when a conversation is resolved" hint="A short question in the chat, answered with one tap." ...${flag('csat_enabled')} error=${error('csat_enabled')} />
    <//>
    <${Part} title="Questions before the chat" lead="Each question costs you some of the people who would have written. Ask only what you need.">
      <${Prechat} edit=${edit} />
    <//>
    ${/** @type {[string, string, string][]} */ ([['visitors', 'Visitors', 'Everyone who comes without a signed token.'], ['users', 'Signed-in users', 'People your site vouches for with a signed token.']]).map(([key, title, lead]) => html`<${Part} key=${key} title=${title} lead=${lead}>
      ${error(key) && html`<p class="form-error" role="alert">${error(key)}</p>`}
      <${Switch} label="May start a conversation" ...${flag(`${key}.allow_start_conversation`)} />
      <${Field} label="Text of the start button" ...${bind(`${key}.start_conversation_button_text`)} />
      <${Switch} label="Only one conversation ever" hint="Whoever has one goes on in it." ...${flag(`${key}.prevent_multiple_conversations`)} />
      <${Switch} label="No answer into a resolved conversation" hint="They start a new one instead." ...${flag(`${key}.prevent_reply_to_closed_conversation`)} />
    <//>`)}
  </div><${WidgetPreview} draft=${edit.draft} /></div>`;
}
