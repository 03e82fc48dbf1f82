"""The small MongoDB behaves as a real one in what Vigie uses; with VIGIE_TEST_MONGO_URI the same runs on a real one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from bson.raw_bson import RawBSONDocument
from mongos import IDS, VALUES, seeded
from pymongo.database import Database
from pymongo.errors import BulkWriteError, OperationFailure

Mongo = Database[dict[str, Any]]


@pytest.fixture
def mongo() -> Iterator[Mongo]:
    runs = [{"_id": n, "flow": f"F{n % 3}", "status": "KO" if n % 4 == 0 else "OK"} for n in range(250)]
    ids = [{"_id": id, "n": n} for n, id in enumerate(IDS)]
    values = [{"_id": name, "value": value} for name, value in VALUES.items()]
    with seeded({"runs": runs, "ids": ids[::-1], "values": values, "système-2026.x": [{"_id": 1}]}) as database:
        yield database


def test_every_type_comes_back_as_it_went_in(mongo: Mongo) -> None:
    found = {row["_id"]: row["value"] for row in mongo["values"].find()}
    assert found.keys() == VALUES.keys()
    for name, value in VALUES.items():
        assert type(found[name]) is type(value), name
        assert found[name] == value or (name == "nan" and math.isnan(found[name])), name


def test_ids_of_all_types_are_sorted_as_mongodb_sorts_them(mongo: Mongo) -> None:
    assert [row["n"] for row in mongo.ids.find().sort("_id", 1)] == list(range(len(IDS)))
    assert [row["n"] for row in mongo.ids.find().sort("_id", -1)] == list(range(len(IDS)))[::-1]


def test_a_range_stays_within_its_type(mongo: Mongo) -> None:
    def found(condition: dict[str, Any]) -> list[Any]:
        return [row["_id"] for row in mongo.ids.find({"_id": condition}).sort("_id", 1)]

    assert found({"$gt": "a"}) == ["Été"]
    assert found({"$gte": "", "$lt": "a"}) == [""]
    assert len(found({"$gte": float("-inf")})) == 4
    assert len(found({"$type": "number"})) == 5
    assert found({"$type": ["string", "symbol"], "$gt": ""}) == ["a", "Été"]
    assert found({"$gt": float("nan")}) == []
    assert found({"$type": ["bool", "minKey"]}) == [IDS[0], False, True]
    assert found({"$in": [True, "a", "b"]}) == ["a", True]
    assert found({"$gt": {"a": 1}}) == [{"a": 1, "b": 2}, {"a": "1"}]


def test_a_cursor_gives_every_document_once_in_batches(mongo: Mongo) -> None:
    first = mongo.command("find", "runs", sort={"_id": 1}, batchSize=100)["cursor"]
    assert (len(first["firstBatch"]), first["id"] != 0) == (100, True)
    second = mongo.command("getMore", first["id"], collection="runs", batchSize=149)["cursor"]
    assert (len(second["nextBatch"]), second["id"]) == (149, first["id"])
    last = mongo.command("getMore", first["id"], collection="runs")["cursor"]
    assert (len(last["nextBatch"]), last["id"]) == (1, 0)
    assert [row["_id"] for row in mongo.runs.find(batch_size=7)] == list(range(250))
    assert [row["_id"] for row in mongo.runs.find(skip=5, limit=3)] == [5, 6, 7]
    assert len(mongo.command("find", "runs")["cursor"]["firstBatch"]) == 101


def test_a_killed_cursor_is_lost(mongo: Mongo) -> None:
    with mongo.client.start_session() as session:
        cursor = mongo.command("find", "runs", batchSize=2, session=session)["cursor"]
        assert mongo.command("killCursors", "runs", cursors=[cursor["id"]], session=session)["cursorsKilled"]
        with pytest.raises(OperationFailure) as lost:
            mongo.command("getMore", cursor["id"], collection="runs", session=session)
    assert lost.value.code == 43


def test_documents_come_back_byte_for_byte(mongo: Mongo) -> None:
    raw = mongo.get_collection("values", mongo.codec_options.with_options(document_class=RawBSONDocument))
    batches = b"".join(mongo["values"].find_raw_batches())
    assert batches == b"".join(document.raw for document in raw.find())  # type: ignore[attr-defined]


def test_large_documents_come_in_several_batches(mongo: Mongo) -> None:
    mongo.large.insert_many([{"_id": n, "text": "x" * 6_000_000} for n in range(4)])
    first = mongo.command("find", "large", batchSize=10)["cursor"]
    assert len(first["firstBatch"]) in (2, 3)
    assert [len(row["text"]) for row in mongo.large.find()] == [6_000_000] * 4


def test_what_there_is_is_listed(mongo: Mongo) -> None:
    listed = {row["name"]: row["type"] for row in mongo.list_collections()}
    assert listed == dict.fromkeys(["ids", "runs", "système-2026.x", "values"], "collection")
    assert mongo.name in mongo.client.list_database_names()
    assert mongo.command("collStats", "runs")["count"] == 250
    assert mongo.unknown.find_one() is None
    assert mongo.unknown.estimated_document_count() == 0
    assert mongo.client["nothing"].list_collection_names() == []


def test_counting_grouping_and_distinct_values(mongo: Mongo) -> None:
    assert mongo.runs.count_documents({"status": "KO"}) == 63
    assert mongo.runs.estimated_document_count() == 250
    assert mongo.runs.distinct("flow", {"status": "KO"}) == ["F0", "F1", "F2"]
    grouped = mongo.runs.aggregate([{"$group": {"_id": "$flow", "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}])
    assert [(row["_id"], row["n"]) for row in grouped] == [("F0", 84), ("F1", 83), ("F2", 83)]
    assert len(list(mongo.runs.aggregate([{"$match": {"_id": {"$gte": 10}}}], batchSize=7))) == 240


def test_a_part_of_each_document(mongo: Mongo) -> None:
    assert mongo.runs.find_one({"_id": 4}, {"flow": 1}) == {"_id": 4, "flow": "F1"}
    assert mongo.runs.find_one({"_id": 4}, {"flow": 1, "_id": 0}) == {"flow": "F1"}
    assert mongo.runs.find_one({"_id": 4}, {"flow": 0}) == {"_id": 4, "status": "KO"}
    assert mongo.runs.find_one({"_id": 4}, {"_id": 1}) == {"_id": 4}
    assert [row["_id"] for row in mongo.runs.find({"status": "KO"}).sort([("flow", -1), ("_id", 1)]).limit(2)] == [
        8,
        20,
    ]


def test_inner_parts_of_each_document(mongo: Mongo) -> None:
    mongo.runs.insert_one({"_id": "x", "meta": {"at": 1, "by": "me"}, "steps": [{"n": 1, "k": 2}, 3], "flat": 4})
    wanted = {"meta.at": 1, "steps.n": 1, "flat.none": 1}
    assert mongo.runs.find_one({"_id": "x"}, wanted) == {"_id": "x", "meta": {"at": 1}, "steps": [{"n": 1}]}
    assert mongo.runs.find_one({"_id": "x"}, {"meta.at": 1, "_id": 0}) == {"meta": {"at": 1}}
    assert mongo.runs.find_one({"_id": 4}, {"meta.at": 1}) == {"_id": 4}


def test_writes_of_a_test_are_seen(mongo: Mongo) -> None:
    mongo.runs.update_one({"_id": 1}, {"$set": {"status": "RUNNING"}, "$unset": {"flow": ""}})
    mongo.runs.replace_one({"_id": 2}, {"flow": "new"})
    mongo.runs.delete_one({"_id": 3})
    mongo.runs.delete_many({"_id": {"$gte": 10}})
    assert list(mongo.runs.find({"_id": {"$lte": 3}})) == [
        {"_id": 0, "flow": "F0", "status": "KO"},
        {"_id": 1, "status": "RUNNING"},
        {"_id": 2, "flow": "new"},
    ]
    with pytest.raises(BulkWriteError, match="E11000"):
        mongo.runs.insert_many([{"_id": 11}, {"_id": 1}, {"_id": 12}])
    assert mongo.runs.count_documents({}) == 10
    mongo.drop_collection("runs")
    assert "runs" not in mongo.list_collection_names()


def test_the_server_says_who_asks_and_what_it_is(mongo: Mongo) -> None:
    assert mongo.command("ping")["ok"] == 1
    assert "version" in mongo.command("buildInfo")
    assert "authenticatedUserPrivileges" in mongo.command("connectionStatus", showPrivileges=True)["authInfo"]
    with pytest.raises(OperationFailure) as unknown:
        mongo.command("noSuchCommand")
    assert unknown.value.code == 59
