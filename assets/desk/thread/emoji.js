// A small choice of emoji with names to search by; the system's own keyboard has the rest.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { place } from '../parts/menu.js';

const EMOJI = ('🙂 smile|😀 grin happy|😃 happy|😄 laugh|😅 sweat relief|😂 tears laugh|😉 wink|😊 blush|😇 angel|🥰 love|😍 eyes love|😎 cool|🤔 thinking|🤗 hug|🙃 upside|😌 relieved|😴 sleep|😕 confused|🙁 sad|😢 cry|😮 wow|😱 shock|🥳 party|🤝 deal handshake|'
  + '👍 yes thumbs up|👎 no thumbs down|👌 ok|👏 clap|🙏 thanks please|💪 strong|👋 hello wave|✌️ peace|🤞 luck fingers|👀 look eyes|❤️ heart love|💚 green heart|💙 blue heart|✨ sparkles|🎉 party tada|🎁 gift|⭐ star|🔥 fire|💡 idea|✅ done check|❌ no cross|❗ important|❓ question|⚠️ warning|'
  + '⏰ clock alarm|📅 calendar date|📦 parcel package|🚚 delivery truck|🛒 cart shop|💳 card pay|💶 money euro|🧾 receipt invoice|📎 clip file|📷 camera photo|📧 mail|📞 phone|🔗 link|🔒 lock safe|🔧 fix tool|🐛 bug|💻 computer|📱 phone mobile|🏠 home|🌍 world|☀️ sun|🌧️ rain|☕ coffee|🍵 tea|🍰 cake|🌱 plant|🐝 bee|🐱 cat|🐶 dog').split('|').map((row) => { const [sign, ...names] = row.split(' '); return { sign, name: names.join(' ') }; });

/** @param {{onPick: (sign: string) => void}} props */
export function EmojiButton({ onPick }) {
  const [open, setOpen] = useState(false);
  const button = useRef(/** @type {HTMLElement|null} */ (null));
  return html`<span class="menu-place"><button ref=${button} type="button" class="tool" aria-label="Emoji" title="Emoji" aria-haspopup="dialog" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}><${Icon} name="smile" /></button>
    ${open && html`<${Picker} button=${button} onPick=${(/** @type {string} */ sign) => { setOpen(false); onPick(sign); }} onClose=${() => { setOpen(false); button.current?.focus(); }} />`}</span>`;
}

/** @param {{button: {current: HTMLElement|null}, onPick: (sign: string) => void, onClose: () => void}} props */
function Picker({ button, onPick, onClose }) {
  const [q, setQ] = useState('');
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  useLayoutEffect(() => { const element = /** @type {any} */ (box.current); element.showPopover?.(); place(element, /** @type {HTMLElement} */ (button.current), 'start'); element.querySelector('input')?.focus(); }, []);
  useEffect(() => {
    const outside = (/** @type {PointerEvent} */ event) => { const target = /** @type {Node} */ (event.target); if (!box.current?.contains(target) && !button.current?.contains(target)) onClose(); };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, []);
  const found = EMOJI.filter((one) => one.name.includes(q.trim().toLowerCase()));
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const cells = /** @type {HTMLElement[]} */ ([...(box.current?.querySelectorAll('.emoji') || [])]);
    const at = cells.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 })[event.key];
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); onClose(); } else if (step && (at >= 0 || event.key === 'ArrowDown')) { event.preventDefault(); cells[Math.max(0, Math.min(cells.length - 1, at < 0 ? 0 : at + step))]?.focus(); } else if (event.key === 'Enter' && at < 0 && found[0]) { event.preventDefault(); onPick(found[0].sign); }
  };
  return html`<div ref=${box} class="menu emoji-picker" role="dialog" aria-label="Emoji" popover="manual" onKeyDown=${onKeyDown}>
    <input class="input" type="text" placeholder="Search emoji" aria-label="Search emoji" value=${q} onInput=${(/** @type {any} */ event) => setQ(event.currentTarget.value)} />
    <div class="emoji-grid">${found.map(({ sign, name }) => html`<button type="button" class="emoji" aria-label=${name} title=${name} onClick=${() => onPick(sign)}>${sign}</button>`)}</div>
    ${found.length ? null : html`<p class="menu-heading">Nothing by that name.</p>`}
  </div>`;
}
