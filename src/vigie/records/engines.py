"""One engine in front of several: each collection is computed with where its records are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
