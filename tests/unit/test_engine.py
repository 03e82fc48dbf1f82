"""Each question ends in exactly one state, stored once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asking import ERRORS, FLOWS, NOON, WIKI, Base, sample
from computing import answers, transfers

from vigie.ask.engine import Engine
from vigie.ask.events import AnswerEvent, ErrorEvent, Event, EvidenceEvent, PlanEvent, TokenEvent
from vigie.ask.exact import ExactAnswers
from vigie.errors import ChatFailed, Conflict, InputError, NotFound, StoreCorrupt
from vigie.store.sessions import SqliteSessions
from vigie.testing.chat import ScriptedChat
from vigie.types import Answer, Question, Scope

AUTH = "Pourquoi SEPA_OUT_CIB tombe en AUTH-401 ?"
PARIS = ZoneInfo("Europe/Paris")


class House:
    """An engine over the sample base, and its sessions to look into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base: Base = sample(folder)
        self.sessions = SqliteSessions(folder / "sessions.db")

    def engine(self, chat: ScriptedChat | None = None, exact: ExactAnswers | None = None) -> Engine:
        return Engine(self.base.retriever, self.base.ledger, self.sessions, chat, lambda: NOON, PARIS, exact)

    def stored(self) -> list[tuple[str, str]]:
        """(question, state) of every stored answer, in order."""
        with sqlite3.connect(self.folder / "sessions.db") as db:
            return db.execute("SELECT question, json_extract(body, '$.state') FROM answer ORDER BY seq").fetchall()

    def close(self) -> None:
        self.sessions.close()
        self.base.ledger.close()


@pytest.fixture
def house(tmp_path: Path):
    made = House(tmp_path)
    yield made
    made.close()


async def events_of(engine: Engine, question: Question) -> list[Event]:
    return [event async for event in engine.ask(question)]


def final(events: list[Event]) -> Answer:
    ends = [event for event in events if isinstance(event, AnswerEvent | ErrorEvent)]
    assert ends == events[-1:]
    assert ends[0].answer is not None
    return ends[0].answer


def codes(answer: Answer) -> list[str]:
    return [notice.code for notice in answer.notices]


async def test_runs_whose_cause_is_asked_are_evidence(house: House) -> None:
    question = Question("Pourquoi les transferts CACEIS ont été rejetés avant-hier ?")
    assert final(await events_of(house.engine(), question)).state == "not_found"
    exact = answers(house.folder / "records", {"transferts": transfers()})
    answer = final(await events_of(house.engine(exact=exact), question))
    assert (answer.state, answer.route) == ("answered", "passages")
    assert "**1** échec" in answer.answer
    assert "`signature invalide`" in answer.answer
    chat = ScriptedChat("Le jeton SEPA_OUT_CIB a expiré [1].")
    written = final(await events_of(house.engine(chat, exact), question))
    assert written.answer.startswith("Le jeton SEPA_OUT_CIB a expiré [1].")
    assert "`signature invalide`" in written.answer
    never = final(
        await events_of(house.engine(exact=exact), Question("Pourquoi les transferts CACEIS ont été rejetés en août ?"))
    )
    assert (never.state, never.route) == ("not_found", "passages")


async def test_the_page_on_their_error_code_answers_why_runs_failed(house: House) -> None:
    house.base.put(WIKI, "77", "SIG-01", "Le certificat du partenaire a expiré : le renouveler, puis relancer.")
    question = Question("Pourquoi les transferts CACEIS ont été rejetés avant-hier ?")
    assert "certificat" not in final(await events_of(house.engine(), question)).answer
    exact = answers(house.folder / "records", {"transferts": transfers()})
    answer = final(await events_of(house.engine(exact=exact), question))
    assert "Le certificat du partenaire a expiré" in answer.answer
    assert "SIG-01" in {citation.title for citation in answer.citations}


