// A small picker, loaded only when asked for. Arrow keys walk the grid; the signs name themselves to screen readers.

import { html, useEffect, useRef } from '../vendor/preact.js';

const SIGNS = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment('😀😄😁😅😂🙂😉😊😇🥰😍😘😋😜🤗🤔🤨😐🙄😏😬😔😴🤒😎🤓😕🙁😮😳🥺😢😭😱😤😡👍👎👌✌️🤞🤝👏🙌🙏💪👋👀❤️🧡💛💚💙💜💔✨🎉🎁🔥⭐☀️🌧️🌈🌱🌸🌳🍀🍎☕🍵🍰🚲🚗🚚✈️🏠📦📄📎📷💡🔧🔒⏰📅✅❌❓❗💯')].map(({ segment }) => segment);

/** @param {{chat: import('./chat.js').Chat, onPick: (sign: string) => void, onClose: () => void}} props */
export function Emoji({ chat, onPick, onClose }) {
  const box = useRef(/** @type {any} */ (null));
  useEffect(() => { box.current.querySelector('button').focus(); }, []);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); onClose(); return; }
    const all = [...box.current.querySelectorAll('button')];
    const now = all.indexOf(document.activeElement);
    const columns = all.filter((one) => one.offsetTop === all[0].offsetTop).length;
    const forward = document.documentElement.dir === 'rtl' ? -1 : 1;
    /** @type {Record<string, number>} */ const steps = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns };
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : event.key in steps ? now + steps[event.key] : -1;
    if (all[to]) { event.preventDefault(); for (const one of all) one.tabIndex = -1; all[to].tabIndex = 0; all[to].focus(); }
  };
  return html`<div class="emoji" role="group" aria-label=${chat.t('w.emoji')} ref=${box} onKeyDown=${keys}>${SIGNS.map((sign, at) => html`<button type="button" tabindex=${at ? -1 : 0} onClick=${() => onPick(sign)}>${sign}</button>`)}</div>`;
}
