// Backups: what there is, making one while everybody goes on, taking one out, putting one in place.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Dialog } from '../parts/dialog.js';
import { Field } from '../parts/field.js';
import { Empty, Spinner, time } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { ApiError } from '../../shared/api.js';
import { Icon } from '../../shared/icons.js';
import { mayI } from '../state/outside.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, base, wordsFor } from '../state/wire.js';
import { PageFrame, Part } from './settings.js';

/** @typedef {{name: string, kind: 'backup'|'snapshot'|'replaced', schema: number|null, at: number, bytes: number}} Kept */
/** @typedef {{done: number, all: number, checking: boolean}} Making */
/** @typedef {{folder: string, keep: number, free: number|null, last_at: number|null, making: Making|null, backups: Kept[]}} Standing */

/** While one is being made: often enough that the bar moves, seldom enough to cost nothing. */
const LOOK_MS = 500;
/** While the program opens the backup. */
const KNOCK_MS = 1000;

/** @param {number} bytes */
export const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);

/** @param {Kept} kept */
const what = (kept) => (kept.kind === 'snapshot' ? `Before the upgrade from schema ${kept.schema}` : kept.kind === 'replaced' ? 'What a restore replaced' : 'Backup');

export function Backups() {
  const everything = useDesk((state) => ['settings', 'people', 'erase', 'audit'].every((permission) => mayI(state.may, permission)));
  const [standing, setStanding] = useState(/** @type {Standing|null} */ (null));
  const [failed, setFailed] = useState('');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(/** @type {null | {kept: Kept, to: 'fetch'|'restore'|'delete'}} */ (null));
  const [gone, setGone] = useState(false);
  const load = () => api.get('/backups').then((answer) => { setStanding(answer); setFailed(''); return answer; }).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  const making = busy || !!standing?.making;
  useEffect(() => {
    if (!making) return undefined;
    const looking = setInterval(load, LOOK_MS);
    return () => clearInterval(looking);
  }, [making]);
  const make = async () => {
    setBusy(true);
    try { await api.post('/backups', {}); toast('The backup is made and checked'); } catch (error) {
      // A large file takes longer than one answer: the list tells how it goes on.
      if (!(error instanceof ApiError) || !['timeout', 'offline'].includes(error.kind)) toast(`No backup was made. ${wordsFor(error)}`, { tone: 'bad' });
    }
    setBusy(false);
    load();
  };
  if (gone) return html`<${Restarting} />`;
  const backups = standing?.backups.filter((kept) => kept.kind === 'backup') || [];
  const beside = standing?.backups.filter((kept) => kept.kind !== 'backup') || [];
  const rows = (/** @type {Kept[]} */ list) => html`<ul class="cards" role="list">${list.map((kept) => html`<li key=${kept.name} class="card"><span class="card-icon"><${Icon} name="archive" size=${18} /></span>
    <div class="card-main"><p class="card-title"><b>${what(kept)}</b> <span class="tabular">${time.full(kept.at)}</span></p>
      <p class="card-sub"><span dir="ltr" class="tabular">${kept.name}</span> · ${size(kept.bytes)} · ${kept.kind === 'replaced' ? 'kept as it was' : 'checked when it was made'}</p>
      <div class="button-row">${everything ? html`<button type="button" class="button is-small" aria-label="Download ${kept.name}" onClick=${() => setAsked({ kept, to: 'fetch' })}>Download</button>
        <button type="button" class="button is-small" aria-label="Restore ${kept.name}" onClick=${() => setAsked({ kept, to: 'restore' })}>Restore…</button>` : null}
        <button type="button" class="button is-small" aria-label="Delete ${kept.name}" onClick=${() => setAsked({ kept, to: 'delete' })}>Delete</button></div></div></li>`)}</ul>`;
  return html`<${PageFrame} title="Backups" lead="All of this desk is one file; a backup is a checked copy of it, made while everybody goes on." actions=${html`<button type="button" class="button is-primary" disabled=${making || !standing} onClick=${make}>${making ? 'Making a backup…' : 'Make a backup now'}</button>`}>
    ${making ? html`<${Progress} making=${standing?.making || null} />` : null}
    ${!standing ? (failed ? html`<${Empty} icon="offline" title="The backups did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`) : html`
    <p class="backup-note">A backup holds everything: every conversation, every address, what opens your mailboxes. Keep it as you keep the keys of the house. People who were erased are still in the backups made before, until those are replaced by newer ones${standing.keep ? ` (${standing.keep} stay)` : ''} or deleted here.</p>
    ${backups.length ? rows(backups) : html`<${Empty} icon="archive" title="There is no backup yet">Make the first one now. The nightly one is switched on with <code dir="ltr">systemctl enable --now deskbell-backup.timer</code>.<//>`}
    <${Part} title="Where they are" lead="A disk that dies takes its backups with it: keep some on another one."><dl class="facts is-wide">
      <div><dt>Folder</dt><dd dir="ltr">${standing.folder}</dd></div>
      <div><dt>Kept</dt><dd>the newest ${standing.keep}; the oldest goes when a new one is made</dd></div>
      ${standing.free === null ? null : html`<div><dt>Free there</dt><dd class="tabular">${size(standing.free)}</dd></div>`}
      <div><dt>Last one, anywhere</dt><dd>${standing.last_at ? time.full(standing.last_at) : 'never'}</dd></div></dl><//>
    ${beside.length ? html`<${Part} title="Beside the data file" lead="Made by deskbell itself before it changed or replaced the file.">${rows(beside)}<//>` : null}`}
    ${asked?.to === 'fetch' ? html`<${Fetch} kept=${asked.kept} onClose=${() => setAsked(null)} />` : null}
    ${asked?.to === 'restore' ? html`<${Restore} kept=${asked.kept} onClose=${() => setAsked(null)} onDone=${() => { setAsked(null); setGone(true); }} />` : null}
    ${asked?.to === 'delete' ? html`<${Delete} kept=${asked.kept} onClose=${() => setAsked(null)} onDone=${() => { setAsked(null); load(); }} />` : null}
  <//>`;
}

