-- Conversations. A question and its answer are one row; turns are read from the rows that were not dropped.

CREATE TABLE session (
    id           TEXT PRIMARY KEY,
    title        TEXT,                 -- as renamed; else the first question shows
    folded_title TEXT,                 -- without case and accents, for search
    created_at   TEXT NOT NULL,        -- ISO 8601, UTC
    updated_at   TEXT NOT NULL,
    deleted_at   TEXT
);

CREATE TABLE answer (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    session_id   TEXT NOT NULL REFERENCES session (id),
    question     TEXT NOT NULL,
    folded       TEXT NOT NULL,        -- the question without case and accents, for search
    text         TEXT NOT NULL,
    body         TEXT NOT NULL,        -- the whole answer as JSON, without its history
    dropped_by   INTEGER               -- seq of the answer whose question replaced it or one before it
);
CREATE INDEX answer_session ON answer (session_id, seq);
