"""One engine in front of several: each collection is computed with where its records are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from time import monotonic

from vigie.plan import Plan, Profile, Rows
from vigie.protocols import RecordEngine
from vigie.types import Access


class Engines:
    """A `protocols.RecordEngine`. `choose`: collection -> the engine that answers for it, asked at every call."""

    def __init__(self, choose: Callable[[str], RecordEngine]) -> None:
        self._choose = choose

    def profile(self, collection: str) -> Profile | None:
        return self._choose(collection).profile(collection)

    def run(self, plan: Plan, access: Access) -> Rows:
        return self._choose(plan.collection).run(plan, access)

    def pipeline(self, plan: Plan) -> list[dict[str, object]]:
        return self._choose(plan.collection).pipeline(plan)

    def bodies(self, collection: str, native_ids: Sequence[str]) -> dict[str, str]:
        return self._choose(collection).bodies(collection, native_ids)


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

    def __contains__(self, name: str) -> bool:
        with self._lock:
            if self._until is None or self._clock() >= self._until:
                found = self._read()
                self._known = self._known if found is None else found
                self._until = self._clock() + self._seconds
            return self._possible(name) if self._known is None else name in self._known
