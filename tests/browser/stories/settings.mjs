// Settings: inboxes, secrets, domains, people.

import { check, gone, one, same, until } from '../lib/wait.mjs';

const main = (agent) => agent.page.getByRole('main').last();

async function newInbox(stage, name = 'Second shop') {
  const ann = await stage.agent('ann', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ann.settings('inboxes');
  await ann.page.getByRole('button', { name: 'New inbox' }).click();
  await ann.page.getByLabel('Name', { exact: true }).fill(name);
  await ann.page.getByRole('button', { name: 'Create', exact: true }).click();
  await one(ann.page.getByRole('navigation', { name: 'Settings' }).getByRole('list', { name: `Settings of ${name}` }));
  return ann;
}

export default {
  async 'a new inbox shows its snippet, which can be copied and works'(stage) {
    const ann = await newInbox(stage);
    await one(ann.page.getByRole('heading', { level: 1, name: 'Embed code' }));
    await ann.page.getByRole('button', { name: 'Copy snippet', exact: true }).click();
    await one(ann.page.getByText('Copied', { exact: true }));
    const snippet = await ann.page.evaluate(() => navigator.clipboard.readText());
    check(/^<script async src="http[^"]+\/w\/[0-9a-f-]{36}\.js"><\/script>$/.test(snippet.trim()), `the snippet is one line: ${snippet}`);
    await stage.picture(ann.page, 'settings-installation');
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', `<!doctype html><title>Second</title><h1>Second</h1>${snippet}`));
    await visitor.says('By the copied line');
    const ben = await (await stage.agent('ben')).comesIn();
    await ben.takes('By the copied line');
    await ben.sees('By the copied line');
  },

  async 'a secret is generated, shown once, and a signed user is accepted'(stage) {
    const ann = await newInbox(stage);
    await ann.settingsPage('Security and identity');
    await one(ann.page.getByText('No secret yet'));
    await one(ann.page.getByText('The secret belongs on your server only.'));
    await ann.page.getByRole('button', { name: 'Generate a secret' }).click();
    await one(ann.page.getByRole('heading', { name: 'Copy the secret now' }));
    const secret = (await ann.page.locator('dialog[open] pre').textContent()).trim();
    check(secret.length >= 32, 'long enough');
    await ann.page.getByRole('button', { name: 'I have it' }).click();
    await one(ann.page.getByText('A secret is set'));
    await ann.page.reload();
    await one(ann.page.getByText('A secret is set'));
    check(!(await ann.page.content()).includes(secret), 'it is not shown again');
    for (const language of ['Python', 'Node.js', 'Go', 'PHP', 'Ruby']) {
      await ann.page.getByRole('button', { name: language, exact: true }).click();
      await one(ann.page.getByLabel(`${language} sample`, { exact: true }));
    }
  },

  async 'a wrong trusted domain is refused at its field, with its line'(stage) {
    const ann = await newInbox(stage);
    await ann.settingsPage('Security and identity');
    stage.expects(/status of 400 .*\/inboxes\//);
    const field = ann.page.getByLabel('Trusted domains');
    await field.fill('example.com\n*.example.org\nhttps://bad domain/\nshop.example');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    const alert = ann.page.getByRole('alert').filter({ hasText: /3|bad domain/ });
    await one(alert.first());
    same(await field.getAttribute('aria-invalid'), 'true', 'the field is marked');
    const told = await field.evaluate((element) => element.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.textContent).join(' '));
    check(/bad domain|line 3/i.test(told), `the field's own words name the line: ${told}`);
    await stage.picture(ann.page, 'settings-domains-error');
    await field.fill('example.com\n*.example.org');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Saved. It is live now.'));
    await ann.page.reload();
    same(await ann.page.getByLabel('Trusted domains').inputValue(), 'example.com\n*.example.org', 'and stays');
  },

  async 'a change of look is live at once'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/messages`);
    await ann.page.getByLabel('Greeting', { exact: false }).first().fill('Good to see you');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Saved. It is live now.'));
    const visitor = await (await stage.visitor()).opens();
    await visitor.rings();
    await one(visitor.frame.getByRole('heading', { name: 'Good to see you' }));
    await stage.picture(ann.page, 'settings-messages');
  },

  async 'leaving with unsaved changes asks first'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/general`);
    await ann.page.getByLabel('Brand name').fill('Changed');
    await ann.page.getByRole('button', { name: 'Agents' }).click();
    await one(ann.page.getByRole('heading', { name: 'Leave without saving?' }));
    await ann.page.getByRole('button', { name: 'Stay' }).click();
    same(await ann.page.getByLabel('Brand name').inputValue(), 'Changed', 'nothing is lost');
    await ann.page.getByRole('button', { name: 'Discard' }).click();
    await ann.page.getByRole('button', { name: 'Agents' }).click();
    await one(ann.page.getByRole('heading', { level: 1, name: 'Agents' }));
  },

  async 'an invited agent comes in by the link, chats, and is out at once when suspended'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('agents');
    await ann.page.getByRole('button', { name: 'Invite', exact: true }).click();
    await ann.page.getByLabel('E-mail').fill('cleo@fernwood.example');
    await ann.page.getByLabel('First name').fill('Cleo');
    await ann.page.getByRole('button', { name: 'Make the invitation' }).click();
    await one(ann.page.getByRole('heading', { name: 'Cleo is invited' }));
    const link = (await ann.page.locator('dialog[open] pre').textContent()).trim();
    await ann.page.getByRole('button', { name: 'Done' }).click();
    await one(ann.page.getByText('Has not used the link yet'));
    const cleo = await stage.stranger();
    await cleo.opens(link);
    await one(cleo.page.getByRole('heading', { name: 'Welcome to the desk' }));
    await stage.picture(cleo.page, 'desk-invitation');
    await cleo.page.getByLabel('Password').fill('seven small green frogs');
    await cleo.page.getByRole('button', { name: 'Join the desk' }).click();
    await one(cleo.list);
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Who is there?');
    await cleo.takes('Who is there?');
    await cleo.replies('Cleo, hello');
    await visitor.sees('Cleo, hello');
    stage.expects(/stranger: Failed to load resource: .*(401|404)/, /stranger: WebSocket/);
    const again = await stage.stranger();
    await again.opens(link);
    await one(again.page.getByRole('heading', { name: 'This link does not work' }));
    await ann.page.getByRole('button', { name: /^More about Cleo/ }).click();
    await ann.page.getByRole('menuitem', { name: 'Suspend…' }).click();
    await ann.page.getByRole('button', { name: 'Suspend', exact: true }).click();
    await one(cleo.page.getByRole('heading', { name: 'You are signed out' }));
    await cleo.page.reload();
    await one(cleo.page.getByRole('button', { name: 'Sign in' }));
    await cleo.signsIn('cleo@fernwood.example', 'seven small green frogs');
    await one(cleo.page.getByRole('alert').first());
  },

  async 'an ordinary agent sees settings but changes none of the workspace'(stage) {
    const ben = await stage.agent('ben');
    await ben.settings('inboxes');
    same(await ben.page.getByRole('button', { name: 'New inbox' }).count(), 0, 'no new inbox');
    await ben.settings(`inboxes/${stage.inbox}/general`);
    check(await ben.page.getByLabel('Brand name').isDisabled(), 'the fields are closed');
  },

  async 'the search over the settings leads to the place'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('inboxes');
    await ann.page.getByRole('searchbox', { name: 'Search settings' }).fill('trusted');
    await ann.page.getByRole('list', { name: 'Found settings' }).getByRole('button', { name: /Trusted domains/ }).click();
    await one(ann.page.getByLabel('Trusted domains'));
  },
};
