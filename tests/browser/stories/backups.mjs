// Settings → deskbell → Backups: made while everybody goes on; what takes the place of everything asks for the password. (The restoring itself: copies_story.rs.)

import { one } from '../lib/wait.mjs';

const main = (agent) => agent.page.getByRole('main').last();

export default {
  async 'a backup is made, guarded by the password, and deleted'(stage) {
    const ann = await stage.agent('ann');
    await ann.settings('backups');
    await one(main(ann).getByText('There is no backup yet'));
    await stage.axe(ann.page, 'no backups yet');
    await ann.page.getByRole('button', { name: 'Make a backup now' }).click();
    const restore = main(ann).getByRole('button', { name: /^Restore deskbell-/ });
    await one(restore);
    await stage.axe(ann.page, 'the backups');
    await stage.picture(ann.page, 'settings-backups');
    await restore.click();
    const dialog = ann.page.getByRole('dialog', { name: 'Put this backup in place of everything?' });
    await dialog.getByLabel('Type restore to go on').fill('restore');
    await dialog.getByLabel('Your password').fill('not the password');
    stage.expects(/status of 403 .*\/restore/);
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await one(dialog.getByText(/password/i).last());
    await stage.axe(ann.page, 'the dialog of restoring');
    await stage.picture(ann.page, 'settings-backups-restore');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await main(ann).getByRole('button', { name: /^Delete deskbell-/ }).click();
    await ann.page.getByRole('dialog', { name: 'Delete this backup?' }).getByRole('button', { name: 'Delete' }).click();
    await one(main(ann).getByText('There is no backup yet'));
  },
};
