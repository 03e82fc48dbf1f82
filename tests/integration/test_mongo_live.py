"""A live MongoDB from its documents to found and computed answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from api_services import client_of, make_services
from bson import Int64, ObjectId, json_util
from commands import vigie
from live_services import LiveServices, live
from mongos import VALUES
from states import ledger_state

from vigie import wiring
from vigie.cli.wanted import Target, Wanted, passes
from vigie.settings import load
from vigie.sync.steps import SyncOptions
from vigie.testing.mongo import READ_WRITE, FakeMongo, Fault, View, broken_bytes
from vigie.types import EVERYTHING, SourceReport

Documents = list[dict[str, Any]]
READS = {
    *("aggregate", "buildInfo", "connectionStatus", "count", "find", "getMore", "hello", "ismaster", "isMaster"),
    *("killCursors", "listCollections", "endSessions", "ping"),
}
START = datetime(2026, 11, 19, 22, tzinfo=UTC)
ODD = "système$2026.x"


def run_of(n: int, status: str = "OK", **more: Any) -> dict[str, Any]:
    failed = {"error": {"code": "ORA-00942", "message": f"table T_{n} missing"}} if status == "KO" else {}
    return {
        "_id": ObjectId(f"{n:024x}"),
        "flow": f"SEPA_{n % 3}",
        "status": status,
        "started_at": START + timedelta(minutes=n),
        "duration_ms": Int64(1000 + n),
        **failed,
        **more,
    }


def runs(count: int = 24) -> Documents:
    return [run_of(n, "KO" if n % 4 == 0 else "OK") for n in range(count)]


@pytest.fixture
def server() -> Iterator[FakeMongo]:
    with FakeMongo({"vanish_flows": runs()}) as server:
        yield server
        assert {command.name for command in server.commands} <= READS


def synced(services: LiveServices, **options: Any) -> dict[str, SourceReport]:
    """The report's lines by name."""
    report = services.syncer().run(("records",), SyncOptions(**options))
    return {line.name: line for line in report.sources}


def counts(line: SourceReport) -> tuple[str, int, int, int, int]:
    return line.status, line.seen, line.written, line.unchanged, line.deleted


def signatures(services: LiveServices, collection: str = "vanish_flows") -> dict[str, int]:
    """Title -> records of it."""
    chunks = services.ledger.chunk_ids(f"mongo_{collection}")
    found = services.ledger.passages(chunks, EVERYTHING)
    return {p.title: p.stats.count for p in found.values() if p.stats}


def test_a_collection_live_and_its_export_give_the_same(server: FakeMongo, tmp_path: Path) -> None:
    documents = [*runs(), *(run_of(100 + n, value=value) for n, value in enumerate(VALUES.values()))]
    server.collection("vanish_flows").fill(documents)
    exports = tmp_path / "file" / "exports"
    with live(tmp_path / "live", server) as ours:
        assert counts(synced(ours)["vanish_flows"]) == ("ok", len(documents), len(documents), 0, 0)
        with client_of(ours, ingested=False) as client:
            answers = [client.post("/query", json={"query": question}).json() for question in QUESTIONS]
    files = make_services(tmp_path / "file", CONFLUENCE_URL=None)
    lines = [json_util.dumps(one, json_options=json_util.CANONICAL_JSON_OPTIONS) for one in documents]
    (exports / "vanish_flows.ndjson").write_text("\n".join(lines) + "\n")
    files.syncer().run(("records",))
    assert ledger_state(tmp_path / "live/data/ledger.db") == ledger_state(tmp_path / "file/data/ledger.db")
    with client_of(files, ingested=False) as client:
        for question, answer in zip(QUESTIONS, answers, strict=True):
            other = client.post("/query", json={"query": question}).json()
            for one in (answer, other):
                if one["exact"]:
                    assert one["exact"].pop("pipeline")  # an aggregation, or SQL
            for part in ("state", "route", "exact", "answer"):
                assert answer[part] == other[part], question
    files.close()
    assert answers[0]["exact"]["rows"] == [[6]]


