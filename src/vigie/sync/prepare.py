"""What is asked of sources, and what runs in the child processes: reading, chunking, embedding. It opens no store of
ours for writing.

The one thing it writes is a new generation of exported records: a file that nobody sees until the ledger names it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from itertools import chain
from typing import Literal

from vigie.chunk.document import chunk_document
from vigie.chunk.record import SignatureFields, learn, millis, record_time, signature, time_path
from vigie.errors import SourceError
from vigie.protocols import Embedder, RecordSource, RecordStore, Source, Tokens, Vectors
from vigie.text import without_surrogates
from vigie.types import Chunk, Document, Item, Kind, Record, RecordRow, Skip, SourceRef, digest

Prepared = tuple[Document, list[Chunk]]
Chunker = Callable[[Document, Callable[[Sequence[str]], list[int]], int, int], list[Chunk]]
Origin = Literal["live", "exports"]

CHUNKER = "1"  # part of every stored version: raise it when the same document would give other chunks
CHUNKS_PER_BATCH = 256  # what the parent writes in one transaction, about
RECORDS_PER_BATCH = 5_000
CHARACTERS_PER_BATCH = 64_000_000  # of records' Extended JSON: a document of MongoDB's may have 16 MB
SAMPLE = 10_000  # records looked at to learn what makes a signature of a collection


@dataclass(frozen=True, slots=True)
class Discovery:
    """The sources of one kind, as they are configured or found, and what was refused by name."""

    refs: tuple[SourceRef, ...] = ()
    refused: tuple[Skip, ...] = ()
    complete: bool = True  # False where a source's absence means nothing: not configured, not listed
    live: frozenset[str] = frozenset()  # names among both that are of a database, not of exports
    listed: frozenset[Origin] = frozenset({"live", "exports"})  # of records: whose absence means something

    def of(self, origin: Origin | None) -> Discovery:
        """What there is of one origin of records."""

        def meant(name: str) -> bool:
            return origin is None or (name in self.live) == (origin == "live")

        refs = tuple(ref for ref in self.refs if meant(ref.name))
        return replace(self, refs=refs, refused=tuple(skip for skip in self.refused if meant(skip.native_id)))


@dataclass(frozen=True, slots=True)
class Families:
    """Backends by what they do; wiring fills it."""

    discover: Callable[[Kind], Discovery]
    documents: Callable[[SourceRef, str | None], Source]
    records: Callable[[SourceRef], RecordSource]
    bodies: RecordStore
    embedder: Callable[[Kind], Embedder]
    tokens: Callable[[Kind], Tokens] | None = None  # of the same models without loading them, where that can be
    chunk_size: int | None = None
    chunk_overlap: int | None = None
    chunk: Chunker = chunk_document
    zone: tzinfo = UTC  # of times written without an offset
    sample_limit: Callable[[SourceRef], int | None] = lambda ref: None  # of a record collection, where none is asked


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides chunks and vectors of a kind of source."""

    fingerprint: str  # of the model
    version: str  # appended to every document's version
    bodies: str = ""  # how records are kept; another way reads them again


