// All conversations of this person, newest activity first.

import { h, html } from '../vendor/preact.js';
import { Avatar } from '../shared/avatar.js';
import { Icon } from '../shared/icons.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function List({ chat }) {
  const { state, t } = chat;
  const policy = chat.policy();
  const mayStart = policy.allow_start_conversation !== false && !(policy.prevent_multiple_conversations && state.conversations.length);
  return html`<div class="list">
    ${state.conversations.length ? html`<ul role="list">${state.conversations.map((talk) => html`<li key=${talk.uuid}>${h(Row, { chat, talk })}</li>`)}</ul>`
      : state.session && !state.listed ? html`<ul role="list" aria-busy="true" class="skeleton"><li></li><li></li><li></li></ul>`
        : html`<p class="empty">${h(Icon, { name: 'chat', size: 32 })}<span>${t('w.no_conversations')}</span></p>`}
    ${mayStart ? html`<div class="list-foot"><button type="button" class="primary" onClick=${() => chat.go('chat', 'new')}>${policy.start_conversation_button_text || t('w.start_new')}</button></div>` : null}
  </div>`;
}

/** @param {{chat: import('./chat.js').Chat, talk: any}} props */
export function Row({ chat, talk }) {
  const { state, t } = chat;
  const author = talk.last_message?.author || {};
  const mine = author.type === 'contact' || author.type === 'visitor';
  const person = talk.assignee || (mine ? null : author);
  const name = person?.first_name || state.settings.brand_name;
  const full = [person?.first_name, person?.last_name].filter(Boolean).join(' ') || name;
  const said = talk.last_message?.content || t('w.a_file');
  return html`<button type="button" class="row ${talk.unread ? 'is-unread' : ''}" onClick=${() => chat.go('chat', talk.uuid)}>
    ${h(Avatar, { name: full, url: person?.avatar_url, size: 40 })}
    <span class="row-text"><span class="row-top"><strong><bdi>${name}</bdi></strong><time class="tabular" dateTime=${new Date(talk.at).toISOString()}>${state.time.ago(talk.at)}</time></span>
      <span class="row-said"><span dir="auto">${state.typing[talk.uuid] ? t('w.typing', { name }) : mine ? t('w.you_said', { text: said }) : said}</span>
      ${talk.unread ? html`<b class="count">${talk.unread > 9 ? '9+' : talk.unread}<span class="quiet"> ${t('w.unread')}</span></b>` : talk.closed ? html`<em>${t('w.closed')}</em>` : null}</span></span>
  </button>`;
}
