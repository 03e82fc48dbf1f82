"""The last one, the first one, since when, the longest: asked in many ways, and each gets the same record."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact

from vigie.ask.exact import ExactAnswers

DAYS = 10


def syncs() -> list[dict[str, Any]]:
    """Four a day, each longer than the one before; REF_SIX fails on even days; two run now."""
    made: list[dict[str, Any]] = []
    for day in range(1, DAYS + 1):
        begin = NOW.replace(hour=3, minute=0) - timedelta(days=day)
        for n, name in enumerate(("REF_SIX", "REF_TWO", "REF_OLD", "REF_ODD")):
            if name == "REF_OLD" and day < 4:
                continue  # it has not run for three days
            at = begin + timedelta(minutes=50 * n)
            made.append(
                {
                    "_id": day * 10 + n,
                    "synchro": name,
                    "statut": "KO" if name == "REF_SIX" and day % 2 == 0 else "OK",
                    "debut": at.isoformat(),
                    "fin": (at + timedelta(minutes=30 - 2 * day + n)).isoformat(),
                    "duree_min": 30 - 2 * day + n,
                }
            )
    for n, name in enumerate(("REF_TWO", "REF_ODD")):
        made.append(
            {
                "_id": 900 + n,
                "synchro": name,
                "statut": "EN_COURS",
                "debut": (NOW - timedelta(minutes=40 + 60 * n)).isoformat(),
            }
        )
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("last")
    return answers(folder, {"synchros": syncs()})


def first_row(made: ExactAnswers, question: str) -> list[Any]:
    return exact(made, question).rows[0]


def has_time(row: list[Any], day: int, hour: int) -> bool:
    at = NOW.replace(hour=hour, minute=0) - timedelta(days=day)
    return any(isinstance(cell, datetime) and abs(cell - at) < timedelta(hours=1) for cell in row)


LAST_FAILURE = [
    "Dernier plantage de REF_SIX ?",
    "Quand REF_SIX a-t-il planté pour la dernière fois ?",
    "De quand date le dernier échec de REF_SIX ?",
    "Depuis quand REF_SIX n'a pas planté ?",
    "Depuis quand REF_SIX n'a-t-il pas échoué ?",
    "When did REF_SIX last fail?",
    "Latest failure of REF_SIX",
    "Last time REF_SIX failed",
    "Since when has REF_SIX not failed?",
]
LAST_RUN = [
    "Dernier passage de REF_OLD ?",
    "Depuis quand REF_OLD ne tourne plus ?",
    "Quand REF_OLD a-t-il tourné pour la dernière fois ?",
    "When did REF_OLD last run?",
    "Since when has REF_OLD not run?",
]
LONGEST = [
    "Quelle synchro a été la plus longue hier ?",
    "Quelle exécution a été la plus longue hier ?",
    "Quelle synchro a mis le plus de temps hier ?",
    "Quelle synchro a traîné le plus hier ?",
    "Longest synchro yesterday",
    "Longest running synchro yesterday",
    "Which synchro took longest yesterday?",
]
LONGEST_NOW = [
    "Quelle synchro tourne depuis le plus longtemps ?",
    "Longest running synchro right now",
    "La plus longue synchro en cours",
]


@pytest.mark.parametrize("question", LAST_FAILURE)
def test_the_last_failure(made: ExactAnswers, question: str) -> None:
    row = first_row(made, question)
    assert "REF_SIX" in row
    assert has_time(row, 2, 3)


@pytest.mark.parametrize("question", LAST_RUN)
def test_the_last_run(made: ExactAnswers, question: str) -> None:
    row = first_row(made, question)
    assert "REF_OLD" in row
    assert has_time(row, 4, 4)


@pytest.mark.parametrize("question", LONGEST)
def test_the_longest(made: ExactAnswers, question: str) -> None:
    assert "REF_ODD" in first_row(made, question)


@pytest.mark.parametrize("question", LONGEST_NOW)
def test_the_longest_of_those_that_run(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    assert found.plan is not None
    assert [list(cond["values"]) for cond in found.plan["where"]] == [["EN_COURS"]]


def test_a_record_length_is_of_one_run(made: ExactAnswers) -> None:
    assert has_time(first_row(made, "Le record de durée pour REF_TWO"), 1, 3)


def test_the_last_ones_are_several(made: ExactAnswers) -> None:
    assert len(exact(made, "Les derniers plantages").rows) == 5
    assert len(exact(made, "Le dernier plantage").rows) == 1


def test_how_long_ago_is_no_mean_length(made: ExactAnswers) -> None:
    given = ask(made, "Ça fait combien de temps que REF_SIX n'a pas planté ?")
    assert given is None or given.exact is None
