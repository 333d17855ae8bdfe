// Settings → deskbell → Status: how the house is, for the owner and admins.

import { check, gone, one } from '../lib/wait.mjs';

const main = (agent) => agent.page.getByRole('main').last();
/** What stands beside these words. */
const fact = (agent, name) => main(agent).locator('dl div').filter({ has: agent.page.locator('dt', { hasText: new RegExp(`^${name}$`) }) }).locator('dd');

export default {
  async 'the status page says how the house is, and follows it'(stage) {
    const ann = await stage.agent('ann');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('One more for the chart');
    await ann.settings('status');
    await one(main(ann).getByRole('heading', { level: 1, name: 'Status' }));
    await one(main(ann).getByRole('img', { name: /^Messages per day/ }));
    check(/^\d+\.\d+\.\d+/.test(await fact(ann, 'Version').textContent()), 'the version stands there');
    check(/\b[kM]B\b/i.test(await fact(ann, 'Size').textContent()), 'the size of the file has a unit');
    await one(fact(ann, 'Visitors connected').filter({ hasText: /^[1-9]/ }));
    await one(fact(ann, 'Last backup').filter({ hasText: 'none that I know of' }));
    await stage.axe(ann.page, 'the status page');
    await stage.picture(ann.page, 'settings-status');
    await ann.page.getByRole('button', { name: 'Look again' }).click();
    await one(fact(ann, 'Commits since the start'));
  },

  async 'the log level is changed here and written down'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('status');
    await ann.page.getByLabel('Log level').selectOption('debug');
    await one(ann.page.getByText('Until the next reload or restart.', { exact: true }));
    await ann.page.getByLabel('Log level').selectOption('warn');
    await ann.settings('audit');
    await one(main(ann).getByText('set the log level to “debug” until the next restart').first());
  },

  async 'who may not change settings is not shown the status'(stage) {
    const ben = await stage.agent('ben');
    await ben.settings('profile');
    await gone(ben.page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'Status', exact: true }));
  },
};
