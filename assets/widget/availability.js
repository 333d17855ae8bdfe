// When an answer can be expected: said honestly, from presence, opening hours and measured reply time. Pure.

const DAY_MS = 86400000;

/**
 * One sentence under the name, and whether somebody is there.
 * @param {any} settings @param {any} conversation or null @param {import('../shared/i18n.js').Words} words @param {any} time
 * @param {typeof import('./hours.js').backSentence|null} hours @param {number} [now]
 * @returns {{online: boolean, text: string}}
 */
export function expectation(settings, conversation, words, time, hours, now = Date.now()) {
  const { t } = words;
  const assignee = conversation?.assignee;
  const team = { ...settings.team, ...settings.availability };
  const here = assignee ? assignee.availability_status === 'online' : !!team.online;
  if (assignee?.expectation) return { online: here, text: assignee.expectation };
  const wanted = settings.show_office_hours_in_chat && (!assignee || settings.show_office_hours_after_assignment);
  const back = wanted && hours ? hours(settings, conversation, words.t, time, now) : '';
  if (back) return { online: false, text: back };
  if (here && assignee) return { online: true, text: t('w.online_now') };
  if (isAway(settings) && !assignee) return { online: false, text: (team.opens_at > now && backAt(team.opens_at, t, time, now)) || t('w.away_now') };
  // The inbox's own promise holds while somebody is there to keep it, or the hours say so.
  if (settings.chat_reply_expectation_message && (here || team.online || wanted)) return { online: here, text: settings.chat_reply_expectation_message };
  return told(here, team.reply_minutes, t, time);
}

/** @param {boolean} here @param {number|null} minutes @param {(key: string, terms?: any) => string} t @param {any} time */
const told = (here, minutes, t, time) => ({ online: here, text: !here ? t('w.away_now') : minutes ? t('w.usually_replies', { time: time.span(minutes * 60000) }) : t('w.online_now') });

/** What one start button's team can promise, in few words. @param {any} button @param {any} settings @param {(key: string, terms?: any) => string} t @param {any} time @returns {{online: boolean, text: string}} */
export function buttonSays(button, settings, t, time) {
  const here = (button.online ?? !!settings.team?.online) && button.open !== false;
  return here ? told(true, button.reply_minutes, t, time) : { online: false, text: t('w.away_short') };
}

/** Outside the opening hours. @param {any} settings */
export const isAway = (settings) => settings.availability?.open === false;

/** Outside the opening hours, and the inbox then takes messages with an address only. A button goes by the hours of its team. @param {any} settings @param {any} [button] */
export const wantsAddress = (settings, button) => settings.availability?.outside === 'form' && !(button?.open ?? !isAway(settings));

/** The settings after somebody came or went. @param {any} settings @param {any} data of an `availability` frame */
export function withAvailability(settings, data) {
  const { buttons = {}, ...mine } = data;
  return {
    ...settings, availability: { ...settings.availability, ...mine }, team: { ...settings.team, online: !!data.online },
    home_buttons: (settings.home_buttons || []).map((/** @type {any} */ button) => ({ ...button, ...buttons[button.id] })),
  };
}

/** "Back tomorrow at 9:00". @param {number} opens @param {(key: string, terms?: any) => string} t @param {any} time @param {number} now */
export function backAt(opens, t, time, now) {
  const days = Math.round((new Date(opens).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / DAY_MS);
  const clock = time.clock(opens);
  return days === 0 ? t('w.back_today', { time: clock }) : days === 1 ? t('w.back_tomorrow', { time: clock }) : t('w.back_day', { day: days < 7 ? time.weekday(opens) : time.day(opens), time: clock });
}
