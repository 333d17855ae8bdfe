// The embed codes of others, exactly as their documents print them, with only hosts and keys changed.

import { createHmac } from 'node:crypto';
import { check, gone, one, same, until } from '../lib/wait.mjs';

/** A page as somebody would paste it together. */
const html = (snippet) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Somebody’s shop</title></head>
<body>
<h1>Somebody’s shop</h1>
${snippet}
</body>
</html>`;

/** A token as a site's own server mints it. */
function signed(secret, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
const seconds = () => Math.floor(Date.now() / 1000);

const SEGGWAT = `<script src="https://seggwat.com/static/widgets/v1/seggwat-feedback.js"
           data-project-key="your-project-key"></script>`;
const SEGGWAT_USER = `<script>
     // \`token\` is a signed JWT (HS256) minted by YOUR backend with your project's
     // signing secret (see End-user Authentication). Keep its lifetime short.
     SeggwatFeedback.setUser("user-123", "user@example.com", token);
   </script>`;
const seggwat = (stage, more = '') => SEGGWAT.replace('https://seggwat.com', stage.base).replace('"your-project-key"', `"${stage.inbox}"${more}`);
const seggwatToken = (stage, sub = 'user-123') => signed(stage.secret, { sub, email: 'user@example.com', name: 'Uma User', project_key: stage.inbox, iat: seconds(), exp: seconds() + 600 });

const SUPPORTPAL = `window.supportpalAsyncInit = function () {
SupportPal.init({
baseURL: "https://support.domain.com/en/chat",
hash: "vIbuXmgqfh",
userDetails: {
email: "...",
emailHash: "...",
// Optionally set the user's name in case it's a new user.
firstname: "John",
lastname: "Doe",
}
});
};`;
const supportpal = (stage, email, emailHash) => `<script>${SUPPORTPAL.replace('https://support.domain.com', stage.base).replace('vIbuXmgqfh', stage.inbox).replace('email: "..."', `email: "${email}"`).replace('emailHash: "..."', `emailHash: "${emailHash}"`)}</script>
<script async src="${stage.base}/en/chat/widget.js"></script>`;

const LIVECHAT = `<script>
  window.__lc = window.__lc || {};
  window.__lc.license = YOUR_LICENSE_ID;
  window.__lc.integration_name = "custom_integration";
  window.__lc.product_name = "livechat";
  ;(function(n,t,c){
    function i(n){return e._h?e._h.apply(null,n):e._q.push(n)}
    var e={_q:[],_h:null,_v:"2.0",on:function(){i(["on",c.call(arguments)])},
    once:function(){i(["once",c.call(arguments)])},off:function(){i(["off",c.call(arguments)])},
    get:function(){if(!e._h)throw new Error("[LiveChatWidget] You cannot use getters before load.");
    return i(["get",c.call(arguments)])},call:function(){i(["call",c.call(arguments)])}};
    window.LiveChatWidget=e;
    var s=t.createElement("script");
    s.async=!0;s.type="text/javascript";
    s.src="https://cdn.livechatinc.com/tracking.js";
    t.head.appendChild(s);
  })(window,document,[].slice);
</script>`;
const livechat = (stage) => LIVECHAT.replace('YOUR_LICENSE_ID', '1').replace('https://cdn.livechatinc.com', stage.base);
const IDENTIFY = `
function identifyVisitor(name, email, customVars = {}) {
  window.LiveChatWidget.call("set_customer_name", name);
  window.LiveChatWidget.call("set_customer_email", email);

  // Set custom session variables visible to agents
  const variables = Object.entries(customVars).map(([key, value]) => ({
    name: key,
    value,
  }));
  window.LiveChatWidget.call("set_session_variables", variables);
}

