"""The seams. Use cases (`sync`, `ask`) know these and never a backend; a docstring here is a contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vigie.plan import Plan, Profile, Rows
from vigie.types import (
    Access,
    Answer,
    Chunk,
    Document,
    IndexWork,
    Item,
    Passage,
    Record,
    RecordDiff,
    RecordRow,
    RecordState,
    Skip,
    SourceRef,
    SourceReport,
    SourceStatus,
    Turn,
)

Vectors = NDArray[np.float32]


class Source(Protocol):
    """Documents of one space or one code root. Never writes to what it reads."""

    @property
    def ref(self) -> SourceRef: ...

    def scan(self) -> Iterator[Item | Skip]:
        """List everything that should be live, in any order, each native id once.

        Ending without an exception means the listing is complete: what is absent is gone.
        Raises SourceError when it cannot be completed.
        """
        ...

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        """Read the bodies of `items`, in any order; each gives exactly one Document or one Skip.

        A Document carries the version of what was read, which may be newer than the item's.
        Raises SourceError when the source as a whole stops answering.
        """
        ...


class RecordSource(Protocol):
    """The records of one collection, read whole."""

    @property
    def ref(self) -> SourceRef: ...

    def state(self) -> str | None:
        """A cheap fingerprint that changes whenever any record may have changed; None if there is none."""
        ...

    def scan(self) -> Iterator[Record | Skip]:
        """Every record once, in the source's order, in bounded memory. Raises SourceError as `Source.scan`."""
        ...

    def export(self) -> Path | None:
        """The file whose lines the records are, where there is one: what may be read without `scan`."""
        ...


class RecordWriter(Protocol):
    """One new generation of a collection's bodies, invisible until the ledger names it. A context manager:
    leaving it by an exception removes what was written."""

    def load(self, export: Path) -> int | None:
        """All records of an export at once, and how many they are; None where they have to be added. Records that are
        added after all take their place."""
        ...

    def add(self, records: Sequence[Record]) -> None: ...

    def finish(self) -> str:
        """Make it durable; returns the generation's name. Raises StoreFull."""
        ...

    def __enter__(self) -> RecordWriter: ...

    def __exit__(self, *exception: object) -> None: ...


class RecordStore(Protocol):
    """Bodies of exported records, in immutable generations per collection."""

    @property
    def version(self) -> str:
        """Changes when generations written before must be written again to be computed with."""
        ...

    def write(self, collection: str) -> RecordWriter: ...

    def bodies(self, collection: str, generation: str, native_ids: Sequence[str]) -> dict[str, str]:
        """native id -> Extended JSON, of those that are there."""
        ...

    def keep_only(self, live: Mapping[str, str]) -> None:
        """Remove every generation that `live` (collection -> generation) does not name."""
        ...


class RecordEngine(Protocol):
    """Runs Plans over every record of a collection. Safe to call from several threads."""

    def profile(self, collection: str) -> Profile | None:
        """Of the live generation; None when the collection has no records or no profile yet."""
        ...

    def run(self, plan: Plan, access: Access) -> Rows:
        """Exact rows. Raises StoreCorrupt, SourceError (a live database), QueryTooLong past its time limit, and
        QueryRefused for a plan that the profile does not allow (an unknown path, an aggregate of text)."""
        ...

    def pipeline(self, plan: Plan) -> list[dict[str, object]]:
        """What the engine runs for the plan's rows, to be shown: a MongoDB aggregation, or SQL with its values."""
        ...

    def bodies(self, collection: str, native_ids: Sequence[str]) -> dict[str, str]:
        """native id -> Extended JSON, of those that are there. `show=("_id",)` in a plan gives native ids."""
        ...


class Tokens(Protocol):
    """How a text encoder reads: what there is to know of it before a text is embedded."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vector of a same text may: weights, tokenizer, pooling, prefixes."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens of one passage that are read, special tokens and prefix already taken off."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and without truncation."""
        ...


