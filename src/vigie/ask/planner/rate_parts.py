"""What a rate or a share is of."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from vigie.ask.planner.conditions import compared_conditions, flag_conditions
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.placed import Placed

_BOUNDS = ("superieur", "inferieur", "egal")
_VERBS = frozenset("est sont etait etaient a ont avait avaient is are was were has have had".split())


def rate_part(seen: Interpretation, frame: Frame) -> tuple[Cond, ...]:
    """What the rate is of: "taux d'échec", "part des micro-ondes": the first state or value after the word."""
    said = seen.marks.cue("rate") or next((n for n in seen.rest if n.percent), None)
    if said is None:
        return ()
    coded = [p for p in seen.number_placed if p.cond.op == "in" and p.cond.path in seen.known.http_codes]
    flags, held = flag_conditions(seen.marks), compared_conditions(seen.marks)
    placed = [*seen.state_placed, *seen.value_placed, *flags, *coded, *_lengths(seen, frame), *held]
    if _against(seen, placed) or _of_each(seen) or _of_nothing(seen, placed, said.last):
        return ()
    # "how reliable are ...", "resolution | rate of critical errors"
    own = [p for p in placed if p.first == said.first] or [p for p in flags if p.last == said.first]
    placed = own or _of_the_whole(seen, placed, (said.first, said.last))
    # "taux d'échec", "part des micro-ondes": what follows; "failure rate": what stands before.
    verb = next((i for i, t in enumerate(seen.marks.tokens) if i > said.first and _is_verb(seen, i)), None)
    if verb is not None and any(p.first < verb for p in placed) and any(p.first > verb for p in placed):
        placed = [p for p in placed if p.first > verb]  # "quel pourcentage des appels de X sont en Y"
    near = [p for p in placed if p.cond.polarity] or [p for p in placed if p.first >= said.last] or placed
    near = [p for p in held if not _among(seen, placed, p, (said.first, said.last))] or near  # "reçus à l'heure"
    near = [p for p in placed if _because_of(seen, p.first)] or near
    chosen = min(near, key=lambda p: (abs(p.first - said.last), p.first), default=None)
    if chosen is None:
        return ()
    soon = _how_soon(seen, chosen.last)
    told = (chosen.cond.path, chosen.cond.op)
    return tuple(x for x in frame.conds if (x.path, x.op) == told or (soon and soon in x.because))


def _lengths(seen: Interpretation, frame: Frame) -> list[Placed]:
    """ "part des runs | de plus d'une heure"."""
    told = ((d.phrase, seen.marks.places(d.at)) for d in seen.marks.times.durations if d.compare is not None)
    return [
        Placed(cond, *at, False) for phrase, at in told if at is not None for cond in frame.conds
        if phrase in cond.because and cond.op in ("gt", "ge", "lt", "le")
    ]  # fmt: skip


def _against(seen: Interpretation, placed: Sequence[Placed]) -> bool:
    """ "ratio de KO | sur OK", "failed to successful runs": one state over another is no share of all."""
    states = sorted((p for p in placed if p.cond.polarity and not p.negated), key=lambda p: p.first)
    return any(
        a.cond.path == b.cond.path
        and a.cond.polarity != b.cond.polarity
        and any(t.norm in _OVER for t in seen.marks.tokens[a.last : b.first])
        for a, b in itertools.pairwise(states)
    )


def _of_each(seen: Interpretation) -> bool:
    """ "part | de chaque entité dans les KO": shares that add up to one, which are not computed."""
    cue, tokens = seen.marks.cue("rate"), seen.marks.tokens
    if cue is None or any(state.last == cue.first for state in seen.states):
        return False  # "failure | rate for each entity"
    after = [t.norm for t in tokens[cue.last : cue.last + 3]]
    return [n for n in after if n not in ("de", "d", "of", "for", "pour")][:1] in (["chaque"], ["each"], ["every"])


def _of_the_whole(seen: Interpretation, placed: list[Placed], said: tuple[int, int]) -> list[Placed]:
    """ "part des micro-ondes | dans les échecs", "parmi les échecs, quelle part ...": of those that failed."""
    whole = [p for p in placed if p.cond.polarity and not p.negated and _among(seen, placed, p, said)]
    rest = [p for p in placed if p not in whole]
    return rest if whole and rest else placed


def _of_nothing(seen: Interpretation, placed: Sequence[Placed], start: int) -> bool:
    """ "part du batch | dans les échecs", where no value is the batch."""
    first = min((p.first for p in placed if p.first >= start), default=0)
    before = [t.norm for t in seen.marks.tokens[start:first]]
    return any(before[i:] in ([said], [said, "les"], [said, "the"]) for said in _WITHIN for i in range(len(before)))


_WITHIN = ("dans", "parmi", "among")


def _among(seen: Interpretation, placed: Sequence[Placed], one: Placed, rate: tuple[int, int]) -> bool:
    tokens, others = seen.marks.tokens, [p for p in placed if p is not one]
    near = range(one.first - 1, max(-1, one.first - 1 - _NEAR), -1)
    names = {i for p in others for i in range(p.first, p.last)} | {*range(*rate)}  # the "in" of PAY_IN_UK
    said = next((i for i in near if tokens[i].norm in _AMONG and i not in names), None)
    if said is None or any(said < p.first < one.first for p in others) or said in seen.marks.timed:
        return False
    told = said < rate[0] or any(rate[1] <= p.first < said for p in others)
    return told and all(t.norm not in _VERBS for t in tokens[said + 1 : one.first])


_OVER = frozenset("sur to versus vs contre against over rapport face compared".split())
_AMONG = frozenset("dans parmi among amongst in".split())
_NEAR = 5  # words from "parmi" to what failed


def _how_soon(seen: Interpretation, done: int) -> str | None:
    """ "part des échanges livrés | en moins de 10 s": of what was done, within that time."""
    said = seen.marks.tokens[done].norm if done < len(seen.marks.tokens) else ""
    bound = seen.marks.times.durations if said in ("en", "in", "within", "sous", "under") else ()
    places = ((d.phrase, seen.marks.places(d.at)) for d in bound if d.compare is not None)
    return next((phrase for phrase, at in places if at is not None and 0 <= at[0] - done <= 1), None)


_COMING = frozenset(  # "... de CIB", "... over 3 minutes"
    "vient viennent provient proviennent concerne concernent come comes came dure durent took take takes lasted "
    "lasts".split()
)
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
    return tokens[i].norm in _VERBS | _COMING and not bound
