//! Every limit of the house, with its reason. Nothing queues, grows, repeats or waits without a line here.

use std::time::Duration;

/// A look at whether the house lives is shared by everybody who asks so soon after: a flood of questions costs one write a second.
pub const PULSE_SHARED: Duration = Duration::from_secs(1);
/// A file that does not answer within this time hangs; a small machine's slowest fsync is well below.
pub const PULSE_PATIENCE: Duration = Duration::from_secs(10);
/// How long the file may be rewritten before that counts as hanging: 256 MB, twice, on the slowest card.
pub const UPKEEP_MAX: Duration = Duration::from_secs(15 * 60);
/// Days of messages on the status page: two weeks show a week's shape.
pub const STATUS_DAYS: i64 = 14;
/// How long an upgrade of the file may keep the service manager waiting: copying and rewriting tens of gigabytes on a card.
pub const UPGRADE_MAX: Duration = Duration::from_secs(4 * 3600);
/// How long a call to somebody else may take in all.
pub const OUTGOING_TIMEOUT: Duration = Duration::from_secs(15);
/// So much of an answer is read to be polite.
pub const OUTGOING_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Browsers that one agent may have woken: phones, laptops, and those he forgot.
pub const PUSH_SUBSCRIPTIONS_PER_AGENT_MAX: u32 = 20;
/// A push service that failed so often in a row lost its browser.
pub const PUSH_FAILURES_MAX: u32 = 20;
/// Who sits at the desk has so long to see a notice before his phone is woken too.
pub const PUSH_PATIENCE: Duration = Duration::from_secs(20);
/// Conversations that routing moves in one commit: others want to write in between; the rest follows at once.
pub const ROUTED_AT_ONCE: u32 = 200;
/// Places of the queue that are counted and told: who stands behind them is told no number.
pub const QUEUE_TOLD_MAX: u32 = 1_000;
/// Finished chats from which the wait is estimated: the newest of a team, more than a median needs.
pub const HANDLING_SAMPLES_MAX: u32 = 200;
/// Conversations one agent may follow: more than anybody can listen to.
pub const FOLLOWED_MAX: u32 = 100;
/// Longest time a team may set for an answer: a day.
pub const ANSWER_WITHIN_S_MAX: u32 = 24 * 3600;
/// Characters of the note that goes with a transfer.
pub const TRANSFER_NOTE_CHARS_MAX: usize = 2_000;
/// Notices shown at once: a screenful or two.
pub const NOTICES_PAGE: u32 = 50;
/// Notices kept per agent; who has more unread looks at the lists instead.
pub const NOTICES_PER_AGENT_MAX: u32 = 500;
/// How long a notice that was read can still be looked up.
pub const READ_NOTICES_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Characters in one message: what the original protocol allows, counted in characters so that every language has the same room.
pub const MESSAGE_CHARS_MAX: usize = 10_000;
/// Bytes of one uploaded file (decision 12).
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// Files in one message (decision 12).
pub const FILES_PER_MESSAGE_MAX: usize = 10;
/// Bytes of one chunk of a file in the database: large enough to stream quickly, small enough never to matter in memory.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of a logo, which every visitor pays for.
pub const LOGO_BYTES_MAX: u64 = 512 * 1024;

/// Bytes of a JSON body: a message of four-byte characters, escaped, with room for form data.
pub const JSON_BYTES_MAX: usize = 256 * 1024;
/// Texts made at run time that are kept packed: one per inbox and language in use.
pub const PACKED_TEXTS_MAX: usize = 64;
/// New names per minute under which such texts are packed where no address is configured: a site has one or two, and anybody can invent
/// more; all others get the quick coding.
pub const PACKED_HOSTS_PER_MINUTE: usize = 4;
/// Actions of one macro, rule or selection: nobody reads a longer list.
pub const ACTIONS_MAX: usize = 20;
/// Seconds for which a prepared action may snooze: a year.
pub const SNOOZE_S_MAX: i64 = 366 * 24 * 3600;
/// Characters of a notice to people inside: two lines.
pub const NOTICE_CHARS_MAX: usize = 200;
/// Tags of the whole house: a picker with more helps nobody.
pub const TAGS_MAX: u32 = 500;
/// Tags of one conversation.
pub const CONVERSATION_TAGS_MAX: usize = 30;
/// Characters of the name of a tag, a status or a macro.
pub const LABEL_CHARS_MAX: usize = 50;
/// Statuses of the house's own.
pub const STATUSES_MAX: u32 = 50;
/// Macros that one agent sees; the menu filters them in the browser.
pub const MACROS_MAX: u32 = 1_000;
/// Characters of a macro's shortcut.
pub const SHORTCUT_CHARS_MAX: usize = 30;
/// Conversations of one selection.
pub const BULK_MAX: usize = 100;
/// Conversations of a selection changed in one commit: others want to write in between.
pub const BULK_BATCH: usize = 10;
/// Levels of nesting in a JSON body; serde_json stops at 128 by itself, tokens stop earlier.
pub const TOKEN_NESTING_MAX: usize = 8;
/// Bytes of a signed token (security row 13).
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// Clock skew allowed between the signer and us (decision 4).
pub const TOKEN_SKEW_S: i64 = 60;
/// Oldest `iat` for tokens without `exp` (decision 4).
pub const TOKEN_AGE_MAX_S: i64 = 24 * 3600;
/// Bytes of the custom attributes of one contact (checklist row 32).
pub const ATTRIBUTES_BYTES_MAX: usize = 16 * 1024;
/// Keys of form data or custom attributes.
pub const ATTRIBUTES_MAX: usize = 100;

