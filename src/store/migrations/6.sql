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
