// The shapes of the desk's API (src/agent/README.md), for the type checker; nothing here runs.

/** @typedef {{uuid: string, first_name: string, last_name: string, avatar_tint: number}} AgentRef */
/** @typedef {'owner'|'admin'|'agent'} Role */
/**
 * @typedef {AgentRef & {email: string, role: Role, availability: 'online'|'away', online: boolean, suspended: boolean,
 *   invited: boolean, last_seen_at: number|null, custom_role?: {uuid: string, name: string}|null, hidden?: boolean, open_max?: number,
 *   work_hours?: string|null, two_factor?: boolean, status?: 'online'|'away'|'offline', why?: string}} Agent
 */
/** @typedef {{uuid: string, name: string, scope: 'all'|'team'|'assigned', permissions: string[], agents: number}} CustomRole */
/** @typedef {{uuid: string, user_agent: string, ip: string, created_at: number, used_at: number, current: boolean}} Login */
/** @typedef {{id: number, at: number, agent: AgentRef|null, action: string, subject: string, subject_name: string|null, detail: any}} AuditEntry */
/**
 * @typedef {{uuid: string, kind: 'visitor'|'contact', name: string, first_name: string, last_name: string, email: string|null,
 *   phone: string|null, verified: boolean, verified_by: string|null, attributes: Record<string, any>, first_seen_at: number,
 *   last_seen_at: number, online: boolean, blocked: boolean, note: string, avatar_tint: number, email_verified?: boolean, fields?: Record<string, any>, banned_until?: number|null,
 *   variables?: Record<string, any>, consents?: {at: number, text: string, link_url: string, locale: string}[],
 *   mail_trouble?: {bounced_at: number|null, complained_at: number|null, reason: string}|null}} Contact
 */
/** @typedef {{uuid: string, subject: 'contact'|'conversation', key: string, name: string, kind: 'text'|'number'|'checkbox'|'date'|'link'|'list', choices: string[], position: number}} Field */
/** @typedef {{uuid: string, text: string, author: AgentRef|null, created_at: number, edited_at: number|null}} ContactNote */
/** @typedef {{uuid: string, kind: 'contact'|'network'|'email', subject: string, contact: string|null, reason: string, by: AgentRef|null, created_at: number, until: number|null}} Ban */
/**
 * @typedef {{id: string, inbox: string, since: number, locale: string, referrer: string|null, page: {url: string, title: string}|null, conversation: string|null,
 *   contact: {uuid: string, name: string, kind: string, verified: boolean, online: boolean, avatar_tint: number}}} Onlooker
 */
/** @typedef {'open'|'waiting'|'resolved'} Status */
/**
 * @typedef {{uuid: string, number: number, inbox: {uuid: string, name: string, color: string},
 *   contact: {uuid: string, name: string, kind: string, verified: boolean, online: boolean, avatar_tint: number},
 *   status: Status, snoozed_until: number|null, assignee: AgentRef|null, preview: string, preview_from: string, unread: number,
 *   waiting_since: number|null, created_at: number, last_message_at: number, contact_seen_seq: number, seq: number,
 *   kind?: Kind, rating?: number|null, team?: {uuid: string, name: string}|null, priority?: null|'low'|'medium'|'high', locale?: string,
 *   tags?: {uuid: string, name: string, color: string}[], custom_status?: null|{uuid: string, name: string, category: Status}, due?: Due|null,
 *   quarantine?: null|'suspect'|'spam', suspicion?: string, queued_at?: number|null, subject?: string}} Conversation
 */
/** @typedef {{kind: 'first'|'next'|'resolution', due_at: number, warn_at: number, breached: boolean}} Due */
/** @typedef {'chat'|'bug'|'feature'|'review'|'question'} Kind */
/**
 * @typedef {{uuid: string, name: string, members: string[], hours: string|null, online: boolean, routing?: 'manual'|'round_robin',
 *   prefer_last?: boolean, answer_within_s?: number|null, places?: Record<string, 'first'|'last'>, default?: boolean}} Team
 */
/**
 * @typedef {{uuid: string, name: string, time_zone: string, weekly: Record<string, [string, string][]>, holidays: {date: string, name: string}[],
 *   open_now: boolean, next_change_at: number|null}} Hours
 */
/** @typedef {{type: 'url'|'message', text: string, value: string, postback_id?: string}} RichButton */
/** @typedef {{template: 'cards'|'quick_replies', elements: {title?: string, subtitle?: string, image_url?: string, buttons: RichButton[]}[]}} Rich */
/** @typedef {{uuid: string, name: string, size: number, content_type: string, url: string, thumbnail: string|null, width: number|null, height: number|null}} Attachment */
/**
 * @typedef {{uuid: string, seq: number, conversation: string, kind: 'incoming'|'outgoing'|'note'|'activity',
 *   author: {type: string, uuid: string|null, name: string}, html: string, text: string, source?: string, created_at: number,
 *   edited_at: number|null, attachments: Attachment[], echo_id: string|null, via: string, activity: {action: string, value: any}|null,
 *   mentions?: string[], deleted?: boolean, arrived?: number, rich?: Rich|null, postback?: {message_uuid: string, postback_id: string}|null,
 *   mail?: null|{state: 'waiting'|'sent'|'failed'|'bounced', to: string, error: string},
 *   by_mail?: MailMark|null}} Message
 */
/** @typedef {{from: string, subject: string, flag: null|'stranger'|'forged', rest: boolean, remarks: string[]}} MailMark */
/** @typedef {{url: string, title: string, at: number}} PageVisit */
/** @typedef {{attributes?: Record<string, any>, user_agent?: string, ip?: string|null}} Origin */
/** @typedef {{uuid: string, number: number, status: Status, preview: string, last_message_at: number}} Earlier */
/**
 * @typedef {{uuid: string, name: string, enabled: boolean, has_secret: boolean, created_at: number, config: Record<string, any>, snippet: string, libredesk_snippet: string,
 *   number?: number, snippets?: Record<string, string>, chat_url?: string}} Inbox
 */
/** @typedef {{mine: number, unassigned: number, all: number, unread: number, reports?: number}} Counts */
/** @typedef {{box: 'mine'|'unassigned'|'mentioned'|'all'|'followed', status: 'open'|'waiting'|'resolved'|'snoozed'|'spam', inbox: string, kind: ''|'chat'|'reports'|'bug'|'feature'|'review'|'question', tag: string, view?: string, sort?: ''|'due'}} Filter */
/** @typedef {{ids: string[], next: string|null, state: 'loading'|'ready'|'failed', more: boolean, error: string}} List */
/** @typedef {{type: string, uuid: string, name: string, note: boolean, until: number}} Typist */
/**
 * @typedef {{state: 'loading'|'ready'|'missing'|'failed', timeline: import('../../shared/timeline.js').Timeline, contact: string,
 *   pages: PageVisit[], earlier: Earlier[], origin: Origin|null, older: 'idle'|'loading'|'failed', seen: number, error: string,
 *   ahead: boolean, newer: 'idle'|'loading'|'failed', mark: null|{seq: number, count: number}, unread: {count: number, after: number}|null, fields?: Record<string, any>, following?: boolean, mail?: null|'reply'|'later'|'off'}} Thread
 */
/** @typedef {{id: number, text: string, tone: 'plain'|'bad', action?: {label: string, run: () => void}}} Toast */
/** @typedef {{message_chars: number, file_bytes: number, files_per_message: number}} Limits */

export {};
