"""Chroma's native code, asked without its Python package.

`import chromadb` takes over a second of each start and 45 MB, nearly all of it for servers, telemetry and embedding
functions that an embedded index never uses. What stands here calls the same compiled functions with the same values as
`chromadb.api.rust` 1.5.9 does, under the names of Chroma's own client: both kinds of client are used alike. Chroma's
package is imported by the native code itself when it has an error to raise.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chromadb_rust_bindings import (  # type: ignore[import-untyped]
    Bindings,
    MigrationHash,
    MigrationMode,
    SqliteDBConfig,
)

from vigie.protocols import Vectors

WHERE = ("default_tenant", "default_database")
FILES_PER_INDEX = 5  # that an open collection holds


class NativeCollection:
    """One collection; what Chroma's own `Collection` does with embeddings alone."""

    def __init__(self, bindings: Bindings, found: Any) -> None:
        self._bindings = bindings
        self.id = found.id
        self.name: str = found.name
        self.metadata: Mapping[str, Any] | None = found.metadata

    def count(self) -> int:
        return int(self._bindings.count(str(self.id), *WHERE))

    def get(self, *, limit: int, offset: int, include: Sequence[str]) -> dict[str, Any]:
        found = self._bindings.get(str(self.id), None, None, limit, offset, None, list(include), *WHERE)
        return {"ids": found.ids, "embeddings": found.embeddings}

    def query(self, *, query_embeddings: Sequence[Vectors], n_results: int, include: Sequence[str]) -> dict[str, Any]:
        """One list of ids and one of distances for each vector."""
        given = list(query_embeddings)
        found = self._bindings.query(str(self.id), None, given, n_results, None, None, list(include), *WHERE)
        return {"ids": found.ids, "distances": found.distances}

    def upsert(self, *, ids: Sequence[str], embeddings: Vectors) -> None:
        self._bindings.upsert(str(self.id), list(ids), list(embeddings), None, None, None, *WHERE)

    def delete(self, *, ids: Sequence[str]) -> None:
        self._bindings.delete(str(self.id), list(ids), None, None, None, *WHERE)

    def modify(self, *, name: str | None = None, metadata: Mapping[str, Any] | None = None) -> None:
        self._bindings.update_collection(str(self.id), name, metadata, None)
        self.name = name or self.name
        self.metadata = metadata or self.metadata


class NativeClient:
    """The collections of one folder, which is made when it is not there."""

    def __init__(self, folder: Path) -> None:
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        database = SqliteDBConfig(
            hash_type=MigrationHash.MD5, migration_mode=MigrationMode.Apply, url=str(folder / "chroma.sqlite3")
        )
        self._bindings = Bindings(
            allow_reset=False,
            sqlite_db_config=database,
            persist_path=str(folder),
            hnsw_cache_size=files // FILES_PER_INDEX,
        )

    def list_collections(self) -> list[NativeCollection]:
        return [
            NativeCollection(self._bindings, found) for found in self._bindings.list_collections(None, None, *WHERE)
        ]

    def create_collection(
        self, name: str, *, configuration: Mapping[str, Any], metadata: Mapping[str, Any], embedding_function: None
    ) -> NativeCollection:
        told = json.dumps({**configuration, "spann": None, "embedding_function": {"type": "legacy"}})
        return NativeCollection(
            self._bindings, self._bindings.create_collection(name, told, None, dict(metadata), False, *WHERE)
        )

    def delete_collection(self, name: str) -> None:
        self._bindings.delete_collection(name, *WHERE)

    def close(self) -> None:
        """Files are released when nothing holds a collection any more."""
        del self._bindings
