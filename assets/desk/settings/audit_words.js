// The log of who did what, as sentences. Pure, so that the tests need no browser. Names are parts of their own, because they may be
// written in any direction.

import { permissionWords, SCOPES } from './permissions.js';

/** @typedef {import('../state/types.js').AuditEntry} AuditEntry */
/** What was done: words, the name of what it was done to, words after it. @typedef {[string, string, string]} Sentence */

/** Kinds of things, as the object of a sentence, and in the filter. @type {Record<string, [string, string]>} */
export const KINDS = {
  agent: ['the agent', 'Agents'], session: ['a session', 'Signing in and out'], role: ['the role', 'Roles'], team: ['the team', 'Teams'], hours: ['the business hours', 'Business hours'],
  backup: ['the backup', 'Backups'], inbox: ['the inbox', 'Inboxes'], house: ['the settings of the house', 'The house'], mailbox: ['the mailbox', 'Mailboxes'], contact: ['a person', 'People outside'], conversation: ['a conversation', 'Conversations'], message: ['a message', 'Messages'],
  tag: ['the tag', 'Tags'], status: ['the status', 'Statuses'], macro: ['the macro', 'Macros'], view: ['the view', 'Views'], rule: ['the rule', 'Rules'], sla: ['the deadline', 'Deadlines'], field: ['the field', 'Fields'],
  'contact.note': ['a note about a person', ''], ban: ['a ban', 'Bans'], retention: ['what was older than the settings keep', 'Retention'], transcript: ['a signed transcript', 'Transcripts'], quarantine: ['the quarantine', 'Quarantine'], job: ['something that was to be done', 'Work in the background'], template: ['the words of a mail', 'E-mail templates'],
};

/** @type {Record<string, string>} */
const VERBS = { created: 'made', made: 'made', added: 'added', edited: 'changed', deleted: 'removed', merged: 'merged', swept: 'swept away', erased: 'erased', exported: 'exported', blocked: 'blocked', unblocked: 'let in again', banned: 'banned', lifted: 'lifted', ordered: 'put in order' };

/** Sentences that are not a verb and its object. @type {Record<string, (entry: AuditEntry, own: boolean) => Sentence>} */
const SPECIAL = {
  'agent.set_up': () => ['became the first owner', '', ''],
  'agent.created': ({ detail }) => ['added', 'name', ` as ${detail.role || 'agent'}`],
  'agent.invited': ({ detail }) => ['invited', 'name', ` as ${detail.role || 'agent'}`],
  'agent.link': () => ['made a link to choose a password for', 'name', ''],
  'agent.password_set': () => ['chose a new password', '', ''],
  'agent.two_factor_on': () => ['turned two-factor login on', '', ''],
  'agent.two_factor_off': () => ['turned two-factor login off', '', ''],
  'agent.two_factor_removed': () => ['removed the second factor of', 'name', ''],
  'agent.recovery_renewed': () => ['made new recovery codes', '', ''],
  'agent.recovery_used': ({ detail }) => [`signed in with a recovery code; ${detail.left ?? 0} left`, '', ''],
  'agent.code_refused': () => ['gave the right password and five wrong codes. If that was somebody else, the password is known', '', ''],
  'agent.edited': (_, own) => (own ? ['changed their own profile', '', ''] : ['changed', 'name', '']),
  'session.opened': ({ detail }) => [`signed in${detail.by === 'second factor' ? ' with a second factor' : ''}`, '', ''],
  'session.ended': ({ detail }, own) => (own ? [detail.which === 'others' ? 'signed out everywhere else' : 'signed another browser out', '', ''] : ['signed', 'name', ' out everywhere']),
  'backup.fetched': () => ['took out the backup', 'name', ''],
  'backup.chosen': () => ['put the backup', 'name', ' in place of everything'],
  'backup.restored': () => ['brought this desk back from the backup', 'name', ''],
  'inbox.secret_rotated': () => ['made a new secret for the inbox', 'name', ''],
  'inbox.secret_removed': () => ['removed the secret of the inbox', 'name', ''],
  'inbox.translated': ({ detail }) => ['changed words of the inbox', 'name', ` (${detail.locale || 'a language'})`],
  'tag.merged': ({ detail }) => [`merged the tag “${detail.from || ''}” into`, 'name', ''],
  'contact.fields': ({ detail }) => ['changed the fields of', 'name', Array.isArray(detail.fields) && detail.fields.length ? `: ${detail.fields.join(', ')}` : ''],
  'contact.mail_retried': () => ['had mail to', 'name', ' tried again'],
  'conversation.spam': () => ['called a conversation spam', '', ''],
  'conversation.released': () => ['let a conversation out of the quarantine', '', ''],
  'mailbox.tested': ({ detail }) => [detail.sent ? 'sent a test mail from' : 'tried to send a test mail from', 'name', ''],
  'house.log_level': ({ detail }) => [`set the log level to “${detail.level || ''}” until the next restart`, '', ''],
  'job.retried': () => ['had something tried again that had failed for good', '', ''],
  'message.edited': () => ['changed a message', '', ''],
  'message.deleted': () => ['deleted a message', '', ''],
  'agent.forgot': () => ['A new password was asked for at the login, for', 'name', ''],
  'transcript.mailed': () => ['sent somebody the transcript of a conversation', '', ''],
  'template.edited': ({ detail }) => [`changed the words of the mail “${detail.kind || ''}”${detail.locale ? ` (${detail.locale})` : ''}`, '', ''],
  'template.deleted': ({ detail }) => [`brought back the stock words of the mail “${detail.kind || ''}”${detail.locale ? ` (${detail.locale})` : ''}`, '', ''],
  'transcript.made': ({ detail }) => [`took a transcript of a conversation${detail.notes ? ', with private notes' : ''}`, '', ''],
};

