"""What has misled the planner at an asset manager: acknowledgements, cron jobs, prices of funds, stages, tickets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def wires() -> list[Doc]:
    """Every one has a `sentAt`, whichever way it went; those that were sent end as ACKED or NACKED."""
    found = []
    for n in range(150):
        out, at = n % 3 != 0, NOW - timedelta(hours=2 * n + 1)
        state = "QUEUED" if n == 1 else "NACKED" if n % 10 == 1 else "ACKED" if out else "PROCESSED"
        found.append(
            {
                "_id": n,
                "wireRef": f"W{n:05d}",
                "dir": "OUT" if out else "IN",
                "status": state,
                "bic": ["KAPPDEFF", "LAMBFRPP", "OMEGGB2L"][n % 7 % 3],
                "amount": 10.5 * n,
                "prio": "U" if n % 4 == 0 else "N",
                "sentAt": at.isoformat(),
                "ackAt": None if state == "QUEUED" else (at + timedelta(seconds=n % 9 + 1)).isoformat(),
                "latencySec": 0.5 * (n % 9 + 1),
                "nack": {"code": ["T1", "H7"][n % 4 // 2], "text": "field missing"} if state == "NACKED" else None,
            }
        )
    return found


def cronjobs() -> list[Doc]:
    return [
        {
            "_id": n,
            "job": ["rotate", "reindex", "mirror"][n % 3],
            "namespace": ["ops-prod", "ops-test"][n % 4 == 3],
            "phase": ["Succeeded", "Failed"][n % 6 == 5],
            "startedAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "seconds": 300.0 * (n % 20),
        }
        for n in range(120)
    ]


def runs() -> list[Doc]:
    return [
        {
            "_id": n,
            "flow": ["GRAIN_LOAD", "GRAIN_CALC", "SEED_PUB"][n % 3],
            "kind": ["night-lot", "stream"][n % 2],
            "state": ["COMPLETED", "FAILED", "COMPLETED", "TIMED_OUT", "COMPLETED"][n % 5],
            "stage": ["prod", "dev"][n % 7 == 6],
            "launchedBy": ["cron", "event"][n % 2],
            "failure": {"code": "X1", "step": ["read", "write"][n % 4 // 2]} if n % 5 in (1, 3) else None,
            "labels": [["quotidien"], []][n % 2],
            "startedAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "endedAt": (NOW - timedelta(hours=2 * n)).isoformat(),
        }
        for n in range(140)
    ]


def invoices() -> list[Doc]:
    """Each is of one day, and made on another."""
    return [
        {
            "_id": n,
            "client": ["Alpin", "Borel", "Cazal"][n % 3],
            "date_facture": (NOW - timedelta(days=n // 3 + 2)).date().isoformat(),
            "cree_le": (NOW - timedelta(days=n // 3, hours=2)).isoformat(),
            "valide_le": (NOW - timedelta(days=n // 3, hours=1)).isoformat(),
            "statut": ["VALIDEE", "REJETEE"][n % 4 == 1],
            "duree_s": 2.0 * (n % 11),
        }
        for n in range(90)
    ]


def tickets() -> list[Doc]:
    return [
        {
            "_id": n,
            "num": f"INC{n:05d}",
            "etat": ["Clos", "Nouveau", "Résolu", "Clos"][n % 4],
            "priorite": ["P1", "P2"][n % 3 == 0],
            "demandeur": ["J. Dupuis", "M. Serre", "L. Faure"][n % 3],
            "affecteA": ["Anne Roy", "Paul Ney"][n % 5 < 2],
            "ouvertLe": (NOW - timedelta(hours=9 * n + 20)).isoformat(),
            "resoluLe": None if n % 4 == 1 else (NOW - timedelta(hours=9 * n - n % 7)).isoformat(),
            "delaiH": None if n % 4 == 1 else 20.0 + n % 7,
            "horsDelai": n % 6 == 0,
            "nbRelances": n % 4,
        }
        for n in range(1, 100)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    root: Path = tmp_path_factory.mktemp("asset_manager")
    return answers(
        root,
        {
            "wires": wires(),
            "ops_cronjobs": cronjobs(),
            "grain_runs": runs(),
            "factures": invoices(),
            "support_tickets": tickets(),
        },
    )


def _wires(**wanted: Any) -> int:
    return sum(all(doc[key] == value for key, value in wanted.items()) for doc in wires())


@pytest.mark.parametrize(
    "text",
    ["Combien de NACK ?", "on a pris combien de nack ?", "nombre de wires NACK", "combien de wires nackés ?"],
)
def test_the_act_tells_the_state_it_ends_in(made: ExactAnswers, text: str) -> None:
    assert rows(made, text) == [[_wires(status="NACKED")]]


def test_an_amount_of_the_act_is_of_those_records(made: ExactAnswers) -> None:
    total = sum(doc["amount"] for doc in wires() if doc["status"] == "NACKED")
    assert rows(made, "montant total des NACK") == [[pytest.approx(total)]]


def test_the_code_of_the_act_is_a_field_still(made: ExactAnswers) -> None:
    assert {row[0] for row in rows(made, "code NACK le plus fréquent")} == {"T1", "H7"}


def test_the_way_is_told_where_all_have_the_date_of_it(made: ExactAnswers) -> None:
    assert rows(made, "How many wires were sent since 1 January?") == [[_wires(dir="OUT")]]
    assert rows(made, "wires envoyés depuis le 1er janvier : combien ?") == [[_wires(dir="OUT")]]


def test_what_came_back_says_nothing_of_the_way(made: ExactAnswers) -> None:
    text = "How many wires received a NACK?"
    assert rows(made, text) == [[_wires(status="NACKED")]]


def test_not_acknowledged_is_a_state_where_refused_ones_have_the_date_too(made: ExactAnswers) -> None:
    others = sum(doc["dir"] == "OUT" and doc["status"] != "ACKED" for doc in wires())
    assert rows(made, "combien de wires sortants non acquittés ?") == [[others]]


def test_urgent_is_the_letter_of_a_priority(made: ExactAnswers) -> None:
    assert rows(made, "combien de wires urgents ?") == [[_wires(prio="U")]]


@pytest.mark.parametrize("text", ["How many cron job executions failed?", "How many cron jobs failed?"])
def test_two_words_that_are_the_name_of_a_collection_mean_it(made: ExactAnswers, text: str) -> None:
    found = exact(made, text)
    assert found.collection == "ops_cronjobs"
    assert found.rows == [[sum(doc["phase"] == "Failed" for doc in cronjobs())]]


def test_runs_of_what_another_collection_holds_are_not_ours(made: ExactAnswers) -> None:
    assert exact(made, "cronjob runs longer than 1 hour").collection == "ops_cronjobs"
    assert exact(made, "names of the cron jobs that failed").collection == "ops_cronjobs"


def test_a_step_is_no_stage_of_environments(made: ExactAnswers) -> None:
    assert {row[0] for row in rows(made, "échecs par étape")} == {"read", "write"}
    assert {row[0] for row in rows(made, "échecs des runs par environnement")} == {"prod", "dev"}


def test_a_state_left_out_leaves_the_other_ones(made: ExactAnswers) -> None:
    failed = sum(doc["state"] == "FAILED" for doc in runs())
    assert rows(made, "combien de runs en échec hors timeout ?") == [[failed]]


def test_a_daily_volume_is_counted_by_day(made: ExactAnswers) -> None:
    found = exact(made, "Volume quotidien de runs cette semaine")
    assert found.plan["keys"][0]["bucket"] == "day"
    assert not found.plan["where"]


def test_a_record_of_a_day_is_of_its_own_date(made: ExactAnswers) -> None:
    day = (NOW - timedelta(days=3)).date()
    found = exact(made, f"combien de factures du {day:%d/%m/%Y} validées ?")
    assert found.plan["span"]["path"] == "date_facture"
    of_day = (doc for doc in invoices() if doc["date_facture"] == day.isoformat())
    assert found.rows == [[sum(doc["statut"] == "VALIDEE" for doc in of_day)]]


def test_longer_to_resolve_is_of_records_in_any_state(made: ExactAnswers) -> None:
    found = exact(made, "Do P2 tickets take longer to resolve than P1?")
    assert all(cond["path"] != "etat" for cond in found.plan["where"])


def test_a_delay_is_no_flag_of_what_is_late(made: ExactAnswers) -> None:
    found = exact(made, "délai moyen de résolution des P1")
    assert all(cond["path"] != "horsDelai" for cond in found.plan["where"])
    late = sum(doc["horsDelai"] for doc in tickets())
    assert rows(made, "combien de tickets hors délai ?") == [[late]]


@pytest.mark.parametrize("text", ["Who has the most tickets assigned?", "qui a résolu le plus de tickets ?"])
def test_who_has_them_is_to_whom_they_were_given(made: ExactAnswers, text: str) -> None:
    assert {row[0] for row in rows(made, text)} == {"Anne Roy", "Paul Ney"}


def test_a_name_is_no_word_of_times(made: ExactAnswers) -> None:
    opened = sum(doc["demandeur"] == "J. Dupuis" for doc in tickets())
    assert rows(made, "How many tickets were opened by J. Dupuis this year?") == [[opened]]


def test_according_to_takes_an_article(made: ExactAnswers) -> None:
    found = exact(made, "nombre moyen de relances par ticket selon la priorité")
    assert [key["path"] for key in found.plan["keys"]] == ["priorite"]
