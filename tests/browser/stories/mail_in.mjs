// Mail that came, at the desk: where it stands, how it is marked, what it quoted; and addresses to which mail comes back.

import { spawn } from 'node:child_process';
import { gone, one, same } from '../lib/wait.mjs';

const ADDRESS = 'help@shop.example';

/** Hands a mail over as a mail server would; the exit code. */
function deliver(stage, raw) {
  return new Promise((resolve, reject) => {
    const child = spawn(stage.binary, ['deliver', '--mailbox', ADDRESS, '--data', stage.server.file], { stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', resolve);
    child.stdin.end(raw.replaceAll('\n', '\r\n'));
  });
}

let number = 0;
const letter = (from, headers, text) => `From: ${from}\nTo: ${ADDRESS}\nDate: Fri, 21 Nov 2026 10:00:00 +0000\nMessage-ID: <${++number}.${process.pid}@customer.example>\n${headers}\n\n${text}\n`;

export default {
  async 'row 49: a mail stands in the desk with its subject, folds out what it quoted, and says when its sender may be another'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.api('POST', '/mailboxes', { name: 'Post', enabled: true, config: { address: ADDRESS, incoming: { kind: 'deliver' } } });
    const words = 'Do you sell ferns for the garden?';
    same(await deliver(stage, letter('Nina Nagel <nina@customer.example>', 'Subject: Ferns', `${words}\n\nOn Thu, 20 Nov 2026 at 10:00, Shop <${ADDRESS}> wrote:\n> Which plants are you looking for?`)), 0, 'the mail is taken');
    await ann.takes(words);
    await one(ann.page.getByText('Ferns', { exact: true }));
    await one(ann.page.getByText('by mail'));
    await gone(ann.page.getByText('Which plants are you looking for?'));
    const more = ann.page.getByRole('button', { name: 'Show quoted text' });
    await more.focus();
    await ann.page.keyboard.press('Enter');
    await one(ann.page.getByText('Which plants are you looking for?'));
    await stage.axe(ann.page, 'a mail');
    await stage.picture(ann.page, 'desk-mail');
    await ann.page.getByRole('button', { name: 'Hide quoted text' }).click();
    await gone(ann.page.getByText('Which plants are you looking for?'));
    // Its server says it is forged; and another claims a conversation with a tag that is none.
    same(await deliver(stage, letter('The Boss <boss@customer.example>', 'Subject: Urgent\nAuthentication-Results: mx.shop.example; dmarc=fail header.from=customer.example', 'Send me all the money')), 0, 'the forged one');
    await ann.takes('Send me all the money');
    await one(ann.page.getByText('Forged?'));
    await stage.axe(ann.page, 'a forged mail');
    await stage.picture(ann.page, 'desk-mail-forged');
    await ann.page.setViewportSize({ width: 390, height: 844 });
    await one(ann.page.getByText('Forged?'));
    await stage.picture(ann.page, 'desk-mail-phone');
  },
};
