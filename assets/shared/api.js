// Speaking HTTP with the server: one function, one error type, time-outs everywhere.
// It knows no screens and no state; who is signed in is asked from the caller on each request.

/**
 * @typedef {'offline'|'timeout'|'aborted'|'invalid'|'unauthorized'|'forbidden'|'not_found'|'conflict'|'too_large'|'too_many'|'busy'|'internal'} ErrorKind
 * @typedef {{timeoutMs?: number, signal?: AbortSignal, headers?: Record<string,string>, retry?: boolean}} CallOptions
 * @typedef {{data: any, headers: (name: string) => string|null, status: number}} Answer
 */

const TIMEOUT_MS = 15000;
const RETRIES_MAX = 2;

/** What went wrong with a call. `message` is the server's sentence for people, or empty when no server spoke. */
export class ApiError extends Error {
  /**
   * @param {ErrorKind} kind
   * @param {string} [message]
   * @param {{status?: number, retryAfter?: number, field?: string, body?: any}} [more]
   */
  constructor(kind, message = '', more = {}) {
    super(message);
    this.name = 'ApiError';
    this.kind = kind;
    this.status = more.status || 0;
    /** Seconds the server asks us to wait; 0 when it did not say. */
    this.retryAfter = more.retryAfter || 0;
    this.field = more.field || '';
    this.body = more.body;
  }

  /** Trying the very same call again later may succeed, and nothing was refused for what it says. */
  get temporary() {
    return this.kind === 'offline' || this.kind === 'timeout' || this.kind === 'too_many' || this.kind === 'busy' || this.kind === 'internal';
  }
}

/** @type {Record<number, ErrorKind>} */
const KINDS = { 400: 'invalid', 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 409: 'conflict', 413: 'too_large', 415: 'invalid', 422: 'invalid', 429: 'too_many' };

/** @param {number} status @returns {ErrorKind} */
const kindOf = (status) => KINDS[status] || (status === 503 || status === 502 || status === 504 ? 'busy' : status >= 500 ? 'internal' : 'invalid');

/** `Retry-After` in seconds, bounded to an hour: a wrong clock must not silence a client for a day. @param {string|null} value */
function retryAfterOf(value) {
  if (!value) return 0;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(3600, Math.max(0, Math.ceil(seconds))) : 0;
}

/** Both doors' error bodies, as one error. @param {number} status @param {any} body @param {string|null} retryAfter */
function refused(status, body, retryAfter) {
  const inner = body && typeof body.error === 'object' && body.error ? body.error : body || {};
  return new ApiError(kindOf(status), typeof inner.message === 'string' ? inner.message : '', {
    status, body, field: typeof inner.field === 'string' ? inner.field : '', retryAfter: retryAfterOf(retryAfter),
  });
}

/** The enveloped answer's `data`, or the bare body. @param {any} body */
const opened = (body) => (body && body.status === 'success' && 'data' in body ? body.data : body);

/** @param {number} ms */
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * A client for one server. `headers` is called for each request, so it always tells the present identity;
 * `onAnswer` sees every answer (also refused ones) with the headers this request was sent with.
 * @param {{base: string, headers?: () => Record<string,string>, onAnswer?: (answer: Answer, sent: Record<string,string>) => void, timeoutMs?: number}} options
 */
export function createApi({ base, headers = () => ({}), onAnswer = () => {}, timeoutMs = TIMEOUT_MS }) {
  /** @param {string} method @param {string} path @param {any} body @param {CallOptions} options @returns {Promise<Answer>} */
  async function once(method, path, body, options) {
    const sent = { ...headers(), ...(options.headers || {}) };
    const abort = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => { timedOut = true; abort.abort(); }, options.timeoutMs || timeoutMs);
    const stop = () => abort.abort();
    if (options.signal) options.signal.aborted ? stop() : options.signal.addEventListener('abort', stop);
    try {
      const response = await fetch(base + path, {
        method, signal: abort.signal, credentials: 'same-origin', cache: 'no-store',
        headers: body === undefined ? sent : { 'Content-Type': 'application/json', ...sent },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return settle(response.status, text, (name) => response.headers.get(name), sent);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(timedOut ? 'timeout' : options.signal?.aborted ? 'aborted' : 'offline');
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
    }
  }

  /** @param {number} status @param {string} text @param {(name: string) => string|null} header @param {Record<string,string>} sent @returns {Answer} */
  function settle(status, text, header, sent) {
    let body = null;
    try { body = text ? JSON.parse(text) : null; } catch { body = null; }
    const answer = { data: opened(body), headers: header, status };
    onAnswer(answer, sent);
    if (status < 200 || status > 299) throw refused(status, body, header('Retry-After'));
    return answer;
  }

  /**
   * Reads are repeated by themselves; writes only when the caller says they carry their own id (`retry`),
   * because a lost answer does not mean a lost write.
   * @param {string} method @param {string} path @param {any} [body] @param {CallOptions} [options] @returns {Promise<Answer>}
   */
  async function call(method, path, body, options = {}) {
    const repeats = options.retry ?? method === 'GET' ? RETRIES_MAX : 0;
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(method, path, body, options);
      } catch (error) {
        const again = error instanceof ApiError && error.temporary && error.retryAfter <= 2 && error.kind !== 'too_many';
        if (!again || attempt >= repeats || options.signal?.aborted) throw error;
        await wait((300 << attempt) * (0.7 + Math.random() * 0.6));
      }
    }
  }

  /**
   * Sends files with progress, which fetch cannot report.
   * @param {string} path @param {FormData} form @param {{onProgress?: (share: number) => void, signal?: AbortSignal}} [options] @returns {Promise<Answer>}
   */
  async function upload(path, form, options = {}) {
    const module = await import('./upload.js').catch(() => { throw new ApiError('offline'); });
    const sent = headers();
    return module.post(base + path, form, sent, (status, text, header) => settle(status, text, header, sent), options);
  }

  return {
    call,
    upload,
    /** @param {string} path @param {CallOptions} [options] */
    get: async (path, options) => (await call('GET', path, undefined, options)).data,
    /** @param {string} path @param {any} [body] @param {CallOptions} [options] */
    post: async (path, body, options) => (await call('POST', path, body, options)).data,
    /** @param {string} path @param {any} [body] @param {CallOptions} [options] */
    put: async (path, body, options) => (await call('PUT', path, body, options)).data,
    /** @param {string} path @param {CallOptions} [options] */
    del: async (path, options) => (await call('DELETE', path, undefined, options)).data,
  };
}

/** An id of 22 characters (132 bits): enough to stand alone as an echo id. */
export function newEchoId() {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => alphabet[byte & 63]).join('');
}
