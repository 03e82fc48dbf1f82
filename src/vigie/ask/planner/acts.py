"""States that a question tells by the act they come of, in the English of the trade: NACK of NACKED."""

from __future__ import annotations

from vigie.ask.planner.concepts import same_values
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.values import ValueRef, gram


def short_states(known: Knowledge, grams: Grams, i: int) -> list[ValueRef]:
    """ "NACK", "nackés" of a state NACKED: the act, and its English participle with a French ending."""
    norm, text = grams.norms[i], grams.tokens[i].text
    if len(norm) < 3 or tags_of((norm,)) or not norm.isalpha():
        return []
    if (known.records.own(norm) or known.records.in_its_name(norm)) and not text.endswith(PARTICIPLES):
        return []  # "mold runs" of `moldRuns`, some of which are MOLDED
    bare = root(norm)
    if text.endswith(PARTICIPLES[:-1]):
        bare = norm.removesuffix("s").removesuffix("ee").removesuffix("e")
    return [ref for ref in known.values.whole.get(f"{bare}ed", ()) if ref.path == known.roles.status]


def is_state(known: Knowledge, norm: str) -> bool:
    """Is one of the states called so?"""
    held = known.values.exact(gram([norm])) or known.values.stems.get(stem(norm), [])
    held = held or [ref for other in same_values(norm) for ref in known.values.whole.get(other, ())]
    return any(ref.path == known.roles.status for ref in held)
