// Who is here: sessions come with a first message or a signed token, and end by a logout, an expiry or another person.

import { ApiError } from '../shared/api.js';
import { DRAFT, PREFIX } from './store.js';
import { rootOf, straight } from './door.js';
import { personIn } from './wire.js';

/** A verified session is opened anew by itself at most this often. */
const RENEW_GAP_MS = 60000;
/** How long the news of another session may take, from another tab and from the server. */
const EXCHANGED_WAIT_MS = 1500;
const PROVING_WAIT_MS = 20000;

/** @param {import('./store.js').Core} core @param {import('./reading.js').Reading} reading @param {import('./sending.js').Sending} sending @param {import('./line.js').Line} line */
export function createPeople(core, reading, sending, line) {
  const { set, keep } = core;
  let exchanging = false;
  let renewedAt = 0;
  let ending = '';

  /** With a session: fetch the list and hold the line. Without one there is nothing to ask for. */
  function start() {
    const { kept } = core;
    set({ session: !!kept.session, signed: !!kept.signed, user: kept.user || null });
    if (!kept.session) return;
    reading.listAgain();
    line.start();
  }

  /** A first message made a visitor. @param {{session_token: string, user: any}} result */
  function begun(result) {
    // Signed in while the first message was under way: the visitor just made is merged like any other.
    if (core.kept.signed && core.kept.session) { keep({ visitor: result.session_token }); core.later('merged', 0, reading.reload); return; }
    keep({ session: result.session_token, user: result.user });
    reading.anew();
    start();
  }

  /** A token as it is exchanged, in the dialect of whoever made it. @param {string} jwt */
  function asked(jwt) {
    const { dialect, email, first_name, last_name } = core.how;
    return { jwt, dialect, email, first_name, last_name };
  }

  /** A code from a mail proved who is here. @param {{session_token: string, user: any}} answer */
  function proven(answer) {
    keep({ session: answer.session_token, signed: 1, who: null, user: answer.user });
    set({ left: null });
    again();
    sending.outbox.flush();
    core.listing?.then(reading.again, () => {});
  }

  /** The page says who is here. @param {string} token */
  function someone(token) {
    if (core.kept.signed && core.kept.who && core.kept.who !== personIn(token)) forget();
    return identify(token);
  }

  /** @param {string} token */
  async function identify(token) {
    core.jwt = token;
    const mine = core.era;
    const who = personIn(token);
    exchanging = true;
    let answer;
    try {
      answer = await core.open.post(`${PREFIX}/auth/exchange`, asked(token), { retry: true });
    } catch (error) {
      exchanging = false;
      if (core.jwt !== token || mine !== core.era) return;
      if (error instanceof ApiError && error.temporary) { core.later('identify', Math.max(3000, error.retryAfter * 1000), () => core.jwt === token && identify(token)); }
      else {
        console.warn(`deskbell: the signed token was refused: ${error instanceof ApiError ? error.message : error}`);
        core.jwt = '';
        // A session of somebody else must not stay when the page says another person is here.
        if (core.kept.signed && core.kept.who !== who) forget();
      }
      start();
      return;
    }
    exchanging = false;
    if (core.jwt !== token || mine !== core.era) return;
    if (core.kept.signed && core.kept.who && core.kept.who !== who) forget();
    const { kept } = core;
    const visitor = kept.session && !kept.signed && kept.session !== answer.session_token ? kept.session : kept.visitor;
    keep({ session: answer.session_token, signed: 1, who, user: answer.user, visitor: visitor || null });
    again();
    sending.outbox.flush();
    core.listing?.then(reading.again, () => {});
  }

  /** The same place with another session. */
  function again() {
    core.era++;
    reading.anew();
    set({ listed: false, loaded: {} });
    start();
  }

  /** Nothing of the person who was here remains. */
  function forget() {
    core.era++;
    reading.clear();
    keep(null);
    sending.clear();
    line.stop();
    set({ conversations: [], listed: false, timelines: {}, loaded: {}, typing: {}, user: null, signed: false, session: false, form: null, asking: null, chat: '', about: '', button: '', contact: null, left: null, agreed: false, progress: {}, person: core.state.person + 1 });
    set(straight(core.state) ? { view: 'chat', chat: 'new' } : rootOf(core.state));
    core.page.post('unread', { count: 0 });
  }

  /** @param {boolean} [certain] nothing took its place */
  function sessionOver(certain) {
    const { kept, jwt } = core;
    const unsent = kept.signed ? '' : sending.outbox.items().map((item) => item.text).filter(Boolean).join('\n');
    if (kept.signed && jwt && !exchanging && Date.now() - renewedAt > RENEW_GAP_MS) {
      // A verified session has an end; the page's token may open another one.
      renewedAt = Date.now();
      line.stop();
      keep({ session: null });
      identify(jwt);
      return;
    }
    // A code makes another session of a visitor's, here or in another tab, and the end of the old one may be heard first.
    const { session } = kept;
    if (!kept.signed && !certain) {
      line.stop();
      if (ending === session) return;
      ending = session;
      core.later('over', core.proving ? PROVING_WAIT_MS : EXCHANGED_WAIT_MS, () => { ending = ''; if (core.kept.session === session) sessionOver(true); });
      return;
    }
    forget();
    if (unsent) keep({ [`${DRAFT}new`]: unsent });
    core.jwt = '';
    core.say(core.t('w.session_over'));
  }

  async function logout() {
    const token = core.kept.session;
    core.jwt = '';
    if (token) fetch(`${core.base}${PREFIX}/auth/logout`, { method: 'POST', keepalive: true, headers: { Authorization: `Bearer ${token}`, 'X-Libredesk-Inbox-ID': core.inbox } }).catch(() => {});
    forget();
  }

  /** Another tab signed in, signed out, or read the answers. @param {Record<string, any>} value */
  function otherTab(value) {
    const before = core.kept;
    core.kept = value;
    if (before.session === value.session) return;
    if (before.session && !value.session) { forget(); return; }
    if (before.signed && before.who !== value.who) { forget(); keep(value); }
    again();
  }

  return { start, begun, proven, someone, identify, sessionOver, logout, otherTab };
}
/** @typedef {ReturnType<typeof createPeople>} People */
