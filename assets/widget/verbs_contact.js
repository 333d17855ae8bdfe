// Who somebody is, in their own words: name and address, and the six digits that prove the address (rows 190–198).

import { ApiError } from '../shared/api.js';
import { PREFIX } from './store.js';

/** @typedef {{ticket: string, resend_after_s?: number, expires_in_s?: number}} Ticket */

/** @param {import('./chat.js').Chat} chat */
export function contactVerbs(chat) {
  const { api, keep, set, withTalk } = chat.core;
  /** @param {{name: string, email: string}} contact */
  const known = (contact) => { keep({ contact }); set({ contact }); };
  return {
    /** Asks for a code. @param {{name: string, email: string}} person @returns {Promise<Ticket>} */
    identify: (person) => api.post(`${PREFIX}/auth/identify`, {
      ...person, locale: chat.state.words.code, ...(chat.state.settings.consent && chat.state.agreed ? { consent: true } : {}),
    }),
    /** A new code; the one before is void. @param {string} ticket @returns {Promise<Ticket>} */
    resend: (ticket) => api.post(`${PREFIX}/auth/identify/resend`, { ticket }),
    /** @param {string} ticket @param {string} code @param {{name: string, email: string}} person */
    async prove(ticket, code, person) {
      chat.core.proving = true;
      const answer = await api.post(`${PREFIX}/auth/identify/code`, { ticket, code }).finally(() => { chat.core.proving = false; });
      known(person);
      withTalk((talk) => { talk.proven(answer); if (chat.state.settings.single_thread && chat.state.chat.startsWith('new')) chat.direct(); });
    },
    /** Name and address of somebody who chats already; a ticket when a code must decide first. @param {{name: string, email: string}} person @returns {Promise<Ticket|null>} */
    async tell(person) {
      const answer = await api.put(`${PREFIX}/auth/me`, person);
      if (answer.ticket) return answer;
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
