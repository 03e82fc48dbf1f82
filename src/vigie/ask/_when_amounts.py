"""Numbers and lengths of time, in digits and in words: "48", "quarante-huit", "1h30", "deux heures et demie", "7d"."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.ask._when_patterns import Readings, Scan
from vigie.ask._when_words import GLUED_UNITS, HUNDREDS, NUMBERS, ORDINALS, SECONDS, TENS, UNITS


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit; of several units, in seconds. `clock`: it is written as a time of day ("8h", "1h30")."""

    n: float
    unit: str
    clock: bool = False

    @property
    def seconds(self) -> float:
        return self.n * SECONDS[self.unit]


# ------------------------------------------------------------------ numbers


def read_digits(scan: Scan, i: int) -> Readings:
    number = scan.tokens[i].number
    return [(i + 1, int(number))] if number is not None and number == int(number) else []


def read_number(scan: Scan, i: int) -> Readings:
    """Digits or words: "48", "quarante-huit", "vingt et un", "a couple of", "une quinzaine de"."""
    token = scan.tokens[i]
    if token.number is not None:
        following = scan.tokens[i + 1] if i + 1 < len(scan.tokens) else None
        if (
            following
            and len(following.word) == 3
            and following.word.isdigit()
            and 0 < token.number < 1000
            and following.start == token.end + 1
        ):
            return [(i + 2, token.number * 1000 + int(following.word)), (i + 1, token.number)]  # "1 500"
        return [(i + 1, token.number)]
    if token.word in ("a", "une", "un", "half") or token.word in ("couple", "paire"):
        start = i + (token.word in ("a", "une", "un"))
        if scan.word(start) in ("couple", "paire"):
            return [(start + 1 + (scan.word(start + 1) in ("of", "de", "d")), 2.0)]
        many = NUMBERS.get(scan.word(start), 0)
        if start > i and many in (10, 12, 15, 20, 30) and scan.word(start)[-1] in "en":
            return [(start + 1 + (scan.word(start + 1) in ("de", "d")), float(many))]
    return read_worded(scan, i)


_AFTER_TEN = ("sept", "huit", "neuf")


def read_worded(scan: Scan, i: int) -> Readings:
    total, start = 0, i
    while i < len(scan.tokens):
        word = scan.word(i)
        if word in ("et", "and") and start < i and (scan.word(i + 1) in NUMBERS and total in range(20, 80, 10)):
            i += 1
            continue
        if (word == "vingt" and total == 4) or (word in ("vingts",) and total == 4):
            total = 80
        elif word in TENS and total % 100 == 0:
            total += TENS[word]
        elif word in HUNDREDS and (0 < total < 10 or word == "cent"):
            total = 100 * max(total, 1)
        elif word in NUMBERS and (
            (total >= 20 and total % 10 == 0) or start == i or (total == 10 and word in _AFTER_TEN)
        ):
            total += NUMBERS[word]
        else:
            break
        i += 1
    return [(i, float(total))] if i > start else []


def read_day_number(scan: Scan, i: int) -> Readings:
    """ "14", "1er", "14th"; in words only after its article: "le quatorze", "du deux au cinq"."""
    token = scan.tokens[i]
    if token.word in ("premier", "first"):
        return [(i + 1, 1)]
    number = token.value[0] if "#nth" in token.keys and token.value else token.number
    if isinstance(number, (int, float)) and number == int(number) and 1 <= number <= 31:
        end = i + 1 + (scan.word(i + 1) in ("er", "st", "nd", "rd", "th", "eme"))
        return [(end, int(number))]
    if number is None and scan.word(i - 1) in ("le", "du", "au"):
        return [(end, int(spelled)) for end, spelled in read_worded(scan, i)[:1] if 1 < spelled <= 31]
    return []


def read_year(scan: Scan, i: int) -> Readings:
    number = scan.tokens[i].number
    if number is not None and number == int(number) and 1990 <= number < 2100 and "." not in scan.word(i):
        return [(i + 1, int(number))]
    return []


def read_ordinal(scan: Scan, i: int) -> Readings:
    return [(i + 1, ORDINALS[scan.word(i)])] if scan.word(i) in ORDINALS else []


# ------------------------------------------------------------------ lengths of time


def read_unit(scan: Scan, i: int) -> Readings:
    token = scan.tokens[i]
    touches = token.glued and i > 0 and scan.tokens[i - 1].number is not None
    unit = GLUED_UNITS.get(token.word) if token.word in GLUED_UNITS else UNITS.get(token.word)
    following = scan.tokens[i + 1] if len(token.word) == 1 and i + 1 < len(scan.tokens) else None
    elided = following is not None and following.glued and following.start == token.end + 1 and following.word.isalpha()
    if unit is None or elided:  # "le transfert 4100 s'est bien passé"
        return []
    return [(i + 1, unit)] if token.word not in GLUED_UNITS or touches else []