class Embedder(Tokens, Protocol):
    """A text encoder. All vectors are float32 of unit length."""

    @property
    def dimension(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension), in the order given. Raises EmbedderUnusable."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """(dimension,)."""
        ...


class VectorIndex(Protocol):
    """Vectors by id, in named collections. Rebuildable from the ledger. One process writes.

    Collections are named as `SourceRef.collection` gives them; the backend encodes names that it cannot hold.
    Errors: StoreCorrupt, StoreFull. An unknown collection is empty, never an error.
    """

    def collections(self) -> list[str]:
        """Ours only, in order."""
        ...

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Durable when it returns. Makes the collection when it is new. Any length; split here."""
        ...

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Ids that are not there are no error."""
        ...

    def query(self, collection: str, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """At most k (id, cosine), best first, ties by id."""
        ...

    def count(self, collection: str) -> int: ...

    def ids(self, collection: str) -> Iterator[str]:
        """All ids the collection says it holds, in bounded memory."""
        ...

    def rebuild(self, collection: str, batches: Iterable[tuple[Sequence[str], Vectors]]) -> None:
        """Replace the collection by these vectors; readers see the old one until it is whole."""
        ...

    def drop(self, collection: str) -> None: ...

    def close(self) -> None: ...


class TextIndex(Protocol):
    """Words of live chunks, French and English, identifiers whole and in parts. Rebuildable. One process writes."""

    def write(self, put: Iterable[Passage], delete: Iterable[str]) -> None:
        """Put (by chunk id, replacing) and delete, then commit: durable and visible when it returns."""
        ...

    def search(self, query: str, k: int, collections: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """At most k (chunk id, BM25), best first, ties by id. Any string is a query; none is a syntax error."""
        ...

    def count(self) -> int: ...

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Of each word, in how many chunks it stands in any of its forms; deleted chunks may still count."""
        ...

    def rebuild(self, passages: Iterable[Passage]) -> None:
        """Replace everything; readers see the old state until it is whole."""
        ...

    def close(self) -> None: ...


