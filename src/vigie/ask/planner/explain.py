"""Rows to an answer: what was found, then how it was computed. Every word of it is the engine's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

from vigie.ask.language import Language
from vigie.ask.planner import figures as f
from vigie.ask.planner.headline import headline
from vigie.ask.planner.phrases import say
from vigie.ask.planner.result import Result
from vigie.ask.when import CONVENTIONS
from vigie.plan import Span, Where, counted, operands

_OPS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "="}
VALUES_SHOWN = 6


def answer_text(result: Result) -> str:
    """Markdown."""
    lines = [*_window_lines(result), *_condition_lines(result), *_note_lines(result)]
    return headline(result) + "\n\n" + "\n".join(f"- {line}" for line in lines)


def _window_lines(result: Result) -> list[str]:
    spans = [s for s in (result.plan.span, *(m.span for m in result.plan.measures)) if s is not None]
    if not spans:
        return [result.say("no_window")]
    lines = []
    for span in dict.fromkeys(spans):
        decided = (w.convention for w in result.whens if w.phrase in span.phrase)
        convention = next((_rule(rule, result) for rule in decided), None)
        words = span_words(span, result.language, result.zone)
        text = result.say("window", phrase=span.phrase, span=words, path=f.literal(span.path))
        lines.append(text + (f" {convention}." if convention else ""))
    return lines


def _rule(rule: str, result: Result) -> str | None:
    """The sentence of a convention of the time grammar, or of the planner's own."""
    return result.say(rule) if rule in _OWN_RULES else CONVENTIONS.get(rule, {}).get(result.language)


_OWN_RULES = frozenset({"overdue", "so_far", "whole_days"})


def span_words(span: Span, language: Language, zone: ZoneInfo) -> str:
    """Local, then UTC."""
    start = f.instant(span.start, zone, language) if span.start else ""
    end = f.instant(span.end, zone, language) if span.end else ""
    utc = " → ".join(f"{t.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if t else "…" for t in (span.start, span.end))
    code = "between" if start and end else "since" if start else "until"
    return say(code, language, start=start, end=end, zone=zone.key, utc=utc)


def _condition_lines(result: Result) -> list[str]:
    own = [w for m in result.plan.measures for w in (*m.where, *m.part) if w.because or w.op != "present"]
    lines = [condition_words(w, result.language) for w in dict.fromkeys((*result.plan.where, *own))]
    for having in result.plan.having:
        if having.op == "eq" and having.value == 0:
            continue
        measure = result.plan.measures[having.measure]
        if len(result.plan.measures) > 1:
            continue  # sides that must all be there: their conditions say it
        shown = result.measured(having.value, measure)
        lines.append(result.say("having", op=_OPS[having.op], value=shown))
    return lines


def condition_words(where: Where, language: Language) -> str:
    """The condition, then the words that caused it."""
    values = ", ".join(f.literal(v) for v in where.values[:VALUES_SHOWN])
    if len(where.values) > VALUES_SHOWN:
        values += say("and_more", language, n=str(len(where.values) - VALUES_SHOWN))
    if where.within:
        values = ", ".join(condition_words(replace(inner, because=""), language) for inner in where.within)
    op = "other" if where.op == "lacks" and not where.because else where.op  # of one object, that has one value
    least, most = where.number
    wording = f"op_{op}" if (least, most) == (1, None) else _so_many(least, most)
    text = say(wording, language, path=f.literal(where.path), values=values, least=str(least), most=str(most))
    return text + (say("because", language, words=where.because) if where.because else "")


def _so_many(least: int, most: int | None) -> str:
    if most is None:
        return "holds_least"
    return (
        "holds_none" if most == 0 else "holds_exactly" if least == most else "holds_between" if least else "holds_most"
    )


def _note_lines(result: Result) -> list[str]:
    total = result.known.profile.total
    lines = _computed_lines(result)
    used = {w.path for w in result.plan.where} | {s.path for s in [result.plan.span] if s}
    for path in sorted(path for path in used if result.known.counts(path)):
        facet = result.known.facets.get(path)
        if facet is not None and facet.profile.present < total:
            present = result.number(facet.profile.present)
            lines.append(result.say("presence", path=f.literal(path), n=present, total=result.number(total)))
    for path in sorted(_instants_used(result)):
        facet = result.known.facets.get(path)
        if facet is not None and facet.profile.time == "dmy_assumed":
            lines.append(result.say("day_first", path=f.literal(path)))
    if result.rows.ungrouped:
        n = result.rows.ungrouped
        lines.append(result.say("ungrouped", n=result.number(n), records=result.records(n)))
    if result.rows.truncated:
        lines.append(result.say("truncated", n=result.number(len(result.rows.rows))))
    return [*lines, *result.notes]


def _computed_lines(result: Result) -> list[str]:
    """What paths are that no record has as such."""
    measures = result.plan.measures
    wheres = [*result.plan.where, *(w for m in measures for w in (*m.where, *m.part))]
    lines = []
    for path in dict.fromkeys([*(w.path for w in wheres), *(m.path for m in measures if m.path), *result.plan.show]):
        if result.known.profile.field(path) is not None:
            continue
        if (within := counted(path)) is not None:
            lines.append(result.say("counted", path=f.literal(path), of=f.literal(within)))
        elif (ends := operands(path)) is not None:
            end, start = map(f.literal, ends)
            lines.append(result.say("difference", path=f.literal(path), start=start, end=end))
    return lines


def _instants_used(result: Result) -> set[str]:
    plan = result.plan
    spans = (plan.span, *(m.span for m in plan.measures))
    measured = (m.path for m in plan.measures if m.aggregate in ("min", "max"))
    return {s.path for s in spans if s} | {k.path for k in plan.keys} | {p for p in measured if p} | set(plan.show)
