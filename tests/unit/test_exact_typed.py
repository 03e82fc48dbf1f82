"""A question means the same however it is typed: courtesies before it, capitals or none, no accents, its time first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def orders() -> list[Doc]:
    return [
        {
            "_id": n,
            "order": f"ORD-{n % 8}",
            "state": ["EXECUTED", "EXECUTED", "REJECTED"][n % 3],
            "desk": ["AM", "CIB", "PAR"][n % 3 if n % 4 else 0],
            "priority": f"P{n % 2 + 1}",
            "started_at": NOW - timedelta(hours=3 * n + 1),
            "validated_by": ["a.lopez", "b.martin"][n % 2],
            "volume_eur": 10.0 * n,
        }
        for n in range(120)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(Path(tmp_path_factory.mktemp("typed")), {"order_runs": orders()})


PLAIN = "Combien d'ordres P1 rejetés hier ?"


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, combien d'ordres P1 rejetés hier ?",
        "Bonjour à tous, pouvez-vous me dire combien d'ordres P1 rejetés hier svp ?",
        "peux tu me dire combien d'ordres P1 rejetés hier",
        "COMBIEN D'ORDRES P1 REJETÉS HIER ?",
        "combien d'ordres p1 rejetes hier",
        "Hier, combien d'ordres P1 rejetés ?",
        "J'aimerais savoir combien d'ordres P1 rejetés hier.",
    ],
)
def test_what_stands_around_a_question_changes_nothing(made: ExactAnswers, text: str) -> None:
    assert rows(made, PLAIN) == rows(made, text) != [[0]]


def test_who_is_asked_for_after_a_greeting(made: ExactAnswers) -> None:
    plain = rows(made, "Qui a validé le plus d'ordres ce mois-ci ?")
    assert {row[0] for row in plain} == {"a.lopez", "b.martin"}
    assert rows(made, "Bonjour, qui a validé le plus d'ordres ce mois-ci ?") == plain
    assert rows(made, "Ce mois-ci, qui a validé le plus d'ordres ?") == plain


def test_an_order_after_a_greeting_is_refused(made: ExactAnswers) -> None:
    found = ask(made, "Bonjour, relance les ordres rejetés")
    assert found is not None
    assert found.exact is None
    assert found.route == "none"


def test_a_next_turn_after_a_greeting_still_leans_on_the_one_before(made: ExactAnswers) -> None:
    assert rows(made, PLAIN, "bonjour, et avant-hier ?") == rows(made, PLAIN, "et avant-hier ?")


def test_a_short_value_may_be_typed_small_where_the_language_has_no_such_word(made: ExactAnswers) -> None:
    expected = sum(d["desk"] == "AM" for d in orders())
    assert rows(made, "combien d'ordres du desk am") == [[expected]]
    assert exact(made, "combien d'ordres par desk").plan["keys"][0]["path"] == "desk"  # "par" is no PAR


def test_the_longest_purge_is_no_order(made: ExactAnswers) -> None:
    found = ask(made, "purge la plus longue du mois")
    assert found is None or found.route != "none"
