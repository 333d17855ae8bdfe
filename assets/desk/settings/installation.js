// Installation: the line to paste, the foreign forms of it, and the way to your own site.

import { html } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Code } from '../parts/small.js';
import { safeHref } from '../../shared/html.js';
import { go } from '../state/router.js';
import { Part } from './settings.js';

/** @param {{inbox: import('../state/types.js').Inbox}} props */
export function Installation({ inbox }) {
  const verified = inbox.libredesk_snippet.replace(/(inboxID:\s*['"][^'"]*['"])/, "$1,\n    userJWT: 'TOKEN_SIGNED_BY_YOUR_SERVER'");
  const own = `<script>window.DeskbellSettings = { userJWT: 'TOKEN_SIGNED_BY_YOUR_SERVER' };</script>\n${inbox.snippet}`;
  const site = inbox.config.website_url && safeHref(inbox.config.website_url);
  return html`
    ${inbox.enabled ? null : html`<p class="hint-box is-warn"><b>This inbox is off.</b> The snippet shows nothing until you turn it on under General.</p>`}
    <${Part} title="Paste this into your site" lead=${html`Once, just before <code>${'</body>'}</code>, on every page that should have the chat. It waits until the page is shown, and loads the window only when somebody wants it.`}>
      <${Code} text=${inbox.snippet} what="snippet" />
    <//>
    ${site ? html`<${Part} title="Try it" lead="Open your site in a private window, and write to yourself.">
      <p><a class="button" href=${site} target="_blank" rel="noopener"><${Icon} name="external" size=${18} /> Open your site</a></p>
    <//>` : null}
    <${Part} title="With signed-in users" lead="Put the token your server signed into the page, and the chat opens with the right person.">
      <${Code} text=${own} what="snippet with a token" />
      <p class="field-hint">How to sign one, and the secret for it: <button type="button" class="link-button" onClick=${() => go({ name: 'settings', page: 'inboxes', id: inbox.uuid, tab: 'security' }, { replace: true })}>Security</button>. After a sign-in without a new page, call <code>Deskbell.setUser(token)</code>; at sign-out, <code>Deskbell.logout()</code>.</p>
    <//>
    <${Part} title="Coming from Libredesk" lead="The same two lines as before work here; only the address changes.">
      <${Code} text=${inbox.libredesk_snippet} what="Libredesk snippet" />
      <details class="more"><summary>The same, with a signed-in user</summary><${Code} text=${verified} what="Libredesk snippet with a token" /></details>
    <//>
    <${Part} title="Inbox id"><${Code} text=${inbox.uuid} what="inbox id" /><//>`;
}