@dataclass(frozen=True, slots=True)
class Listing:
    items: Sequence[Item]
    skips: Sequence[Skip]
    error: str | None  # why it is not complete


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Some records of a collection; `documents` are signatures seen for the first time in this read."""

    rows: Sequence[RecordRow]
    documents: Sequence[Prepared]
    skips: Sequence[Skip]
    bodies: str | None = None  # set on the last batch: the new generation's name
    fields: str | None = None


@dataclass
class Preparer:
    """One read is open at a time. Every method takes and returns values that can be sent between processes."""

    families: Families
    _reading: Generator[list[Prepared | Skip]] | None = field(default=None, init=False)
    _records: Generator[RecordBatch] | None = field(default=None, init=False)

    def discover(self, kind: Kind) -> Discovery:
        return self.families.discover(kind)

    def recipe(self, kind: Kind) -> Recipe:
        model = self._tokens(kind).fingerprint
        size, overlap = self._sizes(kind)
        return Recipe(model, digest(CHUNKER, str(size), str(overlap), model)[:8], self.families.bodies.version)

    def listing(self, ref: SourceRef, subtree: str | None) -> Listing:
        items: list[Item] = []
        skips: list[Skip] = []
        try:
            for found in self.families.documents(ref, subtree).scan():
                (items if isinstance(found, Item) else skips).append(found)  # type: ignore[arg-type]
        except SourceError as error:
            return Listing(items, skips, str(error))
        return Listing(items, skips, None)

    def open_documents(self, ref: SourceRef, items: Sequence[Item], subtree: str | None) -> None:
        self._reading = self._read(ref, items, subtree)

    def next_documents(self) -> list[Prepared | Skip] | None:
        """The next batch, None at the end. Raises SourceError when the source stops answering."""
        assert self._reading is not None
        return next(self._reading, None)

    def embed(self, kind: Kind, texts: Sequence[str]) -> Vectors:
        return self.families.embedder(kind).embed_passages(texts)

    def record_state(self, ref: SourceRef) -> str | None:
        """Of the records, and of how many of them are found by default."""
        state, limit = self.families.records(ref).state(), self.families.sample_limit(ref)
        return state if state is None or limit is None else f"{state}~{limit}"

    def open_records(self, ref: SourceRef, sample_limit: int | None) -> None:
        limit = self.families.sample_limit(ref) if sample_limit is None else sample_limit
        self._records = self._read_records(ref, limit)

    def next_records(self) -> RecordBatch:
        """The next batch; the one with `bodies` set is the last."""
        assert self._records is not None
        return next(self._records)

    def close_reading(self) -> None:
        """Give up what is open; a half-written generation is removed."""
        for reading in (self._reading, self._records):
            if reading is not None:
                reading.close()
        self._reading = self._records = None

    def _tokens(self, kind: Kind) -> Tokens:
        return (self.families.tokens or self.families.embedder)(kind)

    def _sizes(self, kind: Kind) -> tuple[int, int]:
        return fitted(self.families.chunk_size, self.families.chunk_overlap, self._tokens(kind).max_tokens)

    def _chunks(self, document: Document) -> list[Chunk]:
        size, overlap = self._sizes(document.ref.kind)
        return self.families.chunk(document, self._tokens(document.ref.kind).count_tokens, size, overlap)

    def _read(self, ref: SourceRef, items: Sequence[Item], subtree: str | None) -> Generator[list[Prepared | Skip]]:
        batch: list[Prepared | Skip] = []
        chunks = 0
        for found in self.families.documents(ref, subtree).read(items):
            if isinstance(found, Skip):
                batch.append(found)
            else:
                document = storable(found)
                made = self._chunks(document)
                batch.append((document, made))
                chunks += len(made)
            if chunks >= CHUNKS_PER_BATCH or len(batch) >= CHUNKS_PER_BATCH:
                yield batch
                batch, chunks = [], 0
        if batch:
            yield batch

    def _read_records(self, ref: SourceRef, sample_limit: int | None) -> Generator[RecordBatch]:
        source = self.families.records(ref)
        found = source.scan()
        head = _some(found, SAMPLE)
        sample = [record.body for record in head if isinstance(record, Record)]
        fields, when = learn(sample), time_path(sample)
        seen: set[str] = set()
        read = 0
        stream = chain(head, found)
        with self.families.bodies.write(ref.name) as writer:
            export = source.export()
            loaded = None if export is None else writer.load(export)
            while part := _some(stream, RECORDS_PER_BATCH):
                records = [record for record in part if isinstance(record, Record)]
                if loaded is None:
                    writer.add(records)
                room = None if sample_limit is None else max(0, sample_limit - read)
                rows, documents = self._sign(ref, records, fields, when, seen, room)
                read += len(records)
                yield RecordBatch(rows, documents, [skip for skip in part if isinstance(skip, Skip)])
            if loaded not in (None, read):  # what was loaded is not what is read: read them into it one by one
                again = source.scan()
                while part := _some(again, RECORDS_PER_BATCH):
                    writer.add([record for record in part if isinstance(record, Record)])
            yield RecordBatch((), (), (), bodies=writer.finish(), fields=fields.to_json())

    def _sign(
        self,
        ref: SourceRef,
        records: Sequence[Record],
        fields: SignatureFields,
        when: str | None,
        seen: set[str],
        room: int | None,
    ) -> tuple[list[RecordRow], list[Prepared]]:
        """A row per record; a document per new signature, of the first `room` records only."""
        rows: list[RecordRow] = []
        documents: list[Prepared] = []
        for n, record in enumerate(records):
            signed = signature(record.body, fields)
            began = record_time(record.body, when, self.families.zone)
            rows.append((record.native_id, record.content, signed.key, None if began is None else millis(began)))
            if signed.key not in seen and (room is None or n < room):
                seen.add(signed.key)
                document = storable(Document(ref, signed.key, CHUNKER, signed.title, signed.text))
                documents.append((document, self._chunks(document)))
        return rows, documents


def _some(stream: Iterator[Record | Skip], most: int) -> list[Record | Skip]:
    """The next ones, fewer where they are large."""
    taken: list[Record | Skip] = []
    size = 0
    while len(taken) < most and size < CHARACTERS_PER_BATCH and (item := next(stream, None)) is not None:
        taken.append(item)
        size += len(item.source_text) if isinstance(item, Record) else 0
    return taken


def fitted(size: int | None, overlap: int | None, max_tokens: int) -> tuple[int, int]:
    """Chunk size and overlap in tokens: what is set, never more than the model reads.

    An eighth of the size is the overlap where none is set: about two sentences of the default model's 254 tokens.
    """
    fitted_size = min(size or max_tokens, max_tokens)
    return fitted_size, min(fitted_size // 8 if overlap is None else overlap, fitted_size // 2)


def storable(document: Document) -> Document:
    """The document with lone surrogates replaced, one character for one: no store and no JSON can hold them."""
    try:
        f"{document.title}{document.text}{document.native_id}".encode()
        return document
    except UnicodeEncodeError:
        return replace(
            document,
            native_id=without_surrogates(document.native_id),
            title=without_surrogates(document.title),
            text=without_surrogates(document.text),
        )
