"""The time grammar: what people write, and the local range it stands for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.ask.when import CONVENTIONS, Times, read_times

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=PARIS)  # a Friday

# phrase | local start | local end; "now" is the moment of asking, "-" open.
RANGES = """
cette nuit | 19/11 20:00 | 20/11 06:00
la nuit dernière | 19/11 20:00 | 20/11 06:00
last night | 19/11 20:00 | 20/11 06:00
overnight | 19/11 20:00 | 20/11 06:00
dans la nuit du 24 au 25 octobre | 24/10 20:00 | 25/10 06:00
nuit du 14 au 15 | 14/11 20:00 | 15/11 06:00
la nuit de lundi à mardi | 16/11 20:00 | 17/11 06:00
cette nuit entre 2h et 4h | 20/11 02:00 | 20/11 04:00
entre 2h et 4h cette nuit | 20/11 02:00 | 20/11 04:00
vers 3h cette nuit | 20/11 02:30 | 20/11 03:30
ce matin | 20/11 06:00 | 20/11 12:00
this morning | 20/11 06:00 | 20/11 12:00
cet après-midi | 20/11 12:00 | 20/11 18:00
ce soir | 20/11 18:00 | 21/11 00:00
hier soir | 19/11 18:00 | 20/11 00:00
yesterday morning | 19/11 06:00 | 19/11 12:00
mardi soir | 17/11 18:00 | 18/11 00:00
le 1er novembre au matin | 01/11 06:00 | 01/11 12:00
aujourd'hui | 20/11 00:00 | 21/11 00:00
aujourd’hui | 20/11 00:00 | 21/11 00:00
today | 20/11 00:00 | 21/11 00:00
hier | 19/11 00:00 | 20/11 00:00
HIER | 19/11 00:00 | 20/11 00:00
yesterday | 19/11 00:00 | 20/11 00:00
avant-hier | 18/11 00:00 | 19/11 00:00
avant hier | 18/11 00:00 | 19/11 00:00
la veille | 19/11 00:00 | 20/11 00:00
demain | 21/11 00:00 | 22/11 00:00
lundi | 16/11 00:00 | 17/11 00:00
lundi dernier | 16/11 00:00 | 17/11 00:00
last Tuesday | 17/11 00:00 | 18/11 00:00
samedi dernier | 14/11 00:00 | 15/11 00:00
le 14 | 14/11 00:00 | 15/11 00:00
le 25 | 25/10 00:00 | 26/10 00:00
le 25 octobre | 25/10 00:00 | 26/10 00:00
le 14 novembre 2026 | 14/11 00:00 | 15/11 00:00
mardi 17/11 | 17/11 00:00 | 18/11 00:00
14/11/2026 | 14/11 00:00 | 15/11 00:00
2026-11-14 | 14/11 00:00 | 15/11 00:00
November 14th | 14/11 00:00 | 15/11 00:00
14 Nov 2026 | 14/11 00:00 | 15/11 00:00
on October 12 | 12/10 00:00 | 13/10 00:00
hier à 14h | 19/11 14:00 | 19/11 15:00
à 14h30 hier | 19/11 14:30 | 19/11 14:31
hier à 22h30 | 19/11 22:30 | 19/11 22:31
le 14 novembre à 8h30 | 14/11 08:30 | 14/11 08:31
à 3h du matin | 20/11 03:00 | 20/11 04:00
entre 8h et 12h hier | 19/11 08:00 | 19/11 12:00
hier entre 20h et minuit | 19/11 20:00 | 20/11 00:00
hier de 14h à 16h | 19/11 14:00 | 19/11 16:00
de 22h à 6h | 19/11 22:00 | 20/11 06:00
between 8am and noon on November 11 | 11/11 08:00 | 11/11 12:00
le 3 novembre entre 8h et 10h | 03/11 08:00 | 03/11 10:00
avant 8h ce matin | 20/11 00:00 | 20/11 08:00
du 1er au 15 | 01/11 00:00 | 16/11 00:00
du 20 au 31 octobre | 20/10 00:00 | 01/11 00:00
entre le 3 et le 7 novembre | 03/11 00:00 | 08/11 00:00
from Nov 3 to Nov 9 | 03/11 00:00 | 10/11 00:00
between October 1 and October 15 | 01/10 00:00 | 16/10 00:00
du lundi 9 au vendredi 13 novembre | 09/11 00:00 | 14/11 00:00
16/11 au 18/11 | 16/11 00:00 | 19/11 00:00
depuis lundi | 16/11 00:00 | now
depuis hier | 19/11 00:00 | now
depuis hier 18h | 19/11 18:00 | now
since yesterday 6pm | 19/11 18:00 | now
since 6pm | 19/11 18:00 | now
depuis minuit | 20/11 00:00 | now
depuis 6h | 20/11 06:00 | now
depuis 2h | 20/11 07:30 | now
depuis 30 min | 20/11 09:00 | now
depuis ce matin 6h | 20/11 06:00 | now
depuis cette nuit | 19/11 20:00 | now
depuis le 1er novembre | 01/11 00:00 | now
since November 10 | 10/11 00:00 | now
depuis début septembre | 01/09 00:00 | now
depuis le début du mois | 01/11 00:00 | now
since the beginning of the month | 01/11 00:00 | now
depuis une semaine | 13/11 09:30 | now
depuis deux jours | 18/11 09:30 | now
à partir du 3 novembre | 03/11 00:00 | now
depuis plus de 2h | - | 20/11 07:30
avant le 10 novembre | - | 10/11 00:00
jusqu'au 15 octobre | - | 16/10 00:00
until yesterday | - | 20/11 00:00
les 3 derniers jours | 17/11 09:30 | now
ces 24 dernières heures | 19/11 09:30 | now
les dernières 48h | 18/11 09:30 | now
past 24 hours | 19/11 09:30 | now
the last 7 days | 13/11 09:30 | now
over the last two weeks | 06/11 09:30 | now
quinze derniers jours | 05/11 09:30 | now
sur 30 jours | 21/10 09:30 | now
la dernière heure | 20/11 08:30 | now
la dernière demi-heure | 20/11 09:00 | now
in the past 30 minutes | 20/11 09:00 | now
last 3 months | 20/08 09:30 | now
il y a deux heures | 20/11 07:00 | 20/11 08:00
il y a 3 jours | 17/11 00:00 | 18/11 00:00
3 days ago | 17/11 00:00 | 18/11 00:00
il y a deux semaines | 02/11 00:00 | 09/11 00:00
il y a un mois | 01/10 00:00 | 01/11 00:00
cette semaine | 16/11 00:00 | now
la semaine dernière | 09/11 00:00 | 16/11 00:00
la semaine derniere | 09/11 00:00 | 16/11 00:00
last week | 09/11 00:00 | 16/11 00:00
S-1 | 09/11 00:00 | 16/11 00:00
semaine 42 | 12/10 00:00 | 19/10 00:00
in week 42 | 12/10 00:00 | 19/10 00:00
la semaine du 12 octobre | 12/10 00:00 | 19/10 00:00
le week-end dernier | 14/11 00:00 | 16/11 00:00
ce mois-ci | 01/11 00:00 | now
ce mois ci | 01/11 00:00 | now
this month | 01/11 00:00 | now
le mois dernier | 01/10 00:00 | 01/11 00:00
en octobre | 01/10 00:00 | 01/11 00:00
October | 01/10 00:00 | 01/11 00:00
au mois d'octobre | 01/10 00:00 | 01/11 00:00
en novembre | 01/11 00:00 | now
fin octobre | 21/10 00:00 | 01/11 00:00
mi-octobre | 11/10 00:00 | 21/10 00:00
début octobre | 01/10 00:00 | 11/10 00:00
au T3 | 01/07 00:00 | 01/10 00:00
Q3 2026 | 01/07 00:00 | 01/10 00:00
3e trimestre 2026 | 01/07 00:00 | 01/10 00:00
le trimestre dernier | 01/07 00:00 | 01/10 00:00
cette année | 01/01 00:00 | now
""".strip().splitlines()


def times(text: str, now: datetime = NOW, taken: list[tuple[int, int]] | None = None) -> Times:
    return read_times(text, now, PARIS, "fr", taken or [])


def local(when: datetime | None, now: datetime = NOW) -> str:
    if when is None:
        return "-"
    return "now" if when == now else f"{when.astimezone(PARIS):%d/%m %H:%M}"


@pytest.mark.parametrize("line", RANGES)
def test_a_time_is_read_as_its_local_range(line: str) -> None:
    phrase, start, end = (part.strip() for part in line.split("|"))
    for text in (phrase, f"Combien de flux KO {phrase} en prod ?"):
        [found] = times(text).ranges
        assert (local(found.start), local(found.end)) == (start, end)
        assert text[slice(*found.at)] == found.phrase
        assert not found.phrase.startswith(" ")


@pytest.mark.parametrize(
    "text",
    ["instance t2 en erreur", "serveur S42", "serveur w12", "file Q1", "en 2024 lignes", "host avr-01", "run 3/4",
     "second quarter-hour", "les 5 derniers jobs", "dernier run", "last run", "the last error", "la dernière fois",
     "par jour", "per hour", "À quelle heure", "quel jour", "sept flux", "you may know", "version 1.2.3", "ORA-00942",
     "port 8080", "code 404", "10.0.0.12", "plus de 3 fois", "top 5", "MICRO_ONDE_S42", "le 31 février", "30/02",
     "FLUX_T3_OUT", "v2026.11", "à 99h", "Combien hier?".replace("hier", "")],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert times(text).ranges == ()


@pytest.mark.parametrize(
    "text",
    ["récemment", "il y a quelque temps", "lately", "ces derniers temps", "dernièrement", "a while ago", "recently",
     "ces derniers jours", "depuis quelque temps", "these days", "depuis un moment"],
)  # fmt: skip
def test_a_vague_time_is_told_apart(text: str) -> None:
    found = times(f"Combien d'échecs {text} ?")
    assert [v.phrase for v in found.vague] == [text]
    assert found.ranges == ()


@pytest.mark.parametrize(
    ("text", "seconds", "compare"),
    [("plus de 10 min", 600, "gt"), ("au moins 2h", 7200, "ge"), ("moins de 30 secondes", 30, "lt"), ("> 1h30", 5400, "gt"),
     ("dépasse 1h", 3600, "gt"), ("over 5 minutes", 300, "gt"), ("longer than 2 h", 7200, "gt"), ("at most 90 s", 90, "le"),
     ("plus de 2 heures et demie", 9000, "gt"), ("plus d'un quart d'heure", 900, "gt"), ("more than 1.5 hours", 5400, "gt")],
)  # fmt: skip
def test_a_duration_is_no_range(text: str, seconds: float, compare: str) -> None:
    found = times(f"runs {text} hier")
    assert [(d.seconds, d.compare) for d in found.durations] == [(seconds, compare)]
    assert [w.phrase for w in found.ranges] == ["hier"]


def test_two_times_are_two() -> None:
    for text in (
        "KO d'hier vs avant-hier",
        "hier et aujourd'hui",
        "en octobre et novembre",
        "plus lent en novembre qu'en octobre",
    ):
        assert len(times(text).ranges) == 2, text


def test_a_short_code_gives_way_to_a_value_of_the_data() -> None:
    [weak] = times("erreurs T3").ranges
    assert not weak.strong
    assert times("erreurs T3", taken=[(8, 10)]).ranges == ()
    assert times("erreurs au T3").ranges[0].strong


def test_nights_of_the_clock_change_last_nine_or_eleven_hours() -> None:
    for day, hours in ((datetime(2026, 10, 25, 9, tzinfo=PARIS), 11), (datetime(2026, 3, 29, 9, tzinfo=PARIS), 9)):
        [night] = times("cette nuit", day).ranges
        assert night.start
        assert night.end
        assert night.end - night.start == timedelta(hours=hours)


def test_after_twenty_the_night_is_the_one_under_way() -> None:
    late = datetime(2026, 11, 20, 22, tzinfo=PARIS)
    [night] = times("cette nuit", late).ranges
    assert local(night.start, late) == "20/11 20:00"


def test_a_month_without_a_year_is_the_most_recent_one() -> None:
    january = datetime(2027, 1, 5, 9, tzinfo=PARIS)
    [found] = times("en décembre", january).ranges
    assert found.start == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_every_convention_that_is_quoted_is_written_in_both_languages() -> None:
    assert all(words["fr"] and words["en"] for words in CONVENTIONS.values())


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([w for line in RANGES for w in line.split("|")[0].split()]), max_size=12).map(" ".join),
    st.datetimes(datetime(2001, 1, 1), datetime(2037, 1, 1)),
)
def test_any_text_at_any_time_gives_ranges_that_lie_in_it(text: str, now: datetime) -> None:
    found = read_times(text, now.replace(tzinfo=UTC), PARIS, "fr")
    last = 0
    for when in sorted((*found.ranges, *found.vague, *found.durations), key=lambda w: w.at):
        assert last <= when.at[0] < when.at[1] <= len(text)
        assert text[slice(*when.at)].strip() == when.phrase.strip()
        last = when.at[1]
    assert all(w.start is None or w.end is None or w.start <= w.end for w in found.ranges)


def test_a_long_question_is_read_at_once() -> None:
    for text in ("de " * 6_000, "1" * 20_000, "entre le " * 2_000, "il y a " * 3_000, "le 1 " * 4_000):
        times(text)