/** @param {{making: Making|null}} props */
function Progress({ making }) {
  const done = making?.all ? Math.floor((100 * making.done) / making.all) : 0;
  const words = making?.checking ? 'Checking the copy…' : `Copying… ${done} %`;
  return html`<div class="making" role="status"><label>${words} <progress max="100" value=${making?.checking ? null : done} aria-label="Backup"></progress></label></div>`;
}

/** @param {{kept: Kept, onClose: () => void}} props */
function Fetch({ kept, onClose }) {
  const form = useForm({ password: '' }, async ({ password }) => {
    const { ticket } = await api.post(`/backups/${kept.name}/ticket`, { password });
    const link = document.createElement('a');
    link.href = `${base}/api/desk/backups/${kept.name}/file?ticket=${ticket}`;
    link.download = kept.name;
    link.click();
    onClose();
  });
  return html`<${Asking} title="Download this backup?" form=${form} kept=${kept} onClose=${onClose} button="Download" doing="Asking…">It holds everything. On your computer it is only as safe as your computer.<//>`;
}

/** @param {{kept: Kept, onClose: () => void, onDone: () => void}} props */
function Restore({ kept, onClose, onDone }) {
  const form = useForm({ confirm: '', password: '' }, async ({ confirm, password }) => { await api.post(`/backups/${kept.name}/restore`, { confirm, password }); onDone(); });
  const { values, set, error } = form;
  return html`<${Asking} title="Put this backup in place of everything?" form=${form} kept=${kept} onClose=${onClose} button="Restore" doing="Checking the backup…" danger=${true} before=${html`<${Field} label="Type restore to go on" value=${values.confirm} onInput=${(/** @type {string} */ typed) => set({ confirm: typed })} error=${error('confirm')} required=${true} focus=${true} />`}>
    This desk becomes what it was on ${time.full(kept.at)}. <b>Everything since is out of it</b>; the present file is kept beside it and can be put back here. The desk is away for a moment, and everybody logs in again, with the passwords of that day.<//>`;
}

/** @param {{kept: Kept, onClose: () => void, onDone: () => void}} props */
function Delete({ kept, onClose, onDone }) {
  const form = useForm({}, async () => { await api.del(`/backups/${kept.name}`); onDone(); });
  const rest = form.rest([]);
  return html`<${Dialog} title="Delete this backup?" onClose=${onClose}><form onSubmit=${form.submit}><p class="dialog-text">${what(kept)}, ${time.full(kept.at)}. Nothing brings it back.</p>
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-danger" disabled=${form.busy}>${form.busy ? 'Deleting…' : 'Delete'}</button></footer></form><//>`;
}

/** @param {{title: string, form: any, kept: Kept, onClose: () => void, button: string, doing: string, danger?: boolean, before?: any, children?: any}} props */
function Asking({ title, form, kept, onClose, button, doing, danger = false, before = null, children }) {
  const { values, set, error } = form;
  const rest = form.rest(['password', 'confirm']);
  return html`<${Dialog} title=${title} onClose=${onClose}><form onSubmit=${form.submit}><p class="dialog-text"><b>${what(kept)}, ${time.full(kept.at)}.</b> ${children}</p>
    ${before}<${Field} label="Your password" type="password" autocomplete="current-password" value=${values.password} onInput=${(/** @type {string} */ password) => set({ password })} error=${error('password')} required=${true} focus=${!before} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button ${danger ? 'is-danger' : 'is-primary'}" disabled=${form.busy}>${form.busy ? doing : button}</button></footer></form><//>`;
}

/** Knocks until the desk is back; then everybody logs in again, so the page begins anew. */
function Restarting() {
  const head = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    head.current?.focus();
    const knocking = setInterval(() => {
      // Whoever is told that he is nobody talks to the restored desk.
      api.get('/me/sessions').catch((error) => { if (error instanceof ApiError && error.status === 401) location.reload(); });
    }, KNOCK_MS);
    return () => clearInterval(knocking);
  }, []);
  return html`<${PageFrame} title="Backups" lead="The backup is being put in place."><div class="centred" role="status"><${Spinner} /><p tabindex="-1" ref=${head}>The desk comes back in a moment. Then log in again.</p></div><//>`;
}
