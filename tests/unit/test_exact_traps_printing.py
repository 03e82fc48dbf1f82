"""What has misled the planner where runs are called by what they do, and where numbers are called as values are."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def molds() -> list[Doc]:
    """A state MOLDING, and a collection of that name."""
    return [
        {
            "_id": n,
            "runId": f"MLD-{n:05d}",
            "press": {"name": f"PRESS-{n % 4}"},
            "state": "MOLDING" if n < 3 else ["MOLDED", "SHELVED", "SHELVED", "ABORTED"][n % 4],
            "worker": ["Anna", "Boris", "Chloe"][n % 3],
            "pieces": 10 + n * 7 % 83,
            "startedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "finishedAt": None if n < 3 or n % 4 == 3 else (NOW - timedelta(hours=3 * n)).isoformat(),
        }
        for n in range(200)
    ]


def stampings() -> list[Doc]:
    """The records' very name is what is done with them."""
    states = {"MOLDING": "STAMPING", "MOLDED": "STAMPED"}
    return [{**doc, "runId": f"STP-{doc['_id']}", "state": states.get(doc["state"], doc["state"])} for doc in M]


def outages() -> list[Doc]:
    """Declared by a customer or by others; each tells how many customers it has affected."""
    return [
        {
            "_id": n,
            "number": f"COU{n:05d}",
            "antenne": ["Brest", "Dijon", "Arles"][n % 7 % 3],
            "declared_by": ["abonne", "sonde", "exploitant"][n % 5 % 3],
            "priority": ["P1", "P2", "P3"][n % 4 % 3],
            "subscribers_affected": 3 + n * 37 % 400,
            "opened": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def credits() -> list[Doc]:
    """On some days ANOMALIE only, on others REJETE only."""
    made = []
    for n in range(160):
        at = NOW - timedelta(hours=4 * n + 1)
        bad = ["ANOMALIE", "REJETE"][at.day % 2] if n % 5 == 0 else "INSCRIT"
        made.append(
            {
                "_id": n,
                "ref_versement": f"VS{n:05d}",
                "caisse": ["NANCY", "METZ"][n % 3 == 0],
                "etat": bad,
                "montant_eur": 12.5 * (n % 40 + 1),
                "depose_le": at.isoformat(),
            }
        )
    return made


M, C, V = molds(), outages(), credits()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("printing")
    return answers(folder, {"moldRuns": M, "stampings": stampings(), "coupures_reseau": C, "versements_caisse": V})


def at(doc: Doc, path: str) -> datetime:
    return datetime.fromisoformat(doc[path]).astimezone(NOW.tzinfo)


def of(docs: list[Doc], path: str, days_ago: int) -> list[Doc]:
    day = (NOW - timedelta(days=days_ago)).date()
    return [doc for doc in docs if at(doc, path).date() == day]


def affected(docs: list[Doc]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for doc in docs:
        found[doc["antenne"]] += doc["subscribers_affected"]
    return found


@pytest.mark.parametrize(
    "question",
    [
        "number of mold runs still molding",
        "how many runs are molding?",
        "how many mold runs are in progress?",
        "how many stampings are still being stamped?",
        "stampings in progress: how many?",
    ],
)
def test_runs_that_are_being_done_are_in_the_state_of_that_name(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[3]]


def test_what_was_done_is_a_state_of_the_runs_and_no_state_of_what_they_count(made: ExactAnswers) -> None:
    yesterday = of(M, "startedAt", 1)
    molded = [doc for doc in yesterday if doc["state"] == "MOLDED"]
    assert molded
    assert rows(made, "how many mold runs were molded yesterday?") == [[len(molded)]]
    assert rows(made, "how many stampings were stamped yesterday?") == [[len(molded)]]
    assert rows(made, "how many pieces were stamped yesterday?") == [[sum(doc["pieces"] for doc in yesterday)]]


def test_runs_not_yet_in_a_state_are_not_all_others(made: ExactAnswers) -> None:
    """Those that are SHELVED were stamped before."""
    found = ask(made, "stampings not yet stamped")
    assert found is None or found.exact is None


@pytest.mark.parametrize(
    "question",
    [
        "quelle antenne a touché le plus d'abonnés ?",
        "quelles antennes ont eu le plus d'abonnés impactés ?",
        "which antenne affected the most subscribers?",
        "nombre d'abonnés touchés par antenne",
    ],
)
def test_what_a_field_counts_is_no_value_of_another_one(made: ExactAnswers, question: str) -> None:
    assert dict(row[:2] for row in rows(made, question)) == affected(C)


def test_a_number_of_them_bounds_the_field_that_counts_them(made: ExactAnswers) -> None:
    assert len(rows(made, "quelles coupures concernent plus de 350 abonnés ?")) == sum(
        doc["subscribers_affected"] > 350 for doc in C
    )


def test_who_did_it_is_a_value_still(made: ExactAnswers) -> None:
    day = of(C, "opened", 1)
    said = exact(made, "combien de coupures déclarées par un abonné hier ?").rows
    assert said == [[sum(doc["declared_by"] == "abonne" for doc in day)]]


@pytest.mark.parametrize("days_ago", [1, 2])
def test_rejected_ones_have_not_passed_either(made: ExactAnswers, days_ago: int) -> None:
    day = of(V, "depose_le", days_ago)
    bad = sum(doc["etat"] != "INSCRIT" for doc in day)
    assert bad
    said = {1: "hier", 2: "avant-hier"}[days_ago]
    assert rows(made, f"Tous les versements sont-ils passés {said} ?") == [[False, bad]]


def test_what_went_through_yesterday_is_of_that_day_alone(made: ExactAnswers) -> None:
    bad = sum(doc["etat"] != "INSCRIT" for doc in of(V, "depose_le", 1))
    assert rows(made, "did all versements go through yesterday?") == [[False, bad]]


def test_none_at_all_is_a_question_and_no_list_of_the_others(made: ExactAnswers) -> None:
    day = of(C, "opened", 1)
    urgent = sum(doc["priority"] == "P1" for doc in day)
    assert rows(made, "aucune coupure P1 hier ?") == [[not urgent, urgent]]
    assert rows(made, "no P1 coupure yesterday?") == [[not urgent, urgent]]


def test_a_value_is_not_ranked(made: ExactAnswers) -> None:
    """ "exploitant" is one of those who declare: who of them is not recorded."""
    found = ask(made, "quel exploitant a eu le plus de coupures ?")
    assert found is None or found.exact is None
