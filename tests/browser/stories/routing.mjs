// A busy floor: conversations given in turn, a queue that visitors see, handing over, and agents who are not there.

import { check, gone, one, same } from '../lib/wait.mjs';

/** Only what this story says waits and is open. */
async function empty(agent) {
  const { conversations } = await agent.api('GET', '/conversations?box=all&status=open&limit=100');
  for (const { uuid } of conversations) await agent.api('PUT', `/conversations/${uuid}/status`, { status: 'resolved' });
}

async function agentsOf(agent) {
  const { agents } = await agent.api('GET', '/agents');
  return Object.fromEntries(agents.map((each) => [each.first_name.toLowerCase(), each.uuid]));
}

/** A team of Ann and Ben that gives by itself, with room for so many each. */
async function team(ann, most) {
  const people = await agentsOf(ann);
  for (const name of ['ann', 'ben']) await ann.api('PUT', `/agents/${people[name]}`, { open_max: most });
  await ann.api('POST', '/teams', { name: 'Support', members: [people.ann, people.ben], routing: 'round_robin', default: true });
}

export default {
  async 'a team is told to give in turn, and who waits sees a place that moves until somebody takes the next by key'(stage) {
    const ann = await stage.agent('ann');
    await ann.comesIn();
    await empty(ann);
    await ann.settings('teams');
    await ann.page.getByRole('button', { name: 'Make the first team' }).click();
    await ann.page.getByLabel('Team name').fill('Support');
    for (const name of [/Ann/, /Ben/]) await ann.page.getByRole('checkbox', { name }).check();
    await ann.page.getByText('Given in turn').click();
    await ann.page.getByLabel('When Ben Okafor is asked').selectOption({ label: 'Asked last' });
    await ann.page.getByLabel('Pass on after minutes').fill('soon');
    await ann.page.getByRole('switch', { name: 'Gets whatever no other team gets' }).check();
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('A number of minutes, or nothing.'));
    await ann.page.getByLabel('Pass on after minutes').fill('3');
    await stage.axe(ann.page, 'a team that gives in turn');
    await stage.picture(ann.page, 'routing-team');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Conversations go round by themselves, on to the next after 3 min without an answer · gets whatever no other team gets'));
    const people = await agentsOf(ann);
    for (const name of ['ann', 'ben']) await ann.api('PUT', `/agents/${people[name]}`, { open_max: 1 });
    const ben = await stage.agent('ben');
    await ben.comesIn();
    await ann.comesIn();

    const visitors = [];
    for (const words of ['Where is my fern', 'Do you have ivy', 'Is moss a plant', 'And what about algae']) {
      const visitor = await (await stage.visitor()).opens();
      await visitor.says(words);
      visitors.push(visitor);
    }
    await ann.looksAt('Mine');
    await one(ann.row('Where is my fern'));
    await ben.looksAt('Mine');
    await one(ben.row('Do you have ivy'));
    await one(visitors[2].frame.getByText('You are next.'));
    await one(visitors[3].frame.getByText('You are number 2 in the queue.'));
    await stage.picture(visitors[3].page, 'routing-queue-widget');
    await one(ben.page.getByText('2 waiting'));
    await stage.picture(ben.page, 'routing-queue-desk');
    await stage.axe(ben.page, 'the list with somebody waiting');
    // Resolved, and the place goes to who waited longest.
    await ann.row('Where is my fern').click();
    await ann.replies('On its way');
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('button', { name: 'Resolve', exact: true }).first().click();
    await ann.looksAt('Mine');
    await one(ann.row('Is moss a plant'));
    await gone(visitors[2].frame.getByText('You are next.'));
    await one(visitors[2].frame.getByText('Ann has joined').first());
    await one(visitors[3].frame.getByText('You are next.'));
    // By key, whatever the limit says.
    await ben.page.locator('body').click({ position: { x: 5, y: 400 } });
    await ben.page.keyboard.press('w');
    await ben.sees('And what about algae');
    await gone(visitors[3].frame.getByText('You are next.'));
    await gone(ben.page.getByRole('button', { name: 'Take the next' }));
    await ben.replies('Algae too');
    await visitors[3].sees('Algae too');
  },

  async 'a conversation is handed over by keyboard, with a word nobody outside sees'(stage) {
    const ann = await stage.agent('ann');
    await ann.comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('My invoice is wrong');
    await ann.takes('My invoice is wrong');
    await ann.replies('Let me see');
    await visitor.sees('Let me see');
    // Followed by whoever supervises: found again in a list of its own, and nobody outside notices.
    await ann.page.locator('.messages').focus();
    await ann.page.keyboard.press('m');
    await ann.page.getByRole('menuitem', { name: 'Follow silently' }).click();
    await one(ann.page.getByText('You follow this. Nobody outside notices.'));
    await ann.list.getByRole('button', { name: /^Status: / }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Followed by me' }).click();
    await one(ann.row('Let me see'));
    same(await ann.list.getByRole('listitem').count(), 1, 'only that one');
    await visitor.seesNot('follow');
    const ben = await stage.agent('ben');
    await ben.comesIn();
    await ann.log.focus().catch(() => {});
    await ann.page.locator('.messages').focus();
    await ann.page.keyboard.press('h');
    await one(ann.dialog.getByRole('heading', { name: /^Hand over/ }));
    await ann.page.keyboard.press('Control+Enter');
    await one(ann.dialog.getByText('Choose a colleague or a team.'));
    await ann.page.getByLabel('To', { exact: true }).selectOption({ label: 'Ben Okafor · online' });
    await ann.page.getByLabel(/^A word for whoever gets it/).fill('She paid **twice**');
    await stage.axe(ann.page, 'handing over');
    await stage.picture(ann.page, 'routing-transfer');
    await ann.page.keyboard.press('Control+Enter');
    await gone(ann.page.locator('dialog[open]'));
    await one(visitor.frame.getByText('Ben has joined').first());
    await visitor.seesNot('twice');
    await ben.looksAt('Mine');
    await ben.row('She paid twice').click();
    await one(ben.log.getByText('She paid twice'));
    // Ben goes: it is said where it matters, and one click takes over.
    await ben.page.getByRole('button', { name: /^You: Ben Okafor/ }).click();
    await ben.page.getByRole('menuitemradio', { name: 'Appear offline' }).click();
    await one(ben.page.getByRole('button', { name: 'You: Ben Okafor, Appearing offline' }));
    await one(ann.page.getByText('Ben is offline.'));
    await stage.axe(ann.page, 'somebody who is gone has it');
    await stage.picture(ann.page, 'routing-absent');
    await ann.page.getByRole('button', { name: 'Take over' }).click();
    await gone(ann.page.getByText('Ben is offline.'));
    await one(visitor.frame.getByText('Ann has joined').first());
    const { agents } = await ann.api('GET', '/agents');
    const seen = agents.find((each) => each.first_name === 'Ben');
    same([seen.hidden, seen.status, seen.why], [false, 'offline', 'gone'], 'only Ben knows that he hides');
  },

  async 'outside the hours one is away, and the reason stands where the switch is'(stage) {
    const ann = await stage.agent('ann');
    await ann.comesIn();
    await team(ann, 6);
    const people = await agentsOf(ann);
    const made = await ann.api('POST', '/hours', { name: 'Never', time_zone: 'UTC', weekly: {} });
    await ann.api('PUT', `/agents/${people.ann}`, { work_hours: made.uuid });
    await ann.page.getByRole('button', { name: 'You: Ann Archer, Away: outside your hours' }).click();
    await one(ann.page.getByRole('menuitemradio', { name: /Online.*but outside your hours/ }));
    await stage.axe(ann.page, 'the menu with the reason');
    await stage.picture(ann.page, 'routing-status');
    await ann.page.keyboard.press('Escape');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Anybody there?');
    // Nobody is here: an address brings the answer, and agents see how it came.
    await one(visitor.frame.getByLabel(/e-mail/i));
    await ann.takes('Anybody there?');
    await one(ann.log.getByText('Left while nobody was here'));
    check(await ann.page.getByRole('button', { name: /^Not assigned/ }).count() === 1, 'nobody has it');
  },
};