/// Languages in which one inbox has words of its own: more than any site speaks.
pub const LOCALES_MAX: usize = 40;

/// Bytes of all request headers together; hyper's buffer is bounded by it.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a form that may lead to nothing: a preamble, a part's head. Real heads have a few hundred.
pub const FORM_HEAD_BYTES_MAX: usize = 32 * 1024;
/// Answers of at least this many bytes are worth compressing; below, one packet carries them either way.
pub const COMPRESS_BYTES_MIN: usize = 1024;
/// Count of request headers.
pub const HEADERS_MAX: usize = 64;
/// A client that has not sent its headers by then is a slowloris, or gone.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence inside a body.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// A body must arrive at least this fast on average once the idle time-out has passed once (bytes per second).
pub const BODY_RATE_MIN: u64 = 1024;
/// An idle keep-alive connection is closed after this.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(75);
/// A reader so slow that nothing leaves for this long loses its connection.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// A reader must take at least this many bytes per second on average while it keeps us waiting: no phone line is slower, and one that takes
/// a byte now and then must not hold a connection for ever.
pub const WRITE_RATE_MIN: u64 = 1024;
/// Connections at once, sockets included: file descriptors are the scarce thing.
pub const CONNECTIONS_MAX: usize = 20_000;
/// Connections at once from one address that is not a trusted proxy: a big office fits, one host cannot take everything.
pub const CONNECTIONS_PER_IP_MAX: usize = 12_000;
/// How long a connection is read on after our last word, so that a client still sending gets to see the answer.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(2);
/// Bytes thrown away at most while doing so: what a client had in flight, not a whole film.
pub const LINGER_BYTES_MAX: usize = 1024 * 1024;
/// First pause after a failed accept (no file descriptors left, usually); doubles up to the longest.
pub const ACCEPT_PAUSE_MIN: Duration = Duration::from_millis(20);
/// Longest pause between accepts: short enough that people do not notice the recovery.
pub const ACCEPT_PAUSE_MAX: Duration = Duration::from_secs(1);
/// A client that has not finished the TLS handshake by then is a slowloris, or gone.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes that wait under TLS for one slow reader: one record. More would only be memory.
pub const TLS_WRITE_BYTES_MAX: usize = 16 * 1024;
/// Requests at once on one connection of HTTP/2: a desk that opens asks for about as many modules.
pub const HTTP2_STREAMS_MAX: u32 = 100;
/// Bytes of one request's body on their way in HTTP/2: an upload over a slow line stays quick.
pub const HTTP2_STREAM_WINDOW: u32 = 128 * 1024;
/// Bytes of all bodies of one connection of HTTP/2 on their way: what a client may make us hold.
pub const HTTP2_CONNECTION_WINDOW: u32 = 256 * 1024;
/// Bytes of one answer that HTTP/2 keeps for a reader that is not ready.
pub const HTTP2_SEND_BYTES_MAX: usize = 64 * 1024;
/// Requests that were cancelled before anybody looked at them: more in a row is the rapid-reset attack, and ends the connection.
pub const HTTP2_RESETS_MAX: usize = 20;
/// Looks at a connection of HTTP/2 that was told to go, each after the patience of one kept alive, before it is cut: five minutes for the end
/// of an answer.
pub const HTTP2_LOOKS_AFTER_LAST: u32 = 4;
/// Streams that one connection of HTTP/2 may make us reset for their faults.
pub const HTTP2_FAULTS_MAX: usize = 128;
/// How long the authority may take to look at a proof, or to sign: seconds, usually.
pub const ACME_DECISION_TIMEOUT: Duration = Duration::from_secs(90);
/// How long one try for a certificate may take in all; an order that takes longer is found again by the next.
pub const ACME_TRY_TIMEOUT: Duration = Duration::from_secs(300);
/// Bytes of one answer of the authority: a chain of certificates is the longest, and has a tenth of it.
pub const ACME_ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Longest time between two looks at what there is to renew: a clock that was set is noticed after so long. A look reads one row.
pub const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);
/// Between two looks at certificate files that somebody else keeps fresh, where nobody tells us to read them anew.
pub const CERTIFICATE_FILES_LOOK: Duration = Duration::from_secs(3600);
/// Pauses after failures in a row of an authority that was not reached.
pub const CERTIFICATE_PAUSES_UNREACHABLE: [Duration; 5] = [minutes(1), minutes(2), minutes(5), minutes(15), minutes(30)];
/// Pauses after failures in a row of an authority that said no: Let's Encrypt counts five an hour for a name, and there are two ways to try.
pub const CERTIFICATE_PAUSES_REFUSED: [Duration; 6] = [minutes(5), minutes(20), minutes(40), minutes(90), minutes(180), minutes(360)];
/// The shortest pause for an authority that has had enough of us and does not say for how long.
pub const CERTIFICATE_PAUSE_TOO_OFTEN: Duration = minutes(60);
/// An authority that wants to be left alone for longer is asked after so long all the same.
pub const CERTIFICATE_PAUSE_MAX: Duration = minutes(7 * 24 * 60);
/// Who asks for another try by hand gets it, but not more often than this.
pub const CERTIFICATE_TRIES_APART: Duration = Duration::from_secs(30);

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// Connections at once where plain HTTP only redirects: each is a matter of milliseconds.
pub const REDIRECTS_AT_ONCE: usize = 1_000;
/// How long a graceful stop waits for requests under way.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of one socket message, all its fragments together.
pub const SOCKET_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one read from a socket, on the stack and gone with the call: nothing is kept while a socket is silent.
pub const SOCKET_READ_BYTES: usize = 16 * 1024;
/// Frames one socket may have waiting before it counts as too slow (close 1013).
pub const SEAT_QUEUE_MAX: usize = 256;
/// Seats of one owner (tabs and devices of one person).
pub const SEATS_PER_OWNER_MAX: usize = 32;
/// Seats altogether.
pub const SEATS_MAX: usize = 20_000;
/// A socket that never joins is closed after this.
pub const JOIN_TIMEOUT: Duration = Duration::from_secs(20);
/// A joined socket that says nothing is dropped after this (checklist row 99): throttled background tabs ping about once a minute.
pub const SOCKET_SILENCE_MAX: Duration = Duration::from_secs(70);

