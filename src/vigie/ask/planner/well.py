"""Flags of what went well, said of what went wrong: "files that failed their checksum" of a `checksum_ok`."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.marks import FlagMark, ValueMark
from vigie.ask.planner.page import Page
from vigie.ask.planner.tokens import stem
from vigie.ask.words import STOP

_WELL = frozenset(
    map(stem, "ok valid valide passed success successful reussi conforme correct good matched verified verifie".split())
)
_WRONG = frozenset(
    "bad wrong incorrect incorrects incorrecte incorrectes invalid invalide invalides mauvais mauvaise mauvaises faux "
    "fausse false mismatch mismatched mismatches errone erronee erronees corrupt corrupted".split()
)
_SMALL = STOP | frozenset("its their the a of la le les leur un une d".split())
_NEAR = 2  # small words between


def went_wrong(page: Page, flag: FlagMark) -> FlagMark:
    """The flag turned where what is said right before or right after is that it failed; that says no state then."""
    facet = page.known.facets[flag.path]
    named = any(stem(page.norms[i]) in _WELL for i in range(flag.first, flag.last))
    if named or len(facet.words) < 2 or not _WELL & facet.stems or _said_before(page, flag):
        return flag
    before = next((i for i in range(flag.first - 1, -1, -1) if page.norms[i] not in _SMALL), None)
    if before is not None and flag.first - before <= _NEAR + 1 and _failed(page.norms[before]):
        page.marks.cues = [cue for cue in page.marks.cues if not cue.first <= before < cue.last]
        page.marks.values = [value for value in page.marks.values if not _at(value, before)]
        page.marks.unknown = [span for span in page.marks.unknown if not span[0] <= before < span[1]]
        return replace(flag, first=before, value=False, words=page.grams.said(before, flag.last))
    after = next((i for i in range(flag.last, len(page.norms)) if page.norms[i] not in _SMALL), None)
    if after is not None and after - flag.last <= _NEAR and page.grams.free[after] and _failed(page.norms[after]):
        return replace(flag, last=after + 1, value=False, words=page.grams.said(flag.first, after + 1))
    return flag


def _said_before(page: Page, flag: FlagMark) -> bool:
    """ "validés par le | CAB ont échoué" of a `valide_cab`: it is the records that failed."""
    return any(f.path == flag.path and flag.first - f.last <= _NEAR for f in page.marks.flags)


def _failed(norm: str) -> bool:
    return norm in _WRONG or "failed" in tags_of((norm,))


def _at(value: ValueMark, place: int) -> bool:
    return value.first <= place < value.last
