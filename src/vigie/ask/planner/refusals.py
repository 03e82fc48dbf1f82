"""What is not computed, whatever the collections: causes, procedures, what lies ahead."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.frame import Problem
from vigie.ask.planner.lexicon import AHEAD, WHY
from vigie.ask.planner.tokens import Token, tokens


def _beside_names(found: Sequence[Token]) -> list[Token]:
    """All but numbered names and what is written in capitals: "fix-hub-02" and a channel FIX are nothing to fix."""
    names: list[list[Token]] = []
    for token in found:
        if token.glued and names:
            names[-1].append(token)
        else:
            names.append([token])
    plain = (name for name in names if len(name) == 1 or not any(t.norm.isdigit() for t in name))
    return [t for name in plain for t in name if not t.shouted or t.norm in _ASKING]


_ASKING = frozenset("pourquoi comment que quoi why how what who qui".split())  # whichever way they are written


def not_computed(found: Sequence[Token], *, coming: bool = False) -> Problem | None:
    """Causes and procedures are for the documents. `coming`: records tell of what lies ahead."""
    said = " ".join(t.norm for t in _beside_names(found))
    if ahead := None if coming else next((t for t in found if t.norm in AHEAD), None):
        counted = any(
            {"count", "rate"} & {*tags_of((t.norm,)), *tags_of((t.norm, u.norm))} for t, u in itertools.pairwise(found)
        )
        return Problem("foretold" if counted else "not_exact", ahead.text)
    if not coming and (soon := _SOON.search(said)):
        told = "combien" in said or soon.group().split()[0] in _EXPECTED
        return Problem("foretold" if told else "not_exact", soon.group())
    return Problem("not_exact") if WHY.search(_LONG_TO_SOLVE.sub("", said)) else None


def is_for_documents(text: str) -> bool:
    """Does it ask for a cause or a procedure, which no record tells?"""
    problem = not_computed(tokens(text))
    return problem is not None and problem.code == "not_exact"


# "va-t-on | avoir", "vont-ils | échouer": what lies ahead, where none of the records does.
_SOON = re.compile(
    r"\b(?:va t (?:on|il|elle)|vont (?:ils|elles)|allons nous|on va|nous allons) (?:\w+ )?\w+(?:er|oir|re)\b"
    r"|\b(?:expected|likely|bound|going) to (?:fail|crash|abend|abort|break|be|run|end|go)\b"
)
_EXPECTED = frozenset({"expected", "likely", "bound", "going"})
# "combien de temps met-on à résoudre un P1": how long it took, and not how it is done.
_LONG_TO_SOLVE = re.compile(
    r"\b(?:combien de temps|met|mettent|mis|en moyenne|plus de \w+|moins de \w+)(?: \w+){0,5} (?:a|pour) resoudre\b"
)
