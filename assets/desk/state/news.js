// Messages nobody here has read yet, kept in sight until they are: shown beside the list, on every screen, also after a reload.
// Read here or elsewhere, taken by somebody else, or put aside by hand, they go.

import { change, now, subscribe } from './store.js';
import { onSignedIn, onSignedOut } from './session.js';

/** `kind` of a report, none of a chat; `fresh` until more is said. @typedef {{uuid: string, name: string, text: string, count: number, kind?: string, fresh?: boolean}} News */

const KEY = 'deskbell.news';
const NEWS_MAX = 20;
const TEXT_MAX = 140;

/** @param {News[]} news */
function hold(news) {
  change({ news });
  try { if (news.length) sessionStorage.setItem(KEY, JSON.stringify(news)); else sessionStorage.removeItem(KEY); } catch { /* forbidden: it lasts as long as the page */ }
}

/** @param {import('./types.js').Conversation} conversation @param {string} text @param {boolean} fresh its first words */
export function addNews({ uuid, contact, kind }, text, fresh) {
  const { news } = now();
  const before = news.find((one) => one.uuid === uuid);
  hold([{ uuid, name: contact.name, kind: kind && kind !== 'chat' ? kind : '', fresh, text: text.slice(0, TEXT_MAX), count: (before?.count || 0) + 1 }, ...news.filter((one) => one.uuid !== uuid)].slice(0, NEWS_MAX));
}

/** @param {string} [uuid] without: all */
export const dropNews = (uuid) => hold(uuid ? now().news.filter((one) => one.uuid !== uuid) : []);

subscribe(() => {
  const { news, conversations, agent, phase } = now();
  if (phase !== 'ready' || !news.length) return;
  const left = news.filter(({ uuid }) => {
    const one = conversations[uuid];
    return !one || (one.unread > 0 && (!one.assignee || one.assignee.uuid === agent.uuid));
  });
  if (left.length !== news.length) hold(left);
});

onSignedIn(() => {
  try { const kept = JSON.parse(sessionStorage.getItem(KEY) || '[]'); if (Array.isArray(kept)) change({ news: kept.slice(0, NEWS_MAX) }); } catch { /* something else was kept there */ }
});
onSignedOut(() => hold([]));
