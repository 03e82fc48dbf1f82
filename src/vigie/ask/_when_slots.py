"""What patterns have slots for: numbers, lengths of time, clock times, months and weekdays, dates as shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from vigie.ask._when_amounts import (
    AMOUNT_KEYS,
    read_amount,
    read_day_number,
    read_digits,
    read_number,
    read_ordinal,
    read_unit,
    read_worded,
    read_year,
)
from vigie.ask._when_patterns import Grammar, Readings, Scan, Slot
from vigie.ask._when_words import (
    MONTHS,
    ORDINALS,
    PARTS,
    SEASONS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `exact`: its minutes were said. `sure`: nothing else is written so ("8 AM" may be 8 of a thing)."""

    hour: int
    minute: int = 0
    exact: bool = False
    utc: bool = False
    sure: bool = True
    half: bool = False  # morning or evening was said

    @property
    def minutes(self) -> int:
        return self.hour * 60 + self.minute


def _table(table: dict[str, int], without: frozenset[str] = frozenset()) -> Slot:
    def read(scan: Scan, i: int) -> Readings:
        word = scan.word(i)
        return [(i + 1, table[word])] if word in table and word not in without else []

    return read


# ------------------------------------------------------------------ clock times

_WORDED = {"midi": 12, "noon": 12, "midday": 12, "minuit": 0, "midnight": 0}
_HALF_OF_DAY = (
    (("du", "matin"), 0), (("du", "mat"), 0), (("in", "the", "morning"), 0), (("de", "la", "nuit"), 0), (("du", "soir"), 12),
    (("de", "l", "apres-midi"), 12), (("in", "the", "afternoon"), 12), (("in", "the", "evening"), 12), (("at", "night"), 12),
    (("am",), 0), (("pm",), 12),
)  # fmt: skip


def _clock(scan: Scan, i: int) -> Readings:
    """8h, 8h30, 8 h 30, 08:00, 20 heures, 8am, 8:30 pm, midi, minuit et demi, half past 8, 3h du matin, 8h UTC."""
    found: Readings = []
    for end, clock in _plain_clock(scan, i):
        if clock.hour > 24 or clock.minute > 59 or (clock.hour == 24 and clock.minute):
            continue
        end, clock = _half_of_day(scan, end, clock)
        if scan.word(end) in ("utc", "gmt", "z"):
            end, clock = end + 1, replace(clock, utc=True)
        found.append((end + (scan.word(end) in ("pile", "sharp", "precises", "precise")), clock))
    return found


def _half_of_day(scan: Scan, end: int, clock: Clock) -> tuple[int, Clock]:
    """With the words that say which half of the day it is of."""
    for words, shift in _HALF_OF_DAY:
        if clock.half or not clock.hour or any(scan.word(end + n) != word for n, word in enumerate(words)):
            continue
        hour = clock.hour
        if hour < 12 or (hour == 12 and len(words) == 1):
            hour = hour % 12 + shift
        sure = len(words) > 1 or clock.exact or scan.tokens[end].glued
        return end + len(words), replace(clock, hour=hour, sure=sure, half=True)
    return end, clock


def _plain_clock(scan: Scan, i: int) -> list[tuple[int, Clock]]:
    token = scan.tokens[i]
    if "#clock" in token.keys:
        hour, minute, utc = token.value
        half = token.word.endswith("m")
        return [(i + 1, Clock(int(hour or 0), int(minute or 0), True, bool(utc), True, half))]
    if token.word in _WORDED:
        late = scan.word(i + 1) == "et" and scan.word(i + 2) in ("demi", "demie")
        return [(i + 3, Clock(_WORDED[token.word], 30, True))] if late else [(i + 1, Clock(_WORDED[token.word]))]
    if (minute := {"half": 30, "quarter": 15}.get(token.word)) and scan.word(i + 1) == "past":
        return [
            (i + 3, Clock(h, minute, True)) for _, h in (read_digits(scan, i + 2) if i + 2 < len(scan.tokens) else [])
        ]
    numbers = read_digits(scan, i) or [
        (end, int(n)) for end, n in read_worded(scan, i) if scan.word(end) in ("heures", "heure")
    ]
    found: list[tuple[int, Clock]] = []
    for end, hour in numbers:
        if hour > 24:
            continue
        if scan.word(end) in ("h", "heure", "heures", "oclock", "hrs", "hr"):
            found += [*_minutes(scan, end + 1, hour), (end + 1, Clock(hour))]
        elif any(all(scan.word(end + n) == word for n, word in enumerate(words)) for words, _ in _HALF_OF_DAY):
            found.append((end, Clock(hour, sure=False)))
    return found


