import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as model from '../../assets/shared/timeline.js';

const at = (minutes) => Date.UTC(2026, 2, 3, 12, minutes);
const stored = (seq, more = {}) => ({ uuid: `m${seq}`, seq, at: at(seq), from: 'agent:1', text: `text ${seq}`, ...more });
const uuids = (timeline) => timeline.stored.map((entry) => entry.uuid);

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed) {
  let state = seed;
  return (below) => { state = (state * 1103515245 + 12345) % 2147483648; return state % below; };
}

test('whatever the order and however often they come, messages stand once and by their number', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const all = Array.from({ length: 12 }, (_, index) => stored(index + 1));
    let timeline = model.emptyTimeline();
    const bag = [...all, ...all, ...all];
    while (bag.length) timeline = model.withStored(timeline, bag.splice(next(bag.length), 1 + next(3)));
    assert.deepEqual(uuids(timeline), all.map((entry) => entry.uuid), `seed ${seed}`);
  }
});

test('a pending message becomes the stored one, whether its answer or its echo comes first', () => {
  const pending = { echo_id: 'e1', text: 'hello', at: at(1), from: 'me' };
  const echo = stored(5, { echo_id: 'e1', mine: true });
  for (const order of [['pending', 'echo', 'echo'], ['echo', 'pending'], ['pending', 'echo', 'pending']]) {
    let timeline = model.emptyTimeline();
    for (const step of order) timeline = step === 'echo' ? model.withStored(timeline, [echo]) : model.withPending(timeline, pending);
    assert.deepEqual([timeline.stored.length, timeline.pending.length], [1, 0], order.join(', '));
  }
});

test('a foreign message without an echo id leaves what is pending alone', () => {
  let timeline = model.withPending(model.emptyTimeline(), { echo_id: 'e1', text: 'mine', at: at(1) });
  timeline = model.withStored(timeline, [stored(9), stored(10, { echo_id: 'other' })]);
  assert.equal(timeline.pending.length, 1);
  assert.equal(model.rows(timeline).at(-1).entry.text, 'mine', 'pending ones stand below all stored ones');
});

test('every change is a new object, no change is the same', () => {
  const timeline = model.withStored(model.emptyTimeline(), [stored(1)]);
  const copy = structuredClone(timeline);
  assert.notEqual(model.withStored(timeline, [stored(2)]), timeline);
  assert.equal(model.withStored(timeline, []), timeline);
  assert.deepEqual(timeline, copy, 'the old one is untouched');
});

test('a later edit replaces, and a push without a number keeps the known one', () => {
  let timeline = model.withStored(model.emptyTimeline(), [stored(3)]);
  timeline = model.withStored(timeline, [{ uuid: 'm3', seq: 0, at: at(3), text: 'edited' }]);
  assert.deepEqual([timeline.stored[0].seq, timeline.stored[0].text], [3, 'edited']);
});

test('a fresh snapshot drops what the server no longer has and keeps what is pending', () => {
  let timeline = model.withStored(model.emptyTimeline(), [stored(1), stored(2)], { more: true });
  timeline = model.withPending(timeline, { echo_id: 'e', text: 'wait', at: at(3) });
  timeline = model.replaced(timeline, [stored(2), stored(4)]);
  assert.deepEqual(uuids(timeline), ['m2', 'm4']);
  assert.equal(timeline.pending.length, 1);
  assert.equal(timeline.more, false);
});

test('groups: one sender within three minutes, one day, not across an activity or the new line', () => {
  const shape = (entries, divider = 0) => model.rows(model.withDivider(model.withStored(model.emptyTimeline(), entries), divider)).map((row) => (row.type === 'message' ? `${row.first ? '[' : ''}${row.entry.seq}${row.last ? ']' : ''}` : row.type)).join(' ');
  const close = (seq, more) => stored(seq, { at: at(0) + seq * 1000, ...more });
  assert.equal(shape([close(1), close(2), close(3)]), 'day [1 2 3]');
  assert.equal(shape([close(1), close(2, { from: 'me' }), close(3)]), 'day [1] [2] [3]');
  assert.equal(shape([close(1), stored(2, { at: at(0) + 1000 + 3 * 60000 })]), 'day [1] [2]');
  assert.equal(shape([close(1), stored(2, { at: at(0) + 1000 + 3 * 60000 - 1 })]), 'day [1 2]');
  assert.equal(shape([close(1), close(2, { kind: 'activity' }), close(3)]), 'day [1] [2] [3]');
  assert.equal(shape([close(1), close(2), close(3)], 1), 'day [1] new [2 3]');
  assert.equal(shape([close(1), close(2, { mine: true }), close(3)], 1), 'day [1 2] new [3]'.replace('[1 2]', '[1 2]'));
  assert.match(shape([stored(1), { ...stored(2), at: at(1) + 36 * 3600000 }]), /^day \[1\] day \[2\]$/);
});

test('the key of a row does not change when its message is stored', () => {
  let timeline = model.withPending(model.emptyTimeline(), { echo_id: 'e1', text: 'x', at: at(1) });
  const before = model.rows(timeline).at(-1).key;
  timeline = model.withStored(timeline, [stored(7, { echo_id: 'e1' })]);
  assert.equal(model.rows(timeline).at(-1).key, before);
});

test('only so many rows are drawn, the newest ones, and more when one scrolls up', () => {
  const many = Array.from({ length: model.ROWS_MAX + 50 }, (_, index) => stored(index + 1));
  let timeline = model.withStored(model.emptyTimeline(), many);
  const messages = () => model.rows(timeline).filter((row) => row.type === 'message');
  assert.equal(messages().length, model.ROWS_MAX);
  assert.equal(messages()[0].entry.seq, 51);
  assert.equal(model.hiddenAbove(timeline), 50);
  timeline = model.showing(timeline, model.ROWS_MAX + 50);
  assert.equal(model.hiddenAbove(timeline), 0);
  assert.equal(messages().length, many.length);
  timeline = model.showing(timeline, 0);
  assert.equal(messages().length, model.ROWS_MAX, 'never fewer than that');
});

test('the ends are known for paging and catching up', () => {
  const timeline = model.withStored(model.emptyTimeline(), [stored(8), stored(3)]);
  assert.deepEqual([model.oldestSeq(timeline), model.newestSeq(timeline)], [3, 8]);
  assert.deepEqual([model.oldestSeq(model.emptyTimeline()), model.newestSeq(model.emptyTimeline())], [0, 0]);
});
