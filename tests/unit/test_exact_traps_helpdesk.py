"""What has misled the planner of the calls of a help desk, of an API behind a gateway, of claims and of machines: what
records are called that the collection does not call so, and words that only one of several collections knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def assistance() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref": f"H{n:05d}",
            "priorite": ["P1", "P2", "P3"][n % 3],
            "theme": ["Réseau", "Badge"][n % 2],
            "etat": ["Ouvert", "Abandonné", "Escaladé", "Résolu"][n % 4],
            "operateur": ["Ana", "Luc", "Zoé"][n % 7 % 3],
            "recu": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "clos": (NOW - timedelta(hours=5 * n)).isoformat(),
            "traitement_min": 5.0 + n % 11,
        }
        for n in range(140)
    ]


def api_jobs() -> list[Doc]:
    return [
        {
            "_id": n,
            "call_ref": f"c{n:05d}",
            "job": ["kyc-push", "rates-pull"][n % 2],
            "outcome": ["OK", "TIMEOUT", "OK", "FAILED"][n % 4],
            "httpStatus": [200, 504, 201, 404, 503][n % 5],
            "startedAt": (NOW - timedelta(hours=4 * n + 2)).isoformat(),
            "elapsedMs": 100 + n,
        }
        for n in range(150)
    ]


def claims() -> list[Doc]:
    return [
        {
            "_id": n,
            "counterparty": ["ALPHA", "BETA", "GAMMA"][n % 3],
            "status": ["SETTLED", "DISPUTED", "FAILED", "ABORTED", "SETTLED"][n % 5],
            "reject": {"code": ["CLM-7", "CLM-9"][n % 7 < 4]} if n % 5 in (2, 3) else {},
            "started_at": (NOW - timedelta(hours=6 * n + 3)).isoformat(),
            "ended_at": (NOW - timedelta(hours=6 * n + 2)).isoformat(),
            "ecart_eur": 50 * (n % 12),
            "claim_amount": 10.0 + n,
        }
        for n in range(120)
    ]


def machines() -> list[Doc]:
    return [
        {
            "_id": n,
            "op": ["CLONE", "RESTORE"][n % 2],
            "hyp": ["esx-1", "esx-2", "esx-3"][n % 3],
            "st": ["DONE", "Non accessible", "FAIL"][n % 3] if n % 2 else "DONE",
            "auto": n % 5 < 3,
            "deb": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "fin": (NOW - timedelta(hours=3 * n)).isoformat(),
        }
        for n in range(130)
    ]


A, G, C, M = assistance(), api_jobs(), claims(), machines()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    path: Path = tmp_path_factory.mktemp("helpdesk")
    found = {"appels_assistance": A, "api_jobs": G, "claim_runs": C, "machine_ops": M}
    return answers(path, found)


@pytest.mark.parametrize(
    "question",
    [
        "combien de tickets P1 ?",
        "combien d'incidents P1 à l'assistance ?",
        "how many P1 help desk tickets?",
        "how many P1 helpdesk cases?",
        "nombre de demandes P1 à l'assistance",
    ],
)
def test_what_people_turn_to_a_desk_with_has_many_names(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    assert found.collection == "appels_assistance"
    assert found.rows == [[sum(d["priorite"] == "P1" for d in A)]]


def test_runs_are_no_tickets(made: ExactAnswers) -> None:
    computed = ask(made, "combien de tickets en FAIL par hyperviseur ?")
    assert computed is None or computed.exact is None


@pytest.mark.parametrize("question", ["how many gateway timeouts?", "combien de timeouts sur la passerelle ?"])
def test_the_calls_of_an_api_are_those_of_a_gateway(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["outcome"] == "TIMEOUT" for d in G)]]


def test_a_hypervisor_may_be_shortened(made: ExactAnswers) -> None:
    found = rows(made, "échecs par hyperviseur")
    assert sorted(found) == sorted(
        [h, sum(d["st"] == "FAIL" and d["hyp"] == h for d in M)]
        for h in ("esx-1", "esx-2", "esx-3")
        if any(d["st"] == "FAIL" and d["hyp"] == h for d in M)
    )


def test_by_hand_is_not_automatic(made: ExactAnswers) -> None:
    by_hand = sum(d["op"] == "RESTORE" and not d["auto"] for d in M)
    assert rows(made, "combien de restaurations à la main ?") == [[by_hand]]


@pytest.mark.parametrize("question", ["combien de litiges avec ALPHA ?", "how many contested with ALPHA?"])
def test_what_is_disputed_is_told_in_both_languages(made: ExactAnswers, question: str) -> None:
    disputed = sum(d["status"] == "DISPUTED" and d["counterparty"] == "ALPHA" for d in C)
    assert rows(made, question) == [[disputed]]


def test_a_code_tells_which_failures(made: ExactAnswers) -> None:
    """CLM-7 stopped runs that failed and runs that were aborted."""
    with_it = sum(d["reject"].get("code") == "CLM-7" for d in C)
    assert rows(made, "combien d'échecs CLM-7 ?") == [[with_it]]


def test_a_gap_of_more_than_an_amount_compares_nothing(made: ExactAnswers) -> None:
    wide = sum(d["ecart_eur"] > 400 for d in C)
    assert rows(made, "combien de claims ont un écart de plus de 400 euros ?") == [[wide]]


def test_the_time_a_field_tells_is_before_that_of_the_records(made: ExactAnswers) -> None:
    found = exact(made, "Durée médiane de traitement des tickets par opérateur")
    assert found.collection == "appels_assistance"
    assert "traitement_min" in str(found.plan)


def test_calls_of_a_kind_are_of_the_collection_that_knows_it(made: ExactAnswers) -> None:
    found = exact(made, "combien d'appels via la passerelle ?")
    assert found.collection == "api_jobs"
    assert found.rows == [[len(G)]]


def test_claims_are_counted_whatever_amount_each_has(made: ExactAnswers) -> None:
    alpha = sum(d["counterparty"] == "ALPHA" for d in C)
    assert rows(made, "how many claims with ALPHA?") == [[alpha]]


@pytest.mark.parametrize("question", ["combien d'opérations inaccessibles ?", "how many inaccessible operations?"])
def test_a_denied_state_is_told_in_one_word(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(d["st"] == "Non accessible" for d in M)]]


def test_a_response_takes_time_and_a_request_to_a_desk_another(made: ExactAnswers) -> None:
    mean = sum(d["elapsedMs"] for d in G) / len(G)
    assert rows(made, "average response time on the gateway") == [[pytest.approx(mean)]]
    computed = ask(made, "temps de réponse moyen à l'assistance")
    assert computed is None or computed.exact is None


def test_what_was_given_up_was_not_refused(made: ExactAnswers) -> None:
    computed = ask(made, "combien de tickets refusés ?")
    assert computed is None or computed.exact is None