class Ledger(Protocol):
    """The truth: documents, chunks, vectors, records. Each method is one transaction unless it says otherwise.

    What is live is what these methods show; a signature is live while a record of the live generation has it.
    Errors: StoreCorrupt, StoreFull, StoreBusy.
    """

    # --- reading

    def passages(self, chunk_ids: Sequence[str], access: Access) -> dict[str, Passage]:
        """The live ones among them; an id that is not live is absent."""
        ...

    def document(self, document_id: str, access: Access) -> tuple[Document, list[Chunk]] | None:
        """A live document with its chunks in order."""
        ...

    def version(self) -> int:
        """Another number, in one thread, once something was written."""
        ...

    def sources(self) -> list[SourceRef]:
        """Every source that was ever synced and not removed, by kind then name."""
        ...

    def status(self) -> list[SourceStatus]: ...

    def count_chunks(self, ref: SourceRef) -> int:
        """Live ones."""
        ...

    def skips(self, ref: SourceRef) -> list[Skip]:
        """Items left out by the last sync, by native id."""
        ...

    # --- documents

    def versions(self, ref: SourceRef) -> dict[str, str]:
        """native id -> version, of all documents stored (signatures: live or about to be)."""
        ...

    def missing_vectors(self, keys: Iterable[str], fingerprint: str) -> set[str]:
        """Those of these digests of embedded texts that have no vector of this model."""
        ...

    def put_vectors(self, vectors: Mapping[str, bytes], fingerprint: str) -> None:
        """Keep float32 vectors by the digest of the text they are of."""
        ...

    def announce(
        self, documents: Sequence[tuple[Document, Sequence[Chunk]]], vectors: Mapping[str, bytes], fingerprint: str
    ) -> list[tuple[Passage, bytes]]:
        """Those of their chunks that are not there yet, with their vectors, for the indexes to learn before they are
        live. Queued as index work: of a run that dies before `put_documents` the indexes forget them again."""
        ...

    def announce_records(self, ref: SourceRef, fingerprint: str) -> Iterator[list[tuple[Passage, bytes]]]:
        """The same for signatures that were put and whose records are not live yet, some at a time."""
        ...

    def put_documents(
        self, documents: Sequence[tuple[Document, Sequence[Chunk]]], vectors: Mapping[str, bytes], fingerprint: str
    ) -> int:
        """Make these live, replacing, with their vectors and their index work; how many changed in content."""
        ...

    def delete_documents(self, ref: SourceRef, native_ids: Sequence[str]) -> int:
        """How many were there."""
        ...

    def drop_unused_vectors(self) -> int: ...

    def drop_models(self, keep: Collection[str]) -> int:
        """Remove vectors of models other than these; how many."""
        ...

    def remove_source(self, ref: SourceRef) -> int:
        """Forget a source and all that is its own (several transactions); documents removed."""
        ...

    def report(self, ref: SourceRef, report: SourceReport, at: datetime) -> None:
        """Keep the outcome and the skipped items of the last sync."""
        ...

    # --- what the indexes still have to learn

    def index_work(self, limit: int) -> IndexWork: ...

    def index_done(self, through: int) -> None: ...

    def vectors(self, chunk_ids: Sequence[str], fingerprint: str) -> dict[str, bytes]:
        """chunk id -> its vector of this model, for those that have one."""
        ...

    def chunk_ids(self, collection: str) -> list[str]:
        """All live chunks of a vector collection, in order of id."""
        ...

    def live_passages(self) -> Iterator[Passage]:
        """Every live chunk, in bounded memory; not one transaction."""
        ...

    def fingerprints(self) -> dict[str, str]:
        """Vector collection -> the model whose vectors it holds; behind EXCHANGING while that is not settled."""
        ...

    def set_fingerprint(self, collection: str, fingerprint: str) -> None: ...

    # --- records

    def record_state(self, ref: SourceRef) -> RecordState: ...

    def begin_records(self, ref: SourceRef) -> int:
        """Open a new generation of a record collection, invisible until `finish_records`."""
        ...

    def add_records(self, ref: SourceRef, generation: int, rows: Sequence[RecordRow]) -> None: ...

    def finish_records(self, ref: SourceRef, generation: int, state: RecordState) -> RecordDiff:
        """Make the generation live, with its counts per signature; signatures without records are deleted."""
        ...

    def drop_old_records(self, ref: SourceRef) -> None:
        """Delete rows of other generations, a batch per transaction."""
        ...

    def bodies(self) -> dict[str, str]:
        """collection -> live generation of the exported bodies."""
        ...

    def check(self) -> str | None:
        """The file's own integrity check: None when sound, else what is wrong."""
        ...


class ChatModel(Protocol):
    """A language model behind one door. Its text is untrusted output."""

    @property
    def name(self) -> str: ...

    @property
    def context_tokens(self) -> int:
        """What prompt and answer may hold together."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def stream(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, object] | None = None
    ) -> AsyncIterator[str]:
        """Pieces of the answer as they come. Closing the iterator ends the request at once.

        `schema`: a JSON schema that the answer is asked to follow, where the model can be held to one; check it.

        Raises ChatFailed: refused, unreachable, first token later than 30 s, 20 s between tokens, 120 s in all,
        cut before its end, or empty.
        """
        ...


class SessionStore(Protocol):
    """Conversations, kept across restarts. Methods are short and synchronous."""

    def history(self, session_id: str) -> list[Turn]:
        """All turns, oldest first; an unknown session is empty."""
        ...

    def save(self, answer: Answer, *, replaces: str | None = None) -> None:
        """Store a finished question once, whatever its state."""
        ...

    def answer(self, answer_id: str) -> Answer | None: ...

    def reset(self, session_id: str) -> None:
        """Forget the turns; the session's id stays usable."""
        ...


class Clock(Protocol):
    """Now, or the fixed instant of VIGIE_NOW."""

    def __call__(self) -> datetime: ...
