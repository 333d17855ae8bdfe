// Name, address and six digits, for inboxes that want to know who writes.

import { check, gone, one, same, until } from '../lib/wait.mjs';
import { codeFor } from './home.mjs';

const EMAIL = 'mia@example.com';

/** A mailbox that could send: nobody is asked for an address where no code would come. */
const codesByMail = (ann) => ann.api('POST', '/mailboxes', { name: 'Mail', enabled: true, config: { address: 'chat@shop.example', smtp: { host: '127.0.0.1', port: 1, security: 'none' } } });

async function before(stage, config = {}) {
  const ann = await (await stage.agent('ann')).comesIn();
  await codesByMail(ann);
  await ann.configures({ access: 'identify', ...config });
  const visitor = await (await (await stage.visitor()).opens()).rings();
  await visitor.frame.getByRole('button', { name: /^(Start conversation|Send us a message)/ }).click();
  const { frame } = visitor;
  await one(frame.getByRole('heading', { name: 'First, who are you?' }));
  return { ann, visitor, frame, name: frame.getByRole('textbox', { name: 'Full name' }), email: frame.getByRole('textbox', { name: 'E-mail' }), code: frame.getByRole('textbox', { name: 'Six-digit code' }), go: frame.getByRole('button', { name: 'Continue' }) };
}

