// What this agent should hear of, as the server keeps it: counted on the bell, listed on demand, read with its conversation.

import { api } from './wire.js';
import { onSignedIn, onSignedOut } from './session.js';
import { change, now } from './store.js';

/**
 * @typedef {{uuid: string, kind: string, conversation: string|null, number: number|null, actor: string, text: string, created_at: number, read_at: number|null}} Notice
 * @typedef {{unread: number, list: Notice[]|null, more: boolean}} Tray
 */

const PAGE = 50;

/** @param {Partial<Tray>} patch */
const set = (patch) => change(({ tray }) => ({ tray: { ...tray, ...patch } }));

/** The newest page, and how many are unread. */
export async function loadTray() {
  const { notices, unread } = await api.get('/notices');
  set({ unread, list: notices, more: notices.length === PAGE });
}

/** The page after what is shown. */
export async function moreOfTray() {
  const { list } = now().tray;
  const last = list?.[list.length - 1];
  if (!last) return;
  const { notices } = await api.get(`/notices?before=${last.uuid}`);
  set({ list: [...(list || []), ...notices], more: notices.length === PAGE });
}

/** The server tells something new. @param {Notice} notice */
export function addNotice(notice) {
  const { tray } = now();
  const rest = (tray.list || []).filter((one) => one.uuid !== notice.uuid);
  set({ unread: tray.unread + 1, list: tray.list && [notice, ...rest] });
}

/** Something was read here or elsewhere. */
export const recountTray = () => loadTray().catch(() => { /* the next notice counts again */ });

/** @param {string} [uuid] without: all */
export async function readNotice(uuid) {
  const { tray } = now();
  const at = Date.now();
  const list = tray.list && tray.list.map((one) => (!uuid || one.uuid === uuid ? { ...one, read_at: one.read_at || at } : one));
  const was = tray.list?.find((one) => one.uuid === uuid);
  set({ list, unread: uuid ? Math.max(0, tray.unread - (was && !was.read_at ? 1 : 0)) : 0 });
  try { await api.put('/notices/read', uuid ? { uuids: [uuid] } : { all: true }); } catch { recountTray(); }
}

/** What happened, in words. @param {Notice} notice */
export function wordsOf({ kind, actor }) {
  if (kind === 'mention') return `${actor} mentioned you`;
  if (kind === 'assignment') return actor ? `${actor} gave you a conversation` : 'A conversation is yours now';
  if (kind === 'new') return `${actor} began a conversation`;
  if (kind === 'message') return `${actor} wrote to you`;
  if (kind === 'sla_warning') return 'Time is running out';
  if (kind === 'sla_breach') return 'A promised time has passed';
  if (kind === 'rule') return actor ? `Rule “${actor}”` : 'A rule tells you';
  return actor || 'deskbell';
}

onSignedIn(() => { recountTray(); });
onSignedOut(() => set({ unread: 0, list: null, more: false }));
