// From an empty house to a first message in the desk, by keyboard, and on a second day.

import { one } from '../lib/wait.mjs';

export default {
  async 'a stranger gets from an empty house to a first message to himself'(stage) {
    const server = await stage.freshServer();
    const { page } = await stage.stranger(server.base);
    await page.goto(`${server.base}/desk#setup=${server.setup}`);
    for (const [label, text] of [['First name', 'Olga'], ['E-mail', 'olga@shop.example'], ['Password', 'correct horse battery']]) await page.getByLabel(label, { exact: false }).first().fill(text);
    await page.keyboard.press('Enter');
    await one(page.getByRole('heading', { name: 'Make your inbox' }));
    await stage.axe(page, 'first steps');
    await page.getByLabel('Name', { exact: true }).fill('Fern & Moss');
    await page.keyboard.press('Enter');
    await one(page.getByText('Waiting for the first call from your site'));
    const { inbox } = await page.evaluate(async () => (await fetch('/api/desk/start')).json());
    // The site calls; nothing is reloaded.
    await fetch(`${server.base}/w/${inbox}.js`, { headers: { referer: 'https://shop.example/' } });
    await one(page.getByText('shop.example has called'));
    await page.getByRole('button', { name: 'Go on' }).press('Enter');
    await one(page.getByText('Waiting for your first message'));
    // Another day: it goes on where it was.
    await page.goto(`${server.base}/desk/settings/start`);
    const [chat] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'Open the chat' }).click()]);
    const start = chat.getByRole('button', { name: /^(Start conversation|New conversation|Send us a message)/ }).first();
    await start.click();
    await chat.getByRole('textbox', { name: 'Write a message…' }).fill('Hello, it is me');
    await chat.keyboard.press('Enter');
    await one(page.getByText('Your first message has arrived'));
    await page.getByRole('button', { name: 'Go on' }).press('Enter');
    await page.getByLabel('First name').fill('Ben');
    await page.getByLabel('E-mail').fill('ben@shop.example');
    await page.getByRole('button', { name: 'Make a link' }).press('Enter');
    await one(page.getByLabel('link for Ben', { exact: true }));
    await page.getByRole('button', { name: 'Done' }).press('Enter');
    await one(page.getByRole('heading', { name: 'You are open' }));
    await stage.picture(page, 'first-steps-done');
  },
};
