"""Single objects in lists of records: steps that failed, how long one takes, records that hold such a one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers
from vigie.types import EVERYTHING

Doc = dict[str, Any]
LABELS = ("extraction", "controle", "chargement", "archivage")


def _steps(n: int) -> list[Doc]:
    return [
        {"label": label, "state": "KO" if (n + k) % 11 == 0 else "OK", "seconds": 10 * k + n % 40}
        for k, label in enumerate(LABELS[: 1 + n % 4])
    ]


def _run(n: int) -> Doc:
    began = NOW - timedelta(hours=3 * n + 1)
    return {
        "_id": n,
        "traitement": f"CHARGE_{'ABCDEF'[n % 6]}",
        "statut": "ECHEC" if n % 9 in (0, 5) else "TERMINE",
        "debut": began,
        "fin": began + timedelta(minutes=1 + n % 20),
        "etapes": _steps(n),
    }


RUNS = [_run(n) for n in range(200)]
STEPS = [(run, step) for run in RUNS for step in run["etapes"]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("elements")
    return answers(folder, {"chargements": RUNS})


def failed(label: str) -> int:
    return sum(step["label"] == label and step["state"] == "KO" for _, step in STEPS)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien d'étapes controle en échec ?", failed("controle")),
        ("how many archivage steps failed?", failed("archivage")),
        ("durée moyenne de l'étape chargement", mean(s["seconds"] for _, s in STEPS if s["label"] == "chargement")),
        ("durée max de l'étape controle", max(s["seconds"] for _, s in STEPS if s["label"] == "controle")),
    ],
)
def test_numbers_of_single_steps(made: ExactAnswers, question: str, expected: float) -> None:
    assert rows(made, question) == [[pytest.approx(expected)]]


def test_the_step_that_fails_most_is_told_by_its_own_state(made: ExactAnswers) -> None:
    found = Counter(step["label"] for _, step in STEPS if step["state"] == "KO")
    assert dict(rows(made, "quelle étape plante le plus ?")) == dict(found)


def test_steps_by_what_they_tell_are_counted_one_by_one(made: ExactAnswers) -> None:
    """And not by how many steps the records have that hold such a one."""
    found = Counter(step["state"] for _, step in STEPS)
    assert dict(rows(made, "nombre d'étapes par état de l'étape")) == dict(found)
    slow = {label: mean(s["seconds"] for _, s in STEPS if s["label"] == label) for label in LABELS}
    top = rows(made, "quelle étape est la plus lente en moyenne ?")
    assert top[0] == [max(slow, key=lambda label: slow[label]), pytest.approx(max(slow.values()))]


def test_so_many_failed_steps_of_one_record(made: ExactAnswers) -> None:
    held = Counter(run["_id"] for run, step in STEPS if step["state"] == "KO" or step["label"] == "controle")
    assert any(n > 1 for n in held.values())
    several = Counter(run["traitement"] for run in RUNS for step in run["etapes"] if step["state"] == "KO")
    found = rows(made, "traitements avec plus de 7 étapes en échec")
    assert {row[0]: row[1] for row in found} == {name: n for name, n in several.items() if n > 7}


def test_records_that_hold_such_a_step_are_told_by_one_step(made: ExactAnswers) -> None:
    """Not by a step of that name in a run that failed, nor by one that failed beside one of that name."""
    held = [run for run in RUNS if any(s["label"] == "controle" and s["state"] == "KO" for s in run["etapes"])]
    found = exact(made, "combien de chargements dont l'étape controle a échoué ?")
    assert found.rows == [[len(held)]]
    assert len(held) != sum(run["statut"] == "ECHEC" and len(run["etapes"]) > 1 for run in RUNS)
    ids, total = made.behind(found, None, EVERYTHING)
    assert (set(ids), total) == ({str(run["_id"]) for run in held}, len(held))


def test_what_is_said_nearer_to_the_records_stays_theirs(made: ExactAnswers) -> None:
    long = [run for run in RUNS if run["fin"] - run["debut"] > timedelta(minutes=10)]
    held = [run for run in long if any(s["label"] == "controle" and s["state"] == "KO" for s in run["etapes"])]
    question = "combien de chargements de plus de 10 min dont l'étape controle a échoué ?"
    assert rows(made, question) == [[len(held)]]
    slow = [run for run in RUNS if any(s["label"] == "chargement" and s["seconds"] > 50 for s in run["etapes"])]
    question = "combien de chargements dont l'étape chargement a duré plus de 50 s ?"
    assert rows(made, question) == [[len(slow)]]


def test_the_answer_says_that_it_counted_steps(made: ExactAnswers) -> None:
    computed = ask(made, "taux d'échec de l'étape controle")
    part, whole = failed("controle"), sum(step["label"] == "controle" for _, step in STEPS)
    assert computed.exact is not None
    assert computed.exact.rows == [[pytest.approx(part / whole), part, whole]]
    assert "éléments de `etapes`" in computed.text


def test_the_records_behind_a_number_of_steps_are_those_that_hold_them(made: ExactAnswers) -> None:
    found = exact(made, "combien d'étapes archivage en échec ?")
    ids, _ = made.behind(found, None, EVERYTHING)
    held = {str(r["_id"]) for r, s in STEPS if s["label"] == "archivage" and s["state"] == "KO"}
    assert set(ids) == held


@pytest.mark.parametrize("question", ["nombre moyen de relances par étape", "durée moyenne des chargements par étape"])
def test_what_records_have_one_of_is_not_added_up_for_each_step(made: ExactAnswers, question: str) -> None:
    computed = ask(made, question)
    assert computed.exact is None or "fin - debut" not in str(computed.exact.plan["measures"])


def _runs(meets: Callable[[list[Doc]], bool]) -> int:
    return sum(meets(run["etapes"]) for run in RUNS)


@pytest.mark.parametrize(
    ("question", "meets"),
    [
        ("combien de chargements sans aucune étape KO ?", lambda steps: all(s["state"] == "OK" for s in steps)),
        ("combien de chargements dont aucune étape n'a planté ?", lambda steps: all(s["state"] == "OK" for s in steps)),
        ("combien de chargements où toutes les étapes sont OK ?", lambda steps: all(s["state"] == "OK" for s in steps)),
        ("how many chargements where every étape failed?", lambda steps: all(s["state"] == "KO" for s in steps)),
        (
            "how many chargements with no failed controle step?",
            lambda steps: not any(s["label"] == "controle" and s["state"] == "KO" for s in steps),
        ),
        ("combien de chargements sans étape de plus de 45 s ?", lambda steps: all(s["seconds"] <= 45 for s in steps)),
        (
            "combien de chargements avec exactement 1 étape KO ?",
            lambda steps: sum(s["state"] == "KO" for s in steps) == 1,
        ),
    ],
)
def test_records_of_whose_steps_none_all_or_so_many_are_so(
    made: ExactAnswers, question: str, meets: Callable[[list[Doc]], bool]
) -> None:
    expected = _runs(meets)
    assert 0 < expected < len(RUNS)
    assert rows(made, question) == [[expected]]


def test_what_none_of_the_steps_is_stands_in_the_answer(made: ExactAnswers) -> None:
    question = "combien de chargements sans aucune étape KO ?"
    answer = ask(made, question)
    assert answer is not None
    assert "aucun élément de `etapes` avec `etapes.state` = `KO`" in answer.text
    told = exact(made, question).conditions
    assert [(c.path, c.op, c.value) for c in told] == [("etapes", "holds", [0, 0, "`etapes.state` = `KO`"])]
