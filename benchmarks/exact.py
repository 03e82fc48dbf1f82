"""How fast exact answers are, and how their cost grows: each figure beside a calibrating one of the same run.

    python benchmarks/exact.py [RECORDS_DIR] [--quick] [--records N]... [--write]

Of each size, generated runs are loaded (read, laid out as columns, profiled), beside a bare parse of the same lines.
Counts and top fives are then asked in French and English and timed from the question's text to the answer, beside the
barest DuckDB query of the same columns, which has to find the same. Planning is timed among fifty collections (see
planning.py). Each size has a process of its own.
RECORDS_DIR: exports (*.ndjson, a vanish_flows.ndjson with the sample team's fields among them) in place of generated
runs. `--write` renews docs/bench-exact.md and its picture.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import common
import duckdb
import orjson
import page
import planning
from common import NOW, ZONE, child, cpu_seconds, peak_mb, percentile

from vigie.ask.exact import ExactAnswers
from vigie.ask.language import detect
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.sources.record_files import RecordFile
from vigie.types import EVERYTHING, Record, SourceRef

SIZES = [10_000, 100_000, 1_000_000]
QUICK = [10_000, 30_000, 100_000]
COLLECTION = "vanish_flows"
BATCH = 5_000
ROUNDS = 10

YESTERDAY = "{started_at} >= '2026-11-18 23:00' AND {started_at} < '2026-11-19 23:00'"
LAST_WEEK = "{started_at} >= '2026-11-08 23:00' AND {started_at} < '2026-11-15 23:00'"
OCTOBER = "{started_at} >= '2026-09-30 22:00' AND {started_at} < '2026-10-31 23:00'"
SINCE_MONDAY = "{started_at} >= '2026-11-15 23:00' AND {started_at} < '2026-11-20 08:30'"
THIS_MONTH = "{started_at} >= '2026-10-31 23:00' AND {started_at} < '2026-11-20 08:30'"

# Questions, with what the barest query counts and, of a top five, groups by.
COUNTS = (
    ("Combien de runs KO hier ?", f"{{status}} = 'KO' AND {YESTERDAY}", ""),
    ("Combien de runs en prod depuis lundi ?", f"{{env}} = 'PROD' AND {SINCE_MONDAY}", ""),
    ("How many runs failed last week?", f"{{status}} = 'KO' AND {LAST_WEEK}", ""),
    (
        "Combien de runs SWIFT_IN_CIB en échec ce mois-ci ?",
        f"{{flow}} = 'SWIFT_IN_CIB' AND {{status}} = 'KO' AND {THIS_MONTH}",
        "",
    ),
    ("Combien de runs ont duré plus de 10 minutes hier ?", f"{{duration_ms}} > 600000 AND {YESTERDAY}", ""),
)
TOPS = (
    ("Top 5 des flux KO ce mois-ci", f"{{status}} = 'KO' AND {THIS_MONTH}", "{flow}"),
    ("Top 5 hosts of failed runs last week", f"{{status}} = 'KO' AND {LAST_WEEK}", "{host}"),
    ("Which 5 flows had the most runs in October?", OCTOBER, "{flow}"),
    ("Top 5 des flux en prod depuis lundi", f"{{env}} = 'PROD' AND {SINCE_MONDAY}", "{flow}"),
    ("Top 5 flows by number of failures", "{status} = 'KO'", "{flow}"),
)
ASKED = {"count": COUNTS, "top": TOPS}
FIELDS = ("status", "env", "flow", "host", "started_at", "duration_ms")


# ------------------------------------------------------------------ loading


def load(store: ParquetRecords, path: Path) -> tuple[str, int]:
    """Read an export into a new generation, with its columns and profile, as a sync does: in bulk where it is regular,
    record by record otherwise. (Of new records a sync also makes the signatures they are found by: see ingest.py.)"""
    with store.write(path.stem) as writer:
        count = writer.load(path) or 0
        for batch in () if count else batches(path):
            writer.add(batch)
            count += len(batch)
        return writer.finish(), count


def batches(path: Path) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for found in RecordFile(SourceRef("records", path.stem), path).scan():
        if isinstance(found, Record):
            batch.append(found)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def parse(path: Path) -> None:
    with path.open("rb") as lines:
        for line in lines:
            orjson.loads(line)


def loading(store: ParquetRecords, folder: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """(the generation of each collection, what it took)."""
    files = sorted(folder.glob("*.ndjson"))
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)  # as in the process that reads records (vigie.sync.child)
    live, records, used, began = {}, 0, cpu_seconds(), time.perf_counter()
    for path in files:
        live[path.stem], count = load(store, path)
        records += count
    seconds, cpu, peak = time.perf_counter() - began, cpu_seconds() - used, peak_mb()
    used = cpu_seconds()
    for path in files:
        parse(path)
    gc.set_threshold(*usual)
    bare = cpu_seconds() - used
    return live, {"records": records, "seconds": seconds, "cpu": cpu, "bare_cpu": bare, "peak_mb": peak}


# ------------------------------------------------------------------ answering


def barest(store: ParquetRecords, generation: str) -> Callable[[str, str], list[tuple[Any, ...]]]:
    """What finds the same with nothing around DuckDB, by a condition and what it is grouped by."""
    layout = store.layout(COLLECTION, generation)
    assert layout is not None
    names = {path: layout.of(path)[0].name for path in FIELDS}
    file = str(store.columns_file(COLLECTION, generation))
    connection = duckdb.connect(config={"threads": 2})

    def run(where: str, group: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT count(*) FROM read_parquet(?) WHERE {where}"
        if group:
            sql = sql.replace("count(*)", f"{group}, count(*)", 1)
            sql += f" AND {group} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5"
        return connection.execute(sql.format(**names), [file]).fetchall()

    return run


def answering(store: ParquetRecords, live: dict[str, str]) -> dict[str, Any]:
    """Milliseconds of each kind of question, and of the barest query of the same columns."""
    exact = ExactAnswers(EmbeddedEngine(store, lambda: live, ZONE), lambda: sorted(live), ZONE)
    bare = barest(store, live[COLLECTION])
    found = {}
    for kind, cases in ASKED.items():
        ours, theirs = [], []
        for turn in range(ROUNDS + 1):
            for text, where, group in cases:
                began = time.perf_counter()
                answer = exact.answer([text], None, NOW, detect(text), EVERYTHING)
                answered = time.perf_counter()
                rows = bare(where, group)
                ended = time.perf_counter()
                if answer is None or answer.exact is None or answer.exact.rows != [list(row) for row in rows]:
                    raise SystemExit(f"{text!r} is answered by {answer and answer.text!r}, and DuckDB finds {rows}")
                if turn:  # the first one warms
                    ours.append(answered - began)
                    theirs.append(ended - answered)
        for name, seconds in ((kind, ours), (f"bare_{kind}", theirs)):
            found[name] = {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)}
    return found


# ------------------------------------------------------------------ the whole


def run_child(task: dict[str, Any]) -> dict[str, Any]:
    if task["what"] == "planning":
        return planning.measure()
    with tempfile.TemporaryDirectory() as scratch:
        store = ParquetRecords(Path(scratch), zone=ZONE)
        live, took = loading(store, Path(task["folder"]))
        return {**took, **answering(store, live)}


def measure(sizes: Sequence[int], own: Path | None) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": common.machine(), "planning": child(__file__, what="planning")}
    with tempfile.TemporaryDirectory() as scratch:
        folders = [own] if own else [file.parent for file in common.runs(Path(scratch), sizes).values()]
        found["sizes"] = [child(__file__, what="records", folder=folder.resolve()) for folder in folders]
    return found


def told(found: dict[str, Any], quick: bool, own: bool) -> tuple[list[str], str]:
    """The page's parts, and its picture."""
    header = ["records", "loaded a second", "a CPU second", "CPU / bare parse", "peak MB"]
    header += ["count p50 / p95 ms", "DuckDB alone", "top five p50 / p95 ms", "DuckDB alone"]
    rows = []
    for one in found["sizes"]:
        n = one["records"]
        speed = [f"{n / one['seconds']:,.0f}", f"{n / one['cpu']:,.0f}", f"{one['cpu'] / one['bare_cpu']:.1f}"]
        times = [one[name] for kind in ASKED for name in (kind, f"bare_{kind}")]
        rows.append([f"{n:,}", *speed, one["peak_mb"], *(f"{t['p50']:.1f} / {t['p95']:.1f}" for t in times)])
    series = {
        label: [(one["records"], one[kind]["p95"]) for one in found["sizes"]]
        for kind, label in (
            ("count", "a count"),
            ("top", "a top five"),
            ("bare_count", "DuckDB alone, count"),
            ("bare_top", "DuckDB alone, top five"),
        )
    }
    drawing = page.picture("Milliseconds from a question to its answer (p95)", "records", "milliseconds", series, {})
    command = " ".join(["python benchmarks/exact.py", *["RECORDS_DIR"] * own, *["--quick"] * quick, "--write"])
    notes = f"`{command}`: {found['machine']}." + (" A quick run: the figures are rough." if quick else "")
    return [notes, page.table(header, rows), "\n".join(ratios(found))], drawing


