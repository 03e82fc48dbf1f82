"""Exact answers over a live MongoDB: by the real driver, by the service, and when the server does not play along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api_services import client_of
from bson import Decimal128, Int64, ObjectId
from live_services import LiveServices, live
from pymongo import MongoClient

from vigie.errors import QueryRefused, QueryTooLong, SourceRefused, SourceUnreachable
from vigie.plan import Key, Measure, Order, Plan, Span, Where
from vigie.protocols import RecordEngine
from vigie.records.embedded import EmbeddedEngine
from vigie.records.engines import Engines, Names
from vigie.records.mongo import MongoEngine
from vigie.sources.extjson import dumps, native_id
from vigie.testing.mongo import FakeMongo, Fault, Kind
from vigie.types import EVERYTHING

START = datetime(2026, 11, 19, 22, tzinfo=UTC)
KO = Where("status", "in", ("KO",))
COUNT = Plan("runs", measures=(Measure("count"),))


def run_of(n: int) -> dict[str, Any]:
    return {
        "_id": ObjectId(f"{n:024x}"),
        "flow": f"SEPA_{n % 3}",
        "status": "KO" if n % 4 == 0 else "OK",
        "started_at": START + timedelta(minutes=n),
        "duration_ms": Int64(1000 + n) if n % 2 else Decimal128(str(1000 + n)),
        "hosts": [f"srv-{n % 2}", f"srv-{n % 5}"],
    }


@pytest.fixture
def server() -> Iterator[FakeMongo]:
    with FakeMongo({"runs": [run_of(n) for n in range(240)]}) as server:
        yield server


@pytest.fixture
def services(server: FakeMongo, tmp_path: Path) -> Iterator[LiveServices]:
    with live(tmp_path, server) as services:
        services.syncer().run(("records",))
        yield services


@pytest.fixture
def engine(services: LiveServices) -> RecordEngine:
    return services.records


@pytest.fixture
def kept(services: LiveServices) -> EmbeddedEngine:
    return EmbeddedEngine(services.bodies, services.ledger.bodies, services.settings.zone)


@pytest.fixture
def database(services: LiveServices, server: FakeMongo, kept: EmbeddedEngine) -> Iterator[MongoEngine]:
    with MongoClient[dict[str, Any]](server.uri) as client:
        zone = services.settings.zone
        yield MongoEngine(lambda: client[server.database], kept.profile, zone, native_id, dumps)


PLANS = [
    COUNT,
    Plan("runs", (KO,), keys=(Key("flow"),), measures=(Measure("count"),), order=(Order(1),)),
    Plan("runs", (Where("hosts", "contains", ("V-4",)),), keys=(Key("hosts"),), measures=(Measure("count"),), limit=2),
    Plan("runs", keys=(Key("started_at", "hour"),), measures=(Measure("share", "share", part=(KO,)),)),
    Plan("runs", span=Span("started_at", START, START + timedelta(hours=2)), measures=(
        Measure("median", "median", "duration_ms"), Measure("p95", "p95", "duration_ms"),
        Measure("hosts", "distinct", "hosts"), Measure("last", "max", "started_at"),
    )),
    Plan("runs", (Where("duration_ms", "ge", (1230,)),), show=("_id", "hosts"), order=(Order(0),), limit=4),
    Plan("runs", (Where("_id", "in", (f"{7:024x}", "nobody")),), show=("_id", "flow")),
]  # fmt: skip


@pytest.mark.parametrize("plan", PLANS)
def test_the_database_and_the_records_kept_here_give_the_same_rows(
    plan: Plan, services: LiveServices, server: FakeMongo
) -> None:
    kept = EmbeddedEngine(services.bodies, services.ledger.bodies, services.settings.zone)
    found = services.records.run(plan, EVERYTHING)
    assert server.names.count("aggregate") == 2
    assert found == kept.run(plan, EVERYTHING)
    assert found.matched
    assert any("$group" in stage or "$sort" in stage for stage in services.records.pipeline(plan))


def test_what_came_after_the_last_sync_is_counted(engine: RecordEngine, server: FakeMongo) -> None:
    server.collection("runs").fill([run_of(n) for n in range(241, 251)])
    assert engine.run(COUNT, EVERYTHING).matched == 250


def test_every_aggregation_has_a_time_limit_and_no_disk(engine: RecordEngine, server: FakeMongo) -> None:
    engine.run(COUNT, EVERYTHING)
    sent = [command.body for command in server.commands if command.name == "aggregate"]
    assert all(body["maxTimeMS"] == 10_000 and body["allowDiskUse"] is False for body in sent)
    assert all(body["collation"] == {"locale": "simple"} for body in sent)


def test_bodies_are_read_by_their_ids(engine: RecordEngine) -> None:
    wanted = [f"{n:024x}" for n in (3, 999, 1)]
    found = engine.bodies("runs", wanted)
    assert list(found) == [wanted[0], wanted[2]]
    assert '"$numberLong":"1003"' in found[wanted[0]]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("time_limit", "aggregate", times=None), QueryTooLong),
        (Fault("unauthorized", "aggregate", times=None), SourceRefused),
        (Fault("cut", "aggregate", times=None), SourceUnreachable),
        (Fault("step_down", "aggregate", times=None), SourceUnreachable),
    ],
)
def test_a_server_that_does_not_answer_is_told(
    fault: Fault, error: type[Exception], database: MongoEngine, server: FakeMongo
) -> None:
    server.faults.append(fault)
    with pytest.raises(error) as told:
        database.run(COUNT, EVERYTHING)
    assert "runs" in str(told.value)
    assert "127.0.0.1" not in str(told.value)


def test_one_step_down_goes_unnoticed(engine: RecordEngine, server: FakeMongo) -> None:
    server.faults.append(Fault("step_down", "aggregate"))
    assert engine.run(COUNT, EVERYTHING).matched == 240


def test_what_the_profile_does_not_hold_never_reaches_the_server(engine: RecordEngine, server: FakeMongo) -> None:
    before = len(server.commands)
    for path in ("$where", "nope", "a.$function", "system.users", "flow\0"):
        with pytest.raises(QueryRefused):
            engine.run(Plan("runs", (Where(path, "in", ("x",)),), measures=(Measure("count"),)), EVERYTHING)
    with pytest.raises(QueryRefused):
        engine.run(Plan("system.users", measures=(Measure("count"),)), EVERYTHING)
    assert "aggregate" not in [command.name for command in server.commands[before:]]


def test_an_export_beside_the_database_is_computed_here(server: FakeMongo, tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "kept.ndjson").write_text('{"_id": 1, "status": "KO"}\n{"_id": 2, "status": "OK"}\n')
    with live(tmp_path, server, RECORDS_DIR=str(exports)) as services:
        services.syncer().run(("records",))
        assert services.records.run(replace(COUNT, collection="kept"), EVERYTHING).matched == 2
        assert services.records.run(COUNT, EVERYTHING).matched == 240
        aggregated = [command.body["aggregate"] for command in server.commands if command.name == "aggregate"]
        assert set(aggregated) == {"runs"}


def test_an_export_is_computed_here_though_the_database_never_answered(server: FakeMongo, tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "kept.ndjson").write_text('{"_id": 1, "status": "KO"}\n{"_id": 2, "status": "OK"}\n')
    with FakeMongo(database=server.database) as empty, live(tmp_path, empty, RECORDS_DIR=str(exports)) as services:
        assert services.syncer().run(("records",)).status == "incomplete"
        assert services.records.run(replace(COUNT, collection="kept"), EVERYTHING).matched == 2
        assert "aggregate" not in [command.name for command in empty.commands]


def test_a_question_is_answered_from_the_database(server: FakeMongo, tmp_path: Path) -> None:
    with live(tmp_path, server) as services:
        services.syncer().run(("records",))
        server.collection("runs").fill([{**run_of(300), "status": "KO"}])
        with client_of(services, ingested=False) as client:
            answer = client.post("/query", json={"query": "Combien de runs KO ?"}).json()
        assert answer["exact"]["rows"] == [[61]]


@pytest.mark.parametrize("kind", ["cut", "step_down"])
def test_while_the_database_is_away_the_copy_of_the_last_sync_is_counted_and_said(
    server: FakeMongo, tmp_path: Path, kind: Kind
) -> None:
    with live(tmp_path, server) as services:
        clock, zone = services.settings.clock, services.settings.zone
        begun = clock()
        services.syncer().run(("records",))
        read = {f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" for moment in (begun, clock())}
        server.collection("runs").fill([{**run_of(300), "status": "KO"}])  # what the copy does not hold
        server.faults.append(Fault(kind, "aggregate", times=None))
        with client_of(services, ingested=False) as client:
            answer = client.post("/query", json={"query": "Combien de runs KO ?"}).json()
            behind = client.get(f"/answers/{answer['answer_id']}/records").json()
        assert answer["exact"]["rows"] == [[60]]
        assert [notice["code"] for notice in answer["notices"]] == ["database_away"]
        told = "MongoDB ne répond pas : calculé sur la copie lue le "
        assert any(f"{told}{minute}" in answer["answer"] for minute in read)
        assert answer["exact"]["pipeline"][0]["engine"] == "duckdb"
        assert behind["count"] == 60


def test_a_database_that_is_away_is_not_waited_for_at_every_question_and_asked_again_later(
    database: MongoEngine, kept: EmbeddedEngine, server: FakeMongo
) -> None:
    now = [0.0]
    engines = Engines({"runs"}, database, kept, clock=lambda: now[0])
    server.faults.append(Fault("cut", "aggregate", times=None))
    assert engines.run(COUNT, EVERYTHING).kept
    asked = server.names.count("aggregate")
    assert engines.run(COUNT, EVERYTHING).kept
    assert server.names.count("aggregate") == asked
    server.faults.clear()
    now[0] = 31
    assert not engines.run(COUNT, EVERYTHING).kept
    assert server.names.count("aggregate") > asked


def test_a_database_that_refuses_is_said_and_its_copy_is_not_counted(server: FakeMongo, tmp_path: Path) -> None:
    with live(tmp_path, server) as services:
        services.syncer().run(("records",))
        server.faults.append(Fault("unauthorized", "aggregate", times=None))
        with client_of(services, ingested=False) as client:
            reply = client.post("/query", json={"query": "Combien de runs KO ?"})
        assert reply.status_code == 200
        assert "60" not in reply.json()["answer"]
        assert "refuse d'être lu" in str(reply.json()["notices"])


def test_names_are_asked_for_again_and_kept_while_the_database_is_away() -> None:
    told: list[frozenset[str] | None] = [None, frozenset({"runs"}), None, frozenset({"jobs"})]
    now = [0.0]
    names = Names(lambda: told.pop(0), seconds=10, clock=lambda: now[0])
    assert "anything" in names
    for moment, there in ((5, "anything"), (10, "runs"), (20, "runs"), (30, "jobs")):
        now[0] = moment
        assert there in names
    assert "runs" not in names
