"""What has misled the planner where a collection is called by two things, and a field tells which of them each is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
KINDS = ["chargement intégral", "chargement partiel", "extraction"]
STATES = ["fini", "fini avec réserves", "fini", "raté"]


def made_of_two() -> list[Doc]:
    return [
        {
            "_id": n,
            "no": f"{n:05d}",
            "operation": KINDS[n % 3],
            "entrepot": ["ALTAIR", "DENEB", "RIGEL"][n % 7 % 3],
            "etat": STATES[n % 11 % 4],
            "debut": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "duree_min": 5.0 + n % 31,
            "volume_go": 1.0 + n % 13,
            "nb": {"operations": n % 50},
            "site": ["Lille", "Nantes"][n % 2],
        }
        for n in range(400)
    ]


def changes() -> list[Doc]:
    return [
        {
            "_id": n,
            "num": f"CH{n:04d}",
            "etape": ["réalisé", "réalisé", "annulé"][n % 3],
            "coupure": n % 4 == 0,
            "site": ["Lille", "Nantes"][n % 2],
            "debut": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(160)
    ]


D, C = made_of_two(), changes()
LOADS = [d for d in D if d["operation"].startswith("chargement")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("two")
    return answers(folder, {"chargements_extractions": D, "chg_reseau": C})


def test_one_of_the_two_things_is_no_more_than_that(made: ExactAnswers) -> None:
    assert rows(made, "combien de chargements ratés ?") == [[sum(d["etat"] == "raté" for d in LOADS)]]
    assert rows(made, "combien d'extractions ratées ?") == [[sum(d["etat"] == "raté" for d in D if d not in LOADS)]]
    assert rows(made, "combien de chargements et d'extractions ?") == [[len(D)]]
    assert rows(made, "combien de chargements partiels ?") == [[sum(d["operation"] == KINDS[1] for d in D)]]
    ran = Counter(d["entrepot"] for d in LOADS if d["etat"] == "raté")
    assert {row[0]: row[1] for row in rows(made, "entrepôts avec plus de 3 chargements ratés")} == {
        name: n for name, n in ran.items() if n > 3
    }


def test_what_has_been_done_to_a_volume_says_of_which_it_is(made: ExactAnswers) -> None:
    loaded: Counter[str] = Counter()
    for d in LOADS:
        loaded[d["entrepot"]] += d["volume_go"]
    assert {row[0]: row[1] for row in rows(made, "volume total chargé par entrepôt")} == loaded
    assert rows(made, "volume chargé") == [[sum(loaded.values())]]


def test_the_longer_of_two_states_is_meant_alone(made: ExactAnswers) -> None:
    assert rows(made, "combien de chargements finis avec des réserves ?") == [
        [sum(d["etat"] == "fini avec réserves" for d in LOADS)]
    ]


def test_a_state_that_is_a_field_of_another_collection_is_that_field(made: ExactAnswers) -> None:
    found = exact(made, "y a-t-il eu une coupure à Lille ?")
    assert found.collection == "chg_reseau"
    assert found.rows == [[True, sum(d["coupure"] and d["site"] == "Lille" for d in C)]]


def extractions() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref": f"{n:05d}",
            "operation": ["extraction", "extraction", "vidage"][n % 3],
            "os": ["AIX 7", "RHEL 9"][n % 2],
            "resultat": ["REUSSI", "REUSSI", "ECHOUE", "REUSSI"][n % 4],
            "lance_le": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "duree_min": 2.0 + n % 17,
            "valide_par": None if n % 6 == 5 else ["I. Roy", "K. Sow"][n % 2],
        }
        for n in range(240)
    ]


def orders() -> list[Doc]:
    return [
        {
            "_id": n,
            "ORDRE": f"{n:06d}",
            "JOB": ["VAR_PARIS", "VAR_LONDRES", "PNL_PARIS"][n % 3],
            "ETAT": ["FINI_OK", "FINI_OK", "FINI_KO"][n % 5 % 3],
            "DEBUT": (NOW - timedelta(hours=n + 1)).isoformat(),
            "PRIS_EN_CHARGE_PAR": ["Ana", "Luc", None][n % 3],
        }
        for n in range(300)
    ]


P = extractions()


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("extractions")
    return answers(folder, {"extractions_bases": P, "ordres_grille": orders()})


def test_the_first_of_two_plurals_names_the_records(extracted: ExactAnswers) -> None:
    found = exact(extracted, "combien d'extractions en échec ?")
    assert found.collection == "extractions_bases"
    bad = [d for d in P if d["resultat"] == "ECHOUE"]
    assert found.rows == [[sum(d["operation"] == "extraction" for d in bad)]]
    assert rows(extracted, "combien de vidages en échec ?") == [[sum(d["operation"] == "vidage" for d in bad)]]


def test_who_does_it_is_told_by_what_is_done(extracted: ExactAnswers) -> None:
    lacking = sum(d["operation"] == "vidage" and d["valide_par"] is None for d in P)
    assert lacking
    assert rows(extracted, "combien de vidages sans valideur ?") == [[lacking]]


def test_operating_systems_are_an_os(extracted: ExactAnswers) -> None:
    assert {row[0] for row in rows(extracted, "average duration of the extractions per operating system")} == {
        "AIX 7",
        "RHEL 9",
    }
