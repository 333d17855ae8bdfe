-- The whole database of deskbell, as a fresh one is made. Times are unix milliseconds, uuids are the public ids,
-- `seq` is a change number: the row of `events` in which something happened. All tables are STRICT.

-- What belongs to the house as a whole: signing key of links, web address, schema notes.
CREATE TABLE settings (
    key         TEXT PRIMARY KEY,
    value       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One channel with its settings: a chat widget on a site, or a mailbox.
CREATE TABLE inboxes (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL DEFAULT 'chat' CHECK (kind IN ('chat', 'mailbox')),
    name        TEXT NOT NULL,
    enabled     INTEGER NOT NULL DEFAULT 1,
    secret      TEXT,                           -- NULL = no token can be verified
    config      TEXT NOT NULL,                  -- JSON, see model/inbox.rs
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    called_at   INTEGER,                        -- when a site asked for the chat, noted once a day
    called_from TEXT NOT NULL DEFAULT ''
) STRICT;

-- People outside. A visitor is not yet identified; merging moves what was theirs and leaves a tombstone.
CREATE TABLE contacts (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL CHECK (kind IN ('visitor', 'contact')),
    first_name      TEXT NOT NULL DEFAULT '',
    last_name       TEXT NOT NULL DEFAULT '',
    email           TEXT,
    email_verified  INTEGER NOT NULL DEFAULT 0, -- by token or code, never by typing
    phone           TEXT,
    phone_country   TEXT,
    attributes      TEXT NOT NULL DEFAULT '{}', -- JSON object of strings, numbers, booleans
    first_seen_at   INTEGER NOT NULL,
    last_seen_at    INTEGER NOT NULL,
    blocked_at      INTEGER,
    merged_into     INTEGER REFERENCES contacts (id), -- itself = is being erased
    created_at      INTEGER NOT NULL,
    variables       TEXT NOT NULL DEFAULT '{}',  -- JSON object of strings: what the page says of the visit
    fields TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX contacts_email ON contacts (lower(email)) WHERE email IS NOT NULL;
CREATE INDEX contacts_recent ON contacts (last_seen_at);
CREATE INDEX contacts_phone ON contacts (replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')) WHERE phone IS NOT NULL;
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;

-- Names and addresses for the desk's search; kept by the triggers below.
CREATE VIRTUAL TABLE contacts_fts USING fts5 (first_name, last_name, email, content = 'contacts', content_rowid = 'id', prefix = '2 3', tokenize = "unicode61 remove_diacritics 2");
CREATE TRIGGER contacts_fts_insert AFTER INSERT ON contacts BEGIN
    INSERT INTO contacts_fts (rowid, first_name, last_name, email) VALUES (new.id, new.first_name, new.last_name, new.email);
END;
CREATE TRIGGER contacts_fts_delete AFTER DELETE ON contacts BEGIN
    INSERT INTO contacts_fts (contacts_fts, rowid, first_name, last_name, email) VALUES ('delete', old.id, old.first_name, old.last_name, old.email);
END;
CREATE TRIGGER contacts_fts_update AFTER UPDATE OF first_name, last_name, email ON contacts BEGIN
    INSERT INTO contacts_fts (contacts_fts, rowid, first_name, last_name, email) VALUES ('delete', old.id, old.first_name, old.last_name, old.email);
    INSERT INTO contacts_fts (rowid, first_name, last_name, email) VALUES (new.id, new.first_name, new.last_name, new.email);
END;

-- What is deleted leaves the index for good, not only its list of words that count.
INSERT INTO contacts_fts (contacts_fts, rank) VALUES ('secure-delete', 1);

-- Which proved identity is which contact: one row per (inbox, kind of token, key). `code`: an address that answered with six digits.
CREATE TABLE identities (
    id          INTEGER PRIMARY KEY,
    inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    scheme      TEXT NOT NULL CHECK (scheme IN ('libredesk', 'seggwat', 'supportpal', 'code')),
    key         TEXT NOT NULL,
    contact_id  INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    UNIQUE (inbox_id, scheme, key)
) STRICT;
CREATE INDEX identities_contact ON identities (contact_id);

-- Proofs held by visitors' browsers. Only the hash of the token is kept.
CREATE TABLE sessions (
    id          INTEGER PRIMARY KEY,
    token_hash  BLOB NOT NULL UNIQUE,
    inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    contact_id  INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    verified    INTEGER NOT NULL,               -- 1 = made from a signed token, or from a code sent by mail
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,               -- verified: absolute; visitor: slides
    by_code     INTEGER NOT NULL DEFAULT 0,     -- 1 = verified by the code alone: a new secret does not end it
    conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE -- opened by a link in a mail: this one and nothing else
) STRICT;
CREATE INDEX sessions_conversation ON sessions (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX sessions_contact ON sessions (contact_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- An address somebody claims, and the six digits that were sent there. Bound to address, inbox and (if there was one) session.
CREATE TABLE verifications (
    id          INTEGER PRIMARY KEY,
    ticket_hash BLOB NOT NULL UNIQUE,           -- what the browser holds meanwhile
    inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    session_id  INTEGER REFERENCES sessions (id) ON DELETE SET NULL,
    had_session INTEGER NOT NULL,               -- 1 = asked for with a session: void once that one is gone
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    caller      BLOB NOT NULL,                  -- keyed hash of the network it was asked from, for the limit per hour
    code_hash   BLOB NOT NULL,
    sends       INTEGER NOT NULL DEFAULT 1,
    tries       INTEGER NOT NULL DEFAULT 0,
    sent_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    created_at  INTEGER NOT NULL,
    locale      TEXT NOT NULL,
    consent     TEXT                            -- JSON {locale, text, link_url}: what was agreed to when it was asked for
) STRICT;
CREATE INDEX verifications_age ON verifications (created_at);
CREATE INDEX verifications_email ON verifications (email, sent_at);
CREATE INDEX verifications_caller ON verifications (caller, sent_at);
CREATE INDEX verifications_session ON verifications (session_id);

-- What a contact agreed to, word for word, and when: the proof.
CREATE TABLE consents (
    id              INTEGER PRIMARY KEY,
    contact_id      INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    inbox_id        INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    conversation_id INTEGER REFERENCES conversations (id) ON DELETE SET NULL,
    locale          TEXT NOT NULL,
    text            TEXT NOT NULL,
    link_url        TEXT NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_contact ON consents (contact_id);
CREATE INDEX consents_conversation ON consents (conversation_id) WHERE conversation_id IS NOT NULL;

-- Words of an inbox that replace the stock ones, or say a setting in another language. Keys: src/desk/translations.rs.
CREATE TABLE translations (
    inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    locale      TEXT NOT NULL,
    key         TEXT NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (inbox_id, locale, key)
) STRICT, WITHOUT ROWID;

-- A week of opening hours with its exceptions, in a time zone.
CREATE TABLE business_hours (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    time_zone   TEXT NOT NULL,                  -- IANA name
    weekly      TEXT NOT NULL,                  -- JSON, see model/hours.rs
    holidays    TEXT NOT NULL DEFAULT '[]',     -- JSON [{date, name}]
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- People inside.
CREATE TABLE agents (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    email           TEXT NOT NULL UNIQUE COLLATE NOCASE,
    first_name      TEXT NOT NULL,
    last_name       TEXT NOT NULL DEFAULT '',
    role            TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'agent')),
    password_hash   TEXT,                       -- NULL = invited, cannot log in yet
    availability    TEXT NOT NULL DEFAULT 'online' CHECK (availability IN ('online', 'away')),
    suspended_at    INTEGER,
    last_seen_at    INTEGER,
    created_at      INTEGER NOT NULL,
    role_id INTEGER REFERENCES roles (id),
    hidden INTEGER NOT NULL DEFAULT 0,
    open_max INTEGER NOT NULL DEFAULT 6,
    work_hours_id INTEGER REFERENCES business_hours (id) ON DELETE SET NULL,
    prefs TEXT NOT NULL DEFAULT '{}',
    totp_secret TEXT,
    totp_step INTEGER NOT NULL DEFAULT 0,
    totp_at INTEGER
) STRICT;
CREATE INDEX agents_role ON agents (role_id) WHERE role_id IS NOT NULL;

-- Logged-in browsers of agents.
CREATE TABLE agent_sessions (
    id          INTEGER PRIMARY KEY,
    token_hash  BLOB NOT NULL UNIQUE,
    csrf        TEXT NOT NULL,
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    uuid TEXT NOT NULL DEFAULT '',
    user_agent TEXT NOT NULL DEFAULT '',
    ip TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX agent_sessions_agent ON agent_sessions (agent_id);

-- One-time links: first set-up, invitation, password reset. Single use, 24 hours, stored as hashes.
CREATE TABLE invitations (
    id          INTEGER PRIMARY KEY,
    token_hash  BLOB NOT NULL UNIQUE,
    purpose     TEXT NOT NULL CHECK (purpose IN ('setup', 'invite', 'reset')),
    agent_id    INTEGER REFERENCES agents (id) ON DELETE CASCADE,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    issued_by INTEGER REFERENCES agents (id) ON DELETE CASCADE
) STRICT;

-- Groups of agents.
CREATE TABLE teams (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    business_hours_id INTEGER REFERENCES business_hours (id) ON DELETE SET NULL,
    routing TEXT NOT NULL DEFAULT 'manual' CHECK (routing IN ('manual', 'round_robin')),
    prefer_last INTEGER NOT NULL DEFAULT 1,
    answer_within_s INTEGER,
    sla_id INTEGER REFERENCES slas (id) ON DELETE SET NULL
) STRICT;

CREATE TABLE team_members (
    team_id     INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    place TEXT NOT NULL DEFAULT 'normal' CHECK (place IN ('first', 'normal', 'last')),
    given_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (team_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_members_agent ON team_members (agent_id);

-- One exchange with one contact in one inbox. The last_* columns are kept by the store so that a list is one index scan.
CREATE TABLE conversations (
    id                  INTEGER PRIMARY KEY,
    uuid                TEXT NOT NULL UNIQUE,
    inbox_id            INTEGER NOT NULL REFERENCES inboxes (id),
    contact_id          INTEGER NOT NULL REFERENCES contacts (id),
    status              TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'waiting', 'resolved')),
    snoozed_until       INTEGER,
    closed_by_contact   INTEGER NOT NULL DEFAULT 0,
    priority            TEXT CHECK (priority IN ('low', 'medium', 'high')),
    assignee_id         INTEGER REFERENCES agents (id),
    team_id             INTEGER REFERENCES teams (id),
    attributes          TEXT NOT NULL DEFAULT '{}', -- JSON: answers of the pre-chat form
    init_key            BLOB,                       -- hash of the echo id of an anonymous first message, for repeats
    seq                 INTEGER NOT NULL,           -- last change of any kind
    last_seq            INTEGER NOT NULL,           -- last message (not activity): the order of lists
    last_incoming_seq   INTEGER NOT NULL DEFAULT 0,
    last_message_id     INTEGER,                    -- last message that the contact may see
    last_message_at     INTEGER NOT NULL,
    preview             TEXT NOT NULL DEFAULT '',   -- of the last message or note, for the desk
    preview_from        TEXT NOT NULL DEFAULT 'contact' CHECK (preview_from IN ('contact', 'agent', 'note')),
    contact_seen_seq    INTEGER NOT NULL DEFAULT 0,
    contact_seen_at     INTEGER,
    agent_seen_seq      INTEGER NOT NULL DEFAULT 0, -- the furthest any agent has read
    waiting_since       INTEGER,                    -- when the contact wrote without an answer since
    first_reply_at      INTEGER,
    resolved_at         INTEGER,
    meta_ip             TEXT,                       -- address of the start, as much of it as the inbox keeps
    meta_user_agent     TEXT,
    created_at          INTEGER NOT NULL,
    kind                TEXT NOT NULL DEFAULT 'chat' CHECK (kind IN ('chat', 'bug', 'feature', 'review', 'question')),
    rating              INTEGER CHECK (rating BETWEEN 1 AND 5), -- of a review
    button              TEXT NOT NULL DEFAULT '',   -- id of the start button
    locale              TEXT NOT NULL DEFAULT '',    -- in which the contact sees the widget
    quarantine TEXT CHECK (quarantine IN ('suspect', 'spam')),
    suspicion TEXT NOT NULL DEFAULT '',
    status_id INTEGER REFERENCES statuses (id) ON DELETE SET NULL,
    sla_id INTEGER REFERENCES slas (id) ON DELETE SET NULL,
    queued_at INTEGER,
    given_at INTEGER,
    assigned_at INTEGER,
    fields TEXT NOT NULL DEFAULT '{}',
    listing TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN quarantine IS NOT NULL THEN 'spam' WHEN snoozed_until IS NULL THEN status ELSE 'snoozed' END) VIRTUAL,
    passed_id INTEGER REFERENCES agents (id) ON DELETE SET NULL,
    mailed_seq INTEGER NOT NULL DEFAULT 0, -- to the contact by mail: messages up to here
    mailed_at INTEGER,
    told_seq INTEGER NOT NULL DEFAULT 0, -- to the team by mail, while nobody was here
    told_at INTEGER,
    subject TEXT NOT NULL DEFAULT '' -- of its mails
) STRICT;
CREATE INDEX conversations_full_ip ON conversations (inbox_id, created_at) WHERE meta_ip IS NOT NULL AND instr(meta_ip, '/') = 0;
CREATE INDEX conversations_replied ON conversations (inbox_id, first_reply_at, created_at, team_id, kind) WHERE first_reply_at IS NOT NULL AND kind = 'chat';
CREATE INDEX conversations_recent ON conversations (last_seq);
CREATE INDEX conversations_contact ON conversations (contact_id, inbox_id, id);
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE UNIQUE INDEX conversations_init ON conversations (inbox_id, init_key) WHERE init_key IS NOT NULL;
CREATE INDEX conversations_kind ON conversations (kind, listing, last_seq);
CREATE INDEX conversations_list ON conversations (listing, last_seq);
CREATE INDEX conversations_assignee ON conversations (assignee_id, listing, last_seq);
CREATE INDEX conversations_team ON conversations (team_id, listing, last_seq) WHERE team_id IS NOT NULL;
CREATE INDEX conversations_queue ON conversations (queued_at) WHERE queued_at IS NOT NULL;
CREATE INDEX conversations_given ON conversations (given_at) WHERE given_at IS NOT NULL;
CREATE INDEX conversations_status_id ON conversations (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX conversations_created ON conversations (created_at);
CREATE INDEX conversations_resolved ON conversations (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX conversations_retention ON conversations (inbox_id, resolved_at) WHERE resolved_at IS NOT NULL;

-- How far each agent has read.
CREATE TABLE agent_reads (
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seen_seq        INTEGER NOT NULL,
    PRIMARY KEY (agent_id, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_reads_conversation ON agent_reads (conversation_id);

-- One thing said (or done, for activity). `source` is what was typed, `html` its sanitised rendering, `text` the plain form.
CREATE TABLE messages (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq             INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('incoming', 'outgoing', 'note', 'activity')),
    contact_id      INTEGER REFERENCES contacts (id),   -- who said it, when a contact did
    agent_id        INTEGER REFERENCES agents (id),     -- who said it, when an agent did
    via             TEXT NOT NULL CHECK (via IN ('widget', 'desk', 'mail', 'api', 'system')),
    source          TEXT NOT NULL,
    html            TEXT NOT NULL,
    text            TEXT NOT NULL,
    activity        TEXT,                               -- JSON {action, value} of an activity
    meta            TEXT NOT NULL DEFAULT '{}',
    echo_id         TEXT,
    created_at      INTEGER NOT NULL,
    edited_at       INTEGER
) STRICT;
CREATE INDEX messages_thread ON messages (conversation_id, seq);
CREATE UNIQUE INDEX messages_echo_contact ON messages (contact_id, echo_id) WHERE contact_id IS NOT NULL; -- also finds what a contact said, when it is erased
CREATE UNIQUE INDEX messages_echo_agent ON messages (agent_id, echo_id) WHERE echo_id IS NOT NULL AND agent_id IS NOT NULL;
CREATE INDEX messages_created ON messages (created_at);

-- Full-text search over what was said; kept by the triggers below.
CREATE VIRTUAL TABLE messages_fts USING fts5 (text, content = 'messages', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2");
CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.kind <> 'activity' BEGIN
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages WHEN old.kind <> 'activity' BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_fts_update AFTER UPDATE OF text ON messages WHEN old.kind <> 'activity' BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;

INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1);

-- One question to the contact after a conversation was resolved: how was it? The uuid is the permission to answer, once.
CREATE TABLE surveys (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    conversation_id INTEGER NOT NULL UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
    message_id      INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    rating          INTEGER CHECK (rating BETWEEN 1 AND 5),
    feedback        TEXT NOT NULL DEFAULT '',
    created_at      INTEGER NOT NULL,
    answered_at     INTEGER
) STRICT;
CREATE INDEX surveys_answered ON surveys (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX surveys_created ON surveys (created_at);

-- The words of that index, in order: a search for the beginning of a word looks here which words those are.
CREATE VIRTUAL TABLE messages_terms USING fts5vocab (messages_fts, instance);

-- The bytes of files, once each, found by their hash. hash IS NULL while a file is still arriving.
CREATE TABLE blobs (
    id          INTEGER PRIMARY KEY,
    hash        BLOB UNIQUE,
    size        INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_chunks (
    blob_id     INTEGER NOT NULL REFERENCES blobs (id) ON DELETE CASCADE,
    n           INTEGER NOT NULL,               -- 0, 1, 2 …; all but the last are limits::CHUNK_BYTES long
    data        BLOB NOT NULL,
    UNIQUE (blob_id, n)
) STRICT;

-- A file as somebody sent it. Without a message it was uploaded but not sent yet; without a conversation it is a logo.
CREATE TABLE attachments (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
    message_id      INTEGER REFERENCES messages (id) ON DELETE CASCADE,
    inbox_id        INTEGER REFERENCES inboxes (id) ON DELETE CASCADE,
    agent_id        INTEGER REFERENCES agents (id),
    blob_id         INTEGER NOT NULL REFERENCES blobs (id),
    name            TEXT NOT NULL,
    content_type    TEXT NOT NULL,
    size            INTEGER NOT NULL,
    width           INTEGER,
    height          INTEGER,
    position        INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_message ON attachments (message_id);
CREATE INDEX attachments_conversation ON attachments (conversation_id);
CREATE INDEX attachments_blob ON attachments (blob_id);
CREATE INDEX attachments_unsent ON attachments (created_at) WHERE message_id IS NULL AND conversation_id IS NOT NULL;
CREATE TRIGGER attachments_last_use AFTER DELETE ON attachments BEGIN
    DELETE FROM blobs WHERE id = old.blob_id AND NOT EXISTS (SELECT 1 FROM attachments WHERE blob_id = old.blob_id);
END;

-- Pages a known visitor looked at, the newest twenty each; written in batches to spare small disks.
CREATE TABLE page_visits (
    id          INTEGER PRIMARY KEY,
    contact_id  INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    url         TEXT NOT NULL,
    title       TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX page_visits_contact ON page_visits (contact_id, at);

-- The change feed: every durable change is a row of the same commit. What a client that was away asks for; pruned by age.
CREATE TABLE events (
    seq             INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL CHECK (kind IN ('message', 'conversation', 'contact', 'inbox', 'agent')),
    inbox_id        INTEGER,
    conversation_id INTEGER,
    message_id      INTEGER,
    contact_id      INTEGER,
    agent_id        INTEGER,
    public          INTEGER NOT NULL,               -- 1 = the contact may hear of it
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX events_conversation ON events (conversation_id, seq) WHERE conversation_id IS NOT NULL;
CREATE INDEX events_age ON events (created_at);
CREATE INDEX events_contact ON events (contact_id) WHERE contact_id IS NOT NULL;

-- Things owed to the outside, enqueued in the commit of their cause.
CREATE TABLE jobs (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    payload         TEXT NOT NULL,                  -- JSON
    dedup_key       TEXT UNIQUE,
    run_at          INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    leased_until    INTEGER,
    last_error      TEXT,
    created_at      INTEGER NOT NULL,
    buried_at       INTEGER
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at) WHERE buried_at IS NULL;

-- Who did what inside. Append-only, each row holds the hash of the one before.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    agent_id    INTEGER,
    action      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    hash        BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- What agents may do beside the fixed owner and admin: permissions (model/agent.rs) and whose conversations they see.
CREATE TABLE roles (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    scope       TEXT NOT NULL CHECK (scope IN ('all', 'team', 'assigned')),
    permissions TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- Codes for the day the second factor is lost: each works once; only hashes are kept.
CREATE TABLE recovery_codes (
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    code_hash   BLOB NOT NULL,
    used_at     INTEGER,
    PRIMARY KEY (agent_id, code_hash)
) STRICT, WITHOUT ROWID;

-- A right password that still waits for its second factor.
CREATE TABLE login_steps (
    id          INTEGER PRIMARY KEY,
    ticket_hash BLOB NOT NULL UNIQUE,
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    tries       INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER NOT NULL
) STRICT;

-- Own words for where a conversation is, each in one of the three categories that the house knows.
CREATE TABLE statuses (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    category    TEXT NOT NULL CHECK (category IN ('open', 'waiting', 'resolved')),
    position    INTEGER NOT NULL
) STRICT;

-- What is promised: seconds to the first answer, to each next one, and to the end, counted in business hours.
CREATE TABLE slas (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL UNIQUE COLLATE NOCASE,
    first_s         INTEGER,
    next_s          INTEGER,
    resolution_s    INTEGER,
    business_hours_id INTEGER REFERENCES business_hours (id) ON DELETE SET NULL,
    warn_percent    INTEGER NOT NULL DEFAULT 80,
    created_at      INTEGER NOT NULL
) STRICT;

-- The running clocks of those promises, one row per conversation and kind.
CREATE TABLE deadlines (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL CHECK (kind IN ('first', 'next', 'resolution')),
    due_at          INTEGER NOT NULL,
    warn_at         INTEGER NOT NULL,
    warned_at       INTEGER,
    met_at          INTEGER,
    breached_at     INTEGER,
    paused_at       INTEGER,
    PRIMARY KEY (conversation_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_warn ON deadlines (warn_at) WHERE warned_at IS NULL AND breached_at IS NULL AND met_at IS NULL AND paused_at IS NULL;
CREATE INDEX deadlines_running ON deadlines (due_at) WHERE met_at IS NULL AND paused_at IS NULL;
CREATE INDEX deadlines_due ON deadlines (due_at) WHERE breached_at IS NULL AND met_at IS NULL AND paused_at IS NULL;

-- Agents who silently listen to a conversation.
CREATE TABLE followers (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, agent_id)
) STRICT, WITHOUT ROWID;

-- Words to order conversations by.
CREATE TABLE tags (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    color       TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation_tags (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    tag_id          INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tags_tag ON conversation_tags (tag_id, conversation_id);

-- Prepared text plus actions.
CREATE TABLE macros (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    shortcut    TEXT NOT NULL DEFAULT '',
    body        TEXT NOT NULL DEFAULT '',
    is_note     INTEGER NOT NULL DEFAULT 0,
    actions     TEXT NOT NULL DEFAULT '[]',
    audience    TEXT NOT NULL CHECK (audience IN ('own', 'team', 'all')),
    agent_id    INTEGER REFERENCES agents (id) ON DELETE CASCADE,
    team_id     INTEGER REFERENCES teams (id) ON DELETE CASCADE,
    uses        INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- Saved filters over the lists.
CREATE TABLE views (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    filter      TEXT NOT NULL,
    audience    TEXT NOT NULL CHECK (audience IN ('own', 'team', 'all')),
    agent_id    INTEGER REFERENCES agents (id) ON DELETE CASCADE,
    team_id     INTEGER REFERENCES teams (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- What happens by itself: a trigger, conditions, actions, in their order.
CREATE TABLE rules (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    enabled     INTEGER NOT NULL DEFAULT 1,
    position    INTEGER NOT NULL,
    trigger     TEXT NOT NULL CHECK (trigger IN ('conversation', 'message', 'update', 'time')),
    conditions  TEXT NOT NULL,
    actions     TEXT NOT NULL,
    stops       INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    runs        INTEGER NOT NULL DEFAULT 0,
    ran_at      INTEGER,
    error       TEXT,
    failed_at   INTEGER
) STRICT;

-- Up to which change a rule on time has seen a conversation on which it acted, so that it acts once.
CREATE TABLE rule_runs (
    rule_id         INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    PRIMARY KEY (rule_id, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_runs_conversation ON rule_runs (conversation_id);

-- What an agent typed and has not sent: one reply and one note per conversation. Whoever saves names the version his text is based on.
CREATE TABLE drafts (
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    body            TEXT NOT NULL,
    is_note         INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (agent_id, conversation_id, is_note)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_conversation ON drafts (conversation_id);

-- A reply its agent may still take back. It is no message yet, so no door can show it outside; a job of the same commit sends it at its time.
CREATE TABLE held_replies (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    echo_id         TEXT NOT NULL,
    source          TEXT NOT NULL,
    attachments     TEXT NOT NULL,
    rich            TEXT,
    resolves        INTEGER NOT NULL,
    send_at         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    UNIQUE (agent_id, echo_id)
) STRICT;
CREATE INDEX held_replies_conversation ON held_replies (conversation_id);

-- Who was called by name in a note.
CREATE TABLE mentions (
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id      INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (agent_id, conversation_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_conversation ON mentions (conversation_id);
CREATE INDEX mentions_message ON mentions (message_id);

-- What an agent should hear of; kept until read and a while longer.
CREATE TABLE notices (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL,
    conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
    actor           TEXT NOT NULL DEFAULT '',
    text            TEXT NOT NULL DEFAULT '',
    dedup_key       TEXT,
    created_at      INTEGER NOT NULL,
    read_at         INTEGER,
    mailed_at       INTEGER                     -- told by mail, while unread
) STRICT;
CREATE INDEX notices_agent ON notices (agent_id, id);
CREATE INDEX notices_unread ON notices (agent_id) WHERE read_at IS NULL;
CREATE INDEX notices_conversation ON notices (conversation_id);
CREATE UNIQUE INDEX notices_once ON notices (agent_id, dedup_key) WHERE dedup_key IS NOT NULL;

-- Browsers that agreed to be woken by Web Push (RFC 8030). They end with their session.
CREATE TABLE push_subscriptions (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    session_id  INTEGER NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
    endpoint    TEXT NOT NULL UNIQUE,
    p256dh      TEXT NOT NULL,
    auth        TEXT NOT NULL,
    user_agent  TEXT NOT NULL DEFAULT '',
    failures    INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER
) STRICT;
CREATE INDEX push_subscriptions_agent ON push_subscriptions (agent_id);
CREATE INDEX push_subscriptions_session ON push_subscriptions (session_id);

-- Fields that a team keeps of contacts and conversations, with their types.
CREATE TABLE attribute_definitions (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    subject     TEXT NOT NULL CHECK (subject IN ('contact', 'conversation')),
    key         TEXT NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('text', 'number', 'checkbox', 'date', 'link', 'list')),
    choices     TEXT NOT NULL DEFAULT '[]',
    position    INTEGER NOT NULL,
    UNIQUE (subject, key)
) STRICT;

-- What agents wrote down about a contact.
CREATE TABLE contact_notes (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    contact_id  INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    agent_id    INTEGER REFERENCES agents (id),
    text        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    edited_at   INTEGER
) STRICT;
CREATE INDEX contact_notes_contact ON contact_notes (contact_id);

-- Who is shut out: a contact, a network or an address, for a time or for good.
CREATE TABLE bans (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    contact_id  INTEGER REFERENCES contacts (id) ON DELETE CASCADE,
    network     TEXT,
    email       TEXT,
    reason      TEXT NOT NULL DEFAULT '',
    agent_id    INTEGER REFERENCES agents (id),
    created_at  INTEGER NOT NULL,
    until       INTEGER,
    lifted_at   INTEGER,
    CHECK ((contact_id IS NOT NULL) + (network IS NOT NULL) + (email IS NOT NULL) = 1)
) STRICT;
CREATE INDEX bans_contact ON bans (contact_id);
CREATE INDEX bans_email ON bans (email) WHERE email IS NOT NULL;

-- How a mailbox is reached: one row per inbox of the kind mailbox. Passwords are sealed (base/seal.rs).
CREATE TABLE mailboxes (
    id              INTEGER PRIMARY KEY,
    inbox_id        INTEGER NOT NULL UNIQUE REFERENCES inboxes (id) ON DELETE CASCADE,
    is_default      INTEGER NOT NULL DEFAULT 0,
    config          TEXT NOT NULL,              -- JSON, see model/mailbox.rs
    smtp_password   BLOB,
    imap_password   BLOB,
    uid_validity    INTEGER,                    -- of the folder that is read; with the next, how far it was read
    uid_next        INTEGER,
    in_worked_at    INTEGER,
    in_failing_since INTEGER,
    in_error        TEXT NOT NULL DEFAULT '',
    out_worked_at   INTEGER,
    out_failing_since INTEGER,
    out_error       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX mailboxes_default ON mailboxes (is_default) WHERE is_default = 1;

-- Every mail that went or is about to go, and every one that came: by its Message-ID threads, bounces and repeats are recognised.
-- Its words are not here: they are the messages it carries, or were said once and are gone.
CREATE TABLE mails (
    id              INTEGER PRIMARY KEY,
    message_id      TEXT NOT NULL,              -- without brackets; our own are made once per job, before the first try
    direction       TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    kind            TEXT NOT NULL,              -- out: model/letter.rs; in: 'message', 'bounce', 'complaint', 'ignored'
    mailbox_id      INTEGER REFERENCES mailboxes (id) ON DELETE SET NULL,
    conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
    contact_id      INTEGER REFERENCES contacts (id) ON DELETE CASCADE,
    agent_id        INTEGER REFERENCES agents (id) ON DELETE CASCADE,
    address         TEXT NOT NULL,              -- the other side, in lower case
    subject         TEXT NOT NULL DEFAULT '',
    job_key         TEXT UNIQUE,                -- what owed it: a second try finds its row here
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'bounced', 'received')),
    error           TEXT NOT NULL DEFAULT '',
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    UNIQUE (direction, message_id)
) STRICT;
CREATE INDEX mails_conversation ON mails (conversation_id, id) WHERE conversation_id IS NOT NULL;
CREATE INDEX mails_contact ON mails (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX mails_agent ON mails (agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX mails_mailbox ON mails (mailbox_id) WHERE mailbox_id IS NOT NULL;
CREATE INDEX mails_address ON mails (address, created_at);
CREATE INDEX mails_age ON mails (created_at);

-- Which messages a mail carries.
CREATE TABLE mail_messages (
    mail_id         INTEGER NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
    message_id      INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (mail_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_messages_message ON mail_messages (message_id);

-- What came by mail and is not shown at once: the quoted text and the signature under a message.
CREATE TABLE mail_rests (
    message_id      INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    quoted          TEXT NOT NULL DEFAULT '',   -- plain text
    signature       TEXT NOT NULL DEFAULT ''
) STRICT;

-- What is known of an address: whether mail to it comes back, whether its owner complained.
CREATE TABLE mail_addresses (
    address         TEXT PRIMARY KEY,           -- in lower case
    bounced_at      INTEGER,                    -- for good; cleared when a mail comes from there, or by hand
    complained_at   INTEGER,
    reason          TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Words of the house in place of the stock ones, for one kind of mail and language.
CREATE TABLE mail_templates (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL,              -- model/letter.rs
    name            TEXT NOT NULL,              -- '' = what every inbox uses that chose no other
    locale          TEXT NOT NULL,              -- '' = every language without words of its own
    subject         TEXT NOT NULL,
    body            TEXT NOT NULL,              -- Markdown with {{fields}}
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (kind, name, locale)
) STRICT;

-- The certificates that an authority gives us, one row per name, and how far the next one is (desk/certificates.rs).
CREATE TABLE certificates (
    id              INTEGER PRIMARY KEY,
    domain          TEXT NOT NULL UNIQUE,       -- in lower case
    directory       TEXT NOT NULL,              -- the authority, by the address of its directory
    account_key     BLOB,                       -- sealed; the authority knows us by it
    account_email   TEXT NOT NULL DEFAULT '',   -- what it was told last
    chain           TEXT NOT NULL DEFAULT '',   -- PEM, the own certificate first; '' = none yet
    chain_key       BLOB,                       -- sealed
    not_before      INTEGER,                    -- of the certificate
    not_after       INTEGER,
    renew_at        INTEGER,                    -- drawn once per certificate, so that a restart changes nothing
    order_url       TEXT NOT NULL DEFAULT '',   -- an order that is under way
    order_key       BLOB,                       -- sealed; its certificate will belong to it
    failures        INTEGER NOT NULL DEFAULT 0, -- in a row
    problem         TEXT NOT NULL DEFAULT '',   -- the last one, in words; '' = it went well
    tried_at        INTEGER,
    try_at          INTEGER,                    -- not before that; NULL = when it is time to renew
    rests_until     INTEGER                     -- the authority wants to be left alone until then
) STRICT;