/// Longest wait of a catch-up call that has nothing to tell yet: below the 30 s after which common proxies give up.
pub const POLL_WAIT_MAX: Duration = Duration::from_secs(25);
/// Catch-up calls of one session that wait at once: its tabs, and some whose line tore unnoticed.
pub const POLLS_PER_SESSION_MAX: usize = 8;
/// Catch-up calls of one network that wait at once: an office full of people whose proxy refuses sockets.
pub const POLLS_PER_NETWORK_MAX: usize = 200;
/// Catch-up calls that wait altogether: half of all seats stay for sockets, which are cheaper for everybody.
pub const POLLS_MAX: usize = 10_000;

/// Tasks waiting for the writer; beyond, callers wait for a place.
pub const WRITE_QUEUE_MAX: usize = 4096;
/// How long a caller waits for a place in the writer's queue before it is told "busy".
pub const WRITE_QUEUE_WAIT: Duration = Duration::from_secs(2);
/// Tasks in one group commit: the fsync is shared by all of them.
pub const WRITE_BATCH_MAX: usize = 256;
/// How long SQLite waits for another program's lock on the file: the command line writes for milliseconds.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);
/// Read connections: two cores, one spare for a slow search.
pub const READERS_MAX: u32 = 4;
/// How long a read connection beyond the first stays open without work.
pub const READER_IDLE: Duration = Duration::from_secs(60);
/// How long a reader waits for a connection of the pool.
pub const READ_WAIT: Duration = Duration::from_secs(5);
/// Steps of SQLite's machine after which a runaway query is stopped (checked by a progress handler).
pub const READ_TIME_MAX: Duration = Duration::from_secs(5);
/// How long the change feed is kept; a client away for longer reloads.
pub const EVENTS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Rows of the change feed kept at most.
pub const EVENTS_MAX: i64 = 200_000;
/// Changes answered by one catch-up call.
pub const CHANGES_PER_PAGE: u32 = 500;

/// Elements of one rich message and buttons of one element: what LiveChat's protocol allows, so that both doors tell the same story.
pub const RICH_ELEMENTS_MAX: usize = 10;
/// Buttons of one element of a rich message.
pub const RICH_BUTTONS_MAX: usize = 13;
/// Characters of a card's title: two lines of a narrow card.
pub const RICH_TITLE_CHARS_MAX: usize = 250;
/// Characters of a card's second text.
pub const RICH_SUBTITLE_CHARS_MAX: usize = 1000;
/// Characters of a button.
pub const RICH_BUTTON_CHARS_MAX: usize = 100;
/// Characters of what a button says.
pub const RICH_VALUE_CHARS_MAX: usize = 500;
/// Bytes of a button's address.
pub const RICH_URL_BYTES_MAX: usize = 2000;
/// Bytes of a button's id: other systems use long ones.
pub const POSTBACK_ID_BYTES_MAX: usize = 128;

