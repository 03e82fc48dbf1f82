"""Dates in local notation: what columns hold them, and that every engine reads them as Python does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from record_engines import PARIS, engine, engine_of, every_engine, oracle

from vigie.plan import FieldProfile, Key, Measure, Order, Plan, Span, Where
from vigie.types import EVERYTHING

COLUMNS: dict[str, list[Any]] = {
    "dmy": ["14/11/2026 08:30", "14/11/2026 8:30:15", "1/2/2026", "03.02.2026 23h59", "31-12-9999",
            "05/11/2026 à 07:05", "14/11/2026T08:30:15,123", "02/01/2026, 00:00", "30/02/2026", "05/11/2026"],
    "mdy": ["11/14/2026", "01/02/2026 08:30", "2/3/2026", "11-30-2026 18:00:59"],
    "dmy_assumed": ["01/02/2026 08:30", "02/03/2026", "03/01/2026 23:59:59.999"],
    "ymd": ["2026/11/14 08:30", "2026.2.3", "2026/01/31 7:05:01", "2026-11-14"],
    "digits": ["20261114", "20261114083000", "20260201 0830", "99991231", "20260101T000000"],
}  # fmt: skip
LISTS = [["14/11/2026", "1/2/2026"], "03/02/2026"]
NUMBERS = [20261114, 20260201.0, 20261114083000, 99991231]


def field(folder: Path, name: str, values: Sequence[Any]) -> FieldProfile:
    profile = engine(folder, [{name: value} for value in values]).profile("runs")
    assert profile is not None
    found = profile.field(name)
    assert found is not None
    return found


@every_engine
@pytest.mark.parametrize(("form", "values"), [*COLUMNS.items(), ("digits", NUMBERS), ("dmy", LISTS)])
def test_every_engine_reads_a_column_as_python_does(kind: str, form: str, values: list[Any], tmp_path: Path) -> None:
    bodies = [{"jour": value, "n": n} for n, value in enumerate(values)]
    middle = datetime(2026, 2, 3, 8, tzinfo=UTC)
    plans = [
        Plan("runs", span=Span("jour", None, middle), measures=(Measure("count"),)),
        Plan("runs", span=Span("jour", middle, None), measures=(Measure("count"), Measure("sum", "sum", "n"))),
        Plan("runs", where=(Where("jour", "ge", (middle,)),), show=("n",), order=(Order(0),)),
        *(
            Plan("runs", keys=(Key("jour", bucket),), measures=(Measure("count"),))
            for bucket in ("hour", "day", "week", "month", "hour_of_day", "weekday", None)
        ),
        Plan("runs", measures=(Measure("min", "min", "jour"), Measure("max", "max", "jour"))),
    ]
    with engine_of(kind, tmp_path, bodies) as made:
        profile = made.profile("runs")
        assert profile is not None
        found = profile.field("jour")
        assert found is not None
        assert found.time == form
        for plan in plans:
            rows, matched, ungrouped = oracle(bodies, profile).run(plan)
            got = made.run(plan, EVERYTHING)
            assert (list(got.rows), got.matched, got.ungrouped) == (rows, matched, ungrouped), plan
            assert matched


def test_the_ends_of_a_column_are_instants_of_the_zone(tmp_path: Path) -> None:
    found = field(tmp_path, "fin", ["14/11/2026 08:30", "01/07/2026", "20/12/2026"])
    assert found.low == datetime(2026, 7, 1, tzinfo=PARIS)
    assert found.high == datetime(2026, 12, 20, tzinfo=PARIS)
    assert found.values == ()


@every_engine
def test_a_record_shows_the_instant(kind: str, tmp_path: Path) -> None:
    with engine_of(kind, tmp_path, [{"fin": "14/11/2026 08:30"}, {"fin": "n/a"}] + [{"fin": "14/11/2026"}] * 9) as made:
        rows = made.run(Plan("runs", show=("fin",), order=(Order(0),), limit=1), EVERYTHING).rows
        assert [row[0] for row in rows] == [datetime(2026, 11, 14, 8, 30, tzinfo=PARIS)]


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["05/11/2026"] * 3_000 + ["11/13/2026"], "mdy"),  # told by the last of many
        (["05/11/2026"] * 3_000 + ["13/11/2026"], "dmy"),
        (["13/11/2026", "11/13/2026"], None),  # they contradict each other
        (["05/11/2026"] * 19 + ["n/a"], "dmy_assumed"),
        (["05/11/2026"] * 5 + ["n/a"], None),
        (["14/11/26"], None),
        (["1/2", "3/4"], None),
        (["192.168.2026"], None),
        (["99/99/2026", "2026/13/01"], None),
    ],
)
def test_a_column_is_of_one_form_or_of_none(values: list[str], form: str | None, tmp_path: Path) -> None:
    assert field(tmp_path, "fait_le", values).time == form


@pytest.mark.parametrize(
    ("name", "values", "form"),
    [
        ("echeance", [20261114, 20261201], "digits"),
        ("lot", [20261114, 20261201], None),  # may be any numbers
        ("lot", [20261101 + n for n in range(28)], "digits"),
        ("total", [20261101 + n for n in range(28)], None),
        ("jour", [20261114, 20261301], None),
        ("jour", ["20261114", "20260230"], None),
        ("jour", [20261114.5], None),
    ],
)
def test_bare_digits_are_dates_by_their_name_or_their_number(
    name: str, values: list[Any], form: str | None, tmp_path: Path
) -> None:
    assert field(tmp_path, name, values).time == form
