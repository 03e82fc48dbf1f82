"""Odd documents and random plans over them, for engines to agree on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Decimal128, ObjectId
from hypothesis import strategies as st

from vigie.plan import Having, Key, Measure, Order, Plan, Span, Where

# Around the night when the clocks of Paris go back, and the one when they go forward.
_MOMENTS = (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), datetime(2026, 3, 28, 22, 0, tzinfo=UTC))
moments = st.builds(
    lambda base, minutes: base + timedelta(minutes=minutes), st.sampled_from(_MOMENTS), st.integers(0, 900)
)


def written(*notations: str) -> st.SearchStrategy[str]:
    return st.builds(datetime.strftime, moments, st.sampled_from(notations))


words = st.sampled_from(["KO", "OK", "ko", "Échec", "a%b_c", "x.y", "$where", "SEPA_OUT", "été"])
numbers = st.one_of(st.integers(-5, 40), st.sampled_from([0.5, 2.25, -1.5, 10**12]))


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, strategy, strategy, st.none())


ids = st.sampled_from([ObjectId("65a000000000000000000001"), ObjectId("65a000000000000000000002")])
odd = st.sampled_from(
    [7, 2.5, Decimal128("2.5"), Decimal128("7"), Decimal128("NaN"), float("nan"), float("inf"), "7", 2**40]
)
items = st.lists(st.fixed_dictionaries({}, optional={"v": st.one_of(words, st.lists(words, max_size=2))}), max_size=2)
nested = st.lists(st.one_of(st.fixed_dictionaries({}, optional={"items": items}), items, words), max_size=2)
steps = st.lists(st.fixed_dictionaries({}, optional={"name": words, "seconds": numbers}), max_size=3)
_documents = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "status": _maybe(st.one_of(words, st.just(""))),
            "flow": words,
            "n": _maybe(numbers),
            "mixed": st.one_of(numbers, words, st.booleans()),
            "ok": _maybe(st.booleans()),
            "at": _maybe(moments),
            "local": moments.map(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S+00:00")),
            "naive": moments.map(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S")),
            "start_ms": moments.map(lambda t: int(t.timestamp() * 1000)),
            "tags": _maybe(st.lists(st.one_of(words, st.none()), max_size=3)),
            "error": _maybe(st.fixed_dictionaries({}, optional={"code": words, "retry": numbers})),
            "steps": steps,
            "odd": st.one_of(odd, st.lists(odd, max_size=2)),
            "owner": _maybe(st.one_of(ids, words)),
            "code": _maybe(st.one_of(words, st.integers(-2, 3), st.booleans())),
            "nested": nested,
            "slots": st.one_of(st.fixed_dictionaries({}, optional={"0": words}), st.lists(words, max_size=2)),
            "start_s": moments.map(lambda t: int(t.timestamp())),
            "a b$c": words,
            "french": _maybe(written("%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%d.%m.%Y %Hh%M", "31/02/2026")),
            "american": written("%m-%d-%Y", "%m/%d/%Y %H:%M"),
            "slashed": written("%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y.%m.%d, %H:%M"),
            "digits": written("%Y%m%d%H%M%S", "%Y%m%d"),
            "due": _maybe(written("%Y%m%d").map(int)),
            "dues": st.lists(written("%d/%m/%Y"), max_size=2),
        },
    ),
    max_size=16,
)
# Every path with a value, so that plans on any of them can be run; twice, so that groups hold several records.
_WHOLE = [
    {
        "status": status, "flow": "SEPA_OUT", "n": n, "mixed": "x", "ok": n > 3, "at": at, "tags": ["KO", "KO"],
        "local": f"{at:%Y-%m-%dT%H:%M:%S}Z", "naive": f"{at:%Y-%m-%d %H:%M}", "start_ms": int(at.timestamp() * 1000),
        "start_s": int(at.timestamp()), "error": {"code": "x.y", "retry": n}, "steps": [{"name": "OK", "seconds": n}],
        "odd": n, "owner": "KO", "code": "ko", "nested": [{"items": [{"v": "KO"}]}], "slots": {"0": "KO"}, "a b$c": "KO", "french": f"{at:%d/%m/%Y %H:%M}", "american": f"{at:%m-%d-%Y}",
        "slashed": f"{at:%Y/%m/%d %H:%M}", "digits": f"{at:%Y%m%d%H%M}", "due": int(f"{at:%Y%m%d}"),
        "dues": [f"{at:%d/%m/%Y}"],
    }
    for status, n, at in (("KO", 5, _MOMENTS[0]), ("OK", 2, _MOMENTS[1]), ("KO", 2, _MOMENTS[1]))
]  # fmt: skip
documents = _documents.flatmap(lambda some: st.permutations([*some, *_WHOLE]))

_TEXTS = ["status", "flow", "tags", "error.code", "steps.name", "nested.items.v", "slots.0", "a b$c"]
_NUMBERS = [
    "n",
    "error.retry",
    "steps.seconds",
    "odd",
    "at - start_ms",
    "n - error.retry",
    "# tags",
    "# steps.name",
    "# nested.items.v",
    "# mixed",
]
TIMES = ("at", "local", "start_ms", "start_s", "naive", "french", "american", "slashed", "digits", "due", "dues")
_TIMES = list(TIMES)

_fields = st.one_of(
    st.builds(Where, st.sampled_from(_TEXTS), st.sampled_from(["in", "not_in", "lacks"]), st.lists(words, min_size=1, max_size=2).map(tuple)),
    st.builds(Where, st.sampled_from(_TEXTS), st.sampled_from(["contains", "starts"]), words.map(lambda w: (w[:2],))),
    st.builds(Where, st.sampled_from(_NUMBERS), st.sampled_from(["lt", "le", "gt", "ge"]), numbers.map(lambda n: (n,))),
    st.builds(Where, st.sampled_from([*_NUMBERS, "mixed"]), st.just("in"), numbers.map(lambda n: (n,))),
    st.builds(Where, st.just("owner"), st.sampled_from(["in", "not_in", "lacks"]), st.one_of(words, ids.map(str)).map(lambda v: (v,))),
    st.builds(Where, st.just("_id"), st.sampled_from(["in", "not_in", "contains"]), st.sampled_from(["id001", "id003", "D00"]).map(lambda v: (v,))),
    st.builds(Where, st.just("ok"), st.just("in"), st.booleans().map(lambda b: (b,))),
    st.builds(Where, st.sampled_from([*_TEXTS, *_NUMBERS, "at", "error", "mixed", "nested", "slots", "owner", "steps"]), st.sampled_from(["missing", "present"])),
    st.builds(Where, st.sampled_from(_TIMES), st.sampled_from(["lt", "le", "gt", "ge"]), moments.map(lambda t: (t,))),
)  # fmt: skip
_inner = st.one_of(
    st.builds(Where, st.just("steps.name"), st.sampled_from(["in", "not_in", "lacks"]), words.map(lambda w: (w,))),
    st.builds(Where, st.just("steps.seconds"), st.sampled_from(["lt", "ge"]), numbers.map(lambda n: (n,))),
    st.builds(Where, st.sampled_from(["steps.name", "steps.seconds"]), st.sampled_from(["missing", "present"])),
    _fields,
)
wheres = st.one_of(
    _fields,
    _fields,
    _fields,
    st.builds(
        Where,
        st.just("steps"),
        st.just("holds"),
        within=st.lists(_inner, min_size=1, max_size=2).map(tuple),
        number=st.sampled_from([(1, None), (0, 0), (1, 1), (2, None), (0, 1), (2, 3)]),
    ),
)
spans = st.builds(Span, st.sampled_from(_TIMES), st.one_of(moments, st.none()), st.one_of(moments, st.none()))
keys = st.one_of(
    st.builds(Key, st.sampled_from([*_TEXTS, "owner", "code", "ok", "n"])),
    st.builds(
        Key, st.sampled_from(_TIMES), st.sampled_from(["hour", "day", "week", "month", "hour_of_day", "weekday"])
    ),
)


def _measures(conditions: st.SearchStrategy[Where]) -> st.SearchStrategy[Measure]:
    return st.one_of(
        st.builds(Measure, st.just("count"), where=st.lists(conditions, max_size=1).map(tuple), span=st.one_of(st.none(), spans)),
        st.builds(Measure, st.just("share"), st.just("share"), part=conditions.map(lambda w: (w,))),
        st.builds(Measure, st.just("d"), st.just("distinct"), st.sampled_from(_TEXTS)),
        st.builds(Measure, st.just("m"), st.sampled_from(["sum", "avg", "min", "max", "median", "p95"]), st.sampled_from(_NUMBERS)),
        st.builds(Measure, st.just("t"), st.sampled_from(["min", "max"]), st.sampled_from(_TIMES)),
    )  # fmt: skip


measures = _measures(wheres)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    each = draw(st.sampled_from([None, None, "steps", "nested"]))
    where = tuple(draw(st.lists(wheres if each is None else _fields, max_size=2)))
    span = draw(st.one_of(st.none(), spans))
    if draw(st.booleans()) and draw(st.booleans()):
        show = ("_id", "flow", "n", "at", "owner")
        order = draw(st.sampled_from([(), (Order(2),), (Order(3, descending=False),)]))
        limit = draw(st.sampled_from([None, 1, 3]))
        return Plan("runs", where, span, show=show, order=order, limit=limit, form="records", each=each)
    chosen = tuple(draw(st.lists(keys, max_size=2, unique=True)))
    measured = tuple(draw(st.lists(measures if each is None else _measures(_fields), min_size=1, max_size=3)))
    having = ()
    if chosen and measured[0].aggregate in ("count", "share", "distinct", "sum"):
        having = draw(st.sampled_from([(), (Having(0, "ge", 1),), (Having(0, "eq", 0),), (Having(0, "gt", 0.5),)]))
    order = (
        draw(st.sampled_from([(), (Order(len(chosen)),), (Order(len(chosen), descending=False),)])) if chosen else ()
    )
    limit = draw(st.sampled_from([None, None, 2])) if chosen else None
    return Plan("runs", where, span, chosen, measured, having, (), order, limit, each=each)
