// What a conversation has to ask before or beside the words themselves. Pure, so that the forms come only where they are wanted.

import { plainOf } from '../shared/html.js';
import { wantsAddress } from './availability.js';

const DEFAULT_KEYS = ['name', 'email', 'phone'];

/** Which questions of the form this person still has to be asked. Who has a session already told name and address. @param {import('./chat.js').State} state @returns {any[]} */
export function fieldsToAsk(state) {
  const form = state.settings.prechat_form;
  if (!form?.enabled || !Array.isArray(form.fields)) return [];
  return form.fields.filter((/** @type {any} */ field) => field.enabled !== false && !(state.session && (field.is_default || DEFAULT_KEYS.includes(field.key)))).sort((/** @type {any} */ a, /** @type {any} */ b) => (a.order || 0) - (b.order || 0));
}

/** Instead of the composer: a form that takes an address too. @param {import('./chat.js').State} state */
export const wantsAway = (state) => wantsAddress(state.settings, buttonOf(state)) && !state.signed && !state.form?.email;

/** The start button that was pressed. @param {import('./chat.js').State} state */
const buttonOf = (state) => state.settings.home_buttons?.find((/** @type {any} */ one) => one.id === state.button);

/** What the chosen start button says first, shown before anything is sent; afterwards it is a message like any other. @param {import('./chat.js').State} state */
export function openingOf(state) {
  const button = buttonOf(state);
  if (!button?.opening_html) return null;
  const text = plainOf(button.opening_html);
  return { uuid: 'opening', seq: 0, at: Date.now(), echo_id: null, mine: false, from: 'opening', name: state.settings.brand_name, avatar: state.settings.logo_url || null, tint: null, kind: 'message', html: button.opening_html, text, attachments: [], meta: {} };
}

/** The key of the row after which something happened: everybody left, somebody joined. @param {{uuid: string, after: number}|null} mark @param {string} chat @param {import('../shared/timeline.js').Timeline} timeline @returns {string|null} */
export function rowAfter(mark, chat, timeline) {
  const last = mark?.uuid === chat ? timeline.stored.filter((entry) => entry.seq <= mark.after).pop() : null;
  return last ? last.echo_id || last.uuid : null;
}

/**
 * After which message the question for an address stands: the first own one, or the last one before everybody left.
 * @param {import('./chat.js').State} state @param {import('../shared/timeline.js').Timeline} timeline @param {boolean} [waits] nobody has the conversation @returns {string|null} the key of its row
 */
export function wantsContact(state, timeline, waits = false) {
  const { settings, contact, session, signed, left, user, claims } = state;
  const own = timeline.stored.filter((entry) => entry.mine && entry.kind !== 'activity');
  // Whoever the page signed in is known; whoever told us here sees what we know.
  if (!session || !own.length || (signed && !contact?.email)) return null;
  // The page, or the contact itself, says where an answer arrives: nobody is asked again.
  if (!contact?.email && (user?.email || claims?.email)) return null;
  if (left && !contact?.email) return rowAfter(left, state.chat, timeline);
  // It waits and nobody is here: an address brings the answer.
  const alone = waits && settings.availability?.online === false;
  if (!(settings.contact_prompt || alone) || contact?.skipped) return null;
  return own[0].echo_id || own[0].uuid;
}
