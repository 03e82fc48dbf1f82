"""What has misled the planner at an insurer: batches, exchanges with agencies, robots, endpoints, planned outages."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def batches() -> list[Doc]:
    """Three went on for hours; `TAXES` has not run for days."""
    found = [
        {
            "_id": n,
            "num_exec": f"{n:06d}",
            "tache": ["TARIFS", "AGIOS", "TAXES", "RELANCES"][n % 4],
            "etat": ["FINI", "FINI", "PLANTE", "FINI", "DELAI_DEPASSE", "FINI", "FINI"][n % 7],
            "env": ["PRD", "PRD", "REC"][n % 3],
            "debut": (NOW - timedelta(hours=6 * n + (90 if n % 4 == 2 else 1))).isoformat(),
            "fin": (NOW - timedelta(hours=6 * n + (90 if n % 4 == 2 else 1) - 0.5)).isoformat(),
            "duree_s": 600 + n,
        }
        for n in range(120)
    ]
    going = [("TARIFS", 5), ("AGIOS", 4), ("RELANCES", 1)]
    for n, (task, hours) in enumerate(going, 120):
        begun = (NOW - timedelta(hours=hours)).isoformat()
        found.append({"_id": n, "num_exec": f"{n:06d}", "tache": task, "etat": "EN_EXEC", "env": "PRD", "debut": begun})
    return found


def exchanges() -> list[Doc]:
    return [
        {
            "_id": n,
            "exchangeId": f"X-{n:05d}",
            "broker": {"code": f"{n % 5:04d}", "name": ["Anjou", "Bresse", "Cantal", "Diois", "Embrun"][n % 5]},
            "channel": ["SFTP", "API", "AS2"][n % 3],
            "elapsedMs": 500 * (n % 40 + 1),
            "state": ["delivered", "delivered", "rejected", "timed_out"][n % 7 % 4],
            "receivedAt": (NOW - timedelta(hours=2 * n + (600 if n % 5 == 3 else 1))).isoformat(),
        }
        for n in range(200)
    ]


def robots() -> list[Doc]:
    return [
        {
            "_id": n,
            "job_ref": f"R{n:05d}",
            "robot": ["RB-1", "RB-2", "RB-3"][n % 3],
            "process": ["Indexation", "Mandat", "Clôture", "Relance"][n % 4],
            "outcome": "completed" if n % 4 == 3 else ["completed", "app_exception", "biz_exception"][n % 5 % 3],
            "start_ts": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "end_ts": (NOW - timedelta(hours=3 * n + 0.8)).isoformat(),
        }
        for n in range(150)
    ]


def detections() -> list[Doc]:
    return [
        {
            "_id": n,
            "alertId": f"D-{n:05d}",
            "endpoint": {"name": f"PC-{n % 17:03d}", "os": ["w10", "w11"][n % 2]},
            "isolated": n % 6 == 0,
            "category": ["phishing", "miner"][n % 2],
            "threatName": f"T{n % 3}",
            "user": f"u{n * n % 23:02d}",
            "status": ["closed", "new"][n % 3 == 0],
            "analyst": ["Ugo", "Ines", None][n % 5 % 3],
            "detectedAt": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(140)
    ]


def outages() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref": f"INT-{n:03d}",
            "application": ["GED", "Extranet", "Annuaire"][n % 3],
            "statut": ["réalisée", "réalisée avec incident", "annulée"][n % 5 % 3],
            "jour": (NOW - timedelta(days=n)).replace(hour=0, minute=0, second=0).isoformat(),
            "coupure_totale": n % 4 == 0,
            "duree_prevue_min": 30 * (n % 5 + 1),
        }
        for n in range(60)
    ]


B, X, R, D, M = batches(), exchanges(), robots(), detections(), outages()


def at(doc: Doc, path: str) -> datetime:
    return datetime.fromisoformat(doc[path]).astimezone(UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    root: Path = tmp_path_factory.mktemp("insurer")
    return answers(
        root,
        {
            "execs_batch": B,
            "brokerExchanges": X,
            "rpa_cases": R,
            "edr_alerts": D,
            "fenetres_maintenance": M,
        },
    )


@pytest.mark.parametrize(
    "question",
    ["combien d'exécutions en échec en tout ?", "how many failed executions overall?"],
)
def test_a_run_that_overran_its_time_has_failed(made: ExactAnswers, question: str) -> None:
    failed = sum(d["etat"] in ("PLANTE", "DELAI_DEPASSE") for d in B)
    assert rows(made, question) == [[failed]]


@pytest.mark.parametrize(
    "question", ["les tâches qui ont dépassé leur temps limite", "which tasks exceeded their time limit?"]
)
def test_a_time_limit_is_exceeded_in_several_words(made: ExactAnswers, question: str) -> None:
    assert {row[0] for row in rows(made, question)} == {d["tache"] for d in B if d["etat"] == "DELAI_DEPASSE"}


def test_what_runs_for_hours_runs_still(made: ExactAnswers) -> None:
    told = rows(made, "les tâches de prod qui tournent depuis plus de 3 heures")
    assert {row[0] for row in told} == {"TARIFS", "AGIOS"}


def test_what_has_not_been_seen_running_is_told_by_its_absence(made: ExactAnswers) -> None:
    assert [row[0] for row in rows(made, "tâches qu'on n'a plus vues tourner depuis 3 jours")] == ["TAXES"]


def test_a_negation_that_is_not_understood_is_not_dropped(made: ExactAnswers) -> None:
    assert ask(made, "tâches qu'on n'a plus relevées depuis 3 jours").route == "clarify"


@pytest.mark.parametrize("question", ["les tâches sans un seul plantage", "tâches qui n'ont plus d'échec depuis hier"])
def test_not_a_single_one_and_no_more_are_negations(made: ExactAnswers, question: str) -> None:
    assert exact(made, question).plan["having"][0] == {"measure": 0, "op": "eq", "value": 0}


def test_days_are_of_every_collection(made: ExactAnswers) -> None:
    assert exact(made, "jours d'octobre avec plus de 2 plantages").collection == "execs_batch"


@pytest.mark.parametrize(
    "question", ["courtiers sans aucun échange depuis 10 jours", "brokers with no exchange in the last 10 days"]
)
def test_exchanges_are_called_so_in_both_languages(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    assert found.collection == "brokerExchanges"
    assert [row[0] for row in found.rows] == ["Diois"]


def test_the_last_of_two_english_nouns_is_what_is_meant(made: ExactAnswers) -> None:
    ended = Counter(d["outcome"] for d in R)
    told = rows(made, "how many robot runs ended in an application exception?")
    assert told == [[ended["app_exception"]]]
    assert [row[0] for row in rows(made, "robot processes that never failed")] == ["Relance"]


def test_the_first_of_two_french_nouns_is_what_is_meant(made: ExactAnswers) -> None:
    assert dict(map(tuple, rows(made, "nombre d'exécutions par processus robot"))) == Counter(d["process"] for d in R)


def test_what_all_records_went_through_narrows_nothing(made: ExactAnswers) -> None:
    most = Counter(d["process"] for d in R if d["outcome"] != "completed").most_common(1)
    told = rows(made, "le processus le plus souvent en échec sur les robots")
    assert told[0][1] == most[0][1]


@pytest.mark.parametrize("question", ["alertes par poste", "alerts per endpoint", "nombre d'alertes par machine"])
def test_endpoints_are_machines(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    assert found.collection == "edr_alerts"
    assert dict(map(tuple, found.rows)) == Counter(d["endpoint"]["name"] for d in D)


@pytest.mark.parametrize(
    "question",
    ["total de minutes de maintenance par application", "nombre d'heures de maintenance en octobre"],
)
def test_minutes_are_no_records(made: ExactAnswers, question: str) -> None:
    assert ask(made, question).route == "clarify"


def test_how_long_is_asked_of_a_value(made: ExactAnswers) -> None:
    lengths = [d["duree_s"] for d in B if d["tache"] == "AGIOS" and "duree_s" in d]
    assert rows(made, "AGIOS a mis combien de temps au maximum ?") == [[max(lengths)]]
    assert rows(made, "AGIOS en PRD : combien de temps en moyenne ?")[0][0] == pytest.approx(
        sum(d["duree_s"] for d in B if d["tache"] == "AGIOS" and d["env"] == "PRD" and "duree_s" in d)
        / sum(1 for d in B if d["tache"] == "AGIOS" and d["env"] == "PRD" and "duree_s" in d)
    )


def test_what_is_left_out_next_is_left_out_of_what_was_asked(made: ExactAnswers) -> None:
    told = exact(made, "nombre d'échecs par robot", "et sans les exceptions métier ?")
    assert dict(map(tuple, told.rows)) == Counter(d["robot"] for d in R if d["outcome"] == "app_exception")


def test_that_is_restricted_by_que(made: ExactAnswers) -> None:
    counts = Counter(d["endpoint"]["name"] for d in D)
    told = exact(made, "nombre d'alertes par poste", "que les postes au-dessus de 8")
    assert {row[0] for row in told.rows} == {name for name, n in counts.items() if n > 8}


def test_a_number_is_no_field(made: ExactAnswers) -> None:
    most = Counter(d["user"] for d in D).most_common(3)
    assert [n for _, n in rows(made, "top three users with the most detections")] == [n for _, n in most]


def test_what_is_missing_is_not_said_of_the_state_after_it(made: ExactAnswers) -> None:
    count = sum(d["analyst"] is None and d["status"] == "new" for d in D)
    assert rows(made, "combien d'alertes sans analyste ouvertes") == [[count]]


def test_a_share_is_of_what_was_done_in_time(made: ExactAnswers) -> None:
    soon = sum(d["state"] == "delivered" and d["elapsedMs"] < 10_000 for d in X)
    assert rows(made, "part des échanges livrés en moins de 10 secondes")[0][0] == pytest.approx(soon / len(X))


def test_the_last_but_one_is_asked_back(made: ExactAnswers) -> None:
    assert ask(made, "dernier échec de AGIOS", "et celui d'avant ?").route == "clarify"
