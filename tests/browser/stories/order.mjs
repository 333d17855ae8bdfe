// Order by hand: tags, statuses, priorities, macros, and several conversations at once; by keyboard alone.

import { gone, one, same, until } from '../lib/wait.mjs';

/** Somebody writes, and Ann has it open. */
async function opened(stage, words = 'Where is my fern?') {
  const visitor = await (await stage.visitor()).opens();
  await visitor.says(words);
  const ann = await stage.agent('ann');
  await ann.comesIn();
  await ann.takes(words);
  return { ann, visitor };
}

/** The keyboard stands in the thread, not in the box. */
async function inThread(ann) {
  await ann.box.press('Escape');
  await one(ann.page.locator('.messages:focus'));
}

const chip = (ann, name) => ann.page.locator('.labels .tag-chip').filter({ hasText: name });
const state = (ann, word) => ann.page.locator('#thread').getByRole('button', { name: new RegExp(`^Status: ${word}`) });
const labels = (ann) => ann.page.getByRole('group', { name: 'Priority and tags' });

export default {
  async 'a conversation gets tags and a priority by keyboard alone, and its row shows them'(stage) {
    const { ann } = await opened(stage);
    await inThread(ann);
    await ann.page.keyboard.press('t');
    await one(ann.page.getByRole('combobox', { name: 'Find or add a tag' }));
    await ann.page.keyboard.type('Refund');
    await one(ann.page.getByRole('option', { name: /New tag Refund/ }));
    await stage.axe(ann.page, 'choosing tags');
    await ann.page.keyboard.press('Enter');
    await one(chip(ann, 'Refund'));
    await ann.page.keyboard.type('<b>VIP');
    await ann.page.keyboard.press('Enter');
    await one(chip(ann, '<b>VIP'));
    await stage.picture(ann.page, 'order-tags');
    await ann.page.keyboard.press('Escape');
    await one(ann.page.getByRole('button', { name: 'Tags', exact: true }).and(ann.page.locator(':focus')));
    await ann.page.keyboard.press('p');
    await ann.page.getByRole('menuitemradio', { name: 'High' }).press('Enter');
    await one(labels(ann).getByRole('button', { name: 'Priority: High' }));
    await one(ann.row('Where is my fern?').filter({ hasText: 'Refund' }));
    await one(ann.log.getByText('set high priority'));
    await one(ann.log.getByText('tagged it Refund'));
    await stage.axe(ann.page, 'a tagged conversation');
    // Taken off by its own button; after a reload it is so still.
    await labels(ann).getByRole('button', { name: 'Remove the tag Refund' }).click();
    await gone(chip(ann, 'Refund'));
    await ann.page.reload();
    await one(chip(ann, '<b>VIP'));
    await gone(chip(ann, 'Refund'));
  },

  async 'row 226: a macro is made, found by a slash, filled in, and does the rest when it is sent'(stage) {
    const { ann, visitor } = await opened(stage, 'I want my money back');
    await ann.api('POST', '/tags', { name: 'Refund' });
    await ann.settings('macros');
    await ann.page.getByRole('button', { name: 'Write the first macro' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Money back');
    await ann.page.getByLabel('Shortcut').fill('refund');
    await ann.page.getByLabel('Text', { exact: true }).fill('Hello {{contact.shoe_size}}');
    await ann.page.getByRole('button', { name: 'Add an action' }).click();
    await ann.page.getByLabel('Tag', { exact: true }).selectOption({ label: 'Refund' });
    await ann.page.getByRole('button', { name: 'Add an action' }).click();
    await ann.page.getByRole('listitem', { name: 'Action 2' }).getByLabel('Do').selectOption({ label: 'Set the status' });
    stage.expects(/status of 400 .*\/macro/);
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByRole('alert').filter({ hasText: '{{contact.shoe_size}}' }));
    await ann.page.getByLabel('Text', { exact: true }).fill('Hello ');
    await ann.page.getByRole('button', { name: 'First name, or “there”' }).click();
    await ann.page.getByLabel('Text', { exact: true }).press('End');
    await ann.page.keyboard.type(', your money is **on its way**.');
    await one(ann.page.getByRole('region', { name: 'How it reads' }).getByText('Hello there, your money'));
    await stage.axe(ann.page, 'a new macro');
    await stage.picture(ann.page, 'order-macro-form');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('/refund', { exact: true }));
    await stage.axe(ann.page, 'macros');
    await stage.picture(ann.page, 'order-macros');
    await ann.comesIn();
    await ann.takes('I want my money back');
    // A slash inside a word or an address is no question for a macro.
    await ann.box.fill('and/or');
    await gone(ann.page.getByRole('listbox', { name: 'Macros' }));
    await ann.box.fill('');
    await ann.box.pressSequentially('/mb');
    await one(ann.page.getByRole('option', { name: /Money back/ }));
    await stage.axe(ann.page, 'the list of macros');
    await stage.picture(ann.page, 'order-macro-menu');
    await ann.page.keyboard.press('Escape');
    await gone(ann.page.getByRole('listbox', { name: 'Macros' }));
    await one(ann.page.locator('#composer:focus'));
    await ann.box.fill('');
    await ann.box.pressSequentially('/ref');
    await one(ann.page.getByRole('option', { name: /Money back/ }));
    await ann.page.keyboard.press('Enter');
    await one(ann.page.getByRole('group', { name: 'Will also' }).getByText('tag Refund'));
    same(await ann.box.inputValue(), 'Hello there, your money is **on its way**.', 'filled in');
    await stage.picture(ann.page, 'order-macro-chips');
    await ann.page.getByRole('button', { name: 'Do not resolve' }).click();
    await ann.box.press('Enter');
    await visitor.sees('Hello there, your money is on its way.');
    await one(chip(ann, 'Refund'));
    await one(state(ann, 'Open'));
    await ann.settings('macros');
    await one(ann.page.getByText('Used once'));
    // One that says nothing does what it does without a message.
    await ann.api('POST', '/macros', { name: 'Urgent', shortcut: 'urgent', actions: [{ do: 'priority', value: 'high' }] });
    // What one has just written becomes one, too.
    await ann.comesIn();
    await ann.takes('your money is on its way');
    await ann.box.fill('We are closed on Sundays.');
    await ann.page.getByRole('button', { name: 'More ways to send' }).click();
    await ann.page.getByRole('menuitem', { name: 'Save as macro…' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Sundays');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await ann.box.fill('');
    await ann.box.pressSequentially('/sun');
    await ann.page.keyboard.press('Tab');
    await until(ann.page, () => document.querySelector('#composer').value === 'We are closed on Sundays.');
    await ann.box.fill('');
    await ann.box.pressSequentially('/urg');
    await ann.page.keyboard.press('Enter');
    await one(ann.page.getByRole('button', { name: 'Do it now' }));
    await ann.page.keyboard.press('Enter');
    await one(labels(ann).getByRole('button', { name: 'Priority: High' }));
  },

  async 'row 224: tags are made, merged and asked for where somebody resolves'(stage) {
    const { ann } = await opened(stage, 'Do you ship to Mars?');
    await ann.settings('tags');
    await ann.page.getByRole('button', { name: 'Make the first tag' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Shipping');
    await ann.page.getByLabel('Colour', { exact: true }).fill('#ffe08a');
    await stage.axe(ann.page, 'a new tag');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByRole('button', { name: 'Edit Shipping' }));
    await ann.page.getByRole('button', { name: 'New tag' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Delivery');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByRole('button', { name: 'Edit Delivery' }));
    await ann.page.getByRole('switch', { name: 'Ask for a tag before resolving' }).check();
    await stage.axe(ann.page, 'tags');
    await stage.picture(ann.page, 'order-settings-tags');
    await ann.comesIn();
    await ann.takes('Do you ship to Mars?');
    await inThread(ann);
    stage.expects(/status of 409 .*\/status/);
    await ann.page.keyboard.press('e');
    await one(ann.page.getByRole('dialog', { name: 'What was it about?' }));
    await stage.axe(ann.page, 'a tag is asked for');
    await ann.page.keyboard.type('ship');
    await ann.page.keyboard.press('Enter');
    await ann.page.keyboard.press('Enter');
    await one(state(ann, 'Resolved'));
    await one(chip(ann, 'Shipping'));
    await ann.settings('tags');
    await ann.page.getByRole('button', { name: 'Merge Shipping into another tag' }).click();
    await ann.page.getByRole('button', { name: 'Merge', exact: true }).click();
    await gone(ann.page.getByRole('button', { name: 'Edit Shipping' }));
    await one(ann.page.getByRole('button', { name: /^1 conversation with Delivery/ }));
  },

  async 'a status in the house’s own words is made, given, and falls back when it is removed'(stage) {
    const { ann } = await opened(stage, 'My pot is broken');
    await ann.settings('statuses');
    await ann.page.getByRole('button', { name: 'New status' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('With the courier');
    await stage.axe(ann.page, 'a new status');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.locator('.card').filter({ hasText: 'With the courier' }));
    await stage.axe(ann.page, 'statuses');
    await stage.picture(ann.page, 'order-settings-statuses');
    await ann.comesIn();
    await ann.takes('My pot is broken');
    await state(ann, 'Open').press('Enter');
    await ann.page.getByRole('menuitemradio', { name: 'With the courier' }).press('Enter');
    await one(state(ann, 'With the courier'));
    await one(ann.log.getByText('set it to “With the courier”'));
    await ann.settings('statuses');
    await ann.page.getByRole('button', { name: 'Remove With the courier' }).click();
    await ann.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await gone(ann.page.locator('.card'));
    same((await ann.api('GET', '/conversations?box=all&status=waiting')).conversations[0].custom_status, null, 'plainly waiting');
  },

  async 'several conversations are chosen by keyboard, changed at once, and taken back'(stage) {
    const words = ['First question', 'Second question', 'Third question'];
    for (const text of words) await (await (await stage.visitor()).opens()).says(text);
    const ann = await stage.agent('ann');
    await ann.comesIn();
    await ann.looksAt('All');
    for (const text of words) await one(ann.row(text));
    await ann.page.locator('body').press('j');
    await ann.page.keyboard.press('x');
    await one(ann.page.locator('.bulk-bar').getByText('1 chosen'));
    await ann.page.keyboard.press('Shift+J');
    await ann.page.keyboard.press('Shift+J');
    const bar = ann.page.getByRole('region', { name: 'Chosen conversations' });
    await one(bar.getByText('3 chosen'));
    await stage.axe(ann.page, 'a selection');
    await stage.picture(ann.page, 'order-selection');
    await bar.getByRole('button', { name: 'Priority' }).click();
    await ann.page.getByRole('menuitem', { name: 'High' }).press('Enter');
    await one(ann.page.getByText('High priority: 3 conversations'));
    same(await ann.list.locator('.priority.is-high').count(), 3, 'three marks');
    await gone(bar);
    await ann.page.getByRole('button', { name: 'Undo' }).click();
    await until(ann.page, () => !document.querySelector('.priority.is-high'));
    // Shift and a click choose a range, Escape lets go.
    await ann.page.keyboard.press('x');
    await one(bar);
    await ann.page.keyboard.press('Escape');
    await gone(bar);
    await ann.row('First question').hover();
    await ann.list.getByRole('checkbox').first().check({ force: true });
    await one(bar.getByText('1 chosen'));
    await ann.list.getByRole('listitem').nth(1).getByRole('button').click({ modifiers: ['Shift'] });
    await one(bar.getByText('2 chosen'));
    await bar.getByRole('button', { name: 'Status' }).click();
    await ann.page.getByRole('menuitem', { name: 'Resolved' }).press('Enter');
    await one(ann.page.getByText('Resolved: 2 conversations'));
    for (const text of words.slice(1)) await gone(ann.row(text));
    await one(ann.row('First question'));
  },
};
