"""What a source of documents lists and reads, by native id."""

from __future__ import annotations

from vigie.protocols import Source
from vigie.types import Document, Item, Skip


def scanned(source: Source) -> tuple[dict[str, str], dict[str, str]]:
    """(id -> version of the items, id -> reason of the skips); each id once."""
    found = list(source.scan())
    assert len({one.native_id for one in found}) == len(found)
    return (
        {one.native_id: one.version for one in found if isinstance(one, Item)},
        {one.native_id: one.reason for one in found if isinstance(one, Skip)},
    )


def read(source: Source, *ids: str) -> dict[str, Document | Skip]:
    got = list(source.read(Item(native_id, "old") for native_id in ids))
    assert sorted(one.native_id for one in got) == sorted(ids)
    return {one.native_id: one for one in got}
