"""What has misled the planner where valuations are calculated, backups kept and certificates expire."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def valuations() -> list[Doc]:
    return [
        {
            "_id": n,
            "jobId": f"VJ-{n:05d}",
            "calcType": ["valuation", "interest", "pricing"][n % 3],
            "calcStatus": ["Computed", "Aborted", "Stale", "Computed"][n * n % 7 % 4],
            "portfolio": ["EQ-US", "FX-SPOT", "RATES-EUR"][n % 5 % 3],
            "startedAt": int((NOW - timedelta(hours=3 * n + 1)).timestamp()),
            "elapsedSec": 20 + n,
        }
        for n in range(180)
    ]


def backups() -> list[Doc]:
    return [
        {
            "_id": n,
            "NO_SVG": 880000 + n,
            "CD_SYS": ["SAP-FIN", "DEV-GIT", "ORAPRD1"][n % 3],
            "TYP_SVG": ["COMPLETE", "INCREMENTALE", "TEST_RESTAU"][n * n % 11 % 3],
            "CD_STAT": ["TRM", "ABD", "TRM", "TRM"][n % 7 % 4],
            "DT_DEB": int((NOW - timedelta(hours=5 * n + 2)).timestamp()),
            "DUR_MN": 10 + n,
            "CD_ENV": ["PRD", "INT"][n % 2],
            "CD_ERR": ["E-3302", "E-2040"][n % 3 % 2] if n % 7 % 4 == 1 else None,
        }
        for n in range(150)
    ]


def scans() -> list[Doc]:
    return [
        {
            "_id": n,
            "scan_id": f"SC{n:04d}",
            "asset": f"srv-web-{n % 9:02d}",
            "owner_team": ["Payments", "Digital"][n % 2],
            "scan_result": ["clean", "findings"][n % 4 // 2],
            "scanned_at": at(6 * n + 1),
            "cert_expiry_date": (NOW + timedelta(days=10 * (n % 9) - 20)).date().isoformat(),
        }
        for n in range(120)
    ]


def mailings() -> list[Doc]:
    return [
        {
            "_id": n,
            "lot": f"LOT/{n:05d}",
            "prestataire": ["Postalis", "Editex", "Courrier-Plus"][n % 3],
            "statut_envoi": ["expédié", "rejeté", "retenu"][n * n % 7 % 3],
            "poids": f"{20 + n % 60} Mo",
            "date_depot": at(4 * n + 1),
        }
        for n in range(160)
    ]


V, B, C, M = valuations(), backups(), scans(), mailings()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    collections = {"valuationJobs": V, "SVG_JRN": B, "security_scans": C, "editions_courrier": M}
    return answers(tmp_path_factory.mktemp("records"), collections)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("combien de calculs abortés ?", sum(d["calcStatus"] == "Aborted" for d in V)),
        ("combien de calculs d'intérêts plantés ?",
         sum(d["calcStatus"] == "Aborted" and d["calcType"] == "interest" for d in V)),
        ("combien de sauvegardes abandonnées ?", sum(d["CD_STAT"] == "ABD" for d in B)),
        ("combien de tests de restauration ?", sum(d["TYP_SVG"] == "TEST_RESTAU" for d in B)),
        ("combien de rejets chez Editex ?",
         sum(d["prestataire"] == "Editex" and d["statut_envoi"] == "rejeté" for d in M)),
    ],
)  # fmt: skip
def test_what_is_counted(made: ExactAnswers, question: str, count: int) -> None:
    assert exact(made, question).matched == count


def test_what_expired_lies_before_now(made: ExactAnswers) -> None:
    gone = {d["asset"] for d in C if d["cert_expiry_date"] < NOW.date().isoformat()}
    assert {row[0] for row in rows(made, "quels assets ont un certificat déjà expiré ?")} == gone
    told = Counter(d["owner_team"] for d in C if d["cert_expiry_date"] < NOW.date().isoformat())
    assert {row[0]: row[1] for row in rows(made, "certificats expirés par équipe")} == told


def test_things_with_one_record_each_are_counted_by_the_rest(made: ExactAnswers) -> None:
    told = Counter(d["prestataire"] for d in M if d["statut_envoi"] == "expédié")
    assert {row[0]: row[1] for row in rows(made, "lots expédiés par prestataire")} == told


def test_the_code_is_that_of_errors(made: ExactAnswers) -> None:
    found = exact(made, "erreurs de sauvegarde par code")
    assert [key["path"] for key in found.plan["keys"]] == ["CD_ERR"]


def test_the_day_before_is_told_by_its_date(made: ExactAnswers) -> None:
    found = rows(made, "calculs abortés hier vs la veille")
    assert [row[0] for row in found] == ["hier", f"{NOW - timedelta(days=2):%Y-%m-%d} (la veille)"]


@pytest.mark.parametrize(
    "turns",
    [
        ("lots de plus de 60 Mo",),  # "60 Mo" is a text
        ("dernier scan de srv-mail-01",),  # no such asset
        ("combien de certificats renouvelés après l'échéance en octobre ?",),  # a date beside another
        ("Combien de lots retenus ?", "envoie-les à Editex"),  # an order
    ],
)
def test_what_is_not_computed(made: ExactAnswers, turns: tuple[str, ...]) -> None:
    found = ask(made, *turns)
    assert found is None or found.exact is None


def test_which_ones_are_of_the_things_that_were_listed(made: ExactAnswers) -> None:
    told = Counter(d["portfolio"] for d in V if d["calcStatus"] == "Stale")
    found = rows(made, "Which portfolios aborted?", "and which ones are stale?")
    assert {row[0]: row[1] for row in found} == told
