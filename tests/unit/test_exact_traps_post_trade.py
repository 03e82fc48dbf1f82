"""What has misled the planner after trades: orders to deliver, calls for funds, tasks of databases."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
DAY = timedelta(days=1)


def tasks() -> list[Doc]:
    return [
        {
            "_id": n,
            "taskName": f"rebuild_{n % 6}",
            "schemaName": ["SALES", "HR"][n % 2],
            "outcome": ["OK", "FAILED"][n % 4 == 0],
            "startTs": (NOW - timedelta(hours=4 * n + (400 if n % 6 == 5 else 1))).isoformat(),
            "elapsed_s": 9 + n,
        }
        for n in range(90)
    ]


def instructions() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref_instr": f"{1000 + n}",
            "sens": ["LIVRAISON", "RECEPTION"][n % 3 == 0],
            "garde": ["NORDCSD", "SUDCSD"][n % 2],
            "statut": "DENOUEE" if n > 20 else "APPARIEE",
            "dt_nego": (NOW - (n // 4 + 3) * DAY).date().isoformat(),
            "dt_denou_prev": (NOW - (n // 4 - 2) * DAY).date().isoformat(),
            "dt_denou_reel": (NOW - (n // 5) * DAY).date().isoformat() if n > 20 else None,
            "qte": 100 * (n + 1),
        }
        for n in range(160)
    ]


def calls() -> list[Doc]:
    return [
        {
            "_id": n,
            "call_id": f"FC{n:05d}",
            "agreement": ["MRA", "ISDA", "GMSLA"][n % 3],
            "direction": ["issued", "received"][n % 4 == 0],
            "call_status": ["agreed", "disputed", "settled"][n % 5 % 3],
            "amount": 1000.0 * (n + 1),
            "issued_at": (NOW - timedelta(hours=9 * n + 1)).isoformat(),
            "agreed_at": (NOW - timedelta(hours=9 * n)).isoformat() if n % 5 % 3 == 0 else None,
        }
        for n in range(120)
    ]


def alerts() -> list[Doc]:
    return [
        {
            "_id": n,
            "alerte_id": f"AL{n:05d}",
            "niveau": ["critique", "mineure"][n % 2],
            "etat": "ouverte" if n % 5 == 0 else "close",
            "emise_le": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "close_le": None if n % 5 == 0 else (NOW - timedelta(hours=5 * n)).isoformat(),
        }
        for n in range(120)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    held = {"DbTasks": tasks(), "instr_regl": instructions(), "fund_calls": calls(), "alertes_salle": alerts()}
    return answers(tmp_path_factory.mktemp("post_trade"), held)


TASKS, ORDERS, CALLS, ALERTS = tasks(), instructions(), calls(), alerts()


def at(doc: Doc, field: str) -> datetime:
    return datetime.fromisoformat(doc[field]).astimezone(NOW.tzinfo)


def on(day: datetime, field: str) -> list[Doc]:
    return [d for d in ORDERS if d[field] == day.date().isoformat()]


def test_a_name_of_two_letters_and_a_word_is_two_words(made: ExactAnswers) -> None:
    """`DbTasks`: "database tasks" are its tasks, and no schemas."""
    failed = {d["taskName"] for d in TASKS if d["outcome"] == "FAILED" and NOW - at(d, "startTs") < 3 * DAY}
    assert {row[0] for row in rows(made, "database tasks that failed in the last 72 hours")} == failed
    assert rows(made, "how many database tasks failed?") == [[sum(d["outcome"] == "FAILED" for d in TASKS)]]


def test_which_tasks_have_not_run_is_asked_of_their_names(made: ExactAnswers) -> None:
    since = (NOW - 10 * DAY).date()
    ran = {d["taskName"] for d in TASKS if at(d, "startTs").date() >= since}
    found = {row[0] for row in rows(made, f"Which database tasks have not run since {since:%B} {since.day}?")}
    assert found == {d["taskName"] for d in TASKS} - ran != set()


@pytest.mark.parametrize("said", ["Sur la semaine en cours", "Durant la semaine en cours"])
def test_the_week_under_way_is_a_time_and_no_state(made: ExactAnswers, said: str) -> None:
    monday = (NOW - NOW.weekday() * DAY).date()
    week = [d for d in ALERTS if d["niveau"] == "critique" and at(d, "emise_le").date() >= monday]
    assert rows(made, f"{said}, combien d'alertes critiques ont été émises ?") == [[len(week)]]


def test_a_short_form_of_several_words_still_names_the_records(made: ExactAnswers) -> None:
    """`ref_instr`: an instruction, as well as an instrument."""
    assert dict(rows(made, "répartition des instructions par statut")) == Counter(d["statut"] for d in ORDERS)


def test_what_is_done_is_of_the_day_it_was_done_and_not_planned_for(made: ExactAnswers) -> None:
    day = NOW - 5 * DAY
    done, planned = on(day, "dt_denou_reel"), on(day, "dt_denou_prev")
    assert len(done) != len(planned)
    assert rows(made, f"combien d'instructions dénouées le {day:%d/%m} ?") == [[len(done)]]


@pytest.mark.parametrize("said", ["prévues en dénouement", "attendues en dénouement", "à dénouer"])
def test_what_is_expected_is_of_no_state(made: ExactAnswers, said: str) -> None:
    assert rows(made, f"combien d'instructions {said} aujourd'hui ?") == [[len(on(NOW, "dt_denou_prev"))]]


def test_a_daily_volume_of_records_counts_them_day_by_day(made: ExactAnswers) -> None:
    found = rows(made, "Volume quotidien d'instructions")
    assert sorted(row[1] for row in found) == sorted(Counter(d["dt_nego"] for d in ORDERS).values())


def test_a_field_called_so_comes_before_a_state_and_a_date_of_its_kin(made: ExactAnswers) -> None:
    by = Counter(d["agreement"] for d in CALLS)
    assert dict(rows(made, "fund calls by agreement")) == by
    assert dict(rows(made, "fund calls by agreement type")) == by


def test_which_way_it_went_is_no_bare_happening(made: ExactAnswers) -> None:
    issued = [d["amount"] for d in CALLS if d["direction"] == "issued"]
    assert rows(made, "montant total des appels émis")[0][0] == sum(issued)
    delivered = [d["qte"] for d in ORDERS if d["sens"] == "LIVRAISON"]
    assert rows(made, "quantité totale livrée")[0][0] == sum(delivered)
    assert exact(made, "combien d'appels reçus ?").rows[0][0] == len(CALLS) - len(issued)


def test_a_number_of_change_does_not_rename_releases(tmp_path: Path) -> None:
    """`chg_no` of releases: they are still what was released."""
    docs = [
        {"_id": n, "chg_no": f"CHG{n}", "app": ["Alpha", "Beta", "Gamma"][n % 3], "env": ["PRD", "UAT"][n % 2],
         "st": ["deployed", "failed"][n % 4 == 0], "rs": (NOW - timedelta(hours=6 * n + 1)).isoformat()}
        for n in range(60)
    ]  # fmt: skip
    made = answers(tmp_path, {"chg_releases": docs})
    assert rows(made, "how many releases failed?") == [[15]]
