"""What is so of all, without exception: there is none of which it is not."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.states import state

_TAIL = 6  # words after the state that all are asked to be in: a time


def universal(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "Tous les flux AM sont-ils passés hier ?": is there none that failed?"""
    marks = seen.marks
    verb = next((x for x in marks.cues if x.tag in ("succeeded", "ran")), None)
    opens = bool(marks.cues) and min(marks.cues, key=lambda x: x.first).tag == "all"
    asks = marks.has("yes_no") or (opens and marks.text.rstrip().endswith("?"))
    if not marks.has("all") or not asks or marks.has("list", "count", "when"):
        return None
    status = seen.known.roles.status
    wanted = next((v for v in seen.value_placed if v.cond.path == status and not v.negated), None)
    if wanted is not None and wanted.last + len(frame.times) >= len(marks.tokens) - _TAIL:
        well = seen.known.roles.polarity.get("succeeded", ())
        same = well if set(wanted.cond.values) <= set(well) else ()  # what is closed is resolved as well
        values = (v for v, _ in seen.known.facets[wanted.cond.path].profile.values)
        others = tuple(v for v in values if v not in (*wanted.cond.values, *same))
        kept = tuple(x for x in frame.conds if x.path != status)
        left = replace(wanted.cond, values=others, polarity=None)  # "tous livrés ?": none is anything else
        return replace(frame, ask="none_of", conds=(*kept, left), subject=None) if others else None
    if verb is None:
        return _all_flagged(seen, frame)
    failed = state("failed", seen.known, marks.said(verb.first, verb.last))
    if failed is None:
        return None
    kept = tuple(x for x in frame.conds if x.path != failed.path)
    return replace(frame, ask="none_of", conds=(*kept, failed), subject=None)


def _all_flagged(seen: Interpretation, frame: Frame) -> Frame | None:
    """ "toutes les livraisons sont-elles parties à l'heure": there is none that the flag denies."""
    flag = max(seen.marks.flags, key=lambda f: f.first, default=None)
    if flag is None or flag.last + len(frame.times) < len(seen.marks.tokens) - _TAIL:
        return None
    said = next((x for x in frame.conds if x.path == flag.path), None)
    if said is None or any(p.first > flag.last for p in seen.value_placed):
        return None
    kept = tuple(x for x in frame.conds if x is not said)
    denied = replace(said, values=(not said.values[0],))
    return replace(frame, ask="none_of", conds=(*kept, denied), subject=None)
