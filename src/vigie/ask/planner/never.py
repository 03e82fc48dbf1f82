"""Of what it is said that it never happened: of things that several records are of, or of the records themselves."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.concepts import RUNNABLE, concepts_of
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.record_names import OWN

_NEVER = frozenset({"jamais", "never"})
# Each is a record of its own: what never happened to one is told by that record.
_SINGLE = frozenset({"message_item", "payment", "request", "call", "event", "order", "alert", "incident"})


def never_of(negations: Sequence[Cue], seen: Interpretation, noun: NounMark) -> str | None:
    """ "servers that were never rebooted": the field of the servers, where each has several records. "" where the
    records themselves are meant, "messages jamais acquittés", "erreurs | jamais résolues"; None where nothing tells."""
    tokens, known = seen.marks.tokens, seen.known
    said = any(_NEVER & {t.norm for t in tokens[cue.first : cue.last]} for cue in negations)
    if not said or noun.record < OWN:
        return None
    name, path = known.roles.name, noun.fields[0][1] if noun.fields else None
    if path is None:
        single = {concept for t in tokens[noun.first : noun.last] for concept in concepts_of(t.norm)}
        return "" if (single & _SINGLE and not single & RUNNABLE) or _bare(negations, seen, noun) else None
    facet = known.facets[path]
    several = facet.text and not facet.profile.repeated and not facet.unique(known.profile.total)
    if several and name in (None, path):
        return path
    return "" if _bare(negations, seen, noun) else None


def _bare(negations: Sequence[Cue], seen: Interpretation, noun: NounMark) -> bool:
    """A flag right after, and no verb that makes the things do it."""
    flags = {flag.first for flag in seen.marks.flags}
    norms = [t.norm for t in seen.marks.tokens]
    return any(noun.last == x.first and norms[x.first] in _NEVER and x.last in flags for x in negations)
