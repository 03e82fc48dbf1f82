"""A live collection as records: what its export gives, whatever it holds, whatever happens on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import Int64, ObjectId, Regex, json_util
from bson_documents import DOCUMENTS, SCALARS
from hypothesis import HealthCheck, assume, given, settings
from mongos import IDS, VALUES, client_of

from vigie.errors import SourceError, SourceRefused, SourceUnreachable
from vigie.sources import _mongo_scan
from vigie.sources.mongo import LiveCollection, MongoDatabase, MongoRecords, choose
from vigie.sources.record_files import RecordFile
from vigie.testing.mongo import READ_ONLY, READ_WRITE, FakeMongo, Fault, Kind, View, broken_bytes, broken_text
from vigie.types import Record, Skip, SourceRef

READS = {
    *("aggregate", "buildInfo", "connectionStatus", "count", "find", "getMore", "hello", "ismaster", "isMaster"),
    *("killCursors", "listCollections", "endSessions", "ping"),
}
RUNS = SourceRef("records", "runs")
STEPS: dict[str, Kind] = {"find": "step_down", "getMore": "cursor_lost"}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeMongo]:
    with FakeMongo() as server:
        yield server
    assert {command.name for command in server.commands} <= READS


@pytest.fixture(scope="module")
def database(server: FakeMongo) -> Iterator[MongoDatabase]:
    made = MongoDatabase(server.uri, server.database)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_mongo_scan, "PAUSE", 0.001)


@pytest.fixture(autouse=True)
def nothing_left(server: FakeMongo) -> None:
    """Of the test before: its faults would strike this one, its documents be read by it."""
    server.faults.clear()
    server.drop("runs")


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_mongo_scan, "RANGE", 7)


def read(server: FakeMongo, database: MongoDatabase, documents: Any, **more: Any) -> list[Record | Skip]:
    server.drop("runs")
    server.faults.clear()
    server.collection("runs").fill(documents)
    return list(MongoRecords(RUNS, database, **more).scan())


def exported(folder: Path, documents: list[dict[str, Any]], options: json_util.JSONOptions) -> list[Record | Skip]:
    path = folder / "runs.ndjson"
    path.write_text("".join(json_util.dumps(one, json_options=options) + "\n" for one in documents), "utf-8")
    return list(RecordFile(RUNS, path).scan())


def names_in(value: Any) -> Iterator[str]:
    for name, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield str(name)
        yield from names_in(inner)


CANONICAL = json_util.JSONOptions(json_mode=json_util.JSONMode.CANONICAL)
RELAXED = json_util.JSONOptions(json_mode=json_util.JSONMode.RELAXED)


@given(id=SCALARS.filter(lambda id: not isinstance(id, Regex)), body=DOCUMENTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_document_is_the_record_its_export_gives(
    server: FakeMongo, database: MongoDatabase, tmp_path: Path, id: Any, body: dict[str, Any]
) -> None:
    document = {"_id": id, **{name: value for name, value in body.items() if name != "_id"}}
    assume("\0" not in "".join(names_in(document)))  # BSON has no such names
    [live] = read(server, database, [document])
    assert isinstance(live, Record)
    for options in (CANONICAL, RELAXED):
        [record] = exported(tmp_path, [dict(live.body)], options)
        assert isinstance(record, Record)
        assert (live.native_id, live.content) == (record.native_id, record.content)
        if options is CANONICAL:
            assert live.body == record.body


def test_every_type_is_read_as_from_its_export(server: FakeMongo, database: MongoDatabase, tmp_path: Path) -> None:
    documents = [{"_id": ObjectId(), "value": value} for value in VALUES.values() if value == value]
    live = sorted(read(server, database, documents), key=str)
    assert live == [
        Record(r.native_id, r.body, live[n].source_text, r.content)  # type: ignore[union-attr]
        for n, r in enumerate(sorted(exported(tmp_path, documents, CANONICAL), key=str))
    ]


@pytest.mark.usefixtures("small_ranges")
def test_ids_of_mixed_types_are_each_read_once_in_order(server: FakeMongo, database: MongoDatabase) -> None:
    many = [{"_id": id} for id in [*IDS, *range(100, 130), *(f"r{n}" for n in range(20)), *(0.5 + n for n in range(9))]]
    found = read(server, database, many)
    assert len(found) == len(many)
    assert all(isinstance(one, Record) for one in found)
    with client_of(server.uri) as client:
        order = [row["_id"] for row in client[server.database].runs.find().sort("_id", 1)]
    ids = [one.body["_id"] for one in found if isinstance(one, Record)]
    assert str(ids) == str(order)
    assert math.isnan(ids[2])


@pytest.mark.usefixtures("small_ranges")
def test_nothing_is_lost_after_an_id_that_is_no_number(
    server: FakeMongo, database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_mongo_scan, "RANGE", 1)
    assert len(read(server, database, [{"_id": float("nan")}, {"_id": 1}, {"_id": Int64(-5)}])) == 3


@pytest.mark.parametrize("kind", ["cursor_lost", "step_down", "recovering", "cut", "interrupted"])
@pytest.mark.usefixtures("small_ranges")
def test_a_fault_repeats_one_range_and_no_record(server: FakeMongo, database: MongoDatabase, kind: Kind) -> None:
    read(server, database, [{"_id": n} for n in range(60)])
    server.faults += [Fault(kind, after=4, times=3)]
    seen = server.names.count("find")
    found = MongoRecords(RUNS, database).scan()
    assert [one.native_id for one in found] == [f'{{"$numberInt":"{n}"}}' for n in range(60)]
    assert server.names.count("find") - seen <= 9 + 13 + 6


def test_a_cursor_lost_within_a_range_goes_on_after_the_last_document(
    server: FakeMongo, database: MongoDatabase
) -> None:
    heavy = "x" * 6_000_000
    read(server, database, [{"_id": n, "text": heavy} for n in range(6)])
    server.faults.append(Fault("cursor_lost", "getMore"))
    assert len([one for one in MongoRecords(RUNS, database).scan() if isinstance(one, Record)]) == 6


@pytest.mark.usefixtures("small_ranges")
def test_a_server_that_lacks_the_names_of_types_is_read_in_one_cursor(
    server: FakeMongo, database: MongoDatabase
) -> None:
    """As FerretDB does."""
    documents = [{"_id": id} for id in (*range(30), "a", "b", *map(ObjectId, [f"{n:024x}" for n in range(30)]))]
    plain = read(server, database, documents)
    server.faults += [Fault("unknown"), Fault("cursor_lost", "getMore", times=2)]
    assert list(MongoRecords(RUNS, database).scan()) == plain
    assert [fault.times for fault in server.faults] == [0, 0]
    assert {command.name for command in server.commands} <= READS
    server.faults.append(Fault("unknown", times=None))
    with pytest.raises(SourceError, match=r"could not read flowdb\.runs: Unknown type name alias"):
        list(MongoRecords(RUNS, database).scan())


def test_a_server_that_goes_on_failing_ends_the_reading(
    server: FakeMongo, database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(server, database, [{"_id": 1}])
    monkeypatch.setattr(_mongo_scan, "TRIES", 2)
    server.faults.append(Fault("step_down", times=None))
    with pytest.raises(SourceUnreachable, match=r"runs: MongoDB does not answer"):
        list(MongoRecords(RUNS, database).scan())


@pytest.mark.usefixtures("small_ranges")
def test_rights_revoked_between_two_ranges_end_the_reading(server: FakeMongo, database: MongoDatabase) -> None:
    read(server, database, [{"_id": n} for n in range(60)])
    server.faults.append(Fault("unauthorized", after=5, times=None))
    found: list[Record | Skip] = []
    with pytest.raises(SourceRefused, match=r"may not read flowdb\.runs: grant it the role read"):
        found.extend(MongoRecords(RUNS, database).scan())
    assert 0 < len(found) < 60


def test_a_server_that_is_slow_is_asked_for_less(
    server: FakeMongo, database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_mongo_scan, "RANGE", 200)
    read(server, database, [{"_id": n} for n in range(300)])
    server.faults.append(Fault("time_limit", after=3))
    assert len(list(MongoRecords(RUNS, database).scan())) == 300
    assert {command.body["limit"] for command in server.commands[-20:] if command.name == "find"} >= {50}
    server.faults.append(Fault("time_limit", times=None))
    with pytest.raises(SourceError, match="took too long"):
        list(MongoRecords(RUNS, database).scan())


@pytest.mark.usefixtures("small_ranges")
def test_documents_that_do_not_decode_are_told_and_the_others_read(server: FakeMongo, database: MongoDatabase) -> None:
    documents: list[Any] = [{"_id": n, "flow": "A"} for n in range(30)]
    documents[6], documents[20] = broken_text(documents[6]), broken_bytes(documents[20])
    found = read(server, database, documents)
    skips = [one for one in found if isinstance(one, Skip)]
    assert [skip.native_id for skip in skips] == ['{"$numberInt":"6"}', '{"$numberInt":"20"}']
    assert all(skip.reason.startswith("does not decode") for skip in skips)
    assert len(found) == 30
    with pytest.raises(SourceError, match="no record in it could be read"):
        read(server, database, documents[6:7])


def test_a_large_and_a_deep_document_are_read(server: FakeMongo, database: MongoDatabase) -> None:
    deep: dict[str, Any] = {}
    for _ in range(98):
        deep = {"in": [deep]} if len(str(deep)) % 2 else {"in": deep}
    found = read(server, database, [{"_id": 1, "text": "é" * 8_000_000}, {"_id": 2, "deep": deep}])
    assert [type(one) for one in found] == [Record, Record]


def test_a_watermark_tells_whether_anything_changed(server: FakeMongo, database: MongoDatabase) -> None:
    def state(documents: list[dict[str, Any]]) -> str | None:
        read(server, database, documents)
        return MongoRecords(RUNS, database, watermark="updated").state()

    first = [{"_id": n, "updated": n, "status": "RUNNING"} for n in range(5)]
    before = state(first)
    assert before == state([{**one, "status": "KO"} for one in first])  # an update that does not tell is not seen
    assert before != state([{**one, "updated": one["updated"] + (one["_id"] == 3)} for one in first])
    assert before != state(first[:4])
    assert before != state([*first, {"_id": 9, "updated": 0}])
    assert state([*first, {"_id": 9}]) is None
    assert MongoRecords(RUNS, database).state() is None


def test_a_view_is_read_in_one_piece_with_each_id_once() -> None:
    views = {"twice": View("runs", [{"$match": {"flow": "A"}}])}
    documents = [{"_id": n, "flow": "AB"[n % 2]} for n in range(10)]
    with FakeMongo({"runs": documents}, views=views) as server:
        database = MongoDatabase(server.uri, server.database)
        found = list(MongoRecords(SourceRef("records", "twice"), database, kind="view").scan())
        database.close()
    assert [one.body["_id"] for one in found if isinstance(one, Record)] == [0, 2, 4, 6, 8]


# ------------------------------------------------------------------ the database


def test_the_driver_is_asked_to_be_modest(server: FakeMongo, database: MongoDatabase) -> None:
    client = database.raw.client
    assert (client.options.pool_options.max_pool_size, client.options.pool_options.appname) == (4, "vigie")
    assert client.read_preference.mongos_mode == "secondaryPreferred"
    begin = len(server.commands)
    assert len(read(server, database, [{"_id": 1}])) == 1
    finds = [command.body for command in server.commands[begin:] if command.name == "find"]
    assert {body["maxTimeMS"] for body in finds} == {60_000}
    assert {body["$readPreference"]["mode"] for body in finds} == {"secondaryPreferred"}
    told = next(command.body["client"] for command in server.commands if "client" in command.body)
    assert told["application"] == {"name": "vigie"}


def test_an_empty_database_is_said_rather_than_synced() -> None:
    with FakeMongo() as server:
        database = MongoDatabase(server.uri, "typo")
        with pytest.raises(SourceError, match=r"the database typo holds no collections.*MONGO_DB"):
            database.collections()
        database.close()


@pytest.mark.parametrize(
    "uri", ["mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "mongodb://u:s3cr3t@127.0.0.1:1"]
)
def test_a_server_that_is_not_there(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.sources.mongo.CONNECT_SECONDS", 0.1)
    database = MongoDatabase(uri, "flowdb")
    with pytest.raises(SourceUnreachable, match="check MONGO_URI") as error:
        database.collections()
    assert "s3cr3t" not in str(error.value)
    assert len(str(error.value)) < 300
    database.close()


def test_a_wrong_password_is_refused_once() -> None:
    with FakeMongo({"runs": [{"_id": 1}]}) as server:
        database = MongoDatabase(server.uri.replace("//", "//user:s3cr3t@"), "flowdb")
        with pytest.raises(SourceRefused, match="refuses the user or the password"):
            database.collections()
        database.close()
        assert server.names.count("saslStart") <= 1


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://",
        "mongodb://a b:c@h@/x",
        "http://host",
        "mongodb://u:s3cr3t/x@h",
        "mongodb://u:s3cr3t@@h",
    ],
)
def test_an_address_that_cannot_be_used(uri: str) -> None:
    with pytest.raises(SourceError, match="MONGO_URI cannot be used") as error:
        MongoDatabase(uri, "flowdb")
    assert "s3cr3t" not in str(error.value)


@pytest.mark.parametrize(
    ("actions", "rights"),
    [
        (READ_ONLY, []),
        (READ_WRITE, ["insert", "remove", "update"]),
        (("anyAction",), ["anyAction"]),
        (("find", "collMod", "dropIndex"), ["collMod", "dropIndex"]),
    ],
)
def test_rights_beyond_reading_are_known(actions: tuple[str, ...], rights: list[str]) -> None:
    with FakeMongo({"runs": [{"_id": 1}]}, actions=actions) as server:
        database = MongoDatabase(server.uri, server.database)
        assert database.write_rights() == rights
        database.close()


FOUND = [LiveCollection(name, "collection") for name in ("runs", "errors", "mongo_x", "system.profile", "a\nb")]
FOUND += [LiveCollection("few", "view"), LiveCollection("load", "timeseries")]


@pytest.mark.parametrize(
    ("named", "excluded", "taken", "names", "refused"),
    [
        ((), (), {}, ["runs", "errors", "mongo_x", "load"], ["a\nb"]),
        (("runs", "few"), (), {}, ["runs", "few"], []),
        (("mongo_runs", "mongo_x"), (), {}, ["runs", "mongo_x"], []),
        (("nope", "system.profile"), (), {}, [], ["nope", "system.profile"]),
        (("runs", "errors"), ("mongo_runs",), {}, ["errors"], []),
        (("runs", "errors"), (), {"runs": "Runs.csv"}, ["errors"], ["flowdb.runs"]),
    ],
)
def test_which_collections_are_read(
    named: tuple[str, ...], excluded: tuple[str, ...], taken: dict[str, str], names: list[str], refused: list[str]
) -> None:
    chosen, skips = choose(FOUND, "flowdb", named, excluded, taken)
    assert [one.name for one in chosen] == names
    assert [skip.native_id for skip in skips] == refused


@pytest.mark.parametrize("options", ["?minPoolSize=10", "?minPoolSize=5&maxPoolSize=50", "?maxPoolSize=100"])
def test_an_address_made_for_a_large_pool_is_used_with_ours(server: FakeMongo, options: str) -> None:
    database = MongoDatabase(f"{server.uri}{options}", server.database)
    try:
        assert database.raw.client.options.pool_options.max_pool_size == 4
        server.collection("runs").fill([{"_id": 1}])
        assert "runs" in {one.name for one in database.collections()}
    finally:
        database.close()


@pytest.mark.parametrize("options", [CANONICAL, RELAXED], ids=["canonical", "relaxed"])
def test_every_type_has_the_same_text_as_from_its_export(
    server: FakeMongo, database: MongoDatabase, tmp_path: Path, options: json_util.JSONOptions
) -> None:
    """It stands in signatures where such a value is a flow's name or its status."""
    documents = [{"_id": n, "status": value} for n, value in enumerate(VALUES.values())]
    live = {r.native_id: str(r.body["status"]) for r in read(server, database, documents)}  # type: ignore[union-attr]
    file = {r.native_id: str(r.body["status"]) for r in exported(tmp_path, documents, options)}  # type: ignore[union-attr]
    assert live == file


def test_a_watermark_may_be_an_inner_field(server: FakeMongo, database: MongoDatabase) -> None:
    server.collection("runs").fill([{"_id": n, "meta": {"at": n, "by": "x"}} for n in range(3)])
    records = MongoRecords(RUNS, database, watermark="meta.at")
    before = records.state()
    assert before is not None
    server.collection("runs").fill([{"_id": 1, "meta": {"at": 1, "by": "y"}}])
    assert records.state() == before
    server.collection("runs").fill([{"_id": 1, "meta": {"at": 9, "by": "y"}}])
    assert records.state() not in (None, before)
    server.collection("runs").fill([{"_id": 4, "meta": {}}])
    assert records.state() is None
