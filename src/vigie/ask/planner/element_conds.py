"""What is said of one object in a list of each record: "les builds dont l'étape scan a échoué"."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.elements import list_nouns, of_one_element
from vigie.ask.planner.facets import UNITS
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.record_names import OWN
from vigie.plan import counted


def besides_records(grams: Grams, seen: Interpretation) -> Grams:
    """Without "de build" after "étape": of what else? And without "aux pages" of "qui a répondu aux pages", where
    nothing is told of the records."""
    named, norms = list_nouns(seen), grams.norms
    values = {i for p in seen.value_placed for i in range(p.first, p.last)}
    own = {i for i, norm in enumerate(norms) if seen.known.records.noun(norm) >= OWN} - named - values
    beside = {i for i in own if i - 2 in named and norms[i - 1] in _OF} | {i for i in own if i + 1 in named}
    stated = any(p.cond.polarity for p in (*seen.state_placed, *seen.value_placed))
    by = {cue.last for cue in seen.marks.cues if cue.tag in ("by", "every")}
    own |= _whose(seen) - named - values - by if any(n.first in named for n in seen.marks.nouns) else set()
    which = bool(named & {cue.last for cue in seen.marks.cues if cue.tag == "list"})  # "quelle | étape"
    return grams.without(grams.taken | (beside if stated and not which else own - by))


def _whose(seen: Interpretation) -> set[int]:
    """ "quelle étape les | robots | ratent": what the records are of, where it is neither asked for nor counted."""
    norms = [token.norm for token in seen.marks.tokens]
    nouns = (n for n in seen.marks.nouns if n.fields and n.record >= 1 and n.last == n.first + 1)
    return {n.first for n in nouns if n.first and norms[n.first - 1] in _THE}


_THE = frozenset({"les", "des", "aux", "the"})


def asks_of_one(frame: Frame, seen: Interpretation) -> bool:
    """ "qui a répondu le plus aux pages": what single objects in a list tell, of whichever records."""
    below = tuple(f"{array}." for array in seen.known.views)
    asked = [frame.subject or "", *(key.path for key in frame.groups)]
    return any(path.startswith(below) for path in asked if path) and any(c.path.startswith(below) for c in frame.conds)


_OF = frozenset("de du des d of the".split())


def by_name(frame: Frame, view: Knowledge) -> Frame:
    """ "quelles étapes ont échoué": which, and not each time that they did."""
    if frame.ask != "records" or frame.limit is not None or frame.also or view.roles.name is None:
        return frame
    return replace(frame, ask="values", subject=view.roles.name, order=None, order_path=None)


def of_one(each: Frame, frame: Frame, view: Knowledge) -> bool:
    """Does it ask for what those objects tell themselves, and for the same number as of the records? What a record has
    one of is not added up once for each of them."""
    conds = (*each.conds, *each.part, *(c for column in each.columns for c in column.where))
    told = (each.subject, each.target, each.order_path, *(key.path for key in each.groups))
    below = f"{view.each}."
    own = any(path is not None and path.startswith(below) for path in (*told, *(c.path for c in conds)))
    measured = each.target is None or each.target.startswith(below) or each.aggregate in ("count", "distinct")
    alike = (
        frame.ask != "number"
        or each.aggregate == frame.aggregate
        or {each.aggregate, frame.aggregate} <= {"count", "distinct"}
    )
    return own and measured and (alike or _how_many(frame, view))


def _how_many(frame: Frame, view: Knowledge) -> bool:
    """ "how many poison messages" of a number of them in each record, beside a list; of how many the list holds:
    no size of anything."""
    if counted(frame.target or "") is not None:
        return frame.aggregate == "sum"
    facet = view.facets.get(frame.target or "")
    whole = facet is not None and facet.profile.share("integer") == 1 and not set(facet.words) & UNITS
    return frame.aggregate == "sum" and whole


def held_together(seen: Interpretation, frame: Frame) -> tuple[Interpretation, Frame] | None:
    """The same with the state said of the object that its other conditions are of, all of one object: of some one, and
    neither of none nor of so many."""
    if seen.marks.has("not", "without", "never") or any(counted(c.path) for c in frame.conds):
        return None
    for view in seen.known.views.values():
        inner = tuple(c for c in frame.conds if c.path.startswith(f"{view.each}."))
        nearer = [placed.cond.because for placed in of_one_element(seen, frame, {view.each or ""})]
        rest = tuple(c for c in frame.conds if c not in inner)
        moved = [(c, told) for c in rest if c.because in nearer and (told := of_this_one(c, view, seen)) is not None]
        if moved or len({c.path for c in inner}) > 1:
            said = [c for c, _ in moved]
            because = dict.fromkeys(c.because for c in (*inner, *said))
            holds = Cond(
                view.each or "", "holds", (), ", ".join(because), within=(*inner, *(told for _, told in moved))
            )
            rest = tuple(c for c in rest if c not in said)
            states = [placed for placed in seen.state_placed if placed.cond not in said]
            left = replace(seen, used=seen.used | list_nouns(seen), state_placed=states)
            return left, replace(frame, conds=(*rest, holds))
    return None


def of_this_one(cond: Cond, view: Knowledge, seen: Interpretation) -> Cond | None:
    """A state or a length that the records and the objects in their lists have alike, as the latter tell it."""
    if cond.polarity is not None and cond.op == "in" and view.roles.status is not None:
        values = view.roles.polarity.get(cond.polarity, ())
        return replace(cond, path=view.roles.status, values=tuple(values), others=()) if values else None
    ours, theirs = seen.known.roles, view.roles
    if cond.path != ours.duration or theirs.duration is None or not ours.duration_unit or not theirs.duration_unit:
        return None
    times = ours.duration_unit[0] / theirs.duration_unit[0]
    values = tuple(value * times for value in cond.values if isinstance(value, int | float))
    return replace(cond, path=theirs.duration, values=values, others=())
