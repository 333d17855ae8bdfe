// The left index, the pages of an inbox, and what the search over the settings knows: each entry by the words that stand on its page,
// with the words somebody might look for instead.

/** @typedef {{page: string, tab?: string, label: string, words: string}} Entry */

/** @type {{group: string, pages: {page: string, label: string, icon: string, may?: string}[]}[]} */
export const GROUPS = [
  { group: 'Workspace', pages: [{ page: 'start', label: 'First steps', icon: 'star', may: 'settings' }, { page: 'inboxes', label: 'Inboxes', icon: 'inbox' }, { page: 'mailboxes', label: 'Mailboxes', icon: 'mail', may: 'settings' }, { page: 'mails', label: 'E-mail templates', icon: 'note', may: 'settings' }, { page: 'hours', label: 'Business hours', icon: 'clock' }, { page: 'teams', label: 'Teams', icon: 'users' }, { page: 'agents', label: 'Agents', icon: 'user_plus' }, { page: 'fields', label: 'Fields', icon: 'menu' }, { page: 'bans', label: 'Bans', icon: 'shield', may: 'ban' }, { page: 'roles', label: 'Roles', icon: 'key', may: 'people' }, { page: 'audit', label: 'Audit log', icon: 'book', may: 'audit' }] },
  { group: 'Order', pages: [{ page: 'macros', label: 'Macros', icon: 'note' }, { page: 'tags', label: 'Tags', icon: 'tag' }, { page: 'statuses', label: 'Statuses', icon: 'check' }, { page: 'rules', label: 'Rules', icon: 'refresh', may: 'settings' }, { page: 'slas', label: 'Promises', icon: 'flag' }] },
  { group: 'You', pages: [{ page: 'profile', label: 'Profile', icon: 'user' }, { page: 'notifications', label: 'Sound and notices', icon: 'bell' }, { page: 'look', label: 'Look and writing', icon: 'sun' }] },
  { group: 'deskbell', pages: [{ page: 'house', label: 'House', icon: 'home' }, { page: 'status', label: 'Status', icon: 'chart', may: 'settings' }, { page: 'backups', label: 'Backups', icon: 'archive', may: 'settings' }, { page: 'problems', label: 'What is wrong?', icon: 'help', may: 'settings' }, { page: 'about', label: 'About', icon: 'info' }] },
];

/**
 * The pages of one inbox: what they hold (the settings' own names, so that an error finds its page), and what the preview shows there.
 * @type {{tab: string, label: string, lead: string, view?: string, keys: string[]}[]}
 */
export const INBOX_PAGES = [
  { tab: 'general', label: 'General', lead: 'Name, language, and who may chat.', keys: ['name', 'enabled', 'brand_name', 'website_url', 'language', 'fallback_language', 'access', 'single_thread', 'direct_to_conversation', 'visitors', 'users', 'allow_close', 'allow_transcript', 'continuity'] },
  { tab: 'home', label: 'Home', lead: 'What people see when they open the chat.', view: 'home', keys: ['home_buttons', 'home_apps'] },
  { tab: 'tiles', label: 'Tiles', lead: 'Chat, bug reports, wishes and reviews behind one launcher.', view: 'hub', keys: ['tiles'] },
  { tab: 'appearance', label: 'Appearance', lead: 'Colours, launcher and window. Everything may stay as it is.', view: 'home', keys: ['colors', 'launcher', 'window', 'logo_url', 'theme', 'home_screen', 'show_powered_by'] },
  { tab: 'messages', label: 'Messages and forms', lead: 'What the chat says by itself, and what it asks.', view: 'home', keys: ['greeting_message', 'introduction_message', 'chat_introduction', 'chat_reply_expectation_message', 'notice_banner', 'prechat_form', 'features', 'contact_prompt', 'consent', 'csat_enabled', 'csat_mail'] },
  { tab: 'availability', label: 'Availability', lead: 'Business hours, and what visitors are told.', view: 'home', keys: ['hours', 'routing', 'show_office_hours_in_chat', 'show_office_hours_after_assignment', 'show_reply_time'] },
  { tab: 'translations', label: 'Translations', lead: 'Every sentence, in every language.', view: 'home', keys: [] },
  { tab: 'installation', label: 'Embed code', lead: 'The line for your site, and a link for those without one.', keys: [] },
  { tab: 'security', label: 'Security and identity', lead: 'Signed-in users, and where the chat may be used.', keys: ['trusted_domains', 'blocked_ips', 'session_duration', 'require_exp', 'file_extensions'] },
  { tab: 'privacy', label: 'Privacy', lead: 'What is remembered about visitors.', keys: ['privacy'] },
];

/** The page a setting stands on. @param {string} key */
export const pageOf = (key) => INBOX_PAGES.find((one) => one.keys.includes(key))?.tab || '';

