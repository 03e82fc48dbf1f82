"""One engine in front of several: each collection is computed with where its records are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import TypeVar

from vigie.errors import SourceUnreachable
from vigie.plan import Plan, Profile, Rows
from vigie.protocols import RecordEngine
from vigie.types import Access

log = logging.getLogger(__name__)
T = TypeVar("T")

AWAY_SECONDS = 30.0  # before a database that did not answer is asked again: each try takes five


class Engines:
    """A `protocols.RecordEngine`. `live`: the collections whose records are counted in the `database`; all others, and
    those while it cannot be reached, are counted in what is `kept` here of the last sync. `kept_at`: when that was.
    """

    def __init__(
        self,
        live: Container[str],
        database: RecordEngine,
        kept: RecordEngine,
        kept_at: Callable[[str], datetime | None] = lambda collection: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._live = live
        self._database = database
        self._kept = kept
        self._kept_at = kept_at
        self._clock = clock
        self._away_until: float | None = None
        self._were_live: set[str] = set()

    def profile(self, collection: str) -> Profile | None:
        return self._kept.profile(collection)

    def run(self, plan: Plan, access: Access) -> Rows:
        return self._ask(
            plan.collection,
            lambda: self._database.run(plan, access),
            lambda: replace(self._kept.run(plan, access), kept_at=self._kept_at(plan.collection), kept=True),
            lambda: self._kept.run(plan, access),
        )

    def pipeline(self, plan: Plan) -> list[dict[str, object]]:
        in_database = self._is_live(plan.collection) and not self._is_away()
        return (self._database if in_database else self._kept).pipeline(plan)

    def bodies(self, collection: str, native_ids: Sequence[str]) -> dict[str, str]:
        def kept() -> dict[str, str]:
            return self._kept.bodies(collection, native_ids)

        return self._ask(collection, lambda: self._database.bodies(collection, native_ids), kept, kept)

    def _ask(self, collection: str, live: Callable[[], T], instead: Callable[[], T], kept: Callable[[], T]) -> T:
        """`instead`: of a live collection whose database is away. Raises SourceUnreachable where nothing is kept."""
        if not self._is_live(collection):
            return kept()
        if not self._is_away():
            try:
                answer = live()
            except SourceUnreachable as error:
                log.warning("%s; counting what is kept of the last sync", error)
                if self._kept.profile(collection) is None:
                    raise
                self._were_live.add(collection)
                self._away_until = self._clock() + AWAY_SECONDS
            else:
                self._away_until = None
                return answer
        return instead()

    def _is_away(self) -> bool:
        return self._away_until is not None and self._clock() < self._away_until

    def _is_live(self, collection: str) -> bool:
        """A database that did not answer last time is not asked for its collections too: that takes as long again."""
        return (self._away_until is not None and collection in self._were_live) or collection in self._live


class Names:
    """Which collections are there to be read live, asked for again after some seconds. `read` gives None where it
    cannot tell; then what was told last holds, and if nothing was, any name may be one that is `possible`."""

    def __init__(
        self,
        read: Callable[[], frozenset[str] | None],
        seconds: float = 10,
        clock: Callable[[], float] = monotonic,
        possible: Callable[[str], bool] = lambda name: True,
    ) -> None:
        self._read = read
        self._possible = possible
        self._seconds = seconds
        self._clock = clock
        self._known: frozenset[str] | None = None
        self._until: float | None = None
        self._lock = Lock()

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        with self._lock:
            if self._until is None or self._clock() >= self._until:
                found = self._read()
                self._known = self._known if found is None else found
                self._until = self._clock() + self._seconds
            return self._possible(name) if self._known is None else name in self._known
