// Translations: rows 168–172.

import { readFileSync } from 'node:fs';
import { check, gone, one, same } from '../lib/wait.mjs';

const english = JSON.parse(readFileSync(new URL('../../../assets/locales/en.json', import.meta.url), 'utf8'));
const sentence = (ann, key) => ann.page.locator(`.words-row:has([id="words-${key}"])`);
const saved = (ann) => gone(ann.page.getByRole('button', { name: 'Save all' }));

export default {
  async 'rows 168 and 169: every sentence is there, and changing the English changes the widget'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/translations`);
    await ann.page.locator('.words-row').first().waitFor();
    const shown = new Set(await ann.page.locator('.words-english small').evaluateAll((all) => all.map((one) => one.firstChild.textContent.trim())));
    const missing = Object.keys(english).filter((key) => !key.startsWith('_') && !key.includes('#') && !shown.has(key));
    same(missing, [], 'every key of the locale stands here');
    await ann.page.getByRole('searchbox', { name: 'Search sentences' }).fill('Send us a message');
    const field = sentence(ann, 'w.start').getByRole('textbox');
    await one(field);
    await field.fill('Say hello');
    // Before it is saved it stands in the preview (row 179).
    await one(ann.preview.getByText('Say hello').first());
    await sentence(ann, 'w.start').getByRole('button', { name: 'Save: Send us a message' }).click();
    await saved(ann);
    const visitor = await (await stage.visitor()).opens();
    await visitor.rings();
    await one(visitor.frame.getByText('Say hello'));
    await ann.page.reload();
    await ann.page.getByRole('button', { name: 'Changed by you' }).click();
    await one(ann.page.locator('.words-row'));
    await ann.page.getByRole('button', { name: 'Back to stock: Send us a message' }).click();
    await one(ann.page.getByText('You have changed nothing in this language yet.'));
  },

  async 'row 172: a lost placeholder is flagged at its sentence, by the page and by the server'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/translations`);
    await ann.page.getByLabel('Language to edit').selectOption('de-DE');
    const line = sentence(ann, 'launcher.unread');
    const field = line.getByRole('textbox');
    await field.fill('Neue Nachrichten');
    await one(line.getByRole('alert'));
    check(/:count/.test(await line.getByRole('alert').innerText()), 'it names the placeholder');
    check(await ann.page.getByRole('button', { name: 'Save all' }).isDisabled(), 'and cannot be saved');
    const refused = await ann.api('PUT', `/inboxes/${stage.inbox}/translations/de-DE`, { texts: { 'launcher.unread': 'Neue Nachrichten' } }).catch((error) => String(error));
    check(/400/.test(refused) && /launcher\.unread/.test(refused), `the server refuses it, too: ${refused}`);
    stage.expects(/status of 400 .*\/translations\//);
    await field.fill('Neu: :count');
    await gone(line.getByRole('alert'));
    await ann.page.getByRole('button', { name: 'Save all' }).click();
    await saved(ann);
  },

  async 'rows 170 and 171: a language is added, written from its own side, and spoken to whoever reads it'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings(`inboxes/${stage.inbox}/translations`);
    await ann.page.locator('.words-row').first().waitFor();
    await ann.page.getByLabel('Add another language').selectOption('cs');
    await ann.page.getByRole('button', { name: /^Not translated/ }).click();
    const field = sentence(ann, 'w.start').getByRole('textbox');
    await field.fill('Napište nám');
    await field.press('Control+Enter');
    await saved(ann);
    const visitor = await (await stage.visitor({ locale: 'cs-CZ' })).opens();
    await visitor.launcher.click();
    await one(visitor.frame.getByText('Napište nám'));
    await ann.page.getByLabel('Language to edit').selectOption('ar');
    await ann.page.locator('.words-row').first().waitFor();
    same(await ann.page.locator('.words-row').first().getByRole('textbox').getAttribute('dir'), 'rtl', 'Arabic is written from the right');
    await stage.axe(ann.page, 'translations in Arabic');
    await stage.picture(ann.page, 'settings-translations-ar');
  },
};
