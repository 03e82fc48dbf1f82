-- When a source was last read to its end, though items may have been left out: what is kept of it dates from then.
ALTER TABLE source ADD COLUMN read_at TEXT;
UPDATE source SET read_at = whole_at;
