// Shutting somebody out: the person, their network or their address, for days or for good. It works at once and can be lifted.

import { html, useState } from '../../vendor/preact.js';
import { Dialog } from '../parts/dialog.js';
import { Choice, Field, Select } from '../parts/field.js';
import { BlockIcon, time } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { editContact } from '../state/actions.js';
import { mayI } from '../state/outside.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';

/** @typedef {import('../state/types.js').Contact} Contact */

/** @param {Contact} contact */
export const bannedWords = (contact) => (contact.banned_until === 0 ? 'Banned' : contact.banned_until && contact.banned_until > Date.now() ? `Banned until ${time.day(contact.banned_until)}` : '');

/** @param {{contact: Contact, conversation?: string, network?: string|null}} props */
export function BanPart({ contact, conversation = '', network = null }) {
  const may = useDesk((state) => mayI(state.may, 'ban'));
  const [asking, setAsking] = useState(false);
  if (!may) return null;
  const lift = async () => {
    try {
      if (contact.blocked) await editContact(contact.uuid, { blocked: false });
      const { bans } = await api.get('/bans');
      const mine = bans.filter((/** @type {import('../state/types.js').Ban} */ ban) => ban.contact === contact.uuid || (ban.kind === 'email' && contact.email?.toLowerCase() === ban.subject));
      for (const ban of mine) await api.del(`/bans/${ban.uuid}`);
      toast(`${contact.name} can write again`);
    } catch (error) { toast(`${contact.name} is still shut out. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<section class="panel-part is-last">
    ${contact.blocked || bannedWords(contact) ? html`<button type="button" class="button" onClick=${lift}>Let them in again</button>`
      : html`<button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${BlockIcon} /> Block or ban…</button>`}
    ${asking ? html`<${BanDialog} contact=${contact} conversation=${conversation} network=${network} onClose=${() => setAsking(false)} />` : null}
  </section>`;
}

/** @param {{contact: Contact, conversation: string, network: string|null, onClose: () => void}} props */
function BanDialog({ contact, conversation, network, onClose }) {
  const form = useForm({ whom: 'contact', days: '7', reason: '' }, async ({ whom, days, reason }) => {
    const target = whom === 'contact' ? { contact: contact.uuid } : whom === 'email' ? { email: contact.email } : { conversation };
    await api.post('/bans', { ...target, days: days ? Number(days) : null, reason });
    onClose();
    toast(whom === 'network' ? `The network ${network} is banned` : `${contact.name} is banned`);
  });
  const { values, set } = form;
  const rest = form.rest([]);
  /** @type {[string, string][]} */
  const whom = [['contact', 'This person'], ...(contact.email ? /** @type {[string, string][]} */ ([['email', 'The address']]) : []), ...(conversation && network ? /** @type {[string, string][]} */ ([['network', 'The network']]) : [])];
  const hints = /** @type {Record<string, string>} */ ({ contact: 'Known by the browser they wrote from, or by their sign-in.', email: `Whoever comes with ${contact.email}.`, network: `Everybody in ${network}. That may be an office, or a whole street.` });
  return html`<${Dialog} title="Shut out ${contact.name}" onClose=${onClose}><form onSubmit=${form.submit}>
    <${Choice} label="Whom" value=${values.whom} onInput=${(/** @type {string} */ next) => set({ whom: next })} options=${whom} hint=${hints[values.whom]} />
    <${Select} label="For how long" value=${values.days} onInput=${(/** @type {string} */ days) => { set({ days }); }} options=${[['1', 'A day'], ['7', 'A week'], ['30', 'Thirty days'], ['365', 'A year'], ['', 'For good']]} />
    <${Field} label="Reason" optional=${true} hint="For your team." value=${values.reason} onInput=${(/** @type {string} */ reason) => set({ reason })} />
    <p class="field-hint">Open chat windows close at once. They are told kindly that they cannot write at the moment, and keep what they typed. Everything said so far stays here.</p>
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-danger" disabled=${form.busy}>${form.busy ? 'Banning…' : 'Ban'}</button></footer>
  </form><//>`;
}
