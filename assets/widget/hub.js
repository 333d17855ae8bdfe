// The menu of tiles behind one launcher: chat, and reports of four kinds (rows 105–110).

import { h, html } from '../vendor/preact.js';
import { Icon } from '../shared/icons-base.js';
import { doorOf, tilesOf } from './door.js';
import { Front } from './home.js';
import { screens } from './screens.js';

/** Drawn like the server's set: 24 px grid, stroked. */
const SIGNS = /** @type {Record<string, {d: string[]}>} */ ({
  chat: { d: ['M21 12a8 8 0 0 1-8 8H4l1.6-3.2A8 8 0 1 1 21 12z', 'M9 12h.01M13 12h.01M17 12h.01'] },
  bug: { d: ['M8 10a4 4 0 0 1 8 0v5a4 4 0 0 1-8 0z', 'M9.5 6.5 8 4M14.5 6.5 16 4M8 11H4M20 11h-4M8.5 17 5 19.5M15.5 17l3.5 2.5M12 10v9'] },
  feature: { d: ['M9 17.5h6M10 20.5h4', 'M8.5 14.6A6 6 0 1 1 15.5 14.6c-.6.5-.9 1.2-.9 1.9H9.4c0-.7-.3-1.4-.9-1.9z'] },
  review: { d: ['M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z'] },
  question: { d: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M9.6 9.7a2.4 2.4 0 1 1 3.7 2c-.8.6-1.3 1-1.3 2', 'M12 16.5v.01'] },
});

/** @param {{kind: string, size?: number}} props */
export const Sign = ({ kind, size = 22 }) => h(Icon, { name: 'chat', drawn: SIGNS[kind], size });

/** @param {{chat: import('./chat.js').Chat}} props */
export function Hub({ chat }) {
  const { state, t } = chat;
  const { settings } = state;
  const open = (/** @type {string} */ kind) => () => {
    if (kind !== 'chat') { chat.go('report', kind); return; }
    // What the chat itself has to offer comes first, where there is a choice.
    if ((settings.home_buttons || []).length > 1) chat.go('home', 'chat'); else chat.start();
  };
  return html`<${Front} chat=${chat} says=${tilesOf(state).includes('chat') && doorOf(state) !== 'sign_in'}>
    <nav aria-labelledby="tiles"><h2 class="quiet" id="tiles">${t('w.hub_title')}</h2><ul class="tiles" role="list">${tilesOf(state).map((kind) => html`<li key=${kind} class=${kind === 'chat' ? 'is-wide' : ''}><button type="button" class="tile" onPointerEnter=${() => { (kind === 'chat' ? screens.chat(chat) : screens.report()).catch(() => {}); }} onClick=${open(kind)}>
      <span class="sign">${h(Sign, { kind })}</span><span class="tile-text"><strong>${t(`w.tile_${kind}`)}</strong><small>${t(`w.tile_${kind}_hint`)}</small></span></button></li>`)}</ul></nav>
  <//>`;
}
