// People of the desk as avatars: the tint comes from the server, so that everyone sees the same colour.

import { html } from '../../vendor/preact.js';
import { Avatar } from '../../shared/avatar.js';
import { nameOf } from '../state/people.js';
import { isHere } from '../state/presence.js';

/** @param {{agent: any, size?: number, presence?: boolean}} props */
export const AgentAvatar = ({ agent, size = 24, presence = false }) => html`<${Avatar} name=${nameOf(agent)} tint=${agent.avatar_tint} size=${size} online=${presence ? isHere(agent) : null} />`;

/** @param {{contact: any, size?: number, presence?: boolean}} props */
export const ContactAvatar = ({ contact, size = 36, presence = true }) => html`<${Avatar} name=${contact.name} tint=${contact.avatar_tint} size=${size} online=${presence ? contact.online : null} />`;
