"""A source whose content a test decides, faults included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vigie.errors import SourceError
from vigie.types import Document, Item, Skip, SourceRef, digest


@dataclass
class ScriptedSource:
    """Implements `protocols.Source` over `pages` (native id -> text); change them between two syncs.

    `excluded` maps native ids to reasons; `fail_listing_after` and `fail_reading_after` items, SourceError is raised.
    """

    ref: SourceRef
    pages: dict[str, str]
    excluded: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    fail_listing_after: int | None = None
    fail_reading_after: int | None = None
    reads: list[str] = field(default_factory=list)

    def scan(self) -> Iterator[Item | Skip]:
        for n, (native_id, text) in enumerate(self.pages.items()):
            if n == self.fail_listing_after:
                raise SourceError(f"{self.ref.name} stopped answering while listing: try again")
            reason = self.excluded.get(native_id)
            yield Item(native_id, version_of(text)) if reason is None else Skip(native_id, reason)

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        for n, item in enumerate(items):
            if n == self.fail_reading_after:
                raise SourceError(f"{self.ref.name} stopped answering while reading: try again")
            self.reads.append(item.native_id)
            if item.native_id in self.unreadable:
                yield Skip(item.native_id, "could not be read: HTTP 500", transient=True)
                continue
            text = self.pages.get(item.native_id)
            if text is None:
                yield Skip(item.native_id, "deleted while it was being read")
                continue
            yield Document(self.ref, item.native_id, version_of(text), f"Page {item.native_id}", text)


def version_of(text: str) -> str:
    return digest(text)
