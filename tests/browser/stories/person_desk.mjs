// The person beside a conversation, the directory, who is on the site, and who is kept out.

import { gone, one, same, until } from '../lib/wait.mjs';

const SPAM = 'Best pills https://a.example https://b.example https://c.example [url=https://d.example]here[/url]';

export default {
  async 'row 232: fields and notes of a person are kept beside the conversation, by keyboard'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.settings('fields');
    await ann.page.getByRole('button', { name: 'New field' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill('Plan');
    await ann.page.getByLabel('Kind').selectOption('list');
    await ann.page.getByLabel('Choices').fill('basic\npro');
    await ann.page.keyboard.press('Tab');
    await ann.dialog.getByRole('button', { name: 'Save' }).click();
    await one(ann.page.getByRole('list', { name: 'People' }).getByText('Plan', { exact: true }));
    await stage.axe(ann.page, 'the fields');
    await stage.picture(ann.page, 'desk-fields');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Which plan do I have?');
    await ann.comesIn();
    await ann.takes('Which plan do I have?');
    await ann.panel.getByLabel('Plan').selectOption('pro');
    await ann.panel.getByLabel('Notes about this person').fill('Asks every month');
    await ann.page.keyboard.press('Control+Enter');
    await one(ann.panel.getByText('Asks every month'));
    await ann.panel.getByRole('button', { name: 'Edit this note' }).click();
    await ann.panel.getByRole('textbox', { name: 'Note', exact: true }).fill('Asks every week');
    await ann.panel.getByRole('button', { name: 'Save' }).click();
    await one(ann.panel.getByText('Asks every week'));
    await ann.page.reload();
    await one(ann.panel.getByText('Asks every week'));
    same(await ann.panel.getByLabel('Plan').inputValue(), 'pro', 'the plan is stored');
    await stage.axe(ann.page, 'the person');
    await stage.picture(ann.page, 'desk-person');
  },

  async 'the directory finds people, and two who are one become one'(stage) {
    const first = await (await stage.visitor()).opens();
    await first.says('The first time');
    const second = await (await stage.visitor()).opens();
    await second.says('Me again');
    const ann = await (await stage.agent('ann')).comesIn();
    for (const words of ['The first time', 'Me again']) {
      await ann.takes(words);
      await ann.panel.getByRole('button', { name: 'Edit the details' }).click();
      await ann.panel.getByLabel('First name').fill(words === 'Me again' ? 'Nora' : 'Nora Old');
      await ann.panel.getByLabel('E-mail').fill('nora@example.com');
      await ann.panel.getByRole('button', { name: 'Save' }).click();
      await one(ann.panel.getByRole('link', { name: 'nora@example.com' }));
    }
    await ann.panel.getByRole('region', { name: 'Possible duplicates' }).getByRole('button').click();
    await one(ann.dialog.getByText('One person, or two?'));
    await stage.axe(ann.page, 'the merge');
    await stage.picture(ann.page, 'desk-merge');
    await ann.dialog.getByRole('button', { name: 'Merge' }).click();
    await gone(ann.panel.getByRole('region', { name: 'Possible duplicates' }));
    await ann.page.getByRole('button', { name: 'Contacts' }).click();
    await ann.page.getByRole('searchbox', { name: 'Search contacts' }).fill('nora');
    const rows = ann.page.getByRole('list', { name: 'Contacts' }).getByRole('button');
    await until(ann.page, () => document.querySelectorAll('.people-row').length === 1);
    await stage.axe(ann.page, 'the directory');
    await stage.picture(ann.page, 'desk-directory');
    await rows.first().click();
    await one(ann.page.getByText('The first time'));
    await one(ann.page.getByText('Me again'));
    await stage.axe(ann.page, 'a profile');
    await stage.picture(ann.page, 'desk-profile');
    await ann.page.setViewportSize({ width: 390, height: 844 });
    await stage.picture(ann.page, 'desk-profile-phone');
  },

  async 'an agent sees who is on the site and writes first; the launcher says so'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ privacy: { live_visitors: true, page_visits: 'always' } });
    await ann.page.getByRole('button', { name: 'Visitors' }).click();
    await one(ann.page.getByRole('heading', { name: 'Nobody at the moment' }));
    const visitor = await (await stage.visitor()).opens();
    await visitor.call('setUser', await stage.token('mia'));
    // Somebody signed in is nobody to us before the chat was opened once.
    await visitor.rings();
    await visitor.launcher.click();
    const row = ann.page.getByRole('list', { name: 'Visitors on the site' }).getByRole('listitem').filter({ hasText: 'Mia Miller' });
    await one(row);
    await stage.axe(ann.page, 'the visitors');
    await stage.picture(ann.page, 'desk-visitors');
    await row.getByRole('button', { name: 'Write to Mia Miller' }).click();
    await ann.dialog.getByLabel('Message').fill('Can I help you with the ferns?');
    await ann.dialog.getByRole('button', { name: 'Send' }).click();
    await ann.sees('Can I help you with the ferns?');
    await one(visitor.page.locator('deskbell-chat').getByRole('button', { name: /1 unread/ }));
    await visitor.comesToWrite();
    await visitor.sees('Can I help you with the ferns?');
    await visitor.says('Yes please');
    await ann.sees('Yes please');
  },

  async 'somebody who is banned is told kindly and loses nothing he typed'(stage) {
    stage.expects(/403/, /visitor: .*(WebSocket|socket)/i);
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Rude words');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Rude words');
    await ann.panel.getByRole('button', { name: 'Block or ban…' }).click();
    await one(ann.dialog.getByText('For how long'));
    await stage.axe(ann.page, 'the ban');
    await ann.dialog.getByLabel('For how long').selectOption('');
    await ann.dialog.getByRole('button', { name: 'Ban', exact: true }).click();
    await one(ann.panel.getByText('Banned', { exact: true }));
    await visitor.box.fill('More of it');
    await visitor.box.press('Enter');
    await one(visitor.frame.getByText('You cannot write to us here at the moment').first());
    await one(visitor.frame.getByText('More of it').first());
    await stage.picture(visitor.page, 'widget-banned');
    await ann.settings('bans');
    await stage.axe(ann.page, 'the bans');
    await stage.picture(ann.page, 'desk-bans');
    await ann.page.getByRole('button', { name: /^Lift the ban/ }).click();
    await one(ann.page.getByRole('heading', { name: 'Nobody is shut out' }));
    await visitor.page.reload();
    await visitor.says('Sorry');
  },

  async 'what looks like spam waits in quarantine without a bell, and can be let in'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says(SPAM);
    await stage.api('POST', '/chat/conversations/init', { body: { message: 'A good question' } });
    await one(ann.row('A good question'));
    same(await ann.row('Best pills').count(), 0, 'not in the list');
    await ann.list.getByRole('button', { name: /^Status: / }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Quarantine' }).click();
    await ann.row('Best pills').click();
    const why = ann.page.getByRole('region', { name: 'Quarantine' });
    await one(why.getByText(/links in the first message/));
    await stage.axe(ann.page, 'the quarantine');
    await stage.picture(ann.page, 'desk-quarantine');
    await why.getByRole('button', { name: 'Let in' }).click();
    await gone(why);
    await ann.list.getByRole('button', { name: /^Status: / }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Open' }).click();
    await one(ann.row('Best pills'));
  },

  async 'under pressure the widget works a moment, and nobody notices'(stage) {
    stage.expects(/429/);
    for (let number = 0; number < 121; number++) {
      const answer = await fetch(`${stage.base}/api/v1/widget/chat/conversations/init`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-libredesk-inbox-id': stage.inbox }, body: JSON.stringify({ message: `flood ${number}` }) });
      if (answer.status === 429) break;
    }
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I only have a question');
  },
};
