"""The two indexes, both rebuildable from the ledger: vectors (Chroma) and words (tantivy)."""
