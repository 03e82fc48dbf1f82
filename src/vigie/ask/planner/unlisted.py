"""Names of single records where a field has more of them than its profile holds: told by how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from vigie.ask.planner.facets import Facet

_SAMPLE = 500  # values that are looked at, from all over those that are held
_WAYS = 3  # of writing them, at most
_DIGITS = 4  # at least: fewer are anything
_DIGIT, _HEX = re.compile(r"[0-9]"), re.compile(r"[0-9a-f]", re.IGNORECASE)
_ONLY_HEX = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE)  # 5f1c... of a UUID or an ObjectId


def ways_of_writing(facets: Iterable[Facet], total: int) -> Mapping[str, list[tuple[str, str]]]:
    """What such a name looks like, without regard to case -> (the path, the same as it is written there)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for facet in facets:
        values = facet.profile.values
        if not facet.text or facet.long or facet.profile.complete or not facet.unique(total) or facet.profile.repeated:
            continue
        sample = [str(value) for value, _ in values[:: max(1, len(values) // _SAMPLE)]]
        ways = {looks(value) for value in sample}
        if len(ways) > _WAYS or any(way.count("9") + way.count("#") < _DIGITS for way in ways):
            continue
        for way in ways:
            found.setdefault(way.casefold(), []).append((facet.path, way))
    return found


def looks(value: str) -> str:
    """RUN-20261120-0011963 as RUN-99999999-9999999; hexadecimal digits, of at least 16, as #."""
    return _HEX.sub("#", value) if _ONLY_HEX.fullmatch(value) else _DIGIT.sub("9", value)


def as_stored(said: str, way: str) -> str:
    """What was said, in the letters that are the same in all such names."""
    return "".join(there if mark in "9#" else mark for there, mark in zip(said, way, strict=True))
