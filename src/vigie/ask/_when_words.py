"""The words of times, in both languages, as pieces of regular expressions over folded text."""

from __future__ import annotations

import unicodedata

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january janv jan", "fevrier february fevr fev feb", "mars march mar", "avril april avr apr", "mai may",
            "juin june jun", "juillet july juil jul", "aout august aug", "septembre september sept sep", "octobre october oct",
            "novembre november nov", "decembre december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi monday mon", "mardi tuesday tue tues", "mercredi wednesday wed", "jeudi thursday thu thurs", "vendredi friday fri",
            "samedi saturday sat", "dimanche sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip
NUMBERS = {
    "un": 1, "une": 1, "one": 1, "a": 1, "an": 1, "deux": 2, "two": 2, "couple of": 2, "trois": 3, "three": 3, "quatre": 4, "four": 4,
    "cinq": 5, "five": 5, "six": 6, "sept": 7, "seven": 7, "huit": 8, "eight": 8, "neuf": 9, "nine": 9, "dix": 10, "ten": 10,
    "onze": 11, "eleven": 11, "douze": 12, "twelve": 12, "quinze": 15, "fifteen": 15, "vingt": 20, "twenty": 20, "trente": 30,
    "thirty": 30, "quarante huit": 48, "quarante-huit": 48, "vingt quatre": 24, "vingt-quatre": 24, "quatre vingt dix": 90,
    "quatre-vingt-dix": 90, "soixante": 60,
}  # fmt: skip
UNITS = {
    "second": "s sec secs seconde secondes second seconds",
    "minute": "min mn mins minute minutes",
    "hour": "h hr hrs heure heures hour hours",
    "day": "j jour jours day days journees journee",
    "week": "semaine semaines sem week weeks",
    "month": "mois month months",
    "year": "an ans annee annees year years",
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words.split()}
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def alternatives(words: object) -> str:
    """Longest first, so that "sept" does not end "septembre"."""
    return "|".join(sorted((str(w).replace(" ", r"\s+") for w in words), key=len, reverse=True))  # type: ignore[attr-defined]


# Names that are plain words as well: they need a word before them that makes a month of them.
AMBIGUOUS_MONTHS = frozenset(
    {
        "may",
        "mars",
        "sept",
        "march",
        "mar",
        "sep",
        "dec",
        "jan",
        "oct",
        "nov",
        "avr",
        "apr",
        "fev",
        "feb",
        "mai",
        "jun",
        "jul",
    }
)
MONTH = rf"(?P<month>{alternatives(MONTHS)})\b\.?"
WEEKDAY = rf"(?P<weekday>{alternatives(w for w in WEEKDAYS if len(w) > 3)})s?\b"
NUMBER = rf"(?:\d{{1,4}}|{alternatives(NUMBERS)})"
UNIT = rf"(?:{alternatives(UNIT_OF)})\b"
YEAR = r"(?P<year>20\d\d)\b"


def fold_places(text: str) -> str:
    """Lower case without accents, character for character: every place in it is the same place in the text."""
    return "".join(map(_fold, text))


def _fold(char: str) -> str:
    if char in "’‘`´ʼ":
        return "'"
    if char in "–—‑−":
        return "-"
    if char.isspace():
        return " "
    plain = unicodedata.normalize("NFD", char)[0].lower()
    return plain if len(plain) == 1 else char


def number(word: str) -> int:
    """Of a numeral or a number word."""
    word = " ".join(word.split())
    return int(word) if word.isdigit() else NUMBERS[word]
