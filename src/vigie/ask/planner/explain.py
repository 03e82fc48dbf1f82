"""Rows to an answer: the number or a table, then how it was computed. Every word of it is the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from vigie.ask.language import Language
from vigie.ask.planner import figures as f
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.phrases import say
from vigie.ask.when import CONVENTIONS, When
from vigie.plan import Key, Measure, Plan, Rows, Span, Where

SHOWN = 25  # rows in the text; all of them are in `exact`


@dataclass(frozen=True)
class Result:
    """A plan with its rows. `whole`: records of the same window without the conditions. `empties`: what was found
    to empty the result, (the condition in words, records without it)."""

    plan: Plan
    rows: Rows
    labels: Sequence[str]
    known: Knowledge
    whens: Sequence[When] = ()
    whole: int | None = None
    empties: tuple[str, int] | None = None
    notes: Sequence[str] = ()  # readings that a convention decided, in words


def answer_text(result: Result, language: Language, zone: ZoneInfo) -> str:
    """Markdown."""
    body = _headline(result, language, zone)
    lines = [
        *_window_lines(result, language, zone),
        *_condition_lines(result, language),
        *_note_lines(result, language),
    ]
    return body + "\n\n" + "\n".join(f"- {line}" for line in lines)


# ------------------------------------------------------------------ the answer itself


def _headline(result: Result, language: Language, zone: ZoneInfo) -> str:
    plan, rows = result.plan, result.rows.rows
    name = f.literal(plan.collection)
    if plan.form in ("yes_no", "none_of"):
        return _verdict(result, language)
    if plan.form == "value":
        return _value(result, language, zone)
    if plan.form == "sides":
        return _sides(result, language, zone)
    if not rows:
        return say("none", language, name=name) + _emptied(result, language)
    if plan.form == "records" and len(rows) == 1:
        return _one_record(result, language, zone)
    head = say("rows" if len(rows) > 1 else "row", language, n=f.number(len(rows), language))
    if plan.having and plan.measures and all(h.value == 0 and h.op == "eq" for h in plan.having):
        head = say("absent", language, n=f.number(len(rows), language))
    elif plan.form != "records":
        head += say("over", language, n=f.number(result.rows.matched, language), name=name)
    return head + "\n\n" + _table(result, language, zone)


def _verdict(result: Result, language: Language) -> str:
    count = int(str(result.rows.rows[0][0]))
    yes = count > 0 if result.plan.form == "yes_no" else count == 0
    code = ("yes" if yes else "no") if result.plan.form == "yes_no" else ("all_fine" if yes else "not_all")
    text = say(code, language, n=f.number(count, language), name=f.literal(result.plan.collection))
    return text + (_emptied(result, language) if count == 0 and result.plan.form == "yes_no" else "")


def _value(result: Result, language: Language, zone: ZoneInfo) -> str:
    plan, measure = result.plan, result.plan.measures[0]
    first = result.rows.rows[0]
    name = f.literal(plan.collection)
    if measure.aggregate == "count":
        count = int(str(first[0]))
        if result.whole is not None and plan.where:
            shown = say(
                "count_of", language, n=f.number(count, language), whole=f.number(result.whole, language), name=name
            )
        else:
            shown = say("count", language, n=f.number(count, language), name=name)
        return shown + (_emptied(result, language) if count == 0 else "")
    if measure.aggregate == "share":
        share, part, whole = first
        if share is None:
            return say("none", language, name=name) + _emptied(result, language)
        shown = f.percent(float(str(share)), language)
        return say(
            "share",
            language,
            share=shown,
            n=f.number(_float(part), language),
            whole=f.number(_float(whole), language),
            name=name,
        )
    if first[0] is None:
        return say("nothing_measured", language, path=f.literal(measure.path), name=name) + _emptied(result, language)
    shown = _measured(first[0], measure, result, language, zone)
    matched = f.number(result.rows.matched, language)
    return say(measure.aggregate, language, value=shown, path=f.literal(measure.path), n=matched, name=name)


def _sides(result: Result, language: Language, zone: ZoneInfo) -> str:
    plan, row = result.plan, result.rows.rows[0]
    cells: list[list[str]] = []
    values: list[float] = []
    place = 0
    for label, measure in zip(result.labels, plan.measures, strict=True):
        shown = _measured(row[place], measure, result, language, zone)
        values.append(_float(row[place]) if row[place] is not None else 0.0)
        cells.append([f.literal(label), shown])
        place += measure.width
    head = say("sides_equal", language)
    if len(values) > 1 and values[0] != values[1]:
        top = max(range(len(values)), key=values.__getitem__)
        head = say("sides", language, label=result.labels[top], value=cells[top][1])
    return head + "\n\n" + f.table(["", say(plan.measures[0].aggregate + "_column", language)], cells, [False, True])


def _one_record(result: Result, language: Language, zone: ZoneInfo) -> str:
    plan, row = result.plan, result.rows.rows[0]
    shown = [
        f"{f.literal(path)} : {_shown(value, path, result, language, zone)}" if language == "fr" else
        f"{f.literal(path)}: {_shown(value, path, result, language, zone)}"
        for path, value in zip(plan.show, row, strict=True) if value is not None
    ]  # fmt: skip
    head = say("record", language, name=f.literal(plan.collection))
    return head + "\n\n" + "\n".join(f"- {line}" for line in shown)


def _table(result: Result, language: Language, zone: ZoneInfo) -> str:
    plan, rows = result.plan, result.rows.rows
    header, right = [], []
    for key in plan.keys:
        header.append(say(key.bucket, language) if key.bucket else key.path)
        right.append(False)
    for measure in plan.measures:
        header += _column_names(measure, language, len(plan.measures) > 1)
        right += [True] * measure.width
    if not plan.measures:
        header, right = list(plan.show), [False] * len(plan.show)
    body = [_row(row, result, language, zone) for row in rows[:SHOWN]]
    text = f.table(header, body, right)
    if len(rows) > SHOWN:
        text += "\n\n" + say("more", language, n=f.number(len(rows) - SHOWN, language))
    return text


def _column_names(measure: Measure, language: Language, many: bool) -> list[str]:
    if measure.aggregate == "share":
        return [say("share_column", language), say("part_column", language), say("whole_column", language)]
    if many:
        return [measure.name]
    name = say(f"{measure.aggregate}_column", language)
    return [f"{name} {measure.path}" if measure.path and measure.aggregate != "distinct" else name]


def _row(row: Sequence[object], result: Result, language: Language, zone: ZoneInfo) -> list[str]:
    plan = result.plan
    if not plan.measures:
        return [_shown(value, path, result, language, zone) for value, path in zip(row, plan.show, strict=True)]
    cells = [_key(value, key, zone, language) for value, key in zip(row, plan.keys, strict=False)]
    place = len(plan.keys)
    for measure in plan.measures:
        cells.append(_measured(row[place], measure, result, language, zone))
        if measure.aggregate == "share":
            cells += [f.number(_float(v), language) for v in row[place + 1 : place + 3]]
        place += measure.width
    return cells


def _key(value: object, key: Key, zone: ZoneInfo, language: Language) -> str:
    return f.bucket(value, key.bucket, zone, language) if key.bucket else f.literal(value)


def _measured(value: object, measure: Measure, result: Result, language: Language, zone: ZoneInfo) -> str:
    if value is None:
        return "—"
    if measure.aggregate == "share":
        return f.percent(_float(value), language)
    if isinstance(value, datetime):
        return f.instant(value, zone, language)
    unit = _seconds(measure.path, result) if measure.aggregate not in ("count", "distinct") else None
    if unit is not None:
        return f.duration(_float(value) * unit)
    return f.number(_float(value), language)


def _shown(value: object, path: str, result: Result, language: Language, zone: ZoneInfo) -> str:
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return f.instant(value, zone, language)
    if isinstance(value, int | float) and not isinstance(value, bool):
        unit = _seconds(path, result)
        return f.duration(value * unit) if unit is not None else f.number(value, language)
    return f.literal(value)


def _seconds(path: str | None, result: Result) -> float | None:
    """Seconds of one unit of a duration field."""
    if path is None or path not in result.known.facets:
        return None
    roles, facet = result.known.roles, result.known.facets[path]
    if path == roles.duration and roles.duration_unit:
        return roles.duration_unit[0]
    return facet.unit[0] if facet.unit and "duration" in facet.concepts else None


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float(str(value))


def _emptied(result: Result, language: Language) -> str:
    if result.empties is None:
        return ""
    condition, without = result.empties
    return " " + say("empties", language, condition=condition, n=f.number(without, language))


# ------------------------------------------------------------------ how it was computed


def _window_lines(result: Result, language: Language, zone: ZoneInfo) -> list[str]:
    spans = [s for s in (result.plan.span, *(m.span for m in result.plan.measures)) if s is not None]
    if not spans:
        return [say("no_window", language)]
    lines = []
    for span in dict.fromkeys(spans):
        convention = next(
            (CONVENTIONS.get(w.convention, {}).get(language) for w in result.whens if w.phrase in span.phrase), None
        )
        text = say(
            "window", language, phrase=span.phrase, span=span_words(span, language, zone), path=f.literal(span.path)
        )
        lines.append(text + (f" {convention}." if convention else ""))
    return lines


def span_words(span: Span, language: Language, zone: ZoneInfo) -> str:
    """Local, then UTC."""
    start = f.instant(span.start, zone, language) if span.start else None
    end = f.instant(span.end, zone, language) if span.end else None
    utc = " → ".join(f"{t.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if t else "…" for t in (span.start, span.end))
    code = "between" if start and end else "since" if start else "until"
    return say(code, language, start=start or "", end=end or "", zone=zone.key, utc=utc)


def _condition_lines(result: Result, language: Language) -> list[str]:
    own = [w for m in result.plan.measures for w in (*m.where, *m.part)]
    lines = [condition_words(w, language) for w in dict.fromkeys((*result.plan.where, *own))]
    for having in result.plan.having:
        if not (having.op == "eq" and having.value == 0):
            lines.append(say("having", language, op=_OPS[having.op], value=f.number(having.value, language)))
    return lines


_OPS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "="}


def condition_words(where: Where, language: Language) -> str:
    """The condition, then the words that caused it."""
    values = ", ".join(f.literal(v) for v in where.values[:6])
    if len(where.values) > 6:
        values += say("and_more", language, n=str(len(where.values) - 6))
    path = f.literal(where.path)
    text = say(f"op_{where.op}", language, path=path, values=values)
    return text + (say("because", language, words=where.because) if where.because else "")


def _note_lines(result: Result, language: Language) -> list[str]:
    total = result.known.profile.total
    lines = []
    used = {w.path for w in result.plan.where} | {s.path for s in [result.plan.span] if s}
    for path in sorted(used):
        facet = result.known.facets.get(path)
        if facet is not None and facet.profile.present < total:
            present = f.number(facet.profile.present, language)
            lines.append(say("presence", language, path=f.literal(path), n=present, total=f.number(total, language)))
    if result.rows.ungrouped:
        lines.append(say("ungrouped", language, n=f.number(result.rows.ungrouped, language)))
    if result.rows.truncated:
        lines.append(say("truncated", language, n=f.number(len(result.rows.rows), language)))
    return [*lines, *result.notes]
