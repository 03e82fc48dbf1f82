"""Collections of a database whose names resemble those that Vigie gives them, or others'."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_services import client_of
from commands import vigie
from live_services import live
from starlette.testclient import TestClient

from vigie import wiring
from vigie.testing.mongo import FakeMongo

RUN = {"flow": "SEPA", "status": "KO"}
NAMES = ["runs", "mongo_runs", "mongo_jobs", "mongo_", "a,b", "flux\u00a0CIB"]
COLLECTIONS = {name: [{"_id": n, **RUN} for n in range(size)] for size, name in enumerate(NAMES, 1)}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with (
        FakeMongo(COLLECTIONS) as server,
        live(tmp_path, server) as services,
        client_of(services, ingested=False) as made,
    ):
        yield made


def read(client: TestClient, **limits: Any) -> tuple[str, dict[str, str]]:
    report = client.post("/ingest_mongo", json=limits).json()
    return report["status"], {line["name"]: line["status"] for line in report["sources"]}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("runs", "runs"),
        ("mongo_runs", "mongo_runs"),
        ("mongo_mongo_runs", "mongo_runs"),
        ("mongo_jobs", "mongo_jobs"),
        ("mongo_mongo_jobs", "mongo_jobs"),
        ("mongo_", "mongo_"),
        ("a,b", "a,b"),
        ("mongo_a,b", "a,b"),
        ("flux\u00a0CIB", "flux\u00a0CIB"),
    ],
)
def test_a_name_means_one_collection_and_its_own_name_first(client: TestClient, given: str, meant: str) -> None:
    assert read(client, include=[given]) == ("ok", {meant: "ok"})
    assert read(client, exclude=[given]) == ("ok", {name: "ok" for name in NAMES if name != meant})


def test_a_name_that_is_of_none_is_told(client: TestClient) -> None:
    assert read(client, include=["runs", "nope"]) == ("incomplete", {"runs": "ok", "nope": "failed"})


def test_what_is_included_and_left_out_is_left_out_without_being_called_unknown(client: TestClient) -> None:
    assert read(client, include=["runs", "mongo_jobs"], exclude=["mongo_jobs"]) == ("ok", {"runs": "ok"})


def test_all_are_counted_and_shown_with_their_fields(client: TestClient) -> None:
    assert read(client) == ("ok", dict.fromkeys(NAMES, "ok"))
    assert {f"mongo_{name}" for name in NAMES} <= set(client.get("/list_collections").json()["collections"])
    for name in NAMES:
        profile = client.get(f"/collections/{name}/profile").json()
        assert profile["total"] == len(COLLECTIONS[name])
        ids = next(field for field in profile["fields"] if field["path"] == "_id")
        assert (ids["low"], ids["high"]) == (0, len(COLLECTIONS[name]) - 1)


def test_the_command_takes_the_same_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeMongo(COLLECTIONS) as server:
        monkeypatch.setenv("MONGO_URI", server.uri)
        monkeypatch.setenv("VIGIE_DATA_DIR", str(tmp_path / "data"))
        ingested = vigie("ingest", "mongo", "--include", "mongo_runs", "--json")
        assert [(line["name"], line["status"]) for line in ingested.json["sources"]] == [("mongo_runs", "ok")]
        wiring.mongo_database.cache_clear()
