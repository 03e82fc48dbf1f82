"""Conversations are kept, found again, edited, deleted and restored."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from meanwhile import always

from vigie.errors import NotFound, StoreCorrupt, StoreError, StoreFull
from vigie.store.sessions import SqliteSessions
from vigie.types import Answer, Choice, Citation, Condition, Context, Exact, Notice, Turn, Window

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


def answer(answer_id: str, question: str = "Pourquoi AUTH-401 ?", session: str = "s", **changes: object) -> Answer:
    fields: dict[str, object] = {
        "answer_id": answer_id,
        "session_id": session,
        "question": question,
        "state": "answered",
        "route": "passages",
        "answer": f"réponse à {question}",
        "exact": None,
        "choices": [],
        "citations": [],
        "contexts": [],
        "history": [],
        "notices": [],
        "model": "composed",
        "timestamp": NOON,
    }
    return Answer(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path):
    sessions = SqliteSessions(tmp_path / "sessions.db")
    yield sessions
    sessions.close()


def test_an_answer_comes_back_whole_after_a_restart(tmp_path: Path) -> None:
    exact = Exact(
        collection="vanish_flows",
        columns=["flow", "count"],
        types=["text", "integer"],
        units=[None, None],
        rows=[["SEPA_OUT_CIB", 3], [None, 0.5]],
        matched=3,
        total=5400,
        truncated=False,
        window=Window("started_at", NOON, None, "Europe/Paris", "cette nuit"),
        windows=[],
        conditions=[Condition("status", "in", ["KO"], "échoué")],
        presence={"started_at": 5400},
        reading="runs, by start",
        plan={"limit": 5},
        pipeline=[{"$match": {"status": "KO"}}],
    )
    saved = answer(
        "a",
        exact=exact,
        choices=[Choice("KO", "Combien de KO ?")],
        citations=[Citation(1, "confluence", "d", "Page", None, "Page > Étape", "« relancer »")],
        contexts=[Context("c", "texte \x00 €", {"n": 1}, 0.25)],
        notices=[Notice("model_down", "Le modèle ne répond pas.")],
        state="failed",
    )
    first = SqliteSessions(tmp_path / "sessions.db")
    first.save(saved)
    first.close()
    second = SqliteSessions(tmp_path / "sessions.db")
    found = second.answer("a")
    assert found is not None
    assert found.history == [Turn("user", saved.question), Turn("assistant", saved.answer)]
    assert answer("a", **{name: getattr(found, name) for name in ("exact", "choices", "citations", "contexts")}) == (
        answer("a", exact=exact, choices=saved.choices, citations=saved.citations, contexts=saved.contexts)
    )
    assert (found.state, found.notices, found.timestamp) == ("failed", saved.notices, NOON)
    second.close()


def test_an_unknown_session_is_empty_and_an_unknown_answer_is_none(store: SqliteSessions) -> None:
    assert store.history("nobody") == []
    assert store.answer("nothing") is None


def test_an_answer_is_stored_once(store: SqliteSessions) -> None:
    store.save(answer("a"))
    store.save(answer("a", state="cancelled", answer="autre"))
    assert len(store.history("s")) == 2
    found = store.answer("a")
    assert found is not None
    assert found.state == "answered"


def test_turns_come_in_the_order_of_the_questions(store: SqliteSessions) -> None:
    for number in range(4):
        store.save(answer(f"a{number}", f"question {number}"))
    assert [turn.content for turn in store.history("s")[::2]] == [f"question {n}" for n in range(4)]
    assert [turn.role for turn in store.history("s")[:2]] == ["user", "assistant"]


def test_a_replaced_question_and_all_after_it_leave_the_history(store: SqliteSessions) -> None:
    for number in range(3):
        store.save(answer(f"a{number}", f"question {number}"))
    store.save(answer("b", "question 1 bis"), replaces="a1")
    assert [turn.content for turn in store.history("s")[::2]] == ["question 0", "question 1 bis"]
    old = store.answer("a2")
    assert old is not None
    assert [turn.content for turn in old.history[::2]] == ["question 0", "question 1", "question 2"]
    store.save(answer("c", "question 1 ter"), replaces="a1")
    assert [turn.content for turn in store.history("s")[::2]] == ["question 0", "question 1 ter"]


def test_a_replacement_never_touches_another_session(store: SqliteSessions) -> None:
    store.save(answer("a", session="one"))
    store.save(answer("b", session="two"), replaces="a")
    assert len(store.history("one")) == 2


def test_reset_forgets_the_turns_and_the_id_stays_usable(store: SqliteSessions) -> None:
    store.save(answer("a"))
    store.reset("s")
    store.reset("never seen")
    assert store.history("s") == []
    assert store.answer("a") is None
    store.save(answer("b", "autre"))
    assert [turn.content for turn in store.history("s")[::2]] == ["autre"]


def test_the_title_is_the_first_question_until_it_is_renamed(store: SqliteSessions) -> None:
    store.save(answer("a", "Pourquoi\n  AUTH-401 ?"))
    store.save(answer("b", "et en recette ?"))
    assert [s.title for s in store.list()] == ["Pourquoi AUTH-401 ?"]
    store.rename("s", "Les   jetons")
    assert [(s.title, s.questions) for s in store.list()] == [("Les jetons", 2)]
    store.rename("s", "  ")
    assert store.get("s").session.title == "Pourquoi AUTH-401 ?"


def test_the_last_used_conversation_comes_first(store: SqliteSessions) -> None:
    store.save(answer("a", session="one"))
    store.save(answer("b", session="two"))
    store.save(answer("c", session="three", timestamp=NOON - timedelta(days=1)))
    assert [s.session_id for s in store.list()] == ["two", "one", "three"]
    store.save(answer("d", session="one"))
    assert [s.session_id for s in store.list()] == ["one", "two", "three"]


@pytest.mark.parametrize("q", ["echec", "ÉCHEC", "nuit échec", "100 %", "a_b", "sepa"])
def test_search_ignores_case_and_accents_and_takes_signs_literally(store: SqliteSessions, q: str) -> None:
    store.save(answer("a", "Un échec cette nuit, 100 % de a_b", session="one"))
    store.rename("one", "Sépa")
    store.save(answer("b", "rien, 100 fois axb", session="two"))
    assert [s.session_id for s in store.list(q)] == ["one"]


def test_a_deleted_conversation_is_off_the_list_until_restored(store: SqliteSessions) -> None:
    store.save(answer("a"))
    store.delete("s", NOON)
    assert store.list() == []
    assert [s.deleted_at for s in store.list(deleted=True)] == [NOON]
    with pytest.raises(NotFound):
        store.get("s")
    store.restore("s")
    detail = store.get("s")
    assert [turn.role for turn in detail.turns] == ["user", "assistant"]
    assert [a.answer_id for a in detail.answers] == ["a"]


def test_what_is_not_there_cannot_be_changed(store: SqliteSessions) -> None:
    for change in (lambda: store.rename("x", "t"), lambda: store.delete("x", NOON), lambda: store.restore("x")):
        with pytest.raises(NotFound):
            change()


def test_a_damaged_file_is_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    path.write_bytes(b"this is no database, " * 500)
    with pytest.raises(StoreCorrupt, match="damaged") as told:
        SqliteSessions(path)
    assert "what is indexed stays as it is" in str(told.value)
    assert "ingest" not in str(told.value)
    assert path.read_bytes().startswith(b"this is no database")


def test_a_full_disk_is_said_and_what_was_stored_still_answers(tmp_path: Path, store: SqliteSessions) -> None:
    store.save(answer("a"))
    pages = store._db._writer.execute("PRAGMA page_count").fetchone()[0]
    store._db._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull, match="no space"):
        store.save(answer("b", answer="x" * 100_000))
    assert len(store.history("s")) == 2


def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    SqliteSessions(tmp_path / "sessions.db").close()
    connection = sqlite3.connect(tmp_path / "sessions.db")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(StoreError, match="newer"):
        SqliteSessions(tmp_path / "sessions.db")


def test_a_conversation_is_shown_as_it_was_at_one_moment(store: SqliteSessions) -> None:
    store.save(answer("a0"))

    def check() -> None:
        shown = store.get("s")
        assert shown.session.questions == len(shown.answers) == len(shown.turns) / 2
        kept = store.answer(shown.answers[-1].answer_id)
        assert kept is None or kept.history

    with always(check):
        for number in range(1, 60):
            store.save(answer(f"a{number}"), replaces=f"a{number - 1}" if number % 3 == 0 else None)


def test_many_threads_lose_nothing(store: SqliteSessions) -> None:
    def ask(number: int) -> int:
        store.save(answer(f"a{number}", session=f"s{number % 3}"))
        return len(store.history(f"s{number % 3}"))

    with ThreadPoolExecutor(8) as pool:
        assert all(count >= 2 for count in pool.map(ask, range(30)))
    assert sum(s.questions for s in store.list()) == 30
