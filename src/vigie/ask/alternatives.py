"""A part of a computed question said differently: questions to ask instead, each of them tried on the planner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Literal

from vigie.ask.computed import Ready
from vigie.ask.exact import ExactAnswers
from vigie.ask.language import Language
from vigie.ask.planner.choices import in_collection
from vigie.ask.planner.phrases import say
from vigie.ask.read import read
from vigie.ask.scope import own_name
from vigie.plan import Plan, Span, Where
from vigie.types import Answer, Choice, Question, Scope, Turn

Part = Literal["collection", "condition", "window"]
Read = Callable[[str], Ready | None]

MOST = 12  # choices; a field with more values is written, not chosen
_PERIODS: dict[Language, tuple[str, ...]] = {
    "fr": ("aujourd'hui", "cette nuit", "hier", "les 7 derniers jours", "cette semaine", "la semaine dernière",
           "ce mois-ci"),
    "en": ("today", "last night", "yesterday", "in the last 7 days", "this week", "last week", "this month"),
}  # fmt: skip
# What a condition's words lean on: "ont échoué" becomes "avec status OK", not "ont avec status OK".
_LEANING = re.compile(
    r"\b(?:(?:qui|that|which|who)\s+)?(?:(?:a|ont|est|sont|était|étaient|has|have|had|is|are|was|were)\s+)?(?:en\s+|in\s+)?$",
    re.IGNORECASE,
)
_ELIDED = re.compile(r"\bd['’]$", re.IGNORECASE)
_WITH: dict[Language, str] = {"fr": "avec", "en": "with"}


def alternatives(
    answer: Answer, turns: Sequence[Turn], part: Part, n: int, scope: Scope, exact: ExactAnswers, now: datetime
) -> list[Choice]:
    """Other values of condition `n`, other windows or other collections, in place of what the answered question says.

    Given are only questions that are read as the same one but for that part, asked after `turns`, the session so far,
    with the same `scope`; none where the part cannot be said otherwise. Raises StoreCorrupt.
    """
    asked = _reader(answer.history[:-2], scope, exact, now)(answer.question)
    if asked is None:
        return []
    again = _reader(turns, scope, exact, now)
    if part == "collection":
        return _collections(answer.question, asked, sorted(exact.names()), again)
    if part == "window":
        return _windows(answer.question, asked, again)
    conditions = _where(asked.built.plan)
    return _values(answer.question, asked, conditions[n], again) if n < len(conditions) else []


def _reader(before: Sequence[Turn], scope: Scope, exact: ExactAnswers, now: datetime) -> Read:
    """Reads a question as it would be computed after these turns; None for what would not be."""
    names = list(exact.names())
    earlier = [turn.content for turn in before if turn.role == "user"]
    reader_of = cache(lambda name: exact.reader(earlier, name, now))

    def ready(text: str) -> Ready | None:
        reading = read(Question(text, scope=scope), before, names)
        limits = reading.scope
        name = own_name(limits.collection, names) if limits.collection else None
        elsewhere = limits.kinds is not None and "records" not in limits.kinds
        if reading.unknown or elsewhere or (limits.collection and name is None):
            return None
        found = reader_of(name)(reading.asked, reading.language)
        return found if isinstance(found, Ready) else None

    return ready


def _where(plan: Plan) -> list[Where]:
    """In the order of the answer's conditions."""
    own = (w for m in plan.measures for w in (*m.where, *m.part))
    return list(dict.fromkeys([*plan.where, *own]))


def _values(text: str, asked: Ready, where: Where, read: Read) -> list[Choice]:
    field = asked.known.profile.field(where.path)
    if where.op not in ("in", "not_in") or field is None or not field.complete or not 1 < len(field.values) <= MOST:
        return []
    at = _place(text, where.because)
    others = [value for value, _ in field.values if isinstance(value, str) and (value,) != where.values]
    plan, language = asked.built.plan, asked.language
    found = []
    for value in others:
        wanted = _bare(_exchanged(plan, where, replace(where, op="in", values=(value,))))
        if said := _first(_sayings(text, at, where, value, language), wanted, read):
            found.append(Choice(value, said))
    if where in plan.where and at is not None:
        without = _bare(replace(plan, where=tuple(w for w in plan.where if w != where)))
        if said := _first(_without(text, at), without, read):
            found.append(Choice(say("any_value", language), said))
    return found


