// Who is signed in: first look, login, set-up by a one-time link, invitation and reset, leaving.

import { change, now } from './store.js';
import { api, holdProof, kindOf, onSessionLost } from './wire.js';

/** @type {(() => void)[]} */
const starters = [];
/** What must run once somebody is signed in (again). @param {() => void} run */
export const onSignedIn = (run) => { starters.push(run); };
/** @type {(() => void)[]} */
const enders = [];
/** @param {() => void} run */
export const onSignedOut = (run) => { enders.push(run); };

/** The change number the whole desk was read at; the first catch-up asks from here. */
export let startSeq = 0;

/** @param {any} session */
function enter(session) {
  holdProof(session.csrf);
  startSeq = session.seq;
  const before = now().agent;
  if (before && before.uuid !== session.agent.uuid) {
    // Another person took over this tab: nothing of the first may stay on the screen.
    change({ conversations: {}, contacts: {}, lists: {}, threads: {}, typing: {}, viewing: {}, agents: {}, inboxes: null, mailboxes: null, mailbox_names: [], teams: null, hours: null, toasts: [] });
  }
  change({ phase: 'ready', signed_out: false, ticket: '', agent: session.agent, may: session.may || [], limits: session.limits, version: session.version, mail_ready: !!session.mail });
  for (const start of starters) start();
}

/** The first look: signed in, a one-time link, or the login. */
export async function look() {
  onSessionLost(leave);
  if (location.hash.length > 1 && tokenOf()) { change({ phase: 'entry' }); return; }
  try {
    enter(await api.get('/session'));
  } catch (error) {
    if (kindOf(error) === 'unauthorized') change({ phase: 'entry', setup_needed: !!(/** @type {any} */ (error).body?.setup_needed) });
    else change({ phase: 'unreachable' });
  }
}

/** The one-time token in the address, if there is one. @returns {{kind: 'setup'|'invite'|'reset', token: string}|null} */
export function tokenOf() {
  const match = /^#(setup|invite|reset)=(.+)$/.exec(location.hash);
  return match ? { kind: /** @type {any} */ (match[1]), token: decodeURIComponent(match[2]) } : null;
}

/** The token is used up: it leaves the address bar and the history. */
const forgetToken = () => history.replaceState(history.state, '', location.pathname + location.search);

/** Into the desk, or to the question for the second factor. @param {any} answer */
function goOn(answer) {
  if (answer.two_factor) change({ ticket: answer.ticket });
  else enter(answer);
}

/** @param {{email: string, password: string}} body */
export async function signIn(body) { goOn(await api.post('/session', body)); }

/** @param {string} code six digits, or a recovery code */
export async function signInWithCode(code) { enter(await api.post('/session/code', { ticket: now().ticket, code })); }

/** The second step is over or given up: back to the first. */
export const toPassword = () => change({ ticket: '' });

/** What one may do was changed by somebody: asked again, and what is shown follows. */
export async function lookAgain() {
  const { agent, may } = await api.get('/session');
  change({ agent, may: may || [] });
}

/** @param {{token: string, first_name: string, last_name: string, email: string, password: string}} body */
export async function setUp(body) { const answer = await api.post('/setup', body); forgetToken(); goOn(answer); }

/** @param {string} token */
export const invitation = (token) => api.post('/invitation', { token });

/** @param {{token: string, password: string, first_name?: string, last_name?: string}} body */
export async function accept(body) { const answer = await api.put('/invitation', body); forgetToken(); goOn(answer); }

/** Back from a spent link to the login. */
export function toLogin() { forgetToken(); change({ phase: 'loading' }); look(); }

export async function signOut() {
  try { await api.del('/session'); } catch (error) { if (kindOf(error) !== 'unauthorized') throw error; }
  holdProof('');
  for (const end of enders) end();
  change({ phase: 'entry', signed_out: false });
  location.reload();
}

/** The server ended the session while somebody was working: the login comes over the desk, drafts stay. */
export function leave() {
  holdProof('');
  for (const end of enders) end();
  // Notices name people, too.
  if (now().phase === 'ready') change({ signed_out: true, toasts: [] });
}
