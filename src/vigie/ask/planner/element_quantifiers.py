"""None, all or so many of the objects in a list of each record: "sans étape en échec", "où tous les contrôles sont
passés", "avec plus de 2 contrôles en échec"."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.element_conds import of_this_one
from vigie.ask.planner.elements import list_nouns, names_records, so_many
from vigie.ask.planner.frame import Ask, Cond, Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.limits import bounds_of
from vigie.ask.planner.polarity import Polarity
from vigie.plan import counted

Number = tuple[int, int | None]  # at least, at most

_NO = frozenset("sans aucun aucune no none without zero".split())
_EVERY = frozenset("tous toutes all every each chaque".split())
_PASSED_OVER = frozenset("le la les l de des the of any its leurs ses leur".split())
NONE, ALL = (0, 0), "all"


def all_of_them(seen: Interpretation) -> bool:
    """ "runs où | tous les contrôles | sont passés": of records, by all that their list holds."""
    return bool(seen.known.views) and _how_many(seen, None) == ALL and names_records(seen)


def quantified(seen: Interpretation, frame: Frame) -> tuple[Interpretation, Frame] | None:
    """The same with what is told of those objects said of none, of all or of so many of them; None where it is of some
    one, or where nothing is told of them."""
    if (number := _how_many(seen, frame)) is None:
        return None
    frame = _of_records(frame)
    for view in seen.known.views.values():
        told = {c: one for c in frame.conds if (one := _of_one(c, view, seen)) is not None}
        conds = _conds(view, tuple(told.values()), number) if told else None
        if conds is None:
            continue
        said, below = {c.because for c in told}, f"{view.each}."
        # "sans étape", "3 étapes": what is left of that where the rest is said of those steps.
        of_list = {c for c in frame.conds if c.op == "missing" and c.path.startswith(below)}
        of_list |= {c for c in frame.conds if (counted(c.path) or "").startswith(below)}
        kept = tuple(c for c in frame.conds if c not in told and c not in of_list)
        states = [placed for placed in seen.state_placed if placed.cond.because not in said]
        turning = ("not", "without", "never")
        marks = replace(seen.marks, cues=[cue for cue in seen.marks.cues if cue.tag not in turning])
        left = replace(seen, marks=marks, used=seen.used | list_nouns(seen), state_placed=states, rest=())
        return left, replace(frame, conds=(*kept, *conds), having=())
    return None


def _how_many(seen: Interpretation, frame: Frame | None) -> Number | str | None:
    """What is said before the words for what the lists hold."""
    norms = [token.norm for token in seen.marks.tokens]
    told = {i for placed in (*seen.state_placed, *seen.value_placed) for i in range(placed.first, placed.last)}
    for noun in sorted(list_nouns(seen)):
        i = noun - 1
        while i >= 0 and (norms[i] in _PASSED_OVER or i in told) and norms[i] not in _NO | _EVERY:
            i -= 1  # "no | failed uniqueness | check"
        if i >= 0 and norms[i] in _NO:
            return NONE
        if i >= 0 and norms[i] in _EVERY and norms[noun + 1 : noun + 2] != ["confondus"]:
            return ALL
    return _bounds(seen, frame) if frame is not None else None


def _bounds(seen: Interpretation, frame: Frame) -> Number | None:
    """ "plus de 2", "au moins 2", "exactly 3", "entre 2 et 4": of the one number or the one pair beside such a word."""
    if so_many(seen) is None:
        return None
    lengths = [c for c in frame.conds if counted(c.path) is not None]  # "3 étapes", of the length of a list
    bounds = [("eq" if c.op == "in" else c.op, value) for c in lengths for value in c.values]
    bounds += [(bound.op, bound.value) for bound in bounds_of(seen)]
    least, most = 0, None
    for op, value in bounds:
        if not isinstance(value, int | float) or not float(value).is_integer():
            return None
        if op in ("ge", "gt", "eq"):
            least = int(value) + (op == "gt")
        if op in ("le", "lt", "eq"):
            most = int(value) - (op == "lt")
    return (least, most) if bounds else None


def _of_records(frame: Frame) -> Frame:
    """ "runs with no failed check": those, and not the names of which none is so."""
    if not (frame.absent and frame.part) or frame.groups or frame.sides or frame.but_not:
        return frame
    ask: Ask = "number" if frame.counted else "records"
    conds = (*frame.conds, *frame.part)
    return replace(frame, ask=ask, subject=None, conds=conds, part=(), absent=False, counted=False)


def _of_one(cond: Cond, view: Knowledge, seen: Interpretation) -> Cond | None:
    """What such an object tells itself, as if it were said of some one."""
    if cond.op == "missing":
        return None
    said = replace(cond, op="in") if cond.op in ("not_in", "lacks") else cond
    if cond.path.startswith(f"{view.each}."):
        return said
    if cond.path == seen.known.roles.status and said.polarity is None:
        said = replace(said, polarity=_polarity_of(said, seen.known))
    return of_this_one(said, view, seen)


def _polarity_of(cond: Cond, known: Knowledge) -> Polarity | None:
    return next((told for told, values in known.roles.polarity.items() if set(values) == set(cond.values)), None)


def _conds(view: Knowledge, within: tuple[Cond, ...], number: Number | str) -> tuple[Cond, ...] | None:
    because = ", ".join(dict.fromkeys(c.because for c in within))
    some = Cond(view.each or "", "holds", (), because, within=within)
    if not isinstance(number, str):
        return (replace(some, number=number),)
    # All of those meant are in that state, and there is one.
    stated = [c for c in within if c.path == view.roles.status and c.op == "in"]
    if len(stated) != 1:
        return None
    other = (*(c for c in within if c not in stated), replace(stated[0], op="lacks"))
    return some, replace(some, within=other, number=NONE)
