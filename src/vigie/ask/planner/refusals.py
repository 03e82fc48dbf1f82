"""What is not computed, whatever the collections: orders, attempts to turn the machine, causes, what lies ahead."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence

from vigie.ask.planner.cues import DESTROY, HOSTILE, tags_of
from vigie.ask.planner.frame import Problem
from vigie.ask.planner.lexicon import AHEAD, OPERATOR, SHELL, WHY
from vigie.ask.planner.prefaces import POLITE
from vigie.ask.planner.tokens import Token, stem


def refused(text: str, found: Sequence[Token], own: Collection[str] = ()) -> Problem | None:
    """Orders to change or delete, and attempts to turn the machine. `own`: stems of what records are called."""
    said = " ".join(t.norm for t in found)
    if re.search(rf"\b(?:{HOSTILE})\b", said) or OPERATOR.search(text) or SHELL.search(text):
        return Problem("hostile")
    for i, token in enumerate(found[:8]):
        named = i + 1 < len(found) and _one_name(text, token, found[i + 1])
        # "archive jobs larger than 2 TB" of `archive_jobs` is no order; "archive the jobs" is one.
        named = named or (i + 1 < len(found) and stem(token.norm) in own and found[i + 1].norm not in _OBJECTS)
        named = named or (i + 1 < len(found) and found[i + 1].norm == "en")  # "escalade en cas d'incident"
        named = named or _superlative(found[i + 1 : i + 3])
        if token.norm in DESTROY and not named and (i + 1 == len(found) or not _is_question(found[:i])):
            return Problem("order_refused", token.text)
        if token.norm not in POLITE:
            break
    for token, after in itertools.pairwise(found):
        if token.norm in DESTROY and after.glued and after.norm in ("les", "le", "la", "moi"):
            return Problem("order_refused", token.text)
    return None


_OBJECTS = frozenset(
    "les le la l the all tout toutes tous this that these ce cette ces un une des it them mes nos my our".split()
)


def _superlative(after: Sequence[Token]) -> bool:
    """ "purge | la plus longue"."""
    said = [token.norm for token in after]
    return said[:1] in (["la"], ["le"], ["les"]) and said[1:] in (["plus"], ["moins"])


def _one_name(text: str, token: Token, after: Token) -> bool:
    """`relance_flux`, `purge.sh`: a name that begins with a verb is no order."""
    return after.glued and any(f"{token.text}{mark}{after.text}" in text for mark in "_.")


def _is_question(before: Sequence[Token]) -> bool:
    return any(
        t.norm in ("combien", "quel", "quels", "quelle", "quelles", "which", "how", "what", "did") for t in before
    )


def _beside_names(found: Sequence[Token]) -> list[Token]:
    """All but numbered names: "fix-hub-02" is nothing to fix."""
    names: list[list[Token]] = []
    for token in found:
        if token.glued and names:
            names[-1].append(token)
        else:
            names.append([token])
    return [t for name in names if len(name) == 1 or not any(t.norm.isdigit() for t in name) for t in name]


def not_computed(found: Sequence[Token], *, coming: bool = False) -> Problem | None:
    """Causes and procedures are for the documents. `coming`: records tell of what lies ahead."""
    said = " ".join(t.norm for t in _beside_names(found))
    if ahead := None if coming else next((t for t in found if t.norm in AHEAD), None):
        counted = any(
            {"count", "rate"} & {*tags_of((t.norm,)), *tags_of((t.norm, u.norm))} for t, u in itertools.pairwise(found)
        )
        return Problem("foretold" if counted else "not_exact", ahead.text)
    return Problem("not_exact") if WHY.search(said) else None
