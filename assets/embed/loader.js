// The launcher: everything a page view pays for. What comes after a sign of interest is panel.js. Contract: assets/embed/README.md.
(() => {
  'use strict';
  const boot = window.__deskbell_boot;
  delete window.__deskbell_boot;
  const before = window.Deskbell || window.Libredesk;
  if (before && before.inbox) return;

  const METHODS = ['show', 'showChat', 'hide', 'toggle', 'isVisible', 'setUser', 'logout', 'identify', 'setLanguage', 'onShow', 'onHide', 'onUnreadCountChange', 'destroy'];
  const WORDS = { open: 'Open chat', close: 'Close chat', unread: ':count unread', title: 'Chat', failed: 'The chat could not be loaded. Please try again in a moment.' };
  const earlier = [window.Libredesk, window.Deskbell].flatMap((queue) => (Array.isArray(queue) ? queue : []));
  let instance = null;

  function init(config) {
    if (instance) return instance;
    config = config || {};
    const base = String(config.baseURL).replace(/\/+$/, ''), inbox = String(config.inboxID).toLowerCase();
    const bad = !/^https?:\/\//.test(base) ? 'baseURL' : !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(inbox) ? 'inboxID' : '';
    if (bad) { console.error('deskbell: LibredeskSettings.' + bad + ' is missing or wrong'); return null; }
    instance = start(base, inbox, config);
    instance.init = init;
    window.Deskbell = window.Libredesk = instance;
    earlier.splice(0).forEach(instance.push);
    return instance;
  }

  function start(base, inbox, config) {
    const key = 'deskbell:' + inbox, memory = {}, life = new AbortController(), calls = {}, listeners = [], heard = [];
    const styles = new CSSStyleSheet();
    let root = document.documentElement, alive = true, wantOpen = false, concealed, tries = 0;
    let look, host, area, button, badge, panel, frame, part, watcher, failed;
    // What panel.js shares with us.
    const it = { base, inbox, config, origin: new URL(base).origin, jwt: typeof config.userJWT === 'string' ? config.userJWT : '', told: {}, calls, open: false, on, make, word, complain, storage, recall, remember, call, counted, place, hide };

    function complain(text) { console.error('deskbell: ' + text); }
    function on(target, type, fn, options) { target.addEventListener(type, fn, { signal: life.signal, ...options }); }
    function storage(kind, value) {
      try {
        const place = window[kind];
        if (value === undefined) return place.getItem(key);
        if (value === null) place.removeItem(key); else place.setItem(key, value);
      } catch (e) { if (value === undefined) return memory[kind] || null; }
      memory[kind] = value;
    }
    function recall() { try { return JSON.parse(storage('localStorage')) || {}; } catch (e) { return {}; } }
    function remember(value) {
      it.kept = value || {};
      for (const name in it.kept) if (it.kept[name] === null) delete it.kept[name];
      storage('localStorage', Object.keys(it.kept).length ? JSON.stringify(it.kept) : null);
    }
    it.kept = recall();
    it.unread = it.kept.unread || 0;

    // Black or white, whichever can be read better: at least 4.5 to 1 on every colour.
    function ink(hex) {
      const full = hex.length < 7 ? hex.replace(/\w/g, '$&$&') : hex;
      return [1, 3, 5].reduce((sum, at, i) => sum + [0.2126, 0.7152, 0.0722][i] * Math.pow(parseInt(full.substr(at, 2), 16) / 255, 2.2), 0) > 0.18 ? '#000' : '#fff';
    }
    function sheet() {
      const { launcher } = look, space = launcher.spacing || {};
      const px = (value) => (typeof value === 'string' ? value : (value >= 0 && value < 500 ? value : 20) + 'px');
      const colour = it.colour = [launcher.color, look.colors.primary, '#0f6b66'].filter((c) => /^#(\w{3}|\w{6})$/.test(c || ''))[0];
      it.side = px(space.side);
      it.bottom = px(space.bottom);
      it.z = launcher.z_index >= 0 ? +launcher.z_index : 2147483000;
      // A constructed sheet in a shadow root needs no leave of a strict CSP.
      styles.replaceSync(':host{all:initial!important}*{box-sizing:border-box;margin:0;padding:0;border:0}[hidden]{display:none!important}' +
        'button{all:unset;box-sizing:border-box;position:fixed;z-index:' + it.z + ';bottom:calc(' + it.bottom + ' + env(safe-area-inset-bottom,0px));min-width:56px;height:56px;border-radius:28px;background:' + colour + ';color:' + ink(colour) + ';display:flex;align-items:center;justify-content:center;gap:10px;cursor:pointer;font:600 15px system-ui,sans-serif;box-shadow:0 1px 3px #0003,0 6px 20px #0003;transition:.15s ease-out}' +
        'button:hover{transform:translateY(-1px)}button:active{transform:scale(.97)}button:focus-visible{outline:3px solid ' + colour + ';outline-offset:3px;box-shadow:0 0 0 3px #fff}' +
        '.text{padding:0 22px 0 18px}svg{width:26px;height:26px}img{width:32px;height:32px;border-radius:50%;object-fit:cover}' +
        '.x{display:none}.open .x{display:block}.open .i,.open .t{display:none}.open .text{padding:0}' +
        '.b{position:absolute;top:-4px;inset-inline-end:-4px;min-width:22px;padding:0 5px;border-radius:11px;background:#c5221f;color:#fff;font:600 12px/18px system-ui,sans-serif;text-align:center;border:2px solid #fff}' +
        '.f{position:fixed;z-index:' + it.z + ';bottom:calc(' + it.bottom + ' + 68px + env(safe-area-inset-bottom,0px));max-width:min(280px,80vw);padding:10px 14px;border-radius:12px;background:#2b2926;color:#fff;font:14px/1.4 system-ui,sans-serif;box-shadow:0 6px 20px #0003}.p{position:fixed;visibility:hidden}.right>*{right:calc(' + it.side + ' + env(safe-area-inset-right,0px))}.left>*{left:calc(' + it.side + ' + env(safe-area-inset-left,0px))}' +
        '@media (prefers-reduced-motion:reduce){*{transition:none!important}}@media (forced-colors:active){button,.p{border:2px solid ButtonText}}@media print{:host{display:none!important}}');
      if (part) part.sheet();
    }
    function make(name, className, parent, attributes, ns) {
      const element = ns ? document.createElementNS(ns, name) : document.createElement(name);
      if (className) element.setAttribute('class', className);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      return parent ? parent.appendChild(element) : element;
    }
    function drawn(paths, className) {
      const ns = 'http://www.w3.org/2000/svg';
      const svg = make('svg', className, null, { viewBox: '0 0 24 24', 'aria-hidden': true, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }, ns);
      paths.forEach((d) => { make('path', '', svg, { d }, ns); });
      return svg;
    }
    function word(name) { return (look.labels && look.labels[name]) || WORDS[name]; }

    function dress() {
      const { launcher } = look, { text, icon, logo_url: logo } = launcher;
      sheet();
      button.textContent = '';
      button.className = text ? 'text' : '';
      const drawing = drawn((icon && icon.d) || ['M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 9.5h8M8 12.8h5'], 'i');
      if (/^https?:|^\//.test(logo || '')) {
        const image = make('img', 'i', button, { alt: '' });
        image.onerror = () => { image.replaceWith(drawing); };
        image.src = new URL(logo, base + '/').href;
      } else if (icon !== 'none' || !text) button.appendChild(drawing);
      button.appendChild(drawn(['M6 9.5l6 6 6-6'], 'x'));
      if (text) make('span', 't', button).textContent = text;
      badge = make('span', 'b', button, { 'aria-hidden': true });
      place();
      count();
    }
    function build() {
      host = document.createElement('deskbell-chat');
      const shadow = it.shadow = host.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [styles];
      it.area = area = make('section', '', shadow, { 'aria-label': word('title') });
      it.panel = panel = make('div', 'p', area, { role: 'dialog', 'aria-label': word('title') });
      it.button = button = make('button', '', area, { type: 'button', 'aria-haspopup': 'dialog' });
      on(button, 'click', () => { it.open ? hide() : show(true); });
      ['pointerenter', 'focus', 'touchstart'].forEach((type) => { on(button, type, soon, { passive: true }); });
      dress();
      attach();
      watcher = new MutationObserver(attach);
      watcher.observe(document, { childList: true });
      watch();
    }
    function watch() { watcher.observe(root, { childList: true, attributeFilter: ['dir'] }); }
    // Pages that replace their body, or everything, keep their chat.
    function attach() {
      if (root !== document.documentElement && document.documentElement) { root = document.documentElement; watch(); }
      if (host.parentNode !== root) { if (part) part.lost(); root.appendChild(host); }
      place();
    }
    function place() {
      const rtl = getComputedStyle(document.body || root).direction === 'rtl';
      area.className = ((look.launcher.position === 'left') !== rtl ? 'left' : 'right') + (it.open ? ' open' : '') + (it.shape || '');
      area.dir = rtl ? 'rtl' : 'ltr';
      button.hidden = concealed;
    }

    function whenIdle(then) { (window.requestIdleCallback || setTimeout)(then); }
    // A pointer that comes and presses is one task of the page's: the frame begins in the next.
    function soon() { setTimeout(intend); }
    function intend() {
      if (frame || !host || !alive) return;
      const nonce = it.nonce = crypto.getRandomValues(new Uint32Array(4)).join('');
      it.frame = frame = make('iframe', '', panel, { title: word('title'), allow: 'clipboard-write', src: base + '/widget?inbox_id=' + inbox + (config.language ? '&lang=' + config.language : '') + '#n=' + nonce + '&o=' + encodeURIComponent(location.origin) });
      // The module has no address of its own per version: this one is always today's, and asked for while the frame loads.
      import(base + '/a/-/embed/panel.js' + (tries++ ? '?' + tries : '')).then((module) => {
        if (!alive) return;
        it.part = part = module.default(it);
        heard.splice(0).forEach(part.hear);
      }).catch((error) => {
        complain('no panel: ' + error.message);
        frame.remove();
        frame = null;
        const wanted = it.open;
        hide();
        // Somebody pressed and nothing comes: that is said where they look. The next press tries again.
        if (wanted) (failed = make('p', 'f', area, { role: 'alert' })).textContent = word('failed');
      });
    }
    function hear(event) {
      const said = event.data;
      if (frame && event.source === frame.contentWindow && event.origin === it.origin && said && said.deskbell === it.nonce) part ? part.hear(said) : heard.push(said);
    }
    // To the frame, now and whenever it begins anew. Without a session nobody needs to know before the visitor comes.
    function tell(type, more) {
      it.told[type] = more;
      if (part) part.post(type, more); else if (it.kept.session) whenIdle(intend);
    }

    function counted(number) {
      number = number > 0 ? Math.floor(number) : 0;
      if (number === it.unread) return;
      it.unread = number;
      count();
      call('onUnreadCountChange', number);
    }
    function count() {
      if (!button) return;
      const { unread, open } = it;
      badge.hidden = !unread || open;
      badge.textContent = unread > 99 ? '99+' : unread || '';
      const name = open ? word('close') : look.launcher.text || word('open');
      button.setAttribute('aria-label', unread && !open ? name + ', ' + word('unread').replace(/:count|\{count\}/, unread) : name);
      button.setAttribute('aria-expanded', open);
      if (part) part.title();
    }
    function call(name, value) {
      [calls[name], ...listeners.map((fn) => (data) => fn(name, data))].forEach((fn) => { try { if (fn) fn(value); } catch (e) { console.error(e); } });
    }

    // By the button (true), by the page (undefined), or as it was before a reload (false), which takes no focus.
    function show(focus) {
      if (it.open || !alive) return;
      if (!host) { wantOpen = true; return; }
      if (failed) failed.remove();
      it.open = true;
      it.focus = focus !== false;
      it.from = focus ? null : document.activeElement;
      storage('sessionStorage', '1');
      soon();
      place();
      count();
      if (part) part.opened();
      call('onShow');
    }
    function hide() {
      wantOpen = false;
      if (!it.open) return;
      it.open = false;
      storage('sessionStorage', null);
      place();
      count();
      if (part) part.closed();
      call('onHide');
    }
    const api = {
      inbox,
      show: () => { show(); },
      showChat: () => { show(); },
      hide,
      toggle: () => { it.open || wantOpen ? hide() : show(); },
      isVisible: () => it.open,
      setUser: (token, how) => {
        it.jwt = String(token || '');
        it.how = how;
        if (part) part.post('user', { jwt: it.jwt, ...how });
      },
      logout: () => {
        const { session } = it.kept;
        it.jwt = '';
        it.told = { listen: it.told.listen };
        remember({});
        if (part && part.greeted()) part.post('logout');
        else if (session) fetch(base + '/api/v1/widget/chat/auth/logout', { method: 'POST', keepalive: true, headers: { Authorization: 'Bearer ' + session, 'X-Libredesk-Inbox-ID': inbox } }).catch(() => {});
        counted(0);
      },
      setLanguage: (code) => { tell('language', { code: config.language = code }); },
      identify: (who) => { tell('claims', { ...it.told.claims, ...who }); },
      onShow: (fn) => { calls.onShow = fn; },
      onHide: (fn) => { calls.onHide = fn; },
      onUnreadCountChange: (fn) => { calls.onUnreadCountChange = fn; if (part) part.title(); try { fn(it.unread); } catch (e) { console.error(e); } },
      push: (entry) => { if (typeof entry === 'function') entry(api); else if (entry && METHODS.indexOf(entry[0]) >= 0) api[entry[0]](...[].slice.call(entry, 1)); },
      // For the embed codes of others (assets/embed/README.md).
      tell,
      kept: () => it.kept,
      hear: (fn) => { listeners.push(fn); if (listeners.length < 2) tell('listen', {}); },
      conceal: (on) => { concealed = on; if (host) place(); },
      restyle: (launcher) => { config.restyled = { ...config.restyled, ...launcher }; if (host) { Object.assign(look.launcher, launcher); dress(); } },
      destroy: () => {
        if (!alive) return;
        hide();
        alive = false;
        it.unread = 0;
        if (part) part.end();
        life.abort();
        if (watcher) watcher.disconnect();
        if (host) host.remove();
        host = instance = null;
        ['Deskbell', 'Libredesk', 'initLibredesk'].forEach((name) => { delete window[name]; });
      },
    };

    function begin(settings) {
      if (!alive || host) return;
      look = it.look = { ...settings, launcher: { ...settings.launcher, ...config.restyled }, colors: settings.colors || {} };
      if (concealed === undefined) concealed = !!(config.hideLauncher || look.launcher.hidden);
      build();
      on(window, 'message', hear);
      on(window, 'storage', (event) => {
        if (event.key !== key && event.key !== null) return;
        it.kept = recall();
        counted(it.kept.unread);
        if (part) part.post('kept', { value: it.kept });
      });
      if (wantOpen) show();
      else if (storage('sessionStorage')) show(false);
      // An answer can wait only where this browser already talks.
      else if (it.kept.session && it.kept.talks) whenIdle(intend);
      if (it.unread) call('onUnreadCountChange', it.unread);
      call('begun');
    }
    // After the page's own code: a framework that takes over the whole document finds in it what its server wrote, and nothing of ours.
    function whenLoaded(then) {
      if (document.readyState === 'complete') { then(); return; }
      on(window, 'load', () => { whenIdle(then); });
      setTimeout(then, 3000);
    }
    if (config.launcher) whenLoaded(() => { begin(config); });
    else fetch(base + '/api/v1/widget/chat/settings/launcher?inbox_id=' + inbox, { credentials: 'omit', signal: life.signal }).then((answer) => answer.json()).then(({ data, message }) => {
      if (!data) throw new Error(message);
      whenLoaded(() => { begin(data); });
    }).catch((error) => { if (alive) complain('no launcher: ' + error.message); });
    return api;
  }

  window.initLibredesk = init;
  const own = window.DeskbellSettings || window.LibredeskSettings;
  if (boot) init({ ...own, ...boot, baseURL: boot.base, inboxID: boot.inbox });
  else {
    const queue = window.Deskbell = window.Libredesk = { push: (entry) => { earlier.push(entry); } };
    METHODS.forEach((name) => { queue[name] = (...values) => { earlier.push([name, ...values]); }; });
    queue.isVisible = () => false;
    if (own || document.readyState !== 'loading') init(own);
    else document.addEventListener('DOMContentLoaded', () => { init(window.LibredeskSettings); }, { once: true });
  }
})();
