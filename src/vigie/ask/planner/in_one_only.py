"""Things that are in one place and not in another: "quels flux tournent en UAT mais pas en PROD"."""

from __future__ import annotations

import itertools
from dataclasses import replace

from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.interpretation import Interpretation

_BUT = (["mais"], ["but"], ["et"], ["and"])


def in_one_not_the_other(seen: Interpretation, frame: Frame) -> Frame | None:
    """Groups that have records with the one value of a field and none with the other: no record is both."""
    placed = sorted(seen.value_placed, key=lambda one: one.first)
    for a, b in itertools.pairwise(placed):
        between = [token.norm for token in seen.marks.tokens[a.last : b.first]]
        if a.cond.path != b.cond.path or a.negated or not b.negated or between[:1] not in _BUT:
            continue
        if (
            a.cond.path in (frame.subject, seen.known.roles.status)
            or len(a.cond.values) != 1
            or len(b.cond.values) != 1
        ):
            continue
        sides = Cond(a.cond.path, "in", (*a.cond.values, *b.cond.values), seen.marks.said(a.first, b.last))
        rest = tuple(cond for cond in frame.conds if cond.path != a.cond.path)
        return replace(frame, ask="values", conds=(*rest, sides), both=True, but_not=True, side_path=a.cond.path)
    return None
