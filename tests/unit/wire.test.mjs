import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryOf } from '../../assets/widget/wire.js';

const told = (more) => entryOf({ uuid: 'm', seq: 1, author: { type: 'agent', id: 1 }, content_type: 'html', content: '<p>Hi</p><p><strong>Pro</strong></p>', ...more });

test('beside cards stands only what was typed: never the cards a second time', () => {
  const meta = { rich: { template: 'cards', elements: [{ title: 'Pro' }] } };
  assert.equal(told({ html: '', meta }).html, '');
  assert.equal(told({ html: undefined, meta }).html, '');
  assert.equal(told({ html: null, meta }).html, '');
  assert.equal(told({ html: '<p>Hi</p>', meta }).html, '<p>Hi</p>');
});

test('without cards the content is the words, in whichever field they came', () => {
  assert.equal(told({ html: '<p>Hi</p>', content: 'x' }).html, '<p>Hi</p>');
  assert.equal(told({ html: '', content: '<p>Hi</p>' }).html, '<p>Hi</p>');
  assert.equal(told({ content: '<p>Hi</p>' }).html, '<p>Hi</p>');
  assert.equal(told({ content: 'a < b', content_type: 'text' }).html, '');
});
