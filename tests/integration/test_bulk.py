"""Exports loaded in bulk: the same as record by record, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from worlds import RUNS, World, runs

from vigie.plan import FieldProfile
from vigie.records import writer
from vigie.records.bulk import load
from vigie.records.bulk_fields import Irregular
from vigie.records.generations import ParquetRecords
from vigie.sources.extjson import loads
from vigie.sources.record_files import RecordFile
from vigie.types import Record, SourceRef

Rows = dict[tuple[str, str, bool], dict[str, Any]]  # by path, kind and whether they are lists: id -> value
Told = tuple[list[tuple[Any, ...]], dict[str, FieldProfile], Rows, int]

REGULAR: list[dict[str, Any]] = [
    {
        "_id": {"$oid": f"{n:024x}"},
        "flow": f"SEPA_{n % 3}",
        "Étape": "" if n % 4 else 'dépôt "final"\n',
        "début": {"$date": f"2026-11-{n % 28 + 1:02d}T0{n % 10}:15:00{'.5' if n % 2 else ''}Z"},
        "fin": None if n % 5 == 0 else f"2026-11-{n % 28 + 1:02d}T10:15:00+01:00",
        "jour": f"{n % 28 + 1:02d}/11/2026",
        "durée_ms": n * 1000 if n % 2 else n + 0.5,
        "epoch": 1_790_000_000 + n,
        "ok": n % 2 == 0,
        "cr": n if n % 3 else str(n),
        "erreur": {"code": f"ORA-{n:05d}", "détail": {"ligne": n, "$": None} if n > 200 else {"ligne": n}},
        "tags": [["nuit", ""], [], ["a, b", "]"]][n % 3],
        "vide": {},
    }
    for n in range(150)
]


@pytest.fixture(autouse=True)
def small_files_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_BULK", 0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ParquetRecords]:
    made = ParquetRecords(tmp_path / "it's a [folder]*")
    yield made
    made.close()


def told(store: ParquetRecords, name: str, generation: str) -> Told:
    layout = store.layout(name, generation)
    assert layout is not None
    with duckdb.connect() as connection:

        def rows(columns: str, file: Path) -> list[tuple[Any, ...]]:
            pattern = str(file).replace("[", "[[]").replace("*", "[*]")
            return connection.execute(f"SELECT {columns} FROM read_parquet(?) ORDER BY id", [pattern]).fetchall()

        columns = {
            (c.path, c.kind, c.listed): dict(rows(f"id, {c.name}", store.columns_file(name, generation)))
            for c in layout.columns
        }
        bodies = [(id, n, loads(body)) for id, n, body in rows("id, n, body", store.file(name, generation))]
    return bodies, {field.path: field for field in layout.profile.fields}, columns, layout.profile.total


def in_bulk(store: ParquetRecords, file: Path) -> Told | None:
    with store.write("bulk") as writing:
        if writing.load(file) is None:
            return None
        return told(store, "bulk", writing.finish())


def one_by_one(store: ParquetRecords, file: Path) -> Told:
    records = (one for one in RecordFile(SourceRef("records", "runs"), file).scan() if isinstance(one, Record))
    with store.write("runs") as writing:
        while some := list(islice(records, 40)):
            writing.add(some)
        return told(store, "runs", writing.finish())


def export(folder: Path, documents: Sequence[Any]) -> Path:
    file = folder / "runs.ndjson"
    file.write_text("".join(json.dumps(one, ensure_ascii=n % 2 == 0) + "\n" for n, one in enumerate(documents)))
    return file


def test_a_regular_export_gives_the_same_in_bulk(store: ParquetRecords, tmp_path: Path) -> None:
    file = export(tmp_path, REGULAR)
    found = in_bulk(store, file)
    assert found is not None
    assert found == one_by_one(store, file)
    times = {path: field.time for path, field in found[1].items() if field.time}
    assert times == {"début": "date", "fin": "iso", "jour": "dmy", "epoch": "epoch_s"}


IDS = st.integers(0, 2**32).map(lambda n: {"$oid": f"{n:024x}"}) | st.text(max_size=6) | st.integers(0, 3)
TEXTS = st.text(max_size=6) | st.sampled_from(["2026-11-20", "20/11/2026", "[a]", '"', "1.5", "true", "{}", "\u2028"])
NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, -0.0, 1e300, 1_790_000_000, 20261120])
DATES = st.sampled_from(
    [{"$date": text} for text in ("2026-11-20T08:30:00Z", "2026-02-30T08:30:00Z", "2026-11-20T09:30:00+01:00")]
    + [{"$date": {"$numberLong": "5"}}, {"$date": "0000-01-01T00:00:00Z"}, {"$numberLong": "5"}]
)
KINDS = [TEXTS, NUMBERS, st.booleans(), DATES, st.none(), st.lists(TEXTS | st.none() | NUMBERS, max_size=3)]
KEYS = st.sampled_from(["a", "A", "b c", "é", "a.b", "", "$x", "status", "it's", '"', "date"])
VALUES = st.one_of(*KINDS, st.dictionaries(KEYS, st.one_of(*KINDS), max_size=2))


@st.composite
def exports(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Mostly documents of one shape, so that many are regular; some with values of any other."""
    fields = draw(
        st.dictionaries(st.sampled_from(["a", "b c", "é", "status", "date"]), st.sampled_from(KINDS), max_size=4)
    )
    odd = draw(st.sampled_from([0, 0, 0, 1, 2]))
    shape = st.fixed_dictionaries(
        {"_id": draw(st.sampled_from([IDS, st.integers(0, 2**32).map(str)]))}, optional=fields
    )
    documents = draw(st.lists(shape, min_size=1, max_size=12))
    for _ in range(odd):
        draw(st.sampled_from(documents))[draw(KEYS)] = draw(VALUES)
    return documents


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exports())
@example(REGULAR[:3])
def test_any_export_gives_the_same_in_bulk_or_is_refused(
    store: ParquetRecords, tmp_path: Path, documents: list[dict[str, Any]]
) -> None:
    file = export(tmp_path, documents)
    found = in_bulk(store, file)
    if found is not None:
        assert found == one_by_one(store, file)


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "7",
        '{"a": 1}',
        '{"_id": 1}',
        '{"_id": "x", "a": NaN}',
        '{"_id": "x", "a": 1e999}',
        '{"_id": "x", "a": [1]}',
        '{"_id": "x", "a": 1, "a": 2}',
        '{"_id": "x", "a": {"$numberLong": "1"}}',
        '{"_id": "x", "flow": {"a": 1}}',
        '{"_id": "x", "Flow": 1}',
        '{"_id": "x", "a": 18446744073709551616}',
        '{"_id": "x"} {"_id": "y"}',
        "{",
        '{"_id": "r1"}',
        '{"_id": "x", "a": "\\ud800"}',
        '{"_id": "aaaaaaaaaaaaaaaaaaaaaaaa"}',
        '{"_id": " "}',
        '{"_id": "null"}',
        '{"_id": "x", "a": {"$oid": "5"}}',
        '{"_id": "x", "a.b": 1}',
        '{"_id": "x", "a": {"$date": "2026-02-30T08:30:00Z"}}',
    ],
)
def test_one_odd_line_makes_it_irregular(store: ParquetRecords, tmp_path: Path, line: str) -> None:
    file = tmp_path / "runs.ndjson"
    file.write_text('{"_id": "r1", "flow": "SEPA"}\n{"_id": "r2", "flow": "PAIE"}\n')
    assert in_bulk(store, file) is not None
    file.write_text(file.read_text() + line + "\n")
    with store.connect(tmp_path / "scratch") as connection, pytest.raises(Irregular):
        load(connection, str(file), tmp_path / "rows.parquet")


