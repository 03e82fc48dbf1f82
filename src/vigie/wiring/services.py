"""Everything a command or a server works with, opened on one data directory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from vigie.ask.engine import Engine
from vigie.ask.exact import ExactAnswers
from vigie.ask.retrieve import Retriever
from vigie.embed.used import remember_used
from vigie.errors import StoreCorrupt, StoreError
from vigie.index.stamp import IndexStamp
from vigie.protocols import ChatModel, RecordEngine, RecordStore, VectorIndex
from vigie.settings import Settings
from vigie.store.ledger import SqliteLedger
from vigie.store.lock import WriterLock
from vigie.store.sessions import SqliteSessions
from vigie.sync.child import ChildWorker
from vigie.sync.indexing import Indexer
from vigie.sync.run import Syncer
from vigie.types import KINDS
from vigie.wiring.collections import Inputs, mongo_notes
from vigie.wiring.models import MODELS, FormerEmbedders, LazyEmbedders, check_models, chunk_notes, make_chat, model_spec
from vigie.wiring.sources import check_attachments, make_preparer
from vigie.wiring.stores import VOCABULARY, make_bodies, make_engine, make_text, make_vectors, make_vocabulary

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Services:
    """Everything a command or a server works with, on one data directory that it alone writes to."""

    settings: Settings
    lock: WriterLock
    ledger: SqliteLedger
    indexer: Indexer
    bodies: RecordStore
    records: RecordEngine
    exact: ExactAnswers
    sessions: SqliteSessions
    retriever: Retriever
    engine: Engine
    chat: ChatModel | None
    notes: Sequence[str] = field(default_factory=tuple)  # what was repaired or capped on the way
    closers: Sequence[Callable[[], None]] = ()

    def syncer(self, inputs: Inputs | None = None, boundary: Callable[[str], None] = lambda step: None) -> Syncer:
        """A sync over the configured sources, or over `inputs`."""
        make = partial(ChildWorker, partial(make_preparer, self.settings, inputs or Inputs()))
        return Syncer(self.ledger, self.indexer, self.bodies, make, self.settings.clock, boundary)

    def close(self) -> None:
        for close in self.closers:
            close()


def open_services(
    settings: Settings, *, wait: float = 0.0, boundary: Callable[[str], None] = lambda step: None
) -> Services:
    """Open the data directory for this process alone and finish what a killed one left there.

    Raises StoreBusy when another process holds it, StoreCorrupt for a damaged ledger, EmbedderUnusable, SettingError.
    """
    check_models(settings)
    check_attachments(settings)
    lock = WriterLock(settings.data_dir, wait)
    notes: list[str] = []
    ledger = SqliteLedger(settings.data_dir / "ledger.db")
    vectors = _rebuildable(partial(make_vectors, settings), settings.vectors_dir, settings, notes)
    text = _rebuildable(make_text, settings.data_dir / "text", settings, notes)
    bodies = make_bodies(settings)
    sessions = SqliteSessions(settings.data_dir / "sessions.db")
    indexer = Indexer(ledger, vectors, text, boundary)
    _follow_index(settings, ledger, indexer, vectors, notes)
    retriever = Retriever(ledger, vectors, text, LazyEmbedders(settings), former=FormerEmbedders(settings))
    remember_used(settings.data_dir / MODELS, [model_spec(settings, kind)[1] for kind in KINDS])
    chat = make_chat(settings)
    records = make_engine(settings, bodies, ledger)
    words = make_vocabulary(settings)
    if words:
        notes.append(f"{VOCABULARY} corrects {', '.join(sorted(words))}")
    notes += chunk_notes(settings)
    notes += mongo_notes(settings)
    exact = ExactAnswers(records, lambda: sorted(ledger.bodies()), settings.zone, lambda: words)
    engine = Engine(retriever, ledger, sessions, chat, settings.clock, settings.zone, exact)
    closers = (vectors.close, text.close, ledger.close, sessions.close, lock.close)
    services = Services(
        settings,
        lock,
        ledger,
        indexer,
        bodies,
        records,
        exact,
        sessions,
        retriever,
        engine,
        chat,
        tuple(notes),
        closers,
    )
    try:
        services.syncer(boundary=boundary).recover()
    except StoreCorrupt:
        raise
    except StoreError as error:  # a full disk: what is there answers, the rest is done at the next start or sync
        log.warning("what a former run left could not be finished: %s", error)
        services = replace(services, notes=(*notes, f"what a former run left is not finished: {error}"))
    if any("rebuilt from the ledger" in note for note in notes):
        indexer.check(sample=0, repair=True)
    return services


def _rebuildable(make: Callable[[Path], T], folder: Path, settings: Settings, notes: list[str]) -> T:
    """Open an index; a damaged one is moved aside, never deleted, and filled again from the ledger."""
    try:
        return make(folder)
    except StoreCorrupt as error:
        aside = folder.with_name(f"{folder.name}.damaged-{datetime.now(settings.zone):%Y%m%d-%H%M%S}")
        folder.rename(aside)
        note = f"{error}; moved to {aside.name} and rebuilt from the ledger"
        log.warning(note)
        notes.append(note)
        return make(folder)


def _follow_index(
    settings: Settings, ledger: SqliteLedger, indexer: Indexer, vectors: VectorIndex, notes: list[str]
) -> None:
    """Fill an index that is not the one used last: another type, another folder, or the one before the last."""
    stamp = IndexStamp(settings.data_dir / "vectors.stamp", settings.vectors_dir)
    lost = settings.chroma_url and not vectors.collections()  # a server that was emptied
    if stamp.same() and not lost:
        return
    if ledger.fingerprints():
        log.info("filling the vector index in %s from the ledger", settings.vectors_place)
        indexer.refill()
        if not any("rebuilt from the ledger" in note for note in notes):
            notes.append(
                f"the vector index is {settings.vector_db} in {settings.vectors_place} from now on: filled from the "
                "ledger, nothing was embedded again"
            )
    stamp.renew()
