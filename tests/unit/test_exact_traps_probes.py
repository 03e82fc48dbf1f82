"""What has misled the planner in results of probes: availability, what is down now, a moment that is no group."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def results() -> list[Doc]:
    return [
        {
            "_id": n,
            "sonde": f"web-{n % 6}",
            "result": "DOWN" if n % 10 == 3 else "UP",
            "checkedAt": NOW - timedelta(minutes=20 * n + 3),
            "latency_ms": 10 + n % 40,
        }
        for n in range(300)
    ]


def envelopes() -> list[Doc]:
    return [
        {
            "_id": n,
            "numLot": f"{n:05d}",
            "kind": ["letter", "notice"][n % 2],
            "statut": "EN_FILE" if n < 5 else "SUSPENDU" if n < 8 else "ENVOYE",
            "mode": ["FULL_COLOUR", "GREY"][n % 2],
            "cost_eur": n % 5,
            "traiteLe": (NOW - timedelta(hours=n + 1)).isoformat(),
            "nbPages": n % 9,
        }
        for n in range(150)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder = Path(tmp_path_factory.mktemp("probes"))
    return answers(folder, {"sondes_result": results(), "lots_courrier": envelopes()})


@pytest.mark.parametrize("text", ["disponibilité de web-3", "what is the availability of web-3"])
def test_availability_is_a_share(made: ExactAnswers, text: str) -> None:
    own = [d["result"] == "UP" for d in results() if d["sonde"] == "web-3"]
    assert rows(made, text) == [[pytest.approx(sum(own) / len(own)), sum(own), len(own)]]


@pytest.mark.parametrize("text", ["quelles sondes sont down en ce moment ?", "which probes are down right now?"])
def test_what_is_down_now_is_no_history(made: ExactAnswers, text: str) -> None:
    found = ask(made, text)
    assert found is not None
    assert (found.route, found.exact) == ("clarify", None)


def test_the_state_of_the_last_record_of_each_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "sondes dont le dernier résultat est down")
    assert found is not None
    assert found.exact is None


def test_what_is_in_a_queue_waits(made: ExactAnswers) -> None:
    assert rows(made, "combien de lots en attente ?") == [[5]]


def test_a_mean_per_batch_is_of_the_batches(made: ExactAnswers) -> None:
    assert [key["path"] for key in exact(made, "average pages per batch by kind").plan["keys"]] == ["kind"]


def test_two_dates_of_a_record_are_not_compared(made: ExactAnswers) -> None:
    found = ask(made, "lots envoyés après la date de traitement")
    assert found is not None
    assert found.exact is None


def test_a_total_adds_up_whatever_value_is_called_full(made: ExactAnswers) -> None:
    expected = sum(d["cost_eur"] for d in envelopes() if d["mode"] == "GREY")
    assert rows(made, "coût total des lots en GREY") == [[expected]]
