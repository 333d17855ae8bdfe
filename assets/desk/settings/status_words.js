// The numbers of the status page as words. Pure, so that the tests need no browser.

/** @param {number} count @param {string} one */
const many = (count, one) => `${count} ${one}${count === 1 ? '' : 's'}`;

/** A length of time in its two largest parts. @param {number} seconds */
export function period(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const parts = [days && many(days, 'day'), hours && many(hours, 'hour'), minutes && many(minutes, 'minute')].filter(Boolean).slice(0, 2);
  return parts.join(', ') || 'less than a minute';
}

/** How long ago that was. A clock that was set back makes no future of it. @param {number} at @param {number} [now] */
export const ago = (at, now = Date.now()) => (now - at < 60000 ? 'just now' : `${period((now - at) / 1000).split(', ')[0]} ago`);

/** How long something still holds. @param {number} until @param {number} [now] */
export const soon = (until, now = Date.now()) => (until <= now ? 'has ended' : `good for ${period((until - now) / 1000).split(', ')[0]}`);

/** @type {Record<string, string>} */
const JOBS = {
  wake_conversation: 'Conversations that snooze', verification_mail: 'Codes to be mailed', send_held: 'Replies held back', erase: 'People being erased', transcript: 'Transcripts to be mailed', push: 'Notices to phones', notice_mail: 'Notices to be mailed',
  forgotten: 'Password links', link_mail: 'Invitations and links', survey_mail: 'Questions how it was', continuity: 'Mails to those who left', tell_team: 'Mails to the team', reply_mail: 'Answers by mail',
};

/** A kind of job in the plural. @param {string} kind */
export const jobWords = (kind) => JOBS[kind] || kind.replaceAll('_', ' ');
