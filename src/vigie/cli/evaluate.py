"""`vigie eval retrieval`: a judged set through the chunks, indexes and ranking of a question, in its own folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from vigie.ask.followup import standalone
from vigie.ask.metrics import first_rank, summary
from vigie.ask.retrieve import Retriever
from vigie.chunk.document import chunk_document
from vigie.cli.judged_set import CorpusSource, JudgedSet, Query, read_set, ref_of
from vigie.cli.watch import say, watching
from vigie.errors import InputError
from vigie.protocols import Embedder, Source, TextIndex, VectorIndex
from vigie.settings import Settings
from vigie.store.ledger import SqliteLedger
from vigie.sync.child import ChildWorker, Worker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Chunker, Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.types import EVERYTHING, Kind, Scope, SourceRef
from vigie.wiring import INDEXING_THREADS, LazyEmbedders, make_bodies, make_text, make_vectors

CANDIDATES = 100  # of each list, in chunks
SHOWN = 20  # chunks, at most two of a document: ten documents, without looking deeper than a question does


def evaluate(folder: Path, settings: Settings, *, titled: bool, follow_up: bool) -> dict[str, Any]:
    """The contract's output. Raises NotFound and InputError for a folder that is no judged set."""
    judged_set = read_set(folder)
    with indexed(folder, settings, titled=titled) as searcher:
        return measured(judged_set, searcher, follow_up=follow_up)


@contextmanager
def indexed(
    folder: Path,
    settings: Settings,
    *,
    titled: bool,
    keep: Path | None = None,
    chunk: Chunker = chunk_document,
    worker: Callable[[Callable[[], Preparer]], Worker] = ChildWorker,
) -> Iterator[Searcher]:
    """The documents of a set, cut by `chunk`, indexed as `opened` does."""
    corpus = folder / "corpus.jsonl"
    ref = ref_of(corpus)
    make = partial(preparer, source=CorpusSource(ref, corpus, titled), chunk=chunk)
    with opened(settings, ref, make, keep, worker) as searcher:
        yield searcher


@contextmanager
def opened(
    settings: Settings,
    ref: SourceRef,
    make: Callable[[Settings], Preparer],
    keep: Path | None = None,
    worker: Callable[[Callable[[], Preparer]], Worker] = ChildWorker,
) -> Iterator[Searcher]:
    """What `make`'s preparer reads of `ref`, indexed in `keep`, or in a folder of their own, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vigie-eval-") as scratch:
        own = settings.model_copy(update={"data_dir": keep or Path(scratch)})
        own.data_dir.mkdir(parents=True, exist_ok=True)
        ledger = SqliteLedger(own.data_dir / "ledger.db")
        vectors, text = make_vectors(own, own.data_dir / "vectors"), make_text(own.data_dir / "text")
        try:
            begin = partial(worker, partial(make, own))
            syncer = Syncer(ledger, Indexer(ledger, vectors, text), make_bodies(own), begin, own.clock)
            with watching() as progress:
                lines = syncer.run((ref.kind,), progress=progress).sources
            for line in lines:
                if line.status != "ok":
                    raise InputError(f"the set could not be indexed whole: {line.error or line.skipped[0].reason}")
            yield Searcher(ref, ledger, vectors, text, LazyEmbedders(own))
        finally:
            for store in (vectors, text, ledger):
                store.close()


def preparer(settings: Settings, source: CorpusSource, chunk: Chunker = chunk_document) -> Preparer:
    """What the child process works with: the product's model, and its chunker unless another is given."""
    embedders = LazyEmbedders(settings, INDEXING_THREADS)
    return Preparer(
        Families(
            discover=partial(_discover, source),
            documents=partial(_source, source),
            records=_no_records,
            bodies=make_bodies(settings),
            embedder=embedders.__getitem__,
            tokens=embedders.tokens,
            chunk_size=settings.chunk_size,
            chunk_overlap=settings.chunk_overlap,
            chunk=chunk,
        )
    )


def _discover(source: CorpusSource, kind: Kind) -> Discovery:
    return Discovery((source.ref,))


def _source(source: CorpusSource, ref: SourceRef, subtree: str | None) -> Source:
    return source


def _no_records(ref: SourceRef) -> Any:
    raise InputError("a judged set holds no records")


@dataclass(frozen=True)
class Searcher:
    """Documents by their best chunk, for words alone, vectors alone, and both as a question is answered."""

    ref: SourceRef
    ledger: SqliteLedger
    vectors: VectorIndex
    text: TextIndex
    embedders: Mapping[Kind, Embedder]

    @property
    def embedder(self) -> Embedder:
        return self.embedders[self.ref.kind]

    def rankings(self, query: str) -> dict[str, list[str]]:
        words = [chunk for chunk, _ in self.text.search(query, CANDIDATES)]
        vector = self.embedder.embed_query(query)
        near = [chunk for chunk, _ in self.vectors.query(self.ref.collection, vector, CANDIDATES)]
        return {"lexical": self.documents(words), "vector": self.documents(near), "fused": self.fused(query)}

    def fused(self, query: str) -> list[str]:
        hits = self.retriever.search(query, Scope(), SHOWN, EVERYTHING)
        return list(dict.fromkeys(hit.passage.native_id for hit in hits))

    @cached_property
    def retriever(self) -> Retriever:
        """As a question is answered."""
        return Retriever(self.ledger, self.vectors, self.text, self.embedders)

    def documents(self, chunks: Sequence[str]) -> list[str]:
        """Of live chunks, each document at its first one."""
        live = self.ledger.passages(chunks, EVERYTHING)
        return list(dict.fromkeys(live[chunk].native_id for chunk in chunks if chunk in live))


def measured(judged_set: JudgedSet, searcher: Searcher, *, follow_up: bool) -> dict[str, Any]:
    """The contract's output for a set that is indexed."""
    asked = [query for query in judged_set.queries if judged_set.judged.get(query.id)]
    found: dict[str, list[list[str]]] = {"lexical": [], "vector": [], "fused": []}
    lines = []
    for query in _told(asked):
        text = standalone(query.text, query.earlier).search_text if follow_up else query.text
        rankings = searcher.rankings(text)
        judged = judged_set.judged[query.id]
        for name, ranked in rankings.items():
            found[name].append(ranked)
        lines.append({"id": query.id, **{name: first_rank(ranked, judged) for name, ranked in rankings.items()}})
    gains = [judged_set.judged[query.id] for query in asked]
    return {
        "queries": len(judged_set.queries),
        "without_judgement": len(judged_set.queries) - len(asked),
        **{name: summary(ranked, gains) for name, ranked in found.items()},
        "per_query": lines,
    }


def _told(queries: Sequence[Query]) -> Iterator[Query]:
    """With a bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    yield from track(queries, "searching", console=Console(stderr=True), disable=not Console(stderr=True).is_terminal)


def show(found: Mapping[str, Any], out: Callable[[str], None] = print) -> None:
    """A table for a person."""
    names = ("ndcg@10", "hit@1", "hit@5", "hit@10", "mrr@10")
    out(f"{found['queries']} queries, {found['without_judgement']} of them without judgement")
    out(" " * 8 + "".join(f"{name:>9}" for name in names))
    for part in ("lexical", "vector", "fused"):
        out(f"{part:8}" + "".join(f"{found[part][name]:9.3f}" for name in names))
    if found["queries"] == found["without_judgement"]:
        say("none of the queries is judged in qrels.tsv")
