// Taking back one's own note: asked once, because its words are gone for everybody then.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { keep } from '../state/lists.js';
import { now } from '../state/store.js';
import { addMessage } from '../state/threads.js';
import { announce, toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @param {any} entry */
async function deleteNote(entry) {
  try {
    const answer = await api.del(`/conversations/${entry.conversation}/messages/${entry.uuid}`);
    addMessage(answer.message);
    keep([{ ...now().conversations[entry.conversation], ...answer.conversation }]);
    announce('The note was deleted');
  } catch (error) {
    toast(`The note is still there. ${wordsFor(error)}`, { tone: 'bad' });
  }
}

/** @param {{entry: any}} props */
export function DeleteNote({ entry }) {
  const [asking, setAsking] = useState(false);
  return html`<button type="button" class="icon-button is-small said-delete" aria-label="Delete this note" title="Delete this note" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${15} /></button>
    ${asking ? html`<${Confirm} title="Delete this note?" text="Its words and files go for everybody; a line stays that says so." yes="Delete" danger=${true} onNo=${() => setAsking(false)} onYes=${() => { setAsking(false); deleteNote(entry); }} />` : null}`;
}
