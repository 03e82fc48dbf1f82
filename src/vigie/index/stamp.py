"""Which vector index a ledger filled last: the same random word in the data directory and in the index's folder."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from vigie.errors import StoreError

FILE = "vigie.stamp"


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """`marker`: the ledger's side. `folder`: the index's. An index that was left and taken up again is another one:
    what the ledger learned meanwhile went elsewhere."""

    marker: Path
    folder: Path

    def same(self) -> bool:
        word = _read(self.marker)
        return word is not None and word == _read(self.folder / FILE)

    def renew(self) -> None:
        """To be called once the index holds what the ledger says. Raises StoreError."""
        word = uuid.uuid4().hex
        try:
            for place in (self.folder / FILE, self.marker):  # killed in between, they differ
                place.parent.mkdir(parents=True, exist_ok=True)
                new = place.with_name(f"{place.name}.new")
                new.write_text(word, encoding="ascii")
                os.replace(new, place)
        except OSError as error:
            raise StoreError(
                f"{place} cannot be written to ({error.strerror}): see the rights on its folder"
            ) from error


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