// Example
identifyVisitor("Jane Doe", "jane@acme.com", {
  plan: "enterprise",
  accountId: "acc_12345",
  region: "us-east-1",
});`;
/** Notes everything LiveChatWidget says, from before it was there. */
const LISTEN = `<script>window.heard = []; for (const name of ['ready', 'availability_changed', 'visibility_changed', 'customer_status_changed', 'new_event', 'form_submitted', 'rating_submitted'])
  LiveChatWidget.on(name, (data) => { heard.push([name, data]); });</script>`;
const heard = (visitor, name) => visitor.page.evaluate((wanted) => window.heard.filter(([event]) => event === wanted).map(([, data]) => data), name);

export default {
  // rows 105, 113-115, 119
  async 'SeggWat’s snippet: a button, and with a token the person is signed in'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(`${seggwat(stage)}<script>const token = "${seggwatToken(stage)}";</script>${SEGGWAT_USER}`)));
    await visitor.says('Signed in by the third argument');
    same(await visitor.page.evaluate(() => [typeof SeggwatFeedback.open, SeggwatFeedback.container.localName]), ['function', 'deskbell-chat'], 'their object');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Signed in by the third argument');
    await one(ann.panel.getByText('Verified', { exact: true }));
    await ann.replies('Welcome, Uma');
    await visitor.sees('Welcome, Uma');
    await visitor.page.evaluate(() => SeggwatFeedback.close());
    await visitor.page.evaluate(() => SeggwatFeedback.destroy());
    same(await visitor.page.evaluate(() => ['SeggwatFeedback' in window, 'Deskbell' in window, document.querySelectorAll('deskbell-chat').length]), [false, false, 0], 'nothing is left');
  },

  // rows 115, 118
  async 'SeggWat’s person set before the script, or after it without a reload'(stage) {
    const site = await stage.site();
    const before = await stage.visitor();
    await before.opens(site.page('/before', html(`<script>window.__seggwat_pending_user = { userId: "user-7", email: "user@example.com", token: "${seggwatToken(stage, 'user-7')}" };</script>${seggwat(stage)}`)));
    await before.says('Said before');
    const after = await stage.visitor();
    await after.opens(site.page('/after', html(seggwat(stage))));
    await after.page.evaluate(() => SeggwatFeedback.open());
    await after.isIn();
    await after.page.evaluate((token) => SeggwatFeedback.setUser('user-7', 'user@example.com', token), seggwatToken(stage, 'user-7'));
    // row 133: the same person finds the same conversation
    await one(after.frame.getByText('Said before').first());
  },

  // row 114
  async 'SeggWat’s attributes: where the button stands, its colour and language, and a wrong key'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/side', html(seggwat(stage, ' data-button-position="right-side" data-button-color="#10b981" data-language="de" data-version="2.4.1" data-show-powered-by="false"'))));
    const at = await visitor.launcher.boundingBox();
    check(at.x + at.width === 1280 && Math.abs(at.y + at.height / 2 - 400) < 2, `at the side: ${JSON.stringify(at)}`);
    same(await visitor.launcher.evaluate((element) => getComputedStyle(element).backgroundColor), 'rgb(16, 185, 129)', 'its colour');
    same(await visitor.page.evaluate(() => SeggwatFeedback.version), '2.4.1', 'its version');
    await visitor.launcher.click();
    await one(visitor.frame.getByRole('button', { name: 'Weitere Optionen' }));
    await until(await visitor.inside(), () => getComputedStyle(document.querySelector('.primary, .start .icon, header')).backgroundColor !== '' && document.documentElement.lang === 'de');
    await gone(visitor.frame.getByText('deskbell'));
    await stage.picture(visitor.page, 'snippet-seggwat-side');
    await visitor.page.evaluate(() => SeggwatFeedback.updateAppearance({ color: '#aa0000', buttonText: 'Feedback', position: 'bottom-right' }));
    await visitor.page.evaluate(() => SeggwatFeedback.close());
    same(await visitor.launcher.innerText(), 'Feedback', 'new words');

    const wrong = await stage.visitor();
    const lines = [];
    wrong.page.on('console', (message) => { if (message.type() === 'error') lines.push(message.text()); });
    stage.expects(/deskbell: /);
    await wrong.page.goto(site.page('/wrong', html(SEGGWAT.replace('https://seggwat.com', stage.base).replace('your-project-key', '00000000-0000-4000-8000-000000000000'))));
    await wrong.page.waitForLoadState('networkidle');
    same([lines.length, await wrong.page.locator('deskbell-chat').count()], [1, 0], 'one line, no button');
  },

  // rows 199, 202-204
  async 'SupportPal’s snippet signs in whoever its hash names'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    const email = 'john@example.com';
    await visitor.opens(site.page('/', html(supportpal(stage, email, signed(stage.secret, { email, iat: seconds(), exp: seconds() + 900 })))));
    await visitor.says('By the other product');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('By the other product');
    await one(ann.panel.getByText('Verified', { exact: true }));
    await one(ann.panel.getByText('John Doe').first());
  },

  // row 200
  async 'SupportPal’s e-mail or hash alone leaves the visitor anonymous'(stage) {
    const site = await stage.site();
    const email = 'john@example.com';
    for (const [path, one_, other] of [['/email', email, ''], ['/hash', '', signed(stage.secret, { email, iat: seconds() })]]) {
      const visitor = await stage.visitor();
      const exchanged = [];
      visitor.page.on('request', (request) => { if (request.url().includes('auth/exchange')) exchanged.push(request.url()); });
      await visitor.opens(site.page(path, html(supportpal(stage, one_, other))));
      await visitor.says(`Anonymous ${path}`);
      same(exchanged, [], 'nobody asked to be somebody');
    }
  },

  // rows 210, 211
  async 'LiveChat’s snippet: the queue is drained in order, and get works only after load'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    const early = `<script>try { LiveChatWidget.get('state'); window.thrown = ''; } catch (error) { window.thrown = error.message; }
      window.order = []; LiveChatWidget.once('ready', () => order.push('once')); LiveChatWidget.on('ready', () => order.push('on'));
      const gone = () => order.push('gone'); LiveChatWidget.on('ready', gone); LiveChatWidget.off('ready', gone);
      window.LC_API = { on_after_load: () => order.push('after') };</script>`;
    await visitor.opens(site.page('/', html(livechat(stage) + LISTEN + early)));
    same(await visitor.page.evaluate(() => [window.thrown, window.order]), ['[LiveChatWidget] You cannot use getters before load.', ['once', 'on', 'after']], 'before load');
    same(await heard(visitor, 'ready'), [{ state: { availability: 'online', visibility: 'minimized' }, customerData: { id: '', name: '', email: '', isReturning: false, status: 'browsing', sessionVariables: {} } }], 'ready once');
    same(await visitor.page.evaluate(() => new Promise((late) => { LiveChatWidget.on('ready', late); }).then(({ state }) => state.visibility)), 'minimized', 'and for those who come late');
    await visitor.page.evaluate(() => LiveChatWidget.call('maximize', { messageDraft: 'I would like to' }));
    await one(visitor.box);
    same((await visitor.box.textContent()).trim(), 'I would like to', 'the draft');
    same(await visitor.page.evaluate(() => LiveChatWidget.get('state').visibility), 'maximized', 'the state');
    await visitor.page.evaluate(() => LiveChatWidget.call('hide'));
    await gone(visitor.launcher);
    same(await visitor.page.evaluate(() => LiveChatWidget.get('state').visibility), 'hidden', 'hidden');
    await visitor.page.evaluate(() => LiveChatWidget.call('minimize'));
    await one(visitor.launcher);
    same(await heard(visitor, 'visibility_changed'), [{ visibility: 'maximized' }, { visibility: 'hidden' }, { visibility: 'minimized' }], 'what was said of it');
    same(await visitor.page.evaluate(() => { try { LiveChatWidget.get('nonsense'); return ''; } catch (error) { return error.message; } }), '[LiveChatWidget] unknown getter nonsense', 'an unknown getter');
  },

  // row 211
  async 'LiveChat’s events: availability, who speaks, and the conversation'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(livechat(stage) + LISTEN)));
    await visitor.says('A question');
    await until(visitor.page, () => window.heard.some(([name]) => name === 'new_event'));
    same((await heard(visitor, 'new_event')).map(({ type, author }) => [type, author.type]), [['message', 'customer']], 'what the visitor said');
    await until(visitor.page, () => LiveChatWidget.get('customer_data').status === 'chatting');
    same(await heard(visitor, 'customer_status_changed'), [{ status: 'chatting' }], 'a chat began');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('A question');
    await ann.replies('An answer');
    await visitor.sees('An answer');
    await until(visitor.page, () => window.heard.filter(([name]) => name === 'new_event').length === 2);
    same((await heard(visitor, 'new_event')).map(({ author }) => author.type), ['customer', 'agent'], 'each once');
    const talk = await visitor.page.evaluate(() => LiveChatWidget.get('chat_data'));
    check(/^[0-9a-f-]{36}$/.test(talk.chatId), `the conversation: ${JSON.stringify(talk)}`);
  },

  // rows 212, 213; decision 7
  async 'LiveChat’s name, address and variables are with the agents at once'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(`${livechat(stage)}<script>${IDENTIFY}</script>`)));
    await visitor.says('Who am I?');
    const ann = await (await stage.agent('ann')).comesIn();
    await ann.takes('Who am I?');
    for (const text of ['Jane Doe', 'jane@acme.com', 'enterprise', 'acc_12345']) await one(ann.panel.getByText(text).first());
    await visitor.page.evaluate(() => { LiveChatWidget.call('set_customer_name', 'Jane Roe'); LiveChatWidget.call('update_session_variables', { plan: 'basic' }); });
    for (const text of ['Jane Roe', 'basic', 'acc_12345']) await one(ann.panel.getByText(text).first());
    same(await visitor.page.evaluate(() => LiveChatWidget.get('customer_data').sessionVariables), { plan: 'basic', accountId: 'acc_12345', region: 'us-east-1' }, 'merged');
  },

  // row 211: the way React components come and go
  async 'LiveChat’s widget is destroyed and begins again'(stage) {
    const site = await stage.site();
    const visitor = await stage.visitor();
    await visitor.opens(site.page('/', html(livechat(stage))));
    await visitor.says('Before');
    for (let round = 0; round < 2; round++) {
      await visitor.page.evaluate(() => LiveChatWidget.call('destroy'));
      await gone(visitor.launcher);
      same(await visitor.page.evaluate(() => { try { LiveChatWidget.get('state'); return 'answered'; } catch { return 'thrown'; } }), 'thrown', 'as before load');
      await visitor.page.evaluate(() => { LiveChatWidget.once('ready', () => { window.again = (window.again || 0) + 1; }); LiveChatWidget.init(); });
      await one(visitor.launcher);
    }
    same(await visitor.page.evaluate(() => window.again), 2, 'ready each time');
    await visitor.comesToWrite();
    await visitor.sees('Before');
  },
};
