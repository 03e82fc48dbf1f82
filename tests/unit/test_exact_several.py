"""Several numbers in one question are columns of one table, over the same records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import mean, median
from typing import Any

import pytest
from computing import NOW, answers, ask, exact

from vigie.ask.exact import ExactAnswers
from vigie.ask.planner.behind import plan_behind


def batches() -> list[dict[str, Any]]:
    return [
        {
            "_id": n,
            "flux": ["PAIE", "COMPTA", "SEPA"][n % 3],
            "serveur": ["srv1", "srv2"][n % 2],
            "env": "recette" if n % 4 == 0 else "prod",
            "statut": "KO" if n % 5 == 0 else "OK",
            "debut": (NOW - timedelta(hours=5 * n)).isoformat(),
            "duree_s": 10 + n % 17,
            "nb_lignes": 100 * n % 1300,
        }
        for n in range(120)
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("records"), {"executions": batches()})


def by(path: str, *numbers: Callable[[list[dict[str, Any]]], float]) -> dict[str, list[float]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for body in batches():
        groups.setdefault(body[path], []).append(body)
    return {key: [number(bodies) for number in numbers] for key, bodies in groups.items()}


def seconds(bodies: list[dict[str, Any]]) -> list[int]:
    return [body["duree_s"] for body in bodies]


def failed(bodies: list[dict[str, Any]]) -> int:
    return sum(body["statut"] == "KO" for body in bodies)


def average(bodies: list[dict[str, Any]]) -> float:
    return mean(seconds(bodies))


def lines(bodies: list[dict[str, Any]]) -> int:
    return sum(body["nb_lignes"] for body in bodies)


def test_every_aggregate_of_one_field_is_a_column(asked: ExactAnswers) -> None:
    found = exact(asked, "moyenne, min et max de la durée par serveur")
    assert found.columns == ["serveur", "avg", "min", "max"]
    assert found.units == [None, "s", "s", "s"]
    wanted = by("serveur", average, lambda b: min(seconds(b)), lambda b: max(seconds(b)))
    assert {row[0]: pytest.approx(row[1:]) for row in found.rows} == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("nombre d'exécutions et durée moyenne par flux", by("flux", len, average)),
        ("count and average duration by flux", by("flux", len, average)),
        ("nombre d'exécutions, nombre d'échecs et durée moyenne par flux", by("flux", len, failed, average)),
        ("combien de KO et de OK par flux", by("flux", failed, lambda b: len(b) - failed(b))),
        ("how many failures and successes per server", by("serveur", failed, lambda b: len(b) - failed(b))),
        ("durée moyenne et nombre de lignes total par flux", by("flux", average, lines)),
        ("durée moyenne et médiane par flux", by("flux", average, lambda b: median(seconds(b)))),
    ],
)
def test_each_number_is_of_what_is_said_beside_it(
    question: str, wanted: dict[str, list[float]], asked: ExactAnswers
) -> None:
    assert {row[0]: pytest.approx(row[1:]) for row in exact(asked, question).rows} == wanted


def test_without_a_grouping_there_is_one_row(asked: ExactAnswers) -> None:
    made = [body for body in batches() if body["env"] == "prod"]
    found = exact(asked, "en prod, quelle est la durée moyenne, minimale et maximale ?")
    assert found.rows == [[pytest.approx(average(made)), min(seconds(made)), max(seconds(made))]]
    assert found.matched == len(made)


def test_two_states_of_one_field_are_two_sides(asked: ExactAnswers) -> None:
    bad = failed(batches())
    assert exact(asked, "combien de KO et de OK").rows == [["KO", bad], ["OK", 120 - bad]]


def test_the_text_names_every_column(asked: ExactAnswers) -> None:
    told = ask(asked, "nombre d'exécutions, nombre d'échecs et durée moyenne par flux")
    assert told is not None
    head = next(line for line in told.text.splitlines() if line.startswith("| flux"))
    assert "échecs" in head
    assert head.count("|") == 5


def test_a_state_beside_a_mean_may_be_of_both_and_is_asked_back(asked: ExactAnswers) -> None:
    told = ask(asked, "nombre d'échecs et durée moyenne par flux")
    assert told is not None
    assert told.route == "clarify"


def test_a_follow_up_keeps_or_replaces_the_columns(asked: ExactAnswers) -> None:
    first = "durée moyenne et max par flux"
    assert exact(asked, first, "et en prod ?").columns == ["flux", "avg", "max"]
    assert exact(asked, first, "et le min ?").columns == ["flux", "min"]


def test_the_records_behind_a_row_are_all_of_its_group(asked: ExactAnswers) -> None:
    plan = plan_behind(exact(asked, "combien de KO et de OK par flux"), 0, "debut")
    assert {where.path for where in plan.where} == {"flux"}
