// General: what the inbox is called, whose it is, which language it speaks.

import { html } from '../../vendor/preact.js';
import { Field, Select, Switch } from '../parts/field.js';
import { Part } from './settings.js';
import { withScheme } from './address.js';

/** @type {[string, string][]} */
const LANGUAGES = [['en-US', 'English'], ['de-DE', 'Deutsch'], ['es-ES', 'Español'], ['ar', 'العربية']];

/** A language set by other means stays choosable. @param {string} value @param {[string, string][]} options @returns {[string, string][]} */
const withValue = (value, options) => (!value || options.some(([key]) => key === value) ? options : [...options, [value, value]]);

/** @param {{edit: import('./edit.js').Edit}} props */
export function General({ edit }) {
  const { draft, bind, get } = edit;
  const website = { ...bind('website_url'), onLeave: (/** @type {string} */ typed) => { const whole = withScheme(typed); if (whole !== typed) edit.set('website_url', whole); } };
  return html`
    <${Part} title="Name">
      <${Field} label="Inbox name" hint="For your team, in lists and filters." value=${draft.name} onInput=${(/** @type {string} */ name) => edit.change({ name })} error=${edit.error('name')} required=${true} />
      <${Field} label="Brand name" hint="What visitors see at the head of the chat." ...${bind('brand_name')} required=${true} />
      <${Field} label="Website" hint="The site this chat is on." inputmode="url" placeholder="https://example.com" ...${website} />
    <//>
    <${Part} title="Language">
      <${Select} label="Language of the widget" hint="Automatic follows each visitor’s browser." ...${bind('language')} options=${withValue(get('language'), [['auto', 'Automatic'], ...LANGUAGES])} />
      ${get('language') === 'auto' ? html`<${Select} label="If a visitor’s language is not there" ...${bind('fallback_language')} options=${withValue(get('fallback_language'), LANGUAGES)} />` : null}
    <//>
    <${Part} title="On or off">
      <${Switch} label="This inbox is on" hint="Off, the launcher disappears from every page at once. Conversations stay, and can be read here." on=${draft.enabled} onChange=${(/** @type {boolean} */ enabled) => edit.change({ enabled })} error=${edit.error('enabled')} />
    <//>`;
}
