// One self-service answer, and the way to a person when it was not enough (row 152).

import { h, html, useMemo } from '../vendor/preact.js';
import { fromHtml } from '../shared/html.js';
import { mayStart } from './door.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Answer({ chat }) {
  const { state, t } = chat;
  const app = (state.settings.home_apps || []).find((/** @type {any} */ one) => one.id === state.about && one.type === 'self_service');
  const words = useMemo(() => fromHtml(app?.html || ''), [app?.html]);
  return html`<div class="page">${app ? html`<article class="answer rich" aria-labelledby="answer-title"><h1 id="answer-title" dir="auto">${app.text}</h1><div dir="auto">${words}</div></article>` : html`<p class="empty">${t('w.answer_gone')}</p>`}
    ${mayStart(state, chat.policy()) ? html`<div class="answer-foot"><p>${t('w.answer_more')}</p><button type="button" class="plain" onClick=${() => chat.start()}>${chat.startText('w.start')}</button></div>` : null}</div>`;
}
