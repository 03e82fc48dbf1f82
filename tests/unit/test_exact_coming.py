"""Questions about what lies ahead: a month is the coming one where a field of the records reaches past now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from computing import NOW, PARIS, answers, ask, exact

from vigie.ask.exact import ExactAnswers
from vigie.ask.when import read_times


def licences() -> list[dict[str, Any]]:
    """One ends every third day, from two months ago to eight months ahead."""
    return [
        {
            "_id": n,
            "produit": f"LIC-{n:03d}",
            "editeur": ["Oracle", "Elastic"][n % 2],
            "achete_le": (NOW - timedelta(days=300 - n)).strftime("%d/%m/%Y"),
            "date_expiration": (NOW + timedelta(days=3 * n - 60)).strftime("%d/%m/%Y"),
        }
        for n in range(100)
    ]


def runs() -> list[dict[str, Any]]:
    return [
        {"_id": n, "job": "J1", "debut": (NOW - timedelta(hours=9 * n)).isoformat(), "statut": "OK", "duree_s": n}
        for n in range(90)
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    return answers(tmp_path_factory.mktemp("records"), {"licences": licences(), "executions": runs()})


def ending(start: datetime, end: datetime) -> int:
    ends = (datetime.strptime(b["date_expiration"], "%d/%m/%Y").replace(tzinfo=PARIS) for b in licences())
    return sum(start <= end_ < end for end_ in ends)


def day(month: int, number: int = 1, year: int = 2026) -> datetime:
    return datetime(year, month, number, tzinfo=PARIS)


DECEMBER = ending(day(12), day(1, 1, 2027))
JANUARY = ending(day(1, 1, 2027), day(2, 1, 2027))
OCTOBER = ending(day(10), day(11))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Combien de licences expirent en décembre ?", DECEMBER),
        ("combien de licences arrivent à échéance en décembre", DECEMBER),
        ("Combien de licences expirent le mois prochain ?", DECEMBER),
        ("how many licences will expire in January?", JANUARY),
        ("combien de licences vont expirer dans les 30 prochains jours", ending(NOW, NOW + timedelta(days=30))),
        ("how many licences expire within 30 days?", ending(NOW, NOW + timedelta(days=30))),
        ("combien de licences expirent dans moins de 30 jours", ending(NOW, NOW + timedelta(days=30))),
        ("combien de licences expirent d'ici la fin du mois", ending(NOW, day(12))),
        ("combien de licences expirent avant le 15 décembre", ending(NOW, day(12, 15))),
        ("how many licences expire next week?", ending(day(11, 23), day(11, 30))),
        ("combien de licences expirent en novembre", ending(day(11), day(12))),
        ("combien de licences ont expiré en octobre ?", OCTOBER),
        ("how many licences expired last month?", OCTOBER),
    ],
)
def test_the_time_said_is_of_the_field_and_the_sense_of_the_verb(
    question: str, wanted: int, asked: ExactAnswers
) -> None:
    found = exact(asked, question)
    assert wanted
    assert found.rows == [[wanted]]
    assert found.window is not None
    assert found.window.field == "date_expiration"


def test_another_date_of_the_same_records_keeps_the_past(asked: ExactAnswers) -> None:
    found = exact(asked, "Combien de licences achetées en février ?")
    assert found.window is not None
    assert (found.window.field, found.window.start) == ("achete_le", day(2))


def test_a_follow_up_goes_on_looking_ahead(asked: ExactAnswers) -> None:
    first = "Combien de licences expirent en décembre ?"
    assert exact(asked, first, "et en janvier ?").rows == [[JANUARY]]
    assert exact(asked, first, "et le mois dernier ?").rows == [[OCTOBER]]


def test_the_convention_is_told(asked: ExactAnswers) -> None:
    told = ask(asked, "Combien de licences expirent en décembre ?")
    assert told is not None
    assert "La question porte sur ce qui vient" in told.text


def test_runs_of_which_none_lies_ahead_are_not_counted_as_none(asked: ExactAnswers) -> None:
    told = ask(asked, "combien d'exécutions la semaine prochaine ?")
    assert told is not None
    assert told.route == "clarify"


def test_runs_in_a_month_are_of_the_last_one(asked: ExactAnswers) -> None:
    found = exact(asked, "combien d'exécutions OK en octobre ?")
    assert found.window is not None
    assert found.window.start == day(10)


# text | start | end, asked on Friday 2026-11-20 at 09:30 in Paris; of what lies ahead
AHEAD = """
en décembre | 01/12/2026 00:00 | 01/01/2027 00:00
le 25 novembre | 25/11/2026 00:00 | 26/11/2026 00:00
le 15 | 15/12/2026 00:00 | 16/12/2026 00:00
lundi | 23/11/2026 00:00 | 24/11/2026 00:00
ce mois-ci | 01/11/2026 00:00 | 01/12/2026 00:00
fin décembre | 21/12/2026 00:00 | 01/01/2027 00:00
avant fin novembre | 20/11/2026 09:30 | 01/12/2026 00:00
by the end of the year | 20/11/2026 09:30 | 01/01/2027 00:00
in Q1 | 01/01/2027 00:00 | 01/04/2027 00:00
dans les 3 mois | 20/11/2026 09:30 | 20/02/2027 09:30
sous 30 jours | 20/11/2026 09:30 | 20/12/2026 09:30
"""
ALWAYS = """
les 30 prochains jours | 20/11/2026 09:30 | 20/12/2026 09:30
dans les deux semaines à venir | 20/11/2026 09:30 | 04/12/2026 09:30
les prochaines 48h | 20/11/2026 09:30 | 22/11/2026 09:30
in the next 30 days | 20/11/2026 09:30 | 20/12/2026 09:30
dans le mois qui vient | 20/11/2026 09:30 | 20/12/2026 09:30
au prochain trimestre | 01/01/2027 00:00 | 01/04/2027 00:00
d'ici la fin de l'année | 20/11/2026 09:30 | 01/01/2027 00:00
d'ici lundi | 20/11/2026 09:30 | 24/11/2026 00:00
d'ici décembre | 20/11/2026 09:30 | 01/12/2026 00:00
d'ici 30 jours | 20/11/2026 09:30 | 20/12/2026 09:30
"""


LINES = [(line, ahead) for ahead, lines in ((True, AHEAD), (False, ALWAYS)) for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("line", "ahead"), LINES)
def test_times_that_lie_ahead(line: str, ahead: bool) -> None:
    text, start, end = (part.strip() for part in line.split("|"))
    [found] = read_times(text, NOW, PARIS, "en" if " the " in text or "Q" in text else "fr", ahead=ahead).ranges
    read = [t and t.astimezone(PARIS).strftime("%d/%m/%Y %H:%M") for t in (found.start, found.end)]
    assert read == [start, end]