async def test_without_a_model_the_answer_is_composed_and_cited(house: House) -> None:
    events = await events_of(house.engine(), Question(AUTH))
    answer = final(events)
    assert (answer.state, answer.route, answer.model) == ("answered", "passages", "composed")
    assert [type(event) for event in events[:3]] == [PlanEvent, EvidenceEvent, TokenEvent]
    streamed = "".join(event.text for event in events if isinstance(event, TokenEvent))
    assert streamed.strip() == answer.answer
    assert "12 exécutions sur 15" in answer.answer
    assert "le jeton du flux SEPA_OUT_CIB a expiré" in answer.answer
    assert {citation.n for citation in answer.citations} <= set(range(1, len(answer.contexts) + 1))
    assert answer.citations
    stored = house.sessions.answer(answer.answer_id)
    assert stored == answer


async def test_the_plan_says_what_is_searched(house: House) -> None:
    engine = house.engine()
    first = (await events_of(engine, Question(AUTH, session_id="s")))[0]
    assert isinstance(first, PlanEvent)
    assert (first.query, first.language, first.follow_up, first.session_id) == (AUTH, "fr", False, "s")
    events = await events_of(engine, Question("et en recette, dans le wiki ?", session_id="s"))
    plan = events[0]
    assert isinstance(plan, PlanEvent)
    assert plan.follow_up
    assert "SEPA_OUT_CIB" in plan.query
    assert plan.scope == Scope(kinds=frozenset({"confluence"}))
    evidence = events[1]
    assert isinstance(evidence, EvidenceEvent)
    assert {citation.source for citation in evidence.citations} == {"confluence"}


async def test_the_model_answers_and_its_stream_is_closed(house: House) -> None:
    chat = ScriptedChat("Le jeton AUTH-401 ", "a expiré [1]. ", "Relancer le flux [1].")
    events = await events_of(house.engine(chat), Question(AUTH))
    answer = final(events)
    assert (answer.state, answer.model, chat.closed) == ("answered", "scripted", 1)
    assert "a expiré" in answer.answer
    assert [citation.n for citation in answer.citations] == [1]
    assert len(answer.contexts) > 1


async def test_use_model_false_calls_no_model(house: House) -> None:
    chat = ScriptedChat("jamais")
    answer = await house.engine(chat).answer(Question(AUTH, use_model=False))
    assert (answer.model, chat.calls) == ("composed", [])


async def test_no_evidence_no_model_call(house: House) -> None:
    chat = ScriptedChat("jamais")
    events = await events_of(house.engine(chat), Question("zzyzx qwfp ?"))
    answer = final(events)
    assert (answer.state, answer.route, chat.calls) == ("not_found", "none", [])
    assert "wiki IV2" in answer.answer
    assert "vanish_flows" in answer.answer
    assert (answer.citations, answer.contexts) == ([], [])
    assert house.stored() == [("zzyzx qwfp ?", "not_found")]


async def test_a_model_that_is_down_leaves_the_passages(house: House) -> None:
    answer = await house.engine(ScriptedChat(ChatFailed("refused"))).answer(Question(AUTH))
    assert (answer.state, answer.model, codes(answer)) == ("answered", "composed", ["model_down"])
    assert "12 exécutions" in answer.answer
    assert house.stored() == [(AUTH, "answered")]


async def test_a_model_that_breaks_midway_is_replaced_by_the_passages(house: House) -> None:
    chat = ScriptedChat("Le jeton AUTH-401 a expiré [1].\n", 0.0, "La suite ", ChatFailed("cut"))
    events = await events_of(house.engine(chat), Question(AUTH))
    answer = final(events)
    assert any(isinstance(event, TokenEvent) for event in events)
    assert (answer.model, codes(answer), chat.closed) == ("composed", ["model_down"], 1)
    assert "remplacée" in answer.notices[0].text
    assert "12 exécutions" in answer.answer


async def test_a_model_that_says_nothing_is_replaced_by_the_passages(house: House) -> None:
    answer = await house.engine(ScriptedChat(" ", "\n")).answer(Question(AUTH))
    assert answer.model == "composed"
    assert len(answer.notices) == 1


