// How well a few typed letters fit a name. Pure: no state, no DOM.

/** Without accents and case, so that "zoe" finds "Zoë". @param {string} text */
export const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

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
