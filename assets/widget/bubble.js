// One message: words, files, when, and what became of it.

import { h, html, useMemo } from '../vendor/preact.js';
import { Avatar } from '../shared/avatar.js';
import { fromHtml } from '../shared/html.js';
import { Icon } from '../shared/icons-base.js';
import { Attachments } from './attachments.js';
import { Csat } from './csat.js';
import { Later, parts } from './screens.js';
import { BOLD, CODE, ITALIC, parse, stretchesOf } from './markup.js';

/** Only emoji, and few of them: shown large, without a bubble. */
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:️|\u{1F3FB}|\u{1F3FC}|\u{1F3FD}|\u{1F3FE}|\u{1F3FF}|‍\p{Extended_Pictographic}️?)*\s?){1,3}$/u;

/** @param {{chat: import('./chat.js').Chat, entry: any, first: boolean, last: boolean, seen: boolean, mark: boolean, progress?: number}} props */
export function Bubble({ chat, entry, first, last, seen, mark, progress }) {
  const { state, t } = chat;
  const said = useMemo(() => (entry.html ? fromHtml(entry.html) : entry.mine ? underWay(entry.text) : entry.text), [entry.html, entry.text]);
  if (entry.kind === 'activity') return html`<p class="activity"><span>${entry.text}</span></p>`;
  const name = entry.mine ? t('w.you') : entry.name || state.settings.brand_name;
  const big = !entry.attachments.length && ONLY_EMOJI.test(entry.text);
  const clock = html`<time dateTime=${new Date(entry.at).toISOString()} title=${state.time.full(entry.at)}>${state.time.clock(entry.at)}</time>`;
  return html`<article class="message ${entry.mine ? 'is-mine' : 'is-theirs'} ${first ? 'is-first' : ''} ${last ? 'is-last' : ''} is-${entry.state || 'stored'}" aria-label=${`${name}, ${state.time.clock(entry.at)}`}>
    ${entry.mine ? null : html`<span class="message-face">${last ? h(Avatar, { name, url: entry.avatar, tint: entry.tint, size: 28 }) : null}</span>`}
    <div class="message-body">
      ${!entry.mine && first ? html`<p class="message-name"><bdi>${name}</bdi></p>` : null}
      <div class="message-line">
        <div class="message-parts">
          ${entry.meta.is_csat ? h(Csat, { chat, entry })
            : entry.html || (entry.text && !entry.meta.rich) ? big ? html`<div class="big-emoji" dir="auto">${said}</div>`
              : html`<div class="bubble"><div class=${entry.html ? 'rich' : 'plain-text'} dir="auto">${said}</div></div>` : null}
          ${entry.meta.rich ? h(Later, { chat, fetch: parts.rich, entry }) : null}
          ${entry.attachments.length ? h(Attachments, { chat, entry, progress }) : null}
        </div>
        <span class="message-time tabular">${clock}</span>
      </div>
      ${entry.mine ? h(Fate, { chat, entry, seen, mark, progress }) : null}
    </div>
  </article>`;
}

/** What is not at the server yet looks as it will. @param {string} source */
const underWay = (source) => stretchesOf(parse(source)).map(({ text, mark }) => {
  const inner = mark & CODE ? h('code', null, text) : text;
  const slanted = mark & ITALIC ? h('em', null, inner) : inner;
  return mark & BOLD ? h('strong', null, slanted) : slanted;
});

/** sending · waiting · stored · seen · failed, said in words. @param {{chat: import('./chat.js').Chat, entry: any, seen: boolean, mark: boolean, progress?: number}} props */
function Fate({ chat, entry, seen, mark, progress }) {
  const { t } = chat;
  if (entry.state === 'failed') {
    return html`<div class="fate is-failed" role="alert"><span>${h(Icon, { name: 'warning', size: 14 })}${entry.why || t('w.not_sent')}</span>
      <span class="fate-buttons"><button type="button" onClick=${() => chat.talk.retry(entry.echo_id)}>${h(Icon, { name: 'refresh', size: 16 })}${t('w.try_again')}</button>
      <button type="button" onClick=${() => chat.talk.discard(entry.echo_id)}>${t('w.discard')}</button></span></div>`;
  }
  if (entry.state === 'queued') return html`<p class="fate is-queued">${h(Icon, { name: 'clock', size: 14 })}<span>${entry.why || t('w.waiting_for_line')}</span></p>`;
  if (entry.state === 'sending') return html`<p class="fate is-sending">${h(Icon, { name: 'clock', size: 14 })}<span>${progress !== undefined && progress < 1 ? t('w.uploading', { percent: `${Math.round(progress * 100)} %` }) : t('w.sending')}</span></p>`;
  return mark ? html`<p class="fate">${h(Icon, { name: seen ? 'checks' : 'check', size: 14 })}<span>${t(seen ? 'w.seen' : 'w.sent')}</span></p>` : null;
}
