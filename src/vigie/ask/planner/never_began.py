"""Records that never began, in a window: pods whose image could not be pulled are of the time they were to start at."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.time_field import expected
from vigie.plan import Measure, Plan, Rows, Where


def without_start(plan: Plan, known: Knowledge) -> Plan | None:
    """Of a plan that found nothing: how many records meet its conditions at any time, and how many of those began.
    None where its window is of no start, or every record has one."""
    start = known.facets.get(known.roles.start or "")
    own = any(measure.span is not None for measure in plan.measures)
    if start is None or plan.span is None or plan.span.path != start.path or own or not plan.where:
        return None
    if start.profile.present >= known.profile.total or expected(known) is None:
        return None
    began = Measure("began", where=(Where(start.path, "present"),))
    return Plan(plan.collection, plan.where, None, (), (Measure("all"), began), each=plan.each)


def when_expected(plan: Plan, counted: Rows, known: Knowledge) -> Plan | None:
    """The same over the time they were expected at, where there are some and none of them began."""
    path, ((all_, began),) = expected(known), counted.rows
    if not all_ or began or path is None or plan.span is None:
        return None
    return replace(plan, span=replace(plan.span, path=path))
