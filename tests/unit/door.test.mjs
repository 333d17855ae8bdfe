import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createI18n } from '../../assets/shared/i18n.js';
import { createTime } from '../../assets/shared/time.js';
import { fieldsToAsk, rowAfter, wantsAway, wantsContact } from '../../assets/widget/asks.js';
import { buttonSays, expectation, wantsAddress, withAvailability } from '../../assets/widget/availability.js';
import { consentMark, doorOf, mayStart, rootOf, straight, tilesOf } from '../../assets/widget/door.js';

const ALL = { chat: true, bug: true, feature: true, review: true, question: true, files: true };
const at = (settings, more = {}) => ({ settings, signed: false, session: false, conversations: [], ...more });

test('who may chat: everybody, with a code, or signed in (decision 2)', () => {
  assert.equal(doorOf(at({ access: 'anonymous' })), 'open');
  assert.equal(doorOf(at({})), 'open', 'a server that does not say');
  assert.equal(doorOf(at({ access: 'identify', anonymous_allowed: false })), 'identify');
  assert.equal(doorOf(at({ access: 'verified' })), 'sign_in');
  assert.equal(doorOf(at({ access: 'verified' }, { session: true })), 'sign_in', 'a visitor’s session is no signature');
  for (const access of ['anonymous', 'identify', 'verified']) assert.equal(doorOf(at({ access }, { signed: true })), 'open');
});

test('the first screen: home, the hub, or the one module there is (rows 105–110, 117)', () => {
  assert.deepEqual(rootOf(at({ tiles: null })), { view: 'home', about: '' });
  assert.deepEqual(rootOf(at({ tiles: ALL })), { view: 'hub', about: '' });
  assert.deepEqual(rootOf(at({ tiles: { ...ALL, bug: false, feature: false, review: false, question: false } })), { view: 'home', about: '' });
  assert.deepEqual(rootOf(at({ tiles: { review: true } })), { view: 'report', about: 'review' });
  assert.deepEqual(tilesOf(at({ access: 'verified', tiles: ALL })), ['bug', 'feature', 'review', 'question']);
  assert.deepEqual(rootOf(at({ access: 'verified', tiles: { chat: true, question: true } })), { view: 'report', about: 'question' });
  assert.deepEqual(rootOf(at({ access: 'verified', tiles: { chat: true, question: true } }, { signed: true })), { view: 'hub', about: '' });
});

test('straight to the conversation, but never past a hub or a locked door', () => {
  assert.equal(straight(at({ single_thread: true })), true);
  assert.equal(straight(at({ direct_to_conversation: true })), true);
  assert.equal(straight(at({ single_thread: true, tiles: ALL })), false);
  assert.equal(straight(at({ single_thread: true, access: 'verified' })), false);
});

test('a second conversation begins only where it may; reports do not count', () => {
  const talk = { uuid: 'a', kind: 'chat' };
  assert.equal(mayStart(at({ single_thread: true }), {}), true);
  assert.equal(mayStart(at({ single_thread: true }, { conversations: [talk] }), {}), false);
  assert.equal(mayStart(at({ single_thread: true }, { conversations: [{ uuid: 'b', kind: 'bug' }] }), {}), true);
  assert.equal(mayStart(at({}, { conversations: [talk] }), { prevent_multiple_conversations: true }), false);
  assert.equal(mayStart(at({}), { allow_start_conversation: false }), false);
});

test('another consent text is asked again', () => {
  assert.notEqual(consentMark({ text: 'One year' }), consentMark({ text: 'Two years' }));
  assert.equal(consentMark(null), '');
});

const words = createI18n('en', { 'w.online_now': 'Online now', 'w.away_now': 'Away.', 'w.away_short': 'Away', 'w.usually_replies': 'Within :time', 'w.back_today': 'Back today at :time', 'w.back_tomorrow': 'Back tomorrow at :time', 'w.back_day': 'Back on :day at :time' });
const time = createTime('en-US');
const NOW = new Date(2026, 2, 18, 15, 0).getTime();
const says = (settings, talk = null) => expectation(settings, talk, words, time, null, NOW);

test('what to expect is said honestly', () => {
  assert.deepEqual(says({ availability: { online: true, open: true, reply_minutes: 4 } }), { online: true, text: 'Within 4 min' });
  assert.deepEqual(says({ availability: { online: true, open: true, reply_minutes: null } }), { online: true, text: 'Online now' });
  assert.deepEqual(says({ availability: { online: false, open: true, reply_minutes: 4 } }), { online: false, text: 'Away.' });
  assert.equal(says({ availability: { online: false, open: false, opens_at: NOW + 3600000 } }).text, 'Back today at 4:00 PM');
  assert.equal(says({ availability: { online: true, open: false, opens_at: NOW + 18 * 3600000 } }).text, 'Back tomorrow at 9:00 AM');
  assert.equal(says({ availability: { open: false, opens_at: NOW - 1 } }).text, 'Away.', 'a moment that has passed says nothing');
  assert.equal(says({ team: { online: true, reply_minutes: 3 } }).text, 'Within 3 min', 'a server that knows only the team');
});

