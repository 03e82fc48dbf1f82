"""What stands in an NDJSON file, told by DuckDB without a look at single records: its paths and the kinds of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import duckdb

from vigie.records.columns import DEEP, MANY_KEYS, WIDE, Flattener
from vigie.records.slots import Slot

ID = "_id"
_MANY_SHAPES = 20_000  # sets of keys of one object
_INSTANT = r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z"
_TEXT = r'"(?:[^"\\]|\\.)*"'
# Of a value `@` as DuckDB writes it again, without spaces and needless escapes, by its first character.
IS_TEXT, IS_TRUTH, IS_NUMBER = "ascii(@) = 34", "ascii(@) IN (102, 116)", "ascii(@) BETWEEN 45 AND 57"


class Irregular(Exception):
    """The file has to be read record by record; the message says why."""


class Met(NamedTuple):
    """How many values of each kind there are at a path."""

    texts: int = 0
    empty: int = 0
    objects: int = 0  # type wrappers are none
    oids: int = 0
    dates: int = 0
    lists: int = 0  # of texts alone
    truths: int = 0
    floats: int = 0
    integers: int = 0  # of 64 bits

    @property
    def values(self) -> int:
        return sum(self)

    @property
    def numbers(self) -> int:
        return self.floats + self.integers


_FIRST = ("histogram(ascii(@))", """count(*) FILTER (WHERE @ = '""')""")  # of all
# Counted where there are objects, arrays or numbers.
_OBJECTS = {
    "oids": r"""regexp_full_match(@, '\{"\$oid":"[0-9a-f]{24}"\}')""",
    "dates": r"""regexp_full_match(@, '\{"\$date":"INSTANT"\}')""".replace("INSTANT", _INSTANT),
}
_ARRAYS = {"lists": rf"regexp_full_match(@, '\[(?:{_TEXT}(?:,{_TEXT})*)?\]')"}
_FLOAT = "(contains(@, '.') OR contains(@, 'e'))"
_NUMBERS = {
    "floats": f"{IS_NUMBER} AND {_FLOAT} AND isfinite(try_cast(@ AS DOUBLE))",
    "integers": f"{IS_NUMBER} AND NOT {_FLOAT} AND try_cast(@ AS BIGINT) IS NOT NULL",
}


@dataclass(slots=True)
class Field:
    """One path. `at`: SQL of its value, of the type `sql_type` gives it."""

    key: str
    slot: Slot
    held: int  # records, or objects above it, that have the key
    at: str
    inner: list[Field] = field(default_factory=list)
    met: Met = field(default_factory=Met)

    @property
    def plain(self) -> bool:
        """Is there one kind of values, so that DuckDB can read it as that?"""
        met = self.met
        kinds = (met.texts + met.empty, met.objects, met.dates, met.oids, met.lists, met.truths, met.numbers)
        return met.values in kinds

    def sql_type(self) -> str:
        met = self.met
        if self.inner:
            return _struct(self.inner)
        if not self.plain or met.values == met.objects:
            return "JSON"
        if met.oids or met.dates:
            return f'STRUCT("{"$oid" if met.oids else "$date"}" VARCHAR)'
        if met.lists:
            return "VARCHAR[]"
        if met.truths:
            return "BOOLEAN"
        return "VARCHAR" if met.texts + met.empty else "DOUBLE" if met.floats else "BIGINT"


def look(connection: duckdb.DuckDBPyConnection, file: str, read: Flattener) -> list[Field]:
    """The fields of all documents, each with a slot of `read`, which is told how many documents there are. Raises
    Irregular."""
    shapes = _shapes(connection, "json", "read_ndjson_objects(?)", file)
    if not shapes or any(ID not in keys for keys in shapes):
        raise Irregular("nothing, or something without an _id")
    read.total = shapes.total()
    top = list(_fields(shapes, read, read.root, ""))
    level, depth = top, 0
    while level:
        _meet(connection, file, top, level)
        level = [inner for above in level for inner in _within(connection, file, top, above, read, depth)]
        depth += 1
    return top


def every(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from every(one.inner)


def source(fields: Sequence[Field]) -> str:
    """What reads the file as these fields."""
    columns = ", ".join(f"{_text(one.key)}: {_text(one.sql_type())}" for one in fields)
    return f"read_json(?, format = 'newline_delimited', columns = {{{columns}}})"


def _shapes(connection: duckdb.DuckDBPyConnection, value: str, table: str, file: str) -> Counter[tuple[str, ...]]:
    """How often an object has which keys."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT json_keys({value}), count(*) FROM {table} WHERE {value} IS NOT NULL GROUP BY 1"
        f" LIMIT {_MANY_SHAPES + 1}",
        [file],
    ).fetchall()
    if len(rows) > _MANY_SHAPES:
        raise Irregular(f"more than {_MANY_SHAPES} sets of keys")
    return Counter({tuple(keys): count for keys, count in rows})


