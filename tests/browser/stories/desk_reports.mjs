// Reports beside the live chat, and news that stays until it is read.

import { gone, one, same } from '../lib/wait.mjs';

async function report(stage, body) {
  const answer = await fetch(`${stage.base}/api/v1/widget/chat/reports`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-libredesk-inbox-id': stage.inbox, 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

export default {
  async 'row 111: live chat and reports each have their tab, and fill without a reload'(stage) {
    const ann = await stage.agent('ann');
    await ann.comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('The first word in the chat');
    await ann.configures({ tiles: { chat: true, bug: true, review: true, feature: true, question: true } });
    const tab = (name) => ann.list.getByRole('group', { name: 'Kind of messages' }).getByRole('button', { name });
    await ann.looksAt('All');
    await tab('Feedback').click();
    await one(ann.page.getByRole('heading', { name: 'No feedback yet' }));
    await report(stage, { kind: 'bug', message: 'The basket is empty again', page_url: 'https://fernwood.example/basket', page_title: 'Basket', name: 'Mia', email: 'mia@example.com' });
    await one(ann.row('The basket is empty again'));
    await tab('Live chat').click();
    await gone(ann.row('The basket is empty again'));
    await visitor.box.fill('A word in the chat');
    await visitor.box.press('Enter');
    await one(ann.row('A word in the chat'));
    await tab(/^Feedback/).click();
    await gone(ann.row('A word in the chat'));
    await ann.row('The basket is empty again').click();
    await one(ann.page.getByRole('heading', { level: 2 }).filter({ hasText: 'Mia' }).first());
    await one(ann.panel.getByRole('heading', { name: 'Report' }));
    await one(ann.panel.getByRole('link', { name: 'Basket', exact: true }));
    await one(ann.panel.getByText('Chrome 130 on Windows'));
    await stage.axe(ann.page, 'a report');
    await stage.picture(ann.page, 'desk-report');
    await ann.list.getByRole('button', { name: 'Feedback: every kind' }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Reviews' }).click();
    await one(ann.page.getByRole('heading', { name: 'No feedback yet' }));
  },

  async 'row 126: what came in stays in sight until it is read, on every screen and after a reload'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('profile');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is anybody there?');
    const news = ann.page.getByRole('region', { name: 'Not read yet' });
    await one(news.getByText('Is anybody there?'));
    await one(ann.page.getByRole('navigation', { name: 'Desk' }).getByRole('button', { name: /^Messages.*unread/ }));
    await visitor.says('Hello?');
    await one(news.getByText('Hello?'));
    same(await news.getByText('Is anybody there?').count(), 0, 'one line for one conversation');
    await stage.axe(ann.page, 'news in the settings');
    await ann.page.reload();
    await one(news.getByText('Hello?'));
    await news.getByRole('button', { name: /Hello\?/ }).click();
    await ann.sees('Hello?');
    await gone(news);
    await ann.page.reload();
    await ann.sees('Hello?');
    await gone(news);
  },

  async 'cards and quick replies are shown as the visitor got them, and a press is marked'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Which ferns have you got?');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Which ferns have you got?');
    const uuid = await ann.page.evaluate(() => location.pathname.split('/').pop());
    const rich = { template: 'cards', elements: [{ title: 'Sword fern', subtitle: 'Likes shade.', buttons: [{ type: 'url', text: 'See it', value: 'https://fernwood.example/fern' }, { type: 'message', text: 'Is it in stock?', value: 'Is the sword fern in stock?' }] }] };
    await ann.api('POST', `/conversations/${uuid}/messages`, { kind: 'reply', body: '', rich, echo_id: 'cards-aaaaaaaaaaaaaaaaaaaaaa' });
    await one(ann.log.getByRole('list', { name: 'Cards' }).getByText('Sword fern'));
    same(await ann.log.getByText('Sword fern').count(), 1, 'said once');
    await one(ann.log.getByRole('link', { name: 'See it' }));
    await visitor.frame.getByRole('button', { name: 'Is it in stock?' }).click();
    await one(ann.log.getByText('Pressed a button'));
    await stage.axe(ann.page, 'cards in a thread');
    await stage.picture(ann.page, 'desk-cards');
  },
};
