// What the three dots open. Loaded when first asked for; the button itself is the header's.

import { h, html, useEffect, useRef, useState } from '../vendor/preact.js';
import { Icon, PATHS } from '../shared/icons-base.js';
import { Question } from './question.js';

Object.assign(PATHS, {
  globe: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3.25 10h13.5M10 3c2 2 2.75 4.3 2.75 7S12 15 10 17c-2-2-2.75-4.3-2.75-7S8 5 10 3z',
  mail: 'M3 4.5h14v11H3zM3.25 5 10 10.75 16.75 5',
});

/** @param {{chat: import('./chat.js').Chat, talk: any, button: {current: any}, onClose: () => void}} props */
export function Menu({ chat, talk, button, onClose }) {
  const { state, t } = chat;
  const box = useRef(/** @type {any} */ (null));
  const items = () => /** @type {HTMLElement[]} */ ([...box.current.querySelectorAll('[role^="menuitem"]')]);
  /** @param {boolean} [focus] */
  const close = (focus) => { onClose(); if (focus) button.current.focus(); };
  const chosen = useRef(false);
  const [languages, setLanguages] = useState(/** @type {{code: string, name: string}[]|null} */ (null));
  useEffect(() => { (items().find((one) => languages && one.ariaChecked === 'true') || (chosen.current && items().find((one) => one.ariaHasPopup)) || items()[0])?.focus(); if (languages) chosen.current = true; }, [languages]);
  useEffect(() => {
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
    // A letter goes to the next entry that begins with it.
    if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const letter = event.key.toLocaleLowerCase();
      const found = [...all.slice(now + 1), ...all.slice(0, now + 1)].find((one) => one.textContent?.trim().toLocaleLowerCase().startsWith(letter));
      if (found) { event.preventDefault(); found.focus(); }
    }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); if (languages) setLanguages(null); else close(true); }
    if (event.key === 'Tab') close();
  };
  /** @param {() => void} act */
  const pick = (act) => () => { close(true); act(); };
  /** @param {string} icon @param {string} text @param {() => void} act */
  const item = (icon, text, act) => html`<button type="button" role="menuitem" tabindex="-1" onClick=${pick(act)}>${h(Icon, { name: icon })}<span>${text}</span></button>`;
  const choosing = () => { chat.languages().then(setLanguages, () => chat.say(t('w.busy'), true)); };
  const transcript = () => { import('./transcript.js').then(({ sendTranscript }) => sendTranscript(chat, talk.uuid), () => chat.say(t('w.busy'), true)); };
  if (languages) {
    return html`<div class="menu-box" role="menu" aria-label=${t('w.language')} ref=${box} onKeyDown=${keys}>
      ${languages.map(({ code, name }) => html`<button type="button" role="menuitemradio" aria-checked=${String(code === state.words.code)} tabindex=${code === state.words.code ? 0 : -1} lang=${code} key=${code} onClick=${pick(() => chat.speak(code))}><span>${name}</span></button>`)}
    </div>`;
  }
  const closable = talk && !talk.closed && talk.status !== 'Resolved' && talk.status !== 'Closed' && state.settings.allow_close;
  return html`<div class="menu-box" role="menu" aria-label=${t('w.menu')} ref=${box} onKeyDown=${keys}>
      <button type="button" role="menuitemcheckbox" aria-checked=${String(state.sound)} tabindex="-1" onClick=${pick(chat.mute)}>${h(Icon, { name: state.sound ? 'bell' : 'bell_off' })}<span>${t('w.sound')}</span></button>
      ${state.framed && !state.mobile ? html`<button type="button" role="menuitemcheckbox" aria-checked=${String(state.full)} tabindex="-1" onClick=${pick(chat.fill)}>${h(Icon, { name: state.full ? 'shrink' : 'expand' })}<span>${t('w.full_screen')}</span></button>` : null}
      ${state.conversations.length && state.view !== 'list' && !state.settings.single_thread ? html`<button type="button" role="menuitem" tabindex="-1" onClick=${() => { close(); chat.go('list'); }}>${h(Icon, { name: 'inbox' })}<span>${t('w.your_conversations')}</span></button>` : null}
      ${talk && state.settings.allow_transcript && (!talk.kind || talk.kind === 'chat') ? item('mail', t('w.transcript'), transcript) : null}
      ${closable ? item('check', t('w.close_conversation'), () => chat.ask({ box: Question, text: t('w.close_conversation_sure'), yes: t('w.close_conversation'), act: chat.talk.closeConversation })) : null}
      ${state.settings.language === 'auto' ? html`<button type="button" role="menuitem" aria-haspopup="menu" tabindex="-1" onClick=${choosing}>${h(Icon, { name: 'globe' })}<span>${t('w.language')}</span></button>` : null}
      ${state.session ? item('logout', t(state.signed ? 'w.log_out' : 'w.forget_me'), () => chat.ask({ box: Question, text: t(state.signed ? 'w.log_out_sure' : 'w.forget_me_sure'), yes: t(state.signed ? 'w.log_out' : 'w.forget_me'), act: chat.logout })) : null}
    </div>`;
}
