"""What has misled the planner in imports, in maintenance and in requests that several people decide on."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]

STATES = ["loaded", "loaded", "loaded_partial", "rejected", "not_delivered", "loaded"]


def imports() -> list[Doc]:
    """Each with a file of its own; a load number and a length; some late."""
    return [
        {
            "_id": n,
            "vendor": ["ACME", "ZENITH", "ORBIT"][n % 3],
            "stream": ["OVERNIGHT", "SPOTS", "CURVES", "INDEXES"][n % 4],
            "state": STATES[n % 6],
            "export_no": 1 + n % 2,
            "export_s": 10.0 + 7 * (n % 11),
            "late_s": [0, 0, 25, 90][n % 4],
            "trusted": n % 5 < 3,
            "doc": {"name": f"file_{n:05d}.csv", "mb": 1.5 * (n % 9)},
            "received_at": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(180)
    ]


def operations() -> list[Doc]:
    """Of databases: full and incremental copies among them, and no word of copies in any name."""
    kinds = ["sauvegarde totale", "purge", "sauvegarde partielle", "vidage"]
    return [
        {
            "_id": n,
            "nature": kinds[n % 4],
            "base": ["STOCK", "VENTES", "CLIENTS"][n % 3],
            "etat": ["terminé", "terminé avec anomalies", "échoué"][n % 7 % 3],
            "zone": ["PRD", "LAB"][n % 3 == 1],
            "debut": (NOW - timedelta(hours=4 * n + 2)).isoformat(),
            "fin": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(140)
    ]


def cases() -> list[Doc]:
    """Of a desk, in names of two capitals: `OpenedAt`, `ReportedBy`."""
    return [
        {
            "_id": n,
            "Ref": f"{n:05d}",
            "Owner": ["K. Juin", "L. Bord", "M. Riva"][n % 3],
            "ReportedBy": ["M. Riva", "K. Juin"][n % 2],
            "Squad": {"code": ["010", "020"][n % 2], "name": ["Réseau", "Poste"][n % 2]},
            "Situation": ["Assigned", "Closed", "In Progress"][n % 5 % 3],
            "AckMin": 3 + (n * 5) % 40,
            "Agreed": {"Breached": n % 6 == 0},
            "OpenedAt": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
            "SolvedAt": (NOW - timedelta(hours=6 * n - 2)).isoformat() if n % 5 % 3 == 1 else None,
        }
        for n in range(150)
    ]


def requests() -> list[Doc]:
    """Each approved by several, who decide each for themselves."""
    return [
        {
            "_id": n,
            "demandNo": f"{n:04d}",
            "requester": ["L. Bord", "M. Riva"][n % 2],
            "status": ["granted", "rejected", "pending-boss", "pending-audit"][n % 4],
            "reviewers": [
                {"name": "M. Riva", "role": "audit", "decision": ["approved", "rejected"][n % 3 == 0]},
                {"name": "L. Bord", "role": "boss", "decision": ["approved", "rejected", "pending"][n % 3]},
            ],
            "createdTs": (NOW - timedelta(hours=7 * n + 1)).isoformat(),
        }
        for n in range(120)
    ]


@pytest.fixture
def team(tmp_path: Path) -> ExactAnswers:
    return answers(
        tmp_path,
        {"mkt_exports": imports(), "db_operations": operations(), "Cases": cases(), "accessRequests": requests()},
    )


def count(found: list[Doc], **wanted: object) -> int:
    return sum(all(doc[name] == value for name, value in wanted.items()) for doc in found)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien de sauvegardes sur la base STOCK ?", "sauvegarde"),
        ("how many backups on the STOCK database?", "sauvegarde"),
    ],
)
def test_a_kind_of_operation_is_told_by_one_of_its_words(team: ExactAnswers, question: str, expected: str) -> None:
    found = [doc for doc in operations() if doc["base"] == "STOCK" and expected in doc["nature"]]
    assert rows(team, question) == [[len(found)]]


def test_what_ended_with_something_is_in_that_state(team: ExactAnswers) -> None:
    found = [d for d in operations() if d["etat"] == "terminé avec anomalies" and d["base"] == "VENTES"]
    last = max(found, key=lambda d: d["debut"])
    answer = exact(team, "quand la base VENTES a-t-elle terminé avec des anomalies pour la dernière fois ?")
    assert str(last["_id"]) in map(str, answer.rows[0])


@pytest.mark.parametrize(
    "question", ["Which bases have never run in LAB?", "quelles bases n'ont jamais tourné en LAB ?"]
)
def test_what_has_never_run_somewhere_has_run_elsewhere(team: ExactAnswers, question: str) -> None:
    ran = {doc["base"] for doc in operations() if doc["zone"] == "LAB"}
    assert {row[0] for row in rows(team, question)} == {doc["base"] for doc in operations()} - ran


def test_without_a_place_nothing_has_never_run(team: ExactAnswers) -> None:
    assert ask(team, "which LAB bases have never run?").route == "clarify"


def test_a_negated_flag_negates_no_state_after_it(team: ExactAnswers) -> None:
    assert rows(team, "number of non-trusted exports rejected since the beginning of October") == [
        [count(imports(), trusted=False, state="rejected")]
    ]


def test_a_number_that_tells_which_one_it_is_is_no_mean(team: ExactAnswers) -> None:
    lengths: dict[str, list[float]] = defaultdict(list)
    for doc in imports():
        lengths[doc["stream"]].append(doc["export_s"])
    means = {stream: sum(found) / len(found) for stream, found in lengths.items()}
    slowest = sorted(means, key=lambda stream: -means[stream])[:2]
    assert [row[0] for row in rows(team, "top 2 slowest streams to export on average")] == slowest


def test_a_value_in_capitals_is_no_night(team: ExactAnswers) -> None:
    assert rows(team, "how many OVERNIGHT exports came from ACME?") == [
        [count(imports(), stream="OVERNIGHT", vendor="ACME")]
    ]


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("how many market exports were never delivered?", "not_delivered"),
        ("combien de exports de marché non livrés ?", "not_delivered"),
        ("combien d'exports partiels ?", "loaded_partial"),
    ],
)
def test_a_state_of_two_words_is_told_by_its_own_one(team: ExactAnswers, question: str, state: str) -> None:
    assert rows(team, question) == [[count(imports(), state=state)]]


def test_late_is_later_than_not_at_all(team: ExactAnswers) -> None:
    found = [doc for doc in imports() if doc["late_s"] > 0 and doc["vendor"] == "ORBIT"]
    assert rows(team, "how many ORBIT exports arrived late?") == [[len(found)]]


def test_given_to_somebody_is_no_state(team: ExactAnswers) -> None:
    other = sum(doc["Owner"] != "K. Juin" for doc in cases())
    assert rows(team, "how many cases are not assigned to K. Juin?") == [[other]]


def test_names_of_two_capitals_are_read_word_by_word(team: ExactAnswers) -> None:
    found = count(cases(), ReportedBy="M. Riva")
    assert rows(team, "combien de cases ouverts par M. Riva ?") == [[found]]


def test_out_of_what_was_agreed_is_a_breach(team: ExactAnswers) -> None:
    found = Counter(doc["Owner"] for doc in cases() if doc["Agreed"]["Breached"])
    assert dict(rows(team, "nombre de cases hors agreed par owner")) == dict(found)


def test_time_to_be_taken_up_is_the_time_of_the_acknowledgement(team: ExactAnswers) -> None:
    found = [doc["AckMin"] for doc in cases() if doc["Owner"] == "L. Bord"]
    answer = rows(team, "temps moyen de prise en charge des cases par owner")
    assert dict(answer)["L. Bord"] == pytest.approx(sum(found) / len(found))


def test_a_comparison_is_no_breach(team: ExactAnswers) -> None:
    found = Counter(doc["Owner"] for doc in cases())
    asked = exact(team, "nombre de cases par owner", "garde ceux qui dépassent 49")
    assert {row[0] for row in asked.rows} == {name for name, n in found.items() if n > 49}


def test_whom_it_waits_for_is_part_of_the_state(team: ExactAnswers) -> None:
    assert rows(team, "combien de demandes en attente de l'audit ?") == [[count(requests(), status="pending-audit")]]


@pytest.mark.parametrize(
    "question",
    [
        "quel reviewer refuse le plus de demandes ?",
        "combien de demandes refusées par M. Riva ?",
        "M. Riva a-t-il déjà refusé une demande ?",
    ],
)
def test_what_each_one_decided_is_asked_back(team: ExactAnswers, question: str) -> None:
    assert ask(team, question).route == "clarify"


def test_who_decided_is_none_of_those_who_asked(team: ExactAnswers) -> None:
    found = ask(team, "qui a validé la demande 0024 ?")
    assert found is None or found.exact is None


def test_a_number_of_digits_is_the_record_that_bears_it(team: ExactAnswers) -> None:
    assert rows(team, "combien de demandes 0024 refusées ?") == [[0]]


def test_a_slip_in_a_word_of_the_other_language_is_understood(team: ExactAnswers) -> None:
    found = Counter(doc["vendor"] for doc in imports() if doc["state"] == "rejected")
    assert rows(team, "quel fourniseur a le plus d'exports rejetés ?")[0][0] == max(found, key=lambda v: found[v])


def test_whichever_they_are_is_no_condition(team: ExactAnswers) -> None:
    assert rows(team, "combien d'exports SPOTS rejetés, tous vendors") == [
        [count(imports(), stream="SPOTS", state="rejected")]
    ]


def test_once_told_vaguely_of_what_it_is_asked_when(team: ExactAnswers) -> None:
    assert ask(team, "any slow backups recently?").route == "clarify"
