"""A question as it is typed, brought to the form that the planner reads: without what is said around it, with capitals
where values have them and accents where participles do. The same words at the same places: what goes becomes spaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vigie.ask.language import Language
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.prefaces import without_prefaces
from vigie.ask.planner.tokens import Token, tokens
from vigie.ask.planner.values import gram
from vigie.ask.words import STOP, STOP_EN, STOP_FR

# Participles of a question without accents: "rejetees", "ont plante", "envoye".
_UNACCENTED = re.compile(
    r"\b(?:[a-z]{3,}(?=ees?\b)|[a-z]{3,}y(?=es?\b)|(?:a|ont|avait|avaient|est|sont|etait|etaient|ete|aient|ait)"
    r"(?: (?:pas|jamais|bien|mal|deja|tous|toutes|toujours|encore|plus))? [a-z]{3,}(?=es?\b))e",
    re.IGNORECASE,
)
_MANY_WORDS = 3  # from which on capitals throughout say nothing of single words
_CODE = 3  # letters and digits of a value that may be typed small: p1, s2, am


def typed(text: str, knowledge: Sequence[Knowledge], language: Language) -> str:
    """The same, of the same length."""
    text = without_prefaces(text, knowledge)
    words = [token for token in tokens(text) if token.text.isalpha()]
    if len(words) >= _MANY_WORDS and not any(c.islower() for c in text):
        text = _in_small_letters(text, knowledge)
    if language == "fr" and text.isascii():
        text = _UNACCENTED.sub(lambda found: f"{found[0][:-1]}é", text)
    return _with_capitals(text, knowledge, STOP_EN - STOP_FR if language == "fr" else STOP_FR - STOP_EN)


def _in_small_letters(text: str, knowledge: Sequence[Knowledge]) -> str:
    """All but short values that are written in capitals, where they are no words of the language."""
    kept = {token.at for token in tokens(text) if token.norm not in STOP and _is_written(token.text, knowledge)}
    return _rewritten(text, [token for token in tokens(text) if token.at not in kept], str.lower)


def _with_capitals(text: str, knowledge: Sequence[Knowledge], foreign: frozenset[str]) -> str:
    """ "p1" is P1; in a French question, "am" is AM."""
    small = [
        token
        for token in tokens(text)
        if 1 < len(token.norm) <= _CODE
        and token.text.islower()
        and (token.norm in foreign or (any(c.isdigit() for c in token.norm) and token.norm[0].isalpha()))
        and _is_written(token.text.upper(), knowledge)
    ]
    return _rewritten(text, small, str.upper)


def _is_written(word: str, knowledge: Sequence[Knowledge]) -> bool:
    wanted = gram([word.lower()])
    return any(ref.value == word for known in knowledge for ref in known.values.exact(wanted))


def _rewritten(text: str, some: Sequence[Token], case: Callable[[str], str]) -> str:
    letters = list(text)
    for token in some:
        first, last = token.at
        changed = [case(letter) for letter in letters[first:last]]
        if all(len(letter) == 1 for letter in changed):
            letters[first:last] = changed
    return "".join(letters)
