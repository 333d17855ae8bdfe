// What the inbox says about itself, and in which language.

import { createI18n } from '../shared/i18n.js';
import { createTime } from '../shared/time.js';
import { consentMark } from './door.js';
import { PREFIX } from './store.js';

/** @param {import('./store.js').Core} core */
export async function fetchSettings(core) {
  const { inbox, open } = core;
  // A page may say in which language; else with `auto` the server chose from what the browser prefers, and wrote it into the page.
  const asked = new URLSearchParams(location.search).get('lang') || '';
  const lang = asked || document.documentElement.lang || 'en-US';
  const early = open.get(`/api/v1/lang/${encodeURIComponent(lang)}`).catch(() => null);
  const settings = await open.get(`${PREFIX}/settings?inbox_id=${inbox}${asked && `&lang=${encodeURIComponent(asked)}`}`);
  const wanted = asked || settings.language === 'auto' ? lang : settings.language || settings.fallback_language || 'en-US';
  const sentences = (wanted === lang && await early) || await open.get(`/api/v1/lang/${encodeURIComponent(wanted)}`);
  const words = createI18n(wanted, sentences);
  const hours = settings.show_office_hours_in_chat && Array.isArray(settings.business_hours) ? await import('./hours.js').then((module) => module.backSentence, () => null) : null;
  document.documentElement.lang = wanted;
  document.documentElement.dir = words.dir();
  core.set({ settings, agreed: !!settings.consent && core.kept.agreed === consentMark(settings.consent), words, time: createTime(wanted), hours });
}
