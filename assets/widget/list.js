// All conversations of this person, newest activity first.

import { h, html } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { mayStart } from './door.js';
import { Row } from './row.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function List({ chat }) {
  const { state, t } = chat;
  return html`<div class="list">
    ${state.conversations.length ? html`<ul role="list">${state.conversations.map((talk) => html`<li key=${talk.uuid}>${h(Row, { chat, talk })}</li>`)}</ul>`
      : state.session && !state.listed ? html`<ul role="list" aria-busy="true" class="skeleton"><li></li><li></li><li></li></ul>`
        : html`<p class="empty">${h(Icon, { name: 'chat', size: 32 })}<span>${t('w.no_conversations')}</span></p>`}
    ${mayStart(state, chat.policy()) ? html`<div class="list-foot"><button type="button" class="primary" onClick=${() => chat.start()}>${chat.startText('w.start_new')}</button></div>` : null}
  </div>`;
}
