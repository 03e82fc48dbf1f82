"""The faults of the small MongoDB are what the real driver takes for the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bson
import pytest
from bson.errors import InvalidBSON
from mongos import client_of
from pymongo.collection import Collection
from pymongo.errors import (
    AutoReconnect,
    CursorNotFound,
    ExecutionTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
)

from vigie.testing.mongo import READ_WRITE, FakeMongo, Fault, View, broken_bytes, broken_text

Runs = Collection[dict[str, Any]]


@pytest.fixture
def server() -> Iterator[FakeMongo]:
    with FakeMongo({"runs": [{"_id": n} for n in range(300)]}, views={"few": View("runs", [{"$limit": 3}])}) as server:
        yield server


@pytest.fixture
def runs(server: FakeMongo) -> Iterator[Runs]:
    with client_of(server.uri) as client:
        yield client[server.database].runs


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("cursor_lost", "getMore"), CursorNotFound),
        (Fault("step_down", "getMore"), NotPrimaryError),
        (Fault("recovering", "getMore"), NotPrimaryError),
        (Fault("time_limit", "getMore"), ExecutionTimeout),
        (Fault("unauthorized", "getMore"), OperationFailure),
        (Fault("cut", "getMore"), AutoReconnect),
        (Fault("cut", "find", times=2), AutoReconnect),
    ],
)
def test_a_fault_between_two_batches(server: FakeMongo, runs: Runs, fault: Fault, error: type[PyMongoError]) -> None:
    server.faults.append(fault)
    with pytest.raises(error):
        list(runs.find())
    assert len(list(runs.find())) == 300


def test_a_step_down_at_the_beginning_is_retried_by_the_driver(server: FakeMongo, runs: Runs) -> None:
    server.faults.append(Fault("step_down"))
    assert len(list(runs.find())) == 300
    assert server.names.count("find") == 2


def test_rights_are_revoked_after_some_batches(server: FakeMongo, runs: Runs) -> None:
    server.faults.append(Fault("unauthorized", "getMore", after=2, times=None))
    with pytest.raises(OperationFailure) as refused:
        list(runs.find(batch_size=50))
    assert refused.value.code == 13
    assert server.names.count("getMore") == 3


def test_cursors_do_not_outlive_a_restart(server: FakeMongo, runs: Runs) -> None:
    cursor = runs.find(batch_size=10)
    next(cursor)
    server.lose_cursors()
    with pytest.raises(CursorNotFound):
        list(cursor)


def test_documents_that_do_not_decode_reach_the_driver(server: FakeMongo, runs: Runs) -> None:
    server.collection("runs").fill([broken_text({"_id": 5, "flow": "A"}), broken_bytes({"_id": 6, "flow": "B"})])
    raws = bson.decode_all(b"".join(runs.find_raw_batches({"_id": {"$lt": 5}})))
    assert len(raws) == 5
    for bad in (5, 6):
        with pytest.raises(InvalidBSON):
            runs.find_one({"_id": bad})
        assert len(b"".join(runs.find_raw_batches({"_id": bad}))) > 10


def test_commands_are_recorded(server: FakeMongo, runs: Runs) -> None:
    runs.find_one({"_id": 1})
    [command] = [command for command in server.commands if command.name == "find"]
    assert (command.database, command.body["filter"]) == ("flowdb", {"_id": 1})


def test_a_view_is_read_and_listed_as_one(server: FakeMongo, runs: Runs) -> None:
    assert [row["_id"] for row in runs.database.few.find()] == [0, 1, 2]
    listed = {row["name"]: row["type"] for row in runs.database.list_collections()}
    assert listed == {"few": "view", "runs": "collection"}


def test_rights_are_told() -> None:
    with FakeMongo(actions=READ_WRITE) as server, client_of(server.uri) as client:
        told = client[server.database].command("connectionStatus", showPrivileges=True)["authInfo"]
        assert "insert" in told["authenticatedUserPrivileges"][0]["actions"]


def test_a_password_is_refused(server: FakeMongo) -> None:
    with (
        client_of(server.uri.replace("//", "//user:secret@")) as client,
        pytest.raises(OperationFailure, match="Authentication failed"),
    ):
        client[server.database].runs.find_one()
