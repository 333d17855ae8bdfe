// SeggWat's embed code over our loader: <script src="…/seggwat-feedback.js" data-project-key="…">. What each call becomes stands in
// assets/embed/README.md. Nothing here speaks with a network; the loader and its frame do.
(() => {
  'use strict';
  const script = document.currentScript || document.querySelector('script[data-project-key][src*="seggwat-feedback.js"]');
  if (!script || window.SeggwatFeedback) return;
  const data = script.dataset, key = data.projectKey || '';
  if (!/^[0-9a-f-]{36}$/i.test(key)) { console.error('deskbell: data-project-key is missing or wrong'); return; }
  const base = script.src.replace(/\/static\/widgets\/v1\/.*$/, '');
  const queue = window.Deskbell = window.Deskbell || [];
  const ours = (act) => { (window.Deskbell || queue).push(act); };
  const colour = (value) => (/^#(\w{3}|\w{6})$/.test(value || '') ? value : undefined);

  /** Their words for the button's place in ours: at the side the window is a sidebar, as theirs is. */
  function placed(position) {
    if (position === 'right-side') return { spacing: { side: 0, bottom: 'calc(50vh - 28px)' }, window: 'sidebar' };
    return position === 'icon-only' ? { text: '' } : {};
  }
  /** What the frame shall look like; the last word on each point. */
  let inside = {};
  function within(more) {
    inside = { ...inside, ...more };
    ours((chat) => { chat.tell('look', inside); });
  }
  function look({ color, headerColor, position, buttonText }) {
    const launcher = { ...(colour(color) && { color }), ...(typeof buttonText === 'string' && { text: buttonText }), ...placed(position) };
    if (Object.keys(launcher).length) ours((chat) => { chat.restyle(launcher); });
    if (colour(headerColor || color)) within({ color: headerColor || color });
  }

  const api = window.SeggwatFeedback = {
    version: data.version || '',
    screenshotsEnabled: data.enableScreenshots === 'true',
    get container() { return document.querySelector('deskbell-chat'); },
    // With a token the person is signed in and may chat; without one the address goes along with what they send.
    setUser(userId, email, token) {
      ours((chat) => {
        if (userId === null || userId === undefined) { chat.logout(); return; }
        chat.identify({ user_id: String(userId), email: email ? String(email) : '' });
        if (token) chat.setUser(token, { dialect: 'seggwat' });
      });
    },
    open: () => { ours((chat) => { chat.show(); }); },
    close: () => { ours((chat) => { chat.hide(); }); },
    updateAppearance: (appearance) => { look(appearance || {}); },
    // A picture is taken and attached inside the report; a page cannot hand one in.
    captureScreenshot: () => { api.open(); return Promise.resolve(null); },
    hasScreenshot: () => false,
    clearScreenshot: () => {},
    destroy() {
      ours((chat) => { if (chat.destroy) chat.destroy(); });
      delete window.SeggwatFeedback;
    },
  };

  look({ color: data.buttonColor, position: data.buttonPosition });
  window.DeskbellSettings = { ...window.DeskbellSettings, ...(/^[a-z]{2}(-\w+)?$/i.test(data.language || '') && { language: data.language }) };
  if (data.version) ours((chat) => { chat.tell('variables', { values: { version: data.version } }); });
  if (data.showPoweredBy === 'false') within({ powered: false });
  const waiting = window.__seggwat_pending_user;
  if (waiting) api.setUser(waiting.userId, waiting.email, waiting.token);

  const loader = document.createElement('script');
  loader.async = true;
  loader.src = base + '/w/' + key.toLowerCase() + '.js';
  if (script.nonce) loader.nonce = script.nonce;
  document.head.appendChild(loader);
})();
