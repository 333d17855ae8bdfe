import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missed, seenUpTo } from '../../assets/desk/state/collision.js';
import * as draft from '../../assets/desk/state/draft_model.js';
import { score } from '../../assets/desk/state/fuzzy.js';
import { callable, calledIn, calling } from '../../assets/desk/state/mentions.js';
import * as view from '../../assets/desk/state/window.js';

const best = (query, names) => names.map((name) => [score(query, name), name]).filter(([points]) => points > 0).sort((a, b) => b[0] - a[0]).map(([, name]) => name);

test('a few letters find what was meant first, and nothing by accident', () => {
  const names = ['Resolve', 'Assign to Ben Okafor', 'Assign to Ann', 'Open the reports', 'Snooze until tomorrow', 'Zoë Miller'];
  assert.equal(best('res', names)[0], 'Resolve');
  assert.equal(best('ben', names)[0], 'Assign to Ben Okafor');
  assert.equal(best('as ann', names)[0], 'Assign to Ann');
  assert.equal(best('zoe', names)[0], 'Zoë Miller');
  assert.equal(best('atb', names)[0], 'Assign to Ben Okafor');
  assert.deepEqual(best('xyz', names), []);
  assert.equal(score('', 'anything'), 1, 'nothing asked, everything fits');
});

test('what was typed is never replaced unasked, and what was only shown follows', () => {
  const theirs = { body: 'from the phone', version: 7 };
  assert.equal(draft.told(draft.NOTHING, theirs, false).text, 'from the phone');
  const mine = draft.typed(draft.NOTHING, 'typed here');
  const quarrel = draft.told(mine, theirs, true);
  assert.deepEqual([quarrel.text, quarrel.other], ['typed here', theirs]);
  assert.deepEqual(draft.decided(quarrel, 'mine'), { text: 'typed here', base: 7, dirty: true, other: null });
  assert.deepEqual(draft.decided(quarrel, 'theirs'), { text: 'from the phone', base: 7, dirty: false, other: null });
  assert.deepEqual(draft.told(draft.typed(draft.NOTHING, 'Dear Zoe, and'), { body: 'Dear Zoe', version: 3 }, true), { text: 'Dear Zoe, and', base: 3, dirty: true, other: null }, 'going on is no quarrel');
  const shown = { text: 'sent elsewhere', base: 4, dirty: false, other: null };
  assert.equal(draft.told(shown, { body: '', version: 5 }, true).text, '', 'sent elsewhere: it goes, also under the cursor');
  assert.equal(draft.told({ ...shown, dirty: true }, { body: '', version: 5 }, false).text, 'sent elsewhere', 'but not what was typed');
  assert.equal(draft.told(shown, { body: 'old news', version: 4 }, false), shown);
});

test('saving what was overtaken by typing leaves it to be saved, and storage keeps it all', () => {
  const sent = draft.typed(draft.NOTHING, 'a');
  const more = draft.typed(sent, 'ab');
  assert.deepEqual(draft.saved(more, 'a', 9), { text: 'ab', base: 9, dirty: true, other: null });
  assert.equal(draft.saved(sent, 'a', 9).dirty, false);
  assert.deepEqual(draft.restored(draft.stored(more)), more);
  assert.deepEqual(draft.restored('{ not ours }'), { text: '{ not ours }', base: 0, dirty: true, other: null }, 'a bare text of an earlier version');
  assert.equal(draft.stored(draft.emptied(draft.saved(sent, 'a', 9))), null);
});

test('an answer of somebody else counts as seen when it had time to be read', () => {
  const answer = (seq, arrived, more = {}) => ({ seq, arrived, kind: 'outgoing', mine: false, author: { type: 'agent' }, ...more });
  const stored = [answer(5, 0), answer(7, 1000), answer(9, 99_000)];
  assert.equal(seenUpTo(stored, 100_000), 8, 'the one of a second ago was not read');
  assert.equal(seenUpTo(stored, 200_000), 9);
  assert.deepEqual(missed(stored, 0, 100_000).map((one) => one.seq), [9]);
  assert.deepEqual(missed([answer(9, 99_000, { mine: true }), answer(10, 99_000, { kind: 'note' }), answer(11, 99_000, { author: { type: 'system' } })], 0, 100_000), []);
  assert.equal(seenUpTo([], 1), 0);
});

test('names are called by an @ that begins a word, and the longest name is meant', () => {
  const agents = [{ uuid: 'a', first_name: 'Ann', last_name: '' }, { uuid: 'b', first_name: 'Ann', last_name: 'Archer' }, { uuid: 'c', first_name: 'Ben', last_name: 'Okafor', online: true }];
  assert.deepEqual(calling('ask @be', 7), { from: 4, asked: 'be' });
  assert.equal(calling('mail me@be', 10), null);
  assert.equal(calling('ask @ben  ', 10), null);
  assert.deepEqual(callable(agents, 'oka').map((one) => one.uuid), ['c']);
  assert.deepEqual(calledIn('@Ann Archer and @ben okafor, not a@Ann', agents).sort(), ['b', 'c']);
  assert.deepEqual(calledIn('@Ann, please', agents), ['a']);
  assert.deepEqual(calledIn('@Anna', agents), []);
});

test('the window slides without ever holding too much, and the end stays the end', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}`);
  let window = view.AT_END;
  assert.deepEqual(view.span(keys, window), [keys.length - view.ROWS_MAX, keys.length]);
  assert.deepEqual(view.span([...keys, 'new'], window), [keys.length + 1 - view.ROWS_MAX, keys.length + 1]);
  let before = view.span(keys, window);
  for (let step = 0; step < 200; step++) {
    window = view.up(keys, window);
    const now = view.span(keys, window);
    assert.ok(now[1] - now[0] <= view.ROWS_MAX + view.STEP && now[0] <= before[0] && now[1] > before[0], `${step}: ${now}, before ${before}`);
    before = now;
  }
  assert.deepEqual(view.span(keys, window), [0, view.ROWS_MAX], 'the beginning');
  assert.deepEqual(view.span(['older', ...keys], window), [1, view.ROWS_MAX + 1], 'older ones above do not move it');
  for (let step = 0; step < 200; step++) window = view.down(keys, window);
  assert.deepEqual(window, view.AT_END);
  const [from, to] = view.span(keys, view.around(keys, 'k5000'));
  assert.ok(from < 5000 && to > 5001 && to - from <= view.ROWS_MAX + view.STEP);
  assert.deepEqual(view.span(['a', 'b'], view.up(['a', 'b'], view.AT_END)), [0, 2], 'few rows are all there');
});
