"""Windows over dates without a time of day: "hier soir" of an accounting date is that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.when import When

RULE = "whole_days"
_MORNING = 12  # a night that ends before is of the day it began on


def over_whole_days(frame: Frame, known: Knowledge, zone: tzinfo | None) -> Frame:
    """Each part of a day as its day, where the field of the window tells no more."""
    facet = known.facets.get(frame.time_path or "")
    if facet is None or zone is None or not facet.whole_days:
        return frame
    return replace(frame, times=tuple(_widened(when, zone) for when in frame.times))


def _widened(when: When, zone: tzinfo) -> When:
    if when.kind != "range" or when.start is None or when.end is None or when.end - when.start >= timedelta(hours=23):
        return when
    first, last = when.start.astimezone(zone), when.end.astimezone(zone)
    end = last.date() if last.date() > first.date() and last.hour < _MORNING else last.date() + timedelta(days=1)
    return replace(when, start=_midnight(first, zone), end=datetime.combine(end, time(), zone), convention=RULE)


def _midnight(instant: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(instant.date(), time(), zone)
