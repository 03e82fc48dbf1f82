"""One question from its words to its stored answer: read, retrieve, gate, answer, guard, store."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from vigie.ask import cite, smalltalk
from vigie.ask.compose import compose, not_found
from vigie.ask.computed import Computed, Ready
from vigie.ask.draft import Draft
from vigie.ask.events import AnswerEvent, ErrorEvent, Event, EvidenceEvent, PlanEvent, TokenEvent, Understood
from vigie.ask.evidence import Evidence
from vigie.ask.exact import ExactAnswers
from vigie.ask.gate import has_evidence
from vigie.ask.guard import Guard
from vigie.ask.language import detect
from vigie.ask.prompt import build_messages
from vigie.ask.quotes import inert
from vigie.ask.read import Reading, accepted, read
from vigie.ask.retrieve import Retriever
from vigie.ask.scope import nearest, own_name, resolve
from vigie.ask.sentences import sentence
from vigie.errors import Conflict, InputError, ModelError, NotFound, QueryError, SourceError, StoreError, VigieError
from vigie.protocols import ChatModel, Clock, Ledger, SessionStore
from vigie.types import EVERYTHING, Answer, Choice, Hit, Notice, Question, Route, Scope, Turn

log = logging.getLogger(__name__)

LONGEST_FORM = 20_000  # characters of a model's reading of a question
CLOSE_SECONDS = 0.8  # for the model call to end after a cancellation: A6 allows 1 s in all


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
        self._chat = chat
        self._clock = clock
        self._zone = zone
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._saving: set[asyncio.Task[None]] = set()

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
            self._store_cancelled(draft)
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
        yield ErrorEvent(code, text, await self._store(draft, draft.finish("failed", text)))

    async def _store(self, draft: Draft, answer: Answer) -> Answer:
        """Hand it to the session store, to the end even when cancelled meanwhile; a full disk is a notice."""
        draft.stored = True
        saving = asyncio.create_task(asyncio.to_thread(self._save, draft, answer))
        self._saving.add(saving)
        saving.add_done_callback(self._saving.discard)
        try:
            await asyncio.shield(saving)
        except StoreError as error:
            log.error("answer %s could not be stored: %s", answer.answer_id, error)
            notice = Notice("not_stored", sentence("not_stored", draft.language))
            return replace(answer, notices=[*answer.notices, notice])
        except Exception:
            draft.stored = False  # it is stored as failed instead
            raise
        return answer

    def _save(self, draft: Draft, answer: Answer) -> None:
        self._sessions.save(answer, replaces=draft.question.replaces)

    def _store_cancelled(self, draft: Draft) -> None:
        """At once, in this thread: whoever cancelled does not wait for another one."""
        if draft.stored:
            return
        draft.stored = True
        said = sentence("cancelled", draft.language)
        draft.note("cancelled", said)
        text = f"{draft.released.rstrip()}\n\n{said}".strip()
        try:
            draft.before = draft.before or self._before(draft)
            self._save(draft, draft.finish("cancelled", text))
        except StoreError as error:
            log.error("cancelled question %s could not be stored: %s", draft.answer_id, error)

    # ------------------------------------------------------------------ the steps

    async def _steps(self, draft: Draft) -> AsyncGenerator[Event, None]:
        reading = await asyncio.to_thread(self._read, draft)
        computed = None if reading.unknown else await asyncio.to_thread(self._understand, draft, reading)
        if isinstance(computed, Computed) and computed.open is not None:
            computed = await self._settled(draft, reading, computed)
        if isinstance(computed, Computed) and computed.state == "asked":
            computed = self._or_in_the_wiki(draft, reading, computed)
        yield PlanEvent(
            draft.answer_id,
            draft.session_id,
            "clarify" if reading.unknown else _route(computed),
            reading.query,
            reading.scope,
            reading.language,
            _followed(reading, computed),
            _understood(computed),
        )
        if reading.unknown:
            draft.route = "clarify"
            yield AnswerEvent(await self._store(draft, self._which_collection(draft, reading.unknown)))
            return
        if isinstance(computed, Ready):
            computed = await asyncio.to_thread(self._compute, draft, computed)
        if computed is not None:
            draft.route, draft.exact = computed.route, computed.exact
            draft.notices += computed.notices
            if computed.exact is not None:
                yield EvidenceEvent((), computed.exact)
                draft.released = computed.text
                yield TokenEvent(computed.text)
            answer = draft.finish(computed.state, computed.text, choices=computed.choices)
            yield AnswerEvent(await self._store(draft, answer))
            return
        found = await asyncio.to_thread(
            self._retriever.find, reading.search_text, reading.scope, draft.question.top_k, EVERYTHING
        )
        hits = found.hits
        for half in sorted(found.without):
            draft.note("search_degraded", sentence(f"without_{half}", reading.language))
        if not has_evidence(found.signals, hits) and not (reading.limit_only and hits):
            searched = await asyncio.to_thread(lambda: resolve(reading.scope, self._ledger.sources()))
            text = not_found(searched, hits, reading.language)
            yield AnswerEvent(await self._store(draft, draft.finish("not_found", text)))
            return
        draft.route = "passages"
        draft.evidence = _numbered(hits)
        yield EvidenceEvent(cite.citations(draft.evidence, reading.query))
        if self._chat is not None and draft.question.use_model:
            async with aclosing(self._from_model(draft, reading, self._chat)) as events:
                async for event in events:
                    yield event
            if draft.stored:
                return
        paragraphs = compose(reading.query, draft.evidence, reading.language, self._zone)
        if meant := await asyncio.to_thread(self._meant, draft, reading):
            paragraphs.append(f"{sentence('meant', reading.language)}\n\n{meant}")
        # Text of the model that is already shown is replaced as a whole by the final answer.
        if not draft.released:
            for paragraph in paragraphs:
                draft.released += paragraph + "\n\n"
                yield TokenEvent(paragraph + "\n\n")
        yield AnswerEvent(await self._store(draft, draft.finish("answered", "\n\n".join(paragraphs))))

    def _read(self, draft: Draft) -> Reading:
        draft.before = self._before(draft)
        names = [ref.name for ref in self._ledger.sources() if ref.kind == "records"]
        draft.reading = read(draft.question, draft.before, names)
        return draft.reading

    def _understand(self, draft: Draft, reading: Reading) -> Ready | Computed | None:
        """Rows to compute, or the question asked back; None where the documents are to be searched."""
        if (talk := smalltalk.reply(draft.question.text)) is not None:
            return Computed("none", "answered", talk)
        scope = reading.scope
        if self._exact is None or (scope.kinds is not None and "records" not in scope.kinds):
            return None
        turns = [turn.content for turn in draft.before if turn.role == "user"]
        name = own_name(scope.collection, self._exact.names()) if scope.collection else None
        if scope.collection and name is None:
            return None
        try:
            return self._exact.read([*turns, reading.asked], name, draft.now, reading.language)
        except (StoreError, SourceError) as error:
            self._not_computed(draft, error)
            return None

    def _compute(self, draft: Draft, ready: Ready) -> Computed | None:
        """None where it failed: then the documents are searched."""
        assert self._exact is not None
        try:
            return self._exact.compute(ready, EVERYTHING)
        except (StoreError, SourceError, QueryError) as error:
            self._not_computed(draft, error)
            return None

    def _not_computed(self, draft: Draft, error: VigieError) -> None:
        log.error("question %s could not be computed: %s", draft.answer_id, error)
        said = "not_computed_database" if isinstance(error, SourceError) else "not_computed"
        draft.note("not_computed", sentence(said, draft.language))

    async def _settled(self, draft: Draft, reading: Reading, asked_back: Computed) -> Computed:
        """By the language model's reading of what the planner left open, where there is a model and it holds."""
        if self._chat is None or not draft.question.use_model or self._exact is None:
            return asked_back
        messages, schema = self._exact.question_for_model(asked_back, reading.asked)
        reply = ""
        try:
            async with _closing(self._chat.stream(messages, schema)) as pieces:
                async for piece in pieces:
                    reply += piece
                    if len(reply) > LONGEST_FORM:
                        return asked_back
            return await asyncio.to_thread(
                self._exact.settle, asked_back, reply, reading.asked, reading.language, EVERYTHING
            )
        except (ModelError, StoreError, SourceError, QueryError) as error:
            log.warning("question %s: its words could not be read by the model: %s", draft.answer_id, error)
            return asked_back

    def _meant(self, draft: Draft, reading: Reading) -> str | None:
        """Beside the documents: how many runs the question speaks of."""
        scope = reading.scope
        if self._exact is None or scope.kinds is not None or scope.collection is not None:
            return None
        try:
            return self._exact.meant(reading.asked, None, draft.now, reading.language, EVERYTHING)
        except (StoreError, SourceError, QueryError) as error:
            log.error("the runs of question %s could not be counted: %s", draft.answer_id, error)
            return None

    def _before(self, draft: Draft) -> list[Turn]:
        """The conversation up to this question; of an edited one, up to the answer that it replaces."""
        if draft.question.replaces is None:
            return self._sessions.history(draft.session_id)
        replaced = self._sessions.answer(draft.question.replaces)
        return replaced.history[:-2] if replaced else []

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

    async def _from_model(self, draft: Draft, reading: Reading, chat: ChatModel) -> AsyncGenerator[Event, None]:
        """Guarded tokens and the answer; nothing final when the model failed: the notice says so."""
        prompt = await asyncio.to_thread(
            build_messages,
            draft.question.text,
            draft.before,
            draft.evidence,
            reading.language,
            chat.context_tokens,
            chat.count_tokens,
        )
        if not prompt.kept:
            # No evidence fits the model's context: without evidence there is no call.
            draft.note("model_context", sentence("model_context", reading.language))
            return
        guard = Guard(prompt.kept, draft.question.text, reading.language)
        try:
            async with _closing(chat.stream(prompt.messages)) as pieces:
                async for piece in pieces:
                    if text := guard.feed(piece):
                        draft.released += text
                        yield TokenEvent(text)
        except ModelError as error:
            log.warning("question %s: %s", draft.answer_id, error)
            draft.note("model_down", sentence("model_cut" if draft.released else "model_down", reading.language))
            return
        if text := guard.close():
            draft.released += text
            yield TokenEvent(text)
        if not draft.released.strip():
            draft.note("model_unusable", sentence("model_unusable", reading.language))
            return
        draft.notices += [*prompt.notices, *guard.report.notices]
        answer = draft.finish("answered", draft.released.strip(), model=chat.name)
        yield AnswerEvent(await self._store(draft, answer))


def _route(found: Ready | Computed | None) -> Route:
    return "passages" if found is None else "exact" if isinstance(found, Ready) else found.route


def _followed(reading: Reading, found: Ready | Computed | None) -> bool:
    """Of a computed question the planner knows; what it took from the turns before is in what was understood."""
    return found.planned.followed if isinstance(found, Ready) else reading.follow_up


def _understood(found: Ready | Computed | None) -> Understood | None:
    if isinstance(found, Ready):
        return found.understood
    exact = found.exact if found is not None else None
    return Understood(exact.collection, exact.window, exact.windows, exact.conditions) if exact is not None else None


def _numbered(hits: Sequence[Hit]) -> list[Evidence]:
    return [Evidence(hit.rank, hit.passage, hit.passage.chunk.text, hit.score) for hit in hits]


@asynccontextmanager
async def _closing(stream: AsyncIterator[str]) -> AsyncIterator[AsyncIterator[str]]:
    """Ends the request when left, however it is left; a connection that will not close does not hold us."""
    try:
        yield stream
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            try:
                await asyncio.wait_for(close(), CLOSE_SECONDS)
            except TimeoutError:
                log.warning("the model call did not close within %s s: left to end by itself", CLOSE_SECONDS)
