// The inbox's one colour, and what can be written on and with it. All by contrast, never by taste.

/** @param {string} hex @returns {number[]} */
function channels(hex) {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  return [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16));
}
/** @param {number[]} rgb */
const luminance = (rgb) => rgb.map((value) => value / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
/** @param {number[]} a @param {number[]} b */
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}
/** @param {number[]} from @param {number[]} to @param {number} share */
const mix = (from, to, share) => from.map((value, i) => Math.round(value + (to[i] - value) * share));
/** @param {number[]} rgb */
const css = (rgb) => `rgb(${rgb.join(' ')})`;

const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

/** CSS custom properties for this colour. A colour that is no hex value is ignored. @param {string} hex @param {boolean} dark @returns {Record<string, string>} */
export function accentTokens(hex, dark) {
  if (!/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(hex)) return {};
  const ground = dark ? [30, 29, 27] : WHITE;
  let fill = channels(hex);
  // A nearly black brand on a dark ground (or a nearly white one on a light ground) would leave bubbles without an edge.
  for (let i = 0; i < 20 && contrast(fill, ground) < 1.6; i++) fill = mix(fill, dark ? WHITE : BLACK, 0.12);
  let text = fill;
  const soft = mix(ground, fill, dark ? 0.2 : 0.09);
  for (let i = 0; i < 30 && contrast(text, soft) < 4.6; i++) text = mix(text, dark ? WHITE : BLACK, 0.1);
  const on = contrast(fill, WHITE) >= 4.5 ? WHITE : BLACK;
  return {
    '--accent': css(fill), '--on-accent': css(on), '--accent-text': css(text), '--accent-soft': css(soft),
    '--accent-strong': css(mix(fill, on === WHITE ? BLACK : WHITE, 0.12)), '--focus': css(text),
  };
}

/**
 * The home screen's own ground, when the inbox has one; otherwise the style sheet's. White with black words is what the protocol says when nobody chose.
 * @param {any} screen @param {((href: string) => string|null)|null} link how to check a picture's address; null for the bar above, which takes the plain colour
 * @returns {Record<string, string>}
 */
export function ground(screen, link) {
  const back = screen?.background || {};
  const white = screen?.header_text_color === 'white';
  const hex = (/** @type {any} */ value) => (/^#[0-9a-f]{3,8}$/i.test(value || '') ? value : '');
  const picture = back.type === 'image' && link && link(back.image_url);
  let background = '';
  if (back.type === 'solid' && (white || !/^#f{3,8}$/i.test(back.color))) background = hex(back.color);
  else if (back.type === 'gradient' && hex(back.gradient_start) && hex(back.gradient_end)) background = link ? `linear-gradient(${back.gradient_start}, ${back.gradient_end})` : back.gradient_start;
  else if (picture) background = `center / cover no-repeat url("${picture.replace(/["\\]/g, encodeURIComponent)}")`;
  return background ? { background, color: white ? '#fff' : '#1b1a18' } : {};
}
