"""What in a text can be checked to the letter: numbers, moments, identifiers, quoted commands.

Numbers are compared by value ("1 234,5" = "1,234.5"), dates and times by what they name ("2026-11-19" = "19 novembre
2026"), identifiers whole and without case, commands with case and to their end. A number inside a date is no number: a
page of 12 December supports no count of twelve. Not checked: units, single words in capitals, "un" and "deux".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from vigie.ask.moments import MONTH, Moment, implied, readings

LONGEST_WORD = 300  # characters: longer ones are only compared as a whole
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?!\w)"
_DAY = rf"\d{{1,2}}(?:er|st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\b\.?(?:,?\s+\d{{4}}\b)?"
_MONTH_NAME = "|".join(name.capitalize() for name in MONTH.split("|"))
_DAY_AFTER = rf"\b(?-i:{_MONTH_NAME})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
_HOUR = r"\d{1,2}[ \u00a0\u202f]h(?:[ \u00a0\u202f]?\d{2})?\b"
_WORD = r"[^\s\u00a0\u202f|()\[\]{}<>«»“”\"'’`*=\ufffc]+"
_TOKEN = re.compile(rf"(?<!\w)(?:{_GROUPED}|{_DAY}|{_HOUR})|{_DAY_AFTER}|{_WORD}", re.IGNORECASE)
_EDGES = ".,;:!?…‘~^+±≈-—–_&#"

_GROUPS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d+)?")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_MEASURE = re.compile(
    r"(\d[\d.,'’ \u00a0\u202f]*?)"
    r"(?:%|€|\$|°c?|s|ms|µs|min|mn|h|j|d|px|[kmgt]?o|[kmgt]b|[kmg]?hz|st|nd|rd|th|er|e|è?me)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"([1-9]|10)(?:er|ère|e|è?me|ième|st|nd|rd|th)", re.IGNORECASE)
_RANGE = re.compile(r"[-–—/→]")
_JOINTS = re.compile(r"[-_/\\:,;@#]")
_CAMEL = re.compile(r"[a-z][A-Z]")
_DOTTED = re.compile(r"[^\W\d_]{2,}\.[^\W\d_]{2,}")
_CAPITALS = re.compile(r"[A-Z]{2,}(?:-[A-Z]{2,})+")
# From three on: "un", "deux", "one" and "two" are said of anything, "neuf" also means new.
_WORDS = {
    **{"trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "dix": "10", "onze": "11"},
    **{"douze": "12", "treize": "13", "quatorze": "14", "quinze": "15", "seize": "16", "vingt": "20", "trente": "30"},
    **{"quarante": "40", "cinquante": "50", "soixante": "60", "cent": "100", "mille": "1000"},
    **{"three": "3", "four": "4", "five": "5", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11"},
    **{"twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17"},
    **{"eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50"},
    **{"hundred": "100", "thousand": "1000"},
}
_STEP = re.compile(r"(?:étape|etape|step|point|phase|option|cas|case|section|partie|part)s?\s*$", re.IGNORECASE)
# What a command may not be cut before: the rest would say what it is limited to.
_GOES_ON = re.compile(r" +(?:[^a-zà-ÿ(«\"'’]|(?:where|and|or|limit|set|if|unless|in|from|to|into|on|as)\b)")


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, token) of each word-like piece, its outer punctuation left off."""
    for match in _TOKEN.finditer(text):
        word = match.group()
        left = len(word) - len(word.lstrip(_EDGES))
        word = word.strip(_EDGES)
        if word:
            start = match.start() + left
            yield start, start + len(word), word


def claims(text: str) -> Iterator[tuple[int, int, str]]:
    """Those tokens that say something which can be checked. Small ordinals and "step 2" number what is said."""
    for start, end, word in tokens(text):
        if not is_claim(word) or _ORDINAL.fullmatch(word):
            continue
        if len(word) < 3 and word.isdecimal() and _STEP.search(text, 0, start):
            continue
        yield start, end, word


