// The field one writes in: what is bold looks bold while it is written. Its content is a source in the visitors' markup
// (markup.js), or plain text where the inbox allows no formatting.
//
// The browser does the typing (so that every keyboard, dictation and spelling aid works); we read the result after each
// change and draw it ourselves only for what browsers do differently: marks, line breaks, pasting, undo.
// While a word is being composed (Chinese, Japanese, Korean, most phones) nothing is touched.

import { BOLD, CODE, ITALIC, parse, serialise, stretchesOf } from './markup.js';

const UNDO_MAX = 100;
/** Typing without a pause this long is taken back as one. */
const UNDO_PAUSE_MS = 900;
const TAGS = /** @type {[number, string][]} */ ([[CODE, 'code'], [ITALIC, 'em'], [BOLD, 'strong']]);
const BITS = /** @type {Record<string, number>} */ ({ strong: BOLD, b: BOLD, em: ITALIC, i: ITALIC, code: CODE });
export const KEYS = /** @type {Record<string, number>} */ ({ b: BOLD, i: ITALIC, e: CODE });

/** @typedef {import('./markup.js').Words & {from: number, to: number}} Moment */

/** @param {Node} root @returns {import('./markup.js').Words} */
function read(root) {
  let text = '';
  /** @type {number[]} */ const marks = [];
  let last = '';
  /** @param {string} more @param {number} mark */
  const add = (more, mark) => { text += more; for (let i = 0; i < more.length; i++) marks.push(mark); };
  /** @param {Node} parent @param {number} mark */
  const walk = (parent, mark) => {
    for (const node of parent.childNodes) {
      const name = node.nodeName.toLowerCase();
      if (node.nodeType === 3) { add(String(node.nodeValue).replace(/\u00a0/g, ' '), mark); if (node.nodeValue) last = '#text'; } else if (name === 'br') { add('\n', mark); last = 'br'; } else if (node.nodeType === 1) {
        // Some browsers put lines into blocks of their own.
        if ((name === 'div' || name === 'p') && text && !text.endsWith('\n')) add('\n', 0);
        walk(node, mark | (BITS[name] || 0));
      }
    }
  };
  walk(root, 0);
  // A break at the very end is only there to give the last line its height.
  if (last === 'br') { text = text.slice(0, -1); marks.pop(); }
  return { text, marks };
}

/** @param {HTMLElement} root @param {import('./markup.js').Words} words */
function draw(root, words) {
  root.replaceChildren(...stretchesOf(words).map(({ text, mark }) => TAGS.reduce((inner, [bit, name]) => {
    if (!(mark & bit)) return inner;
    const element = document.createElement(name);
    element.append(inner);
    return element;
  }, /** @type {Node} */ (document.createTextNode(text)))));
  if (words.text.endsWith('\n')) root.append(document.createElement('br'));
}

/** How many characters stand before this place. @param {HTMLElement} root @param {Node} node @param {number} offset */
function countBefore(root, node, offset) {
  const range = document.createRange();
  range.setStart(root, 0);
  range.setEnd(node, offset);
  const inside = range.cloneContents();
  // A break in the middle counts, so it must not be the last thing here.
  inside.append(document.createTextNode('.'));
  return read(inside).text.length - 1;
}

/** Where the character number `at` stands. @param {HTMLElement} root @param {number} at @returns {[Node, number]} */
function placeOf(root, at) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = at;
  /** @type {Text|null} */ let last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    last = /** @type {Text} */ (node);
    if (left <= last.length) return [last, left];
    left -= last.length;
  }
  return last ? [last, last.length] : [root, 0];
}

/**
 * @param {HTMLElement} root
 * @param {{formatting: boolean, onChange: (value: string) => void, onSubmit: () => void, onFiles: (files: FileList) => void, onStyle: (style: number, selected: boolean) => void}} options
 */
