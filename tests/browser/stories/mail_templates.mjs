// The words of mails: rows 176 and 177. And a forgotten password.

import { check, gone, one, same, until } from '../lib/wait.mjs';

const shown = (ann) => ann.page.frameLocator('iframe.mail-frame').locator('body');
const field = (ann, name) => ann.page.getByRole('textbox', { name, exact: true });

export default {
  async 'row 177: words of a mail are changed, seen while they are written, and taken back'(stage) {
    // What cannot be filled is refused by the preview, too.
    stage.expects(/status of 400 .*\/mail\/templates/);
    const ann = await stage.agent('ann');
    await ann.settings('mails');
    await ann.page.getByRole('button', { name: 'Edit: Transcript' }).click();
    await one(ann.page.getByRole('heading', { name: 'Transcript', level: 1 }));
    await one(shown(ann).getByText('here is your conversation'));
    const subject = field(ann, 'Subject');
    await subject.fill('All of it from ');
    await ann.page.getByRole('button', { name: 'Put in: The brand of the inbox' }).click();
    same(await subject.inputValue(), 'All of it from {{brand}}', 'a field goes where the cursor is');
    const text = field(ann, 'Text');
    await text.fill('Hello **{{first_name|you}}** <img src=x onerror=alert(1)>\n\n{{messages}}');
    await one(ann.page.locator('.mail-subject').getByText('All of it from Fernwood Plants'));
    await one(shown(ann).getByText('<img src=x onerror=alert(1)>'));
    same(await shown(ann).locator('img, script, form').count(), 0, 'what is typed is words');
    // As plain text.
    await ann.page.getByRole('button', { name: 'As plain text' }).click();
    await one(ann.page.getByRole('region', { name: 'The mail as plain text' }).getByText('<img src=x'));
    // What nobody can fill is said where it stands, and nothing is lost.
    await text.fill('{{nobody}}\n\n{{messages}}');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByRole('alert').getByText('Nobody knows what {{nobody}} stands for'));
    same(await text.inputValue(), '{{nobody}}\n\n{{messages}}', 'what was typed stays');
    await text.fill('Hi {{first_name|you}}\n\n{{messages}}');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Saved. The next mail has these words.').first());
    await ann.page.reload();
    await until(ann.page.mainFrame(), () => [...document.querySelectorAll('input')].some((one) => one.value === 'All of it from {{brand}}'));
    // One language keeps its own.
    await ann.page.getByLabel('Language').selectOption('de-DE');
    check((await field(ann, 'Text').inputValue()).startsWith('Guten Tag'), 'German has its stock words');
    await ann.page.getByLabel('Language').selectOption('');
    await ann.page.getByRole('button', { name: 'Back to the words that come along' }).click();
    await ann.page.getByRole('button', { name: 'Yes, back' }).click();
    await until(ann.page.mainFrame(), () => [...document.querySelectorAll('input')].some((one) => one.value === 'Your conversation with {{brand}}'));
  },

  async 'row 176: another tone under a name, for one inbox'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('mails/code');
    await ann.page.getByText('Other words for some inboxes').click();
    await ann.page.getByRole('textbox', { name: 'Name of the new words' }).fill('Formal');
    await ann.page.getByRole('button', { name: 'Write them' }).click();
    await field(ann, 'Subject').fill('Dear customer: {{code}}');
    await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
    await one(ann.page.getByText('Saved. The next mail has these words.').first());
    await ann.page.getByLabel('Words of').first().selectOption('Formal');
    await one(ann.page.getByText('Saved for').first());
    const { inboxes } = await ann.api('GET', '/inboxes');
    check(inboxes.some((inbox) => inbox.config.continuity.templates.code === 'Formal'), 'the inbox has its words');
  },

  async 'what is not saved is not lost by changing the language'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('mails/survey');
    await field(ann, 'Subject').fill('How did it go?');
    await ann.page.getByLabel('Language').selectOption('fr-FR');
    await one(ann.page.getByRole('heading', { name: 'Leave without saving?' }));
    await ann.page.keyboard.press('Escape');
    same(await field(ann, 'Subject').inputValue(), 'How did it go?', 'it is still there');
    same(await ann.page.getByLabel('Language').inputValue(), '', 'and the language, too');
  },

  async 'a forgotten password is one mail away, and nobody learns who works here'(stage) {
    const ann = await stage.agent('ann');
    stage.expects(/status of 401 .*\/session/);
    await ann.page.context().clearCookies();
    await ann.opens();
    await ann.page.getByRole('textbox', { name: 'E-mail' }).fill('nobody@example.com');
    await ann.page.getByRole('button', { name: 'Forgot your password?' }).click();
    same(await ann.page.getByRole('textbox', { name: 'E-mail' }).inputValue(), 'nobody@example.com', 'the address comes along');
    await ann.page.keyboard.press('Enter');
    await one(ann.page.getByRole('heading', { name: 'Look into your mail' }));
    await one(ann.page.getByText('nobody@example.com'));
    await ann.page.getByRole('button', { name: 'Back to the login' }).click();
    await one(ann.page.getByRole('heading', { name: 'Sign in to your desk' }));
    await gone(ann.page.getByText('Look into your mail'));
  },
};
