-- The tables of version 2, as they were written then.
CREATE TABLE records (
    seq     INTEGER PRIMARY KEY,
    stream  TEXT    NOT NULL,
    version INTEGER NOT NULL,
    octets  BLOB    NOT NULL,
    digest  BLOB    NOT NULL,
    UNIQUE (stream, version)
);
CREATE TABLE certificates (
    issuer     TEXT NOT NULL,
    serial     TEXT NOT NULL,
    status     TEXT NOT NULL,
    revoked_at INTEGER,
    reason     INTEGER,
    PRIMARY KEY (issuer, serial)
);
CREATE INDEX certificates_revoked ON certificates (issuer, serial)
    WHERE revoked_at IS NOT NULL;
CREATE TABLE unsettled (stream TEXT PRIMARY KEY);
CREATE TABLE case_numbers (number INTEGER PRIMARY KEY);
CREATE TABLE cases (
    id                TEXT PRIMARY KEY,
    number            INTEGER UNIQUE,
    phase             TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    mode              TEXT    NOT NULL,
    rules             TEXT    NOT NULL,
    rules_version     INTEGER NOT NULL,
    opened            INTEGER NOT NULL,
    unit              TEXT,
    certificate       TEXT,
    replaces          TEXT,
    until             INTEGER,
    signing_issuer    TEXT,
    signing_serial    TEXT,
    encryption_issuer TEXT,
    encryption_serial TEXT
) WITHOUT ROWID;
CREATE INDEX cases_unit ON cases (unit, certificate) WHERE unit IS NOT NULL;
CREATE INDEX cases_signing ON cases (signing_issuer, signing_serial)
    WHERE signing_serial IS NOT NULL;
CREATE INDEX cases_encryption ON cases (encryption_issuer, encryption_serial)
    WHERE encryption_serial IS NOT NULL;
CREATE TABLE timers (stream TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due, stream);
CREATE TABLE notices (
    key     TEXT PRIMARY KEY,
    due     INTEGER NOT NULL,
    content TEXT    NOT NULL,
    told    INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX notices_open ON notices (due, key) WHERE told = 0;
