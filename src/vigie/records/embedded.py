"""The embedded engine: Plans over the columns of exported records, with DuckDB."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from threading import Lock, Timer
from time import monotonic
from typing import TypeVar
from zoneinfo import ZoneInfo

import duckdb

from vigie.errors import QueryRefused, QueryTooLong, StoreCorrupt
from vigie.plan import ROWS_MAX, Plan, Profile, Rows
from vigie.records.generations import ParquetRecords
from vigie.records.plan_sql import FILE, Compiler, Query
from vigie.records.profile import Layout
from vigie.types import Access

log = logging.getLogger(__name__)
T = TypeVar("T")

SECONDS = 10.0  # what one query may take


class EmbeddedEngine:
    """A `protocols.RecordEngine`. `live`: collection -> the generation that the ledger names."""

    def __init__(
        self,
        store: ParquetRecords,
        live: Callable[[], Mapping[str, str]],
        zone: ZoneInfo,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._store = store
        self._live = live
        self._zone = zone
        self._seconds = seconds
        self._layouts: dict[str, tuple[str, Layout]] = {}
        self._lock = Lock()

    def profile(self, collection: str) -> Profile | None:
        layout = self._layout(collection)
        return layout.profile if layout else None

    def run(self, plan: Plan, access: Access) -> Rows:
        if not access.everything:
            raise QueryRefused("records cannot be counted for some readers only yet")
        return self._of_live(plan.collection, lambda generation: self._run(plan, generation))

    def _run(self, plan: Plan, generation: str | None) -> Rows:
        layout = self._layout_of(plan.collection, generation)
        if generation is None or layout is None:
            raise QueryRefused(f"{plan.collection} has no records to compute with: ingest it first")
        compiler = Compiler(plan, layout, self._zone)
        log.info("plan on %s: %s", plan.collection, plan)
        rows = self._fetch(plan.collection, generation, compiler.rows())
        [(matched, ungrouped)] = self._fetch(plan.collection, generation, compiler.counts())
        shaped = [tuple(_plain(value) for value in row) for row in rows[:ROWS_MAX]]
        return Rows(shaped, int(str(matched)), len(rows) > ROWS_MAX, int(str(ungrouped)))

    def pipeline(self, plan: Plan) -> list[dict[str, object]]:
        """The SQL that gives the rows, with its values; `?` of the file stands for the collection's columns."""
        layout = self._layout(plan.collection)
        if layout is None:
            return []
        query = Compiler(plan, layout, self._zone).rows()
        values = [plan.collection if value is FILE else value for value in query.parameters]
        shown = [value.isoformat() if isinstance(value, datetime) else value for value in values]
        return [{"engine": "duckdb", "sql": query.sql, "parameters": shown}]

    def bodies(self, collection: str, native_ids: Sequence[str]) -> dict[str, str]:
        def read(generation: str | None) -> dict[str, str]:
            return self._store.bodies(collection, generation, native_ids) if generation else {}

        return self._of_live(collection, read)

    def _of_live(self, collection: str, ask: Callable[[str | None], T]) -> T:
        """What the live generation says; asked anew where a sync put another in its place, and removed its files,
        meanwhile."""
        while True:
            generation = self._live().get(collection)
            try:
                answer = ask(generation)
            except (StoreCorrupt, QueryRefused):
                if self._live().get(collection) == generation:
                    raise
            else:
                if answer is not None or self._live().get(collection) == generation:
                    return answer

    def _layout(self, collection: str) -> Layout | None:
        return self._of_live(collection, lambda generation: self._layout_of(collection, generation))

    def _layout_of(self, collection: str, generation: str | None) -> Layout | None:
        """Read once for as long as the generation lives."""
        if generation is None:
            return None
        with self._lock:
            kept = self._layouts.get(collection)
            if kept is None or kept[0] != generation:
                layout = self._store.layout(collection, generation)
                if layout is None:
                    return None
                kept = self._layouts[collection] = (generation, layout)
            return kept[1]

    def _fetch(self, collection: str, generation: str, query: Query) -> list[tuple[object, ...]]:
        file = str(self._store.columns_file(collection, generation))
        parameters = [file if value is FILE else value for value in query.parameters]
        with self._store.cursor() as cursor:
            timer = Timer(self._seconds, cursor.interrupt)
            until = monotonic() + self._seconds
            timer.start()
            try:
                rows = cursor.execute(query.sql, parameters).fetchall()
                # An interruption that comes before the query has begun is lost.
                if monotonic() > until:
                    raise duckdb.InterruptException
                return rows
            except duckdb.InterruptException as error:
                raise QueryTooLong(f"the query on {collection} took more than {self._seconds:.0f} s") from error
            except (duckdb.IOException, duckdb.SerializationException, duckdb.InvalidInputException) as error:
                raise StoreCorrupt(f"the records of {collection} cannot be read: ingest them again") from error
            except duckdb.Error as error:
                raise QueryRefused(f"the plan cannot be run on {collection}: {error}") from error
            finally:
                timer.cancel()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value
