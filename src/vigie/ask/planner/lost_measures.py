"""What a length or an amount is of, where no field tells that: dropped, another one would be answered."""

from __future__ import annotations

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.tokens import stem

_LENGTH = frozenset("temps delai delais duree durees time times delay delays".split())
_WAITED = frozenset("attente attentes wait waits waiting waited queue queueing queuing".split())
_OF_IT = frozenset("moyen moyenne max maximum min minimum median total average mean de d en of in".split())


def lost_wait(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "temps moyen d' | attente", "average | waiting | time": no length of the whole run."""
    facets = [f for f in seen.known.facets.values() if f.path in (frame.target, frame.order_path)]
    lengths = [f for f in facets if "duration" in f.concepts or f.path == seen.known.roles.duration]
    told = any(_WAITED & {*f.words, *f.above} or {"wait", "queue"} & f.concepts for f in facets)
    if told or not lengths:
        return None
    norms = [token.norm for token in seen.marks.tokens]
    for i in (i for i, norm in enumerate(norms) if norm in _WAITED):
        before = i - 1
        while before >= 0 and norms[before] in _OF_IT:
            before -= 1
        if (before >= 0 and norms[before] in _LENGTH) or set(norms[i + 1 : i + 2]) & _LENGTH:
            return i, i + 1
    return None


def lost_how_long(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien de temps ... chaque partenaire", of records that have no length: not how many there are."""
    asked = seen.marks.cue("how_long")
    told = frame.target or frame.order_path or frame.ask != "number" or frame.aggregate != "count"
    return (asked.first, asked.last) if asked is not None and not told else None


def lost_count(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien de lignes, et | combien | de rejets": two numbers, of which one would be told."""
    counts = [cue for cue in seen.marks.cues if cue.tag == "count"]
    second = counts[1] if len(counts) > 1 else None
    if second is None or frame.sides or len(frame.columns) > 1 or frame.ask not in ("number", "values"):
        return None
    joined = seen.marks.tokens[second.first - 1].norm if second.first else ""
    return (second.first, second.last) if joined in ("et", "and", "puis", "then") else None


def lost_amount(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "le plus de | quota" of a `quota.used`, where a cause is called so as well: of the amount, no such cause."""
    if frame.aggregate != "count" or not frame.groups:
        return None
    above = {stem(f.above[-1]) for f in seen.known.facets.values() if f.above and f.numeric and f.profile.time is None}
    most = {cue.last for cue in seen.marks.cues if cue.tag in ("most", "least")}
    said = (p for p in seen.value_placed if p.first in most and p.last == p.first + 1)
    return next(((p.first, p.last) for p in said if stem(seen.marks.tokens[p.first].norm) in above), None)
