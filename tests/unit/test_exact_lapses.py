"""How long it was from one date of a record to another; what a parenthesis says again; what records are made by."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def tickets() -> list[Doc]:
    """Opened, acknowledged and resolved at times of their own; a few never acknowledged."""
    found = []
    for n in range(120):
        opened = NOW - timedelta(hours=2 * n + 1)
        found.append(
            {
                "_id": n,
                "ticket": f"TCK-{n:04d}",
                "groupe": ["Réseau", "Bases", "Poste"][n % 3],
                "statut": ["résolu", "fermé", "ouvert"][n % 3],
                "motif": ["E310", "E777", "E100"][n % 3],
                "vip": n % 4 == 0,
                "ouvertLe": opened.isoformat(),
                "acquitteLe": (opened + timedelta(minutes=n % 20)).isoformat() if n % 10 else None,
                "resoluLe": (opened + timedelta(minutes=30 + 7 * n)).isoformat() if n % 3 != 2 else None,
            }
        )
    return found


def copies() -> list[Doc]:
    return [
        {
            "_id": n,
            "lien": f"L{n % 4}",
            "src_site": ["LILLE", "LYON", "AIX"][n % 3],
            "dst_site": ["LYON", "AIX", "LILLE"][n % 3],
            "tailleKo": 10 + n,
            "debut": (NOW - timedelta(hours=n + 1)).isoformat(),
        }
        for n in range(90)
    ]


T, C = tickets(), copies()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("lapses")
    return answers(folder, {"tickets_support": T, "replications": C})


def lapse(doc: Doc, start: str, end: str) -> float | None:
    if doc[start] is None or doc[end] is None:
        return None
    return (datetime.fromisoformat(doc[end]) - datetime.fromisoformat(doc[start])).total_seconds()


def lapses(start: str, end: str, **own: Any) -> list[float]:
    meant = (doc for doc in T if all(doc[field] == value for field, value in own.items()))
    return [seconds for doc in meant if (seconds := lapse(doc, start, end)) is not None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("temps moyen d'acquittement des tickets", mean(lapses("ouvertLe", "acquitteLe"))),
        ("délai moyen entre l'ouverture et l'acquittement des tickets", mean(lapses("ouvertLe", "acquitteLe"))),
        ("median time to acknowledge tickets", median(lapses("ouvertLe", "acquitteLe"))),
        ("délai moyen de résolution des tickets du groupe Bases", mean(lapses("ouvertLe", "resoluLe", groupe="Bases"))),
        ("temps moyen entre acquittement et résolution des tickets", mean(lapses("acquitteLe", "resoluLe"))),
    ],
)
def test_the_time_between_two_dates_is_computed_of_them(made: ExactAnswers, question: str, expected: float) -> None:
    assert rows(made, question)[0][0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "end", "most"),
    [
        ("combien de tickets acquittés en moins de 5 minutes ?", "acquitteLe", 5),
        ("how many tickets resolved within 2 hours?", "resoluLe", 120.001),
    ],
)
def test_records_are_bounded_by_the_time_between_two_dates(
    made: ExactAnswers, question: str, end: str, most: float
) -> None:
    assert rows(made, question) == [[sum(seconds < 60 * most for seconds in lapses("ouvertLe", end))]]


def test_records_that_took_longest_to_be_resolved_come_first(made: ExactAnswers) -> None:
    longest = max((doc for doc in T if doc["resoluLe"]), key=lambda doc: lapse(doc, "ouvertLe", "resoluLe") or 0)
    assert longest["ticket"] in str(rows(made, "les 3 tickets les plus longs à résoudre")[0])


def test_the_next_turn_keeps_the_time_between_two_dates(made: ExactAnswers) -> None:
    turns = ["temps moyen d'acquittement des tickets du groupe Bases", "et pour Réseau ?"]
    expected = mean(lapses("ouvertLe", "acquitteLe", groupe="Réseau"))
    assert exact(made, *turns).rows[0][0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "field", "value"),
    [
        ("combien de tickets en coupure fibre (E310) ?", "motif", "E310"),
        ("combien de tickets de clients prioritaires (vip true) ?", "vip", True),
    ],
)
def test_words_that_a_parenthesis_says_again_need_no_field(
    made: ExactAnswers, question: str, field: str, value: object
) -> None:
    assert rows(made, question) == [[sum(doc[field] == value for doc in T)]]


def test_words_before_a_parenthesis_that_says_nothing_are_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien de tickets en coupure fibre (zigouillis) ?")
    assert found is not None
    assert found.route == "clarify"


def test_what_records_are_made_by_is_said_of_them(made: ExactAnswers) -> None:
    moved = sum(doc["tailleKo"] for doc in C if (doc["src_site"], doc["dst_site"]) == ("LILLE", "LYON"))
    assert rows(made, "taille totale répliquée de Lille vers Lyon") == [[moved]]


def test_what_is_to_come_is_not_foretold(made: ExactAnswers) -> None:
    found = ask(made, "combien de tickets aura-t-on demain ?")
    assert found is not None
    assert found.route == "none"
    assert "à venir" in found.text
