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
    await one(ann.log.getByText('Ann Svensson set high priority'));
    await one(ann.log.getByText('tagged it Refund'));
    await stage.axe(ann.page, 'a tagged conversation');
    // Taken off by its own button; after a reload it is so still.
    await labels(ann).getByRole('button', { name: 'Remove the tag Refund' }).click();
    await gone(chip(ann, 'Refund'));
    await ann.page.reload();
    await one(chip(ann, '<b>VIP'));
    await gone(chip(ann, 'Refund'));
  },
};
