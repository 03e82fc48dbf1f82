"""settings -> objects: one `match` per family, its import inside the case, so that a command loads what it uses.

`services` opens everything, and is not imported here: the processes that read and embed do without it.
"""

from __future__ import annotations

from vigie.wiring.collections import (
    Inputs,
    default_sample,
    discover_records,
    live_collections,
    make_record_source,
    mongo_database,
    mongo_notes,
    record_files,
)
from vigie.wiring.models import (
    INDEXING_THREADS,
    FormerEmbedders,
    LazyEmbedders,
    chunk_notes,
    make_chat,
    make_embedder,
    model_spec,
)
from vigie.wiring.sources import (
    code_roots,
    configured,
    discover,
    make_confluence,
    make_document_source,
    make_preparer,
    origin,
)
from vigie.wiring.stores import make_bodies, make_engine, make_text, make_vectors, make_vocabulary

__all__ = [
    "INDEXING_THREADS",
    "FormerEmbedders",
    "Inputs",
    "LazyEmbedders",
    "chunk_notes",
    "code_roots",
    "configured",
    "default_sample",
    "discover",
    "discover_records",
    "live_collections",
    "make_bodies",
    "make_chat",
    "make_confluence",
    "make_document_source",
    "make_embedder",
    "make_engine",
    "make_preparer",
    "make_record_source",
    "make_text",
    "make_vectors",
    "make_vocabulary",
    "model_spec",
    "mongo_database",
    "mongo_notes",
    "origin",
    "record_files",
]
