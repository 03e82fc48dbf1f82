"""Nouns of a question that no step of the plan took up."""

from __future__ import annotations

from collections.abc import Container

from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.elements import all_alike, one_each
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.kinds_of_records import says_of_what
from vigie.ask.planner.lexicon import AGGREGATES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.sent_along import some_of_each
from vigie.ask.planner.subjects import does_them, labels_value
from vigie.ask.planner.tokens import stem


def left_over(seen: Interpretation, frame: Frame) -> list[NounMark]:
    found = []
    conds = (*frame.conds, *frame.part)
    taken = {x.path for x in conds} | {key.path for key in frame.groups} | {frame.subject, frame.target}
    taken |= {frame.order_path, frame.side_path} | {column.target for column in frame.columns}
    taken |= {cond.path for column in frame.columns for cond in column.where}
    labels = {path for x in conds for path, _ in x.others}
    for noun in seen.marks.nouns:
        if noun.record or noun.first in seen.used or not noun.fields:
            continue
        paths = {path for _, path in noun.fields}
        if noun is seen.subject_noun and (frame.subject in paths or frame.ask not in ("number", "records")):
            found += [noun] if _other_number(seen, frame, paths) else []
            continue
        if paths & taken or paths & labels or labels_value(seen, noun) or "duration" in noun.concepts:
            continue
        if any(seen.known.facets[path].profile.time is not None for path in paths) or frame.ask == "when":
            continue
        target = seen.known.facets.get(frame.target or "")
        told = {stem(t.norm) for t in seen.marks.tokens[noun.first : noun.last]}
        if target is not None and told & target.stems and not (told - target.stems and _in_full(noun)):
            continue  # "délai moyen de résolution" of `delaiResolutionH`, not "dossiers lus" beside "dossiers rejetés"
        if (
            does_them(seen, noun)
            or one_each(seen, frame, noun)
            or all_alike(seen, noun)
            or _code_follows(seen, noun)
            or some_of_each(seen, noun)
            or says_of_what(seen.marks, seen.known, noun)
        ):
            continue
        if seen.known.roles.name in paths or (frame.sides and noun.concepts & RUNNABLE):
            continue  # "which node ran the most jobs": the things that run stand for their runs
        found.append(noun)
    return found


def _other_number(seen: Interpretation, frame: Frame, paths: Container[str]) -> bool:
    """ "durée de | rétention moyenne": a number, and no thing that the number asked for is of."""
    subject = seen.known.facets.get(frame.subject or "")
    asked = frame.aggregate in AGGREGATES and frame.target not in paths and not frame.groups
    return asked and subject is not None and subject.numeric


def _in_full(noun: NounMark) -> bool:
    return noun.last > noun.first + 1 and noun.fields[0][0] >= 2 * VERY_WORD


def _code_follows(seen: Interpretation, noun: NounMark) -> bool:
    """ "erreurs 404": the code says which."""
    codes = [p.first for p in (*seen.number_placed, *seen.value_placed) if p.cond.path in seen.known.http_codes]
    return "error" in noun.concepts and noun.last in codes
