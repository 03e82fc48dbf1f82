"""`vigie eval retrieval`: a judged set through the chunks, indexes and ranking of a question, in its own folder."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from vigie.ask.followup import standalone
from vigie.ask.metrics import first_rank, summary
from vigie.ask.retrieve import TOP_K_MAX, Retriever
from vigie.chunk.document import chunk_document
from vigie.cli.watch import say, watching
from vigie.errors import InputError, NotFound
from vigie.protocols import Embedder, Source, TextIndex, VectorIndex
from vigie.settings import Settings
from vigie.store.ledger import SqliteLedger
from vigie.sync.child import ChildWorker, Worker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Chunker, Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.types import EVERYTHING, Document, Item, Kind, Scope, Skip, SourceRef, digest
from vigie.wiring import INDEXING_THREADS, LazyEmbedders, make_bodies, make_text, make_vectors

SET = SourceRef("confluence", "eval")
CANDIDATES = 100  # of each list, in chunks


@dataclass(frozen=True, slots=True)
class Query:
    """`earlier`: what the user said before in the conversation."""

    id: str
    text: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class JudgedSet:
    queries: Sequence[Query]
    judged: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # query -> document -> gain


@dataclass(frozen=True)
class CorpusSource:
    """The documents of `corpus.jsonl` as pages."""

    ref: SourceRef
    file: Path
    titled: bool

    def _documents(self) -> Iterator[Document]:
        for number, body in enumerate(_lines(self.file), 1):
            if not isinstance(body.get("id"), str) or not isinstance(body.get("text"), str):
                raise InputError(f"{self.file.name}, line {number}: expected an id and a text")
            title = str(body.get("title") or "") if self.titled else ""
            yield Document(self.ref, body["id"], digest(title, body["text"]), title, body["text"])

    def scan(self) -> Iterator[Item | Skip]:
        for document in self._documents():
            yield Item(document.native_id, document.version)

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        wanted = {item.native_id for item in items}
        for document in self._documents():
            if document.native_id in wanted:
                yield document


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
    make = partial(preparer, corpus=folder / "corpus.jsonl", titled=titled, chunk=chunk)
    with opened(settings, make, keep, worker) as searcher:
        yield searcher


@contextmanager
def opened(
    settings: Settings,
    make: Callable[[Settings], Preparer],
    keep: Path | None = None,
    worker: Callable[[Callable[[], Preparer]], Worker] = ChildWorker,
) -> Iterator[Searcher]:
    """The pages that `make`'s preparer reads, indexed in `keep`, or in a folder of their own, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vigie-eval-") as scratch:
        own = settings.model_copy(update={"data_dir": keep or Path(scratch)})
        own.data_dir.mkdir(parents=True, exist_ok=True)
        ledger = SqliteLedger(own.data_dir / "ledger.db")
        vectors, text = make_vectors(own, own.data_dir / "vectors"), make_text(own.data_dir / "text")
        try:
            begin = partial(worker, partial(make, own))
            syncer = Syncer(ledger, Indexer(ledger, vectors, text), make_bodies(own), begin, own.clock)
            with watching() as progress:
                lines = syncer.run(("confluence",), progress=progress).sources
            for line in lines:
                if line.status != "ok":
                    raise InputError(f"the set could not be indexed whole: {line.error or line.skipped[0].reason}")
            yield Searcher(ledger, vectors, text, LazyEmbedders(own))
        finally:
            for store in (vectors, text, ledger):
                store.close()


def preparer(settings: Settings, corpus: Path, titled: bool, chunk: Chunker = chunk_document) -> Preparer:
    """What the child process works with: the product's model, and its chunker unless another is given."""
    embedders = LazyEmbedders(settings, INDEXING_THREADS)
    return Preparer(
        Families(
            discover=_discover,
            documents=partial(_source, corpus, titled),
            records=_no_records,
            bodies=make_bodies(settings),
            embedder=embedders.__getitem__,
            tokens=embedders.tokens,
            chunk_size=settings.chunk_size,
            chunk_overlap=settings.chunk_overlap,
            chunk=chunk,
        )
    )


def _discover(kind: Kind) -> Discovery:
    return Discovery((SET,))


def _source(corpus: Path, titled: bool, ref: SourceRef, subtree: str | None) -> Source:
    return CorpusSource(ref, corpus, titled)


def _no_records(ref: SourceRef) -> Any:
    raise InputError("a judged set holds no records")


@dataclass(frozen=True)
class Searcher:
    """Documents by their best chunk, for words alone, vectors alone, and both as a question is answered."""

    ledger: SqliteLedger
    vectors: VectorIndex
    text: TextIndex
    embedders: Mapping[Kind, Embedder]

    def rankings(self, query: str) -> dict[str, list[str]]:
        words = [chunk for chunk, _ in self.text.search(query, CANDIDATES)]
        vector = self.embedders["confluence"].embed_query(query)
        near = [chunk for chunk, _ in self.vectors.query(SET.collection, vector, CANDIDATES)]
        return {"lexical": self.documents(words), "vector": self.documents(near), "fused": self.fused(query)}

    def fused(self, query: str) -> list[str]:
        hits = self.retriever.search(query, Scope(), TOP_K_MAX, EVERYTHING)
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


# ------------------------------------------------------------------ the files of a set


def read_set(folder: Path) -> JudgedSet:
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        if not (folder / name).is_file():
            raise NotFound(f"{folder} is no judged set: it has no {name}")
    return JudgedSet(read_queries(folder / "queries.jsonl"), read_judgements(folder / "qrels.tsv"))


def read_queries(file: Path) -> list[Query]:
    return [_query(body, number) for number, body in enumerate(_lines(file), 1)]


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Query -> document -> gain, of the positive ones."""
    judged: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t"), 1):
            if not "".join(row).strip():
                continue
            if len(row) < 3:
                raise InputError(f"{path.name}, line {number}: expected a query, a document and a gain between tabs")
            if number == 1 and not row[-1].strip().lstrip("-").isdigit():
                continue  # the header
            # Also TREC's four columns: query, 0, document, gain.
            query, document, gain = row[0], row[-2], row[-1]
            try:
                value = int(gain)
            except ValueError as error:
                raise InputError(f"{path.name}, line {number}: {gain[:20]!r} is no whole number") from error
            if value > 0:
                judged.setdefault(query, {})[document] = value
    return judged


def _query(body: Mapping[str, Any], number: int) -> Query:
    if not isinstance(body.get("id"), str) or not isinstance(body.get("text"), str):
        raise InputError(f"queries.jsonl, line {number}: expected an id and a text")
    history = body.get("history") or []
    earlier = tuple(str(turn["text"]) for turn in history if turn.get("speaker") == "user" and turn.get("text"))
    return Query(body["id"], body["text"], earlier)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                body = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{file.name}, line {number}: not JSON ({error.msg})") from error
            if not isinstance(body, dict):
                raise InputError(f"{file.name}, line {number}: not an object")
            yield body


def show(found: Mapping[str, Any], out: Callable[[str], None] = print) -> None:
    """A table for a person."""
    names = ("ndcg@10", "hit@1", "hit@5", "hit@10", "mrr@10")
    out(f"{found['queries']} queries, {found['without_judgement']} of them without judgement")
    out(" " * 8 + "".join(f"{name:>9}" for name in names))
    for part in ("lexical", "vector", "fused"):
        out(f"{part:8}" + "".join(f"{found[part][name]:9.3f}" for name in names))
    if found["queries"] == found["without_judgement"]:
        say("none of the queries is judged in qrels.tsv")
