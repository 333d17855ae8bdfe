// What happens by itself: a rule put together like a sentence, a view, a promise.

import { gone, one, same } from '../lib/wait.mjs';

/** The answer to the change that `act` makes. */
async function kept(ann, act) {
  const answer = ann.page.waitForResponse((one) => one.request().method() === 'PUT' && one.url().includes('/api/desk/rules/'));
  await act();
  return (await (await answer).json()).rules;
}

export default {
  async 'row 225: a rule is put together like a sentence, tried out, put in order, and sorts what comes in'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.api('POST', '/tags', { name: 'Refund' });
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Where is my refund?');
    await ann.comesIn();
    await ann.settings('rules');
    await ann.page.getByRole('button', { name: 'Make the first rule' }).click();
    await ann.page.getByLabel('What it is called').fill('Refunds');
    await ann.page.getByRole('button', { name: 'Add a condition' }).click();
    await ann.page.getByLabel('With what, condition 1', { exact: true }).fill('refund, money back');
    await ann.page.getByRole('button', { name: 'Add a group' }).click();
    await ann.page.getByLabel('What, condition 1', { exact: true }).nth(1).selectOption({ label: 'Kind' });
    await ann.page.getByLabel('What, condition 2', { exact: true }).selectOption({ label: 'Verified' });
    await ann.page.getByRole('button', { name: 'Add an action' }).click();
    await ann.page.getByLabel('Tag', { exact: true }).selectOption({ label: 'Refund' });
    await ann.page.getByRole('button', { name: 'Add an action' }).click();
    await ann.page.getByLabel('Do', { exact: true }).nth(1).selectOption({ label: 'Reply' });
    await ann.page.getByLabel('What it says').fill('We look into it.');
    const trying = ann.page.getByRole('group', { name: 'Try it out' });
    await trying.getByRole('button', { name: 'Try', exact: true }).click();
    await one(trying.getByText('It would act.'));
    await one(ann.page.getByText('Where is my refund?').first());
    await stage.axe(ann.page, 'a rule');
    await stage.picture(ann.page, 'settings-rule');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByRole('button', { name: /Refunds.*When a conversation begins/ }));
    const other = await (await stage.visitor()).opens();
    await other.says('I want my money back');
    await other.sees('We look into it.');
    // A second one, moved to the front by the keyboard alone.
    await ann.api('POST', '/rules', { name: 'Louder', trigger: 'message', conditions: { match: 'all', items: [] }, actions: [{ do: 'priority', value: 'high' }] });
    const grip = ann.page.getByRole('button', { name: /^Move Louder/ });
    await grip.focus();
    const ordered = await kept(ann, () => grip.press('ArrowUp'));
    same(ordered.map((rule) => rule.name), ['Louder', 'Refunds'], 'the order is kept');
    await one(ann.page.getByText(/Acted once/));
    await stage.axe(ann.page, 'rules in their order');
    await stage.picture(ann.page, 'settings-rules');
    const turned = await kept(ann, () => ann.page.getByRole('switch', { name: 'Refunds is on' }).uncheck());
    same(turned.map((rule) => rule.enabled), [true, false], 'it is off');
  },

  async 'a view is made by keyboard, shows what fits by itself, counts it, and is shared'(stage) {
    const ann = await stage.agent('ann');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Fern for the office');
    await ann.comesIn();
    await one(ann.row('Fern for the office'));
    await ann.page.keyboard.press('g');
    await ann.page.keyboard.press('v');
    await ann.page.getByLabel('Name', { exact: true }).fill('Money');
    // Half a sentence is asked about too when somebody pauses, and refused; the desk says so below it.
    stage.expects(/status of 400 .*\/views\/try/);
    await ann.page.getByRole('button', { name: 'Add a condition' }).click();
    await ann.page.getByLabel('What, condition 2', { exact: true }).selectOption({ label: 'Message' });
    await ann.page.getByLabel('With what, condition 2', { exact: true }).fill('invoice');
    await one(ann.page.getByText('Finds nothing at the moment.'));
    await ann.page.getByRole('radio', { name: 'Everybody' }).check();
    await stage.axe(ann.page, 'a view put together');
    await stage.picture(ann.page, 'view-form');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    const views = ann.page.getByRole('navigation', { name: 'Views' });
    await one(views.getByRole('button', { name: /Money/, pressed: true }));
    await one(ann.page.getByText('Nothing fits this view'));
    await visitor.says('And the invoice, please');
    await one(ann.row('And the invoice, please'));
    await one(views.getByRole('button', { name: /Money.*1 open/ }));
    await stage.axe(ann.page, 'a view');
    await stage.picture(ann.page, 'view');
    const ben = await stage.agent('ben');
    await ben.comesIn();
    await ben.page.keyboard.press('g');
    await ben.page.keyboard.press('1');
    await one(ben.row('And the invoice, please'));
    await visitor.says('Never mind');
    await gone(ben.row('And the invoice, please'));
    // Out of the view again.
    await ann.page.keyboard.press('g');
    await ann.page.keyboard.press('0');
    await one(ann.row('Never mind'));
    await views.getByRole('button', { name: /Money/ }).click();
    await ann.page.getByRole('button', { name: 'Change the view Money' }).click();
    await ann.page.getByRole('menuitem', { name: 'Delete' }).click();
    await gone(views.getByRole('button', { name: /Money/ }));
    await one(ann.row('Never mind'));
  },

  async 'a promise is made, its row warms up, and the most urgent come first'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.api('POST', '/teams', { name: 'Support', members: [] });
    await ann.settings('slas');
    await ann.page.getByRole('button', { name: 'Make the first promise' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Standard');
    await ann.page.getByLabel('First answer within', { exact: true }).fill('2');
    await ann.page.getByRole('switch', { name: /^Resolution/ }).check();
    await ann.page.getByRole('checkbox', { name: 'Support' }).check();
    await stage.axe(ann.page, 'a promise');
    await stage.picture(ann.page, 'settings-promise');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('First answer in 2 hours · Resolution in 2 days'));
    await one(ann.page.getByText('Counts around the clock · Support'));
    await stage.axe(ann.page, 'promises');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is anybody there?');
    await ann.comesIn();
    await ann.takes('Is anybody there?');
    await ann.page.getByRole('button', { name: 'Not assigned' }).click();
    await ann.page.getByRole('menuitemradio', { name: /Support/ }).click();
    await ann.box.fill('Here I am');
    await ann.box.press('Enter');
    await one(ann.page.locator('.row-due').filter({ hasText: /due 4[78] h|due 2 d|due 1 d/ }));
    await ann.page.getByRole('button', { name: 'Order: newest first' }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Due first' }).click();
    await one(ann.page.locator('.rows .row'));
    same(await ann.page.locator('.rows .row').count(), 1, 'only what is promised');
    await stage.axe(ann.page, 'due first');
    await stage.picture(ann.page, 'due-first');
  },
};
