// The hub: one launcher, tiles for chat and for reports of four kinds.

import { check, gone, one, same, until } from '../lib/wait.mjs';

const ALL = { chat: true, bug: true, feature: true, review: true, question: true, files: true };

async function hub(stage, config = {}, options = {}) {
  const ann = await (await stage.agent('ann')).comesIn();
  await ann.configures({ tiles: ALL, ...config });
  const visitor = await (await (await stage.visitor(options)).opens()).rings();
  return { ann, visitor, tile: (name) => visitor.frame.getByRole('navigation').getByRole('button', { name }) };
}

export default {
  // Rows 105–109.
  async 'a bug report with the page it happened on, and nothing lost on the way'(stage) {
    const { visitor, tile } = await hub(stage);
    for (const name of [/^Chat with us/, /^Report a bug/, /^Suggest an idea/, /^Leave a review/, /^Ask a question/]) await one(tile(name));
    await stage.axe(await visitor.inside(), 'hub');
    await stage.picture(visitor.page, 'widget-hub');
    await tile(/^Report a bug/).click();
    const words = visitor.frame.getByRole('textbox', { name: 'What went wrong?' });
    await one(words);
    await stage.axe(await visitor.inside(), 'report');
    await one(visitor.frame.getByText('/demo'));
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await one(visitor.frame.getByText('Please fill this in.'));
    await words.fill('The button for gift cards does nothing');
    await visitor.frame.getByRole('button', { name: 'Back' }).click();
    await tile(/^Report a bug/).click();
    same(await words.inputValue(), 'The button for gift cards does nothing', 'kept while looking elsewhere');
    await visitor.frame.locator('input[type="file"]').first().setInputFiles([{ name: 'screen.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }]);
    await one(visitor.frame.getByText('screen.txt'));
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await one(visitor.frame.getByRole('heading', { name: 'Thank you' }));
    await until(await visitor.inside(), () => document.activeElement?.textContent === 'Thank you');
    await stage.axe(await visitor.inside(), 'thanks');
    await stage.picture(visitor.page, 'widget-thanks');
    await visitor.frame.getByRole('button', { name: 'Done' }).click();
    // A second one waits ten seconds, and says so.
    await tile(/^Suggest an idea/).click();
    await one(visitor.frame.getByText(/You just sent one/));
    same(await visitor.frame.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled'), 'true', 'not yet');
  },

  async 'a refused report keeps its words and says why'(stage) {
    const { visitor, tile } = await hub(stage);
    stage.expects(/Failed to load resource/, /ERR_FAILED/);
    await tile(/^Ask a question/).click();
    const words = visitor.frame.getByRole('textbox', { name: 'Your question' });
    await words.fill('Do you repair pots?');
    await visitor.page.route('**/chat/reports', (route) => route.abort());
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await one(visitor.frame.getByRole('alert').filter({ hasText: 'no connection' }));
    same(await words.inputValue(), 'Do you repair pots?', 'still there');
    await visitor.page.unroute('**/chat/reports');
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await one(visitor.frame.getByRole('heading', { name: 'Thank you' }));
  },

  // Row 109, without a mouse.
  async 'a review by keyboard alone'(stage) {
    const { visitor, tile } = await hub(stage);
    const { keyboard } = visitor.page;
    await tile(/^Leave a review/).focus();
    await keyboard.press('Enter');
    await one(visitor.frame.getByRole('radio', { name: '1 star', exact: true }));
    await visitor.frame.getByRole('button', { name: 'Back' }).focus();
    const inside = await visitor.inside();
    for (let tabs = 0; tabs < 10 && !await inside.evaluate(() => document.activeElement?.getAttribute('name') === 'rating'); tabs++) await keyboard.press('Tab');
    for (let star = 1; star < 4; star++) await keyboard.press('ArrowRight');
    await until(inside, () => document.querySelector('[name="rating"][value="4"]')?.checked);
    await keyboard.press('Tab');
    await keyboard.type('Lovely ferns');
    await keyboard.press('Tab');
    for (let tabs = 0; tabs < 8 && await inside.evaluate(() => document.activeElement?.textContent !== 'Send'); tabs++) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await one(visitor.frame.getByRole('heading', { name: 'Thank you' }));
  },

  // Rows 106, 110, 117.
  async 'chat only for those who may, and one module alone opens directly'(stage) {
    const { ann, visitor, tile } = await hub(stage, { access: 'verified' });
    await one(tile(/^Report a bug/));
    same(await tile(/^Chat with us/).count(), 0, 'no chat for a stranger');
    await visitor.call('setUser', await stage.token('zoe'));
    await one(tile(/^Chat with us/));
    await ann.configures({ tiles: { ...ALL, chat: false, bug: false, review: false, question: false } });
    const other = await (await (await stage.visitor()).opens()).rings();
    await one(other.frame.getByRole('textbox', { name: 'What is missing?' }));
    same(await other.frame.getByRole('button', { name: 'Back' }).count(), 0, 'nothing behind it');
  },

  async 'on a phone, dark, right to left and enlarged, everything fits'(stage) {
    for (const options of [{ viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true, colorScheme: 'dark' }, { viewport: { width: 320, height: 480 } }, { forcedColors: 'active' }]) {
      const { visitor, tile } = await hub(stage, {}, options);
      const inside = await visitor.inside();
      const fits = () => inside.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      check(await fits(), 'the hub fits');
      await stage.axe(inside, `hub ${JSON.stringify(options)}`);
      await tile(/^Leave a review/).click();
      await one(visitor.frame.getByRole('radio', { name: '5 stars' }));
      check(await fits(), 'the form fits');
      await stage.axe(inside, `review ${JSON.stringify(options)}`);
      await visitor.page.close();
    }
  },
};
