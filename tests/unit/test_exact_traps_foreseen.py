"""What has misled the planner where work is foreseen and then done: on a round of steps, on alarms, on parcels."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def steps() -> list[Doc]:
    """Foreseen long before they begin; some never do."""
    return [
        {
            "_id": n,
            "chaine": ["PAIE", "STOCK"][n % 2],
            "plateforme": ["PRD", "HML"][n % 4 == 3],
            "etat": "NON_LANCE" if n % 50 == 1 else "PLANTE" if n % 5 == 2 else "TERMINE",
            "plan": {"debut": (begun := NOW - timedelta(hours=3 * n + 1)).isoformat()},
            "reel": {"debut": None if n % 50 == 1 else (begun + timedelta(hours=5)).isoformat()},
        }
        for n in range(1, 160)
    ]


def alarms() -> list[Doc]:
    return [
        {
            "_id": n,
            "gravite": ["majeure", "mineure"][n % 2],
            "equipe": ["N1", "N2", "N3"][n % 3],
            "etat": ["close", "ouverte", "acquittee", "fausse_alerte"][n % 7 % 4],
            "garde": n % 6 == 0,
            "emise_le": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(140)
    ]


def releases() -> list[Doc]:
    people = ["a.blanc", "c.noir", "d.roux", "e.vert"]
    return [
        {
            "_id": n,
            "service": ["basket", "search", "stock"][n % 3],
            "outcome": ["done", "rolled_back", "failed"][n % 5 % 3],
            "requester": people[n % 4],
            "deployer": people[n * 3 % 7 % 4],
            "startedAt": (NOW - timedelta(hours=9 * n + 1)).isoformat(),
        }
        for n in range(100)
    ]


def loads() -> list[Doc]:
    return [
        {
            "_id": n,
            "table_name": ["stg_a", "stg_b", "fact_c"][n % 3],
            "load_status": ["loaded", "error", "loaded", "loaded"][n % 4],
            "failed_checks": ["nulls", "keys"][: n % 3],
            "reload": n % 5 == 0,
            "load_start": (NOW - timedelta(hours=7 * n + 1)).isoformat(),
        }
        for n in range(120)
    ]


def transfers() -> list[Doc]:
    return [
        {
            "_id": n,
            "partner": ["DUPONT", "MARTEL"][n % 2],
            "direction": ["INBOUND", "OUTBOUND"][n % 3 == 0],
            "env": ["PROD", "PREPROD"][n % 5 == 0],
            "protocol": ["SFTP", "FTPS"][n % 4 == 1],
            "state": ["COMPLETED", "FAILED"][n % 9 == 4],
            "sizeBytes": 1000 + 7 * n,
            "submittedAt": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(130)
    ]


S, A, R, D, F = steps(), alarms(), releases(), loads(), transfers()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("foreseen")
    named = {
        "ordo_etapes_nuit": S, "alertes_garde": A, "deployments_log": R, "dwh_loads": D, "fileTransfers_log": F,
    }  # fmt: skip
    return answers(folder, named)


def _of_day(docs: list[Doc], day: str, *path: str) -> int:
    count = 0
    for doc in docs:
        at: Any = doc
        for part in path:
            at = at[part]
        count += at is not None and at.startswith(day)
    return count


def test_a_step_is_of_the_day_it_began_and_of_the_day_it_was_foreseen_where_it_never_did(made: ExactAnswers) -> None:
    day = (NOW - timedelta(days=2)).date().isoformat()
    failed = [d for d in S if d["etat"] == "PLANTE"]
    assert _of_day(failed, day, "reel", "debut") != _of_day(failed, day, "plan", "debut")
    assert rows(made, "combien d'étapes plantées avant-hier ?") == [[_of_day(failed, day, "reel", "debut")]]
    found = exact(made, "étapes NON_LANCE ces 30 derniers jours")
    assert len(found.rows) == sum(d["etat"] == "NON_LANCE" for d in S)


def test_the_last_run_has_begun(made: ExactAnswers) -> None:
    last = max((d for d in S if d["reel"]["debut"]), key=lambda d: d["reel"]["debut"])
    assert str(last["_id"]) in map(str, exact(made, "dernière exécution d'étape ?").rows[0])


def test_an_alarm_that_is_acknowledged_is_not_closed_and_a_false_one_is(made: ExactAnswers) -> None:
    left = sum(d["etat"] in ("ouverte", "acquittee") for d in A)
    assert rows(made, "how many alerts are not closed yet?") == [[left]]
    assert rows(made, "combien d'alertes pas encore closes ?") == [[left]]


def test_major_is_majeure(made: ExactAnswers) -> None:
    assert rows(made, "how many major alerts?") == [[sum(d["gravite"] == "majeure" for d in A)]]


def test_somebody_on_duty_was_called(made: ExactAnswers) -> None:
    assert rows(made, "La garde a-t-elle été appelée ce mois-ci ?")[0][0] is True


def test_who_deployed_is_the_deployer_and_deployments_are_no_people(made: ExactAnswers) -> None:
    asked = [d for d in R if d["service"] == "stock"]
    found = exact(made, "qui a déployé stock ?")
    assert {row[0]: row[1] for row in found.rows} == Counter(d["deployer"] for d in asked)
    assert len(exact(made, "list the deployments rolled back").rows) == sum(d["outcome"] == "rolled_back" for d in R)


def test_failed_loads_are_loads_that_failed(made: ExactAnswers) -> None:
    found = exact(made, "failed loads per day since September")
    assert sum(row[1] for row in found.rows) == sum(d["load_status"] == "error" for d in D)


def test_loaded_again_in_the_other_language(made: ExactAnswers) -> None:
    again = {d["table_name"] for d in D if d["reload"]}
    assert rows(made, "Combien de tables différentes ont été rechargées ?") == [[len(again)]]


def test_the_worst_day_of_the_month_is_of_this_month(made: ExactAnswers) -> None:
    found = exact(made, "C'est quoi le pire jour du mois pour les chargements en erreur ?")
    assert found.rows
    assert all(row[0].strftime("%Y-%m") >= "2026-10" for row in found.rows)
    assert "mois" in found.plan["span"]["phrase"]


def test_a_total_that_was_sent_is_of_what_was_sent(made: ExactAnswers) -> None:
    sent = sum(d["sizeBytes"] for d in F if d["direction"] == "OUTBOUND" and d["partner"] == "DUPONT")
    assert rows(made, "Volume total envoyé à DUPONT") == [[sent]]


def test_who_uses_a_protocol(made: ExactAnswers) -> None:
    users = {d["partner"] for d in F if d["protocol"] == "FTPS"}
    assert {row[0] for row in rows(made, "Quels partenaires utilisent FTPS ?")} == users


def test_transfers_of_an_environment_they_have_not_are_no_steps_that_have_it(made: ExactAnswers) -> None:
    found = ask(made, "combien de transferts en RECETTE ?")
    assert found is None or found.exact is None
