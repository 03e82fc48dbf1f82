"""The runs that a question for the documents speaks of: "pourquoi X a échoué cette nuit ?"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.computed import Meant
from vigie.ask.language import Language
from vigie.ask.planner.build import build
from vigie.ask.planner.explain import answer_text
from vigie.ask.planner.follow import plan_earlier
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.headline import table_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.planner import Planned, plan
from vigie.ask.planner.result import Result
from vigie.ask.planner.typed import typed
from vigie.plan import Plan, Rows, Where

SHOWN = 5  # of them, the latest
BARE = 3  # words of a question that leans on the one before: "et pourquoi ?"
EARLIER = 6  # turns that it may lean on
CODES = 2  # of their errors that are searched for, too
NAMED = 3  # values of one field that are searched for, too

Run = Callable[[Plan], Rows]


def runs_meant(
    turns: Sequence[str],
    known: Sequence[Knowledge],
    now: datetime,
    zone: ZoneInfo,
    language: Language,
    run: Run,
    whole: Callable[[Plan, Knowledge], int | None],
) -> Meant | None:
    """How many the last turn speaks of, the latest with their errors, and what they are called; None where it speaks of
    none. "Pourquoi ?" alone speaks of those of the turn before.

    `whole`: of how many records a count is a part. Raises what `run` raises.
    """
    said = [typed(turn, known, language) for turn in turns[-EARLIER:]]
    planned: Planned | None = plan(said[-1], known, now, zone, language, causes=True)
    if not _says_which(planned) and len(said[-1].tokens) <= BARE:
        planned = plan_earlier(said[:-1], known, now, zone, language)
    frame = planned.frame if planned is not None else None
    if planned is None or planned.known is None or frame is None or not _says_which(planned):
        return None
    counting = replace(frame, ask="number", subject=None, groups=(), aggregate="count", target=None, having=())
    counting = replace(counting, absent=False, sides=None, both=False, but_not=False, columns=())
    built = build(counting, planned.known)
    if built is None:
        return None
    rows = run(built.plan)
    told = Result(built.plan, rows, (), planned.known, language, zone, planned.whens, whole(built.plan, planned.known))
    if not rows.matched:
        return Meant(answer_text(told), any=False)
    latest = _latest(counting, planned.known, language, zone, run)
    words = (*_values(built.plan.where), *_codes(latest))
    return Meant(f"{answer_text(told)}\n\n{table_of(latest)}", any=True, words=tuple(dict.fromkeys(words)))


def _says_which(planned: Planned | None) -> bool:
    frame = planned.frame if planned is not None else None
    return frame is not None and bool(frame.conds) and (bool(frame.times) or len(frame.conds) > 1)


def _latest(frame: Frame, known: Knowledge, language: Language, zone: ZoneInfo, run: Run) -> Result:
    roles = known.roles
    causes = tuple(path for path in (roles.code, roles.message) if path)
    built = build(replace(frame, ask="records", also=causes, order="desc", order_path=roles.start, limit=SHOWN), known)
    assert built is not None
    return Result(built.plan, run(built.plan), built.labels, known, language, zone)


def _values(conditions: Sequence[Where]) -> list[str]:
    """Names and states, as the records write them."""
    told = (where.values[:NAMED] for where in conditions if where.op == "in")
    return [value for values in told for value in values if isinstance(value, str)]


def _codes(latest: Result) -> list[str]:
    """The usual codes of their errors, which pages are about: many at once would find tables of all codes first."""
    code = latest.known.roles.code
    if code is None or code not in latest.plan.show:
        return []
    place = latest.plan.show.index(code)
    met = Counter(str(row[place]) for row in latest.rows.rows if row[place] is not None)
    return [one for one, _ in met.most_common(CODES)]
