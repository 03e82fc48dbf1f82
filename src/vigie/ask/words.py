"""Words of French and English text, for comparing texts with each other. The text index has its own analysis."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:[_.\-/:][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def word_set(text: str) -> frozenset[str]:
    """The words of a text that is written as a list."""
    return frozenset(text.split())


STOP_FR = word_set(
    "a ai ait alors apres as au aucun aussi autre autres aux avant avec avez avoir avons c ca car ce ceci cela celle "
    "celles celui ces cet cette ceux chaque chez ci comme comment contre d dans de depuis des deux doit doivent donc "
    "dont du elle elles en encore entre es est et etaient etait etant ete etes etre eu eux fait faire faut font il ils "
    "j je l la le les leur leurs lors lorsque lui m ma mais me meme memes mes moi moins mon n ne ni nos notre nous on "
    "ont ou par parce pas pendant peu peut peuvent peux plus pour pourquoi pouvez puis qu quand que quel quelle "
    "quelles quels qui quoi s sa sans se sera serait ses si soit son sont sous sur t ta te tes toi ton tous tout toute "
    "toutes tres tu un une va vers veut voici voila vos votre vous vu y"
)
STOP_EN = word_set(
    "a about after all also am an and another any are as at be been before being between both but by can could did do "
    "does doing down during each few for from further get give had has have having he her here hers him his how i if "
    "in into is it its itself just me more most much my no nor not now of off on once only or other our out over own "
    "please same she should so some such tell than that the their them then there these they this those through to "
    "too under until up us very was we were what when where which while who whom whose why will with would you "
    "your"
)
STOP = STOP_FR | STOP_EN

# Longest first. Endings that join échoue/échoué/échouent and relancer/relance without a dictionary.
_ENDINGS = (
    *("issements", "issement", "ements", "ations", "ement", "ation", "ments", "ment", "aient", "ings", "ing"),
    *("ions", "ion", "ent", "ees", "ait", "ies", "ee", "er", "ez", "es", "ed", "e", "s", "x", "y"),
)
_SHORTEST_STEM = 4


def fold(text: str) -> str:
    """Lower case without accents; as many words as before, not as many characters."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    for mark in filter(unicodedata.combining, set(_NOT_ASCII.findall(text))):
        text = text.replace(mark, "")
    return text


@lru_cache(maxsize=50_000)  # asked of each word of some fifteen passages for every question
def stem(word: str) -> str:
    """A folded word without its ending; words with digits are left whole."""
    if not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def words(text: str) -> list[str]:
    """Folded words in order; an identifier gives itself, then its parts."""
    found: list[str] = []
    for whole in WORD.findall(fold(text)):
        found.append(whole)
        if not whole.isalnum():
            found += _PART.findall(whole)
    return found


def terms(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, each once."""
    kept = (stem(word) for word in words(text) if word not in STOP and (len(word) > 1 or word.isdigit()))
    return list(dict.fromkeys(kept))


def is_identifier(token: str) -> bool:
    """`SEPA_OUT_CIB`, `ORA-00942`, `t_flux`, `KO`: capitals, digits or joints that plain words do not have."""
    bare = token.strip("-_.:/")
    return len(bare) > 1 and (
        "_" in bare or any(char.isdigit() for char in bare) or (bare.isupper() and bare.isascii())
    )
