"""Is a question one to compute, or one for the documents?"""

from __future__ import annotations

from vigie.ask.planner.planner import Planned

# Cues that only a computation answers, and those that do with records named beside them.
_COMPUTES = (
    *("count", "rate", "trend", "top", "most", "least", "avg", "sum", "median", "p95", "spread", "distinct"),
    *("when", "when_last", "when_first", "longest", "shortest", "largest", "compare", "both"),
)
_WITH_RECORDS = ("list", "yes_no", "last", "first", "all", "now", "by", "only", "without", "max", "min")
_STATES = ("failed", "succeeded", "running", "skipped", "waiting", "ran", "not_run")


def wants_rows(planned: Planned, told: bool) -> bool:
    """`told`: a record collection was named as the place to look in."""
    problem = planned.problem
    if problem is not None and problem.code in ("not_exact", "no_records"):
        return False
    marks = planned.marks
    if marks is None:
        return problem is None
    strong = marks.has(*_COMPUTES)
    timed = bool(marks.times.ranges or marks.times.vague or marks.times.durations)
    named = (
        any(n.record for n in marks.nouns) or bool(marks.values or marks.flags) or any(n.fields for n in marks.nouns)
    )
    stated = marks.has(*_STATES)
    if problem is None:
        return strong or timed or (stated and named) or (named and marks.has(*_WITH_RECORDS)) or told
    if problem.code == "unknown_value" and len(marks.unknown) > 2 and not strong:
        return False  # most of its words are of no record: a question to the documents
    return strong or (named and (timed or stated)) or (timed and stated)
