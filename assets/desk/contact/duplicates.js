// Somebody with the same address or number: perhaps the same person. Shown as a hint; the dialog says what a merge keeps.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { ContactAvatar } from '../parts/avatars.js';
import { Dialog } from '../parts/dialog.js';
import { time } from '../parts/small.js';
import { holdContact, mayI } from '../state/outside.js';
import { go } from '../state/router.js';
import { now, useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @typedef {import('../state/types.js').Contact} Contact */
/** @typedef {{contact: Contact, conversations: number, because: 'email'|'phone', contradicts: boolean}} Twin */

const count = (/** @type {number} */ number) => `${number} conversation${number === 1 ? '' : 's'}`;

/** @param {{contact: Contact, onMerged?: (contact: Contact) => void}} props */
export function Duplicates({ contact, onMerged }) {
  const may = useDesk((state) => mayI(state.may, 'contacts'));
  const [twins, setTwins] = useState(/** @type {Twin[]} */ ([]));
  const [open, setOpen] = useState(/** @type {Twin|null} */ (null));
  useEffect(() => { if (may && (contact.email || contact.phone)) api.get(`/contacts/${contact.uuid}/duplicates`).then((answer) => setTwins(answer.duplicates)).catch(() => { /* a hint, no more */ }); else setTwins([]); }, [contact.uuid, contact.email, contact.phone]);
  if (!twins.length) return null;
  return html`<section class="panel-part twins" aria-label="Possible duplicates"><p><${Icon} name="users" size=${16} /> ${twins.length === 1 ? 'Perhaps known already' : `Perhaps known already, ${twins.length} times`}</p>
    <ul role="list">${twins.map((twin) => html`<li key=${twin.contact.uuid}><button type="button" class="twin" onClick=${() => setOpen(twin)}><${ContactAvatar} contact=${twin.contact} size=${28} />
      <span><b dir="auto">${twin.contact.name}</b><small>${twin.because === 'email' ? 'same e-mail' : 'same number'} · ${count(twin.conversations)}</small></span></button></li>`)}</ul>
    ${open ? html`<${MergeDialog} contact=${contact} twin=${open} onClose=${() => setOpen(null)} onMerged=${(/** @type {Contact} */ kept) => { setOpen(null); setTwins(twins.filter((one) => one !== open)); onMerged?.(kept); }} />` : null}</section>`;
}

/** @param {{contact: Contact, twin: Twin, onClose: () => void, onMerged: (contact: Contact) => void}} props */
function MergeDialog({ contact, twin, onClose, onMerged }) {
  // Whom the site vouches for stays; otherwise who was here first.
  const better = (/** @type {Contact} */ one, /** @type {Contact} */ other) => (one.verified !== other.verified ? one.verified : one.first_seen_at <= other.first_seen_at);
  const [keepOwn, setKeepOwn] = useState(better(contact, twin.contact));
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [kept, gone] = keepOwn ? [contact, twin.contact] : [twin.contact, contact];
  const rows = /** @type {[string, (one: Contact) => any][]} */ ([['Name', (one) => one.name], ['E-mail', (one) => one.email], ['Phone', (one) => one.phone], ['Proof', (one) => (one.verified ? 'Verified' : 'Not verified')], ['First seen', (one) => time.day(one.first_seen_at)]]);
  const merge = async () => {
    setBusy(true);
    try {
      const merged = await api.post(`/contacts/${gone.uuid}/merge`, { into: kept.uuid, ...(twin.contradicts ? { anyway: true } : {}) });
      holdContact(merged);
      toast(`${gone.name} and ${kept.name} are one now`);
      const { route } = now();
      if (route.name === 'contacts' && route.id === gone.uuid) go({ name: 'contacts', id: kept.uuid, conversation: '' }, { replace: true });
      onMerged(merged);
    } catch (error) { setWrong(wordsFor(error)); setBusy(false); }
  };
  return html`<${Dialog} title="One person, or two?" wide=${true} onClose=${onClose}>
    <div class="merge-pair" role="radiogroup" aria-label="Whose details stay">${[contact, twin.contact].map((one, index) => html`<label key=${one.uuid} class="merge-side ${(index === 0) === keepOwn ? 'is-kept' : ''}">
      <span class="merge-head"><input type="radio" name="kept" checked=${(index === 0) === keepOwn} onChange=${() => setKeepOwn(index === 0)} /><b>${(index === 0) === keepOwn ? 'Stays' : 'Goes into the other'}</b></span>
      <dl class="facts">${rows.map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd dir="auto">${value(one) || html`<span class="faint">–</span>`}</dd></div>`)}</dl></label>`)}</div>
    <p class="dialog-text">All conversations, notes, pages and fields of both end up with ${kept.name}; what ${kept.name} lacks is taken over. Open chat windows of ${gone.name} close. This cannot be undone.</p>
    ${twin.contradicts ? html`<label class="merge-sure"><input type="checkbox" checked=${sure} onChange=${(/** @type {any} */ event) => setSure(event.currentTarget.checked)} /><span><b>Both are verified, and as different people.</b> I know that they are one.</span></label>` : null}
    ${wrong ? html`<p class="form-error" role="alert">${wrong}</p>` : null}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>They are two</button><button type="button" class="button is-danger" disabled=${busy || (twin.contradicts && !sure)} onClick=${merge}>${busy ? 'Merging…' : 'Merge'}</button></footer><//>`;
}
