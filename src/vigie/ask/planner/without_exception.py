"""What is so of all, without exception: there is none of which it is not."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.polarity import ended_badly
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
    if failed.path == status and failed.op == "in":
        beside = (v for v in ended_badly(seen.known.facets[failed.path]) if v not in failed.values)
        failed = replace(failed, values=(*failed.values, *beside))  # REJECTED ones have not passed either
    kept = tuple(x for x in frame.conds if x.path != failed.path)
    return replace(frame, ask="none_of", conds=(*kept, failed), subject=None)


_NONE = frozenset("aucun aucune no zero".split())


def none_at_all(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "Aucune remise rejetée hier ?": is it so that there is none, and no list of the others."""
    marks = seen.marks
    opens = bool(marks.tokens) and marks.tokens[0].norm in _NONE and marks.text.rstrip().endswith("?")
    denied = [p.cond for p in (*seen.value_placed, *seen.state_placed) if p.negated]
    turned = [x for x in frame.conds if x.op == "not_in" and any(x.path == cond.path for cond in denied)]
    if not opens or len(turned) != 1 or marks.has("list", "count", "when", "by"):
        return None
    kept = tuple(replace(x, op="in") if x is turned[0] else x for x in frame.conds)
    return replace(frame, ask="none_of", conds=kept, subject=None)


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