/// Bytes of files that one contact may send in 24 hours.
pub const CONTACT_FILE_BYTES_PER_DAY: i64 = 500 * 1024 * 1024;
/// Bytes of the files of a first message without a session.
pub const FIRST_MESSAGE_BYTES_MAX: u64 = 2 * FILE_BYTES_MAX;
/// Conversations a contact may start in 24 hours (original protocol).
pub const CONVERSATIONS_PER_DAY_MAX: i64 = 50;
/// Conversations listed for a contact (original protocol).
pub const CONTACT_CONVERSATIONS_MAX: u32 = 200;
/// Messages of the unpaged conversation call (original protocol).
pub const MESSAGES_UNPAGED_MAX: u32 = 400;
/// Messages of one page of history.
pub const MESSAGES_PAGE_MAX: u32 = 100;
/// Rows of one page of the desk's lists.
pub const LIST_PAGE_MAX: u32 = 100;
/// Page visits remembered for one contact.
pub const PAGE_VISITS_MAX: usize = 20;
/// Contacts whose page visits are held in memory.
pub const PAGE_VISIT_CONTACTS_MAX: usize = 20_000;
/// Characters of a visited address and title.
pub const PAGE_URL_CHARS_MAX: usize = 1024;
/// Characters of a visited page's title.
pub const PAGE_TITLE_CHARS_MAX: usize = 256;
/// Sets of business hours: one per office of a large house.
pub const HOURS_SETS_MAX: usize = 100;
/// Spans of one day in a set: a day with five breaks fits.
pub const HOURS_SPANS_PER_DAY_MAX: usize = 6;
/// Holidays of one set: ten years of them.
pub const HOLIDAYS_MAX: usize = 300;
/// Rows of the audit log on one page.
pub const AUDIT_PAGE: u32 = 50;
/// Rows of the audit log that one step of a check follows: some milliseconds of reading.
pub const AUDIT_STEP: u32 = 5_000;
/// Roles of the house's own making: nobody remembers more.
pub const ROLES_MAX: usize = 50;
/// Conversations that are given to one agent by themselves, at most: nobody answers more at once.
pub const OPEN_MAX: u32 = 100;
/// Teams of one house.
pub const TEAMS_MAX: usize = 100;
/// First answers that an estimate of the reply time looks at: the newest, far more than a median needs.
pub const REPLY_SAMPLES_MAX: u32 = 1_000;
/// Estimates kept: one per inbox and per button's team.
pub const ESTIMATES_MAX: usize = 5_000;
/// Members of one team: as many agents as the lists show.
pub const TEAM_MEMBERS_MAX: usize = 1_000;
/// Conversations detached from a team that is deleted, per commit: others want to write in between.
pub const TEAM_DETACH_BATCH: u32 = 2_000;
/// Characters of a browser's name.
pub const USER_AGENT_CHARS_MAX: usize = 300;
/// Network addresses looked at by one sweep of those whose time is over.
pub const ADDRESSES_PER_SWEEP: u32 = 1000;
/// Variables a page may tell of a visit, with the characters of a name and of a value: what a sidebar can show.
pub const VARIABLES_MAX: usize = 50;
/// Characters of a variable's name.
pub const VARIABLE_NAME_CHARS_MAX: usize = 100;
/// Characters of a variable's value.
pub const VARIABLE_CHARS_MAX: usize = 500;
/// Between two reports of one person, or of one network without sessions: a second press of the button is no second report.
pub const REPORT_GAP: Duration = Duration::from_secs(10);
/// Sweeps of one cleaning: each removes some thousand small rows or a few files.
pub const SWEEPS_MAX: usize = 1000;
/// How long one step of a search may walk before it tells what it found and where to go on: a person would not wait longer for a page.
pub const SEARCH_TIME_MAX: Duration = Duration::from_millis(500);
/// Rows that a search looks at before it looks at the clock.
pub const SEARCH_STEP_MAX: u32 = 8_192;
/// People found by one search: more are looked for in the directory.
pub const SEARCH_PEOPLE_MAX: u32 = 8;
/// Below this much free disk the owner is told: some days of photos for a busy shop.
pub const DISK_FREE_MIN: u64 = 512 * 1024 * 1024;
/// Above this size of the database the owner is told that old things can be deleted.
pub const DATABASE_LARGE: i64 = 2 * 1024 * 1024 * 1024;
/// The newest change may lie this far in the future: clocks are corrected by small steps all the time.
pub const CLOCK_SLACK_MS: i64 = 5 * 60 * 1000;
/// A backup older than this is told: a weekend may pass without one.
pub const BACKUP_OLD_MS: i64 = 3 * 24 * 3600 * 1000;
/// An invitation nobody followed for this long is told.
pub const INVITATION_LATE_MS: i64 = 7 * 24 * 3600 * 1000;
/// An inbox that no site called this long after it was made is told.
pub const SITE_LATE_MS: i64 = 24 * 3600 * 1000;
/// Jobs given up that are shown one by one; more have the same cause.
pub const BURIED_SHOWN: u32 = 10;
/// Messages removed by one step of an erasure: others want to write in between.
pub const ERASE_MESSAGES_PER_STEP: u32 = 200;
/// Small rows (changes of the feed) removed by one step of an erasure.
pub const ERASE_ROWS_PER_STEP: u32 = 2_000;
/// Bytes of files removed by one step of an erasure, beyond its first file: each byte is overwritten.
pub const ERASE_BYTES_PER_STEP: i64 = 4 * 1024 * 1024;
/// Longest run of one erasing job; what is left is done by the next, and others get their turn.
pub const ERASE_TIME: Duration = Duration::from_secs(30);
/// Messages of one part of an exported conversation: a part is made in memory, some megabytes at the worst.
pub const EXPORT_MESSAGES_PER_PART: u32 = 500;
/// Conversations or visitors that one look of the retention sweep takes up.
pub const RETENTION_PER_LOOK: u32 = 50;
/// Steps of one retention sweep: the rest is for the next, ten minutes later.
pub const RETENTION_STEPS_MAX: usize = 2_000;
/// Bytes of a database that is rewritten as a whole after something was erased: writing waits for it, which at the speed of an ordinary
/// disk (some 100 MB in a second) is a matter of a few seconds. Larger files are only emptied, not shortened.
pub const REWRITE_BYTES_MAX: i64 = 256 * 1024 * 1024;
/// Pages copied at a time into a backup, four megabytes: between them progress is told, and the copy can be given up.
pub const COPY_PAGES_PER_STEP: i32 = 1_024;
/// After so many of these steps the copy is brought to the disk: some megabytes wait for it, and not everything at the end.
pub const COPY_STEPS_PER_SYNC: u32 = 8;
/// How much the log beside the data file may grow while a copy is read, which keeps it from being folded in: hours of a busy shop, and less
/// than `DISK_FREE_MIN`.
pub const COPY_LOG_MAX: u64 = 256 * 1024 * 1024;
/// Entries looked at in a folder of backups: a thousand backups, and as much that is not ours.
pub const FOLDER_ENTRIES_MAX: usize = 4_096;
/// Snapshots of upgrades kept beside the data file: the last one, and the one before for whoever goes back twice.
pub const SNAPSHOTS_KEPT: usize = 2;
/// Replaced files kept beside the data file: a wrong restore is noticed before the third.
pub const REPLACED_KEPT: usize = 3;
/// How long a ticket fetches a backup: a download that was cut goes on, and a link in a history opens nothing.
pub const BACKUP_TICKET_AGE: Duration = Duration::from_secs(600);
/// Tickets at once: an owner and an admin, a few tries each.
pub const BACKUP_TICKETS_MAX: usize = 16;
/// Characters of a search query.
pub const SEARCH_CHARS_MAX: usize = 200;

