// One text being written, known to this browser and to the server. Pure: no storage, no network, no clock.
//
// What always holds: what was typed here is in `text` until the person decides otherwise; `base` is the stored version it grew from;
// `other` is another device's text that contradicts it, and as long as it stands nothing is saved over it.

/** @typedef {{text: string, base: number, dirty: boolean, other: Stored|null}} Written */
/** @typedef {{body: string, version: number}} Stored */

/** @type {Written} */
export const NOTHING = { text: '', base: 0, dirty: false, other: null };

/** @param {Written} written @param {string} text @returns {Written} */
export const typed = (written, text) => (text === written.text ? written : { ...written, text, dirty: true });

/** The server has `sent` as `version`; more may have been typed meanwhile. @param {Written} written @param {string} sent @param {number} version @returns {Written} */
export const saved = (written, sent, version) => ({ ...written, base: Math.max(written.base, version), dirty: written.text !== sent });

/**
 * What the server has, as told by a frame, a list or a refusal.
 * @param {Written} written @param {Stored} stored @param {boolean} writing somebody's fingers are on it here
 * @returns {Written}
 */
export function told(written, stored, writing) {
  if (stored.version <= written.base) return written;
  const same = { ...written, base: stored.version, dirty: false, other: null };
  if (written.text === stored.body) return same;
  // Nothing of our own, or it was sent or thrown away elsewhere while we only looked: theirs.
  if (!written.dirty && (!writing || !stored.body || !written.text)) return { ...same, text: stored.body };
  if (!written.text && !writing) return { ...same, text: stored.body };
  // Ours goes on where theirs ends, or theirs is gone: ours.
  if (written.text.startsWith(stored.body)) return { ...written, base: stored.version, dirty: true, other: null };
  return { ...written, other: stored };
}

/** The person decided between the two. @param {Written} written @param {'mine'|'theirs'} which @returns {Written} */
export function decided(written, which) {
  if (!written.other) return written;
  const { body, version } = written.other;
  return which === 'theirs' ? { text: body, base: version, dirty: false, other: null } : { ...written, base: version, dirty: true, other: null };
}

/** It was sent. @param {Written} written @returns {Written} */
export const emptied = (written) => ({ ...written, text: '', dirty: false, other: null });

/** From this browser's storage; earlier versions kept the bare text. @param {string|null} kept @returns {Written} */
export function restored(kept) {
  if (!kept) return NOTHING;
  try {
    const { t, v, d } = JSON.parse(kept);
    if (typeof t === 'string' && typeof v === 'number') return { text: t, base: v, dirty: !!d, other: null };
  } catch { /* a bare text */ }
  return { ...NOTHING, text: kept, dirty: true };
}

/** For this browser's storage; null when there is nothing to keep. @param {Written} written */
export const stored = (written) => (written.text || written.dirty ? JSON.stringify({ t: written.text, v: written.base, d: written.dirty }) : null);
