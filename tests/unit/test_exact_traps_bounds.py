"""What has misled the planner in bounds: of different things, of at least one, of what things bore in all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]

SCANS: list[Doc] = [
    {
        "_id": n,
        "scan_ref": f"SCN-{n:04d}",
        "hostname": f"srv-{n % 9}",
        "scanner": ["nessus-1", "qualys-1"][n % 2],
        "owner_team": None if n % 11 == 0 else "digital",
        "code_erreur": f"E{n % 4}",
        "application": ["Paie", "CRM", "GED", "DWH"][(n // 4) % 4] if n % 4 else "Paie",
        "findings": {"critical": max(0, n % 5 - 3)},
        "tailleKo": 40_000 if n % 9 == 2 else 900,
        "verdict": ["CONFORME", "TERMINE_AVEC_REJETS", "ERREUR"][n % 10 - 7 if n % 10 > 7 else 0],
        "scanned_at": (NOW - timedelta(hours=2 * n)).isoformat(),
    }
    for n in range(150)
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("bounds")
    return answers(folder, {"security_scans": SCANS})


def test_a_bound_of_different_things_counts_them(made: ExactAnswers) -> None:
    apps: dict[str, set[str]] = {}
    for d in SCANS:
        apps.setdefault(d["code_erreur"], set()).add(d["application"])
    found = {row[0] for row in rows(made, "codes erreur vus sur plus de 3 applications")}
    assert found == {code for code, some in apps.items() if len(some) > 3}


def test_at_least_one_bounds_each_record(made: ExactAnswers) -> None:
    some = sum(d["findings"]["critical"] >= 1 for d in SCANS)
    assert rows(made, "combien de scans avec au moins une vulnérabilité critique ?") == [[some]]


def test_what_things_received_is_bounded_in_all(made: ExactAnswers) -> None:
    totals: dict[str, int] = {}
    for d in SCANS:
        totals[d["hostname"]] = totals.get(d["hostname"], 0) + d["tailleKo"]
    found = {row[0] for row in rows(made, "which hostnames received more than 30 MB?")}
    assert found == {host for host, total in totals.items() if total > 30_000}


def test_scans_are_listed_and_not_their_scanners(made: ExactAnswers) -> None:
    said = str(rows(made, "scans sans équipe propriétaire"))
    assert all(d["scan_ref"] in said for d in SCANS if d["owner_team"] is None)


def test_what_ended_with_some_rejects_has_not_failed(made: ExactAnswers) -> None:
    assert rows(made, "combien de scans en erreur ?") == [[sum(d["verdict"] == "ERREUR" for d in SCANS)]]


def test_a_value_that_no_record_has_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien de scans du scanner zigouillis ?")
    assert found is not None
    assert found.route == "clarify"