def is_claim(word: str) -> bool:
    """Numbers, and names that nobody writes by chance: with digits, `_`, inner capitals, paths, dots."""
    if len(word) > LONGEST_WORD:
        return True
    plain = unicodedata.normalize("NFKC", word)
    if any(char.isnumeric() for char in plain) or "_" in plain or "://" in plain or plain.casefold() in _WORDS:
        return True
    if _CAMEL.search(plain) or _CAPITALS.fullmatch(plain) or _DOTTED.search(plain):
        return True
    return plain.startswith(("/", "\\")) and len(plain) > 1


def values(word: str) -> set[str]:
    """The values a number may mean: "1,234" is 1234 or 1.234; leading zeros do not count. Empty for no number."""
    if measure := _MEASURE.fullmatch(word):
        word = measure.group(1).strip()
    if _GROUPS.fullmatch(word):
        joined = re.sub(r"[ \u00a0\u202f'’]", "", word)
        found = {_canonical(re.sub(r"[.,](?=\d{3}(?:\D|$))", "", joined))}
        return found | ({_canonical(joined)} if _PLAIN.fullmatch(joined) else set())
    if _PLAIN.fullmatch(word):
        return {_canonical(word)}
    return {_WORDS[word.casefold()]} if word.casefold() in _WORDS else set()


def _canonical(number: str) -> str:
    whole, _, decimals = number.replace(",", ".").partition(".")
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")


class Known:
    """What the evidence and the question hold, to look claims up in."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._numbers: set[str] = set()
        self._moments: set[Moment] = set()
        whole = "\n".join(texts)
        self._text = "\n".join(" ".join(line.split()) for line in whole.splitlines())
        self._folded = self._text.casefold()
        for _, _, word in tokens(whole):
            self._learn(unicodedata.normalize("NFKC", word))

    def _learn(self, word: str) -> None:
        low = word.casefold()
        self._words.add(low.rstrip("/"))
        if len(word) > LONGEST_WORD:
            return
        named = [moment for reading in readings(word) for moment in reading]
        for moment in named:
            self._moments |= implied(moment)
            self._numbers |= {str(moment[1])} if moment[0] in ("date", "month") else set()
        self._numbers |= values(word)
        if named or values(word):
            return
        names = re.split(r"[/\\]", low.rstrip("/"))
        # The last names of a path stand for themselves: `flux.sh` of `/opt/bin/flux.sh`.
        parts = {"/".join(names[n:]).strip(_EDGES) for n in range(1, len(names))}
        parts |= {part for name in names for part in re.split(r"[:,;@]", name)}
        self._words |= {part for part in parts if part and not part.isdecimal()}
        if all(found := [values(part) for part in _RANGE.split(word)]):
            self._numbers.update(*found)
            return
        # "AUTH-401" lets one say 401; shorter numbers inside names are too common to mean anything.
        codes = (part for part in _JOINTS.split(low) if part.isdecimal() and len(part) > 2 and part[0] != "0")
        self._numbers.update(map(_canonical, codes))

    def supports(self, word: str) -> bool:
        """Whether this claim stands here."""
        word = unicodedata.normalize("NFKC", word)
        if word.casefold().rstrip("/") in self._words:
            return True
        if len(word) > LONGEST_WORD:
            return False
        if values(word) & self._numbers:
            return True
        named = readings(word)
        if any(reading <= self._moments for reading in named):
            return True
        parts = [part for part in _RANGE.split(word) if part]
        if len(parts) < 2 or named or word[0] in "/\\":
            return False
        if all(values(part) or readings(part) for part in parts):
            return all(self.supports(part) for part in parts)
        # "SEPA_OUT/SEPA_IN": two names, not a path
        return "/" in word and all(is_claim(part) and self.supports(part) for part in word.split("/"))

    def quotes(self, code: str) -> bool:
        """Whether this code stands here: a name whole, without case; a command with case, and not cut short."""
        code = " ".join(code.split())
        if " " not in code:
            return self.supports(code) or self._stands(code.casefold(), self._folded, cut=True)
        return self._stands(code, self._text, cut=False)

    def _stands(self, code: str, text: str, cut: bool) -> bool:
        whole = rf"(?<![\w./\\:@~*$-]){re.escape(code)}(?![\w*])(?![./\\:@~$=-]+[\w*])"
        return any(cut or not _GOES_ON.match(text, found.end()) for found in re.finditer(whole, text))
