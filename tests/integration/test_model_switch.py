"""Another embedding model: built beside the live vectors, asked only with its own, whatever happens on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from api_services import wait_until

from vigie.ask.retrieve import Retriever
from vigie.embed.models import ModelSpec
from vigie.embed.used import KEPT, read_used, remember_used
from vigie.errors import EmbedderUnusable
from vigie.index.chroma import ChromaVectors
from vigie.index.faiss import FaissVectors
from vigie.index.text import TantivyText
from vigie.protocols import Embedder, VectorIndex, Vectors
from vigie.records.generations import ParquetRecords
from vigie.store.ledger import SqliteLedger
from vigie.sync.child import InlineWorker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.testing.embedder import HashingEmbedder
from vigie.testing.sources import ScriptedSource
from vigie.types import EVERYTHING, EXCHANGING, KINDS, Hit, Scope, SourceRef, SyncReport

WIKI = SourceRef("confluence", "IV2")
QUESTION = "relance du flux SEPA en erreur"
BACKENDS: dict[str, Callable[[Path], VectorIndex]] = {"chroma": ChromaVectors, "faiss": FaissVectors}


class Rolled(HashingEmbedder):
    """Another model of the same dimension: comparing its vectors with the first one's raises nothing, and is wrong."""

    @property
    def fingerprint(self) -> str:
        return f"rolled-{super().fingerprint}"

    def embed_query(self, text: str) -> Vectors:
        return np.roll(super().embed_query(text), 77)


class Killed(BaseException):
    """What a boundary raises where the process would be gone."""


OLD, NEW = HashingEmbedder(), Rolled()


class Data:
    """A data directory, opened again on the same folder when asked; `configured` is the model of the settings."""

    def __init__(self, folder: Path, backend: str, pages: int) -> None:
        self.folder, self.backend = folder, backend
        words = [
            f"{start}{end}"
            for start in ("bar", "cil", "dor", "fum", "gav", "lop")
            for end in ("ter", "nuc", "vis", "zod")
        ]
        texts = {
            str(n): f"# Flux {n}\nRelance {' '.join(np.random.default_rng(n).choice(words, 8))} en erreur."
            for n in range(pages)
        }
        self.wiki = ScriptedSource(WIKI, texts)
        self.configured: Embedder = OLD
        self.known: list[Embedder] = [OLD, NEW]
        self.boundary: Callable[[str], None] = lambda step: None
        self.open()

    def open(self) -> None:
        self.ledger = SqliteLedger(self.folder / "ledger.db")
        self.vectors = BACKENDS[self.backend](self.folder / self.backend)
        self.text = TantivyText(self.folder / "text")
        self.bodies = ParquetRecords(self.folder / "records")
        self.indexer = Indexer(self.ledger, self.vectors, self.text, lambda step: self.boundary(step))

    def close(self) -> None:
        for store in (self.vectors, self.text, self.ledger):
            store.close()

    def syncer(self) -> Syncer:
        families = Families(
            lambda kind: Discovery((WIKI,) if kind == "confluence" else (), complete=kind == "confluence"),
            lambda ref, subtree: self.wiki,
            lambda ref: (_ for _ in ()).throw(AssertionError),
            self.bodies,
            lambda kind: self.configured,
        )
        return Syncer(
            self.ledger,
            self.indexer,
            self.bodies,
            lambda: InlineWorker(Preparer(families)),
            lambda: datetime(2026, 11, 20, tzinfo=UTC),
            lambda step: self.boundary(step),
        )

    def sync(self) -> SyncReport:
        return self.syncer().run()

    def retriever(self) -> Retriever:
        models = {model.fingerprint: model for model in self.known}
        embedders = dict.fromkeys(KINDS, self.configured)
        return Retriever(self.ledger, self.vectors, self.text, embedders, former=models.get)

    def ask(self) -> list[Hit]:
        return self.retriever().search(QUESTION, Scope(), 5, EVERYTHING)

    def model(self) -> str:
        return self.ledger.fingerprints()["confluence"]


def of(hits: list[Hit]) -> set[str]:
    """A rolled vector has the same cosine with another rolled one: only one compared with the other's has another."""
    found = set()
    for hit in hits:
        text = hit.passage.chunk.embedded_text
        own = float(OLD.embed_query(QUESTION) @ OLD.embed_query(text))
        found.add("one model" if hit.dense == pytest.approx(own, abs=1e-5) else "two models")
    return found


@pytest.fixture(params=BACKENDS)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Data]:
    made = Data(tmp_path, request.param, pages=160)
    made.sync()
    yield made
    made.close()


OWN = {"one model"}


