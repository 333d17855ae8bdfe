// Handing a conversation over: to whom, and a word that only people inside read.

import { html, useEffect } from '../../vendor/preact.js';
import { Dialog } from '../parts/dialog.js';
import { Field, Select } from '../parts/field.js';
import { useForm } from '../entry/form.js';
import { nameOf } from '../state/people.js';
import { isHere } from '../state/presence.js';
import { transfer } from '../state/queue.js';
import { change, useDesk } from '../state/store.js';
import { toast } from '../state/toasts.js';
import { api } from '../state/wire.js';

/** @param {{uuid: string, onClose: () => void}} props */
export function TransferDialog({ uuid, onClose }) {
  const one = useDesk((state) => state.conversations[uuid]);
  const agents = useDesk((state) => state.agents);
  const me = useDesk((state) => state.agent);
  const teams = useDesk((state) => state.teams);
  useEffect(() => { if (!teams) api.get('/teams').then((answer) => change({ teams: answer.teams })).catch(() => { /* people are there without them */ }); }, []);
  const form = useForm({ to: '', note: '' }, async ({ to, note }) => {
    const [kind, whom] = to.split(' ');
    if (!whom) { form.fail('to', 'Choose a colleague or a team.'); return; }
    const given = await transfer(uuid, kind === 'team' ? { team: whom } : { agent: whom }, note);
    onClose();
    const name = given.assignee ? nameOf(given.assignee) : `the team ${given.team?.name}`;
    toast(`${given.contact.name} is with ${name} now`);
  });
  const { values, set, error } = form;
  const others = Object.values(agents).filter((agent) => !agent.suspended && !agent.invited && agent.uuid !== one.assignee?.uuid)
    .sort((a, b) => Number(isHere(b)) - Number(isHere(a)) || nameOf(a).localeCompare(nameOf(b)));
  /** @type {[string, string][]} */
  const choices = [['', 'Choose…'],
    ...others.map((agent) => /** @type {[string, string]} */ ([`agent ${agent.uuid}`, `${agent.uuid === me.uuid ? 'Me' : nameOf(agent)} · ${isHere(agent) ? 'online' : agent.online ? 'away' : 'offline'}`])),
    ...(teams || []).map((team) => /** @type {[string, string]} */ ([`team ${team.uuid}`, `Team ${team.name} · ${team.online ? 'somebody is here' : 'nobody is here'}`]))];
  const rest = form.rest(['to', 'agent', 'team', 'note']);
  return html`<${Dialog} title="Hand over ${one.contact.name}" onClose=${onClose}><form onSubmit=${form.submit}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.submit(event); }}>
    <${Select} label="To" value=${values.to} onInput=${(/** @type {string} */ to) => set({ to })} error=${error('to') || error('agent') || error('team')} options=${choices} />
    <${Field} label="A word for whoever gets it" hint="A note in the thread. The visitor does not see it." rows=${4} optional=${true} value=${values.note} onInput=${(/** @type {string} */ note) => set({ note })} error=${error('note')} />
    ${rest && html`<p class="form-error" role="alert">${rest}</p>`}
    <footer class="dialog-actions"><button type="button" class="button" onClick=${onClose}>Cancel</button><button class="button is-primary" disabled=${form.busy}>${form.busy ? 'Handing over…' : 'Hand over'}</button></footer>
  </form><//>`;
}
