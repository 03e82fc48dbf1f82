"""Exports loaded in bulk: DuckDB reads a regular one by itself, many times as fast as records are read one by one.

What it tells is what `Flattener` tells of the same records. A file with anything in it of which that is not known, such
as arrays of objects, type wrappers other than `$oid` and `$date`, or an `_id` told twice, is Irregular.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from vigie.plan import FieldType
from vigie.records.bulk_fields import ID, IS_NUMBER, IS_TEXT, IS_TRUTH, Field, Irregular, Met, every, look, source
from vigie.records.columns import Flattener
from vigie.records.slots import TRIED, Class, Slot

_BATCH = 20_000
# What one record by record may still get through.
_UNREADABLE = (duckdb.DataError, duckdb.ProgrammingError, duckdb.NotSupportedError, duckdb.OutOfMemoryException)
# Texts that `vigie.sources.extjson.native_id` does not take as they are.
_MISTAKABLE = (
    r"^(?:[0-9a-f]{24}$|[{\[\x22]|(?:null|true|false)$|#[0-9a-f]{32}(?:-\d+)?$|[\s\p{Z}\x0b\x1c-\x1f\x{85}]*$)"
)
_FIRST_DAY = -62_135_596_800_000_000  # microseconds: of the year 1, the first that Python knows


@dataclass(frozen=True, slots=True)
class Loaded:
    """`file`: as DuckDB names it. `rows`: Parquet of `id` and the columns of `read`. `native_id`: SQL, of `json`."""

    file: str
    rows: str
    native_id: str
    read: Flattener


def load(connection: duckdb.DuckDBPyConnection, file: str, rows: Path) -> Loaded:
    """Lay an NDJSON file out as columns. Raises Irregular."""
    read, to = Flattener(), str(rows)
    try:
        connection.execute("SET preserve_insertion_order = true")  # the first values tell the forms of times
        fields = look(connection, file, read)
        found = list(every(fields))
        quoted = to.replace("'", "''")
        columns = [f"{_native_id(fields)} AS id", *(column for one in found for column in _columns(one))]
        connection.execute(
            f"COPY (SELECT {', '.join(columns)} FROM {source(fields)}) TO '{quoted}' (FORMAT parquet)", [file]
        )
        _check(connection, to, read.total, found)
        for one in found:
            _count(connection, to, one)
    except _UNREADABLE as error:
        raise Irregular(str(error)) from error
    wrapped = next(one for one in fields if one.key == ID).met.oids
    return Loaded(file, to, "json ->> '$._id.$oid'" if wrapped else "json ->> '$._id'", read)


def bodies(loaded: Loaded) -> str:
    """SQL of the rows of id, n and body, of a file that is its only parameter."""
    columns = f"{loaded.native_id} AS id, row_number() OVER () - 1 AS n, json::VARCHAR AS body"
    return f"SELECT {columns} FROM read_ndjson_objects(?)"


# ------------------------------------------------------------------ columns


def _native_id(fields: list[Field]) -> str:
    one = next(one for one in fields if one.key == ID)
    if one.met.oids == one.held:
        return f'{one.at}."$oid"'
    if one.met.texts == one.held:
        return one.at
    raise Irregular("ids that are neither all texts nor all object ids")


def _columns(one: Field) -> Iterator[str]:
    """Of a field's values, by the names of its slot."""
    met, at, names = one.met, one.at, one.slot.names
    if met.objects:
        yield f"CASE WHEN {at} IS NOT NULL THEN true END AS {one.slot.objects}"
    if met.oids:
        yield f'{at}."$oid" AS {names["o"]}'
    if met.dates:
        yield f'epoch_us(try_cast({at}."$date" AS TIMESTAMP)) AS {names["d"]}'
    if met.lists:
        kept = f"list_filter({at}, lambda e: e <> '')"
        yield f"CASE WHEN len({kept}) > 0 THEN {kept} END AS {names['s']}l, NULL::VARCHAR AS {names['s']}"
    number = "DOUBLE" if met.floats else "BIGINT"
    text, truth = "nullif(@ ->> '$', '')", "CAST(@ AS BOOLEAN)"
    scalars: tuple[tuple[int, Class, str, str], ...] = (
        (met.texts, "s", "nullif(@, '')", f"CASE WHEN {IS_TEXT} THEN {text} END"),
        (met.numbers, "n", "@", f"CASE WHEN {IS_NUMBER} THEN CAST(@ AS {number}) END"),
        (met.truths, "b", "@", f"CASE WHEN {IS_TRUTH} THEN {truth} END"),
    )
    for count, kind, alone, among in scalars:
        if count:
            yield f"{(alone if one.plain else among).replace('@', at)} AS {names[kind]}"


