"""What the marks of a question mean beside each other, once all of it is read."""

from __future__ import annotations

from vigie.ask.planner.acted_most import acted_most, borne_most, ranked_things
from vigie.ask.planner.counted_things import as_records
from vigie.ask.planner.given import given_to
from vigie.ask.planner.going import going_on, not_begun, runs_now, still_left
from vigie.ask.planner.gone_wrong import gone_wrong
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.worst import worst


def settled(marks: Marks, known: Knowledge) -> Marks:
    """The same, each step over what the one before left."""
    marks = not_begun(going_on(given_to(as_records(marks, known))), known)
    marks = still_left(runs_now(marks, known), known)
    marks = ranked_things(acted_most(gone_wrong(marks, known), known), known)
    return worst(borne_most(marks), known)