def _fields(shapes: Counter[tuple[str, ...]], read: Flattener, above: Slot, at: str) -> Iterator[Field]:
    held: Counter[str] = Counter()
    for keys, count in shapes.items():
        if len(set(keys)) < len(keys):
            raise Irregular(f"a key told twice in {above.path or 'a document'}")
        held.update(dict.fromkeys(keys, count))
    if len({key.casefold() for key in held}) < len(held):
        raise Irregular("keys that differ by case alone, which are one to DuckDB")
    if at and len(held) >= MANY_KEYS:
        raise Irregular(f"keys of {above.path} that are data")
    for key, count in held.items():
        slot = None if any(c in key for c in "\"'\\$*\0") else read.child(above, key)
        if slot is None or len(read.slots) > WIDE:
            raise Irregular(f"too many paths, or none for {key!r}")
        name = '"' + key + '"'
        yield Field(key, slot, count, f"{at}.{name}" if at else name)


def _meet(connection: duckdb.DuckDBPyConnection, file: str, top: Sequence[Field], level: Sequence[Field]) -> None:
    """Count what these fields hold, all of them read as JSON still."""
    firsts = _row(connection, file, top, level, [_FIRST] * len(level))
    begun = [(Counter({chr(c): n for c, n in (found or {}).items()}), empty) for found, empty in firsts]
    wanted = []
    for at, _ in begun:
        numbers = any(at[c] for c in "-0123456789")
        wanted.append((_OBJECTS if at["{"] else {}) | (_ARRAYS if at["["] else {}) | (_NUMBERS if numbers else {}))
    counts = [[f"count(*) FILTER (WHERE {kind})" for kind in kinds.values()] for kinds in wanted]
    found = _row(connection, file, top, level, counts)
    for one, (at, empty), kinds, values in zip(level, begun, wanted, found, strict=True):
        one.met = _met(one, at, empty, dict(zip(kinds, values, strict=True)))


def _row(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    top: Sequence[Field],
    level: Sequence[Field],
    wanted: Sequence[Sequence[str]],
) -> list[tuple[Any, ...]]:
    """What is asked of the text `@` of each field."""
    asked = [(n, one, exprs) for n, (one, exprs) in enumerate(zip(level, wanted, strict=True)) if exprs]
    if not asked:
        return [()] * len(level)
    texts = ", ".join(f"{one.at}::VARCHAR AS v{n}" for n, one, _ in asked)
    all_ = ", ".join(expr.replace("@", f"v{n}") for n, _, exprs in asked for expr in exprs)
    row = iter(connection.execute(f"SELECT {all_} FROM (SELECT {texts} FROM {source(top)})", [file]).fetchone() or ())
    return [tuple(islice(row, len(exprs))) for exprs in wanted]


def _met(one: Field, begun: Counter[str], empty: int, counted: Mapping[str, int]) -> Met:
    wrapped = {kind: counted.get(kind, 0) for kind in ("oids", "dates")}
    known = {kind: counted.get(kind, 0) for kind in ("lists", "floats", "integers")}
    objects = begun["{"] - sum(wrapped.values())
    truths = begun["t"] + begun["f"]
    met = Met(begun['"'] - empty, empty, objects, **wrapped, **known, truths=truths)
    if met.values < begun.total():
        raise Irregular(f"values of {one.slot.path} that no column is known for")
    if met.values not in (objects, met.oids, met.dates, met.lists) and (objects or met.oids or met.dates or met.lists):
        raise Irregular(f"values of several kinds in {one.slot.path}, some of them objects or lists")
    return met


def _within(
    connection: duckdb.DuckDBPyConnection, file: str, top: Sequence[Field], above: Field, read: Flattener, depth: int
) -> Sequence[Field]:
    if not above.met.objects:
        return ()
    if depth >= DEEP:
        raise Irregular(f"objects in {above.slot.path}, which is deep already")
    shapes = _shapes(connection, above.at, source(top), file)
    above.inner = list(_fields(shapes, read, above.slot, above.at))
    return above.inner


def _struct(fields: Sequence[Field]) -> str:
    return "STRUCT(" + ", ".join(f'"{one.key}" {one.sql_type()}' for one in fields) + ")"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
