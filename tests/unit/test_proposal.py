"""A language model may read what the planner left open; what it makes up does not count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asking import sample
from computing import NOW, PARIS, answers, ask, deployments, rows, transfers

from vigie.ask.computed import Computed
from vigie.ask.engine import Engine
from vigie.ask.exact import ExactAnswers
from vigie.errors import ChatFailed
from vigie.store.sessions import SqliteSessions
from vigie.testing.chat import ScriptedChat
from vigie.types import EVERYTHING, Question

QUESTION = "Combien de virements bidouillés chez Natixis hier ?"
GOOD: dict[str, Any] = {
    "understood": True,
    "ask": "number",
    "conditions": [
        {"op": "state", "values": ["failed"], "because": "bidouillés"},
        {"path": "partenaire", "op": "in", "values": ["Natixis"], "because": "Natixis"},
    ],
    "time": "hier",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("proposals")
    return answers(folder, {"virements": transfers(), "deployments": deployments()})


def settled(made: ExactAnswers, form: object, question: str = QUESTION) -> Computed:
    asked = ask(made, question)
    assert asked is not None
    assert asked.route == "clarify"
    reply = form if isinstance(form, str) else json.dumps(form)
    return made.settle(asked, reply, question, "fr", EVERYTHING)


def test_a_reading_that_holds_is_computed_and_said_to_be_the_model_s(made: ExactAnswers) -> None:
    found = settled(made, f"```json\n{json.dumps(GOOD)}\n```")
    assert found.exact is not None
    assert found.exact.rows == rows(made, "Combien de virements rejetés chez Natixis hier ?")
    assert {(c.path, c.because) for c in found.exact.conditions} == {("etat", "bidouillés"), ("partenaire", "Natixis")}
    assert found.exact.window is not None
    assert [notice.code for notice in found.notices] == ["model_reading"]
    assert "modèle" in found.text
    assert found.choices


def test_groups_bounds_and_lists_can_be_read_too(made: ExactAnswers) -> None:
    form = {
        "understood": True,
        "conditions": [{"op": "state", "values": ["failed"], "because": "bidouillés"}],
        "groups": [{"path": "partenaire", "because": "par partenaire"}],
        "having": [{"op": "ge", "value": 2, "because": "au moins 2"}],
    }
    found = settled(made, form, "Combien de virements bidouillés par partenaire, au moins 2 fois ?")
    assert found.exact is not None
    assert found.exact.rows == rows(made, "Combien de virements rejetés par partenaire, au moins 2 fois ?")


CACEIS = {"path": "partenaire", "op": "in", "values": ["CACEIS"], "because": "Natixis"}
WRONG: dict[str, object] = {
    "no JSON": "Il y a 12 virements.",
    "not understood": {**GOOD, "understood": False},
    "a word left out": {**GOOD, "conditions": GOOD["conditions"][1:]},
    "a known value left out": {**GOOD, "conditions": GOOD["conditions"][:1]},
    "words that were not said": {**GOOD, "conditions": [*GOOD["conditions"], {**CACEIS, "because": "chez CACEIS"}]},
    "a value that does not exist": {
        **GOOD,
        "conditions": [GOOD["conditions"][0], {**CACEIS, "values": ["Nulle Part"]}],
    },
    "a number that was not said": {**GOOD, "limit": 3},
    "a bound that was not said": {**GOOD, "having": [{"op": "gt", "value": 7, "because": "virements"}]},
    "a field that does not exist": {
        **GOOD,
        "groups": [{"path": "mot_de_passe", "because": "virements"}],
    },
    "another time": {**GOOD, "time": "la semaine dernière"},
    "an average of text": {**GOOD, "aggregate": "avg", "target": "partenaire"},
    "an unknown state": {**GOOD, "conditions": [{**GOOD["conditions"][0], "values": ["destroyed"]}]},
    "an operator in a path": {
        **GOOD,
        "conditions": [*GOOD["conditions"], {"path": "$where", "op": "in", "values": ["1"], "because": "virements"}],
    },
    "an operator as a value": {
        **GOOD,
        "conditions": [{**CACEIS, "values": [{"$ne": None}]}, *GOOD["conditions"]],
    },
    "a pipeline": {**GOOD, "pipeline": [{"$out": "stolen"}]},
    "another collection": {**GOOD, "collection": "deployments"},
    "an endless list": {**GOOD, "conditions": GOOD["conditions"] * 50},
    "a list of nothing": [],
}


@pytest.mark.parametrize("form", WRONG.values(), ids=WRONG)
def test_a_reading_that_does_not_hold_leaves_the_question_asked_back(made: ExactAnswers, form: object) -> None:
    found = settled(made, form)
    assert (found.route, found.exact) == ("clarify", None)
    assert "bidouillés" in found.text
    assert found.choices


def test_a_reading_over_windows_with_a_gap_between_them_leaves_the_question_asked_back(made: ExactAnswers) -> None:
    form = {**GOOD, "conditions": GOOD["conditions"][:1], "time": "lundi"}
    found = settled(made, form, "Virements bidouillés par sens lundi et mercredi ?")
    assert (found.route, found.exact) == ("clarify", None)


def test_the_model_sees_fields_and_linked_values_and_nothing_else(made: ExactAnswers) -> None:
    asked = ask(made, QUESTION)
    assert asked is not None
    messages, _ = made.question_for_model(asked, QUESTION)
    told = messages[0]["content"]
    assert "partenaire: text" in told
    assert "Natixis" in told
    assert "CACEIS" not in told
    assert "TRF" not in told
    assert messages[1]["content"] == QUESTION


@pytest.mark.parametrize("question", ["Combien de virements récemment ?", "Supprime les virements"])
def test_what_is_the_user_s_to_settle_is_not_given_to_a_model(made: ExactAnswers, question: str) -> None:
    found = made.answer([question], None, NOW, "fr", EVERYTHING)
    assert found is not None
    assert found.open is None


async def test_the_engine_asks_the_model_once_and_counts_by_its_reading(made: ExactAnswers, tmp_path: Path) -> None:
    base, sessions = sample(tmp_path), SqliteSessions(tmp_path / "sessions.db")
    for reply, route in ((json.dumps(GOOD), "exact"), ("Je compte 12 virements.", "clarify")):
        chat = ScriptedChat(reply)
        engine = Engine(base.retriever, base.ledger, sessions, chat, lambda: NOW, PARIS, made)
        answer = await engine.answer(Question(QUESTION))
        assert (answer.route, len(chat.calls), chat.closed) == (route, 1, 1)
        assert "12" not in answer.answer
        kept = await engine.answer(Question(QUESTION, use_model=False))
        assert (kept.route, len(chat.calls)) == ("clarify", 1)
    down = Engine(base.retriever, base.ledger, sessions, ScriptedChat(ChatFailed("no")), lambda: NOW, PARIS, made)
    assert (await down.answer(Question(QUESTION))).state == "asked"
    sessions.close()
    base.ledger.close()
