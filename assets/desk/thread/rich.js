// Cards and quick replies, as the visitor got them. Here they are to be read; pressing is for visitors.

import { html } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';
import { Icon } from '../../shared/icons.js';
import { placed } from '../state/wire.js';

/** @param {{one: import('../state/types.js').RichButton}} props */
function Button({ one }) {
  const href = one.type === 'url' ? safeHref(one.value) : null;
  return href ? html`<a class="rich-button" href=${href} target="_blank" rel="noopener noreferrer"><span dir="auto">${one.text}</span><${Icon} name="external" size=${13} /></a>` : html`<span class="rich-button" dir="auto">${one.text}</span>`;
}

/** @param {{rich: import('../state/types.js').Rich}} props */
export function Rich({ rich }) {
  const { template, elements = [] } = rich;
  if (template === 'quick_replies') {
    return html`<div class="rich-replies" role="list" aria-label="Quick replies">${elements.map((element, at) => html`<div key=${at} role="listitem" class="rich-line">${element.title ? html`<p dir="auto">${element.title}</p>` : null}${element.buttons?.map((one, index) => html`<${Button} key=${index} one=${one} />`)}</div>`)}</div>`;
  }
  return html`<ul class="rich-cards" role="list" aria-label="Cards">${elements.map((element, at) => html`<li key=${at} class="rich-card">
    ${element.image_url ? html`<img src=${placed(element.image_url)} alt="" loading="lazy" decoding="async" />` : null}
    <div class="rich-text">${element.title ? html`<b dir="auto">${element.title}</b>` : null}${element.subtitle ? html`<p dir="auto">${element.subtitle}</p>` : null}</div>
    ${element.buttons?.length ? html`<div class="rich-buttons">${element.buttons.map((one, index) => html`<${Button} key=${index} one=${one} />`)}</div>` : null}</li>`)}</ul>`;
}
