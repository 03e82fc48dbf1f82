"""Slips of the keyboard: a letter too few, too many or turned round changes no answer, and no collection."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def archives() -> list[Doc]:
    return [
        {
            "_id": n,
            "volume": ["compta", "paie", "ged"][n % 3],
            "etat": ["TERMINE", "PLANTE", "REFUSE", "TERMINE", "EN_COURS"][n % 5],
            "garde": n % 4 == 0,
            "lignes_envoyees": 10 * n,
            "lignes_rejetees": n % 3,
            "attente_s": 5 * n,
            "debut": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "duree_s": 60 + n,
        }
        for n in range(120)
    ]


def calls() -> list[Doc]:
    return [
        {
            "_id": n,
            "equipe": ["Archivages", "Réseau"][n % 2],
            "priorite": ["P1", "P2"][n % 2],
            "statut": ["OUVERT", "CLOS"][n % 2],
            "cree_le": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(90)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("slips")
    return answers(folder, {"archivages": archives(), "appels_support": calls()})


@pytest.mark.parametrize(
    ("slipped", "right"),
    [
        ("Combien d'archivages plntés cette semaine ?", "Combien d'archivages plantés cette semaine ?"),
        ("archivages refsés : hier vs avant-hier", "archivages refusés : hier vs avant-hier"),
        ("How many archivages were refued last week?", "How many archivages were refused last week?"),
        ("which archivages are runing right now?", "which archivages are running right now?"),
        ("Combien d'archivges sont passés hier ?", "Combien d'archivages sont passés hier ?"),
        ("Combien de lignes envoées en novembre ?", "Combien de lignes envoyées en novembre ?"),
        ("temps d'atente moyen des archivages hier", "temps d'attente moyen des archivages hier"),
        ("number of archivages still processing", "number of archivages still running"),
        ("quel volume rate le plus en novembre ?", "quel volume échoue le plus en novembre ?"),
        ("combien d'archiavges hier ?", "combien d'archivages hier ?"),
    ],
)
def test_a_slip_is_read_as_the_one_word_next_to_it(made: ExactAnswers, slipped: str, right: str) -> None:
    assert _planned(made, slipped) == _planned(made, right)


@pytest.mark.parametrize(
    ("slipped", "right"),
    [
        ("et plntés ?", "et plantés ?"),
        ("et les refsés ?", "et les refusés ?"),
        ("montre-les par vollume", "montre-les par volume"),
        ("durée mooyenne ?", "durée moyenne ?"),
    ],
)
def test_a_slip_in_what_follows_is_read_as_well(made: ExactAnswers, slipped: str, right: str) -> None:
    first = "Combien d'archivages terminés en novembre ?"
    assert _planned(made, first, slipped) == _planned(made, first, right)


def _planned(made: ExactAnswers, *turns: str) -> Any:
    """Its plan, but for the words that a condition was read from."""
    plan = asdict(exact(made, *turns))["plan"]
    return {**plan, "where": [{**condition, "because": ""} for condition in plan["where"]]}


def test_words_that_stand_beside_others_are_no_slips(made: ExactAnswers) -> None:
    """ "reused" is not "refused"."""
    found = ask(made, "How many archivages were reused last week?")
    assert found is None or found.exact is None or "REFUSE" not in str(found.exact.plan)
