// The people who answer, as a row of small faces.

import { h, html } from '../vendor/preact.js';
import { Avatar } from '../shared/avatar.js';

const FACES_MAX = 4;

/** @param {{chat: import('./chat.js').Chat, size: number}} props */
export function Faces({ chat, size }) {
  const team = chat.state.settings.team?.agents || [];
  if (!team.length) return null;
  return html`<div class="faces">${team.slice(0, FACES_MAX).map((/** @type {any} */ agent) => h(Avatar, { name: agent.first_name, url: agent.avatar_url, tint: agent.tint, size }))}</div>`;
}
