"""A question to its Plan, or to the reason why it is not computed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from vigie.ask.language import Language
from vigie.ask.planner.build import Built, build
from vigie.ask.planner.collections import MARGIN, Fit, fit
from vigie.ask.planner.coming import coming_path, not_yet, says_coming
from vigie.ask.planner.conditions import polarity_told
from vigie.ask.planner.cues import DESTROY, FILLER, HOSTILE, tags_of
from vigie.ask.planner.frame import Frame, Problem
from vigie.ask.planner.glosses import glossed
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.interpret import interpret
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lapses import lapse
from vigie.ask.planner.lexicon import AHEAD, OPERATOR, POLITE, SHELL, WHY
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.reader import Reader
from vigie.ask.planner.states import STATE_CUES, every_record_failed, said_state, says_when
from vigie.ask.planner.tokens import Token, tokens
from vigie.ask.planner.unused import unused
from vigie.ask.planner.values import gram
from vigie.ask.when import Times, read_times
from vigie.ask.words import STOP

EXTREMES = ("longest", "shortest", "largest", "smallest")
_EVIDENCE = 1.0  # points without which nothing is counted
NEAR = 3
TRIED = 4  # collections read with typos


@dataclass(frozen=True)
class Planned:
    """`built` None: `problem` tells why. `others`: other collections the question fits as well."""

    frame: Frame | None = None
    built: Built | None = None
    problem: Problem | None = None
    others: tuple[str, ...] = ()
    known: Knowledge | None = None
    times: Times | None = None
    marks: Marks | None = None
    followed: bool = False  # it completes a computed question


def plan(
    text: str,
    knowledge: Sequence[Knowledge],
    now: datetime,
    zone: ZoneInfo,
    language: Language,
    *,
    causes: bool = False,
    ahead: bool | None = None,
) -> Planned:
    """The first turn of a conversation, or a question that stands alone. `causes`: also of "pourquoi ...": its runs.
    `ahead`: whether its times are of what is to come; None where its words tell."""
    found = tokens(text)
    if ahead is None and says_coming(found) and any(coming_path(known, now) for known in knowledge):
        planned = plan(text, knowledge, now, zone, language, causes=causes, ahead=True)
        if planned.known is None or coming_path(planned.known, now):
            return planned
    if problem := refused(text, found) or (None if causes else not_computed(found, coming=bool(ahead))):
        return Planned(problem=problem)
    if not knowledge:
        return Planned(problem=Problem("no_records"))
    times = read_times(text, now, zone, language, taken(text, found, knowledge), ahead=bool(ahead))
    grams = Grams(text, found, times)
    fits = _ranked([read(grams, known, typos=False) for known in knowledge])
    # Typos are looked for where the question fits best without: they cost, and never make the choice.
    if any(f.marks.unknown for f in fits[:TRIED]):
        fits = _ranked([read(grams, f.known) for f in fits[:TRIED]])
    return _decide(text, fits, times)


def read(grams: Grams, known: Knowledge, *, typos: bool = True) -> Fit:
    """The question in the eyes of one collection, whose records last as long as the question says."""
    found = lapse(grams, known)
    if found is None:
        return fit(glossed(Reader(grams, known, typos=typos).read(), known), known)
    timed = known.lasting(found.path)
    marks = Reader(grams.without(found.places), timed, typos=typos, named=found.noun).read()
    return fit(glossed(marks, timed), timed)


def _ranked(fits: list[Fit]) -> list[Fit]:
    return sorted(fits, key=lambda f: (-f.score, f.known.name))


def _decide(text: str, fits: Sequence[Fit], times: Times) -> Planned:
    best = _first(fits)
    problem = problem_of(best, times)
    if problem is not None:
        return Planned(problem=problem, known=best.known, times=times, marks=best.marks)
    close = (
        ()
        if _told(best)
        else tuple(
            f.known.name
            for f in fits
            if f is not best and abs(best.score - f.score) < MARGIN and problem_of(f, times) is None
        )
    )
    seen = Interpretation(best.marks, best.known, text)
    frame = interpret(seen)
    if (left := unused(seen, frame)) is not None:
        return Planned(problem=about(*left, best.marks), known=best.known, times=times, marks=best.marks)
    if close and not main_one(best, [f for f in fits if f.known.name in close]):
        return Planned(
            problem=Problem("which_collection", near=(best.known.name, *close)),
            known=best.known,
            times=times,
            marks=best.marks,
        )
    return planned(Planned(frame, None, None, close, best.known, times, best.marks))


def planned(found: Planned) -> Planned:
    """Its frame built; asked back where its windows leave a gap."""
    frame, known = found.frame, found.known
    assert frame is not None
    assert known is not None
    built = build(frame, known)
    return replace(found, built=built) if built else replace(found, frame=None, problem=Problem("two_windows"))


def _first(fits: Sequence[Fit]) -> Fit:
    """The best; among those as good, the one that the conventions prefer."""
    top = [f for f in fits if fits[0].score - f.score < MARGIN]
    if _told(fits[0]):
        return fits[0]
    return max(top, key=lambda f: (f.known.runs, f.known.profile.total, f.score))


def _told(best: Fit) -> bool:
    """A collection whose own name is said wins over others that fit as well."""
    return any(noun.record >= 3 for noun in best.marks.nouns)


def main_one(best: Fit, others: Sequence[Fit]) -> bool:
    """By convention, where nothing else tells: runs before errors, then a collection twice as large as the others."""
    if best.known.runs and not any(f.known.runs for f in others):
        return True
    return all(best.known.profile.total >= 2 * f.known.profile.total for f in others)


def problem_of(best: Fit, times: Times, *, evidence: bool = True) -> Problem | None:
    """Why the question is not computed from this collection; None when it is. `evidence`: must anything be named?"""
    marks = best.marks
    if times.vague:
        return Problem("vague_time", times.vague[0].phrase, at=times.vague[0].at)
    if marks.unknown:
        first, last = marks.unknown[0]
        at = (marks.tokens[first].at[0], marks.tokens[last - 1].at[1])
        words = marks.said(first, last)
        return Problem("unknown_value", words, nearest(words, best.known, _label(first, best)), at)
    for noun in marks.nouns:
        if not noun.record and not noun.fields:
            at = (marks.tokens[noun.first].at[0], marks.tokens[noun.last - 1].at[1])
            return Problem("unknown_field", noun.words, tuple(best.known.dimensions[:NEAR]), at)
    for cue in marks.cues:
        if cue.tag in STATE_CUES and not _tellable(cue.tag, best):
            at = (marks.tokens[cue.first].at[0], marks.tokens[cue.last - 1].at[1])
            words = marks.said(cue.first, cue.last)
            return Problem("unknown_value", words, nearest(words, best.known, best.known.roles.status), at)
    if (said := _unsupported(best)) is not None:
        return said
    if evidence and (best.evidence < _EVIDENCE or not _asks(marks, best.known)):
        return Problem("nothing_to_count")
    if (later := not_yet(times, best.known)) is not None:
        return Problem("unsupported", later.phrase, (), later.at)
    if times.ranges and best.known.roles.start is None and best.known.roles.end is None:
        return Problem("no_time_field", times.ranges[0].phrase)
    return None


def _unsupported(best: Fit) -> Problem | None:
    """What would be answered wrongly: a mean of counts, one state after another, a rate of nothing."""
    marks = best.marks
    counted_mean = marks.cue("avg") if marks.has("count") and marks.has("by", "every") else None
    if counted_mean is not None and not any("duration" in n.concepts or _is_numeric(n, best) for n in marks.nouns):
        return about(counted_mean.first, counted_mean.last, marks)
    states = {c.tag for c in marks.cues if c.tag in STATE_CUES}
    for mark in marks.values:
        told = {polarity_told(path, values, best.known) for path, values in mark.options.items()}
        states |= {pole for pole in told if pole is not None}
    then = marks.cue("then")
    if then is not None and len(states) > 1:
        return about(then.first, then.last, marks)
    rate = marks.cue("rate")
    if rate is not None and not states and not marks.values and not marks.flags:
        return about(rate.first, rate.last, marks)
    return None


def _is_numeric(noun: NounMark, best: Fit) -> bool:
    return any(best.known.facets[path].numeric for _, path in noun.fields)


def about(first: int, last: int, marks: Marks) -> Problem:
    """Words that cannot be computed as they are said."""
    at = (marks.tokens[first].at[0], marks.tokens[last - 1].at[1])
    return Problem("unsupported", marks.said(first, last), (), at)


def _tellable(tag: str, best: Fit) -> bool:
    """Can the collection tell which of its records are in that state?"""
    if (tag == "opened" and says_when(best.marks)) or (
        tag in ("failed", "rejected") and every_record_failed(best.known)
    ):
        return True
    return said_state(tag, best.known, "", best.marks) is not None


def _asks(marks: Marks, known: Knowledge) -> bool:
    """Is anything to be counted or listed named? "Et pour SEPA ?" names a value alone."""
    leaning = bool(marks.tokens) and marks.tokens[0].norm in ("et", "and", "pareil", "idem")
    if leaning and not marks.has("count", "list", "when"):
        return False
    states = (*STATE_CUES, "ran")
    asked = marks.has(
        "count", "list", "yes_no", "by", "top", "most", "last", "first", "rate", "when", "trend", "every", *EXTREMES
    )
    stated = any(known.roles.status in v.options for v in marks.values)
    return bool(marks.nouns or stated or marks.has(*states) or ((marks.values or marks.flags) and asked))


def refused(text: str, found: Sequence[Token]) -> Problem | None:
    """Orders to change or delete, and attempts to turn the machine."""
    said = " ".join(t.norm for t in found)
    if re.search(rf"\b(?:{HOSTILE})\b", said) or OPERATOR.search(text) or SHELL.search(text):
        return Problem("hostile")
    for i, token in enumerate(found[:8]):
        named = i + 1 < len(found) and _one_name(text, token, found[i + 1])
        if token.norm in DESTROY and not named and (i + 1 == len(found) or not _is_question(found[:i])):
            return Problem("order_refused", token.text)
        if token.norm not in POLITE:
            break
    for token, after in itertools.pairwise(found):
        if token.norm in DESTROY and after.glued and after.norm in ("les", "le", "la", "moi"):
            return Problem("order_refused", token.text)
    return None


def _one_name(text: str, token: Token, after: Token) -> bool:
    """`relance_flux`, `purge.sh`: a name that begins with a verb is no order."""
    return after.glued and any(f"{token.text}{mark}{after.text}" in text for mark in "_.")


def _is_question(before: Sequence[Token]) -> bool:
    return any(
        t.norm in ("combien", "quel", "quels", "quelle", "quelles", "which", "how", "what", "did") for t in before
    )


def not_computed(found: Sequence[Token], *, coming: bool = False) -> Problem | None:
    """Causes and procedures are for the documents. `coming`: records tell of what lies ahead."""
    said = " ".join(t.norm for t in found)
    if ahead := None if coming else next((t for t in found if t.norm in AHEAD), None):
        counted = any(
            {"count", "rate"} & {*tags_of((t.norm,)), *tags_of((t.norm, u.norm))} for t, u in itertools.pairwise(found)
        )
        return Problem("foretold" if counted else "not_exact", ahead.text)
    return Problem("not_exact") if WHY.search(said) else None


def taken(text: str, found: Sequence[Token], knowledge: Sequence[Knowledge]) -> list[tuple[int, int]]:
    """Places of known values that a time could be read into: with a digit, or in capitals."""
    places = []
    for i, token in enumerate(found):
        for n in range(min(6, len(found) - i), 0, -1):
            part = found[i : i + n]
            if (n == 1 and not (token.shouted or any(ch.isdigit() for ch in token.norm))) or (
                n > 1 and not all(t.glued for t in part[1:])
            ):
                continue
            if n == 1 and token.norm.isdigit():
                continue
            wanted = gram([t.norm for t in part])
            if any(known.values.exact(wanted) for known in knowledge):
                places.append((token.at[0], part[-1].at[1]))
                break
    return places


def _label(first: int, best: Fit) -> str | None:
    """The field that is named right before: "le service Téléphonie"."""
    before = [n for n in best.marks.nouns if n.fields and n.last == first]
    return before[0].fields[0][1] if before else None


def nearest(words: str, known: Knowledge, path: str | None = None) -> tuple[str, ...]:
    """The values that look most like these words, of that field when it is told."""
    if path is not None and (told := known.facets.get(path)) is not None and told.text:
        names_of = [str(v) for v, _ in told.profile.values]
        ranked = process.extract(words, names_of, scorer=fuzz.WRatio, limit=NEAR)
        return tuple(name for name, _, _ in ranked)
    norm = " ".join(t.norm for t in tokens(words))
    names = {
        k: refs
        for k, refs in known.values.whole.items()
        if not known.facets[refs[0].path].long and not known.facets[refs[0].path].unique(0)
    }
    found = process.extract(norm, list(names), scorer=fuzz.WRatio, limit=NEAR, score_cutoff=45)
    # Of "automatiques" a short value like AM is but a part.
    return tuple(str(names[k][0].value) for k, _, _ in found if len(k) >= len(norm) / 2)


def content_words(found: Sequence[Token]) -> list[Token]:
    return [t for t in found if t.norm not in STOP and t.norm not in FILLER]
