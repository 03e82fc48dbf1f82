"""Is a question French or English?"""

from __future__ import annotations

from typing import Literal

from vigie.ask.words import STOP_EN, STOP_FR, word_set, words

Language = Literal["fr", "en"]

# Words of one language alone, beyond the stop words, that short operations questions are made of.
_FRENCH = STOP_FR - STOP_EN | word_set(
    "flux nuit hier erreur erreurs echec echecs combien recette montre liste relancer cherche aujourd hui semaine "
    "mois jour jours page trouve explique analyse uniquement seulement dernier derniere derniers dernieres taux moyen "
    "moyenne nombre depuis pourcentage"
)
_ENGLISH = STOP_EN - STOP_FR | word_set(
    "flow flows night yesterday error errors failure failed many show list restart search today week month day days "
    "find explain analyze only last latest run runs rate average number longest slowest fastest highest lowest"
)
_ACCENTED = frozenset("àâçèéêëîïôùûœ")


def detect(text: str, default: Language = "fr") -> Language:
    """By words that only one of the two has; accents count for French. `default` when nothing tells."""
    # "OUT" in SEPA_OUT is no English.
    found = words(" ".join(word for word in text.split() if "_" not in word))
    french = sum(word in _FRENCH for word in found) + sum(char in _ACCENTED for char in text.lower()) / 2
    english = sum(word in _ENGLISH for word in found)
    if french == english:
        return default
    return "fr" if french > english else "en"
