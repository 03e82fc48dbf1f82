"""Times of questions, in French and English: ranges in the configured zone, half open; lengths; what is too vague.

A grammar and no library: none returns ranges. The question is cut into tokens once (`_when_tokens`); rules are
patterns over these (`_when_patterns` says how they are written) that give a time of the calendar (`_when_calendar`).
The longest reading at the first place takes its words, then reading goes on after it. Where words have several
readings a convention decides, and CONVENTIONS says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from vigie.ask import (
    _when_ahead,
    _when_clocks,
    _when_dates,
    _when_days,
    _when_named,
    _when_parts,
    _when_periods,
    _when_ranges,
    _when_rolling,
    _when_since,
)
from vigie.ask._when_calendar import Calendar, Found, Kind
from vigie.ask._when_conventions import CONVENTIONS
from vigie.ask._when_durations import Long
from vigie.ask._when_lists import Several
from vigie.ask._when_patterns import Scan, Spent
from vigie.ask._when_slots import grammar
from vigie.ask._when_tokens import MOST, Token, tokenise
from vigie.ask._when_words import word_set
from vigie.ask.language import Language

__all__ = ["CONVENTIONS", "LONGEST", "Duration", "Times", "Vague", "When", "read_times"]

LONGEST = 20_000  # characters of a question that are read for times
EFFORT = 8_000  # steps; a question of 15 words takes some 500, what takes more is no question
# The modules whose rules the grammar is made of.
RULES = (
    _when_dates,
    _when_days,
    _when_parts,
    _when_clocks,
    _when_periods,
    _when_named,
    _when_rolling,
    _when_ahead,
    _when_ranges,
    _when_since,
)


@dataclass(frozen=True, slots=True)
class When:
    """A range, half open; None is an open end.

    `at`: its place in the text, `phrase` its words there. `convention`: the key in CONVENTIONS of the rule that
    decided. `kind`: "since" is a start that runs to now (open when it lies ahead), "before" an end, with an open or a
    conventional start, "range" all else. `strong`: False for a short code without a word that makes a time of it
    ("T3", "S42", "2024", "3/4"), which a known value of the data takes over.
    """

    start: datetime | None
    end: datetime | None
    phrase: str
    at: tuple[int, int]
    convention: str
    kind: Kind = "range"
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Vague:
    """A time that is no single range, to be asked back: "récemment", "a few days ago", "chaque lundi"."""

    phrase: str
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Duration:
    """How long, not when. `compare` is None where nothing compares: "1h30", "90 s"."""

    seconds: float
    phrase: str
    at: tuple[int, int]
    compare: Literal["gt", "ge", "lt", "le", "eq"] | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """In order of place, none over another. `whole`: all of the text was read. `now`: when; `ahead`: as of what is to
    come, so that "décembre" is the next one. `today`: when the day began, in its zone."""

    ranges: tuple[When, ...] = ()
    vague: tuple[Vague, ...] = ()
    durations: tuple[Duration, ...] = ()
    whole: bool = True
    now: datetime | None = field(default=None, compare=False)
    ahead: bool = field(default=False, compare=False)
    today: datetime | None = field(default=None, compare=False)


# The later in this row wins among readings of the same length.
_NAMES = (
    "clock_alone",
    "duration",
    "ago",
    "rolling",
    "portion",
    "period",
    "month_",
    "week",
    "day",
    "before",
    "since",
    "range",
    "moment",
    "slot",
    "list",
    "vague",
)
_OF = word_set("de du des d")
# Taken into the phrase when they stand before it.
_LEADS = word_set("en in sur over during pendant durant dans within on courant throughout toute tout all")


def read_times(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    language: Language,
    taken: Sequence[tuple[int, int]] = (),
    *,
    ahead: bool = False,
) -> Times:
    """Every time in the text. `taken`: places of known values of the data, where only strong times are read, and none
    that a longer value holds. `ahead`: as `Times`. Never raises; of a text longer than LONGEST the rest is not read."""
    aware = now if now.tzinfo is not None else now.replace(tzinfo=zone)
    tokens = tokenise(text[:LONGEST], grammar.words)
    try:
        scan = Scan(tokens, Calendar(aware.astimezone(zone), zone, ahead), language, EFFORT)
    except OverflowError:
        return Times()
    return _Reading(text, scan, taken).read()


class _Reading:
    """One question from its first token to its last."""

    def __init__(self, text: str, scan: Scan, taken: Sequence[tuple[int, int]]) -> None:
        self.text, self.scan, self.taken = text, scan, taken
        self.ranges: list[When] = []
        self.vague: list[Vague] = []
        self.durations: list[Duration] = []
        self.end = 0  # of what was read
        self.named: Found | None = None  # the time before, that "la veille" and "the week before" count from

    def read(self) -> Times:
        i = 0
        near = _near_times(self.scan.tokens)
        whole = len(self.text) <= LONGEST and len(near) < MOST
        try:
            while i < len(near):
                i = self._at(i) if near[i] else i + 1
        except Spent:
            whole = False
        calendar = self.scan.calendar
        found = tuple(self.ranges), tuple(self.vague), tuple(self.durations)
        return Times(*found, whole, calendar.now, calendar.ahead, calendar.at(calendar.today).astimezone(calendar.zone))

    def _at(self, i: int) -> int:
        """Read what begins at this token; the token to go on from."""
        best: tuple[int, int, object] | None = None
        for rank, name in enumerate(_NAMES):
            for end, value in grammar.read(name, self.scan, i):
                if (best is None or (end, rank) > best[:2]) and self._free(i, end, value):
                    best = end, rank, value
        if best is None:
            return i + 1
        end, _, value = best
        if isinstance(value, Several):
            for found, first, last in value.parts:
                self._add(found, first, last)
        elif isinstance(value, Long):
            for seconds, compare, first, last in value.parts:
                self.durations.append(Duration(seconds, *self._place(first, last), compare))
        elif isinstance(value, Found) and not value.vague:
            self._add(value, i, end)
        else:
            self.vague.append(Vague(*self._place(i, end)))
        self.end = self.scan.tokens[end - 1].end
        return end

    def _add(self, found: Found, i: int, end: int) -> None:
        if found.back:
            found = self._counted_back(found)
        self.named = found
        while i and self.scan.word(i - 1) in _LEADS and self._unread(i - 1):
            i -= 1
        of = i if self.scan.word(i) in _OF else i - 1  # "au cours de la semaine dernière"
        if self.scan.word(of) in _OF and self._unread(of - 1):
            two = (self.scan.word(of - 2), self.scan.word(of - 1))
            i = of - 2 if two == ("au", "cours") else of - 1 if two[1] == "lors" else i
        phrase, at = self._place(i, end)
        self.ranges.append(When(found.start, found.end, phrase, at, found.convention, found.kind, found.strong))

    def _counted_back(self, found: Found) -> Found:
        """ "hier vs la veille" is the day before yesterday."""
        named, calendar = self.named, self.scan.calendar
        unit = found.unit or (named.unit if named else "") or "week"
        if named is None or named.first is None or named.unit != unit:
            return found if found.unit else replace(found, unit="week")
        try:
            return calendar.before_named(found, named)
        except (KeyError, ValueError, OverflowError):  # no such unit, or before all calendars
            return found

    def _unread(self, i: int) -> bool:
        start = self.scan.tokens[i].start
        return start >= self.end

    def _free(self, i: int, end: int, value: object) -> bool:
        """Nothing weak where a known value stands, nothing at all inside of a longer one. A bare length that is a
        value, such as a slot 22H00, is no length."""
        if not self.taken:
            return True
        start, stop = self.scan.tokens[i].start, self.scan.tokens[end - 1].end
        parts = [found for found, _, _ in value.parts] if isinstance(value, Several) else [value]
        strong = all(part.strong and not part.vague for part in parts if isinstance(part, Found))
        if isinstance(value, Long) and (start, stop) in self.taken:
            strong = any(compare for _, compare, _, _ in value.parts)
        for first, last in self.taken:
            if first < start < last < stop:
                return False  # "J. | Dupuis this month"
            if (
                first < stop
                and start < last
                and (not strong or (first <= start and stop <= last and last - first > stop - start))
            ):
                return False
        return True

    def _place(self, i: int, end: int) -> tuple[str, tuple[int, int]]:
        at = self.scan.tokens[i].start, self.scan.tokens[end - 1].end
        return self.text[at[0] : at[1]], at


_AHEAD = 6  # words from the first word of a time to the one that makes a time of it


def _near_times(tokens: Sequence[Token]) -> list[bool]:
    """Is a word of times here or close after? Most words of a long text are not worth a rule."""
    near, distance = [False] * len(tokens), _AHEAD + 1
    for i in range(len(tokens) - 1, -1, -1):
        token = tokens[i]
        distance = 0 if _tells(token) else distance + 1
        near[i] = distance <= _AHEAD
    return near


def _tells(token: Token) -> bool:
    if token.word in _ARTICLES:
        return False
    return token.word in _TELLING or len(token.keys) > 1 or (not token.name and token.keys[0][0] == "#")


_ARTICLES = word_set("a un une one")
_TELLING = frozenset(word for word in grammar.words if word[0].isalpha()) - word_set(
    "a au aux le la les l de du d des the of in on en et and or ou un une ce cet cette par sur dans for to is are was were plus moins que qu "
    "y il pas no not at as with from this , - ="
)
