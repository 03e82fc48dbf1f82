"""Words that the grammar of times must not see: lateness, codes, and what joins the two sides of a comparison."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from vigie.ask.planner.business_days import is_booked
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.facets import HTTP
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BEING
from vigie.ask.planner.tokens import Token, stem
from vigie.ask.planner.values import gram

_CODES = frozenset(map(str, HTTP))
_BOUNDS = frozenset("de d than a of plus moins over under max min least most > <".split())


def for_times(text: str, found: Sequence[Token], knowledge: Sequence[Knowledge] = ()) -> str:
    """The same text, of the same length: "were late yesterday" is of the whole day, "compare entre mars et avril" of
    two months, "heure limite à 05:30" of a field of texts such as 05:30."""
    text = _without_clocks(text, found, knowledge)
    compared = any("compare" in tags_of((t.norm,)) or t.norm in ("ecart", "difference") for t in found)
    for i, (before, token) in enumerate(itertools.pairwise(found)):
        codes = token.norm.endswith("s") and token.norm[:-1] in _CODES and before.norm not in _BOUNDS  # "returned 500s"
        late = token.norm == "late" and (before.norm in BEING or before.norm.endswith("ed"))
        between = compared and before.norm in ("entre", "between") and not token.norm[0].isdigit()
        booked = is_booked(found, i)
        blank = token if late or codes else before if between or booked else None
        if blank is not None:
            start, end = blank.at
            text = f"{text[:start]}{'-' * (end - start)}{text[end:]}"
    return text


_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
_REACH = 4  # words before such a text


def _without_clocks(text: str, found: Sequence[Token], knowledge: Sequence[Knowledge]) -> str:
    """Without the times of day that are values of a field of texts, right after its name."""
    for clock in _CLOCK.finditer(text) if knowledge else ():
        inside = [t for t in found if clock.start() <= t.at[0] < clock.end()]
        before = [t for t in found if t.at[1] <= clock.start()][-_REACH:]
        wanted = gram([t.norm for t in inside])
        paths = [(known, ref.path) for known in knowledge for ref in known.values.exact(wanted)]
        if any(_is_named(before, known, path) for known, path in paths):
            text = f"{text[: clock.start()]}{'-' * len(clock.group())}{text[clock.end() :]}"
    return text


def _is_named(before: Sequence[Token], known: Knowledge, path: str) -> bool:
    """Is the field called by two words that stand there, or by the only one it has?"""
    words = {stem(word) for word in known.facets[path].words}
    return len(words & {stem(t.norm) for t in before}) >= min(2, len(words))
