// The loader: what a host page gets. One classic script, no dependency, one <button> until somebody wants to chat.
//
// Served as `/w/<inbox uuid>.js` after one statement that carries the launcher's settings, so a page view is one request:
//   window.__deskbell_boot={"base":"https://host[/sub]","inbox":"<uuid>","hash":"<asset hash>","theme":"system|light|dark",
//     "launcher":{"position":"right|left","color":"#hex"|"","logo_url":"","spacing":{"side":20,"bottom":20},"text":"","icon":"chat|none"},
//     "colors":{"primary":"#hex"},"labels":{"open","close","unread" (with :count),"title","failed"}};
// and alone as `/widget.js`: then it reads window.LibredeskSettings {baseURL, inboxID, userJWT, hideLauncher} and fetches
// `settings/launcher`, whose answer may carry `theme` and `labels` too. All but base, inbox, launcher and colors is optional.
//
// Between page and frame: every message is {deskbell:<nonce>, type, …}, sent to the exact origin, believed only from the
// other's window, origin and nonce.
//   frame → page: hello · ready · close · unread{count} · expand{on} · keep{value: what this browser shall remember}
//   page → frame: state{kept,jwt,mobile,open,focus,page} (answers hello) · opened{focus} · closed · mobile{on} · expanded{on}
//                 · user{jwt} · logout · page{url,title} · kept{value} (another tab changed it)
// What is remembered (localStorage, one key per inbox) belongs to the host page, so blocked third-party storage does no harm.
(function () {
  'use strict';
  var boot = window.__deskbell_boot;
  delete window.__deskbell_boot;
  var before = window.Deskbell || window.Libredesk;
  if (before && before.inbox) { if (console.info) console.info('deskbell: already loaded'); return; }

  var UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
  var METHODS = ['show', 'showChat', 'hide', 'toggle', 'isVisible', 'setUser', 'logout', 'onShow', 'onHide', 'onUnreadCountChange', 'destroy'];
  var WORDS = { open: 'Open chat', close: 'Close chat', unread: ':count unread messages', title: 'Chat', failed: 'The chat could not be loaded. Please try again in a moment.' };
  var earlier = [].concat(Array.isArray(window.Libredesk) ? window.Libredesk : [], Array.isArray(window.Deskbell) && window.Deskbell !== window.Libredesk ? window.Deskbell : []);
  var instance = null;

  function complain(text) { console.error('deskbell: ' + text); }

  /** Starts once the page is parsed; a second call answers the same instance. */
  function init(config) {
    if (instance) { if (config) console.warn('deskbell: already started'); return instance; }
    config = config || {};
    var base = String(config.baseURL || config.base || '').replace(/\/+$/, '');
    var inbox = String(config.inboxID || config.inbox || '');
    if (!/^https?:\/\//.test(base)) { complain('baseURL is missing or not an http(s) address (window.LibredeskSettings.baseURL)'); return null; }
    if (!UUID.test(inbox)) { complain('inboxID is missing or not an inbox UUID (window.LibredeskSettings.inboxID)'); return null; }
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
    var look = null, host, button, badge, panel, frame, nonce, notice, late, watcher, untitled, unlocked, returnTo;

    function on(target, type, fn, options) { target.addEventListener(type, fn, Object.assign({ signal: life.signal }, options)); }
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
      storage('localStorage', key, Object.keys(kept).length ? JSON.stringify(kept) : null);
    }

    // ---- looks: everything lives in a shadow root, so neither side's CSS reaches the other; no inline style needs CSP's leave.
    function luminance(hex) {
      var full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
      return [1, 3, 5].reduce(function (sum, at, i) {
        var c = parseInt(full.substr(at, 2), 16) / 255;
        return sum + [0.2126, 0.7152, 0.0722][i] * (c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
      }, 0);
    }
    function colour() {
      var good = [look.launcher.color, look.colors.primary, '#0f6b66'].filter(function (c) { return /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(c || ''); });
      return good[0];
    }
    function sheet() {
      var c = colour(), l = luminance(c), space = look.launcher.spacing || {};
      var px = function (v, d) { v = Number(v); return (v >= 0 && v < 500 ? v : d) + 'px'; };
      var side = px(space.side, 20), bottom = px(space.bottom, 20);
      return ':host{all:initial!important;--c:' + c + ';--on:' + (1.05 / (l + 0.05) >= (l + 0.05) / 0.062 ? '#fff' : '#1b1a18') + '}' +
        'section,div,button,iframe,span,p,img,svg{box-sizing:border-box;margin:0;padding:0;border:0}' +
        '[hidden]{display:none!important}' +
        'button{all:unset;box-sizing:border-box;position:fixed;z-index:2147483001;inset-inline:auto;bottom:calc(' + bottom + ' + env(safe-area-inset-bottom,0px));' +
        'min-width:56px;height:56px;border-radius:28px;background:var(--c);color:var(--on);display:flex;align-items:center;justify-content:center;gap:10px;cursor:pointer;' +
        'font:600 15px/1 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;box-shadow:0 1px 3px rgb(0 0 0/.18),0 6px 20px rgb(0 0 0/.18);transition:transform .15s ease-out,box-shadow .15s ease-out;-webkit-tap-highlight-color:transparent}' +
        'button.text{padding:0 22px 0 18px}button:hover{transform:translateY(-1px);box-shadow:0 2px 4px rgb(0 0 0/.2),0 10px 26px rgb(0 0 0/.22)}button:active{transform:scale(.97)}' +
        'button:focus-visible{outline:3px solid var(--c);outline-offset:3px;box-shadow:0 0 0 3px #fff,0 6px 20px rgb(0 0 0/.18)}' +
        'svg{width:26px;height:26px;display:block;flex:none}img{width:32px;height:32px;border-radius:50%;object-fit:cover;display:block}' +
        '.x{display:none}.open .x{display:block}.open .i{display:none}.open.text{padding:0;width:56px}.open.text .t{display:none}' +
        '.b{position:absolute;top:-4px;inset-inline-end:-4px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c5221f;color:#fff;font:600 12px/18px system-ui,sans-serif;text-align:center;border:2px solid #fff}' +
        '.p{position:fixed;z-index:2147483000;bottom:calc(' + bottom + ' + 72px + env(safe-area-inset-bottom,0px));width:min(400px,calc(100vw - 24px));height:min(700px,calc(100vh - ' + bottom + ' - 92px));height:min(700px,calc(100dvh - ' + bottom + ' - 92px));' +
        'border-radius:20px;overflow:hidden;background:#fff;color-scheme:light;box-shadow:0 1px 3px rgb(0 0 0/.12),0 12px 44px rgb(0 0 0/.22);opacity:0;visibility:hidden;transform:translateY(10px) scale(.985);transform-origin:bottom;transition:opacity .16s ease-out,transform .16s ease-out,width .16s ease-out,height .16s ease-out,visibility 0s .16s}' +
        '.p.dark{background:#1e1d1b}.p.open{opacity:1;visibility:visible;transform:none;transition-delay:0s}' +
        '.p.big{width:min(760px,calc(100vw - 40px));height:calc(100vh - ' + bottom + ' - 92px);height:calc(100dvh - ' + bottom + ' - 92px)}' +
        '.full .p{inset:0;width:100%;height:100%;border-radius:0;bottom:auto;transition:none}.full.open button{display:none}' +
        '.right button,.right .p{right:calc(' + side + ' + env(safe-area-inset-right,0px))}.left button,.left .p{left:calc(' + side + ' + env(safe-area-inset-left,0px))}.full.right .p,.full.left .p{left:0;right:0}' +
        'iframe{position:absolute;inset:0;width:100%;height:100%;color-scheme:normal;opacity:0;transition:opacity .12s}.up iframe{opacity:1}' +
        '.w{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:16px;padding:32px;text-align:center;font:400 15px/1.5 system-ui,sans-serif;color:#4c4842}.dark .w{color:#c9c4bc}.up .w{display:none}' +
        '.w span{width:28px;height:28px;border-radius:50%;border:3px solid color-mix(in srgb,var(--c) 25%,transparent);border-top-color:var(--c);animation:s .8s linear infinite}@keyframes s{to{transform:rotate(1turn)}}' +
        '@media (prefers-reduced-motion:reduce){*{transition:none!important;animation-duration:2.5s!important}}@media (forced-colors:active){button{border:2px solid ButtonText}.p{border:1px solid CanvasText}}@media print{section{display:none!important}}';
    }
    function make(name, className, parent) {
      var element = document.createElement(name);
      if (className) element.className = className;
      if (parent) parent.appendChild(element);
      return element;
    }
    function drawn(path, className) {
      var ns = 'http://www.w3.org/2000/svg', svg = document.createElementNS(ns, 'svg'), line = document.createElementNS(ns, 'path');
      svg.setAttribute('viewBox', '0 0 24 24'); svg.setAttribute('aria-hidden', 'true'); svg.setAttribute('class', className);
      line.setAttribute('d', path); line.setAttribute('fill', 'none'); line.setAttribute('stroke', 'currentColor'); line.setAttribute('stroke-width', '1.8');
      line.setAttribute('stroke-linecap', 'round'); line.setAttribute('stroke-linejoin', 'round');
      svg.appendChild(line);
      return svg;
    }
    function word(name) { return (look.labels && look.labels[name]) || WORDS[name]; }

    function build() {
      host = document.createElement('deskbell-chat');
      var shadow = host.attachShadow({ mode: 'open' });
      if ('adoptedStyleSheets' in shadow) {
        var styles = new CSSStyleSheet();
        styles.replaceSync(sheet());
        shadow.adoptedStyleSheets = [styles];
      } else make('style', '', shadow).textContent = sheet();
      var area = make('section', '', shadow);
      area.setAttribute('aria-label', word('title'));
      panel = make('div', 'p', area);
      panel.setAttribute('role', 'dialog');
      panel.setAttribute('aria-label', word('title'));
      button = make('button', '', area);
      button.type = 'button';
      button.setAttribute('aria-haspopup', 'dialog');
      var drawing = drawn('M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 9.5h8M8 12.8h5', 'i');
      if (/^https?:|^\//.test(look.launcher.logo_url || '')) {
        var logo = make('img', 'i', button);
        logo.alt = '';
        logo.onerror = function () { logo.replaceWith(drawing); };
        logo.src = new URL(look.launcher.logo_url, base + '/').href;
      } else if (look.launcher.icon !== 'none' || !look.launcher.text) button.appendChild(drawing);
      button.appendChild(drawn('M6 9.5l6 6 6-6', 'x'));
      if (look.launcher.text) { make('span', 't', button).textContent = look.launcher.text; button.className = 'text'; }
      badge = make('span', 'b', button);
      badge.setAttribute('aria-hidden', 'true');
      button.hidden = !!config.hideLauncher;
      on(button, 'click', function () { open || wantOpen ? hide() : show(true); });
      ['pointerenter', 'focus', 'touchstart'].forEach(function (type) { on(button, type, intend, { passive: true, once: true }); });
      on(area, 'keydown', function (event) { if (event.key === 'Escape' && open) { event.stopPropagation(); hide(); } });
      var dark = matchMedia('(prefers-color-scheme:dark)');
      function shade() { panel.classList.toggle('dark', look.theme === 'dark' || (look.theme !== 'light' && dark.matches)); }
      shade();
      on(dark, 'change', shade);
      attach();
      // A framework may replace the body or even the root's children; we hang on the root and come back if we are taken off.
      watcher = new MutationObserver(attach);
      watcher.observe(document, { childList: true });
      watcher.observe(root, { childList: true, attributes: true, attributeFilter: ['dir'] });
      on(window, 'resize', place);
      if (window.visualViewport) { on(visualViewport, 'resize', keyboard); on(visualViewport, 'scroll', keyboard); }
      show_count();
    }
    function attach() {
      if (root !== document.documentElement && document.documentElement) {
        root = document.documentElement;
        watcher.observe(root, { childList: true, attributes: true, attributeFilter: ['dir'] });
      }
      if (host.parentNode !== root) { greeted = false; panel.classList.remove('up'); root.appendChild(host); }
      place();
    }
    function small() { return window.innerWidth <= 600; }
    function place() {
      var rtl = getComputedStyle(document.body || root).direction === 'rtl';
      var area = panel.parentNode, full = small();
      area.className = ((look.launcher.position === 'left') !== rtl ? 'left' : 'right') + (full ? ' full' : '') + (open ? ' open' : '');
      area.dir = rtl ? 'rtl' : 'ltr';
      panel.classList.toggle('big', expanded && !full);
      post('mobile', { on: full });
      keyboard();
    }
    /** On a phone the panel covers what the keyboard leaves free, and the page beneath does not scroll. */
    function keyboard() {
      var view = window.visualViewport, full = open && small();
      panel.style.height = full && view ? view.height + 'px' : '';
      panel.style.top = full && view ? view.offsetTop + 'px' : '';
      if (full && !unlocked) {
        var old = root.style.overflow;
        root.style.overflow = 'hidden';
        unlocked = function () { root.style.overflow = old; unlocked = null; };
      } else if (!full && unlocked) unlocked();
    }

    // ---- the frame
    /** The first sign that somebody may want to chat: only now the app is loaded, and only now we look at navigation. */
    function intend() {
      if (frame || !host || !alive) return;
      nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) { return (b + 256).toString(16).slice(1); }).join('');
      var wait = make('div', 'w', panel);
      make('span', '', wait);
      notice = make('p', '', wait);
      notice.setAttribute('role', 'status');
      frame = document.createElement('iframe');
      frame.title = word('title');
      frame.allow = 'clipboard-write';
      frame.src = base + '/widget?inbox_id=' + inbox + '#n=' + nonce + '&o=' + encodeURIComponent(location.origin);
      panel.appendChild(frame);
      on(window, 'message', hear);
      on(window, 'popstate', visit);
      on(window, 'hashchange', visit);
      wrap('pushState');
      wrap('replaceState');
      patience();
    }
    function patience() {
      clearTimeout(late);
      late = setTimeout(function () {
        if (greeted || !alive) return;
        complain('the chat frame did not answer; is ' + origin + ' allowed by frame-src, and this site by the trusted domains of the inbox?');
        notice.textContent = word('failed');
        notice.previousSibling.hidden = true;
      }, 15000);
    }
    function post(type, more) {
      if (frame && greeted && frame.contentWindow) frame.contentWindow.postMessage(Object.assign({ deskbell: nonce, type: type }, more), origin);
    }
    function hear(event) {
      var said = event.data;
      if (!frame || event.source !== frame.contentWindow || event.origin !== origin || !said || said.deskbell !== nonce) return;
      if (said.type === 'hello') {
        greeted = true;
        clearTimeout(late);
        post('state', { kept: kept, jwt: jwt, mobile: small(), open: open || wantOpen, focus: wantOpen === 'focus', expanded: expanded, page: page() });
      } else if (said.type === 'ready') panel.classList.add('up');
      else if (said.type === 'close') hide();
      else if (said.type === 'unread') counted(said.count);
      else if (said.type === 'expand') { expanded = !!said.on; place(); post('expanded', { on: expanded }); }
      else if (said.type === 'keep') remember(said.value);
    }

    // ---- where the visitor is
    var wrapped = {}, visited;
    function wrap(name) {
      var own = Object.prototype.hasOwnProperty.call(history, name), original = history[name];
      var ours = history[name] = function () { var result = original.apply(this, arguments); if (alive) visit(); return result; };
      wrapped[name] = function () { if (history[name] === ours) { if (own) history[name] = original; else delete history[name]; } };
    }
    function visit() {
      clearTimeout(visited);
      visited = setTimeout(function () { post('page', page()); }, 100);
    }
    /** Secrets that travel in addresses are nobody's business but the page's. */
    function page() {
      var secret = /([?&#;][^=&#;]*(?:token|jwt|code|key|pass|pwd|secret|sig|auth|session|otp)[^=&#;]*=)[^&#;]*/gi;
      return { url: location.href.replace(/\/\/[^/?#]*@/, '//').replace(secret, '$1…').slice(0, 2048), title: (untitled || document.title || '').slice(0, 256) };
    }

    // ---- unread
    function counted(count) {
      count = Math.max(0, Math.floor(Number(count) || 0));
      if (count === unread) return;
      unread = count;
      show_count();
      call('onUnreadCountChange', unread);
    }
    function show_count() {
      if (!button) return;
      badge.hidden = !unread || open;
      badge.textContent = unread > 99 ? '99+' : unread;
      var name = open ? word('close') : look.launcher.text || word('open');
      button.setAttribute('aria-label', unread && !open ? name + ', ' + word('unread').replace(/:count|\{count\}/, unread) : name);
      button.setAttribute('aria-expanded', String(open));
      title();
    }
    /** A hidden tab shows the count in its title, unless the page does that itself through onUnreadCountChange. */
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

    // ---- what pages may call
    function show(focus) {
      if (open || !alive) return;
      if (!host) { wantOpen = 'focus'; return; }
      open = true;
      wantOpen = focus === false ? 'quiet' : 'focus';
      returnTo = focus !== true && document.activeElement !== document.body ? document.activeElement : null;
      intend();
      panel.classList.add('open');
      button.classList.add('open');
      storage('sessionStorage', key, '1');
      place();
      show_count();
      if (focus !== false) frame.focus();
      post('opened', { focus: focus !== false });
      call('onShow');
    }
    function hide() {
      wantOpen = false;
      if (!open) return;
      open = false;
      panel.classList.remove('open');
      button.classList.remove('open');
      storage('sessionStorage', key, null);
      place();
      show_count();
      var back = returnTo && returnTo.isConnected && returnTo !== host ? returnTo : button;
      if (document.activeElement === host || document.activeElement === frame) back.focus({ preventScroll: true });
      post('closed');
      call('onHide');
    }
    var api = {
      inbox: inbox,
      show: function () { show(); },
      showChat: function () { show(); },
      hide: hide,
      toggle: function () { open || wantOpen ? hide() : show(); },
      isVisible: function () { return open; },
      setUser: function (token) {
        if (typeof token !== 'string' || !token) { complain('setUser needs a signed token'); return; }
        jwt = token;
        post('user', { jwt: token });
      },
      logout: function () {
        var session = kept.session;
        jwt = '';
        remember({});
        if (frame && greeted) post('logout');
        else if (session) fetch(base + '/api/v1/widget/chat/auth/logout', { method: 'POST', keepalive: true, headers: { Authorization: 'Bearer ' + session, 'X-Libredesk-Inbox-ID': inbox } }).catch(function () {});
        counted(0);
      },
      onShow: function (fn) { calls.onShow = fn; },
      onHide: function (fn) { calls.onHide = fn; },
      onUnreadCountChange: function (fn) { calls.onUnreadCountChange = fn; title(); call('onUnreadCountChange', unread); },
      /** Queue form, for calls made before the script was there: Deskbell.push(['setUser', token]). */
      push: function (entry) { if (entry && METHODS.indexOf(entry[0]) >= 0) api[entry[0]].apply(null, [].slice.call(entry, 1)); else if (typeof entry === 'function') entry(api); },
      destroy: function () {
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
        ['Deskbell', 'Libredesk', 'initLibredesk'].forEach(function (name) { delete window[name]; });
      },
    };

    function begin(settings) {
      if (!alive || host) return;
      look = settings || {};
      look.launcher = look.launcher || {};
      look.colors = look.colors || {};
      build();
      on(window, 'storage', function (event) {
        if (event.key !== key && event.key !== null) return;
        kept = recall();
        counted(kept.unread);
        post('kept', { value: kept });
      });
      on(document, 'visibilitychange', title);
      if (wantOpen) { wantOpen = false; show(); }
      else if (storage('sessionStorage', key)) show(false);
      // An answer may wait only where this browser already talks; anybody else costs nothing until they ask.
      else if (kept.session && kept.talks) (window.requestIdleCallback || setTimeout)(intend);
      if (unread) call('onUnreadCountChange', unread);
    }
    function whenParsed(then) {
      if (document.readyState === 'loading') on(document, 'DOMContentLoaded', then, { once: true }); else then();
    }
    if (config.launcher) whenParsed(function () { begin(config); });
    else fetch(base + '/api/v1/widget/chat/settings/launcher?inbox_id=' + inbox, { credentials: 'omit', signal: life.signal }).then(function (answer) {
      return answer.json().then(function (body) {
        if (!answer.ok || !body.data) throw new Error(body.message || 'status ' + answer.status);
        whenParsed(function () { begin(body.data); });
      });
    }).catch(function (error) { if (alive) complain('no launcher: ' + error.message); });
    return api;
  }

  window.initLibredesk = init;
  if (boot) init(Object.assign({}, boot, { userJWT: (window.DeskbellSettings || window.LibredeskSettings || {}).userJWT, hideLauncher: (window.DeskbellSettings || window.LibredeskSettings || {}).hideLauncher }));
  else {
    // Calls made between now and the settings' arrival are kept like those made before the script.
    var queue = window.Deskbell = window.Libredesk = { push: function (entry) { earlier.push(entry); } };
    METHODS.forEach(function (name) { queue[name] = function () { earlier.push([name].concat([].slice.call(arguments))); }; });
    queue.isVisible = function () { return false; };
    if (window.LibredeskSettings || document.readyState !== 'loading') init(window.LibredeskSettings);
    else document.addEventListener('DOMContentLoaded', function () { if (!instance) init(window.LibredeskSettings); }, { once: true });
  }
})();
