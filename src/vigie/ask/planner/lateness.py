"""What came late, by a field that tells how late: "arrived late" of a `late_min`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.tokens import parts, stem

_LATE = frozenset("late overdue delayed tardif tardifs tardive tardives retard".split())


def lately(marks: Marks, known: Knowledge) -> list[Placed]:
    """ "arrived late", "late files", "en retard" of a `late_min` that nothing bounds: later than not at all."""
    bounds = marks.times.durations or marks.numbers
    if marks.has(*AGGREGATES, "largest", "longest"):
        return []
    found = []
    for noun in marks.nouns:
        norm, before = marks.tokens[noun.first].norm, marks.tokens[noun.first - 1].norm if noun.first else ""
        path = noun.fields[0][1] if noun.fields and not noun.record else None
        facet = known.facets.get(path or "")
        if noun.last > noun.first + 1 or norm not in _LATE or (norm == "retard" and before != "en"):
            continue
        of_records = any(n.first == noun.last and n.record for n in marks.nouns)  # "4 late files"
        if bounds and not (of_records or (norm == "retard" and not marks.times.durations)):
            continue
        if facet is not None and facet.numeric and "late" in facet.concepts:
            found.append(Placed(Cond(facet.path, "gt", (0,), noun.words), noun.first, noun.last))
    return found


_SO_LATE = frozenset(map(stem, "tard late retard delayed overdue".split()))


def in_one_state(conds: Sequence[Cond], known: Knowledge) -> list[Cond]:
    """ "livrés en retard" of a state LIVRE_TARD: that one, and none that is LIVRE with a delay."""
    over = (c for c in conds if c.op == "gt" and c.values == (0,) and c.path in known.facets)
    late = next((c for c in over if "late" in known.facets[c.path].concepts), None)
    state = next((c for c in conds if c.path == known.roles.status and c.op == "in" and len(c.values) == 1), None)
    if late is None or state is None:
        return list(conds)
    said = {stem(word) for word in parts(str(state.values[0]))}
    for value, _ in known.facets[state.path].profile.values:
        words = {stem(word) for word in parts(str(value))}
        if words & _SO_LATE and words - _SO_LATE == said:
            both = replace(state, values=(value,), because=f"{state.because}, {late.because}")
            return [both if c is state else c for c in conds if c is not late]
    return list(conds)
