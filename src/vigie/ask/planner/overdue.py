"""What is past its due date: "ont dépassé leur échéance" of a field of dates by which something has to be done."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from vigie.ask.when import Times, When

RULE = "overdue"
_SAID = re.compile(
    r"\b(?:(?:(?:ayant|ont|a|aient) )?d[ée]pass[ée]?(?:nt)? (?:leur|son|la|l[’']) ?(?:[ée]ch[ée]ance|deadline"
    r"|date limite)"
    r"|[ée]ch[ée]ances? (?:(?:est|sont) )?(?:d[ée]pass[ée]e?s?|pass[ée]e?s?)"
    r"|(?:dont )?(?:la )?(?:date limite|deadline) (?:est )?(?:d[ée]pass[ée]e|pass[ée]e)"
    r"|past (?:(?:their|its|the) )?(?:due(?: date)?|deadline)|overdue|[ée]chue?s?)\b",
    re.IGNORECASE,
)


def overdue(text: str, times: Times, now: datetime) -> Times:
    """With all that was due before now, where the question says so and no other time."""
    said = _SAID.search(text)
    if said is None or times.ranges or times.vague:
        return times
    return replace(times, ranges=(When(None, now, said[0], said.span(), RULE, "before"),))


def says_overdue(times: Times) -> bool:
    return any(when.convention == RULE for when in times.ranges)
