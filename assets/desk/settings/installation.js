// Embed code: our own line, and the forms other chats are embedded by, so that a site may move here without editing its pages.

import { html, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { safeHref } from '../../shared/html.js';
import { Code } from '../parts/small.js';
import { go } from '../state/router.js';
import { base } from '../state/wire.js';
import { Part } from './settings.js';

/** @type {[string, string, any][]} key, label, what to know */
const FORMS = [
  ['deskbell', 'Deskbell', html`One line, once, just before <code>${'</body>'}</code>, on every page that should have the chat. It waits until the page is shown, and loads the window only when somebody wants it.`],
  ['libredesk', 'Libredesk', 'The same two lines as before work here; only the address changes.'],
  ['seggwat', 'SeggWat', html`The same script tag with this address and key. <code>SeggwatFeedback.setUser(…)</code> and <code>open()</code> work as they did; chat and tiles need no second script.`],
  ['supportpal', 'SupportPal', html`<code>supportpalAsyncInit</code> and <code>SupportPal.init</code> as before; <code>hash</code> is the id of this inbox.`],
  ['livechat', 'LiveChat', html`<code>LiveChatWidget.on</code>, <code>call</code> and <code>get</code> work as they did; <code>license</code> is the number of this inbox.`],
];

/** @param {{inbox: import('../state/types.js').Inbox}} props */
export function Installation({ inbox }) {
  const [form, setForm] = useState('deskbell');
  /** @type {Record<string, string>} */
  const snippets = inbox.snippets || { deskbell: inbox.snippet, libredesk: inbox.libredesk_snippet };
  const forms = FORMS.filter(([key]) => snippets[key]);
  const chosen = forms.find(([key]) => key === form) || forms[0];
  const own = `<script>window.DeskbellSettings = { userJWT: 'TOKEN_SIGNED_BY_YOUR_SERVER' };</script>\n${inbox.snippet}`;
  const verified = (snippets.libredesk || '').replace(/(inboxID:\s*['"][^'"]*['"])/, "$1,\n    userJWT: 'TOKEN_SIGNED_BY_YOUR_SERVER'");
  const site = inbox.config.website_url && safeHref(inbox.config.website_url);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const rtl = getComputedStyle(/** @type {Element} */ (event.currentTarget)).direction === 'rtl' ? -1 : 1;
    const at = forms.indexOf(chosen);
    const next = forms[(at + step * rtl + forms.length) % forms.length][0];
    setForm(next);
    document.getElementById(`embed-${next}`)?.focus();
  };
  return html`
    ${inbox.enabled ? null : html`<p class="hint-box is-warn"><b>This inbox is off.</b> The snippet shows nothing until you turn it on under General.</p>`}
    <${Part} title="Paste this into your site" lead="Coming from another chat? Keep the code you have in your pages and change only the address.">
      <div class="page-tabs is-small" role="tablist" aria-label="Form of the embed code" onKeyDown=${onKeyDown}>${forms.map(([key, label]) => html`<button type="button" role="tab" key=${key} id="embed-${key}" class="page-tab" aria-selected=${chosen[0] === key ? 'true' : 'false'} aria-controls="embed-code" tabindex=${chosen[0] === key ? 0 : -1} onClick=${() => setForm(key)}><span class="steady" data-text=${label}>${label}</span></button>`)}</div>
      <div id="embed-code" role="tabpanel" aria-labelledby="embed-${chosen[0]}">
        <p class="field-hint is-above">${chosen[2]}</p>
        <${Code} key=${chosen[0]} text=${snippets[chosen[0]]} what=${chosen[0] === 'deskbell' ? 'snippet' : `${chosen[1]} snippet`} />
        ${chosen[0] === 'deskbell' ? html`<details class="more"><summary>The same, with a signed-in user</summary><${Code} text=${own} what="snippet with a token" />
            <p class="field-hint">How to sign one, and the secret for it: <button type="button" class="link-button" onClick=${() => go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: 'security' })}>Security and identity</button>. After a sign-in without a new page, call <code>Deskbell.setUser(token)</code>; at sign-out, <code>Deskbell.logout()</code>.</p></details>`
          : chosen[0] === 'libredesk' ? html`<details class="more"><summary>The same, with a signed-in user</summary><${Code} text=${verified} what="Libredesk snippet with a token" /></details>` : null}
      </div>
    <//>
    ${inbox.chat_url ? html`<${Part} title="Without a website" lead="The chat as a page of its own: a link to share, print or put behind a QR code. It works without JavaScript, too."><${Share} inbox=${inbox} url=${inbox.chat_url} /><//>` : null}
    ${site ? html`<${Part} title="Try it" lead="Open your site in a private window, and write to yourself.">
      <p><a class="button" href=${site} target="_blank" rel="noopener"><${Icon} name="external" size=${18} /> Open your site</a></p>
    <//>` : null}
    <${Part} title="Is it there?" lead="I fetch a page of your site and say why the launcher is not visible, if it is not.">
      <button type="button" class="button" onClick=${() => go({ name: 'settings', page: 'problems', id: inbox.uuid, tab: '' })}><${Icon} name="search" size=${18} /> Check my site</button>
    <//>
    <${Part} title="Inbox id"><${Code} text=${inbox.uuid} what="inbox id" /><//>`;
}

/** @param {{inbox: import('../state/types.js').Inbox, url: string}} props */
function Share({ inbox, url }) {
  const [failed, setFailed] = useState(false);
  const qr = `${base}/api/desk/inboxes/${inbox.uuid}/qr`;
  return html`<${Code} text=${url} what="link" />
    <div class="qr">${failed ? html`<p class="field-hint" role="status">The QR code did not load.</p>` : html`<img src=${qr} width="160" height="160" alt="QR code of the link" onError=${() => setFailed(true)} />`}
      <div class="qr-side"><p class="field-hint">For a shop window, a receipt, a parcel. Scanned, it opens the chat.</p><div class="button-row">
        ${failed ? null : html`<a class="button" href=${qr} download="chat-qr.svg"><${Icon} name="download" size=${16} /> Download SVG</a>`}
        <a class="button" href=${safeHref(url) || '#'} target="_blank" rel="noopener"><${Icon} name="external" size=${16} /> Open the page</a></div></div></div>`;
}
