// Putting Markdown around what is selected, in a way the browser's undo understands.

/** @typedef {HTMLTextAreaElement} Box */

/** Typed as by hand, so Ctrl Z takes it back. @param {Box} box @param {string} text */
export function type(box, text) {
  box.focus();
  // execCommand is old, and still the only way that keeps the undo history.
  if (!document.execCommand('insertText', false, text)) {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** @param {Box} box @param {string} mark @param {string} empty */
function wrap(box, mark, empty) {
  const { selectionStart: from, selectionEnd: to, value } = box;
  const chosen = value.slice(from, to);
  if (chosen.startsWith(mark) && chosen.endsWith(mark) && chosen.length >= mark.length * 2) { type(box, chosen.slice(mark.length, -mark.length)); return; }
  const inner = chosen || empty;
  type(box, `${mark}${inner}${mark}`);
  box.setSelectionRange(from + mark.length, from + mark.length + inner.length);
}

/** @param {Box} box */
function link(box) {
  const { selectionStart: from, selectionEnd: to, value } = box;
  const chosen = value.slice(from, to);
  if (/^https?:\/\/\S+$/.test(chosen)) { type(box, `[link](${chosen})`); box.setSelectionRange(from + 1, from + 5); return; }
  const label = chosen || 'link';
  type(box, `[${label}](https://)`);
  const at = from + label.length + 3;
  box.setSelectionRange(at, at + 8);
}

/** @param {Box} box */
function list(box) {
  const { value } = box;
  const from = value.lastIndexOf('\n', box.selectionStart - 1) + 1;
  const end = value.indexOf('\n', box.selectionEnd);
  const to = end < 0 ? value.length : end;
  const lines = value.slice(from, to).split('\n');
  const on = lines.every((line) => /^- /.test(line));
  box.setSelectionRange(from, to);
  type(box, lines.map((line) => (on ? line.slice(2) : `- ${line}`)).join('\n'));
}

/** @type {Record<'bold'|'italic'|'code'|'link'|'list', (box: Box) => void>} */
export const MARKS = {
  bold: (box) => wrap(box, '**', 'bold'),
  italic: (box) => wrap(box, '*', 'italic'),
  code: (box) => (box.value.slice(box.selectionStart, box.selectionEnd).includes('\n') ? type(box, `\`\`\`\n${box.value.slice(box.selectionStart, box.selectionEnd)}\n\`\`\``) : wrap(box, '`', 'code')),
  link, list,
};
