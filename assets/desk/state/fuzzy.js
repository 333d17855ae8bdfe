// Finding by a few letters: the beginning counts most, then the beginning of a word, then anywhere, then the letters in order.

/** @param {string} text */
export const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** How well `q` fits, smaller is better; -1 = not at all. @param {string} text @param {string} q */
export function rank(text, q) {
  const where = plain(text);
  const wanted = plain(q);
  if (!wanted) return 0;
  const at = where.indexOf(wanted);
  if (at === 0) return where.length === wanted.length ? 0 : 1;
  if (at > 0) return /[\s\-_/.,(]/.test(where[at - 1]) ? 2 : 3;
  let from = 0;
  for (const letter of wanted) {
    from = where.indexOf(letter, from) + 1;
    if (!from) return -1;
  }
  return 4;
}

/**
 * The things that fit, best first; equally good ones stay in their order. The first texts of a thing count more than its last; in long texts
 * only whole runs of letters count, since some letters in order are everywhere.
 * @template T @param {T[]} all @param {string} q @param {(one: T) => string[]} texts @returns {T[]}
 */
export function matching(all, q, texts) {
  return all.map((one, place) => {
    const ranks = texts(one).map((text, index) => { const how = rank(text, q); return how < 0 || (how > 3 && text.length > 60) ? -1 : how * 4 + index; }).filter((how) => how >= 0);
    return { one, place, best: ranks.length ? Math.min(...ranks) : -1 };
  }).filter((found) => found.best >= 0).sort((a, b) => a.best - b.best || a.place - b.place).map((found) => found.one);
}
