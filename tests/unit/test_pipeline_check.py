"""What the last look at an aggregation lets through, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
from bson import Regex
from bson.code import Code
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import QueryRefused
from vigie.records.pipeline_check import check_pipeline

FORBIDDEN = (
    "$where $function $accumulator $lookup $graphLookup $unionWith $out $merge $facet $expr2 $currentOp $collStats "
    "$indexStats $listSessions $documents $search $geoNear $rand $sampleRate $getField $setField $meta $jsonSchema "
    "$regex $text $near $comment $elemMatch $nor $not $objectToArray $bsonSize $sample $redact $replaceRoot"
).split()


@pytest.mark.parametrize("name", FORBIDDEN)
def test_stages_and_operators_that_are_not_on_the_list_are_refused_wherever_they_stand(name: str) -> None:
    for stage in (
        {name: {}},
        {"$match": {name: "x"}},
        {"$match": {"a": {name: "x"}}},
        {"$match": {"$and": [{"a": {"$eq": 1}}, {name: "x"}]}},
        {"$match": {"a": {"$in": [{name: "x"}]}}},
        {"$match": {"$expr": {"$and": [True, {"$in": [{name: 1}, []]}]}} if name != "$not" else {name: 1}},
        {"$group": {"_id": None, "n": {name: 1}}},
        {"$project": {"a": {"$map": {"input": [], "as": "e", "in": {name: 1}}}} if name != "$not" else {name: 1}},
        {"$project": {"a": {"$literal": {name: 1}}}},
        {"$project": {name: 1}},
    ):
        with pytest.raises(QueryRefused, match="not sent"):
            check_pipeline([{"$limit": 1}, stage])


@pytest.mark.parametrize(
    "stage",
    [
        {},
        {"$match": {"a": 1}, "$out": "b"},
        {"$match": {"a": "bare"}},
        {"$match": {"a": {"$in": [Regex("x")]}}},
        {"$match": {"a": {"$eq": {"b": 1}}}},
        {"$match": {"a": {"$gt": [1]}}},
        {"$match": {"$where.x": {"$eq": 1}}},
        {"$project": {"a.b": 1}},
        {"$project": {"a": "$$ROOT"}},
        {"$project": {"a": "$$CURRENT.b"}},
        {"$project": {"a": "$$USER_ROLES"}},
        {"$project": {"a": "$a..b"}},
        {"$project": {"a": {"$literal": Code("x")}}},
        {"$project": {"a": {"$eq": [1, 1], "$ne": [1, 2]}}},
        {"$project": {"a": {"$map": {"input": [], "as": "e", "in": 1, "more": {"$function": 1}}}}},
        {"$project": {"a": {"$let": {"vars": {"$x": 1}, "in": 1}}}},
        {"$addFields": {"a": {"b": {"c": {"$function": {}}}}}},
        {"$unwind": {"path": "$a"}},
        {"$unwind": {"path": "$a", "includeArrayIndex": "n", "preserveNullAndEmptyArrays": True}},
        {"$unwind": {"path": "$a", "includeArrayIndex": "a.n"}},
        {"$unwind": {"path": {"$literal": "$a"}, "includeArrayIndex": "n"}},
        {"$sort": {"a": {"$meta": "textScore"}}},
        {"$sort": {"$a": 1}},
        {"$limit": 0},
        {"$limit": True},
        {"$group": {"_id": {"$function": {}}}},
        {"$group": {"_id": None, "n": {"$sum": 1, "$push": 1}}},
        {"$group": {"_id": None, "n": {"$accumulator": {}}}},
        "text",
    ],
)
def test_odd_shapes_are_refused(stage: Any) -> None:
    with pytest.raises(QueryRefused):
        check_pipeline([stage])


def test_an_expression_without_end_is_refused() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = {"$not": [deep]}
    with pytest.raises(QueryRefused):
        check_pipeline([{"$match": {"$expr": deep}}])


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.one_of(st.sampled_from(["$a", "$$e", "$where", "x", 1, None]), st.booleans()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["$function", "$out", "$and", "$literal", "a", "$map", "$cond"]), inner),
        ),
        max_leaves=12,
    )
)
def test_no_forbidden_operator_gets_through_however_it_is_wrapped(expression: Any) -> None:
    stage = {"$project": {"v": expression}}
    try:
        check_pipeline([stage])
    except QueryRefused:
        return
    assert not set(_keys(stage)) & {"$function", "$out"}


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in _keys(inner))]
    return [key for inner in value for key in _keys(inner)] if isinstance(value, list) else []
