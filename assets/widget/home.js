// The first screen: a greeting, who is here, the conversation to continue, and one tap to the composer.

import { h, html, useEffect } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { safeHref } from '../shared/links.js';
import { expectation } from './availability.js';
import { ground } from './colour.js';
import { Faces } from './faces.js';
import { Row } from './row.js';
import { warmConversation } from './screens.js';

/** The protocol's own default is English; unchanged, it is said in the visitor's language. */
const STOCK_GREETING = 'Hello {{.FirstName | there}}';

/** @param {any} user @param {(key: string, terms?: any) => string} t */
const hello = (user, t) => (user && !user.is_visitor && user.first_name ? t('w.hello_name', { name: user.first_name }) : t('w.hello'));

/** Libredesk's placeholders: `{{.FirstName | there}}`. @param {string} text @param {any} user */
function greeted(text, user) {
  const named = user && !user.is_visitor ? user : {};
  return String(text || '').replace(/\{\{\s*\.?(first_?name|last_?name)\s*(?:\|\s*([^}]*?)\s*)?\}\}/gi, (_, name, other) => (/^first/i.test(name) ? named.first_name : named.last_name) || (other || '').replace(/^(['"])(.*)\1$/, '$2')).trim();
}

/** @param {{chat: import('./chat.js').Chat}} props */
export function Home({ chat }) {
  const { state, t } = chat;
  const { settings } = state;
  const policy = chat.policy();
  const { online, text } = expectation(settings, null, state.words, state.time, state.hours);
  const greeting = settings.greeting_message === STOCK_GREETING ? hello(state.user, t) : greeted(settings.greeting_message, state.user);
  const introduction = greeted(settings.introduction_message, state.user);
  const last = state.conversations[0];
  const warm = () => { warmConversation(chat).catch(() => {}); };
  // Who already talks here will most likely go on talking.
  useEffect(() => { if (last) warm(); }, [!last]);
  const barred = !state.session && settings.anonymous_allowed === false;
  const mayStart = !barred && policy.allow_start_conversation !== false && !(policy.prevent_multiple_conversations && last);
  const apps = (settings.home_apps || []).filter((/** @type {any} */ app) => safeHref(app.url));
  return html`<div class="home">
    <section class="hero" style=${ground(settings.home_screen, safeHref)}>
      ${h(Faces, { chat, size: 44 })}
      ${greeting ? html`<h1 dir="auto">${greeting}</h1>` : html`<h1 class="quiet">${settings.brand_name}</h1>`}
      ${introduction ? html`<p dir="auto">${introduction}</p>` : null}
    </section>
    <div class="home-cards">
      ${settings.notice_banner?.enabled && settings.notice_banner.text ? html`<p class="banner-note">${h(Icon, { name: 'info' })}<span>${settings.notice_banner.text}</span></p>` : null}
      ${last ? html`<section class="card" aria-label=${t('w.continue')}><h2 class="card-title">${t('w.continue')}</h2>${h(Row, { chat, talk: last })}
        ${state.conversations.length > 1 ? html`<button type="button" class="card-more" onClick=${() => chat.go('list')}>${t('w.all_conversations', { count: state.conversations.length })}${h(Icon, { name: 'chevron_right', size: 18 })}</button>` : null}</section>` : null}
      ${mayStart ? html`<button type="button" class="start" onPointerEnter=${warm} onFocus=${warm} onTouchStart=${warm} onClick=${() => chat.go('chat', 'new')}>
        <span><strong>${chat.startText(last ? 'w.start_new' : 'w.start')}</strong><small class=${online ? 'is-online' : ''}><i></i>${text}</small></span>${h(Icon, { name: 'send' })}</button>` : null}
      ${barred ? html`<p class="banner-note">${h(Icon, { name: 'lock' })}<span>${t('w.sign_in_first')}</span></p>` : null}
      ${apps.filter((/** @type {any} */ app) => app.type === 'announcement').map((/** @type {any} */ app) => html`<a class="card announcement" href=${safeHref(app.url)} target="_blank" rel="noopener noreferrer">
        ${safeHref(app.image_url) ? html`<img src=${safeHref(app.image_url)} alt="" loading="lazy" onError=${(/** @type {any} */ event) => event.target.remove()} />` : null}<span><strong dir="auto">${app.title}</strong><small dir="auto">${app.description}</small></span></a>`)}
      ${apps.some((/** @type {any} */ app) => app.type === 'external_link') ? html`<ul class="card links" role="list">${apps.filter((/** @type {any} */ app) => app.type === 'external_link').map((/** @type {any} */ app) => html`<li><a href=${safeHref(app.url)} target="_blank" rel="noopener noreferrer"><bdi>${app.text}</bdi>${h(Icon, { name: 'external', size: 18 })}<span class="quiet">${t('w.new_tab')}</span></a></li>`)}</ul>` : null}
    </div>
    ${settings.show_powered_by ? html`<p class="powered">${t('w.powered_by', { name: 'deskbell' })}</p>` : null}
  </div>`;
}
