"""The aggregation in memory against examples whose results MongoDB's manual, or its own tests, state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId
from pymongo.errors import OperationFailure

from vigie.testing.mongo_aggregate import aggregate


def value(expression: Any, **document: Any) -> Any:
    """Of one expression over one document; "absent" when it gives nothing."""
    [row] = aggregate([{"_id": 1, **document}], [{"$project": {"v": expression}}])
    return row.get("v", "absent")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


MORNING = utc(2017, 1, 2, 11, 10, 12)  # the manual's own date


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateFromString/
        ({"$dateFromString": {"dateString": "2017-02-08T12:10:40.787"}}, utc(2017, 2, 8, 12, 10, 40, 787000)),
        ({"$dateFromString": {"dateString": "2017-02-08", "timezone": "America/New_York"}}, utc(2017, 2, 8, 5)),
        ({"$dateFromString": {"dateString": "2017-07-14T12:02:44.771+0330"}}, utc(2017, 7, 14, 8, 32, 44, 771000)),
        ({"$dateFromString": {"dateString": "2017-07-06 12:35:37", "timezone": "+04:00"}}, utc(2017, 7, 6, 8, 35, 37)),
        (
            {"$dateFromString": {"dateString": "2017-02-08T12:10:40Z", "timezone": "Europe/Paris", "onError": "no"}},
            "no",
        ),
        ({"$dateFromString": {"dateString": "2017-02-30", "onError": "no"}}, "no"),
        ({"$dateFromString": {"dateString": None, "onNull": "none"}}, "none"),
        # .../dateFromParts/, .../isoWeek/, .../hour/
        ({"$dateFromParts": {"isoWeekYear": 2017, "isoWeek": 6, "isoDayOfWeek": 3}}, utc(2017, 2, 8)),
        ({"$dateFromParts": {"year": 2016, "month": 12, "day": 31, "timezone": "Europe/London"}}, utc(2016, 12, 31)),
        ({"$isoWeek": {"date": utc(2016, 1, 1)}}, 53),
        ({"$isoWeekYear": {"date": utc(2016, 1, 1)}}, 2015),
        ({"$isoDayOfWeek": {"date": utc(2016, 8, 28), "timezone": "UTC"}}, 7),
        ({"$hour": {"date": MORNING, "timezone": "America/Chicago"}}, 5),
        ({"$dayOfMonth": {"date": utc(2016, 1, 31, 23, 30), "timezone": "Europe/Paris"}}, 1),
        ({"$subtract": [MORNING, 1000]}, utc(2017, 1, 2, 11, 10, 11)),
        ({"$subtract": [MORNING, utc(2017, 1, 2, 11)]}, 612_000),
        # .../toDate/, .../toLong/, .../round/
        ({"$toDate": Int64(120000000000)}, utc(1973, 10, 20, 21, 20)),
        ({"$toDate": 120000000000.5}, utc(1973, 10, 20, 21, 20)),
        ({"$toLong": 5.67}, 5),
        ({"$round": [12.5, 0]}, 12.0),
        ({"$round": [19.5, 0]}, 20.0),
        ({"$convert": {"input": 2.5, "to": "string"}}, "2.5"),
        ({"$convert": {"input": 2.0, "to": "string"}}, "2"),
        ({"$convert": {"input": True, "to": "string"}}, "true"),
        ({"$convert": {"input": utc(2018, 3, 27, 16, 58, 51, 538000), "to": "string"}}, "2018-03-27T16:58:51.538Z"),
        ({"$convert": {"input": b"x", "to": "string", "onError": "no"}}, "no"),
        # what is missing is not null, and less than it
        ({"$eq": ["$absent", None]}, False),
        ({"$lt": ["$absent", None]}, True),
        ({"$type": "$absent"}, "missing"),
        ({"$ifNull": ["$absent", "else"]}, "else"),
        (["$absent", 1], [None, 1]),
        ({"a": "$absent", "b": 1}, {"b": 1}),
        ({"$cond": [True, "$$REMOVE", 1]}, "absent"),
        # order of types, numbers by value
        ({"$gt": ["text", 5]}, True),
        ({"$lt": [float("nan"), -float("inf")]}, True),
        ({"$eq": [1, Decimal128("1.0")]}, True),
        ({"$eq": [0.1, Decimal128("0.1")]}, False),
        ({"$in": [2.0, [1, 2]]}, True),
        ({"$gt": [True, ObjectId("65a000000000000000000001")]}, True),
        # lists
        ({"$sum": [1, "x", 2.5, None]}, 3.5),
        ({"$sum": {"$filter": {"input": [1, 2, 3], "as": "e", "cond": {"$gt": ["$$e", 1]}}}}, 5),
        ({"$min": [None, 3, 2]}, 2),
        ({"$max": []}, None),
        ({"$arrayElemAt": [[1, 2], 5]}, "absent"),
        ({"$concatArrays": [[1], None]}, None),
        ({"$map": {"input": None, "as": "e", "in": 1}}, None),
        ({"$anyElementTrue": [[]]}, False),
        ({"$anyElementTrue": [[0, None, "x"]]}, True),
        ({"$reduce": {"input": [1, 2, 3], "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}}, 6),
        ({"$let": {"vars": {"r": {"n": 4}}, "in": "$$r.n"}}, 4),
        ({"$regexMatch": {"input": "Échec", "regex": "^écH", "options": "i"}}, True),
        ({"$regexMatch": {"input": None, "regex": "x"}}, False),
        ({"$literal": "$a"}, "$a"),
        ({"$divide": [1, 4]}, 0.25),
        ({"$add": [2**31 - 1, 1]}, 2**31),
    ],
)
def test_expressions(expression: Any, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected) or isinstance(found, Int64)


def test_a_path_goes_through_arrays_of_objects_but_not_of_arrays() -> None:
    assert value("$a.b", a=[{"b": 1}, {"c": 2}, 3, {"b": [4]}, [{"b": 5}]]) == [1, [4]]
    assert value("$a.0", a=["x"]) == []
    assert value("$a.b", a=5) == "absent"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ({"$size": "$absent"}, 17124),
        ({"$in": [1, None]}, 40081),
        ({"$regexMatch": {"input": 5, "regex": "x"}}, 51104),
        ({"$divide": [1, 0]}, 2),
        ({"$toDate": 5}, 241),
        ({"$toLong": float("nan")}, 241),
        ({"$dateFromString": {"dateString": "soon"}}, 241),
        ({"$hour": {"date": MORNING, "timezone": "Nowhere"}}, 40485),
        ({"$function": {}}, 168),
        ("$$unknown", 17276),
    ],
)
def test_what_the_server_refuses_is_refused(expression: Any, code: int) -> None:
    with pytest.raises(OperationFailure) as told:
        value(expression)
    assert told.value.code == code


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"v": {"$gt": 3}}, ["five", "list", "infinite"]),
        ({"v": {"$gte": "b"}}, ["text"]),
        ({"v": {"$in": [5.0]}}, ["five", "list"]),
        ({"v": {"$lt": 10, "$gt": -5}}, ["five", "list"]),  # each by any element
        ({"v": {"$eq": None}}, ["null", "absent", "nested"]),
        ({"v": {"$type": "string"}}, ["text"]),
        ({"v.w": {"$eq": 1}}, []),
        ({"v.0.w": {"$eq": 1}}, ["nested"]),
        ({"v.1": {"$eq": -9}}, ["list"]),
        ({"$expr": {"$eq": ["$v", None]}}, ["null"]),
    ],
)
def test_queries(query: Any, found: list[str]) -> None:
    held = {"five": 5, "text": "b", "list": [5, -9], "null": None, "nan": float("nan"), "infinite": float("inf")}
    documents = [{"_id": name, "v": one} for name, one in held.items()]
    documents += [{"_id": "absent"}, {"_id": "nested", "v": [[{"w": 1}], None]}]
    assert sorted(one["_id"] for one in aggregate(documents, [{"$match": query}])) == sorted(found)


def test_groups_hold_equal_numbers_together_and_pass_over_what_is_no_number() -> None:
    documents = [{"k": 1, "n": 2}, {"k": 1.0, "n": "x"}, {"k": Decimal128("1"), "n": 0.5}, {"k": "1"}]
    rows = aggregate(documents, [{"$group": {"_id": "$k", "n": {"$sum": "$n"}, "all": {"$push": "$n"}}}])
    assert sorted((row["n"], len(row["all"])) for row in rows) == [(0, 0), (2.5, 3)]


def test_unwinding_drops_what_is_empty_and_keeps_what_is_no_list() -> None:
    documents = [{"v": [1, 2]}, {"v": []}, {"v": None}, {}, {"v": 3}]
    assert [row["v"] for row in aggregate(documents, [{"$unwind": "$v"}])] == [1, 2, 3]
    placed = aggregate([{"in": {"v": ["a", "b"]}}], [{"$unwind": {"path": "$in.v", "includeArrayIndex": "at"}}])
    assert [(row["in"]["v"], row["at"]) for row in placed] == [("a", 0), ("b", 1)]


def test_sorting_holds_missing_for_null_and_takes_the_least_or_greatest_of_a_list() -> None:
    documents = [{"_id": 1, "v": [5, 1]}, {"_id": 2, "v": 3}, {"_id": 3}, {"_id": 4, "v": "x"}]
    assert [row["_id"] for row in aggregate(documents, [{"$sort": {"v": 1}}])] == [3, 1, 2, 4]
    assert [row["_id"] for row in aggregate(documents, [{"$sort": {"v": -1}}, {"$limit": 3}])] == [4, 1, 2]
