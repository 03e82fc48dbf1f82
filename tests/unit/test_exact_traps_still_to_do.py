"""What has misled the planner of notices between desks, of checks of machines and of nightly jobs: who receives, what
is still to be done, what never happened, where all of them are."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
DESKS = ["TAUX", "CHANGE", "REPO"]


def notices() -> list[Doc]:
    """Of a kind whose name begins with a small word."""
    return [
        {
            "_id": n,
            "noticeId": f"NT{n:05d}",
            "noticeKind": ["par paquet", "unitaire", "express"][n % 3],
            "sourceDesk": DESKS[n % 5 % 3],
            "targetDesk": DESKS[n % 7 % 3],
            "state": ["ACKED", "REJECTED", "QUEUED"][n % 4 % 3],
            "createdAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(150)
    ]


def inspections() -> list[Doc]:
    """Several of each machine; those to come have a date that they are planned for, and no other."""
    return [
        {
            "_id": n,
            "campagne": ["C-2026-10", "C-2026-11"][n >= 60],
            "machine": f"asc-{n % 20:02d}",
            "equipe": ["entrepôt", "nord", "sud"][n % 3],
            "resultat": "à faire" if n >= 90 else ["fait", "échec", "fait"][n % 3],
            "datePrevue": (NOW + timedelta(days=n - 95)).isoformat()[:10],
            "dateControle": (NOW - timedelta(hours=9 * (90 - n))).isoformat() if n < 90 else None,
            "remplacement": (n % 20 in (3, 7, 11) and n < 40) if n < 90 else None,
        }
        for n in range(100)
    ]


def night_jobs() -> list[Doc]:
    return [
        {
            "_id": n,
            "jobname": f"NJ_{n % 9}",
            "folder": ["WAREHOUSE-PRICING", "WAREHOUSE-STOCK", "WAREHOUSE-LEDGER"][n % 3],
            "status": ["OK", "KO"][n % 5 == 0],
            "started": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "elapsed_s": 60 + n,
        }
        for n in range(120)
    ]


def helpdesk() -> list[Doc]:
    return [
        {
            "_id": n,
            "call_no": f"H{n:05d}",
            "category": ["pricing", "accès"][n % 2],
            "status": ["clos", "en attente"][n % 6 == 0],
            "escalated": n % 4 == 0,
            "app": ["AGORA", "MINERVE"][n % 3 == 0],
            "opened": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            "closed": (NOW - timedelta(hours=3 * n)).isoformat() if n % 6 else None,
        }
        for n in range(100)
    ]


N, A, J, H = notices(), inspections(), night_jobs(), helpdesk()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("still_to_do")
    named = {"deskNotices": N, "controles_machines": A, "night_jobs": J, "support_calls": H}
    return answers(folder, named)


def count(made: ExactAnswers, question: str) -> Any:
    return rows(made, question)[0][0]


def test_a_small_word_is_no_kind_that_begins_with_it(made: ExactAnswers) -> None:
    found = {row[0]: row[1] for row in rows(made, "nombre de notices par genre de notice")}
    assert found == {kind: sum(d["noticeKind"] == kind for d in N) for kind in ("par paquet", "unitaire", "express")}
    per_day = exact(made, "notices rejetées par jour sur les 7 derniers jours")
    since = (NOW - timedelta(days=7)).isoformat()
    assert sum(row[1] for row in per_day.rows) == sum(d["state"] == "REJECTED" and d["createdAt"] >= since for d in N)


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("combien de notices reçues par TAUX ?", "targetDesk"),
        ("combien de notices TAUX a reçues ?", "targetDesk"),
        ("how many notices did TAUX receive?", "targetDesk"),
        ("combien de notices envoyées par TAUX ?", "sourceDesk"),
        ("combien de notices émises par TAUX ?", "sourceDesk"),
        ("how many notices does TAUX emit?", "sourceDesk"),
        ("combien de notices reçues de TAUX ?", "sourceDesk"),
    ],
)
def test_who_sends_and_who_receives_is_told_by_the_verb(made: ExactAnswers, question: str, field: str) -> None:
    assert count(made, question) == sum(d[field] == "TAUX" for d in N)


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("nombre de notices rejetées par desk destinataire", "targetDesk"),
        ("nombre de notices rejetées par desk émetteur", "sourceDesk"),
        ("quel desk émet le plus de notices rejetées ?", "sourceDesk"),
    ],
)
def test_both_sides_are_named(made: ExactAnswers, question: str, field: str) -> None:
    found = {row[0]: row[1] for row in rows(made, question)}
    assert found == {desk: sum(d["state"] == "REJECTED" and d[field] == desk for d in N) for desk in DESKS}


@pytest.mark.parametrize(
    "question",
    [
        "combien de machines restent à contrôler pour la campagne C-2026-11 ?",
        "combien de machines sont encore à contrôler pour C-2026-11 ?",
        "il reste combien de machines à contrôler pour C-2026-11 ?",
        "how many machines are still to be controlled for C-2026-11?",
    ],
)
def test_what_is_still_to_be_done_waits_for_it(made: ExactAnswers, question: str) -> None:
    assert count(made, question) == sum(d["resultat"] == "à faire" for d in A)


@pytest.mark.parametrize(
    "question",
    [
        "combien de notices restent à acquitter ?",  # no state waits for that: REJECTED is no such thing
        "combien de machines restent à contrôler ce mois-ci ?",  # some of them after now
    ],
)
def test_what_no_state_waits_for_is_asked_back(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None


@pytest.mark.parametrize(
    "turns",
    [
        ("notices échangées entre TAUX et CHANGE",),  # either way
        ("combien de notices envoyées par TAUX ?", "et reçues ?"),
        ("taux de machines contrôlées pour C-2026-11",),
    ],
)
def test_what_would_be_lost_is_asked_back(made: ExactAnswers, turns: tuple[str, ...]) -> None:
    found = ask(made, *turns)
    assert found is None or found.exact is None


def test_never_resolved_is_neither_resolved_nor_closed(made: ExactAnswers) -> None:
    assert count(made, "combien d'appels jamais résolus ?") == sum(d["status"] != "clos" for d in H)


def test_calls_still_to_be_closed_are_open(made: ExactAnswers) -> None:
    assert count(made, "how many calls are left to resolve?") == sum(d["status"] != "clos" for d in H)


def test_things_that_it_never_happened_to(made: ExactAnswers) -> None:
    replaced = defaultdict(set)
    for d in A:
        replaced[d["machine"]].add(d["remplacement"])
    never = {one for one, said in replaced.items() if True not in said}
    assert {row[0] for row in rows(made, "Quels machines n'ont jamais été remplacées ?")} == never
    assert count(made, "combien de machines n'ont jamais été remplacées ?") == len(never)


def test_a_record_that_it_never_happened_to(made: ExactAnswers) -> None:
    assert len(exact(made, "Quels appels n'ont jamais été escaladés ?").rows) == sum(not d["escalated"] for d in H)


def test_jobs_of_a_folder_are_no_calls_of_a_category(made: ExactAnswers) -> None:
    said = [d["elapsed_s"] for d in J if d["folder"] == "WAREHOUSE-PRICING"]
    assert count(made, "durée moyenne des jobs de pricing") == pytest.approx(sum(said) / len(said))


def test_where_all_of_them_are(made: ExactAnswers) -> None:
    failed = {d["jobname"] for d in J if d["status"] == "KO"}
    assert {row[0] for row in rows(made, "Quels jobs de l'entrepôt ont échoué ?")} == failed
