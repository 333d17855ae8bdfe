// The line to the page that holds us. What is said over it: assets/embed/README.md.
// Opened as a page of its own (a shared link), the same app keeps its things in its own storage instead.

/**
 * @typedef {{kept: Record<string, any>, jwt: string, mobile: boolean, open: boolean, focus: boolean, full: boolean, how?: any, words?: string, page: {url: string, title: string, referrer?: string}|null}} PageState
 * @typedef {{post: (type: string, more?: object) => void, keep: (patch: Record<string, any>|null) => void, framed: boolean, mailed?: boolean}} Page
 */

const OWN_KEY = 'deskbell:own:';

/** @param {string} inbox @param {(type: string, said: any) => void} hear @returns {Page} */
export function connectToPage(inbox, hear) {
  const said = new URLSearchParams(location.hash.slice(1));
  const nonce = said.get('n') || '';
  const origin = said.get('o') || '';
  const framed = window.parent !== window && !!nonce && /^https?:\/\//.test(origin);
  return framed ? inFrame(nonce, origin, hear) : onItsOwn(inbox, hear);
}

/** @param {string} nonce @param {string} origin @param {(type: string, said: any) => void} hear @returns {Page} */
function inFrame(nonce, origin, hear) {
  /** @param {string} type @param {object} [more] */
  const post = (type, more) => window.parent.postMessage({ deskbell: nonce, type, ...more }, origin);
  addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== origin || event.data?.deskbell !== nonce) return;
    hear(String(event.data.type), event.data);
  });
  return { post, keep: (patch) => post('keep', { patch }), framed: true };
}

/** @param {string} inbox @param {(type: string, said: any) => void} hear @returns {Page} */
function onItsOwn(inbox, hear) {
  const key = OWN_KEY + inbox;
  /** @type {Record<string, any>} */ let kept = {};
  try { kept = JSON.parse(localStorage.getItem(key) || '{}'); } catch { /* storage refused: this visit only */ }
  const small = matchMedia('(max-width: 600px)');
  small.addEventListener('change', () => hear('mobile', { on: small.matches }));
  return {
    framed: false,
    post(type) {
      if (type === 'hello') hear('state', { kept, jwt: '', mobile: small.matches, open: true, focus: true, full: false, page: null });
    },
    keep(patch) {
      kept = patch ? merged(kept, patch) : {};
      try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* as above */ }
    },
  };
}

/** Null in a patch removes. @param {Record<string, any>} kept @param {Record<string, any>} patch */
export function merged(kept, patch) {
  return Object.fromEntries(Object.entries({ ...kept, ...patch }).filter(([, value]) => value !== null && value !== undefined));
}
