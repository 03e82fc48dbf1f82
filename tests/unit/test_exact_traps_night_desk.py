"""What has misled the planner in incidents about things, in dead messages and in runs told by a code and a label."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
LABELS = ["Stress de taux", "Marges", "Ratio court terme", "Provisions"]


def incidents() -> list[Doc]:
    return [
        {"_id": n, "ref": f"Q{n:05d}", "priorite": ["P1", "P2"][n % 4 > 0], "statut": ["OUVERT", "CLOS"][n % 3 > 0],
         "service": {"type": ["batch", "api"][n % 2], "nom": f"svc-{n % 5}"},
         "assigneA": ["Ana Roy", "Luc Petit", None][n % 7 % 3],
         "creeLe": (NOW - timedelta(hours=5 * n + 1)).isoformat()}
        for n in range(90)
    ]  # fmt: skip


def parking() -> list[Doc]:
    """Dead messages; MAX_RETRIES is why one is there, REPLAYED what became of it."""
    return [
        {"_id": n, "msg_id": f"M-{n:05x}", "lane": ["IN.A", "OUT.B"][n % 2],
         "reason": ["MAX_RETRIES", "EXPIRED"][n % 5 > 1],
         "state": ["PARKED", "REPLAYED", "DROPPED"][n % 7 % 3],
         "put_at": (NOW - timedelta(hours=2 * n + 1)).isoformat()}
        for n in range(80)
    ]  # fmt: skip


def computations() -> list[Doc]:
    """Told by a code and its label; each takes as long as its label says."""
    return [
        {"_id": n, "code": f"07{n % 4}", "libelle": LABELS[n % 4],
         "etat": "REJETE" if n % 4 == 1 and n % 3 == 0 else "FAIT",
         "debut": (NOW - timedelta(hours=3 * n + 2)).isoformat(), "fin": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
         "duree_min": 15 + 12 * (n % 4), "gb": n * 7 % 50}
        for n in range(60)
    ]  # fmt: skip


TICKETS, DEAD, RUNS = incidents(), parking(), computations()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(
        tmp_path_factory.mktemp("night"), {"incidents_support": TICKETS, "parking_bus": DEAD, "calculs_nuit": RUNS}
    )


def test_incidents_about_services_are_listed_themselves(made: ExactAnswers) -> None:
    wanted = {d["ref"] for d in TICKETS if d["priorite"] == "P1" and d["statut"] == "OUVERT"}
    said = str(rows(made, "Quels incidents P1 sont ouverts ?"))
    assert wanted
    assert all(ref in said for ref in wanted)


def test_messages_are_what_a_short_number_of_theirs_says(made: ExactAnswers) -> None:
    assert rows(made, "combien de messages sur IN.A ?") == [[sum(d["lane"] == "IN.A" for d in DEAD)]]


@pytest.mark.parametrize(
    ("question", "state", "wanted"),
    [
        ("combien de messages parqués ?", "PARKED", True),
        ("combien de messages rejoués ?", "REPLAYED", True),
        ("combien de messages non rejoués ?", "REPLAYED", False),
    ],
)
def test_what_became_of_a_message_is_told_in_french(
    made: ExactAnswers, question: str, state: str, wanted: bool
) -> None:
    assert rows(made, question) == [[sum((d["state"] == state) is wanted for d in DEAD)]]


def test_a_label_that_goes_with_a_code_names_what_had_none(made: ExactAnswers) -> None:
    rejected = {d["libelle"] for d in RUNS if d["etat"] == "REJETE"}
    assert {row[0] for row in rows(made, "Quels calculs n'ont eu aucun rejet ?")} == set(LABELS) - rejected


def test_whose_average_exceeds_is_of_what_the_runs_are_of(made: ExactAnswers) -> None:
    lasted: defaultdict[str, list[int]] = defaultdict(list)
    for d in RUNS:
        lasted[d["libelle"]].append(d["duree_min"])
    long = {label for label, all_ in lasted.items() if sum(all_) / len(all_) > 30}
    assert {row[0] for row in rows(made, "les calculs dont la durée moyenne dépasse 30 min")} == long


def test_what_failed_so_many_times_is_what_the_runs_are_of(made: ExactAnswers) -> None:
    rejected = Counter(d["libelle"] for d in RUNS if d["etat"] == "REJETE")
    found = rows(made, "Quels calculs ont été rejetés au moins deux fois ?")
    assert {row[0]: row[1] for row in found} == rejected


def test_a_bound_that_bounds_nothing_is_asked_back(tmp_path: Path) -> None:
    only = [{k: v for k, v in d.items() if k not in ("code", "libelle")} for d in RUNS]
    made = answers(tmp_path, {"calculs_nuit": only})
    found = ask(made, "les calculs dont la durée moyenne dépasse 30 min")
    assert found is not None
    assert found.route == "clarify"


def test_gigas_are_the_field_in_gb_and_the_bulkiest_has_the_most(made: ExactAnswers) -> None:
    assert rows(made, "combien de gigas pour les calculs ?") == [[sum(d["gb"] for d in RUNS)]]
    most = max(RUNS, key=lambda d: d["gb"])
    assert most["gb"] in rows(made, "quel calcul est le plus volumineux ?")[0]
    assert rows(made, "quel calcul est le plus volumineux ?") == rows(made, "which computation is the bulkiest?")


def test_with_no_is_said_of_what_follows(made: ExactAnswers) -> None:
    lately = {d["libelle"] for d in RUNS if d["debut"] >= (NOW - timedelta(hours=9)).isoformat()}
    found = rows(made, "labels with no computation in the last 9 hours")
    assert {row[0] for row in found} == set(LABELS) - lately


def test_digits_after_the_records_are_their_code(made: ExactAnswers) -> None:
    assert rows(made, "combien de gigas pour le calcul 072 ?") == [[sum(d["gb"] for d in RUNS if d["code"] == "072")]]
    assert rows(made, "combien de calculs 072 ?") == [[sum(d["code"] == "072" for d in RUNS)]]


def test_what_is_compared_is_added_up(made: ExactAnswers) -> None:
    found = exact(made, "compare les gigas de Marges et Provisions")
    assert {row[0]: row[1] for row in found.rows} == {
        label: sum(d["gb"] for d in RUNS if d["libelle"] == label) for label in ("Marges", "Provisions")
    }


def test_whose_incidents_an_unknown_name_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "incidents assignés à Zoé Quenelle")
    assert found is not None
    assert found.route == "clarify"
