"""What every source of records promises: exports in each of their forms, and live collections."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from vigie.errors import SourceError
from vigie.protocols import RecordSource
from vigie.sources.mongo import MongoDatabase, MongoRecords
from vigie.sources.record_files import RecordFile
from vigie.testing.mongo import FakeMongo, View, broken_text
from vigie.types import Record, Skip, SourceRef

RUNS = SourceRef("records", "runs")
Documents = Sequence[dict[str, Any]]
FIRST = [{"_id": f"r{n}", "flow": "SEPA", "status": "KO" if n % 3 else "OK", "updated": 1} for n in range(40)]


class World(Protocol):
    def source(self) -> RecordSource: ...

    def fill(self, documents: Documents) -> None:
        """Nothing else is left."""
        ...

    def spoil(self, documents: Documents, broken: int) -> None:
        """The same, one of them unreadable."""
        ...


class RecordSourceContract:
    """Inherit it and give a fixture `world`; of what can be broken record by record, BrokenContract."""

    @pytest.fixture(autouse=True)
    def filled(self, world: World) -> None:
        world.fill(FIRST)

    def read(self, world: World) -> dict[str, Record]:
        found = list(world.source().scan())
        records = [one for one in found if isinstance(one, Record)]
        assert len({one.native_id for one in records}) == len(records) == len(found)
        return {one.native_id: one for one in records}

    def test_every_record_is_read_once_with_its_body(self, world: World) -> None:
        assert {native_id: dict(one.body) for native_id, one in self.read(world).items()} == {
            one["_id"]: one for one in FIRST
        }
        assert world.source().ref == RUNS

    def test_the_same_records_have_the_same_content_and_a_changed_one_another(self, world: World) -> None:
        before = self.read(world)
        assert self.read(world) == before
        changed = [{**one, "status": "RUNNING", "updated": 2} if one["_id"] == "r7" else one for one in FIRST]
        world.fill(changed)
        after = self.read(world)
        assert {native_id for native_id in after if after[native_id].content != before[native_id].content} == {"r7"}

    def test_a_state_changes_whenever_a_record_may_have_changed(self, world: World) -> None:
        before = world.source().state()
        assert world.source().state() == before
        for documents in (FIRST[:-1], [*FIRST, {**FIRST[0], "_id": "new"}], [{**FIRST[0], "updated": 2}, *FIRST[1:]]):
            world.fill(documents)
            after = world.source().state()
            assert before is None or after != before


class BrokenContract(RecordSourceContract):
    def test_one_that_cannot_be_read_is_a_row_and_the_others_are_read(self, world: World) -> None:
        world.spoil(FIRST, 5)
        found = list(world.source().scan())
        assert [type(one) for one in found].count(Skip) == 1
        assert {one.native_id for one in found if isinstance(one, Record)} == {f"r{n}" for n in range(40) if n != 5}

    def test_where_nothing_can_be_read_it_is_an_error(self, world: World) -> None:
        world.spoil(FIRST[:1], 0)
        with pytest.raises(SourceError):
            list(world.source().scan())


class Export:
    """One document a line, or all of them in an array, or a table."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def source(self) -> RecordSource:
        return RecordFile(RUNS, self.path)

    def fill(self, documents: Documents) -> None:
        if self.path.suffix == ".csv":
            with self.path.open("w", newline="") as file:
                table = csv.DictWriter(file, list(documents[0]))
                table.writeheader()
                table.writerows(documents)
            return
        self._write([json.dumps(one) for one in documents])

    def spoil(self, documents: Documents, broken: int) -> None:
        self._write(['{"_id": "x" "y"}' if n == broken else json.dumps(one) for n, one in enumerate(documents)])

    def _write(self, texts: list[str]) -> None:
        array = self.path.suffix == ".json"
        self.path.write_text("[" + ",\n".join(texts) + "]" if array else "\n".join(texts) + "\n")


class TestRecordFile(BrokenContract):
    @pytest.fixture(params=["ndjson", "json"])
    def world(self, request: pytest.FixtureRequest, tmp_path: Path) -> World:
        return Export(tmp_path / f"runs.{request.param}")


class TestTable(RecordSourceContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        return Export(tmp_path / "runs.csv")


class Live:
    def __init__(self, server: FakeMongo, kind: str, watermark: str | None) -> None:
        self.server, self.kind, self.watermark = server, kind, watermark
        self.held = "all" if kind == "view" else "runs"
        self.database = MongoDatabase(server.uri, server.database)

    def source(self) -> RecordSource:
        return MongoRecords(RUNS, self.database, self.kind, self.watermark)

    def fill(self, documents: Documents) -> None:
        self.server.drop(self.held)
        self.server.collection(self.held).fill(documents)

    def spoil(self, documents: Documents, broken: int) -> None:
        self.server.drop(self.held)
        self.server.collection(self.held).fill(
            broken_text(one) if n == broken else one for n, one in enumerate(documents)
        )


@contextmanager
def live(kind: str = "collection", watermark: str | None = None) -> Iterator[World]:
    with FakeMongo(views={"runs": View("all")} if kind == "view" else {}) as server:
        made = Live(server, kind, watermark)
        yield made
        made.database.close()


class TestMongoRecords(BrokenContract):
    @pytest.fixture(params=[None, "updated"], ids=["scanned", "with a watermark"])
    def world(self, request: pytest.FixtureRequest) -> Iterator[World]:
        with live(watermark=request.param) as made:
            yield made


class TestView(RecordSourceContract):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        with live("view") as made:
            yield made
