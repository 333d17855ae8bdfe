// What the three dots open. Loaded when first asked for; the button itself is the header's.

import { h, html, useEffect, useRef } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { Question } from './question.js';

/** @param {{chat: import('./chat.js').Chat, talk: any, button: {current: any}, onClose: () => void}} props */
export function Menu({ chat, talk, button, onClose }) {
  const { state, t } = chat;
  const box = useRef(/** @type {any} */ (null));
  const items = () => /** @type {HTMLElement[]} */ ([...box.current.querySelectorAll('[role^="menuitem"]')]);
  /** @param {boolean} [focus] */
  const close = (focus) => { onClose(); if (focus) button.current.focus(); };
  useEffect(() => {
    items()[0]?.focus();
    /** @param {Event} event */
    const outside = (event) => { if (!box.current.contains(event.target) && !button.current.contains(event.target)) close(); };
    const away = () => close();
    addEventListener('pointerdown', outside, true);
    addEventListener('blur', away);
    return () => { removeEventListener('pointerdown', outside, true); removeEventListener('blur', away); };
  }, []);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const all = items();
    const now = all.indexOf(/** @type {any} */ (document.activeElement));
    /** @type {Record<string, number>} */ const to = { ArrowDown: (now + 1) % all.length, ArrowUp: (now - 1 + all.length) % all.length, Home: 0, End: all.length - 1 };
    if (event.key in to) { event.preventDefault(); all[to[event.key]].focus(); }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(true); }
    if (event.key === 'Tab') close();
  };
  /** @param {() => void} act */
  const pick = (act) => () => { close(true); act(); };
  /** @param {string} icon @param {string} text @param {() => void} act */
  const item = (icon, text, act) => html`<button type="button" role="menuitem" tabindex="-1" onClick=${pick(act)}>${h(Icon, { name: icon })}<span>${text}</span></button>`;
  const closable = talk && !talk.closed && state.settings.allow_close;
  return html`<div class="menu-box" role="menu" aria-label=${t('w.menu')} ref=${box} onKeyDown=${keys}>
      <button type="button" role="menuitemcheckbox" aria-checked=${String(state.sound)} tabindex="-1" onClick=${pick(chat.mute)}>${h(Icon, { name: state.sound ? 'bell' : 'bell_off' })}<span>${t('w.sound')}</span></button>
      ${state.framed && !state.mobile ? html`<button type="button" role="menuitemcheckbox" aria-checked=${String(state.full)} tabindex="-1" onClick=${pick(chat.fill)}>${h(Icon, { name: state.full ? 'shrink' : 'expand' })}<span>${t('w.full_screen')}</span></button>` : null}
      ${state.conversations.length && state.view !== 'list' && !state.settings.single_thread ? item('inbox', t('w.your_conversations'), () => chat.go('list')) : null}
      ${closable ? item('check', t('w.close_conversation'), () => chat.ask({ box: Question, text: t('w.close_conversation_sure'), yes: t('w.close_conversation'), act: chat.talk.closeConversation })) : null}
      ${state.session ? item('logout', t(state.signed ? 'w.log_out' : 'w.forget_me'), () => chat.ask({ box: Question, text: t(state.signed ? 'w.log_out_sure' : 'w.forget_me_sure'), yes: t(state.signed ? 'w.log_out' : 'w.forget_me'), act: chat.logout })) : null}
    </div>`;
}
