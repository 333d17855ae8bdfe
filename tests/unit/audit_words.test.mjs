import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { details, isKnown, sentence } from '../../assets/desk/settings/audit_words.js';
import { PERMISSIONS, STOCK } from '../../assets/desk/settings/permissions.js';

const root = join(import.meta.dirname, '../..');
const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.rs')).map((name) => readFileSync(join(root, 'src', name), 'utf8'));
const ann = { uuid: 'a', first_name: 'Ann', last_name: '', avatar_tint: 0 };
const entry = (action, more = {}) => ({ id: 1, at: 0, agent: ann, action, subject: 'x', subject_name: null, detail: {}, ...more });
const said = (one) => sentence(one).filter(Boolean).join('|');

test('every action that is written down has words', () => {
  const actions = new Set(sources.flatMap((text) => [...text.matchAll(/audit::append\(([^;]*);/g)]).flatMap((call) => [...call[1].matchAll(/"([a-z]+(?:\.[a-z_]+)+)"/g)].map((match) => match[1])));
  assert.ok(actions.size > 25, 'the reader sees them');
  assert.deepEqual([...actions].filter((action) => !isKnown(action)), []);
});

test('sentences name whom and what', () => {
  assert.equal(said(entry('role.created', { detail: { name: 'Weekend' } })), 'made the role|Weekend');
  assert.equal(said(entry('agent.edited', { subject_name: 'Ben' })), 'changed|Ben');
  assert.equal(said(entry('agent.edited', { subject: 'a', subject_name: 'Ann' })), 'changed their own profile');
  assert.equal(said(entry('session.ended', { subject_name: 'Ben', detail: { which: 'all' } })), 'signed|Ben| out everywhere');
  assert.equal(said(entry('something.new_thing')), 'new thing something');
  assert.equal(said(entry('contact.fields', { subject_name: 'Mia', detail: { fields: ['plan', 'seats'] } })), 'changed the fields of|Mia|: plan, seats');
  assert.equal(said(entry('conversation.released')), 'let a conversation out of the quarantine');
  assert.equal(said(entry('contact.note.edited', { detail: { note: 'x' } })), 'changed a note about a person');
  assert.equal(details(entry('agent.edited', { detail: { role: 'Weekend', suspended: true, open_max: 3 } })), 'role: Weekend · suspended: yes · conversations at once: 3');
  assert.equal(details(entry('role.edited', { detail: { name: 'W', scope: 'assigned', permissions: ['reply'] } })), 'Sees their own; may answer and note');
  assert.equal(details(entry('x.y', { detail: null })), '');
});

test('permissions are those of the server', () => {
  const access = readFileSync(join(root, 'src/model/access.rs'), 'utf8');
  const words = [...access.matchAll(/Permission::\w+ => "(\w+)"/g)].map((match) => match[1]);
  assert.deepEqual(PERMISSIONS.map(([key]) => key), words);
  const stock = /\[((?:Reply|Assign)[^\]]*)\]\.into_iter/.exec(access)[1].split(', ').map((word) => word.toLowerCase());
  assert.deepEqual(STOCK, stock);
});
