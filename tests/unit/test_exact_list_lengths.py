"""How long the lists of records are: steps, retries, tags, where no field tells how many there are."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def _steps(n: int) -> list[Doc]:
    labels = ["extraction", "controle", "chargement", "archivage"]
    return [{"label": labels[k], "state": "KO" if n % 9 == k else "OK", "seconds": 10 + k} for k in range(n % 5)]


def loads() -> list[Doc]:
    found = []
    for n in range(160):
        doc: Doc = {
            "_id": n,
            "traitement": f"CHARGE_{'ABCDEF'[n % 6]}",
            "statut": "ECHEC" if n % 31 in (0, 5, 6, 12) else "TERMINE",
            "debut": NOW - timedelta(hours=3 * n + 1),
            "fin": NOW - timedelta(hours=3 * n + 1) + timedelta(minutes=5 + n % 20),
            "etapes": _steps(n),
            "relances": [{"at": NOW - timedelta(hours=3 * n), "cause": "TIMEOUT"}] * (n % 4 if n % 3 == 0 else 0),
        }
        if n % 7:
            doc["alertes"] = ["LENTEUR", "VOLUME", "RETARD"][: n % 4]
        found.append(doc)
    return found


L = loads()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("lengths")
    return answers(folder, {"chargements": L})


def counted(name: str, least: int, most: int = 99) -> int:
    return sum(least <= len(doc.get(name, [])) <= most for doc in L)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("combien de chargements avec plus de 2 étapes ?", counted("etapes", 3)),
        ("combien de chargements avec au moins une alerte ?", counted("alertes", 1)),
        ("combien de chargements avec plusieurs alertes ?", counted("alertes", 2)),
        ("how many loads had more than one alert?", counted("alertes", 2)),
        ("combien de chargements avec exactement 3 étapes ?", counted("etapes", 3, 3)),
        ("combien de chargements relancés plus d'une fois ?", counted("relances", 2)),
        ("combien de chargements relancés ?", counted("relances", 1)),
        ("combien de chargements n'ont jamais été relancés ?", counted("relances", 0, 0)),
        ("combien de chargements sans alerte ?", counted("alertes", 0, 0)),
        ("combien d'étapes au total ?", sum(len(doc["etapes"]) for doc in L)),
    ],
)
def test_counts(made: ExactAnswers, question: str, expected: int) -> None:
    assert expected > 0
    assert rows(made, question) == [[expected]]


def test_averages(made: ExactAnswers) -> None:
    assert rows(made, "nombre moyen d'étapes par exécution") == [[mean(len(doc["etapes"]) for doc in L)]]
    failed = [len(doc["etapes"]) for doc in L if doc["statut"] == "ECHEC"]
    assert rows(made, "nombre moyen d'étapes des chargements en échec") == [[mean(failed)]]


def test_the_sum_for_each(made: ExactAnswers) -> None:
    each: defaultdict[str, int] = defaultdict(int)
    for doc in L:
        each[doc["traitement"]] += len(doc["relances"])
    found = rows(made, "top 3 des traitements par nombre de relances")
    assert [row[1] for row in found] == sorted(each.values(), reverse=True)[:3]
    assert all(each[row[0]] == row[1] for row in found)


def test_the_longest(made: ExactAnswers) -> None:
    found = exact(made, "quelle exécution a eu le plus d'étapes ?")
    assert found.rows
    assert max(len(doc["etapes"]) for doc in L) in found.rows[0]


@pytest.mark.parametrize(
    ("question", "least", "most"),
    [("combien de chargements avec 1 étape en échec ?", 1, 1), ("chargements avec plus de 2 étapes KO", 3, 99)],
)
def test_so_many_of_a_list_are_those_that_are_meant(made: ExactAnswers, question: str, least: int, most: int) -> None:
    found = sum(least <= sum(step["state"] == "KO" for step in doc["etapes"]) <= most for doc in L)
    told = exact(made, question)
    assert told.matched == found
    assert [c.value[:2] for c in told.conditions] == [[least, most if most < 99 else None]]


def test_several_failures_are_two_at_least(made: ExactAnswers) -> None:
    since = NOW - timedelta(days=7)
    failed: defaultdict[str, int] = defaultdict(int)
    for doc in L:
        failed[doc["traitement"]] += doc["statut"] == "ECHEC" and doc["debut"] >= since
    expected = {name: n for name, n in failed.items() if n >= 2}
    assert expected
    assert len(expected) < sum(n > 0 for n in failed.values())
    found = rows(made, "quels traitements ont eu plusieurs échecs ces 7 derniers jours ?")
    assert {row[0]: row[1] for row in found} == expected


def test_several_days_are_no_condition_on_a_record(made: ExactAnswers) -> None:
    found = ask(made, "traitements en échec sur plusieurs jours")
    assert found is None or found.exact is None


def test_a_field_that_tells_how_many_there_are_comes_first(tmp_path: Path) -> None:
    docs = [{**doc, "nb_etapes": 7} for doc in L]
    found = exact(answers(tmp_path, {"chargements": docs}), "nombre moyen d'étapes par exécution")
    assert found.rows == [[7.0]]
