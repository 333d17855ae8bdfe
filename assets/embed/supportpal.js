// SupportPal's embed code over our loader: window.supportpalAsyncInit calls SupportPal.init({baseURL, hash, userDetails}). What each
// setting becomes stands in assets/embed/README.md. Nothing here speaks with a network; the loader and its frame do.
(() => {
  'use strict';
  if (window.SupportPal) return;
  const script = document.currentScript;
  const queue = window.Deskbell = window.Deskbell || [];
  let begun = false;

  function init(options) {
    if (begun) return;
    const { baseURL, hash, userDetails } = options || {};
    if (!/^https?:\/\//.test(baseURL || '')) { console.error('deskbell: SupportPal.init needs baseURL'); return; }
    if (!/^[\w-]{1,64}$/.test(hash || '')) { console.error('deskbell: SupportPal.init needs hash'); return; }
    begun = true;
    // Theirs ends with a language and the module, https://host/en/chat; what the visitor reads is the browser's choice all the same.
    const base = baseURL.replace(/(\/[a-z]{2}([-_]\w{2,4})?)?\/chat\/*$/i, '').replace(/\/+$/, '');
    const { email, emailHash, firstname, lastname } = userDetails || {};
    // One of the two alone proves nothing, and the visitor stays anonymous.
    if (email && emailHash) queue.push((chat) => { chat.setUser(emailHash, { dialect: 'supportpal', email, first_name: firstname || '', last_name: lastname || '' }); });
    const loader = document.createElement('script');
    loader.async = true;
    loader.src = base + '/w/' + hash + '.js';
    if (script && script.nonce) loader.nonce = script.nonce;
    document.head.appendChild(loader);
  }

  window.SupportPal = { init };
  if (typeof window.supportpalAsyncInit === 'function') window.supportpalAsyncInit();
})();
