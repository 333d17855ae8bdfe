// Who is shut out at the moment, by whom and until when; and letting them in again.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Dialog } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { BlockIcon, Empty, Spinner, time } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { mayI } from '../state/outside.js';
import { nameOf } from '../state/people.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { PageFrame } from './settings.js';

/** @typedef {import('../state/types.js').Ban} Ban */

const KIND = { contact: 'Person', network: 'Network', email: 'E-mail' };

export function Bans() {
  const told = useDesk((state) => state.bans);
  const may = useDesk((state) => mayI(state.may, 'ban'));
  const [bans, setBans] = useState(/** @type {Ban[]|null} */ (null));
  const [failed, setFailed] = useState('');
  const [adding, setAdding] = useState(false);
  const load = () => api.get('/bans').then((answer) => { setBans(answer.bans); setFailed(''); }).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { if (may) load(); }, [told]);
  const lift = async (/** @type {Ban} */ ban) => {
    try { await api.del(`/bans/${ban.uuid}`); await load(); toast(`${ban.subject} can write again`); } catch (error) { toast(`${ban.subject} is still shut out. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  if (!may) return html`<${PageFrame} title="Bans" lead="Your role does not allow this." />`;
  return html`<${PageFrame} title="Bans" lead="People, networks and addresses that cannot write to you at the moment. What is over disappears by itself." actions=${html`<button type="button" class="button" onClick=${() => setAdding(true)}>Ban an address</button>`}>
    ${!bans ? (failed ? html`<${Empty} icon="offline" title="The bans did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !bans.length ? html`<${Empty} icon="shield" title="Nobody is shut out">Beside every conversation there is “Block or ban” for the person, their address or their network.<//>`
      : html`<ul class="cards" role="list">${bans.map((ban) => html`<li key=${ban.uuid} class="card"><span class="card-icon"><${BlockIcon} /></span>
          <div class="card-main"><p class="card-title">${ban.contact ? html`<button type="button" class="link-button" dir="auto" onClick=${() => go({ name: 'contacts', id: /** @type {string} */ (ban.contact), conversation: '' })}>${ban.subject}</button>` : html`<b dir="auto">${ban.subject}</b>`} <span class="badge">${KIND[ban.kind]}</span></p>
            <p class="card-sub" dir="auto">${[ban.until ? `until ${time.full(ban.until)}` : 'for good', ban.by ? `by ${nameOf(ban.by)}` : '', ban.reason].filter(Boolean).join(' · ')}</p></div>
          <button type="button" class="button is-small" aria-label="Lift the ban of ${ban.subject}" onClick=${() => lift(ban)}>Lift</button></li>`)}</ul>`}
    ${adding ? html`<${AddressForm} onClose=${() => setAdding(false)} onDone=${setBans} />` : null}
  <//>`;
}

/** @param {{onClose: () => void, onDone: (bans: Ban[]) => void}} props */
function AddressForm({ onClose, onDone }) {
  const form = useForm({ email: '', days: '', reason: '' }, async ({ email, days, reason }) => {
    const answer = await api.post('/bans', { email, days: days ? Number(days) : null, reason });
    onDone(answer.bans);
    onClose();
  });
  const { values, set, error } = form;
  const rest = form.rest(['email']);
  return html`<${Dialog} title="Ban an address" onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="E-mail" inputmode="email" value=${values.email} onInput=${(/** @type {string} */ email) => set({ email })} error=${error('email')} required=${true} focus=${true} />
    <${Select} label="For how long" value=${values.days} onInput=${(/** @type {string} */ days) => { set({ days }); }} options=${[['1', 'A day'], ['7', 'A week'], ['30', 'Thirty days'], ['365', 'A year'], ['', 'For good']]} />
    <${Field} label="Reason" optional=${true} value=${values.reason} onInput=${(/** @type {string} */ reason) => set({ reason })} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-danger" disabled=${form.busy}>${form.busy ? 'Banning…' : 'Ban'}</button></footer></form><//>`;
}
