"""Columns and the profile of a finished generation, computed by DuckDB over all of its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import orjson

from vigie.elements import within_arrays
from vigie.plan import VALUES_KEPT, FieldProfile, FieldType, Profile, Scalar, TimeForm
from vigie.records.columns import Flattener
from vigie.records.local_dates import LOCAL, sql
from vigie.records.slots import Class, Slot

VERSION = 4
_READABLE = (2, 3, 4)  # 2 holds no dates in local notation, 3 no elements of arrays
_FEW_COLUMNS, _USUAL_GROUP = 64, 122_880
_GROUP_BYTES = 1 << 25
_LONGEST_VALUE = 300  # characters of a text that a profile keeps
_SQL_TYPE: dict[Class, str] = {
    "s": "VARCHAR",
    "n": "BIGINT",
    "b": "BOOLEAN",
    "d": "BIGINT",
    "o": "VARCHAR",
    "x": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Column:
    """Where a path's values of one class lie. `listed`: as lists. `time`: the instants they stand for."""

    path: str
    kind: str  # a Class, or t: instants, or p: true where there are objects, or e: those of an array, as structs
    name: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A generation's columns and profile."""

    profile: Profile
    columns: tuple[Column, ...]
    left_out: int = 0

    def of(self, path: str) -> list[Column]:
        return [c for c in self.columns if c.path == path]

    def to_json(self) -> bytes:
        body = {"profile": self.profile, "columns": self.columns, "left_out": self.left_out}
        return orjson.dumps({"version": VERSION, **body}, option=orjson.OPT_NON_STR_KEYS)

    @classmethod
    def from_json(cls, text: bytes) -> Layout:
        """Raises ValueError, KeyError or TypeError for what `to_json` did not write."""
        body = orjson.loads(text)
        if body["version"] not in _READABLE:
            raise ValueError(f"version {body['version']}")
        profile = body["profile"]
        columns = tuple(Column(**c) for c in body["columns"])
        fields = tuple(_field({**f, "listed": _listed(columns, f["path"])}) for f in profile["fields"])
        return cls(Profile(profile["collection"], profile["total"], fields), columns, body["left_out"])


def _listed(columns: Sequence[Column], path: str) -> str:
    return "".join(c.kind for c in columns if c.path == path and c.listed and c.kind not in "te")


def _field(body: dict[str, Any]) -> FieldProfile:
    body["values"] = tuple((value, count) for value, count in body["values"])
    if body["time"]:
        for end in ("low", "high"):
            if isinstance(body[end], str):
                body[end] = datetime.fromisoformat(body[end])
    return FieldProfile(**body)


# ------------------------------------------------------------------ columns


@dataclass(frozen=True, slots=True)
class Staged:
    """NDJSON, as DuckDB names files, of no line longer than `longest` bytes."""

    rows: str  # a line for a record
    columns: str  # a line for some records, each column a list
    longest: int


def write_columns(
    connection: duckdb.DuckDBPyConnection, staged: Staged | str, target: Path, read: Flattener, zone: ZoneInfo
) -> tuple[Column, ...]:
    """Turn what is staged, or lies in a Parquet file of the same columns, into one Parquet file."""
    types = {"id": "VARCHAR"}
    select = ["id"]
    columns: list[Column] = []
    kept = read.kept()
    for slot in kept:
        if slot.types.get("object"):
            types[slot.objects] = "BOOLEAN"
            select.append(slot.objects)
            columns.append(Column(slot.path, "p", slot.objects, False))
        for kind in sorted(slot.classes):
            name, listed = slot.name(kind), kind in slot.lists
            types[name] = _sql_type(slot, kind)
            value = name
            if listed:
                types[f"{name}l"] = f"{types[name]}[]"
                value = f"coalesce({name}l, CASE WHEN {name} IS NOT NULL THEN [{name}] END)"
            select += [f"{shown} AS {made}" for made, shown in _written(slot, kind, value, listed, zone)]
            columns.append(Column(slot.path, kind, name, listed))
            if _told_as_instants(slot, kind):
                columns.append(Column(slot.path, "t", f"{name}t", listed))
        if slot.elements and (struct := _elements(slot, kept, zone)) is not None:
            types[slot.each], value = struct
            select.append(f"{value} AS {slot.each}")
            columns.append(Column(slot.path, "e", slot.each, True))
    path = str(target).replace("'", "''")
    connection.execute(
        f"COPY (SELECT {', '.join(select)} FROM ({_staged_sql(staged, types)})) TO '{path}'"
        f" (FORMAT parquet, ROW_GROUP_SIZE {_row_group(len(select))})",
        [staged] if isinstance(staged, str) else [staged.rows, staged.longest, staged.columns, staged.longest],
    )
    return tuple(columns)


