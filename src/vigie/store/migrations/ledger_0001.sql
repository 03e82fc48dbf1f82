-- The truth: what is live, its vectors, and the work the indexes still have to do.

CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    state       TEXT,             -- records: fingerprint of the last whole read
    fields      TEXT,             -- records: learned signature fields, JSON
    generation  INTEGER,          -- records: the live generation of `record`
    bodies      TEXT,             -- records: the live generation of the exported bodies
    total       INTEGER NOT NULL DEFAULT 0,  -- records: live rows
    report      TEXT,             -- last sync's line, JSON
    synced_at   TEXT,             -- when it ended
    whole_at    TEXT,             -- when it last ended complete
    UNIQUE (kind, name)
);

CREATE TABLE document (
    id          TEXT PRIMARY KEY,
    source_id   INTEGER NOT NULL REFERENCES source (id),
    native_id   TEXT NOT NULL,
    version     TEXT NOT NULL,
    title       TEXT NOT NULL,
    text        TEXT NOT NULL,
    url         TEXT,
    language    TEXT,
    updated_at  TEXT,
    UNIQUE (source_id, native_id)
);

CREATE TABLE chunk (
    id          TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES document (id),
    ordinal     INTEGER NOT NULL,
    text        TEXT NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL,
    locator     TEXT NOT NULL,
    context     TEXT NOT NULL,
    symbol      TEXT,
    start_line  INTEGER,
    end_line    INTEGER,
    occurrence  INTEGER NOT NULL,
    vector_key  TEXT NOT NULL      -- digest of the text that was embedded
);
CREATE INDEX chunk_document ON chunk (document_id, ordinal);
CREATE INDEX chunk_vector ON chunk (vector_key);

CREATE TABLE vector (
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,     -- of the model
    data        BLOB NOT NULL,     -- float32, little endian, unit length
    PRIMARY KEY (key, fingerprint)
);

-- One row per thing that an index has still to learn; written in the transaction that causes it.
CREATE TABLE index_work (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    collection  TEXT NOT NULL,
    chunk_id    TEXT NOT NULL
);

CREATE TABLE record (
    source_id   INTEGER NOT NULL,
    generation  INTEGER NOT NULL,
    native_id   TEXT NOT NULL,
    hash        BLOB NOT NULL,
    signature   INTEGER NOT NULL,  -- signature.id
    time        INTEGER,           -- epoch milliseconds, UTC
    PRIMARY KEY (source_id, generation, native_id)
) WITHOUT ROWID;

CREATE TABLE signature (
    id          INTEGER PRIMARY KEY,
    source_id   INTEGER NOT NULL,
    key         TEXT NOT NULL,     -- native id of its document
    count       INTEGER NOT NULL DEFAULT 0,
    first       INTEGER,
    last        INTEGER,
    latest_ids  TEXT NOT NULL DEFAULT '[]',
    UNIQUE (source_id, key)
);

CREATE TABLE skip (
    source_id   INTEGER NOT NULL,
    native_id   TEXT NOT NULL,
    reason      TEXT NOT NULL,
    transient   INTEGER NOT NULL
);
CREATE INDEX skip_source ON skip (source_id);

-- Which model's vectors a vector collection is made of.
CREATE TABLE vector_collection (
    name        TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL
);
