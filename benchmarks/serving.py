"""How long questions wait while everything is indexed anew, beside their wait when nothing else runs.

    python benchmarks/serving.py [CODE_ROOT] [--questions N]

The sample team and CODE_ROOT (a part of Vigie's own where it is not given) are indexed and served; N questions are
asked one after the other. Then the server is started again with another CHUNK_SIZE, so that a sync has all of it to
chunk and embed again, and the same questions are asked until that sync ends. Prints one JSON object, times in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from vigie.demo.team import fresh_runs, team_files
from vigie.testing.confluence import FakeConfluence, load_wiki

QUESTIONS = (
    "Que faire quand un flux tombe en AUTH-401 ?",
    "Quels flux ont échoué cette nuit ?",
    "Qui appeler la nuit pour SWIFT ?",
    "Combien de runs par environnement hier ?",
    "Où est levée l'erreur ORA-12541 dans le code ?",
)
SOURCES = Path(__file__).resolve().parents[1] / "src" / "vigie" / "sources"
QUIET_CHUNKS, SYNC_CHUNKS = "200", "120"


def p95(seconds: list[float]) -> float:
    return round(1000 * sorted(seconds)[int(0.95 * (len(seconds) - 1))], 1)


@contextmanager
def serving(settings: Mapping[str, str]) -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "vigie", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=None, trust_env=False) as client:
            while True:
                try:
                    if client.get("/health").status_code == 200:
                        break
                except httpx.TransportError:
                    if server.poll() is not None:
                        raise
                time.sleep(0.1)
            yield client
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def asked(client: httpx.Client, text: str) -> float:
    began = time.perf_counter()
    client.post("/query", json={"query": text}).raise_for_status()
    return time.perf_counter() - began


def measure(code: Path, questions: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        now = datetime.now().astimezone()
        fresh_runs(folder / "exports", now)
        with FakeConfluence(load_wiki(team_files() / "wiki", "IV2", now)) as wiki:
            settings = {
                "VIGIE_DATA_DIR": str(folder / "data"),
                "CONFLUENCE_URL": wiki.url,
                "CONFLUENCE_USERNAME": "vigie",
                "CONFLUENCE_PASSWORD": "vigie",
                "CONFLUENCE_SPACE": "IV2",
                "RECORDS_DIR": str(folder / "exports"),
                "CODE_ROOTS": f"{team_files() / 'code'},{code}",
                "SYNC_INTERVAL_MINUTES": "0",
            }
            with serving({**settings, "CHUNK_SIZE": QUIET_CHUNKS}) as client:
                first = client.post("/ingest").json()
                for text in QUESTIONS:
                    asked(client, text)
                quiet = [asked(client, text) for text, _ in zip(cycle(QUESTIONS), range(questions), strict=False)]
            with serving({**settings, "CHUNK_SIZE": SYNC_CHUNKS}) as client:
                for text in QUESTIONS:
                    asked(client, text)
                job = client.post("/ingest?wait=false").json()["id"]
                busy = []
                for text in cycle(QUESTIONS):
                    busy.append(asked(client, text))
                    last = client.get(f"/jobs/{job}").json()
                    if last["state"] not in ("queued", "running"):
                        break
    return {
        "chunks": sum(source["chunks"] for source in first["sources"]),
        "embedded_meanwhile": sum(source["embedded"] for source in last["report"]["sources"]),
        "sync_seconds": last["report"]["seconds"],
        "quiet": {"questions": len(quiet), "p50": round(1000 * sorted(quiet)[len(quiet) // 2], 1), "p95": p95(quiet)},
        "syncing": {"questions": len(busy), "p50": round(1000 * sorted(busy)[len(busy) // 2], 1), "p95": p95(busy)},
        "p95_ratio": round(p95(busy) / p95(quiet), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "code", type=Path, nargs="?", default=SOURCES, help="source code to index beside the sample team"
    )
    parser.add_argument("--questions", type=int, default=100)
    given = parser.parse_args()
    print(json.dumps(measure(given.code.resolve(), given.questions), indent=1))


if __name__ == "__main__":
    main()
