"""A number for each key of an object whose keys are data: measures side by side, ranked once they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.keyed import Keyed
from vigie.plan import Measure, Plan, Rows, Span, Where


@dataclass(frozen=True, slots=True)
class Ranked:
    """How sides are put in order: the largest number first or last, no more than so many."""

    largest_first: bool
    limit: int | None


def sides_by_key(
    frame: Frame, keyed: Keyed, where: tuple[Where, ...], span: Span | None
) -> tuple[Plan, tuple[str, ...], Ranked]:
    """Of each key what is asked, then how many records have it."""
    leaf = (frame.target or "").rpartition(".")[2]
    asked, held = [], []
    for key, own in keyed.keys.items():
        most = max(own, key=lambda facet: facet.profile.present)
        there = (Where(most.path, "present"),)
        target = next((f.path for f in own if f.path.endswith(f".{leaf}")), None) if leaf else None
        if leaf and target is None:
            continue
        asked.append(Measure(key, frame.aggregate, target, there))
        held.append(Measure(f"{key} held", "count", None, there))
    plan = Plan(frame.collection, where, span, (), (*asked, *held), form="sides")
    return plan, tuple(measure.name for measure in asked), Ranked(frame.order != "asc", frame.limit)


def in_order(plan: Plan, rows: Rows, labels: Sequence[str], ranked: Ranked) -> tuple[Plan, Rows, tuple[str, ...]]:
    """The same without the keys that no record has, in order of their numbers."""
    row, count = rows.rows[0], len(labels)
    there = [i for i in range(count) if row[count + i]]
    there.sort(key=lambda i: (row[i] is None, -_number(row[i]) if ranked.largest_first else _number(row[i]), labels[i]))
    there = there[: ranked.limit]
    kept = replace(plan, measures=tuple(plan.measures[i] for i in there))
    return kept, replace(rows, rows=[tuple(row[i] for i in there)]), tuple(labels[i] for i in there)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
