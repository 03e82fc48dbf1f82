"""What has misled the planner where campaigns of tests run, files are received and databases are maintained."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def campaigns() -> list[Doc]:
    return [
        {
            "_id": n,
            "campaign_id": f"RC{n:05d}",
            "application": ["fx-desk", "loans", "cards"][n % 3],
            "suite": ["smoke", "end_to_end"][n % 2],
            "verdict": ["passed", "passed", "failed"][n % 7 % 3],
            "release_blocker": n % 10 == 0,
            "tests_total": 40 + n,
            "tests_failed": n % 5,
            "tests_passed": 40 + n - n % 5,
            "elapsed_s": 100.0 + n,
            "launched_by": ["planner", "operator", "api"][n % 3],
            "started_at": NOW - timedelta(hours=2 * n + 1),
        }
        for n in range(140)
    ]


def received() -> list[Doc]:
    found = []
    for n in range(120):
        expected = NOW - timedelta(hours=4 * n + 2)
        came = n % 9 != 4
        found.append(
            {
                "_id": n,
                "NUM_REC": 700000 + n,
                "NOM_FIC": f"F_{n:05d}.csv",
                "CD_PART": ["ALFA", "BRAVO"][n % 2],
                "STA": ["INTEGRE", "REJETE"][n % 6 == 0] if came else "ATTENDU",
                "DT_ATT": int(expected.timestamp() * 1000),
                "DT_REC": int((expected + timedelta(minutes=20 * (n % 7) - 40)).timestamp() * 1000) if came else None,
                "TAIL_OCT": 1000 * n,
            }
        )
    return found


def maintained() -> list[Doc]:
    return [
        {
            "_id": n,
            "op": {"ref": f"MX{n:05d}", "kind": ["sauvegarde", "purge", "statistiques"][n % 3]},
            "target": {"database": ["PGA", "PGB", "ORC"][n // 3 % 3 if n % 3 else n // 3 % 2]},
            "state": ["complete", "broken"][n % 8 == 3],
            "clock": {"start": int((NOW - timedelta(hours=n + 1)).timestamp()), "seconds": 60 + n},
            "volumes_gb": {"temp": 1.5 * n},
            "steps": [{"label": "copie", "seconds": 5 + n % 4}, {"label": "controle", "seconds": 9}],
        }
        for n in range(150)
    ]


def scheduled() -> list[Doc]:
    return [
        {
            "_id": n,
            "chaine": f"CH_{n % 8}",
            "job": f"JOB_{n % 20}",
            "milieu": ["PRODUCTION", "HOMOLOGATION"][n % 3 > 1],
            "etat": ["TERMINE", "TERMINE", "ANOMALIE"][n % 5 % 3],
            "heure_debut": f"{NOW - timedelta(hours=n + 1):%Y-%m-%dT%H:%M:%S}",
        }
        for n in range(160)
    ]


C, F, M, S = campaigns(), received(), maintained(), scheduled()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("campaigns")
    data = {"regression_campaigns": C, "FIC_RECEP": F, "dbmaint": M, "journal_chaines": S}
    return answers(folder, data)


def test_a_name_of_several_words_is_no_time_until_its_end(made: ExactAnswers) -> None:
    lasted = [d["elapsed_s"] for d in C if d["suite"] == "end_to_end"]
    assert rows(made, "durée moyenne des end_to_end") == [[pytest.approx(sum(lasted) / len(lasted))]]


def test_campaigns_of_tests_that_failed_are_counted(made: ExactAnswers) -> None:
    failed = sum(d["verdict"] == "failed" for d in C)
    assert rows(made, "combien de campagnes de tests en échec ?") == [[failed]]
    total = {app: sum(d["tests_failed"] for d in C if d["application"] == app) for app in ("fx-desk", "loans", "cards")}
    assert dict(rows(made, "tests en échec par application")) == total


def test_what_blocks_a_release_is_blocking(made: ExactAnswers) -> None:
    assert rows(made, "combien de campagnes bloquantes ?") == [[sum(d["release_blocker"] for d in C)]]


def test_by_an_operator_is_one_of_those_that_launch(made: ExactAnswers) -> None:
    by_hand = sum(d["launched_by"] == "operator" for d in C)
    assert rows(made, "combien de campagnes lancées par un opérateur ?") == [[by_hand]]


def test_what_did_not_come_has_no_date_of_it(made: ExactAnswers) -> None:
    left = {d["NOM_FIC"] for d in F if d["DT_REC"] is None}
    assert {row[0] for row in rows(made, "fichiers pas encore reçus")} == left
    missing = ask(made, "missing files this week")
    assert missing is None or missing.exact is None


def test_shortened_dates_are_held_against_each_other(made: ExactAnswers) -> None:
    late = sum(d["DT_REC"] is not None and d["DT_REC"] - d["DT_ATT"] > 1_800_000 for d in F)
    question = "combien de fichiers arrivés plus de 30 min après l'heure prévue ?"
    assert rows(made, question) == [[late]]


def test_sizes_are_in_the_unit_of_their_field(made: ExactAnswers, tmp_path: Path) -> None:
    large = sum(d["TAIL_OCT"] > 50_000 for d in F)
    assert rows(made, "combien de fichiers de plus de 50 Ko ?") == [[large]]
    hot = sum(d["volumes_gb"]["temp"] > 100 for d in M)
    assert rows(made, "combien d'opérations avec plus de 100 Go de temp ?") == [[hot]]
    docs = [{"_id": n, "nom_fichier": f"f{n}", "taille": 3 * n, "recu_le": NOW.isoformat()} for n in range(60)]
    unknown = ask(answers(tmp_path, {"fichiers": docs}), "combien de fichiers de plus de 100 Mo ?")
    assert unknown is None or unknown.exact is None  # of what unit?


def test_things_that_something_was_not_done_to_had_none_of_it(made: ExactAnswers) -> None:
    saved = {d["target"]["database"] for d in M if d["op"]["kind"] == "sauvegarde"}
    left = {d["target"]["database"] for d in M} - saved
    assert left
    for question in ("bases non sauvegardées", "quelles bases n'ont pas été sauvegardées ?"):
        assert {row[0] for row in rows(made, question)} == left, question


def test_operations_are_what_a_maintenance_is_made_of(made: ExactAnswers) -> None:
    assert rows(made, "combien d'opérations en échec ?") == [[sum(d["state"] == "broken" for d in M)]]
    weeks = rows(made, "maintenance operations per week")
    assert sum(row[-1] for row in weeks) == len(M)
    mean = sum(d["clock"]["seconds"] for d in M) / len(M)
    assert rows(made, "durée moyenne des opérations") == [[pytest.approx(mean)]]


def test_single_elements_of_a_list_are_not_told_apart(made: ExactAnswers) -> None:
    found = ask(made, "average copie time of operations")
    assert found is None or found.exact is None


def test_chains_with_so_many_failures_by_something_else_are_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "chaînes avec plus de 3 anomalies, par milieu")
    assert found is None or found.exact is None
    told = Counter(d["chaine"] for d in S if d["etat"] == "ANOMALIE")
    many = {name: count for name, count in told.items() if count > 3}
    assert dict(rows(made, "chaînes avec plus de 3 anomalies")) == many


def test_the_worst_day_by_a_number_of_jobs(made: ExactAnswers) -> None:
    found = exact(made, "quel jour a été le pire en nombre de jobs en anomalie ?")
    assert [key["bucket"] for key in found.plan["keys"]] == ["day"]


def test_a_rate_is_no_kind_of_operation(tmp_path: Path) -> None:
    docs = [
        {
            "_id": n,
            "operation": ["rates.load", "iban.check"][n % 2],
            "outcome": ["delivered", "refused"][n % 4 == 0],
            "at": NOW - timedelta(hours=n),
            "acquitte_le": (NOW - timedelta(minutes=n)).isoformat() if n % 5 else None,
        }
        for n in range(80)
    ]
    made = answers(tmp_path, {"api_calls": docs})
    part = sum(d["outcome"] == "refused" for d in docs)
    assert rows(made, "taux d'erreur des appels") == [[part / 80, part, 80]]
    assert rows(made, "combien d'appels sans acquittement ?") == [[sum(d["acquitte_le"] is None for d in docs)]]
