import assert from 'node:assert/strict';
import { test, mock } from 'node:test';
import { ApiError } from '../../assets/shared/api.js';
import { createOutbox } from '../../assets/shared/outbox.js';

const offline = () => new ApiError('offline');
const refused = () => new ApiError('invalid', 'Too long.');
const item = (echo_id, conversation = 'c1', more = {}) => ({ echo_id, conversation, text: echo_id, at: 0, ...more });
/** Lets every promise that can settle do so. */
const settle = () => new Promise((done) => { setImmediate(done); });

function world(kept = null) {
  const seen = { saved: kept, sent: [], stored: [], states: [] };
  const waiting = [];
  const open = () => createOutbox({
    store: { load: () => seen.saved, save: (text) => { seen.saved = text; } },
    send: (one) => { seen.sent.push(one.echo_id); return new Promise((resolve, reject) => { waiting.push({ one, resolve, reject }); }); },
    onStored: (one, result) => seen.stored.push([one.echo_id, result]),
    onState: (one, state) => seen.states.push(`${one.echo_id} ${state}`),
  });
  return { seen, waiting, open, answer: async (result) => { waiting.shift().resolve(result); await settle(); }, fail: async (error) => { waiting.shift().reject(error); await settle(); } };
}

test('one conversation is sent in order, one at a time; another one does not wait for it', async () => {
  const { seen, open, answer } = world();
  const outbox = open();
  outbox.add(item('a1'));
  outbox.add(item('a2'));
  outbox.add(item('b1', 'c2'));
  assert.deepEqual(seen.sent, ['a1', 'b1']);
  await answer('stored');
  assert.deepEqual(seen.sent, ['a1', 'b1', 'a2']);
  await answer('stored');
  await answer('stored');
  assert.deepEqual(seen.stored.map(([id]) => id).sort(), ['a1', 'a2', 'b1']);
  assert.deepEqual(JSON.parse(seen.saved), []);
});

test('a lost line keeps the item and tries again with the same echo id', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen, open, answer, fail } = world();
  const outbox = open();
  outbox.add(item('a1'));
  outbox.add(item('a2'));
  await fail(offline());
  assert.ok(seen.states.includes('a1 queued'));
  assert.equal(JSON.parse(seen.saved).length, 2);
  context.mock.timers.tick(1300);
  assert.deepEqual(seen.sent, ['a1', 'a1'], 'the second still waits for the first');
  await answer('stored');
  await answer('stored');
  assert.deepEqual(seen.stored.map(([id]) => id), ['a1', 'a2']);
});

test('the line is back: tried at once, without waiting for the timer', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen, open, fail } = world();
  const outbox = open();
  outbox.add(item('a1'));
  await fail(offline());
  outbox.flush();
  assert.deepEqual(seen.sent, ['a1', 'a1']);
});

test('a refusal waits for a person and does not hold up the next message', async () => {
  const { seen, open, answer, fail } = world();
  const outbox = open();
  outbox.add(item('bad'));
  outbox.add(item('good'));
  await fail(refused());
  assert.deepEqual(seen.sent, ['bad', 'good']);
  await answer('stored');
  assert.equal(outbox.items()[0].failed, 'Too long.');
  outbox.retry('bad');
  assert.deepEqual(seen.sent, ['bad', 'good', 'bad']);
  await answer('stored');
  assert.deepEqual(outbox.items(), []);
});

test('what was written is there after a reload, with the same echo ids, but files only by their number', async () => {
  const first = world();
  const outbox = first.open();
  outbox.add(item('a1'));
  outbox.add(item('a2', 'c1', { files: [{ name: 'x' }, { name: 'y' }] }));
  outbox.stop();
  const second = world(first.seen.saved);
  const again = second.open();
  assert.deepEqual(again.items().map(({ echo_id, files, was_files }) => [echo_id, files, was_files]), [['a1', undefined, undefined], ['a2', undefined, 2]]);
  again.flush();
  assert.deepEqual(second.seen.sent, ['a1']);
});

test('rubbish under our name is no reason to fall over', () => {
  for (const rubbish of ['', 'null', '{', '[1,null,{"echo_id":5}]', '{"a":1}']) assert.deepEqual(world(rubbish).open().items(), []);
});

test('a conversation came into being: its messages go there', async () => {
  const { seen, open, waiting, answer } = world();
  const outbox = open();
  outbox.add(item('a1', 'new:a1'));
  outbox.add(item('a2', 'new:a1'));
  const { one } = waiting[0];
  await answer('made');
  outbox.moved('new:a1', 'c9');
  assert.equal(one.echo_id, 'a1');
  assert.deepEqual(outbox.items().map(({ conversation }) => conversation), ['c9']);
  assert.ok(seen.sent.includes('a2'));
});

test('another person is here: nothing is kept, and late answers mean nothing', async () => {
  const { seen, open, answer } = world();
  const outbox = open();
  outbox.add(item('a1'));
  outbox.clear();
  assert.deepEqual(JSON.parse(seen.saved), []);
  await answer('stored');
  assert.deepEqual(seen.stored, []);
  outbox.add(item('b1'));
  assert.deepEqual(seen.sent, ['a1', 'b1'], 'the lane is free for the next person');
});

test('taken back: it is not sent, and its text comes back', async () => {
  const { open, fail } = world();
  const outbox = open();
  outbox.add(item('a1'));
  await fail(refused());
  assert.equal(outbox.remove('a1').text, 'a1');
  assert.deepEqual(outbox.items(), []);
});

test('the box has a bottom: fifty items, the oldest give way', () => {
  const outbox = world().open();
  for (let at = 0; at < 60; at++) outbox.add(item(`a${at}`));
  assert.equal(outbox.items().length, 50);
  assert.equal(outbox.items()[0].echo_id, 'a10');
});