def _sql_type(slot: Slot, kind: Class) -> str:
    return "DOUBLE" if kind == "n" and slot.floats else _SQL_TYPE[kind]


def _told_as_instants(slot: Slot, kind: Class) -> bool:
    return slot.time() not in (None, "date") and kind in "sn"


def _written(slot: Slot, kind: Class, value: str, listed: bool, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """(name, SQL) of the columns of a path's values of one class, and of the instants they stand for."""
    name, time = slot.name(kind), slot.time()
    yield name, _each(value, "make_timestamp({})", listed) if kind == "d" else value
    if time is not None and _told_as_instants(slot, kind):
        to_instant = sql(time, kind, zone) if time in LOCAL else _instant(time, zone)
        yield f"{name}t", _each(value, to_instant, listed)


def _elements(array: Slot, kept: Sequence[Slot], zone: ZoneInfo) -> tuple[str, str] | None:
    """(type as it is staged, SQL) of the objects of an array: structs of columns named as those of the records."""
    staged, made = [], []
    arrays = {slot.path for slot in kept if slot.types.get("array")}
    for slot in kept:
        if not slot.path.startswith(f"{array.path}."):
            continue
        if slot.types.get("object"):
            staged.append(f"{slot.objects} BOOLEAN")
            made.append(f"{slot.objects} := x.{slot.objects}")
        inner = within_arrays(slot.path, array.path, arrays)
        for kind in sorted(slot.classes):
            listed = inner and kind in slot.lists
            name = f"{slot.name(kind)}l"
            staged.append(f"{name} {_sql_type(slot, kind)}[]")
            value = f"x.{name}" if listed else f"x.{name}[1]"
            made += [f"{column} := {shown}" for column, shown in _written(slot, kind, value, listed, zone)]
    if not made:
        return None
    return f"STRUCT({', '.join(staged)})[]", f"list_transform({array.each}, lambda x: struct_pack({', '.join(made)}))"


def _row_group(columns: int) -> int:
    """DuckDB holds each thread's whole group in memory, a cell of it in 16 bytes or more: of hundreds of columns, its
    usual group would take all that it is given."""
    return _USUAL_GROUP if columns <= _FEW_COLUMNS else max(2_048, _GROUP_BYTES // (16 * columns) // 2_048 * 2_048)


def _staged_sql(staged: Staged | str, types: Mapping[str, str]) -> str:
    if isinstance(staged, str):
        return "FROM read_parquet(?)"
    source = "read_json(?, format = 'newline_delimited', maximum_object_size = ?, columns = {%s})"
    rows = source % ", ".join(f"{name}: '{sql_type}'" for name, sql_type in types.items())
    columns = source % ", ".join(f"{name}: '{sql_type}[]'" for name, sql_type in types.items())
    each = ", ".join(f"unnest({name}) AS {name}" for name in types)
    return f"SELECT {', '.join(types)} FROM {rows} UNION ALL SELECT {each} FROM {columns}"


def _each(value: str, function: str, listed: bool) -> str:
    if not listed:
        return function.format(value)
    return f"list_filter(list_transform({value}, lambda e: {function.format('e')}), lambda e: e IS NOT NULL)"


def _instant(time: TimeForm, zone: ZoneInfo) -> str:
    """SQL from a value to a UTC timestamp; NULL where it is none."""
    if time == "epoch_s":
        return "make_timestamp(CAST(round({0} * 1000000) AS BIGINT))"
    if time == "epoch_ms":
        return "make_timestamp(CAST(round({0} * 1000) AS BIGINT))"
    offset = "regexp_matches({0}, '(Z|[+-]\\d\\d:?\\d\\d)$') AND length({0}) > 10"
    told = "timezone('UTC', try_cast({0} AS TIMESTAMPTZ))"
    local = f"timezone('UTC', timezone('{zone.key}', try_cast({{0}} AS TIMESTAMP)))"
    return f"CASE WHEN {offset} THEN {told} ELSE {local} END"


# ------------------------------------------------------------------ profile


def profile_of(
    connection: duckdb.DuckDBPyConnection, file: str, read: Flattener, columns: tuple[Column, ...], collection: str
) -> Profile:
    """`file`: the Parquet of `write_columns`, as DuckDB names files."""
    fields = [_profile_slot(connection, file, slot, columns) for slot in read.kept()]
    return Profile(collection, read.total, tuple(fields))


def _profile_slot(
    connection: duckdb.DuckDBPyConnection, file: str, slot: Slot, columns: tuple[Column, ...]
) -> FieldProfile:
    own = [c for c in columns if c.path == slot.path]
    time = slot.time()
    low: Scalar = None
    high: Scalar = None
    values: list[tuple[Scalar, int]] = []
    distinct, complete = 0, True
    for column in own:
        if column.kind in "dt":
            low, high = _ends(connection, file, column)
        if column.kind == "n" and time is None:
            low, high = _ends(connection, file, column)
        if column.kind in "snbo" and slot.path != "_id":
            different, found = _values(connection, file, column, 0 if time else VALUES_KEPT)
            distinct += different
            cut = column.kind == "s" and any(len(str(v)) >= _LONGEST_VALUE for v, _ in found)
            complete = complete and different <= VALUES_KEPT and not cut and not time
            values += found
    values.sort(key=lambda pair: (-pair[1], str(pair[0])))
    types: dict[FieldType, int] = slot.counted()
    return FieldProfile(
        slot.path,
        slot.present,
        types,
        slot.repeated,
        distinct,
        tuple(values[:VALUES_KEPT]),
        complete and bool(values),
        low,
        high,
        time,
        _listed(own, slot.path),
        slot.elements if any(c.kind == "e" for c in own) else 0,
    )


def _ends(connection: duckdb.DuckDBPyConnection, file: str, column: Column) -> tuple[Scalar, Scalar]:
    name = column.name
    low, high = (f"list_min({name})", f"list_max({name})") if column.listed else (name, name)
    row = connection.execute(f"SELECT min({low}), max({high}) FROM read_parquet(?)", [file]).fetchone()
    found = [v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for v in row or (None, None)]
    return found[0], found[1]


def _values(
    connection: duckdb.DuckDBPyConnection, file: str, column: Column, most: int
) -> tuple[int, list[tuple[Scalar, int]]]:
    """(how many are different, the most frequent ones with the number of their records)."""
    value = f"unnest(list_distinct({column.name}))" if column.listed else column.name
    each = f"SELECT {value} AS v FROM read_parquet(?) WHERE {column.name} IS NOT NULL"
    cut = f"left(v, {_LONGEST_VALUE})" if column.kind in "sox" else "v"
    rows = connection.execute(
        f"WITH g AS (SELECT v, count(*) AS n FROM ({each}) GROUP BY v) "
        f"SELECT {cut}, n, (SELECT count(*) FROM g) FROM g ORDER BY n DESC, v LIMIT {max(most, 1)}",
        [file],
    ).fetchall()
    different = int(rows[0][2]) if rows else 0
    return different, [(v, int(n)) for v, n, _ in rows[:most]]
