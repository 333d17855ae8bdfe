// Finding macros and tags by a few letters.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import './modules.mjs';

const { matching, rank } = await import('../../assets/desk/state/fuzzy.js');

test('the beginning counts most, then a word, then anywhere, then letters in order', () => {
  assert.deepEqual(['refund', 'refunds', 'money refund', 'prefund', 'rxexfxund'].map((text) => rank(text, 'refund')), [0, 1, 2, 3, 4]);
  assert.equal(rank('shipping', 'refund'), -1);
  assert.equal(rank('Grüner Daumen', 'grun'), 1, 'letters without their marks');
  assert.equal(rank('anything', ''), 0);
});

test('shortcut before name before text; equal ones keep their order; long texts are not searched letter by letter', () => {
  const all = [['x', 'Money back', `${'long words '.repeat(20)}refund`], ['refund', 'A', ''], ['y', 'Refund later', ''], ['z', 'Zebra', 'r e f u n d and so on '.repeat(9)]];
  assert.deepEqual(matching(all, 'refund', (one) => one).map((one) => one[0]), ['refund', 'y', 'x']);
  assert.deepEqual(matching(all, '', (one) => one).length, 4);
});
