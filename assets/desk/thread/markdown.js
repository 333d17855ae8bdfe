// A quick look at Markdown while it is being written. The server renders what is stored; this shows the same marks early:
// paragraphs, lists, quotes, code, bold, italic, struck, links. It makes vnodes, never markup, so nothing can be injected.

import { h } from '../../vendor/preact.js';
import { safeHref } from '../../shared/html.js';

const INLINE = /(`+)([\s\S]+?)\1|\*\*([\s\S]+?)\*\*|(?<![\w*])[*_](?=\S)([\s\S]*?\S)[*_](?!\w)|~~([\s\S]+?)~~|\[([^\]\n]+)\]\(([^()\s]+)\)|(https?:\/\/[^\s<]*[^\s<.,:;!?)"'\]])/g;
const DEPTH_MAX = 6;

/** @param {string} text @param {number} [depth] @returns {any[]} */
function inline(text, depth = 0) {
  /** @type {any[]} */ const list = [];
  const words = (/** @type {string} */ plain) => plain.split('\n').forEach((line, index) => { if (index) list.push(h('br', null)); if (line) list.push(line); });
  let end = 0;
  for (const match of depth > DEPTH_MAX ? [] : text.matchAll(INLINE)) {
    words(text.slice(end, match.index));
    end = /** @type {number} */ (match.index) + match[0].length;
    const [whole, , code, bold, italic, struck, label, target, bare] = match;
    const href = safeHref(target || bare || null);
    if (code !== undefined) list.push(h('code', null, code));
    else if (bold !== undefined) list.push(h('strong', null, ...inline(bold, depth + 1)));
    else if (italic !== undefined) list.push(h('em', null, ...inline(italic, depth + 1)));
    else if (struck !== undefined) list.push(h('del', null, ...inline(struck, depth + 1)));
    else if (href) list.push(h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...(label ? inline(label, depth + 1) : [bare])));
    else list.push(whole);
  }
  words(text.slice(end));
  return list;
}

/** @param {string} block */
function blockOf(block) {
  const lines = block.split('\n');
  const bullets = /^\s*[-*+]\s+/;
  const numbers = /^\s*\d+[.)]\s+/;
  if (lines.every((line) => bullets.test(line))) return h('ul', null, ...lines.map((line) => h('li', null, ...inline(line.replace(bullets, '')))));
  if (lines.every((line) => numbers.test(line))) return h('ol', { start: parseInt(lines[0], 10) || 1 }, ...lines.map((line) => h('li', null, ...inline(line.replace(numbers, '')))));
  if (lines.every((line) => line.startsWith('>'))) return h('blockquote', null, ...inline(lines.map((line) => line.replace(/^>\s?/, '')).join('\n')));
  if (/^#{1,4}\s/.test(block) && lines.length === 1) return h('p', null, h('strong', null, ...inline(block.replace(/^#+\s/, ''))));
  return h('p', null, ...inline(block));
}

/** @param {string} source @returns {any[]} */
export function preview(source) {
  return source.split(/(^```[\s\S]*?^```[^\S\n]*$)/m).flatMap((part, index) => (index % 2
    ? [h('pre', null, h('code', null, part.replace(/^```.*\n?/, '').replace(/\n?```\s*$/, '')))]
    : part.split(/\n{2,}/).filter((block) => block.trim()).map((block) => blockOf(block.replace(/^\n+|\s+$/g, '')))));
}
