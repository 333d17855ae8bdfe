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

-- How far a conversation was mailed, each way.
ALTER TABLE conversations ADD COLUMN mailed_seq INTEGER NOT NULL DEFAULT 0; -- to the contact: messages up to here
ALTER TABLE conversations ADD COLUMN mailed_at INTEGER;
ALTER TABLE conversations ADD COLUMN told_seq INTEGER NOT NULL DEFAULT 0; -- to the team, while nobody was here
ALTER TABLE conversations ADD COLUMN told_at INTEGER;
ALTER TABLE conversations ADD COLUMN subject TEXT NOT NULL DEFAULT ''; -- of its mails

-- Which notices a mail told already.
ALTER TABLE notices ADD COLUMN mailed_at INTEGER;
-- A session that a link in a mail opened is for one conversation alone.
ALTER TABLE sessions ADD COLUMN conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE;
CREATE INDEX sessions_conversation ON sessions (conversation_id) WHERE conversation_id IS NOT NULL;
