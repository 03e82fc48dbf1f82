"""Both engines against the oracle: the same rows for any documents and any plan.

The engine over MongoDB runs on `vigie.testing.mongo_aggregate`, and on a real server when VIGIE_TEST_MONGO_URI names
one (its database `vigie_test` is used). What the two engines do not do alike is listed in `vigie.records.mongo`; the
stand-in, in its own docstrings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId, Regex
from bson.datetime_ms import DatetimeMS
from hypothesis import HealthCheck, given, settings
from plan_strategies import TIMES, documents, plans
from record_engines import KINDS, alike, engine, engine_of, every_engine, oracle

from vigie.errors import QueryRefused, QueryTooLong, StoreCorrupt
from vigie.plan import FieldProfile, Having, Key, Measure, Order, Plan, Profile, Span, Where, counted, operands
from vigie.sources.extjson import dumps, loads
from vigie.types import EVERYTHING, Access


def known(plan: Plan, profile: Profile) -> bool:
    """Every path is there, and instants where instants are asked for."""
    paths = {w.path for w in plan.where} | {k.path for k in plan.keys} | set(plan.show)
    timed = {s.path for s in (plan.span, *(m.span for m in plan.measures)) if s} | {
        k.path for k in plan.keys if k.bucket
    }
    wheres = [*plan.where, *(w for m in plan.measures for w in (*m.where, *m.part))]
    arrays = {w.path for w in wheres if w.op == "holds"} | ({plan.each} if plan.each is not None else set())
    if not all((f := profile.field(path)) is not None and f.elements for path in arrays):
        return False
    paths |= {inner.path for w in wheres for inner in w.within}
    for m in plan.measures:
        paths |= {w.path for w in (*m.where, *m.part)} | ({m.path} if m.path else set())
        numeric = m.path and m.aggregate in ("sum", "avg", "min", "max", "median", "p95") and m.path not in TIMES
        for path in _made_of(m.path) if numeric and m.path and not counted(m.path) else ():
            field = profile.field(path)
            if field is None or not (field.share("integer", "number") or (field.time and path != m.path)):
                return False
        if m.path in TIMES:
            timed.add(m.path)
    instants = {w.path for w in wheres if w.values and isinstance(w.values[0], datetime)}
    read = {part for path in paths - {"_id"} for part in _made_of(path)} | timed | instants
    fields = {path: profile.field(path) for path in read}
    if not all(f is not None and f.present for f in fields.values()):
        return False
    return all((f := fields[path]) is not None and f.time for path in timed | instants)


def _made_of(path: str) -> tuple[str, ...]:
    """The fields that a computed path is made of; a field itself."""
    within = counted(path)
    return (within,) if within is not None else operands(path) or (path,)


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(documents, plans())
def test_any_plan_over_any_documents_gives_the_rows_of_the_oracle(bodies: list[dict[str, Any]], plan: Plan) -> None:
    for kind in KINDS:
        with TemporaryDirectory() as folder, engine_of(kind, Path(folder), bodies) as made:
            profile = made.profile("runs")
            assert profile is not None
            if not known(plan, profile):
                return
            found = made.run(plan, EVERYTHING)
        rows, matched, ungrouped = oracle(bodies, profile).run(plan)
        assert (found.matched, found.ungrouped) == (matched, ungrouped), kind
        assert len(found.rows) == len(rows), (kind, found.rows, rows)
        for got, wanted in zip(found.rows, rows, strict=True):
            assert all(map(alike, got, wanted)), (kind, found.rows, rows)


# What random documents seldom hold together; each plan below is run over all of them.
NAN, OWNER = float("nan"), ObjectId("65a000000000000000000001")
LATE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Paris, for the first time that night
HEAP: list[dict[str, Any]] = [
    {"flow": "A", "n": 1, "tags": ["a", "a", "b"], "at": LATE, "steps": [{"name": "x", "s": 2}, {"name": "x", "s": 2}]},
    {"flow": "A", "n": 2.5, "tags": ["a"], "at": LATE + timedelta(hours=1), "steps": [{"name": ["x", "y", "x"]}]},
    {"flow": "B", "n": Decimal128("2.5"), "tags": "b", "at": [LATE, LATE + timedelta(days=9)], "steps": {"name": "z"}},
    {"flow": "", "n": NAN, "tags": [], "at": None, "steps": [[{"name": "inner"}], {"name": None}, "text"]},
    {"flow": None, "n": None, "tags": [None, ""], "at": LATE - timedelta(days=1), "steps": []},
    {"n": float("inf"), "tags": None, "at": LATE, "steps": [{}], "error": {}},
    {"flow": "b", "n": [1, NAN, 40, 40], "tags": [["a"]], "error": {"code": "E.1"}},
    {"flow": "$flow", "n": -3, "error": {"code": None}, "by": {"0": "zero"}},
    {"flow": "A", "n": 2**40, "error": None, "by": ["zero", "one"], "owner": OWNER},
    {"flow": "B", "by": [{"0": "zero"}, {"0": "other"}], "owner": str(OWNER), "epoch": 1792888200},
    {"flow": "B", "n": 0, "owner": "someone", "epoch": 1792891800.25, "code": 7, "said": "2026-10-25T02:30:00+02:00"},
    {"flow": "C", "n": 40, "epoch": 1792978200, "code": "7", "said": "2026-10-25 12:30", "owner": None},
    {"flow": "C", "n": 40, "code": True, "said": "2026-10-26", "at": LATE},
    {"flow": "C", "ms": 99, "took": 99.5, "end": LATE},
    {"flow": "C", "ms": 250, "took": 250, "end": LATE + timedelta(hours=5)},
    {"flow": "C", "ms": 1000.0, "took": Decimal128("1000"), "end": LATE - timedelta(days=3)},
    {"flow": "C", "ms": "N/A", "took": NAN, "end": LATE},
    {"flow": "C", "ms": Regex("^KO"), "took": Regex("^KO"), "end": LATE},
    {"flow": "C", "ms": True, "took": float("-inf"), "end": LATE},
    *({"flow": "D", "ms": n, "took": n, "end": LATE + timedelta(hours=n)} for n in range(14)),
    {"flow": "D", "end": DatetimeMS(2**60)},
    {"flow": "D", "end": DatetimeMS(-(2**60))},
]
BUCKETS: list[Any] = ["hour", "day", "week", "month", "hour_of_day", "weekday"]
CONDITIONS = [
    *(Where(path, op) for path in ("flow", "n", "tags", "at", "steps", "steps.name", "error", "error.code", "by")
      for op in ("missing", "present")),
    *(Where("flow", op, ("A", "b", "$flow")) for op in ("in", "not_in", "lacks")),
    *(Where("flow", op, (text,)) for text in ("a", "$F", ".", "") for op in ("contains", "starts")),
    *(Where(path, op, (value,)) for path in ("tags", "steps.name", "error.code", "by.0", "owner")
      for value in ("a", "x", "E.1", "zero", str(OWNER)) for op in ("in", "not_in", "lacks")),
    *(Where("n", op, (value,)) for value in (2.5, 40, 0, 2**70) for op in ("lt", "le", "gt", "ge", "in", "not_in")),
    *(Where(path, op, (LATE,)) for path in ("at", "said", "epoch") for op in ("lt", "le", "gt", "ge")),
    *(Where("end", op, (LATE,)) for op in ("lt", "le", "gt", "ge")), Where("end", "present"),
    Where("at", "in", (LATE,)), Where("code", "in", (7,)), Where("code", "in", ("7",)), Where("code", "in", (True,)),
]  # fmt: skip
SPANS = [
    Span(path, start, end)
    for path in ("at", "said", "epoch", "end")
    for start in (None, LATE, LATE + timedelta(seconds=1))
    for end in (None, LATE, LATE + timedelta(hours=20))
]
MEASURED = tuple(Measure(a, a, "n") for a in ("sum", "avg", "min", "max", "median", "p95"))  # type: ignore[arg-type]
BY = (Key("flow"), Key("tags"), Key("steps.name"), Key("error.code"), Key("owner"), Key("code"), Key("at"), Key("by.0"))
BY += (Key("ms"), Key("took"), Key("end"))


def heap_plans() -> Iterator[Plan]:
    count = Measure("count")
    for where in CONDITIONS:
        yield Plan("runs", (where,), measures=(count,))
        yield Plan(
            "runs",
            keys=(Key("flow"),),
            measures=(Measure("part", where=(where,)), Measure("s", "share", part=(where,))),
        )
        yield Plan(
            "runs", (where, Where("flow", "present")), show=("_id", "flow", "code"), order=(Order(1), Order(0, False))
        )
    for span in SPANS:
        yield Plan("runs", span=span, measures=(count,))
        yield Plan("runs", measures=(Measure("own", span=span), Measure("n", "median", "n", span=span)))
    for key in (*BY, *(Key(path, bucket) for path in ("at", "said", "epoch", "end") for bucket in BUCKETS)):
        yield Plan("runs", keys=(key,), measures=(count, Measure("d", "distinct", "tags")))
        yield Plan("runs", keys=(key, Key("tags")), measures=MEASURED[:4], order=(Order(2, False), Order(3)), limit=5)
        yield Plan(
            "runs",
            keys=(key,),
            measures=(count, *MEASURED[4:], Measure("t", "max", "at")),
            having=(Having(0, "gt", 1),),
        )
    for path in ("ms", "took", "end", "code"):
        for descending in (True, False):
            yield Plan("runs", show=("flow", path), order=(Order(1, descending),))
            yield Plan("runs", (Where("flow", "in", ("C",)),), show=(path,), order=(Order(0, descending),), limit=3)
    yield Plan("runs", keys=(Key("flow"),), measures=(Measure("s", "sum", "took"), Measure("d", "distinct", "took")))
    yield Plan("runs", measures=(Measure("t", "max", "end"), Measure("t", "min", "end")))
    yield Plan("runs", measures=MEASURED)
    yield Plan(
        "runs",
        measures=(Measure("d", "distinct", "steps.name"), Measure("s", "p95", "steps.s"), Measure("m", "min", "at")),
    )


def plans_of_elements() -> Iterator[Plan]:
    """Of several conditions on one step, and of a step beside its record."""
    shown = ("_id", "flow")
    named, long = Where("steps.name", "in", ("x",)), Where("steps.s", "gt", (1,))
    for within in (
        (named,),
        (named, long),
        (long, Where("steps.name", "missing")),
        (Where("flow", "in", ("A",)), long),
    ):
        holds = Where("steps", "holds", within=within)
        yield Plan("runs", (holds,), show=shown)
        yield Plan("runs", (replace(holds, number=(0, 0)),), show=shown)
        yield Plan(
            "runs", keys=(Key("flow"),), measures=(Measure("s", "share", part=(holds,)), Measure("n", "avg", "n"))
        )
        yield Plan("runs", within, show=("steps.s", "_id", "flow"), order=(Order(0),), each="steps")
    for where in CONDITIONS:
        for number in ((1, None), (0, 0), (2, 2), (2, None), (0, 1)):
            yield Plan("runs", (Where("steps", "holds", within=(where,), number=number),), measures=(Measure("count"),))


@every_engine
def test_every_kind_of_plan_over_a_heap_of_odd_documents(tmp_path: Path, kind: str) -> None:
    with engine_of(kind, tmp_path, HEAP) as made:
        profile = made.profile("runs")
        assert profile is not None
        truth = oracle(HEAP, profile)
        for plan in (*heap_plans(), *(replace(plan, each="steps") for plan in heap_plans()), *plans_of_elements()):
            found = made.run(plan, EVERYTHING)
            rows, matched, ungrouped = truth.run(plan)
            assert (found.matched, found.ungrouped) == (matched, ungrouped), plan
            assert len(found.rows) == len(rows), (plan, found.rows, rows)
            for got, wanted in zip(found.rows, rows, strict=True):
                assert all(map(alike, got, wanted)), (plan, found.rows, rows)


@every_engine
def test_one_value_that_is_no_number_leaves_the_others_numbers(tmp_path: Path, kind: str) -> None:
    """The longest run is that of most milliseconds, not the last one by its digits."""
    bodies = [{"took": n} for n in (9, 10_000.0, 99, NAN)]
    plan = Plan("runs", show=("took",), order=(Order(0),))
    with engine_of(kind, tmp_path, bodies) as made:
        assert made.run(plan, EVERYTHING).rows == [(10_000,), (99,), (9,), (None,)]
    with engine_of(kind, tmp_path / "texts", [*bodies, {"took": "N/A"}]) as made:
        assert made.run(plan, EVERYTHING).rows == [("10000",), ("99",), ("9",), ("N/A",), (None,)]


@every_engine
def test_an_empty_array_in_the_place_of_an_object_makes_no_lists_of_what_the_object_holds(
    tmp_path: Path, kind: str
) -> None:
    """As PHP writes an object without members."""
    bodies = [
        {"flow": "A", "error": [], "end": LATE, "tag": "a"},
        {"flow": "B", "error": {"code": "E1", "n": 1, "at": LATE}, "end": LATE + timedelta(seconds=5), "tag": 3},
        {"flow": "C", "error": {"code": 2, "n": 2.5}, "tag": [7]},
    ]
    with engine_of(kind, tmp_path, bodies) as made:
        shown = made.run(
            Plan("runs", show=("flow", "error.code", "error.n", "tag"), order=(Order(0, False),)), EVERYTHING
        )
        assert shown.rows == [("A", None, None, "a"), ("B", "E1", 1.0, None), ("C", "2", 2.5, None)]
        count, apart = (Measure("count"),), Measure("d", "distinct", "error.code")
        assert made.run(Plan("runs", keys=(Key("error.code"),), measures=count), EVERYTHING).rows == [
            ("2", 1),
            ("E1", 1),
        ]
        assert made.run(Plan("runs", measures=(apart, Measure("m", "max", "error.n"))), EVERYTHING).rows == [(2, 2.5)]
        late = Plan("runs", (Where("end - error.at", "gt", (3,)),), measures=count)
        assert made.run(late, EVERYTHING).rows == [(1,)]


@every_engine
def test_numbers_are_integers_or_not_by_their_path_not_by_the_rows_that_are_asked_for(
    tmp_path: Path, kind: str
) -> None:
    """What an answer calls an integer may not depend on where it was computed."""
    bodies = [{"flow": "A", "n": 1, "s": 1}, {"flow": "A", "n": Int64(2), "s": 2}, {"flow": "B", "n": 0.5}]
    whole, only = (Where("flow", "in", ("A",)),), (Where("flow", "in", ("Z",)),)
    with engine_of(kind, tmp_path, bodies) as made:
        for where in (whole, only):
            for aggregate in ("sum", "min", "max", "median"):
                for path, wanted in (("n", float), ("s", int)):
                    plan = Plan("runs", where, measures=(Measure("m", aggregate, path),))  # type: ignore[arg-type]
                    [(value,)] = made.run(plan, EVERYTHING).rows
                    assert value is None or isinstance(value, wanted) or aggregate == "median", (plan, value)
        rows = made.run(Plan("runs", whole, show=("n", "s")), EVERYTHING).rows
        assert [tuple(map(type, row)) for row in rows] == [(float, int), (float, int)]


# ------------------------------------------------------------------ profiles


def test_a_field_of_dates_stays_one_beside_a_few_values_that_are_none(tmp_path: Path) -> None:
    dates = [{"at": LATE + timedelta(hours=n)} for n in range(20)]
    made = profile_of(tmp_path, [*dates, {"at": "soon"}, {"at": DatetimeMS(2**60)}, {"at": None}])
    assert (field(made, "at").time, field(made, "at").high) == ("date", LATE + timedelta(hours=19))
    assert field(profile_of(tmp_path / "texts", [*dates, *({"at": "soon"} for _ in range(9))]), "at").time is None


def profile_of(tmp_path: Path, bodies: Sequence[Mapping[str, Any]]) -> Profile:
    found = engine(tmp_path, bodies).profile("runs")
    assert found is not None
    return found


def field(profile: Profile, path: str) -> FieldProfile:
    found = profile.field(path)
    assert found is not None
    return found


def test_a_profile_tells_paths_values_ranges_and_what_is_missing(tmp_path: Path) -> None:
    bodies = [
        {"status": "KO", "error": {"code": "E1"}, "ms": 10, "tags": ["a", "b"]},
        {"status": "OK", "error": None, "ms": 2.5, "tags": []},
        {"status": "", "ms": None},
    ]
    made = profile_of(tmp_path, bodies)
    assert made.total == 3
    assert field(made, "status").values == (("KO", 1), ("OK", 1))
    assert (field(made, "status").present, field(made, "error.code").present, field(made, "tags").present) == (2, 1, 1)
    assert (field(made, "ms").low, field(made, "ms").high) == (2.5, 10)
    assert field(made, "tags").repeated
    assert field(made, "status").complete


def test_instants_are_recognised_in_all_their_forms(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    bodies = [
        {
            "date": moment,
            "offset": "2026-11-20T02:30:00+01:00",
            "naive": "2026-11-20 02:30:00",
            "debut": 1795138200,
            "fin_ms": 1795138200000,
            "size": 1795138200,
            "version": "2026.11",
        }
    ]
    made = profile_of(tmp_path, bodies)
    assert {f.path: f.time for f in made.fields if f.time} == {
        "date": "date", "offset": "iso", "naive": "iso", "debut": "epoch_s", "fin_ms": "epoch_ms",
    }  # fmt: skip
    for path in ("date", "offset", "naive", "debut", "fin_ms"):
        assert field(made, path).low == moment, path


def test_keys_that_are_data_do_not_become_fields(tmp_path: Path) -> None:
    bodies = [{"by_host": {f"srv-{i}-{j}": j for j in range(40)}, "flow": "A"} for i in range(10)]
    assert [f.path for f in profile_of(tmp_path, bodies).fields] == ["by_host", "flow"]


@every_engine
@pytest.mark.parametrize("path", ["nope", "$where", "status\0", "a.b.c", "status') OR 1=1 --", "*"])
def test_a_path_that_is_not_in_the_profile_is_refused(tmp_path: Path, path: str, kind: str) -> None:
    for plan in (
        Plan("runs", (Where(path, "in", ("KO",)),), measures=(Measure("count"),)),
        Plan("runs", keys=(Key(path),), measures=(Measure("count"),)),
        Plan("runs", span=Span(path, None, None), measures=(Measure("count"),)),
        Plan("runs", show=(path,)),
    ):
        with engine_of(kind, tmp_path, [{"status": "KO"}]) as made, pytest.raises(QueryRefused):
            made.run(plan, EVERYTHING)


@every_engine
def test_a_hostile_value_is_only_a_value(tmp_path: Path, kind: str) -> None:
    texts = ["KO", "'; DROP TABLE x; --", "$status", "$$ROOT", "a.c", "été"]
    with engine_of(kind, tmp_path, [{"status": text} for text in texts]) as made:
        for value in ("'; DROP TABLE x; --", "\\", "%", "_", '"', "$status", "$$ROOT", ".*", "a.c", "^", "\0", "ÉT"):
            for op in ("contains", "starts"):
                plan = Plan("runs", (Where("status", op, (value,)),), measures=(Measure("count"),))  # type: ignore[arg-type]
                folded = [text.lower() for text in texts]
                met = sum((value.lower() in t) if op == "contains" else t.startswith(value.lower()) for t in folded)
                assert made.run(plan, EVERYTHING).rows == [(met,)], (op, value)
            part = (Where("status", "in", (value,)),)
            plan = Plan("runs", measures=(Measure("share", "share", part=part), Measure("own", where=part)))
            assert made.run(plan, EVERYTHING).rows[0][1:] == (texts.count(value), len(texts), texts.count(value))


@every_engine
def test_only_those_who_may_see_everything_count(tmp_path: Path, kind: str) -> None:
    plan = Plan("runs", measures=(Measure("count"),))
    with engine_of(kind, tmp_path, [{"a": 1}]) as made, pytest.raises(QueryRefused):
        made.run(plan, Access(everything=False))


@every_engine
def test_a_query_past_its_time_is_stopped_and_says_so(tmp_path: Path, kind: str) -> None:
    bodies = [{"flow": f"F{i % 997}", "n": i} for i in range(60_000 if kind == "embedded" else 5_000)]
    plan = Plan("runs", keys=(Key("flow"),), measures=(Measure("m", "median", "n"),))
    with engine_of(kind, tmp_path, bodies, seconds=0.0) as made, pytest.raises(QueryTooLong):
        made.run(plan, EVERYTHING)


@every_engine
def test_without_a_record_one_row_of_nothing_is_given_if_having_lets_it(tmp_path: Path, kind: str) -> None:
    measures = (Measure("count"), Measure("share", "share"), Measure("avg", "avg", "n"), Measure("sum", "sum", "n"))
    with engine_of(kind, tmp_path, [{"n": 1}, {"n": 2}]) as made:
        for having, rows in (
            ((), [(0, None, 0, 0, None, 0)]),
            ((Having(0, "gt", 0),), []),
            ((Having(2, "lt", 5),), []),
        ):
            found = made.run(Plan("runs", (Where("n", "gt", (9,)),), measures=measures, having=having), EVERYTHING)
            assert (found.rows, found.matched) == (rows, 0)


@every_engine
def test_arrays_are_shown_whole_and_ids_as_text(tmp_path: Path, kind: str) -> None:
    owner = ObjectId("65a000000000000000000001")
    bodies = [{"_id": owner, "tags": ["b", "a"], "raw": b"\xab"}, {"_id": "x", "tags": "c"}, {"_id": "y", "tags": []}]
    with engine_of(kind, tmp_path, bodies) as made:
        found = made.run(Plan("runs", show=("_id", "tags", "raw")), EVERYTHING)
        assert sorted(found.rows, key=str) == [(str(owner), ["b", "a"], "ab"), ("x", ["c"], None), ("y", None, None)]
        assert made.run(Plan("runs", (Where("_id", "in", (str(owner),)),), show=("raw",)), EVERYTHING).rows == [("ab",)]
        assert made.bodies("runs", ["x", "nope"]) == {"x": dumps(bodies[1])}
        assert loads(made.bodies("runs", [str(owner)])[str(owner)]) == bodies[0]


@every_engine
def test_keys_that_are_data_are_present_but_cannot_be_named(tmp_path: Path, kind: str) -> None:
    bodies = [{"by_host": {f"srv-{i}-{j}": j for j in range(40)}, "flow": "A"} for i in range(4)] + [{"flow": "B"}]
    with engine_of(kind, tmp_path, bodies) as made:
        plan = Plan("runs", (Where("by_host", "present"),), measures=(Measure("count"),))
        assert made.run(plan, EVERYTHING).rows == [(4,)]
        with pytest.raises(QueryRefused):
            made.run(Plan("runs", keys=(Key("by_host"),), measures=(Measure("count"),)), EVERYTHING)


@every_engine
def test_more_rows_than_an_answer_holds_are_cut_and_said(tmp_path: Path, kind: str) -> None:
    with engine_of(kind, tmp_path, [{"n": i} for i in range(5_002)]) as made:
        found = made.run(Plan("runs", keys=(Key("n"),), measures=(Measure("count"),)), EVERYTHING)
        assert (len(found.rows), found.truncated, found.matched) == (5_000, True, 5_002)
        assert made.run(Plan("runs", show=("n",), limit=0), EVERYTHING).rows == []


@every_engine
def test_decimals_and_not_a_number(tmp_path: Path, kind: str) -> None:
    bodies = [{"n": Decimal128("2.5")}, {"n": 0.5}, {"n": float("nan")}, {"n": Decimal128("NaN")}, {"n": float("inf")}]
    measures = tuple(Measure(a, a, "n") for a in ("sum", "avg", "min", "max", "median"))  # type: ignore[arg-type]
    with engine_of(kind, tmp_path, bodies) as made:
        assert made.run(Plan("runs", measures=measures), EVERYTHING).rows == [(3.0, 1.5, 0.5, 2.5, 1.5)]
        for where, met in ((Where("n", "gt", (0,)), 2), (Where("n", "in", (2.5,)), 1), (Where("n", "present"), 5)):
            assert made.run(Plan("runs", (where,), measures=(Measure("count"),)), EVERYTHING).rows == [(met,)]


@every_engine
def test_text_that_is_no_instant_beside_instants_is_in_no_window(tmp_path: Path, kind: str) -> None:
    said = ["2026-11-20T02:30:00+01:00", "2026-11-20 02:30", "2026-11-20", "2026-11-20T02:30:00.250Z"] * 3
    with engine_of(kind, tmp_path, [{"at": text} for text in [*said, "not yet"]]) as made:
        plan = Plan(
            "runs",
            span=Span("at", None, None),
            keys=(Key("at"),),
            measures=(Measure("count"),),
            order=(Order(0, False),),
        )
        assert [(t.isoformat(), n) for t, n in made.run(plan, EVERYTHING).rows] == [  # type: ignore[attr-defined]
            ("2026-11-19T23:00:00+00:00", 3), ("2026-11-20T01:30:00+00:00", 6), ("2026-11-20T02:30:00.250000+00:00", 3),
        ]  # fmt: skip
        start = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
        for op, met in (("ge", 9), ("gt", 3), ("lt", 3), ("le", 9)):
            where = Where("at", op, (start,))  # type: ignore[arg-type]
            assert made.run(Plan("runs", (where,), measures=(Measure("count"),)), EVERYTHING).rows == [(met,)]


def test_records_whose_columns_are_gone_are_told_not_guessed(tmp_path: Path) -> None:
    made = engine(tmp_path, [{"a": 1}])
    for file in tmp_path.rglob("*.columns.parquet"):
        file.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(StoreCorrupt, match="ingest"):
        made.run(Plan("runs", measures=(Measure("count"),)), EVERYTHING)


def test_extended_json_and_plain_json_of_the_same_records_count_alike(tmp_path: Path) -> None:
    relaxed = [loads(b'{"n": 5, "at": {"$date": "2026-11-20T01:30:00Z"}, "flow": "A"}')]
    canonical = [loads(b'{"n": {"$numberLong": "5"}, "at": {"$date": {"$numberLong": "1795138200000"}}, "flow": "A"}')]
    plan = Plan("runs", (Where("n", "in", (5,)),), keys=(Key("at", "day"),), measures=(Measure("count"),))
    rows = [
        engine(tmp_path / str(i), bodies).run(plan, EVERYTHING).rows for i, bodies in enumerate((relaxed, canonical))
    ]
    assert rows[0] == rows[1] == [(datetime(2026, 11, 19, 23, tzinfo=UTC), 1)]
