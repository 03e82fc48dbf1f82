"""Dates in MongoDB's aggregation: parts of them in a zone, from parts, from ISO 8601 text (the rest that it reads of
other notations is not here).

A local time that comes twice is the first of the two, as Python has it; MongoDB does not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bson.datetime_ms import DatetimeMS

from vigie.testing.mongo_values import MISSING, failure

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?\Z")
_TEXT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\s*\Z", re.A
)


def zone_of(name: Any) -> tzinfo | None:
    """None for none named. Raises OperationFailure for one that is unknown."""
    if name is None or name is MISSING:
        return None
    if name in ("UTC", "GMT", "Z"):
        return UTC
    found = _OFFSET.match(name)
    if found:
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(offset if found[1] == "+" else -offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise failure(40485, f'unrecognized time zone identifier: "{name}"') from error


def from_milliseconds(value: int) -> datetime | DatetimeMS:
    try:
        return _EPOCH + timedelta(milliseconds=value)
    except OverflowError:
        return DatetimeMS(value)


def from_string(text: Any, zone: Any) -> datetime | None:
    """None for what cannot be read, an offset beside a zone among it."""
    if not isinstance(text, str):
        raise failure(241, "$dateFromString requires that 'dateString' be a string")
    local = zone_of(zone)
    found = _TEXT.match(text)
    if found is None:
        return None
    day, hour, minute, second, fraction, offset = found.groups()
    if offset and local is not None and local is not UTC:
        return None
    told = zone_of(offset) if offset else local or UTC
    try:
        at = datetime.fromisoformat(f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}").replace(tzinfo=told)
        return at.astimezone(UTC) + timedelta(milliseconds=int((fraction or "0")[:3].ljust(3, "0")))
    except (ValueError, OverflowError):
        return None


def _part(read: Callable[[datetime], int]) -> Callable[[Mapping[str, Any]], Any]:
    def run(given: Mapping[str, Any]) -> Any:
        value = given["date"]
        if value is None or value is MISSING:
            return None
        if not isinstance(value, datetime):
            raise failure(16006, "can't convert to Date")
        return read(value.astimezone(zone_of(given.get("timezone")) or UTC))

    return run


def _from_parts(given: Mapping[str, Any]) -> Any:
    if any(value is None or value is MISSING for value in given.values()):
        return None
    if "isoWeekYear" in given:
        day = date.fromisocalendar(given["isoWeekYear"], given.get("isoWeek", 1), given.get("isoDayOfWeek", 1))
    else:
        day = date(given["year"], given.get("month", 1), 1) + timedelta(days=given.get("day", 1) - 1)
    units = ("hour", "minute", "second", "millisecond")
    past = timedelta(**{f"{unit}s": given.get(unit, 0) for unit in units})
    local = datetime(day.year, day.month, day.day) + past  # what is past its month's end is in the next one
    return local.replace(tzinfo=zone_of(given.get("timezone")) or UTC).astimezone(UTC)


DATES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "$year": _part(lambda t: t.year),
    "$month": _part(lambda t: t.month),
    "$dayOfMonth": _part(lambda t: t.day),
    "$hour": _part(lambda t: t.hour),
    "$minute": _part(lambda t: t.minute),
    "$second": _part(lambda t: t.second),
    "$millisecond": _part(lambda t: t.microsecond // 1000),
    "$isoDayOfWeek": _part(lambda t: t.isoweekday()),
    "$isoWeek": _part(lambda t: t.isocalendar().week),
    "$isoWeekYear": _part(lambda t: t.isocalendar().year),
    "$dateFromParts": _from_parts,
}
