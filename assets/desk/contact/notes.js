// Notes about the person: who wrote what and when; one's own can be changed. Nobody outside ever sees them.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { time } from '../parts/small.js';
import { mayI } from '../state/outside.js';
import { isAdmin, nameOf } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @typedef {import('../state/types.js').ContactNote} Note */

/** @param {{contact: import('../state/types.js').Contact, heading?: any}} props */
export function Notes({ contact, heading = 'h3' }) {
  const may = useDesk((state) => mayI(state.may, 'contacts'));
  const [notes, setNotes] = useState(/** @type {Note[]|null} */ (null));
  const [failed, setFailed] = useState('');
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const box = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const path = `/contacts/${contact.uuid}/notes`;
  // Asked again with each change of the person: a colleague may have written one.
  useEffect(() => { if (may) api.get(path).then((answer) => setNotes(answer.notes)).catch((error) => setFailed(wordsFor(error))); }, [contact]);
  if (!may) return null;
  const add = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!text.trim() || busy) return;
    setBusy(true);
    try { setNotes((await api.post(path, { text })).notes); setText(''); setFailed(''); box.current?.focus(); } catch (error) { setFailed(`Not saved. ${wordsFor(error)}`); }
    setBusy(false);
  };
  return html`<section class="panel-part"><${heading}><label for="note-${contact.uuid}">Notes about this person</label><//>
    <form onSubmit=${add} class="note-form"><textarea ref=${box} id="note-${contact.uuid}" class="input panel-note" rows="2" dir="auto" maxlength="5000" placeholder="Only your team sees this" value=${text} onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) add(event); if (event.key === 'Escape' && text) event.stopPropagation(); }}></textarea>
      ${text.trim() ? html`<button class="button is-primary is-small" disabled=${busy}>${busy ? 'Saving…' : 'Add note'}</button>` : null}</form>
    ${failed ? html`<p class="field-error" role="alert">${failed}</p>` : null}
    <ul class="person-notes" role="list">${(notes || []).map((note) => html`<${One} key=${note.uuid} note=${note} path=${path} onNotes=${setNotes} />`)}</ul></section>`;
}

/** @param {{note: Note, path: string, onNotes: (notes: Note[]) => void}} props */
function One({ note, path, onNotes }) {
  const me = useDesk((state) => state.agent);
  const [editing, setEditing] = useState(/** @type {string|null} */ (null));
  const [asking, setAsking] = useState(false);
  const mine = !note.author || note.author.uuid === me.uuid || isAdmin(me);
  const act = async (/** @type {() => Promise<any>} */ call, /** @type {string} */ failed) => { try { onNotes((await call()).notes); setEditing(null); } catch (error) { toast(`${failed} ${wordsFor(error)}`, { tone: 'bad' }); } };
  const by = note.author ? nameOf(note.author) : 'From before';
  return html`<li class="person-note">
    ${editing === null ? html`<p dir="auto">${note.text}</p>` : html`<form onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); act(() => api.put(`${path}/${note.uuid}`, { text: editing }), 'The note was not changed.'); }}>
      <textarea class="input panel-note" rows="3" dir="auto" maxlength="5000" aria-label="Note" value=${editing} ref=${(/** @type {any} */ element) => { if (element && !element.dataset.seen) { element.dataset.seen = '1'; element.focus(); } }} onInput=${(/** @type {any} */ event) => setEditing(event.currentTarget.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); setEditing(null); } }}></textarea>
      <div class="panel-actions"><button type="button" class="button is-small" onClick=${() => setEditing(null)}>Cancel</button><button class="button is-primary is-small" disabled=${!editing.trim()}>Save</button></div></form>`}
    <p class="person-note-by"><span title=${time.full(note.created_at)}>${by} · ${time.ago(note.created_at)}${note.edited_at ? ' · edited' : ''}</span>
      ${mine && editing === null ? html`<button type="button" class="icon-button is-small" aria-label="Edit this note" title="Edit" onClick=${() => setEditing(note.text)}><${Icon} name="edit" size=${14} /></button><button type="button" class="icon-button is-small" aria-label="Delete this note" title="Delete" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${14} /></button>` : null}</p>
    ${asking ? html`<${Confirm} title="Delete this note?" danger=${true} yes="Delete" text="It is gone for everybody in the team." onNo=${() => setAsking(false)} onYes=${() => { setAsking(false); act(() => api.del(`${path}/${note.uuid}`), 'The note was not deleted.'); }} />` : null}</li>`;
}
