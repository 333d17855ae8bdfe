// The small markup of visitors, as the server reads it (src/base/markup.rs is the grammar), and back: what the editor
// shows becomes a source that the server renders to just that. Pure.
//
// Words are a text and, for each of its UTF-16 units, what it is marked as. A source is only believed when reading it
// gives the same words again, so nothing that was written as plain stars can come out as markup, or the other way round.

export const BOLD = 1;
export const ITALIC = 2;
export const CODE = 4;
const LINK_MAX = 2048;

/** @typedef {{text: string, marks: number[]}} Words */

const JOINS = /^[\p{Lowercase}\p{Uppercase}\p{N}]/u;
const BLANK = /^\s/u;
/** Characters nobody sees; an address ends at them. */
const HIDDEN = /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/u;

/** @param {string} text @param {number} at */
const charAt = (text, at) => (at < text.length ? String.fromCodePoint(/** @type {number} */ (text.codePointAt(at))) : '');
/** @param {string} text @param {number} at */
const charBefore = (text, at) => [...text.slice(Math.max(0, at - 2), at)].pop() || '';
/** Letters with case and digits do not let stars work between them. @param {string} char */
const joins = (char) => JOINS.test(char);
/** @param {string} char */
const blank = (char) => !char || BLANK.test(char);

// ---- reading

/** @param {string} source @returns {Words} */
export function parse(source) {
  const pieces = piecesOf(source);
  matchStars(pieces);
  /** @type {Words} */ const words = { text: '', marks: [] };
  let style = 0;
  /** @param {string} text @param {number} mark */
  const add = (text, mark) => { words.text += text; for (let i = 0; i < text.length; i++) words.marks.push(mark); };
  for (const piece of pieces) {
    if (piece.kind !== 'stars') { add(piece.text, piece.kind === 'code' ? style | CODE : style); continue; }
    const opens = piece.marks[0] > 0;
    const left = '*'.repeat(piece.text.length - piece.marks.reduce((/** @type {number} */ sum, /** @type {number} */ mark) => sum + starsOf(Math.abs(mark)), 0));
    if (opens) add(left, style);
    for (const mark of piece.marks) style = mark > 0 ? style | mark : style & ~-mark;
    if (!opens) add(left, style);
  }
  return words;
}

/** @param {number} style */
const starsOf = (style) => (style === BOLD ? 2 : 1);

/** @param {string} source @returns {any[]} */
function piecesOf(source) {
  /** @type {any[]} */ const pieces = [];
  let from = 0;
  let at = 0;
  while (at < source.length) {
    const [found, length] = pieceAt(source, at);
    if (found) {
      if (from < at) pieces.push({ kind: 'text', text: source.slice(from, at) });
      pieces.push(found);
      from = at + length;
    }
    at += length;
  }
  if (from < source.length) pieces.push({ kind: 'text', text: source.slice(from) });
  return pieces;
}

