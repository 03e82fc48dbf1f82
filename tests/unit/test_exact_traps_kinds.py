"""What has misled the planner in kinds of things, in outcomes beside a status, and in values of the other language."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def events() -> list[Doc]:
    """What happened to things of several kinds, each named beside its kind."""
    return [
        {
            "_id": n,
            "uid": f"evt-{n:04d}",
            "resource_type": ["vm", "pod", "node"][n % 3],
            "resource_name": f"{['vm', 'pod', 'node'][n % 3]}-{n % 12}",
            "event": ["Rebooted", "Evicted", "Migrated", "ACCOUNT_LOCKED"][n % 4],
            "restarts": n % 5,
            "severity": ["info", "critical"][n % 2],
            "ts": (NOW - timedelta(hours=3 * n)).isoformat(),
        }
        for n in range(144)
    ]


def changes() -> list[Doc]:
    """How far they are is one thing, how they ended another; some are planned for the days to come."""
    found = []
    for n in range(120):
        planned = NOW + timedelta(hours=12 * (n - 100))
        done = planned < NOW
        found.append(
            {
                "_id": n,
                "numero": f"CHG{n:05d}",
                "type_changement": ["standard", "normal", "urgent"][n % 3],
                "equipe": ["Réseau", "Bases"][n % 2],
                "cree_le": (planned - timedelta(days=9)).isoformat(),
                "debut_prevu": planned.isoformat(),
                "statut": "clos" if done and n % 9 else "refusé" if done else "planifié",
                "resultat": (["succès", "échec"][n % 4 == 1] if n % 9 else None) if done else None,
            }
        )
    return found


def archives() -> list[Doc]:
    return [
        {
            "_id": n,
            "jobNo": 4100 + n,
            "policy": ["LOGS", "IMAGE", "MAIL"][n % 3],
            "target": ["TAPE", "OBJECT"][n % 2],
            "status": ["DONE", "DENIED", "FAILED"][n % 10 - 7 if n % 10 > 7 else 0],
            "sizeGB": 10.0 + n % 7,
            "date_comptable": (NOW - timedelta(days=n // 4 + 1)).date().isoformat(),
            "startedAt": (NOW - timedelta(hours=6 * n)).isoformat(),
        }
        for n in range(200)
    ]


E, C, A = events(), changes(), archives()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("kinds")
    return answers(folder, {"infra_events": E, "demandes_changement": C, "archive_jobs": A})


def test_things_of_a_kind_are_asked_for_by_their_names(made: ExactAnswers) -> None:
    pods = {d["resource_name"] for d in E if d["resource_type"] == "pod" and d["severity"] == "critical"}
    found = {row[0] for row in rows(made, "Quels pods ont eu un événement critical ?")}
    assert found == pods


def test_an_event_by_its_own_word_comes_before_a_field_that_means_the_same(made: ExactAnswers) -> None:
    assert rows(made, "nombre de reboots de VM") == [
        [sum(d["event"] == "Rebooted" and d["resource_type"] == "vm" for d in E)]
    ]


def test_what_failed_is_told_by_the_outcome_where_the_status_only_refuses(made: ExactAnswers) -> None:
    assert rows(made, "combien de changements en échec ?") == [[sum(d["resultat"] == "échec" for d in C)]]


def test_what_is_planned_lies_ahead(made: ExactAnswers) -> None:
    tomorrow = {d["numero"] for d in C if d["debut_prevu"][:10] == "2026-11-21"}
    assert tomorrow
    said = str(rows(made, "Quels changements sont prévus demain ?"))
    assert all(number in said for number in tomorrow)


def test_a_list_of_changes_is_of_changes_and_not_of_their_types(made: ExactAnswers) -> None:
    refused = [d["numero"] for d in C if d["statut"] == "refusé"]
    said = str(rows(made, "liste les changements refusés"))
    assert all(number in said for number in refused)


def test_a_name_that_is_a_verb_as_well_is_no_order(made: ExactAnswers) -> None:
    found = exact(made, "archive jobs larger than 15 GB")
    assert found.collection == "archive_jobs"
    assert len(found.rows) == sum(d["sizeGB"] > 15 for d in A)
    assert str(A[6]["jobNo"]) in str(found.rows)


def test_an_order_is_refused_whatever_records_are_called(made: ExactAnswers) -> None:
    found = ask(made, "archive all the jobs")
    assert found is not None
    assert found.route == "none"


def test_a_unit_alone_asks_for_the_field_of_sizes(made: ExactAnswers) -> None:
    assert rows(made, "total GB archived to TAPE") == [[sum(d["sizeGB"] for d in A if d["target"] == "TAPE")]]


def test_a_size_that_no_record_reaches_bounds_the_totals(made: ExactAnswers) -> None:
    totals: dict[str, float] = {}
    for d in A:
        totals[d["policy"]] = totals.get(d["policy"], 0) + d["sizeGB"]
    found = {row[0] for row in rows(made, "which policies wrote more than 860 GB?")}
    assert found == {policy for policy, total in totals.items() if total > 860}


def test_rejections_are_told_by_their_own_state(made: ExactAnswers) -> None:
    assert rows(made, "combien d'archives refusées ?") == [[sum(d["status"] == "DENIED" for d in A)]]


def test_one_state_or_another_is_either(made: ExactAnswers) -> None:
    either = sum(d["status"] in ("DENIED", "FAILED") for d in A)
    assert rows(made, "combien d'archives refusées ou en échec ?") == [[either]]


def test_a_window_is_of_the_date_that_is_named_before_it(made: ExactAnswers) -> None:
    day = sum(d["date_comptable"] == "2026-11-10" for d in A)
    assert rows(made, "combien d'archives pour la date comptable du 10 novembre ?") == [[day]]


def test_all_in_a_state_is_none_in_another(made: ExactAnswers) -> None:
    found = exact(made, "Toutes les archives sont-elles DONE ?")
    assert found.rows[0][0] is False
    assert found.rows[0][1] == sum(d["status"] != "DONE" for d in A)


def test_a_record_without_any_flag_lacks_each(tmp_path: Path) -> None:
    flagged = [
        {"_id": n, "jobId": n, "status": ["DONE", "FAILED"][n % 2], "flags": [["encrypted"], ["dedup"], []][n % 3]}
        for n in range(60)
    ]
    made = answers(tmp_path, {"backup_jobs": flagged})
    assert rows(made, "how many backup jobs are not encrypted?") == [[40]]
