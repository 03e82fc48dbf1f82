"""What is asked for at the end of a question, brought to its beginning: "ça plante le plus sur | quel serveur ?"."""

from __future__ import annotations

import re

from vigie.ask.language import Language

_THROUGH = r"(?:sur|chez|dans|avec|pour|à|a|au|par|de|via|vers|on|in|with|at|for|from|by|to)"
_WHICH = r"(?:quel|quelle|quels|quelles|lequel|laquelle|which|what)"
_LAST = re.compile(
    rf"^(?P<before>\S.*?\S),?\s+(?:(?:c['’]est|ce sont|c['’][ée]tait|it['’]s|it is|is|are)\s+)?"
    rf"(?P<asked>{_THROUGH}\s+{_WHICH}\s+\w.*|{_THROUGH}\s+qui"
    r"|(?<=c['’]est )(?:quel|quelle|quels|quelles)\s+\w.*|(?<=, )(?:quel|quelle|quels|quelles)\s+\w+)$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    r"\b(?:quel|quelle|quels|quelles|combien|nb|nombre|qui|quoi|quand|est-ce|how|which|what|who|when|where|count|compare"
    r"|liste|list|montre|show|top|donne|give|dis|tell|si|if|savoir|know)\b|^y a|-t-"
    r"|^(?:did|do|does|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"^(?P<topic>[^:,?]{3,60}?)(?: ?:|,(?= (?:quel|combien|liste|donne|montre|sors?|which|how|list|show))) +"
    r"(?P<asked>\w[^:]{8,})$"
)
_FEWEST = 2  # words of what is asked about


def asked_first(text: str) -> str:
    """The same question the usual way round; as it is where it asks for something before."""
    said = text.strip().rstrip(" ?!.")
    last = _LAST.match(said)
    if last is None or _ASKS.search(last["before"]) or len(last["before"].split()) < _FEWEST:
        return text
    before = last["before"]
    return f"{last['asked']} {before[0].lower()}{before[1:]} ?"


def topic_last(text: str, language: Language) -> str | None:
    """ "connecteurs DETAIL : codes d'erreur cette semaine": what is asked for, then of what."""
    found = _TOPIC.match(text.strip().rstrip(" ?!."))
    joined = "pour" if language == "fr" else "for"
    return f"{found['asked']} {joined} {found['topic']} ?" if found is not None else None
