"""Next turns of few words that ask for the whole, or for the part that something is of it: "et au total ?", "sur
combien ?", "ça fait quel pourcentage ?"."""

from __future__ import annotations

import re
from dataclasses import replace

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.marks import Marks

_AND = r"^(?:et |and |ok |alors |donc |so )?"
_IN_ALL = re.compile(
    _AND + r"(?:(?:ca|cela|that) (?:fait|makes|is) )?(?:combien |how (?:many|much) )?"
    r"(?:(?:le|au|en|the|in|a) )?(?:total|tout|all|cumule|altogether|overall|toutes? confondue?s?|tous confondus)$"
)
_OUT_OF = re.compile(
    _AND + r"(?:sur combien|sur un total de combien|out of how many|of how many)"
    r"(?: (?:en tout|au total|in all|in total))?$"
)
_SHARE = re.compile(
    _AND + r"(?:(?:ca|cela|that|it) (?:fait|represente|makes|is|s) |soit |c est )?"
    r"(?:combien en |(?:quel|quelle|what|which) )?(?:(?:le|la|the|en|as|in|a|quel|quelle|what) )*"
    r"(?:%|pourcentage|taux|proportion|part|percentage|percent|rate|share)"
    r"(?: (?:ca|cela) (?:fait|represente)| du total| of the total| is that)?$"
)


def of_the_whole(old: Frame, marks: Marks) -> Frame | None:
    """What was asked, so turned; None where the words say something else, or there is no whole or part of it."""
    said = " ".join(token.norm for token in marks.tokens)
    counted = old.ask == "number" and old.aggregate == "count" and not (old.groups or old.sides or old.columns)
    if _IN_ALL.match(said) and old.ask == "number" and old.groups and not (old.sides or old.having):
        return replace(old, groups=(), trend=None, order=None, order_path=None, limit=None, subject=None, notes=())
    stated = tuple(cond for cond in old.conds if cond.polarity) or old.conds[-1:]
    if not counted or not stated:
        return None
    others = tuple(cond for cond in old.conds if cond not in stated)
    if _OUT_OF.match(said):
        return replace(old, conds=others, notes=())
    return replace(old, aggregate="share", part=stated, conds=others, notes=()) if _SHARE.match(said) else None
