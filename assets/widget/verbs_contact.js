// Who somebody is, in their own words: name and address, and the six digits that prove the address (rows 190–198).

import { ApiError } from '../shared/api.js';
import { PREFIX } from './store.js';

/** @typedef {{ticket: string, resend_after_s?: number, expires_in_s?: number}} Ticket */

/** A code is good for this long where the server does not say. */
const EXPIRES_S = 600;

/** What waits for a code: a reload, or the look into one's mail on a phone, must not lose it. @param {import('./chat.js').Chat} chat @returns {{person: {name: string, email: string}, ticket: Ticket}|null} */
export function waiting(chat) {
  const { proof } = chat.core.kept;
  if (!proof?.ticket || !proof.person?.email || chat.state.signed || Date.now() > proof.until) return null;
  return { person: proof.person, ticket: { ticket: proof.ticket, resend_after_s: Math.max(0, Math.ceil((proof.again - Date.now()) / 1000)) } };
}

/** @param {import('./chat.js').Chat} chat */
export function contactVerbs(chat) {
  const { api, keep, set, withTalk } = chat.core;
  /** @param {{name: string, email: string}} contact */
  const known = (contact) => { keep({ contact }); set({ contact }); };
  /** @param {any} answer @param {{name: string, email: string}} person @param {string} [ticket] the one before, where the answer names none */
  const wait = (answer, person, ticket) => {
    keep({ proof: { ticket: answer.ticket || ticket, person: { name: person.name, email: person.email }, until: Date.now() + (answer.expires_in_s || EXPIRES_S) * 1000, again: Date.now() + (answer.resend_after_s ?? 30) * 1000 } });
    return answer;
  };
  return {
    /** Asks for a code. @param {{name: string, email: string}} person @returns {Promise<Ticket>} */
    identify: async (person) => wait(await api.post(`${PREFIX}/auth/identify`, {
      ...person, locale: chat.state.words.code, ...(chat.state.settings.consent && chat.state.agreed ? { consent: true } : {}),
    }), person),
    /** A new code; the one before is void. @param {string} ticket @param {{name: string, email: string}} person @returns {Promise<Ticket>} */
    resend: async (ticket, person) => wait(await api.post(`${PREFIX}/auth/identify/resend`, { ticket }), person, ticket),
    /** Another address, or none: the code is not waited for any more. */
    forget() { if (chat.core.kept.proof) keep({ proof: null }); },
    /** @param {string} ticket @param {string} code @param {{name: string, email: string}} person */
    async prove(ticket, code, person) {
      chat.core.proving = true;
      const answer = await api.post(`${PREFIX}/auth/identify/code`, { ticket, code }).finally(() => { chat.core.proving = false; });
      keep({ proof: null });
      known(person);
      withTalk((talk) => { talk.proven(answer); if (chat.state.settings.single_thread && chat.state.chat.startsWith('new')) chat.direct(); });
    },
    /** Name and address of somebody who chats already; a ticket when a code must decide first. @param {{name: string, email: string}} person @returns {Promise<Ticket|null>} */
    async tell(person) {
      const answer = await api.put(`${PREFIX}/auth/me`, person);
      if (answer.ticket) return wait(answer, person);
      if (answer.user) { keep({ user: answer.user }); set({ user: answer.user }); }
      known({ name: person.name, email: answer.email || person.email });
      return null;
    },
    /** Not now: not asked again here. */
    skip() { keep({ contact: { skipped: 1 } }); set({ contact: { skipped: 1 } }); },
  };
}

/** What a refused call says, and how many tries are left where it says that. @param {any} error @param {import('./chat.js').Chat} chat */
export function refusal(error, chat) {
  const body = (error instanceof ApiError && error.body) || {};
  const left = body.tries_left ?? body.data?.tries_left;
  if (body.code === 'bad_code' && left !== undefined) return chat.t('error.bad_code', { count: left });
  if (error instanceof ApiError && (error.kind === 'offline' || error.kind === 'timeout')) return chat.t('w.no_line');
  return error instanceof ApiError ? chat.core.why(error) : chat.t('w.busy');
}
