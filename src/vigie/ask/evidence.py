"""A passage with the number that the answer cites it by, and how the model is shown it."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.types import Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` is what was given of the passage: all of it, or what the model's context had room for."""

    n: int
    passage: Passage
    text: str
    score: float

    @property
    def heading(self) -> str:
        """Where it stands and, of a signature of runs, its counts over all records."""
        passage = self.passage
        place = " — ".join(part for part in (passage.title, passage.chunk.locator) if part)
        stats = passage.stats
        if stats is None:
            return place
        span = "".join(
            f", {name} {moment.isoformat()}"
            for name, moment in (("first", stats.first), ("last", stats.last))
            if moment is not None
        )
        ids = ", ".join(stats.latest_ids)
        return f"{place} ({stats.count} runs of {stats.total} in {passage.ref.name}{span}; latest ids: {ids})"