/** The name of what it was done to, as far as the log may know. @param {AuditEntry} entry */
const nameIn = (entry) => entry.subject_name || entry.detail?.name || entry.detail?.into || '';

/** `contact.note.edited` is what was done to a note of a contact. @param {string} action */
function apart(action) {
  const at = action.lastIndexOf('.');
  return at < 0 ? { kind: action, verb: '' } : { kind: action.slice(0, at), verb: action.slice(at + 1) };
}

/** @param {AuditEntry} entry @returns {Sentence} */
export function sentence(entry) {
  const own = !!entry.agent && entry.agent.uuid === entry.subject;
  const special = SPECIAL[entry.action];
  if (special) {
    const [before, slot, after] = special(entry, own);
    return [before, slot ? nameIn(entry) || (entry.action.startsWith('agent') || entry.action.startsWith('session') ? 'somebody' : '') : '', after];
  }
  const { kind, verb } = apart(entry.action);
  const words = `${VERBS[verb] || verb.replaceAll('_', ' ')} ${(KINDS[kind] || [kind.replaceAll('.', ' ')])[0]}`;
  return [words, nameIn(entry), ''];
}

/** Whether an action has words of its own, and not only its name taken apart. @param {string} action */
export function isKnown(action) {
  const { kind, verb } = apart(action);
  return !!SPECIAL[action] || (!!KINDS[kind] && !!VERBS[verb]);
}

/** @type {Record<string, string>} */
const LABELS = { open_max: 'conversations at once', work_hours: 'working hours', keys: 'settings', ip: 'near', before: 'fingerprint before', locale: 'language', texts: 'texts' };

/** What else is known of it, in one line. @param {AuditEntry} entry */
export function details(entry) {
  const { detail, action } = entry;
  if (!detail || typeof detail !== 'object') return '';
  if (action.startsWith('role.') && detail.permissions) return `Sees ${(SCOPES.find(([scope]) => scope === detail.scope) || ['', detail.scope])[1].toLowerCase()}; may ${permissionWords(detail.permissions)}`;
  const shown = Object.entries(detail).filter(([key, value]) => value !== null && value !== '' && !['name', 'from', 'into', 'by', 'which', 'left'].includes(key) && !(action === 'transcript.made' && key === 'notes') && !(key === 'role' && action !== 'agent.edited') && !(action === 'inbox.translated' && key === 'locale'));
  return shown.map(([key, value]) => `${LABELS[key] || key.replaceAll('_', ' ')}: ${Array.isArray(value) ? value.join(', ') : value === true ? 'yes' : value === false ? 'no' : typeof value === 'object' ? JSON.stringify(value) : value}`).join(' · ');
}
