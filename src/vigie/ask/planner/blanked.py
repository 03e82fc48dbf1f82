"""Words that the grammar of times must not see: lateness, codes, and what joins the two sides of a comparison."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.facets import HTTP
from vigie.ask.planner.lexicon import BEING
from vigie.ask.planner.tokens import Token

_CODES = frozenset(map(str, HTTP))
_BOUNDS = frozenset("de d than a of plus moins over under max min least most > <".split())


def for_times(text: str, found: Sequence[Token]) -> str:
    """The same text, of the same length: "were late yesterday" is of the whole day, "compare entre mars et avril" of
    two months."""
    compared = any("compare" in tags_of((t.norm,)) or t.norm in ("ecart", "difference") for t in found)
    for before, token in itertools.pairwise(found):
        codes = token.norm.endswith("s") and token.norm[:-1] in _CODES and before.norm not in _BOUNDS  # "returned 500s"
        late = token.norm == "late" and (before.norm in BEING or before.norm.endswith("ed"))
        between = compared and before.norm in ("entre", "between") and not token.norm[0].isdigit()
        blank = token if late or codes else before if between else None
        if blank is not None:
            start, end = blank.at
            text = f"{text[:start]}{'-' * (end - start)}{text[end:]}"
    return text
