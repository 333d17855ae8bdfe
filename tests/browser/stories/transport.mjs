// However the network is: through a proxy that lets no socket through, and back.

import { check, gone, one, same } from '../lib/wait.mjs';

const REFUSED = [/WebSocket connection to/, /net::ERR_/, /Failed to load resource/];

export default {
  async 'through a proxy that refuses sockets two people talk all the same, each word once'(stage) {
    stage.expects(...REFUSED);
    const line = await stage.line();
    line.plain = true;
    const visitor = await (await stage.visitor({ base: line.base })).opens();
    const asked = [];
    visitor.page.on('request', (request) => { if (/changes\?after=\d+&wait=/.test(request.url())) asked.push(request.url()); });
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('No sockets here');
    await ann.takes('No sockets here');
    await ann.replies('One');
    await visitor.sees('One');
    await ann.replies('Two');
    await visitor.sees('Two');
    // Typing is told one way at least.
    await ann.box.pressSequentially('And');
    await one(visitor.frame.getByRole('status').filter({ hasText: 'is typing' }));
    await visitor.says('Three');
    await ann.sees('Three');
    await ann.replies('Four');
    await visitor.sees('Four');
    same(await visitor.frame.getByText('Reconnecting…').count(), 0, 'nobody is told of a bad line');
    check(asked.length > 0 && asked.length < 40, `asked with answers that wait: ${asked.length}`);
    for (const text of ['No sockets here', 'One', 'Two', 'Three', 'Four']) same(await visitor.count(text), 1, text);
    await one(visitor.log.getByText('Seen'));
  },

  async 'the socket comes back by itself, and nothing is lost or doubled between the two ways'(stage) {
    stage.expects(...REFUSED);
    const line = await stage.line();
    const visitor = await (await stage.visitor({ base: line.base })).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('Begin');
    await ann.takes('Begin');
    // The network changes to one without sockets, in the middle of talking.
    line.plain = true;
    for (const socket of line.sockets) socket.destroy();
    const waits = visitor.page.waitForRequest((request) => /changes\?after=\d+&wait=/.test(request.url()));
    const sent = [];
    for (let at = 1; at <= 5; at++) { sent.push(`Answer ${at} of them`); await ann.replies(sent.at(-1)); }
    await visitor.sees('Answer 5 of them');
    await waits;
    const joined = visitor.page.waitForEvent('websocket', { predicate: (socket) => socket.url().startsWith('ws'), timeout: 90_000 });
    line.plain = false;
    await joined;
    for (let at = 6; at <= 8; at++) { sent.push(`Answer ${at} of them`); await ann.replies(sent.at(-1)); }
    await visitor.sees('Answer 8 of them');
    for (const text of sent) same(await visitor.count(text), 1, text);
    await gone(visitor.frame.getByText('Reconnecting…'));
  },

  async 'no line at all is said, and said no longer when there is one'(stage) {
    stage.expects(...REFUSED);
    const line = await stage.line();
    line.plain = true;
    const visitor = await (await stage.visitor({ base: line.base })).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('Hello');
    await ann.takes('Hello');
    await ann.replies('Hi');
    await visitor.sees('Hi');
    line.cut();
    await one(visitor.frame.getByText('Reconnecting… What you write is kept.'));
    await ann.replies('Still there?');
    line.mend();
    await visitor.sees('Still there?');
    await gone(visitor.frame.getByText('Reconnecting…'));
    same(await visitor.count('Still there?'), 1, 'once');
  },
};
