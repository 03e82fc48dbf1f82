"""Speed of exact answers, each figure beside a calibrating one of the same run.

    python benchmarks/exact.py [RECORDS_DIR] [--questions FILE] [--now ISO]
    python benchmarks/exact.py [RECORDS_DIR] --growth [N ...]

RECORDS_DIR holds exports, 100,000 generated runs where it is not given; QUESTIONS is JSON lines with a `text`. Prints
one JSON object: load and profile in records a second beside a bare parse of the same lines; planning in ms beside a
bare tokenising of the same words; answering end to end beside as many bare DuckDB counts over the same columns.
`--growth` prints a table instead: loading, a count and a top five over N generated runs (10,000, 100,000 and 1,000,000
where none are named), or over RECORDS_DIR as it is.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import growth
from common import machine, runs
from growth import ZONE, load, parse

from vigie.ask.exact import ExactAnswers
from vigie.ask.language import detect
from vigie.ask.planner.planner import plan
from vigie.ask.planner.tokens import tokens
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.types import EVERYTHING

ROUNDS = 3
GENERATED = 100_000
GROWTH = (10_000, 100_000, 1_000_000)
BARE = "SELECT id[1:3], count(*) FROM read_parquet(?) GROUP BY 1 ORDER BY 2 DESC LIMIT 5"
QUESTIONS = (
    "Combien de runs KO hier ?",
    "Top 5 des flux KO ce mois-ci",
    "durée moyenne par flux la semaine dernière",
    "Quels flux ont échoué cette nuit ?",
    "taux d'échec par environnement en octobre",
)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("records", type=Path, nargs="?")
    asked.add_argument("--questions", type=Path)
    asked.add_argument("--now", default="2026-11-20T09:30:00+01:00")
    asked.add_argument("--growth", type=int, nargs="*", metavar="N")
    options = asked.parse_args()
    if options.growth is not None:
        sizes = options.growth or GROWTH
        found = [growth.of_folder(options.records)] if options.records else list(map(growth.of_generated, sizes))
        print(f"{machine()}\n\n{growth.told(found)}")
        return
    # As in the process that reads records (vigie.sync.child).
    gc.set_threshold(100_000, 50, 50)
    now = datetime.fromisoformat(options.now)
    questions: list[str] = list(QUESTIONS)
    if options.questions:
        lines = options.questions.read_text(encoding="utf-8").splitlines()
        questions = [body["text"] for line in lines if "text" in (body := json.loads(line))]
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as generated:
        if options.records is None:
            runs(Path(generated, "vanish_flows.ndjson"), GENERATED)
        files = sorted((options.records or Path(generated)).glob("*.ndjson"))
        store = ParquetRecords(Path(scratch), zone=ZONE)
        live: dict[str, str] = {}
        loading = bare = 0.0
        total = 0
        for path in files:
            seconds, (generation, count) = timed(lambda path=path: load(store, path))
            live[path.stem] = generation
            loading, total = loading + seconds, total + count
            bare += timed(lambda path=path: parse(path))[0]
        engine = EmbeddedEngine(store, lambda: live, ZONE)
        exact = ExactAnswers(engine, lambda: sorted(live), ZONE)
        knowing, knowledge = timed(exact.knowledge)
        planning, tokenising, answering, counting = [], [], [], []
        largest = max(live, key=lambda name: (engine.profile(name) or next(iter(()))).total)
        file = str(store.columns_file(largest, live[largest]))
        connection = duckdb.connect(config={"threads": 2})
        for _ in range(ROUNDS):
            for text in questions:
                planning.append(timed(lambda text=text: plan(text, knowledge, now, ZONE, detect(text)))[0])
                tokenising.append(timed(lambda text=text: tokens(text))[0])
                answering.append(timed(lambda text=text: exact.answer([text], None, now, detect(text), EVERYTHING))[0])
                counting.append(timed(lambda: connection.execute(BARE, [file]).fetchall())[0])
    print(
        json.dumps(
            {
                "records": total,
                "load": {
                    "records_per_second": round(total / loading),
                    "times_a_bare_parse": round(loading / bare, 1),
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                },
                "knowledge_seconds": round(knowing, 2),
                "questions": len(questions),
                "planning_ms": {
                    "p50": round(1000 * sorted(planning)[len(planning) // 2], 2),
                    "p95": round(1000 * p95(planning), 2),
                    "p95_bare_tokenising": round(1000 * p95(tokenising), 3),
                },
                "answering_ms": {
                    "p50": round(1000 * sorted(answering)[len(answering) // 2], 1),
                    "p95": round(1000 * p95(answering), 1),
                    "p95_bare_duckdb_top5": round(1000 * p95(counting), 1),
                },
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
