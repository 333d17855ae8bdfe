// A socket that comes back by itself. It carries frames and knows nothing of what they mean.
//
// What always holds:
//  1. At most one WebSocket is alive; events of an older one are ignored (each try has its own number).
//  2. `onReady` is called once per connection, after the server's greeting frame, never before: from then on
//     every durable change either comes as a frame or was committed before. So whoever fetches "changes after
//     the last seq I hold" *after* onReady can miss nothing; what arrives twice is dropped by uuid and seq.
//  3. While not closed on purpose, there is always either an open socket, a connection attempt with a time-out,
//     or a timer for the next attempt. Nothing waits for an event that may never come.
//  4. A dead line is noticed: a ping every 25 s, and no frame at all for 60 s means the line is dead. A line that was cut
//     without a word is pinged more often afterwards: somebody between us may dislike silence.
//  5. Delays grow 1, 2, 4 … 30 s with jitter, so that a restarted server is not met by everyone at once;
//     they start anew after a greeting. `online` and a tab coming to the front try at once.
//  6. Nothing is queued in here. What must arrive goes by HTTP with an echo id; frames sent here may be lost.

const PING_MS = 25000;
const PING_MIN_MS = 8000;
const SILENCE_MS = 60000;
const OPENING_MS = 15000;
const BACKOFF_MAX_MS = 30000;

/** @typedef {'connecting'|'open'|'offline'} SocketState `offline` means: between two tries. */

/**
 * @param {object} options
 * @param {() => string} options.url asked anew for each try; http(s) addresses are turned into ws(s)
 * @param {() => object|null} [options.hello] the first frame to send, asked anew for each try
 * @param {(frame: any) => boolean} options.greeting is this the frame that says we are in?
 * @param {(frame: any) => void} options.onFrame every frame but pong
 * @param {(frame: any) => void} [options.onReady]
 * @param {(state: SocketState) => void} [options.onState]
 * @param {(code: number) => boolean} [options.onClose] answers whether to try again; default yes unless 4401
 */
export function openSocket({ url, hello = () => null, greeting, onFrame, onReady = () => {}, onState = () => {}, onClose = (code) => code !== 4401 }) {
  /** @type {WebSocket|null} */ let socket = null;
  /** @type {SocketState} */ let state = 'connecting';
  /** @type {any} */ let timer = 0;
  /** @type {any} */ let pinger = 0;
  let attempt = 0;
  let pingMs = PING_MS;
  let generation = 0;
  let heardAt = 0;
  let ready = false;
  let ended = false;

  /** @param {SocketState} next */
  const become = (next) => { if (state !== next) { state = next; onState(next); } };

  function connect() {
    clearTimeout(timer);
    if (ended) return;
    const mine = ++generation;
    drop();
    become('connecting');
    const current = () => mine === generation && !ended;
    try {
      socket = new WebSocket(url().replace(/^http/, 'ws'));
    } catch {
      later();
      return;
    }
    timer = setTimeout(() => current() && !ready && lost(1006), OPENING_MS);
    socket.onopen = () => { if (current()) { heardAt = Date.now(); const first = hello(); if (first) send(first); } };
    socket.onmessage = (event) => {
      if (!current()) return;
      heardAt = Date.now();
      let frame;
      try { frame = JSON.parse(String(event.data)); } catch { return; }
      if (!frame || frame.type === 'pong') return;
      if (!ready && greeting(frame)) {
        ready = true;
        attempt = 0;
        clearTimeout(timer);
        pinger = setInterval(beat, pingMs);
        become('open');
        onReady(frame);
      }
      onFrame(frame);
    };
    socket.onclose = (event) => { if (current()) lost(event.code); };
  }

  function beat() {
    if (Date.now() - heardAt > SILENCE_MS) lost(1006);
    else send({ type: 'ping' });
  }

  /** @param {number} code */
  function lost(code) {
    if (ready && code === 1006 && Date.now() - heardAt > PING_MIN_MS) pingMs = Math.max(PING_MIN_MS, pingMs / 2);
    generation++;
    drop();
    if (!onClose(code)) { close(); return; }
    later();
  }

  function later() {
    become('offline');
    const base = Math.min(BACKOFF_MAX_MS, 1000 * 2 ** Math.min(attempt++, 5));
    timer = setTimeout(connect, base * (0.5 + Math.random() * 0.75));
  }

  function drop() {
    ready = false;
    clearInterval(pinger);
    clearTimeout(timer);
    if (!socket) return;
    const old = socket;
    socket = null;
    old.onopen = old.onmessage = old.onclose = null;
    try { old.close(); } catch { /* it never opened */ }
  }

  /** Says whether the frame was handed to an open line. @param {object} frame */
  function send(frame) {
    if (!socket || socket.readyState !== 1) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  /** Something hints that the line may be back, or gone unnoticed: look now instead of later. */
  function poke() {
    if (ended) return;
    if (state === 'offline') { attempt = 0; connect(); } else if (ready && Date.now() - heardAt > PING_MS + 5000) lost(1006);
  }

  const woken = () => { if (document.visibilityState === 'visible') poke(); };
  const gone = () => { if (!ended && state !== 'offline') lost(1006); };

  function close() {
    if (ended) return;
    ended = true;
    generation++;
    drop();
    removeEventListener('online', poke);
    removeEventListener('offline', gone);
    removeEventListener('pageshow', woken);
    document.removeEventListener('visibilitychange', woken);
    become('offline');
  }

  addEventListener('online', poke);
  addEventListener('offline', gone);
  addEventListener('pageshow', woken);
  document.addEventListener('visibilitychange', woken);
  onState(state);
  connect();

  return {
    send, close, poke,
    /** Starts over at once, for example with another identity in `hello`. */
    restart() { attempt = 0; connect(); },
    get state() { return state; },
  };
}
