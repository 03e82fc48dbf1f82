"""Rankings, groups, averages, trends and rates, as people say them: each list of phrasings has one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers


def purges() -> list[dict[str, Any]]:
    """Two hundred over forty days; every fifth fails, those of CACHE_WEB more often."""
    found = []
    for n in range(200):
        start = NOW.replace(hour=6) - timedelta(hours=5 * n)
        failed = n % 5 == 0 or (n % 4 == 1 and n % 3 == 0)
        found.append(
            {
                "_id": n,
                "purge": ["FICHIERS_TMP", "CACHE_WEB", "JOURNAUX_APPLI", "FILES_IN_MORTES"][n % 4],
                "statut": "ECHOUE" if failed else "REUSSI",
                "salle": ["Nord", "Sud", "Est"][n % 3],
                "serveur": f"srv-{n % 7:02d}",
                "lancement": ["nocturne", "manuelle"][n % 6 == 0],
                "debut": start.isoformat(),
                "fin": (start + timedelta(seconds=60 + n)).isoformat(),
                "duree_s": 60 + n,
                "lignes_effacees": 1000 * (n % 11),
                "etiquettes": ["quotidien"] if n % 9 == 0 else ["mensuel"],
                **({"erreur": {"code": ["DSK-1", "DSK-2", "NET-7"][n % 3]}} if failed else {}),
            }
        )
    return found


PURGES = purges()
FAILED = [p for p in PURGES if p["statut"] == "ECHOUE"]


def alarms() -> list[dict[str, Any]]:
    return [
        {
            "_id": n,
            "alarme": f"AL{n:04d}",
            "gravite": ["haute", "moyenne", "basse"][n % 3],
            "cellule": ["froid", "courant"][n % 2],
            "resolue": n % 4 != 0,
            "emise_le": (NOW - timedelta(hours=9 * n)).isoformat(),
        }
        for n in range(90)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("phrasings")
    return answers(folder, {"purges_disque": PURGES, "alarmes_salle": alarms()})


def counted(some: Iterable[dict[str, Any]], *paths: str) -> dict[tuple[Any, ...], int]:
    return dict(Counter(tuple(one[path] for path in paths) for one in some))


def told(made: ExactAnswers, question: str) -> dict[tuple[Any, ...], Any]:
    return {tuple(row[:-1]): row[-1] for row in rows(made, question)}


BY_ROOM = [
    "Répartition des purges échouées par salle",
    "Comment se répartissent les purges échouées entre les salles ?",
    "Purges échouées regroupées par salle",
    "Purges échouées rangées par salle",
    "Le nombre de purges échouées pour chacune des salles",
    "Nombre de purges échouées suivant la salle",
    "How do failed purges break down across salles?",
    "failed purges / salle",
]


@pytest.mark.parametrize("question", BY_ROOM)
def test_grouped_by_room(made: ExactAnswers, question: str) -> None:
    assert told(made, question) == counted(FAILED, "salle")


TWO = [
    "Purges échouées en fonction de la salle et du lancement",
    "Purges échouées par salle et lancement",
    "purges échouées / salle / lancement",
    "Purges échouées selon la salle et le lancement",
]


@pytest.mark.parametrize("question", TWO)
def test_two_groupings_at_once(made: ExactAnswers, question: str) -> None:
    assert told(made, question) == counted(FAILED, "salle", "lancement")


def month(one: dict[str, Any]) -> str:
    return str(one["debut"][:7])


def local(rows_: list[list[Any]], place: int, length: int) -> dict[tuple[Any, ...], Any]:
    """Instants as their local days or months."""
    found = {}
    for row in rows_:
        keys = [*row[:-1]]
        keys[place] = keys[place].astimezone(NOW.tzinfo).isoformat()[:length]
        found[tuple(keys)] = row[-1]
    return found


@pytest.mark.parametrize(
    "question",
    [
        "Nombre mensuel de purges échouées par salle",
        "Monthly number of failed purges by salle",
        "Purges échouées par salle et par mois",
        "purges échouées / salle / mois",
    ],
)
def test_the_month_stays_beside_another_group(made: ExactAnswers, question: str) -> None:
    expected = Counter((one["salle"], month(one)) for one in FAILED)

    assert local(rows(made, question), 1, 7) == dict(expected)


DAILY = [
    "Échecs quotidiens de purge",
    "Bilan quotidien des purges échouées",
    "Vue journalière des purges échouées",
    "Purges échouées tous les jours",
    "Purges échouées jour après jour",
    "Purges échouées au fil des jours",
    "purges échouées / jour",
    "failed purges over the days",
    "Histogramme des purges échouées par jour",
]


@pytest.mark.parametrize("question", DAILY)
def test_each_day(made: ExactAnswers, question: str) -> None:
    assert local(rows(made, question), 0, 10) == {
        (day,): n for day, n in Counter(one["debut"][:10] for one in FAILED).items()
    }


def test_each_day_of_last_week_is_a_day_and_no_weekday(made: ExactAnswers) -> None:
    found = exact(made, "Les purges échouées de chaque jour de la semaine dernière")

    assert all(not isinstance(row[0], int) for row in found.rows)


@pytest.mark.parametrize("question", ["Codes d'erreur par salle", "Error codes by salle"])
def test_kinds_by_group_are_counted_each(made: ExactAnswers, question: str) -> None:
    found = {tuple(row[:-1]): row[-1] for row in rows(made, question) if row[0] is not None}

    assert found == dict(Counter((one["erreur"]["code"], one["salle"]) for one in FAILED))


WORST = [
    "Les purges qui ont le plus échoué",
    "Les pires purges",
    "Les purges les plus touchées",
    "Les purges les plus problématiques",
    "Quelles purges souffrent le plus ?",
    "Worst purges",
    "Most affected purges",
    "Leaderboard of failed purges",
    "Hit-parade des purges échouées",
]


@pytest.mark.parametrize("question", WORST)
def test_the_worst_are_those_that_failed(made: ExactAnswers, question: str) -> None:
    assert told(made, question) == counted(FAILED, "purge")


def test_a_podium_has_three_places(made: ExactAnswers) -> None:
    assert len(rows(made, "Le podium des purges échouées")) == 3


def test_where_something_fails_most_is_a_place(made: ExactAnswers) -> None:
    found = exact(made, "Où est-ce que les purges échouent le plus ?")

    assert {row[0] for row in found.rows} <= {one["serveur"] for one in PURGES}


@pytest.mark.parametrize(
    "question",
    [
        "La pire purge par salle",
        "Quelle purge échoue le plus par salle ?",
        "Top 3 des purges échouées par salle",
        "Les purges les plus longues par salle",
        "Quelles purges ont eu au moins 5 échecs, par salle ?",
        "Part de chaque salle dans les purges échouées",
        "Ratio de purges échouées sur réussies",
        "La purge la plus longue et la plus courte",
    ],
)
def test_what_is_not_computed_is_asked_back(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)

    assert found is None or found.exact is None


RATE = [
    "Taux d'échec des purges",
    "Quelle fraction des purges a échoué ?",
    "Combien de pour cent des purges ont échoué ?",
    "Combien de purges sur 100 échouent ?",
    "Une purge sur combien échoue ?",
    "One in how many purges fails?",
    "How often do purges fail?",
    "À quelle fréquence les purges échouent-elles ?",
    "What portion of purges failed?",
]


@pytest.mark.parametrize("question", RATE)
def test_how_many_of_all_fail(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[len(FAILED) / len(PURGES), len(FAILED), len(PURGES)]]


@pytest.mark.parametrize(
    "question",
    ["FILES_IN_MORTES failure rate", "How often does FILES_IN_MORTES fail?", "Taux d'échec de FILES_IN_MORTES"],
)
def test_a_name_is_no_whole_of_a_share(made: ExactAnswers, question: str) -> None:
    assert rows(made, question)[0][1:] == [sum(one["purge"] == "FILES_IN_MORTES" for one in FAILED), 50]


@pytest.mark.parametrize(
    "question",
    ["Fiabilité des purges", "How reliable are purges?", "Reliability of purges", "Taux de réussite des purges"],
)
def test_what_is_reliable_goes_well(made: ExactAnswers, question: str) -> None:
    well = len(PURGES) - len(FAILED)

    assert rows(made, question) == [[well / len(PURGES), well, len(PURGES)]]


LEAST = [
    "Quelle est la purge la moins fiable ?",
    "Le pire taux de réussite par purge",
    "Least reliable purges",
    "Quelle purge a le taux de réussite le plus bas ?",
    "Which purge has the highest failure rate?",
]


@pytest.mark.parametrize("question", LEAST)
def test_the_least_reliable_comes_first(made: ExactAnswers, question: str) -> None:
    shares = {name: n / 50 for (name,), n in counted(FAILED, "purge").items()}

    assert rows(made, question)[0][0] == max(shares, key=lambda name: shares[name])


@pytest.mark.parametrize(
    "question",
    [
        "Part des purges manuelles dans les échecs",
        "Parmi les échecs, quelle part vient des purges manuelles ?",
        "Among failed purges, what share is manuelle?",
    ],
)
def test_a_share_of_those_that_failed(made: ExactAnswers, question: str) -> None:
    part = [one for one in FAILED if one["lancement"] == "manuelle"]

    assert rows(made, question)[0][1:] == [len(part), len(FAILED)]


@pytest.mark.parametrize(
    "question", ["Part des purges de plus de 3 minutes à Nord", "What share of purges in Nord took over 3 minutes?"]
)
def test_a_length_is_the_part_of_a_share(made: ExactAnswers, question: str) -> None:
    north = [one for one in PURGES if one["salle"] == "Nord"]

    assert rows(made, question)[0][1:] == [sum(one["duree_s"] > 180 for one in north), len(north)]


@pytest.mark.parametrize(
    "question", ["Taux de résolution des alarmes hautes", "Resolution rate of alarmes of gravite haute"]
)
def test_a_rate_of_what_stands_before_it(made: ExactAnswers, question: str) -> None:
    high = [one for one in alarms() if one["gravite"] == "haute"]

    assert rows(made, question)[0][1:] == [sum(one["resolue"] for one in high), len(high)]


LONGEST = [
    "Durée maximale des purges échouées",
    "What is the maximum duration of failed purges?",
    "Pire durée des purges échouées",
    "max duree_s of failed purges",
]


@pytest.mark.parametrize("question", LONGEST)
def test_the_longest_duration(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[max(one["duree_s"] for one in FAILED)]]


@pytest.mark.parametrize(
    "question", ["Combien durent les purges ?", "Combien de temps mettent les purges en général ?", "avg duree_s"]
)
def test_how_long_they_take(made: ExactAnswers, question: str) -> None:
    assert rows(made, question)[0][0] == pytest.approx(sum(one["duree_s"] for one in PURGES) / len(PURGES))


@pytest.mark.parametrize(
    "question", ["Combien de temps a-t-on passé en purges échouées ?", "How much time was spent on failed purges?"]
)
def test_time_spent_is_added_up(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[sum(one["duree_s"] for one in FAILED)]]


def test_over_time_is_no_duration(made: ExactAnswers) -> None:
    assert local(rows(made, "Failed purge count over time"), 0, 7) == {
        (name,): n for name, n in Counter(map(month, FAILED)).items()
    }


@pytest.mark.parametrize("question", ["longest-running purges", "Les purges qui traînent le plus"])
def test_the_longest_to_run_do_not_run_still(made: ExactAnswers, question: str) -> None:
    found = exact(made, question)

    assert found.total == len(PURGES)
    assert found.rows


def test_columns_after_the_grouping(made: ExactAnswers) -> None:
    found = {row[0]: row[1:] for row in rows(made, "Pour chaque salle, la durée moyenne et le nombre de purges")}

    assert {room: n for room, (_, n) in found.items()} == {room: n for (room,), n in counted(PURGES, "salle").items()}


def test_compared_values_stay_apart_over_time(made: ExactAnswers) -> None:
    found = exact(made, "Purges échouées vs réussies par mois")

    assert {row[0] for row in found.rows} == {"ECHOUE", "REUSSI"}
