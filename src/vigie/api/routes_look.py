"""Looking: what can be asked, documents, the records behind an answer, the state of it all."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Query

from vigie.api.schemas import (
    NAME_LENGTH,
    CollectionsReply,
    DocumentReply,
    FieldView,
    ProfileReply,
    RecordsReply,
    RecordView,
    RoleView,
    SourceDetail,
    SourceView,
    StatusReply,
    Suggestion,
    SuggestionsReply,
    ValueView,
)
from vigie.api.state import ReadyState, State
from vigie.ask.alternatives import Part, alternatives
from vigie.ask.language import Language
from vigie.ask.scope import own_name
from vigie.errors import NotFound
from vigie.plan import FieldProfile
from vigie.types import EVERYTHING, Answer, Choice, Exact, Kind, Passage, Scope, SourceRef, SourceStatus

router = APIRouter(tags=["look"])

PAGE = 20  # records a page
PER_SOURCE = 3  # suggestions
VALUES_SHOWN = 200  # of a field
TITLE_LENGTH = 80  # characters of a title in a suggestion
SAYS: dict[Language, dict[Kind, str]] = {
    "fr": {"confluence": "Que dit la page « {} » ?", "code": "Que fait le fichier {} ?"},
    "en": {"confluence": 'What does the page "{}" say?', "code": "What does the file {} do?"},
}


def source_view(status: SourceStatus) -> SourceView:
    ref, report = status.ref, status.report
    return SourceView(
        ref.kind,
        ref.name,
        ref.collection,
        status.documents,
        status.chunks,
        status.records,
        status.synced_at,
        status.whole_at,
        report.status if report else None,
    )


def roles(state: State, ref: SourceRef) -> list[RoleView]:
    """What the fields of a record collection were taken for."""
    if ref.kind != "records":
        return []
    return [RoleView(role, path) for role, path in state.services.exact.roles(ref.name)]


@router.get("/status", operation_id="status", tags=["server"])
def status(state: ReadyState) -> StatusReply:
    """Sources with counts, the outcome of their last sync and what it left out; the health of the indexes."""
    services = state.services
    sources = [SourceDetail(source_view(s), s.report, s.skipped, roles(state, s.ref)) for s in services.ledger.status()]
    model = services.chat.name if services.chat is not None else None
    return StatusReply(sources, state.health, services.notes, model)


@router.get("/list_collections", operation_id="list_collections")
def list_collections(state: ReadyState) -> CollectionsReply:
    """What can be asked."""
    views = [source_view(s) for s in state.services.ledger.status()]
    wiki = state.services.settings.confluence_url
    origins = ["{0.scheme}://{0.netloc}".format(urlsplit(str(wiki)))] if wiki else []
    return CollectionsReply(views, sorted({view.collection for view in views}), origins)


@router.get("/collections/{name:path}/profile", operation_id="collection_profile")
def collection_profile(name: Annotated[str, Path(max_length=NAME_LENGTH)], state: ReadyState) -> ProfileReply:
    """Of a record collection, named with or without `mongo_`."""
    found = {s.ref.name: s for s in state.services.ledger.status() if s.ref.kind == "records"}
    known = own_name(name, list(found))
    if known is None:
        raise NotFound("there is no such collection: GET /list_collections names them")
    profile = state.services.records.profile(known)
    if profile is None:
        raise NotFound("the collection has no profile yet: ingest it")
    taken = {path: role for role, path in state.services.exact.roles(known)}
    views = [_field(one, taken.get(one.path)) for one in profile.fields]
    return ProfileReply(source_view(found[known]), profile.total, views)


def _field(one: FieldProfile, role: str | None) -> FieldView:
    values = [ValueView(value, count) for value, count in one.values[:VALUES_SHOWN]]
    low, high = (v if isinstance(v, int | float | datetime) else None for v in (one.low, one.high))
    types = {str(kind): n for kind, n in one.types.items()}
    return FieldView(one.path, role, types, one.present, one.distinct, one.complete, low, high, values)


@router.get("/suggestions", operation_id="suggestions")
def suggestions(state: ReadyState, language: Language = "fr") -> SuggestionsReply:
    """Sample questions made from what is indexed; the same state gives the same ones."""
    ledger = state.services.ledger
    found = [Suggestion("records", question) for question in state.services.exact.suggestions(language)]
    for collection in sorted({ref.collection for ref in ledger.sources() if ref.kind != "records"}):
        ids = ledger.chunk_ids(collection)
        step = max(1, len(ids) // (PER_SOURCE * 2))
        passages = ledger.passages(ids[::step][: PER_SOURCE * 2], EVERYTHING)
        kinds = {passages[i].title: passages[i].ref.kind for i in sorted(passages) if passages[i].title.strip()}
        for title, kind in list(kinds.items())[:PER_SOURCE]:
            found.append(Suggestion(kind, SAYS[language][kind].format(" ".join(title.split())[:TITLE_LENGTH])))
    return SuggestionsReply(found)


@router.get("/documents/{document_id}", operation_id="get_document")
def get_document(document_id: str, state: ReadyState) -> DocumentReply:
    """The document a citation points at, with its chunks in order."""
    found = state.services.ledger.document(document_id, EVERYTHING)
    if found is None:
        raise NotFound("there is no such document: it may have been removed from its source")
    document, chunks = found
    return DocumentReply(
        document.id,
        document.ref.kind,
        document.ref.name,
        document.native_id,
        document.title,
        document.text,
        document.url,
        document.language,
        document.updated_at,
        chunks,
    )


@router.get("/answers/{answer_id}/records", operation_id="answer_records")
def answer_records(
    answer_id: str,
    state: ReadyState,
    row: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> RecordsReply:
    """The records behind a row of an exact answer (from 0; all of them without), the latest first. Of an answer made
    of passages: behind a citation, `row` being its number; without one, the first that cites records."""
    answer = state.services.sessions.answer(answer_id)
    if answer is None:
        raise NotFound("there is no such answer")
    if answer.exact is not None:
        return _computed_records(state, answer, answer.exact, row, page)
    n, passage = _cited_records(state, answer, row)
    assert passage.stats is not None
    ids = passage.stats.latest_ids
    generation = state.services.ledger.bodies().get(passage.ref.name)
    wanted = ids[(page - 1) * PAGE : page * PAGE]
    bodies = state.services.bodies.bodies(passage.ref.name, generation, wanted) if generation else {}
    return RecordsReply(
        answer.answer_id,
        n,
        passage.ref.name,
        passage.title,
        passage.stats.count,
        page,
        max(1, -(-len(ids) // PAGE)),
        [RecordView(native_id, json.loads(bodies[native_id])) for native_id in wanted if native_id in bodies],
    )


@router.get("/answers/{answer_id}/alternatives", operation_id="answer_alternatives")
def answer_alternatives(
    answer_id: str,
    state: ReadyState,
    part: Part,
    n: Annotated[int, Query(ge=0, le=1_000)] = 0,
    collection: Annotated[str | None, Query(max_length=NAME_LENGTH)] = None,
) -> list[Choice]:
    """Questions to ask instead that differ in one part of an exact answer: its condition `n`, its window or its
    collection. `collection`: where the question was told to look. None where the part has no few other values."""
    services = state.services
    answer = services.sessions.answer(answer_id)
    if answer is None:
        raise NotFound("there is no such answer")
    turns = services.sessions.history(answer.session_id)
    scope = Scope(None, collection or None)
    return alternatives(answer, turns, part, n, scope, services.exact, services.settings.clock())


def _computed_records(state: State, answer: Answer, exact: Exact, row: int | None, page: int) -> RecordsReply:
    services = state.services
    ids, count = services.exact.behind(exact, row, EVERYTHING)
    wanted = ids[(page - 1) * PAGE : page * PAGE]
    bodies = services.records.bodies(exact.collection, wanted)
    views = [RecordView(native_id, json.loads(bodies[native_id])) for native_id in wanted if native_id in bodies]
    pages = max(1, -(-len(ids) // PAGE))
    return RecordsReply(answer.answer_id, row, exact.collection, answer.question, count, page, pages, views)


def _cited_records(state: State, answer: Answer, row: int | None) -> tuple[int, Passage]:
    """(number, signature's passage). Raises NotFound where the number cites no records, or they are gone."""
    contexts = {context.metadata.get("n"): context.id for context in answer.contexts}
    for citation in answer.citations:
        if citation.source != "records" or (row is not None and citation.n != row) or citation.n not in contexts:
            continue
        chunk_id = contexts[citation.n]
        passage = state.services.ledger.passages([chunk_id], EVERYTHING).get(chunk_id)
        if passage is not None and passage.stats is not None:
            return citation.n, passage
    raise NotFound("no records stand behind that row of the answer")
