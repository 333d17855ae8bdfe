// Settings, contract and API: assets/embed/README.md.
(() => {
  'use strict';
  var boot = window.__deskbell_boot;
  delete window.__deskbell_boot;
  var before = window.Deskbell || window.Libredesk;
  if (before && before.inbox) return;

  var UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
  var METHODS = ['show', 'showChat', 'hide', 'toggle', 'isVisible', 'setUser', 'logout', 'onShow', 'onHide', 'onUnreadCountChange', 'destroy'];
  var WORDS = { open: 'Open chat', close: 'Close chat', unread: ':count unread', title: 'Chat', failed: 'The chat could not be loaded.' };
  var earlier = [].concat(Array.isArray(window.Libredesk) ? window.Libredesk : [], Array.isArray(window.Deskbell) ? window.Deskbell : []);
  var instance = null;

  function complain(text) { console.error('deskbell: ' + text); }

  function init(config) {
    if (instance) return instance;
    config = config || {};
    var base = String(config.baseURL).replace(/\/+$/, ''), inbox = String(config.inboxID);
    var bad = !/^https?:\/\//.test(base) ? 'baseURL' : !UUID.test(inbox) ? 'inboxID' : '';
    if (bad) { complain('LibredeskSettings.' + bad + ' is missing or wrong'); return null; }
    instance = start(base, inbox.toLowerCase(), config);
    instance.init = init;
    window.Deskbell = window.Libredesk = instance;
    earlier.splice(0).forEach(instance.push);
    return instance;
  }

  function start(base, inbox, config) {
    var origin = new URL(base).origin;
    var key = 'deskbell:' + inbox;
    var memory = {};
    var life = new AbortController();
    var root = document.documentElement;
    var kept = recall();
    var jwt = typeof config.userJWT === 'string' ? config.userJWT : '';
    var calls = {};
    var open = false, wantOpen = false, expanded = false, greeted = false, alive = true, unread = kept.unread || 0;
    var look = null, host, area, button, badge, panel, frame, nonce, notice, late, watcher, untitled, unlocked, returnTo;

    function on(target, type, fn, options) { target.addEventListener(type, fn, { signal: life.signal, ...options }); }
    function storage(kind, name, value) {
      try {
        var place = window[kind];
        if (value === undefined) return place.getItem(name);
        if (value === null) place.removeItem(name); else place.setItem(name, value);
      } catch (e) { if (value === undefined) return memory[name] || null; }
      memory[name] = value;
    }
    function recall() { try { return JSON.parse(storage('localStorage', key)) || {}; } catch (e) { return {}; } }
    function remember(value) {
      kept = value || {};
      for (var name in kept) if (kept[name] === null) delete kept[name];
      storage('localStorage', key, Object.keys(kept).length ? JSON.stringify(kept) : null);
    }

    // A constructed sheet in a shadow root needs no leave of a strict CSP.
    function bright(hex) {
      var full = hex.length < 7 ? hex.replace(/\w/g, '$&$&') : hex;
      return [1, 3, 5].reduce((sum, at, i) => sum + [0.21, 0.72, 0.07][i] * Math.pow(parseInt(full.substr(at, 2), 16) / 255, 2.2), 0) > 0.3;
    }
    function sheet() {
      var space = look.launcher.spacing || {};
      var colour = [look.launcher.color, look.colors.primary, '#0f6b66'].filter((c) => { return /^#(\w{3}|\w{6})$/.test(c || ''); })[0];
      function px(value) { return (value >= 0 && value < 500 ? +value : 20) + 'px'; }
      return ':host{all:initial!important;--c:' + colour + ';--i:' + (bright(colour) ? '#1b1a18' : '#fff') + ';--s:' + px(space.side) + ';--b:' + px(space.bottom) + ';font:400 15px/1.5 system-ui,sans-serif}' +
        '*{box-sizing:border-box;margin:0;padding:0;border:0}[hidden]{display:none!important}' +
        'button{all:unset;box-sizing:border-box;position:fixed;z-index:2147483001;bottom:calc(var(--b) + env(safe-area-inset-bottom,0px));min-width:56px;height:56px;border-radius:28px;background:var(--c);color:var(--i);display:flex;align-items:center;justify-content:center;gap:10px;cursor:pointer;font-weight:600;box-shadow:0 1px 3px #0003,0 6px 20px #0003;transition:.15s ease-out}' +
        'button:hover{transform:translateY(-1px)}button:active{transform:scale(.97)}button:focus-visible{outline:3px solid var(--c);outline-offset:3px;box-shadow:0 0 0 3px #fff}' +
        '.text{padding:0 22px 0 18px}svg{width:26px;height:26px}img{width:32px;height:32px;border-radius:50%;object-fit:cover}' +
        '.x{display:none}.open .x{display:block}.open .i,.open .t{display:none}.open .text{padding:0}' +
        '.b{position:absolute;top:-4px;inset-inline-end:-4px;min-width:22px;padding:0 5px;border-radius:11px;background:#c5221f;color:#fff;font-size:12px;line-height:18px;text-align:center;border:2px solid #fff}' +
        '.p{position:fixed;z-index:2147483000;bottom:calc(var(--b) + 72px + env(safe-area-inset-bottom,0px));width:min(400px,calc(100vw - 24px));height:min(700px,calc(100dvh - var(--b) - 92px));border-radius:20px;overflow:hidden;background:#fff;color:#4c4842;box-shadow:0 1px 3px #0003,0 12px 44px #0003;opacity:0;visibility:hidden;transform:translateY(10px);transition:.16s ease-out}' +
        '.dark{background:#1e1d1b;color:#c9c4bc}.open .p{opacity:1;visibility:visible;transform:none}.big{width:min(760px,calc(100vw - 40px));height:calc(100dvh - var(--b) - 92px)}' +
        '.right>*{right:calc(var(--s) + env(safe-area-inset-right,0px))}.left>*{left:calc(var(--s) + env(safe-area-inset-left,0px))}' +
        '.full .p{inset:0;width:100%;height:100%;border-radius:0;transition:none}.full.open button{display:none}' +
        'iframe{position:absolute;inset:0;width:100%;height:100%;color-scheme:normal;opacity:0;transition:.12s}.up iframe{opacity:1}.up .w{display:none}' +
        '.w{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;padding:32px;text-align:center}' +
        '.w i{width:28px;height:28px;border-radius:50%;border:3px solid #8886;border-top-color:var(--c);animation:s .8s linear infinite}@keyframes s{to{transform:rotate(1turn)}}' +
        '@media (prefers-reduced-motion:reduce){*{transition:none!important;animation-duration:3s!important}}@media (forced-colors:active){button,.p{border:2px solid ButtonText}}@media print{:host{display:none!important}}';
    }
    function make(name, className, parent, attributes, ns) {
      var element = ns ? document.createElementNS(ns, name) : document.createElement(name);
      if (className) element.setAttribute('class', className);
      for (var key in attributes) element.setAttribute(key, attributes[key]);
      return parent ? parent.appendChild(element) : element;
    }
    function drawn(path, className) {
      var ns = 'http://www.w3.org/2000/svg';
      var svg = make('svg', className, null, { viewBox: '0 0 24 24', 'aria-hidden': true, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }, ns);
      make('path', '', svg, { d: path }, ns);
      return svg;
    }
    function word(name) { return (look.labels && look.labels[name]) || WORDS[name]; }

    function build() {
      host = document.createElement('deskbell-chat');
      var shadow = host.attachShadow({ mode: 'open' });
      var styles = new CSSStyleSheet();
      styles.replaceSync(sheet());
      shadow.adoptedStyleSheets = [styles];
      area = make('section', '', shadow, { 'aria-label': word('title') });
      panel = make('div', 'p', area, { role: 'dialog', 'aria-label': word('title') });
      button = make('button', '', area, { type: 'button', 'aria-haspopup': 'dialog' });
      var drawing = drawn('M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 9.5h8M8 12.8h5', 'i');
      if (/^https?:|^\//.test(look.launcher.logo_url || '')) {
        var logo = make('img', 'i', button);
        logo.alt = '';
        logo.onerror = () => { logo.replaceWith(drawing); };
        logo.src = new URL(look.launcher.logo_url, base + '/').href;
      } else if (look.launcher.icon !== 'none' || !look.launcher.text) button.appendChild(drawing);
      button.appendChild(drawn('M6 9.5l6 6 6-6', 'x'));
      if (look.launcher.text) { make('span', 't', button).textContent = look.launcher.text; button.className = 'text'; }
      badge = make('span', 'b', button, { 'aria-hidden': true });
      button.hidden = !!config.hideLauncher;
      on(button, 'click', () => { open ? hide() : show(true); });
      ['pointerenter', 'focus', 'touchstart'].forEach((type) => { on(button, type, intend, { passive: true, once: true }); });
      on(area, 'keydown', (event) => { if (event.key === 'Escape' && open) { event.stopPropagation(); hide(); } });
      panel.classList.toggle('dark', look.theme === 'dark' || (look.theme !== 'light' && matchMedia('(prefers-color-scheme:dark)').matches));
      attach();
      watcher = new MutationObserver(attach);
      watcher.observe(document, { childList: true });
      watch();
      on(window, 'resize', place);
      if (window.visualViewport) { on(visualViewport, 'resize', keyboard); on(visualViewport, 'scroll', keyboard); }
      count();
    }
    function watch() { watcher.observe(root, { childList: true, attributeFilter: ['dir'] }); }
    function attach() {
      if (root !== document.documentElement && document.documentElement) { root = document.documentElement; watch(); }
      if (host.parentNode !== root) { greeted = false; panel.classList.remove('up'); root.appendChild(host); }
      place();
    }
    function small() { return window.innerWidth <= 600; }
    function place() {
      var rtl = getComputedStyle(document.body || root).direction === 'rtl';
      var full = small();
      area.className = ((look.launcher.position === 'left') !== rtl ? 'left' : 'right') + (full ? ' full' : '') + (open ? ' open' : '');
      area.dir = rtl ? 'rtl' : 'ltr';
      panel.classList.toggle('big', expanded && !full);
      post('mobile', { on: full });
      keyboard();
    }
    function keyboard() {
      var view = window.visualViewport, full = open && small();
      panel.style.height = full && view ? view.height + 'px' : '';
      panel.style.top = full && view ? view.offsetTop + 'px' : '';
      if (full && !unlocked) {
        var old = root.style.overflow;
        root.style.overflow = 'hidden';
        unlocked = () => { root.style.overflow = old; if (!root.getAttribute('style')) root.removeAttribute('style'); unlocked = null; };
      } else if (!full && unlocked) unlocked();
    }

    function intend() {
      if (frame || !host || !alive) return;
      nonce = crypto.randomUUID ? crypto.randomUUID() : crypto.getRandomValues(new Uint32Array(4)).join('');
      var wait = make('div', 'w', panel);
      make('i', '', wait);
      notice = make('p', '', wait, { role: 'status' });
      frame = make('iframe', '', panel, { title: word('title'), allow: 'clipboard-write', src: base + '/widget?inbox_id=' + inbox + '#n=' + nonce + '&o=' + encodeURIComponent(location.origin) });
      on(window, 'message', hear);
      on(window, 'popstate', visit);
      on(window, 'hashchange', visit);
      wrap('pushState');
      wrap('replaceState');
      patience();
    }
    function patience() {
      clearTimeout(late);
      late = setTimeout(() => {
        if (greeted || !alive) return;
        complain('no answer from ' + origin + '; see frame-src and trusted domains');
        notice.textContent = word('failed');
        notice.previousSibling.hidden = true;
      }, 15000);
    }
    function post(type, more) {
      if (frame && greeted && frame.contentWindow) frame.contentWindow.postMessage({ deskbell: nonce, type, ...more }, origin);
    }
    function hear(event) {
      var said = event.data;
      if (!frame || event.source !== frame.contentWindow || event.origin !== origin || !said || said.deskbell !== nonce) return;
      if (said.type === 'hello') {
        greeted = true;
        clearTimeout(late);
        post('state', { kept, jwt, mobile: small(), open, focus: wantOpen === 'focus', expanded, page: page() });
        wantOpen = false;
      } else if (said.type === 'ready') panel.classList.add('up');
      else if (said.type === 'close') hide();
      else if (said.type === 'unread') counted(said.count);
      else if (said.type === 'expand') { expanded = !!said.on; place(); post('expanded', { on: expanded }); }
      else if (said.type === 'keep') {
        if (!said.patch) jwt = '';
        remember(said.patch && Object.assign(recall(), said.patch));
      }
    }

    var wrapped = {}, visited;
    function wrap(name) {
      var own = Object.prototype.hasOwnProperty.call(history, name), original = history[name];
      var ours = history[name] = function () { var result = original.apply(this, arguments); if (alive) visit(); return result; };
      wrapped[name] = () => { if (history[name] === ours) { if (own) history[name] = original; else delete history[name]; } };
    }
    function visit() {
      clearTimeout(visited);
      visited = setTimeout(() => { post('page', { page: page() }); }, 100);
    }
    function page() {
      var secret = /([?&#;][^=&#;]*(?:token|jwt|code|key|pass|pwd|secret|sig|auth|session|otp)[^=&#;]*=)[^&#;]*/gi;
      return { url: location.href.replace(secret, '$1…').slice(0, 2048), title: (untitled || document.title).slice(0, 256) };
    }

    function counted(number) {
      number = number > 0 ? Math.floor(number) : 0;
      if (number === unread) return;
      unread = number;
      count();
      call('onUnreadCountChange', unread);
    }
    function count() {
      if (!button) return;
      badge.hidden = !unread || open;
      badge.textContent = unread > 99 ? '99+' : unread;
      var name = open ? word('close') : look.launcher.text || word('open');
      button.setAttribute('aria-label', unread && !open ? name + ', ' + word('unread').replace(/:count|\{count\}/, unread) : name);
      button.setAttribute('aria-expanded', String(open));
      title();
    }
    // The page may do this itself through onUnreadCountChange.
    function title() {
      var wanted = unread && document.hidden && !calls.onUnreadCountChange;
      if (wanted) {
        if (untitled === undefined) untitled = document.title;
        document.title = '(' + unread + ') ' + untitled;
      } else if (untitled !== undefined) {
        if (/^\(\d+\) /.test(document.title)) document.title = untitled;
        untitled = undefined;
      }
    }
    function call(name, value) { try { if (calls[name]) calls[name](value); } catch (e) { console.error(e); } }

    function show(focus) {
      if (open || !alive) return;
      if (!host) { wantOpen = 'focus'; return; }
      open = true;
      wantOpen = focus === false ? 'quiet' : 'focus';
      returnTo = focus !== true && document.activeElement !== document.body ? document.activeElement : null;
      intend();
      storage('sessionStorage', key, '1');
      place();
      count();
      if (focus !== false) frame.focus();
      post('opened', { focus: focus !== false });
      call('onShow');
    }
    function hide() {
      wantOpen = false;
      if (!open) return;
      open = false;
      storage('sessionStorage', key, null);
      place();
      count();
      var back = returnTo && returnTo.isConnected && returnTo !== host ? returnTo : button;
      if (document.activeElement === host || document.activeElement === frame) back.focus({ preventScroll: true });
      post('closed');
      call('onHide');
    }
    var api = {
      inbox,
      show: () => { show(); },
      showChat: () => { show(); },
      hide,
      toggle: () => { open || wantOpen ? hide() : show(); },
      isVisible: () => open,
      setUser: (token) => {
        post('user', { jwt: jwt = String(token || '') });
      },
      logout: () => {
        var session = kept.session;
        jwt = '';
        remember({});
        if (frame && greeted) post('logout');
        else if (session) fetch(base + '/api/v1/widget/chat/auth/logout', { method: 'POST', keepalive: true, headers: { Authorization: 'Bearer ' + session, 'X-Libredesk-Inbox-ID': inbox } }).catch(() => {});
        counted(0);
      },
      onShow: (fn) => { calls.onShow = fn; },
      onHide: (fn) => { calls.onHide = fn; },
      onUnreadCountChange: (fn) => { calls.onUnreadCountChange = fn; title(); call('onUnreadCountChange', unread); },
      push: (entry) => { if (entry && METHODS.indexOf(entry[0]) >= 0) api[entry[0]].apply(null, [].slice.call(entry, 1)); else if (typeof entry === 'function') entry(api); },
      destroy: () => {
        if (!alive) return;
        hide();
        alive = false;
        clearTimeout(late);
        clearTimeout(visited);
        life.abort();
        if (watcher) watcher.disconnect();
        if (host) host.remove();
        for (var name in wrapped) wrapped[name]();
        unread = 0;
        title();
        host = frame = button = null;
        instance = null;
        ['Deskbell', 'Libredesk', 'initLibredesk'].forEach((name) => { delete window[name]; });
      },
    };

    function begin(settings) {
      if (!alive || host) return;
      look = settings || {};
      look.launcher = look.launcher || {};
      look.colors = look.colors || {};
      build();
      on(window, 'storage', (event) => {
        if (event.key !== key && event.key !== null) return;
        kept = recall();
        counted(kept.unread);
        post('kept', { value: kept });
      });
      on(document, 'visibilitychange', title);
      if (wantOpen) { wantOpen = false; show(); }
      else if (storage('sessionStorage', key)) show(false);
      // An answer can wait only where this browser already talks.
      else if (kept.session && kept.talks) (window.requestIdleCallback || setTimeout)(intend);
      if (unread) call('onUnreadCountChange', unread);
    }
    function whenParsed(then) {
      if (document.readyState === 'loading') on(document, 'DOMContentLoaded', then, { once: true }); else then();
    }
    if (config.launcher) whenParsed(() => { begin(config); });
    else fetch(base + '/api/v1/widget/chat/settings/launcher?inbox_id=' + inbox, { credentials: 'omit', signal: life.signal }).then((answer) => answer.json()).then((body) => {
      if (!body.data) throw new Error(body.message);
      whenParsed(() => { begin(body.data); });
    }).catch((error) => { if (alive) complain('no launcher: ' + error.message); });
    return api;
  }

  window.initLibredesk = init;
  var own = window.DeskbellSettings || window.LibredeskSettings;
  if (boot) init(Object.assign({}, own, boot, { baseURL: boot.base, inboxID: boot.inbox }));
  else {
    var queue = window.Deskbell = window.Libredesk = { push: (entry) => { earlier.push(entry); } };
    METHODS.forEach(function (name) { queue[name] = function () { earlier.push([name].concat([].slice.call(arguments))); }; });
    queue.isVisible = () => false;
    if (own || document.readyState !== 'loading') init(own);
    else document.addEventListener('DOMContentLoaded', () => { init(window.LibredeskSettings); }, { once: true });
  }
})();
