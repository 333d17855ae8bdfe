// Tiles: the feedback hub behind one launcher. Chat is one of its modules.

import { html } from '../../vendor/preact.js';
import { Switch } from '../parts/field.js';
import { KindIcon } from '../parts/kinds.js';
import { Part } from './settings.js';

/** @type {[string, string, string][]} */
const TILES = [
  ['chat', 'Chat with us', 'A conversation with your team.'],
  ['bug', 'Bug report', 'What went wrong, with the page it happened on and the browser.'],
  ['feature', 'Feature request', 'What somebody misses.'],
  ['review', 'Review', 'One to five stars, with words if they like.'],
  ['question', 'Question', 'Like a contact form: a message, answered by mail or in the chat.'],
];

/** @param {{edit: import('./edit.js').Edit}} props */
export function Tiles({ edit }) {
  const { get, flag, error } = edit;
  const on = TILES.filter(([key]) => get(`tiles.${key}`));
  const says = !on.length ? 'Leave at least one on; to switch the widget off, turn the inbox off under General.' : on.length === 1 ? `The launcher opens “${on[0][1]}” directly: with one tile there is no menu.` : `The launcher opens a menu of ${on.length} tiles.`;
  return html`<${Part} title="What the launcher offers" lead="Reports land under Messages, with their kind, the page and the browser.">
      ${error('tiles') && html`<p class="form-error" role="alert">${error('tiles')}</p>`}
      <div class="tile-list">${TILES.map(([key, label, hint]) => html`<div key=${key} class="tile-row"><span class="sort-icon"><${KindIcon} kind=${key} size=${20} /></span><${Switch} label=${label} hint=${hint} ...${flag(`tiles.${key}`)} /></div>`)}</div>
      <p class="hint-box ${on.length ? '' : 'is-warn'}" role="status">${says}</p>
      ${get('access') === 'verified' && get('tiles.chat') ? html`<p class="hint-box">Chat is for people your site vouches for: without a valid token its tile is absent, and the others can still be used.</p>` : null}
    <//>
    <${Part} title="Files"><${Switch} label="Reports may carry a file or a screenshot" ...${flag('tiles.files')} /><//>`;
}
