"""What in a text can be checked to the letter: numbers, identifiers, quoted commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Digits with their separators ("1 234,5", "19/11/2026", "06:30", "10.0.0.7") or anything else without blanks.
_TOKEN = re.compile(r"\d{1,3}(?:[ \u00a0\u202f']\d{3})+(?:[.,]\d+)?(?![\w])|[^\s\u00a0\u202f|()\[\]{}<>«»“”\"`*]+")
_EDGES = ".,;:!?…'’‘=~^-—–"
_NUMBER = re.compile(r"\d+")
_GROUPED = re.compile(r"^\d{1,3}(?:[ \u00a0\u202f'.,]\d{3})+(?:[.,]\d+)?$")
_PLAIN = re.compile(r"^\d+(?:[.,]\d+)?$")
_WITH_UNIT = re.compile(r"^[~±+\-]?(\d+(?:[.,]\d+)?)(?:[a-zA-Zµ°€$]{1,3}|%|ème|ième)$")
_PARTS_ONLY = re.compile(r"^\d+(?:[/:h\-T]\d*)+(?:min|s|Z|h)?$")  # dates, times, ranges
_DOTTED_DIGITS = re.compile(r"^\d+(?:\.\d+){2,}$")  # addresses, versions
_CAMEL = re.compile(r"[a-z][A-Z]")
_DOTTED = re.compile(r"[^\W\d_]{2,}\.[^\W\d_]{2,}")
_CAPITALS = re.compile(r"^[A-Z]{2,}(?:-[A-Z]{2,})+$")


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, token) of each word-like piece, its outer punctuation left off."""
    for match in _TOKEN.finditer(text):
        word = match.group()
        left = len(word) - len(word.lstrip(_EDGES))
        word = word.strip(_EDGES)
        if word:
            start = match.start() + left
            yield start, start + len(word), word


def is_claim(word: str) -> bool:
    """Numbers, and names that nobody writes by chance: with digits, `_`, inner capitals, paths, dots."""
    if _NUMBER.search(word) or "_" in word or _CAMEL.search(word) or _CAPITALS.match(word):
        return True
    return word.startswith(("/", "\\", "~/")) or "://" in word or _DOTTED.search(word) is not None


def readings(word: str) -> set[str]:
    """The values a number may mean: "1,234" is 1234 or 1.234; leading zeros do not count."""
    if _GROUPED.match(word):
        whole = re.sub(r"[ \u00a0\u202f']", "", word)
        found = {_canonical(re.sub(r"[.,](?=\d{3}(?:\D|$))", "", whole))}
        if _PLAIN.match(whole):
            found.add(_canonical(whole))
        return found
    return {_canonical(word)} if _PLAIN.match(word) else set()


def _canonical(number: str) -> str:
    whole, _, decimals = number.replace(",", ".").partition(".")
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")


class Known:
    """What the evidence and the question hold, to look claims up in."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._numbers: set[str] = set()
        self._flat = "\n".join(_flat(text) for text in texts)
        for _, _, word in tokens(self._flat):
            self._learn(word)

    def _learn(self, word: str) -> None:
        low = word.casefold()
        self._words.add(low)
        # The last names of a path stand for themselves: `flux.sh` of `/opt/bin/flux.sh`.
        parts = re.split(r"[/\\]", low)
        self._words.update("/".join(parts[n:]).strip(_EDGES) for n in range(1, len(parts)))
        self._words.update(part for piece in parts for part in re.split(r"[=:,;@]", piece) if part)
        self._numbers |= readings(word)
        for digits in re.findall(r"\d+(?:[.,]\d+)?", word):
            self._numbers |= readings(digits)
        for digits in _NUMBER.findall(word):
            self._numbers.add(_canonical(digits))

    def supports(self, word: str) -> bool:
        """Whether this claim stands here: identifiers whole, numbers by value, dates and times by their parts."""
        if word.casefold() in self._words or readings(word) & self._numbers:
            return True
        if unit := _WITH_UNIT.match(word):
            return bool(readings(unit.group(1)) & self._numbers)
        if _PARTS_ONLY.match(word) and not _DOTTED_DIGITS.match(word):
            return all(_canonical(digits) in self._numbers for digits in _NUMBER.findall(word))
        return False

    def quotes(self, command: str) -> bool:
        """Whether this command or line of code stands here, white space apart."""
        return _flat(command).casefold().strip() in self._flat.casefold()


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)
