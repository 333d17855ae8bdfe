// Help and news below the start: answers that open here, pages and sites that open in a new tab (rows 152–156).

import { h, html } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { safeHref } from '../shared/links.js';

/** @param {{chat: import('./chat.js').Chat}} props */
export function Apps({ chat }) {
  const { t } = chat;
  /** @type {any[]} */ const all = chat.state.settings.home_apps || [];
  const help = all.filter((app) => app.type === 'self_service' && (isAnswer(app) || safeHref(app.url)));
  const news = all.filter((app) => app.type === 'announcement' && (app.title || app.description));
  const links = all.filter((app) => app.type === 'external_link' && safeHref(app.url));
  return html`<div class="apps">
    ${help.length ? html`<section class="card" aria-labelledby="help"><h2 class="card-title" id="help">${t('w.help_title')}</h2><ul class="links" role="list">${help.map((app) => html`<li key=${app.id}>${isAnswer(app)
      ? html`<button type="button" onClick=${() => chat.go('answer', app.id)}>${sign(app, 'info')}<span class="link-text"><bdi>${app.text}</bdi></span>${h(Icon, { name: 'chevron_right', size: 18 })}</button>` : outside(app, t)}</li>`)}</ul></section>` : null}
    ${news.map((app) => { const inner = html`${safeHref(app.image_url) ? html`<img src=${safeHref(app.image_url)} alt="" loading="lazy" onError=${(/** @type {any} */ event) => event.target.remove()} />` : null}<span><strong dir="auto">${app.title}</strong>${app.description ? html`<small dir="auto">${app.description}</small>` : null}</span>`;
      return safeHref(app.url) ? html`<a key=${app.id} class="card announcement" href=${safeHref(app.url)} target="_blank" rel="noopener noreferrer">${inner}<span class="quiet">${t('w.new_tab')}</span></a>` : html`<div key=${app.id} class="card announcement">${inner}</div>`; })}
    ${links.length ? html`<ul class="card links" role="list">${links.map((app) => html`<li key=${app.id}>${outside(app, t)}</li>`)}</ul>` : null}
  </div>`;
}

/** @param {any} app */
const isAnswer = (app) => app.target === 'answer' && !!app.html;
/** @param {any} app @param {string} name */
const sign = (app, name) => (app.icon || name ? html`<span class="link-sign">${h(Icon, { name, drawn: app.icon })}</span>` : null);
/** @param {any} app @param {(key: string) => string} t */
const outside = (app, t) => html`<a href=${safeHref(app.url)} target="_blank" rel="noopener noreferrer">${sign(app, app.type === 'self_service' ? 'info' : '')}<span class="link-text"><bdi>${app.text}</bdi></span>${h(Icon, { name: 'external', size: 18 })}<span class="quiet">${t('w.new_tab')}</span></a>`;
