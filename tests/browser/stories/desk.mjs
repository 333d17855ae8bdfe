// A day at the desk.

import { check, gone, one, same, until } from '../lib/wait.mjs';

const PASSWORD = 'a quiet green teapot';
const asText = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

export default {
  async 'the first owner comes in by the one-time link, which works once'(stage) {
    const server = await stage.freshServer();
    const owner = await stage.stranger(server.base);
    await owner.opens();
    await one(owner.page.getByRole('heading', { name: 'Nobody is here yet' }));
    await owner.opens(`/desk#setup=${server.setup}`);
    await one(owner.page.getByRole('heading', { name: 'Welcome. Who are you?' }));
    await stage.picture(owner.page, 'desk-setup');
    await owner.page.getByLabel('First name').fill('Ida');
    await owner.page.getByLabel('E-mail').fill('ida@example.com');
    await owner.page.getByLabel('Password').fill('short');
    stage.expects(/status of 400 .*\/setup/);
    await owner.page.getByRole('button', { name: 'Open my desk' }).click();
    await one(owner.page.getByRole('alert').filter({ hasText: /10/ }));
    await owner.page.getByLabel('Password').fill(PASSWORD);
    await owner.page.getByRole('button', { name: 'Open my desk' }).click();
    // Nothing is there yet: the first steps come first.
    await one(owner.page.getByRole('heading', { name: 'Make your inbox' }));
    check(!owner.page.url().includes('setup='), 'the token left the address bar');
    const cookies = await owner.context.cookies();
    check(cookies.some((cookie) => cookie.name === '__Host-deskbell' && cookie.httpOnly && cookie.secure && cookie.sameSite !== 'None'), `the cookie is guarded: ${JSON.stringify(cookies.map(({ name, httpOnly, secure, sameSite }) => ({ name, httpOnly, secure, sameSite })))}`);
    const second = await stage.stranger(server.base);
    stage.expects(/status of 40\d .*\/setup/);
    await second.opens(`/desk#setup=${server.setup}`);
    await second.page.getByLabel('First name').fill('Eve');
    await second.page.getByLabel('E-mail').fill('eve@example.com');
    await second.page.getByLabel('Password').fill(PASSWORD);
    await second.page.getByRole('button', { name: 'Open my desk' }).click();
    await one(second.page.getByRole('alert'));
  },

  async 'a wrong password says no more than it must, the right one opens'(stage) {
    // Signing out overtakes what the list was still asking for.
    stage.expects(/status of 401 .*\/(session|conversations)/);
    const ann = await stage.stranger();
    await ann.opens();
    await stage.picture(ann.page, 'desk-login');
    await ann.signsIn('ann@fernwood.example', 'wrong horse');
    const words = ann.page.getByRole('alert').first();
    await one(words);
    const wrongPassword = await words.textContent();
    await ann.page.reload();
    await ann.signsIn('nobody@fernwood.example', 'wrong horse');
    await one(words);
    same(await words.textContent(), wrongPassword, 'the same words for an unknown address');
    await ann.signsIn('ann@fernwood.example', 'ring the bell');
    await one(ann.list);
    await ann.page.getByRole('button', { name: /^You: Ann Archer/ }).click();
    await ann.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await one(ann.page.getByRole('button', { name: 'Sign in' }));
    await ann.opens();
    await one(ann.page.getByRole('button', { name: 'Sign in' }));
  },

  async 'after ten wrong passwords the door is closed for a while, and says for how long'(stage) {
    stage.expects(/status of (401|429) .*\/session/);
    const eve = await stage.stranger();
    await eve.opens();
    for (let tries = 0; tries < 12; tries++) {
      const answer = eve.page.waitForResponse((one) => one.url().endsWith('/api/desk/session') && one.request().method() === 'POST');
      await eve.signsIn('ann@fernwood.example', `guess ${tries}`);
      if ((await answer).status() === 429) break;
      check(tries < 11, 'somebody may guess for ever');
    }
    await one(eve.page.getByRole('button', { name: /Try again in \d+/ }));
    check(await eve.page.getByRole('button', { name: /Try again in \d+/ }).isDisabled(), 'the button waits');
    await stage.picture(eve.page, 'desk-lockout');
  },

  async 'tabs count, and a conversation moves between them'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await one(ann.tab('Mine').filter({ hasText: '0' }));
    await ann.takes('Zoe Miller');
    const before = Number((await ann.tab('New').textContent()).match(/\d+/)[0]);
    await ann.page.getByRole('button', { name: 'Not assigned' }).click();
    await ann.page.getByRole('menuitemradio', { name: /^Me/ }).click();
    await one(ann.tab('Mine').filter({ hasText: '1' }));
    await one(ann.tab('New').filter({ hasText: String(before - 1) }));
    await ann.looksAt('Mine');
    await one(ann.row('Zoe Miller'));
    const ben = await (await stage.agent('ben')).comesIn();
    await ben.takes('Zoe Miller');
    await one(ben.page.getByRole('button', { name: 'Assigned to Ann Archer' }));
    await one(ben.page.getByText(/Ann Archer is looking at this too/).first());
    await one(ann.page.getByText(/Ben Okafor is looking at this too/).first());
    await ann.page.getByRole('button', { name: /^Assigned to Ann/ }).click();
    await ann.page.getByRole('menuitemradio', { name: 'Ben Okafor' }).click();
    await one(ann.tab('Mine').filter({ hasText: '0' }));
    await one(ben.tab('Mine').filter({ hasText: '2' }));
  },

  async 'a note is the team’s alone'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('A question');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('A question');
    await ann.notes('She asks a lot');
    await one(ann.message('She asks a lot').getByText('only your team sees this'));
    const ben = await (await stage.agent('ben')).comesIn();
    await ben.takes('She asks a lot');
    await ben.sees('She asks a lot');
    await ann.replies('The answer');
    await visitor.sees('The answer');
    same(await visitor.count('She asks a lot'), 0, 'the visitor does not see it');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('The answer');
    same(await visitor.count('She asks a lot'), 0, 'nor after a reload');
    const token = JSON.parse(Object.values((await visitor.kept()).local)[0]).session;
    check(!JSON.stringify(await stage.api('GET', '/chat/changes?after=0', { token })).includes('She asks a lot'), 'nor in what a client may ask for');
    await stage.picture(ann.page, 'desk-note');
  },

  async 'resolve, reopen by the visitor, snooze and wake'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Please solve this');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Please solve this');
    await ann.page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await one(ann.page.getByRole('button', { name: 'Status: Resolved' }));
    await one(ann.tab('All').filter({ hasText: '3' }));
    await visitor.says('Not solved at all');
    await one(ann.page.locator('.thread-head, header').getByRole('button', { name: 'Status: Open' }).first());
    await ann.sees('Not solved at all');
    await ann.page.getByRole('button', { name: 'Snooze', exact: true }).click();
    await ann.page.getByRole('menuitem', { name: /^Tomorrow/ }).click();
    await one(ann.page.getByRole('button', { name: 'Status: Snoozed' }));
    await one(ann.tab('All').filter({ hasText: '3' }));
    await visitor.says('Hello again');
    await one(ann.tab('All').filter({ hasText: '4' }));
  },

  async 'search finds messages and people, and the keyboard goes through them'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await one(ann.row('Zoe Miller'));
    await ann.page.keyboard.press('/');
    await ann.page.keyboard.type('monstera');
    await one(ann.page.getByRole('button').filter({ hasText: 'My monstera arrived' }));
    await one(ann.page.locator('mark', { hasText: /monstera/i }).first());
    await ann.page.keyboard.press('ArrowDown');
    await ann.page.keyboard.press('Enter');
    await ann.sees('My monstera arrived with two broken leaves');
    await ann.page.getByRole('searchbox').fill('zoe@');
    await one(ann.page.getByRole('heading', { name: 'People' }));
    await stage.picture(ann.page, 'desk-search');
    await ann.page.getByRole('searchbox').fill('zzzzqqq');
    await one(ann.page.getByRole('heading', { name: 'Nothing found' }));
  },

  async 'keys: j k Enter r n e ? and Escape'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.looksAt('All');
    await one(ann.row('Zoe Miller'));
    const { keyboard } = ann.page;
    const current = () => ann.page.evaluate(() => document.activeElement?.textContent || '');
    await ann.page.locator('body').focus();
    await keyboard.press('j');
    await until(ann.page, () => /Zoe/.test(document.activeElement?.textContent || ''));
    await keyboard.press('j');
    await until(ann.page, () => /Jonas/.test(document.activeElement?.textContent || ''));
    await keyboard.press('k');
    await until(ann.page, () => /Zoe/.test(document.activeElement?.textContent || ''));
    check((await current()).length > 0, 'a row has the focus');
    await keyboard.press('Enter');
    await one(ann.page.getByRole('heading', { name: 'Zoe Miller', level: 2 }).first());
    await keyboard.press('r');
    await until(ann.page, () => document.activeElement?.getAttribute('aria-label')?.startsWith('Reply to'));
    await keyboard.type('j is a letter here');
    same(await ann.box.inputValue(), 'j is a letter here', 'keys are letters while one writes');
    await keyboard.press('Escape');
    await keyboard.press('n');
    await until(ann.page, () => document.activeElement?.getAttribute('aria-label') === 'Note for your team');
    await keyboard.type('by key');
    await keyboard.press('Enter');
    await ann.hasSent('by key');
    await keyboard.press('Escape');
    await keyboard.press('?');
    await one(ann.page.getByRole('heading', { name: 'Keyboard' }));
    await stage.picture(ann.page, 'desk-keys');
    await keyboard.press('Escape');
    await gone(ann.page.getByRole('heading', { name: 'Keyboard' }));
    await keyboard.press('e');
    await one(ann.page.getByRole('button', { name: 'Status: Resolved' }));
    await keyboard.press('r');
    same(await ann.box.inputValue(), 'j is a letter here', 'the reply waited meanwhile');
  },

  async 'what an agent wrote survives another conversation and a reload'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Zoe Miller');
    await ann.box.fill('For Zoe');
    await ann.takes('Jonas');
    same(await ann.box.inputValue(), '', 'another one, another text');
    await ann.takes('Zoe Miller');
    same(await ann.box.inputValue(), 'For Zoe', 'it is back');
    await ann.page.reload();
    await one(ann.box);
    same(await ann.box.inputValue(), 'For Zoe', 'also after a reload');
  },

  async 'an agent drops a file into the thread'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Zoe Miller');
    await ann.page.locator('input[type="file"]').setInputFiles([asText('delivery.txt', 'on Friday')]);
    await one(ann.page.getByText('delivery.txt').first());
    const send = ann.page.getByRole('button', { name: 'Send', exact: true });
    await until(ann.page, () => [...document.querySelectorAll('button')].some((button) => button.textContent.trim() === 'Send' && !button.disabled));
    await send.click();
    await one(ann.log.getByRole('link', { name: /delivery\.txt/ }));
    const ben = await (await stage.agent('ben')).comesIn();
    await ben.takes('Zoe Miller');
    await one(ben.log.getByRole('link', { name: /delivery\.txt/ }));
  },

  async 'on a phone: list, thread, person, and back'(stage) {
    const ann = await stage.agent('ann', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await ann.comesIn();
    await stage.picture(ann.page, 'desk-phone-list');
    const rail = ann.page.getByRole('navigation', { name: 'Desk' });
    await one(rail.getByRole('button', { name: 'More', exact: true }));
    check(await rail.getByRole('button').count() === 5, 'five places, the rest in the menu');
    check(await rail.getByRole('button').evaluateAll((all) => all.every((button) => { const at = button.getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth && at.height >= 44; })), 'each is whole and large enough for a thumb');
    await rail.getByRole('button', { name: 'More', exact: true }).press('Enter');
    await ann.page.getByRole('menuitemradio', { name: 'Archive' }).press('Enter');
    await one(ann.page.getByRole('heading', { level: 1, name: 'Archive' }));
    await one(rail.getByRole('button', { name: 'More, now Archive' }));
    await rail.getByRole('button', { name: /^Messages/ }).click();
    await ann.takes('Zoe Miller');
    await gone(ann.list.getByRole('searchbox'));
    check(await ann.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await stage.picture(ann.page, 'desk-phone-thread');
    await ann.page.getByRole('button', { name: 'About Zoe Miller' }).last().click();
    await one(ann.panel.getByRole('heading', { name: 'Zoe Miller' }));
    await stage.picture(ann.page, 'desk-phone-person');
    await ann.page.getByRole('button', { name: 'Close' }).click();
    await ann.page.goBack();
    await one(ann.row('Zoe Miller'));
    await ann.takes('Zoe Miller');
    await ann.page.getByRole('button', { name: 'Back to the list' }).click();
    await one(ann.row('Zoe Miller'));
  },

  async 'the title and the bell call for who looks elsewhere'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const context = await stage.context('ann');
    await context.addInitScript(() => {
      window.rung = 0;
      const own = AudioContext.prototype.createOscillator;
      AudioContext.prototype.createOscillator = function () { window.rung++; return own.call(this); };
    });
    await context.addCookies(stage.sessions.ann);
    const page = await context.newPage();
    await page.goto(`${stage.base}/desk`);
    await one(page.getByRole('region', { name: 'Conversations' }));
    await page.getByRole('button', { name: 'All' }).first().click();
    const before = await page.title();
    await visitor.says('Is anybody there?');
    await until(page, (old) => document.title !== old && /^\(\d+\)/.test(document.title), before);
    await until(page, () => window.rung > 0);
    check((await page.locator('link[rel="icon"]').getAttribute('href')).includes('dot'), 'the icon has its dot');
  },
};
