// The saved views above the list: a row of buttons, each with what is open in it.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Menu } from '../parts/menu.js';
import { bind } from '../state/keys.js';
import { setFilter } from '../state/lists.js';
import { may } from '../state/people.js';
import { now, useDesk } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';
import { loadTools, take, toolsNow, useTools } from '../state/tools.js';
import { api, wordsFor } from '../state/wire.js';
import { ViewForm } from './view_form.js';

/** @typedef {import('../state/tools.js').View} View */

const COUNTS_DELAY_MS = 1500;

/** Opens a view, or leaves it for the usual list. @param {string} uuid */
export const openView = (uuid) => setFilter(uuid ? { view: uuid } : { view: '' });

/** @param {number} at */
function openNumber(at) {
  const view = toolsNow('views')[at];
  if (!view) return;
  openView(view.uuid);
  announce(`View ${view.name}, ${view.open} open`);
}

export function Views() {
  const { list } = useTools('views');
  const current = useDesk((state) => state.filter.view || '');
  const [editing, setEditing] = useState(/** @type {View|'new'|null} */ (null));
  const shares = useDesk(() => may('share'));
  useEffect(() => bind([
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => ({ keys: `g ${at}`, group: 'Go to', label: `View ${at}`, run: () => openNumber(at - 1), when: () => toolsNow('views').length >= at && now().route.name !== 'settings' })),
    { keys: 'g v', group: 'Go to', label: 'New view', run: () => setEditing('new'), when: () => now().route.name !== 'settings' },
    { keys: 'g 0', group: 'Go to', label: 'Out of the view', run: () => openView(''), when: () => !!now().filter.view && now().route.name !== 'settings' },
  ]), []);
  const conversations = useDesk((state) => state.conversations);
  const timer = useRef(/** @type {any} */ (0));
  // Whenever something changed, what is open in each is asked for again, a moment later.
  useEffect(() => { if (!timer.current && toolsNow('views').length) timer.current = setTimeout(() => { timer.current = 0; loadTools('views'); }, COUNTS_DELAY_MS); }, [conversations]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const view = list?.find((one) => one.uuid === current);
  // Deleted meanwhile, by whoever shared it.
  useEffect(() => { if (current && list && !view) openView(''); }, [current, list]);
  const mayEdit = view && (view.audience === 'own' ? view.mine : shares);
  const put = async (/** @type {string} */ words, /** @type {() => Promise<any>} */ call) => { try { await call(); await loadTools('views'); announce(words); } catch (error) { toast(wordsFor(error), { tone: 'bad' }); } };
  const kin = view ? (list || []).filter((one) => one.audience === view.audience) : [];
  const place = view ? kin.indexOf(view) : 0;
  const move = (/** @type {number} */ to) => view && put(`${view.name} is now ${to + 1} of ${kin.length}`, async () => take('views', (await api.put(`/views/${view.uuid}`, { position: to })).views));
  return html`<nav class="views ${list && !list.length ? 'is-empty' : ''}" aria-label="Views">
    ${(list || []).map((one) => html`<button type="button" key=${one.uuid} class="view" aria-pressed=${one.uuid === current ? 'true' : 'false'} title=${one.audience === 'own' ? 'Your view' : one.audience === 'team' ? 'View of a team' : 'View of everybody'} onClick=${() => openView(one.uuid === current ? '' : one.uuid)}>
      ${one.audience === 'own' ? null : html`<${Icon} name="users" size=${13} />`}<bdi>${one.name}</bdi>${one.open ? html` <span class="tab-count tabular">${one.open}<span class="quiet"> open</span></span>` : null}</button>`)}
    ${mayEdit && view ? html`<${Menu} buttonClass="icon-button is-small" name="Change the view ${view.name}" items=${[
        { label: 'Edit', icon: 'edit', run: () => setEditing(view) },
        ...(place > 0 ? [{ label: 'Move to the front', icon: 'back', run: () => { move(place - 1); } }] : []),
        ...(place < kin.length - 1 ? [{ label: 'Move to the back', icon: 'chevron_right', run: () => { move(place + 1); } }] : []),
        { label: 'Delete', icon: 'trash', danger: true, separated: true, run: () => { put(`${view.name} is deleted`, async () => { await api.del(`/views/${view.uuid}`); openView(''); }); } },
      ]} label=${html`<${Icon} name="more" size=${16} />`} />` : null}
    ${list && !list.length ? html`<button type="button" class="icon-button" aria-label="New view" title="New view: a list of your own (g v)" onClick=${() => setEditing('new')}><${Icon} name="filter" size=${18} /></button>` : html`<button type="button" class="icon-button is-small" aria-label="New view" title="New view (g v)" onClick=${() => setEditing('new')}><${Icon} name="plus" size=${16} /></button>`}
    ${editing ? html`<${ViewForm} view=${editing === 'new' ? null : editing} onClose=${() => setEditing(null)} onSaved=${(/** @type {string} */ uuid) => { setEditing(null); openView(uuid); }} />` : null}
  </nav>`;
}
