// Another language without a reload, and the inbox's newest settings: for the menu, the page and the server who want it.

import { fetchSettings } from './settings.js';

/** The languages there are, each with its own name for itself. @param {import('./store.js').Core} core @returns {Promise<{code: string, name: string}[]>} */
export const languages = (core) => core.open.get('/api/v1/lang');

/** Speaks another language. @param {import('./store.js').Core} core @param {string} code empty: as the browser prefers @param {boolean} own the visitor chose it, not the page */
export async function speak(core, code, own) {
  // A page says it again to each frame it makes.
  if (!own && code === core.lang) return;
  core.keep({ lang: own && code ? code : null });
  if (!own) core.lang = code;
  await refresh(core);
  // What the page itself shows of ours speaks along.
  core.page.post('words', { words: { title: core.t('launcher.title'), open: core.t('launcher.open'), close: core.t('launcher.close'), unread: core.t('launcher.unread'), width: core.t('w.resize_width'), height: core.t('w.resize_height') } });
}

/** The settings as they are now; what is on the screen stays. @param {import('./store.js').Core} core */
export async function refresh(core) {
  try { await fetchSettings(core); } catch { core.say(core.t('w.busy'), true); }
}
