"""Records read column by column give what they give one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from bson import Int64, ObjectId
from bson_documents import DOCUMENTS, VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.records.columns import MANY_COLUMNS, Columns, Flattener
from vigie.records.slots import Slot

NAMES = st.sampled_from(["flow", "when", "error", "steps", "n"])
ALIKE = st.fixed_dictionaries(
    {},
    optional={
        "flow": st.sampled_from(["", "a", "2026-01-02T03:04:05Z", None]),
        "when": st.sampled_from([datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, 6789, tzinfo=UTC), None]),
        "n": st.sampled_from([0, Int64(7), 1.5, 1_790_000_000, 2**63 - 1]),
        "odd": st.sampled_from([2**63, float("nan"), True, "5", [1, "a"]]),
        "id": st.sampled_from([ObjectId("6a95fd6a1c6df7ddce00002e"), None]),
        "done": st.booleans(),
        "tags": st.lists(st.sampled_from(["", "x", "y"]), max_size=3),
        "error": st.fixed_dictionaries({}, optional={"code": st.text("AB", max_size=2), "n": st.integers(0, 3)}),
        "steps": st.lists(st.fixed_dictionaries({"n": st.integers(0, 3)}, optional={"flow": VALUES}), max_size=3),
        "mixed": st.one_of(st.just({"tags": ["a"]}), st.just([{"tags": ["b", "c"]}]), st.just("text")),
    },
)


def told(read: Flattener) -> list[dict[str, Any]]:
    """All that is known of every path, but which are above and below it."""
    fields = [name for name in Slot.__slots__ if name not in ("above", "children")]
    return [{name: getattr(slot, name) for name in fields} for slot in [read.root, *read.slots]]


def written(rows: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(rows, default=str, option=orjson.OPT_SORT_KEYS)


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    return [
        {name: values[at] for name, values in columns.items() if values[at] is not None}
        for at in range(len(columns["id"]))
    ]


def same_both_ways(before: list[dict[str, Any]], bodies: list[dict[str, Any]]) -> bool:
    """After both have read `before`; whether the bodies were read column by column at all."""
    quick, slow = Flattener(), Flattener()
    for body in before:
        quick.row("before", body)
        slow.row("before", body)
    ids = [str(n) for n in range(len(bodies))]
    unread = told(quick)
    columns = quick.columns(ids, bodies)
    if columns is None:
        assert (told(quick), quick.total) == (unread, len(before))
        return False
    assert written(rows_of(columns)) == written([slow.row(i, body) for i, body in zip(ids, bodies, strict=True)])
    assert told(quick) == told(slow)
    assert (quick.total, quick.left_out) == (slow.total, slow.left_out)
    return True


@settings(max_examples=150, deadline=None)
@given(st.lists(ALIKE, min_size=1, max_size=8), st.booleans())
def test_records_that_are_alike_are_read_the_same_by_columns(bodies: list[dict[str, Any]], met: bool) -> None:
    if same_both_ways(bodies if met else [], bodies):
        assert met or not any(bodies)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(DOCUMENTS, st.dictionaries(NAMES, VALUES)), min_size=1, max_size=6))
def test_any_documents_are_read_the_same_by_columns(bodies: list[dict[str, Any]]) -> None:
    same_both_ways(bodies, bodies)


def test_runs_of_one_flow_are_read_by_columns() -> None:
    runs = [{"_id": ObjectId(), "flow": "A", "n": n, "error": {"code": "X"} if n % 9 == 0 else None} for n in range(50)]
    assert same_both_ways(runs[:1], runs)


def test_more_values_than_are_tried_for_instants_are_tried_alike() -> None:
    runs = [
        {"at": "2026-01-02" if n % 3 else "x", "ts": 1_790_000_000 + n, "tags": ["2026-01-02"]} for n in range(2500)
    ]
    assert same_both_ways(runs[:700], runs)


def test_of_fields_of_too_many_kinds_the_most_frequent_stay_with_those_above_them() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    odd = ["text", 1, True, moment, ObjectId("65a000000000000000000001"), float("nan"), ["a"], [1], [True]]
    read = Flattener()
    for n, value in enumerate(odd * 2):
        read.row(str(n), {"always": "A", **{f"f{k}": {"in": value} for k in range(150 if n % 2 else 140)}})
    kept = {slot.path for slot in read.kept()}
    assert "always" in kept
    assert 0 < sum(slot.width() for slot in read.kept()) <= MANY_COLUMNS
    assert {path.partition(".")[0] for path in kept} <= kept
    assert not kept & {f"f{k}.in" for k in range(140, 150)}  # the rarest
