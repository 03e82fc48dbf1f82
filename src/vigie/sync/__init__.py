"""source -> chunk -> embed -> ledger -> index. One process writes; a child of it parses, chunks and embeds."""