/** @type {[string, [string, string][]][]} tab, [label as it stands there, further words] */
const OF_AN_INBOX = [
  ['general', [['This inbox is on', 'enable disable off pause activate deactivate channel'], ['Inbox name', 'name rename widget'], ['Brand name', 'brand company title'], ['Website', 'website url link site'], ['Language of the widget', 'language locale fallback automatic browser detect'],
    ['Who may chat', 'access anonymous identify verified require authentication login code e-mail'], ['One thread for everything', 'single thread one conversation per user'], ['Skip the home screen', 'direct to conversation home'], ['Visitors can close their conversation', 'close end resolve'],
    ['Visitors can have the conversation mailed', 'transcript e-mail send copy'], ['May start a conversation', 'visitors users policy allow start'], ['Text of the start button', 'button text label start conversation'], ['Only one conversation at a time', 'prevent multiple conversations'], ['No answer into a resolved conversation', 'prevent reply closed'], ['Going on by mail', 'continuity linked mailbox e-mail offline threshold unread notification interval team address']]],
  ['home', [['Start buttons', 'conversation button department team priority opening message icon ai responses order reorder drag'], ['Links and news', 'self-service self service external link announcement card home apps knowledge base faq help order reorder drag']]],
  ['tiles', [['Chat with us', 'tile hub chat module feedback'], ['Bug report', 'tile bug report error feedback hub'], ['Feature request', 'tile feature idea wish feedback hub'], ['Review', 'tile review rating stars praise feedback hub'], ['Question', 'tile question contact form feedback hub'], ['Reports may carry a file or a screenshot', 'upload attachment screenshot report']]],
  ['appearance', [['Launcher colour', 'color colour hex button contrast'], ['Launcher icon', 'icon button none bubble'], ['Launcher text', 'text label pill button'], ['Launcher picture', 'logo picture image button upload'], ['Position', 'left right side corner'], ['Distance from the side', 'spacing margin offset'], ['Distance from the bottom', 'spacing margin offset'],
    ['Hide the launcher', 'hidden hide button own'], ['When something on your page covers it', 'z-index zindex stacking order overlay'], ['Type', 'popup sidebar window full height'], ['Main colour', 'color colour primary hex brand'], ['Logo', 'logo picture upload image'], ['Light or dark', 'theme template mode dark light system'], ['Say that it runs on deskbell', 'powered by branding'], ['Background of the head', 'home screen background gradient image colour']]],
  ['messages', [['Greeting', 'greeting welcome hello first name'], ['Introduction', 'introduction text subtitle'], ['First words in a new conversation', 'chat introduction'], ['What to expect', 'reply expectation promise'], ['Notice at the top', 'banner notice announcement holiday'], ['Bold, italic and code', 'formatting editor toolbar markdown'], ['Visitors have an emoji button', 'emoji smiley'], ['Visitors can send files', 'file upload attachment'],
    ['Ask before the first message', 'prechat pre-chat form questions fields name email phone custom attributes required'], ['Ask for name and e-mail', 'contact prompt name email after first message'], ['Ask for consent before the first message', 'consent gdpr dsgvo privacy policy agree checkbox'], ['Ask how it was when a conversation is resolved', 'csat survey rating satisfaction feedback smiley resolved'], ['Mail the question to whoever does not see it', 'csat survey mail e-mail satisfaction link']]],
  ['availability', [['Who gets conversations', 'routing team assign default department'], ['Business hours', 'office hours opening times open closed weekend'], ['Outside of these hours', 'offline form hide launcher closed leave message'], ['Show the business hours in the chat', 'office hours show'], ['Say how long answers usually take', 'reply time estimate response']]],
  ['translations', [['Language to edit', 'translation locale words sentences text german spanish english'], ['Add another language', 'translation locale add new language']]],
  ['installation', [['Paste this into your site', 'snippet install embed script code copy deskbell libredesk seggwat supportpal livechat'], ['Without a website', 'link share qr code full page url no javascript'], ['Inbox id', 'uuid id project key hash']]],
  ['security', [['Secret key', 'secret key jwt token sign rotate regenerate identity verification hs256'], ['Sign on your server', 'sample code python node go php ruby jwt'], ['Try a token', 'token check jwt debug verify expired wrong'], ['Trusted domains', 'domains trusted origins embed allow'], ['Blocked addresses', 'ip block address range cidr ban'], ['Session duration', 'session duration login hours'], ['E-mail tokens must expire', 'require exp expiry supportpal token'], ['Accepted file extensions', 'file types extensions upload']]],
  ['privacy', [['Keep page visits', 'pages visits tracking history'], ['Keep what follows ? and # in addresses', 'query string fragment url parameters'], ['Keep IP addresses', 'ip address shorten anonymise gdpr'], ['Days until a full address is shortened', 'ip days retention'], ['Delete resolved conversations after', 'retention delete days keep old conversations gdpr dsgvo'], ['Erase anonymous visitors after', 'retention erase delete visitors days gdpr']]],
];

