"""A few dates among values of another kind do not stand for the field."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from record_engines import engine_of, every_engine

from vigie.plan import Key, Measure, Order, Plan
from vigie.types import EVERYTHING

STRAY = datetime(2026, 11, 20, tzinfo=UTC)
BODIES: list[dict[str, Any]] = [
    *({"flow": f"F{n % 3}", "duration": n, "code": n if n % 2 else f"E{n}"} for n in range(9)),
    {"flow": STRAY, "duration": STRAY, "code": STRAY},
]


@every_engine
def test_groups_are_of_the_other_values_and_the_records_left_out_are_counted(tmp_path: Path, kind: str) -> None:
    plan = Plan("runs", keys=(Key("flow"),), measures=(Measure("count"),), order=(Order(0, False),))
    with engine_of(kind, tmp_path, BODIES) as made:
        found = made.run(plan, EVERYTHING)
        assert found.rows == [("F0", 3), ("F1", 3), ("F2", 3)]
        assert found.ungrouped == 1


@every_engine
@pytest.mark.parametrize(
    ("aggregate", "path", "value"),
    [("distinct", "flow", 3), ("distinct", "code", 9), ("max", "duration", 8), ("min", "duration", 0)],
)
def test_one_number_is_of_the_other_values(tmp_path: Path, kind: str, aggregate: Any, path: str, value: object) -> None:
    with engine_of(kind, tmp_path, BODIES) as made:
        assert made.run(Plan("runs", measures=(Measure("n", aggregate, path),)), EVERYTHING).rows == [(value,)]


@every_engine
def test_dates_that_are_most_of_the_values_stand_for_them(tmp_path: Path, kind: str) -> None:
    bodies = [{"at": STRAY}, {"at": STRAY.replace(day=21)}, {"at": "soon"}]
    with engine_of(kind, tmp_path, bodies) as made:
        assert made.run(Plan("runs", measures=(Measure("n", "distinct", "at"),)), EVERYTHING).rows == [(2,)]
        assert made.run(Plan("runs", measures=(Measure("n", "max", "at"),)), EVERYTHING).rows == [
            (STRAY.replace(day=21),)
        ]
