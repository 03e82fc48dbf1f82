"""Extended JSON: every BSON type comes back as it was, in every way exports write it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import bson
import pytest
from bson import DBRef, Decimal128, Int64, ObjectId, Regex, Timestamp, json_util
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from bson_documents import DOCUMENTS
from hypothesis import given
from hypothesis import strategies as st

from vigie.sources.extjson import MAX_DEPTH, content_hash, dumps, loads, loads_hashed, loads_quickly, native_id


@given(DOCUMENTS)
def test_a_document_written_and_read_is_the_same_document(body: dict) -> None:
    text = dumps(body)
    assert "\n" not in text
    again = loads(text)
    assert again == body
    assert list(again) == list(body)
    assert dumps(loads(text.encode())) == text


@given(DOCUMENTS)
def test_the_hash_is_the_same_from_canonical_text_and_from_pretty_printed_text(body: dict) -> None:
    import json

    assert content_hash(loads(json.dumps(json.loads(dumps(body)), indent=3))) == content_hash(body)


BSON_DOCUMENT = {
    "_id": ObjectId("6a95fd6a1c6df7ddce00002e"),
    "n": 5,
    "long": Int64(5),
    "big": Int64(2**40),
    "x": 5.0,
    "ratio": 0.1,
    "when": datetime(2026, 9, 1, 0, 22, 17, 123000),
    "null": None,
    "uuid": Binary(UUID("00112233-4455-6677-8899-aabbccddeeff").bytes, 4),
    "raw": b"\x00\xff",
    "money": Decimal128("12.50"),
    "re": Regex("^a", "im"),
    "ts": Timestamp(4, 13),
    "ref": DBRef("flows", ObjectId("6a95fd6a1c6df7ddce00002e")),
    "list": [{"a": Int64(1)}, [2, {"b": None}]],
}


@pytest.mark.parametrize("options", [json_util.RELAXED_JSON_OPTIONS, json_util.CANONICAL_JSON_OPTIONS])
def test_a_document_read_live_and_from_either_export_hashes_the_same(options: json_util.JSONOptions) -> None:
    live = bson.decode(bson.encode(BSON_DOCUMENT))
    exported = loads(json_util.dumps(live, json_options=options))
    assert content_hash(exported) == content_hash(live)
    assert native_id(exported["_id"]) == native_id(live["_id"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": None}, {"a": math.nan}),
        ({"a": None}, {"a": math.inf}),
        ({"a": math.inf}, {"a": -math.inf}),
        ({"a": "x"}, {"a": Code("x")}),
        ({"a": b"x"}, {"a": Binary(b"x", 5)}),
        ({"a": datetime(2026, 1, 1)}, {"a": "2026-01-01T00:00:00+00:00"}),
        ({"a": ObjectId("6a95fd6a1c6df7ddce00002e")}, {"a": "6a95fd6a1c6df7ddce00002e"}),
    ],
)
def test_other_content_hashes_otherwise(one: dict, other: dict) -> None:
    assert content_hash(one) != content_hash(other)
    assert len(content_hash(one)) == 16


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('{"$oid":"6a95fd6a1c6df7ddce00002e"}', ObjectId("6a95fd6a1c6df7ddce00002e")),
        (r'{"\u0024oid":"6a95fd6a1c6df7ddce00002e"}', ObjectId("6a95fd6a1c6df7ddce00002e")),
        ('{"$date":"2026-09-01T00:22:17Z"}', datetime(2026, 9, 1, 0, 22, 17, tzinfo=UTC)),
        ('{"$date":"2026-09-01T02:22:17.4+02:00"}', datetime(2026, 9, 1, 0, 22, 17, 400000, tzinfo=UTC)),
        ('{"$date":"2026-09-01T02:22:17.123456+0200"}', datetime(2026, 9, 1, 0, 22, 17, 123000, tzinfo=UTC)),
        ('{"$date":"2026-09-01T00:22:17.123456Z"}', datetime(2026, 9, 1, 0, 22, 17, 123000, tzinfo=UTC)),
        ('{"$date":1788222137000}', datetime(2026, 9, 1, 0, 22, 17, tzinfo=UTC)),
        ('{"$date":{"$numberLong":"-1"}}', datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ('{"$date":{"$numberLong":"253402300800000"}}', DatetimeMS(253402300800000)),
        ('{"$date":"0001-01-01T00:00:00+05:00"}', DatetimeMS(-62135614800000)),
        ('{"$binary":"AAE=","$type":"03"}', Binary(b"\0\1", 3)),
        ('{"$binary":"AAE=","$type":"ffffff80"}', Binary(b"\0\1", 128)),
        ('{"$binary":{"base64":"AAE=","subType":"00"}}', b"\0\1"),
        ('{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}', BSON_DOCUMENT["uuid"]),
        ('{"$regex":"^a","$options":"i"}', Regex("^a", "i")),
        ('{"$numberLong":5}', Int64(5)),
        ('{"$numberDouble":"-Infinity"}', -math.inf),
        ('{"$timestamp":{"t":4,"i":13}}', Timestamp(4, 13)),
        ('{"$symbol":"s"}', "s"),
        ('{"$undefined":true}', None),
        ('{"$code":"f()","$scope":{"x":{"$numberInt":"1"}}}', Code("f()", {"x": 1})),
        ("Infinity", math.inf),
        (r'"\ud800x"', "\ufffdx"),
        (r'"\ud83d\ude00"', "😀"),
        ("1" + "0" * 30, 1e30),
        ('{"$date":1,"b":2}', {"$date": 1, "b": 2}),
        ('{"$regex":{"a":1}}', {"$regex": {"a": 1}}),
        ('{"$gte":{"$numberInt":"3"}}', {"$gte": 3}),
    ],
)
def test_every_way_of_writing_a_value_is_understood(line: str, value: object) -> None:
    read = loads(f'{{"v":{line}}}')["v"]
    assert read == value
    assert type(read) is type(value)
    assert loads(f'{{"v":[{line}]}}'.encode())["v"] == [value]
    assert loads(dumps({"v": read}))["v"] == value


def test_not_a_number_is_read_both_ways() -> None:
    assert math.isnan(loads('{"v":NaN}')["v"])
    assert math.isnan(loads('{"v":{"$numberDouble":"NaN"}}')["v"])
    assert dumps({"v": math.nan}) == '{"v":{"$numberDouble":"NaN"}}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a":1', "not JSON"),
        (b"", "not JSON"),
        (b"[1]", "a list"),
        (b"3", "a number"),
        (b'{"a":"\xe9"}', "not UTF-8"),
        (b'{"a":{"$oid":"zz"}}', r"bad \$oid"),
        (b'{"a":{"$oid":"zzzzzzzzzzzzzzzzzzzzzzzz"}}', r"bad \$oid"),
        (b'{"a":{"$date":"hier"}}', r"bad \$date"),
        (b'{"a":{"$numberLong":"9223372036854775808"}}', r"bad \$numberLong"),
        (b'{"a":{"$numberDecimal":"1.2.3"}}', r"bad \$numberDecimal"),
        (b'{"a":{"$binary":"??","$type":"00"}}', r"bad \$binary"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "nested deeper"),
        (b'{"$":1,"a":' + b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 2), "nested deeper"),
    ],
)
def test_what_is_no_document_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        loads(line)


def test_the_deepest_allowed_document_is_read_and_written() -> None:
    line = '{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH
    assert loads(dumps(loads(line))) == loads(line)


def test_dates_of_any_zone_and_naive_ones_are_written_as_utc() -> None:
    paris = datetime(2026, 9, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert dumps({"d": paris}) == dumps({"d": datetime(2026, 9, 1)}) == dumps({"d": datetime(2026, 9, 1, tzinfo=UTC)})


OID = "6a95fd6a1c6df7ddce00002e"


def test_ids_of_different_types_never_get_one_name() -> None:
    ids = [ObjectId(OID), OID, f'"{OID}"', 5, "5", 5.5, '{"$numberInt":"5"}', None, "null", True, "true", "", {"a": 1}]
    ids += ['{"a":{"$numberInt":"1"}}', "#" + "0" * 32, Binary(b"x", 4), datetime(2026, 1, 1)]
    names = [native_id(i) for i in ids]
    assert len(set(names)) == len(ids)
    assert native_id(ObjectId(OID)) == OID
    assert native_id("RUN-5") == "RUN-5"
    assert native_id("5") == "5"


def test_ids_that_mongodb_holds_equal_get_one_name() -> None:
    assert native_id(5) == native_id(Int64(5)) == native_id(5.0) == '{"$numberInt":"5"}'


@given(DOCUMENTS)
def test_reading_and_hashing_in_one_go_is_reading_and_then_hashing(body: dict) -> None:
    for options in (json_util.RELAXED_JSON_OPTIONS, None):
        try:
            line = (json_util.dumps(body, json_options=options) if options else dumps(body)).encode()
        except ValueError:  # dates that the other library cannot write relaxed
            continue
        read, content = loads_hashed(line)
        assert (read, content) == (loads(line), content_hash(loads(line)))
        assert dumps(read) == dumps(loads(line))


ONE_GO = [
    '{"$date":"2026-08-31T22:00:05.115Z"}',
    '{"$date":"2026-08-31T22:00:05.1154Z"}',
    '{"$date":"2026-08-31T22:00:05+02:00"}',
    '{"$date":"2026-08-31"}',
    '{"$date":"0001-01-01T00:00:00Z"}',
    '{"$oid":"6a95fd6a1c6df7ddce00002e"}',
    '{"$oid":"6A95FD6A1C6DF7DDCE00002E"}',
    '[{"$oid":"6a95fd6a1c6df7ddce00002e"},[{"$date":"2026-01-01T00:00:00Z"}],1.50,1e400,NaN]',
    '{"a":{"$date":"2026-01-01T00:00:00Z"},"$b":{"$date":"2026-01-01T00:00:00Z"}}',
    '{"\\u0024date":"2026-01-01T00:00:00Z"}',
    '{"$ref":"c","$id":{"$oid":"6a95fd6a1c6df7ddce00002e"}}',
]


@pytest.mark.parametrize("value", ONE_GO)
def test_what_is_read_in_one_go_is_the_same_value_with_the_same_hash(value: str) -> None:
    line = f'{{"v":{value},"n":null}}'.encode()
    read, content = loads_hashed(line)
    assert repr(read) == repr(loads(line))
    assert content == content_hash(loads(line))


LINES = [f'{{"{key}":{value}}}'.encode() for key in "vw" for value in (*ONE_GO, "1", "null", "[]", '{"a":[{"b":2}]}')]
LINES += [b'{"v":', b"[1]", b"", b'{"v":"\xe9"}']


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_lines_read_together_are_what_each_is_by_itself(lines: list[bytes]) -> None:
    for line, quick in zip(lines, loads_quickly(lines), strict=True):
        if quick is not None:
            assert repr(quick) == repr(loads_hashed(line))
            assert quick[1] == content_hash(loads(line))


def test_common_lines_are_read_quickly_among_others() -> None:
    common = [b'{"_id":{"$oid":"6a95fd6a1c6df7ddce00002e"},"at":{"$date":"2026-08-31T22:00:05Z"},"n":null}'] * 3
    strange = b'{"at":{"$date":{"$numberLong":"1"}}}'
    assert [quick is not None for quick in loads_quickly([*common, strange])] == [True, True, True, False]
