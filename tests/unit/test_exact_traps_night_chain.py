"""What has misled the planner in chains of jobs, cash machines, badges that are renewed and people on duty."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def runs() -> list[Doc]:
    """Of jobs, some of which fail in one environment only."""
    return [
        {
            "_id": n,
            "jobName": f"JOB{n % 7}",
            "flow": ["PAYROLL", "LEDGER", "STOCK"][n % 7 % 3],
            "env": ["PROD", "RECETTE"][n % 2],
            "status": "FAILED" if n % 7 < 4 and (n % 7 < 2 or n % 2) and n % 3 == 0 else "DONE",
            "startedAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "endedAt": (NOW - timedelta(hours=2 * n)).isoformat(),
        }
        for n in range(140)
    ]


def incidents() -> list[Doc]:
    return [
        {
            "_id": n,
            "automate": f"{400 + n * n % 11:05d}",
            "commune": ["Brest", "Metz", "Pau"][n % 3],
            "panne": ["BOURRAGE", "CLAVIER", "LIAISON"][n % 4 % 3],
            "etat": ["CLOS", "OUVERT"][n % 9 == 0],
            "ouvert_le": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "clos_le": None if n % 9 == 0 else (NOW - timedelta(hours=5 * n - 1)).isoformat(),
            "arret_min": 20 + n * 13 % 170,
        }
        for n in range(130)
    ]


def badges() -> list[Doc]:
    """Renewals that were asked for in the past, of badges that expire later."""
    return [
        {
            "_id": n,
            "porteur": f"B{n:04d}",
            "batiment": ["Opale", "Rubis", "Topaze", "Jade"][n % 4],
            "az": ["AZ-NORD", "AZ-SUD", "DELTA"][n % 3],
            "result": "failed" if n % 6 == 1 else "pending" if n % 25 == 3 else "renewed",
            "requested_at": (NOW - timedelta(hours=9 * n + 1)).isoformat(),
            "expires_on": (NOW + timedelta(days=n % 90 - 10)).date().isoformat(),
        }
        for n in range(150)
    ]


def calls_out() -> list[Doc]:
    return [
        {
            "_id": n,
            "technicien": ["Ferrand", "Okoye", "Simon"][n % 3],
            "appelant": ["Ferrand", "accueil", "labo"][n % 4 % 3],
            "issue": ["réglé", "contourné", "escaladé"][n % 5 % 3],
            "debut": (NOW - timedelta(hours=6 * n + 2)).isoformat(),
            "fin": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
        }
        for n in range(90)
    ]


RUNS, FAULTS, BADGES, CALLED = runs(), incidents(), badges(), calls_out()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("night_chain")
    return answers(
        folder, {"night_runs": RUNS, "incidents_gab": FAULTS, "badge_renewals": BADGES, "interventions_labo": CALLED}
    )


def since(doc: Doc, field: str, days: int) -> bool:
    """Within the last `days` times 24 hours."""
    return bool(doc[field] >= (NOW - timedelta(days=days)).isoformat())


def test_a_renewal_that_was_done_is_no_date_to_come(made: ExactAnswers) -> None:
    failed = Counter(b["batiment"] for b in BADGES if b["result"] == "failed" and since(b, "requested_at", 7))
    for question in (
        "Pour quels bâtiments le renouvellement de badge a échoué ces 7 derniers jours ?",
        "badge renewal failures by building in the last 7 days",
    ):
        assert dict(rows(made, question)) == dict(failed)
    latest = max((b for b in BADGES if b["result"] == "failed"), key=lambda b: b["requested_at"])
    found = exact(made, "latest failed badge renewal")
    assert found.rows[0][found.columns.index("_id")] == str(latest["_id"])


def test_what_is_to_be_renewed_lies_ahead(made: ExactAnswers) -> None:
    for question in ("badges à renouveler en décembre", "badges that expire in December", "badge renewals in December"):
        found = exact(made, question)
        due = {str(b["_id"]) for b in BADGES if b["expires_on"].startswith(f"{NOW.year}-12")}
        assert {row[found.columns.index("_id")] for row in found.rows} == due


def test_what_the_records_did_is_a_state_where_one_is_called_so(made: ExactAnswers) -> None:
    renewed = sum(b["result"] == "renewed" for b in BADGES)
    assert rows(made, "combien de badges renouvelés ?") == rows(made, "how many badges were renewed?") == [[renewed]]


@pytest.mark.parametrize(
    "question",
    ["échecs de renouvellement par AZ", "failed renewals per AZ", "quelle AZ a le plus de renouvellements en échec ?"],
)
def test_a_field_of_two_letters_is_no_beginning_of_a_value(made: ExactAnswers, question: str) -> None:
    assert dict(rows(made, question)) == dict(Counter(b["az"] for b in BADGES if b["result"] == "failed"))


def test_a_field_of_two_letters_may_stand_before_its_value(made: ExactAnswers) -> None:
    assert rows(made, "combien de renouvellements de l'AZ DELTA ?") == [[sum(b["az"] == "DELTA" for b in BADGES)]]


def test_of_two_english_words_the_last_is_what_is_named(made: ExactAnswers) -> None:
    total, failed = Counter(r["flow"] for r in RUNS), Counter(r["flow"] for r in RUNS if r["status"] == "FAILED")
    found = rows(made, "failure rate per job flow")
    assert {row[0]: row[1] for row in found} == pytest.approx({flow: failed[flow] / total[flow] for flow in total})
    last_week = {r["flow"] for r in RUNS if r["status"] == "FAILED" and since(r, "startedAt", 7)}
    assert {row[0] for row in rows(made, "which job flows failed in the last 7 days?")} == last_week


@pytest.mark.parametrize(
    "question",
    [
        "Quels jobs ont planté en prod ET en recette ?",
        "quels jobs ont planté en prod et en recette ?",
        "Which jobs failed in PROD AND RECETTE?",
        "which jobs failed in prod and in recette?",
    ],
)
def test_things_that_are_asked_for_in_one_place_and_in_another_are_in_both(made: ExactAnswers, question: str) -> None:
    failed = defaultdict(set)
    for r in RUNS:
        if r["status"] == "FAILED":
            failed[r["jobName"]].add(r["env"])
    both = {job for job, envs in failed.items() if len(envs) == 2}
    assert both != set(failed)
    assert {row[0] for row in rows(made, question)} == both


def test_things_that_had_one_fault_and_another_had_both(made: ExactAnswers) -> None:
    had = defaultdict(set)
    for i in FAULTS:
        had[i["automate"]].add(i["panne"])
    wanted = {automate for automate, faults in had.items() if {"BOURRAGE", "CLAVIER"} <= faults}
    assert {row[0] for row in rows(made, "quels DAB ont eu un bourrage et une panne clavier ?")} == wanted


def test_cash_machines_by_all_that_they_are_called(made: ExactAnswers) -> None:
    faulty = {i["automate"] for i in FAULTS if i["panne"] == "LIAISON" and since(i, "ouvert_le", 5)}
    for question in (
        "quels DAB ont eu une panne liaison ces 5 derniers jours ?",
        "which ATMs had a liaison fault in the last 5 days?",
    ):
        assert {row[0] for row in rows(made, question)} == faulty
    pau = [[sum(i["commune"] == "Pau" for i in FAULTS)]]
    assert rows(made, "combien d'incidents distributeurs à Pau ?") == pau
    assert rows(made, "combien d'incidents sur les distributeurs de Pau ?") == pau


def test_downtime_is_how_long_something_stood_still(made: ExactAnswers) -> None:
    stopped: Counter[str] = Counter()
    for i in FAULTS:
        stopped[i["automate"]] += i["arret_min"]
    found = rows(made, "Which ATM has the longest total downtime?")
    assert [row[1] for row in found][:3] == [n for _, n in stopped.most_common(3)]


def test_faults_by_their_type(made: ExactAnswers) -> None:
    kinds = dict(Counter(i["panne"] for i in FAULTS))
    assert dict(rows(made, "number of ATM incidents per fault type")) == kinds
    assert dict(rows(made, "number of ATM incidents in Metz", "per fault type instead")).keys() == kinds.keys()


def test_what_broke_down_had_an_incident(made: ExactAnswers) -> None:
    often = {automate for automate, n in Counter(i["automate"] for i in FAULTS).items() if n >= 15}
    for question in (
        "quels automates sont tombés en panne au moins 15 fois ?",
        "which ATMs broke down at least 15 times?",
    ):
        assert {row[0] for row in rows(made, question)} == often


def test_the_worst_day_in_all_words(made: ExactAnswers) -> None:
    assert rows(made, "la pire journée pour les incidents") == rows(made, "le pire jour pour les incidents")


def test_interventions_are_of_who_does_them(made: ExactAnswers) -> None:
    own = sum(c["technicien"] == "Ferrand" for c in CALLED)
    assert rows(made, "combien d'interventions de Ferrand ?") == [[own]]
    bypassed = sum(c["technicien"] == "Ferrand" and c["issue"] == "contourné" for c in CALLED)
    assert rows(made, "combien d'interventions contournées par Ferrand ?") == [[bypassed]]
    called = sum(c["appelant"] == "Ferrand" for c in CALLED)
    assert rows(made, "combien d'interventions appelées par Ferrand ?") == [[called]]


def test_people_spend_time_on_all_that_they_do(made: ExactAnswers) -> None:
    hours = Counter(c["technicien"] for c in CALLED)
    for question in (
        "quel technicien a passé le plus de temps en intervention ?",
        "which technician spent the most time on interventions?",
    ):
        found = rows(made, question)
        assert {row[0] for row in found} == set(hours)
        assert len({row[1] for row in found}) == 1  # an hour each time, as often
