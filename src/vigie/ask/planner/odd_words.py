"""Words that mean what they mean in few questions only."""

from __future__ import annotations

from vigie.ask.planner.lexicon import TROUBLE
from vigie.ask.planner.marks import FlagMark, NounMark
from vigie.ask.planner.numbers import SIZES
from vigie.ask.planner.page import Page
from vigie.ask.planner.tokens import stem

_LIVE = frozenset("mise mises mis parti partie partis parties monte montee montes montees passage passages".split())
_BEGINNINGS = frozenset({"debut", "beginning", "start", "origine"})
_ODD = frozenset({*TROUBLE, *_LIVE, *_BEGINNINGS, "complete", "finish", "succeed", "end", "hors", *SIZES})


def odd_word(page: Page, i: int) -> int:
    """Where it ends; the place itself where it means nothing odd."""
    if page.norms[i] not in _ODD:
        return i
    steps = (_put_live, _completed, _in_units, _off_line, _trouble, _from_the_start)
    return next((end for step in steps if (end := step(page, i)) > i), i)


def _off_line(page: Page, i: int) -> int:
    """ "hors ligne" of a flag `online`."""
    path = next((p for p, stems, _ in page.known.flags if {stem("online"), "lign"} & stems), None)
    if page.norms[i : i + 2] != ["hors", "ligne"] or path is None:
        return i
    page.marks.flags.append(FlagMark(i, i + 2, path, False, page.grams.said(i, i + 2)))
    return i + 2


def _put_live(page: Page, i: int) -> int:
    """ "mises en | prod", "parties en | prod" of a collection of deployments."""
    live = page.norms[i] in _LIVE and page.norms[i + 1 : i + 2] == ["en"]
    live = live and page.norms[i + 2 : i + 3] in (["prod"], ["production"])
    return page.records_at(i, i + 2) if live and page.known.records.own("deploiement") else i


def _in_units(page: Page, i: int) -> int:
    """ "total GB written": of the one field of sizes."""
    sized = [f for f in page.known.facets.values() if f.numeric and set(f.words) & SIZES.keys()]
    asked = i > 0 and {"sum", "avg", "max", "min", "every", "count", "most"} & set(page.grams.phrase(i - 1)[1])
    if not asked or len(page.norms[i]) < 2 or len(sized) != 1:
        return i
    noun = NounMark(i, i + 1, 0.0, ((2.5, sized[0].path),), page.grams.said(i, i + 1))
    page.marks.nouns.append(noun)
    return i + 1


def _completed(page: Page, i: int) -> int:
    """ "did all backups | complete"."""
    asked = page.norms[0] in ("did", "didn", "do", "does") and page.norms[i] in (
        "complete",
        "finish",
        "succeed",
        "end",
    )
    return page.take_cue(i, i + 1, ("ran",)) if asked else i


def _trouble(page: Page, i: int) -> int:
    """ "des soucis cette nuit ?": failures, where a time is said; "problèmes connus sur SFTP" is for the documents."""
    timed = page.grams.times.ranges or page.grams.times.vague
    own = page.known.records.own(page.norms[i])
    return page.take_cue(i, i + 1, ("failed",)) if page.norms[i] in TROUBLE and timed and not own else i


def _from_the_start(page: Page, i: int) -> int:
    """ "depuis le début", of nothing: of all that there is."""
    before = page.norms[max(0, i - 2) : i]
    since = page.norms[i] in _BEGINNINGS and before in (["depuis", "le"], ["depuis", "l"], ["since", "the"])
    return i + 1 if since and page.norms[i + 1 : i + 2] not in (["de"], ["du"], ["d"], ["des"], ["of"]) else i