/** What begins here and how long it is; no piece: that much is certainly text. @param {string} source @param {number} at @returns {[any, number]} */
function pieceAt(source, at) {
  const char = source[at];
  if (char === '\n') return [{ kind: 'newline', text: '\n' }, 1];
  if (char === '\\') {
    const run = runOf(source, at);
    const mark = source[at + run];
    if (mark !== '*' && mark !== '`') return [null, run];
    const half = run >> 1;
    if (half) return [{ kind: 'text', text: source.slice(at, at + half) }, half * 2];
    return [{ kind: 'text', text: mark }, 2];
  }
  if (char === '`') {
    const end = source.slice(at + 1).search(/[`\n]/);
    const inner = end > 0 ? source.slice(at + 1, at + 1 + end) : '';
    const before = source[at - 1] === '`' && source[at - 2] !== '\\';
    return inner.trim() && source[at + 1 + end] === '`' && !before ? [{ kind: 'code', text: inner }, end + 2] : [null, runOf(source, at)];
  }
  if (char === '*') {
    const count = runOf(source, at);
    const before = charBefore(source, at);
    const after = charAt(source, at + count);
    const opens = !blank(after) && !joins(before);
    const closes = !blank(before) && !joins(after);
    return count <= 3 && (opens || closes) ? [{ kind: 'stars', text: source.slice(at, at + count), opens, closes, marks: [] }, count] : [null, count];
  }
  const link = linkAt(source, at);
  return link > 0 ? [{ kind: 'text', text: source.slice(at, at + link) }, link] : [null, Math.max(1, -link)];
}

/** How often this very character stands here in a row. @param {string} source @param {number} at */
function runOf(source, at) {
  let end = at;
  while (source[end] === source[at]) end++;
  return end - at;
}

/** Length of the link that begins here; negative: that much looks like one and is none; 0: nothing. @param {string} source @param {number} at */
function linkAt(source, at) {
  if (!/[hm]/i.test(source[at]) || /[a-z0-9]/i.test(source[at - 1] || '')) return 0;
  const scheme = /^(?:https?:\/\/|mailto:)(?=[\p{Alphabetic}\p{N}])/iu.exec(source.slice(at, at + 16))?.[0];
  if (!scheme) return 0;
  const rest = source.slice(at);
  const end = rest.search(/[\s<>"`\\|]/);
  const hidden = rest.search(HIDDEN);
  const run = Math.min(...[end, hidden, rest.length].filter((length) => length >= 0));
  const link = trimmed(rest.slice(0, run));
  const complete = link.length > scheme.length && (!/^m/i.test(scheme) || link.slice(scheme.length).includes('@'));
  return complete && new TextEncoder().encode(link).length <= LINK_MAX ? link.length : -run;
}

/** A full stop ends the sentence, not the address; a bracket belongs to the address only if its partner does. @param {string} address */
function trimmed(address) {
  const chars = [...address];
  /** @type {Record<string, number>} */ const surplus = {};
  for (const [open, close] of ['()', '[]', '{}']) surplus[close] = Math.max(0, chars.filter((char) => char === close).length - chars.filter((char) => char === open).length);
  while (chars.length) {
    const last = chars[chars.length - 1];
    if (surplus[last] > 0) surplus[last]--; else if (!'.,;:!?*_~\'…。，、！？’”»'.includes(last)) break;
    chars.pop();
  }
  return chars.join('');
}

/** Pairs opening and closing stars, just as the server does. @param {any[]} pieces */
function matchStars(pieces) {
  /** @type {{style: number, at: number}[]} */ let open = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at];
    if (piece.kind === 'newline' && pieces[at - 1]?.kind === 'newline') open = [];
    if (piece.kind !== 'stars') continue;
    const count = piece.text.length;
    let left = count;
    while (piece.closes) {
      const place = open.findLastIndex(({ style }) => starsOf(style) <= left && !(left === 2 && style === ITALIC));
      if (place < 0) break;
      const { style, at: opener } = open[place];
      if (open[place + 1]?.at === opener) open.splice(place, 1); else open.length = place;
      pieces[opener].marks.unshift(style);
      piece.marks.push(-style);
      left -= starsOf(style);
    }
    for (const style of [BOLD, ITALIC]) {
      if (piece.opens && left === count && (left === starsOf(style) || left === 3)) open = [...open.filter((other) => other.style !== style), { style, at }];
    }
  }
}

// ---- writing

/** The source for these words. @param {Words} words */
export function serialise(words) {
  if (!words.marks.some(Boolean) && !/[*`]/.test(words.text)) return words.text;
  const lines = linesOf(words);
  for (const first of [0, 1]) {
    const source = lines.map((line) => lineSource(line, first)).join('\n');
    if (parse(source).text === words.text && (first || alike(parse(source), parse(lines.map((line) => lineSource(line, 1)).join('\n'))))) return source;
  }
  return lines.map((line) => write({ text: line.text, marks: line.marks.map(() => 0) }, true)).join('\n');
}

/** @param {Words} words @returns {Words[]} */
function linesOf({ text, marks }) {
  let from = 0;
  return text.split('\n').map((line) => { const words = { text: line, marks: marks.slice(from, from + line.length) }; from += line.length + 1; return words; });
}

/** One line, as plainly as it reads back right. @param {Words} line @param {number} first 0: unescaped if possible */
function lineSource(line, first) {
  const exact = tidy(line);
  for (const [words, escaped] of /** @type {[Words, boolean][]} */ ([[exact, false], [exact, true], [wholeWords(exact), true]].slice(first))) {
    const source = write(words, escaped);
    if (alike(parse(source), words)) return source;
  }
  return write({ text: line.text, marks: line.marks.map(() => 0) }, true);
}

/** The same text, and marked the same wherever there is something to see. @param {Words} a @param {Words} b */
const alike = (a, b) => a.text === b.text && a.marks.every((mark, at) => mark === b.marks[at] || blank(a.text[at]));

/** Marks that the grammar can say: none at blank edges, no tick inside code. @param {Words} line @returns {Words} */
function tidy({ text, marks }) {
  const tidied = marks.map((mark, at) => (text[at] === '`' ? mark & ~CODE : mark));
  for (const bit of [BOLD, ITALIC, CODE]) {
    for (const [from, to] of stretches(tidied, bit)) {
      for (let at = from; at < to && blank(text[at]); at++) tidied[at] &= ~bit;
      for (let at = to - 1; at >= from && blank(text[at]); at--) tidied[at] &= ~bit;
    }
  }
  return { text, marks: tidied };
}

/** Half a word cannot be bold in this markup, so all of it is. @param {Words} line @returns {Words} */
function wholeWords({ text, marks }) {
  const whole = [...marks];
  for (const bit of [BOLD, ITALIC]) {
    for (const [from, to] of stretches(marks, bit)) {
      for (let at = from; at > 0 && joins(charBefore(text, at)); at--) whole[at - 1] |= bit;
      for (let at = to; at < text.length && (joins(charAt(text, at)) || /[\udc00-\udfff]/.test(text[at])); at++) whole[at] |= bit;
    }
  }
  return { text, marks: whole };
}

/** @param {number[]} marks @param {number} bit @returns {[number, number][]} */
function stretches(marks, bit) {
  /** @type {[number, number][]} */ const found = [];
  for (let at = 0; at < marks.length; at++) {
    if (!(marks[at] & bit)) continue;
    const from = at;
    while (at < marks.length && marks[at] & bit) at++;
    found.push([from, at]);
  }
  return found;
}

/** @param {Words} line @param {boolean} escaped */
function write({ text, marks }, escaped) {
  const links = linksIn(text);
  /** @type {number[]} */ const open = [];
  let source = '';
  /** A star or tick: backslashes of the text before it would become escapes. @param {string} mark */
  const put = (mark) => { source += (escaped ? /\\*$/.exec(source)?.[0] || '' : '') + mark; };
  for (let at = 0; at <= text.length; at++) {
    const now = at < text.length ? marks[at] : 0;
    const code = now & CODE && !(at && marks[at - 1] & CODE);
    // Inside code nothing else begins or ends.
    if (!(now & CODE) || code) {
      const wanted = at < text.length ? now & (BOLD | ITALIC) : 0;
      while (open.some((bit) => !(wanted & bit))) put('*'.repeat(starsOf(/** @type {number} */ (open.pop()))));
      const fresh = [BOLD, ITALIC].filter((bit) => wanted & bit && !open.includes(bit)).sort((a, b) => lasts(marks, at, b) - lasts(marks, at, a));
      for (const bit of fresh) { put('*'.repeat(starsOf(bit))); open.push(bit); }
    }
    if (at === text.length) break;
    const char = text[at];
    if (code) put('`');
    if (!escaped || now & CODE || (char !== '*' && char !== '`') || links.some(([from, to]) => at >= from && at < to)) source += char;
    else { put(''); source += `\\${char}`; }
    if (now & CODE && !(marks[at + 1] & CODE)) source += '`';
  }
  return source;
}

/** @param {number[]} marks @param {number} at @param {number} bit */
function lasts(marks, at, bit) {
  let end = at;
  while (marks[end] & bit) end++;
  return end;
}

/** @param {string} text @returns {[number, number][]} */
function linksIn(text) {
  /** @type {[number, number][]} */ const links = [];
  for (let at = 0; at < text.length; at++) {
    const length = linkAt(text, at);
    if (length > 0) links.push([at, at + length]);
    at += Math.max(0, Math.abs(length) - 1);
  }
  return links;
}

/** Stretches marked alike, for drawing. @param {Words} words @returns {{text: string, mark: number}[]} */
export function stretchesOf({ text, marks }) {
  /** @type {{text: string, mark: number}[]} */ const list = [];
  for (let at = 0; at < text.length;) {
    let end = at + 1;
    while (end < text.length && marks[end] === marks[at]) end++;
    list.push({ text: text.slice(at, end), mark: marks[at] });
    at = end;
  }
  return list;
}
