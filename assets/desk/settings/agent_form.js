// One agent: name, role, how much and when, the second factor, and where they are signed in.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { useForm } from '../entry/form.js';
import { holdAgent, nameOf } from '../state/people.js';
import { now } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { useHours } from './directory.js';
import { SessionList, useSessions } from './sessions.js';

/** @typedef {import('../state/types.js').Agent} Agent */
/** @typedef {import('../state/types.js').CustomRole} CustomRole */

/** @type {[string, string, string][]} */
export const ROLES = [['owner', 'Owner', 'everything, also other owners'], ['admin', 'Admin', 'inboxes, agents and all settings'], ['agent', 'Agent', 'conversations and people']];

/** The choices of a role: the fixed ones, and the house's own behind their id. @param {CustomRole[]|null} roles @returns {[string, string][]} */
export function roleOptions(roles) {
  const { role } = now().agent;
  const fixed = ROLES.filter(([key]) => (key === 'owner' ? role === 'owner' : key === 'admin' ? role !== 'agent' : true)).reverse().map(([key, label, words]) => /** @type {[string, string]} */ ([key, `${label}: ${words}`]));
  return [...fixed, ...(roles || []).map((one) => /** @type {[string, string]} */ ([one.uuid, one.name]))];
}

/** What travels for such a choice. @param {string} value */
export const roleBody = (value) => (ROLES.some(([key]) => key === value) ? { role: value, custom_role: null } : { role: 'agent', custom_role: value });

/** @param {Agent} agent */
export const roleName = (agent) => agent.custom_role?.name || (ROLES.find(([key]) => key === agent.role) || ROLES[2])[1];

/** @param {{agent: Agent, roles: CustomRole[]|null, onClose: () => void}} props */
export function AgentForm({ agent, roles, onClose }) {
  const { hours } = useHours();
  const start = { first_name: agent.first_name, last_name: agent.last_name, role: agent.custom_role?.uuid || agent.role, open_max: String(agent.open_max ?? 6), work_hours: agent.work_hours || '' };
  const form = useForm(start, async (values) => {
    const open_max = Number(values.open_max);
    if (!/^\d+$/.test(values.open_max.trim())) { form.fail('open_max', 'A number, 0 to 100.'); return; }
    const body = { first_name: values.first_name, last_name: values.last_name, open_max, work_hours: values.work_hours || null, ...(values.role === start.role ? {} : roleBody(values.role)) };
    holdAgent(await api.put(`/agents/${agent.uuid}`, body));
    onClose();
    toast(`${nameOf({ ...agent, ...body })} is saved`);
  });
  const { values, set, error } = form;
  const rest = form.rest(['first_name', 'last_name', 'custom_role', 'open_max', 'work_hours']);
  return html`<${Dialog} title=${nameOf(agent)} wide=${true} onClose=${onClose}><form onSubmit=${form.submit}>
    <div class="field-pair"><${Field} label="First name" value=${values.first_name} onInput=${(/** @type {string} */ value) => set({ first_name: value })} error=${error('first_name')} required=${true} focus=${true} />
      <${Field} label="Last name" value=${values.last_name} onInput=${(/** @type {string} */ value) => set({ last_name: value })} error=${error('last_name')} optional=${true} /></div>
    <${Select} label="Role" hint=${agent.uuid === now().agent.uuid ? '' : 'Another role signs them out, so that they begin anew with it.'} value=${values.role} onInput=${(/** @type {string} */ value) => set({ role: value })} error=${error('custom_role')} options=${roleOptions(roles)} />
    <div class="field-pair"><${Field} label="Conversations at once" hint="So many open ones are given by themselves; 0 gives none." inputmode="numeric" value=${values.open_max} onInput=${(/** @type {string} */ value) => set({ open_max: value })} error=${error('open_max')} />
      <${Select} label="Working hours" hint="Outside of them nothing is given by itself." value=${values.work_hours} onInput=${(/** @type {string} */ value) => set({ work_hours: value })} error=${error('work_hours')} options=${[['', 'Whenever they are here'], ...(hours || []).map((one) => /** @type {[string, string]} */ ([one.uuid, one.name]))]} /></div>
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <${Devices} agent=${agent} />
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Saving…' : 'Save'}</button></footer>
  </form><//>`;
}

/** @param {{agent: Agent}} props */
function Devices({ agent }) {
  const path = `/agents/${agent.uuid}`;
  const { list, failed, load } = useSessions(`${path}/sessions`);
  const [asking, setAsking] = useState(/** @type {''|'sessions'|'two-factor'} */ (''));
  const [on, setOn] = useState(!!agent.two_factor);
  const me = agent.uuid === now().agent.uuid;
  const act = async (/** @type {'sessions'|'two-factor'} */ what, /** @type {string} */ done) => {
    setAsking('');
    try { await api.del(`${path}/${what}`); toast(done); if (what === 'two-factor') setOn(false); } catch (error) { toast(`Nothing was changed. ${wordsFor(error)}`, { tone: 'bad' }); }
    load();
  };
  const name = nameOf(agent);
  return html`<section class="field" aria-label="Signed in"><p class="field-name">Signed in</p>
    <p class="secret-state"><span class="badge ${on ? 'is-good' : ''}"><${Icon} name="shield" size=${14} /> Two-factor login ${on ? 'on' : 'off'}</span>
      ${on && !me ? html` <button type="button" class="button is-small" onClick=${() => setAsking('two-factor')}>Remove a lost one…</button>` : null}</p>
    <${SessionList} list=${list} failed=${failed} again=${load} />
    ${list?.length && !me ? html`<button type="button" class="button is-small" onClick=${() => setAsking('sessions')}>Sign out everywhere…</button>` : null}
    ${asking === 'sessions' ? html`<${Confirm} title="Sign ${name} out everywhere?" danger=${true} yes="Sign out" text="They have to sign in again. What they were writing stays in their browser." onYes=${() => act('sessions', `${name} is signed out everywhere`)} onNo=${() => setAsking('')} />` : null}
    ${asking === 'two-factor' ? html`<${Confirm} title="Remove the second factor of ${name}?" danger=${true} yes="Remove" text="Only when the phone and the recovery codes are lost, and you are sure who asks you. Their password alone lets them in; they are signed out everywhere." onYes=${() => act('two-factor', `${name} signs in with the password alone now`)} onNo=${() => setAsking('')} />` : null}
  </section>`;
}
