// The line to the server: held while there is a session.

const PAGE_GAP_MS = 1200;

/**
 * @param {import('./store.js').Core} core
 * @param {{hear: (frame: any) => void, ready: () => void, lost: () => void, over: () => void}} on
 */
export function createLine(core, on) {
  /** @type {ReturnType<typeof import('../shared/socket.js').openSocket>|null} */ let socket = null;
  let dialling = 0;
  let visitedAt = 0;

  /** Begins, or begins anew with another session. */
  function start() { if (socket) socket.restart(); else dial(); }

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
      onState(net) { if (net !== 'open') on.lost(); core.set({ net }); },
      onClose(code) { if (code === 4401 && core.kept.session) on.over(); return code !== 4401; },
    });
  }

  function stop() {
    const old = socket;
    dialling++;
    socket = null;
    old?.close();
    core.set({ net: 'none' });
  }

  /** @param {object} frame */
  const send = (frame) => { socket?.send(frame); };

  /** Says where the visitor is on the site. */
  function visited() {
    const { at } = core;
    // The server drops visits that follow too closely; so they wait, and the last one is never lost.
    const wait = visitedAt + PAGE_GAP_MS - Date.now();
    if (wait > 0) { core.later('visited', wait, visited); return; }
    if (!at || !socket) return;
    visitedAt = Date.now();
    socket.send({ type: 'page_visit', data: { url: at.url, title: at.title } });
  }

  return { start, stop, send, visited };
}
/** @typedef {ReturnType<typeof createLine>} Line */
