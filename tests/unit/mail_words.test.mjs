// The words of mails to people outside exist in every language we speak, with the same fields and lines; and in a folder that no widget reads.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const folder = (name) => new URL(`../../assets/${name}/`, import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder('mail')), 'utf8'));
const OUTSIDE = ['code', 'transcript', 'survey', 'to_contact', 'reply'].flatMap((kind) => [`${kind}.subject`, `${kind}.body`]).concat('reply_here', 'footer').sort();
/** Whether somebody is greeted by name is a habit of the language. */
const fields = (words) => [...words.matchAll(/\{\{\s*([a-z_]+)/g)].map(([, name]) => name).filter((name) => name !== 'first_name').sort();

test('every language has the words of every mail, with the same fields', () => {
  const english = read('en.json');
  const languages = readdirSync(folder('locales')).filter((name) => name !== 'index.json').sort();
  assert.deepEqual(readdirSync(folder('mail')).sort(), languages);
  for (const name of languages.filter((one) => one !== 'en.json')) {
    const words = read(name);
    assert.deepEqual(Object.keys(words).sort(), OUTSIDE, name);
    for (const key of OUTSIDE) {
      assert.deepEqual(fields(words[key]), fields(english[key]), `${name}: ${key}`);
      if (!key.startsWith('reply.')) assert.notEqual(words[key], english[key], `${name}: ${key} is English`);
      assert.doesNotMatch(words[key], /<[a-z/]/i, `${name}: ${key} has markup`);
    }
    for (const key of OUTSIDE.filter((one) => one.endsWith('.body'))) assert.equal(/\{\{button\|[^}]+\}\}/.test(words[key]), /\{\{button\|/.test(english[key]), `${name}: ${key} has words on its button`);
  }
});

test('no word of a mail is in what visitors are sent', () => {
  for (const name of readdirSync(folder('locales'))) assert.doesNotMatch(readFileSync(new URL(name, folder('locales')), 'utf8'), /"mail\.|\{\{brand\}\}/, name);
});