export default {
  // Rows 167, 190, 191, 194, without a mouse.
  async 'from the first question to the chat by keyboard alone'(stage) {
    const { visitor, frame, name, email, code } = await before(stage);
    const { keyboard } = visitor.page;
    await until(await visitor.inside(), () => document.activeElement?.getAttribute('name') === 'name');
    await stage.axe(await visitor.inside(), 'identity');
    await stage.picture(visitor.page, 'widget-identify');
    await keyboard.press('Enter');
    same(await frame.getByText('Please fill this in.').count(), 2, 'both are needed');
    await stage.axe(await visitor.inside(), 'identity with mistakes');
    await keyboard.type('Mia Moss');
    await keyboard.press('Tab');
    await keyboard.type('mia@');
    await keyboard.press('Enter');
    await one(frame.getByText('Please check the e-mail address.'));
    await keyboard.press('Control+a');
    await keyboard.type(EMAIL);
    await keyboard.press('Enter');
    await one(code);
    await until(await visitor.inside(), () => document.activeElement?.getAttribute('name') === 'code');
    same([await code.getAttribute('autocomplete'), await code.getAttribute('inputmode')], ['one-time-code', 'numeric'], 'phones fill it in');
    await stage.axe(await visitor.inside(), 'code');
    // Whoever looks into the mail on a phone may come back to a page loaded anew.
    await visitor.page.reload();
    await one(code);
    await one(frame.getByText(EMAIL));
    await code.focus();
    await keyboard.type(codeFor(stage, EMAIL));
    await one(visitor.box);
    await visitor.says('It is me');
    same([await name.count(), await email.count()], [0, 0], 'not asked again');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('It is me');
  },

  // Rows 192, 193.
  async 'a wrong code says how many tries are left; resending waits; the address can be changed'(stage) {
    stage.expects(/status of 400/);
    const { visitor, frame, name, email, code, go } = await before(stage);
    await name.fill('Mia Moss');
    await email.fill(EMAIL);
    await go.click();
    await one(code);
    const right = codeFor(stage, EMAIL);
    await code.fill(right === '000000' ? '000001' : '000000');
    await one(frame.getByRole('alert').filter({ hasText: '4' }));
    await stage.axe(await visitor.inside(), 'wrong code');
    await stage.picture(visitor.page, 'widget-code');
    const again = frame.getByRole('button', { name: /^New code in 0:/ });
    await one(again);
    same(await again.getAttribute('aria-disabled'), 'true', 'not yet');
    await frame.getByRole('button', { name: 'Use another address' }).click();
    same([await name.inputValue(), await email.inputValue()], ['Mia Moss', EMAIL], 'kept');
    await until(await visitor.inside(), () => document.activeElement?.getAttribute('name') === 'email');
    await email.fill('mia.moss@example.com');
    await go.click();
    await one(code);
    // Pasted as the mail shows it.
    const [a, b] = codeFor(stage, 'mia.moss@example.com').match(/.../g);
    await code.fill(`${a} ${b}`);
    await one(visitor.box);
    await gone(code);
  },

  // Row 195.
  // Row 191: what would never come is not promised.
  async 'without a mailbox no code is promised, and nothing is asked'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ access: 'identify' });
    const visitor = await (await (await stage.visitor()).opens()).rings();
    await visitor.frame.getByRole('button', { name: /^(Start conversation|Send us a message)/ }).click();
    await one(visitor.frame.getByText('We cannot send codes by e-mail right now. Please come back later.'));
    same(await visitor.frame.getByRole('textbox').count(), 0, 'no address is asked for');
    await gone(visitor.frame.getByText('We send a code to your address.'));
    await stage.axe(await visitor.inside(), 'identity without codes');
    await stage.picture(visitor.page, 'widget-no-codes');
  },

  async 'without the switch nobody is asked'(stage) {
    // Somebody is here to answer: only whoever would wait in vain is offered to leave an address.
    await (await stage.agent('ann')).comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Just a question');
    check(await visitor.frame.getByRole('textbox', { name: 'E-mail' }).count() === 0, 'no questions');
  },

  // Row 197.
  async 'an address that is somebody’s already needs its code'(stage) {
    const { visitor: owner, name, email, go, code } = await before(stage, { contact_prompt: true });
    await name.fill('Mia Moss');
    await email.fill(EMAIL);
    await go.click();
    await one(code);
    await code.fill(codeFor(stage, EMAIL));
    await owner.says('I was first');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.configures({ access: 'anonymous' });
    const other = await (await stage.visitor()).opens();
    await other.says('Somebody else');
    await other.frame.getByRole('textbox', { name: 'E-mail' }).fill(EMAIL);
    await other.frame.getByRole('button', { name: 'Save' }).click();
    const ask = other.frame.getByRole('textbox', { name: 'Six-digit code' });
    await one(ask);
    await stage.axe(await other.inside(), 'code in the thread');
    await stage.picture(other.page, 'widget-code-thread');
    await ask.fill(codeFor(stage, EMAIL));
    await one(other.frame.getByRole('region', { name: 'Your contact details' }).filter({ hasText: EMAIL }));
    await other.sees('Somebody else');
    await stage.picture(other.page, 'widget-contact-known');
  },

  // Row 192: the waiting itself is the server's and has a story there; here it is short.
  async 'resending is said politely, and a code that is over leads to a new one'(stage) {
    stage.expects(/status of 400/);
    const { visitor, frame, name, email, code, go } = await before(stage);
    const enveloped = (data) => ({ status: 200, contentType: 'application/json', body: JSON.stringify({ status: 'success', data }) });
    await visitor.page.route('**/auth/identify', async (route) => {
      const answer = await route.fetch();
      const { data } = await answer.json();
      await route.fulfill(enveloped({ ...data, resend_after_s: 1 }));
    });
    await visitor.page.route('**/auth/identify/resend', (route) => route.fulfill(enveloped({ ...route.request().postDataJSON(), resend_after_s: 30, expires_in_s: 600 })));
    await name.fill('Mia Moss');
    await email.fill(EMAIL);
    await go.click();
    await one(code);
    const again = frame.getByRole('button', { name: 'Send a new code' });
    await one(again);
    await one(frame.getByRole('status').filter({ hasText: 'You can ask for a new code now.' }));
    await again.click();
    await one(frame.getByRole('status').filter({ hasText: `on its way to ${EMAIL}` }));
    await one(frame.getByRole('button', { name: /^New code in 0:/ }));
    await until(await visitor.inside(), () => document.activeElement?.getAttribute('name') === 'code');
    const right = codeFor(stage, EMAIL);
    for (let tries = 4; tries > 0; tries--) {
      await code.fill('');
      await code.fill(right === '000000' ? '000001' : '000000');
      await one(frame.getByRole('alert').filter({ hasText: `${tries} more` }));
    }
    await code.fill('');
    await code.fill(right === '000000' ? '000001' : '000000');
    await one(frame.getByRole('alert').filter({ hasText: 'cannot be used any more' }));
    same(await go.count(), 0, 'nothing to go on with');
    await stage.axe(await visitor.inside(), 'code is over');
    await stage.picture(visitor.page, 'widget-code-over');
  },
};
