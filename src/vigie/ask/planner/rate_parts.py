"""What a rate or a share is of."""

from __future__ import annotations

from vigie.ask.planner.conditions import flag_conditions
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.interpretation import Interpretation

_BOUNDS = ("superieur", "inferieur", "egal")
_VERBS = frozenset("est sont etait etaient a ont avait avaient is are was were has have had".split())


def rate_part(seen: Interpretation, frame: Frame) -> tuple[Cond, ...]:
    """What the rate is of: "taux d'échec", "part des micro-ondes": the first state or value after the word."""
    said = seen.marks.cue("rate") or next((n for n in seen.rest if n.percent), None)
    if said is None:
        return ()
    coded = [p for p in seen.number_placed if p.cond.op == "in" and p.cond.path in seen.known.http_codes]
    placed = [*seen.state_placed, *seen.value_placed, *flag_conditions(seen.marks), *coded]
    # "taux d'échec", "part des micro-ondes": what follows; "failure rate": what stands before.
    verb = next((i for i, t in enumerate(seen.marks.tokens) if i > said.first and _is_verb(seen, i)), None)
    if verb is not None and any(p.first < verb for p in placed) and any(p.first > verb for p in placed):
        placed = [p for p in placed if p.first > verb]  # "quel pourcentage des appels de X sont en Y"
    near = [p for p in placed if p.cond.polarity] or [p for p in placed if p.first >= said.last] or placed
    near = [p for p in placed if _because_of(seen, p.first)] or near
    chosen = min(near, key=lambda p: (abs(p.first - said.last), p.first), default=None)
    if chosen is None:
        return ()
    soon = _how_soon(seen, chosen.last)
    told = (chosen.cond.path, chosen.cond.op)
    return tuple(x for x in frame.conds if (x.path, x.op) == told or (soon and soon in x.because))


def _how_soon(seen: Interpretation, done: int) -> str | None:
    """ "part des échanges livrés | en moins de 10 s": of what was done, within that time."""
    said = seen.marks.tokens[done].norm if done < len(seen.marks.tokens) else ""
    bound = seen.marks.times.durations if said in ("en", "in", "within", "sous", "under") else ()
    places = ((d.phrase, seen.marks.places(d.at)) for d in bound if d.compare is not None)
    return next((phrase for phrase, at in places if at is not None and 0 <= at[0] - done <= 1), None)


_CAUSED = (("due", "to"), ("caused", "by"), ("because", "of"), ("cause", "de"), ("raison", "de"))
_CAUSES = frozenset("du due dus dues lie liee lies liees cause causee causes causees".split())


def _because_of(seen: Interpretation, i: int) -> bool:
    """ "share of failed runs due to | X", "part des échecs liés à | X": of the others, those."""
    before = [t.norm for t in seen.marks.tokens[max(0, i - 2) : i]]
    return tuple(before) in _CAUSED or (len(before) == 2 and before[0] in _CAUSES and before[1] in ("a", "au", "aux"))


def _is_verb(seen: Interpretation, i: int) -> bool:
    """No "à" of "supérieur à 20 %", however it is written."""
    tokens = seen.marks.tokens
    bound = tokens[i].norm == "a" and (tokens[i].text == "à" or (i > 0 and tokens[i - 1].norm.startswith(_BOUNDS)))
    return tokens[i].norm in _VERBS and not bound
