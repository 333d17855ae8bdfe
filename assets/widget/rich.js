// Cards and quick replies: what an agent (or a rule) offers to press. Fetched with the first one.

import { h, html, useRef } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { safeHref } from '../shared/links.js';
import { serialise } from './markup.js';

/** A second press sooner than this is the other half of a double click. */
const AGAIN_MS = 1000;

/** What a button says, to the letter. @param {string} text */
const literally = (text) => serialise({ text, marks: Array.from({ length: text.length }, () => 0) });

/** @param {{chat: import('./chat.js').Chat, entry: any}} props */
export function Rich({ chat, entry }) {
  const { template, elements = [] } = entry.meta.rich;
  const pressedAt = useRef(0);
  /** Answers on offer are for the newest question only. */
  const isOpen = () => {
    const { stored = [], pending = [] } = chat.state.timelines[chat.state.chat] || {};
    const last = stored.findLast((/** @type {any} */ other) => other.kind !== 'activity');
    return !chat.conversation(chat.state.chat)?.closed && (template !== 'quick_replies' || (last?.uuid === entry.uuid && !pending.length));
  };
  const open = isOpen();
  /** @param {any} button */
  const press = (button) => {
    // What is drawn may be older than what was pressed a moment ago.
    if (!isOpen() || Date.now() - pressedAt.current < AGAIN_MS) return;
    pressedAt.current = Date.now();
    chat.talk.send(literally(String(button.value || button.text)), [], { message_uuid: entry.uuid, postback_id: button.postback_id });
    // The button may be gone now; whoever wants to add something is where one writes.
    if (!chat.state.mobile) chat.core.editor?.focus();
  };
  /** @param {any} button */
  const buttonOf = (button) => {
    const href = button.type === 'url' ? safeHref(button.value) : null;
    if (href) return html`<a class="rich-button" href=${href} target="_blank" rel="noopener noreferrer nofollow"><bdi>${button.text}</bdi>${h(Icon, { name: 'external', size: 16 })}<span class="quiet">${chat.t('w.new_tab')}</span></a>`;
    return open && button.type === 'message' ? html`<button type="button" class="rich-button" onClick=${() => press(button)}><bdi>${button.text}</bdi></button>` : null;
  };
  if (template === 'quick_replies') {
    const [question = {}] = elements;
    return html`${question.title ? html`<div class="bubble"><div class="plain-text" dir="auto">${question.title}</div></div>` : null}
      ${open ? html`<div class="quick-replies" role="group" aria-label=${question.title || chat.t('w.answers')}>${(question.buttons || []).map(buttonOf)}</div>` : null}`;
  }
  return html`<ul class="cards" role="list">${elements.map((/** @type {any} */ card, /** @type {number} */ at) => html`<li class="rich-card" key=${at}>
    ${safeHref(card.image_url) ? html`<img src=${safeHref(card.image_url)} alt="" width="260" height="146" loading="lazy" decoding="async" onError=${(/** @type {any} */ event) => event.target.remove()} />` : null}
    <div class="rich-words">${card.title ? html`<strong dir="auto">${card.title}</strong>` : null}${card.subtitle ? html`<p dir="auto">${card.subtitle}</p>` : null}</div>
    ${(card.buttons || []).map(buttonOf)}</li>`)}</ul>`;
}
