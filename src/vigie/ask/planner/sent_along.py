"""What somebody has sent or received, beside those who did: "combien de clients nous ont envoyé des fichiers"."""

from __future__ import annotations

from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import OTHERS, RECEIVED, SENT
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.record_names import OWN
from vigie.ask.words import STOP

_REACH = 3  # words from a verb to its object: "envoyé au moins des fichiers"


def is_sent(seen: Interpretation, noun: NounMark) -> bool:
    """ "clients | nous ont envoyé | des fichiers": the noun is what went, and no number of it is asked for."""
    norms = [token.norm for token in seen.marks.tokens]
    near = range(noun.first - 1, max(-1, noun.first - 1 - _REACH), -1)
    verb = next((i for i in near if norms[i] in SENT | RECEIVED), -1)
    between = norms[verb + 1 : noun.first]
    return _senders_before(seen, verb) is not None and all(norm in STOP | {"us", "nous"} for norm in between)


def some_of_each(seen: Interpretation, noun: NounMark) -> bool:
    """Does every record hold some of what is sent, as each transfer does of an `nb_fic`? Then it narrows nothing."""
    facet = seen.known.facets[noun.fields[0][1]]
    return facet.above_zero and facet.profile.present == seen.known.profile.total and is_sent(seen, noun)


def who_sent(seen: Interpretation, noun: NounMark | None) -> bool:
    """ "combien de | clients | ont envoyé des transferts": they are counted, and not what they sent."""
    sent = (other for other in seen.marks.nouns if noun is not None and other.first > noun.first)
    return any((other.record >= OWN or other.fields) and is_sent(seen, other) for other in sent)


def _senders_before(seen: Interpretation, verb: int) -> NounMark | None:
    """Those who did it, right before what they did."""
    near = [n for n in seen.marks.nouns if n.last <= verb and n.concepts & OTHERS and n.record < OWN]
    between = {token.norm for token in seen.marks.tokens[near[-1].last : verb]} if near else set()
    return near[-1] if near and between <= STOP | _APART else None


_APART = frozenset("differents differentes distincts different distinct".split())