def ratios(found: dict[str, Any]) -> list[str]:
    first, last = found["sizes"][0], found["sizes"][-1]
    n, planned = last["records"], found["planning"]
    times = {kind: last[kind]["p50"] / last[f"bare_{kind}"]["p50"] for kind in ASKED}
    lines = [
        f"- Over {n:,} records a count takes **{last['count']['p95']:.0f} ms** at p95, a top five "
        f"**{last['top']['p95']:.0f} ms**, from the question's text to the answer: {times['count']:.1f} and "
        f"{times['top']:.1f} times DuckDB's barest query of the same columns, at the median. All found the same.",
        f"- Loading {n:,} records, with their columns and profile, takes {last['seconds']:.1f} s: "
        f"**{n / last['seconds']:,.0f} a second**, {last['peak_mb']:,} MB at the peak, "
        f"{last['cpu'] / last['bare_cpu']:.1f} times the CPU time of parsing the same lines and no more.",
    ]
    if last is not first:
        grown = [last[kind]["p50"] / first[kind]["p50"] for kind in ASKED]
        lines.append(
            f"- {n / first['records']:.0f} times the records: at the median a count takes {grown[0]:.1f} times as "
            f"long, a top five {grown[1]:.1f} times, loading {last['seconds'] / first['seconds']:.0f} times."
        )
    lines.append(
        f"- Planning a question among {planned['collections']} collections with {planned['distinct_values']:,} "
        f"distinct names takes {planned['p50']} ms at the median and **{planned['p95']} ms** at p95, and "
        f"{planned['first_p95']} ms where its words are new to the process; cutting it into words alone "
        f"{planned['tokenising_p95']} ms. What the profiles tell is learned in {planned['learning_seconds']} s, once."
    )
    return lines


def main() -> None:
    parser = common.command_line("exact", __doc__, "records")
    parser.add_argument("own", metavar="RECORDS_DIR", type=Path, nargs="?", help="exports in place of generated runs")
    given = parser.parse_args()
    if given.child:
        print(json.dumps(run_child(json.loads(given.child))))
        return
    if given.own and not (given.own / f"{COLLECTION}.ndjson").is_file():
        parser.error(f"{given.own} holds no {COLLECTION}.ndjson")
    found = measure(given.sizes or (QUICK if given.quick else SIZES), given.own)
    parts, drawing = told(found, given.quick, given.own is not None)
    page.show("exact", "Exact answers, measured", parts, drawing, write=given.write)


if __name__ == "__main__":
    main()