export function createEditor(root, { formatting, onChange, onSubmit, onFiles, onStyle }) {
  /** @type {Moment[]} */ let done = [];
  /** @type {Moment[]} */ let undone = [];
  let lastKind = '';
  let lastAt = 0;
  let composing = false;
  /** What is typed next, when a mark was switched without a selection. @type {number|null} */ let next = null;
  let composedFrom = 0;

  root.contentEditable = 'true';
  // Where it is known, the browser itself lets nothing but text in.
  try { root.contentEditable = 'plaintext-only'; } catch { /* an older one: what it would do is refused below */ }

  /** @returns {[number, number]} */
  function selection() {
    const now = document.getSelection();
    if (!now?.rangeCount || !root.contains(now.anchorNode)) { const end = read(root).text.length; return [end, end]; }
    const range = now.getRangeAt(0);
    const from = countBefore(root, range.startContainer, range.startOffset);
    return [from, range.collapsed ? from : countBefore(root, range.endContainer, range.endOffset)];
  }

  /** @param {number} from @param {number} [to] */
  function select(from, to = from) {
    const now = document.getSelection();
    if (document.activeElement !== root) root.focus({ preventScroll: true });
    now?.setBaseAndExtent(...placeOf(root, from), ...placeOf(root, to));
  }

  /** @returns {Moment} */
  function moment() {
    const [from, to] = selection();
    return { ...read(root), from, to };
  }

  /** Remembers how it was, for undo. @param {string} kind typing of one kind without a pause is one step */
  function remember(kind) {
    const now = Date.now();
    if (kind !== lastKind || now - lastAt > UNDO_PAUSE_MS || kind === 'change') { done = [...done, moment()].slice(-UNDO_MAX); }
    undone = [];
    lastKind = kind;
    lastAt = now;
  }

  /** @param {Moment[]} from @param {Moment[]} to */
  function travel(from, to) {
    const then = from.pop();
    if (!then) return;
    to.push(moment());
    lastKind = '';
    show(then);
    select(then.from, then.to);
    tell();
  }

  /** @param {import('./markup.js').Words} words */
  function show(words) { draw(root, words); next = null; }

  function value() {
    const words = read(root);
    return formatting ? serialise(words) : words.text;
  }

  /** The placeholder is there only while nothing else is. */
  const emptied = () => root.classList.toggle('is-empty', !composing && !root.textContent && !root.querySelector('br + br'));

  function tell() {
    emptied();
    onChange(value());
    styled();
  }

  /** What the caret stands in. */
  function styleHere() {
    const [from, to] = selection();
    const { marks } = read(root);
    if (from !== to) return marks.slice(from, to).reduce((all, mark) => all & mark, BOLD | ITALIC | CODE);
    return next ?? (marks[from - 1] ?? marks[0] ?? 0);
  }

  function styled() {
    if (!formatting) return;
    const [from, to] = selection();
    onStyle(styleHere(), from !== to && document.activeElement === root);
  }

  /** Puts text in the place of what is selected. @param {string} text @param {number} [style] */
  function insert(text, style = styleHere()) {
    remember('change');
    const [from, to] = selection();
    const words = read(root);
    const more = Array.from({ length: text.length }, () => (formatting ? style : 0));
    show({ text: words.text.slice(0, from) + text + words.text.slice(to), marks: [...words.marks.slice(0, from), ...more, ...words.marks.slice(to)] });
    select(from + text.length);
    tell();
    showCaret();
  }

  /** A caret below the visible lines is brought into view. */
  function showCaret() {
    const range = document.getSelection()?.rangeCount ? document.getSelection()?.getRangeAt(0) : null;
    const line = range?.getClientRects()[0];
    const bottom = root.getBoundingClientRect().top + root.clientTop + root.clientHeight;
    if (!line) root.scrollTop = root.scrollHeight; else if (line.bottom > bottom) root.scrollTop += line.bottom - bottom + 3;
  }

  /** Switches a mark for the selection, or for what is typed next. @param {number} bit */
  function toggle(bit) {
    if (!formatting || composing) return;
    const [from, to] = selection();
    if (from === to) { const style = styleHere() ^ bit; select(from); next = style; styled(); return; }
    remember('change');
    const words = read(root);
    const on = !(styleHere() & bit);
    show({ text: words.text, marks: words.marks.map((mark, at) => (at < from || at >= to ? mark : on ? mark | bit : mark & ~bit)) });
    select(from, to);
    tell();
  }

  /** @param {InputEvent} event */
  function beforeInput(event) {
    const { inputType: type } = event;
    const stop = () => event.preventDefault();
    if (type === 'historyUndo') { stop(); travel(done, undone); return; }
    if (type === 'historyRedo') { stop(); travel(undone, done); return; }
    if (type.startsWith('format')) { stop(); const bit = { formatBold: BOLD, formatItalic: ITALIC }[type]; if (bit) toggle(bit); return; }
    if (composing || event.isComposing) return;
    // On phones the key itself may be unknown; this is what it meant.
    if (type === 'insertParagraph') { stop(); onSubmit(); return; }
    if (type === 'insertLineBreak') { stop(); insert('\n'); return; }
    if (type === 'insertFromPaste' || type === 'insertFromDrop' || type === 'insertFromYank') { stop(); const text = event.dataTransfer?.getData('text/plain') || event.data; if (text) insert(plain(text)); return; }
    if (type === 'insertText' && event.data && (next !== null || event.data.includes('\n'))) { stop(); insert(event.data); return; }
    remember(type.startsWith('delete') ? 'delete' : /\s/.test(event.data || '') ? 'space' : 'type');
  }

  /** After the browser changed something. */
  function input() {
    if (composing) { emptied(); return; }
    next = null;
    // Remains of a deletion, or markup that is not ours: drawn anew.
    const strange = [...root.querySelectorAll('*')].some((element) => !(element.localName in BITS) && (element.localName !== 'br' || element !== root.lastChild));
    if (strange || !root.textContent) { const [from, to] = selection(); draw(root, read(root)); if (document.activeElement === root) select(from, to); }
    tell();
  }

  /** @param {string} text */
  const plain = (text) => text.replace(/\r\n?/g, '\n').replace(/\u00a0/g, ' ');

  /** @param {ClipboardEvent} event */
  function paste(event) {
    const data = event.clipboardData;
    if (!data) return;
    event.preventDefault();
    const text = data.getData('text/plain');
    // An office program puts a picture of its text beside the text.
    if (data.files.length && !(text && data.types.includes('text/html'))) onFiles(data.files);
    else if (text) insert(plain(text));
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    const composed = event.isComposing || event.keyCode === 229;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    if (composed) return;
    if (event.key === 'Enter' && !command) { event.preventDefault(); if (event.shiftKey) insert('\n'); else onSubmit(); } else if (event.key === 'Enter') { event.preventDefault(); onSubmit(); } else if (command && key === 'z') { event.preventDefault(); if (event.shiftKey) travel(undone, done); else travel(done, undone); } else if (command && key === 'y' && !event.shiftKey) { event.preventDefault(); travel(undone, done); } else if (command && formatting && ((!event.shiftKey && KEYS[key]) || (event.shiftKey && key === 'm'))) { event.preventDefault(); toggle(KEYS[key] || CODE); } else if (event.key === 'ArrowRight' && styleHere() & CODE) {
      // Out of code at its end, where there is nothing to go to.
      const [from, to] = selection();
      if (from === to && from === read(root).text.length) { event.preventDefault(); next = styleHere() & ~CODE; styled(); }
    }
  }

  const begins = () => { composing = true; emptied(); remember('compose'); composedFrom = selection()[0]; };
  const ends = () => {
    composing = false;
    if (next !== null) {
      // The word is here; what was switched on before it applies to it.
      const [to] = selection();
      const style = next;
      const words = read(root);
      if (to > composedFrom) { show({ text: words.text, marks: words.marks.map((mark, at) => (at >= composedFrom && at < to ? style : mark)) }); select(to); next = style; }
      tell();
    } else input();
  };
  let selectedAt = -1;
  const selected = () => {
    if (composing || document.activeElement !== root) return;
    const [from] = selection();
    if (from !== selectedAt) { if (selectedAt >= 0 && next !== null && from !== selectedAt) next = null; selectedAt = from; }
    styled();
  };

  /** @type {[string, any][]} */
  const listeners = [['beforeinput', beforeInput], ['input', input], ['paste', paste], ['keydown', keys], ['compositionstart', begins], ['compositionend', ends]];
  for (const [type, act] of listeners) root.addEventListener(type, act);
  document.addEventListener('selectionchange', selected);
  root.classList.add('is-empty');

  return {
    value, insert, toggle,
    focus() { if (document.activeElement !== root) { const end = read(root).text.length; select(end); } },
    /** @param {string} source */
    set(source) {
      done = [];
      undone = [];
      lastKind = '';
      show(formatting ? parse(source) : { text: source, marks: Array.from({ length: source.length }, () => 0) });
      if (document.activeElement === root) select(read(root).text.length);
      tell();
    },
    end() {
      for (const [type, act] of listeners) root.removeEventListener(type, act);
      document.removeEventListener('selectionchange', selected);
    },
  };
}
/** @typedef {ReturnType<typeof createEditor>} Editor */
