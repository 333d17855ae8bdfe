// A link in a mail opened this page: what stands in its fragment is traded for a session of one conversation. It is taken out of the address at
// once and lives in this tab alone, beside whatever chat this browser has of its own. A link that is too old leads to that chat.

import { connectToPage, merged } from './bridge.js';

const KEY = 'deskbell:link:';
/** The fragment of a page whose link was opened, so that loading it again opens the same. */
const OPENED = '#link';

/** @param {string} base @param {string} inbox @param {(type: string, said: any) => void} hear @returns {import('./bridge.js').Page} */
export function connectByLink(base, inbox, hear) {
  const key = KEY + inbox;
  /** @type {Record<string, any>} */ let kept = {};
  /** @type {import('./bridge.js').Page|null} */ let own = null;
  const small = matchMedia('(max-width: 600px)');
  small.addEventListener('change', () => hear('mobile', { on: small.matches }));
  const put = () => { try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch { /* storage refused: until it is loaded again */ } };

  async function open() {
    const link = location.hash.startsWith('#c=') ? location.hash.slice(3) : '';
    if (link) {
      history.replaceState(null, '', location.pathname + location.search + OPENED);
      const answer = await fetch(`${base}/api/v1/widget/chat/auth/link`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Libredesk-Inbox-ID': inbox }, body: JSON.stringify({ link }) }).catch(() => null);
      const data = answer?.ok ? (await answer.json()).data : null;
      // Signed: nobody is asked for a code to read what was mailed to him.
      kept = data ? { session: data.session_token, signed: 1, user: data.user, view: { name: 'chat', chat: data.conversation_uuid } } : {};
      put();
    } else {
      try { kept = JSON.parse(sessionStorage.getItem(key) || '{}'); } catch { /* as above */ }
    }
    if (kept.session) { hear('state', { kept, jwt: '', mobile: small.matches, open: true, focus: false, full: false, page: null }); return; }
    history.replaceState(null, '', location.pathname + location.search);
    own = connectToPage(inbox, (type, said) => hear(type, type === 'state' && link ? { ...said, words: 'error.link_over' } : said));
    own.post('hello');
  }

  return {
    framed: false,
    get mailed() { return !own; },
    post(type) { if (own) own.post(type); else if (type === 'hello') open(); },
    keep(patch) {
      if (own) { own.keep(patch); return; }
      kept = patch ? merged(kept, patch) : {};
      put();
    },
  };
}
