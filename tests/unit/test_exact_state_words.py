"""Failures are counted whatever a team calls them: states of mails, prints, trades, devices and loads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

# What went well, what did not, and what is under way or left out; the last two are no failures.
WORDS = [
    ("delivered", ("bounced", "undelivered"), "sending", "suppressed"),
    ("imprimé", ("illisible", "corrompu"), "en attente", "exclu"),
    ("dénoué", ("impayé", "erroné"), "retenu", "sans objet"),
    ("HEALTHY", ("OFFLINE", "HUNG"), "RESTORING", "FILTERED"),
    ("exported", ("evicted", "deadline exceeded"), "uploading", "withdrawn"),
    ("rapprochée", ("hors service", "en panne"), "en pause", "rien à faire"),
]


def records(well: str, badly: tuple[str, str], later: str, never: str) -> list[dict[str, Any]]:
    states = [well, well, well, badly[0], well, badly[1], later, never, well, well]
    return [
        {
            "_id": n,
            "lot": f"LOT_{'ABCDE'[n % 5]}",
            "etat": states[n * 7 % 10],
            "debut": (NOW - timedelta(hours=n + 1)).isoformat(),
            "fin": (NOW - timedelta(hours=n)).isoformat(),
        }
        for n in range(200)
    ]


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[0])
def test_each_of_the_bad_states_is_a_failure(tmp_path: Path, words: tuple[str, tuple[str, str], str, str]) -> None:
    made = answers(tmp_path, {"traitements_lots": records(*words)})

    assert rows(made, "Combien de lots en échec ?") == [[40]]
    assert rows(made, "Combien de lots en succès ?") == [[120]]


def test_what_was_taken_back_is_no_failure_where_others_failed(tmp_path: Path) -> None:
    made = answers(tmp_path, {"livraisons": records("deployed", ("failed", "rolled back"), "installing", "voided")})

    assert rows(made, "Combien de livraisons en échec ?") == [[20]]


def test_alerts_that_are_acknowledged_and_closed_did_not_run(tmp_path: Path) -> None:
    alerts = [
        {
            "_id": n,
            "svc": ["clearing", "pricing"][n % 2],
            "st": ["acked", "closed", "open"][n % 3],
            "raised": (NOW - timedelta(hours=n + 1)).isoformat(),
            "cleared": (NOW - timedelta(hours=n)).isoformat(),
        }
        for n in range(300)
    ]
    executions = [
        {
            "_id": n,
            "service": ["clearing", "pricing"][n % 2],
            "outcome": ["done", "failed"][n % 7 == 3],
            "began": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
            "lasted_s": 60 + n,
        }
        for n in range(50)
    ]
    made = answers(tmp_path, {"mon_alerts": alerts, "executions": executions})

    assert exact(made, "Est-ce que clearing a tourné hier ?").collection == "executions"
