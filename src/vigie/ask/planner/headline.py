"""The answer itself: a number in a sentence, a verdict, a table."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner import figures as f
from vigie.ask.planner.result import Result, number
from vigie.plan import Measure

SHOWN = 25  # rows in the text; all of them are in `exact`


def headline(result: Result) -> str:
    plan, rows = result.plan, result.rows.rows
    match plan.form:
        case "yes_no" | "none_of":
            return _verdict(result)
        case "value":
            return _value(result)
        case "sides":
            return _sides(result)
    if plan.form == "groups":
        return _over(result, len(rows)) + (f"\n\n{table_of(result)}" if rows else "")
    if not rows:
        return result.say("none", records=result.records(0)) + _emptied(result)
    if plan.form == "records":
        if len(rows) == 1:
            return _one_record(result)
        head = result.say("rows", n=result.number(len(rows)), records=result.records(len(rows)))
    else:
        head = _over(result, len(rows))
    return f"{head}\n\n{table_of(result)}"


def _over(result: Result, rows: int) -> str:
    """ "13 valeurs de `flow`, sur 19 exécutions"."""
    plan, matched = result.plan, result.rows.matched
    n, records = result.number(matched), result.records(matched)
    if not plan.keys:
        return result.say("count", n=n, records=records)
    key = plan.keys[0]
    if key.bucket:
        return result.say("count", n=n, records=records)
    if any(h.op == "eq" and h.value == 0 for h in plan.having):
        code = "absent"
    else:
        code = "first" if rows == plan.limit and len(plan.keys) == 1 else "groups"
    code += "" if rows == 1 else "_many"
    shown = _row(result.rows.rows[0], result) if code == "first" else []
    label, value = (shown[0], shown[len(plan.keys)]) if shown else ("", "")
    path = f.literal(key.path)
    return result.say(code, rows=result.number(rows), path=path, n=n, records=records, label=label, value=value)


def _verdict(result: Result) -> str:
    count = int(str(result.rows.rows[0][0]))
    bad, good = ("not_all", "all_fine") if result.plan.form == "none_of" else ("yes", "no")
    code = bad if count else good
    hits = result.outcome(count) or result.records(count)
    text = result.say(code, n=result.number(count), records=hits)
    return text + (_emptied(result) if code == "no" else "")


def _value(result: Result) -> str:
    measure, first = result.plan.measures[0], result.rows.rows[0]
    if measure.aggregate == "count":
        return _count(result, int(str(first[0])))
    if first[0] is None:
        path = f.literal(measure.path) if measure.path else result.records(0)
        return result.say("nothing_measured", path=path) + _emptied(result)
    if measure.aggregate == "share":
        share, part, whole = (number(v) for v in first)
        shown = f.percent(share, result.language)
        return result.say(
            "share", share=shown, n=result.number(part), whole=result.number(whole), records=result.records(whole)
        )
    matched = result.rows.matched
    shown = result.measured(first[0], measure)
    records = result.records(matched)
    return result.say(
        measure.aggregate, value=shown, path=f.literal(measure.path), n=result.number(matched), records=records
    )


def _count(result: Result, count: int) -> str:
    hits = result.outcome(count)
    if result.whole is not None:
        whole = result.number(result.whole)
        of = result.records(result.whole)
        text = result.say("count_of", n=result.number(count), hits=f" {hits}" if hits else "", whole=whole, records=of)
    else:
        text = result.say("count", n=result.number(count), records=result.records(count))
    return text + (_emptied(result) if count == 0 else "")


def _sides(result: Result) -> str:
    plan, row = result.plan, result.rows.rows[0]
    cells: list[list[str]] = []
    values: list[float] = []
    place = 0
    for label, measure in zip(result.labels, plan.measures, strict=True):
        cells.append([f.literal(label), result.measured(row[place], measure)])
        values.append(number(row[place]) if row[place] is not None else 0.0)
        place += measure.width
    head = result.say("sides_equal")
    if len(set(values)) > 1:
        top = max(range(len(values)), key=values.__getitem__)
        head = result.say("sides", label=result.labels[top], value=cells[top][1])
    column = result.say(f"{plan.measures[0].aggregate}_column")
    return f"{head}\n\n{f.table(['', column], cells, [False, True])}"


def _one_record(result: Result) -> str:
    colon = " : " if result.language == "fr" else ": "
    pairs = zip(result.plan.show, result.rows.rows[0], strict=True)
    lines = [f"- {f.literal(path)}{colon}{result.value(value, path)}" for path, value in pairs if value is not None]
    return result.say("record") + "\n\n" + "\n".join(lines)


def table_of(result: Result) -> str:
    """Its rows, as many as are shown, and how many more there are."""
    plan, rows = result.plan, result.rows.rows
    header = [result.say(key.bucket) if key.bucket else key.path for key in plan.keys] or list(plan.show)
    right = [False] * len(header)
    for measure in plan.measures:
        header += _column_names(result, measure)
        right += [True] * measure.width
    text = f.table(header, [_row(row, result) for row in rows[:SHOWN]], right)
    if len(rows) > SHOWN:
        text += "\n\n" + result.say("more", n=result.number(len(rows) - SHOWN))
    return text


def _column_names(result: Result, measure: Measure) -> list[str]:
    if measure.aggregate == "share":
        return [result.say(code) for code in ("share_column", "part_column", "whole_column")]
    if measure.name.partition(" ")[0] != measure.aggregate:
        return [measure.name]
    name = result.say(f"{measure.aggregate}_column")
    of = measure.path if measure.path and measure.aggregate != "distinct" else ""
    return [" ".join(filter(None, (name, of, *(where.because for where in measure.where))))]


def _row(row: Sequence[object], result: Result) -> list[str]:
    plan = result.plan
    if not plan.measures:
        return [result.value(value, path) for value, path in zip(row, plan.show, strict=True)]
    cells = [result.key(value, key) for value, key in zip(row, plan.keys, strict=False)]
    place = len(plan.keys)
    for measure in plan.measures:
        cells.append(result.measured(row[place], measure))
        if measure.aggregate == "share":
            cells += [result.number(v) for v in row[place + 1 : place + 3]]
        place += measure.width
    return cells


def _emptied(result: Result) -> str:
    if result.empties is None:
        return ""
    condition, without = result.empties
    return " " + result.say("empties", condition=condition, n=result.number(without))
