// What an agent may do, each with a sentence that says what it means on a working day. The same words as `model/access.rs`.

/** @type {[string, string, string][]} permission, label, sentence */
export const PERMISSIONS = [
  ['reply', 'Answer and note', 'Write to people, write notes, send files.'],
  ['assign', 'Assign', 'Give conversations to agents and teams, and take them from the queue.'],
  ['status', 'Work on conversations', 'Resolve, snooze, set priority and tags.'],
  ['contacts', 'Edit people', 'Correct names and addresses, keep notes about people, merge duplicates.'],
  ['ban', 'Shut out', 'Block and ban people, and decide what is spam.'],
  ['share', 'Share', 'Keep macros and views for a team or for all; tags and statuses.'],
  ['visitors', 'See visitors', 'See who is on the site now, and write first.'],
  ['follow', 'Follow silently', 'Read along in conversations without anybody noticing.'],
  ['reports', 'Reports', 'Read the numbers, also as a table to take along.'],
  ['erase', 'Export and erase', 'Take out or erase everything about a person. Erased is erased.'],
  ['settings', 'Settings', 'Inboxes, hours, teams, rules and the house. With teams and rules, whoever has it reaches further than the scope says.'],
  ['people', 'People', 'Invite, edit and suspend agents, and keep roles, all within their own permissions.'],
  ['audit', 'Audit log', 'Read who did what.'],
];

/** What an agent without a role of the house's own may do. */
export const STOCK = ['reply', 'assign', 'status', 'contacts', 'ban', 'visitors', 'reports'];

/** @type {[string, string, string][]} scope, label, sentence */
export const SCOPES = [
  ['all', 'All conversations', 'Everything in every inbox.'],
  ['team', 'Their teams', 'What is assigned to them or to one of their teams.'],
  ['assigned', 'Their own', 'Only what is assigned to them.'],
];

/** @param {string[]} held */
export const permissionWords = (held) => (held.length === PERMISSIONS.length ? 'everything' : PERMISSIONS.filter(([key]) => held.includes(key)).map(([, label]) => label.toLowerCase()).join(', ') || 'reading only');
