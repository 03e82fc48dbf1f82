"""How loading and answering exactly grow with the records, each figure beside a calibrating one of the same run.

Called by `exact.py --growth`. A table, each line measured in a process of its own: reading, columns and profile in
records a second of wall and of CPU time, as times a bare parse of the same lines in CPU time; a count and a top five
in ms beside the barest DuckDB query for the same.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import common
import duckdb
import orjson

from vigie.plan import Key, Measure, Order, Plan, Where
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.sources.record_files import RecordFile
from vigie.types import EVERYTHING, Record, SourceRef

ZONE = ZoneInfo("Europe/Paris")
BATCH = 5_000
ROUNDS = 15
COLLECTION = "vanish_flows"
COUNT = Plan(COLLECTION, where=(Where("status", "in", ("KO",)),), measures=(Measure("n"),))
TOP = Plan(COLLECTION, keys=(Key("flow"),), measures=(Measure("n"),), order=(Order(1),), limit=5)


def load(store: ParquetRecords, path: Path) -> tuple[str, int]:
    """Read an export into a new generation, with its columns and profile."""
    count = 0
    with store.write(path.stem) as writer:
        batch: list[Record] = []
        for found in RecordFile(SourceRef("records", path.stem), path).scan():
            if isinstance(found, Record):
                batch.append(found)
            if len(batch) == BATCH:
                writer.add(batch)
                count, batch = count + len(batch), []
        writer.add(batch)
        return writer.finish(), count + len(batch)


def parse(path: Path) -> None:
    with path.open("rb") as lines:
        for line in lines:
            orjson.loads(line)


def median_ms(work: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return common.percentile(seconds, 0.5)


def measure(folder: Path) -> dict[str, Any]:
    # As in the process that reads records (vigie.sync.child).
    gc.set_threshold(100_000, 50, 50)
    with tempfile.TemporaryDirectory() as scratch:
        store = ParquetRecords(Path(scratch), zone=ZONE)
        live, records, before, began = {}, 0, common.cpu_seconds(), time.perf_counter()
        for path in sorted(folder.glob("*.ndjson")):
            live[path.stem], count = load(store, path)
            records += count
        wall, cpu = time.perf_counter() - began, common.cpu_seconds() - before
        peak, before = common.peak_mb(), common.cpu_seconds()
        for path in folder.glob("*.ndjson"):
            parse(path)
        bare = common.cpu_seconds() - before
        engine = EmbeddedEngine(store, lambda: live, ZONE)
        layout = store.layout(COLLECTION, live[COLLECTION])
        assert layout is not None
        status, flow = (layout.of(path)[0].name for path in ("status", "flow"))
        file = str(store.columns_file(COLLECTION, live[COLLECTION]))
        barest = duckdb.connect(config={"threads": 2})
        count = f"SELECT count(*) FROM read_parquet(?) WHERE {status} = 'KO'"
        top = f"SELECT {flow}, count(*) FROM read_parquet(?) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5"
        return {
            "records": records,
            "wall": wall,
            "cpu": cpu,
            "bare": bare,
            "peak_mb": peak,
            "count": median_ms(lambda: engine.run(COUNT, EVERYTHING)),
            "bare_count": median_ms(lambda: barest.execute(count, [file]).fetchall()),
            "top": median_ms(lambda: engine.run(TOP, EVERYTHING)),
            "bare_top": median_ms(lambda: barest.execute(top, [file]).fetchall()),
        }


def of_folder(folder: Path) -> dict[str, Any]:
    return common.child(__file__, folder=str(folder))


def of_generated(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        common.runs(Path(folder, f"{COLLECTION}.ndjson"), count)
        return of_folder(Path(folder))


def told(found: list[dict[str, Any]]) -> str:
    header = [
        "records",
        "records/s",
        "records/CPU s",
        "× bare parse",
        "peak MB",
        "count ms",
        "× bare",
        "top 5 ms",
        "× bare",
    ]
    rows = [
        [
            f"{one['records']:,}",
            f"{one['records'] / one['wall']:,.0f}",
            f"{one['records'] / one['cpu']:,.0f}",
            f"{one['cpu'] / one['bare']:.1f}",
            one["peak_mb"],
            one["count"],
            f"{one['count'] / one['bare_count']:.1f}",
            one["top"],
            f"{one['top'] / one['bare_top']:.1f}",
        ]
        for one in found
    ]
    return common.table(header, rows)


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--child", required=True)
    print(json.dumps(measure(Path(json.loads(asked.parse_args().child)["folder"]))))
