// Sending a report. It carries an id of its own, so that a lost answer never makes a second one.

import { ApiError, newEchoId } from '../shared/api.js';
import { PREFIX } from './store.js';
import { worked } from './worked.js';

/** The server refuses a second report sooner than this; here it is said before one presses. */
export const PAUSE_MS = 10_000;

/** @param {import('./chat.js').Chat} chat */
export function reportVerbs(chat) {
  const { api, keep, withTalk } = chat.core;
  return {
    /** When the next one may be sent, in ms. */
    freeAt: () => (Number(chat.core.kept.reported) || 0) + PAUSE_MS,
    /**
     * @param {{kind: string, message: string, rating?: number, name?: string, email?: string}} said @param {File[]} files
     * @param {{id: string, of: string}} echo the id used before, and for which words @param {(share: number) => void} onProgress
     * @returns {Promise<{uuid: string, number: number, kind: string, reachable: boolean}>}
     */
    async report(said, files, echo, onProgress) {
      const words = JSON.stringify([said, files.map((file) => [file.name, file.size])]);
      // Other words are another report, even when it is not known what became of the first.
      if (echo.of !== words) { echo.id = newEchoId(); echo.of = words; }
      const page = chat.core.at;
      const body = {
        ...said, echo_id: echo.id, locale: chat.state.words.code, took_ms: Math.round(performance.now()), ...(page?.url ? { page_url: page.url, page_title: page.title || '' } : {}),
        ...(chat.state.settings.consent && chat.state.agreed ? { consent: true } : {}),
      };
      let answer;
      try {
        answer = await worked(async (work) => {
          if (!files.length) return api.post(`${PREFIX}/reports`, { ...body, ...(work && { work }) }, { retry: true });
          const form = new FormData();
          for (const [name, value] of Object.entries(body)) if (value !== undefined) form.set(name, String(value));
          if (work) form.set('work', JSON.stringify(work));
          for (const file of files) form.append('files', file, file.name);
          return (await api.upload(`${PREFIX}/reports`, form, { onProgress })).data;
        });
      } catch (error) {
        if (error instanceof ApiError && error.kind === 'too_many') keep({ reported: Date.now() - PAUSE_MS + Math.min(60, error.retryAfter || 10) * 1000 });
        throw error;
      }
      keep({ reported: Date.now() });
      if (answer.session_token) withTalk((talk) => talk.begun(answer));
      return { ...answer.report, reachable: !!(answer.session_token || chat.state.session) };
    },
  };
}
