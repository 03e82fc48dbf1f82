"""The whole domain as frozen dataclasses. Times are aware datetimes in UTC unless a name says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

Kind = Literal["confluence", "records", "code"]
KINDS: tuple[Kind, ...] = ("confluence", "records", "code")
State = Literal["answered", "asked", "not_found", "failed", "cancelled"]
Route = Literal["exact", "passages", "clarify", "none"]


def digest(*parts: str) -> str:
    """128-bit content address of the parts, as 32 hexadecimal digits."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


# ------------------------------------------------------------------ what comes from sources


@dataclass(frozen=True, slots=True)
class SourceRef:
    """One thing that is synced on its own: a Confluence space, a record collection, a code root."""

    kind: Kind
    name: str

    @property
    def collection(self) -> str:
        """The vector collection its chunks go to: one per source, and one per record collection."""
        return f"mongo_{self.name}" if self.kind == "records" else self.kind


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a source's listing; `version` changes whenever what would be indexed changes."""

    native_id: str
    version: str


@dataclass(frozen=True, slots=True)
class Skip:
    """An item that is not indexed and why, in words an operator understands ("restricted", "binary file").

    An exclusion removes what was stored of the item. A `transient` one (it could not be read this time) leaves it.
    """

    native_id: str
    reason: str
    transient: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What is read from a source, as text. For records: one signature (see `records`)."""

    ref: SourceRef
    native_id: str  # the page id, the file's path below its root, the signature's key
    version: str
    title: str
    text: str  # Markdown-like for pages, verbatim for code
    url: str | None = None
    language: str | None = None  # of code: "python", "sql", ...
    updated_at: datetime | None = None

    @property
    def id(self) -> str:
        """Opaque, URL-safe, the same at every run."""
        return digest(self.ref.kind, self.ref.name, self.native_id)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A slice of a document that fits the embedding model: `text == document.text[start:end]`, never trimmed."""

    document_id: str
    text: str
    start: int
    end: int
    locator: str  # "Heading > Sub-heading" | "path#L10-L42" | "collection/_id"
    context: str = ""  # what a reader sees above it: page title and headings, or path and symbol
    symbol: str | None = None
    start_line: int | None = None  # 1-based, inclusive, code only
    end_line: int | None = None
    occurrence: int = 0  # among equal texts of the same document

    @property
    def id(self) -> str:
        """Stays the same when other parts of the document change."""
        return f"{self.document_id}-{digest(self.text)[:16]}-{self.occurrence}"

    @property
    def embedded_text(self) -> str:
        """What the model reads: where the chunk stands, then the chunk."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def vector_key(self) -> str:
        """Vectors are kept by the text they are of."""
        return digest(self.embedded_text)


class Record(NamedTuple):  # and no dataclass: millions are made, each in half the time
    """One run. `body` holds plain Python and bson values; `source_text` is its Extended JSON, one line; `content`,
    16 bytes, is the same for the same content however it was written."""

    native_id: str
    body: Mapping[str, Any]
    source_text: str
    content: bytes


# A record as the ledger keeps it: native id, content hash (16 bytes), native id of its signature document, and when the
# run started (epoch milliseconds), where the collection tells. A bare tuple, as millions go from process to process.
RecordRow = tuple[str, bytes, str, int | None]


# Before the fingerprint of a collection whose vectors are just being exchanged for another model's: until it is gone,
# the index may hold either's, and a query of neither is compared with them.
EXCHANGING = "exchanging "

# ------------------------------------------------------------------ what is found


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see what; applied before top-k and before counting. Today everybody sees what is indexed."""

    everything: bool = True


