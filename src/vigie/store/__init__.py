"""The SQLite stores: the ledger (what is live) and the sessions (what was asked)."""