/** @type {Entry[]} */
export const ENTRIES = [
  ...OF_AN_INBOX.flatMap(([tab, entries]) => entries.map(([label, words]) => ({ page: 'inboxes', tab, label, words }))),
  { page: 'mailboxes', label: 'Mailboxes', words: 'mail e-mail email smtp imap account server send receive fetch password gmail outlook spf dkim dmarc deliver' },
  { page: 'hours', label: 'Business hours', words: 'office hours opening times week holidays time zone schedule overnight' },
  { page: 'teams', label: 'Teams', words: 'team department group members support sales' },
  { page: 'agents', label: 'Invite an agent', words: 'invite agent person team colleague add' },
  { page: 'agents', label: 'Edit an agent, sign somebody out', words: 'role owner admin limit conversations working hours sessions devices two-factor lost phone' },
  { page: 'roles', label: 'Roles', words: 'role permission scope rights access owner admin agent' },
  { page: 'audit', label: 'Audit log', words: 'audit log history who did what changes trail check chain' },
  { page: 'agents', label: 'Suspend an agent, new password link', words: 'suspend remove reset password link' },
  { page: 'macros', label: 'Macros', words: 'macro canned response template snippet shortcut prepared answer placeholder' },
  { page: 'mails', label: 'E-mail templates', words: 'mail email template subject text words notification invitation transcript code reset language preview' },
  { page: 'tags', label: 'Tags', words: 'tag label colour category merge rename' },
  { page: 'tags', label: 'Ask for a tag before resolving', words: 'tag required resolve mandatory' },
  { page: 'statuses', label: 'Statuses', words: 'status custom state open waiting resolved pending' },
  { page: 'rules', label: 'Rules', words: 'rule automation automatic trigger workflow autoreply answer assign ticket' },
  { page: 'slas', label: 'Promises', words: 'sla promise deadline due response resolution time target warning' },
  { page: 'profile', label: 'Your name', words: 'name profile' },
  { page: 'profile', label: 'Your password', words: 'password change security' },
  { page: 'profile', label: 'Two-factor login', words: 'two factor 2fa totp authenticator app recovery codes security' },
  { page: 'profile', label: 'Where you are signed in', words: 'sessions devices browsers sign out revoke' },
  { page: 'profile', label: 'Online or away', words: 'availability online away presence' },
  { page: 'notifications', label: 'The bell', words: 'sound bell volume mute silent' },
  { page: 'notifications', label: 'Desktop notices', words: 'desktop notification permission browser' },
  { page: 'notifications', label: 'Quiet hours', words: 'quiet hours night silence' },
  { page: 'look', label: 'Light or dark desk', words: 'theme dark light look appearance' },
  { page: 'look', label: 'Enter sends', words: 'enter send ctrl keyboard composer' },
  { page: 'look', label: 'A moment to undo a reply', words: 'undo send delay take back seconds' },
  { page: 'start', label: 'First steps', words: 'wizard setup start begin onboarding install first run' },
  { page: 'backups', label: 'Backups', words: 'backup copy restore snapshot rollback download file save' },
  { page: 'problems', label: 'What is wrong?', words: 'problems errors health check doctor warning failed jobs https backup' },
  { page: 'status', label: 'Status', words: 'status health uptime memory disk size file version connections queue jobs wear sd card backup certificate monitor' },
  { page: 'status', label: 'Log level', words: 'log level debug verbose logging journal' },
  { page: 'house', label: 'Name of the house', words: 'company name house organisation' },
  { page: 'house', label: 'Language of the house', words: 'default language locale' },
  { page: 'house', label: 'Ask for a tag before resolving', words: 'tag required resolve mandatory' },
  { page: 'house', label: 'Quiet hours of the house', words: 'quiet hours night silence default notices' },
  { page: 'house', label: 'Data-processing sheet', words: 'privacy gdpr dsgvo record of processing print sheet export' },
  { page: 'about', label: 'Version', words: 'version about' },
];

/** Where an entry is, in words. @param {Entry} entry */
export const placeName = (entry) => (entry.tab ? `Inbox · ${INBOX_PAGES.find((one) => one.tab === entry.tab)?.label}` : GROUPS.flatMap((group) => group.pages).find((one) => one.page === entry.page)?.label || entry.page);

/** Those whose own label begins so come first; pages that are closed to whoever looks are left out. @param {string} q @param {(permission: string) => boolean} [may] @returns {Entry[]} */
export function searchSettings(q, may = () => true) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (/** @type {Entry} */ entry) => (entry.label.toLowerCase().startsWith(words[0]) ? 0 : words.every((word) => entry.label.toLowerCase().includes(word)) ? 1 : 2);
  const closed = GROUPS.flatMap((group) => group.pages).filter((one) => one.may && !may(one.may)).map((one) => one.page);
  return ENTRIES.filter((entry) => !closed.includes(entry.page) && words.every((word) => `${entry.label} ${entry.words}`.toLowerCase().includes(word))).sort((a, b) => rank(a) - rank(b)).slice(0, 12);
}
