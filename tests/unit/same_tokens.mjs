// Compares two folders of scripts and style sheets token by token: node same_tokens.mjs BEFORE AFTER

import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../browser/package.json', import.meta.url));
const { parse } = require('acorn');
const { tokenize } = require('css-tree');

const [before, after] = process.argv.slice(2);

/** Every token with its text, and whether a line ends before it: that may mean a semicolon. @param {string} text */
function script(text) {
  const list = [];
  let end = 0;
  parse(text, {
    ecmaVersion: 'latest', sourceType: 'module', onToken(token) {
      list.push(`${token.type.label} ${text.slice(token.start, token.end)} ${list.length && /\n/.test(text.slice(end, token.start)) ? 'new line' : ''}`);
      end = token.end;
    },
  });
  return list;
}

/** A comment is nothing; blanks are one blank, and none beside another. @param {string} text */
function style(text) {
  const list = [];
  tokenize(text, (type, start, end) => {
    const said = text.slice(start, end);
    if (said.startsWith('/*')) return;
    const blank = /^\s+$/.test(said);
    if (!blank || list.at(-1) !== 'blank') list.push(blank ? 'blank' : `${type} ${said}`);
  });
  if (list[0] === 'blank') list.shift();
  if (list.at(-1) === 'blank') list.pop();
  return list;
}

let files = 0;
for (const name of await readdir(before, { recursive: true })) {
  const read = /\.js$/.test(name) ? script : /\.css$/.test(name) ? style : null;
  if (!read) continue;
  const [was, is] = (await Promise.all([before, after].map((folder) => readFile(join(folder, name), 'utf8')))).map(read);
  const at = was.findIndex((token, index) => token !== is[index]);
  if (at >= 0 || was.length !== is.length) throw new Error(`${name}: ${was.length} tokens became ${is.length}; ${was.slice(Math.max(0, at - 3), at + 2).join(' | ')} became ${is.slice(Math.max(0, at - 3), at + 2).join(' | ')}`);
  files++;
}
console.log(`${files} files say the same`);
