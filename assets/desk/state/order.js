// Putting conversations in order by hand: tags, priority, a status in the house's own words, several at once. As in actions.js: shown at
// once, settled by the answer, taken back with words when refused.

import { optimistic, STATUS_WORDS } from './actions.js';
import { PRIORITY_WORDS } from './kinds.js';
import { keep } from './lists.js';
import { now } from './store.js';
import { announce, toast } from './toasts.js';
import { api, wordsFor } from './wire.js';

/** @typedef {import('./tools.js').Tag} Tag */
/** @typedef {import('./tools.js').Action} Action */

/** The whole set of a conversation. @param {string} uuid @param {Tag[]} tags */
export async function setTags(uuid, tags) {
  const name = now().conversations[uuid]?.contact.name;
  const shown = tags.map(({ uuid: id, name: called, color }) => ({ uuid: id, name: called, color })).sort((a, b) => a.name.localeCompare(b.name));
  const ok = await optimistic(uuid, { tags: shown }, () => api.put(`/conversations/${uuid}/tags`, { tags: tags.map((tag) => tag.uuid) }), `The tags of ${name} stay as they were.`);
  if (ok) announce(shown.length ? `Tags: ${shown.map((tag) => tag.name).join(', ')}` : 'No tags');
  return ok;
}

/** @param {string} uuid @param {null|'low'|'medium'|'high'} priority */
export async function setPriority(uuid, priority) {
  const name = now().conversations[uuid]?.contact.name;
  const ok = await optimistic(uuid, { priority }, () => api.put(`/conversations/${uuid}/priority`, { priority }), `The priority of ${name} stays as it was.`);
  if (ok) announce(priority ? `${PRIORITY_WORDS[priority]} priority` : 'No priority');
}

/** @param {string} uuid @param {import('./tools.js').OwnStatus} status */
export async function setOwnStatus(uuid, status) {
  const before = now().conversations[uuid];
  if (!before) return;
  const patch = { status: status.category, custom_status: { uuid: status.uuid, name: status.name, category: status.category }, snoozed_until: null, ...(status.category === 'resolved' ? { waiting_since: null } : {}) };
  const ok = await optimistic(uuid, patch, () => api.put(`/conversations/${uuid}/status`, { custom_status: status.uuid }), `${before.contact.name} is still ${STATUS_WORDS[before.status].toLowerCase()}.`);
  if (ok) announce(`${before.contact.name}: ${status.name}`);
}

/** One conversation, or so many. @param {number} count */
const some = (count) => (count === 1 ? '1 conversation' : `${count} conversations`);

/**
 * The same to several. What was done can be taken back in one go; what was refused is said once, in words.
 * @param {string[]} uuids @param {Action[]} actions @param {string} done as in "Assigned"
 */
export async function bulk(uuids, actions, done) {
  let answers;
  try {
    ({ answers } = await api.post('/conversations/bulk', { conversations: uuids, actions }));
  } catch (error) {
    toast(`Nothing was changed. ${wordsFor(error)}`, { tone: 'bad' });
    return false;
  }
  keep(answers.map((/** @type {any} */ one) => one.now).filter(Boolean));
  const changed = answers.filter((/** @type {any} */ one) => one.ok && one.changed);
  const refused = answers.filter((/** @type {any} */ one) => !one.ok);
  const untagged = refused.filter((/** @type {any} */ one) => one.error.code === 'tag_required').map((/** @type {any} */ one) => one.conversation);
  if (untagged.length) askForTag(untagged, (tag) => bulk(untagged, [{ do: 'tag', value: tag.uuid }, ...actions], done));
  else if (refused.length) toast(`${some(refused.length)} stayed as before. ${refused[0].error.message}`, { tone: 'bad' });
  const undone = changed.filter((/** @type {any} */ one) => one.undo.length);
  if (changed.length) toast(`${done}: ${some(changed.length)}`, undone.length ? { action: { label: 'Undo', run: () => takeBack(undone) } } : {});
  else if (!refused.length) toast(`${some(uuids.length)}: nothing to change`);
  return !refused.length;
}

/** Each gets back what it had; those that had the same go in one call. @param {{conversation: string, undo: Action[]}[]} answers */
async function takeBack(answers) {
  /** @type {Map<string, string[]>} */ const groups = new Map();
  for (const { conversation, undo } of answers) {
    const key = JSON.stringify(undo);
    groups.set(key, [...(groups.get(key) || []), conversation]);
  }
  let left = 0;
  for (const [key, conversations] of groups) {
    try {
      const { answers: back } = await api.post('/conversations/bulk', { conversations, actions: JSON.parse(key) });
      keep(back.map((/** @type {any} */ one) => one.now).filter(Boolean));
      left += back.filter((/** @type {any} */ one) => !one.ok).length;
    } catch { left += conversations.length; }
  }
  if (left) toast(`${some(left)} could not be taken back.`, { tone: 'bad' }); else announce('Taken back');
}

/** The house wants a tag first: asked right there (see thread/tag_needed.js). @param {string[]} uuids @param {(tag: Tag) => void} then */
export const askForTag = (uuids, then) => { dispatchEvent(new CustomEvent('deskbell:tag-needed', { detail: { uuids, then } })); };