/// Messages of one transcript, the newest: the longest conversation the desk is built for, about ten megabytes.
pub const TRANSCRIPT_MESSAGES_MAX: u32 = 10_000;
/// The last moment of the year 9999: later ones are no times but numbers that overflow when something is added.
pub const LAST_MOMENT: i64 = 253_402_300_799_999;
/// Longest period of a report: a year and what is compared with it, with room for a fiscal one. Longer ones would keep a reader for seconds.
pub const REPORT_PERIOD_MAX: Duration = Duration::from_secs(400 * 24 * 3600);
/// Reports counted at once: two of four readers stay for people who answer.
pub const REPORTS_AT_ONCE: usize = 2;
/// Comments of surveys shown in a report: more than anybody reads in one sitting.
pub const REPORT_COMMENTS_MAX: u32 = 200;

/// Sliding life of an anonymous visitor's session (decision 8).
pub const VISITOR_SESSION: Duration = Duration::from_secs(180 * 24 * 3600);
/// Life of a session made from a code: no site renews it, and a code every month is no burden.
pub const CODE_SESSION: Duration = Duration::from_secs(30 * 24 * 3600);
/// Life of a code sent by mail (decision 12).
pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// Tries for one claim, whatever the number of codes sent for it (decision 12).
pub const CODE_TRIES_MAX: u32 = 5;
/// Tries for one address in an hour, all claims of it together: two codes misread to the end fit, guessing does not.
pub const CODE_TRIES_PER_EMAIL: u32 = 10;
/// Between two codes for one claim, or for one address on request of one session or network (decision 12).
pub const CODE_RESEND_AFTER: Duration = Duration::from_secs(30);
/// Codes sent to one address within the window (decision 12).
pub const CODE_SENDS_PER_EMAIL: i64 = 5;
/// The window in which codes are counted, and the life of a ticket with all its codes.
pub const CODE_WINDOW: Duration = Duration::from_secs(3600);
/// Conversations mailed on request of one person, or to one address, in an hour: nobody needs more, and mail to strangers is abuse.
pub const TRANSCRIPTS_PER_HOUR: u32 = 3;
/// Between two conversations mailed to one address that nobody proved.
pub const TRANSCRIPT_UNPROVED_GAP: Duration = Duration::from_secs(24 * 3600);
/// Life of an agent's session without use.
pub const AGENT_SESSION: Duration = Duration::from_secs(14 * 24 * 3600);
/// Life of invitation, reset and set-up links (security row 23).
pub const INVITATION_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long an anonymous init may be repeated with the same echo id.
pub const INIT_REPEAT: Duration = Duration::from_secs(3600);
/// Life of a signed link to an attachment.
pub const UPLOAD_LINK_LIFE: Duration = Duration::from_secs(24 * 3600);
/// Uploaded by an agent but never sent: removed after this.
pub const UNSENT_ATTACHMENT_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Drafts kept for one agent: more texts than anybody has begun and means to finish.
pub const DRAFTS_MAX: u32 = 500;
/// How long an emptied draft is remembered, so that a device that was away cannot bring its text back.
pub const EMPTIED_DRAFT_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Longest time a reply may be held back: somebody outside is waiting.
pub const HOLD_MAX: Duration = Duration::from_secs(30);
/// Replies held back in one conversation that are looked at: each agent has one at a time.
pub const HELD_MAX: u32 = 100;
/// Agents called by name in one note.
pub const MENTIONS_MAX: usize = 50;

/// Password hashes computed at once: each takes 19 MB and 30 ms.
pub const PASSWORD_HASHES_AT_ONCE: usize = 2;
/// How long a login waits for its turn to be hashed.
pub const PASSWORD_WAIT: Duration = Duration::from_secs(10);
/// Failed logins into one account from one address before that door is closed for a while (security row 19).
pub const LOGIN_FAILURES_MAX: u32 = 10;
/// Failed logins from one address, whatever the account: an office that mistypes on a Monday fits.
pub const LOGIN_FAILURES_PER_ADDRESS_MAX: u32 = 20;
/// Failed logins into one account from everywhere: high, so that a stranger cannot shut its owner out, and still hopeless to guess with.
pub const LOGIN_FAILURES_PER_ACCOUNT_MAX: u32 = 100;
/// Wrong second factors of one account, from everywhere, within the hour: whoever gets that far knows the password, and a million codes
/// must stay out of reach for years.
pub const LOGIN_CODE_FAILURES_MAX: u32 = 15;
/// How long wrong second factors are remembered.
pub const LOGIN_CODE_WINDOW: Duration = Duration::from_secs(3600);
/// Codes tried with one right password.
pub const LOGIN_CODE_TRIES_MAX: u32 = 5;
/// How long a right password waits for its second factor.
pub const LOGIN_STEP_LIFE: Duration = Duration::from_secs(5 * 60);
/// Logins of one agent that wait for a second factor at once.
pub const LOGIN_STEPS_MAX: u32 = 10;
/// Recovery codes of one agent.
pub const RECOVERY_CODES: usize = 10;
/// How long failed logins are remembered.
pub const LOGIN_FAILURE_WINDOW: Duration = Duration::from_secs(15 * 60);
/// Keys one throttle table remembers at most; the oldest are forgotten first.
pub const THROTTLE_KEYS_MAX: usize = 50_000;