def test_a_hostile_collection_gives_the_signatures_of_its_export(server: FakeMongo, tmp_path: Path) -> None:
    """200 shapes, every type, ids of five types, more documents than one range holds."""
    rng = Random(26)
    names = ["status", "flow", "a.b", "$x", "", "état", "date", "msg", "n", "err", "nested"]
    shapes = [
        {f"{rng.choice(names)}{rng.choice(['', '', '2', '3'])}": rng.choice(list(VALUES.values())) for _ in range(8)}
        for _ in range(200)
    ]
    ids = [lambda n: n, lambda n: f"r{n}", lambda n: ObjectId(f"{n:024x}"), lambda n: {"k": n}, lambda n: n + 0.5]
    documents = [{"_id": ids[n % 5](n), "at": START, **shapes[n % 200]} for n in range(3_000)]
    server.collection(ODD).fill(documents)
    with live(tmp_path / "live", server, MONGO_COLLECTION=ODD) as services:
        line = synced(services)[ODD]
        assert (line.status, line.seen, line.written) == ("ok", 3_000, 3_000)
    with live(tmp_path / "file", server, MONGO_URI=None, RECORDS_DIR=tmp_path / "file/exports") as services:
        lines = [json_util.dumps(one, json_options=json_util.RELAXED_JSON_OPTIONS) for one in documents]
        (tmp_path / "file/exports/vanish_flows.ndjson").unlink()
        (tmp_path / f"file/exports/{ODD}.ndjson").write_text("\n".join(lines) + "\n")
        synced(services)
    found = ledger_state(tmp_path / "live/data/ledger.db")
    exported = ledger_state(tmp_path / "file/data/ledger.db")
    for table in ("record", "signature", "document", "chunk"):
        assert found[table] == exported[table], table


QUESTIONS = ["Combien de runs KO ?", "Quels flux ont échoué ?", "ORA-00942 table missing"]


def test_a_second_sync_writes_and_embeds_nothing(server: FakeMongo, tmp_path: Path) -> None:
    with live(tmp_path, server) as services:
        synced(services)
        before = ledger_state(tmp_path / "data/ledger.db")
        line = synced(services)["vanish_flows"]
        assert (counts(line), line.embedded) == (("ok", 24, 0, 24, 0), 0)
        assert ledger_state(tmp_path / "data/ledger.db") == before


def test_a_run_that_ends_later_moves_to_its_new_signature(server: FakeMongo, tmp_path: Path) -> None:
    server.collection("vanish_flows").fill([run_of(50, "RUNNING")])
    with live(tmp_path, server) as services:
        synced(services)
        before = signatures(services)
        [running] = [title for title in before if "RUNNING" in title]
        server.collection("vanish_flows").fill([run_of(50, "KO")])
        assert counts(synced(services)["vanish_flows"]) == ("ok", 25, 1, 24, 0)
        after = signatures(services)
        assert running not in after
        assert sum(after.values()) == sum(before.values()) == 25
        [grown] = [title for title in after if after[title] == before.get(title, 0) + 1]
        assert "KO" in grown


def test_what_is_deleted_is_gone(server: FakeMongo, tmp_path: Path) -> None:
    server.collection("old").fill(runs(3))
    with live(tmp_path, server) as services:
        synced(services)
        server.collection("vanish_flows").remove([run_of(n)["_id"] for n in range(20)])
        server.drop("old")
        lines = synced(services)
        assert counts(lines["vanish_flows"]) == ("ok", 4, 0, 4, 20)
        assert lines["old"].deleted == 3
        assert [ref.name for ref in services.ledger.sources()] == ["vanish_flows"]


