-- Ingests that were asked for, and how they ended.
CREATE TABLE job (
    seq   INTEGER PRIMARY KEY,
    id    TEXT NOT NULL UNIQUE,
    open  INTEGER NOT NULL,        -- neither ended nor interrupted
    body  TEXT NOT NULL            -- the whole job, JSON
);
