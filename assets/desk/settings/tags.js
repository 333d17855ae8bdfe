// Tags: the words conversations are ordered by. Renamed, recoloured, two made one, removed; and whether one is needed to resolve.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { useForm } from '../entry/form.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Field, Select, Switch } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { TagChip } from '../parts/tag_chip.js';
import { setFilter } from '../state/lists.js';
import { may } from '../state/people.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { loadTools, take, useTools } from '../state/tools.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { fullHex } from './colour.js';
import { PageFrame, mainUnless } from './settings.js';

/** @typedef {import('../state/tools.js').Tag} Tag */

/** @param {number} count */
const uses = (count) => (count === 0 ? 'Not used' : count === 1 ? '1 conversation' : `${count >= 10000 ? 'More than 10,000' : count} conversations`);

export function Tags() {
  const { list, failed, again } = useTools('tags');
  // The numbers grow elsewhere: this page asks anew each time it is opened.
  useEffect(() => { loadTools('tags'); }, []);
  const shares = useDesk(() => may('share'));
  const [editing, setEditing] = useState(/** @type {Tag|'new'|null} */ (null));
  const [merging, setMerging] = useState(/** @type {Tag|null} */ (null));
  const [removing, setRemoving] = useState(/** @type {Tag|null} */ (null));
  const remove = async (/** @type {Tag} */ tag) => {
    setRemoving(null);
    try { await api.del(`/tags/${tag.uuid}`); await loadTools('tags'); toast(`${tag.name} is removed`); } catch (error) { toast(`${tag.name} was not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const show = (/** @type {Tag} */ tag) => { setFilter({ box: 'all', status: 'open', inbox: '', kind: '', tag: tag.uuid }); go({ name: 'conversations', conversation: '' }); };
  return html`<${PageFrame} title="Tags" lead="What a conversation was about, in a word or two. Agents put them on with the key t; lists, rules and reports go by them."
      actions=${shares && html`<button type="button" class=${mainUnless(list)} onClick=${() => setEditing('new')}><${Icon} name="plus" size=${18} /> New tag</button>`}>
    <${Required} />
    ${!list ? (failed ? html`<${Empty} icon="offline" title="The tags did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !list.length ? html`<${Empty} icon="tag" title="No tags yet" action=${shares && html`<button type="button" class="button is-primary" onClick=${() => setEditing('new')}>Make the first tag</button>`}>Refund, shipping, praise: begin with the three things people write most about.<//>`
      : html`<ul class="cards" role="list">${list.map((tag) => html`<li key=${tag.uuid} class="card tag-card">
          <span class="card-main"><${TagChip} tag=${tag} /></span>
          <button type="button" class="link-button tabular" onClick=${() => show(tag)} aria-label="${uses(tag.uses || 0)} with ${tag.name}: show the open ones">${uses(tag.uses || 0)}</button>
          ${shares ? html`<span class="card-buttons"><button type="button" class="icon-button" aria-label="Edit ${tag.name}" title="Edit" onClick=${() => setEditing(tag)}><${Icon} name="edit" /></button>
            ${list.length > 1 ? html`<button type="button" class="icon-button" aria-label="Merge ${tag.name} into another tag" title="Merge into another" onClick=${() => setMerging(tag)}><${Icon} name="link" /></button>` : null}
            <button type="button" class="icon-button" aria-label="Remove ${tag.name}" title="Remove" onClick=${() => setRemoving(tag)}><${Icon} name="trash" /></button></span>` : null}</li>`)}</ul>`}
    ${editing ? html`<${TagForm} tag=${editing === 'new' ? null : editing} onClose=${() => setEditing(null)} />` : null}
    ${merging ? html`<${MergeForm} tag=${merging} others=${(list || []).filter((tag) => tag.uuid !== merging.uuid)} onClose=${() => setMerging(null)} />` : null}
    ${removing ? html`<${Confirm} title="Remove ${removing.name}?" danger=${true} yes="Remove" text=${`${uses(removing.uses || 0)}${removing.uses ? ' lose it. To keep them together, merge it into another tag instead.' : '.'}`} onYes=${() => remove(removing)} onNo=${() => setRemoving(null)} />` : null}
  <//>`;
}

/** A setting of the whole house. */
function Required() {
  const [on, setOn] = useState(/** @type {boolean|null} */ (null));
  const allowed = useDesk(() => may('settings'));
  useEffect(() => { api.get('/house').then((answer) => setOn(!!answer.house.tag_required)).catch(() => { /* without it the switch is not shown */ }); }, []);
  if (on === null || !allowed) return null;
  const turn = async (/** @type {boolean} */ next) => {
    setOn(next);
    try { await api.put('/house', { tag_required: next }); } catch (error) { setOn(!next); toast(`Not saved. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<div class="tag-required"><${Switch} label="Ask for a tag before resolving" hint="Without one, the desk asks what it was about, right where somebody resolves." on=${on} onChange=${turn} /></div>`;
}

/** @param {{tag: Tag|null, onClose: () => void}} props */
function TagForm({ tag, onClose }) {
  const form = useForm({ name: tag?.name || '', color: tag?.color || '#0f6b66' }, async (values) => {
    const answer = tag ? await api.put(`/tags/${tag.uuid}`, values) : await api.post('/tags', values);
    take('tags', answer.tags);
    onClose();
    toast(tag ? 'Saved' : `${values.name} is there`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['name', 'color']);
  return html`<${Dialog} title=${tag ? 'Edit the tag' : 'New tag'} onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="Name" placeholder="Refund" value=${values.name} onInput=${(/** @type {string} */ name) => set({ name })} error=${error('name')} required=${true} focus=${true} />
    <${Field} label="Colour" hint="What is written on it is black or white, whichever can be read." value=${values.color} mono=${true} onInput=${(/** @type {string} */ color) => set({ color })} error=${error('color')}
      after=${html`<input type="color" class="color-well" aria-label="Choose the colour" value=${fullHex(values.color)} onInput=${(/** @type {any} */ event) => set({ color: event.currentTarget.value })} />`} />
    <p class="tag-chosen"><${TagChip} tag=${{ name: values.name || 'Refund', color: fullHex(values.color) }} /></p>
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}

/** @param {{tag: Tag, others: Tag[], onClose: () => void}} props */
function MergeForm({ tag, others, onClose }) {
  const form = useForm({ into: others[0]?.uuid || '' }, async (values) => {
    const answer = await api.post(`/tags/${tag.uuid}/merge`, values);
    take('tags', answer.tags);
    onClose();
    toast(`${tag.name} is now ${others.find((one) => one.uuid === values.into)?.name}`);
  });
  const rest = form.rest(['into']);
  return html`<${Dialog} title="Merge ${tag.name}" onClose=${onClose}><form onSubmit=${form.submit}>
    <p class="dialog-text">Every conversation, macro, rule and view that has <b>${tag.name}</b> gets the other tag, and ${tag.name} is gone. This cannot be undone.</p>
    <${Select} label="Becomes" value=${form.values.into} onInput=${(/** @type {string} */ into) => form.set({ into })} error=${form.error('into')} options=${others.map((one) => /** @type {[string, string]} */ ([one.uuid, one.name]))} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-danger" disabled=${form.busy}>${form.busy ? 'Merging…' : 'Merge'}</button></footer>
  </form><//>`;
}
