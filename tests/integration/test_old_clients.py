"""Clients of the plain recipe work unchanged: their bodies, what they read of the replies, their `.env` files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_services import InlineServices, client_of, make_services
from commands import vigie
from live_services import live
from starlette.testclient import TestClient

from vigie import wiring
from vigie.settings import Settings
from vigie.testing.mongo import FakeMongo

AUTH = "Que faire quand un flux tombe en AUTH-401 ?"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[InlineServices]:
    made = make_services(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(services: InlineServices) -> Iterator[TestClient]:
    with client_of(services) as made:
        yield made


def query(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    reply = client.post("/query", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


# ------------------------------------------------------------------ POST /query


def test_a_session_a_query_and_top_k(client: TestClient) -> None:
    first = query(client, {"session_id": "default", "query": AUTH, "top_k": 3})
    assert "jeton" in first["answer"]
    assert first["session_id"] == "default"
    assert first["model"]
    assert first["timestamp"]
    assert 0 < len(first["contexts"]) <= 3
    for context in first["contexts"]:
        assert {"id", "content", "metadata", "score"} <= set(context)
    assert first["history"] == [{"role": "user", "content": AUTH}, {"role": "assistant", "content": first["answer"]}]
    second = query(client, {"session_id": "default", "query": "Et la purge mensuelle ?", "top_k": 1})
    assert [turn["role"] for turn in second["history"]] == ["user", "assistant"] * 2
    assert len(second["contexts"]) == 1


@pytest.mark.parametrize("name", ["mongo_vanish_flows", "vanish_flows"])
def test_a_query_in_one_collection(client: TestClient, name: str) -> None:
    answer = query(client, {"query": "ORA-00942", "collection_name": name})
    assert {citation["source"] for citation in answer["citations"]} == {"records"}
    assert query(client, {"query": AUTH, "collection_name": "confluence"})["citations"][0]["source"] == "confluence"


def test_what_is_sent_as_null_or_empty_is_as_if_it_were_not_sent(client: TestClient) -> None:
    said = query(client, {"query": AUTH, "session_id": None, "collection_name": None, "top_k": None})
    assert said["state"] == "answered"
    assert said["session_id"]
    assert query(client, {"query": AUTH, "session_id": "", "collection_name": ""})["session_id"]


def test_members_that_only_the_old_server_knew_are_passed_over(client: TestClient) -> None:
    body = {"query": AUTH, "session_id": "s", "top_k": 5, "temperature": 0.2, "model": "codestral", "stream": False}
    assert query(client, body)["state"] == "answered"


# ------------------------------------------------------------------ sessions and collections


def test_a_session_is_reset_known_or_not(client: TestClient) -> None:
    query(client, {"session_id": "bar", "query": AUTH})
    for session in ("bar", "never-seen"):
        reply = client.post(f"/reset-session/{session}")
        assert (reply.status_code, reply.json()) == (200, {"status": "reset", "session_id": session})
    assert len(query(client, {"session_id": "bar", "query": AUTH})["history"]) == 2


def test_collections_are_listed_by_the_names_a_query_takes(client: TestClient) -> None:
    names = client.get("/list_collections").json()["collections"]
    assert {"mongo_vanish_flows", "confluence"} <= set(names)
    for name in names:
        assert query(client, {"query": "ORA-00942", "collection_name": name})["state"] in ("answered", "not_found")


# ------------------------------------------------------------------ ingests


FORM = {"headers": {"content-type": "application/x-www-form-urlencoded"}}  # of `curl -d ''`, urllib's `data=b""`


@pytest.mark.parametrize("sent", [{}, {"json": {}}, {"headers": {"content-type": "application/json"}}, FORM])
@pytest.mark.parametrize("route", ["/ingest", "/ingest_confluence"])
def test_an_ingest_with_and_without_a_body(services: InlineServices, route: str, sent: dict[str, Any]) -> None:
    with client_of(services, ingested=False) as client:
        reply = client.post(route, **sent)
        assert (reply.status_code, reply.json()["status"]) == (200, "ok")
        assert "jeton" in query(client, {"query": AUTH})["answer"]


FLOWS = [{"_id": n, "flow": f"SEPA_{n}", "status": "KO", "message": f"ORA-0094{n % 10}"} for n in range(8)]


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[TestClient]:
    with (
        FakeMongo({"vanish_flows": FLOWS, "batch_jobs": FLOWS[:3], "audit": FLOWS[:1]}) as server,
        live(tmp_path, server) as services,
        client_of(services, ingested=False) as client,
    ):
        yield client


SAMPLED = [
    {"json": {"sample_limit": 2, "exclude": ["audit", "batch_jobs"]}},
    {"json": {"sample_limit": 2, "exclude": ["mongo_audit", "mongo_batch_jobs"]}},
    {"json": {"sample_limit": 2, "exclude": "audit,batch_jobs"}},
    {"params": {"sample_limit": 2, "exclude": ["audit", "batch_jobs"]}},
    {"params": {"sample_limit": "2", "exclude": "audit,batch_jobs"}},
    {"params": {"sample_limit": 2}, "json": {"exclude": ["audit", "batch_jobs"]}},
]


@pytest.mark.parametrize("sent", SAMPLED)
def test_mongo_is_sampled_and_collections_left_out(mongo: TestClient, sent: dict[str, Any]) -> None:
    reply = mongo.post("/ingest_mongo", **sent)
    assert reply.status_code == 200, reply.text
    [line] = reply.json()["sources"]
    assert (line["name"], line["status"], line["chunks"]) == ("vanish_flows", "ok", 2)
    names = mongo.get("/list_collections").json()["collections"]
    assert [name for name in names if name.startswith("mongo_")] == ["mongo_vanish_flows"]
    counted = query(mongo, {"query": "Combien de runs KO ?", "collection_name": "mongo_vanish_flows"})
    assert counted["exact"]["rows"] == [[8]]  # sampled for finding, all of them counted


@pytest.mark.parametrize("sent", [{}, {"json": {}}, {"json": {"sample_limit": None, "exclude": None}}])
def test_mongo_without_limits_reads_every_collection(mongo: TestClient, sent: dict[str, Any]) -> None:
    reply = mongo.post("/ingest_mongo", **sent)
    assert {line["name"]: line["seen"] for line in reply.json()["sources"]} == {
        "audit": 1,
        "batch_jobs": 3,
        "vanish_flows": 8,
    }


def test_code_is_ingested_and_found(tmp_path: Path) -> None:
    root = tmp_path / "batch"
    root.mkdir()
    (root / "relance.py").write_text('def relancer():\n    """Relance un flux."""\n    raise ValueError("VF-4711")\n')
    with (
        FakeMongo({}) as server,
        live(tmp_path, server, CODE_ROOTS=str(root)) as services,
        client_of(services, ingested=False) as client,
    ):
        for sent in ({}, {"json": {}}):
            reply = client.post("/ingest_local_code", **sent)
            assert (reply.status_code, reply.json()["status"]) == (200, "ok"), reply.text
        found = query(client, {"query": "VF-4711", "collection_name": "code"})
        assert found["citations"][0]["locator"].startswith("relance.py#L1")


# ------------------------------------------------------------------ `.env`

PLAIN = """\
CHUNK_SIZE=800
CHUNK_OVERLAP=100
CHROMA_DB_DIR=./chroma_db
VECTOR_DB_TYPE=chroma
LOCAL_EMB_MODEL=sentence-transformers/all-MiniLM-L6-v2
LITELLM_API_BASE=
LITELLM_API_KEY=
LITELLM_MODEL=mistral/codestral-latest
MONGO_URI={uri}
MONGO_DB={database}
MONGO_COLLECTION=vanish_flows
LOG_LEVEL=INFO
"""


def test_the_env_file_starts_ingests_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    with FakeMongo({"vanish_flows": FLOWS, "audit": FLOWS[:1]}) as server:
        Path(".env").write_text(PLAIN.format(uri=server.uri, database=server.database))
        ingested = vigie("ingest", "all", "--json")
        assert ingested.status == 0, ingested.err
        assert "CHUNK_SIZE=800 is more than" in ingested.err
        assert [(line["name"], line["status"]) for line in ingested.json["sources"]] == [("vanish_flows", "ok")]
        assert Path("chroma_db", "chroma.sqlite3").is_file()
        answered = vigie("ask", "Combien de runs KO ?", "--json")
        assert answered.json["exact"]["rows"] == [[8]], answered.err
        wiring.mongo_database.cache_clear()
