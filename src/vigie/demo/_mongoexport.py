"""What the sample exports share: Paris clocks, random streams by name, Extended JSON lines."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from hashlib import blake2b
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def rng_of(*parts: object) -> Random:
    """A random stream of its own for what `parts` name, so that one thing more does not change the others."""
    return Random(":".join(map(str, parts)))


def instant(day: date, clock: str) -> datetime:
    """Paris wall clock to UTC. A time that a clock change skips is an hour later, a repeated one is the first."""
    hour, minute = int(clock[:2]), int(clock[3:])
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def extended(at: datetime) -> dict[str, str]:
    """A date as mongoexport writes it: no fraction when the milliseconds are zero."""
    return {"$date": at.isoformat(timespec="milliseconds" if at.microsecond >= 1000 else "seconds")[:-6] + "Z"}


def line(at: datetime, document: dict[str, Any]) -> str:
    """The document with an ObjectId of that second and of the content: equal ids mean equal documents."""
    body = _encode(document)
    content = blake2b(body.encode(), digest_size=8).hexdigest()
    return f'{{"_id":{{"$oid":"{int(at.timestamp()):08x}{content}"}},{body[1:]}\n'
