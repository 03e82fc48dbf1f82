"""What has misled the planner where a word of one collection's fields is a value, or the name, of another's."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def times(n: int, minutes: int = 20) -> Doc:
    began = NOW - timedelta(hours=n + 1)
    return {"debut": began.isoformat(), "fin": (began + timedelta(minutes=minutes)).isoformat()}


PAYMENTS = [
    {
        "_id": n,
        "refExec": f"PN-{n:05d}",
        "filiere": f"VIR_{'ABC'[n % 3]}",
        "canal": ["SwiftNet", "SepaNet"][n % 2],
        "etat": ["TERMINE", "TERMINE", "EN_ERREUR", "REJETE", "TERMINE"][n % 5],
        **times(n),
    }
    for n in range(120)
]
TASKS = [
    {
        "_id": n,
        "run_key": f"T-{n:05d}",
        "task": ["extract", "load"][n % 2],
        "state": ["success", "failed", "success"][n % 3],
        **times(n),
    }
    for n in range(240)
]
ERRORS = [
    {
        "_id": n,
        "ts": (NOW - timedelta(minutes=37 * n + 5)).isoformat(),
        "lvl": ["ERROR", "FATAL"][n % 2],
        "exc": ["LockTimeout", "NullPointer"][n % 3 % 2],
        "squad": ["Canaux", "Cartes"][n % 2],
        "httpStatus": [500, None, None][n % 3],
    }
    for n in range(150)
]
CHANGES = [
    {
        "_id": n,
        "num": f"CHG{n:06d}",
        "etape": ["réalisé", "échoué", "planifié"][n % 3],
        "machines": [f"bdd-{n % 4}", f"web-{n % 3}"],
        "equipe": ["Stockage", "Telecom"][n % 2],
        "duree_min": 30 + n % 40,
        **times(n),
    }
    for n in range(90)
]
DELIVERIES = [
    {
        "_id": n,
        "partenaire": f"P{n % 6}",
        "retard_min": [None, None, 45][n % 3] if n % 6 else None,
        "recu_le": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
    }
    for n in range(100)
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("channels")
    collections = {
        "paiements_nuit": PAYMENTS,
        "dp_task_runs": TASKS,
        "appErrors": ERRORS,
        "chg_serveurs": CHANGES,
        "livraisons": DELIVERIES,
    }
    return answers(folder, collections)


def test_a_rate_by_a_field_is_of_the_collection_that_has_it(made: ExactAnswers) -> None:
    found = exact(made, "Taux d'échec par canal")
    assert (found.collection, {row[0] for row in found.rows}) == ("paiements_nuit", {"SwiftNet", "SepaNet"})


def test_rejected_is_of_the_collection_that_rejects(made: ExactAnswers) -> None:
    found = ask(made, "les traitements rejetés hier")
    assert found is None or found.exact is None or found.exact.collection == "paiements_nuit"


def test_interventions_are_changes(made: ExactAnswers) -> None:
    assert rows(made, "combien d'interventions ont échoué ?") == [[30]]
    assert exact(made, "quelles maintenances sont planifiées ?").collection == "chg_serveurs"


def test_how_long_in_all_is_added_up(made: ExactAnswers) -> None:
    total = sum(d["duree_min"] for d in CHANGES if d["equipe"] == "Telecom")
    assert rows(made, "Combien de minutes ont duré en tout les changements de l'équipe Telecom ?") == [[total]]


def test_errors_that_fall_occur(made: ExactAnswers) -> None:
    found = ask(made, "À quelle heure tombent le plus de LockTimeout ?")
    if found is not None and found.exact is not None:
        of_hour = Counter(d["ts"][11:13] for d in ERRORS if d["exc"] == "LockTimeout")
        assert found.exact.rows[0][1] == max(of_hour.values())


@pytest.mark.parametrize("question", ["partenaires ayant au moins 5 retards", "Which server had the most maintenance?"])
def test_asked_back_rather_than_dropped(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None
