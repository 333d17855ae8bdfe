// Colours as people type them, and whether what lies on them can be read.

/** @param {string} hex @returns {[number, number, number]|null} */
export function rgbOf(hex) {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec((hex || '').trim());
  if (!match) return null;
  const full = match[1].length === 3 ? [...match[1]].map((digit) => digit + digit).join('') : match[1];
  return /** @type {any} */ ([0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)));
}

/** Relative luminance, as WCAG defines it. @param {[number, number, number]} rgb */
function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => { const part = value / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} one @param {string} other */
export function contrast(one, other) {
  const a = rgbOf(one);
  const b = rgbOf(other);
  if (!a || !b) return 0;
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever can be read better. @param {string} ground */
export const readableOn = (ground) => (contrast(ground, '#ffffff') >= contrast(ground, '#1b1a18') ? '#ffffff' : '#1b1a18');

/** The full form that <input type="color"> wants. @param {string} hex */
export const fullHex = (hex) => { const rgb = rgbOf(hex); return rgb ? `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}` : '#000000'; };
