// Business hours and teams.

import { gone, one, same } from '../lib/wait.mjs';

export default {
  async 'a week with a lunch break, a night and a holiday is made, kept, and given to an inbox'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('hours');
    await ann.page.getByRole('button', { name: 'Make the first set' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Shop');
    await ann.page.getByLabel('Time zone').selectOption('Asia/Tokyo');
    await one(ann.page.getByText(/^It is .* there\.$/));
    await ann.page.getByLabel('Monday, closes').fill('12:00');
    await ann.page.getByRole('button', { name: 'Another time on Monday' }).click();
    await ann.page.getByLabel('Monday, opens').nth(1).fill('13:00');
    await ann.page.getByLabel('Monday, closes').nth(1).fill('17:30');
    await ann.page.getByRole('button', { name: 'Copy Monday to every weekday' }).click();
    same(await ann.page.getByRole('group', { name: 'Friday', exact: true }).getByLabel('Friday, opens').count(), 2, 'copied');
    await ann.page.getByRole('switch', { name: 'Saturday' }).check();
    await ann.page.getByLabel('Saturday, opens').fill('20:00');
    await ann.page.getByLabel('Saturday, closes').fill('02:00');
    await one(ann.page.getByText('next day'));
    await ann.page.getByRole('button', { name: 'Add holiday' }).click();
    await ann.page.getByLabel('Date of holiday 1').fill('2026-12-25');
    await ann.page.getByLabel('Name of holiday 1').fill('Christmas');
    await stage.axe(ann.page, 'business hours');
    await stage.picture(ann.page, 'settings-hours-week');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Mon–Fri 09:00–12:00, 13:00–17:30 · Sat 20:00–02:00'));
    const { hours: [set] } = await ann.api('GET', '/hours');
    same([set.time_zone, set.weekly.saturday, set.holidays], ['Asia/Tokyo', [['20:00', '02:00']], [{ date: '2026-12-25', name: 'Christmas' }]], 'kept');
    await ann.settings(`inboxes/${stage.inbox}/availability`);
    await ann.page.getByLabel('Business hours', { exact: true }).selectOption({ label: 'Shop' });
    await ann.page.getByRole('radio', { name: /Leave a message/ }).check();
    await ann.saves();
    const { set: by, outside } = (await ann.api('GET', '/inboxes')).inboxes[0].config.hours;
    same([by, outside], [set.uuid, 'form'], 'the inbox goes by it');
    // In use, it stays.
    stage.expects(/status of 409 .*\/hours\//);
    await ann.settings(`hours/${set.uuid}`);
    await ann.page.getByRole('button', { name: 'Remove this set…' }).click();
    await ann.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await one(ann.page.getByRole('alert').filter({ hasText: 'Not removed' }));
  },

  async 'a team is made, and a conversation is given to it'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('teams');
    await ann.page.getByRole('button', { name: 'Make the first team' }).click();
    await ann.page.getByLabel('Team name').fill('Returns');
    await ann.page.getByRole('checkbox', { name: /Ben/ }).check();
    await stage.axe(ann.page, 'a new team');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Ben Okafor'));
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('My fern came without leaves');
    await ann.comesIn();
    await ann.takes('My fern came without leaves');
    await ann.page.getByRole('button', { name: 'Not assigned' }).click();
    await ann.page.getByRole('menuitemradio', { name: /Returns/ }).click();
    await one(ann.panel.getByText('Returns', { exact: true }));
    await ann.page.reload();
    await one(ann.panel.getByText('Returns', { exact: true }));
    await ann.settings('teams');
    await ann.page.getByRole('button', { name: 'Remove Returns' }).click();
    await ann.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await gone(ann.page.getByText('Ben Okafor'));
  },
};
