"""Questions about collections whose dates are written 14/11/2026 08:30, or 20261114."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers


def sessions() -> list[dict[str, Any]]:
    """One every three hours, the latest an hour ago."""
    found = []
    for n in range(200):
        at = NOW - timedelta(hours=1 + 3 * n)
        found.append(
            {
                "_id": n,
                "chaine": ["PAIE", "COMPTA"][n % 2],
                "debut": at.strftime("%d/%m/%Y %H:%M:%S"),
                "jour_comptable": int(at.strftime("%Y%m%d")),
                "cr": "KO" if n % 5 == 0 else "OK",
                "duree_s": n % 7,
            }
        )
    return found


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("records"), {"traitements_nuit": sessions()})


def local(body: dict[str, Any]) -> datetime:
    return datetime.strptime(body["debut"], "%d/%m/%Y %H:%M:%S").replace(tzinfo=NOW.tzinfo)


def test_a_window_is_over_the_dates_as_they_are_written(asked: ExactAnswers) -> None:
    wanted = sum(b["cr"] == "KO" and f"{local(b):%d/%m}" == "14/11" for b in sessions())
    assert wanted
    assert rows(asked, "Combien de traitements KO le 14 novembre ?") == [[wanted]]


def test_a_trend_is_by_local_days(asked: ExactAnswers) -> None:
    per_day = [0] * 3
    for body in sessions():
        if local(body).day in (16, 17, 18):
            per_day[local(body).day - 16] += 1
    found = rows(asked, "nombre de traitements par jour du 16 au 18 novembre")
    assert [row[1] for row in found] == per_day


def test_the_last_one_is_the_last_by_date_and_not_by_text(asked: ExactAnswers) -> None:
    found = exact(asked, "Quand a eu lieu le dernier traitement KO ?")
    latest = max(local(b) for b in sessions() if b["cr"] == "KO")
    assert found.rows[0][found.columns.index("debut")] == latest


def test_where_no_value_tells_the_order_the_answer_says_which_it_took(tmp_path: Path) -> None:
    early = [{"_id": n, "flux": "A", "date_debut": f"0{1 + n % 9}/11/2026 10:00", "statut": "OK"} for n in range(30)]
    asked = answers(tmp_path, {"executions": early})
    told = ask(asked, "Combien d'exécutions le 5 novembre ?")
    assert told.exact is not None
    assert told.exact.rows == [[sum(b["date_debut"].startswith("05") for b in early)]]
    assert "jour avant mois" in told.text
