"""What has misled the planner in alerts that rules raise, in sessions that count what passes, in names with a year."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def alerts() -> list[Doc]:
    return [
        {
            "_id": n,
            "alertId": n + 100,
            "rule": f"RG-{n % 4:02d}",
            "gravity": ["HIGH", "LOW", "MEDIUM"][n % 3],
            "cell": ["Achats", "Paie"][n % 5 == 0],
            "solved": n % 3 != 1,
            "raisedMs": int((NOW - timedelta(hours=5 * n + 1)).timestamp() * 1000),
        }
        for n in range(120)
    ]


def sessions() -> list[Doc]:
    return [
        {
            "_id": n,
            "sessionId": f"SE-{n:05d}",
            "supplier": ["Lorient", "Brest", "Dinan"][n * n % 7 % 3],
            "relay": f"fix-hub-0{n % 3 + 1}",
            "status": ["CLOSED", "CLOSED", "REJECTED", "DROPPED"][n % 4],
            "parcelsSent": 40 + n % 9,
            "parcelsRejected": [0, 9, 2][n * n % 7 % 3],
            "disconnection": None if n % 4 < 2 else {"code": ["SEQ", "TLS", "NET"][n % 3]},
            "openedAt": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
            "closedAt": (NOW - timedelta(hours=6 * n)).isoformat(),
        }
        for n in range(130)
    ]


def runs() -> list[Doc]:
    return [
        {
            "_id": n,
            "id_calcul": f"C{n:05d}",
            "contrat": ["HORIZON RENTE 2030", "HORIZON RENTE 2040", "ALIZE", "MISTRAL"][n % 4],
            "statut": ["ERREUR", "FAIT", "FAIT"][n * n % 5 % 3],
            "debut": (NOW - timedelta(hours=4 * n + 2)).isoformat(),
            "fin": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(140)
    ]


def loads() -> list[Doc]:
    return [
        {
            "_id": n,
            "load_id": n + 7000,
            "feed": ["STK_A", "STK_B"][n % 2],
            "kind": ["contract", "equity", "bond"][n % 3],
            "status": ["loaded", "failed"][n % 5 == 0],
            "err": "no space left" if n % 5 == 0 else None,
            "started": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            "ended": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


A, S, R, L = alerts(), sessions(), runs(), loads()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("warnings")
    return answers(folder, {"dq_alerts": A, "parcelSessions": S, "calculs_rente": R, "stock_loads": L})


def total(path: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for doc in S:
        found[doc["supplier"]] += doc[path]
    return dict(found)


def test_anomalies_are_the_alerts_that_rules_raise(made: ExactAnswers) -> None:
    for text in ("Combien d'anomalies non résolues ?", "combien danomalies non résolues", "How many open anomalies?"):
        assert rows(made, text) == [[sum(not d["solved"] for d in A)]], text
    assert exact(made, "anomalies d'hier vs avant-hier").collection == "dq_alerts"


def test_rules_are_no_settled_records(made: ExactAnswers) -> None:
    opened = Counter(d["rule"] for d in A if not d["solved"])
    for text in ("règles avec plus de 5 anomalies non résolues", "regles avec plus de 5 anomalies non résolues"):
        assert dict(rows(made, text)) == {r: n for r, n in opened.items() if n > 5}, text


def test_the_most_parcels_are_not_those_rejected(made: ExactAnswers) -> None:
    for text in ("Quel fournisseur a reçu le plus de colis ?", "Which supplier received the most parcels?"):
        assert dict(rows(made, text)) == total("parcelsSent"), text
    assert dict(rows(made, "colis rejetés par fournisseur")) == total("parcelsRejected")


def test_parcel_sessions_are_sessions(made: ExactAnswers) -> None:
    rejected = sum(d["status"] == "REJECTED" for d in S)
    for text in ("How many parcel sessions were rejected?", "Combien de sessions de colis ont été rejetées ?"):
        assert rows(made, text) == [[rejected]], text


def test_codes_of_disconnections_are_of_all_sessions(made: ExactAnswers) -> None:
    codes = Counter(d["disconnection"]["code"] for d in S if d["disconnection"])
    assert dict(rows(made, "les 3 codes de déconnexion les plus fréquents")) == codes


def test_a_numbered_name_is_nothing_to_fix(made: ExactAnswers) -> None:
    through = sum(d["relay"] == "fix-hub-01" for d in S)
    assert rows(made, "Combien de sessions passées par fix-hub-01 ?") == [[through]]


def test_the_year_that_ends_a_name_is_no_time(made: ExactAnswers) -> None:
    failed = sum(d["contrat"] == "HORIZON RENTE 2030" and d["statut"] == "ERREUR" for d in R)
    for text in ("Combien de HORIZON RENTE 2030 en erreur ?", "How often has HORIZON RENTE 2030 failed?"):
        assert rows(made, text) == [[failed]], text


def test_what_is_asked_for_is_a_thing_before_a_kind(made: ExactAnswers) -> None:
    failed = Counter(d["contrat"] for d in R if d["statut"] == "ERREUR")
    assert dict(rows(made, "Quels contrats ont planté plus de 2 fois ?")) == {c: n for c, n in failed.items() if n > 2}
