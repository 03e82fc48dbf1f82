"""The same asked in the words of tired people: what they say otherwise, and what must not be answered for it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
SITES = ("LYON", "NANTES", "PAU")


def _backup(n: int) -> Doc:
    began = NOW - timedelta(hours=5 * n + 1)
    return {
        "_id": n,
        "base": f"BD_{'ABCDE'[n % 5]}",
        "etat": "ECHEC" if n % 6 in (0, 1) else "TERMINE",
        "branche": ("main", "dev", "hotfix")[n % 3],
        "site": SITES[n % 3],
        "debut": began,
        "fin": began + timedelta(minutes=5 + n % 40),
        "duree_min": 5 + n % 40,
        "code_retour": 0 if n % 6 > 1 else (8, 12)[n % 2],
        "volume_gb": round(10 + n * 1.5, 1),
        "montant_eur": 100 * n,
    }


B = [_backup(n) for n in range(150)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("words")
    return answers(folder, {"sauvegardes": B})


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien de sauvegardes avec un code retour différent de 0 ?", sum(d["code_retour"] != 0 for d in B)),
        ("combien de sauvegardes avec code retour != 0", sum(d["code_retour"] != 0 for d in B)),
        ("nb de sauvegardes en code retour non nul", sum(d["code_retour"] != 0 for d in B)),
        ("how many sauvegardes with a non-zero code retour?", sum(d["code_retour"] != 0 for d in B)),
        ("how many sauvegardes have an amount above EUR 9,000?", sum(d["montant_eur"] > 9000 for d in B)),
    ],
)
def test_numbers_and_what_they_are_not(made: ExactAnswers, question: str, expected: int) -> None:
    assert 0 < expected < len(B)
    assert rows(made, question) == [[expected]]


def test_another_branch_than_one_is_not_that_one(made: ExactAnswers) -> None:
    expected = sum(d["etat"] == "ECHEC" and d["branche"] != "main" for d in B)
    assert rows(made, "combien de sauvegardes en échec sur une autre branche que main ?") == [[expected]]


def test_bases_that_failed_so_often_or_more(made: ExactAnswers) -> None:
    failed = Counter(d["base"] for d in B if d["etat"] == "ECHEC")
    least = sorted(failed.values())[2]
    expected = {base: n for base, n in failed.items() if n >= least}
    found = rows(made, f"quelles bases ont {least} sauvegardes en échec ou plus ?")
    assert {row[0]: row[1] for row in found} == expected


def test_two_counts_are_compared(made: ExactAnswers) -> None:
    found = rows(made, "combien d'échecs sur LYON et combien sur NANTES ?")
    failed = Counter(d["site"] for d in B if d["etat"] == "ECHEC")
    assert found == [["LYON", failed["LYON"]], ["NANTES", failed["NANTES"]]]


def test_a_breakdown_is_computed_however_it_is_asked(made: ExactAnswers) -> None:
    expected = dict(Counter(d["site"] for d in B))
    assert dict(rows(made, "comment les sauvegardes se ventilent-elles selon le site ?")) == expected
    assert dict(rows(made, "nombre de sauvegardes, site par site")) == expected


def test_sizes_are_added_up_and_shown_with_their_unit(made: ExactAnswers) -> None:
    total = sum(d["volume_gb"] for d in B)
    for question in ("combien de To sauvegardés ?", "how many TB were backed up?"):
        assert rows(made, question) == [[pytest.approx(total)]], question
    found = ask(made, "combien de Go sauvegardés ?")
    assert found is not None
    assert "Go**" in found.text


def test_the_longest_in_time_is_no_sum(made: ExactAnswers) -> None:
    assert rows(made, "durée max des sauvegardes de BD_A") == rows(made, "BD_A pire durée")
    assert rows(made, "BD_A pire durée") == [[max(d["duree_min"] for d in B if d["base"] == "BD_A")]]


@pytest.mark.parametrize(
    "question",
    [
        "temps d'attente moyen des sauvegardes",
        "average waiting time of the sauvegardes",
        "échecs de 45 min",
        "d'où viennent les échecs de BD_A ?",
        "quelle est la raison des échecs de BD_A ?",
    ],
)
def test_what_no_field_tells_is_not_computed(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None, question


def test_who_they_are_is_a_list(made: ExactAnswers) -> None:
    failed = {d["base"] for d in B if d["etat"] == "ECHEC" and d["site"] == "PAU"}
    found = rows(made, "qui sont les bases en échec sur PAU ?")
    assert {row[0] for row in found} == failed


def test_yesterday_in_the_daytime_is_one_window(made: ExactAnswers) -> None:
    day = rows(made, "combien de sauvegardes hier ?")
    assert rows(made, "combien de sauvegardes hier dans la journée ?") == day
