"""How much memory the first sync of a live MongoDB takes as its collection grows, process by process.

    python benchmarks/live.py [--records N]...

A small MongoDB on loopback makes its documents as they are asked for, so that any number can be read: 100,000 and
1,000,000 where none is named; 5,000,000 take most of an hour. Prints one line for each size: what was read, seconds,
the peak of each process in MB (the one that reads and writes columns, the one that embeds, the one that keeps the
ledger), megabytes on disk. Needs Linux and the package mongomock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import common

from vigie.testing.mongo import FakeMongo
from vigie.testing.mongo_store import Collection

SIZES = [100_000, 1_000_000]
RANGE = 2_000  # documents of one find of Vigie's
FLOWS = [f"{domain}_{way}_{entity}" for domain in "SEPA SWIFT TITRES CARTES CREDIT RISQUES COMPTA".split()
         for way in "IN OUT CTRL EXP REJ".split() for entity in "CIB RETAIL AM".split()]  # fmt: skip
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class Made(Collection):
    """`count` runs by `_id`, made when they are read."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def __len__(self) -> int:
        return self._count

    def find(self, condition: Mapping[str, Any]) -> list[bytes]:
        wanted = condition.get("_id", {})
        if "number" not in wanted.get("$type", ["number"]):
            return []
        start = wanted.get("$gt", -1) + 1
        return [bson.encode(run(n)) for n in range(start, min(self._count, start + RANGE))]


def run(n: int) -> dict[str, Any]:
    failed = n % 9 == 0
    at = FIRST + timedelta(seconds=5 * n)
    code = f"ORA-{n % 40:05d}"
    error = {"code": code, "message": f"{code}: connection to db{n % 7} lost at row {n}", "retry": n % 3}
    return {
        "_id": n,
        "flow": FLOWS[n % len(FLOWS)],
        "status": "KO" if failed else "OK",
        "env": ["PROD", "UAT", "DEV"][n % 3],
        "host": f"srv-{n % 30:02d}",
        "started_at": at,
        "ended_at": at + timedelta(seconds=n % 900),
        "duration_ms": n % 900 * 1000,
        "records": n % 77_777,
        "tags": ["nuit", f"p{n % 5}"],
    } | ({"error": error} if failed else {})


def peaks(process: int) -> dict[int, int]:
    """Kilobytes, of this process and of all below it."""
    try:
        status = Path(f"/proc/{process}/status").read_text().splitlines()
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has just ended
        return {}
    found = {process: next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)}
    for child in below:
        found |= peaks(int(child))
    return found


def measure(count: int) -> str:
    with FakeMongo() as server, tempfile.TemporaryDirectory() as folder:
        server.put("runs", Made(count))
        unset = dict.fromkeys(common.no_sources(), "")
        settings = {
            **os.environ,
            **unset,
            "MONGO_URI": server.uri,
            "MONGO_DB": server.database,
            "VIGIE_DATA_DIR": folder,
        }
        began, highest = time.perf_counter(), dict[int, int]()
        command = [sys.executable, "-m", "vigie", "ingest", "mongo", "--json"]
        with subprocess.Popen(command, cwd=folder, env=settings, stdout=subprocess.PIPE) as sync:
            while sync.poll() is None:
                highest |= peaks(sync.pid)
                time.sleep(0.2)
            assert sync.stdout is not None
            report = json.load(sync.stdout)
        seconds = time.perf_counter() - began
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) >> 20
        found = report["sources"][0]
        memory = ", ".join(str(peak >> 10) for peak in sorted(highest.values(), reverse=True))
        return f"{found['seen']:,} read ({report['status']}) in {seconds:.0f} s; peaks {memory} MB; {disk} MB on disk"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", metavar="N", type=int, action="append", help="documents, may be repeated")
    for count in parser.parse_args().records or SIZES:
        print(measure(count), flush=True)


if __name__ == "__main__":
    main()
