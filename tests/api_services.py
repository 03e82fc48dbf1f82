"""A server's services for tests: real ledger, sessions and bodies, memory indexes, sources that a test edits."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from asking import WordIndex
from starlette.testclient import TestClient

from vigie.api.app import create_app
from vigie.ask.engine import Engine
from vigie.ask.exact import ExactAnswers
from vigie.ask.retrieve import Retriever
from vigie.protocols import ChatModel
from vigie.records.generations import ParquetRecords
from vigie.settings import load
from vigie.sources.record_files import RecordFile
from vigie.store.ledger import SqliteLedger
from vigie.store.lock import WriterLock
from vigie.store.sessions import SqliteSessions
from vigie.sync.child import InlineWorker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.testing.embedder import HashingEmbedder
from vigie.testing.sources import ScriptedSource
from vigie.testing.vectors import MemoryVectors
from vigie.types import KINDS, Kind, SourceRef
from vigie.wiring import Inputs, make_engine
from vigie.wiring.services import Services

BASE = "http://127.0.0.1"
PAGES = {
    "1": "# Jetons\nAUTH-401 : le jeton du flux SEPA_OUT_CIB a expiré. Renouveler le jeton puis relancer le flux.",
    "2": "# Purge\nLa purge mensuelle efface les archives de plus de 400 jours.",
}
RUNS = "\n".join(
    f'{{"_id": "r{n}", "flow": "SEPA_OUT_CIB", "status": "{status}", "started_at": '
    f'{{"$date": "2026-11-19T0{n}:00:00Z"}}, "message": "{message}"}}'
    for n, (status, message) in enumerate(
        [("KO", "ORA-00942 table missing"), ("OK", "done"), ("KO", "ORA-00942 table missing")]
    )
)


@dataclass(frozen=True)
class InlineServices(Services):
    """Syncs in this process, from `wiki` and from the folder of exports of the settings."""

    wiki: ScriptedSource = field(default_factory=lambda: ScriptedSource(SourceRef("confluence", "IV2"), dict(PAGES)))
    gate: threading.Event = field(default_factory=threading.Event)  # a sync waits here before it reads

    def syncer(self, inputs: Inputs | None = None, boundary: Callable[[str], None] = lambda step: None) -> Syncer:
        folder = self.settings.records_dir
        assert folder is not None

        def discover(kind: Kind) -> Discovery:
            self.gate.wait(20)
            if kind == "confluence":
                return Discovery((self.wiki.ref,))
            files = sorted(folder.glob("*.ndjson"))
            return Discovery(tuple(SourceRef(kind, path.stem) for path in files) if kind == "records" else ())

        families = Families(
            discover,
            lambda ref, subtree: self.wiki,
            lambda ref: RecordFile(ref, folder / f"{ref.name}.ndjson"),
            self.bodies,
            lambda kind: HashingEmbedder(),
        )
        make = lambda: InlineWorker(Preparer(families))  # noqa: E731
        return Syncer(self.ledger, self.indexer, self.bodies, make, self.settings.clock, boundary)


Made = TypeVar("Made", bound=InlineServices)


def make_services(folder: Path, chat: ChatModel | None = None, **settings: Any) -> InlineServices:
    return make_services_of(InlineServices, folder, chat, **settings)


def make_services_of(kind: type[Made], folder: Path, chat: ChatModel | None = None, **settings: Any) -> Made:
    exports = folder / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    (exports / "vanish_flows.ndjson").write_text(RUNS + "\n")
    given = {
        "VIGIE_DATA_DIR": folder / "data",
        "RECORDS_DIR": exports,
        "CONFLUENCE_URL": "http://127.0.0.1:9",
        "SYNC_INTERVAL_MINUTES": 0,
        "LITELLM_MODEL": None,
        "VIGIE_TOKEN": None,
    }
    loaded = load(**(given | settings))
    data = loaded.data_dir
    lock, ledger, sessions = WriterLock(data), SqliteLedger(data / "ledger.db"), SqliteSessions(data / "sessions.db")
    vectors, text, bodies = MemoryVectors(), WordIndex(), ParquetRecords(data / "records")
    retriever = Retriever(ledger, vectors, text, dict.fromkeys(KINDS, HashingEmbedder()))
    records = make_engine(loaded, bodies, ledger)
    exact = ExactAnswers(records, lambda: sorted(ledger.bodies()), loaded.zone)
    engine = Engine(retriever, ledger, sessions, chat, loaded.clock, loaded.zone, exact)
    made = kind(
        loaded,
        lock,
        ledger,
        Indexer(ledger, vectors, text),
        bodies,
        records,
        exact,
        sessions,
        retriever,
        engine,
        chat,
        (),
        (bodies.close, ledger.close, sessions.close, lock.close),
    )
    made.gate.set()
    return made


@contextmanager
def client_of(services: InlineServices, ingested: bool = True, **options: Any) -> Iterator[TestClient]:
    """A ready app, in process; by default with the sources ingested."""
    with TestClient(create_app(services, **options), BASE, raise_server_exceptions=True) as client:
        wait_until(lambda: client.get("/health").status_code == 200)
        if ingested:
            token = services.settings.token
            headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
            assert client.post("/ingest", headers=headers).json()["status"] == "ok"
        yield client


@contextmanager
def served(services: InlineServices) -> Iterator[str]:
    """The app behind a real uvicorn on loopback; the URL."""
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(services), log_level="warning", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])))
    thread.start()
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    try:
        wait_until(lambda: httpx.get(f"{url}/health").status_code == 200)
        yield url
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def events_in(text: str) -> list[tuple[str, str]]:
    """(name, data) of each server-sent event."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block and not block.startswith(":")]
    return [(block[0].removeprefix("event: "), block[1].removeprefix("data: ")) for block in blocks]
