"""What is said before a question and asks nothing: "Bonjour, peux-tu me dire ...", "Pour le comité de demain : ..."."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.spelling import is_of_language
from vigie.ask.planner.tokens import tokens
from vigie.ask.words import STOP

_GREETING = r"(?:bonjour|bonsoir|salut|coucou|hello|hi|hey|good (?:morning|evening|afternoon))"
_TO_WHOM = r"(?: (?:à tous|a tous|à toutes et à tous|tout le monde|l['’]équipe|all|everyone|team|there|vigie))?"
_REQUEST = (
    r"(?:(?:est[- ]ce que )?(?:tu|vous) (?:peux|pourrais|pouvez|pourriez|sais|savez)|"
    r"(?:peux|pourrais|pouvez|pourriez|sais|savez)[- ](?:tu|vous))(?: (?:me|nous)(?: dire| indiquer| préciser| preciser"
    r"| rappeler)?)?(?: (?:s['’]il (?:te|vous) pla[iî]t|svp|stp))?|"
    r"(?:can|could|would|will) you (?:please |kindly )?(?:(?:tell|remind) (?:me|us)|say)|do you know|"
    r"(?:je (?:veux|voudrais|souhaite|souhaiterais|cherche à|aimerais)|j['’]aimerais|on (?:aimerait|voudrait))"
    r"(?: bien)? (?:savoir|conna[iî]tre)|i(?:['’]d| would) like to know|i (?:want|need) to know|"
    r"(?:dis|dites)[- ](?:moi|nous)|tell (?:me|us)|une question|petite question|question|"
    r"s['’]il (?:te|vous) pla[iî]t|svp|stp|please|pls"
)
_AROUND = re.compile(
    rf"\s*(?:{_GREETING}{_TO_WHOM}(?![\w-])[\s,;.!:]*)?(?:(?:{_REQUEST})(?![\w-])[\s,;.!:]*){{0,2}}", re.IGNORECASE
)
_OCCASION = re.compile(r"\s*(?:pour|for|suite|objet|urgent|question)(?!\w)", re.IGNORECASE)
_AFTER_COLON = re.compile(
    r"^[^:?]{1,90} ?: +(?=(?:combien|nb|nombre|quel|quelle|quels|quelles|liste|listez|donne|top|taux|durée|est-ce|y a|"
    r"how|which|what|list|show|is|are|did)\b)",
    re.IGNORECASE,
)
# Whatever is counted has happened until now; what happened all the same happened.
_ASIDE = re.compile(
    r"(?<= )(?:(?:so far|up to now|jusqu['’]ici|jusqu['’]à présent|à ce jour)(?=[ ?.!,]*$)"
    r"|(?:quand m[êe]me|tout de m[êe]me|malgr[ée] tout|all the same)(?!\w))",
    re.IGNORECASE,
)
# What may stand before an order: "peux-tu supprimer ...".
POLITE = frozenset(
    "peux peut pouvez pouvons pourrais pourriez pourrait tu vous on nous please merci de svp "
    "veuillez can could you il faut je veux voudrais et and "
    "now maintenant alors ensuite then just aller va".split()
)


def without_prefaces(text: str, knowledge: Sequence[Knowledge]) -> str:
    """The same text, of the same length; what is nothing else stays as it is."""
    text = _ASIDE.sub(lambda said: " " * len(said[0]), text)
    around = _AROUND.match(text)
    text = _blanked(text, around.end()) if around is not None else text
    preface = _AFTER_COLON.match(text)
    return _blanked(text, preface.end()) if preface and not _is_asked(preface[0], knowledge) else text


def _blanked(text: str, end: int) -> str:
    rest = text[end:]
    return " " * end + rest if any(c.isalnum() for c in rest) else text


def _is_asked(preface: str, knowledge: Sequence[Knowledge]) -> bool:
    """ "Semaine dernière : ...", and what speaks of the data; not "comité de lundi : ...", nor an occasion."""
    words = [token.norm for token in tokens(preface) if token.norm not in STOP]
    if any(known.knows(word) for known in knowledge for word in words):
        return True
    return not _OCCASION.match(preface) and all(word.isdigit() or is_of_language(word) for word in words)