def _one_amount(scan: Scan, i: int) -> list[tuple[int, float, str, bool]]:
    found = []
    for end, n in read_number(scan, i):
        for stop, unit in read_unit(scan, end) if end < len(scan.tokens) else []:
            found.append((stop, n, unit, scan.word(end) == "h" and scan.tokens[i].number is not None))
    return found


_HALVES = (
    (("une", "demi", "heure"), 1800), (("demi", "heure"), 1800), (("demie", "heure"), 1800), (("une", "demie", "heure"), 1800),
    (("half", "an", "hour"), 1800), (("a", "half", "hour"), 1800), (("half", "hour"), 1800), (("demi", "journee"), 43_200),
    (("une", "demi", "journee"), 43_200), (("half", "a", "day"), 43_200), (("trois", "quarts", "d", "heure"), 2700),
    (("3", "quarts", "d", "heure"), 2700), (("3/4", "d", "heure"), 2700), (("un", "quart", "d", "heure"), 900), (("quart", "d", "heure"), 900),
    (("1/4", "d", "heure"), 900), (("a", "quarter", "of", "an", "hour"), 900), (("quarter", "of", "an", "hour"), 900),
    (("three", "quarters", "of", "an", "hour"), 2700),
)  # fmt: skip
_FORTNIGHTS = {"fortnight": 14, "quinzaine": 15, "huitaine": 8}


def read_amount(scan: Scan, i: int) -> Readings:
    """ "10 min", "1h30", "2 heures et demie", "1 h 30 min", "un quart d'heure", "une quinzaine de jours", "7d"."""
    for phrase, length in _HALVES:
        if all(scan.word(i + n) == word for n, word in enumerate(phrase)):
            return [(i + len(phrase), Amount(length / 60, "minute"))]
    start = i + (scan.word(i) in ("une", "a", "la"))
    if (days := _FORTNIGHTS.get(scan.word(start))) and scan.word(start + 1) != "de":
        return [(start + 1, Amount(days, "day"))]
    found: Readings = []
    for end, n, unit, clock in _one_amount(scan, i):
        found.append((end, Amount(n, unit, clock)))
        if half := _and_a_half(scan, i, end, n, unit):
            found.append(half)
        more_end, seconds, last = end, n * SECONDS[unit], unit
        while (more := _smaller(scan, more_end, last)) is not None:
            more_end, extra, last = more
            seconds += extra
            found.append(
                (more_end, Amount(seconds, "second", clock and last == "minute" and scan.word(more_end - 1).isdigit()))
            )
    if scan.word(i) in ("one", "un", "une", "1") and scan.word(i + 1) == "and" and scan.word(i + 3) == "half":
        found += [
            (end, Amount(1.5, unit)) for end, unit in (read_unit(scan, i + 4) if i + 4 < len(scan.tokens) else [])
        ]
    return sorted(found, key=lambda reading: -reading[0])


def _and_a_half(scan: Scan, i: int, end: int, n: float, unit: str) -> tuple[int, Amount] | None:
    said = (scan.word(end), scan.word(end + 1), scan.word(end + 2))
    if said[:2] in (("et", "demi"), ("et", "demie")):
        return end + 2, Amount(n + 0.5, unit)
    if said[:2] == ("et", "quart"):
        return end + 2, Amount(n + 0.25, unit)
    return (end + 3, Amount(n + 0.5, unit)) if said == ("and", "a", "half") else None


_ORDER = ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "ms")


def _smaller(scan: Scan, end: int, unit: str) -> tuple[int, float, str] | None:
    """What follows in a smaller unit: "30", "30 min", "et 20 secondes"."""
    start = end + (scan.word(end) in ("et", "and"))
    if start >= len(scan.tokens):
        return None
    for stop, n, smaller, _ in _one_amount(scan, start):
        if _ORDER.index(smaller) > _ORDER.index(unit) and scan.tokens[start].word not in ("a", "an", "un", "une"):
            return stop, n * SECONDS[smaller], smaller
    token = scan.tokens[start]
    bare = (
        start == end
        and token.number is not None
        and token.word.isdigit()
        and len(token.word) <= 2
        and token.number < 60
    )
    near = token.glued or (unit == "hour" and scan.closes(start + 1))
    if bare and near and unit in ("hour", "minute"):
        smaller = "minute" if unit == "hour" else "second"
        return start + 1, (token.number or 0) * SECONDS[smaller], smaller
    return None


# What a length of time may begin with.
AMOUNT_KEYS = frozenset({"#n", "couple", "paire", "half", "la", *_FORTNIGHTS, *(phrase[0] for phrase, _ in _HALVES)})
