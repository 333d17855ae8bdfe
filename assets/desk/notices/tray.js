// The bell of the rail with what it rang for: a list over the desk, by keyboard or thumb.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { TimeAgo } from '../parts/small.js';
import { Spinner } from '../parts/small.js';
import { go, openConversation } from '../state/router.js';
import { useDesk } from '../state/store.js';
import { loadTray, moreOfTray, readNotice, wordsOf } from '../state/tray.js';
import { wordsFor } from '../state/wire.js';

/** @type {Record<string, string>} */
const ICONS = { mention: 'user', assignment: 'user_plus', message: 'chat', new: 'chat', sla_warning: 'clock', sla_breach: 'clock', rule: 'settings', system: 'bell' };

export function Tray() {
  const { unread } = useDesk((state) => state.tray);
  const [open, setOpen] = useState(false);
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  const close = (/** @type {boolean} */ back) => { setOpen(false); if (back) button.current?.focus(); };
  return html`<div class="tray-place">
    <button ref=${button} type="button" class="rail-button" aria-expanded=${String(open)} aria-haspopup="dialog" title="Notices" onClick=${() => setOpen(!open)}>
      <${Icon} name="bell" /><span>Notices</span>${unread > 0 && html`<b class="rail-badge"><span class="quiet">, unread: </span>${unread > 99 ? '99+' : unread}</b>`}</button>
    ${open && html`<${List} close=${close} />`}
  </div>`;
}

/** @param {{close: (back: boolean) => void}} props */
function List({ close }) {
  const tray = useDesk((state) => state.tray);
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    loadTray().catch((error) => setTrouble(wordsFor(error)));
    box.current?.focus();
    const outside = (/** @type {Event} */ event) => { if (!(/** @type {Element} */ (event.target)).closest?.('.tray-place')) close(false); };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') { event.stopPropagation(); close(true); return; }
    const step = event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const rows = /** @type {HTMLElement[]} */ ([...(box.current?.querySelectorAll('.tray-row') || [])]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
  };
  const follow = (/** @type {import('../state/tray.js').Notice} */ notice) => {
    close(false);
    if (!notice.read_at) readNotice(notice.uuid);
    if (notice.conversation) openConversation(notice.conversation);
  };
  const more = async () => { setBusy(true); try { await moreOfTray(); } catch (error) { setTrouble(wordsFor(error)); } setBusy(false); };
  const { list } = tray;
  return html`<section ref=${box} class="tray" role="dialog" aria-label="Notices" tabindex="-1" onKeyDown=${keys}>
    <header class="tray-head"><h2>Notices</h2>
      ${tray.unread > 0 && html`<button type="button" class="link-button" onClick=${() => readNotice()}>Mark all as read</button>`}
      <button type="button" class="icon-button" title="What you are told, and how" aria-label="What you are told, and how" onClick=${() => { close(false); go({ name: 'settings', page: 'notifications', id: '', tab: '' }); }}><${Icon} name="settings" size=${18} /></button></header>
    ${trouble && html`<p class="form-error" role="alert">${trouble}</p>`}
    ${!list ? !trouble && html`<div class="centred"><${Spinner} /></div>` : !list.length ? html`<p class="tray-empty">Nothing yet. You will be told here when somebody mentions you, gives you a conversation, or a visitor waits for you.</p>` : html`<ul class="tray-list">
      ${list.map((one) => html`<li key=${one.uuid}><button type="button" class="tray-row ${one.read_at ? '' : 'is-unread'}" onClick=${() => follow(one)}>
        <span class="tray-icon"><${Icon} name=${ICONS[one.kind] || 'bell'} size=${18} /></span>
        <span class="tray-words"><b dir="auto">${wordsOf(one)}</b>${one.read_at ? null : html`<span class="quiet"> (unread)</span>`}<span class="tray-text" dir="auto">${one.text}</span></span>
        <${TimeAgo} at=${one.created_at} /></button></li>`)}
    </ul>`}
    ${list && tray.more && html`<p class="centred"><button type="button" class="button is-small" disabled=${busy} onClick=${more}>Show older ones</button></p>`}
  </section>`;
}
