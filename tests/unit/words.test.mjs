import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createI18n, directionOf, negotiate } from '../../assets/shared/i18n.js';
import { createTime } from '../../assets/shared/time.js';

test('placeholders of both kinds are filled, unknown ones stay, and a value is never read again', () => {
  const { t } = createI18n('en', { a: 'Hello :name', b: 'back {when}', c: ':name and :other' });
  assert.equal(t('a', { name: 'Zoe' }), 'Hello Zoe');
  assert.equal(t('b', { when: 'at 9:00' }), 'back at 9:00');
  assert.equal(t('c', { name: ':other', other: 'x' }), ':other and x');
  assert.equal(t('c', { name: 'A' }), 'A and :other');
  assert.equal(t('a', { name: '$& $1 <b>' }), 'Hello $& $1 <b>');
});

test('an unknown key is shown as it is, never as nothing', () => {
  const words = createI18n('en', {});
  assert.equal(words.t('w.nothing'), 'w.nothing');
  assert.equal(words.has('w.nothing'), false);
});

test('counting follows each language', () => {
  const english = createI18n('en', { n: ':count messages', 'n#one': ':count message' });
  assert.deepEqual([0, 1, 2, 1234].map((count) => english.t('n', { count })), ['0 messages', '1 message', '2 messages', '1,234 messages']);
  const arabic = createI18n('ar', { n: 'other', 'n#one': 'one', 'n#two': 'two', 'n#few': 'few', 'n#many': 'many' });
  assert.deepEqual([1, 2, 3, 11, 100].map((count) => arabic.t('n', { count })), ['one', 'two', 'few', 'many', 'other']);
  assert.equal(createI18n('not a code', { n: ':count' }).t('n', { count: 3 }), '3');
});

test('direction by language', () => {
  assert.deepEqual(['ar', 'ar-EG', 'he', 'fa-IR', 'ur', 'en', 'de-DE', 'arn'].map(directionOf), ['rtl', 'rtl', 'rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr']);
});

test('the best language offered', () => {
  const offered = ['ar', 'de-DE', 'en-US', 'es-ES'];
  assert.equal(negotiate(['de'], offered, 'en-US'), 'de-DE');
  assert.equal(negotiate(['fr', 'es-MX'], offered, 'en-US'), 'es-ES');
  assert.equal(negotiate(['DE-de'], offered, 'en-US'), 'de-DE');
  assert.equal(negotiate(['fr', 'it'], offered, 'en-US'), 'en-US');
  assert.equal(negotiate([], offered, 'en-US'), 'en-US');
});

const NOW = new Date(2026, 2, 18, 15, 0).getTime();
const before = (hours) => NOW - hours * 3600000;

test('times as a person says them', () => {
  const time = createTime('en-US');
  assert.equal(time.day(NOW, NOW), 'Today');
  assert.equal(time.day(before(24), NOW), 'Yesterday');
  assert.equal(time.day(before(72), NOW), 'Sunday');
  assert.equal(time.day(before(24 * 30), NOW), 'February 16');
  assert.match(time.day(before(24 * 400), NOW), /2025/);
  assert.equal(time.ago(NOW - 10000, NOW), 'now');
  assert.match(time.ago(NOW - 4 * 60000, NOW), /^4\s?m(in)?\.? ago$/);
  assert.equal(time.ago(before(26), NOW), 'yesterday');
  assert.equal(time.ago(NOW + 60000, NOW), 'now', 'a clock that runs ahead');
});

test('just before midnight is yesterday just after it', () => {
  const time = createTime('en-US');
  const midnight = new Date(2026, 2, 18).getTime();
  assert.equal(time.day(midnight - 1000, midnight + 1000), 'Yesterday');
  assert.equal(time.day(midnight, midnight + 1000), 'Today');
});

test('the days around a change of the clocks keep their names', () => {
  const time = createTime('en-US');
  for (const [month, day] of [[2, 29], [9, 25], [2, 8], [10, 1]]) {
    const noon = new Date(2026, month, day, 12).getTime();
    assert.equal(time.day(new Date(2026, month, day - 1, 12).getTime(), noon), 'Yesterday');
  }
});

test('spans and sizes in one unit', () => {
  const time = createTime('en-US');
  assert.deepEqual([0, 30000, 59 * 60000, 60 * 60000, 47 * 3600000].map(time.span), ['1 min', '1 min', '59 min', '1 hr', '1 day']);
  assert.equal(time.bytes(20 * 1024 * 1024), '20 MB');
  assert.equal(time.bytes(1536), '1.5 kB');
  assert.equal(createTime('no such tag!').clock(NOW).length > 0, true);
});
