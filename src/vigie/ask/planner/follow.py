"""A conversation to a plan: each turn patches what the turns before it asked."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from vigie.ask.language import Language
from vigie.ask.planner.blanked import for_times
from vigie.ask.planner.coming import coming_field, coming_path, says_coming, says_past
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.interpret import interpret
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, OPENERS, PARTS
from vigie.ask.planner.limits import SHOWN, bounds_of, limit_of
from vigie.ask.planner.lost_sides import other_side
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.of_the_whole import of_the_whole
from vigie.ask.planner.orders import refused
from vigie.ask.planner.planner import Planned, plan, planned, read, taken
from vigie.ask.planner.problems import about, problem_of
from vigie.ask.planner.refusals import not_computed
from vigie.ask.planner.states import STATE_CUES
from vigie.ask.planner.time_field import dated_at
from vigie.ask.planner.tokens import Token
from vigie.ask.planner.told_with_each import told_with_them
from vigie.ask.planner.turned import turned_to
from vigie.ask.planner.typed import Typed
from vigie.ask.planner.unused import unused
from vigie.ask.when import When, read_times
from vigie.plan import Key

_SHORT = 9  # words; longer ones stand alone


def plan_earlier(
    turns: Sequence[Typed], knowledge: Sequence[Knowledge], now: datetime, zone: ZoneInfo, language: Language
) -> Planned | None:
    """What a next turn may patch: the last that was computed, else one that had to be asked back."""
    last: Planned | None = None
    for said in turns:
        found = plan_next(last, said, knowledge, now, zone, language)
        last = found if found.frame is not None or last is None or last.frame is None else last
    return last


def plan_next(
    before: Planned | None,
    said: Typed,
    knowledge: Sequence[Knowledge],
    now: datetime,
    zone: ZoneInfo,
    language: Language,
) -> Planned:
    alone = plan(said, knowledge, now, zone, language)
    if before is not None and before.frame is None and _hangs(alone, of=before.known):
        return replace(before, followed=True)
    if before is None or before.frame is None or before.known is None:
        return alone
    text, found = said.text, said.tokens
    if refused(text, found, before.known.records.own_words) or not_computed(found):
        return alone
    known = before.known
    still = before.times is not None and before.times.ahead and not says_past(found)
    ahead = coming_path(known, now) is not None and (still or says_coming(found, known))
    times = read_times(for_times(text, found, [known]), now, zone, language, taken(text, found, [known]), ahead=ahead)
    if (moved := _moved(before.frame, text, found, now, zone)) is not None:
        times = replace(times, ranges=(moved,), vague=())
    best = read(Grams(text, found, times), known)
    marks, known = best.marks, best.known
    problem = problem_of(best, times, evidence=False)
    if not _continues(marks, alone):
        return alone
    if (whole := of_the_whole(before.frame, marks)) is not None:
        return planned(Planned(whole, None, None, (), known, before.times, marks, followed=True))
    if problem is not None:
        return Planned(problem=problem, known=known, times=times, marks=marks, followed=True)
    seen = Interpretation(marks, known, text)
    frame = patch(before.frame, interpret(seen), seen)
    if (left := unused(seen, frame) or other_side(seen, before.frame)) is not None:
        return Planned(problem=about(*left, marks), known=known, times=times, marks=marks, followed=True)
    return planned(Planned(frame, None, None, (), known, times, marks, followed=True))


def _hangs(alone: Planned, of: Knowledge | None) -> bool:
    """ "par jour", "only in prod" after a question that was not understood: of nothing, it would count everything."""
    if alone.frame is None or alone.marks is None:
        return False
    words = [t.norm for t in alone.marks.tokens]
    opening = OPENERS if of is not None else PARTS  # "liste les échecs" stands alone after what is of no collection
    things = any(n.record > max((score for score, _ in n.fields), default=0) for n in alone.marks.nouns)
    return len(words) <= _SHORT and words[0] in opening and not things


_BEFORE = re.compile(
    r"\b(?:la veille|(?:le|la|the) (?P<unit>jour|nuit|journee|semaine|mois|day|night|week|month) "
    r"(?:d avant|precedente?|before)|(?:the )?previous (?P<other>day|night|week|month))\b"
)
_DAYS = {"semaine": 7, "week": 7, "mois": 0, "month": 0}


def _moved(old: Frame, text: str, found: Sequence[Token], now: datetime, zone: ZoneInfo) -> When | None:
    """ "et la semaine d'avant ?": the window of the question before, as much earlier as the words say."""
    if len(old.times) != 1 or (said := _BEFORE.search(" ".join(t.norm for t in found))) is None:
        return None
    when = old.times[0]
    unit = said["unit"] or said["other"] or "jour"
    months, days = (1, 0) if unit in ("mois", "month") else (0, _DAYS.get(unit, 1))
    place = len(said.string[: said.start()].split())
    last = place + len(said.group().split())
    at = (found[place].at[0], found[last - 1].at[1])
    start, end = (None if t is None else _earlier(t.astimezone(zone), months, days) for t in (when.start, when.end))
    if when.end == now and start is not None and (unit in when.phrase.lower() or "today" in when.phrase.lower()):
        end = when.start  # "cette semaine" is until now, "la semaine d'avant" a whole one
    return replace(when, start=start, end=end, phrase=text[at[0] : at[1]], at=at)


def _earlier(local: datetime, months: int, days: int) -> datetime:
    """On the clock of its zone; a day that the month before lacks is its last."""
    if months:
        year, month = (local.year, local.month - 1) if local.month > 1 else (local.year - 1, 12)
        local = local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    return (local - timedelta(days=days)).astimezone(UTC)


def _continues(marks: Marks, alone: Planned) -> bool:
    """Does it lean on the question before? It opens like one that does, or says too little to stand."""
    words = [t.norm for t in marks.tokens]
    if sum(not token.glued for token in marks.tokens) > _SHORT or not words:  # a name is one word
        return False
    says_what = any(n.record for n in marks.nouns) and (marks.has("count", "list", "when", "top", "yes_no"))
    own = marks.values or marks.flags or marks.numbers or marks.times.ranges or marks.has(*STATE_CUES)
    if says_what and words[0] not in _LEANING and (own or words[0] not in OPENERS):
        return _of_them(words)
    return words[0] in OPENERS or alone.frame is None or not says_what


_LEANING = frozenset("et and pareil idem same uniquement seulement only juste just".split())


def _of_them(words: Sequence[str]) -> bool:
    said = f" {' '.join(words)} "
    return any(
        f" {them} " in said
        for them in ("of them", "of those", "d entre eux", "d entre elles", "parmi eux", "parmi elles", "parmi ceux")
    )


def patch(old: Frame, new: Frame, seen: Interpretation) -> Frame:
    """The old question with what the new words replace: window, conditions on the same field, grouping, number."""
    marks = seen.marks
    if (turned := turned_to(old, new, seen)) is not None:
        return turned
    frame = replace(old, notes=())
    if new.times:
        told = dated_at(seen) is not None or coming_field(marks.times, seen.known) is not None
        path = new.time_path if told else old.time_path or new.time_path
        frame = replace(frame, times=new.times, time_path=path)
        if old.sides == "times":
            frame = replace(frame, sides=None)
    if new.conds:
        frame = replace(frame, conds=_replaced(old.conds, new.conds))
    if marks.has(*AGGREGATES, "rate") and new.aggregate != "count":
        target = new.target if _names_target(marks, new) else old.target or new.target
        frame = replace(frame, aggregate=new.aggregate, target=target, part=new.part, ask="number", order_path=None)
        frame = replace(frame, columns=new.columns)
        if new.aggregate == "share" and new.part:
            frame = replace(frame, conds=tuple(c for c in frame.conds if c.path != new.part[0].path))
    elif old.aggregate in AGGREGATES and (asked := next((a for a in AGGREGATES if marks.has(a)), None)):
        frame = replace(frame, aggregate=asked, columns=())  # "et le max ?"
    return _patched_shape(frame, old, new, seen)


def _patched_shape(frame: Frame, old: Frame, new: Frame, seen: Interpretation) -> Frame:
    marks, known = seen.marks, seen.known
    bounds = bounds_of(seen)
    if old.ask in ("values", "records") and (also := told_with_them(marks)):
        return replace(frame, ask="records", also=(*((old.subject,) if old.subject else ()), *also), groups=())
    if new.groups and marks.has("by", "every", "trend"):
        frame = replace(frame, groups=new.groups, ask="number", trend=new.trend, order="desc", subject=None, sides=None)
        kept = old.limit if old.groups and not new.trend else None  # "top 3 des équipes", "par demandeur plutôt"
        frame = replace(frame, limit=kept)
        frame = replace(frame, order_path=None, aggregate="count" if old.aggregate == "distinct" else frame.aggregate)
    elif bounds and (old.groups or old.subject):
        groups = old.groups or (Key(old.subject or ""),)
        frame = replace(frame, groups=groups, having=bounds, ask="number", order="desc", limit=None)
    elif (others := _had_none(old, new, marks)) is not None:
        frame = others
    elif marks.has("top", "most", "least") and new.groups:
        listed = (Key(old.subject),) if old.subject else new.groups  # "et le plus souvent ?"
        groups = new.groups if marks.nouns else old.groups or listed
        frame = replace(frame, groups=groups, order=new.order, limit=new.limit or SHOWN, ask="number")
    elif new.subject and old.groups and old.order and not old.trend and marks.has("list") and not marks.values:
        frame = replace(
            frame, groups=(Key(new.subject),)
        )  # "et quelle application ?" after "quelle sonde a le plus ..."
    elif (things := _other_things(old, new, seen)) is not None:
        frame = things
    elif marks.has("count") and not new.groups and old.ask in ("values", "records", "when"):
        frame = replace(frame, ask="number", limit=None, order=None, order_path=None)
        if old.ask == "values" and old.subject:
            frame = replace(frame, aggregate="distinct", target=old.subject)
    elif old.groups and (limit := new.limit or limit_of(seen)) and marks.has("first", "top") and not new.groups:
        frame = replace(frame, limit=limit)  # "garde les 3 premiers"
    elif marks.has(*_EXTREMES) and new.ask in ("records", "when"):
        frame = replace(
            frame, ask=new.ask, order=new.order, order_path=new.order_path, limit=new.limit, groups=(), trend=None
        )
    # "what about p95?" lists nothing.
    elif (marks.has("list") and not marks.has(*AGGREGATES, "rate") and not _about(marks)) or _shows_them(marks):
        frame = _shown(frame, old, new, known)
    return frame


_EXTREMES = ("last", "first", "longest", "shortest", "largest", "smallest", "when_last", "when_first")
_THOSE = frozenset("ceux celles those lesquels lesquelles which".split())


_WHO = (["ceux", "qui"], ["celles", "qui"])


def _about(marks: Marks) -> bool:
    """ "what about int?" lists nothing else than before."""
    norms = [t.norm for t in marks.tokens]
    return norms[:2] in (["what", "about"], ["how", "about"]) or (norms[:1] == ["et"] and norms[1:3] in _WHO)


def _other_things(old: Frame, new: Frame, seen: Interpretation) -> Frame | None:
    """ "and target apps?": the same of other things, where nothing else is said."""
    noun, marks = seen.subject_noun, seen.marks
    more = marks.values or marks.flags or marks.numbers or marks.cues or new.times or len(marks.nouns) != 1
    if more or noun is None or noun.record >= 3 or new.subject in (None, old.subject) or "error" in noun.concepts:
        return None
    if not noun.fields or noun.fields[0][0] < 2 or not seen.known.facets[noun.fields[0][1]].text:
        return None
    if old.ask == "values" and old.subject and not old.absent:
        return replace(old, subject=new.subject, notes=())
    if old.aggregate == "distinct" and old.target and not old.groups:
        return replace(old, subject=new.subject, target=new.subject, notes=())
    ranked = len(old.groups) == 1 and old.groups[0].bucket is None and old.order and not old.trend
    return replace(old, groups=(Key(new.subject or ""),), notes=()) if ranked else None


def _had_none(old: Frame, new: Frame, marks: Marks) -> Frame | None:
    """ "et ceux qui n'en ont eu aucun ?": of the things that were listed, those that nothing was found of."""
    words = {t.norm for t in marks.tokens}
    asked = words & {"aucun", "aucune", "none", "pas", "not"} and words & _THOSE
    known = {(cond.path, value) for cond in old.conds for value in cond.values}
    again = [m for m in marks.values if any((p, v) in known for p, values in m.options.items() for v in values)]
    more = len(again) < len(marks.values) or marks.flags or new.times  # "et ceux sans aucun | rejet ?"
    if not asked or more or old.ask != "values" or old.subject is None or old.absent:
        return None
    part = tuple(c for c in old.conds if c.polarity) or old.conds
    kept = tuple(c for c in old.conds if c not in part)
    return replace(old, absent=True, part=part, conds=kept, notes=())


def _shown(frame: Frame, old: Frame, new: Frame, known: Knowledge) -> Frame:
    """ "montre-les", "lesquels ?": what was counted, listed."""
    subject = new.subject or old.target if old.aggregate == "distinct" else new.subject
    if old.ask == "values" and not old.absent and _same_things(new):
        subject = subject or old.subject  # "and which ones are stale?" of portfolios
    if subject is None and old.groups:
        return frame
    ask = "values" if subject else "records"
    shown = replace(frame, ask=ask, subject=subject, aggregate="count", target=None, columns=(), groups=())  # type: ignore[arg-type]
    shown = replace(shown, trend=None, having=(), sides=None)
    return replace(shown, order="desc", order_path=known.roles.start, limit=None)


def _same_things(new: Frame) -> bool:
    """Does the turn say more of the things that were listed, and name no others?"""
    return bool(new.conds) and not new.times and new.subject is None


def _shows_them(marks: Marks) -> bool:
    words = [t.norm for t in marks.tokens]
    return any(w.startswith(("montre", "affiche", "show", "liste", "lesquel", "which")) for w in words[:3])


def _replaced(old: Sequence[Cond], new: Sequence[Cond]) -> tuple[Cond, ...]:
    paths = {c.path for c in new}
    return (*(c for c in old if c.path not in paths), *(_narrowed(c, old) for c in new))


def _narrowed(new: Cond, old: Sequence[Cond]) -> Cond:
    """ "et sans les exceptions métier ?" of exceptions: of those that were asked for, the others."""
    before = next((c for c in old if c.path == new.path and c.op == "in" and new.op == "not_in"), None)
    kept = tuple(v for v in before.values if v not in new.values) if before is not None else ()
    return replace(before, values=kept, polarity=None) if before is not None and kept else new


def _names_target(marks: Marks, new: Frame) -> bool:
    return any(path == new.target for noun in marks.nouns for _, path in noun.fields)
