"""The same asked in many ways: how many, how often, all but some, beside now, and next turns that turn a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]

ROUTES = [f"{way}_{town}" for way in ("ALLER", "RETOUR") for town in ("BREST", "NICE", "METZ", "PAU")]


def convoys() -> list[Doc]:
    """Five a day and more of eight routes, for fifty days; every sixth is broken down, some routes often."""
    found = []
    for n in range(600):
        begin = NOW - timedelta(hours=2 * n + 1)
        broken = n % 6 == 0
        found.append(
            {
                "_id": n,
                "circuit": ROUTES[(n * n + n // 7) % 8],
                "zone": ["NORD", "SUD", "EST"][n // 6 % 3 if n % 5 else 0],
                "mode": ["route", "rail", "mer"][n % 7 % 3],
                "statut": "KO" if broken else "OK",
                "depart": begin.isoformat(),
                "arrivee": (begin + timedelta(minutes=3 + n % 40)).isoformat(),
                "duree_s": 60 * (3 + n % 40),
                "poids_kg": 100 + n,
                **({"avarie": {"motif": None if n % 5 == 0 else "essieu", "code": "AV-1"}} if broken else {}),
            }
        )
    return found


def remarks() -> list[Doc]:
    return [
        {
            "_id": n,
            "texte": f"remarque {n}",
            "gravite": ["HAUTE", "BASSE"][n % 2],
            "resolue": n % 3 == 0,
            "releve_le": (NOW - timedelta(hours=9 * n + 2)).isoformat(),
        }
        for n in range(90)
    ]


CONVOYS, REMARKS = convoys(), remarks()
TODAY = NOW.replace(hour=0, minute=0)
YESTERDAY = TODAY - timedelta(days=1)
MONDAY = TODAY - timedelta(days=4)


def of(days: Sequence[Any], **said: Any) -> list[Doc]:
    """The convoys that left between these two, and hold these values."""
    start, end = (day.isoformat() for day in days)
    return [d for d in CONVOYS if start <= d["depart"] < end and all(d[k] == v for k, v in said.items())]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("phrasings")
    return answers(folder, {"convois": CONVOYS, "remarques": REMARKS})


WEEK = (MONDAY, NOW)
BEFORE = (MONDAY - timedelta(days=7), MONDAY)
NORTH = len(of(WEEK, statut="KO", zone="NORD"))


@pytest.mark.parametrize(
    "question",
    [
        "Combien de convois KO dans le NORD cette semaine ?",
        "À combien s'élève le nombre de convois KO dans le NORD cette semaine ?",
        "Le nombre de convois KO dans le NORD s'élève à combien cette semaine ?",
        "Compte les convois KO du NORD cette semaine",
        "on dénombre combien de convois KO dans le NORD cette semaine ?",
        "le compte des convois KO du NORD cette semaine",
        "chiffre des convois KO du NORD cette semaine",
        "tally of KO convoys in NORD this week",
        "volume of KO convoys in NORD this week",
        "Combien de convois KO dans le NORD cette semaine, tous modes confondus ?",
    ],
)
def test_how_many_is_counted(made: ExactAnswers, question: str) -> None:
    assert rows(made, question.replace("convoys", "convois")) == [[NORTH]]


@pytest.mark.parametrize(
    "question",
    [
        "fais voir les circuits KO du NORD cette semaine",
        "Qu'est-ce qu'on a comme circuits KO dans le NORD cette semaine ?",
        "y a quoi comme circuits KO dans le NORD cette semaine ?",
        "pull up the circuits KO in NORD this week",
    ],
)
def test_what_is_to_be_seen_is_listed(made: ExactAnswers, question: str) -> None:
    assert {row[0] for row in rows(made, question)} == {d["circuit"] for d in of(WEEK, statut="KO", zone="NORD")}


BROKEN = Counter(d["circuit"] for d in of((NOW - timedelta(days=80), NOW), statut="KO"))
WEEKLY = Counter(d["circuit"] for d in of(WEEK, statut="KO"))


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [
        ("Quels circuits ont échoué plus d'une fois cette semaine ?", 2, 99),
        ("Which circuits failed more than once this week?", 2, 99),
        ("Quels circuits ont échoué à plusieurs reprises cette semaine ?", 2, 99),
        ("Quels circuits ont échoué à répétition cette semaine ?", 2, 99),
        ("Quels circuits ont échoué de façon répétée cette semaine ?", 2, 99),
        ("Quels circuits ont échoué encore et encore cette semaine ?", 2, 99),
        ("Quels circuits n'arrêtent pas d'échouer cette semaine ?", 2, 99),
        ("Quels circuits sont récidivistes cette semaine ?", 2, 99),
        ("Which circuits failed repeatedly this week?", 2, 99),
        ("Which circuits keep failing this week?", 2, 99),
        ("Quels circuits ont échoué une seule fois cette semaine ?", 1, 1),
        ("Quels circuits n'ont échoué qu'une fois cette semaine ?", 1, 1),
        ("Which circuits failed only once this week?", 1, 1),
        ("Quels circuits ont échoué entre 1 et 2 fois cette semaine ?", 1, 2),
        ("Which circuits failed 1 to 2 times this week?", 1, 2),
        ("Circuits KO minimum 2 fois cette semaine", 2, 99),
        ("Circuits KO 2 fois au minimum cette semaine", 2, 99),
        ("Circuits KO 2 fois maximum cette semaine", 1, 2),
    ],
)
def test_how_often_bounds_the_groups(made: ExactAnswers, question: str, low: int, high: int) -> None:
    wanted = {name: n for name, n in WEEKLY.items() if low <= n <= high}
    assert wanted
    assert wanted != WEEKLY or (low, high) == (1, 2) or min(WEEKLY.values()) >= low
    assert dict(rows(made, question)) == wanted


def test_more_than_one_is_a_number(made: ExactAnswers) -> None:
    zones = Counter(d["zone"] for d in of((YESTERDAY, TODAY), statut="KO"))
    found = rows(made, "Quelles zones ont eu plus d'un convoi KO hier ?")
    assert dict(found) == {zone: n for zone, n in zones.items() if n > 1}


@pytest.mark.parametrize(
    "question",
    [
        "Combien de convois KO cette semaine sauf SUD ?",
        "Combien de convois KO cette semaine en excluant le SUD ?",
        "Combien de convois KO cette semaine, exclure SUD",
        "Combien de convois KO cette semaine partout sauf dans le SUD ?",
        "Combien de convois KO cette semaine sauf pour SUD ?",
        "Combien de convois KO cette semaine, toutes zones confondues sauf SUD ?",
        "How many KO convois this week aside from SUD?",
        "How many KO convois this week besides SUD?",
        "How many KO convois this week minus SUD?",
        "How many KO convois this week in all zones but SUD?",
        "How many KO convois this week everywhere except SUD?",
    ],
)
def test_what_is_left_out_is_left_out(made: ExactAnswers, question: str) -> None:
    ever = of(WEEK, statut="KO")
    wanted = [d for d in ever if d["zone"] != "SUD"]
    assert 0 < len(wanted) < len(ever)
    assert rows(made, question) == [[len(wanted)]]


def test_those_of_a_kind_are_left_out_of_records(made: ExactAnswers) -> None:
    wanted = [d for d in of(WEEK, statut="KO") if d["mode"] != "rail"]
    assert rows(made, "Combien de convois KO cette semaine sans les rail ?") == [[len(wanted)]]


@pytest.mark.parametrize("said", ["Remarques jamais résolues", "Remarques pas encore résolues"])
def test_what_never_was_says_which_records(made: ExactAnswers, said: str) -> None:
    assert len(rows(made, said)) == sum(not d["resolue"] for d in REMARKS)


@pytest.mark.parametrize(
    "said",
    [
        "Combien de convois KO dont le motif est vide ?",
        "Combien de convois KO sans motif ?",
        "How many KO convois where the motif is missing?",
    ],
)
def test_what_is_empty_is_missing(made: ExactAnswers, said: str) -> None:
    assert rows(made, said) == [[sum("avarie" in d and d["avarie"]["motif"] is None for d in CONVOYS)]]


@pytest.mark.parametrize(
    "question",
    [
        "A-t-on plus de convois KO que la semaine dernière ?",
        "Combien de convois KO de plus que la semaine dernière ?",
        "Do we have more KO convois than last week?",
        "Convois KO par rapport à la semaine dernière",
        "Is the number of KO convois higher than last week?",
        "Did KO convois increase compared to last week?",
    ],
)
def test_one_time_is_compared_with_the_one_under_way(made: ExactAnswers, question: str) -> None:
    now, before = len(of(WEEK, statut="KO")), len(of(BEFORE, statut="KO"))
    assert [row[1] for row in rows(made, question)] == [now, before]


@pytest.mark.parametrize(
    "question",
    [
        "Quels circuits ont eu plus de KO que la semaine dernière ?",
        "Les KO ont-ils augmenté depuis la semaine dernière ?",
        "Combien de remarques d'au moins HAUTE ?",
    ],
)
def test_what_is_not_computed_is_asked_back(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None


@pytest.mark.parametrize(
    "question",
    [
        "Qui a le plus de convois KO, NORD ou SUD ?",
        "Entre NORD et SUD, qui a le plus de convois KO ?",
        "Lequel de NORD et SUD a le plus de convois KO ?",
        "Which of NORD and SUD had more KO convois?",
        "Différence de convois KO entre NORD et SUD",
        "Comparatif des convois KO NORD / SUD",
    ],
)
def test_two_values_stand_beside_each_other(made: ExactAnswers, question: str) -> None:
    ever = (NOW - timedelta(days=80), NOW)
    wanted = {zone: len(of(ever, statut="KO", zone=zone)) for zone in ("NORD", "SUD")}
    assert dict(rows(made, question)) == wanted


def test_how_long_a_thing_ran_is_no_time(made: ExactAnswers) -> None:
    wanted = sum(d["duree_s"] > 1200 for d in of((YESTERDAY, TODAY)))
    assert rows(made, "How many convois ran for more than 20 minutes yesterday?") == [[wanted]]


@pytest.mark.parametrize("said", ["par rapport à la semaine dernière ?", "compare avec la semaine dernière"])
def test_a_next_turn_is_compared_with_what_was_asked(made: ExactAnswers, said: str) -> None:
    now, before = len(of(WEEK, statut="KO")), len(of(BEFORE, statut="KO"))
    found = rows(made, "Combien de convois KO cette semaine ?", said)
    assert sorted(row[1] for row in found) == sorted((now, before))


ASKED = "Combien de convois KO dans le NORD hier ?"


@pytest.mark.parametrize("said", ["et les autres ?", "et les autres zones ?", "what about the others?"])
def test_the_others_are_all_but_those(made: ExactAnswers, said: str) -> None:
    yesterday = of((YESTERDAY, TODAY), statut="KO")
    assert rows(made, ASKED, said) == [[sum(d["zone"] != "NORD" for d in yesterday)]]


@pytest.mark.parametrize("said", ["toutes zones confondues ?", "in all zones?", "pour toutes les zones"])
def test_all_of_them_lifts_the_condition(made: ExactAnswers, said: str) -> None:
    assert rows(made, ASKED, said) == [[len(of((YESTERDAY, TODAY), statut="KO"))]]


def test_a_next_turn_puts_in_order(made: ExactAnswers) -> None:
    listed = "Quels circuits sont KO cette semaine ?"
    found = rows(made, listed, "trie par nombre de KO")
    assert dict(found) == WEEKLY
    assert [n for _, n in found] == sorted(WEEKLY.values(), reverse=True)
    zones = rows(made, "Combien de convois KO par zone cette semaine ?", "par ordre croissant")
    assert [n for _, n in zones] == sorted(n for _, n in zones)


def test_a_next_turn_keeps_the_first_of_any_groups(made: ExactAnswers) -> None:
    assert len(rows(made, "Combien de remarques par gravité ?", "le top 1")) == 1


def test_the_biggest_of_what_was_listed(made: ExactAnswers) -> None:
    found = exact(made, "Liste les convois KO d'hier", "les plus longs")
    assert len(found.rows) > 1
    assert found.plan["limit"]


def test_words_of_the_data_stay_what_they_are(tmp_path: Path) -> None:
    """A field `compte`, a value FETCH: no way of speaking."""
    found = [
        {"_id": n, "compte": ["Dupont", "Blin"][n % 2], "etape": ["FETCH", "LOAD"][n % 3 % 2], "etat": "OK"}
        for n in range(30)
    ]
    own = answers(tmp_path, {"operations": found})
    assert rows(own, "Combien d'opérations sur le compte de Dupont ?") == [[15]]
    assert rows(own, "How many FETCH operations?") == [[sum(d["etape"] == "FETCH" for d in found)]]
