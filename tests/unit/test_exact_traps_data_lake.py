"""What has misled the planner on a data lake: who started what, dead letters, approvals, what was planned or undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def builds() -> list[Doc]:
    """One every 9 hours."""
    return [
        {
            "_id": n,
            "seq": 7000 + n,
            "repo": ["atlas", "icare", "vega"][n % 3],
            "kind": ["build", "deploy"][n % 4 == 3],
            "target": ["prod", "qa"][n % 8 == 3] if n % 4 == 3 else None,
            "outcome": ["passed", "failed"][n % 5 == 1],
            "author": ["zroux", "plenoir", "mcolin"][n % 7 % 3],
            "trigger": ["push", "merge", "manual"][n % 11 % 3],
            "started": (NOW - timedelta(hours=9 * n + 2)).isoformat(),
            "duration_s": 60 + n,
        }
        for n in range(200)
    ]


def dead_letters() -> list[Doc]:
    return [
        {
            "_id": n,
            "mid": f"m-{n:05d}",
            "queue": ["orders.dlq", "stocks.dlq", "prices.dlq"][n % 6 % 4 % 3],
            "reason": ["TIMEOUT", "SCHEMA", "DUPLICATE"][n % 7 % 3],
            "status": ["new", "replayed", "discarded"][n % 5 % 3],
            "dead_at": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(240)
    ]


def jobs() -> list[Doc]:
    found: list[Doc] = []
    for n in range(220):
        state = "RUNNING" if n in (0, 4) else ["DONE", "FAILED", "DONE", "KILLED", "DONE"][n % 5]
        doc: Doc = {
            "_id": n,
            "job": {"name": ["load_sales", "load_stock", "clean_sales", "sum_stock"][n % 4]},
            "state": state,
            "startedAt": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
            "elapsedMs": None if state == "RUNNING" else 1000 * (60 + n),
            "rowsRead": 100 + n,
            "rowsWritten": 0 if n % 9 == 2 else 50 + n,
        }
        if state in ("FAILED", "KILLED") and n % 3:
            doc["failure"] = {"kind": ["OutOfMemory", "Timeout"][n % 2], "stage": n % 4}
        found.append(doc)
    return found


def backups() -> list[Doc]:
    """SOUVENIRS is restored at times, and never backed up."""
    found = []
    for n in range(180):
        base = ["SALAIRES", "STOCK", "VENTES", "SOUVENIRS"][n % 4]
        kind = "restauration" if base == "SOUVENIRS" or n % 9 == 4 else "sauvegarde"
        found.append(
            {
                "_id": n,
                "ref": f"OP-{n:05d}",
                "base": base,
                "nature": kind,
                "mode": ["complète", "incrémentale"][n % 4 > 0 or n % 8 == 4] if kind == "sauvegarde" else None,
                "etat": ["terminée", "échouée"][n % 6 == 5],
                "debut": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
                "duree_min": 5.0 + n % 30,
            }
        )
    return found


def changes() -> list[Doc]:
    found = []
    for n in range(160):
        begins = NOW + timedelta(hours=30 - 12 * n + 120)
        state = ["closed_ok", "closed_failed"][n % 6 == 1]
        if begins > NOW:
            state = ["scheduled", "approved", "draft"][n % 3]
        elif n < 16:
            state = "implementing"
        found.append(
            {
                "_id": n,
                "chg": f"CH{n:05d}",
                "type": ["standard", "normal", "emergency"][n % 5 % 3],
                "state": state,
                "assignee": None if n % 8 == 5 else ["Zoé Roux", "Paul Colin"][n % 2],
                "team": ["Réseau", "Données"][n % 2],
                "opened_on": (NOW - timedelta(hours=12 * n + 1)).isoformat(),
                "plan": {
                    "from": int(begins.timestamp()),
                    "to": int((begins + timedelta(hours=2)).timestamp()),
                },
                "closed_ts": int(begins.timestamp()) + 7200 if state.startswith("closed") else None,
                "board_approved": n % 7 != 3,
            }
        )
    return found


B, D, J, K, C = builds(), dead_letters(), jobs(), backups(), changes()
OCTOBER, NOVEMBER = "2026-10", "2026-11"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("lake")
    named = {
        "forge_pipelines": B,
        "brokerDeadLetterMessages": D,
        "lakeJobs": J,
        "operations_bases": K,
        "changeRecords": C,
    }
    return answers(folder, named)


def day(doc: Doc, field: str) -> str:
    return str(doc[field])[:10]


def first_column(made: ExactAnswers, question: str) -> set[Any]:
    return {row[0] for row in rows(made, question)}


def test_what_somebody_started_last_month_is_of_the_whole_month(made: ExactAnswers) -> None:
    whole = sum(d["author"] == "zroux" and d["started"].startswith(OCTOBER) for d in B)
    assert rows(made, "How many pipelines did zroux start last month?") == [[whole]]
    early = sum(d["author"] == "zroux" and OCTOBER <= day(d, "started") < "2026-10-11" for d in B)
    assert rows(made, "How many pipelines of zroux at the start of last month?") == [[early]]
    assert early < whole


def test_what_somebody_triggered_is_no_field_of_triggers(made: ExactAnswers) -> None:
    told = sum(d["author"] == "plenoir" and d["kind"] == "deploy" and d["started"].startswith(OCTOBER) for d in B)
    assert rows(made, "How many deploys did plenoir trigger in October?") == [[told]]
    found = exact(made, "builds that plenoir triggered in October")
    assert len(found.rows) == sum(
        d["author"] == "plenoir" and d["kind"] == "build" and d["started"].startswith(OCTOBER) for d in B
    )


def test_put_live_is_deployed_where_a_kind_of_records_is(made: ExactAnswers) -> None:
    live = [d for d in B if d["kind"] == "deploy" and d["target"] == "prod" and d["started"].startswith(OCTOBER)]
    assert rows(made, "combien de mises en prod en octobre ?") == [[len(live)]]


def test_time_lost_is_how_long_in_all(made: ExactAnswers) -> None:
    lost = sum(d["duration_s"] for d in B if d["outcome"] == "failed" and d["kind"] == "build")
    assert rows(made, "temps total perdu sur les builds en échec") == [[lost]]
    assert rows(made, "how much time was wasted on failed builds?") == [[lost]]


def test_to_pass_is_to_succeed(made: ExactAnswers) -> None:
    last = max(d["started"] for d in B if d["repo"] == "vega" and d["outcome"] == "passed")
    found = exact(made, "When did vega last pass?").rows[0]
    assert datetime.fromisoformat(last) in found


def test_dead_letters_are_dead_messages(made: ExactAnswers) -> None:
    count = sum(d["dead_at"].startswith(OCTOBER) for d in D)
    for said in ("messages morts", "messages en DLQ", "passages en DLQ"):
        assert rows(made, f"combien de {said} en octobre ?") == [[count]]
    followed = exact(made, "Top 2 des files avec le plus de messages morts en octobre", "pareil pour novembre")
    assert len(followed.rows) == 2
    thrown = sum(d["status"] == "discarded" and d["dead_at"].startswith(NOVEMBER) for d in D)
    assert rows(made, "combien de messages jetés en novembre ?") == [[thrown]]


def test_who_produced_the_most(made: ExactAnswers) -> None:
    assert rows(made, "which queue produced the most dead letters in October?")


def test_killed_and_what_wrote_nothing(made: ExactAnswers) -> None:
    killed = sum(d["state"] == "KILLED" and d["startedAt"].startswith(OCTOBER) for d in J)
    assert rows(made, "Combien de jobs tués en octobre ?", "et ce mois-ci ?") == [
        [sum(d["state"] == "KILLED" and d["startedAt"].startswith(NOVEMBER) for d in J)]
    ]
    assert rows(made, "Combien de runs tués en octobre ?") == [[killed]]
    found = exact(made, "list the lake runs that wrote 0 rows in October")
    assert len(found.rows) == sum(d["rowsWritten"] == 0 and d["startedAt"].startswith(OCTOBER) for d in J)


def test_without_a_kind_of_error_is_said_of_those_that_failed(made: ExactAnswers) -> None:
    bare = [d for d in J if d["state"] in ("FAILED", "KILLED") and "failure" not in d]
    lacking = exact(made, "runs lake en échec sans type d'erreur en octobre")
    assert len(lacking.rows) == sum(d["startedAt"].startswith(OCTOBER) for d in bare)


def test_does_it_run_asks_about_now(made: ExactAnswers) -> None:
    running = {d["job"]["name"] for d in J if d["state"] == "RUNNING"}
    assert rows(made, "le job load_sales tourne-t-il ?")[0][0] is ("load_sales" in running)
    assert rows(made, "le job sum_stock tourne-t-il ?")[0][0] is ("sum_stock" in running)
    for question in ("depuis combien de temps tourne load_sales ?", "how long has load_sales been running?"):
        found = ask(made, question)
        assert found is None or found.exact is None


def test_what_is_done_right_now_went_not_well_yet(made: ExactAnswers) -> None:
    now = {d["chg"] for d in C if d["state"] == "implementing"}
    assert first_column(made, "les changements en cours d'exécution") == now
    assert rows(made, "combien de changements réussis ?") == [[sum(d["state"] == "closed_ok" for d in C)]]


def test_approved_by_a_board_is_what_the_board_said(made: ExactAnswers) -> None:
    refused, granted = (next(d for d in C if d["board_approved"] is told) for told in (False, True))
    assert rows(made, f"Le changement {granted['chg']} a-t-il été approuvé par le board ?")[0][0] is True
    assert rows(made, f"Le changement {refused['chg']} a-t-il été approuvé par le board ?")[0][0] is False
    assert rows(made, f"le board a-t-il approuvé {granted['chg']} ?")[0][0] is True
    said = {d["chg"] for d in C if not d["board_approved"] and d["opened_on"].startswith(NOVEMBER)}
    assert first_column(made, "changements refusés par le board en novembre") == said


def test_planned_for_a_day_is_dated_by_the_plan(made: ExactAnswers) -> None:
    tomorrow = (NOW + timedelta(days=1)).date()
    asked = [d for d in C if datetime.fromtimestamp(d["plan"]["from"], NOW.tzinfo).date() == tomorrow]
    waiting = {d["chg"] for d in asked if d["state"] == "scheduled"}
    assert first_column(made, "Quels changements sont prévus demain ?") == waiting
    past = [d for d in C if f"{datetime.fromtimestamp(d['plan']['from'], NOW.tzinfo):%Y-%m}" == OCTOBER]
    assert first_column(made, "changements prévus en octobre") == {d["chg"] for d in past}
    assert rows(made, "combien de changements planifiés ?") == [[sum(d["state"] == "scheduled" for d in C)]]


def test_nobody_in_charge_is_assigned(made: ExactAnswers) -> None:
    lacking = {d["chg"] for d in C if d["assignee"] is None and d["opened_on"].startswith(NOVEMBER)}
    assert first_column(made, "changements de novembre sans responsable assigné") == lacking
    urgent = sum(d["type"] == "emergency" and d["opened_on"].startswith(OCTOBER) for d in C)
    assert rows(made, "Combien de changements urgents en octobre ?") == [[urgent]]


def test_what_was_not_backed_up_had_no_backup(made: ExactAnswers) -> None:
    bases = {d["base"] for d in K}
    saved = {d["base"] for d in K if d["nature"] == "sauvegarde" and d["debut"].startswith(NOVEMBER)}
    assert bases - saved == {"SOUVENIRS"}
    for question in ("which databases were not backed up this month?", "bases non sauvegardées ce mois-ci"):
        assert first_column(made, question) == bases - saved


def test_a_full_backup_is_no_end_of_one(made: ExactAnswers) -> None:
    full = [d for d in K if d["mode"] == "complète"]
    last = max(full, key=lambda d: d["debut"])
    assert any(datetime.fromisoformat(last["debut"]) in row for row in rows(made, "dernière sauvegarde complète"))
    lacking = {d["base"] for d in K} - {d["base"] for d in full if d["debut"].startswith(NOVEMBER)}
    assert first_column(made, "bases sans sauvegarde complète ce mois-ci") == lacking


def test_without_one_thing_of_two_words_is_without_both_together(made: ExactAnswers) -> None:
    live = {
        d["repo"] for d in B if d["kind"] == "deploy" and d["target"] == "prod" and day(d, "started") >= "2026-11-16"
    }
    assert first_column(made, "repos without a prod deploy this week") == {d["repo"] for d in B} - live
