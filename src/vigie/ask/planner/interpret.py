"""Marks to a Frame: what is asked of which records, in one collection."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from vigie.ask.planner.coming import coming_field
from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.conditions import flag_conditions, merged, missing_conditions, value_conditions
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.frame import Cond, Frame, Limit
from vigie.ask.planner.groups import groups_of
from vigie.ask.planner.knowledge import HEAD, Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, ENDED, EXPIRED
from vigie.ask.planner.marks import Marks, NounMark, NumberMark
from vigie.ask.planner.numbers import comparison, number_conditions, of_totals, whole
from vigie.ask.planner.placed import Placed, negated
from vigie.ask.planner.several import Unclear, columns
from vigie.ask.planner.states import state, state_conditions
from vigie.ask.planner.tokens import tokens as words_of
from vigie.ask.planner.unused import left_over
from vigie.ask.when import Duration
from vigie.ask.words import STOP
from vigie.plan import Key, Op

_PLAIN_DURATION = frozenset("duree temp temps duration time".split())
_NOT_YET = (["pas", "encore"], ["not", "yet"])
_VERBS = frozenset("est sont etait etaient a ont avait avaient is are was were has have had".split())
_NOUNS = ("tion", "ment", "ance", "ture", "son", "oi", "age", "request", "due")  # "résolution" happens on no date


@dataclass
class Interpretation:
    """Works out one Frame; the steps fill it from the clearest cue to the least."""

    marks: Marks
    known: Knowledge
    text: str
    subject_noun: NounMark | None = None
    used: set[int] = field(default_factory=set)  # places of nouns that a step has used up
    unclear: tuple[int, int] | None = None  # words that ask for one of several numbers, and not of what

    def frame(self) -> Frame:
        marks, known = self.marks, self.known
        self._maxima()
        conds = self._conditions()
        base = Frame(known.name, "number", times=marks.times.ranges, time_path=self.time_path())
        groups = groups_of(self)
        subject_noun = self.subject_noun = self._subject(groups)
        subject = self._person() or self.path_of(subject_noun)
        frame = replace(base, conds=tuple(conds), groups=tuple(groups), subject=subject)
        try:
            if (several := columns(self, frame)) is not None:
                return several
        except Unclear as error:
            self.unclear = error.at
        frame = self._number_of(frame, subject_noun)
        frame = self._shape(frame, subject_noun)
        return replace(frame, also=self._shown(frame)) if frame.ask == "records" else frame

    def _shown(self, frame: Frame) -> tuple[str, ...]:
        """ "les runs KO avec leur code d'erreur": fields that no step took up are shown of each record."""
        return tuple(noun.fields[0][1] for noun in left_over(self, frame))

    def _maxima(self) -> None:
        """ "temps cpu max de X" is the largest; "le max d'échecs" ranks."""
        for i, cue in enumerate(self.marks.cues):
            if cue.tag == "most" and self.marks.tokens[cue.first].norm in ("max", "maximum"):
                numeric = (n for n in self.marks.nouns if n.last == cue.first)
                if any(self.known.facets[path].numeric for n in numeric for _, path in n.fields):
                    self.marks.cues[i] = Cue("max", cue.first, cue.first + 1)

    # ------------------------------------------------------------------ conditions

    def _conditions(self) -> list[Cond]:
        marks, known = self.marks, self.known
        missing, used = missing_conditions(marks, known)
        self.missing_placed = missing
        self.used |= used
        numbers, self.rest = number_conditions(marks, known)
        for placed in numbers:
            path = placed.cond.path
            inside = (n for n in marks.nouns if placed.first <= n.first < placed.last)
            named = (n for n in marks.nouns if n.record < 3 and any(p == path for _, p in n.fields))
            self.used |= {n.first for n in (*inside, *named)}
        dated = self._dated()
        self.states = [*(s for s in state_conditions(marks, known) if s.first != dated), *self._running_now()]
        translated = {m.first for m in marks.values if m.how != "whole"}
        values = [
            v
            for v in value_conditions(marks, known)
            if v.first != dated or (v.cond.path != known.roles.status and v.first not in translated)
        ]  # "résolus hier" is told by its date, whatever became of it since; "reçus" of `receivedAt` by no "entrant"
        taken = {v.cond.path for v in values}
        said = {(v.cond.path, value) for v in values for value in v.cond.values}
        states = [
            s
            for s in self.states
            if s.cond.path not in taken
            or s.cond.polarity is None
            or (s.negated and not any((s.cond.path, value) in said for value in s.cond.values))
        ]
        missing += self._not_yet()
        self.value_placed = values
        self.state_placed = states
        durations = self._durations()
        return merged([*values, *flag_conditions(marks), *states, *missing, *numbers, *durations])

    def _not_yet(self) -> list[Placed]:
        """ "pas encore libérés": the date of what has not happened is not there."""
        marks, found = self.marks, []
        taken = marks.timed | self._marked()
        for i, token in enumerate(marks.tokens):
            path = self.known.date_of(token) if i not in taken and self._is_not_yet(i) else None
            if path is None:
                continue
            found.append(Placed(Cond(path, "missing", (), marks.said(i - 2, i + 1)), i - 2, i + 1))
        return found

    def _is_not_yet(self, i: int) -> bool:
        return [t.norm for t in self.marks.tokens[max(0, i - 2) : i]] in _NOT_YET

    def _marked(self) -> set[int]:
        """Places where a value, a flag or a cue begins."""
        marks = self.marks
        return {v.first for v in marks.values} | {f.first for f in marks.flags} | {cue.first for cue in marks.cues}

    def _running_now(self) -> list[Placed]:
        """ "quels cronjobs tournent en ce moment ?"."""
        ran, now = self.marks.cue("ran"), self.marks.cue("now")
        if ran is None or now is None or self.marks.times.ranges or self.marks.has("running"):
            return []
        cond = state("running", self.known, self.marks.said(ran.first, ran.last))
        return [Placed(cond, ran.first, ran.last)] if cond is not None else []

    def _durations(self) -> list[Placed]:
        """ "plus de 10 min" on the duration of each record, unless an average or a total is bounded."""
        roles = self.known.roles
        if not roles.duration or roles.duration_unit is None or self.marks.has("avg", "sum", "median", "max", "min"):
            return []
        found = []
        for said in self.marks.times.durations:
            if said.compare is None:
                continue  # a length alone bounds nothing
            path, second = self._timed_beside(said) or (roles.duration, roles.duration_unit[0])
            value = said.seconds / second
            op: Op = "in" if said.compare == "eq" else said.compare
            cond = Cond(path, op, (whole(value),), said.phrase)
            found.append(Placed(cond, 0, 0))
        return found

    def _timed_beside(self, said: Duration) -> tuple[str, float] | None:
        """(the field of times that stands right beside, seconds of its unit): "un gap > 1 min"."""
        tokens = self.marks.tokens
        for noun in self.marks.nouns:
            path = next((p for score, p in noun.fields[:1] if score >= 2 and self.known.facets[p].numeric), None)
            unit = self.known.facets[path].unit if path is not None else None
            if path is None or unit is None or noun.record >= 3:
                continue
            before = (
                self.text[tokens[noun.last - 1].at[1] : said.at[0]] if said.at[0] > tokens[noun.first].at[0] else None
            )
            after = self.text[said.at[1] : tokens[noun.first].at[0]] if said.at[1] <= tokens[noun.first].at[0] else None
            gap = before if before is not None else after
            if gap is not None and all(t.norm in STOP for t in words_of(gap)):
                self.used.add(noun.first)
                return path, unit[0]
        return None

    # ------------------------------------------------------------------ nouns

    def _subject(self, groups: list[Key]) -> NounMark | None:
        """What is counted or listed: the first noun that no group, number or label has used."""
        grouped = {key.path for key in groups if key.bucket is None}
        for noun in self.marks.nouns:
            if noun.first in self.used or not (noun.record or noun.fields):
                continue
            if noun.fields and noun.fields[0][1] in grouped and not noun.record:
                continue
            if self._labels_value(noun) or self._measures(noun):
                continue
            return noun
        return None

    def _measures(self, noun: NounMark) -> bool:
        """A numeric field or a time is not what is listed: "durée", "enregistrements"."""
        if noun.record >= 3 or not noun.fields:
            return False
        facet = self.known.facets[noun.fields[0][1]]
        return (facet.numeric and not facet.coded) or facet.profile.time is not None

    def _labels_value(self, noun: NounMark) -> bool:
        """ "l'entité CIB": the noun only says what the value is of, unless it is the record's own or is asked for."""
        if noun.record >= 3 or self._asked_for(noun):
            return False
        return any(
            v.first >= noun.last and v.first - noun.last <= 2 and any(path in v.options for _, path in noun.fields)
            and all(self.marks.tokens[i].norm in STOP for i in range(noun.last, v.first))
            for v in self.marks.values
        )  # fmt: skip

    def _asked_for(self, noun: NounMark) -> bool:
        cue = self.marks.cue("list", "count")
        if cue is None or not 0 <= noun.first - cue.last <= 2:
            return False
        between = [mark.first for mark in self.marks.values] + [other.first for other in self.marks.cues]
        return not any(cue.last <= place < noun.first for place in between)

    def path_of(self, noun: NounMark | None) -> str | None:
        """The field a noun asks the values of; None for the records themselves."""
        if noun is None:
            return None
        best = noun.fields[0] if noun.fields else None
        name = self.known.roles.name
        if "run" in noun.concepts and not (
            best and best[0] >= 2.5 and not self.known.facets[best[1]].unique(self.known.profile.total)
        ):
            return None
        if noun.record >= 3:
            own = self.known.facets[best[1]] if best is not None and best[0] >= 2.5 else None
            if own is not None and len(own.words) == 1 and not self.known.called(own.words[0]) >= HEAD:
                return own.path  # "quelles API" of `gw_appels`, where there is a field `api`
            # "flux" names both the records and the field of their names; "erreurs" the records alone.
            return name if name and self._is_name_noun(noun) else None
        if best is not None:
            return best[1]
        named = self.known.facets[name].concepts | RUNNABLE | {"app"} if name else frozenset()
        return name if noun.record and noun.concepts & named and "run" not in noun.concepts else None

    def _person(self) -> str | None:
        """ "qui a déployé ...": the one field of people, or the one that the verb names: "qui a validé" `valideur`."""
        tokens = self.marks.tokens
        if not tokens or tokens[0].norm not in ("qui", "who"):
            return None
        people = [f for f in self.known.facets.values() if f.text and not f.long and "user" in f.concepts]
        named = [f for f in people if any(t.norm[:5] == w[:5] for t in tokens[1:] for w in f.words if len(w) > 5)]
        told = named or people
        return told[0].path if len(told) == 1 else None

    def _is_name_noun(self, noun: NounMark) -> bool:
        name = self.known.roles.name
        if name is None:
            return False
        facet = self.known.facets[name]
        generic = bool(facet.concepts & {"name"}) and not facet.concepts & {"flow", "job", "process"}
        return any(path == name for _, path in noun.fields) or generic

    def time_path(self) -> str | None:
        roles = self.known.roles
        if (coming := coming_field(self.marks.times, self.known)) is not None:
            return coming
        if (dated := self._dated()) is not None:
            path = self.known.date_of(self.marks.tokens[dated])
            return path if path and self.known.facets[path].profile.time else roles.start or roles.end
        ended = (i for i, t in enumerate(self.marks.tokens) if t.norm in ENDED and not negated(i, self.marks))
        if roles.end and self.marks.times.ranges and next(ended, None) is not None:
            return roles.end
        return roles.start or roles.end

    def _dated(self) -> int | None:
        """The place of what happened on a date of its own: "fichiers reçus hier" where there is a `recu_a`."""
        marks = self.marks
        if marks.has("rate") or not (
            marks.times.ranges or marks.has("last", "first", "when", "when_last", "when_first", "trend", "by")
        ):
            return None
        states = {v.first for v in marks.values if marks.tokens[v.first].norm in EXPIRED}  # "contrôles expirés"
        timed = marks.timed | states
        said = (i for i, t in enumerate(marks.tokens) if i not in timed and self.known.date_of(t))
        status = self.known.roles.status
        # "non livrés hier" is said of a state: what did not happen has no date.
        turned = {v.first for v in marks.values if status in v.options and negated(v.first, marks)}
        marked = self._marked()
        # A word of the trade is told by its date; another by what it says of the record, where it says anything.
        said = (i for i in said if not self._is_not_yet(i))
        told = [i for i in said if i not in turned and (i not in marked or marks.tokens[i].norm in self.known.dates)]
        beside = (i for i in told if i + 1 in marks.timed and marks.tokens[i].norm == "due")  # "reports due last week"
        return next(beside, next((i for i in told if not marks.tokens[i].norm.endswith(_NOUNS)), None))

    # ------------------------------------------------------------------ what number

    def _number_of(self, frame: Frame, noun: NounMark | None) -> Frame:
        marks, known = self.marks, self.known
        bounded = any(n.percent and comparison(n.first, marks)[0] for n in self.rest)
        if (marks.has("rate") or bounded) and (part := self._rate_part(frame)):
            conds = tuple(x for x in frame.conds if x not in part)
            return replace(frame, aggregate="share", part=part, conds=conds)
        if marks.has("how_long") and known.roles.duration and not marks.has(*AGGREGATES):
            if marks.has("last", "first", "longest", "shortest"):
                return frame
            return replace(frame, aggregate="avg", target=known.roles.duration, notes=("duration_avg",))
        aggregate = next((a for a in AGGREGATES if marks.has(a)), None)
        measure = self._measure_noun()
        if aggregate in ("max", "min") and marks.has("most", "least", "largest") and measure is None:
            aggregate = None
        if aggregate is not None and (measure or known.roles.duration):
            target = measure or known.roles.duration
            if aggregate != "sum" or measure or self._says_duration():
                return replace(frame, aggregate=aggregate, target=target)
        if (
            measure is not None
            and not self._is_condition(measure, frame)
            and (marks.has("count", "most", "least", "top") or frame.groups or of_totals(marks, known))
        ):
            return replace(frame, aggregate="sum", target=measure)
        if measure is not None and self._opens_with(measure) and not self._is_condition(measure, frame):
            peak = any(t.norm in ("peak", "pic", "max") for t in marks.tokens[: marks.nouns[0].last])
            return replace(frame, aggregate="max" if peak else "sum", target=measure)
        if marks.has("count") and self._says_duration() and known.roles.duration and noun is None:
            return replace(frame, aggregate="avg", target=known.roles.duration, notes=("duration_avg",))
        if marks.has("distinct") and frame.subject:
            return replace(frame, aggregate="distinct", target=frame.subject)
        if known.tally and self._counts_things(noun) and not self._is_condition(known.tally, frame):
            return replace(frame, aggregate="sum", target=known.tally)
        return frame

    def _counts_things(self, noun: NounMark | None) -> bool:
        """Is a number of the records asked for, alone or to rank by?"""
        ranked = self.marks.has("top", "most", "least", "by", "trend", "every", "more", "fewer")
        counted = self.marks.has("count") and (noun is None or noun.record >= 3)
        return (ranked or counted) and not self.marks.has(*AGGREGATES, "how_long", "longest", "shortest")

    def _opens_with(self, measure: str) -> bool:
        """ "coût des lots rejetés": an amount of several records is their total."""
        noun = self.marks.nouns[0]
        plain = not self.marks.has(
            "last", "first", "longest", "shortest", "largest", "smallest", "most", "least", "list"
        )
        return plain and noun.first <= 1 and any(path == measure for _, path in noun.fields) and (
            "duration" not in self.known.facets[measure].concepts
        )  # fmt: skip

    def _rate_part(self, frame: Frame) -> tuple[Cond, ...]:
        """What the rate is of: "taux d'échec", "part des micro-ondes": the first state or value after the word."""
        said = self.marks.cue("rate") or next((n for n in self.rest if n.percent), None)
        if said is None:
            return ()
        placed = [*self.state_placed, *self.value_placed, *flag_conditions(self.marks)]
        # "taux d'échec", "part des micro-ondes": what follows; "failure rate": what stands before.
        verb = next((i for i, t in enumerate(self.marks.tokens) if i > said.first and t.norm in _VERBS), None)
        if verb is not None and any(p.first < verb for p in placed) and any(p.first > verb for p in placed):
            placed = [p for p in placed if p.first > verb]  # "quel pourcentage des appels de X sont en Y"
        near = [p for p in placed if p.cond.polarity] or [p for p in placed if p.first >= said.last] or placed
        chosen = min(near, key=lambda p: (abs(p.first - said.last), p.first), default=None)
        if chosen is None:
            return ()
        return tuple(x for x in frame.conds if x.path == chosen.cond.path and x.op == chosen.cond.op)

    def _measure_noun(self) -> str | None:
        """A numeric field that a noun names: "enregistrements traités", "durée"."""
        duration = self.known.roles.duration
        for noun in self.marks.nouns:
            if noun.first in self.used or noun.record >= 3:
                continue
            plain = noun.last == noun.first + 1 and self.marks.tokens[noun.first].root in _PLAIN_DURATION
            if duration is not None and plain and noun.fields and noun.fields[0][0] < 2.5:
                return duration  # "durée" is no `lat_ms` where records have a duration
            for score, path in noun.fields:
                if self.known.facets[path].coded:
                    continue
                if self.known.facets[path].numeric and score >= 1.7 and "id" not in self.known.facets[path].concepts:
                    return path
        return None

    def _is_condition(self, path: str, frame: Frame) -> bool:
        return any(cond.path == path for cond in frame.conds)

    def _says_duration(self) -> bool:
        return any("duration" in noun.concepts for noun in self.marks.nouns) or self.marks.has("long") or any(
            t.norm in ("temps", "time", "passe") for t in self.marks.tokens
        )  # fmt: skip

    # ------------------------------------------------------------------ what shape

    def _shape(self, frame: Frame, noun: NounMark | None) -> Frame:
        from vigie.ask.planner.shape import shape

        return shape(self, frame, noun)

    def limit(self) -> int | None:
        """ "top 5", "les 3 derniers": a number beside such a word that bounds nothing."""
        for number in self.rest:
            if comparison(number.first, self.marks)[0] or number.percent or not number.value.is_integer():
                continue
            if self._counts_times(number):
                continue
            if 0 < number.value <= 5_000:
                return int(number.value)
        return None

    def _counts_times(self, number: NumberMark) -> bool:
        return any(cue.tag == "times" and 0 <= cue.first - number.last <= 1 for cue in self.marks.cues)

    def bounds(self) -> tuple[Limit, ...]:
        """ "plus de 3 fois", "au moins 40 erreurs", "> 25 %", "dont la durée moyenne dépasse 1h"."""
        found = []
        for number in self.rest:
            op, first = comparison(number.first, self.marks)
            if op is None and not self._counts_times(number):
                continue
            said = self.marks.said(first, number.last + self._counts_times(number))
            found.append(Limit(op or "eq", number.value / 100 if number.percent else number.value, said))  # type: ignore[arg-type]
        measure = self.known.facets.get(self._measure_noun() or "")
        unit = (measure.unit if measure is not None else None) or self.known.roles.duration_unit
        if self.marks.has("avg", "sum", "median", "max", "min") and unit:
            for said_ in self.marks.times.durations:
                if said_.compare is None:
                    continue
                found.append(Limit(said_.compare, said_.seconds / unit[0], said_.phrase))
        return tuple(found)

    def cue_after(self, tag: str, place: int) -> Cue | None:
        return next((x for x in self.marks.cues if x.tag == tag and x.first >= place), None)
