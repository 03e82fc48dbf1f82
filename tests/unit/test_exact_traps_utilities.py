"""Legacy names of four and five letters, flags of letters, files with a name each, numbers beside other numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def utilities() -> list[Doc]:
    """Of tablespaces, one of which has had none for long."""
    found = []
    for n in range(180):
        start = NOW - timedelta(hours=3 * n + 1)
        space = "TSOLD09" if n > 150 and n % 5 == 0 else ["TSPAY01", "TSCLI02", "TSCRD03"][n % 3]
        found.append(
            {
                "_id": n,
                "UTIL": ["COPY", "REORG", "RUNSTATS"][n % 3 if n % 7 else 0],
                "TSNM": space,
                "CDENV": "DEV" if n % 6 == 0 else "PRD",
                "STFIN": ["NORMAL", "NORMAL", "AVERT", "ABEND", "NORMAL"][n % 5],
                "DTDEB": _local(start),
                "DTFIN": _local(start + timedelta(minutes=n % 40 + 2)),
                "RC": [0, 0, 4, 12, 0][n % 5] if n % 10 != 3 else 8,
                "NBPAG": 500 + n * 7,
                "IND_VERIF": None if n % 11 == 0 else "O" if n % 4 else "N",
            }
        )
    return found


def exchanges() -> list[Doc]:
    return [
        {
            "_id": n,
            "fileName": f"{['REMISE', 'CLEARING'][n % 2]}.{n:05d}.dat",
            "partner": ["Clearis", "Paylane", "Monexio"][n % 3],
            "direction": "IN" if n % 3 == 0 else "OUT",
            "ackStatus": ["ACKED", "ACKED", "NACKED", "WAITING", "ACKED"][n % 5],
            "sentAt": NOW - timedelta(hours=2 * n + 1),
            "totalAmount": 100.0 + 13 * n,
            "txCount": 5 * n,
        }
        for n in range(150)
    ]


def campaigns() -> list[Doc]:
    return [
        {
            "_id": n,
            "application": ["api-a", "api-b", "api-c", "api-d"][n % 4],
            "verdict": ["passed", "failed", "unstable"][n % 3],
            "startedAt": NOW - timedelta(hours=4 * n + 1),
            "elapsedSec": 30 + 11 * (n % 17),
            "testsTotal": 40 + n % 30,
            "testsFailed": n % 23,
            "labels": [["nuit"], ["nuit", "sla"], [], ["sla"]][n % 4],
        }
        for n in range(140)
    ]


U, X, C = utilities(), exchanges(), campaigns()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("utilities")
    return answers(folder, {"DBUTIL": U, "cardExchanges": X, "test_campaigns": C})


def how_many(docs: list[Doc], **wanted: Any) -> int:
    return sum(all(doc[k] == v for k, v in wanted.items()) for doc in docs)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien d'utilitaires vérifiés ?", how_many(U, IND_VERIF="O")),
        ("combien d'utilitaires non vérifiés en prod ?", how_many(U, IND_VERIF="N", CDENV="PRD")),
        ("combien d'abends sur le tablespace TSPAY01 ?", how_many(U, STFIN="ABEND", TSNM="TSPAY01")),
        ("combien d'utilitaires en RC 8 ou 12 ?", sum(d["RC"] in (8, 12) for d in U)),
        ("combien d'utilitaires avec code retour 4, 8 ou 12 ?", sum(d["RC"] in (4, 8, 12) for d in U)),
        ("combien de fichiers rejetés ?", how_many(X, ackStatus="NACKED")),
        ("combien de fichiers en attente d'acquittement ?", how_many(X, ackStatus="WAITING")),
        ("combien de campagnes avec plus de 10 tests échoués ?", sum(d["testsFailed"] > 10 for d in C)),
        ("combien de campagnes instables ?", how_many(C, verdict="unstable")),
        ("combien de campagnes étiquetées nuit et sla ?", sum({"nuit", "sla"} <= set(d["labels"]) for d in C)),
        ("combien de campagnes étiquetées nuit ou sla ?", sum(bool({"nuit", "sla"} & set(d["labels"])) for d in C)),
    ],
)
def test_counts(made: ExactAnswers, question: str, expected: int) -> None:
    assert expected > 0
    assert rows(made, question) == [[expected]]


def test_most_by_tablespace(made: ExactAnswers) -> None:
    each = Counter(d["TSNM"] for d in U if d["STFIN"] == "ABEND")
    found = rows(made, "Which tablespace abended the most?")
    assert {row[0]: row[1] for row in found} == dict(each)


def test_none_of_what_no_record_lacks(made: ExactAnswers) -> None:
    since = {d["TSNM"] for d in U if d["DTDEB"] >= "2026-11-10"}
    expected = sorted({d["TSNM"] for d in U} - since)
    assert expected
    found = rows(made, "Which tablespaces have had no utility since November 10?")
    assert sorted(row[0] for row in found) == expected


def test_top_by_an_amount(made: ExactAnswers) -> None:
    each: defaultdict[str, float] = defaultdict(float)
    for doc in X:
        each[doc["partner"]] += doc["totalAmount"]
    found = rows(made, "top 3 des partenaires par montant")
    assert [(row[0], round(row[1], 2)) for row in found] == sorted(
        ((name, round(total, 2)) for name, total in each.items()), key=lambda pair: -pair[1]
    )


def test_things_named_beside_files(made: ExactAnswers) -> None:
    expected = sorted({d["partner"] for d in X if d["ackStatus"] == "NACKED"})
    found = rows(made, "Which partners got files NACKED?")
    assert sorted(row[0] for row in found) == expected


def test_a_number_of_each_state_and_direction(made: ExactAnswers) -> None:
    sent = how_many(X, direction="OUT")
    found = {tuple(row) for row in rows(made, "combien d'émis et de reçus ?")}
    assert found == {("OUT", sent), ("IN", len(X) - sent)}


def test_different_things_are_no_records(made: ExactAnswers) -> None:
    names = {d["application"] for d in C if d["verdict"] == "failed"}
    assert rows(made, "combien d'applications différentes ont échoué ?") == [[len(names)]]


def test_the_longest_mean_is_a_length(made: ExactAnswers) -> None:
    each: defaultdict[str, list[int]] = defaultdict(list)
    for doc in C:
        each[doc["application"]].append(doc["elapsedSec"])
    means = {name: mean(told) for name, told in each.items()}
    best = max(means, key=lambda name: means[name])
    found = rows(made, "which application has the longest average campaign?")
    assert found[0][0] == best
    assert found[0][1] == pytest.approx(means[best])


def test_what_would_be_answered_wrongly_is_asked_back(made: ExactAnswers) -> None:
    for question in (
        "montant moyen par transaction",  # of a number of transactions: no group
        "campagnes failed alors qu'approuvées",
        "taux de COPY par utilitaire",  # all of one, none of the others
    ):
        found = ask(made, question)
        assert found is None or found.exact is None, question


def test_the_run_with_the_most_is_a_run(made: ExactAnswers) -> None:
    found = exact(made, "quelle exécution a eu le plus de tests échoués ?")
    assert max(d["testsFailed"] for d in C) in found.rows[0]


def test_next_turns_ask_for_the_whole(made: ExactAnswers) -> None:
    failed, whole = how_many(C, verdict="failed"), len(C)
    first = "combien de campagnes failed ?"
    assert rows(made, first) == [[failed]]
    assert rows(made, first, "sur combien ?") == [[whole]]
    assert rows(made, first, "ça fait quel pourcentage ?") == [[failed / whole, failed, whole]]
    assert rows(made, "combien de campagnes failed par application ?", "et au total ?") == [[failed]]
    assert rows(made, "how many campaigns failed?", "out of how many?") == [[whole]]
