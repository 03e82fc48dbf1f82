"""Documents of every BSON type, for properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bson import Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1).map(Int64),
    st.floats(allow_nan=False),
    TEXT,
    st.binary(max_size=20),
    st.binary(max_size=20).map(lambda b: Binary(b, 128)),
    st.uuids().map(lambda u: Binary(u.bytes, 4)),
    st.uuids().map(lambda u: Binary(u.bytes, 3)),
    st.binary(min_size=12, max_size=12).map(ObjectId),
    st.decimals(allow_nan=False, places=3, min_value=-(10**9), max_value=10**9).map(Decimal128),
    st.integers(-62135596800000, 253402300799999).map(
        lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0, 0, 0, ms)
    ),
    st.one_of(st.integers(253402300800000, 2**63 - 1), st.integers(-(2**63), -62135596800001)).map(DatetimeMS),
    st.builds(Timestamp, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
    st.builds(Regex, TEXT.map(lambda t: t.replace("\0", "")), st.sampled_from(["", "i", "imsx"])),
    st.builds(MinKey),
    st.builds(MaxKey),
    TEXT.map(Code),
)
# "$" may begin a key, as long as the key is no type wrapper's
KEYS = st.one_of(
    TEXT.filter(lambda k: not k.startswith("$")), st.sampled_from(["", "a.b", "$set", "$type", "$", "$$x"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=6)
