"""Times of questions, in French and English: ranges in the configured zone, half open; durations; what is too vague.

A grammar and no library: none returns ranges. Rules are tried at every word from the longest reading to the
shortest; the first that reads takes its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from vigie.ask import _when_periods as periods
from vigie.ask import _when_rules as rules
from vigie.ask._when_days import Now
from vigie.ask._when_rules import Found
from vigie.ask._when_words import NUMBER, SECONDS, UNIT, UNIT_OF, fold_places, number
from vigie.ask.language import Language

LONGEST = 5_000  # characters of a question that are read for times

Kind = Literal["range", "since", "before"]


@dataclass(frozen=True, slots=True)
class When:
    """`at`: offsets in the text. `convention`: a key of CONVENTIONS. `strong`: False for a short code without a cue
    word ("T3", "S42"), which a known value of the data takes over."""

    start: datetime | None
    end: datetime | None
    phrase: str
    at: tuple[int, int]
    convention: str
    kind: Kind = "range"
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Vague:
    """A time that says no time: to be asked back."""

    phrase: str
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Duration:
    """How long, not when. `compare` None: exactly so long."""

    seconds: float
    phrase: str
    at: tuple[int, int]
    compare: Literal["gt", "ge", "lt", "le"] | None = None


@dataclass(frozen=True, slots=True)
class Times:
    ranges: tuple[When, ...] = ()
    vague: tuple[Vague, ...] = ()
    durations: tuple[Duration, ...] = ()


CONVENTIONS: dict[str, dict[Language, str]] = {
    "night": {"fr": "Une nuit va de 20 h à 6 h", "en": "A night goes from 20:00 to 06:00"},
    "part_of_day": {
        "fr": "Le matin va de 6 h à 12 h, l'après-midi de 12 h à 18 h, le soir de 18 h à 24 h",
        "en": "Morning is 06:00 to 12:00, afternoon 12:00 to 18:00, evening 18:00 to 24:00",
    },
    "rolling": {"fr": "Les N derniers jours vont à la minute près jusqu'à maintenant", "en": "The last N days are rolling, to the minute, up to now"},
    "iso_week": {"fr": "Une semaine va du lundi au dimanche", "en": "A week goes from Monday to Sunday"},
    "iso_week_to_now": {"fr": "Cette semaine va du lundi 0 h à maintenant", "en": "This week goes from Monday 00:00 to now"},
    "calendar_month": {"fr": "Un mois est un mois du calendrier", "en": "A month is a calendar month"},
    "calendar_month_to_now": {"fr": "Ce mois-ci va du 1er à maintenant", "en": "This month goes from the 1st to now"},
    "past_month": {"fr": "Un mois sans année est le plus récent", "en": "A month without a year is the most recent one"},
    "part_of_month": {"fr": "Début : du 1er au 10 ; mi : du 11 au 20 ; fin : à partir du 21", "en": "Early: 1st to 10th; mid: 11th to 20th; late: from the 21st"},
    "past_weekday": {"fr": "Un jour de la semaine est le plus récent", "en": "A weekday is the most recent one"},
    "past_date": {"fr": "Une date sans année est la plus récente", "en": "A date without a year is the most recent one"},
    "day_first": {"fr": "Le jour vient avant le mois", "en": "The day comes before the month"},
    "weekend": {"fr": "Le week-end va du samedi 0 h au dimanche 24 h", "en": "The weekend is Saturday and Sunday"},
    "quarter": {"fr": "Un trimestre sans année est le plus récent", "en": "A quarter without a year is the most recent one"},
    "around": {"fr": "« Il y a N heures » : l'heure autour de cet instant", "en": '"N hours ago": the hour around that instant'},
    "hour": {"fr": "Une heure dite seule dure une heure", "en": "An hour said alone lasts an hour"},
    "minute": {"fr": "Une heure dite avec ses minutes dure une minute", "en": "A time said with its minutes lasts a minute"},
    "whole_days": {"fr": "Le dernier jour est compris", "en": "The last day is included"},
    "older_than": {"fr": "Commencé avant cet instant", "en": "Begun before that instant"},
}  # fmt: skip

_VAGUE = re.compile(
    r"(?:tres\s+)?recemment|dernierement|ces\s+temps(?:[- ]ci|\s+derniers)|ces\s+derniers\s+temps|il\s+y\s+a\s+(?:quelques?|un\s+(?:certain\s+)?(?=temps|moment)|peu\s+de|pas\s+longtemps|longtemps)\s*"
    r"(?:temps|jours|heures|semaines|mois|moment)?|depuis\s+(?:quelques?\s+(?:temps|jours|heures|semaines|mois)|peu|longtemps|un\s+moment|un\s+(?:certain\s+)?temps)|naguere|autrefois|a\s+l'instant|tout\s+a\s+l'heure|"
    r"ces\s+(?:derniers\s+jours|dernieres\s+(?:heures|semaines)|derniers\s+mois)|les\s+derniers\s+jours|les\s+dernieres\s+(?:heures|semaines)|"
    r"recently|lately|a\s+while\s+(?:ago|back)|some\s+time\s+ago|not\s+long\s+ago|long\s+ago|these\s+days|(?:a\s+)?few\s+(?:days|hours|weeks|minutes|months)\s+ago|"
    r"(?:in\s+|over\s+)?the\s+(?:last|past)\s+(?:few\s+)?(?:days|weeks|hours|months)|in\s+recent\s+(?:days|weeks|times|months)|of\s+late|"
    r"some\s+days\s+ago|for\s+(?:a\s+while|some\s+time)|the\s+other\s+day|l'autre\s+jour|prochainement|bientot|soon"
)
_COMPARE = (
    ("ge", r"au\s+moins|at\s+least|>=|≥|minimum|no\s+less\s+than"),
    ("le", r"au\s+plus|at\s+most|<=|≤|maximum|no\s+more\s+than|pas\s+plus\s+d[e']"),
    ("gt", r"plus\s+d[e']|plus\s+qu[e']|depasse(?:nt|ant)?|excede(?:nt)?|superieure?s?\s+a|au[- ]dessus\s+d[e']|au[- ]dela\s+d[e']|more\s+than|over|above|longer\s+than|greater\s+than|exceed(?:s|ed|ing)?|>"),
    ("lt", r"moins\s+d[e']|moins\s+qu[e']|inferieure?s?\s+a|en\s+dessous\s+d[e']|less\s+than|under|below|shorter\s+than|within|<"),
)  # fmt: skip
_BOUND = "|".join(f"(?P<{name}>{words})" for name, words in _COMPARE)
_AMOUNT = rf"(?P<n>\d+(?:[.,]\d+)?|{NUMBER})\s?(?P<unit>{UNIT})"
_DURATION = re.compile(
    rf"(?:(?:{_BOUND})\s*)?(?:(?P<h>\d{{1,3}})\s?h\s?(?P<m>[0-5]\d)(?!\d)|{_AMOUNT}(?:\s*(?:et\s+)?(?P<n2>\d{{1,2}})\s?(?P<unit2>{UNIT}))?(?P<half>\s+et\s+demie?|\s+and\s+a\s+half)?"
    rf"|(?P<quarter>un\s+quart\s+d'heure|a\s+quarter\s+of\s+an\s+hour)|(?P<halfhour>une\s+demi[- ]heure|half\s+an\s+hour))\b"
)
_TIME_UNITS = {**SECONDS, "month": 30 * 86_400, "year": 365 * 86_400}
_RULES: tuple[Callable[[str, int, Now], Found | None], ...] = (
    rules.between, rules.since, rules.before, rules.night, periods.rolling, periods.ago, rules.part_of_day, rules.day_and_clock,
    periods.calendar, periods.numbered, rules.clock_alone, periods.month,
)  # fmt: skip
_LEAD = re.compile(
    r"(?:(?:dans|durant|pendant|au\s+cours\s+de|during|on|for|du|de|d'|pour|en\s+date\s+du|dated|l'|the|qu')\s*)+"
)
_WORD = re.compile(r"[^\W_]+")


def read_times(
    text: str, now: datetime, zone: ZoneInfo, language: Language, taken: Sequence[tuple[int, int]] = ()
) -> Times:
    """Every time in the text, in order. `taken`: places of known values of the data, where only strong times win."""
    folded = fold_places(text[:LONGEST])
    here = Now(now.astimezone(zone).replace(second=0, microsecond=0), zone)
    ranges: list[When] = []
    vague: list[Vague] = []
    durations: list[Duration] = []
    at = 0
    while at < len(folded):
        if not _starts_word(folded, at):
            at += 1
            continue
        if blocked := next((end for start, end in taken if start <= at < end), None):
            at = blocked
            continue
        if (found := _VAGUE.match(folded, at)) and _ends_word(folded, found.end()):
            vague.append(Vague(text[at : found.end()], (at, found.end())))
            at = found.end()
            continue
        if both := _BETWEEN.match(folded, at):
            durations += _both_ends(both, text)
            at = both.end()
            continue
        if duration := _duration(folded, text, at):
            durations.append(duration)
            at = duration.at[1]
            continue
        if when := _when(folded, text, at, here, taken):
            ranges.append(when)
            at = when.at[1]
            continue
        at = _next_word(folded, at)
    return Times(tuple(ranges), tuple(vague), tuple(durations))


def _when(folded: str, text: str, at: int, now: Now, taken: Sequence[tuple[int, int]]) -> When | None:
    if folded[at].isdigit() and at and folded[at - 1] in "./-_:":
        return None  # inside of a number, a version, a path
    if (at and folded[at - 1] in "_/\\@.#") or (at > 1 and folded[at - 1] == "-" and folded[at - 2].isalnum()):
        return None
    starts = [at]
    if lead := _LEAD.match(folded, at):
        starts.append(lead.end())
    for start in starts:
        for rule in _RULES:
            try:
                found = rule(folded, start, now)
            except (ValueError, OverflowError):
                continue  # a date that does not exist
            if found is None or not _ends_word(folded, found.stop) or _identifier(folded, found.stop):
                continue
            if found.start and found.end and found.start > found.end:
                continue
            if not found.strong and any(start < end and found.stop > first for first, end in taken):
                continue
            if not found.strong and not _alone(folded, at):
                continue
            phrase = text[start : found.stop].rstrip()
            at_ = (start, start + len(phrase))
            return When(found.start, found.end, phrase, at_, found.convention, found.kind, found.strong)
    return None


# What a short code names rather than a time: "serveur S42", "instance t2", "run 3/4".
_NAMED = re.compile(
    r"(?:serveur|server|host|instance|node|noeud|machine|file|queue|run|lot|batch|job|flux|flow|vm|port|code|table|service)\s+$"
)


def _alone(folded: str, at: int) -> bool:
    return not _NAMED.search(folded[max(0, at - 12) : at])


def _duration(folded: str, text: str, at: int) -> Duration | None:
    found = _DURATION.match(folded, at)
    if found is None or not _ends_word(folded, found.end()):
        return None
    compare = next((name for name, _ in _COMPARE if found[name]), None)
    if re.search(
        r"(?:depuis|since|for|il\s+y\s+a|sur|over|last|past|derniers?|dernieres?|les|ces)\s+$", folded[:at]
    ) or re.match(r"\s+(?:ago|plus\s+tot|earlier)\b", folded[found.end() :]):
        return None
    if found["n"] and not compare and not _measured(folded, at, found):
        return None
    if found["h"] and not compare and not _measured(folded, at, found):
        return None
    return Duration(_seconds(found), text[at : found.end()], (at, found.end()), compare)  # type: ignore[arg-type]


_BETWEEN = re.compile(
    rf"(?:entre|between|de|from)\s+(?P<a>\d+(?:[.,]\d+)?)\s?(?P<u>{UNIT})?\s+(?:et|and|a|to)\s+(?P<b>\d+(?:[.,]\d+)?)\s?"
    r"(?P<v>secondes?|seconds?|sec|min|mn|minutes?|heures|hours)\b"
)


def _both_ends(found: re.Match[str], text: str) -> list[Duration]:
    """ "entre 5 et 10 minutes": at least five, less than ten; both have the last unit unless the first has its own."""
    unit = UNIT_OF[found["v"]]
    low = float(found["a"].replace(",", ".")) * _TIME_UNITS[UNIT_OF[found["u"]] if found["u"] else unit]
    high = float(found["b"].replace(",", ".")) * _TIME_UNITS[unit]
    middle = found.end("u") if found["u"] else found.end("a")
    first, last = (found.start(), middle), (middle, found.end())
    return [Duration(low, text[slice(*first)], first, "ge"), Duration(high, text[slice(*last)].strip(), last, "lt")]


def _measured(folded: str, at: int, found: re.Match[str]) -> bool:
    """A bare "2h" is a clock time, a bare "3 jours" a period: only a verb of lasting makes a duration of it."""
    return bool(
        re.search(r"(?:dure|duree?s?\s+(?:de|est|was|is|=)|lasted|took|takes|mis|prend|pris|=)\s*$", folded[:at])
    )


def _seconds(found: re.Match[str]) -> float:
    if found["quarter"]:
        return 900.0
    if found["halfhour"]:
        return 1800.0
    if found["h"]:
        return int(found["h"]) * 3600.0 + int(found["m"]) * 60
    amount = found["n"].replace(",", ".")
    value = float(amount) if amount[0].isdigit() else float(number(amount))
    unit = _TIME_UNITS[UNIT_OF[found["unit"]]]
    seconds = value * unit + (0.5 * unit if found["half"] else 0)
    if found["n2"] and found["unit2"]:
        seconds += int(found["n2"]) * _TIME_UNITS[UNIT_OF[found["unit2"]]]
    return seconds


def _starts_word(text: str, at: int) -> bool:
    return (text[at].isalnum() or text[at] in "<>≥≤") and not (at and (text[at - 1].isalnum() or text[at - 1] == "_"))


def _ends_word(text: str, at: int) -> bool:
    return at >= len(text) or not (text[at].isalnum() or text[at] == "_") or not text[at - 1].isalnum()


def _identifier(text: str, at: int) -> bool:
    """Does the word go on as an identifier does? "avr-01", "10.0.0.12"."""
    return bool(re.match(r"[-./:][a-z0-9_]", text[at : at + 2])) and not re.match(
        r"-(?:ci|la|t|il|ils|elle|on)\b", text[at:]
    )


def _next_word(text: str, at: int) -> int:
    found = _WORD.match(text, at)
    return found.end() if found else at + 1
