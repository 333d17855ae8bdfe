// The widget's own SHA-256, against the one of the platform, and a puzzle solved.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { begins, solve } from '../../assets/widget/work.js';

const hash = (text) => createHash('sha256').update(text).digest();

test('the hash is SHA-256, at every length around the blocks', () => {
  for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 300]) {
    const text = 'abcdefghij'.repeat(40).slice(0, length);
    const [high, low] = begins(text);
    assert.deepEqual([high, low], [hash(text).readUInt32BE(0), hash(text).readUInt32BE(4)], `${length} characters`);
  }
});

test('what is found solves the puzzle', async () => {
  const puzzle = `12.${'s'.repeat(43)}.1700000000000.${'x'.repeat(43)}`;
  const found = await solve({ puzzle, bits: 12 });
  assert.equal(found.puzzle, puzzle);
  assert.equal(hash(`${puzzle}:${found.nonce}`).readUInt32BE(0) >>> 20, 0);
});
