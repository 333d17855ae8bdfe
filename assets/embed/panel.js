// The panel: what the launcher fetches at the first sign of interest. Holds the frame, speaks with it, and takes its place on the page:
// popup or sidebar, full screen, resized by hand, above a phone's keyboard. `it` is what loader.js shares. Messages: assets/embed/README.md.

const LEAST = { width: 320, height: 400 };
const USUAL = { width: 400, height: 700 };
const STEP = 20;
const PATIENCE_MS = 15_000;

export default function panel(it) {
  const { area, frame, panel, base, origin, on, make, word, config } = it;
  const root = () => document.documentElement;
  const styles = new CSSStyleSheet();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const handles = {};
  const wrapped = [];
  const wait = make('div', 'w');
  let greeted = false, ended = false, fresh = true, moving = null, late, visited, untitled, unlocked;
  make('i', '', wait);
  const notice = make('p', '', wait, { role: 'status' });

  function sheet() {
    styles.replaceSync('.p{z-index:' + it.z + ';bottom:calc(' + it.bottom + ' + 72px + env(safe-area-inset-bottom,0px));width:min(var(--width),calc(100vw - 24px));height:min(var(--height),calc(100dvh - ' + it.bottom + ' - 92px));min-width:min(320px,calc(100vw - 24px));border-radius:20px;background:#fff;color:#4c4842;font:400 15px/1.5 system-ui,sans-serif;box-shadow:0 1px 3px #0003,0 12px 44px #0003;opacity:0;transform:translateY(10px);transition:opacity .16s ease-out,transform .16s ease-out,visibility .16s}' +
      '.dark{background:#1e1d1b;color:#c9c4bc}.open .p{opacity:1;visibility:visible;transform:none}' +
      '.bar .p{top:0;bottom:0;height:auto;border-radius:0;max-width:100vw;transform:none}.bar.right .p{right:0}.bar.left .p{left:0}' +
      '.full .p{inset:0;width:100%;height:100%;border-radius:0;transition:none}.bar.open button,.full.open button{display:none}' +
      'iframe{position:absolute;inset:0;width:100%;height:100%;border-radius:inherit;color-scheme:normal;opacity:0;transition:opacity .12s}.up iframe{opacity:1}.up .w{display:none}.moving iframe{pointer-events:none}' +
      '.w{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;padding:32px;text-align:center}' +
      '.w i{width:28px;height:28px;border-radius:50%;border:3px solid #8886;border-top-color:' + it.colour + ';animation:s .8s linear infinite}@keyframes s{to{transform:rotate(1turn)}}' +
      // The free edges: what is not held by a side of the window.
      '.h{position:absolute;touch-action:none;outline:0}.h::after{content:"";position:absolute;inset:0;margin:auto;border-radius:3px;background:' + it.colour + ';opacity:0;box-shadow:0 0 0 2px #fff;transition:opacity .12s}.h:hover::after,.h:focus-visible::after{opacity:1}' +
      '.width{top:20px;bottom:20px;width:14px;cursor:ew-resize}.width::after{width:5px;height:56px}.height{left:20px;right:20px;top:-7px;height:14px;cursor:ns-resize}.height::after{width:56px;height:5px}.both{top:-9px;width:24px;height:24px}' +
      '.right .width{left:-7px}.left .width{right:-7px}.right .both{left:-9px;cursor:nwse-resize}.left .both{right:-9px;cursor:nesw-resize}' +
      '.full .h,.bar .height,.bar .both{display:none}@media (pointer:coarse){.width{width:24px}.height{height:24px}.right .width{left:-14px}.left .width{right:-14px}.height{top:-14px}}' +
      '@media (prefers-reduced-motion:reduce){.w i{animation-duration:3s}}@media (forced-colors:active){.h::after{background:Highlight}}');
  }

  // ---- place and size

  const small = () => window.innerWidth <= 600;
  const sidebar = () => (it.look.launcher.window || it.look.window?.kind) === 'sidebar';
  const full = () => small() || !!it.kept.full;
  const length = (value) => (/px$/.test(value) ? parseFloat(value) : 20);
  /** How large it may be here and now. */
  const most = () => ({ width: Math.max(LEAST.width, window.innerWidth - (sidebar() ? 0 : 24)), height: Math.max(LEAST.height, window.innerHeight - length(it.bottom) - 92) });
  const wanted = () => ({ ...USUAL, ...it.kept.size });

  function place() {
    it.shape = (full() ? ' full' : '') + (sidebar() ? ' bar' : '') + (moving ? ' moving' : '');
    it.place();
    const size = moving || wanted();
    for (const side in USUAL) panel.style.setProperty('--' + side, size[side] + 'px');
    panel.classList.toggle('dark', it.look.theme === 'dark' || (it.look.theme !== 'light' && dark.matches));
    post('mobile', { on: small() });
    keyboard();
    tellSize();
  }

  /** A phone's keyboard covers half of a window that fills the screen; and what lies below does not scroll. */
  function keyboard() {
    const view = window.visualViewport, covers = it.open && full();
    panel.style.height = covers && view && small() ? view.height + 'px' : '';
    panel.style.top = covers && view && small() ? view.offsetTop + 'px' : '';
    if (covers && !unlocked) {
      const style = root().style, old = style.overflow;
      style.overflow = 'hidden';
      unlocked = () => { style.overflow = old; if (!root().getAttribute('style')) root().removeAttribute('style'); unlocked = null; };
    } else if (!covers && unlocked) unlocked();
  }

  function remember(patch) { it.remember({ ...it.recall(), ...patch }); post('kept', { value: it.kept }); }

  function fill(on) {
    remember({ full: on ? 1 : null });
    place();
    post('window', { full: on });
  }

  /** Within what the window allows, and never below what can be read. */
  function sized(side, value) { return Math.round(Math.min(most()[side], Math.max(LEAST[side], value))); }

  function tellSize() {
    const now = moving || wanted();
    for (const side in handles) if (side in USUAL) {
      const value = sized(side, now[side]);
      for (const [name, said] of [['valuenow', value], ['valuemin', LEAST[side]], ['valuemax', most()[side]], ['valuetext', value + ' px']]) handles[side].setAttribute('aria-' + name, said);
    }
  }

  /** One handle on each free edge and one in the corner between them; with words, so only once the frame has said them. */
  function withHandles(words) {
    if (handles.width || !words) return;
    for (const side of ['width', 'height', 'both']) {
      const handle = handles[side] = make('div', 'h ' + side, panel);
      if (words[side]) for (const [name, value] of [['role', 'separator'], ['tabindex', 0], ['aria-label', words[side]], ['aria-orientation', side === 'width' ? 'vertical' : 'horizontal']]) handle.setAttribute(name, value);
      on(handle, 'pointerdown', (event) => { drag(event, side); });
      if (words[side]) on(handle, 'keydown', (event) => { press(event, side); });
    }
    tellSize();
  }

  function drag(event, side) {
    if (event.button) return;
    event.preventDefault();
    const handle = handles[side], from = panel.getBoundingClientRect(), towards = area.classList.contains('left') ? 1 : -1;
    const stop = new AbortController();
    handle.setPointerCapture(event.pointerId);
    moving = { ...wanted() };
    const move = (now) => {
      if (side !== 'height') moving.width = sized('width', from.width + towards * (now.clientX - event.clientX));
      if (side !== 'width') moving.height = sized('height', from.height + event.clientY - now.clientY);
      place();
    };
    const end = () => {
      stop.abort();
      const size = moving;
      moving = null;
      if (ended) return;
      remember({ size });
      place();
    };
    handle.addEventListener('pointermove', move, { signal: stop.signal });
    // Whatever ends a drag ends in this one.
    handle.addEventListener('lostpointercapture', end, { signal: stop.signal });
    place();
  }

  function press(event, side) {
    const larger = side === 'height' ? 'ArrowUp' : area.classList.contains('left') ? 'ArrowRight' : 'ArrowLeft';
    const smaller = { ArrowUp: 'ArrowDown', ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' }[larger];
    const now = sized(side, wanted()[side]);
    const to = { [larger]: now + STEP, [smaller]: now - STEP, Home: LEAST[side], End: most()[side] }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    remember({ size: { ...wanted(), [side]: sized(side, to) } });
    place();
  }

  // ---- the frame

  function patience() {
    clearTimeout(late);
    late = setTimeout(() => {
      if (greeted || ended) return;
      it.complain('no answer from ' + origin + '; see frame-src and trusted domains');
      notice.textContent = (it.look.labels && it.look.labels.failed) || 'The chat could not be loaded.';
      notice.previousSibling.hidden = true;
    }, PATIENCE_MS);
  }
  function post(type, more) {
    if (!greeted || !frame.contentWindow) return;
    frame.contentWindow.postMessage({ deskbell: it.nonce, type, ...more }, origin);
    // Said once; everything else a page told is told again when the frame begins anew.
    if (type === 'draft') delete it.told.draft;
  }
  /** Another language: what is ours on the page itself speaks it, too. */
  function reword(words) {
    it.look.labels = { ...it.look.labels, ...words };
    frame.title = words.title;
    for (const box of [area, panel]) box.setAttribute('aria-label', words.title);
    for (const side in handles) if (words[side] && handles[side]?.hasAttribute('role')) handles[side].setAttribute('aria-label', words[side]);
  }
  function hear(said) {
    if (said.type === 'hello') {
      greeted = true;
      clearTimeout(late);
      post('state', { kept: it.kept, jwt: it.jwt, how: it.how, mobile: small(), open: it.open, focus: it.open && fresh && it.focus, full: !!it.kept.full, page: page() });
      fresh = false;
      for (const [type, more] of Object.entries(it.told)) if (more) post(type, more);
    } else if (said.type === 'ready') {
      panel.classList.add('up');
      withHandles(said.words);
    } else if (said.type === 'close') it.hide();
    else if (said.type === 'words') reword(said.words);
    else if (said.type === 'unread') it.counted(said.count);
    else if (said.type === 'window') fill(!!said.full);
    else if (said.type === 'event') it.call(String(said.name), said.data);
    else if (said.type === 'keep') {
      if (!said.patch) { it.jwt = ''; it.how = undefined; }
      it.remember(said.patch && { ...it.recall(), ...said.patch });
      if (!said.patch) place();
    }
  }

  // ---- the page

  function wrap(name) {
    const own = Object.prototype.hasOwnProperty.call(history, name), original = history[name];
    const ours = history[name] = function () { const result = original.apply(this, arguments); if (!ended) visit(); return result; };
    wrapped.push(() => { if (history[name] === ours) { if (own) history[name] = original; else delete history[name]; } });
  }
  function visit() {
    clearTimeout(visited);
    visited = setTimeout(() => { post('page', { page: page() }); }, 100);
  }
  function page() {
    const secret = /([?&#;][^=&#;]*(?:token|jwt|code|key|pass|pwd|secret|sig|auth|session|otp)[^=&#;]*=)[^&#;]*/gi;
    // Whence somebody came, without what was asked for there; from a page of this site says nothing.
    const from = document.referrer.split(/[?#]/)[0];
    return { url: location.href.replace(secret, '$1…').slice(0, 2048), title: (untitled || document.title).slice(0, 256), referrer: from.startsWith(location.origin + '/') ? '' : from.slice(0, 2048) };
  }
  // The page may do this itself through onUnreadCountChange.
  function title() {
    const wanted = it.unread && document.hidden && !it.calls.onUnreadCountChange;
    if (wanted) {
      if (untitled === undefined) untitled = document.title;
      document.title = '(' + it.unread + ') ' + untitled;
    } else if (untitled !== undefined) {
      if (/^\(\d+\) /.test(document.title)) document.title = untitled;
      untitled = undefined;
    }
  }

  function opened() {
    fresh = true;
    place();
    if (it.focus) frame.focus();
    if (greeted) fresh = false;
    post('opened', { focus: it.focus });
  }
  function closed() {
    keyboard();
    const { from, button } = it, back = from && from !== document.body && from.isConnected && from !== area.getRootNode().host ? from : button;
    if (document.activeElement === area.getRootNode().host || document.activeElement === frame) back.focus({ preventScroll: true });
    post('closed');
  }
  /** The element moved, and with it the frame begins anew. */
  function lost() {
    greeted = false;
    panel.classList.remove('up');
    patience();
  }
  function end() {
    ended = true;
    clearTimeout(late);
    clearTimeout(visited);
    if (unlocked) unlocked();
    for (const unwrap of wrapped) unwrap();
    title();
  }

  sheet();
  it.shadow.adoptedStyleSheets = [...it.shadow.adoptedStyleSheets, styles];
  panel.insertBefore(wait, frame);
  on(window, 'resize', place);
  on(dark, 'change', place);
  on(document, 'visibilitychange', title);
  if (window.visualViewport) { on(visualViewport, 'resize', keyboard); on(visualViewport, 'scroll', keyboard); }
  on(area, 'keydown', (event) => { if (event.key === 'Escape' && it.open) { event.stopPropagation(); it.hide(); } });
  on(window, 'popstate', visit);
  on(window, 'hashchange', visit);
  wrap('pushState');
  wrap('replaceState');
  patience();
  place();
  title();
  if (it.open && it.focus) frame.focus();

  return { hear, post, sheet, place, title, opened, closed, lost, end, greeted: () => greeted };
}
