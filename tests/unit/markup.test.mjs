// Row 188: what the visitor's editor shows is what the server will render. The cases are those of src/base/markup.rs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOLD, CODE, ITALIC, parse, serialise, stretchesOf } from '../../assets/widget/markup.js';

const TAGS = [[BOLD, 'b'], [ITALIC, 'i'], [CODE, 'c']];
/** `<bi>` around what is bold and italic. */
const shown = (words) => stretchesOf(words).map(({ text, mark }) => { const tag = TAGS.filter(([bit]) => mark & bit).map(([, name]) => name).join(''); return tag ? `<${tag}>${text}</${tag}>` : text; }).join('');
const read = (source) => shown(parse(source));
/** The other way: `<b>x</b>` as words. */
function words(text) {
  const made = { text: '', marks: [] };
  for (const [, tag, inner, plain] of text.matchAll(/<([bic]+)>(.*?)<\/\1>|([^<])/gsu)) {
    const piece = plain ?? inner;
    const mark = [...(tag || '')].reduce((sum, name) => sum | TAGS.find(([, other]) => other === name)[0], 0);
    made.text += piece;
    for (let i = 0; i < piece.length; i++) made.marks.push(mark);
  }
  return made;
}

test('what the server reads as marked is read as marked', () => {
  for (const [source, expected] of [
    ['**bold** and *italic* and `code`', '<b>bold</b> and <i>italic</i> and <c>code</c>'],
    ['***both***', '<bi>both</bi>'],
    ['**bold *and italic***', '<b>bold </b><bi>and italic</bi>'],
    ['***both* bold**', '<bi>both</bi><b> bold</b>'],
    ['***both** italic*', '<bi>both</bi><i> italic</i>'],
    ['*italic **both***', '<i>italic </i><bi>both</bi>'],
    ['**two\nlines**', '<b>two\nlines</b>'],
    ['`**not bold**`', '<c>**not bold**</c>'],
    ['这是**重要**的', '这是<b>重要</b>的'],
    ['(*really*)!', '(<i>really</i>)!'],
    ['***a**', '*<b>a</b>'], ['**a***', '<b>a</b>*'], ['*a **b*', '<i>a **b</i>'], ['*foo *baz*', '*foo <i>baz</i>'],
    ['\\*\\*bold\\*\\*', '**bold**'], ['\\`code\\`', '`code`'], ['\\***bold**', '*<b>bold</b>'], ['**a\\*b**', '<b>a*b</b>'],
    ['\\``a`', '`<c>a</c>'], ['C:\\\\\\*', 'C:\\*'], ['\\\\**bold**', '\\<b>bold</b>'], ['\\\\server\\share \\n \\', '\\\\server\\share \\n \\'], ['`a\\`', '<c>a\\</c>'],
    ['**https://example.com**', '<b>https://example.com</b>'], ['https://e.example/*a*b', 'https://e.example/*a*b'],
  ]) assert.equal(read(source), expected, source);
  for (const source of ['2*3*4', '5 * 3 * 2', '**', '****', '* a', '**a', 'a**', '**a\n\nb**', '`a', '``', '```', '`\n`', 'a_b_c', '*****a*****', 'f(**args, *more)']) assert.equal(read(source), source, source);
});

test('what is shown in the editor comes back from its source', () => {
  for (const [written, source] of [
    ['plain', 'plain'],
    ['2*3*4 and 5 * 3', '2*3*4 and 5 * 3'],
    ['**not bold**', '\\*\\*not bold\\*\\*'],
    ['`not code`', '\\`not code\\`'],
    ['<b>bold</b> *and* stars', '**bold** \\*and\\* stars'],
    ['a <b>bold </b>word', 'a **bold** word'],
    ['<b>one</b>\n<b>two</b>', '**one**\n**two**'],
    ['<bi>both</bi>', '***both***'],
    ['<c>x = *p</c>', '`x = *p`'],
    ['path C:\\*', 'path C:\\\\\\*'],
    ['see https://e.example/a*b*c <b>now</b>', 'see https://e.example/a*b*c **now**'],
  ]) {
    assert.equal(serialise(words(written)), source, written);
    assert.equal(parse(source).text, words(written).text, written);
  }
  // Half a word: the whole of it, rather than stars.
  assert.equal(serialise(words('un<b>believ</b>able day')), '**unbelievable** day');
});

test('whatever is written, its text comes back to the letter', () => {
  let seed = 7;
  const random = (most) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % most; };
  const parts = ['*', '**', '`', '\\', ' ', '\n', 'a', 'é', '中', '🙂', 'https://e.example/', '.', ')', '(', '_', '1'];
  for (let round = 0; round < 4000; round++) {
    const made = { text: '', marks: [] };
    for (let count = random(14); count > 0; count--) {
      const piece = parts[random(parts.length)];
      const mark = random(3) ? 0 : random(8);
      made.text += piece;
      for (let i = 0; i < piece.length; i++) made.marks.push(mark);
    }
    const source = serialise(made);
    assert.equal(parse(source).text, made.text, JSON.stringify([made, source]));
  }
});
