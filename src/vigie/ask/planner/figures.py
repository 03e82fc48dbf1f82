"""Numbers, durations, instants and tables as people read them, in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.language import Language
from vigie.plan import Bucket

_DAYS: dict[Language, tuple[str, ...]] = {
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS: dict[Language, tuple[str, ...]] = {
    "fr": ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()),  # type: ignore[dict-item]
    "en": ("January February March April May June July August September October November December".split()),  # type: ignore[dict-item]
}
# As a field is called -> as it is written after a number.
SIZE_UNITS: dict[str, dict[Language, str]] = {
    word: {"fr": fr, "en": en}
    for words, fr, en in (
        ("octet octets byte bytes", "o", "B"),
        ("ko kb", "Ko", "KB"),
        ("mo mb", "Mo", "MB"),
        ("go gb", "Go", "GB"),
        ("tb", "To", "TB"),
        ("kib", "Kio", "KiB"),
        ("mib", "Mio", "MiB"),
        ("gib", "Gio", "GiB"),
    )
    for word in words.split()
}
CELL = 80  # characters of a table's cell


def number(value: float, language: Language) -> str:
    """French groups thousands with a narrow space and has a decimal comma."""
    if isinstance(value, float) and not value.is_integer():
        shown = f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        shown = f"{int(value):,}"
    return shown.replace(",", "\u202f").replace(".", ",") if language == "fr" else shown


def percent(share: float, language: Language) -> str:
    shown = f"{100 * share:.1f}"
    return f"{shown.replace('.', ',')} %" if language == "fr" else f"{shown}%"


def duration(seconds: float, language: Language) -> str:
    """Two units at most: 4 min 12 s, 1 h 05 min."""
    if seconds < 60:
        shown = f"{seconds:.3g}"
        return f"{shown.replace('.', ',') if language == 'fr' else shown} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02d} min"
    return f"{hours // 24} {'j' if language == 'fr' else 'd'} {hours % 24} h"


def instant(when: datetime, zone: ZoneInfo, language: Language) -> str:
    """In local time, with its day: jeu. 19/11/2026 20:00."""
    local = when.astimezone(zone)
    seconds = f":{local:%S}" if local.second else ""
    day = f"{local:%d/%m/%Y}" if language == "fr" else f"{local:%Y-%m-%d}"
    return f"{_DAYS[language][local.weekday()]} {day} {local:%H:%M}{seconds}"


def bucket(value: object, kind: Bucket, zone: ZoneInfo, language: Language) -> str:
    """The start of a bucket, as short as it can be said."""
    if kind == "hour_of_day":
        return f"{value} h" if language == "fr" else f"{value}:00"
    if kind == "weekday":
        return _DAYS[language][int(str(value)) - 1]
    if not isinstance(value, datetime):
        return str(value)
    local = value.astimezone(zone)
    if kind == "month":
        return f"{_MONTHS[language][local.month - 1]} {local.year}"
    if kind == "week":
        week = local.isocalendar()
        return f"S{week.week:02d} {week.year}" if language == "fr" else f"W{week.week:02d} {week.year}"
    day = f"{_DAYS[language][local.weekday()]} {local:%d/%m}"
    return f"{day} {local:%H} h" if kind == "hour" else day


def literal(text: object) -> str:
    """A value of the data as it is, inert in Markdown."""
    shown = " ".join(str(text).split())
    if len(shown) > CELL:
        shown = shown[: CELL - 1] + "…"
    shown = shown.replace("`", "'")
    return f"`{shown}`" if shown else "—"


def cell(text: object) -> str:
    """Inside a table: a literal bar would end the cell."""
    return re.sub(r"\|", "\\\\|", str(text))


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    marks = ["---:" if r else "---" for r in right]
    lines = [header, marks, *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)