/// Attempts of one job before it is buried.
pub const JOB_ATTEMPTS_MAX: u32 = 12;
/// Longest pause between two tries of one job, jitter included.
pub const JOB_PAUSE_MAX: Duration = Duration::from_secs(75 * 60);
/// A clock that was set back by less than this is left alone: the network does that every day.
pub const SET_BACK_MIN: Duration = Duration::from_secs(60);
/// Longest time one job may run.
pub const JOB_TIMEOUT: Duration = Duration::from_secs(120);
/// Jobs run at once.
pub const JOBS_AT_ONCE: usize = 4;

/// Fields of one kind of thing: what a panel can show.
pub const FIELDS_MAX: usize = 100;
/// Characters of a field's value: a line, not a letter.
pub const FIELD_VALUE_CHARS_MAX: usize = 1000;
/// Choices of a list field.
pub const FIELD_CHOICES_MAX: usize = 100;
/// Notes about one person: a panel is no diary.
pub const CONTACT_NOTES_MAX: i64 = 200;
/// Characters of a note about a person, as before there were several.
pub const CONTACT_NOTE_CHARS_MAX: usize = 5000;
/// Contacts that may be the same person: more than a handful is no suggestion but a search.
pub const DUPLICATES_MAX: u32 = 20;

/// Bans that count at the same time: each is looked at on every call of the visitors' door.
pub const BANS_MAX: usize = 2_000;
/// Longest ban that ends by itself: ten years; longer is for good.
pub const BAN_DAYS_MAX: i64 = 3650;
/// Characters of the reason of a ban.
pub const BAN_REASON_CHARS_MAX: usize = 500;

/// People on the site at this moment that are kept in memory for the agents' list.
pub const ONLOOKERS_MAX: usize = 2_000;

