"""Documents cut into chunks that fit the embedding model: exact slices, each knowing where it stands."""