def _minutes(scan: Scan, i: int, hour: int) -> list[tuple[int, Clock]]:
    word, then = scan.word(i), scan.word(i + 1)
    if word == "et" and then in ("demie", "demi", "quart"):
        return [(i + 2, Clock(hour, 15 if then == "quart" else 30, True))]
    if word == "moins" and then in ("le", "un") and scan.word(i + 2) == "quart":
        return [(i + 3, Clock((hour - 1) % 24, 45, True))]
    if len(word) == 2 and word.isdigit() and int(word) < 60 and (scan.tokens[i].glued or scan.closes(i + 1)):
        end = i + 1 + (then in ("min", "mn", "m") and scan.tokens[i + 1].glued)
        return [(end, Clock(hour, int(word), True))]
    return []


# ------------------------------------------------------------------ shapes


def _valued(key: str) -> Slot:
    def read(scan: Scan, i: int) -> Readings:
        token = scan.tokens[i]
        return [(i + 1, token.value)] if key in token.keys else []

    return read


def _hour(scan: Scan, i: int) -> Readings:
    return [(end, n) for end, n in read_digits(scan, i) if n <= 24]


def _part(scan: Scan, i: int) -> Readings:
    return [(i + 1, (scan.word(i), *PARTS[scan.word(i)]))] if scan.word(i) in PARTS else []


def _season(scan: Scan, i: int) -> Readings:
    return [(i + 1, SEASONS[scan.word(i)])] if scan.word(i) in SEASONS else []


def _rank(scan: Scan, i: int) -> Readings:
    value = scan.tokens[i].value
    return [(i + 1, value[0])] if "#nth" in scan.tokens[i].keys and value else []


_LONGEST_EVENT = 4  # words


def _event(scan: Scan, i: int) -> Readings:
    """ "incident", "mise en prod": words that say no time, the shortest run first."""
    found: Readings = []
    for k in range(i, min(i + _LONGEST_EVENT, len(scan.tokens))):
        token = scan.tokens[k]
        said = token.name or (token.word.isalpha() and len(token.keys) == 1)
        if not said or token.word in ("a", "et", "ou", "and", "or", "il", "elle"):
            break
        found.append((k + 1, scan.word(i)))
    return found


_NUMERIC = frozenset({"#n", "couple", "paire", "half"})
_SLOTS: dict[str, tuple[frozenset[str], Callable[[Scan, int], Readings]]] = {
    "n": (_NUMERIC, read_number),
    "digits": (frozenset({"#n"}), read_digits),
    "d": (frozenset({"#n", "#nth", "premier", "first"}), read_day_number),
    "year": (frozenset({"#n"}), read_year),
    "nth": (frozenset({"#nth", *ORDINALS}), read_ordinal),
    "rank": (frozenset({"#nth"}), _rank),
    "event": (frozenset(), _event),
    "amount": (AMOUNT_KEYS, read_amount),
    "unit": (frozenset({"#unit"}), read_unit),
    "month": (frozenset({"#month"}), _table(MONTHS)),
    "weekday": (frozenset({"#weekday"}), _table(WEEKDAYS, SHORT_WEEKDAYS)),
    "wd": (frozenset({"#weekday"}), _table(WEEKDAYS)),
    "clock": (frozenset({"#clock", "#n", "half", "quarter", *_WORDED}), _clock),
    "hour": (frozenset({"#n"}), _hour),
    "part": (frozenset({"#part"}), _part),
    "season": (frozenset({"#season"}), _season),
    "date": (frozenset({"#date"}), _valued("#date")),
    "ym": (frozenset({"#ym"}), _valued("#ym")),
    "code": (frozenset({"#code"}), _valued("#code")),
}  # fmt: skip

grammar = Grammar(_SLOTS)
rule = grammar.rule
