"""The same words at other moments: at night, on Mondays, on New Year's Day, when the clocks change, in other zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vigie.ask.when import When, read_times

PARIS = ZoneInfo("Europe/Paris")


def one(text: str, now: str, zone: ZoneInfo = PARIS) -> When:
    [found] = read_times(text, datetime.fromisoformat(now).replace(tzinfo=zone), zone, "fr").ranges
    return found


def local(found: When, zone: ZoneInfo = PARIS) -> str:
    return " > ".join(f"{t.astimezone(zone):%Y-%m-%d %H:%M}" if t else "-" for t in (found.start, found.end))


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-11-20T03:00", "cette nuit", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T03:00", "la nuit dernière", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T03:00", "hier soir", "2026-11-19 18:00 > 2026-11-20 00:00"),
        ("2026-11-20T03:00", "depuis 22h", "2026-11-19 22:00 > 2026-11-20 03:00"),
        ("2026-11-20T03:00", "cette nuit à 2h", "2026-11-20 02:00 > 2026-11-20 03:00"),
        ("2026-11-20T05:59", "dans la nuit", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T06:00", "cette nuit", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T19:59", "cette nuit", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T20:00", "cette nuit", "2026-11-20 20:00 > 2026-11-21 06:00"),
        ("2026-11-20T22:00", "la nuit dernière", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T22:00", "last night", "2026-11-19 20:00 > 2026-11-20 06:00"),
        ("2026-11-20T22:00", "cette nuit à 3h", "2026-11-21 03:00 > 2026-11-21 04:00"),
        ("2026-11-20T22:00", "nuit du 20 au 21", "2026-11-20 20:00 > 2026-11-21 06:00"),
        ("2026-11-20T09:30", "nuit du 20 au 21", "2026-10-20 20:00 > 2026-10-21 06:00"),
        ("2026-11-20T22:00", "en soirée", "2026-11-20 18:00 > 2026-11-21 00:00"),
        ("2026-11-16T09:00", "lundi", "2026-11-16 00:00 > 2026-11-17 00:00"),
        ("2026-11-16T09:00", "lundi dernier", "2026-11-09 00:00 > 2026-11-10 00:00"),
        ("2026-11-16T09:00", "lundi soir", "2026-11-09 18:00 > 2026-11-10 00:00"),
        ("2026-11-16T09:00", "depuis lundi", "2026-11-16 00:00 > 2026-11-16 09:00"),
        ("2026-11-16T09:00", "de lundi à mercredi", "2026-11-09 00:00 > 2026-11-12 00:00"),
        ("2026-11-16T09:00", "ce week-end", "2026-11-14 00:00 > 2026-11-16 00:00"),
        ("2026-11-15T10:00", "ce week-end", "2026-11-14 00:00 > 2026-11-16 00:00"),
        ("2026-11-15T10:00", "le week-end dernier", "2026-11-07 00:00 > 2026-11-09 00:00"),
        ("2026-01-01T08:00", "hier", "2025-12-31 00:00 > 2026-01-01 00:00"),
        ("2026-01-01T08:00", "en décembre", "2025-12-01 00:00 > 2026-01-01 00:00"),
        ("2026-01-01T08:00", "le 31", "2025-12-31 00:00 > 2026-01-01 00:00"),
        ("2026-01-01T08:00", "semaine 1", "2025-12-29 00:00 > 2026-01-01 08:00"),
        ("2026-01-01T08:00", "semaine 53", "2020-12-28 00:00 > 2021-01-04 00:00"),
        ("2026-01-01T08:00", "le trimestre dernier", "2025-10-01 00:00 > 2026-01-01 00:00"),
        ("2026-01-01T08:00", "du 20 décembre au 5 janvier", "2025-12-20 00:00 > 2026-01-06 00:00"),
        ("2026-03-31T12:00", "depuis un mois", "2026-02-28 12:00 > 2026-03-31 12:00"),
        ("2028-02-29T12:00", "depuis un an", "2027-02-28 12:00 > 2028-02-29 12:00"),
        ("2026-03-10T12:00", "29 février", "2024-02-29 00:00 > 2024-03-01 00:00"),
        ("2026-11-20T14:00", "depuis 12h", "2026-11-20 12:00 > 2026-11-20 14:00"),
        ("2026-11-20T09:30", "depuis 12h", "2026-11-19 21:30 > 2026-11-20 09:30"),
    ],
)  # fmt: skip
def test_words_follow_the_moment(now: str, text: str, expected: str) -> None:
    assert local(one(text, now)) == expected


@pytest.mark.parametrize(
    ("now", "text", "hours"),
    [
        ("2026-10-25T12:00", "cette nuit", 11),
        ("2026-10-25T12:00", "la nuit du 24 au 25", 11),
        ("2026-10-25T12:00", "aujourd'hui", 25),
        ("2026-10-25T12:00", "entre 2h et 3h", 2),
        ("2026-10-25T12:00", "à 2h", 2),
        ("2026-10-25T12:00", "les 24 dernières heures", 24),
        ("2026-10-25T12:00", "les 2 derniers jours", 49),
        ("2026-10-26T12:00", "depuis hier", 37),
        ("2026-10-28T12:00", "la semaine dernière", 169),
        ("2026-03-29T12:00", "cette nuit", 9),
        ("2026-03-29T12:00", "aujourd'hui", 23),
        ("2026-03-29T12:00", "entre 1h et 4h", 2),
        ("2026-03-29T12:00", "entre 2h et 3h", 0),
        ("2026-03-30T12:00", "hier", 23),
        ("2026-03-29T12:00", "depuis une semaine", 167),
    ],
)
def test_the_clock_change_makes_days_longer_and_shorter(now: str, text: str, hours: int) -> None:
    found = one(text, now)
    assert found.start
    assert found.end
    assert found.end - found.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "UTC", "Australia/Lord_Howe"]
)
def test_days_are_those_of_the_zone(zone: str) -> None:
    there = ZoneInfo(zone)
    found = one("hier", "2026-11-20T00:10", there)
    assert local(found, there) == "2026-11-19 00:00 > 2026-11-20 00:00"
    assert found.start
    assert found.start.tzinfo is UTC


def test_a_time_with_its_own_offset_needs_no_zone() -> None:
    assert one("2026-11-14T08:00Z", "2026-11-20T09:30").start == datetime(2026, 11, 14, 8, tzinfo=UTC)
    assert one("2026-11-14T08:00+05:30", "2026-11-20T09:30").start == datetime(2026, 11, 14, 2, 30, tzinfo=UTC)
    assert one("hier à 8h UTC", "2026-11-20T09:30").start == datetime(2026, 11, 19, 8, tzinfo=UTC)


def test_what_counts_from_now_keeps_its_seconds() -> None:
    now = datetime(2026, 11, 20, 9, 30, 42, 17, tzinfo=PARIS)
    [found] = read_times("les dernières 24h", now, PARIS, "fr").ranges
    assert (found.start, found.end) == (now - timedelta(hours=24), now)
