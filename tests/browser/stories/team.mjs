// People inside: the second factor, devices, roles, and the log of who did what.

import { createHmac } from 'node:crypto';
import { gone, one, same } from '../lib/wait.mjs';

/** What an authenticator app shows for this key, `steps` half minutes from now. */
function codeOf(key, steps = 0) {
  const bits = [...key.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const hash = createHmac('sha1', bytes).update(moment).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

const loginOf = (stage, who) => stage.server.demo.agents.find((agent) => agent.email.startsWith(who));
const part = (agent, name) => agent.page.locator('.part').filter({ has: agent.page.getByRole('heading', { name, exact: true }) });

/** Sets the second factor up in the profile; the key and the recovery codes. */
async function setsUp(stage, agent, who) {
  await agent.settings('profile');
  await part(agent, 'Two-factor login').getByRole('button', { name: 'Set up…' }).click();
  await agent.dialog.getByLabel('Your password').fill(loginOf(stage, who).password);
  await agent.dialog.getByRole('button', { name: 'Go on' }).click();
  const key = await agent.dialog.getByLabel('key', { exact: true }).innerText();
  await one(agent.dialog.getByRole('img', { name: 'QR code with the key for your app' }));
  await agent.dialog.getByLabel('The six digits the app shows').fill(codeOf(key, -1));
  return { key, async confirms() {
    await agent.dialog.getByRole('button', { name: 'Turn on' }).click();
    await one(agent.dialog.getByRole('heading', { name: 'Keep these recovery codes' }));
    const codes = (await agent.dialog.getByLabel('recovery codes', { exact: true }).innerText()).trim().split('\n');
    same(codes.length, 10, 'ten codes');
    return codes;
  } };
}

export default {
  async 'a second factor is set up, asked for, and replaced by a recovery code when the phone is lost'(stage) {
    const ben = await stage.agent('ben');
    const setup = await setsUp(stage, ben, 'ben');
    await stage.axe(ben.page, 'setting up a second factor');
    await stage.picture(ben.page, 'team-two-factor-setup');
    const codes = await setup.confirms();
    await stage.picture(ben.page, 'team-two-factor-codes');
    await ben.dialog.getByRole('button', { name: 'I have kept them' }).click();
    await one(part(ben, 'Two-factor login').getByText('10 recovery codes left.'));
    // Another browser: the password, then the code.
    const { email, password } = loginOf(stage, 'ben');
    const other = await stage.stranger();
    stage.expects(/stranger: .*status of 401 .*\/session\/code/, /status of 401/);
    await other.opens();
    await other.signsIn(email, password);
    await one(other.page.getByRole('heading', { name: 'One more step' }));
    await stage.axe(other.page, 'the second step of a login');
    await stage.picture(other.page, 'team-login-code');
    same(await other.page.evaluate(() => document.activeElement?.getAttribute('autocomplete')), 'one-time-code', 'the field is ready');
    await other.page.keyboard.type('000000');
    await other.page.keyboard.press('Enter');
    await one(other.page.getByRole('alert').filter({ hasText: 'The code is not right' }));
    const code = codeOf(setup.key);
    await other.page.keyboard.type(`${code.slice(0, 3)} ${code.slice(3)}`);
    await other.page.keyboard.press('Enter');
    await one(other.list);
    // The phone is lost: a recovery code, typed as it is on paper.
    const third = await stage.stranger();
    await third.opens();
    await third.signsIn(email, password);
    await third.page.getByRole('button', { name: 'Phone lost? Use a recovery code' }).click();
    await third.page.getByLabel('Recovery code').fill(codes[4].toUpperCase());
    await third.page.getByRole('button', { name: 'Sign in' }).click();
    await one(third.list);
    await third.settings('profile');
    await one(part(third, 'Two-factor login').getByText('9 recovery codes left.'));
    // Turned off with the password; the others are signed out.
    await part(third, 'Two-factor login').getByRole('button', { name: 'Turn off…' }).click();
    await third.dialog.getByLabel('Your password').fill(password);
    await third.dialog.getByRole('button', { name: 'Turn off' }).click();
    await one(part(third, 'Two-factor login').getByText('Off', { exact: true }));
    await one(other.page.getByRole('heading', { name: 'You are signed out' }));
  },

  async 'an admin removes the second factor of somebody who lost everything'(stage) {
    const ben = await stage.agent('ben');
    await (await setsUp(stage, ben, 'ben')).confirms();
    const ann = await stage.agent('ann');
    await ann.settings('agents');
    await ann.page.getByRole('button', { name: 'Edit Ben Okafor' }).click();
    await one(ann.dialog.getByText('Two-factor login on'));
    await one(ann.dialog.getByText(/near/).first());
    await stage.axe(ann.page, 'one agent');
    await stage.picture(ann.page, 'team-agent');
    await ann.dialog.getByRole('button', { name: 'Remove a lost one…' }).click();
    await ann.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await one(ann.dialog.getByText('Two-factor login off'));
    await one(ann.dialog.getByText('Signed in nowhere.'));
    stage.expects(/status of 401/);
    await one(ben.page.getByRole('heading', { name: 'You are signed out' }));
    const { email, password } = loginOf(stage, 'ben');
    const again = await stage.stranger();
    await again.opens();
    await again.signsIn(email, password);
    await one(again.list);
  },

  async 'a device one does not know is signed out from another one'(stage) {
    const here = await stage.agent('ben');
    const { email, password } = loginOf(stage, 'ben');
    const phone = await stage.stranger(stage.base, { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1' });
    await phone.opens();
    await phone.signsIn(email, password);
    await one(phone.list);
    await here.settings('profile');
    const devices = part(here, 'Where you are signed in');
    const row = devices.getByRole('listitem').filter({ hasText: 'Safari 19 on iPhone' });
    await one(row.getByText('127.0.0.0/24'));
    await stage.axe(here.page, 'profile');
    await devices.scrollIntoViewIfNeeded();
    await stage.picture(here.page, 'team-devices');
    stage.expects(/status of 401/);
    await row.getByRole('button', { name: /^Sign out Safari 19 on iPhone/ }).click();
    await gone(row);
    await one(phone.page.getByRole('heading', { name: 'You are signed out' }));
    await one(devices.getByText('This browser'));
  },

  async 'whoever has a role of his own sees and may what it says, at once'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('roles');
    await ann.page.getByRole('button', { name: 'Make the first role' }).click();
    await ann.page.getByLabel('Name of the role').fill('Weekend help');
    await ann.page.getByRole('radio', { name: /^Their own/ }).check();
    await ann.page.getByRole('switch', { name: 'Reports' }).uncheck();
    await stage.axe(ann.page, 'a new role');
    await stage.picture(ann.page, 'team-role');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText(/Sees their own/));
    await stage.picture(ann.page, 'team-roles');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is my fern on its way?');
    // Given to Ben, who begins anew with it.
    stage.expects(/status of 401/, /status of 404/);
    const ben = await stage.agent('ben');
    await ben.comesIn();
    await one(ben.row('Is my fern on its way?').first());
    await ann.settings('agents');
    await ann.page.getByRole('button', { name: 'Edit Ben Okafor' }).click();
    await ann.dialog.getByLabel('Role').selectOption({ label: 'Weekend help' });
    await ann.dialog.getByRole('button', { name: 'Save' }).click();
    await one(ann.page.getByRole('listitem').filter({ hasText: 'Ben Okafor' }).getByText('Weekend help'));
    await one(ben.page.getByRole('heading', { name: 'You are signed out' }));
    const { password } = loginOf(stage, 'ben');
    await ben.page.getByLabel('Password').fill(password);
    await ben.page.getByRole('button', { name: 'Sign in' }).click();
    await gone(ben.page.getByRole('heading', { name: 'You are signed out' }));
    await ben.page.reload();
    await one(ben.list);
    await ben.looksAt('All');
    await gone(ben.row('Is my fern on its way?'));
    // Assigned to him, it is there.
    await ann.comesIn();
    await ann.takes('Is my fern on its way?');
    const uuid = ann.page.url().split('/').pop();
    const { agents } = await ann.api('GET', '/agents');
    await ann.api('PUT', `/conversations/${uuid}/assignment`, { agent: agents.find((agent) => agent.first_name === 'Ben').uuid });
    await one(ben.row('Is my fern on its way?').first());
    // Wider while he is at work: what is not his comes in without a reload.
    const second = await (await stage.visitor()).opens();
    await second.says('And my cactus?');
    const { roles: [role] } = await ann.api('GET', '/roles');
    await ann.api('PUT', `/roles/${role.uuid}`, { scope: 'all' });
    await one(ben.row('And my cactus?').first());
    // Settings he may not change are not offered, and the page says so to whoever knows the address.
    await ben.settings('audit');
    await one(ben.page.getByText('Your role does not show this'));
    // In use, the role stays.
    stage.expects(/status of 409 .*\/roles\//);
    await ann.settings(`roles/${role.uuid}`);
    await one(ann.page.getByRole('listitem').filter({ hasText: 'Ben Okafor' }));
    await ann.page.getByRole('button', { name: 'Remove this role…' }).click();
    await ann.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await one(ann.page.getByRole('alert').filter({ hasText: 'Ben Okafor' }));
  },

  async 'the audit log tells in sentences who did what, and whether it is whole'(stage) {
    const ann = await stage.agent('ann');
    await ann.opens();
    await ann.api('POST', '/teams', { name: 'Returns <b>' });
    await ann.api('POST', '/roles', { name: 'Weekend help', scope: 'team', permissions: ['reply'] });
    await ann.api('PUT', '/me', { last_name: 'Other' });
    await ann.settings('audit');
    const rows = ann.page.getByRole('listitem').filter({ has: ann.page.locator('time') });
    await one(rows.filter({ hasText: 'made the team Returns <b>' }));
    await one(rows.filter({ hasText: 'made the role Weekend help' }).filter({ hasText: 'Sees their teams; may answer and note' }));
    await one(rows.filter({ hasText: 'changed their own profile' }));
    await stage.axe(ann.page, 'audit log');
    await stage.picture(ann.page, 'team-audit');
    await ann.page.getByLabel('What').selectOption({ label: 'Teams' });
    await gone(rows.filter({ hasText: 'made the role' }));
    same(await rows.count(), 1, 'only teams');
    await ann.page.getByLabel('Who').selectOption({ label: 'The house itself' });
    await ann.page.getByRole('button', { name: 'Show everything' }).click();
    await rows.nth(3).waitFor();
    await ann.page.getByRole('button', { name: 'Check it' }).click();
    await one(ann.page.getByText('The log is whole.'));
    await stage.axe(ann.page, 'audit log, checked');
    await ann.page.emulateMedia({ colorScheme: 'dark' });
    // Begun anew, so that no colour is half-way between the two.
    await ann.settings('audit');
    await one(rows.filter({ hasText: 'made the team Returns <b>' }));
    await stage.axe(ann.page, 'audit log, dark');
    await stage.picture(ann.page, 'team-audit-dark');
    await ann.page.setViewportSize({ width: 390, height: 844 });
    await stage.picture(ann.page, 'team-audit-phone');
    await ann.settings('roles/new');
    await ann.page.getByRole('switch', { name: 'Reports' }).scrollIntoViewIfNeeded();
    await stage.axe(ann.page, 'a role, dark, on a phone');
    await stage.picture(ann.page, 'team-role-phone-dark');
    await ann.settings('profile');
    await part(ann, 'Where you are signed in').scrollIntoViewIfNeeded();
    await stage.picture(ann.page, 'team-profile-phone-dark');
    await ann.settings('agents');
    await stage.picture(ann.page, 'team-agents-phone-dark');
    await ann.page.getByRole('button', { name: 'Edit Ben Okafor' }).click();
    await one(ann.dialog.getByText(/near|Unknown browser/).first());
    await stage.axe(ann.page, 'one agent, dark, on a phone');
    await stage.picture(ann.page, 'team-agent-phone-dark');
  },
};
