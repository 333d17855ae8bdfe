// What the inbox says about itself, and in which language.

import { createI18n } from '../shared/i18n.js';
import { createTime } from '../shared/time.js';
import { consentMark } from './door.js';
import { PREFIX } from './store.js';

/** Dates and clocks as the reader's own region writes them, when it speaks the language shown. @param {string} code */
const regional = (code) => navigator.languages.find((own) => own.split('-')[0] === code.split('-')[0]) || code;

/** @type {Promise<void>} */ let newest = Promise.resolve();

/** Done when the newest of what was asked for is here. @param {import('./store.js').Core} core @returns {Promise<void>} */
export const fetchSettings = (core) => (newest = come(core, ++core.speaking));

/** @param {import('./store.js').Core} core @param {number} mine @returns {Promise<void>} */
async function come(core, mine) {
  const { inbox, open } = core;
  // The visitor's own choice, then the page's; else the server chose by the inbox and the browser, and wrote it into the page.
  const asked = core.kept.lang || core.lang;
  const lang = asked || document.documentElement.lang || 'en-US';
  /** @param {string} code */
  const sentencesOf = (code) => open.get(`/api/v1/lang/${encodeURIComponent(code)}?inbox_id=${inbox}`);
  const early = sentencesOf(lang).catch(() => null);
  const settings = await open.get(`${PREFIX}/settings?inbox_id=${inbox}${asked && `&lang=${encodeURIComponent(asked)}`}`);
  const wanted = settings.locale || lang;
  const sentences = (wanted === lang && await early) || await sentencesOf(wanted);
  const words = createI18n(wanted, sentences);
  const hours = settings.show_office_hours_in_chat && Array.isArray(settings.business_hours) ? await import('./hours.js').then((module) => module.backSentence, () => null) : null;
  // Somebody chose another language meanwhile.
  if (mine !== core.speaking) return newest;
  document.documentElement.lang = wanted;
  document.documentElement.dir = words.dir();
  core.set({ settings, agreed: !!settings.consent && core.kept.agreed === consentMark(settings.consent), words, time: createTime(regional(wanted)), hours });
  return undefined;
}