def test_records_added_after_all_take_the_place_of_what_was_loaded(store: ParquetRecords, tmp_path: Path) -> None:
    with store.write("runs") as writing:
        assert writing.load(export(tmp_path, REGULAR)) == len(REGULAR)
        writing.add([Record("r1", {"_id": "r1", "flow": "PAIE"}, '{"_id":"r1","flow":"PAIE"}', b"")])
        generation = writing.finish()
    assert store.bodies("runs", generation, ["r1"]) == {"r1": '{"_id":"r1","flow":"PAIE"}'}
    bodies, fields, _, total = told(store, "runs", generation)
    assert (len(bodies), sorted(fields), total) == (1, ["_id", "flow"], 1)


def counts(world: World) -> tuple[int, int]:
    """Of the ledger's records, and of those that questions are computed from."""
    state = world.ledger.record_state(RUNS)
    assert state.bodies is not None
    layout = world.bodies.layout("runs", state.bodies)
    assert layout is not None
    return state.total, layout.profile.total


@pytest.mark.parametrize("odd", ["", '{"_id": "r9",}\n', '{"_id": "r1"}\n', '{"_id": "r9", "a": [1]}\n'])
def test_a_sync_computes_from_the_records_that_it_lists(tmp_path: Path, odd: str) -> None:
    """DuckDB takes a comma before a brace, which is no JSON: such a line is left out, and told."""
    world = World(tmp_path / "data")
    world.exports["runs"] = path = runs(tmp_path / "runs.ndjson", "OK", "KO", "KO")
    path.write_text(path.read_text() + odd)
    report = world.sync()
    expected = 4 if odd.endswith("[1]}\n") else 3
    assert counts(world) == (expected, expected)
    assert [len(source.skipped) for source in report.sources if source.name == "runs"] == [bool(odd) + 3 - expected]
    world.close()


def test_a_small_export_is_not_worth_it(store: ParquetRecords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with store.write("runs") as writing:
        assert writing.load(export(tmp_path, REGULAR)) is None
