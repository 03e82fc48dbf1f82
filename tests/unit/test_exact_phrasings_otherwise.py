"""The same questions as another operator types them: agreements that were missed, sums of money, hours named first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def cases() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref_dossier": f"D{n:05d}",
            "gravite": ["G1", "G2", "G3"][n % 3],
            "etat": ["CLOS", "OUVERT"][n % 4 == 3],
            "delai_sla_respecte": n % 5 != 0,
            "cellule": ["nord", "sud"][n % 2],
            "ouvert_le": (NOW - timedelta(hours=5 * n + 9)).strftime("%Y-%m-%dT%H:%M:%S"),
            "clos_le": (NOW - timedelta(hours=5 * n + 6)).strftime("%Y-%m-%dT%H:%M:%S") if n % 4 != 3 else None,
            "duree_min": 170 if n % 4 != 3 else None,
        }
        for n in range(120)
    ]


def payments() -> list[Doc]:
    return [
        {
            "_id": n,
            "reference": f"REG{n:06d}",
            "montant": 100.0 + n,
            "devise": ["EUR", "USD", "CHF"][n % 3],
            "etat": ["PASSE", "REJETE", "ECHEC_TECHNIQUE"][(n % 7 == 1) + 2 * (n % 11 == 2) if n % 77 != 57 else 0],
            "guichet": ["GUICHET", "WEB"][n % 2],
            "agence": ["00312", "00313", "03120"][n % 4 % 3],
            "prioritaire": n % 6 == 0,
            "saisi_le": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def transfers() -> list[Doc]:
    return [
        {
            "_id": n,
            "transfer_id": f"T{n:05d}",
            "fileName": f"LOT_{n:05d}.csv",
            "correspondant": ["KERO", "LUMI"][n % 2],
            "status": "FAILED" if n % 9 == 4 else "DONE",
            "startedAt": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            "endedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "size_kb": 0 if n % 8 == 3 else 50 + n,
        }
        for n in range(140)
    ]


def backups() -> list[Doc]:
    return [
        {
            "_id": n,
            "machine": ["alpha", "beta", "gamma"][n % 3],
            "etat": ["TERMINEE", "TERMINEE_AVEC_ALERTES", "ECHOUEE"][n % 10 // 8 + (n % 10 == 9)],
            "debut": (NOW - timedelta(hours=6 * n + 5)).isoformat(),
            "fin": (NOW - timedelta(hours=6 * n + 4)).isoformat(),
            "duree_s": 600 + 7 * n,
        }
        for n in range(200)
    ]


C, R, F, B = cases(), payments(), transfers(), backups()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("otherwise")
    named = {"dossiers_incident": C, "reglements": R, "file_transfers": F, "sauvegardes_nuit": B}
    return answers(folder, named)


MISSED = sum(d["gravite"] == "G1" and not d["delai_sla_respecte"] for d in C)
KEPT = sum(d["gravite"] == "G1" and d["delai_sla_respecte"] for d in C)


@pytest.mark.parametrize(
    ("question", "many"),
    [
        ("combien de dossiers G1 dont le SLA n'a pas été respecté ?", MISSED),
        ("how many G1 incidents missed their SLA?", MISSED),
        ("how many G1 incidents breached the SLA?", MISSED),
        ("combien de dossiers G1 avec SLA non respecté", MISSED),
        ("combien de dossiers G1 dont le SLA est dépassé ?", MISSED),
        ("how many G1 incidents did not miss their SLA?", KEPT),
        ("combien de dossiers G1 dont le SLA a été respecté ?", KEPT),
    ],
)
def test_an_agreement_that_was_missed_was_not_kept(made: ExactAnswers, question: str, many: int) -> None:
    assert rows(made, question) == [[many]]


@pytest.mark.parametrize("question", ["how many payments?", "number of payments", "combien de paiements ?"])
def test_payments_are_no_transfers_of_files(made: ExactAnswers, question: str) -> None:
    assert exact(made, question).collection == "reglements"


@pytest.mark.parametrize(
    "question",
    ["somme des règlements en USD", "montant total des règlements en USD", "what is the total of USD payments?"],
)
def test_a_sum_of_payments_is_of_their_amounts(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["montant"] for d in R if d["devise"] == "USD")]]


@pytest.mark.parametrize(
    "question",
    [
        "heure à laquelle les transferts de fichiers échouent le plus",
        "l'heure de la journée où les transferts de fichiers échouent le plus",
        "à quelle heure les transferts de fichiers échouent le plus",
    ],
)
def test_an_hour_that_is_named_first_is_asked_for(made: ExactAnswers, question: str) -> None:
    assert [key["bucket"] for key in exact(made, question).plan["keys"]] == ["hour_of_day"]


def test_a_day_with_the_most_is_asked_for_by_its_mere_name(made: ExactAnswers) -> None:
    found = exact(made, "jour de novembre avec le plus de règlements rejetés")
    assert [key["bucket"] for key in found.plan["keys"]] == ["day"]


def test_a_code_after_the_name_of_its_field_is_of_that_field(made: ExactAnswers) -> None:
    assert rows(made, "combien de règlements de l'agence 00312") == [[sum(d["agence"] == "00312" for d in R)]]


@pytest.mark.parametrize("question", ["combien de fichiers vides ?", "how many empty files?"])
def test_empty_files_have_no_size(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["size_kb"] == 0 for d in F)]]


@pytest.mark.parametrize(
    "question",
    [
        "combien de sauvegardes avec alertes ?",
        "how many backups with warnings?",
        "how many backups ended with a warning?",
    ],
)
def test_what_a_state_ends_with_is_said_alone(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["etat"] == "TERMINEE_AVEC_ALERTES" for d in B)]]


@pytest.mark.parametrize(
    "question", ["on a sauvegardé combien de machines ?", "combien de machines ont été sauvegardées ?"]
)
def test_what_was_done_comes_before_what_is_counted(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[3]]


def test_a_length_that_rose_is_compared_as_a_mean(made: ExactAnswers) -> None:
    found = exact(made, "la durée des sauvegardes a-t-elle augmenté entre octobre et novembre ?")
    assert {measure["aggregate"] for measure in found.plan["measures"]} == {"avg"}


@pytest.mark.parametrize(
    "question",
    [
        "Temps moyen de clôture des dossiers G1",
        "combien de temps met-on en moyenne à résoudre un dossier G1 ?",
        "délai moyen de clôture des dossiers G1",
    ],
)
def test_the_time_to_solve_is_what_records_tell_it_was(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[170.0]]


@pytest.mark.parametrize(
    "question",
    [
        "quelles cellules ont eu 60 dossiers ou plus ?",
        "cellules avec 60+ dossiers",
        "cellules avec au moins 60 dossiers",
    ],
)
def test_or_more_bounds_from_below(made: ExactAnswers, question: str) -> None:
    assert {row[0] for row in rows(made, question)} == {"nord", "sud"}


def test_those_that_are_urgent_are_counted_as_before(made: ExactAnswers) -> None:
    many = sum(d["etat"] == "REJETE" and d["prioritaire"] for d in R)
    turns = ("nombre de règlements rejetés", "uniquement ceux qui sont prioritaires")
    assert rows(made, *turns) == [[many]]


def test_the_maximum_of_what_was_asked_as_a_mean(made: ExactAnswers) -> None:
    turns = ("durée moyenne des sauvegardes de alpha", "et au maximum ?")
    found = ask(made, *turns)
    assert found is not None
    assert found.exact is not None
    assert found.exact.rows == [[max(d["duree_s"] for d in B if d["machine"] == "alpha")]]
