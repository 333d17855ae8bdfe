-- The desk in full: roles, second factor, tags, macros, rules, views, routing, deadlines, notices, quarantine, retention.

CREATE TABLE roles (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    scope       TEXT NOT NULL CHECK (scope IN ('all', 'team', 'assigned')),
    permissions TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
ALTER TABLE agents ADD COLUMN role_id INTEGER REFERENCES roles (id);
ALTER TABLE agents ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN open_max INTEGER NOT NULL DEFAULT 6;
ALTER TABLE agents ADD COLUMN work_hours_id INTEGER REFERENCES business_hours (id) ON DELETE SET NULL;
ALTER TABLE agents ADD COLUMN prefs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE agents ADD COLUMN totp_secret TEXT;
ALTER TABLE agents ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN totp_at INTEGER;
CREATE INDEX agents_role ON agents (role_id) WHERE role_id IS NOT NULL;
CREATE TABLE recovery_codes (
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    code_hash   BLOB NOT NULL,
    used_at     INTEGER,
    PRIMARY KEY (agent_id, code_hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE login_steps (
    id          INTEGER PRIMARY KEY,
    ticket_hash BLOB NOT NULL UNIQUE,
    agent_id    INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    tries       INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER NOT NULL
) STRICT;
ALTER TABLE agent_sessions ADD COLUMN uuid TEXT NOT NULL DEFAULT '';
ALTER TABLE agent_sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE agent_sessions ADD COLUMN ip TEXT NOT NULL DEFAULT '';
UPDATE agent_sessions SET uuid = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)));
-- REPLACE would delete without asking the trigger against deletion.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
ALTER TABLE invitations ADD COLUMN issued_by INTEGER REFERENCES agents (id) ON DELETE CASCADE;
ALTER TABLE teams ADD COLUMN routing TEXT NOT NULL DEFAULT 'manual' CHECK (routing IN ('manual', 'round_robin'));
ALTER TABLE teams ADD COLUMN prefer_last INTEGER NOT NULL DEFAULT 1;
ALTER TABLE teams ADD COLUMN answer_within_s INTEGER;
ALTER TABLE teams ADD COLUMN sla_id INTEGER REFERENCES slas (id) ON DELETE SET NULL;
ALTER TABLE team_members ADD COLUMN place TEXT NOT NULL DEFAULT 'normal' CHECK (place IN ('first', 'normal', 'last'));
ALTER TABLE team_members ADD COLUMN given_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX team_members_agent ON team_members (agent_id);

CREATE TABLE statuses (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    category    TEXT NOT NULL CHECK (category IN ('open', 'waiting', 'resolved')),
    position    INTEGER NOT NULL
) STRICT;
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
DROP INDEX conversations_kind;
DROP INDEX conversations_list;
DROP INDEX conversations_assignee;
DROP INDEX conversations_team;
ALTER TABLE conversations DROP COLUMN listing;
ALTER TABLE conversations ADD COLUMN quarantine TEXT CHECK (quarantine IN ('suspect', 'spam'));
ALTER TABLE conversations ADD COLUMN suspicion TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN status_id INTEGER REFERENCES statuses (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN sla_id INTEGER REFERENCES slas (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN queued_at INTEGER;
ALTER TABLE conversations ADD COLUMN given_at INTEGER;
ALTER TABLE conversations ADD COLUMN assigned_at INTEGER;
ALTER TABLE conversations ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
ALTER TABLE conversations ADD COLUMN listing TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN quarantine IS NOT NULL THEN 'spam' WHEN snoozed_until IS NULL THEN status ELSE 'snoozed' END) VIRTUAL;
ALTER TABLE conversations ADD COLUMN passed_id INTEGER REFERENCES agents (id) ON DELETE SET NULL;
CREATE INDEX conversations_kind ON conversations (kind, listing, last_seq);
CREATE INDEX conversations_list ON conversations (listing, last_seq);
CREATE INDEX conversations_assignee ON conversations (assignee_id, listing, last_seq);
CREATE INDEX conversations_team ON conversations (team_id, listing, last_seq) WHERE team_id IS NOT NULL;
CREATE INDEX conversations_queue ON conversations (queued_at) WHERE queued_at IS NOT NULL;
CREATE INDEX conversations_given ON conversations (given_at) WHERE given_at IS NOT NULL;
CREATE INDEX conversations_status_id ON conversations (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX conversations_created ON conversations (created_at);
CREATE INDEX conversations_resolved ON conversations (resolved_at) WHERE resolved_at IS NOT NULL;
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
CREATE TABLE followers (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, agent_id)
) STRICT, WITHOUT ROWID;

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
CREATE TABLE rule_runs (
    rule_id         INTEGER NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    at              INTEGER NOT NULL,
    PRIMARY KEY (rule_id, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_runs_conversation ON rule_runs (conversation_id);

CREATE TABLE drafts (
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    body            TEXT NOT NULL,
    is_note         INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (agent_id, conversation_id, is_note)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE mentions (
    agent_id        INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id      INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (agent_id, conversation_id, message_id)
) STRICT, WITHOUT ROWID;
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
    read_at         INTEGER
) STRICT;
CREATE INDEX notices_agent ON notices (agent_id, id);
CREATE INDEX notices_unread ON notices (agent_id) WHERE read_at IS NULL;
CREATE INDEX notices_conversation ON notices (conversation_id);
CREATE UNIQUE INDEX notices_once ON notices (agent_id, dedup_key) WHERE dedup_key IS NOT NULL;
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
ALTER TABLE contacts ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
CREATE INDEX contacts_recent ON contacts (last_seen_at);
CREATE INDEX contacts_phone ON contacts (replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')) WHERE phone IS NOT NULL;
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
INSERT INTO contact_notes (uuid, contact_id, text, created_at)
    SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
           id, note, last_seen_at FROM contacts WHERE note <> '' AND merged_into IS NULL;
ALTER TABLE contacts DROP COLUMN note;
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

CREATE INDEX messages_created ON messages (created_at);
CREATE INDEX surveys_answered ON surveys (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX surveys_created ON surveys (created_at);

-- Erasing: whatever hangs on a conversation, a message or a contact is found without looking at everything, and the word indexes forget.
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX consents_conversation ON consents (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX conversations_retention ON conversations (inbox_id, resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX agent_reads_conversation ON agent_reads (conversation_id);
CREATE INDEX events_contact ON events (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX drafts_conversation ON drafts (conversation_id);
CREATE INDEX mentions_conversation ON mentions (conversation_id);
CREATE INDEX mentions_message ON mentions (message_id);
DROP INDEX messages_echo_contact;
CREATE UNIQUE INDEX messages_echo_contact ON messages (contact_id, echo_id) WHERE contact_id IS NOT NULL;
INSERT INTO contacts_fts (contacts_fts, rank) VALUES ('secure-delete', 1);
INSERT INTO contacts_fts (contacts_fts) VALUES ('optimize');
INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1);
ALTER TABLE inboxes ADD COLUMN called_at INTEGER;
ALTER TABLE inboxes ADD COLUMN called_from TEXT NOT NULL DEFAULT '';
