// What the preview may show: only screens that visitors would come to, with the words that are typed but not saved. Pure.

/** @typedef {'home'|'chat'|'hub'|'list'|'identify'|'report'} View */
const REPORTS = ['bug', 'feature', 'review', 'question'];

/**
 * The screens there are with these settings, which one the launcher opens, and the kind of report to show.
 * @param {any} settings @param {boolean} signed
 * @returns {{views: View[], first: View, about: string}}
 */
export function screensOf(settings, signed) {
  const tiles = settings.tiles || { chat: true };
  const chat = tiles.chat && (signed || settings.access !== 'verified');
  const reports = REPORTS.filter((kind) => tiles[kind]);
  const hub = reports.length + (chat ? 1 : 0) > 1;
  // Nothing left for this person: the home screen says that one has to sign in.
  const talks = chat || !reports.length;
  /** @type {View[]} */ const views = [...(hub ? /** @type {View[]} */ (['hub']) : []), ...(talks ? /** @type {View[]} */ (['home', 'chat', 'list', 'identify']) : []), ...(reports.length ? /** @type {View[]} */ (['report']) : [])];
  return { views, first: views[0], about: reports[0] || '' };
}

/** Whether visitors see no launcher at this moment. @param {any} settings */
export const hiddenNow = (settings) => settings?.availability?.outside === 'hide' && settings.availability.open === false;

/**
 * Translations of one's own texts are part of the settings as visitors get them: those typed are laid over. What the server makes HTML of
 * (opening messages, answers) shows once it is saved.
 * @param {any} settings @param {Record<string, string>} words
 */
export function withWords(settings, words) {
  const own = Object.entries(words).filter(([key, text]) => key.startsWith('set.') && text.trim());
  if (!own.length) return settings;
  const next = structuredClone(settings);
  for (const [key, text] of own) {
    const [, head, id, name] = key.split('.');
    if (id === undefined) {
      if (head === 'notice_banner') { if (next.notice_banner) next.notice_banner.text = text; } else if (typeof next[head] === 'string') next[head] = text;
    } else if (head === 'button' || head === 'app') {
      const item = (head === 'button' ? next.home_buttons : next.home_apps)?.find((/** @type {any} */ one) => one.id === id);
      if (item && typeof item[name] === 'string') item[name] = text;
    } else if (head === 'field') {
      const field = next.prechat_form?.fields?.find((/** @type {any} */ one) => one.key === id);
      if (field && typeof field[name] === 'string') field[name] = text;
    } else {
      const inner = id === 'start_button' ? 'start_conversation_button_text' : id;
      if (next[head] && typeof next[head][inner] === 'string') next[head][inner] = text;
    }
  }
  return next;
}
