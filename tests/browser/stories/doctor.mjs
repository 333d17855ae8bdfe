// "What is wrong?": a page is looked at, the house is tried for real, and both say what mends it.

import { gone, one, same } from '../lib/wait.mjs';

/** The house may look at pages of this machine, and knows its own address. */
const mayLook = async (stage) => {
  stage.server.env = { ...stage.server.env, DESKBELL_OUTBOUND_ALLOW: '127.0.0.0/8,::1', DESKBELL_BASE_URL: stage.base };
  await stage.server.stop();
  await stage.server.start();
};

export default {
  async 'the doctor says why a page shows no launcher, from the embed code on'(stage) {
    await mayLook(stage);
    const ann = await stage.agent('ann');
    const { page } = ann;
    const site = await stage.site();
    const line = `<script async src="${stage.base}/w/${stage.inbox}.js"></script>`;
    const empty = site.page('/empty', '<title>A very long name of a shop that sells plants for every window</title><p>Welcome to our shop, nothing to see.</p>');
    const good = site.page('/good', `<title>Plants</title><p>Welcome</p>${line}`);
    const strict = site.page('/strict', `<p>Welcome</p>${line}`, { 'content-security-policy': "script-src 'self'; frame-src 'none'" });
    await ann.settings(`inboxes/${stage.inbox}/installation`);
    await page.getByRole('button', { name: 'Check my site' }).click();
    const field = page.getByLabel('Address of the page');
    await one(page.getByRole('heading', { name: 'Look at a page', level: 2 }));
    await page.waitForFunction(() => document.activeElement?.id === 'look-url');
    await field.fill(empty);
    await page.keyboard.press('Enter');
    const found = page.getByRole('group', { name: 'What I found on the page' });
    await one(found.getByRole('heading', { name: 'The code is not in the page', level: 3 }));
    await one(found.getByText(line, { exact: true }));
    await stage.axe(page, 'a page without the code');
    await stage.picture(page, 'doctor-page-missing');
    await found.getByRole('button', { name: 'Go there: The code is not in the page' }).click();
    await one(page.getByRole('heading', { name: 'Paste this into your site' }));
    await page.goBack();
    await field.fill(strict);
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await one(found.getByText(`script-src 'self' ${stage.base};`));
    await one(found.getByText(`frame-src ${stage.base};`));
    await stage.picture(page, 'doctor-page-csp');
    await field.fill(good);
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await one(found.getByRole('heading', { name: 'The launcher should be visible', level: 3 }));
    await one(found.getByText('The script can be loaded'));
    await stage.picture(page, 'doctor-page-good');
    // What is no address is told at the field.
    stage.expects(/status of 400 .*\/problems\/page/);
    await field.fill('file:///etc/passwd');
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await one(page.getByRole('alert').filter({ hasText: 'Only pages of the web' }));
    same(await page.evaluate(() => document.activeElement?.id), 'look-url', 'back in the field');
  },

  async 'the doctor tries the house for real and shows what is in order'(stage) {
    await mayLook(stage);
    const ann = await stage.agent('ann');
    const { page } = ann;
    await ann.settings('problems');
    await one(page.getByRole('heading', { name: 'I know of no backup' }));
    await page.getByRole('button', { name: 'Try everything' }).click();
    await gone(page.getByText('not tried', { exact: true }));
    await gone(page.getByText('looking', { exact: true }));
    await page.getByText(/\d+ things are in order/).click();
    await one(page.getByText('The public address leads here'));
    await one(page.getByText('WebSockets come through'));
    await one(page.getByText('Large files come through'));
    await stage.axe(page, 'after everything was tried');
    await stage.picture(page, 'doctor-house');
  },
};
