// The numbers of the status page as words.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ago, jobWords, period, soon } from '../../assets/desk/settings/status_words.js';

test('a time is said in its two largest parts', () => {
  assert.deepEqual([0, 59, 60, 3600, 3661, 90061, 2 * 86400 + 30].map(period), ['less than a minute', 'less than a minute', '1 minute', '1 hour', '1 hour, 1 minute', '1 day, 1 hour', '2 days']);
});

test('what was is never in the future, and what ends says how long it holds', () => {
  const now = 1_800_000_000_000;
  assert.deepEqual([ago(now + 3_600_000, now), ago(now - 3 * 3_600_000, now), soon(now - 1, now), soon(now + 40 * 86_400_000, now)], ['just now', '3 hours ago', 'has ended', 'good for 40 days']);
});

test('a kind of job that nobody named is readable', () => {
  assert.deepEqual([jobWords('push'), jobWords('water_plants')], ['Notices to phones', 'water plants']);
});
