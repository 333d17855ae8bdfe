// One conversation as a row: who, when, what was said last, and whether it is unread.

import { h, html } from '../vendor/preact.js';
import { Avatar } from '../shared/avatar.js';

/** @param {{chat: import('./chat.js').Chat, talk: any}} props */
export function Row({ chat, talk }) {
  const { state, t } = chat;
  // What is on its way was said last.
  const pending = state.timelines[talk.uuid]?.pending.at(-1);
  const author = talk.last_message?.author || {};
  const mine = !!pending || author.type === 'contact' || author.type === 'visitor';
  const person = talk.assignee || (mine ? null : author);
  const name = person?.first_name || state.settings.brand_name;
  const full = [person?.first_name, person?.last_name].filter(Boolean).join(' ') || name;
  const said = pending ? pending.text || t('w.a_file') : talk.last_message?.content || t('w.a_file');
  const at = pending?.at || talk.at;
  const report = talk.kind && talk.kind !== 'chat';
  return html`<button type="button" class="row ${talk.unread ? 'is-unread' : ''}" onClick=${() => chat.go('chat', talk.uuid)}>
    ${h(Avatar, { name: full, url: person?.avatar_url, tint: person?.tint, size: 40 })}
    <span class="row-text"><span class="row-top"><strong><bdi>${report ? t(`w.kind_${talk.kind}`) : name}</bdi></strong><time class="tabular" dateTime=${new Date(at).toISOString()}>${state.time.ago(at)}</time></span>
      <span class="row-said"><span dir="auto">${state.typing[talk.uuid] ? t('w.typing', { name: state.typing[talk.uuid] }) : mine ? t('w.you_said', { text: said }) : said}</span>
      ${talk.unread ? html`<b class="count">${talk.unread > 9 ? '9+' : talk.unread}<span class="quiet"> ${t('w.unread')}</span></b>` : pending ? html`<em>${t(pending.state === 'failed' ? 'w.not_sent' : 'w.sending')}</em>` : talk.closed ? html`<em>${t('w.closed')}</em>` : null}</span></span>
  </button>`;
}
