"""What has misled the planner where values are codes: slots, branches, kinds of several English words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def parcels() -> list[Doc]:
    return [
        {
            "_id": n,
            "ref_colis": f"CO{n:06d}",
            "etat": ["LIVRE", "PERDU", "EN_COURS"][n % 7 % 3],
            "depot": ["00074", "00310", "01200"][n % 3],
            "tournee": ["06H30", "14H00", "21H15"][n % 5 % 3],
            "dt_depart": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(240)
    ]


C = parcels()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("codes"), {"colis_expedies": C})


def test_a_value_that_looks_like_a_length_of_time_is_the_value(made: ExactAnswers) -> None:
    late = sum(d["tournee"] == "21H15" and d["etat"] == "PERDU" for d in C)
    assert rows(made, "Combien de colis perdus de la tournée 21H15 ?") == [[late]]
    assert rows(made, "how many parcels lost on round 21H15?") == [[late]]


@pytest.mark.parametrize("said", ["du dépôt 00310", "du dépôt n° 310", "from depot 00310"])
def test_digits_after_their_field_are_a_text_of_it(made: ExactAnswers, said: str) -> None:
    assert rows(made, f"combien de colis {said} ?") == [[sum(d["depot"] == "00310" for d in C)]]


def test_a_second_code_is_of_the_same_field(made: ExactAnswers) -> None:
    two = sum(d["depot"] in ("00074", "01200") for d in C)
    assert rows(made, "combien de colis des dépôts 00074 et 01200 ?") == [[two]]


def test_a_code_that_no_record_has_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien de colis du dépôt 00555 ?")
    assert found is not None
    assert found.exact is None
