"""Single records named by an identifier of which there are more than a profile holds; and what is asked of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers
from vigie.plan import VALUES_KEPT

MANY = VALUES_KEPT + 400
LAST = MANY - 1


def _transfer(n: int) -> dict[str, Any]:
    began = NOW - timedelta(minutes=17 * (MANY - n))
    return {
        "_id": n,
        "ref": f"TRF-{2026}{n // 100:04d}-{n:06d}",
        "idt": f"{n:08d}",
        "fichier": f"FIC_{'ABCDEFG'[n % 7]}",
        "etat": "KO" if n % 10 == 9 else "OK",
        "debut": began,
        "fin": began + timedelta(seconds=30 + n % 90),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("unlisted")
    return answers(folder, {"transferts": [_transfer(n) for n in range(MANY)]})


REF = _transfer(LAST)["ref"]


@pytest.mark.parametrize(
    "question",
    [REF, f"statut du transfert {REF}", f"le transfert {REF.lower()}", f"transfert {LAST:08d}", f"idt {LAST:08d}"],
)
def test_the_one_that_is_named_is_shown(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)
    assert found.matched == 1
    assert any(_transfer(LAST)["fichier"] in row for row in found.rows)


def test_whether_the_one_that_is_named_went_well(made: ExactAnswers) -> None:
    assert rows(made, f"le transfert {REF} est passé en KO ?") == [[True, 1]]
    assert rows(made, f"le transfert {LAST:08d} s'est bien passé ?") == [[False, 0]]
    assert rows(made, f"le transfert {LAST - 1:08d} s'est bien passé ?") == [[True, 1]]


def test_a_name_that_is_written_so_and_is_none_is_not_found(made: ExactAnswers) -> None:
    assert exact(made, "statut du transfert TRF-20269999-999999").rows == []


def test_a_name_that_is_written_otherwise_is_unknown(made: ExactAnswers) -> None:
    found = ask(made, "statut du transfert TRX-2026-42")
    assert found is None or found.exact is None


def test_a_length_that_bounds_nothing_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "transferts KO de 45 s")
    assert found is None or found.exact is None


def test_whether_what_recurs_is_over_is_told_by_its_latest(made: ExactAnswers) -> None:
    found = exact(made, "FIC_A est-il terminé ?")
    assert len(found.rows) == 1
    latest = max((_transfer(n) for n in range(MANY) if n % 7 == 0), key=lambda doc: doc["debut"])
    assert latest["ref"] in found.rows[0]