def test_the_old_vectors_answer_with_the_old_model_until_the_new_ones_are_whole(data: Data) -> None:
    before = data.ask()
    assert of(before) == OWN
    data.configured = NEW
    assert data.ask() == before  # configured, not yet synced
    assert data.model() == OLD.fingerprint
    report = data.sync()
    assert report.status == "ok"
    assert (report.sources[0].written, report.sources[0].embedded) == (0, 160)
    assert data.model() == NEW.fingerprint
    assert [hit.passage.chunk_id for hit in data.ask()] == [hit.passage.chunk_id for hit in before]
    assert of(data.ask()) == OWN
    health = data.indexer.check(None)
    assert health.status == "ok", health
    ids = data.ledger.chunk_ids("confluence")
    assert data.ledger.vectors(ids, OLD.fingerprint) == {}  # nobody needs them any more
    assert data.sync().sources[0].embedded == 0


def test_questions_asked_while_the_model_changes_never_compare_vectors_of_two_models(data: Data) -> None:
    data.configured = NEW
    retriever, done = data.retriever(), threading.Event()
    answers: list[list[Hit]] = []
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            while not done.is_set():
                answers.append(retriever.search(QUESTION, Scope(), 5, EVERYTHING))
        except BaseException as error:  # noqa: BLE001 - shown below, in the test's own thread
            failures.append(error)

    def some_more(wanted: int) -> None:
        wait_until(lambda: len(answers) >= wanted or bool(failures))

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        for model in (NEW, OLD, NEW):
            data.configured = model
            assert data.sync().status == "ok"
            some_more(len(answers) + 3)
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert failures == []
    assert {name for hits in answers for name in of(hits)} == OWN
    assert all(len(hits) == 5 for hits in answers)


@pytest.mark.parametrize("step", ["embedded", "exchanging", "exchanged"])
def test_a_kill_in_the_middle_of_the_change_is_finished_at_the_next_start(data: Data, step: str) -> None:
    data.configured = NEW

    def kill(reached: str) -> None:
        if reached == step:
            raise Killed

    data.boundary = kill
    with pytest.raises(Killed):
        data.sync()
    data.boundary = lambda reached: None
    data.close()
    data.open()
    data.syncer().recover()
    assert data.model() == (OLD if step == "embedded" else NEW).fingerprint
    assert of(data.ask()) == OWN
    health = data.indexer.check(None)
    assert health.status == "ok", health
    report = data.sync()
    assert report.status == "ok"
    assert report.sources[0].embedded == (160 - 128 if step == "embedded" else 0)
    assert data.model() == NEW.fingerprint
    assert of(data.ask()) == OWN


def test_while_the_exchange_is_not_settled_words_alone_answer_and_it_is_said(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.ask.retrieve.EXCHANGE_SECONDS", 0.0)
    data.ledger.set_fingerprint("confluence", EXCHANGING + OLD.fingerprint)
    found = data.retriever().find(QUESTION, Scope(), 5, EVERYTHING)
    assert found.without == {"some_vectors"}
    assert found.hits
    assert all(hit.dense is None for hit in found.hits)


def test_without_the_model_of_the_stored_vectors_words_alone_answer_and_it_is_said(data: Data) -> None:
    data.configured, data.known = NEW, []
    found = data.retriever().find(QUESTION, Scope(), 5, EVERYTHING)
    assert found.without == {"some_vectors"}
    assert all(hit.dense is None for hit in found.hits)
    data.sync()
    assert data.retriever().find(QUESTION, Scope(), 5, EVERYTHING).without == frozenset()


def test_a_model_that_fails_leaves_the_old_vectors_answering(data: Data) -> None:
    class Broken(Rolled):
        def embed_passages(self, texts: object) -> Vectors:
            raise EmbedderUnusable("CODE_EMB_MODEL='x' cannot be used: no memory")

    before = data.ask()
    data.configured = Broken()
    report = data.sync()
    assert report.status == "incomplete"
    assert "no memory" in (report.sources[0].error or "")
    assert data.ask() == before


def test_models_used_are_remembered_by_their_whole_path_the_latest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model").mkdir()
    file = tmp_path / "models.json"
    assert read_used(file) == []
    remember_used(file, [ModelSpec("model", "query: "), ModelSpec("all-MiniLM-L6-v2")])
    remember_used(file, [ModelSpec("other"), ModelSpec("other")])
    assert read_used(file) == [
        ModelSpec("other"),
        ModelSpec(str(tmp_path / "model"), "query: "),
        ModelSpec("all-MiniLM-L6-v2"),
    ]
    remember_used(file, [ModelSpec(str(n)) for n in range(20)])
    assert len(read_used(file)) == KEPT
    file.write_bytes(b"\xff{")
    assert read_used(file) == []
