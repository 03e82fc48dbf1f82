"""Words of texts and of questions: elisions off, camelCase in parts, identifiers whole."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

ELISION = re.compile(r"\b(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu)['’ʼ](?=\w)", re.IGNORECASE)
CAMEL = re.compile(r"\b(?=\w*[a-z0-9][A-Z])\w+\b")
PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Words joined by what identifiers are joined by: SEPA_OUT_CIB, ORA-00942, /opt/vigie/x.sh, com.bank.Flow, host:1521.
IDENTIFIER = re.compile(r"(?<![\w])[/~]?\w+(?:[._\-/:@\\]+\w+)+")
WORD = re.compile(r"[^\W_]+")

LONGEST_QUESTION = 96  # distinct words looked for; a pasted log says what it is about well before


def prepared(text: str) -> str:
    """Text as it is indexed and looked for: composed characters, no elisions, the parts of camelCase beside it."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    text = ELISION.sub(" ", text)
    return CAMEL.sub(lambda match: f"{match.group()} {' '.join(PIECE.findall(match.group()))}", text)


def identifiers(text: str) -> list[str]:
    """Whole identifiers, accents and case folded; the joints are kept: they are what makes them one."""
    return [folded(match.group()) for match in IDENTIFIER.finditer(text)]


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def question_words(text: str) -> Counter[str]:
    """Distinct words with how often they stand, the first ones of a very long text."""
    counted: Counter[str] = Counter()
    for match in WORD.finditer(prepared(text)):
        word = match.group()
        if word in counted or len(counted) < LONGEST_QUESTION:
            counted[word] += 1
    return counted
