CREATE TABLE submissions (key TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
ALTER TABLE certificates ADD COLUMN key BLOB;
ALTER TABLE certificates ADD COLUMN not_after INTEGER;
ALTER TABLE certificates ADD COLUMN shard INTEGER;
CREATE INDEX certificates_key ON certificates (key) WHERE key IS NOT NULL;
CREATE TABLE crl_points (
    issuer TEXT NOT NULL,
    shard  INTEGER,
    urls   TEXT NOT NULL,
    deltas TEXT NOT NULL
);
CREATE UNIQUE INDEX crl_points_once ON crl_points (issuer, coalesce(shard, -1), urls, deltas);
