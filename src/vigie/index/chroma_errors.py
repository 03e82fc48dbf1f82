"""What Chroma's errors mean: it tells damage, a full disk and a busy one apart in its messages only."""

from __future__ import annotations

from pathlib import Path

from vigie.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from vigie.index.folders import is_full

_DAMAGE = (
    *("not a database", "malformed", "hnsw", "no such table", "no such column", "corrupt", "deserial", "pickle"),
    *(
        "unexpected eof",
        "failed to fill whole buffer",
        "no such file",
        "migration",
        "error finding id",
        "error getting embedding",
    ),
)


def of_chroma(error: BaseException) -> bool:
    """Is it one of Chroma's own? By name: importing its package takes a second."""
    return any(kind.__module__ == "chromadb.errors" for kind in type(error).__mro__)


def store_error(error: BaseException, folder: Path | str, collection: str, damaged: bool = False) -> StoreError:
    """The error of ours to raise. `folder` may be a server's address. `collection` is empty for the whole of it."""
    what = (
        f"collection {collection!r} of the vector index in {folder}" if collection else f"the vector index in {folder}"
    )
    said = str(error)
    if is_full(error):
        return StoreFull(f"no space left for {what}: free some and sync again")
    if "database is locked" in said:
        return StoreBusy(f"{what} is in use by another process: stop it and try again")
    if "expecting embedding with dimension" in said:
        return StoreError(f"{what} holds vectors of another model ({said}): `vigie check --repair` rebuilds it")
    if damaged or any(word in said.lower() for word in _DAMAGE):
        return StoreCorrupt(f"{what} is damaged ({said}): `vigie check --repair` rebuilds it from the ledger")
    return StoreError(f"{what} cannot be used ({said}): see the disk and the rights on the folder")
