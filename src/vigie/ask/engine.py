"""One question from its words to its stored answer: read, retrieve, gate, answer, guard, store."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from vigie.ask import cite
from vigie.ask.compose import compose, not_found
from vigie.ask.computed import Computed, Ready
from vigie.ask.computing import compute, meant, plan_of, settled, understand
from vigie.ask.draft import Draft
from vigie.ask.events import AnswerEvent, ErrorEvent, Event, EvidenceEvent, TokenEvent
from vigie.ask.evidence import Evidence
from vigie.ask.exact import ExactAnswers
from vigie.ask.gate import has_evidence
from vigie.ask.keep import Keeper
from vigie.ask.language import detect
from vigie.ask.model import written
from vigie.ask.planner.refusals import is_for_documents
from vigie.ask.quotes import inert
from vigie.ask.read import Reading, accepted, read
from vigie.ask.retrieve import Retriever
from vigie.ask.scope import nearest, resolve
from vigie.ask.sentences import sentence
from vigie.errors import Conflict, InputError, NotFound, StoreError, VigieError
from vigie.protocols import ChatModel, Clock, Ledger, SessionStore
from vigie.types import EVERYTHING, Answer, Choice, Hit, Question, Scope

log = logging.getLogger(__name__)


class Engine:
    """Answers questions, each in exactly one state and stored once. One event loop; sessions are asked in order.

    `chat` None: every answer is composed from passages. `zone`: of the times shown. `exact` None: nothing is computed.
    """

    def __init__(
        self,
        retriever: Retriever,
        ledger: Ledger,
        sessions: SessionStore,
        chat: ChatModel | None,
        clock: Clock | Callable[[], datetime],
        zone: ZoneInfo,
        exact: ExactAnswers | None = None,
    ) -> None:
        self._exact = exact
        self._retriever = retriever
        self._ledger = ledger
        self._sessions = sessions
        self._keeper = Keeper(sessions)
        self._chat = chat
        self._clock = clock
        self._zone = zone
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def check(self, question: Question) -> None:
        """Can it be asked? Raises InputError, NotFound (collection, answer to replace), Conflict; stores nothing."""
        await asyncio.to_thread(self._open, question)

    async def ask(self, question: Question) -> AsyncGenerator[Event, None]:
        """PlanEvent, EvidenceEvent, TokenEvents, then exactly one AnswerEvent or ErrorEvent.

        A question that cannot be asked ends in an ErrorEvent without an answer and is not stored. Closing the
        iterator, or cancelling its task, ends the model call and stores the question as cancelled.
        """
        try:
            draft = await asyncio.to_thread(self._open, question)
        except InputError as error:
            yield ErrorEvent(error.code, str(error))
            return
        except StoreError as error:
            log.error("a question could not be taken: %s", error)
            yield ErrorEvent(error.code, sentence("failed", detect(question.text)))
            return
        try:
            async with self._lock(draft.session_id), aclosing(self._guarded(draft)) as events:
                async for event in events:
                    yield event
        except (asyncio.CancelledError, GeneratorExit):
            self._keeper.store_cancelled(draft)
            raise

    async def answer(self, question: Question) -> Answer:
        """The answer at the end of `ask`, whatever its state. Raises what `check` raises."""
        await self.check(question)
        async with aclosing(self.ask(question)) as events:
            async for event in events:
                if isinstance(event, AnswerEvent):
                    return event.answer
                if isinstance(event, ErrorEvent) and event.answer is not None:
                    return event.answer
                if isinstance(event, ErrorEvent):
                    raise InputError(event.detail)
        raise AssertionError("a question ended without an answer")

    # ------------------------------------------------------------------ opening and ending

    def _open(self, asked: Question) -> Draft:
        question = accepted(asked)
        resolve(question.scope, self._ledger.sources())
        session_id = question.session_id
        if question.replaces is not None:
            replaced = self._sessions.answer(question.replaces)
            if replaced is None:
                raise NotFound("the answer to replace does not exist: ask the question anew")
            if session_id not in (None, replaced.session_id):
                raise Conflict("the answer to replace is of another session: ask within its own")
            session_id = replaced.session_id
        now = question.now or self._clock()
        return Draft(question, uuid.uuid4().hex, session_id or uuid.uuid4().hex, now)

    def _lock(self, session_id: str) -> asyncio.Lock:
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock

    async def _guarded(self, draft: Draft) -> AsyncGenerator[Event, None]:
        """The steps; a failure of any of them is logged, stored and told without its internals."""
        try:
            async with aclosing(self._steps(draft)) as events:
                async for event in events:
                    yield event
            return
        except VigieError as error:
            log.warning("question %s failed: %s", draft.answer_id, error)
            code = error.code
        except Exception:
            log.exception("question %s failed", draft.answer_id)
            code = "internal"
        text = sentence("failed", draft.language)
        draft.evidence, draft.route = (), "none"
        yield ErrorEvent(code, text, await self._keeper.store(draft, draft.finish("failed", text)))

    # ------------------------------------------------------------------ the steps

    async def _steps(self, draft: Draft) -> AsyncGenerator[Event, None]:
        reading = await asyncio.to_thread(self._read, draft)
        understood = None if reading.unknown else await self._understood(draft, reading)
        yield plan_of(draft, reading, understood)
        if reading.unknown:
            draft.route = "clarify"
            yield AnswerEvent(await self._keeper.store(draft, self._which_collection(draft, reading.unknown)))
            return
        computed = await self._computed(draft, understood)
        steps = self._passages(draft, reading) if computed is None else self._rows(draft, computed)
        async with aclosing(steps) as events:
            async for event in events:
                yield event

    async def _understood(self, draft: Draft, reading: Reading) -> Ready | Computed | None:
        """What is to be computed, or asked back; None where the documents are to be searched."""
        found = await asyncio.to_thread(understand, self._exact, draft, reading)
        if not isinstance(found, Computed):
            return found
        chat = self._model(draft)
        if found.open is not None and chat is not None and self._exact is not None:
            found = await settled(self._exact, chat, draft, reading, found)
        return self._or_in_the_wiki(draft, reading, found) if found.state == "asked" else found

    async def _computed(self, draft: Draft, understood: Ready | Computed | None) -> Computed | None:
        """None where it failed, too: then the documents are searched."""
        if not isinstance(understood, Ready):
            return understood
        assert self._exact is not None
        return await asyncio.to_thread(compute, self._exact, draft, understood)

    async def _rows(self, draft: Draft, computed: Computed) -> AsyncGenerator[Event, None]:
        """The answer of rows, or the question asked back."""
        draft.route, draft.exact = computed.route, computed.exact
        draft.notices += computed.notices
        if computed.exact is not None:
            yield EvidenceEvent((), computed.exact)
            draft.released = computed.text
            yield TokenEvent(computed.text)
        answer = draft.finish(computed.state, computed.text, choices=computed.choices)
        yield AnswerEvent(await self._keeper.store(draft, answer))

    async def _passages(self, draft: Draft, reading: Reading) -> AsyncGenerator[Event, None]:
        """The answer of the documents, by the model or composed; or that they hold none."""
        runs = await asyncio.to_thread(meant, self._exact, draft, reading)
        # The page on ORA-12541 answers why a run failed, and does not say which one.
        text = " ".join((reading.search_text, *(runs.words if runs is not None else ())))
        found = await asyncio.to_thread(self._retriever.find, text, reading.scope, draft.question.top_k, EVERYTHING)
        hits = found.hits
        for half in sorted(found.without):
            draft.note("search_degraded", sentence(f"without_{half}", reading.language))
        evident = has_evidence(found.signals, hits) or (reading.limit_only and bool(hits))
        # A cause is asked of runs that there are: what they say is evidence, in whatever words it is asked.
        if not evident and not (hits and runs is not None and runs.any):
            searched = await asyncio.to_thread(lambda: resolve(reading.scope, self._ledger.sources()))
            text = not_found(searched, hits, reading.language)
            if self._exact is not None and self._exact.names() and is_for_documents(reading.asked):
                draft.route = "passages"  # as the plan says: beside records, causes and procedures are for documents
            yield AnswerEvent(await self._keeper.store(draft, draft.finish("not_found", text)))
            return
        draft.route = "passages"
        draft.evidence = _numbered(hits)
        yield EvidenceEvent(cite.citations(draft.evidence, reading.query))
        beside = f"{sentence('meant', reading.language)}\n\n{runs.text}" if runs is not None else ""
        if (chat := self._model(draft)) is not None:
            async with aclosing(written(draft, reading, chat, self._keeper, beside)) as events:
                async for event in events:
                    yield event
            if draft.stored:
                return
        paragraphs = compose(reading.query, draft.evidence, reading.language, self._zone)
        if beside:
            paragraphs.append(beside)
        # Text of the model that is already shown is replaced as a whole by the final answer.
        if not draft.released:
            for paragraph in paragraphs:
                draft.released += paragraph + "\n\n"
                yield TokenEvent(paragraph + "\n\n")
        yield AnswerEvent(await self._keeper.store(draft, draft.finish("answered", "\n\n".join(paragraphs))))

    def _model(self, draft: Draft) -> ChatModel | None:
        return self._chat if draft.question.use_model else None

    def _read(self, draft: Draft) -> Reading:
        draft.before = self._keeper.before(draft)
        names = [ref.name for ref in self._ledger.sources() if ref.kind == "records"]
        draft.reading = read(draft.question, draft.before, names)
        return draft.reading

    def _or_in_the_wiki(self, draft: Draft, reading: Reading, asked: Computed) -> Computed:
        """What the records do not explain may stand in a page."""
        if reading.scope != Scope() or not any(ref.kind == "confluence" for ref in self._ledger.sources()):
            return asked
        question = draft.question.text.rstrip(" \u00a0\u202f?!.")
        said = sentence("asked_of_the_wiki", draft.language, question=question)
        return replace(asked, choices=(*asked.choices, Choice(sentence("in_the_wiki", draft.language), said)))

    def _which_collection(self, draft: Draft, unknown: str) -> Answer:
        names = [ref.name for ref in self._ledger.sources() if ref.kind == "records"]
        text = draft.question.text
        choices = [Choice(name, text.replace(unknown, name)) for name in nearest(unknown, names) or sorted(names)[:5]]
        choices.append(Choice(sentence("everywhere", draft.language), text.replace(unknown, "").strip()))
        said = sentence("unknown_collection", draft.language, name=inert(unknown))
        return draft.finish("asked", said, choices=choices)


def _numbered(hits: Sequence[Hit]) -> list[Evidence]:
    return [Evidence(hit.rank, hit.passage, hit.passage.chunk.text, hit.score) for hit in hits]
