"""Bodies of requests, and the replies that are not values of the domain itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from vigie.types import Chunk, HealthReport, Hit, Kind, Question, Scope, Skip, SourceReport

NAME_LENGTH = 500  # characters of a collection's name
Limit = Annotated[int, Field(ge=1, le=1_000_000_000)]


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an offset is needed, such as +01:00")
    if not 1900 <= value.year <= 2200:
        raise ValueError("a year from 1900 to 2200 is needed")
    return value


def names(given: Sequence[str] | None) -> list[str] | None:
    """Of repeated values and comma-separated lists, each name."""
    if given is None:
        return None
    return [part.strip() for value in given for part in value.split(",") if part.strip()]


def _listed(value: Any) -> Any:
    return names([value]) if isinstance(value, str) else value


class QueryBody(BaseModel):
    """A question. The bodies of the plain recipe fit: unknown members are ignored."""

    model_config = ConfigDict(extra="ignore")

    query: str
    session_id: str | None = None
    collection_name: Annotated[str | None, Field(max_length=NAME_LENGTH)] = None
    sources: list[Kind] | None = None
    top_k: int | None = None
    now: Annotated[datetime, AfterValidator(_aware)] | None = None
    use_model: bool | None = None
    replaces: str | None = None

    def question(self) -> Question:
        kinds = frozenset(self.sources) if self.sources else None
        collection = self.collection_name or None
        if collection in ("confluence", "code"):
            # The names of the two sources that are one collection each.
            kinds, collection = frozenset((collection,)), None  # type: ignore[arg-type]
        top_k = 5 if self.top_k is None else self.top_k
        scope = Scope(kinds, collection)
        return Question(self.query, self.session_id, scope, top_k, self.now, self.use_model is not False, self.replaces)


class IngestBody(BaseModel):
    """Limits of one ingest."""

    model_config = ConfigDict(extra="ignore")

    sample_limit: Limit | None = None
    include: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    exclude: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    allow_deletions: bool | None = None
    subtree: Annotated[str | None, Field(max_length=4_096)] = None


class CheckBody(BaseModel):
    repair: bool = False


class TitleBody(BaseModel):
    title: Annotated[str, Field(max_length=1_000)]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """`native_id` is the page id, the file's path, or the latest `_id` of a signature of runs."""

    rank: int
    score: float
    source: Kind
    collection: str
    document_id: str
    native_id: str
    title: str
    url: str | None
    locator: str
    text: str

    @staticmethod
    def of(hit: Hit) -> SearchHit:
        passage = hit.passage
        latest = passage.stats.latest_ids[0] if passage.stats is not None and passage.stats.latest_ids else None
        return SearchHit(
            rank=hit.rank,
            score=round(hit.score, 6),
            source=passage.ref.kind,
            collection=passage.ref.name,
            document_id=passage.chunk.document_id,
            native_id=latest or passage.native_id,
            title=passage.title,
            url=passage.url,
            locator=f"{passage.ref.name}/{latest}" if latest else passage.chunk.locator,
            text=passage.chunk.text,
        )


@dataclass(frozen=True, slots=True)
class SourceView:
    """Something that can be asked. `collection` is its vector collection; `records` is 0 but for record collections."""

    source: Kind
    name: str
    collection: str
    documents: int
    chunks: int
    records: int
    last_sync: datetime | None
    last_whole_sync: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class RoleView:
    """A field of a collection and what it was taken for: its start, its status, its host."""

    role: str
    path: str


@dataclass(frozen=True, slots=True)
class SourceDetail:
    source: SourceView
    report: SourceReport | None
    skipped: Sequence[Skip]
    fields: list[RoleView]


@dataclass(frozen=True, slots=True)
class StatusReply:
    sources: list[SourceDetail]
    health: HealthReport | None
    notes: Sequence[str]
    model: str | None


@dataclass(frozen=True, slots=True)
class CollectionsReply:
    """`origins`: the sites that documents may link to, such as `https://wiki.example.com`."""

    sources: list[SourceView]
    collections: list[str]
    origins: list[str]


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value of a field, in how many records."""

    value: str | int | float | bool | datetime | None
    count: int


@dataclass(frozen=True, slots=True)
class FieldView:
    """A path of a collection. `role`: what it was taken for. `values`: the most frequent of `distinct` ones."""

    path: str
    role: str | None
    types: dict[str, int]
    present: int
    distinct: int
    complete: bool
    low: int | float | datetime | None
    high: int | float | datetime | None
    values: list[ValueView]


@dataclass(frozen=True, slots=True)
class ProfileReply:
    source: SourceView
    total: int
    fields: list[FieldView]


@dataclass(frozen=True, slots=True)
class Suggestion:
    source: Kind
    question: str


@dataclass(frozen=True, slots=True)
class SuggestionsReply:
    questions: list[Suggestion]


@dataclass(frozen=True, slots=True)
class DocumentReply:
    """What a citation points at, with the slices of it that were indexed."""

    document_id: str
    source: Kind
    collection: str
    native_id: str
    title: str
    text: str
    url: str | None
    language: str | None
    updated_at: datetime | None
    chunks: Sequence[Chunk]


@dataclass(frozen=True, slots=True)
class RecordView:
    """`body` is the record's Extended JSON."""

    native_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordsReply:
    answer_id: str
    n: int | None  # the row or citation they stand behind; None: all of the answer's
    collection: str
    title: str
    count: int  # of all the records behind it
    page: int
    pages: int
    records: list[RecordView]


@dataclass(frozen=True, slots=True)
class HealthReply:
    status: Literal["ok", "degraded"]
    degraded: list[str]


@dataclass(frozen=True, slots=True)
class SessionState:
    status: Literal["reset", "deleted", "restored"]
    session_id: str
