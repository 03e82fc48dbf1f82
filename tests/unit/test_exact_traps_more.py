"""More of what has misled the planner: states inside of arrays, return codes, names with the collection's own words."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def builds() -> list[Doc]:
    """Steps fail too, and aborted builds have not failed."""
    states = ["success", "success", "failure", "aborted", "building"]
    return [
        {
            "_id": n,
            "buildNumber": 20_000 + n,
            "project": ["billing-api", "mobile-app"][n % 2],
            "branch": ["main", "develop", "release/2026.11"][n % 3],
            "pipelineStatus": states[n % 5],
            "stages": [
                {"name": "compile", "result": "passed"},
                {"name": "sonar", "result": ["passed", "failed"][n % 2]},
            ],
            "triggeredBy": ["manual", "webhook"][n % 4 > 0],
            "queuedAt": NOW - timedelta(hours=3 * n),
            "isRollback": n % 11 == 0,
        }
        for n in range(150)
    ]


def calls() -> list[Doc]:
    return [
        {
            "_id": n,
            "endpoint": ["/orders", "/orders/{id}", "/invoices"][n % 3],
            "httpStatus": [200, 200, 201, 401, 503, 502][n % 6],
            "success": n % 6 < 3,
            "apiVersion": ["v1", "v2"][n % 2],
            "clientApp": ["partner-portal", "mobile-app"][n % 2],
            "cacheHit": n % 4 == 0,
            "latency_ms": 10 * n,
            "calledAt": NOW - timedelta(minutes=50 * n),
        }
        for n in range(180)
    ]


def transfers() -> list[Doc]:
    """No word tells a state: 0 went well."""
    return [
        {
            "_id": n,
            "idfTransfert": ["PAYSEPA", "RELEVES"][n % 2],
            "sens": ["E", "R"][n % 3 > 0],
            "partenaire": ["Carrefour", "Carrefour Banque", "L'Oréal", "La Poste"][n % 4],
            "diag": [0, 0, 0, 302, 110][n % 5],
            "diagLibelle": ["Transfert terminé", "Connexion refusée", "Fichier introuvable"][(n % 5) // 2],
            "taille_ko": 1_500 * n,
            "debut_transfert": (NOW - timedelta(hours=4 * n)).isoformat(),
            "fin_transfert": (NOW - timedelta(hours=4 * n) + timedelta(seconds=30 + n)).isoformat(),
        }
        for n in range(120)
    ]


def orders() -> list[Doc]:
    return [
        {
            "_id": n,
            "jobName": ["CLM_SETTLE", "TRS_EOD", "MKT_MAIL"][n % 3],
            "application": ["CLAIMS", "TREASURY"][n % 2],
            "endedStatus": ["Ended OK", "Ended OK", "Ended Not OK", "Held"][n % 4],
            "node": ["lnxprd01", "lnxprd02"][n % 5 > 0],
            "runCount": n % 3,
            "startTime": int((NOW - timedelta(hours=2 * n)).timestamp()),
        }
        for n in range(160)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("more-traps")
    kept = {"builds": builds(), "api_calls": calls(), "transferts_cft": transfers(), "ctm_orders": orders()}
    return answers(folder, kept)


B, C, T, J = builds(), calls(), transfers(), orders()
BAD = [d for d in T if d["diag"]]


def local(value: Any) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (datetime.fromtimestamp(read, NOW.tzinfo) if isinstance(read, int) else read).astimezone(NOW.tzinfo)


def days_ago(docs: list[Doc], field: str, days: int) -> list[Doc]:
    return [d for d in docs if local(d[field]).date() == (NOW - timedelta(days=days)).date()]


COUNTS: dict[str, list[Doc]] = {
    "combien de builds hier ?": days_ago(B, "queuedAt", 1),
    "combien de builds cassés ?": [d for d in B if d["pipelineStatus"] == "failure"],
    "how many builds failed on main?": [d for d in B if d["pipelineStatus"] == "failure" and d["branch"] == "main"],
    "combien de builds lancés à la main ?": [d for d in B if d["triggeredBy"] == "manual"],
    "combien de rollbacks ?": [d for d in B if d["isRollback"]],
    "combien d'appels API en erreur ?": [d for d in C if not d["success"]],
    "combien d'appels en 503 ?": [d for d in C if d["httpStatus"] == 503],
    "nb d'appels en 5xx": [d for d in C if d["httpStatus"] >= 500],
    "nombre d'appels avec cacheHit false": [d for d in C if not d["cacheHit"]],
    "combien d'appels sur /invoices hier ?": [d for d in days_ago(C, "calledAt", 1) if d["endpoint"] == "/invoices"],
    "combien de transferts en échec ?": BAD,
    "nb de transferts sens R pour La Poste": [d for d in T if d["sens"] == "R" and d["partenaire"] == "La Poste"],
    "combien de transferts de plus de 100 Mo ?": [d for d in T if d["taille_ko"] > 100_000],
    "cb de trasferts KO avec carefour banque": [d for d in BAD if d["partenaire"] == "Carrefour Banque"],
    "combien de jobs en erreur ?": [d for d in J if d["endedStatus"] == "Ended Not OK"],
    "jobs avec runCount = 2, combien ?": [d for d in J if d["runCount"] == 2],
}


@pytest.mark.parametrize("question", COUNTS)
def test_a_count_is_of_what_was_meant(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[len(COUNTS[question])]]


def test_a_success_rate_leaves_out_what_ended_not_ok(made: ExactAnswers) -> None:
    part = sum(d["endedStatus"] == "Ended OK" for d in J)
    assert rows(made, "taux de succès des jobs") == [[pytest.approx(part / len(J)), part, len(J)]]


def test_a_duration_that_no_field_tells_is_the_time_from_start_to_end(made: ExactAnswers) -> None:
    found = exact(made, "durée moyenne des transferts RELEVES")
    lasted = [30 + d["_id"] for d in T if d["idfTransfert"] == "RELEVES"]
    assert found.rows == [[pytest.approx(mean(lasted))]]
    assert found.units == ["s"]


def test_codes_are_counted_and_not_added_up(made: ExactAnswers) -> None:
    found = rows(made, "nombre de transferts en échec par diag")
    assert sorted(found) == [[code, sum(d["diag"] == code for d in T)] for code in (110, 302)]


def test_a_follow_up_moves_the_window_from_where_it_was(made: ExactAnswers) -> None:
    found = exact(made, "combien de builds avant-hier ?", "et la veille ?")
    assert found.rows == [[len(days_ago(B, "queuedAt", 3))]]
    assert found.window is not None
    assert found.window.phrase == "la veille"
