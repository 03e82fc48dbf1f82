"""A value that is said right after its field: "sens R", "cacheHit false", "agence 412"."""

from __future__ import annotations

import re
import string

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import NounMark, ValueMark
from vigie.ask.planner.value_marks import value_mark
from vigie.ask.planner.values import gram
from vigie.ask.words import STOP
from vigie.plan import Scalar

TRUTHS = {
    "true": True,
    "vrai": True,
    "oui": True,
    "yes": True,
    "false": False,
    "faux": False,
    "non": False,
    "no": False,
}


_RANKED = re.compile(r"[A-Za-z]{1,2}\d{1,2}")
_LETTERS = string.ascii_letters
_RANK = 2  # digits


def value_of_field(grams: Grams, known: Knowledge, noun: NounMark, i: int) -> ValueMark | None:
    """ "sens R", "cacheHit false": right after its field a value may be one or two letters, or a truth value."""
    if noun.last != i or (grams.tokens[i].norm in STOP and len(grams.tokens[i].text) > 1):
        return None
    for _, path in noun.fields:
        facet = known.facets[path]
        wanted: Scalar = TRUTHS.get(grams.norms[i]) if facet.flag else None
        if facet.text and len(grams.norms[i]) <= 2:
            wanted = grams.tokens[i].text
        if wanted is not None and any(v == wanted and type(v) is type(wanted) for v, _ in facet.profile.values):
            return ValueMark(noun.first, i + 1, {path: (wanted,)}, "whole", grams.said(noun.first, i + 1))
    return None


def code_at(
    grams: Grams, known: Knowledge, noun: NounMark | None, before: ValueMark | None, i: int
) -> ValueMark | None:
    """ "agence 00412", "agence n° 412", "agences 00412 et | 00261": digits that are a text of the field before."""
    if not grams.norms[i].isdigit() or grams.tokens[i].glued or grams.glued(i) > i + 1:
        return None
    if noun is not None and (noun.last == i or (noun.last == i - 1 and grams.norms[noun.last] == "n")):
        paths, first = [path for _, path in noun.fields], noun.first
        # "partenaire 0420" of `partner.code`, beside a `partner.name`.
        above = {known.facets[path].above for path in paths if known.facets[path].above}
        paths += [f.path for f in known.facets.values() if f.above in above and f.path not in paths and f.text]
    elif before is not None and before.code and (before.last == i or _joins(grams, before.last, i)):
        paths, first = list(before.options), i
    else:
        return None
    if noun is not None and noun.record >= 3 and noun.last == i:
        text, total = grams.tokens[i].text, known.profile.total
        same = [*known.values.exact(gram([grams.norms[i]])), *known.values.more(text)]  # "la demande 00210"
        told = {ref.path: (text,) for ref in same if ref.value == text and known.facets[ref.path].unique(total)}
        if told:
            path = ident if (ident := known.roles.ident) in told else next(iter(told))
            return ValueMark(i, i + 1, {path: (text,)}, "whole", text, code=True)
    if noun is not None and noun.record >= 3 and noun.last == i and (own := _own_code(grams, known, i)) is not None:
        return own
    for path in paths:
        said = _written_so(grams.norms[i], known.facets[path])
        if said is not None:
            return ValueMark(first, i + 1, {path: (said,)}, "whole", grams.said(first, i + 1), code=True)
    unlisted = (ref for ref in known.values.more(grams.tokens[i].text) if ref.path in paths)
    return next((value_mark(grams, i, i + 1, [ref], "whole") for ref in unlisted), None)


def _own_code(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "l'édition | 0042" of records told by a `code`: one of them, or digits that no number is written with."""
    text, said, code = grams.tokens[i].text, grams.tokens[i - 1], known.facets.get(known.roles.code or "")
    if code is None or not code.text or not (text.startswith("0") or said.norm == said.root):
        return None
    held = any(value == text for value, _ in code.profile.values)
    return ValueMark(i, i + 1, {code.path: (text,)}, "whole", text, code=True) if held else None


def _joins(grams: Grams, place: int, i: int) -> bool:
    return place == i - 1 and grams.norms[place] in ("et", "ou", "and", "or")


def _written_so(digits: str, facet: Facet) -> str | None:
    """The text of these digits, else the only one of that number: 00412 for 412; N2 for 2, of N1 to N3."""
    all_ = [value for value, _ in facet.profile.values]
    if len(digits) <= _RANK and len(all_) > 1 and all(isinstance(v, str) and _RANKED.fullmatch(v) for v in all_):
        ranked = [str(v) for v in all_ if str(v).lstrip(_LETTERS) == digits]
        return ranked[0] if len(ranked) == 1 else None
    texts = [value for value, _ in facet.profile.values if isinstance(value, str) and value.isdecimal()]
    same = [text for text in texts if text == digits] or [text for text in texts if int(text) == int(digits)]
    return same[0] if len(same) == 1 else None
