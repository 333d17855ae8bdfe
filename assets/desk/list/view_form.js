// A view, named and asked for in a sentence; what it finds is shown while it is put together.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { useForm } from '../entry/form.js';
import { ConditionsEditor } from '../parts/conditions_editor.js';
import { Dialog } from '../parts/dialog.js';
import { Choice, Field, Select } from '../parts/field.js';
import { may } from '../state/people.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { take } from '../state/tools.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { useTeams } from '../settings/directory.js';

const WAIT_MS = 350;

/** What the filter finds, a moment after it was changed. @param {any} filter */
function usePreview(filter) {
  const [found, setFound] = useState(/** @type {{conversations: any[], more: boolean, field: string, words: string}|null} */ (null));
  const asked = JSON.stringify(filter);
  useEffect(() => {
    let is = true;
    const timer = setTimeout(async () => {
      try { const answer = await api.post('/views/try', { filter }); if (is) setFound({ ...answer, field: '', words: '' }); } catch (error) { if (is) setFound({ conversations: [], more: false, field: fieldOf(error), words: wordsFor(error) }); }
    }, WAIT_MS);
    return () => { is = false; clearTimeout(timer); };
  }, [asked]);
  return found;
}

/** @param {{view: import('../state/tools.js').View|null, onClose: () => void, onSaved: (uuid: string) => void}} props */
export function ViewForm({ view, onClose, onSaved }) {
  const { teams } = useTeams();
  const shares = useDesk(() => may('share'));
  const form = useForm({ name: view?.name || '', filter: view?.filter || { match: /** @type {const} */ ('all'), items: [{ field: 'status', op: 'is', value: 'open' }] }, audience: view?.audience || 'own', team: view?.team || '' }, async (values) => {
    const body = { ...values, team: values.audience === 'team' ? values.team || null : null };
    const answer = view ? await api.put(`/views/${view.uuid}`, body) : await api.post('/views', body);
    take('views', answer.views);
    onSaved(answer.uuid);
    toast(view ? 'Saved' : `${values.name} is there`);
  });
  const { values, set, error } = form;
  const found = usePreview(values.filter);
  const isPlaced = (/** @type {string} */ field) => field.startsWith('filter');
  const place = (/** @type {string} */ field) => error(field);
  const rest = form.rest(['name', 'audience', 'team', ...(isPlaced(found?.field || '') ? [found?.field || ''] : [])]);
  return html`<${Dialog} title=${view ? 'Edit the view' : 'New view'} onClose=${onClose} wide=${true}><form onSubmit=${form.submit}>
    <${Field} label="Name" placeholder="Refunds that wait" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    <fieldset class="field"><legend>Show conversations for which</legend>
      <${ConditionsEditor} group=${values.filter} onChange=${(/** @type {any} */ filter) => set({ filter })} personal=${true} place="filter" error=${place} />
      <p class="view-finds" role="status">${!found ? 'Looking…' : found.words ? 'Finish the sentence to see what it finds.' : found.conversations.length ? html`Finds <bdi>${found.conversations.map((one) => one.contact.name).join(', ')}</bdi>${found.more ? ' and more' : ''}.` : 'Finds nothing at the moment.'}</p>
    </fieldset>
    ${shares ? html`<${Choice} label="For" value=${values.audience} onInput=${(/** @type {any} */ audience) => set({ audience })} options=${[['own', 'Me'], ...(teams?.length ? [['team', 'A team']] : []), ['all', 'Everybody']]} />` : null}
    ${error('audience') && html`<p class="field-error" role="alert">${error('audience')}</p>`}
    ${values.audience === 'team' ? html`<${Select} label="Team" value=${values.team} onInput=${(/** @type {string} */ team) => set({ team })} error=${error('team')} options=${[['', 'Choose a team'], ...(teams || []).map((one) => [one.uuid, one.name])]} />` : null}
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}
