-- Ingests that were asked for, and how they ended.
CREATE TABLE job (
    id          TEXT PRIMARY KEY,
    started_at  TEXT NOT NULL,
    status      TEXT NOT NULL,
    body        TEXT NOT NULL      -- the whole job, JSON
);