@pytest.mark.parametrize("kind", ["unauthorized", "time_limit"])
def test_a_reading_that_is_not_whole_changes_nothing(
    server: FakeMongo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setattr("vigie.sources._mongo_scan.RANGE", 5)
    with live(tmp_path, server) as services:
        synced(services)
        before = ledger_state(tmp_path / "data/ledger.db")
        server.collection("vanish_flows").fill([run_of(3, "KO"), run_of(70)])
        server.faults.append(Fault(kind, after=8, times=None))
        line = synced(services)["vanish_flows"]
        assert line.status == "failed"
        assert line.error is not None
        assert line.error.startswith("vanish_flows: ")
        assert ledger_state(tmp_path / "data/ledger.db") == before
        server.faults.clear()
        assert counts(synced(services)["vanish_flows"]) == ("ok", 25, 2, 23, 0)


def test_a_lost_cursor_and_a_step_down_go_unnoticed(
    server: FakeMongo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.sources._mongo_scan.RANGE", 5)
    monkeypatch.setattr("vigie.sources._mongo_scan.PAUSE", 0.001)
    server.faults += [Fault("cursor_lost", after=8), Fault("recovering", after=9, times=2)]
    with live(tmp_path, server) as services:
        assert counts(synced(services)["vanish_flows"]) == ("ok", 24, 24, 0, 0)


def test_a_document_that_does_not_decode_is_a_row_and_the_sync_is_not_whole(server: FakeMongo, tmp_path: Path) -> None:
    server.collection("vanish_flows").fill([broken_bytes(run_of(60))])
    with live(tmp_path, server) as services:
        line = synced(services)["vanish_flows"]
        assert counts(line) == ("incomplete", 25, 24, 0, 0)
        assert [skip.native_id for skip in line.skipped] == [str(run_of(60)["_id"])]


def test_a_collection_with_an_odd_name_is_found_and_listed(server: FakeMongo, tmp_path: Path) -> None:
    server.collection(ODD).fill([run_of(1, "KO")])
    with live(tmp_path, server) as services, client_of(services) as client:
        listed = client.get("/list_collections").json()
        assert f"mongo_{ODD}" in listed["collections"]
        for name in (ODD, f"mongo_{ODD}"):
            found = client.get("/search", params={"query": "ORA-00942", "collection": name}).json()
            assert [hit["collection"] for hit in found] == [ODD]
            counted = client.post("/query", json={"query": "Combien de runs ?", "collection_name": name}).json()
            assert counted["exact"]["rows"] == [[1]]


def test_sampling_limits_what_is_found_and_not_what_is_counted(server: FakeMongo, tmp_path: Path) -> None:
    with live(tmp_path, server, MONGO_SAMPLE_LIMIT=1) as services:
        line = synced(services)["vanish_flows"]
        assert (line.seen, line.embedded) == (24, 1)
        with client_of(services, ingested=False) as client:
            assert client.post("/query", json={"query": "Combien de runs KO ?"}).json()["exact"]["rows"] == [[6]]
        assert synced(services, sample_limit=2)["vanish_flows"].chunks == 2


def test_collections_are_chosen_by_the_settings(server: FakeMongo, tmp_path: Path) -> None:
    for name in ("a", "b", "system.profile"):
        server.collection(name).fill(runs(2))
    with live(tmp_path / "1", server, MONGO_EXCLUDE="a,mongo_b") as services:
        assert set(synced(services)) == {"vanish_flows"}
    with live(tmp_path / "2", server, MONGO_COLLECTION="a", MONGO_INCLUDE="b,nope") as services:
        lines = synced(services)
        assert {name: line.status for name, line in lines.items()} == {"a": "ok", "b": "ok", "nope": "failed"}
        assert lines["nope"].error == "flowdb has no collection of this name"


def test_views_are_read_when_they_are_named(tmp_path: Path) -> None:
    views = {"failed": View("runs", [{"$match": {"status": "KO"}}])}
    with FakeMongo({"runs": runs()}, views=views) as server:
        with live(tmp_path / "all", server) as services:
            assert set(synced(services)) == {"runs"}
        with live(tmp_path / "named", server, MONGO_COLLECTION="failed") as services:
            assert counts(synced(services)["failed"]) == ("ok", 6, 6, 0, 0)


def test_a_watermark_spares_reading_what_did_not_change(server: FakeMongo, tmp_path: Path) -> None:
    server.collection("vanish_flows").fill({**one, "updated": 1} for one in runs())
    with live(tmp_path, server, MONGO_WATERMARK="updated") as services:
        synced(services)
        begin = len(server.commands)
        assert counts(synced(services)["vanish_flows"]) == ("ok", 24, 0, 24, 0)
        finds = [command.body for command in server.commands[begin:] if command.name == "find"]
        assert all(body["projection"] == {"_id": 1, "updated": 1} for body in finds)
        server.collection("vanish_flows").fill([run_of(1, "KO", updated=2)])
        server.collection("vanish_flows").remove([run_of(0)["_id"]])
        assert counts(synced(services)["vanish_flows"]) == ("ok", 23, 1, 22, 1)


# ------------------------------------------------------------------ beside exports


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "jobs.ndjson").write_text('{"_id": 1, "status": "OK"}\n')
    return folder


def test_exports_and_the_database_are_read_together_and_apart(server: FakeMongo, exports: Path, tmp_path: Path) -> None:
    with live(tmp_path, server, RECORDS_DIR=exports) as services:
        (exports / "vanish_flows.ndjson").unlink()
        with client_of(services, ingested=False) as client:

            def read(route: str, **body: Any) -> list[str]:
                return [line["name"] for line in client.post(route, json=body).json()["sources"]]

            assert read("/ingest") == ["jobs", "vanish_flows"]
            assert read("/ingest_mongo") == ["vanish_flows"]
            assert read("/ingest_records") == ["jobs"]
            assert {ref.name for ref in services.ledger.sources()} == {"jobs", "vanish_flows"}


def test_a_name_that_both_hold_is_refused_by_name(server: FakeMongo, exports: Path, tmp_path: Path) -> None:
    (exports / "Vanish_Flows.csv").write_text("_id,status\n1,OK\n")
    with live(tmp_path / "x", server, RECORDS_DIR=exports) as services:
        lines = synced(services)
        assert {name: line.status for name, line in lines.items()} == {
            "Vanish_Flows": "ok",
            "jobs": "ok",
            "flowdb.vanish_flows": "failed",
        }
        assert lines["flowdb.vanish_flows"].error == (
            "the name is already taken by Vanish_Flows.csv: rename that, or MONGO_EXCLUDE this"
        )


def test_a_database_that_is_away_leaves_its_collections_and_the_exports_are_read(
    server: FakeMongo, exports: Path, tmp_path: Path
) -> None:
    with live(tmp_path / "x", server, RECORDS_DIR=exports) as services:
        synced(services)
    with FakeMongo(database=server.database) as empty, live(tmp_path / "x", empty, RECORDS_DIR=exports) as services:
        lines = synced(services, allow_deletions=True)
        assert (lines["jobs"].status, lines["flowdb.*"].status) == ("ok", "failed")
        assert "check MONGO_DB" in str(lines["flowdb.*"].error)
        assert {ref.name for ref in services.ledger.sources()} == {"jobs", "vanish_flows"}
        assert sum(signatures(services).values()) == 24


def test_what_is_configured_no_more_is_kept_and_what_is_taken_away_is_not(
    server: FakeMongo, exports: Path, tmp_path: Path
) -> None:
    (exports / "other.ndjson").write_text('{"_id": 1, "status": "OK"}\n')
    server.collection("old").fill(runs(2))

    def names(**settings: Any) -> set[str]:
        with live(tmp_path / "x", server, **settings) as services:
            synced(services)
            return {ref.name for ref in services.ledger.sources()}

    assert names(RECORDS_DIR=exports) == {"jobs", "other", "old", "vanish_flows"}
    (exports / "other.ndjson").unlink()
    server.drop("old")
    assert names(RECORDS_DIR=exports, MONGO_URI=None) == {"jobs", "old", "vanish_flows"}
    assert names() == {"jobs", "vanish_flows"}


def test_an_export_by_path_never_takes_a_live_collections_place(server: FakeMongo, tmp_path: Path) -> None:
    path = tmp_path / "vanish_flows.ndjson"
    path.write_text('{"_id": 1, "status": "OK"}\n')
    settings = load(MONGO_URI=server.uri, VIGIE_DATA_DIR=tmp_path / "data", RECORDS_DIR=None)
    found = wiring.discover(settings, wiring.Inputs(records=(tmp_path,)), "records")
    wiring.mongo_database.cache_clear()
    assert found.refs == ()
    assert [skip.reason for skip in found.refused] == ["flowdb holds a collection vanish_flows: rename one"]


# ------------------------------------------------------------------ the plain recipe's requests


def test_the_plain_recipes_requests_are_taken(server: FakeMongo, tmp_path: Path) -> None:
    server.collection("audit").fill(runs(3))
    chosen = "vanish_flows,audit"
    with live(tmp_path, server, MONGO_COLLECTION=chosen) as services, client_of(services, ingested=False) as client:
        by_body = client.post("/ingest_mongo", json={"sample_limit": 100, "exclude": ["audit"]}).json()
        by_query = client.post("/ingest_mongo?sample_limit=100&exclude=audit").json()
        listed = client.post("/ingest_mongo?exclude=audit&exclude=vanish_flows").json()
        assert [[line["name"] for line in reply["sources"]] for reply in (by_body, by_query, listed)] == [
            ["vanish_flows"],
            ["vanish_flows"],
            [],
        ]
        whole = client.post("/ingest_mongo", json={"sample_limit": None, "exclude": None}).json()
        assert [line["name"] for line in whole["sources"]] == ["vanish_flows", "audit"]
        asked = client.post("/query", json={"session_id": "s", "query": "ORA-00942 ?", "top_k": 3})
        assert asked.json()["session_id"] == "s"
        named = client.post("/query", json={"query": "Combien de runs ?", "collection_name": "mongo_audit"}).json()
        assert named["exact"]["rows"] == [[3]]
        assert client.post("/ingest").json()["status"] == "ok"
        assert client.post("/reset-session/s").json() == {"status": "reset", "session_id": "s"}
        assert "mongo_vanish_flows" in client.get("/list_collections").json()["collections"]


# ------------------------------------------------------------------ the whole program


def test_the_command_reads_a_database_through_its_child_process(
    server: FakeMongo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server.collection(ODD).fill(runs(3))
    for name, value in {"MONGO_URI": server.uri, "VIGIE_DATA_DIR": "data", "RECORDS_DIR": "", "CODE_ROOTS": ""}.items():
        monkeypatch.setenv(name, value)
    found = vigie("ingest", "mongo", "--exclude", "vanish_flows", "--sample-limit", "2", "--json")
    assert (found.status, found.err) == (0, "")
    [line] = found.json["sources"]
    assert (line["name"], line["seen"], line["embedded"]) == (ODD, 3, 2)
    assert [one.kinds for one in passes(load(), Wanted(Target.all))] == [("records",)]


def test_a_user_who_may_write_is_warned_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with FakeMongo({"runs": runs(2)}, actions=READ_WRITE) as server:
        settings = load(MONGO_URI=server.uri, VIGIE_DATA_DIR=tmp_path)
        [note] = wiring.mongo_notes(settings)
        assert note.startswith("the user of MONGO_URI may change flowdb (insert, remove, update): Vigie only reads")
        assert server.uri not in note
        wiring.mongo_database.cache_clear()
    with FakeMongo({"runs": runs(2)}) as server:
        assert wiring.mongo_notes(load(MONGO_URI=server.uri, VIGIE_DATA_DIR=tmp_path)) == []
        wiring.mongo_database.cache_clear()
