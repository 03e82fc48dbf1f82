"""Two fields of a record held against each other: dates after dates, numbers over numbers, what came late."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, PARIS, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def receptions() -> list[Doc]:
    """Files that were expected at a time and came before or after; some never."""
    found = []
    for n in range(150):
        expected = NOW.replace(minute=0) - timedelta(hours=7 * n + 3)
        came = expected + timedelta(minutes=(n % 11) * 9 - 35)
        found.append(
            {
                "_id": n,
                "fichier": f"REL_{n % 9:02d}.csv",
                "partenaire": ["ALPHA", "BETA", "GAMMA"][n % 3],
                "etat": ["INTEGRE", "REJETE", "ATTENDU"][0 if n % 13 else 2 if n % 2 else 1],
                "attendu_le": expected.isoformat(),
                "recu_le": None if n % 13 == 0 and n % 2 else came.isoformat(),
                "octets": 1000 + 37 * n,
            }
        )
    return found


def loads() -> list[Doc]:
    return [
        {
            "_id": n,
            "jobName": f"load-{'abcdef'[n % 6]}",
            "startedAt": NOW - timedelta(hours=2 * n + 1),
            "finishedAt": NOW - timedelta(hours=2 * n + 1) + timedelta(seconds=40 + (n * 31) % 200),
            "state": ["DONE", "DONE", "ABORTED"][n % 3],
            "rowsRead": 1000 + 10 * (n % 7),
            "rowsWritten": 1000 + 10 * (n % 5),
            "rowsRejected": (n * 7) % 90,
            "durationSec": 40 + (n * 31) % 200,
            "expectedDurationSec": 120,
            "dueDate": (NOW - timedelta(hours=2 * n + 1, days=n % 3 - 1)).date().isoformat(),
        }
        for n in range(140)
    ]


R, L = receptions(), loads()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("compared")
    return answers(folder, {"receptions_fichiers": R, "etl_loads": L})


def delay(doc: Doc) -> float | None:
    if doc["recu_le"] is None:
        return None
    return (datetime.fromisoformat(doc["recu_le"]) - datetime.fromisoformat(doc["attendu_le"])).total_seconds()


UNLIKE = sum(d["rowsWritten"] != d["rowsRead"] for d in L)
FEWER = sum(d["rowsWritten"] < d["rowsRead"] for d in L)
LONGER = sum(d["durationSec"] > 120 for d in L)


def late(least: float = 0, most: float = 1e9, docs: list[Doc] = R) -> int:
    return sum(1 for doc in docs if (d := delay(doc)) is not None and least < d <= most)


def overdue(doc: Doc) -> bool:
    """Due on a day: until it is over."""
    return bool(doc["finishedAt"].astimezone(PARIS).date().isoformat() > doc["dueDate"])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien de fichiers reçus après l'heure attendue ?", late()),
        ("nombre de fichiers arrivés plus tard que prévu", late()),
        ("combien de fichiers ont été reçus en retard ?", late()),
        ("how many files were received later than expected?", late()),
        ("combien de fichiers reçus plus de 30 min après l'heure attendue ?", late(1800)),
        ("combien de fichiers reçus avant l'heure attendue ?", sum((delay(d) or 0) < 0 for d in R)),
        ("combien de fichiers reçus à l'heure ?", sum(d["recu_le"] is not None and delay(d) <= 0 for d in R)),
        (
            "combien de fichiers de BETA reçus après l'heure attendue ?",
            late(docs=[d for d in R if d["partenaire"] == "BETA"]),
        ),
        ("how many loads with fewer rows written than read?", FEWER),
        ("how many loads have rows written different from rows read?", UNLIKE),
        ("how many loads finished after their due date?", sum(map(overdue, L))),
        ("how many loads were finished late?", sum(map(overdue, L))),
        ("how many loads ran longer than expected?", LONGER),
        ("combien de loads ont dépassé leur durée prévue ?", LONGER),
        ("combien de loads avec un écart entre lignes lues et lignes écrites ?", UNLIKE),
        ("combien de loads dont les lignes lues et écrites diffèrent ?", UNLIKE),
        ("combien de loads où les lignes écrites sont inférieures aux lignes lues ?", FEWER),
    ],
)  # fmt: skip
def test_counts(made: ExactAnswers, question: str, expected: int) -> None:
    assert 0 < expected < 150
    assert rows(made, question) == [[expected]]


def test_a_rate(made: ExactAnswers) -> None:
    came = [d for d in R if d["partenaire"] == "ALPHA"]
    part = sum(d["recu_le"] is not None and delay(d) <= 0 for d in came)
    assert rows(made, "taux de fichiers ALPHA reçus à l'heure") == [[part / len(came), part, len(came)]]
    overdue = sum(1 for d in R if (delay(d) or 0) > 0)
    alpha = sum(1 for d in came if (delay(d) or 0) > 0)
    assert rows(made, "part de ALPHA parmi les fichiers reçus en retard") == [[alpha / overdue, alpha, overdue]]


def test_a_window_is_of_what_happened(made: ExactAnswers) -> None:
    window = exact(made, "combien de fichiers reçus après l'heure attendue en octobre ?").window
    assert window is not None
    assert window.field == "recu_le"


def test_what_no_date_tells_is_not_compared(made: ExactAnswers) -> None:
    for question in ("combien de fichiers archivés après l'heure attendue ?", "fichiers archivés en retard"):
        found = ask(made, question)
        assert found is None or found.exact is None


def test_milliseconds_are_not_compared_with_seconds(tmp_path: Path) -> None:
    docs = [{"_id": n, "jobName": f"j{n % 4}", "durationMs": 900 * n, "expectedDurationSec": 30} for n in range(60)]
    found = ask(answers(tmp_path, {"jobs": docs}), "how many jobs ran longer than expected?")
    assert found is None or found.exact is None