/// Conversations that one inbox begins within `SPAM_WINDOW` before newcomers pay with work: a shop on its best day has fewer.
pub const CALM_STARTS: u32 = 120;
/// Beginnings from one network within the window before its price rises: an office is welcome, and only pays more when somebody floods.
pub const CALM_STARTS_PER_NETWORK: u32 = 10;
/// Beginnings of one session within the window that are nothing special.
pub const CALM_STARTS_PER_SESSION: u32 = 4;
/// In which beginnings are counted.
pub const SPAM_WINDOW: Duration = Duration::from_secs(10 * 60);
/// In which equal texts are counted.
pub const SAME_TEXT_WINDOW: Duration = Duration::from_secs(3600);
/// Zero bits that the least piece of work asks for: a few milliseconds.
pub const WORK_BITS_MIN: u32 = 12;
/// Zero bits that the heaviest one asks for: some seconds on a phone; more would punish people, not programs.
pub const WORK_BITS_MAX: u32 = 19;
/// Life of a puzzle: an old phone that is put away meanwhile fits.
pub const WORK_LIFE: Duration = Duration::from_secs(10 * 60);
/// How long a form without scripts has to be looked at while its inbox is under pressure: such a page cannot work, but it can wait.
pub const SLOW_PATH: Duration = Duration::from_secs(20);
/// Suspicion from which a conversation waits in quarantine for somebody to look at it.
pub const SUSPECT_FROM: u32 = 4;
/// How long condemned conversations are kept, for second thoughts.
pub const SPAM_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long suspects wait at most that nobody looked at.
pub const SUSPECTS_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Conversations removed by one sweep, with everything in them.
pub const SPAM_SWEEP: u32 = 20;
/// Conditions of one filter, both levels together: more than a sentence that anybody understands.
pub const FILTER_CONDITIONS_MAX: usize = 20;
/// Conversations that one page of a filtered list looks at: some 50 ms on a busy machine; the page then says where to go on.
pub const FILTER_ROWS_MAX: usize = 6_000;
/// Open conversations that the counts of all views look at together.
pub const COUNT_ROWS_MAX: usize = 3_000;
/// Words that one condition compares with.
pub const FILTER_WORDS_MAX: usize = 50;
/// Characters of one such word: an address or half a sentence.
pub const FILTER_WORD_CHARS_MAX: usize = 200;
/// The latest moment anybody may name: the year 3000. Beyond, sums of times would stop being times.
pub const TIME_MS_MAX: i64 = 32_503_680_000_000;
/// Views that one agent sees at most: own, his teams' and everybody's. A sidebar longer than that helps nobody.
pub const VIEWS_MAX: usize = 100;
/// Promises about time.
pub const SLAS_MAX: usize = 50;
/// The longest promise, in seconds: a year.
pub const SLA_S_MAX: i64 = 366 * 24 * 3600;
/// Conversations whose deadlines are looked at in one commit.
pub const DEADLINES_PER_COMMIT: u32 = 50;
/// Agents told of a broken promise that nobody in particular has.
pub const SLA_TOLD_MAX: usize = 200;
/// Things remembered as having happened to conversations in one write task: a selection of a hundred, each with a few changes.
pub const CAUSES_PER_TASK_MAX: usize = 1_000;
/// Rules: each one is asked at every message it waits for.
pub const RULES_MAX: usize = 100;
/// How often what rules did may set off other rules: a chain of that length is planned by nobody.
pub const RULE_DEPTH_MAX: usize = 3;
/// Conversations that one rule on time looks at in one go.
pub const RULE_ROWS_MAX: u32 = 2_000;
/// Conversations on which one rule on time acts in one go: the rest follows at the next look, others want to write in between.
pub const RULE_ACTS_MAX: usize = 100;
/// Messages in one mail at most, whatever the inbox says: what nobody reads to the end helps nobody.
pub const MAIL_MESSAGES_MAX: u32 = 100;
/// Agents who are mailed about one conversation that nobody has.
pub const TOLD_AGENTS_MAX: usize = 50;
/// Life of a link in a mail that opens a conversation, and of what it opens: long enough for a holiday, short of for ever.
pub const MAIL_LINK_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Message-IDs of a thread that a mail names: enough for every reader, short of what servers refuse.
pub const MAIL_REFERENCES_MAX: usize = 20;
/// Bytes of all files that travel along with one mail: most servers take 25 MB of base64, which is 18 MB of files.
pub const MAIL_FILES_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Bytes of one incoming mail: twice what the common servers take.
pub const MAIL_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// Conversations that one address may begin in one mailbox in 24 hours; more of its mails join the newest.
pub const MAIL_STARTS_PER_SENDER: i64 = 20;
/// Mails that become messages of one conversation in an hour: nobody writes more, and what does is a machine.
pub const MAILS_PER_CONVERSATION_HOUR: i64 = 60;
/// Conversations that mail begins in one mailbox within an hour before newcomers are looked at as if many wrote at once.
pub const MAIL_STARTS_CALM: i64 = 60;
/// Characters of quoted text, and of a signature, that are kept: the mails before are messages of their own.
pub const MAIL_REST_CHARS_MAX: usize = 100_000;
/// Recipients of one mail that are looked at for a tag of ours: long lists are newsletters.
pub const MAIL_RECIPIENTS_READ: usize = 100;
/// Automatic answers are told in their conversation once within this time: an absence repeats itself.
pub const AUTOMATIC_NOTED_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long a mail server may take until it is connected, and once more until the line is protected.
pub const MAIL_CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a mail server may take for one answer: a search in a large folder takes some seconds.
pub const MAIL_ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Addresses of one mail server that are tried: one of each kind, and spares.
pub const MAIL_ADDRESSES_TRIED: usize = 4;
/// Bytes of one answer of a mail server that is no mail.
pub const MAIL_ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Bytes of the answer to a search: the numbers of some hundred thousand mails.
pub const MAIL_SEARCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a mail that are asked for at once: a few pieces for most mails, and never a whole large one.
pub const MAIL_PIECE_BYTES: usize = 256 * 1024;
/// How long one wait for news may last: routers forget silent lines after a few minutes, and a dead one is noticed then.
pub const MAIL_IDLE: Duration = Duration::from_secs(4 * 60);
/// Between two rounds, however often the server says that something changed.
pub const MAIL_ROUND_MIN: Duration = Duration::from_millis(100);
/// Longest pause between two tries to reach a mail server; a login that was refused pauses so long at once, or the account gets locked.
pub const MAIL_PAUSE_MAX: Duration = Duration::from_secs(5 * 60);
/// Tries to fetch, read and place one mail before it is left out, and the team told; but not before `MAIL_STUCK_MIN` is over: a server that is
/// busy for a minute costs no mail.
pub const MAIL_PLACE_TRIES: u32 = 6;
/// How long a mail is tried at least.
pub const MAIL_STUCK_MIN: Duration = Duration::from_secs(5 * 60);
/// Mails of one mailbox whose tries are counted.
pub const MAILS_STUCK_MAX: usize = 1_000;
/// Mails handed over by the mail server at once; more wait in its queue.
pub const DELIVERIES_AT_ONCE: usize = 4;
/// How long the mail server may pause while it hands a mail over.
pub const DELIVERY_PAUSE: Duration = Duration::from_secs(60);
/// How long it is remembered that a mail came which became no message: no server brings a mail again after so long.
pub const MAIL_NOISE_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Remarks about one mail: beyond, nobody reads on.
pub const MAIL_REMARKS_MAX: usize = 20;
/// Mailboxes of a house: each that is fetched holds a connection.
pub const MAILBOXES_MAX: u32 = 50;
/// How long one nameserver may take; three are asked.
pub const DNS_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a mail server that is only tried out may take for one answer: somebody sits before the page.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of one answer of a mail server that is tried out.
pub const PROBE_ANSWER_BYTES_MAX: usize = 16 * 1024;
/// How long trying a mailbox out may take in all: a server that says a word every nine seconds is no conversation.
pub const PROBE_TIMEOUT_ALL: Duration = Duration::from_secs(60);
/// Test mails of a house in an hour.
pub const TEST_MAILS_PER_HOUR: usize = 20;
/// Mailboxes that are tried out at once.
pub const PROBES_AT_ONCE: usize = 4;
/// Characters of what a mail server said that are kept and shown.
pub const MAIL_ERROR_CHARS_MAX: usize = 500;
/// Parts of one incoming mail: the most crowded digest has fewer.
pub const MAIL_PARTS_MAX: usize = 500;
/// Parts inside parts: a forward of a forward has five; who nests more wants our stack.
pub const MAIL_PART_DEPTH_MAX: usize = 20;
/// Header fields of one part: every server on the way adds ten, and lists of recipients stand in one.
pub const MAIL_FIELDS_MAX: usize = 1_000;
/// Bytes of one header field that are read: a few hundred addresses.
pub const MAIL_FIELD_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one Message-ID: RFC 5322 allows a line of 998.
pub const MAIL_ID_BYTES_MAX: usize = 500;
/// Message-IDs that are read from an incoming mail: a thread of a year.
pub const MAIL_IDS_READ_MAX: usize = 100;
/// Addresses of one field that are read.
pub const MAIL_RECIPIENTS_MAX: usize = 500;
/// Bytes of text that are taken apart into what was said and what was quoted; what is longer comes as a file.
pub const MAIL_TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Files of one incoming mail.
pub const MAIL_FILES_MAX: usize = 100;
/// Characters of a name in a header.
pub const MAIL_NAME_CHARS_MAX: usize = 200;
/// Bytes of the fields of one part while a mail comes.
pub const MAIL_FIELDS_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a mail without its large files: texts of the longest kind in two forms.
pub const SLIM_MAIL_BYTES_MAX: usize = 1536 * 1024;
/// Mails that leave one mailbox in a minute: a queue of a day is no flood when the server comes back.
pub const MAILS_PER_MINUTE: u32 = 60;
/// Characters of a mail's subject, written (before its fields are filled) or kept: readers show 60 or so.
pub const MAIL_SUBJECT_CHARS_MAX: usize = 200;
/// Characters of the words of a mail: some pages.
pub const MAIL_BODY_CHARS_MAX: usize = 10_000;
/// Mail templates of the house, all kinds, names and languages together.
pub const MAIL_TEMPLATES_MAX: u32 = 500;
/// Notices in one mail: more than a person reads; the desk has them all.
pub const NOTICES_PER_MAIL: u32 = 30;
/// How often it is looked whether an agent's quiet hours are over.
pub const QUIET_LOOK: Duration = Duration::from_secs(10 * 60);
/// How long a question of how it was lies in the chat before it goes by mail.
pub const SURVEY_PATIENCE: Duration = Duration::from_secs(15 * 60);
/// Calls of "I forgot my password" from one network in an hour: an office after a holiday fits.
pub const FORGOTTEN_PER_NETWORK: u32 = 10;
/// The same for one address: each new link makes the one before worthless.
pub const FORGOTTEN_PER_ADDRESS: u32 = 3;
/// In which they are counted.
pub const FORGOTTEN_WINDOW: Duration = Duration::from_secs(3600);
/// Messages of a transcript that goes by mail, the newest: a megabyte or so, which every server takes.
pub const MAILED_TRANSCRIPT_MESSAGES: u32 = 2_000;

