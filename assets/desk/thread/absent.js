// Whoever has it is not here: said above the messages, with one click to take over.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { assign } from '../state/actions.js';
import { isHere } from '../state/presence.js';
import { useDesk } from '../state/store.js';

/** @param {{uuid: string}} props */
export function Absent({ uuid }) {
  const one = useDesk((state) => state.conversations[uuid]);
  const holder = useDesk((state) => (one?.assignee ? state.agents[one.assignee.uuid] : null));
  const me = useDesk((state) => state.agent);
  if (!one || !holder || one.status === 'resolved' || holder.uuid === me.uuid || isHere(holder)) return null;
  return html`<div class="absent" role="status"><${Icon} name="moon" size=${16} /><span><b>${holder.first_name}</b> is ${holder.online ? 'away' : 'offline'}.</span>
    <button type="button" class="button is-small" onClick=${() => assign(uuid, me)}>Take over</button></div>`;
}
