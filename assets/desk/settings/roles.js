// Roles: what agents with it may do, and whose conversations they see. A change counts at once, also for whoever is at work.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { AgentAvatar } from '../parts/avatars.js';
import { Confirm } from '../parts/dialog.js';
import { Field, Switch } from '../parts/field.js';
import { Empty, Spinner } from '../parts/small.js';
import { may, nameOf } from '../state/people.js';
import { go } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { announce, toast } from '../state/toasts.js';
import { api, fieldOf, wordsFor } from '../state/wire.js';
import { useGuard } from './guard.js';
import { PERMISSIONS, SCOPES, STOCK, permissionWords } from './permissions.js';
import { PageFrame, Part, mainUnless } from './settings.js';

/** @typedef {import('../state/types.js').CustomRole} CustomRole */
/** @typedef {{name: string, scope: string, permissions: string[]}} Draft */

/** All roles, when one may see them. */
export function useRoles() {
  const [roles, setRoles] = useState(/** @type {CustomRole[]|null} */ (null));
  const [failed, setFailed] = useState('');
  const load = () => api.get('/roles').then((answer) => { setRoles(answer.roles); setFailed(''); }).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { if (may('people')) load(); }, []);
  return { roles, failed, load };
}

const home = () => go({ name: 'settings', page: 'roles', id: '', tab: '' }, { replace: true });

/** @param {{id: string}} props */
export function Roles({ id }) {
  const { roles, failed, load } = useRoles();
  useEffect(() => { if (!id && may('people')) load(); }, [id]);
  const create = () => go({ name: 'settings', page: 'roles', id: 'new', tab: '' });
  const up = { label: 'Roles', page: 'roles' };
  if (!may('people')) return html`<${PageFrame} title="Roles"><${Empty} icon="lock" title="Your role does not show this">Who may edit people keeps the roles. Ask an admin.<//><//>`;
  if (id === 'new') return html`<${Editor} role=${null} />`;
  const role = id ? roles?.find((one) => one.uuid === id) : null;
  if (role) return html`<${Editor} key=${id} role=${role} />`;
  if (id && roles) return html`<${PageFrame} title="Roles" up=${up}><${Empty} icon="shield" title="There is no such role">It may have been removed.<//><//>`;
  return html`<${PageFrame} title="Roles" lead="Owners and admins may everything. Agents may answer and look after people, unless a role says otherwise." actions=${html`<button type="button" class=${mainUnless(roles)} onClick=${create}><${Icon} name="plus" size=${18} /> New role</button>`}>
    ${!roles ? (failed ? html`<${Empty} icon="offline" title="The roles did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : html`<div class="centred"><${Spinner} /></div>`)
      : !roles.length ? html`<${Empty} icon="shield" title="No roles of your own yet" action=${html`<button type="button" class="button is-primary" onClick=${create}>Make the first role</button>`}>For helpers on weekends, for a supervisor, for somebody who only reads the numbers.<//>`
      : html`<ul class="cards" role="list">${roles.map((one) => html`<li key=${one.uuid}><button type="button" class="card is-link" onClick=${() => go({ name: 'settings', page: 'roles', id: one.uuid, tab: '' })}>
          <span class="card-icon"><${Icon} name="shield" /></span><span class="card-main"><span class="card-title"><b dir="auto">${one.name}</b></span>
          <span class="card-sub">Sees ${(SCOPES.find(([scope]) => scope === one.scope) || SCOPES[0])[1].toLowerCase()} · may ${permissionWords(one.permissions)}</span></span>
          <span class="badge">${one.agents === 1 ? '1 agent' : `${one.agents} agents`}</span><${Icon} name="chevron_right" /></button></li>`)}</ul>`}
  <//>`;
}