def _sayings(text: str, at: tuple[int, int] | None, where: Where, value: str, language: Language) -> Iterator[str]:
    """Ways to say it, the most natural first."""
    named = f"{_WITH[language]} {where.path} {value}"
    if at is None:
        end = _end(text)
        yield f"{text[:end]} {named}{text[end:]}"
        return
    before, after = text[: at[0]], text[at[1] :]
    if any(str(old).casefold() in where.because.casefold() for old in where.values):
        yield f"{before}{value}{after}"
    if _ELIDED.search(before):
        yield f"{_ELIDED.sub('de ', before)}{where.path} {value}{after}"
    yield f"{_LEANING.sub('', before)}{named}{after}"
    yield f"{before}{where.path} {value}{after}"
    yield f"{before}{value}{after}"


def _without(text: str, at: tuple[int, int]) -> Iterator[str]:
    before, after = text[: at[0]], text[at[1] :]
    yield " ".join(f"{_LEANING.sub('', before)}{after}".split())
    yield " ".join(f"{before}{after}".split())


def _windows(text: str, asked: Ready, read: Read) -> list[Choice]:
    plan = asked.built.plan
    spans = _spans(plan)
    if len(spans) != 1:
        return []
    at = _place(text, spans[0].phrase)
    if at is None:  # taken from a question before: a period of its own replaces it
        end = _end(text)
        text, at = f"{text[:end]} {text[end:]}", (end + 1, end + 1)
    found = []
    for period in _PERIODS[asked.language]:
        said = f"{text[: at[0]]}{period}{text[at[1] :]}"
        other = read(said)
        if other is None or len(moved := _spans(other.built.plan)) != 1:
            continue
        same = (moved[0].start, moved[0].end) == (spans[0].start, spans[0].end)
        if not same and _bare(_moved(other.built.plan, spans[0])) == _bare(plan):
            found.append(Choice(period, said))
    return found


def _collections(text: str, asked: Ready, names: Sequence[str], read: Read) -> list[Choice]:
    found = []
    at = _place(text, asked.known.name)
    for name in names:
        if name == asked.known.name:
            continue
        said = f"{text[: at[0]]}{name}{text[at[1] :]}" if at else in_collection(name, text, asked.language).question
        other = read(said)
        if other is not None and other.known.name == name:
            found.append(Choice(name, said))
    return found[:MOST]


def _first(sayings: Iterator[str], wanted: Plan, read: Read) -> str | None:
    for said in sayings:
        other = read(said)
        if other is not None and _bare(other.built.plan) == wanted:
            return said
    return None


def _end(text: str) -> int:
    """Where its last word ends, before a question mark."""
    return len(text.rstrip(" \u00a0\u202f\t\n?.!"))


def _place(text: str, words: str) -> tuple[int, int] | None:
    at = text.casefold().find(words.casefold()) if words else -1
    return (at, at + len(words)) if at >= 0 and len(text.casefold()) == len(text) else None


# ------------------------------------------------------------------ plans, the words that caused them aside


def _exchanged(plan: Plan, old: Where, new: Where) -> Plan:
    def each(conditions: tuple[Where, ...]) -> tuple[Where, ...]:
        return tuple(new if w == old else w for w in conditions)

    measures = tuple(replace(m, where=each(m.where), part=each(m.part)) for m in plan.measures)
    return replace(plan, where=each(plan.where), measures=measures)


def _bare(plan: Plan) -> Plan:
    def each(conditions: tuple[Where, ...]) -> tuple[Where, ...]:
        return tuple(sorted((replace(w, because="") for w in conditions), key=repr))

    measures = tuple(
        replace(m, where=each(m.where), part=each(m.part), span=m.span and replace(m.span, phrase=""))
        for m in plan.measures
    )
    return replace(plan, where=each(plan.where), measures=measures, span=plan.span and replace(plan.span, phrase=""))


def _spans(plan: Plan) -> list[Span]:
    return list(dict.fromkeys(s for s in (plan.span, *(m.span for m in plan.measures)) if s is not None))


def _moved(plan: Plan, span: Span) -> Plan:
    measures = tuple(replace(m, span=m.span and span) for m in plan.measures)
    return replace(plan, span=plan.span and span, measures=measures)
