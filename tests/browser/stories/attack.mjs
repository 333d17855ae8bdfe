// What attackers write is shown as words, everywhere it can be shown.

import { readFileSync } from 'node:fs';
import { check, one, same } from '../lib/wait.mjs';

const payloads = readFileSync(new URL('../../fixtures/payloads.txt', import.meta.url), 'utf8').split('\n').filter((line) => line.trim());
const PER_CONVERSATION = 40;

/** Counts what would be proof of an execution or of a way out. */
async function guarded(person) {
  const out = [];
  person.page.on('request', (request) => { if (/evil|\.example\b/.test(new URL(request.url()).hostname)) out.push(request.url()); });
  person.page.on('framenavigated', (frame) => { const { protocol, hostname } = new URL(frame.url()); if (protocol !== 'about:' && hostname !== '127.0.0.1') out.push(`moved to ${frame.url()}`); });
  person.page.on('popup', (page) => out.push(`opened ${page.url()}`));
  return out;
}

/** No element that only an attack brings is in the document. */
const intruders = (frame) => frame.evaluate(() => [...document.querySelectorAll('script:not([src]), script[src^="data:"], iframe, object, embed, base, form[action], meta[http-equiv], link[href*="evil"], img[src^="x"], [onerror], [onload], [onclick], [onmouseover], [onfocus], a[href^="javascript" i], a[href^="data:"], a[href^="vbscript" i]')].map((element) => element.outerHTML.slice(0, 120)));

export default {
  async 'every payload as a message, a name and a file name, in widget and desk, both ways'(stage) {
    const ann = await (await stage.agent('ann')).comesIn();
    const visitor = await (await stage.visitor()).opens();
    const outAnn = await guarded(ann);
    const outVisitor = await guarded(visitor);
    await visitor.says('begin');
    const token = JSON.parse(Object.values((await visitor.kept()).local)[0]).session;
    const { uuid } = (await stage.api('GET', '/chat/conversations', { token }))[0];
    // In pieces of forty, as messages of one text each: what is open in one payload must not swallow the next.
    for (let at = 0; at < payloads.length; at += PER_CONVERSATION) {
      const text = payloads.slice(at, at + PER_CONVERSATION).join('\n\n').slice(0, 9900);
      await stage.api('POST', `/chat/conversations/${uuid}/message`, { token, body: { message: text } });
    }
    await stage.api('POST', `/chat/conversations/${uuid}/message`, { token, body: { message: 'the end of the visitor' } });
    await visitor.sees('the end of the visitor');
    await ann.takes('the end of the visitor');
    await ann.sees('the end of the visitor');
    for (let at = 0; at < payloads.length; at += PER_CONVERSATION) {
      const body = payloads.slice(at, at + PER_CONVERSATION).join('\n\n').slice(0, 9900);
      for (const kind of ['reply', 'note']) await ann.api('POST', `/conversations/${uuid}/messages`, { kind, body, echo_id: `piece-${kind}-${at}-aaaaaaaaaaaaaaaa` });
    }
    // One by one, too, where a single one stands at the beginning of the text.
    for (const payload of payloads.filter((_, at) => at % 12 === 0)) await stage.api('POST', `/chat/conversations/${uuid}/message`, { token, body: { message: payload } });
    const form = new FormData();
    form.append('conversation_uuid', uuid);
    for (const payload of payloads.slice(0, 8)) form.append('files', new Blob(['x']), `${payload.replace(/[/\\"\r\n]/g, ' ')}.txt`);
    await stage.api('POST', '/media/upload', { token, body: form });
    await ann.replies('the very end');
    await visitor.sees('the very end');
    await ann.page.reload();
    await ann.sees('the very end');
    await visitor.page.reload();
    await visitor.isIn();
    await visitor.sees('the very end');
    // Previews in lists and a search that hits them.
    await ann.page.getByRole('searchbox').first().fill('alert');
    await one(ann.page.getByRole('heading', { name: 'Messages', exact: true }).first());
    same(await intruders(ann.page), [], 'the desk holds no foreign element');
    same(await intruders(await visitor.inside()), [], 'the widget holds no foreign element');
    same([...outAnn, ...outVisitor], [], 'nobody was led away');
    check(await visitor.log.getByText('<script>alert(1)</script>').count() > 0, 'the visitor reads the words themselves');
    await stage.picture(ann.page, 'desk-payloads');
  },

  async 'payloads as names, addresses and titles of pages'(stage) {
    const site = await stage.site();
    const ann = await (await stage.agent('ann')).comesIn();
    const out = await guarded(ann);
    const names = payloads.filter((_, at) => at % 7 === 0).map((text) => text.slice(0, 100));
    const talks = [];
    for (const [at, name] of names.entries()) {
      const { conversation } = await stage.api('POST', '/chat/conversations/init', { body: { message: `hello ${at}`, form_data: { name } } });
      talks.push(conversation.uuid);
    }
    await one(ann.tab('All').filter({ hasText: String(3 + talks.length) }));
    for (const [at, uuid] of talks.entries()) {
      await ann.goes(`/desk/c/${uuid}`);
      await ann.sees(`hello ${at}`);
      same(await intruders(ann.page), [], `no foreign element with the name ${names[at]}`);
    }
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', `<!doctype html><title>x</title><script async src="${stage.base}/w/${stage.inbox}.js"></script>`));
    await visitor.says('I wander');
    await ann.takes('I wander');
    for (const payload of payloads.filter((_, at) => at % 40 === 0)) {
      await visitor.page.evaluate((text) => { document.title = text; history.pushState({}, '', `/?x=${encodeURIComponent(text)}#${text.replace(/\s/g, '')}`); }, payload);
    }
    await visitor.page.evaluate(() => { document.title = 'The last page'; history.pushState({}, '', '/last?next=javascript:alert(1)'); });
    await one(ann.panel.getByText('The last page').first());
    same(await intruders(ann.page), [], 'the desk holds no foreign element');
    same(out, [], 'nobody was led away');
  },

  async 'a dangerous file is handed out as a download that no page of ours runs'(stage) {
    const visitor = await (await stage.visitor()).opens();
    await visitor.comesToWrite();
    const evil = '<script>alert(1)</script>';
    await visitor.frame.locator('input[type="file"]').setInputFiles([
      { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from(evil) },
      { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>') },
    ]);
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await visitor.hasSent('page.html');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Visitor');
    await one(ann.log.getByRole('link', { name: /page\.html/ }));
    const links = await ann.log.getByRole('link').evaluateAll((all) => all.map((link) => link.href));
    same(links.length, 2, 'two files');
    await visitor.frame.locator('input[type="file"]').setInputFiles([{ name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from(evil) }]);
    await visitor.frame.getByRole('button', { name: 'Send' }).click();
    await one(visitor.message('picture.png').getByText(/picture\.png.*cannot be sent here/));
    stage.expects(/status of 400 .*media\/upload/);
    for (const link of links) {
      const answer = await ann.context.request.get(link);
      check(/attachment/.test(answer.headers()['content-disposition'] || ''), `${link} is a download: ${answer.headers()['content-disposition']}`);
      check(!/html|svg/.test(answer.headers()['content-type']), `${link} is not run: ${answer.headers()['content-type']}`);
      same(answer.headers()['x-content-type-options'], 'nosniff', 'and not guessed at');
    }
  },
};
