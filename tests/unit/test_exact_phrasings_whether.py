"""Whether all went well, or anything did not, is asked in many ways; each gets the same verdict."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact

from vigie.ask.exact import ExactAnswers

DAYS = 6
FAILED = 5  # yesterday, in LYON; none the day before


def rounds() -> list[dict[str, Any]]:
    """Fifty a day; on odd days five of LYON fail."""
    made = []
    for day in range(1, DAYS):
        begin = NOW.replace(hour=8, minute=0) - timedelta(days=day)
        for n in range(50):
            bad = day % 2 == 1 and n % 10 == 3
            made.append(
                {
                    "_id": day * 100 + n,
                    "lot": f"LOT_{'ABCDE'[n % 5]}",
                    "site": "LYON" if n % 2 else "METZ",
                    "etat": "ECHOUE" if bad else "IGNORE" if n == 7 else "REUSSI",
                    "debut": (begin + timedelta(minutes=9 * n)).isoformat(),
                    "fin": (begin + timedelta(minutes=9 * n + 4)).isoformat(),
                }
            )
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("whether")
    return answers(folder, {"lots_editique": rounds()})


ALL_WELL = [
    "Tout s'est bien passé {day} ?",
    "Est-ce que tout s'est bien passé {day} ?",
    "Ça s'est bien passé {day} ?",
    "Tout va bien {day} ?",
    "Tout était OK {day} ?",
    "RAS {day} ?",
    "Rien à signaler {day} ?",
    "Les lots ont-ils réussi {day} ?",
    "Est-ce que les lots ont bien tourné {day} ?",
    "Les lots se sont bien passés {day} ?",
    "Aucun échec {day} ?",
    "Pas d'échec {day} ?",
    "Did everything go well {when}?",
    "Did everything run fine {when}?",
    "Did it go well {when}?",
    "Did all lots complete without error {when}?",
    "Did the METZ and LYON lots succeed {when}?",
    "Everything OK {when}?",
    "All good {when}?",
    "Was everything fine {when}?",
    "No failures {when}?",
]
ANY_WRONG = [
    "Un souci {day} en LYON ?",
    "Des soucis {day} ?",
    "Y a-t-il eu un problème {day} ?",
    "Any problem {when}?",
    "Any trouble {when}?",
    "Did anything go wrong {when}?",
    "Did any lot blow up {when}?",
]


@pytest.mark.parametrize("question", ALL_WELL)
def test_all_went_well_where_none_failed(made: ExactAnswers, question: str) -> None:
    assert exact(made, question.format(day="hier", when="yesterday")).rows == [[False, FAILED]]
    well = exact(made, question.format(day="avant-hier", when="on November 18"))
    assert well.rows == [[True, 0]]


@pytest.mark.parametrize("question", ANY_WRONG)
def test_anything_went_wrong_where_some_failed(made: ExactAnswers, question: str) -> None:
    bad, well = (
        exact(made, question.format(day=day, when=when))
        for day, when in (("hier", "yesterday"), ("avant-hier", "on November 18"))
    )
    assert bad.plan is not None
    assert bad.matched == FAILED
    assert well.matched == 0


def test_one_lot_succeeded_where_one_of_its_runs_did(made: ExactAnswers) -> None:
    assert exact(made, "LOT_D a-t-il réussi hier ?").rows == [[True, 5]]


def test_successes_are_looked_for_where_any_is_asked_for(made: ExactAnswers) -> None:
    assert exact(made, "Y a-t-il eu des lots réussis hier ?").rows == [[True, 44]]


def test_the_night_without_a_date_is_asked_back(made: ExactAnswers) -> None:
    for question in ("Did the night go well?", "La nuit s'est bien passée ?"):
        given = ask(made, question)
        assert given is None or given.exact is None


def test_when_all_was_well_for_the_last_time_is_not_computed(made: ExactAnswers) -> None:
    given = ask(made, "Quand est-ce que tous les lots ont réussi pour la dernière fois ?")
    assert given is None or given.exact is None
