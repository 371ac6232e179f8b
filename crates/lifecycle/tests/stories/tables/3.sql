-- What version 3 added.
CREATE TABLE checkpoints (
    size  INTEGER PRIMARY KEY,
    text  TEXT NOT NULL,
    roots BLOB NOT NULL
);
