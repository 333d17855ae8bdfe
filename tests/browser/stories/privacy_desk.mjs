// A person's data: handed out, and erased for good; and what a colleague would point out.

import { gone, one } from '../lib/wait.mjs';

export default {
  async 'a person is erased by name and leaves every screen at once'(stage) {
    const [ann, ben] = [await stage.agent('ann'), await stage.agent('ben')];
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Please forget me afterwards');
    for (const agent of [ann, ben]) { await agent.comesIn(); await agent.takes('Please forget me afterwards'); }
    const name = await ann.panel.getByRole('heading', { level: 2 }).textContent();
    await one(ann.panel.getByRole('link', { name: 'Export' }));
    await gone(ben.panel.getByRole('button', { name: 'Erase…' }));
    await ann.panel.getByRole('button', { name: 'Erase…' }).click();
    await one(ann.page.getByText('Nothing brings it back'));
    await stage.axe(ann.page, 'the question before erasing');
    await stage.picture(ann.page, 'erase-dialog');
    stage.expects(/status of 400 .*\/erase/);
    await ann.page.getByLabel(/to go on/).fill('somebody else');
    await ann.page.getByRole('button', { name: 'Erase for good' }).click();
    await one(ann.page.getByText('Nothing was erased'));
    await ann.page.getByLabel(/to go on/).fill(name);
    await ann.page.keyboard.press('Enter');
    for (const agent of [ann, ben]) await gone(agent.page.getByText('Please forget me afterwards'));
  },

  async 'what is wrong is told, and the house has its settings'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('problems');
    await one(ann.page.getByRole('heading', { name: 'I know of no backup' }));
    await stage.axe(ann.page, 'what is wrong');
    await stage.picture(ann.page, 'problems');
    await ann.settings('house');
    await ann.page.getByLabel('Name of the house').fill('Fern & Moss');
    await stage.axe(ann.page, 'house');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Saved. It is live now.'));
    await ann.page.getByLabel('Search settings').fill('retention');
    await ann.page.keyboard.press('Enter');
    await one(ann.page.getByLabel('Delete resolved conversations after'));
    await ann.page.getByLabel('Delete resolved conversations after').fill('30');
    await one(ann.page.getByText(/^Would delete/));
  },
};
