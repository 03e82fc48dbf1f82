"""Records that are called by where they come from or by whom they call: each is asked for, not the callers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from computing import NOW, answers, exact

from vigie.ask.exact import ExactAnswers

DAY = NOW.replace(hour=1, minute=0) - timedelta(days=1)


@pytest.fixture
def made(tmp_path: Path) -> ExactAnswers:
    """Sixty calls of three services; every fifth times out. Forty loads of four systems, each of one value date."""
    calls = [
        {
            "_id": f"c{n}",
            "requestId": f"REQ{n:04}",
            "serviceName": f"svc-{n % 3}",
            "calledAt": (DAY + timedelta(minutes=n)).isoformat(),
            "latencyMs": 20 + n,
            "outcome": "timeout" if n % 5 == 0 else "success",
        }
        for n in range(60)
    ]
    loads = [
        {
            "_id": f"l{n}",
            "num_lot": f"LOT{n:04}",
            "source": {"systeme": f"SYS{n % 4}", "fichier": f"f{n % 7}.csv"},
            "date_debut": (DAY + timedelta(minutes=n)).isoformat(),
            "date_fin": (DAY + timedelta(minutes=n + 3)).isoformat(),
            "date_valeur": (DAY - timedelta(days=n % 10)).date().isoformat(),
            "statut": "rejete" if n % 8 == 0 else "charge",
        }
        for n in range(40)
    ]
    return answers(tmp_path, {"apiCalls": calls, "chargements": loads})


def listed(made: ExactAnswers, question: str, column: str) -> list[object]:
    found = exact(made, question)
    assert column in found.columns, found.columns
    return sorted(row[found.columns.index(column)] for row in found.rows)


def test_calls_are_listed_and_not_the_services_that_were_called(made: ExactAnswers) -> None:
    assert listed(made, "list the calls that timed out yesterday", "requestId") == [
        f"REQ{n:04}" for n in range(0, 60, 5)
    ]
    found = exact(made, "Which services timed out yesterday?")
    assert sorted(row[0] for row in found.rows) == ["svc-0", "svc-1", "svc-2"]


def test_loads_are_listed_and_not_the_systems_they_come_from(made: ExactAnswers) -> None:
    assert listed(made, "chargements rejetés hier", "num_lot") == [f"LOT{n:04}" for n in range(0, 40, 8)]


@pytest.mark.parametrize(
    "said",
    [
        "dont la date de valeur est le 14 novembre",
        "dont la date valeur est le 14 novembre",
        "de date de valeur 14 novembre",
        "whose value date is November 14",
    ],
)
def test_a_date_named_before_a_day_is_the_date_that_is_meant(made: ExactAnswers, said: str) -> None:
    question = f"combien de chargements {said} ?" if said.startswith("d") else f"how many chargements {said}?"
    found = exact(made, question)
    assert found.rows == [[4]]