/** @param {{role: CustomRole|null}} props */
function Editor({ role }) {
  const saved = useRef(/** @type {Draft} */ (role ? { name: role.name, scope: role.scope, permissions: role.permissions } : { name: '', scope: 'all', permissions: STOCK }));
  const [draft, setDraft] = useState(saved.current);
  const [wrong, setWrong] = useState({ field: '', words: '' });
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const mine = useDesk((state) => state.may);
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved.current);
  useGuard(dirty && !busy);
  const put = (/** @type {Partial<Draft>} */ patch) => { setWrong({ field: '', words: '' }); setDraft((held) => ({ ...held, ...patch })); };
  const turn = (/** @type {string} */ key, /** @type {boolean} */ on) => put({ permissions: PERMISSIONS.map(([one]) => one).filter((one) => (one === key ? on : draft.permissions.includes(one))) });
  const save = async () => {
    setBusy(true);
    try {
      if (role) await api.put(`/roles/${role.uuid}`, draft); else await api.post('/roles', draft);
      saved.current = draft;
      setDraft({ ...draft });
      toast(role ? 'Saved. It counts from now on.' : `${draft.name} is there. Give it to somebody under Agents.`);
      if (!role) setTimeout(home);
    } catch (error) { setWrong({ field: fieldOf(error), words: wordsFor(error) }); announce('Not saved'); } finally { setBusy(false); }
  };
  const remove = async () => {
    setAsking(false);
    try { await api.del(`/roles/${/** @type {CustomRole} */ (role).uuid}`); saved.current = draft; toast(`${draft.name} is removed`); home(); } catch (error) { toast(`Not removed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const error = (/** @type {string} */ field) => (wrong.field === field ? wrong.words : '');
  return html`<${PageFrame} title=${role ? role.name : 'New role'} up=${{ label: 'Roles', page: 'roles' }}>
    <${Part} title="Name"><${Field} label="Name of the role" placeholder="Weekend help" value=${draft.name} onInput=${(/** @type {string} */ name) => put({ name })} error=${error('name')} required=${true} focus=${!role} /><//>
    <${Part} title="What they see" lead="In lists, in search, in reports, and live.">
      <fieldset class="field"><legend class="quiet">What they see</legend>${SCOPES.map(([scope, label, words]) => html`<label key=${scope} class="option ${draft.scope === scope ? 'is-on' : ''}"><input type="radio" name="scope" value=${scope} checked=${draft.scope === scope} onChange=${() => put({ scope })} /><span><b>${label}</b><small>${words}</small></span></label>`)}</fieldset>
    <//>
    <${Part} title="What they may do">
      ${PERMISSIONS.some(([key]) => !mine.includes(key)) ? html`<p class="permission-note">You can give only what you have yourself.</p>` : null}
      ${PERMISSIONS.map(([key, label, words]) => html`<div key=${key} class="permission"><${Switch} label=${label} hint=${words} on=${draft.permissions.includes(key)} disabled=${!mine.includes(key)} onChange=${(/** @type {boolean} */ on) => turn(key, on)} /></div>`)}
    <//>
    ${role ? html`<${Members} role=${role} /><${Part} title="Remove"><button type="button" class="button is-danger-quiet" onClick=${() => setAsking(true)}><${Icon} name="trash" size=${16} /> Remove this role…</button><//>` : null}
    ${dirty || wrong.words || !role ? html`<div class="save-bar ${wrong.words ? 'is-wrong' : ''}"><span class="save-words" role=${wrong.words ? 'alert' : 'status'}>${wrong.words ? `Not saved. ${wrong.field === 'name' ? '' : wrong.words}` : role ? 'Unsaved changes' : 'Not saved yet'}</span>
      <button type="button" class="button" disabled=${busy} onClick=${() => { setDraft(saved.current); setWrong({ field: '', words: '' }); if (!role) setTimeout(home); }}>${role ? 'Discard' : 'Cancel'}</button>
      <button type="button" class="button is-primary" disabled=${busy} onClick=${save}>${busy ? 'Saving…' : 'Save'}</button></div>` : null}
    ${asking ? html`<${Confirm} title="Remove ${draft.name}?" danger=${true} yes="Remove" text="A role that somebody has cannot be removed; give them another one first." onYes=${remove} onNo=${() => setAsking(false)} />` : null}
  <//>`;
}

/** @param {{role: CustomRole}} props */
function Members({ role }) {
  const members = useDesk((state) => Object.values(state.agents).filter((agent) => agent.custom_role?.uuid === role.uuid));
  return html`<${Part} title="Who has it">${members.length ? html`<ul class="people" role="list">${members.map((agent) => html`<li key=${agent.uuid} class="person"><${AgentAvatar} agent=${agent} size=${26} /><span>${nameOf(agent)}</span></li>`)}</ul>`
    : html`<p class="empty-line">Nobody yet. Choose it for somebody under Agents.</p>`}<//>`;
}
