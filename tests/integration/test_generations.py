"""Bodies of exported records in their generations: whole or not there at all."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import StoreCorrupt, StoreError, StoreFull
from vigie.records import writer
from vigie.records.collection_names import decode_name, encode_name
from vigie.records.generations import ParquetRecords
from vigie.types import Record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ParquetRecords]:
    made = ParquetRecords(tmp_path / "it's a [folder]*" / "records", threads=1)
    yield made
    made.close()


def record(native_id: str, text: str = "x") -> Record:
    return Record(native_id, {"t": text}, '{"t":"' + text + '"}', b"")


def write(store: ParquetRecords, collection: str, records: list[Record]) -> str:
    with store.write(collection) as writer:
        for at in range(0, len(records), 1000):
            writer.add(records[at : at + 1000])
        return writer.finish()


def files(store: ParquetRecords) -> list[str]:
    return sorted(p.name for p in store.folder.rglob("*") if p.is_file())


def of(generation: str) -> list[str]:
    """Bodies, columns, profile."""
    return [f"{generation}{suffix}" for suffix in (".columns.parquet", ".parquet", ".profile.json")]


ODD = ["a", "", "é\u2028\n\"\\'", '{"$numberInt":"5"}', "nul\0inside", "50%", "[1]", "A"]


def test_bodies_come_back_by_id(store: ParquetRecords) -> None:
    generation = write(store, "runs", [record(i, f"b{n}") for n, i in enumerate(ODD)] + [record("u", "\\u0000é€😀")])
    assert store.bodies("runs", generation, [*ODD, "absent"]) == {i: f'{{"t":"b{n}"}}' for n, i in enumerate(ODD)}
    assert store.bodies("runs", generation, ["u"]) == {"u": '{"t":"\\u0000é€😀"}'}
    assert store.bodies("runs", generation, []) == {}


def test_the_file_holds_every_record_once_with_its_place_sorted_by_id(store: ParquetRecords) -> None:
    ids = [f"{(n * 7919) % 50_000:05d}" for n in range(50_000)]
    generation = write(store, "runs", [record(i) for i in ids])
    path = store.file("runs", generation)
    with duckdb.connect() as connection:
        pattern = str(path).replace("[", "[[]").replace("*", "[*]")
        rows = connection.execute("SELECT id, n FROM read_parquet(?)", [pattern]).fetchall()
        groups = connection.execute(
            "SELECT stats_min_value, stats_max_value FROM parquet_metadata(?) WHERE path_in_schema = 'id' ORDER BY 1",
            [pattern],
        ).fetchall()
    assert sorted((n, i) for i, n in rows) == list(enumerate(ids))
    assert len(groups) > 1
    assert all(low[1] < high[0] for low, high in pairwise(groups))


def test_an_empty_collection_has_a_generation_too(store: ParquetRecords) -> None:
    generation = write(store, "runs", [])
    assert store.file("runs", generation).is_file()
    assert store.bodies("runs", generation, ["a"]) == {}


def test_a_very_long_document_is_kept(store: ParquetRecords) -> None:
    long = Record("long", {}, '{"t":"' + '\\"' * 9_000_000 + '"}', b"")
    generation = write(store, "runs", [record("a"), long])
    assert store.bodies("runs", generation, ["long"]) == {"long": long.source_text}


def test_leaving_by_an_exception_leaves_nothing(store: ParquetRecords) -> None:
    live = write(store, "runs", [record("a")])

    def stopped() -> None:
        with store.write("runs") as writer:
            writer.add([record("b")])
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stopped()
    assert files(store) == of(live)


def test_a_finished_generation_stays_however_the_with_is_left(store: ParquetRecords) -> None:
    def read() -> Iterator[str]:
        with store.write("runs") as writer:
            writer.add([record("b")])
            yield writer.finish()

    reading = read()
    made = next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert store.bodies("runs", made, ["b"]) == {"b": '{"t":"x"}'}


def test_generations_live_side_by_side_until_only_one_is_kept(store: ParquetRecords) -> None:
    old, new = write(store, "runs", [record("a", "old")]), write(store, "runs", [record("a", "new")])
    other = write(store, "jobs", [record("a", "job")])
    assert store.bodies("runs", old, ["a"]) == {"a": '{"t":"old"}'}
    store.keep_only({"runs": new})
    assert store.bodies("runs", new, ["a"]) == {"a": '{"t":"new"}'}
    assert files(store) == of(new)
    assert len(list(store.folder.iterdir())) == 1
    for collection, gone in (("runs", old), ("jobs", other)):
        with pytest.raises(StoreCorrupt, match="ingest its records again"):
            store.bodies(collection, gone, ["a"])


def test_what_a_killed_writer_left_is_removed_and_a_living_one_is_let_be(store: ParquetRecords) -> None:
    left = store.folder / encode_name("runs") / "00000000000000000000000000000000.part"
    left.mkdir(parents=True)
    (left / "rows.ndjson").write_text("{}")
    (left / "lock").touch()
    with store.write("runs") as writer:
        writer.add([record("a")])
        store.keep_only({})
        generation = writer.finish()
    assert not left.exists()
    assert store.bodies("runs", generation, ["a"]) == {"a": '{"t":"x"}'}


def test_a_damaged_generation_and_a_strange_name_are_said(store: ParquetRecords) -> None:
    generation = write(store, "runs", [record("a")])
    store.file("runs", generation).write_bytes(b"PAR1 nonsense PAR1")
    with pytest.raises(StoreCorrupt, match="cannot be read"):
        store.bodies("runs", generation, ["a"])
    with pytest.raises(StoreCorrupt, match="names no generation"):
        store.bodies("runs", "../../etc/passwd", ["a"])


def test_a_full_disk_is_said_and_the_last_state_answers(store: ParquetRecords) -> None:
    live = write(store, "runs", [record("a")])

    def fill() -> None:
        with Path("/dev/full").open("wb", buffering=0) as full, store.write("runs") as writer:
            writer._files["bodies"].close()
            writer._files["bodies"] = full  # the kernel's own full disk
            writer.add([record("b")])

    with pytest.raises(StoreFull, match="no space left"):
        fill()
    assert store.bodies("runs", live, ["a"]) == {"a": '{"t":"x"}'}
    assert files(store) == of(live)


def test_a_full_disk_that_duckdb_meets_is_said_too(store: ParquetRecords) -> None:
    with pytest.raises(StoreFull), store.write("runs") as writer, writer._told():
        raise duckdb.IOException("Could not write file: No space left on device")
    with pytest.raises(StoreError, match="cannot be written"), store.write("runs") as writer, writer._told():
        raise OSError(errno.EIO, "Input/output error")


def test_of_hundreds_of_fields_few_rows_are_held_at_a_time(store: ParquetRecords) -> None:
    """DuckDB's usual group of 122,880 rows and 450 columns is some 900 MB, held twice by two threads."""

    def body(n: int) -> dict[str, object]:
        return {"_id": n, **{f"f{(n * 7 + k) % 450}": f"v{n}" for k in range(4)}}

    generation = write(store, "wide", [Record(str(n), body(n), "{}", b"") for n in range(16_000)])
    layout = store.layout("wide", generation)
    assert layout is not None
    assert sum(field.present for field in layout.profile.fields) == 5 * 16_000
    with store.cursor() as cursor:
        file = writer.glob_safe(store.columns_file("wide", generation))
        groups = "SELECT max(row_group_num_rows), count(DISTINCT path_in_schema) FROM parquet_metadata(?)"
        [(rows, columns)] = cursor.execute(groups, [file]).fetchall()
    assert columns > 450
    assert rows * columns * 16 < 64_000_000


