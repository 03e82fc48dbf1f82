"""What has been going on for so long: "tournent depuis plus de 3 h" are running still."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import Marks

_GO_ON = frozenset("tourne tournent dure durent patine patinent mouline moulinent".split())
_BEEN = frozenset("a ont avait avaient".split())  # "ont tourné", its accent left out


def going_on(marks: Marks) -> Marks:
    """The same where a verb of the present stands right before how long: what has ended does not "run for 3 hours"."""
    lengths = [
        when.at[0] for when in marks.times.ranges if when.phrase.lower().startswith(("depuis plus", "depuis au"))
    ]
    if not lengths:
        return marks
    cues = [
        replace(c, tag="running") if c.tag in ("ran", "long") and _goes_on(c.first, c.last, lengths, marks) else c
        for c in marks.cues
    ]
    return replace(marks, cues=cues)


def _goes_on(first: int, last: int, lengths: list[int], marks: Marks) -> bool:
    said = marks.tokens[first]
    before = marks.tokens[first - 1].norm if first else ""
    now = said.norm in _GO_ON and not said.text.endswith(PARTICIPLES) and before not in _BEEN
    return now and last < len(marks.tokens) and marks.tokens[last].at[0] in lengths