@pytest.mark.parametrize("end", ["cancel", "leave"])
async def test_a_client_that_goes_away_ends_the_model_call_and_is_stored(house: House, end: str) -> None:
    chat = ScriptedChat("Le jeton AUTH-401 a expiré [1].\n", "Relancer le flux [1].\n", 60.0, "jamais")
    started = asyncio.Event()

    async def listen() -> None:
        async with aclosing(house.engine(chat).ask(Question(AUTH, session_id="s"))) as events:
            async for event in events:
                if isinstance(event, TokenEvent):
                    started.set()
                    if end == "leave":
                        return

    task = asyncio.create_task(listen())
    await started.wait()
    if end == "cancel":
        await asyncio.sleep(0.01)
        task.cancel()
    await asyncio.wait([task], timeout=1)
    assert task.done()
    assert chat.closed == 1
    assert house.stored() == [(AUTH, "cancelled")]
    turns = house.sessions.history("s")
    assert [turn.role for turn in turns] == ["user", "assistant"]
    assert "interrompue" in turns[1].content


async def test_a_question_cancelled_while_it_searches_is_stored_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    searching, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> list[tuple[str, float]]:
        searching.set()
        go_on.wait(10)
        return []

    monkeypatch.setattr(house.base.text, "search", slow)
    task = asyncio.create_task(house.engine().answer(Question(AUTH)))
    await asyncio.to_thread(searching.wait, 10)
    task.cancel()
    await asyncio.wait([task], timeout=1)
    assert task.cancelled()
    assert house.stored() == [(AUTH, "cancelled")]
    go_on.set()


async def test_a_question_cancelled_while_it_is_stored_stays_answered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving, go_on, save = threading.Event(), threading.Event(), house.sessions.save

    def slow(*args: Any, **more: Any) -> None:
        saving.set()
        go_on.wait(10)
        save(*args, **more)

    monkeypatch.setattr(house.sessions, "save", slow)
    task = asyncio.create_task(house.engine().answer(Question(AUTH)))
    await asyncio.to_thread(saving.wait, 10)
    task.cancel()
    await asyncio.wait([task], timeout=1)
    go_on.set()
    while not house.stored():
        await asyncio.sleep(0.01)
    assert house.stored() == [(AUTH, "answered")]


async def test_an_unexpected_failure_is_stored_and_told_without_internals(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError("secret at /srv/data")

    monkeypatch.setattr(house.base.text, "search", broken)
    events = await events_of(house.engine(), Question(AUTH))
    answer = final(events)
    assert isinstance(events[-1], ErrorEvent)
    assert (events[-1].error, answer.state) == ("internal", "failed")
    assert "secret" not in repr(events)
    assert "secret" in caplog.text
    assert house.stored() == [(AUTH, "failed")]


def damaged(*_: object) -> Any:
    raise StoreCorrupt("the index at /srv/data is damaged")


@pytest.mark.parametrize(("half", "method"), [("text", "search"), ("vectors", "query")])
async def test_one_damaged_index_leaves_the_other_and_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch, half: str, method: str
) -> None:
    whole = final(await events_of(house.engine(), Question(AUTH)))
    monkeypatch.setattr(getattr(house.base, half), method, damaged)
    answer = final(await events_of(house.engine(), Question(AUTH)))
    assert (answer.state, codes(answer)) == ("answered", [*codes(whole), "search_degraded"])
    assert answer.citations[0].title == whole.citations[0].title


async def test_two_damaged_indexes_fail_with_their_code(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.base.text, "search", damaged)
    monkeypatch.setattr(house.base.vectors, "query", damaged)
    end = (await events_of(house.engine(), Question(AUTH)))[-1]
    assert isinstance(end, ErrorEvent)
    assert end.error == "store_corrupt"
    assert "/srv" not in end.detail


async def test_a_full_disk_still_answers_and_says_it_was_not_stored(house: House) -> None:
    db = house.sessions._db._writer
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    engine, answer = house.engine(), None
    for _ in range(20):
        answer = await engine.answer(Question(AUTH))
        if answer.notices:
            break
    assert answer is not None
    assert (answer.state, codes(answer)) == ("answered", ["not_stored"])


