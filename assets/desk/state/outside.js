// People outside, as far as they are not part of a thread: fields, notes, bans, who is on the site now.

import { change, now } from './store.js';
import { api } from './wire.js';

/** Whether the signed-in agent's role allows something. @param {string[]} may @param {string} permission */
export const mayI = (may, permission) => may.includes(permission);

/** What the team keeps; asked for once, held until somebody changes it. */
export async function loadFields() {
  const { fields } = await api.get('/fields');
  change({ fields });
}

export async function loadOnlookers() {
  const { visitors } = await api.get('/visitors');
  change({ onlookers: visitors });
}

/** A frame about people outside. @param {string} type @param {any} data */
export function heardOutside(type, data) {
  const { fields, onlookers } = now();
  if (type === 'field' && fields) loadFields().catch(() => { /* asked again where they are shown */ });
  else if (type === 'ban') change(({ bans }) => ({ bans: bans + 1 }));
  else if (type === 'visitor' && onlookers) change({ onlookers: [data, ...onlookers.filter((one) => one.id !== data.id)].sort((a, b) => b.since - a.since) });
  else if (type === 'visitor_gone' && onlookers) change({ onlookers: onlookers.filter((one) => one.id !== data.id) });
}

/** @param {import('./types.js').Contact} contact */
export const holdContact = (contact) => change((state) => ({ contacts: { ...state.contacts, [contact.uuid]: contact } }));
