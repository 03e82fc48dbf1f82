"""Which field of a collection says when a run started, and that time of one record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from bson import Timestamp

from vigie.chunk.paths import flatten, lookup, words

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PRESENT = 0.5  # of the records must have the field

# How well a word of a field's name says "start"; the best of a path's last name counts.
_STARTS = {
    **dict.fromkeys(("start", "started", "begin", "began", "debut", "launch", "launched", "lancement", "demarrage"), 6),
    **dict.fromkeys(("occurred", "occurrence", "survenu", "survenue", "timestamp", "horodatage", "ts", "event"), 5),
    **dict.fromkeys(
        ("date", "datetime", "time", "heure", "at", "day", "jour", "moment", "run", "execution", "logged"), 4
    ),
    **dict.fromkeys(("created", "creation", "inserted", "submitted", "received", "recu"), 3),
}
_NOT_STARTS = {
    **dict.fromkeys(
        ("end", "ended", "fin", "finish", "finished", "stop", "stopped", "completed", "termine", "closed"), 2
    ),
    **dict.fromkeys(("updated", "modified", "maj", "modification", "resolved", "resolution"), 1),
    **dict.fromkeys(
        ("due", "expiry", "expires", "expired", "echeance", "deadline", "birth", "naissance", "valeur", "next"), 0
    ),
}


def millis(moment: datetime) -> int:
    """Epoch milliseconds, rounded down."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def time_path(sample: Sequence[Mapping[str, Any]]) -> str | None:
    """The field that tells when a run started; None where none holds times in half of the records."""
    counts: dict[str, list[int]] = {}
    for body in sample:
        for path, value in flatten(body):
            told = counts.setdefault(path, [0, 0])
            if value is not None:
                told[0] += 1
                told[1] += _is_time(value, _rank(path) is not None)
    best: tuple[int, float, int, str] | None = None
    for order, (path, (present, times)) in enumerate(counts.items()):
        if not present or times < 0.9 * present or present < _PRESENT * len(sample):
            continue
        rank = _rank(path)
        candidate = (-(1 if rank is None else rank), -round(present / len(sample), 1), order, path)
        if rank != 0 and (best is None or candidate < best):
            best = candidate
    return best[3] if best else None


def _rank(path: str) -> int | None:
    """How well the name says "start": 6 to 1, 0 for a time that is never when a run was; None when it says nothing."""
    found = words(path.rpartition(".")[2])
    for word in found:
        if word in _NOT_STARTS:
            return _NOT_STARTS[word]
    ranks = [_STARTS[word] for word in found if word in _STARTS]
    return max(ranks) if ranks else None


def _is_time(value: Any, named: bool) -> bool:
    """Bare numbers and ObjectIds are times only where the name says so."""
    if isinstance(value, (int, float)) and not named:
        return False
    moment = _read(value, UTC)
    return moment is not None and 1990 <= moment.year <= 2100


def record_time(body: Mapping[str, Any], path: str | None, zone: tzinfo = UTC) -> datetime | None:
    """The record's time in UTC; None where it is absent or no time.

    Reads dates, ISO 8601 and d/m/y texts (on the clock of `zone` when they carry no offset), and numbers since 1970
    in seconds, milli-, micro- or nanoseconds, told apart by their size.
    """
    if path is None:
        return None
    value = lookup(body, path)
    return None if value is None else _read(value, zone)


def _read(value: Any, zone: tzinfo) -> datetime | None:
    try:
        if isinstance(value, datetime):
            # pymongo's naive dates are UTC
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, str):
            return _read_text(value.strip(), zone)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _EPOCH + timedelta(seconds=value / _unit(abs(value)))
        if isinstance(value, Timestamp):
            return _EPOCH + timedelta(seconds=value.time)
    except (ValueError, OverflowError):
        return None
    return None


def _unit(size: float) -> float:
    """Parts of a second, by magnitude: 1e11 s is the year 5138, 1e11 ms the year 1973."""
    return 1.0 if size < 1e11 else 1e3 if size < 1e14 else 1e6 if size < 1e17 else 1e9


_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ,]+(.+))?\Z")
_LIKE_A_TIME = re.compile(r"\d{4}[-/]?\d{2}[-/]?\d{2}(?:[T ]\d|\Z)|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def _read_text(text: str, zone: tzinfo) -> datetime | None:
    if len(text) > 40 or not _LIKE_A_TIME.match(text):
        return None
    if day_first := _DAY_FIRST.match(text):
        day, month, year, clock = day_first.groups()
        text = f"{year}-{month:0>2}-{day:0>2}" + (f"T{clock}" if clock else "")
    moment = datetime.fromisoformat(text.replace("/", "-").replace(",", ".").replace(" Z", "Z").replace(" +", "+"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
