"""What has misled the planner in steps of jobs, in lots of things that are counted too, and in what was opened."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def steps() -> list[Doc]:
    """Each is a record of its own, numbered, of a job that has a name."""
    return [
        {
            "_id": n,
            "jobname": f"J{n % 9:02d}CPT",
            "jobid": f"JOB{n:05d}",
            "stepname": ["LOAD010", "SORT020", "CALC030"][n % 3],
            "pgm": ["IEBGENER", "SORT", "CPTB120"][n % 3],
            "status": "ABENDED" if n % 7 == 0 and n % 9 < 6 else "ENDED",
            "lpar": ["SYSA", "SYSB"][n % 2],
            "cpu_sec": 10.0 + n % 11,
            "started": (NOW - timedelta(hours=5 * n)).isoformat(),
            "ended": (NOW - timedelta(hours=5 * n) + timedelta(minutes=4)).isoformat(),
        }
        for n in range(180)
    ]


def tickets() -> list[Doc]:
    return [
        {
            "_id": n,
            "ticket_no": f"T{n:05d}",
            "status": "open" if n < 9 else "closed",
            "site": ["Paris", "Lyon", "Lille"][n % 5 % 3],
            "department": ["RH", "Crédit", "Risques"][n % 7 % 3],
            "satisfaction": 1 + n % 5,
            "opened_at": (NOW - timedelta(hours=10 * n)).isoformat(),
            "resolved_at": None if n < 9 else (NOW - timedelta(hours=10 * n - 5)).isoformat(),
        }
        for n in range(200)
    ]


def lots() -> list[Doc]:
    """A lot of statements, made by a provider, sent later or not yet."""
    return [
        {
            "_id": n,
            "numLot": f"LOT-{n:05d}",
            "typeReleve": ["COMPTE", "TITRES"][n % 3 == 0],
            "etat": ["PRODUIT", "REJETE", "PARTIEL"][(n % 8 == 0) + (n % 8 == 5) * 2],
            "agence": f"AG-{n % 4}00",
            "nbReleves": 100 + n % 50,
            "notional": 1_000 * (n % 13),
            "automatique": n % 4 != 1,
            "prestataire": {"nom": ["Docapost", "Tessi"][n % 2], "ville": "Lille"},
            "dateProduction": (NOW - timedelta(hours=7 * n + 1)).isoformat(),
            "dateEnvoi": None if n % 6 == 0 else (NOW - timedelta(hours=7 * n - 3)).isoformat(),
        }
        for n in range(240)
    ]


S, T, L = steps(), tickets(), lots()
OCTOBER = "2026-10"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("steps")
    return answers(folder, {"host_steps": S, "tickets_support": T, "releves_productions": L})


def test_jobs_of_steps_are_their_names_not_the_steps_nor_their_numbers(made: ExactAnswers) -> None:
    failed = {d["jobname"] for d in S if d["status"] == "ABENDED"}
    assert {row[0] for row in rows(made, "Quels jobs ont abendé ?")} == failed
    never = {d["jobname"] for d in S} - failed
    assert {row[0] for row in rows(made, "Quels jobs n'ont jamais abendé ?")} == never


def test_programs_are_the_field_that_shortens_their_name(made: ExactAnswers) -> None:
    found = rows(made, "Les 2 programmes qui consomment le plus de CPU")
    total: Counter[str] = Counter()
    for d in S:
        total[d["pgm"]] += d["cpu_sec"]
    assert [row[0] for row in found] == [name for name, _ in total.most_common(2)]


def test_what_is_consumed_is_the_measure_that_is_named(made: ExactAnswers) -> None:
    expected = sum(d["cpu_sec"] for d in S if d["jobname"] == "J03CPT")
    assert rows(made, "CPU totale consommée par J03CPT") == [[pytest.approx(expected)]]


def of_month(date: str, month: str = OCTOBER) -> bool:
    return datetime.fromisoformat(date).astimezone(ZoneInfo("Europe/Paris")).strftime("%Y-%m") == month


def test_opened_in_a_month_is_when_they_were_opened_whatever_their_state(made: ExactAnswers) -> None:
    october = sum(of_month(d["opened_at"]) for d in T)
    assert rows(made, "Combien de tickets ouverts en octobre ?") == [[october]]
    assert rows(made, "how many tickets were opened in October?") == [[october]]


def test_open_without_a_time_is_a_state(made: ExactAnswers) -> None:
    assert rows(made, "Combien de tickets ouverts ?") == [[9]]
    assert rows(made, "how many open tickets?") == [[9]]


def test_at_least_is_a_bound_after_opened(made: ExactAnswers) -> None:
    by = Counter(d["department"] for d in T if of_month(d["opened_at"]))
    few = min(by.values()) + 1
    found = {row[0] for row in rows(made, f"departments that opened at least {few} tickets in October")}
    assert found == {name for name, n in by.items() if n >= few}


def test_a_note_of_something_is_its_field(made: ExactAnswers) -> None:
    found = dict(tuple(row[:2]) for row in rows(made, "note de satisfaction moyenne par site"))
    lyon = [d["satisfaction"] for d in T if d["site"] == "Lyon"]
    assert found["Lyon"] == pytest.approx(sum(lyon) / len(lyon))


def test_lots_of_things_are_lots(made: ExactAnswers) -> None:
    rejected = [d for d in L if d["etat"] == "REJETE"]
    assert rows(made, "Combien de lots de relevés rejetés ?") == [[len(rejected)]]
    account = [d for d in rejected if d["typeReleve"] == "COMPTE"]
    assert 0 < len(account) < len(rejected)
    assert rows(made, "Combien de lots de relevés de compte rejetés ?") == [[len(account)]]
    assert rows(made, "combien de relevés rejetés ?") == [[sum(d["nbReleves"] for d in rejected)]]


def test_not_sent_yet_has_no_date_of_it(made: ExactAnswers) -> None:
    assert rows(made, "combien de lots pas encore envoyés ?") == [[sum(d["dateEnvoi"] is None for d in L)]]


def test_words_of_one_origin_and_their_opposites_name_fields(made: ExactAnswers) -> None:
    assert rows(made, "Combien de lots manuels ?") == [[sum(not d["automatique"] for d in L)]]
    assert rows(made, "combien de lots avec un notionnel supérieur à 10000 ?") == [
        [sum(d["notional"] > 10_000 for d in L)]
    ]


def test_an_object_is_named_in_the_other_language(made: ExactAnswers) -> None:
    found = {row[0]: row[1] for row in rows(made, "number of lots by provider")}
    assert found == Counter(d["prestataire"]["nom"] for d in L)


def test_a_share_that_is_bounded_is_of_what_failed(made: ExactAnswers) -> None:
    failed = Counter(d["pgm"] for d in S if d["status"] == "ABENDED" and d["lpar"] == "SYSA")
    all_ = Counter(d["pgm"] for d in S if d["lpar"] == "SYSA")
    found = {row[0] for row in rows(made, "quels programmes ont un taux d'échec supérieur à 9 % sur SYSA ?")}
    assert found == {name for name in all_ if failed[name] / all_[name] > 0.09}


def test_two_months_are_compared_by_that_of_the_other(made: ExactAnswers) -> None:
    found = exact(made, "le nombre de lots rejetés de novembre dépasse-t-il celui d'octobre ?")
    months = ("2026-11", OCTOBER)
    numbers = [sum(d["etat"] == "REJETE" and of_month(d["dateProduction"], m) for d in L) for m in months]
    assert [row[1] for row in found.rows] == numbers


def test_a_total_of_nothing_that_can_be_added_up_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "poids total des tickets")
    assert found is None or found.exact is None
