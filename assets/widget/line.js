// The line to the server, held while there is a session: a socket, and where none can be opened (a proxy that refuses
// upgrades, a network that only lets pages through) asking over HTTP with answers that wait. Both move the same cursor,
// so changing from one to the other loses and doubles nothing. The socket is tried again from time to time, silently.

const PAGE_GAP_MS = 1200;
/** So many tries without a greeting, or so long: then asking begins beside it. */
const SOCKET_TRIES = 2;
const SOCKET_PATIENCE_MS = 6000;

/**
 * @param {import('./store.js').Core} core
 * @param {{hear: (frame: any) => void, ready: () => void, lost: () => void, over: () => void, ask: (going: () => boolean, signal: AbortSignal, answered: (works: boolean) => void) => Promise<void>}} on
 */
export function createLine(core, on) {
  /** @type {ReturnType<typeof import('../shared/socket.js').openSocket>|null} */ let socket = null;
  let dialling = 0;
  let visitedAt = 0;
  let refused = 0;
  /** @type {import('../shared/socket.js').SocketState} */ let net = 'connecting';
  /** @type {AbortController|null} */ let asking = null;
  let answers = false;

  /** What the person is told: the truth about whether anything comes in. */
  const show = () => { const now = net === 'open' ? 'open' : asking && answers ? 'asking' : net; if (core.state.net !== now) core.set({ net: now }); };

  /** Begins, or begins anew with another session. */
  function start() {
    if (!socket) { dial(); return; }
    stopAsking();
    refused = 0;
    socket.restart();
    patience();
  }

  /** The socket's code comes only where there is something to listen to. */
  async function dial() {
    const mine = ++dialling;
    const module = await import('../shared/socket.js').catch(() => null);
    if (mine !== dialling || socket || !core.kept.session) return;
    if (!module) { core.later('dial', 5000, dial); return; }
    socket = module.openSocket({
      url: () => `${location.origin}${core.base}/widget/ws`,
      hello: () => ({ type: 'join', token: core.kept.session, data: { inbox_id: core.inbox, echo: true } }),
      greeting: (frame) => frame.type === 'joined',
      onFrame: on.hear,
      onReady: () => { on.ready(); visited(); },
      onState: changed,
      onClose(code) { if (code === 4401 && core.kept.session) on.over(); return code !== 4401; },
    });
    patience();
  }

  /** @param {import('../shared/socket.js').SocketState} now */
  function changed(now) {
    const was = net;
    net = now;
    if (now === 'open') { refused = 0; stopAsking(); } else if (was === 'open' || !asking) on.lost();
    if (now === 'offline' && ++refused >= SOCKET_TRIES) ask();
    show();
  }

  /** A try that neither succeeds nor fails is no line either. */
  const patience = () => core.later('ask', SOCKET_PATIENCE_MS, () => { if (socket && net !== 'open') ask(); });

  function ask() {
    if (asking || !core.kept.session) return;
    const mine = asking = new AbortController();
    answers = false;
    on.ask(() => asking === mine, mine.signal, (works) => { if (asking === mine) { answers = works; show(); } });
  }

  function stopAsking() {
    const old = asking;
    asking = null;
    old?.abort();
  }

  function stop() {
    const old = socket;
    dialling++;
    socket = null;
    refused = 0;
    net = 'connecting';
    stopAsking();
    clearTimeout(core.timers.ask);
    old?.close();
    core.set({ net: 'none' });
  }

  /** Without a socket nothing of this is said: it is all of the moment. @param {object} frame */
  const send = (frame) => { socket?.send(frame); };

  /** Says where the visitor is on the site. */
  function visited() {
    const { at } = core;
    // The server drops visits that follow too closely; so they wait, and the last one is never lost.
    const wait = visitedAt + PAGE_GAP_MS - Date.now();
    if (wait > 0) { core.later('visited', wait, visited); return; }
    if (!at || !socket) return;
    visitedAt = Date.now();
    socket.send({ type: 'page_visit', data: { url: at.url, title: at.title, referrer: at.referrer, locale: core.state.words.code } });
  }

  return { start, stop, send, visited };
}
/** @typedef {ReturnType<typeof createLine>} Line */
