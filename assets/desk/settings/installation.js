// Installation: the line to paste, the foreign forms of it, and a page to show around.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../../shared/icons.js';
import { Code } from '../parts/small.js';
import { safeHref } from '../../shared/html.js';
import { go } from '../state/router.js';
import { base } from '../state/wire.js';
import { Part } from './settings.js';

/** The shop page of `deskbell demo`, when this server has one and it carries this inbox. @param {string} uuid */
function useDemo(uuid) {
  const [found, setFound] = useState('');
  useEffect(() => {
    const address = `${location.origin}${base}/demo`;
    fetch(address, { headers: { Accept: 'text/html' } }).then(async (answer) => { if (answer.ok && (await answer.text()).includes(uuid)) setFound(address); }).catch(() => { /* then there is none to show */ });
  }, [uuid]);
  return found;
}

/** @param {{inbox: import('../state/types.js').Inbox}} props */
export function Installation({ inbox }) {
  const verified = inbox.libredesk_snippet.replace(/(inboxID:\s*['"][^'"]*['"])/, "$1,\n    userJWT: 'TOKEN_SIGNED_BY_YOUR_SERVER'");
  const own = `<script>window.DeskbellSettings = { userJWT: 'TOKEN_SIGNED_BY_YOUR_SERVER' };</script>\n${inbox.snippet}`;
  const demo = useDemo(inbox.uuid);
  return html`
    ${inbox.enabled ? null : html`<p class="hint-box is-warn"><b>This inbox is off.</b> The snippet shows nothing until you turn it on under General.</p>`}
    <${Part} title="Paste this into your site" lead=${html`Once, just before <code>${'</body>'}</code>, on every page that should have the chat. It waits until the page is shown, and loads the window only when somebody wants it.`}>
      <${Code} text=${inbox.snippet} what="snippet" />
    <//>
    ${demo || inbox.config.website_url ? html`<${Part} title="Try it" lead=${demo ? 'A page with this inbox on it. The link can be shared: whoever opens it can chat with you.' : 'Open your site in a private window, and write to yourself.'}>
      <p><a class="button" href=${demo || safeHref(inbox.config.website_url) || '#'} target="_blank" rel="noopener"><${Icon} name="external" size=${18} /> ${demo ? 'Open the demo page' : 'Open your site'}</a></p>
      ${demo ? html`<${Code} text=${demo} what="demo link" />` : null}
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
