"""What has misled the planner in sessions numbered in short, in checks with breaks, in batches to be approved."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
STATES = ["CLOSED", "CLOSED", "DROPPED", "CLOSED", "LIVE"]


def links() -> list[Doc]:
    return [
        {
            "_id": n,
            "sid": n + 1,
            "lnk": f"WAN-{n % 6:02d}",
            "st": STATES[n % 5] if n > 20 else "CLOSED",
            "t_open": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            "t_close": (NOW - timedelta(hours=3 * n + 1)).isoformat() if n <= 20 or n % 5 != 4 else None,
            "rtt_ms": 10.0 + (n % 7) + 5 * (n % 2),
            "losses": n % 4,
            "rgn": ["NORD", "SUD"][n % 2],
        }
        for n in range(200)
    ]


def checks() -> list[Doc]:
    return [
        {
            "_id": n,
            "checkId": f"{n:05d}",
            "checkName": ["Stock", "Caisse", "Frais", "Avoirs"][n % 4],
            "outcome": "BREAK" if n % 3 == 0 else "MATCHED",
            "startedAt": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "breaks": {"count": n % 9, "amount": 100.5 * (n % 9)} if n % 3 == 0 else None,
            "signedOff": n % 2 == 0,
        }
        for n in range(180)
    ]


def batches() -> list[Doc]:
    people = ["i.caron", "l.weber", "o.diaz"]
    return [
        {
            "_id": n,
            "num_lot": f"LOT-{n:05d}",
            "etat": "A_VALIDER" if n < 7 else ["EXECUTE", "ECHOUE"][n % 6 == 5],
            "date_lancement": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
            "duree_s": 60 + n,
            "createur": people[n % 3],
            "valideur": people[n % 7 % 3],
            "reseau": ["SEPA", "SWIFT"][n % 2],
        }
        for n in range(150)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    root: Path = tmp_path_factory.mktemp("sessions")
    return answers(root, {"wan_links": links(), "stockChecks": checks(), "lots_reglement": batches()})


def dropped() -> list[Doc]:
    return [d for d in links() if d["st"] == "DROPPED"]


def broken() -> list[Doc]:
    return [d for d in checks() if d["outcome"] == "BREAK"]


@pytest.mark.parametrize(
    "question",
    ["how many sessions dropped?", "combien de sessions ont été coupées ?", "how many sessions were disconnected?"],
)
def test_sessions_numbered_sid_are_known_by_that_name_and_dropped_is_a_state(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[len(dropped())]]


def test_live_sessions_are_those_still_open(made: ExactAnswers) -> None:
    assert rows(made, "combien de sessions encore ouvertes ?") == [[sum(d["st"] == "LIVE" for d in links())]]


def test_a_field_is_known_by_the_collections_own_word_without_its_vowels(made: ExactAnswers) -> None:
    told = Counter(d["lnk"] for d in dropped())
    found = exact(made, "number of dropped sessions per link")
    assert dict(found.rows) == dict(told)


def test_the_average_of_one_place_is_compared_with_anothers(made: ExactAnswers) -> None:
    found = exact(made, "is the average rtt higher in NORD than in SUD?")
    assert {row[0] for row in found.rows} == {"NORD", "SUD"}


def test_in_discrepancy_is_a_state_and_no_amount(made: ExactAnswers) -> None:
    assert rows(made, "combien de vérifications en écart ?") == [[len(broken())]]


def test_discrepancies_are_counted_by_their_number(made: ExactAnswers) -> None:
    found = exact(made, "vérifications avec plus de 5 écarts")
    assert [where["path"] for where in found.plan["where"]] == ["breaks.count"]


def test_not_yet_signed_is_not_signed(made: ExactAnswers) -> None:
    found = exact(made, "combien de vérifications en écart pas encore signées ?")
    assert found.rows == [[sum(not d["signedOff"] for d in broken())]]


def test_names_are_asked_for_by_how_often_in_the_other_language(made: ExactAnswers) -> None:
    told = {name: n for name, n in Counter(d["checkName"] for d in broken()).items() if n >= 15}
    assert dict(exact(made, "Quelles vérifications ont été en écart au moins 15 fois ?").rows) == told


@pytest.mark.parametrize(
    "question",
    [
        "Combien de lots attendent une validation ?",
        "combien de lots en attente de validation ?",
        "how many batches are awaiting validation?",
    ],
)
def test_what_awaits_an_approval_is_in_the_state_of_it(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[7]]


def test_who_has_validated_is_no_state_to_be_validated(made: ExactAnswers) -> None:
    told = Counter(d["valideur"] for d in batches())
    assert dict(exact(made, "Qui a validé le plus de lots ?").rows) == dict(told)


def test_validated_by_somebody_is_of_those_who_validate(made: ExactAnswers) -> None:
    found = exact(made, "combien de lots validés par l.weber ?")
    assert found.rows == [[sum(d["valideur"] == "l.weber" for d in batches())]]


def test_validated_by_no_person_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "lots validés par SWIFT")
    assert found is None or found.exact is None
