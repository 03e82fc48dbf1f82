"""The embedded engine against the oracle: the same rows for any documents and any plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from plan_oracle import Oracle
from plan_strategies import documents, plans

from vigie.errors import QueryRefused, QueryTooLong, StoreCorrupt
from vigie.plan import FieldProfile, Key, Measure, Plan, Profile, Span, Where
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.sources.extjson import dumps, loads
from vigie.types import EVERYTHING, Access, Record

PARIS = ZoneInfo("Europe/Paris")


def engine(folder: Path, bodies: Sequence[Mapping[str, Any]], **options: Any) -> EmbeddedEngine:
    store = ParquetRecords(folder, zone=PARIS)
    with store.write("runs") as writer:
        writer.add([Record(f"id{i:03d}", body, dumps(body), b"") for i, body in enumerate(bodies)])
        generation = writer.finish()
    return EmbeddedEngine(store, lambda: {"runs": generation}, PARIS, **options)


def oracle(bodies: Sequence[Mapping[str, Any]], profile: Profile) -> Oracle:
    return Oracle([(f"id{i:03d}", body) for i, body in enumerate(bodies)], profile, PARIS)


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return bool(a == b)


def known(plan: Plan, profile: Profile) -> bool:
    """Every path is there, and instants where instants are asked for."""
    paths = {w.path for w in plan.where} | {k.path for k in plan.keys} | set(plan.show) - {"_id"}
    timed = {s.path for s in (plan.span, *(m.span for m in plan.measures)) if s} | {
        k.path for k in plan.keys if k.bucket
    }
    for m in plan.measures:
        paths |= {w.path for w in (*m.where, *m.part)} | ({m.path} if m.path else set())
        if (
            m.path
            and m.aggregate in ("sum", "avg", "min", "max", "median", "p95")
            and m.path not in ("at", "local", "start_ms")
        ):
            field = profile.field(m.path)
            if field is None or not field.share("integer", "number"):
                return False
        if m.path in ("at", "local", "start_ms"):
            timed.add(m.path)
    fields = {path: profile.field(path) for path in paths | timed}
    if not all(f is not None and f.present for f in fields.values()):
        return False
    return all((f := fields[path]) is not None and f.time for path in timed)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(documents, plans())
def test_any_plan_over_any_documents_gives_the_rows_of_the_oracle(bodies: list[dict[str, Any]], plan: Plan) -> None:
    with TemporaryDirectory() as folder:
        made = engine(Path(folder), bodies)
        profile = made.profile("runs")
        assert profile is not None
        if not known(plan, profile):
            return
        found = made.run(plan, EVERYTHING)
        rows, matched, ungrouped = oracle(bodies, profile).run(plan)
        assert (found.matched, found.ungrouped) == (matched, ungrouped)
        assert len(found.rows) == len(rows), (found.rows, rows)
        for got, wanted in zip(found.rows, rows, strict=True):
            assert all(map(alike, got, wanted)), (found.rows, rows)


# ------------------------------------------------------------------ profiles


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


@pytest.mark.parametrize("path", ["nope", "$where", "status\0", "a.b.c", "status') OR 1=1 --", "*"])
def test_a_path_that_is_not_in_the_profile_is_refused(tmp_path: Path, path: str) -> None:
    made = engine(tmp_path, [{"status": "KO"}])
    for plan in (
        Plan("runs", (Where(path, "in", ("KO",)),), measures=(Measure("count"),)),
        Plan("runs", keys=(Key(path),), measures=(Measure("count"),)),
        Plan("runs", span=Span(path, None, None), measures=(Measure("count"),)),
        Plan("runs", show=(path,)),
    ):
        with pytest.raises(QueryRefused):
            made.run(plan, EVERYTHING)


def test_a_hostile_value_is_only_a_value(tmp_path: Path) -> None:
    made = engine(tmp_path, [{"status": "KO"}, {"status": "'; DROP TABLE x; --"}])
    for value in ("'; DROP TABLE x; --", "\\", "%", "_", '"'):
        plan = Plan("runs", (Where("status", "contains", (value,)),), measures=(Measure("count"),))
        assert made.run(plan, EVERYTHING).rows == [(sum(value in s for s in ("KO", "'; DROP TABLE x; --")),)]


def test_only_those_who_may_see_everything_count(tmp_path: Path) -> None:
    plan = Plan("runs", measures=(Measure("count"),))
    with pytest.raises(QueryRefused):
        engine(tmp_path, [{"a": 1}]).run(plan, Access(everything=False))


def test_a_query_past_its_time_is_stopped_and_says_so(tmp_path: Path) -> None:
    made = engine(tmp_path, [{"flow": f"F{i % 997}", "n": i} for i in range(60_000)], seconds=0.0)
    with pytest.raises(QueryTooLong):
        made.run(Plan("runs", keys=(Key("flow"),), measures=(Measure("m", "median", "n"),)), EVERYTHING)


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
