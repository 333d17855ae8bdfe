// What a search found, by day. Arrows move from one to the next; Enter opens a message in its place.

import { html } from '../../vendor/preact.js';
import { Avatar } from '../../shared/avatar.js';
import { KindBadge } from '../parts/kinds.js';
import { time } from '../parts/small.js';
import { nameOf } from '../state/people.js';
import { openConversation } from '../state/router.js';
import { STATUS_WORDS } from '../state/actions.js';

/** @param {KeyboardEvent} event */
function onKeyDown(event) {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-found]')]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at + step < 0) document.getElementById('search')?.focus(); else all[Math.min(all.length - 1, at + step)]?.focus();
}

/** Under headings of days, in the order they came. @param {any[]} list @param {(one: any) => number} at @param {(one: any) => any} row */
function byDay(list, at, row) {
  /** @type {{day: string, rows: any[]}[]} */ const days = [];
  for (const one of list) {
    const day = time.day(at(one));
    if (days[days.length - 1]?.day !== day) days.push({ day, rows: [] });
    days[days.length - 1].rows.push(row(one));
  }
  return days.map(({ day, rows }) => html`<section class="found-day"><h2>${day}</h2><ul role="list" class="found-list">${rows}</ul></section>`);
}

/** @param {{one: any}} props */
const About = ({ one }) => html`<span class="found-about"><${KindBadge} one=${one} />
  <span class="badge ${one.status === 'resolved' ? 'is-good' : ''}">${STATUS_WORDS[/** @type {'open'} */ (one.status)]}</span>${one.assignee ? html`<span>${nameOf(one.assignee)}</span>` : null}${one.team ? html`<span>${one.team.name}</span>` : null}
  ${(one.tags || []).map((/** @type {any} */ tag) => html`<span class="badge">${tag.name}</span>`)}<span class="faint">${one.inbox.name}</span></span>`;

/** @param {{one: any, at: number, children?: any, open: () => void}} props */
const Row = ({ one, at, open, children }) => html`<button type="button" class="found" data-found onClick=${open}>
  <${Avatar} name=${one.contact.name} size=${32} tint=${one.contact.avatar_tint} />
  <span class="found-main"><span class="row-line"><b dir="auto">${one.contact.name}</b> <span class="faint tabular">#${one.number}</span><span class="row-gap"></span><time class="row-time tabular" datetime=${new Date(at).toISOString()} title=${time.full(at)}>${time.clock(at)}</time></span>
    <span class="found-text" dir="auto">${children}</span><${About} one=${one} /></span></button>`;

/** @param {{found: any, put: (patch: Record<string, string>) => void}} props */
export function Found({ found, put }) {
  return html`<div class="founds" onKeyDown=${onKeyDown}>
    ${found.numbered ? html`<section class="found-day"><h2>By its number</h2><ul role="list" class="found-list"><li><${Row} one=${found.numbered} at=${found.numbered.last_message_at} open=${() => openConversation(found.numbered.uuid)}>${found.numbered.preview}<//></li></ul></section>` : null}
    ${found.contacts.length ? html`<section class="found-day"><h2>People</h2><ul role="list" class="found-people">${found.contacts.map((/** @type {any} */ one) => html`<li key=${one.uuid}><button type="button" class="found-person" data-found onClick=${() => put({ contact: one.uuid, name: one.name, q: '' })}><b dir="auto">${one.name}</b><span class="faint">${one.email || 'no address'}</span></button></li>`)}</ul></section>` : null}
    ${byDay(found.results, (one) => one.message.created_at, (one) => html`<li key=${one.message.uuid}><${Row} one=${one.conversation} at=${one.message.created_at} open=${() => openConversation(one.conversation.uuid, one.message.seq)}>
      ${one.message.kind === 'note' ? html`<i class="result-note">Note</i> ` : one.message.kind === 'outgoing' ? `${one.message.author_name}: ` : ''}${one.snippet.map((/** @type {any} */ part) => (part.hit ? html`<mark>${part.text}</mark>` : part.text))}<//></li>`)}
    ${byDay(found.conversations, (one) => one.last_message_at, (one) => html`<li key=${one.uuid}><${Row} one=${one} at=${one.last_message_at} open=${() => openConversation(one.uuid)}>${one.preview}<//></li>`)}
  </div>`;
}
