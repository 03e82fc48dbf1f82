"""What is said to open or to close a conversation and asks for nothing."""

from __future__ import annotations

from vigie.ask.language import Language
from vigie.ask.sentences import sentence
from vigie.ask.words import word_set, words

_SAID: dict[str, dict[Language, frozenset[str]]] = {
    "thanks": {"fr": word_set("merci"), "en": word_set("thanks thank")},
    "greeting": {"fr": word_set("bonjour bonsoir salut coucou"), "en": word_set("hello hi hey")},
}
_BESIDE = word_set(
    "a tous toi vous vigie beaucoup bien d avance pour ton votre aide you very much so all there everyone"
)
_ALL = _BESIDE.union(*(told for languages in _SAID.values() for told in languages.values()))


def reply(text: str) -> str | None:
    """To a greeting or thanks alone, in their language; None for what may ask for something."""
    said = set(words(text))
    if not said <= _ALL:
        return None
    found = [(code, language) for code, told in _SAID.items() for language in told if said & told[language]]
    return sentence(*found[0]) if found else None