def _classes(met: Met) -> dict[Class, int]:
    return {"s": met.texts, "n": met.numbers, "b": met.truths, "d": met.dates, "o": met.oids}


def _check(connection: duckdb.DuckDBPyConnection, rows: str, total: int, found: list[Field]) -> None:
    """Is all there that was counted? A date without a meaning, such as a 31 February, is not."""
    expected = {"count(*)": total, "count(DISTINCT id)": total}
    if any(one.slot.path == ID and one.met.texts for one in found):
        expected[f"count(*) FILTER (WHERE regexp_matches(id, '{_MISTAKABLE}'))"] = 0
    for one in found:
        met, names = one.met, one.slot.names
        expected |= {f"count({names[kind]})": count for kind, count in _classes(met).items() if count}
        if met.dates:
            expected[f"count(*) FILTER (WHERE {names['d']} < {_FIRST_DAY})"] = 0
    row = connection.execute(f"SELECT {', '.join(expected)} FROM read_parquet(?)", [rows]).fetchone()
    wrong = [name for name, there in zip(expected, row or (), strict=True) if there != expected[name]]
    if wrong:
        raise Irregular(f"not as it was counted: {', '.join(wrong)}")


# ------------------------------------------------------------------ what the profile tells


def _count(connection: duckdb.DuckDBPyConnection, rows: str, one: Field) -> None:
    """In the field's slot, as `Flattener` counts."""
    slot, met = one.slot, one.met
    types: dict[FieldType, int] = {
        "null": one.held - met.values,
        "object": met.objects,
        "array": met.lists,
        "id": met.oids,
    }
    for kind, count in types.items():
        if count:
            slot.count(kind, count)
    slot.present = met.values - met.empty - met.lists
    slot.texts, slot.truths, slot.dates = met.texts, met.truths, met.dates
    slot.integers, slot.numbers, slot.floats = met.integers, met.floats, met.floats > 0
    slot.classes |= {cls for cls, count in _classes(met).items() if count}
    if met.lists:
        _count_lists(connection, rows, slot)
    if slot.texts:
        name = f"unnest({slot.names['s']}l)" if slot.lists else slot.names["s"]
        _try(connection, f"SELECT {name} AS v FROM read_parquet(?)", rows, slot.try_texts, slot)
    if met.numbers:
        _try(connection, f"SELECT {slot.names['n']} AS v FROM read_parquet(?)", rows, slot.try_numbers, slot)


def _count_lists(connection: duckdb.DuckDBPyConnection, rows: str, slot: Slot) -> None:
    name = f"{slot.names['s']}l"
    row = connection.execute(f"SELECT count({name}), sum(len({name})) FROM read_parquet(?)", [rows]).fetchone()
    lists, texts = row or (0, 0)
    if lists:
        slot.texts, slot.present = int(texts), lists
        slot.repeated = texts > lists
        slot.lists.add("s")
        slot.classes.add("s")


def _try(
    connection: duckdb.DuckDBPyConnection, values: str, rows: str, read: Callable[[Sequence[Any]], None], slot: Slot
) -> None:
    """The first values, and all of them where they may be dates in local notation."""
    with connection.cursor() as cursor:  # its result is left where it is
        cursor.execute(f"SELECT v FROM ({values}) WHERE v IS NOT NULL", [rows])
        some = cursor.fetchmany(TRIED)
        while some:
            read([value for (value,) in some])
            some = [] if slot.local.given_up else cursor.fetchmany(_BATCH)
