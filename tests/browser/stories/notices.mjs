// What the desk tells its agent: the bell's list, mentions and assignments, and a phone that is woken. Row 126; unique 8.

import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { check, gone, one, same } from '../lib/wait.mjs';

/** A browser's keys and its push service, as far as a server sees them. */
async function pushService() {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  const heard = [];
  const waiting = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => { response.writeHead(201).end(); const told = { headers: request.headers, body: Buffer.concat(parts) }; (waiting.shift() || ((one) => heard.push(one)))(told); });
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    subscription: { endpoint: `${origin}/send`, keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') } },
    hears: () => (heard.length ? Promise.resolve(heard.shift()) : new Promise((done) => { waiting.push(done); })),
    /** RFC 8291, with another hand than ours. */
    opens({ body }) {
      const [salt, size, sender] = [body.subarray(0, 16), body.readUInt32BE(16), body.subarray(21, 86)];
      same([size, body[20]], [4096, 65], 'one record');
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
      const input = Buffer.from(hkdfSync('sha256', keys.computeSecret(sender), auth, info, 32));
      const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
      const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
      const sealed = body.subarray(86);
      const opening = createDecipheriv('aes-128-gcm', key, nonce);
      opening.setAuthTag(sealed.subarray(-16));
      const plain = Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()]);
      same(plain[plain.length - 1], 2, 'the last record');
      return JSON.parse(plain.subarray(0, -1).toString());
    },
    /** RFC 8292: who sends it, and that it is meant for this service. */
    proves({ headers }) {
      const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization);
      const [head, claims, signature] = token.split('.');
      const point = Buffer.from(key, 'base64url');
      const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
      check(verify('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')), 'the proof verifies');
      const said = JSON.parse(Buffer.from(claims, 'base64url'));
      same(said.aud, origin, 'meant for this service');
      check(said.exp > Date.now() / 1000 && said.exp < Date.now() / 1000 + 24 * 3600, 'for less than a day');
      return key;
    },
    close: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }),
  };
}

export default {
  async 'the bell counts what waits, leads there by keyboard, and is silent about what was read'(stage) {
    const [ann, ben] = [await (await stage.agent('ann')).comesIn(), await (await stage.agent('ben')).comesIn()];
    const bell = ben.page.getByRole('button', { name: /^Notices/ });
    await bell.click();
    const list = ben.page.getByRole('dialog', { name: 'Notices' });
    // The demo's own conversations were told before.
    for (const agent of [ann, ben]) {
      if (agent === ann) await agent.page.getByRole('button', { name: /^Notices/ }).click();
      await agent.page.getByRole('button', { name: 'Mark all as read' }).click();
      await one(agent.page.getByRole('button', { name: 'Notices', exact: true }));
    }
    await gone(list.getByRole('button', { name: '(unread)' }));
    await stage.axe(ben.page, 'notices');
    await ben.page.keyboard.press('Escape');
    await gone(list);
    check(await bell.evaluate((button) => button === document.activeElement), 'the focus is back on the bell');
    const visitor = await (await stage.visitor()).opens();
    await visitor.says('Is anybody there?');
    await one(ben.page.getByRole('button', { name: 'Notices , unread: 1' }));
    await bell.press('Enter');
    await one(list.getByRole('button', { name: /began a conversation \(unread\)/ }));
    await stage.axe(ben.page, 'notices');
    await stage.picture(ben.page, 'notices');
    await ben.page.keyboard.press('ArrowDown');
    await ben.page.keyboard.press('Enter');
    await one(ben.page.getByRole('log').getByText('Is anybody there?').first());
    await one(ben.page.getByRole('button', { name: 'Notices', exact: true }));
    // Taken by one, it is news to nobody.
    await one(ann.page.getByRole('button', { name: 'Notices , unread: 1' }));
    await ben.replies('Yes, Ben here.');
    await one(ann.page.getByRole('button', { name: 'Notices', exact: true }));
  },

  async 'a phone is woken: sealed for it alone, shown by the worker, and off with the login'(stage) {
    stage.server.env = { ...stage.server.env, DESKBELL_OUTBOUND_ALLOW: '127.0.0.0/8' };
    await stage.server.stop();
    await stage.server.start();
    const service = await pushService();
    stage.after.push(service.close);
    const ann = await (await stage.agent('ann')).comesIn();
    const key = await ann.page.evaluate(async (subscription) => {
      const csrf = (await (await fetch('/api/desk/session')).json()).csrf;
      await fetch('/api/desk/push', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Deskbell-CSRF': csrf }, body: JSON.stringify(subscription) });
      return (await (await fetch('/api/desk/push')).json()).key;
    }, service.subscription);
    await ann.settings('notifications');
    await one(ann.page.getByRole('switch', { name: 'Wake this browser when something waits for me', checked: true }));
    await stage.axe(ann.page, 'notice settings');
    await stage.picture(ann.page, 'notices-settings');
    await ann.page.getByRole('button', { name: 'Send a test' }).click();
    const told = await service.hears();
    same(service.proves(told), key, 'by the key that the browser was given');
    const words = service.opens(told);
    same([words.title, words.body, words.url], ['deskbell', 'This is how a notice looks.', '/desk'], 'what it says');
    // What the browser's own service would hand to our worker.
    const context = ann.page.context();
    await context.grantPermissions(['notifications'], { origin: stage.base });
    const line = await context.newCDPSession(ann.page);
    const registered = new Promise((done) => { line.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => { if (registrations[0]) done(registrations[0].registrationId); }); });
    await line.send('ServiceWorker.enable');
    await ann.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await line.send('ServiceWorker.deliverPushMessage', { origin: stage.base, registrationId: await registered, data: JSON.stringify(words) });
    await ann.page.waitForFunction(async () => (await (await navigator.serviceWorker.ready).getNotifications()).some((shown) => shown.title === 'deskbell'));
  },
};
