"""A question as it is typed, brought to the form that the planner reads: without what is said around it, with capitals
where values have them and accents where participles do, slips of the keyboard put right. The same words in their order:
what goes becomes spaces. Its text stays what is quoted of it: a slip is put right in the words that are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vigie.ask._when_words import MONTHS
from vigie.ask.language import Language
from vigie.ask.planner.asked_last import asked_first
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.prefaces import without_prefaces
from vigie.ask.planner.said_otherwise import otherwise
from vigie.ask.planner.spelling import spelled
from vigie.ask.planner.tokens import Token, tokens
from vigie.ask.planner.values import is_written
from vigie.ask.words import STOP, STOP_EN, STOP_FR, fold

# Participles of a question without accents: "rejetees", "ont plante", "envoye".
_UNACCENTED = re.compile(
    r"\b(?:[a-z]{3,}(?=ees?\b)|[a-z]{3,}y(?=es?\b)|(?:a|ont|avait|avaient|est|sont|etait|etaient|ete|aient|ait)"
    r"(?: (?:pas|jamais|bien|mal|deja|tous|toutes|toujours|encore|plus))? (?!encore\b|toutes?\b)[a-z]{3,}(?=es?\b))e",
    re.IGNORECASE,
)
_MANY_WORDS = 3  # from which on capitals throughout say nothing of single words
_CODE = 3  # letters and digits of a value that may be typed small: p1, s2, am


@dataclass(frozen=True, slots=True)
class Typed:
    """`tokens`: the words of the text, slips put right."""

    text: str
    tokens: Sequence[Token]


_OVER = re.compile(r"(?<![\w+])\+ ?(?=d(?:e |['’ ])\s*\d)")  # "+ de 2h"
_SOME_OF = re.compile(r"^(?:[Dd]es|[Dd]u) (?=[A-Z]\w*[-_A-Z\d][^?]*\?\s*$)")  # "des MOT-503 cette nuit ?"
_DATED = re.compile(r"^([A-Z][a-z]{2,8}\.? \d{1,2}) ?: ")  # "Oct 25: failed runs"
# "ralenti entre octobre et novembre": the second beside the first.
_CHANGED = re.compile(
    r"\b(ralenti\w*|acc[ée]l[ée]r\w*|plus lente?s?|plus rapides?|augment\w+|baiss\w+|[ée]volu\w+|chang\w+)"
    r" entre ((?:le |la |les )?[^\W\d]+(?: (?:derni|pass|pr[ée]c)\w+)?) et ((?:le |la |les |cette |ce )?[^\W\d]+)",
    re.IGNORECASE,
)
_MORE = re.compile(r"(?<![\w+])\+ ?(?=(?:r[ée]cent|long|gros|lourd|fr[ée]quent|rapide|lent|court|ancien|vieux))")
_SHORT = ((re.compile(r"(?<!\w)w/ ?(?=\w)"), "with "), (re.compile(r"\ballant (?=d[ue]\b|d['’])"), ""))
_PLURAL = re.compile(r"(?<![\w-])([A-Z][A-Z0-9]+)s(?![\w-])")  # "P1s", "NACKs"
_OR_MORE = re.compile(r"(?<![\w.,+-])(\d+) ?\+(?= [^\W\d])")  # "4+ incidents"


def typed(text: str, knowledge: Sequence[Knowledge], language: Language) -> Typed:
    text = asked_first(without_prefaces(unicodedata.normalize("NFC", text), knowledge))
    for short, read in _SHORT:
        text = short.sub(read, text)
    text = _CHANGED.sub(_second_beside, _DATED.sub(r"\1, ", text))
    text = _singular(_SOME_OF.sub(lambda found: f"y a-t-il eu {found[0].lower()}", text), knowledge)
    if not any(c.islower() for c in text):
        text = _in_small_letters(text, knowledge)
    if language == "fr" and text.isascii():
        text = _UNACCENTED.sub(lambda found: f"{found[0][:-1]}é", text)
    text = _OVER.sub("plus ", _MORE.sub("plus ", text))
    text = _OVER.sub("plus ", _OR_MORE.sub(r"au moins \1" if language == "fr" else r"at least \1", text))
    foreign = STOP_EN - STOP_FR if language == "fr" else STOP_FR - STOP_EN
    return put_right(_with_capitals(text, knowledge, foreign), knowledge)


def put_right(text: str, knowledge: Sequence[Knowledge]) -> Typed:
    return Typed(text, otherwise(spelled(tokens(text), knowledge), knowledge))


def _second_beside(found: re.Match[str]) -> str:
    before, after = (f"en {said}" if " " not in said and fold(said) in MONTHS else said for said in found.groups()[1:])
    return f"{found[1]} {after} par rapport à {before.removeprefix('en ')}"


def _singular(text: str, knowledge: Sequence[Knowledge]) -> str:
    """ "P1s" of a value P1, in as many letters."""
    indexes = [known.values for known in knowledge]

    def one(found: re.Match[str]) -> str:
        own = is_written(found[1], indexes) and not is_written(found[0], indexes)
        return f"{found[1]} " if own else found[0]

    return _PLURAL.sub(one, text)


def _in_small_letters(text: str, knowledge: Sequence[Knowledge]) -> str:
    """All but short values that are written in capitals, where they are no words of the language."""
    found = tokens(text)
    if sum(token.text.isalpha() for token in found) < _MANY_WORDS:
        return text
    indexes = [known.values for known in knowledge]
    kept = {token.at for token in found if token.norm not in STOP and is_written(token.text, indexes)}
    return _rewritten(text, [token for token in found if token.at not in kept], str.lower)


def _with_capitals(text: str, knowledge: Sequence[Knowledge], foreign: frozenset[str]) -> str:
    """ "p1" is P1; in a French question, "am" is AM."""
    indexes = [known.values for known in knowledge]
    small = [
        token
        for token in tokens(text)
        if 1 < len(token.norm) <= _CODE
        and token.text.islower()
        and (token.norm in foreign or (any(c.isdigit() for c in token.norm) and token.norm[0].isalpha()))
        and is_written(token.text.upper(), indexes)
    ]
    return _rewritten(text, small, str.upper)


def _rewritten(text: str, some: Sequence[Token], case: Callable[[str], str]) -> str:
    letters = list(text)
    for first, last in (token.at for token in some):
        letters[first:last] = map(case, letters[first:last])
    return "".join(letters)
