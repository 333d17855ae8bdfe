// Macros: what one writes every day, written once; with what it does beside.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm } from '../parts/dialog.js';
import { actionWords, useKnown } from '../parts/actions_editor.js';
import { Empty, Spinner } from '../parts/small.js';
import { may } from '../state/people.js';
import { now, useDesk } from '../state/store.js';
import { loadTools, useTools } from '../state/tools.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { MacroForm } from './macro_form.js';
import { PageFrame, mainUnless } from './settings.js';

/** @typedef {import('../state/tools.js').Macro} Macro */

/** @type {Record<string, string>} */
export const AUDIENCES = { own: 'Only me', team: 'A team', all: 'Everybody' };

export function Macros() {
  const { list, failed, again } = useTools('macros');
  useEffect(() => { loadTools('macros'); }, []);
  const known = useKnown();
  const shares = useDesk(() => may('share'));
  const teams = useDesk((state) => state.teams);
  const [q, setQ] = useState('');
  const [editing, setEditing] = useState(/** @type {Macro|'new'|null} */ (null));
  const [removing, setRemoving] = useState(/** @type {Macro|null} */ (null));
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (list || []).filter((one) => words.every((word) => `${one.name} ${one.shortcut} ${one.body}`.toLowerCase().includes(word.replace(/^\//, ''))));
  const remove = async (/** @type {Macro} */ one) => {
    setRemoving(null);
    try { await api.del(`/macros/${one.uuid}`); await loadTools('macros'); toast(`${one.name} is removed`); } catch (error) { toast(`${one.name} was not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const mayEdit = (/** @type {Macro} */ one) => (one.audience === 'own' ? one.mine : shares);
  const who = (/** @type {Macro} */ one) => (one.audience === 'team' ? (teams || []).find((team) => team.uuid === one.team)?.name || 'A team' : AUDIENCES[one.audience]);
  const create = () => setEditing('new');
  return html`<${PageFrame} title="Macros" lead="Answers you give every day, and what goes with them: tag, assign, resolve. In the box for writing, type / to find one."
      actions=${html`<button type="button" class=${mainUnless(list)} onClick=${create}><${Icon} name="plus" size=${18} /> New macro</button>`}>
    ${!list ? (failed ? html`<${Empty} icon="offline" title="The macros did not load" action=${html`<button type="button" class="button" onClick=${again}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !list.length ? html`<${Empty} icon="note" title="No macros yet" action=${html`<button type="button" class="button is-primary" onClick=${create}>Write the first macro</button>`}>Begin with the question that comes every day. Or save an answer from the box where you write it.<//>`
      : html`
        <div class="search macro-search"><${Icon} name="search" size=${18} /><input type="search" aria-label="Find a macro" placeholder="Find a macro" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)} /></div>
        <p class="quiet" role="status">${q ? `${found.length} found` : ''}</p>
        ${found.length ? html`<ul class="cards" role="list">${found.map((one) => html`<li key=${one.uuid} class="card macro-card">
          <div class="card-main"><p class="card-title"><b dir="auto">${one.name}</b>${one.shortcut ? html` <code dir="ltr">/${one.shortcut}</code>` : null} <span class="badge">${who(one)}</span>${one.is_note ? html` <span class="badge is-warn">Note</span>` : null}</p>
            ${one.body ? html`<p class="card-sub macro-text" dir="auto">${one.body}</p>` : null}
            <p class="macro-does">${one.actions.length ? `Also: ${one.actions.map((action) => actionWords(action, known)).join(', ')} · ` : ''}${one.uses === 0 ? 'Not used yet' : one.uses === 1 ? 'Used once' : `Used ${one.uses} times`}</p></div>
          ${mayEdit(one) ? html`<span class="card-buttons"><button type="button" class="icon-button" aria-label="Edit ${one.name}" title="Edit" onClick=${() => setEditing(one)}><${Icon} name="edit" /></button><button type="button" class="icon-button" aria-label="Remove ${one.name}" title="Remove" onClick=${() => setRemoving(one)}><${Icon} name="trash" /></button></span>` : null}</li>`)}</ul>`
          : html`<${Empty} icon="search" title="Nothing fits “${q}”">Names, shortcuts and texts are searched.<//>`}`}
    ${editing ? html`<${MacroForm} one=${editing === 'new' ? null : editing} shares=${shares} conversation=${lastSeen()} onClose=${() => setEditing(null)} />` : null}
    ${removing ? html`<${Confirm} title="Remove ${removing.name}?" danger=${true} yes="Remove" text="What was sent with it stays." onYes=${() => remove(removing)} onNo=${() => setRemoving(null)} />` : null}
  <//>`;
}

/** A conversation to try placeholders in: the one with the newest message. */
const lastSeen = () => Object.values(now().conversations).sort((a, b) => b.last_message_at - a.last_message_at)[0]?.uuid || '';
