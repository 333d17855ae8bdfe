// When an answer can be expected: said honestly, from presence, opening hours and measured reply time. Pure.

/**
 * One sentence under the name, and whether somebody is there.
 * @param {any} settings @param {any} conversation or null @param {import('../shared/i18n.js').Words} words @param {any} time
 * @param {typeof import('./hours.js').backSentence|null} hours @param {number} [now]
 * @returns {{online: boolean, text: string}}
 */
export function expectation(settings, conversation, words, time, hours, now = Date.now()) {
  const { t } = words;
  const assignee = conversation?.assignee;
  const team = settings.team || {};
  const here = assignee ? assignee.availability_status === 'online' : !!team.online;
  if (assignee?.expectation) return { online: here, text: assignee.expectation };
  const wanted = settings.show_office_hours_in_chat && (!assignee || settings.show_office_hours_after_assignment);
  const back = wanted && hours ? hours(settings, conversation, words.t, time, now) : '';
  if (back) return { online: false, text: back };
  if (here && assignee) return { online: true, text: t('w.online_now') };
  // The inbox's own promise holds while somebody is there to keep it, or the hours say so.
  if (settings.chat_reply_expectation_message && (here || team.online || wanted)) return { online: here, text: settings.chat_reply_expectation_message };
  if (here && team.reply_minutes) return { online: true, text: t('w.usually_replies', { time: time.span(team.reply_minutes * 60000) }) };
  return { online: here, text: here ? t('w.online_now') : t('w.away_now') };
}