/// Tries of one mail: with an hour between them at last, they last more than four days (RFC 5321, 4.5.4.1).
pub const MAIL_ATTEMPTS_MAX: u32 = 110;
/// Mails that belong to no conversation (codes, links, notices) are remembered for so long: bounces come within days.
pub const LOOSE_MAILS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// A step of a talk with a mail server: connecting, TLS, a command and its answer.
pub const SMTP_STEP: Duration = Duration::from_secs(20);
/// Handing over one mail and waiting for its receipt: servers look through it meanwhile.
pub const SMTP_DATA: Duration = Duration::from_secs(60);
/// All steps for one mail together: shorter than a job may run, so that we say how it ended.
pub const SMTP_TOTAL: Duration = Duration::from_secs(100);
/// A line to a mail server is kept so long for the next mail; servers hang up after a few minutes.
pub const SMTP_IDLE: Duration = Duration::from_secs(30);
/// Addresses of a mail server's name that are tried.
pub const SMTP_ADDRESSES_MAX: usize = 4;
/// Characters of what a mail server said that are shown to people.
pub const SMTP_SAID_CHARS_MAX: usize = 200;

/// A step of a look outside (a name, a connection, a handshake, an answer's head): whoever is slower is as good as not there.
pub const LOOK_STEP: Duration = Duration::from_secs(8);
/// One part of the doctor's round, such as the address of the house: its steps run side by side.
pub const LOOK_TOTAL: Duration = Duration::from_secs(40);
/// Rounds of the doctor at once: each makes a handful of connections.
pub const LOOKS_AT_ONCE: usize = 3;
/// Bytes of a customer's page that are read: the embed code of a page with more stands in what was read, or nobody waits for it.
pub const PAGE_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Redirects that are followed to a page, as many as a person would believe.
pub const PAGE_REDIRECTS_MAX: usize = 6;
/// Scripts of one page that are looked at.
pub const PAGE_SCRIPTS_MAX: usize = 500;
/// Copies of our embed code in one page that are judged.
pub const EMBEDS_MAX: usize = 8;
/// How long a question to ourselves is good.
pub const ECHO_LIFE_MS: i64 = 60_000;
/// Questions to ourselves that are remembered, so that none is answered twice: more than can be asked while one is good.
pub const ECHOES_REMEMBERED: usize = 256;
/// Writes by which a disk is measured, and the time for them: a card of a small machine takes a tenth of a second for one.
pub const DISK_TRIES: u32 = 8;
pub const DISK_TRIES_TIME: Duration = Duration::from_secs(3);
/// A disk slower than this for one durable write makes every message wait.
pub const DISK_SLOW: Duration = Duration::from_millis(100);