def test_several_threads_read_at_once(store: ParquetRecords) -> None:
    generation = write(store, "runs", [record(f"{n:04d}") for n in range(3000)])
    results: list[int] = []

    def look(start: int) -> None:
        results.append(len(store.bodies("runs", generation, [f"{n:04d}" for n in range(start, start + 50)])))

    threads = [threading.Thread(target=look, args=(n * 100,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [50] * 8


def test_duckdb_has_no_network_extensions(store: ParquetRecords, tmp_path: Path) -> None:
    with store.connect(tmp_path) as connection:
        names = ("autoinstall_known_extensions", "autoload_known_extensions")
        assert [connection.execute(f"SELECT current_setting('{n}')").fetchone() for n in names] == [(False,)] * 2


@given(st.text(st.characters(exclude_characters="\0"), max_size=40))
def test_names_are_encoded_reversibly_in_lower_case_ascii(name: str) -> None:
    encoded = encode_name(name)
    assert encoded.isascii()
    assert encoded == encoded.lower()
    assert not set(encoded) & set('/\\:*?"<>|. ')
    assert "%%" in encoded or decode_name(encoded) == name


def test_names_that_differ_by_case_or_at_their_end_get_folders_of_their_own() -> None:
    names = ["A", "a", "système$2026.x", "SYSTÈME$2026.X", "con", ".", "..", "é" * 200, "é" * 200 + "a", "E" * 250]
    encoded = [encode_name(n) for n in names]
    assert len({e.lower() for e in encoded}) == len(names)
    assert all(len(e) <= 200 for e in encoded)
    assert decode_name("lost+found") is None


def test_the_row_group_is_a_whole_number_of_vectors() -> None:
    assert writer._ROW_GROUP % 2048 == 0
