// Two people talk: the heart of it, through reloads, cuts and crashes.

import { check, gone, one, same, until } from '../lib/wait.mjs';

/** A 2 × 2 picture. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==', 'base64');

export default {
  async 'a visitor rings and an agent answers, both at once'(stage) {
    const visitor = await (await stage.visitor()).opens();
    const ann = await (await stage.agent('ann')).comesIn();
    await visitor.says('Do your ferns like cats?');
    await ann.takes('Do your ferns like cats?');
    await ann.sees('Do your ferns like cats?');
    await ann.replies('They do, and cats **love** them.');
    await visitor.sees('They do, and cats love them.');
    await visitor.says('Wonderful');
    await ann.sees('Wonderful');
    await one(visitor.message('They do').locator('strong', { hasText: 'love' }));
    await stage.picture(visitor.page, 'widget-chat');
    await stage.picture(ann.page, 'desk-thread');
  },
};
