// The bar on top: back, who answers and when, the menu, close.

import { h, html, useRef, useState } from '../vendor/preact.js';
import { Avatar } from '../shared/avatar.js';
import { Icon } from '../shared/icons-base.js';
import { expectation } from './availability.js';
import { ground } from './colour.js';
import { rootOf, straight } from './door.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Header({ chat }) {
  const { state, t } = chat;
  const talk = state.view === 'chat' ? chat.conversation(state.chat) : null;
  const { settings, view, about } = state;
  const front = view === 'home' || view === 'hub';
  const root = rootOf(state);
  // Where there is nothing behind the conversation, nothing leads back from it.
  const alone = straight(state) && view === 'chat' && !settings.home_apps?.length && !(settings.home_buttons?.length > 1) && (settings.single_thread || state.conversations.length < 2);
  const first = alone || (view === root.view && (view !== 'report' || about === root.about));
  return html`<header class="header" style=${front ? ground(settings.home_screen, null) : {}}>
    ${first ? html`<span class="header-edge"></span>` : html`<button type="button" class="icon-button" aria-label=${t('w.back')} onClick=${() => chat.go('home')}>${h(Icon, { name: 'back' })}</button>`}
    ${view === 'chat' ? h(Who, { chat, talk }) : html`<div class="who">${titleOf(chat) ? html`<h1 dir="auto">${titleOf(chat)}</h1>` : h(Brand, { chat })}</div>`}
    ${h(Dots, { chat, talk })}
    ${state.framed ? html`<button type="button" class="icon-button" aria-label=${t('w.close_chat')} onClick=${chat.close}>${h(Icon, { name: 'close' })}</button>` : null}
  </header>`;
}

/** What stands above a screen that is neither the first one nor a conversation. @param {import('./chat.js').Chat} chat */
function titleOf({ state: { view, about }, t }) {
  if (view === 'list') return t('w.your_conversations');
  return view === 'report' ? t(`w.tile_${about}`) : '';
}

/** The three dots; what they open is loaded at the first sign of interest. @param {{chat: import('./chat.js').Chat, talk: any}} props */
function Dots({ chat, talk }) {
  const { t } = chat;
  const button = useRef(/** @type {any} */ (null));
  const [Menu, setMenu] = useState(/** @type {any} */ (null));
  const warm = () => import('./menu.js');
  const toggle = () => (Menu ? setMenu(null) : warm().then((module) => setMenu(() => module.Menu), () => chat.say(t('w.busy'), true)));
  return html`<div class="menu">
    <button type="button" class="icon-button" ref=${button} aria-haspopup="menu" aria-expanded=${String(!!Menu)} aria-label=${t('w.menu')} onPointerEnter=${warm} onClick=${toggle} onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (!Menu && /^Arrow(Down|Up)$/.test(event.key)) { event.preventDefault(); toggle(); } }}>${h(Icon, { name: 'more' })}</button>
    ${Menu ? h(Menu, { chat, talk, button, onClose: () => setMenu(null) }) : null}</div>`;
}

/** @param {{chat: import('./chat.js').Chat}} props */
function Brand({ chat }) {
  const { settings } = chat.state;
  const logo = /^https?:|^\//.test(settings.logo_url || '') ? settings.logo_url : '';
  return html`<span class="brand">${logo ? html`<img src=${logo} alt="" onError=${(/** @type {any} */ event) => event.target.remove()} />` : null}<span>${settings.brand_name}</span></span>`;
}

/** Who answers here: the person who has it, or the team. @param {{chat: import('./chat.js').Chat, talk: any}} props */
function Who({ chat, talk }) {
  const { state } = chat;
  const { online, text } = expectation(state.settings, talk, state.words, state.time, state.hours);
  // The whole sentence stands on the first screen.
  const says = text === state.words.t('w.away_now') ? state.words.t('w.away_short') : text;
  const assignee = talk?.assignee;
  const name = assignee ? [assignee.first_name, assignee.last_name].filter(Boolean).join(' ') : state.settings.brand_name;
  return html`<div class="who">
    ${h(Avatar, { name, url: assignee ? assignee.avatar_url : state.settings.logo_url, tint: assignee?.tint, size: 36, online })}
    <div class="who-text"><h1><bdi>${name}</bdi></h1><p>${says}</p></div>
  </div>`;
}
