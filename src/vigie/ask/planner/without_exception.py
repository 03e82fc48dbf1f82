"""What is so of all, without exception: there is none of which it is not."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.cues import Cue
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.polarity import ended_badly
from vigie.ask.planner.states import state

_TAIL = 6  # words after the state that all are asked to be in: a time


def universal(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "Tous les flux AM sont-ils passés hier ?": is there none that failed?"""
    marks = seen.marks
    verb = next((x for x in marks.cues if x.tag in ("succeeded", "ran")), None)
    opens = bool(marks.cues) and min(marks.cues, key=lambda x: x.first).tag == "all"
    asks = marks.has("yes_no") or (opens and marks.text.rstrip().endswith("?"))
    status = seen.known.roles.status
    wanted = next((v for v in seen.value_placed if v.cond.path == status and not v.negated), None)
    if not marks.has("all"):
        verb = next((x for x in marks.cues if x.tag == "succeeded"), None) or _said_well(wanted)
        asks = verb is not None and _asked_of_all(seen, noun, verb)
        wanted = None
    said = verb or wanted
    if asks and said is not None and marks.has("when_last", "when_first"):
        seen.unclear = (said.first, said.last)  # "la dernière fois que tout s'est bien passé"
        return None
    if not asks or marks.has("list", "count", "when"):
        return None
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


def _said_well(wanted: Placed | None) -> Cue | None:
    """ "OK" of a state OK, as the cue that it is of others."""
    well = wanted is not None and wanted.cond.polarity == "succeeded"
    return Cue("succeeded", wanted.first, wanted.last) if wanted is not None and well else None


def _asked_of_all(seen: Interpretation, noun: NounMark | None, verb: Cue) -> bool:
    """ "ça s'est bien passé cette nuit ?", "les flux CIB ont-ils réussi ?": of nothing in particular, or of things
    that are all meant, and no single one; "y a-t-il des succès ?" asks for any."""
    marks, norms = seen.marks, [token.norm for token in seen.marks.tokens]
    if marks.has(*_OTHERWISE) or not (marks.has("yes_no") or marks.text.rstrip().endswith("?")):
        return False
    if any(p.negated for p in (*seen.value_placed, *seen.state_placed)):
        return False
    names = any(seen.known.roles.name == value.cond.path for value in seen.value_placed)
    if noun is None:
        if not seen.marks.times.ranges and (night := next((i for i in range(verb.first) if norms[i] in _NIGHT), None)):
            seen.unclear = (night, night + 1)  # "did the night go well": which one?
            return False
        general = bool(marks.times.ranges) and norms[0] in _BEING and verb.first <= _FEW  # "was last night OK"
        general = general or bool(
            {"ca", "cela", "c", "it", "things", "tout", "prod", "production"} & set(norms[: verb.last])
        )
        return general and not names and not marks.flags
    the = bool(_THESE & set(norms[max(0, noun.first - 5) : noun.first]))
    plural = norms[noun.first].endswith(("s", "x"))
    return plural and noun.record > 0 and noun.first < verb.first and noun.first <= _FEW + 2 and the


_OTHERWISE = tuple(
    "exists last first when_last when_first most least top more fewer by not compare rate trend always both".split()
)
_THESE = frozenset("les nos mes ces vos the our my these your".split())
_NIGHT = frozenset({"nuit", "night"})
_BEING = frozenset({"was", "is", "did"})
_FEW = 4  # words before what is asked of: "est-ce que les"
_NONE = frozenset("aucun aucune no zero".split())


def none_at_all(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "Aucune remise rejetée hier ?": is it so that there is none, and no list of the others."""
    marks = seen.marks
    norms = [token.norm for token in marks.tokens[:2]]
    opens = (
        bool(norms)
        and (norms[0] in _NONE or norms in (["pas", "de"], ["pas", "d"]))
        and marks.text.rstrip().endswith("?")
    )
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
