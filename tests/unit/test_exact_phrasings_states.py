"""That runs failed, went well, go on or were left out is said in many ways, and each counts the same ones."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

STATES = ["TERMINE", "TERMINE", "PLANTE", "TERMINE", "ECARTE", "TERMINE", "PLANTE", "TERMINE", "TERMINE", "TERMINE"]
SITES = ["NANTES", "LYON", "METZ"]


def loads() -> list[dict[str, Any]]:
    """Of 120 loads of the day before, 24 failed and 12 were left out; 3 more run now."""
    day = NOW.replace(hour=1, minute=0) - timedelta(days=1)
    made: list[dict[str, Any]] = [
        {
            "_id": n,
            "chargement": f"CHG_{'ABCDEF'[n % 6]}",
            "site": SITES[n % 3],
            "etat": {"ECARTE": "IGNORE"}.get(STATES[n * 7 % 10], STATES[n * 7 % 10]),
            "debut": (day + timedelta(minutes=10 * n)).isoformat(),
            "fin": (day + timedelta(minutes=10 * n + 5)).isoformat(),
            "duree_s": 60 + n,
        }
        for n in range(120)
    ]
    return made + [
        {
            "_id": 900 + n,
            "chargement": f"CHG_{'ABC'[n]}",
            "site": SITES[n],
            "etat": "EN_COURS",
            "debut": (NOW - timedelta(minutes=5 + n)).isoformat(),
        }
        for n in range(3)
    ]


def failures() -> list[dict[str, Any]]:
    """What a log of errors tells of the same day, and of other loads than failed."""
    day = NOW.replace(hour=2, minute=0) - timedelta(days=1)
    return [
        {
            "_id": n,
            "chargement": f"CHG_{'ABCDEF'[n % 6]}",
            "code": f"E{n % 4}",
            "gravite": ("HAUTE", "BASSE")[n % 2],
            "equipe": ("marches", "paiements")[n % 2],
            "survenue_le": (day + timedelta(minutes=20 * n)).isoformat(),
        }
        for n in range(50)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("states")
    return answers(folder, {"chargements": loads(), "erreurs_chargement": failures()})


FAILED = [
    "Combien de chargements ont merdé hier ?",
    "Combien de chargements ont dérapé hier ?",
    "Combien de chargements ont capoté hier ?",
    "Combien de chargements sont restés en carafe hier ?",
    "Combien de chargements ont été interrompus hier ?",
    "Combien de chargements n'ont pas marché hier ?",
    "Combien de chargements n'ont pas fonctionné hier ?",
    "Combien de chargements ne se sont pas bien passés hier ?",
    "Combien de chargements ne se sont pas terminés correctement hier ?",
    "Combien de chargements ont eu un problème hier ?",
    "Combien de chargements ont rencontré un souci hier ?",
    "Combien de chargements ont eu une erreur hier ?",
    "Combien de chargements ont rencontré des erreurs hier ?",
    "How many chargements blew up yesterday?",
    "How many chargements went wrong yesterday?",
    "How many chargements went down yesterday?",
    "How many chargements ended badly yesterday?",
    "How many chargements did not complete yesterday?",
    "How many chargements didn't work yesterday?",
    "How many chargements went red yesterday?",
    "How many chargements died yesterday?",
    "How many chargements ran into an error yesterday?",
    "How many chargements had an issue yesterday?",
]
SUCCEEDED = [
    "Combien de chargements ont marché hier ?",
    "Combien de chargements ont fonctionné hier ?",
    "Combien de chargements ont bien tourné hier ?",
    "Combien de chargements sont allés au bout hier ?",
    "Combien de chargements se sont déroulés normalement hier ?",
    "Combien de chargements se sont passés comme prévu hier ?",
    "Combien de chargements ont tourné sans erreur hier ?",
    "Combien de chargements se sont exécutés sans aucune erreur hier ?",
    "How many chargements went well yesterday?",
    "How many chargements were fine yesterday?",
    "How many chargements made it yesterday?",
    "How many chargements worked yesterday?",
    "How many chargements ran smoothly yesterday?",
    "How many chargements completed without error yesterday?",
    "How many chargements ran without any errors yesterday?",
]
RUNNING = [
    "Combien de chargements sont en train de s'exécuter ?",
    "Combien de chargements moulinent encore ?",
    "Combien de chargements sont en vol ?",
    "Combien de chargements n'ont pas encore fini ?",
    "Combien de chargements tournent là tout de suite ?",
    "How many chargements are executing right now?",
    "How many chargements are being executed?",
    "How many chargements are in flight?",
    "How many chargements are under way?",
]
LEFT_OUT = [
    "Combien de chargements ont été zappés hier ?",
    "Combien de chargements ont été shuntés hier ?",
    "How many chargements were bypassed yesterday?",
    "How many chargements were left out yesterday?",
]


@pytest.mark.parametrize("question", FAILED)
def test_what_failed(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[24]]


@pytest.mark.parametrize("question", SUCCEEDED)
def test_what_went_well(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[84]]


@pytest.mark.parametrize("question", RUNNING)
def test_what_goes_on(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[3]]


@pytest.mark.parametrize("question", LEFT_OUT)
def test_what_was_left_out(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[12]]


def test_conditions_beside_are_kept(made: ExactAnswers) -> None:
    assert rows(made, "Combien de chargements de METZ n'ont pas marché hier ?") == [[8]]
    assert dict(rows(made, "How many chargements went wrong per site yesterday?")) == dict.fromkeys(SITES, 8)


def test_an_error_of_a_kind_is_one_of_the_log(made: ExactAnswers) -> None:
    assert rows(made, "Combien de chargements ont eu une erreur de code E1 hier ?") == [[13]]


def test_a_team_called_marches_is_no_verb(made: ExactAnswers) -> None:
    assert rows(made, "Combien d'erreurs hier pour l'équipe marchés ?") == [[25]]


def test_up_and_down_are_asked_back_where_no_state_says_so(made: ExactAnswers) -> None:
    for question in ("How many chargements are up?", "Since when is CHG_A down?"):
        given = ask(made, question)
        assert given is None or given.exact is None


def test_whatever_did_not_go_well_did_not_make_it(tmp_path: Path) -> None:
    """ABORTED and REJECTED beside FAILED, which alone "failed"."""
    states = ("DONE", "FAILED", "DONE", "ABORTED", "REJECTED", "DONE")
    day = NOW - timedelta(days=1)
    runs = [
        {"_id": n, "job": f"j{n % 4}", "status": states[n % 6], "started": (day - timedelta(minutes=n)).isoformat()}
        for n in range(60)
    ]
    made = answers(tmp_path, {"job_runs": runs})

    assert rows(made, "How many runs failed yesterday?") == [[10]]
    assert rows(made, "How many runs did not make it yesterday?") == [[30]]


def test_a_state_called_so_wins_over_all_that_failed(tmp_path: Path) -> None:
    states = ("réussi", "planté", "interrompu", "réussi", "contourné", "ignoré")
    day = NOW - timedelta(days=1)
    runs = [
        {"_id": n, "robot": f"R{n % 4}", "etat": states[n % 6], "debut": (day - timedelta(minutes=n)).isoformat()}
        for n in range(60)
    ]
    made = answers(tmp_path, {"executions_robots": runs})

    assert rows(made, "Combien d'exécutions interrompues hier ?") == [[10]]
    assert rows(made, "How many robot executions were interrupted yesterday?") == [[10]]
    assert rows(made, "How many robot executions were bypassed yesterday?") == [[10]]


def test_people_who_worked_on_something_are_no_success(tmp_path: Path) -> None:
    day = NOW - timedelta(days=1)
    tickets = [
        {
            "_id": n,
            "ticket": f"T{n:04}",
            "analyst": ("Dana", "Milo", "Ines")[n % 3],
            "status": ("RESOLVED", "REJECTED")[n % 4 == 0],
            "opened": (day - timedelta(minutes=n)).isoformat(),
        }
        for n in range(60)
    ]
    given = ask(answers(tmp_path, {"tickets": tickets}), "Which analyst worked on the most tickets?")
    assert given is None or given.exact is None or not any("RESOLVED" in str(c) for c in given.exact.plan["where"])


def test_no_incident_tells_which_machines_work(tmp_path: Path) -> None:
    day = NOW - timedelta(days=1)
    incidents = [
        {
            "_id": n,
            "automate": f"A{n % 7}",
            "statut": ("CLOS", "OUVERT")[n % 3 == 0],
            "ouvert_le": (day - timedelta(minutes=n)).isoformat(),
        }
        for n in range(60)
    ]
    made = answers(tmp_path, {"incidents_automates": incidents})

    for question in ("Combien d'automates fonctionnent ?", "RAS sur les automates hier ?"):
        given = ask(made, question)
        assert given is None or given.exact is None
