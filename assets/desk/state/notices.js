// Calling an agent who looks elsewhere: one soft bell, the title, a dot on the icon, a desktop notice if allowed.
// Never for one's own messages, never for what is being read right now, and never by sound alone.

import { ring } from '../../shared/sound.js';
import { cameIn } from './kinds.js';
import { addNews } from './news.js';
import { pref } from './prefs.js';
import { openConversation } from './router.js';
import { now, subscribe } from './store.js';
import { announce, toast } from './toasts.js';
import { addNotice, wordsOf } from './tray.js';
import { asset } from './wire.js';

/** @typedef {import('./types.js').Conversation} Conversation */

/** The thread in front of somebody. @param {string} uuid */
const isRead = (uuid) => { const { route } = now(); return route.name !== 'settings' && route.conversation === uuid && document.hasFocus(); };

/** Quiet hours may pass midnight. */
function isQuiet() {
  const { quiet_from: from, quiet_to: to } = pref();
  if (!from || !to || from === to) return false;
  const at = new Date().toTimeString().slice(0, 5);
  return from < to ? at >= from && at < to : at >= from || at < to;
}

/** @param {Conversation} conversation @param {import('./types.js').Message} message @param {boolean} isNew */
export function noticeMessage(conversation, message, isNew) {
  // What waits in quarantine rings for nobody.
  if (!conversation || conversation.quarantine) return;
  const reading = isRead(conversation.uuid);
  if (reading) announce(`${message.kind === 'note' ? 'Note by ' : ''}${message.kind === 'incoming' ? conversation.contact.name : message.author.name}: ${message.text || 'a file'}`);
  if (message.kind !== 'incoming') return;
  const { agent } = now();
  // Somebody else takes care of it.
  if (conversation.assignee && conversation.assignee.uuid !== agent.uuid) return;
  if (!reading) {
    announce(`${cameIn(conversation.kind, isNew)} ${conversation.contact.name}`);
    addNews(conversation, message.text || 'Sent a file', isNew);
  }
  const { sound, volume, visitor_bell: visitorBell } = pref();
  const first = isNew && !conversation.assignee;
  if (sound && !isQuiet() && !(first && !visitorBell) && !(reading && document.visibilityState === 'visible')) ring({ volume, kind: first ? 'visitor' : 'message' });
  if (!document.hasFocus() && !isQuiet()) notify(conversation, message, isNew);
}

/** Somebody let a conversation out of quarantine: for everybody else it is a new one. @param {Conversation|undefined} before @param {Conversation} conversation */
export function noticeReleased(before, conversation) {
  if (!before?.quarantine || conversation.quarantine || isRead(conversation.uuid)) return;
  if (conversation.assignee && conversation.assignee.uuid !== now().agent.uuid) return;
  addNews(conversation, conversation.preview, true);
  announce(`${cameIn(conversation.kind, true)} ${conversation.contact.name}`);
  const { sound, volume } = pref();
  if (sound && !isQuiet()) ring({ volume, kind: 'visitor' });
}

/**
 * Something the server keeps for this agent. Messages and newcomers ring by themselves above; what is left is rarer and said aloud.
 * @param {import('./tray.js').Notice} notice
 */
export function hearNotice(notice) {
  addNotice(notice);
  if (notice.kind === 'message' || notice.kind === 'new' || (notice.conversation && isRead(notice.conversation))) return;
  const words = `${wordsOf(notice)}${notice.text ? `: ${notice.text}` : ''}`;
  const { conversation } = notice;
  toast(words.slice(0, 160), conversation ? { action: { label: 'Open', run: () => openConversation(conversation) } } : {});
  const { sound, volume } = pref();
  if (isQuiet()) return;
  if (sound) ring({ volume });
  if (!document.hasFocus()) show(wordsOf(notice), notice.text, notice.conversation || notice.uuid);
}

/** @param {Conversation} conversation @param {import('./types.js').Message} message @param {boolean} isNew */
function notify(conversation, message, isNew) {
  const { kind, contact } = conversation;
  show(isNew && kind && kind !== 'chat' ? `${cameIn(kind, true)} ${contact.name}` : contact.name, message.text.slice(0, 160) || 'Sent a file', conversation.uuid);
}

/** A notice of the system, where it is allowed. @param {string} title @param {string} body @param {string} about the conversation, or what else it is */
function show(title, body, about) {
  // Where the phone is woken by the server, that is the notice; two would be one too many.
  if (!pref().notify || pref().push || !('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    const notice = new Notification(title, { body, tag: about, icon: asset('desk/favicon.svg'), silent: true });
    notice.onclick = () => { window.focus(); if (now().conversations[about]) openConversation(about); notice.close(); };
  } catch { /* some phones allow notices only from a service worker */ }
}

let shown = '';
// The title and the icon follow the counts, so they are right in every tab and after every reload.
subscribe(() => {
  const { phase, counts, signed_out: out, route, conversations } = now();
  const unread = phase === 'ready' && !out ? counts.unread : 0;
  const open = !out && route.name !== 'settings' && route.conversation ? conversations[route.conversation]?.contact.name : '';
  const place = phase !== 'ready' || out ? '' : route.name === 'settings' ? 'Settings' : route.name === 'archive' ? 'Archive' : route.name === 'reports' ? 'Reports' : open || '';
  const title = `${unread ? `(${unread}) ` : ''}${place ? `${place} · ` : ''}deskbell`;
  if (title === shown) return;
  shown = title;
  document.title = title;
  document.querySelector('link[rel="icon"]')?.setAttribute('href', asset(unread ? 'desk/favicon-dot.svg' : 'desk/favicon.svg'));
});
