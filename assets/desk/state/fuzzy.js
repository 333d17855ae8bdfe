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

/** One word in one text: its whole beginning is best, then the beginning of a word, then anywhere, then letters in their order. @param {string} word @param {string} text */
function fit(word, text) {
  const at = text.indexOf(word);
  if (at === 0) return 100;
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1]) ? 50 : 80;
  let from = 0;
  let gaps = 0;
  let begins = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from);
    if (next < 0) return 0;
    if (next > from) gaps += Math.min(6, next - from);
    if (!next || !/[\p{L}\p{N}]/u.test(text[next - 1])) begins += 1;
    from = next + 1;
  }
  // Scattered letters are an accident, unless most of them begin a word ("atb" for "Assign to Ben").
  return word.length > 1 && (begins >= word.length - 1 || gaps <= word.length) ? Math.max(1, 30 + begins * 4 - gaps) : 0;
}

/** 0: does not fit. Every word of the query must. @param {string} query @param {string} text */
export function score(query, text) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (!words.length) return 1;
  const whole = plain(text);
  let sum = 0;
  for (const word of words) {
    const points = fit(word, whole);
    if (!points) return 0;
    sum += points;
  }
  // Of two that fit alike, the shorter one was meant.
  return sum / words.length - Math.min(9, whole.length / 20);
}
