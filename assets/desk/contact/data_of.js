// What a person may ask of us: a copy of everything, and that it is forgotten. Asked for by name, because nothing brings it back.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/field.js';
import { Spinner } from '../parts/small.js';
import { may } from '../state/people.js';
import { toast } from '../state/toasts.js';
import { api, base, fieldOf, wordsFor } from '../state/wire.js';

/** @param {number} count @param {string} one @param {string} many */
const counted = (count, one, many) => (count ? `${count.toLocaleString()} ${count === 1 ? one : many}` : '');

/** @param {any} has */
const list = (has) => [counted(has.conversations, 'conversation', 'conversations'), counted(has.messages, 'message', 'messages'), counted(has.files, 'file', 'files'), counted(has.notes, 'note', 'notes'), counted(has.pages, 'page visit', 'page visits'), counted(has.consents, 'consent', 'consents')].filter(Boolean);

/** @param {{contact: import('../state/types.js').Contact}} props */
export function DataOf({ contact }) {
  const [asking, setAsking] = useState(false);
  if (!may('erase')) return null;
  return html`<section class="panel-part"><h3>Their data</h3><div class="button-row">
    <a class="button" href="${base}/api/desk/contacts/${contact.uuid}/export" download><${Icon} name="download" size=${16} /> Export</a>
    <button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${16} /> Erase…</button></div>
    <p class="field-hint">The export holds the notes of your team, too: read it before you hand it on.</p>
    ${asking && html`<${EraseDialog} contact=${contact} onClose=${() => setAsking(false)} />`}</section>`;
}

/** @param {{contact: import('../state/types.js').Contact, onClose: () => void}} props */
function EraseDialog({ contact, onClose }) {
  const [what, setWhat] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState('');
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => { api.get(`/contacts/${contact.uuid}/erase`).then(setWhat).catch((error) => setFailed(wordsFor(error))); }, []);
  const erase = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    setWrong('');
    try {
      await api.post(`/contacts/${contact.uuid}/erase`, { confirm: typed });
      onClose();
      toast(`${contact.name} is erased.`);
    } catch (error) {
      setBusy(false);
      if (fieldOf(error) === 'confirm') setWrong(wordsFor(error)); else setFailed(wordsFor(error));
    }
  };
  const parts = what ? list(what.belongings) : [];
  return html`<${Dialog} title="Erase ${contact.name}?" onClose=${onClose}><form onSubmit=${erase}>
    ${failed ? html`<p class="form-error" role="alert">${failed}</p>` : !what ? html`<${Spinner} />` : html`
      <p class="dialog-text">This takes away for good: name, address and everything known of them${parts.length ? html`, with <b>${parts.join(', ')}</b>` : ''}. It goes from the search, from every screen, and from the file itself.</p>
      <p class="dialog-text">Their chat ends at once. <b>Nothing brings it back</b>; backups made before still hold it until they are replaced.</p>`}
    <${Field} label=${what?.email ? html`Type <b>${what.name}</b> or <b>${what.email}</b> to go on` : html`Type <b>${contact.name}</b> to go on`} value=${typed} onInput=${(/** @type {string} */ value) => { setTyped(value); setWrong(''); }} error=${wrong} focus=${true} />
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-danger" disabled=${busy || !what || !typed.trim()}>${busy ? 'Erasing…' : 'Erase for good'}</button></footer>
  </form><//>`;
}
