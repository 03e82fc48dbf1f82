"""Syncs in processes of their own that can be killed at any point: run by test_kill.

It imports everything once and opens nothing; each sync is a fork of it, with a process id of its own and nothing
shared but the imports. One JSON object per line in: `settings` (contract names), `die_at` (the durable step, from 1,
at which the sync ends itself by SIGKILL; 0: none), or `kill_at` and `delay` (seconds after that step at which it is
killed from outside). One JSON object per line out: `exit`, the names of the `steps`, and, of a sync that came to its
end, its `status`, the `state` it left and the `health` of the indexes.

Embedding is by hashing, in the same process; the vector index saves its files after a few changes, not a thousand.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from states import index_state, ledger_state

from vigie import wiring
from vigie.index import chroma, text  # noqa: F401 - what the forks need is imported before them
from vigie.records import generations  # noqa: F401
from vigie.settings import load
from vigie.sources import code, confluence, confluence_client, record_files  # noqa: F401
from vigie.sync.child import InlineWorker
from vigie.sync.run import Syncer
from vigie.testing.embedder import HashingEmbedder
from vigie.wiring.services import open_services

EMBEDDER = HashingEmbedder(dimension=64)


def sync(asked: dict[str, Any], pipe: int) -> None:
    """In the fork: one sync, each step told through the pipe."""
    steps = 0

    def boundary(step: str) -> None:
        nonlocal steps
        steps += 1
        os.write(pipe, f"{step}\n".encode())
        if steps == asked.get("die_at", 0):
            os.kill(os.getpid(), signal.SIGKILL)

    settings = load(**asked["settings"])
    services = open_services(settings, boundary=boundary)
    make = wiring.make_preparer
    report = Syncer(
        services.ledger,
        services.indexer,
        services.bodies,
        lambda: InlineWorker(make(settings, wiring.Inputs())),
        settings.clock,
        boundary,
    ).run()
    health = services.indexer.check(None)
    state = ledger_state(settings.data_dir / "ledger.db")
    state |= index_state(services.ledger, services.indexer._vectors, services.indexer._text)
    services.close()
    state["bodies"] = sorted(str(path.parent.name) for path in (settings.data_dir / "records").rglob("*.parquet"))
    ended = {
        "status": report.status,
        "errors": [s.error for s in report.sources],
        "health": repr(health),
        "state": state,
    }
    os.write(pipe, f"{json.dumps(ended)}\n".encode())


def watch(child: int, pipe: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Collect what the fork tells, and kill it when it is time."""
    steps: list[str] = []
    ended: dict[str, Any] = {}
    with os.fdopen(pipe, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("{"):
                ended = json.loads(line)
                continue
            steps.append(line.strip())
            if len(steps) == asked.get("kill_at", 0):
                time.sleep(asked["delay"])
                os.kill(child, signal.SIGKILL)
    return {"exit": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "steps": steps} | ended


def main() -> None:
    wiring.models.make_embedder = wiring.models.make_tokens = lambda *model: EMBEDDER  # type: ignore[assignment]
    chroma.HNSW |= {"batch_size": 4, "sync_threshold": 8}
    for line in sys.stdin:
        asked = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            code_ = 1
            try:
                os.close(reader)
                Path(asked["settings"]["VIGIE_DATA_DIR"]).mkdir(parents=True, exist_ok=True)
                sync(asked, writer)
                code_ = 0
            finally:
                sys.stderr.flush()
                os._exit(code_)
        os.close(writer)
        print(json.dumps(watch(child, reader, asked)), flush=True)


if __name__ == "__main__":
    main()
