// General: what the inbox is called, whether it is on, who may chat, and how many conversations a person has.

import { html } from '../../vendor/preact.js';
import { Field, Select, Switch } from '../parts/field.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { withScheme } from './address.js';
import { Continuity } from './continuity.js';
import { useLanguages } from './languages.js';
import { Part } from './settings.js';

/** A language set by other means stays choosable. @param {string} value @param {[string, string][]} options @returns {[string, string][]} */
const withValue = (value, options) => (!value || options.some(([key]) => key === value) ? options : [...options, [value, value]]);

/** @type {[string, string, string][]} */
const ACCESS = [
  ['anonymous', 'Anyone, at once', 'No questions asked. The easiest way to start.'],
  ['identify', 'After giving name and e-mail', 'A six-digit code goes to the address first, so you always know where to answer.'],
  ['verified', 'Only people your site vouches for', 'A signed token from your server is needed. Everyone else sees the other tiles, if any, and no chat.'],
];

/** @param {{edit: import('./edit.js').Edit, inbox: import('../state/types.js').Inbox}} props */
export function General({ edit, inbox }) {
  const { draft, bind, get, flag, error } = edit;
  const mail = useDesk((state) => state.mail_ready);
  const languages = /** @type {[string, string][]} */ (useLanguages().map((one) => [one.code, one.name]));
  const website = { ...bind('website_url'), onLeave: (/** @type {string} */ typed) => { const whole = withScheme(typed); if (whole !== typed) edit.set('website_url', whole); } };
  const access = get('access') || 'anonymous';
  return html`
    <${Part} title="On or off">
      <${Switch} label="This inbox is on" hint="Off, the launcher disappears from every page at once. Conversations stay, and can be read here." on=${draft.enabled} onChange=${(/** @type {boolean} */ enabled) => edit.change({ enabled })} error=${edit.error('enabled')} />
    <//>
    <${Part} title="Name">
      <${Field} label="Inbox name" hint="For your team, in lists and filters." value=${draft.name} onInput=${(/** @type {string} */ name) => edit.change({ name })} error=${edit.error('name')} required=${true} />
      <${Field} label="Brand name" hint="What visitors see at the head of the chat." ...${bind('brand_name')} required=${true} />
      <${Field} label="Website" hint="The site this chat is on." inputmode="url" placeholder="https://example.com" ...${website} />
    <//>
    <${Part} title="Language">
      <${Select} label="Language of the widget" hint="Automatic follows each visitor’s browser. Every sentence can be changed under Translations." ...${bind('language')} options=${withValue(get('language'), [['auto', 'Automatic'], ...languages])} />
      ${get('language') === 'auto' ? html`<${Select} label="If a visitor’s language is not there" ...${bind('fallback_language')} options=${withValue(get('fallback_language'), languages)} />` : null}
    <//>
    <${Part} title="Who may chat" lead="Require authentication, or let anyone in.">
      <fieldset class="field"><legend class="quiet">Who may chat</legend>
        ${ACCESS.map(([key, label, hint]) => html`<label class="option ${access === key ? 'is-on' : ''}"><input type="radio" name="access" value=${key} checked=${access === key} onChange=${() => edit.set('access', key)} /><span><b>${label}</b><small>${hint}</small></span></label>`)}
        ${error('access') && html`<p class="field-error" role="alert">${error('access')}</p>`}
      </fieldset>
      ${access === 'identify' && !mail ? html`<p class="hint-box is-warn" role="status"><b>No mail is set up on this server.</b> The code cannot be sent, so nobody could begin a chat. Set up mail first, or let anyone in.</p>` : null}
      ${access === 'verified' && !inbox.has_secret ? html`<p class="hint-box is-warn" role="status"><b>There is no secret yet.</b> Nobody can be vouched for until you generate one under <button type="button" class="link-button" onClick=${() => go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: 'security' })}>Security and identity</button>.</p>` : null}
    <//>
    <${Part} title="Conversations">
      <${Switch} label="One thread for everything" hint="Each person has a single conversation, for ever, on every device. No list, no start over." ...${flag('single_thread')} />
      <${Switch} label="Skip the home screen" hint="The launcher opens the conversation directly." ...${flag('direct_to_conversation')} />
      <${Switch} label="Visitors can close their conversation" ...${flag('allow_close')} />
      <${Switch} label="Visitors can have the conversation mailed" hint="In the menu of the chat: a transcript to their own address. Offered once there is a mailbox to send from." ...${flag('allow_transcript')} />
    <//>
    <${Continuity} edit=${edit} />
    ${/** @type {[string, string, string][]} */ ([['visitors', 'Visitors', 'Everyone who comes without a signed token.'], ['users', 'Signed-in users', 'People your site vouches for with a signed token.']]).map(([key, title, lead]) => html`<${Part} key=${key} title=${title} lead=${lead}>
      ${error(key) && html`<p class="form-error" role="alert">${error(key)}</p>`}
      <${Switch} label="May start a conversation" ...${flag(`${key}.allow_start_conversation`)} />
      <${Field} label="Text of the start button" hint="Used while there are no buttons of your own under Home." ...${bind(`${key}.start_conversation_button_text`)} />
      <${Switch} label="Only one conversation at a time" hint="Whoever has one goes on in it." ...${flag(`${key}.prevent_multiple_conversations`)} />
      <${Switch} label="No answer into a resolved conversation" hint="They start a new one instead." ...${flag(`${key}.prevent_reply_to_closed_conversation`)} />
    <//>`)}`;
}
