"""A question as tokens: folded words and numbers with their places; names and codes stay whole, so that nothing
inside of MICRO_ONDE_S42, ORA-00942, 10.0.0.12 or avr-01 is ever read as a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vigie.ask._when_words import (
    ALIASES,
    GLUED_UNITS,
    MONTHS,
    NUMBERS,
    PARTS,
    SEASONS,
    TENS,
    UNITS,
    WEEKDAYS,
    fold,
    one_letter_off,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """`value` of a shape: a date is (year or None, month, day, hour or None, minute, offset in minutes or None), a
    clock time (hour, minute), a code (letter, number, year or None), "2026-11" is (2026, 11). `keys`: the word and
    the classes that it is in. `glued`: nothing between it and the token before."""

    word: str
    start: int
    end: int
    keys: tuple[str, ...]
    number: float | None = None
    value: tuple[int | str | None, ...] = ()
    glued: bool = False
    name: bool = False  # opaque: an identifier, an unknown compound
    capital: bool = False  # all of its letters are capitals


_CHUNK = re.compile(
    r"\w+(?:(?:[.\-/:@\\#+'&]|(?<=\d),(?=\d))\w+)*|>=|<=|->|\.{2,3}|[()\[\]]|[<>=+~#@/,&°→≤≥%.?:-]|[^\w\s]+"
)
_ISO = re.compile(
    r"([12]\d{3})[-/]([01]\d)[-/]([0-3]\d)(?:t([0-2]\d)(?::?([0-5]\d)(?::?\d\d(?:[.,]\d+)?)?)?(z|[+-]\d\d:?\d\d)?)?"
)
_COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])")
_ISO_MONTH = re.compile(r"(20\d\d)[-/](0[1-9]|1[0-2])|(0[1-9]|1[0-2])/(20\d\d)")
_DATE = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d\d)|(\d{1,2})/(\d{1,2})")
_ROUND_THE_CLOCK = frozenset({"24/24", "7/7", "24/7"})
_CLOCK = re.compile(r"(\d{1,2})[:.]([0-5]\d)(?::[0-5]\d(?:[.,]\d+)?)?(z|am|pm)?")
_CODE = re.compile(r"(cw|kw|wk|sem|semaine|week|[stqwhjdmn])([+-]?)(\d{1,2})(?:[-/]?(20\d\d))?")
_LETTER = {"t": "q", "q": "q", "h": "h"}  # all others are weeks
_YEAR_CODE = re.compile(r"(20\d\d)-?([stqwh])(\d{1,2})")
_NTH = re.compile(r"(\d{1,2})(?:er|ere|re|e|eme|ieme|nd|nde|st|rd|th)")
_MIXED = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_DECIMAL = re.compile(r"\d{1,9}[.,]\d{1,9}[a-z]+")
MOST = 4_000  # tokens; 20,000 characters of prose have 3,500
_AFTER_HOURS = ("h", "am", "pm", "min")
_LONGEST = 60  # characters: longer words are names
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")
_SUFFIXES = frozenset({*UNITS, *GLUED_UNITS, "am", "pm", "z", "utc"})
_COMPOUNDS = {"aujourd-hui": "aujourdhui"} | {
    word: word for word in "avant-hier apres-demain apres-midi apres-midis week-end week-ends avant-veille".split()
}
_ABBREVIATED = frozenset(
    "deb janv jan fev fevr feb mar avr apr juil jul jun aug sept sep oct nov dec lun mer jeu ven sam dim mon tue wed thu fri "
    "sat sun semaine dernier h min sec a p mat am pm".split()
)


def tokenise(text: str, vocabulary: frozenset[str]) -> list[Token]:
    """`vocabulary`: the words of the grammar; compounds of these alone are taken apart."""
    folded, places = fold(text)
    folded = folded.replace("aujourd'hui", "aujourdahui").replace("ajourd'hui", "ajourdahui")  # one word, as long
    found: list[Token] = []
    seen: dict[str, list[tuple[_Kind, int, int]]] = {}
    last, before = -1, ""
    for match in _CHUNK.finditer(folded):
        if len(found) >= MOST:
            break
        chunk, at = match[0], match.start()
        if chunk == "." and found and last == at and {before, found[-1].word} & _ABBREVIATED:
            last = at + 1
            continue  # "oct.", "8 p.m."
        if chunk not in seen:
            seen[chunk] = [(_kind(word), start, end) for word, start, end in _parts(chunk, vocabulary)]
        capital = text[places[at] : places[match.end()]].isupper()
        glued = last == at
        for (word, keys, number, value, name), start, end in seen[chunk]:
            found.append(Token(word, places[at + start], places[at + end], keys, number, value, glued, name, capital))
            glued = True
        last, before = match.end(), chunk
    return _compounds(found)


_DENIERS = frozenset({"denier", "deniers", "deniere", "denieres"})


def _compounds(tokens: list[Token]) -> list[Token]:
    """ "avant hier", "apres midi", "week end" without their hyphens."""
    found: list[Token] = []
    for token in tokens:
        if found and (word := _COMPOUNDS.get(f"{found[-1].word}-{token.word}")):
            found[-1] = Token(word, found[-1].start, token.end, _kind(word)[1], glued=found[-1].glued)
        elif found and token.word in UNITS and found[-1].word in _DENIERS:
            word = found[-1].word.replace("den", "dern")  # "les 7 deniers jours"
            found[-1] = replace(found[-1], word=word, keys=_kind(word)[1])
            found.append(token)
        else:
            found.append(token)
    return found


# The word, its keys, number, value and whether it is a name.
_Kind = tuple[str, tuple[str, ...], float | None, tuple[int | str | None, ...], bool]


def _kind(word: str) -> _Kind:
    if word.startswith("\0"):  # a shape or a name, as made below
        return _shape(word[1:])
    keys, number = [word], None
    if word[0].isdigit() and _NUMBER.fullmatch(word):
        number = float(word.replace(",", "."))
        keys.append("#n")
    elif word in NUMBERS or word in TENS:
        keys.append("#n")
    keys += [key for table, key in _CLASSES if word in table]
    return word, tuple(dict.fromkeys(keys)), number, (), False


_CLASSES = (
    (MONTHS, "#month"), (WEEKDAYS, "#weekday"), (UNITS, "#unit"), (GLUED_UNITS, "#unit"), (PARTS, "#part"), (SEASONS, "#season"),
)  # fmt: skip


def _shape(word: str) -> _Kind:
    if nth := _NTH.fullmatch(word):
        return word, (word, "#nth"), None, (int(nth[1]),), False
    for key, read in (("#date", _date), ("#ym", _year_month), ("#clock", _clock), ("#code", _code)):
        if value := read(word):
            return word, (key,), None, value, False
    return word, (), None, (), True


# ------------------------------------------------------------------ shapes


def _date(word: str) -> tuple[int | str | None, ...] | None:
    if found := _ISO.fullmatch(word):
        hour, offset = found[4], found[6]
        minutes: int | None = None
        if offset:
            digits = offset.replace(":", "")
            minutes = 0 if digits == "z" else int(digits[0] + "1") * (int(digits[1:3]) * 60 + int(digits[3:5]))
        at = (int(hour), int(found[5] or 0)) if hour else (None, 0)
        return int(found[1]), int(found[2]), int(found[3]), *at, minutes
    if found := _COMPACT.fullmatch(word):
        return int(found[1]), int(found[2]), int(found[3]), None, 0, None
    if word in _ROUND_THE_CLOCK or not (found := _DATE.fullmatch(word)):
        return None
    day, month = int(found[1] or found[5]), int(found[3] or found[6])
    if found[2] == "." and len(found[4]) == 2:
        return None  # a version
    if month > 12 >= day:
        day, month = month, day  # only the English order is possible
    year = int(found[4]) if found[4] else None
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return year + 2000 if year is not None and year < 100 else year, month, day, None, 0, None


def _year_month(word: str) -> tuple[int, int] | None:
    found = _ISO_MONTH.fullmatch(word)
    return (int(found[1] or found[4]), int(found[2] or found[3])) if found else None


def _clock(word: str) -> tuple[int | str | None, ...] | None:
    found = _CLOCK.fullmatch(word)
    if not found or ("." in word.partition(":")[0] and not (found[3] and found[3] != "z")):
        return None
    hour, half = int(found[1]), found[3]
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, int(found[2]), half == "z") if hour <= 24 else None


def _code(word: str) -> tuple[int | str | None, ...] | None:
    """S42, T3-2026, 2026-W42: one of w, q, h, a number, a year or None; J-1, M+1: "j-" or "m-", a signed number."""
    if found := _YEAR_CODE.fullmatch(word):
        return _LETTER.get(found[2], "w"), int(found[3]), int(found[1])
    found = _CODE.fullmatch(word)
    if not found:
        return None
    letter, sign, year = found[1], found[2], int(found[4]) if found[4] else None
    if sign:
        return (letter + "-", int(sign + found[3]), None) if letter in ("j", "d", "s", "w", "m", "n") else None
    if letter in ("j", "d", "m", "n"):
        return None
    return _LETTER.get(letter, "w"), int(found[3]), year


# ------------------------------------------------------------------ chunks


def _parts(chunk: str, vocabulary: frozenset[str], offset: int = 0) -> Iterator[tuple[str, int, int]]:
    """(word, start, end) of a run of characters without a space."""
    for word, start, end in _split(chunk, vocabulary) or [("\0" + chunk, 0, len(chunk))]:
        yield word, start + offset, end + offset


def _split(chunk: str, vocabulary: frozenset[str]) -> list[tuple[str, int, int]]:
    """Empty: a name."""
    whole = len(chunk)
    if chunk.isalpha() or not (chunk[0].isalnum() or chunk[0] == "_"):
        return _word(chunk, vocabulary)
    if "_" in chunk or whole > _LONGEST:
        return []
    if chunk in _COMPOUNDS:
        return [(_COMPOUNDS[chunk], 0, whole)]
    if _NUMBER.fullmatch(chunk) and not _COMPACT.fullmatch(chunk):
        return [(chunk, 0, whole)]
    if _NTH.fullmatch(chunk) or _date(chunk) or _year_month(chunk) or _clock(chunk) or _code(chunk):
        return [("\0" + chunk, 0, whole)]
    if chunk.isalnum() or _DECIMAL.fullmatch(chunk):
        return _mixed(chunk)
    if "'" in chunk:
        return _joined(chunk, "'", vocabulary)
    left, _, right = chunk.partition(":")
    if right and left.isalpha():  # "periode:hier", never "host:8080"
        return [] if right.isdigit() or not _of_times(right, vocabulary) else _joined(chunk, ":", vocabulary)
    return next((_joined(chunk, sign, vocabulary) for sign in "-/." if sign in chunk), [])


def _word(word: str, vocabulary: frozenset[str]) -> list[tuple[str, int, int]]:
    right = ALIASES.get(word) or (word if word in vocabulary else one_letter_off(word)) or word
    right = ALIASES.get(right, right)
    return [(part, 0, len(word)) for part in right.split()]


def _mixed(chunk: str) -> list[tuple[str, int, int]]:
    """8h30, 24h, 8am, 1h30min, 90s: numbers with what they count."""
    if not chunk[0].isdigit():
        return []
    parts = [(m[0], m.start(), m.end()) for m in _MIXED.finditer(chunk)]
    letters = [word for word, _, _ in parts if word.isalpha()]
    good = letters and len(parts) < 7 and all(word in _SUFFIXES for word in letters)
    return parts if good and all(len(word) < 9 for word, _, _ in parts) else []


def _joined(chunk: str, sign: str, vocabulary: frozenset[str]) -> list[tuple[str, int, int]]:
    """Taken apart where every part is of a time; elisions always are. Empty: a name."""
    found: list[tuple[str, int, int]] = []
    at = 0
    for n, piece in enumerate(chunk.split(sign)):
        if sign == "'" and n and piece == "s":
            break  # "yesterday's"
        parts = [(word, start + at, end + at) for word, start, end in _split(piece, vocabulary)] if piece else []
        if sign == "'" and not parts:
            parts = [("\0" + piece, at, at + len(piece))]
        if not parts or (sign in "-/." and not all(_known(word, vocabulary) for word, _, _ in parts)):
            return []
        before, after = found[-1][0] if found else "", parts[0][0]
        if found and sign in "-/." and _of_a_name(sign, before, after):
            return []
        if found and (mark := _mark(sign, before, after)):
            found.append((mark, at - 1, at))
        found += parts
        at += len(piece) + 1
    return found


def _of_a_name(sign: str, before: str, after: str) -> bool:
    """ "avr-01" is a host, "1.2.3" a version, "24h/24" no time of day."""
    if sign == "-":
        return before in MONTHS and after.isdigit() and len(after) != 4
    return (sign == "." and not (before in MONTHS and len(after) == 4)) or (sign == "/" and after.isdigit())


def _of_times(piece: str, vocabulary: frozenset[str]) -> bool:
    parts = _split(piece, vocabulary)
    return bool(parts) and all(_known(word, vocabulary) for word, _, _ in parts)


def _known(word: str, vocabulary: frozenset[str]) -> bool:
    if word.startswith("\0") or word in "-/":
        return True
    return word in vocabulary or word.isdigit() or any(word in t for t in (UNITS, MONTHS, WEEKDAYS, TENS, NUMBERS))


def _mark(sign: str, before: str, after: str) -> str:
    """The sign between two parts where it says "to" or "and", nothing where it only joins them."""
    alike = any(before in table and after in table for table in (MONTHS, WEEKDAYS))
    if sign == "/" or alike:
        return sign
    if sign != "-" or before in MONTHS or after in MONTHS:
        return ""
    return sign if before[0] == "\0" or before[0].isdigit() or after[0].isdigit() or before in _AFTER_HOURS else ""