EVERYTHING = Access()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look. `kinds` None means all; `collection` is a record collection's own name."""

    kinds: frozenset[Kind] | None = None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class SignatureStats:
    """Over all records of one signature, counted in the ledger, never sampled."""

    count: int
    total: int  # records of the collection
    first: datetime | None
    last: datetime | None
    latest_ids: tuple[str, ...]  # newest first, at most 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A live chunk with what is needed to show and cite it."""

    chunk_id: str
    chunk: Chunk
    ref: SourceRef
    native_id: str
    title: str
    url: str | None
    language: str | None
    updated_at: datetime | None
    stats: SignatureStats | None = None  # of record signatures


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its scores. `score` is the fused one, in [0, 1]; the parts are raw, None where not found."""

    rank: int
    score: float
    passage: Passage
    lexical: float | None  # BM25
    dense: float | None  # cosine


# ------------------------------------------------------------------ what is answered (the contract's shapes)


@dataclass(frozen=True, slots=True)
class Window:
    field: str
    start: datetime | None
    end: datetime | None
    timezone: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Condition:
    path: str
    op: str
    value: Any
    because: str


@dataclass(frozen=True, slots=True)
class Exact:
    """Rows computed over every record, with what explains them."""

    collection: str
    columns: list[str]
    types: list[str]
    units: list[str | None]
    rows: list[list[Any]]
    matched: int
    total: int
    truncated: bool
    window: Window | None
    windows: list[Window]
    conditions: list[Condition]
    presence: dict[str, int]
    reading: str
    plan: dict[str, Any]
    pipeline: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Citation:
    n: int
    source: Kind
    document_id: str
    title: str
    url: str | None
    locator: str
    quote: str


@dataclass(frozen=True, slots=True)
class Context:
    """A passage that was given as evidence, in the order of its number."""

    id: str
    content: str
    metadata: dict[str, Any]
    score: float


@dataclass(frozen=True, slots=True)
class Turn:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something cut, capped, degraded or replaced, said to the user. `code` is stable."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    answer_id: str
    session_id: str
    question: str
    state: State
    route: Route
    answer: str
    exact: Exact | None
    choices: list[Choice]
    citations: list[Citation]
    contexts: list[Context]
    history: list[Turn]
    notices: list[Notice]
    model: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked, with its limits."""

    text: str
    session_id: str | None = None
    scope: Scope = Scope()
    top_k: int = 5
    now: datetime | None = None
    use_model: bool = True
    replaces: str | None = None  # an answer_id: edit or retry


# ------------------------------------------------------------------ what a sync reports


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The contract's line per source. For records: seen, written, unchanged, deleted count records."""

    source: Kind
    name: str
    status: Literal["ok", "incomplete", "failed"]
    seen: int = 0
    written: int = 0
    unchanged: int = 0
    deleted: int = 0
    withheld: int = 0
    skipped: Sequence[Skip] = ()
    chunks: int = 0
    embedded: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    status: Literal["ok", "incomplete"]
    seconds: float
    sources: Sequence[SourceReport] = ()


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What the ledger holds of a source, and how its last sync ended."""

    ref: SourceRef
    documents: int  # signatures, of records
    chunks: int
    records: int  # 0 for other kinds
    synced_at: datetime | None
    whole_at: datetime | None  # when a sync last ended with nothing skipped or failed
    report: SourceReport | None
    skipped: Sequence[Skip] = ()


@dataclass(frozen=True, slots=True)
class RecordState:
    """What a record collection's last whole read left in the ledger."""

    state: str | None  # RecordSource.state() of that read
    fields: str | None  # what makes a signature of this collection, JSON
    bodies: str | None  # the live generation of the RecordStore
    generation: int | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class RecordDiff:
    """A new generation against the one before, in records."""

    written: int
    unchanged: int
    deleted: int


@dataclass(frozen=True, slots=True)
class IndexWork:
    """What the indexes have still to learn: chunks to put, (collection, chunk id) to delete."""

    through: int | None  # hand this to `index_done`; None when there is nothing
    put: Sequence[Passage]
    delete: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a sync: `total` is None while the listing runs."""

    ref: SourceRef
    stage: Literal["listing", "reading", "embedding", "indexing", "done"]
    done: int
    total: int | None
    unit: str = "documents"


@dataclass(frozen=True, slots=True)
class CollectionHealth:
    collection: str
    live: int  # chunks the ledger holds
    indexed: int  # vectors the index says it holds
    probed: int
    lost: int  # probed vectors that did not find themselves
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class HealthReport:
    status: Literal["ok", "degraded"]
    collections: Sequence[CollectionHealth] = ()
    text_live: int = 0
    text_indexed: int = 0
    notes: Sequence[str] = field(default_factory=tuple)
