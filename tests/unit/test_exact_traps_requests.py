"""What has misled the planner in requests that somebody decides on, closings that somebody checks, calls that are
served and maintenance: what the records are called, who has done nothing, and what is measured."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def accesses() -> list[Doc]:
    states = ["ACCORDEE", "REFUSEE", "EN_ATTENTE", "ACCORDEE", "EXPIREE", "ACCORDEE", "ANNULEE"]
    found = []
    for n in range(210):
        state = states[n % 7]
        doc: Doc = {
            "_id": n,
            "no_acces": f"ACC-{n:04d}",
            "demandeur": {
                "nom": ["Anouk Vial", "Basile Roy", "Cleo Diaz"][n % 3],
                "pole": ["Titres", "Marchés"][n % 2],
            },
            "outil": ["Orion", "Vega", "Sirius"][n % 5 % 3],
            "decision": state,
            "pressee": n % 4 == 0,
            "depose_le": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
        }
        if state in ("ACCORDEE", "REFUSEE"):
            doc |= {"approbateur": ["Jules Petit", "Lina Mas"][n % 2], "delai_h": 1.5 + n % 9}
        found.append(doc)
    return found


def calls() -> list[Doc]:
    found = []
    for n in range(400):
        served = n % 5 != 2
        found.append(
            {
                "_id": n,
                "endpoint": ["rates", "balances", "cards"][n % 3],
                "verb": ["GET", "POST"][n % 2],
                "outcome": "SERVED" if served else ["REFUSED", "TIMEOUT"][n % 2],
                "httpStatus": 200 if served else 403,
                "zone": ["north", "south"][n % 2],
                "at": (NOW - timedelta(hours=n + 1)).isoformat(),
            }
        )
    return found


def closings() -> list[Doc]:
    found = []
    for n in range(150):
        doc: Doc = {
            "_id": n,
            "no_arrete": f"AR-{n:04d}",
            "chaine": ["BILAN", "STOCKS"][n % 2],
            "etat": ["CLOS", "CLOS", "ECARTE", "EN_COURS"][n % 4],
            "lieu": ["Brest", "Rennes", "Nantes"][n % 7 % 3],
            "nb_ecritures": 100 + 13 * n % 97,
            "debut": (NOW - timedelta(hours=8 * n + 1)).isoformat(),
            "fin": (NOW - timedelta(hours=8 * n)).isoformat(),
        }
        if n % 3 == 0:
            doc["ecart_eur"] = 50.0 * (n % 11)
        if n % 5:
            doc["valide_par"] = ["m.lenoir", "p.garcia"][n % 2]
        found.append(doc)
    return found


def upkeep() -> list[Doc]:
    return [
        {
            "_id": n,
            "repere": f"M{n:04d}",
            "socle": ["ZEUS", "HERA", "ARES", "NYX"][n % 4 if n < 120 else 3],
            "operation": ["reorg", "patch", "vacuum"][n % 3],
            "issue": ["done", "done", "failed"][n % 5 % 3],
            "debut": (NOW - timedelta(hours=5 * n + 2)).isoformat(),
            "minutes": 10 + n % 50,
        }
        for n in range(160)
    ]


A, C, K, M = accesses(), calls(), closings(), upkeep()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("requests")
    return answers(folder, {"acces_outils": A, "serviceCalls": C, "arretes": K, "socle_maint": M})


def test_what_is_asked_for_and_decided_are_requests(made: ExactAnswers) -> None:
    refused = sum(d["decision"] == "REFUSEE" for d in A)
    assert rows(made, "combien de demandes refusées ?") == [[refused]]
    assert exact(made, "which tools had a request rejected?").collection == "acces_outils"
    assert exact(made, "les 5 dernières demandes refusées").collection == "acces_outils"
    by = Counter(d["approbateur"] for d in A if "approbateur" in d)
    assert {row[0]: row[1] for row in rows(made, "Qui a approuvé le plus de demandes ?")} == by


def test_calls_are_requetes_and_no_demandes(made: ExactAnswers) -> None:
    assert rows(made, "combien de requêtes refusées ?") == [[sum(d["outcome"] == "REFUSED" for d in C)]]


def test_requests_that_were_granted_or_have_lapsed_are_not_open(made: ExactAnswers) -> None:
    waiting = sum(d["decision"] == "EN_ATTENTE" for d in A)
    assert rows(made, "combien de demandes d'accès sont encore ouvertes ?") == [[waiting]]
    assert rows(made, "how many access requests are still open?") == [[waiting]]


def test_what_is_served_is_a_state_and_no_small_word(made: ExactAnswers) -> None:
    served = sum(d["outcome"] == "SERVED" for d in C)
    assert rows(made, "combien d'appels ont été servis ?") == [[served]]
    assert rows(made, "combien d'appels n'ont pas été servis ?") == [[len(C) - served]]


def test_records_that_are_not_in_a_state_are_spread_over_what_follows(made: ExactAnswers) -> None:
    left = Counter(d["endpoint"] for d in C if d["outcome"] != "SERVED")
    found = rows(made, "appels qui n'ont pas été servis, par endpoint")
    assert {row[0]: row[1] for row in found} == left


def test_a_measure_is_no_state_of_the_same_stem(made: ExactAnswers) -> None:
    wide = {d["no_arrete"] for d in K if d.get("ecart_eur", 0) > 400}
    assert wide
    found = rows(made, "quels arrêtés ont un écart supérieur à 400 € ?")
    assert {cell for row in found for cell in row} >= wide
    assert len(found) == len(wide)


def test_entries_are_no_method_of_http(made: ExactAnswers) -> None:
    found = exact(made, "le lieu qui passe le plus d'écritures")
    assert (found.collection, found.plan["measures"][0]["path"]) == ("arretes", "nb_ecritures")


def test_a_currency_beside_its_measure_is_its_unit(made: ExactAnswers) -> None:
    assert rows(made, "somme des écarts en euros") == [[pytest.approx(sum(d.get("ecart_eur", 0) for d in K))]]


@pytest.mark.parametrize(
    "question",
    [
        "combien d'arrêtés que personne n'a validés ?",
        "combien d'arrêtés n'ont été validés par personne ?",
        "combien d'arrêtés n'ont pas été validés ?",
        "combien d'arrêtés non validés ?",
    ],
)
def test_what_nobody_has_checked_has_no_name_of_who_did(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum("valide_par" not in d for d in K)]]


def test_operations_are_the_records_of_maintenance(made: ExactAnswers) -> None:
    bad = sum(d["issue"] == "failed" for d in M)
    assert rows(made, "how many maintenance operations failed?") == [[bad]]
    assert rows(made, "combien d'opérations ont échoué ?") == [[bad]]


def test_a_short_value_is_told_by_the_word_it_is_short_for(made: ExactAnswers) -> None:
    longest = max(d["minutes"] for d in M if d["operation"] == "reorg")
    assert rows(made, "durée max des réorganisations")[0][0] in (longest, 60 * longest)


def test_more_or_less_than_another_time_compares_both(made: ExactAnswers) -> None:
    first = ask(made, "combien de demandes en octobre ?")
    assert first is not None
    sides = exact(made, "combien de demandes en octobre ?", "plus ou moins qu'en septembre ?")
    counted = [sum(d["depose_le"][:7] == month for d in A) for month in ("2026-10", "2026-09")]
    assert sorted(row[1] for row in sides.rows) == sorted(counted)