async def test_history_grows_by_two_turns_a_question(house: House) -> None:
    engine = house.engine()
    first = await engine.answer(Question(AUTH, session_id="s"))
    second = await engine.answer(Question("et en recette ?", session_id="s"))
    assert [turn.content for turn in first.history] == [AUTH, first.answer]
    assert [turn.role for turn in second.history] == ["user", "assistant"] * 2
    assert second.history[:2] == first.history
    assert house.sessions.history("s") == second.history


async def test_sessions_are_made_when_none_is_given_and_kept_apart(house: House) -> None:
    engine = house.engine()
    one, two = await engine.answer(Question(AUTH)), await engine.answer(Question("et en recette ?"))
    assert one.session_id != two.session_id
    assert len(two.history) == 2


async def test_two_questions_in_one_session_run_in_order(house: House) -> None:
    chat = ScriptedChat(0.05, "Le jeton AUTH-401 a expiré [1].")
    engine = house.engine(chat)
    first = asyncio.create_task(engine.answer(Question(AUTH, session_id="s")))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(engine.answer(Question("et en recette ?", session_id="s", use_model=False)))
    other = asyncio.create_task(engine.answer(Question("purge mensuelle", session_id="t", use_model=False)))
    assert (await other).state == "answered"
    assert not second.done()
    assert len((await second).history) == 4
    assert (await second).history[:2] == (await first).history


async def test_a_question_cancelled_while_it_waits_its_turn_is_stored_and_blocks_nobody(house: House) -> None:
    engine = house.engine(ScriptedChat(0.1, "Le jeton AUTH-401 a expiré [1]."))
    first = asyncio.create_task(engine.answer(Question(AUTH, session_id="s")))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(engine.answer(Question("pourquoi ?", session_id="s")))
    await asyncio.sleep(0.02)
    waiting.cancel()
    await first
    third = await engine.answer(Question("et en recette ?", session_id="s", use_model=False))
    assert sorted(house.stored()) == sorted(
        [("pourquoi ?", "cancelled"), (AUTH, "answered"), ("et en recette ?", "answered")]
    )
    assert len(third.history) == 6


async def test_an_edited_question_takes_the_place_of_the_old_one_and_what_followed(house: House) -> None:
    engine = house.engine()
    kept = await engine.answer(Question(AUTH, session_id="s"))
    wrong = await engine.answer(Question("purge mensuelle des archives", session_id="s"))
    await engine.answer(Question("et en recette ?", session_id="s"))
    edited = await engine.answer(Question("ORA-00942", replaces=wrong.answer_id))
    assert edited.session_id == "s"
    assert [turn.content for turn in edited.history[::2]] == [AUTH, "ORA-00942"]
    assert edited.history[:2] == kept.history
    assert house.sessions.history("s") == edited.history


async def test_a_replacement_that_fits_nowhere_is_refused(house: House) -> None:
    engine = house.engine()
    answer = await engine.answer(Question(AUTH, session_id="s"))
    with pytest.raises(NotFound):
        await engine.answer(Question(AUTH, replaces="nothing"))
    with pytest.raises(Conflict):
        await engine.answer(Question(AUTH, session_id="other", replaces=answer.answer_id))


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (Question(""), InputError),
        (Question(" \n\x00 "), InputError),
        (Question("x" * 20_001), InputError),
        (Question(AUTH, session_id="s" * 201), InputError),
        (Question(AUTH, top_k=0), InputError),
        (Question(AUTH, top_k=51), InputError),
        (Question(AUTH, scope=Scope(collection="flow_eror")), NotFound),
    ],
)
async def test_what_cannot_be_asked_is_refused_and_not_stored(
    house: House, question: Question, error: type[InputError]
) -> None:
    with pytest.raises(error):
        await house.engine().answer(question)
    (event,) = await events_of(house.engine(), question)
    assert isinstance(event, ErrorEvent)
    assert (event.error, event.answer) == (error.code, None)
    assert house.stored() == []


