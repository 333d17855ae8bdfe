// The left index, and what the search over the settings knows: each entry with the words somebody might look for.

/** @typedef {{page: string, tab?: string, label: string, words: string}} Entry */

/** @type {{group: string, pages: {page: string, label: string, icon: string, admin?: boolean}[]}[]} */
export const GROUPS = [
  { group: 'Workspace', pages: [{ page: 'inboxes', label: 'Inboxes', icon: 'inbox' }, { page: 'agents', label: 'Agents', icon: 'users' }] },
  { group: 'You', pages: [{ page: 'profile', label: 'Profile', icon: 'user' }, { page: 'notifications', label: 'Sound and notices', icon: 'bell' }, { page: 'look', label: 'Look and writing', icon: 'sun' }] },
  { group: 'deskbell', pages: [{ page: 'about', label: 'About', icon: 'info' }] },
];

/** @type {Entry[]} */
export const ENTRIES = [
  { page: 'inboxes', tab: 'general', label: 'Name, brand and website', words: 'inbox name brand website url link' },
  { page: 'inboxes', tab: 'general', label: 'Language of the widget', words: 'language locale german spanish arabic translation fallback' },
  { page: 'inboxes', tab: 'general', label: 'Turn an inbox off', words: 'enable disable off pause' },
  { page: 'inboxes', tab: 'appearance', label: 'Launcher colour and position', words: 'color colour launcher button position left right spacing contrast' },
  { page: 'inboxes', tab: 'appearance', label: 'Logo', words: 'logo picture icon upload image' },
  { page: 'inboxes', tab: 'appearance', label: 'Light or dark widget', words: 'theme dark light mode' },
  { page: 'inboxes', tab: 'appearance', label: 'Home screen background', words: 'home background gradient image' },
  { page: 'inboxes', tab: 'messages', label: 'Greeting and introduction', words: 'greeting welcome introduction text hello' },
  { page: 'inboxes', tab: 'messages', label: 'Notice banner', words: 'banner notice announcement holiday' },
  { page: 'inboxes', tab: 'messages', label: 'Cards and links on the home screen', words: 'home apps links announcement cards' },
  { page: 'inboxes', tab: 'messages', label: 'Questions before the chat', words: 'prechat form fields name email phone required' },
  { page: 'inboxes', tab: 'messages', label: 'Who may start a conversation', words: 'visitors users policy start prevent multiple closed reply' },
  { page: 'inboxes', tab: 'messages', label: 'Ask how it was', words: 'csat survey rating satisfaction feedback smiley resolved' },
  { page: 'inboxes', tab: 'messages', label: 'Files and emoji', words: 'file upload emoji features extensions' },
  { page: 'inboxes', tab: 'security', label: 'Secret key', words: 'secret key jwt token sign rotate identity verification hs256' },
  { page: 'inboxes', tab: 'security', label: 'Check a token', words: 'token check jwt debug verify expired' },
  { page: 'inboxes', tab: 'security', label: 'Trusted domains', words: 'domains trusted origins embed allow' },
  { page: 'inboxes', tab: 'security', label: 'Blocked addresses', words: 'ip block address range cidr ban' },
  { page: 'inboxes', tab: 'security', label: 'Session duration', words: 'session duration login hours' },
  { page: 'inboxes', tab: 'installation', label: 'Snippet for your site', words: 'snippet install embed script code copy libredesk demo' },
  { page: 'agents', label: 'Invite an agent', words: 'invite agent person team colleague add' },
  { page: 'agents', label: 'Roles', words: 'role owner admin agent permission' },
  { page: 'agents', label: 'Suspend an agent, new password link', words: 'suspend remove reset password link' },
  { page: 'profile', label: 'Your name', words: 'name profile' },
  { page: 'profile', label: 'Your password', words: 'password change security' },
  { page: 'profile', label: 'Online or away', words: 'availability online away presence' },
  { page: 'notifications', label: 'The bell', words: 'sound bell volume mute silent' },
  { page: 'notifications', label: 'Desktop notices', words: 'desktop notification permission browser' },
  { page: 'notifications', label: 'Quiet hours', words: 'quiet hours night silence' },
  { page: 'look', label: 'Light or dark desk', words: 'theme dark light look appearance' },
  { page: 'look', label: 'Enter sends', words: 'enter send ctrl keyboard composer' },
  { page: 'about', label: 'Version', words: 'version about' },
];

/** @param {string} q @returns {Entry[]} */
export function searchSettings(q) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return ENTRIES.filter((entry) => words.every((word) => `${entry.label} ${entry.words}`.toLowerCase().includes(word))).slice(0, 12);
}
