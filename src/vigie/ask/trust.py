"""How much the cosines of an embedding model count beside words, for a question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Protocol

from vigie.ask.language import detect
from vigie.ask.words import WORD, is_identifier
from vigie.protocols import Vectors

# Shares of cosine in the fused score. Chosen on seven judged sets with all-MiniLM-L6-v2 (English passages,
# conversations and code, French passages and help sheets): with .2 for French and .6 for English the fused order is
# ahead of the better of both lists on each (nDCG@10 +.003 to +.05). One share for all is not: .35 loses 6 points on
# code to vectors alone, .6 loses 15 on French passages to words alone.
KNOWN = 0.6
UNSURE = 0.5  # no word tells the language: names, a few keywords
FOREIGN = 0.2
# Where code alone is searched, whose words are seldom those of a question: of questions about functions nDCG@10 is .813
# with .65 and .807 with .6, of change requests to two projects .611 and .601, .442 and .443.
CODE = 0.65
NAMES = 0.25  # of a question that is a name or one word: at .5 a page about SEPA_OUT came before that on SEPA_OUT_CIB

# A vocabulary that was not made for a language cuts its words to pieces: MiniLM's cuts this into 48, 2.4 a word (an
# English sentence: 1.1); those of multilingual models stay below 1.5.
_FRENCH = (
    "Lorsque les traitements échouent pendant la nuit, le responsable prévient l'équipe puis relance les travaux "
    "depuis la dernière étape réussie."
)
PIECES_A_WORD = 1.8

# Of nothing in common. Their cosines are near 0 with MiniLM, near 0.7 with the E5 models.
_UNRELATED = (
    "The oven must be warm before the bread goes in.",
    "Two teams drew in the last minute of the football match.",
    "Restart the database listener on the backup server.",
    "The museum shows paintings of the seventeenth century.",
)


class Model(Protocol):
    """What is asked of an `Embedder` here."""

    @property
    def fingerprint(self) -> str: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...


class Trust:
    """Remembers which models know French, and what a cosine means to each."""

    def __init__(self) -> None:
        self._french: dict[str, bool] = {}
        self._zero: dict[str, float] = {}

    def weight(self, query: str, model: Model) -> float:
        """The share of this model's cosines, in [0, 1]. No model knows names: who types one wants what holds it."""
        if _names_alone(query):
            return NAMES
        if self._knows_french(model):
            return KNOWN
        if detect(query, "fr") != detect(query, "en"):
            return UNSURE
        return FOREIGN if detect(query) == "fr" else KNOWN

    def reads(self, passage: str, model: Model) -> bool:
        """Does this model know the language that a passage is written in?"""
        return self._knows_french(model) or detect(passage, "en") == "en"

    def zero(self, model: Model) -> float:
        """The mean cosine of texts that have nothing in common, at least 0. Raises EmbedderUnusable."""
        zero = self._zero.get(model.fingerprint)
        if zero is None:
            vectors = model.embed_passages(_UNRELATED)
            pairs = [float(one @ other) for one, other in combinations(vectors, 2)]
            zero = self._zero[model.fingerprint] = min(max(sum(pairs) / len(pairs), 0.0), 0.95)
        return zero

    def _knows_french(self, model: Model) -> bool:
        known = self._french.get(model.fingerprint)
        if known is None:
            pieces = model.count_tokens([_FRENCH])[0]
            known = self._french[model.fingerprint] = pieces <= PIECES_A_WORD * len(_FRENCH.split())
        return known


def _names_alone(query: str) -> bool:
    """One word, or nothing but identifiers."""
    said = [found.group() for found in WORD.finditer(query)]
    return len(said) == 1 or (bool(said) and all(is_identifier(word) for word in said))
