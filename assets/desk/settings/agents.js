// The team: who is in it, as what, and the links that let people in. One agent in full is in agent_form.js.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { AgentAvatar } from '../parts/avatars.js';
import { Confirm, Dialog } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { Menu } from '../parts/menu.js';
import { Code, Empty, Spinner, time, useTick } from '../parts/small.js';
import { useForm } from '../entry/form.js';
import { holdAgent, loadAgents, may, nameOf } from '../state/people.js';
import { isHere } from '../state/presence.js';
import { useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api, wordsFor } from '../state/wire.js';
import { AgentForm, roleBody, roleName, roleOptions } from './agent_form.js';
import { useRoles } from './roles.js';
import { PageFrame } from './settings.js';

/** @typedef {import('../state/types.js').Agent} Agent */

export function Agents() {
  const agents = useDesk((state) => state.agents);
  const me = useDesk((state) => state.agent);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState(/** @type {null | {agent: Agent, link: string, fresh: boolean, mailed?: boolean}} */ (null));
  const [suspending, setSuspending] = useState(/** @type {Agent|null} */ (null));
  const [failed, setFailed] = useState('');
  useTick();
  const load = () => loadAgents().then(() => setFailed('')).catch((error) => setFailed(wordsFor(error)));
  useEffect(() => { load(); }, []);
  const admin = may('people');
  const { roles } = useRoles();
  const [editing, setEditing] = useState(/** @type {Agent|null} */ (null));
  const list = Object.values(agents).sort((a, b) => Number(a.suspended) - Number(b.suspended) || Number(a.invited) - Number(b.invited) || nameOf(a).localeCompare(nameOf(b)));
  const edit = async (/** @type {Agent} */ agent, /** @type {any} */ patch, /** @type {string} */ done) => {
    try { holdAgent(await api.put(`/agents/${agent.uuid}`, patch)); toast(done); } catch (error) { toast(`${nameOf(agent)} was not changed. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  const newLink = async (/** @type {Agent} */ agent) => {
    try { const answer = await api.post(`/agents/${agent.uuid}/invitation`, {}); setLink({ agent, link: answer.link, mailed: answer.mailed, fresh: false }); } catch (error) { toast(`There is no new link. ${wordsFor(error)}`, { tone: 'bad' }); }
  };
  return html`<${PageFrame} title="Agents" lead="Everyone who answers here." actions=${admin && html`<button type="button" class="button is-primary" onClick=${() => setInviting(true)}><${Icon} name="user_plus" size=${18} /> Invite</button>`}>
    ${failed && !list.length ? html`<${Empty} icon="offline" title="The team did not load" action=${html`<button type="button" class="button" onClick=${load}>Try again</button>`}>${failed}<//>` : !list.length ? html`<div class="centred"><${Spinner} /></div>` : html`
    <ul class="cards" role="list">${list.map((agent) => html`<li key=${agent.uuid} class="card ${agent.suspended ? 'is-off' : ''}">
      <${AgentAvatar} agent=${agent} size=${40} presence=${!agent.suspended && !agent.invited} />
      <div class="card-main"><p class="card-title"><b>${nameOf(agent)}</b>${agent.uuid === me.uuid ? html` <span class="badge">You</span>` : null}${agent.suspended ? html` <span class="badge is-bad">Suspended</span>` : agent.invited ? html` <span class="badge is-warn">Invited</span>` : null}</p>
        <p class="card-sub">${agent.email}</p>
        <p class="card-sub">${agent.suspended ? 'Cannot sign in' : agent.invited ? 'Has not used the link yet' : agent.online ? (isHere(agent) ? 'Online' : 'Away') : agent.last_seen_at ? `Last here ${time.ago(agent.last_seen_at)}` : 'Not here yet'}</p></div>
      <span class="badge" dir="auto">${roleName(agent)}</span>${agent.two_factor ? html`<span class="badge is-good" title="Two-factor login is on"><${Icon} name="shield" size=${14} /><span class="quiet">Two-factor login is on</span></span>` : null}
      ${admin ? html`<button type="button" class="icon-button" aria-label="Edit ${nameOf(agent)}" title="Edit" onClick=${() => setEditing(agent)}><${Icon} name="edit" /></button>
        <${Menu} buttonClass="icon-button" name="More about ${nameOf(agent)}" align="end" label=${html`<${Icon} name="more" />`} items=${[
          { label: agent.invited ? 'New invitation link' : 'New password link', icon: 'link', run: () => newLink(agent) },
          ...(agent.uuid === me.uuid ? [] : [agent.suspended ? { label: 'Let in again', icon: 'check', run: () => edit(agent, { suspended: false }, `${nameOf(agent)} can sign in again`) } : { label: 'Suspend…', icon: 'lock', danger: true, separated: true, run: () => setSuspending(agent) }])]} />` : null}
    </li>`)}</ul>`}
    ${editing ? html`<${AgentForm} key=${editing.uuid} agent=${editing} roles=${roles} onClose=${() => setEditing(null)} />` : null}
    ${inviting && html`<${Invite} roles=${roles} onClose=${() => setInviting(false)} onDone=${(/** @type {any} */ answer) => { setInviting(false); holdAgent(answer.agent); setLink({ ...answer, fresh: true }); }} />`}
    ${link && html`<${Dialog} title=${link.fresh ? `${link.agent.first_name} is invited` : `A link for ${link.agent.first_name}`} onClose=${() => setLink(null)} actions=${html`<button type="button" class="button is-primary" onClick=${() => setLink(null)}>Done</button>`}>
      <p class="dialog-text">${link.mailed ? html`It is on its way to ${link.agent.email} by mail. Should it not arrive, here it is:` : html`Send this link to ${link.agent.email}.`} It works once; whoever opens it chooses the password.</p><${Code} text=${link.link} what="link" /><//>`}
    ${suspending && html`<${Confirm} title="Suspend ${nameOf(suspending)}?" danger=${true} yes="Suspend" text="They are signed out everywhere at once and cannot sign in. Open conversations go back to New. Their messages stay. You can let them in again at any time."
      onNo=${() => setSuspending(null)} onYes=${() => { const agent = suspending; setSuspending(null); edit(agent, { suspended: true }, `${nameOf(agent)} is suspended`); }} />`}
  <//>`;
}

/** @param {{roles: import('../state/types.js').CustomRole[]|null, onClose: () => void, onDone: (answer: any) => void}} props */
function Invite({ roles, onClose, onDone }) {
  const form = useForm({ email: '', first_name: '', last_name: '', role: 'agent' }, async ({ role, ...values }) => onDone(await api.post('/agents', { ...values, ...roleBody(role) })));
  const { values, set, error } = form;
  const rest = form.rest(['email', 'first_name', 'last_name', 'role', 'custom_role']);
  return html`<${Dialog} title="Invite an agent" onClose=${onClose}><form onSubmit=${form.submit}>
    <${Field} label="E-mail" type="text" inputmode="email" value=${values.email} onInput=${(/** @type {string} */ value) => set({ email: value })} error=${error('email')} focus=${true} required=${true} />
    <div class="field-pair"><${Field} label="First name" value=${values.first_name} onInput=${(/** @type {string} */ value) => set({ first_name: value })} error=${error('first_name')} required=${true} />
      <${Field} label="Last name" value=${values.last_name} onInput=${(/** @type {string} */ value) => set({ last_name: value })} error=${error('last_name')} optional=${true} /></div>
    <${Select} label="Role" value=${values.role} onInput=${(/** @type {string} */ value) => set({ role: value })} error=${error('role') || error('custom_role')} options=${roleOptions(roles)} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Inviting…' : 'Make the invitation'}</button></footer>
  </form><//>`;
}
