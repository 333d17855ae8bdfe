// The first screen: a greeting, who is here, the conversation to continue, and one tap to the composer. The hub is the same with other cards in the middle.

import { h, html, useEffect } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { safeHref } from '../shared/links.js';
import { buttonSays, expectation } from './availability.js';
import { ground } from './colour.js';
import { doorOf, mayStart } from './door.js';
import { Faces } from './faces.js';
import { Row } from './row.js';
import { Later, parts, screens } from './screens.js';

/** The protocol's own default is English; unchanged, it is said in the visitor's language. */
const STOCK_GREETING = 'Hello {{.FirstName | there}}';

/** @param {any} user @param {(key: string, terms?: any) => string} t */
const hello = (user, t) => (user && !user.is_visitor && user.first_name ? t('w.hello_name', { name: user.first_name }) : t('w.hello'));

/** Libredesk's placeholders: `{{.FirstName | there}}`. @param {string} text @param {any} user */
function greeted(text, user) {
  const named = user && !user.is_visitor ? user : {};
  return String(text || '').replace(/\{\{\s*\.?(first_?name|last_?name)\s*(?:\|\s*([^}]*?)\s*)?\}\}/gi, (_, name, other) => (/^first/i.test(name) ? named.first_name : named.last_name) || (other || '').replace(/^(['"])(.*)\1$/, '$2')).trim();
}

const ROWS_MAX = 3;

/** Hero, notice, what goes on, `children`, and everything else this inbox offers. @param {{chat: import('./chat.js').Chat, says: boolean, children?: any}} props */
export function Front({ chat, says, children }) {
  const { state, t } = chat;
  const { settings, conversations } = state;
  const greeting = settings.greeting_message === STOCK_GREETING ? hello(state.user, t) : greeted(settings.greeting_message, state.user);
  const introduction = greeted(settings.introduction_message, state.user);
  const going = conversations.filter((talk, at) => !at || talk.unread).slice(0, ROWS_MAX);
  const now = expectation(settings, null, state.words, state.time, state.hours);
  // Who already talks here will most likely go on talking.
  useEffect(() => { if (going.length) screens.chat(chat).catch(() => {}); }, [!going.length]);
  return html`<div class="home">
    <section class="hero" style=${ground(settings.home_screen, safeHref)}>
      ${h(Faces, { chat, size: 44 })}
      ${greeting ? html`<h1 dir="auto">${greeting}</h1>` : html`<h1 class="quiet">${settings.brand_name}</h1>`}
      ${introduction ? html`<p dir="auto">${introduction}</p>` : null}
      ${says ? html`<p class="now ${now.online ? 'is-online' : ''}"><i></i>${now.text}</p>` : null}
    </section>
    <div class="home-cards">
      ${settings.notice_banner?.enabled && settings.notice_banner.text ? html`<p class="banner-note">${h(Icon, { name: 'info' })}<span dir="auto">${settings.notice_banner.text}</span></p>` : null}
      ${going.length ? html`<section class="card" aria-label=${t('w.continue')}><h2 class="card-title">${t('w.continue')}</h2>${going.map((talk) => h(Row, { key: talk.uuid, chat, talk }))}
        ${conversations.length > 1 ? html`<button type="button" class="card-more" onClick=${() => chat.go('list')}>${t('w.all_conversations', { count: conversations.length })}${h(Icon, { name: 'chevron_right', size: 18 })}</button>` : null}</section>` : null}
      ${children}
      ${settings.home_apps?.length ? h(Later, { chat, fetch: parts.apps, key: 'apps' }) : null}
    </div>
    ${settings.show_powered_by ? html`<p class="powered">${t('w.powered_by', { name: 'deskbell' })}</p>` : null}
  </div>`;
}

/** @param {{chat: import('./chat.js').Chat}} props */
export function Home({ chat }) {
  const { state, t } = chat;
  const { settings, words, time } = state;
  const buttons = settings.home_buttons || [];
  const [only] = buttons;
  const many = buttons.length > 1;
  const door = doorOf(state);
  const may = mayStart(state, chat.policy());
  const now = many || !only ? expectation(settings, null, words, time, state.hours) : buttonSays(only, settings, t, time);
  const warm = () => { screens.chat(chat).catch(() => {}); };
  const eager = { onPointerEnter: warm, onFocus: warm, onTouchStart: warm };
  return html`<${Front} chat=${chat} says=${many || !may}>
    ${door === 'sign_in' ? html`<p class="banner-note">${h(Icon, { name: 'lock' })}<span>${t('w.sign_in_first')}</span></p>` : null}
    ${may && !many ? html`<button type="button" class="start" ...${eager} onClick=${() => chat.start()}>
      <span><strong><bdi>${only?.name || chat.startText(state.conversations.length ? 'w.start_new' : 'w.start')}</bdi></strong><small class=${now.online ? 'is-online' : ''}><i></i>${now.text}</small></span>${h(Icon, { name: 'send', drawn: only?.icon })}</button>` : null}
    ${may && many ? html`<section class="card starts" aria-labelledby="starts"><h2 class="card-title" id="starts">${chat.startText('w.start_title')}</h2><ul role="list">${buttons.map((/** @type {any} */ button) => {
      const says = buttonSays(button, settings, t, time);
      return html`<li key=${button.id}><button type="button" class="choice" ...${eager} onClick=${() => chat.start(button.id)}>
        <span class="sign">${h(Icon, { name: 'chat', drawn: button.icon })}</span>
        <span class="choice-text"><strong><bdi>${button.name}</bdi></strong><small class=${says.online ? 'is-online' : ''}><i></i>${says.text}</small></span>${h(Icon, { name: 'chevron_right', size: 18 })}</button></li>`;
    })}</ul></section>` : null}
  <//>`;
}