@pytest.mark.parametrize("text", ["\ud800 purge \udfff", "purge\x00 mensuelle", "purge 😀 \u202e", "x" * 20_000])
async def test_any_text_can_be_asked_and_stored(house: House, text: str) -> None:
    answer = await house.engine().answer(Question(text, session_id="\ud800é" + "s" * 100))
    assert house.sessions.answer(answer.answer_id) == answer
    assert "\x00" not in answer.question


@pytest.mark.parametrize(
    ("text", "said"),
    [("Bonjour !", "Posez une question"), ("merci beaucoup", "Je vous en prie"), ("Hello Vigie", "Ask a question")],
)
async def test_small_talk_searches_nothing(house: House, text: str, said: str) -> None:
    answer = await house.engine().answer(Question(text))
    assert (answer.state, answer.route, answer.citations) == ("answered", "none", [])
    assert said in answer.answer
    assert said not in (await house.engine().answer(Question(f"{text} purge mensuelle"))).answer


async def test_an_unknown_collection_named_in_words_is_asked_back(house: House) -> None:
    answer = await house.engine().answer(Question("collection flow_errrs : quels codes ?"))
    assert (answer.state, answer.route) == ("asked", "clarify")
    assert answer.choices[0].question == "collection flow_errors : quels codes ?"
    follow = await house.engine().answer(Question(answer.choices[-1].question))
    assert follow.state != "asked"


async def test_limits_in_words_and_in_parameters_are_kept(house: House) -> None:
    by_words = await house.engine().answer(Question("analyse la collection flow_errors uniquement : ORA-00942"))
    by_parameter = await house.engine().answer(Question("ORA-00942", scope=Scope(collection="mongo_flow_errors")))
    for answer in (by_words, by_parameter):
        assert {context.metadata["collection"] for context in answer.contexts} == {ERRORS.name}
    everywhere = await house.engine().answer(Question("ORA-00942"))
    assert {FLOWS.name, ERRORS.name} <= {context.metadata["collection"] for context in everywhere.contexts}


@pytest.mark.parametrize("text", ["analyse la collection flow_errors uniquement", "Analyse uniquement flow_errors"])
async def test_a_limit_alone_shows_what_is_there(house: House, text: str) -> None:
    answer = await house.engine().answer(Question(text))
    assert (answer.state, answer.route) == ("answered", "passages")
    assert {context.metadata["collection"] for context in answer.contexts} == {ERRORS.name}
    assert answer.citations


async def test_the_same_question_gives_the_same_answer_again(house: House) -> None:
    first = await house.engine().answer(Question(AUTH))
    again = await house.engine().answer(Question(AUTH))
    assert (again.answer, again.contexts, again.citations) == (first.answer, first.contexts, first.citations)


async def test_a_fixed_time_is_the_answer_s_time(house: House) -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=9)))
    assert (await house.engine().answer(Question(AUTH, now=at))).timestamp == at
    assert (await house.engine().answer(Question(AUTH))).timestamp == NOON


@pytest.mark.parametrize(
    ("question", "said"), [("What is SEPA_OUT_CIB AUTH-401?", "runs of"), (AUTH, "exécutions sur")]
)
async def test_the_answer_speaks_the_language_of_the_question(house: House, question: str, said: str) -> None:
    assert said in (await house.engine().answer(Question(question))).answer


async def test_a_model_call_that_will_not_close_holds_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stubborn(ScriptedChat):
        def stream(self, messages: Any) -> AsyncIterator[str]:
            return StubbornStream()

    class StubbornStream:
        def __aiter__(self) -> StubbornStream:
            return self

        async def __anext__(self) -> str:
            raise ChatFailed("stalled")

        async def aclose(self) -> None:
            await asyncio.sleep(60)

    answering: Callable[[], Any] = lambda: house.engine(Stubborn()).answer(Question(AUTH))  # noqa: E731
    answer = await asyncio.wait_for(answering(), 5)
    assert codes(answer) == ["model_down"]
