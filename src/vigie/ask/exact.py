"""Questions that are computed: plan, run, explain; or the question asked back with its choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from threading import Lock
from zoneinfo import ZoneInfo

from vigie.ask.computed import Computed, Meant, Ready
from vigie.ask.exact_shapes import exact_of, understood_of
from vigie.ask.language import Language
from vigie.ask.meant import runs_meant
from vigie.ask.planner import choices
from vigie.ask.planner.behind import plan_behind
from vigie.ask.planner.build import Built
from vigie.ask.planner.explain import answer_text, condition_words
from vigie.ask.planner.follow import plan_earlier, plan_next
from vigie.ask.planner.keyed_sides import in_order
from vigie.ask.planner.knowledge import Knowledge, know
from vigie.ask.planner.named_fields import facets
from vigie.ask.planner.never_began import when_expected, without_start
from vigie.ask.planner.phrases import say
from vigie.ask.planner.planner import Planned
from vigie.ask.planner.result import Result
from vigie.ask.planner.roles import learn_roles
from vigie.ask.planner.suggest import suggestions
from vigie.ask.planner.typed import typed
from vigie.ask.planner.vocabulary import Vocabulary
from vigie.ask.planner.wants import wants_rows
from vigie.errors import NotFound, QueryTooLong
from vigie.plan import Measure, Plan, Profile, Rows
from vigie.protocols import RecordEngine
from vigie.types import Access, Exact, Notice

# Problems that a language model may settle; the others are for the user to choose.
REFUSALS = ("order_refused", "hostile", "foretold")  # nothing that could be said otherwise
OPEN = ("unknown_value", "unknown_field", "nothing_to_count")
SHOWN_MOMENT = "%d/%m/%Y %H:%M %Z"
EARLIER = 6  # turns of a conversation that a question may lean on


class ExactAnswers:
    """Answers from every record, never by likeness. Knowledge of a collection is kept for as long as its profile."""

    def __init__(
        self,
        engine: RecordEngine,
        collections: Callable[[], Sequence[str]],
        zone: ZoneInfo,
        vocabulary: Callable[[], Mapping[str, Vocabulary]] = dict,
    ) -> None:
        self._engine = engine
        self._collections = collections
        self._zone = zone
        self._vocabulary = vocabulary
        self._known: dict[str, tuple[Profile, Vocabulary | None, Knowledge]] = {}
        self._lock = Lock()

    def names(self) -> Sequence[str]:
        return self._collections()

    def knowledge(self, names: Sequence[str] | None = None) -> list[Knowledge]:
        """Of those collections, or of all, in order of their names. Raises StoreCorrupt."""
        words = self._vocabulary()
        found = []
        with self._lock:
            for name in sorted(self._collections() if names is None else names):
                profile = self._engine.profile(name)
                if profile is None or not profile.total:
                    continue
                kept = self._known.get(name)
                if kept is None or kept[0] is not profile or kept[1] != words.get(name):
                    kept = self._known[name] = (profile, words.get(name), know(profile, words.get(name)))
                found.append(kept[2])
        return found

    def roles(self, name: str) -> list[tuple[str, str]]:
        """(role, path) as they were inferred or corrected."""
        profile = self._engine.profile(name)
        if profile is None:
            return []
        words = self._vocabulary().get(name)
        return learn_roles(profile, facets(profile), words.roles if words else None).named()

    def behind(self, exact: Exact, row: int | None, access: Access) -> tuple[list[str], int]:
        """(native ids of the records behind a row, the latest first, at most 5,000; how many there are)."""
        profile = self._engine.profile(exact.collection)
        if profile is None:
            raise NotFound("the records behind this answer are gone: ask the question anew")
        start = learn_roles(profile, facets(profile)).start
        rows = self._engine.run(plan_behind(exact, row, start), access)
        return [str(found[0]) for found in rows.rows], rows.matched

    def suggestions(self, language: Language = "fr") -> list[str]:
        """Sample questions over all collections, turn by turn."""
        each = [suggestions(known, language) for known in self.knowledge()]
        turns = (found[i] for i in range(max(map(len, each), default=0)) for found in each if i < len(found))
        return list(dict.fromkeys(turns))

    def answer(
        self, turns: Sequence[str], collection: str | None, now: datetime, language: Language, access: Access
    ) -> Computed | None:
        """Of the last turn; None where it is not one to compute. Raises StoreCorrupt, QueryRefused, SourceError."""
        found = self.read(turns, collection, now, language)
        return self.compute(found, access) if isinstance(found, Ready) else found

    def read(
        self, turns: Sequence[str], collection: str | None, now: datetime, language: Language
    ) -> Ready | Computed | None:
        """The last turn, its rows not computed yet; or the question asked back. None: not one to compute."""
        return self.reader(turns[:-1], collection, now)(turns[-1], language)

    def reader(
        self, earlier: Sequence[str], collection: str | None, now: datetime
    ) -> Callable[[str, Language], Ready | Computed | None]:
        """`read` of any question after these turns, which are read once."""
        known = self.knowledge([collection] if collection else None)

        @cache
        def before(language: Language) -> Planned | None:
            said = [typed(turn, known, language) for turn in earlier[1 - EARLIER :]]
            return plan_earlier(said, known, now, self._zone, language)

        def read(text: str, language: Language) -> Ready | Computed | None:
            said = typed(text, known, language)
            planned = plan_next(before(language), said, known, now, self._zone, language)
            counted = wants_rows(planned, collection is not None, not earlier)
            if planned.problem is not None:
                refused = planned.problem.code in REFUSALS
                return self._asked_back(planned, said.text, language) if refused or counted else None
            if planned.built is None or planned.known is None or not counted:
                return None
            understood = understood_of(planned.built.plan, self._zone)
            return Ready(planned, planned.built, planned.known, said.text, language, understood)

        return read

    def compute(self, ready: Ready, access: Access) -> Computed:
        """Raises StoreCorrupt, QueryRefused, SourceError."""
        try:
            return self._computed(ready.planned, ready.built, ready.known, ready.text, ready.language, access)
        except QueryTooLong:
            return Computed("exact", "failed", say("too_long", ready.language))

    def question_for_model(self, asked_back: Computed, text: str) -> tuple[list[dict[str, str]], Mapping[str, object]]:
        """The messages that ask a language model to read what the planner left open, and the schema of its reply."""
        from vigie.ask.planner.proposal import SCHEMA, prompt

        assert asked_back.open is not None
        return prompt(text, asked_back.open), SCHEMA

    def settle(self, asked_back: Computed, reply: str, text: str, language: Language, access: Access) -> Computed:
        """Rows by the model's reading where it holds to the question and the collection; else still asked back.

        Raises StoreCorrupt, QueryRefused, SourceError.
        """
        from vigie.ask.planner.proposal import proposed

        planned = proposed(reply, text, asked_back.open) if asked_back.open is not None else None
        if planned is None or planned.built is None or planned.known is None:
            return asked_back
        try:
            computed = self._computed(planned, planned.built, planned.known, text, language, access)
        except QueryTooLong:
            return Computed("exact", "failed", say("too_long", language))
        notice = Notice("model_reading", say("model_reading", language))
        return replace(computed, choices=asked_back.choices, notices=(*computed.notices, notice))

    def meant(
        self, turns: Sequence[str], collection: str | None, now: datetime, language: Language, access: Access
    ) -> Meant | None:
        """The runs that a question for a cause speaks of ("pourquoi X a échoué"), the latest shown; None for others."""
        known = self.knowledge([collection] if collection else None)
        return runs_meant(
            turns,
            known,
            now,
            self._zone,
            language,
            lambda plan: self._engine.run(plan, access),
            lambda plan, one: self._whole(plan, one, access),
        )

    # ------------------------------------------------------------------ rows

    def _computed(
        self, planned: Planned, built: Built, known: Knowledge, text: str, language: Language, access: Access
    ) -> Computed:
        """All its numbers of the same records: computed anew where a sync put others in their place meanwhile."""
        while True:
            computed = self._computed_with(planned, built, known, text, language, access)
            fresh = [one if known.each is None else one.views.get(known.each) for one in self.knowledge([known.name])]
            if not fresh or fresh[0] is None or fresh[0].profile is known.profile:
                return computed
            known = fresh[0]

    def _computed_with(
        self, planned: Planned, built: Built, known: Knowledge, text: str, language: Language, access: Access
    ) -> Computed:
        plan, labels = built.plan, built.labels
        rows = self._engine.run(plan, access)
        notes = self._notes(planned, language)
        if not rows.matched and (moved := self._never_began(plan, known, access)) is not None:
            rows, plan = self._engine.run(moved, access), moved
            notes += (say("never_began", language, path=f"`{known.roles.start}`"),)
        pipeline = self._engine.pipeline(plan)
        if built.ranked is not None:
            plan, rows, labels = in_order(plan, rows, labels, built.ranked)
        result = Result(
            plan,
            rows,
            labels,
            known,
            language,
            self._zone,
            planned.whens,
            self._whole(plan, known, access),
            self._empties(plan, rows, language, access),
            notes,
        )
        exact = exact_of(result, pipeline)
        found = choices.other_readings(planned, text, language)
        if not rows.kept:
            return Computed("exact", "answered", answer_text(result), exact, tuple(found))
        said, notice = self._kept_since(rows.kept_at, language)
        text = answer_text(replace(result, notes=(*result.notes, said)))
        return Computed("exact", "answered", text, exact, tuple(found), (notice,))

    def _never_began(self, plan: Plan, known: Knowledge, access: Access) -> Plan | None:
        counting = without_start(plan, known)
        return None if counting is None else when_expected(plan, self._engine.run(counting, access), known)

    def _kept_since(self, at: datetime | None, language: Language) -> tuple[str, Notice]:
        """What has to be known of rows counted in the copy of a database that is away."""
        moment = say("unknown_moment", language) if at is None else at.astimezone(self._zone).strftime(SHOWN_MOMENT)
        return say("kept_since", language, moment=moment), Notice("database_away", say("database_away", language))

    def _whole(self, plan: Plan, known: Knowledge, access: Access) -> int | None:
        """Of how many a count is a part: without its state, or without its conditions where it names no state."""
        if plan.form != "value" or not plan.where or plan.measures[0].aggregate != "count":
            return None
        rest = tuple(w for w in plan.where if w.path != known.roles.status)
        if len(rest) == len(plan.where):
            rest = ()
        return self._engine.run(replace(plan, where=rest), access).matched

    def _empties(self, plan: Plan, rows: Rows, language: Language, access: Access) -> tuple[str, int] | None:
        """The condition without which most would be found, when nothing is."""
        if rows.matched or plan.form in ("none_of", "sides"):
            return None
        counting = Plan(plan.collection, plan.where, plan.span, (), (Measure("count"),), each=plan.each)
        tries = [
            (condition_words(w, language), replace(counting, where=tuple(x for x in plan.where if x is not w)))
            for w in plan.where
        ]
        if plan.span is not None:
            tries.append(
                (
                    f"« {plan.span.phrase} »" if language == "fr" else f'"{plan.span.phrase}"',
                    replace(counting, span=None),
                )
            )
        found = [(words, self._engine.run(tried, access).matched) for words, tried in tries]
        return max(found, key=lambda f: f[1], default=None)

    def _notes(self, planned: Planned, language: Language) -> tuple[str, ...]:
        codes = planned.frame.notes if planned.frame else ()
        notes = [say(code, language) for code in codes]
        if planned.others and planned.known:
            notes.append(say("main_collection", language, name=planned.known.name))
        return tuple(notes)

    # ------------------------------------------------------------------ asked back

    def _asked_back(self, planned: Planned, text: str, language: Language) -> Computed:
        problem = planned.problem
        assert problem is not None
        if problem.code in REFUSALS:
            return Computed("none", "not_found", say(problem.code, language, words=problem.words))
        found = choices.of_problem(planned, text, language)
        name = f"`{planned.known.name}`" if planned.known else ""
        said = say(problem.code, language, words=problem.words.replace("`", "'"), name=name)
        left = planned if problem.code in OPEN and planned.known is not None else None
        return Computed("clarify", "asked", said, None, tuple(found), open=left)
