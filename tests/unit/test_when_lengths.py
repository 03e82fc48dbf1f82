"""How long, what is too vague, what a known value of the data takes over, and any text at any time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.ask.when import CONVENTIONS, LONGEST, Times, read_times

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=PARIS)


def times(text: str, *taken: str) -> Times:
    places = [(text.index(value), text.index(value) + len(value)) for value in taken]
    return read_times(text, NOW, PARIS, "fr", places)


LENGTHS = """
plus de 10 min | gt 600
plus d'1h | gt 3600
plus d'une heure et demie | gt 5400
plus longs que 2h | gt 7200
> 1h30 | gt 5400
>3h | gt 10800
dépasse 1h | gt 3600
dépassent les 30 minutes | gt 1800
supérieure à 1 h 30 | gt 5400
plus de 2,5 heures | gt 9000
plus de 1 500 ms | gt 1.5
plus d'un quart d'heure | gt 900
plus de trois quarts d'heure | gt 2700
plus de 3 jours | gt 259200
over 5 minutes | gt 300
longer than 2 h | gt 7200
slower than 1.5 hours | gt 5400
au moins 2h | ge 7200
>= 90min | ge 5400
2h ou plus | ge 7200
half an hour or more | ge 1800
at least 1 hour and 30 minutes | ge 5400
moins de 30 secondes | lt 30
en moins de 5 min | lt 300
under a minute | lt 60
faster than 500 ms | lt 0.5
au plus 20 min | le 1200
pas plus de 20 minutes | le 1200
10 min max | le 600
inférieure ou égale à 10 s | le 10
within 10 minutes | le 600
exactement 2h | eq 7200
exactly 10 minutes | eq 600
1h30 | None 5400
1 h 30 min | None 5400
90 s | None 90
2 heures et demie | None 9000
un quart d'heure | None 900
a duré 2h15 | None 8100
dure 3 jours | None 259200
entre 5 et 10 minutes | ge 300 le 600
entre 30 s et 2 min | ge 30 le 120
between 5 and 10 minutes | ge 300 le 600
durée comprise entre 1h et 2h | ge 3600 le 7200
""".strip().splitlines()


@pytest.mark.parametrize("line", LENGTHS)
def test_lengths_are_told_with_what_they_are_compared_by(line: str) -> None:
    phrase, expected = line.split(" | ")
    found = times(phrase)
    assert found.ranges == ()
    assert " ".join(f"{d.compare} {d.seconds:g}" for d in found.durations) == expected


PLACED = """
depuis 2h
les 3 dernières heures
sur 30 jours
il y a 10 min
depuis plus de 2h
toutes les 10 minutes
par tranche de 15 min
timeout de 30 s
un an
à quelle heure
plus de 3 fois
en 5 minutes
hier à 14h
""".strip().splitlines()


@pytest.mark.parametrize(
    "text",
    PLACED,
)
def test_lengths_that_place_or_repeat_are_none(text: str) -> None:
    assert times(text).durations == ()


VAGUE = """
récemment
très récemment
dernièrement
ces derniers temps
ces temps-ci
ces derniers jours
il y a peu
il y a quelques jours
depuis quelque temps
tout à l'heure
l'autre jour
lately
recently
a while ago
a few days ago
the last few hours
these days
the other day
tous les lundis
chaque nuit
les lundis
les 3 dernières nuits
entre 8h et 10h la semaine dernière
on weekdays
pendant les heures ouvrées
""".strip().splitlines()


@pytest.mark.parametrize(
    "text",
    VAGUE,
)
def test_what_is_no_single_range_is_asked_back(text: str) -> None:
    found = times(f"Combien d'échecs {text} ?")
    assert found.ranges == ()
    assert len(found.vague) == 1
    assert found.vague[0].phrase in text


def test_a_known_value_takes_over_a_short_code_alone() -> None:
    for code in ("T3", "S42", "w12", "2024", "3/4", "Q1", "H1"):
        [weak] = times(f"erreurs {code}").ranges
        assert not weak.strong, code
        assert times(f"erreurs {code}", code) == Times(), code
    assert times("KO 2024 et 2025", "2024 et 2025") == Times()
    for text, value in (("erreurs au T3", "T3"), ("semaine 42", "42"), ("en 2024", "2024"), ("le 3/4", "3/4")):
        assert times(text, value).ranges[0].strong


def test_a_known_value_that_is_a_time_is_still_a_time() -> None:
    assert len(times("KO de lundi", "lundi").ranges) == 1


def test_a_longer_known_value_keeps_its_words() -> None:
    assert times("KO de REPORT DU LUNDI hier", "REPORT DU LUNDI").ranges[0].phrase == "hier"
    assert len(times("KO de REPORT DU LUNDI hier", "REPORT DU LUNDI").ranges) == 1


def test_what_is_told_apart_says_so() -> None:
    assert [w.kind for w in times("depuis lundi, avant le 10 novembre, en octobre").ranges] == [
        "since",
        "before",
        "range",
    ]
    assert times("depuis plus de 2h").ranges[0].kind == "before"
    assert times("à partir de demain").ranges[0].end is None


def test_every_rule_that_decides_is_a_written_convention() -> None:
    said = (
        "cette nuit, hier soir, le 14, lundi, 14/11, semaine 42, ce week-end, ce mois-ci, le mois dernier, "
        "octobre, au T3, "
        "le trimestre dernier, en 2025, premier semestre 2026, fin octobre, début de semaine, fin 2025, du 3 au"
        " 7, depuis 3 jours, "
        "depuis 2h, il y a 2 heures, hier à 14h, hier à 14h30, entre 8h et 9h, depuis lundi, depuis plus de 2h,"
        " avant lundi, "
        "jusqu'à lundi, après lundi, cet été, 2e quinzaine d'octobre, première semaine de novembre, début du "
        "trimestre, depuis l'incident du 17, d'ici la fin du mois, les 3 prochains jours, hier"
    )
    found = times(said).ranges
    assert len(found) == said.count(",") + 1
    assert {w.convention for w in found} == set(CONVENTIONS) - {"calendar_half", "coming"}
    assert all(len(words["fr"]) > 10 and len(words["en"]) > 10 for words in CONVENTIONS.values())


# ------------------------------------------------------------------ any text

WORDS = (
    "hier lundi nuit du au de la le 24 25 octobre 31 février à 8h 14h30 entre et depuis plus d'une heure les 3 "
    "derniers jours "
    "semaine 42 S42 T3 2026 2024 il y a deux semaines last past week between and 8am noon since until Nov 3rd "
    "14/11 99/99 "
    "2026-11-14T08:00 2026-13-45 J-1 M-1 cette ce matin soir dernière avant après jusqu'à fin mi début min > 90"
    " s , - / ? . ( « É"
).split()
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


@settings(max_examples=400, deadline=None)
@given(
    st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
    | st.datetimes(datetime(2026, 3, 28, 20), datetime(2026, 3, 30))
    | st.datetimes(datetime(2026, 10, 24, 20), datetime(2026, 10, 26)),
    st.sampled_from(ZONES),
    st.sampled_from(["fr", "en"]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=3),
)
def test_any_text_at_any_time_is_read_without_fail(
    text: str, now: datetime, zone: str, language: str, taken: list[tuple[int, int]]
) -> None:
    there = ZoneInfo(zone)
    found = read_times(text, now.replace(tzinfo=UTC), there, language, taken)  # type: ignore[arg-type]
    last = 0
    for read in sorted((*found.ranges, *found.vague, *found.durations), key=lambda read: read.at):
        assert last <= read.at[0] < read.at[1] <= len(text)
        assert text[slice(*read.at)] == read.phrase
        last = read.at[1]
    for when in found.ranges:
        assert when.convention in CONVENTIONS
        assert when.start or when.end
        assert when.start is None or when.end is None or when.start <= when.end
        assert all(edge is None or edge.tzinfo is UTC for edge in (when.start, when.end))


def test_a_text_of_any_length_is_read_at_once() -> None:
    for piece in (
        "de ",
        "1",
        "entre le ",
        "il y a ",
        "14, ",
        "hier ",
        "8h ",
        "lundi et ",
        "1-",
        "d'",
        "/1",
        "é",
        "😀 ",
        ".",
    ):
        assert not times(piece * (LONGEST // len(piece) * 2)).whole


def test_what_no_question_holds_is_not_read_to_its_end_and_says_so() -> None:
    found = times("hier " * 3_000)
    assert 10 < len(found.ranges) < 1_000
    assert not found.whole
    assert times("Combien de KO hier ?").whole


def test_a_time_at_the_end_of_a_long_text_is_read() -> None:
    prose = "Le flux SEPA_OUT a échoué sur le serveur srv-prd-012 avec le message ORA-00942, il faut le relancer. "
    text = prose * 150 + "Et hier ?"
    assert len(text) < LONGEST
    assert [w.phrase for w in times(text).ranges] == ["hier"]
