// The visitor's own language, and another one in the middle of everything (rows 168–172).

import { check, gone, one, same, until } from '../lib/wait.mjs';

const GERMAN_BOX = 'Nachricht schreiben …';
const lang = async (visitor) => (await visitor.inside()).evaluate(() => [document.documentElement.lang.slice(0, 2), document.documentElement.dir]);

export default {
  // Row 171.
  async 'the browser’s language is met by its region, by the language alone, or by the inbox’s fallback'(stage) {
    for (const [locale, box] of [['de-AT', 'de'], ['es-MX', 'es'], ['ar-EG', 'ar'], ['fr-CA', 'en']]) {
      const visitor = await (await stage.visitor({ locale })).opens();
      await visitor.launcher.click();
      await one(visitor.frame.locator('header'));
      same((await lang(visitor))[0], box, locale);
      await visitor.context.close();
    }
  },

  async 'the visitor chooses another language in the menu: everything changes in place, and stays so'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('I speak many');
    await visitor.box.pressSequentially('half a sentence');
    await visitor.frame.getByRole('button', { name: 'More options' }).click();
    await visitor.frame.getByRole('menuitem', { name: 'Language' }).click();
    await one(visitor.frame.getByRole('menuitemradio', { name: 'English', checked: true }));
    await stage.axe(await visitor.inside(), 'widget languages');
    await visitor.frame.getByRole('menuitemradio', { name: 'العربية' }).click();
    await until(await visitor.inside(), () => document.documentElement.dir === 'rtl');
    same(await visitor.frame.getByRole('textbox').innerText(), 'half a sentence', 'what is written stays');
    await one(visitor.message('I speak many'));
    await stage.picture(visitor.page, 'widget-arabic-chosen');
    // By keys: open, up to the end, a letter to the German entry.
    await visitor.frame.locator('header').getByRole('button', { expanded: false }).first().focus();
    await visitor.page.keyboard.press('ArrowDown');
    await one(visitor.frame.getByRole('menu'));
    const entries = await visitor.frame.getByRole('menuitem').allInnerTexts();
    check(entries.length > 1, 'several entries');
    await visitor.frame.getByRole('menuitem', { name: 'اللغة' }).or(visitor.frame.getByRole('menuitem', { name: 'Language' })).first().press('Enter');
    await one(visitor.frame.getByRole('menuitemradio', { name: 'Deutsch' }));
    await visitor.page.keyboard.press('d');
    await until(await visitor.inside(), () => document.activeElement?.textContent === 'Deutsch');
    await visitor.page.keyboard.press('Enter');
    await one(visitor.frame.getByRole('textbox', { name: GERMAN_BOX }));
    same(await lang(visitor), ['de', 'ltr'], 'German');
    await visitor.page.reload();
    await one(visitor.frame.getByRole('textbox', { name: GERMAN_BOX }));
    await ann.takes('I speak many');
    // An inbox of one language offers no other.
    await ann.configures({ language: 'en-US' });
    await visitor.page.reload();
    await one(visitor.frame.locator('header'));
    await visitor.frame.locator('header').getByRole('button', { name: /More options|Weitere/ }).click();
    await gone(visitor.frame.getByRole('menuitem', { name: /Language|Sprache/ }));
  },

  async 'the page chooses the language, at the start and later'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', `<!doctype html><html lang="de"><title>Laden</title><script>window.DeskbellSettings = { language: 'de-DE' };</script><script async src="${stage.base}/w/${stage.inbox}.js"></script></html>`));
    await visitor.launcher.click();
    await one(visitor.frame.locator('header'));
    same(await lang(visitor), ['de', 'ltr'], 'as the page said');
    await visitor.call('setLanguage', 'es-ES');
    await until(await visitor.inside(), () => document.documentElement.lang.startsWith('es'));
    await visitor.call('setLanguage', 'ar');
    await until(await visitor.inside(), () => document.documentElement.dir === 'rtl');
  },

  // Rows 168–170.
  async 'an inbox edited while it is open: its words and its looks change on the screen'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Watch this');
    await ann.api('PUT', `/inboxes/${stage.inbox}/translations/en-US`, { texts: { 'w.write': 'Tell us about your fern…' } });
    await ann.configures({ chat_introduction: 'We changed our mind' });
    await one(visitor.frame.getByRole('textbox', { name: 'Tell us about your fern…' }));
    await one(visitor.frame.getByText('We changed our mind'));
    await one(visitor.message('Watch this'));
  },

  async 'dates and clocks are the reader’s own'(stage) {
    const visitor = await (await stage.visitor({ locale: 'en-GB', timezoneId: 'Asia/Tokyo' })).opens();
    await visitor.says('What time is it?');
    const clock = await visitor.message('What time is it?').locator('time').first().innerText();
    check(/^\d{1,2}:\d\d$/.test(clock), `a British clock has 24 hours: ${clock}`);
  },
};