test('a start button speaks for its own team', () => {
  assert.deepEqual(buttonSays({ online: true, open: true, reply_minutes: 2 }, {}, words.t, time), { online: true, text: 'Within 2 min' });
  assert.deepEqual(buttonSays({ online: true, open: false }, {}, words.t, time), { online: false, text: 'Away' });
  assert.deepEqual(buttonSays({}, { team: { online: true } }, words.t, time), { online: true, text: 'Online now' });
});

test('who comes and goes is laid over the settings', () => {
  const before = { team: { online: true, agents: [1] }, availability: { online: true, outside: 'form' }, home_buttons: [{ id: 'a', name: 'A', online: true }, { id: 'b', online: true }] };
  const after = withAvailability(before, { online: false, open: false, opens_at: 5, buttons: { a: { online: false, open: false } } });
  assert.deepEqual(after.availability, { online: false, outside: 'form', open: false, opens_at: 5 });
  assert.deepEqual(after.home_buttons, [{ id: 'a', name: 'A', online: false, open: false }, { id: 'b', online: true }]);
  assert.equal(after.team.online, false);
  assert.equal(before.team.online, true, 'what was is not changed');
});

test('outside the hours an address is asked for, by the hours of the team one wants', () => {
  const closed = { availability: { open: false, outside: 'form' }, home_buttons: [{ id: 'a', open: true }, { id: 'b', open: false }] };
  assert.equal(wantsAddress(closed), true);
  assert.equal(wantsAddress({ availability: { open: false, outside: 'open' } }), false);
  assert.equal(wantsAway(at(closed)), true);
  assert.equal(wantsAway(at(closed, { button: 'a' })), false);
  assert.equal(wantsAway(at(closed, { button: 'b' })), true);
  assert.equal(wantsAway(at(closed, { signed: true })), false);
  assert.equal(wantsAway(at(closed, { form: { email: 'a@example.com' } })), false);
});

const said = (uuid, seq, mine) => ({ uuid, seq, mine, kind: 'message', echo_id: mine ? `e${uuid}` : null });
const timeline = { stored: [said('1', 1, false), said('2', 2, true), said('3', 3, false), said('4', 4, true)] };

test('the question for an address stands after the first own words, until it is answered or put off (row 196)', () => {
  const state = at({ contact_prompt: true }, { session: true, contact: null, left: null, chat: 'c' });
  assert.equal(wantsContact(state, timeline), 'e2');
  assert.equal(wantsContact({ ...state, session: false }, timeline), null, 'nothing is stored yet');
  assert.equal(wantsContact({ ...state, contact: { skipped: 1 } }, timeline), null);
  assert.equal(wantsContact({ ...state, contact: { email: 'a@example.com' } }, timeline), 'e2', 'what is known is shown (row 198)');
  assert.equal(wantsContact({ ...state, signed: true }, timeline), null, 'whom the page signed in is not asked');
  assert.equal(wantsContact({ ...state, settings: {} }, timeline), null);
});

test('when everybody leaves, it is said where it happened, and an address is asked for', () => {
  const left = { uuid: 'c', after: 3 };
  const state = at({}, { session: true, contact: { skipped: 1 }, left, chat: 'c' });
  assert.equal(rowAfter(state.left, state.chat, timeline), '3');
  assert.equal(wantsContact(state, timeline), '3', 'also of somebody who did not want to before');
  assert.equal(rowAfter(state.left, 'd', timeline), null, 'not in another conversation');
});

test('who has a session is not asked for name and address again', () => {
  const fields = [{ key: 'email', order: 2, is_default: true }, { key: 'name', order: 1, is_default: true }, { key: 'wood', order: 3 }, { key: 'off', enabled: false }];
  const form = { prechat_form: { enabled: true, fields } };
  assert.deepEqual(fieldsToAsk(at(form)).map((field) => field.key), ['name', 'email', 'wood']);
  assert.deepEqual(fieldsToAsk(at(form, { session: true })).map((field) => field.key), ['wood']);
  assert.deepEqual(fieldsToAsk(at({ prechat_form: { enabled: false, fields } })), []);
});
