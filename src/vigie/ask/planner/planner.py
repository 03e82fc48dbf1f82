"""A question to its Plan, or to the reason why it is not computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.language import Language
from vigie.ask.planner.asked_last import topic_last
from vigie.ask.planner.blanked import for_times
from vigie.ask.planner.build import Built, build
from vigie.ask.planner.collections import MARGIN, beside_owners, likely
from vigie.ask.planner.coming import coming_path, is_recorded_act, says_coming
from vigie.ask.planner.compared import compared, without
from vigie.ask.planner.dates_compared import said_of_due
from vigie.ask.planner.element_conds import asks_of_one, besides_records, by_name, held_together, of_one
from vigie.ask.planner.element_quantifiers import all_of_them, quantified
from vigie.ask.planner.elements import names_records, of_elements
from vigie.ask.planner.fit import Fit, fit
from vigie.ask.planner.frame import Frame, Problem
from vigie.ask.planner.glosses import essential
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.interpret import interpret
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.keyed_words import by_keys, of_a_key, things_of_a_key
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lapses import lapse
from vigie.ask.planner.list_lengths import length_asked
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.orders import refused
from vigie.ask.planner.overdue import overdue
from vigie.ask.planner.problems import about, problem_of
from vigie.ask.planner.reader import Reader
from vigie.ask.planner.refusals import not_computed
from vigie.ask.planner.tokens import Token
from vigie.ask.planner.typed import Typed, put_right
from vigie.ask.planner.unused import unused
from vigie.ask.planner.values import gram
from vigie.ask.planner.whole_days import RULE, over_whole_days
from vigie.ask.when import Times, When, read_times

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

    @property
    def whens(self) -> tuple[When, ...]:
        """The times that its windows are made of, those of the question first."""
        asked = self.times.ranges if self.times is not None else ()
        meant = self.frame.times if self.frame is not None else ()
        widened = {when.phrase for when in meant if when.convention == RULE}
        return (*(when for when in asked if when.phrase not in widened), *meant)


def plan(
    said: Typed,
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
    text, found = said.text, said.tokens
    coming = (known for known in knowledge if says_coming(_besides_due(found, known), known))
    if ahead is None and any(coming_path(known, now) for known in coming):
        planned = plan(said, knowledge, now, zone, language, causes=causes, ahead=True)
        due = planned.known is None or (coming_path(planned.known, now) and says_coming(found, planned.known))
        if due and not _beyond_all(planned):
            return planned
    named = {word for known in knowledge for word in known.records.own_words}
    if problem := refused(text, found, named) or (None if causes else not_computed(found, coming=bool(ahead))):
        return Planned(problem=problem)
    if not knowledge:
        return Planned(problem=Problem("no_records"))
    timed = for_times(text, found, knowledge)
    times = read_times(timed, now, zone, language, taken(text, found, knowledge), ahead=bool(ahead))
    if (turned := _time_last(text, times)) is not None:
        return plan(put_right(turned, knowledge), knowledge, now, zone, language, causes=causes, ahead=ahead)
    if any(known.due for known in knowledge):
        times = overdue(text, times, now)
    grams = Grams(text, found, times)
    fits = _ranked([read(grams, known, typos=False) for known in likely(grams, knowledge)])
    # Typos are looked for where the question fits best without: they cost, and never make the choice.
    if any(f.marks.unknown for f in fits[:TRIED]):
        fits = _ranked([read(grams, f.known) for f in fits[:TRIED]])
    decided = _decide(text, grams, fits, times)
    if decided.problem is not None and (turned := topic_last(text, language)) is not None:
        again = plan(put_right(turned, knowledge), knowledge, now, zone, language, causes=causes, ahead=ahead)
        decided = again if again.problem is None else decided
    if ahead is None and _before_all(decided):
        return plan(said, knowledge, now, zone, language, causes=causes, ahead=True)
    return decided


def _besides_due(found: Sequence[Token], known: Knowledge) -> list[Token]:
    """Without "après l'échéance", which happened."""
    due = said_of_due([token.norm for token in found], known)
    return [token for i, token in enumerate(found) if i not in due]


def _time_last(text: str, times: Times) -> str | None:
    """ "Hier, qui a ...": the same question with its time at the end."""
    start, end = times.ranges[0].at if times.ranges else (0, 0)
    rest = text[end:].lstrip()
    if text[:start].strip() or not rest.startswith(",") or not any(c.isalnum() for c in rest):
        return None
    return f"{rest.lstrip(' ,').rstrip(' ?!.')} {text[start].lower()}{text[start + 1 : end]}"


def _beyond_all(planned: Planned) -> bool:
    """ "prévus en octobre", whose next October lies beyond all that is planned: the last one."""
    frame, known = planned.frame, planned.known
    facet = known.facets.get(frame.time_path or "") if known is not None and frame is not None else None
    high = facet.profile.high if facet is not None else None
    if frame is None or not frame.times or not isinstance(high, datetime):
        return False
    return all(t.convention == "coming" and t.start is not None and t.start > high for t in frame.times)


def _before_all(planned: Planned) -> bool:
    """ "date de valeur du 23 novembre", whose last 23 November lies before every record and whose next does not;
    "renouvellements de décembre", of what is due then."""
    frame, known = planned.frame, planned.known
    if frame is None or known is None or not frame.times:
        return False
    path, end = frame.time_path or "", frame.times[0].end
    low = known.facets[path].profile.low if path in known.facets else None
    now = planned.times.now if planned.times is not None else None
    early = isinstance(low, datetime) and end is not None and end <= low
    if not early or now is None or (coming := coming_path(known, now)) is None:
        return False
    found = planned.marks.tokens if planned.marks is not None else ()
    return coming == path or any(is_recorded_act(token, known) for token in found)


def read(grams: Grams, known: Knowledge, *, typos: bool = True) -> Fit:
    """The question in the eyes of one collection, whose records last as long as the question says."""
    held = compared(grams, known)
    if held is not None:
        grams, known = without(grams, held), known.comparing(held.path)
    if held is None and (keyed := of_a_key(grams, known)) is not None:
        known, held = keyed
        grams = _keys_told(without(grams, held))
    elif (each := by_keys(grams, known)) is not None:
        grams, known = _keys_told(grams), each
    if (length := length_asked(grams, known)) is not None:
        known = known.counting(length)
    found = lapse(grams, known)
    timed = known if found is None else known.lasting(found.path)
    left = grams if found is None else grams.without(grams.taken | found.places)
    marks = Reader(left, timed, typos=typos, named=found.noun if found is not None else None).read()
    if held is not None:
        marks.compared = held
    return fit(essential(marks, timed), timed)


def _keys_told(grams: Grams) -> Grams:
    return grams.without(grams.taken | things_of_a_key(grams))


def _ranked(fits: list[Fit]) -> list[Fit]:
    return sorted(beside_owners(fits), key=lambda f: (-f.score, f.known.name))


def _decide(text: str, grams: Grams, fits: Sequence[Fit], times: Times) -> Planned:
    best = _first(fits)
    problem = problem_of(best, times)
    if problem is not None:
        return Planned(problem=problem, known=best.known, times=times, marks=best.marks)
    close = tuple(f.known.name for f in _rivals(fits, best) if f is not best and problem_of(f, times) is None)
    seen = Interpretation(best.marks, best.known, text)
    frame = interpret(seen)
    if all_of_them(seen) and (held := quantified(seen, frame)) is not None:
        seen, frame = held
    if (left := unused(seen, frame)) is not None:
        if of_elements(seen, frame) is not None and (each := _of_each(grams, seen, frame)) is not None:
            return each
        return Planned(problem=about(*left, best.marks), known=best.known, times=times, marks=best.marks)
    others = [f for f in fits if f.known.name in close]
    if close and (not main_one(best, others) or any(_something_else(best, f) for f in others)):
        return Planned(
            problem=Problem("which_collection", near=(best.known.name, *close)),
            known=best.known,
            times=times,
            marks=best.marks,
        )
    return planned(Planned(frame, None, None, close, best.known, times, best.marks))


def _of_each(grams: Grams, seen: Interpretation, frame: Frame) -> Planned | None:
    """Asked of single objects in a list of each record, or of the records by one of those."""
    times = grams.times
    if names_records(seen) and not asks_of_one(frame, seen):
        held = quantified(seen, frame) or held_together(seen, frame)
        if held is None or unused(*held) is not None:
            return None
        return planned(Planned(held[1], None, None, (), seen.known, times, seen.marks))
    found = []
    for view in seen.known.views.values():
        best = read(besides_records(grams, seen), view)
        if problem_of(best, times) is not None:
            continue
        told = Interpretation(best.marks, best.known, seen.text)
        each = by_name(interpret(told), view)
        if unused(told, each) is None and of_one(each, frame, view):
            found.append(planned(Planned(each, None, None, (), best.known, times, best.marks)))
    return found[0] if len(found) == 1 else None


def _something_else(best: Fit, other: Fit) -> bool:
    """ "rejets par semaine", of a measure `nbRejets` here, of records in a state REJETE there, where no records are
    named: no convention tells which of the two is asked for."""
    if any(noun.record for noun in best.marks.nouns):
        return False
    numeric = {p for p, facet in best.known.facets.items() if facet.numeric and not facet.coded}
    measured = {n.first for n in best.marks.nouns if n.fields and n.fields[0][1] in numeric}
    return bool(measured & {value.first for value in other.marks.values})


def planned(found: Planned) -> Planned:
    """Its frame built; asked back where its windows leave a gap."""
    frame, known = found.frame, found.known
    assert frame is not None
    assert known is not None
    today = found.times.today if found.times is not None else None
    frame = over_whole_days(frame, known, today.tzinfo if today is not None else None)
    built = build(frame, known)
    return (
        replace(found, frame=frame, built=built)
        if built
        else replace(found, frame=None, problem=Problem("two_windows"))
    )


def _first(fits: Sequence[Fit]) -> Fit:
    """The best; among those as good, the one that the conventions prefer."""
    if _told(fits[0]):
        return fits[0]
    return max(_rivals(fits, fits[0]), key=lambda f: (f.known.runs, f.known.profile.total, f.score))


def _rivals(fits: Sequence[Fit], best: Fit) -> list[Fit]:
    """Itself and those that fit as well; where its own name is said, only those whose name is said too."""
    near = [f for f in fits if abs(best.score - f.score) < MARGIN]
    return [f for f in near if _told(f)] if _told(best) else near


def _told(best: Fit) -> bool:
    """A collection whose own name is said, or what its records are made by ("envoyées" of sends), wins over others that
    fit as well."""
    marks, made = best.marks, best.known.records.made
    acted = any(cue.tag == "ran" and made(marks.tokens[cue.first].norm) for cue in marks.cues)
    return acted or any(noun.record >= 3 for noun in marks.nouns)


def main_one(best: Fit, others: Sequence[Fit]) -> bool:
    """By convention, where nothing else tells: runs before errors, then a collection twice as large as the others."""
    if best.known.runs and not any(f.known.runs for f in others):
        return True
    return all(best.known.profile.total >= 2 * f.known.profile.total for f in others)


def taken(text: str, found: Sequence[Token], knowledge: Sequence[Knowledge]) -> list[tuple[int, int]]:
    """Places of known values that a time could be read into: with a digit, in capitals, or names as "Cy Noël"."""
    places = []
    for i, token in enumerate(found):
        for n in range(min(6, len(found) - i), 0, -1):
            part = found[i : i + n]
            if (n == 1 and not (token.shouted or any(ch.isdigit() for ch in token.norm))) or (
                n > 1 and not (all(t.glued for t in part[1:]) or all(t.text[:1].isupper() for t in part))
            ):
                continue
            if n == 1 and token.norm.isdigit():
                continue
            wanted = gram([t.norm for t in part])
            said = text[token.at[0] : part[-1].at[1]]
            if any(known.values.exact(wanted) or known.values.more(said) for known in knowledge):
                places.append((token.at[0], part[-1].at[1]))
                break
    return places
