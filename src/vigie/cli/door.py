"""Who does a command's work: the server that writes in the data directory, or this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from vigie.cli.shapes import Json
from vigie.cli.wanted import Asked, Looked, Wanted
from vigie.settings import Settings
from vigie.store.lock import running

WAIT_SECONDS = 10.0  # for another command that is about to end, or a server that is about to answer
LOOK_SECONDS = 0.1


class Door(Protocol):
    """The same JSON, whoever makes it. All raise VigieError."""

    def ingest(self, wanted: Wanted) -> Json: ...

    def answer(self, asked: Asked) -> Json: ...

    def search(self, looked: Looked) -> list[Json]: ...

    def status(self) -> Json: ...

    def check(self, repair: bool) -> Json: ...

    def close(self) -> None: ...


@contextmanager
def opened(settings: Settings, wait: float = WAIT_SECONDS) -> Iterator[Door]:
    """Through the server that runs on the data directory, else right here. Raises StoreBusy after `wait` seconds."""
    until = time.monotonic() + wait
    holder = running(settings.data_dir)
    while holder is not None and "url" not in holder and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        holder = running(settings.data_dir)
    door: Door
    if holder is not None and "url" in holder:
        from vigie.cli.remote import Remote

        door = Remote(settings, str(holder["url"]))
    else:
        from vigie.cli.local import Local

        door = Local(settings, max(0.0, until - time.monotonic()))
    try:
        yield door
    finally:
        door.close()
