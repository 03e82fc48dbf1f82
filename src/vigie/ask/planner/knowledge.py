"""All that the planner knows of one collection, learned from its profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from vigie.ask.planner import told_fields
from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of, opening_words, same_values
from vigie.ask.planner.element_views import view_of
from vigie.ask.planner.facets import UNITS, Facet
from vigie.ask.planner.field_names import FieldNames
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.keyed import Keyed, each_key, keyed_of
from vigie.ask.planner.lexicon import COUNTERS, HAPPENED, ON_TIME, PARTICIPLES, PLANNED
from vigie.ask.planner.lists import lists_of
from vigie.ask.planner.named_fields import facets
from vigie.ask.planner.record_names import REMEMBERED, RecordNames
from vigie.ask.planner.roles import LASTED, Roles, learn_roles
from vigie.ask.planner.tokens import Token, alike_start, key, parts, root, stem
from vigie.ask.planner.values import ValueIndex, index_values
from vigie.ask.planner.vocabulary import Vocabulary
from vigie.plan import FieldProfile, Profile, Scalar, operands

_ALIKE = 5  # letters that "déployées" and `deploiement` share at least
_AT = frozenset({"le", "at", "on", "date", "ts", "heure", "time"})
_IRREGULAR = ("is", "ise", "ises", "u", "ue", "us", "ues")  # émis, soumises, rendu
_ENDS = frozenset({"start", "end", "created", "id"})


@dataclass(frozen=True)
class Knowledge:
    profile: Profile
    facets: Mapping[str, Facet]
    roles: Roles
    values: ValueIndex
    nouns: Sequence[str] = ()  # an operator's
    keyed: Sequence[Keyed] = ()  # whose fields are no `facets`, but `under` a key that is told
    each: str | None = None  # it is of the objects in the arrays at that path

    @property
    def name(self) -> str:
        return self.profile.collection

    def counts(self, path: str) -> bool:
        """Is it known how many of what is asked of have a value there? Of objects in lists: of their own fields."""
        return self.each is None or path.startswith(f"{self.each}.")

    def lasting(self, path: str) -> Knowledge:
        """The same where records last from one of their dates to another, as `path` says, or as a field does."""
        return self if path == self.roles.duration else self._lasting(path)

    @cached_property
    def _lasting(self) -> Callable[[str], Knowledge]:
        def timed(path: str) -> Knowledge:
            roles = replace(self.roles, duration=path, duration_unit=LASTED)
            return replace(self, facets={**self.facets, path: _between(path, self.facets)}, roles=roles)

        return lru_cache(timed)

    @cached_property
    def comparing(self) -> Callable[[str], Knowledge]:
        """The same with the difference of two fields, "end - start", as one more."""

        def held(path: str) -> Knowledge:
            return replace(self, facets={**self.facets, path: _between(path, self.facets, "difference")})

        return lru_cache(held)

    @cached_property
    def under(self) -> Callable[[str, str], Knowledge]:
        """(path, key) -> the same with what is under that key of the object there, by its own names."""
        keyed = {one.path: one for one in self.keyed}

        def held(path: str, key: str) -> Knowledge:
            own = {facet.path: replace(facet, above=()) for facet in keyed[path].keys[key]}
            return replace(self, facets={**self.facets, **own})

        return lru_cache(held)

    @cached_property
    def by_key(self) -> Callable[[str], Knowledge]:
        """The same with the keys of the object at a path as a field to group by."""
        each = {one.path: each_key(one, self.profile.total) for one in self.keyed}
        return lru_cache(lambda path: replace(self, facets={**self.facets, **each[path]}))

    @cached_property
    def lists(self) -> Mapping[str, Facet]:
        return lists_of(self.profile)

    @cached_property
    def counting(self) -> Callable[[str], Knowledge]:
        """The same with the number of what is in one of `lists` as one more field."""
        return lru_cache(lambda path: replace(self, facets={**self.facets, path: self.lists[path]}))

    @cached_property
    def views(self) -> Mapping[str, Knowledge]:
        """By the path of their arrays: the same collection, asked of each object in them."""
        if self.each is not None:
            return {}
        found = {}
        for field in self.profile.fields:
            view = view_of(self.profile, self.facets, self.roles, field.path)
            if view is not None:
                values = index_values(view.facets, view.profile.total)
                found[field.path] = Knowledge(view.profile, view.facets, view.roles, values, each=field.path)
        return found

    @cached_property
    def records(self) -> RecordNames:
        called = self.name if self.each is None else self.each.rpartition(".")[2]
        return RecordNames(called, self.profile.total, self.facets, self.roles, self.nouns)

    @cached_property
    def fields(self) -> FieldNames:
        return FieldNames(self.facets, self.roles, self.records, self.profile.total)

    @property
    def runs(self) -> bool:
        """Are they runs of something, with a state and an end or a duration? Alerts have both, and do not run."""
        lasting = self.roles.duration or self.roles.end
        return bool(self.roles.status and lasting) and not self.records.raised

    @cached_property
    def opens(self) -> Callable[[str], bool]:
        """May a small word begin a value, a flag or a field that is said in several words ("en attente"), or tell a
        direction ("vers")?"""
        return lru_cache(maxsize=REMEMBERED)(self._opens)

    def _opens(self, word: str) -> bool:
        said, first = root(word), f"{root(word)} "
        keys = (*self.values.whole, *self.flag_phrases)
        return (
            (word == "vers" and bool(self.directions))
            or any(key == said or key.startswith(first) for key in keys)
            or any(joined.startswith(word) for joined in self.values.joined)
            or word in opening_words()
            or stem(word) in self.fields.spelled_words
            or (self.punctual is not None and any(said.startswith(f"{word} ") for said in ON_TIME))
        )

    @cached_property
    def knows(self) -> Callable[[str], bool]:
        """May a word say anything of this collection: of its values, its fields, its records?"""
        return lru_cache(maxsize=REMEMBERED)(self._knows)

    def _knows(self, word: str) -> bool:
        said, loose = root(word), stem(word)
        stems, concepts = self.flag_words
        return bool(
            said in self.value_words
            or loose in self.value_words
            or said in self.values.joined
            or any(self.values.whole.get(same) for same in same_values(said))
            or self.values.translated(word)
            or self.fields.scores([word])
            or loose in self.fields.stems
            or self.records.noun(word)
            or self.records.called(word)
            or self.records.made(word)
            or loose in stems
            or concepts & concepts_of(word)
            or word in self.dates
            or loose in self._acts
        )

    @cached_property
    def value_words(self) -> frozenset[str]:
        """All words of values, and their stems."""
        keys = (*self.values.whole, *self.values.stems)
        return frozenset(word for key in keys for word in key.split()) | self.values.inside.keys()

    @cached_property
    def flags(self) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        """(path, stems, concepts) of fields of truth values, by the words that do not name the records themselves:
        `majorIncident` is told by "major", not by "incident"."""
        return told_fields.flags(self.facets, self.records.noun)

    @cached_property
    def flag_words(self) -> tuple[frozenset[str], frozenset[str]]:
        """(stems, concepts) of all flags."""
        stems = frozenset(stem_ for _, stems, _ in self.flags for stem_ in stems)
        return stems, frozenset(concept for _, _, concepts in self.flags for concept in concepts)

    @cached_property
    def flag_phrases(self) -> dict[str, str]:
        """What a flag of several words is called as a whole, and what means the same -> its path."""
        found = {}
        for f in self.facets.values():
            words = key([w for w in f.words if w not in told_fields.IS])
            if f.flag and words:
                found.update(dict.fromkeys((words, *same_values(words)), f.path))
        return found

    @cached_property
    def punctual(self) -> tuple[str, bool] | None:
        """(field, what it says of what came on time), where a field of truth values tells that."""
        return told_fields.punctual(self.facets)

    @cached_property
    def due(self) -> str | None:
        """The field of dates by which records have to be dealt with."""
        return told_fields.due(self.facets)

    @cached_property
    def directions(self) -> Mapping[str, tuple[str, Scalar]]:
        """sent, received -> (field, value), where a direction is told by a letter: E and R, E and S, I and O."""
        return told_fields.directions(self.facets)

    @cached_property
    def names(self) -> list[str]:
        """Single words that are whole values, five letters and more, sorted: what a typo may have meant."""
        return sorted(k for k in self.values.whole if " " not in k and len(k) >= 5)

    @cached_property
    def long_names(self) -> list[str]:
        """Whole values of two and three words, ten letters and more."""
        return [k for k in self.values.whole if 1 <= k.count(" ") <= 2 and len(k) >= 10]

    @cached_property
    def tally(self) -> str | None:
        """The field that tells how many things a record stands for: `nbCalls` of `gw_calls_agg`. A run with a
        number and an outcome of its own is one thing, whatever its `patchCount`."""
        if self.roles.status is not None and self.roles.ident is not None and self.runs:
            return None
        for f in self.facets.values():
            named = [word for word in f.words if word not in COUNTERS - {"number", "num"}]
            if (
                f.numeric
                and not f.above
                and not f.unique(self.profile.total)
                and 0 < len(named) < len(f.words)
                and all(map(self.records.called_so, named))
            ):
                return f.path
        return None

    @cached_property
    def dates(self) -> dict[str, str]:
        """Stem of what happened -> the field of its date, where that is not the start of the records."""
        found: dict[str, str] = {}
        for f in self.facets.values():
            if f.profile.repeated or not (f.profile.time or f.like_a_date):
                continue
            own = f.words if set(f.words) - _AT else f.above[-1:]  # `acquittement.le`
            for word in (*own, *spelled(own)):
                group = HAPPENED.get(word)
                for said in (w for w, n in HAPPENED.items() if n == group):
                    found.setdefault(said, f.path)
        alike = [("livre", "deploye"), ("deploye", "livre"), ("envoye", "soumis")]  # "livrées" of a `deployee_le`
        if found.get("livre") == self.roles.start:
            alike.append(("envoye", "livre"))  # "parties" of deliveries, which have no other start
        for missing, known in alike:
            if missing not in found and known in found:
                found |= {said: found[known] for said, n in HAPPENED.items() if n == HAPPENED[missing]}
        plans = [path for path, f in self.facets.items() if f.begins_plan]
        if len(plans) == 1 and "planifie" not in found:
            found |= dict.fromkeys(PLANNED, plans[0])
        if "expire" not in found and "echeance" in found:
            found |= {said: found["echeance"] for said, n in HAPPENED.items() if n == HAPPENED["expire"]}
        return found

    def date_of(self, token: Token) -> str | None:
        """The field of the date of what a word says has happened: "libérés" of `released_at`."""
        path = self.dates.get(token.norm)
        if path is None and token.text.endswith(PARTICIPLES):
            path = self._acts.get(stem(token.norm)) or self._nearly_dated(token.norm)
        elif path is None and token.norm.endswith(_IRREGULAR):
            began = self.facets.get(self.roles.start or "")  # "émis" of `emisLe`
            named = began is not None and stem(token.norm) in map(stem, began.words)
            path = self.roles.start if named else self._acts.get(stem(token.norm))
        return path

    def _nearly_dated(self, norm: str) -> str | None:
        """ "déployées" of `date_deploiement`: the one field of dates that begins alike."""
        near = {path for act, path in self._acts.items() if alike_start(norm, act) >= _ALIKE}
        return near.pop() if len(near) == 1 else None

    @cached_property
    def _acts(self) -> dict[str, str]:
        """Stem of what a field of dates is called by -> that field: compense of `compenseLe`."""
        found: dict[str, str] = {}
        # "dénouées" happened: `dt_denou_reel`, before `dt_denou_prev`.
        for f in sorted(self.facets.values(), key=self._first_told):
            if f.profile.time is None or f.profile.repeated:
                continue
            for word in f.words:
                if len(word) > 3 and not concepts_of(word) & _ENDS and word not in HAPPENED:
                    for said in (stem(word), *kin_of(word)):
                        found.setdefault(said, f.path)
        return found

    def _first_told(self, facet: Facet) -> tuple[bool, bool]:
        """Of `scoring_start` and `scoring_end` the former says when it was scored; what is planned says so last."""
        return "planned" in facet.concepts, facet.path != self.roles.start

    @cached_property
    def measured(self) -> frozenset[str]:
        """Words of the fields of measures: retard of `retard_min`, écart of `montantEcart`."""
        counted = (f for f in self.facets.values() if f.numeric and not f.coded and not f.concepts & {"id"})
        words = {w for f in counted for w in f.words if w not in UNITS}
        return frozenset(said for word in words for said in (word, *kin_of(word)) if len(said) > 3)

    @cached_property
    def messages(self) -> list[Facet]:
        """Fields of prose."""
        return [f for f in self.facets.values() if f.long]

    @cached_property
    def http_codes(self) -> list[str]:
        """Numeric fields of HTTP codes, the one that most records have first: what was answered, then by whom."""
        found = sorted((f for f in self.facets.values() if f.http), key=lambda f: -f.profile.present)
        return [f.path for f in found]

    @cached_property
    def http_seen(self) -> frozenset[Scalar]:
        """The codes themselves."""
        return frozenset(value for path in self.http_codes for value, _ in self.facets[path].profile.values)

    @cached_property
    def two_words(self) -> list[tuple[str, frozenset[str]]]:
        """(path, stems) of flags that two words name: auto, fixed."""
        named = [(path, frozenset(stem(word) for word in self.facets[path].words)) for path, _, _ in self.flags]
        return [(path, stems) for path, stems in named if len(stems) == 2]

    @cached_property
    def dimensions(self) -> list[str]:
        """Fields worth grouping by: few texts or flags."""
        return [
            f.path for f in self.facets.values()
            if (f.text and not f.long and 1 < f.profile.distinct <= 500 and not f.unique(self.profile.total)) or f.flag
        ]  # fmt: skip


def know(profile: Profile, vocabulary: Vocabulary | None = None) -> Knowledge:
    """Costs about a second per 100,000 distinct values: kept by the caller for as long as the profile lives."""
    words = vocabulary or Vocabulary()
    found = facets(profile)
    keyed = keyed_of(found, profile.total)
    held = {facet.path for one in keyed for own in one.keys.values() for facet in own}
    found = {path: facet for path, facet in found.items() if path not in held}
    for path, extra in words.fields.items():
        if path in found:
            f = found[path]
            told = frozenset(stem(w) for e in extra for w in parts(e))
            found[path] = Facet(f.profile, f.words, f.above, f.extra | told)
    roles = learn_roles(profile, found, words.roles)
    if roles.duration is not None and roles.duration not in found:
        found[roles.duration] = _between(roles.duration, found)
    return Knowledge(profile, found, roles, index_values(found, profile.total), words.nouns, keyed)


def _between(path: str, known: Mapping[str, Facet], called: str = "duration") -> Facet:
    """The time between two fields, as the duration that no field tells; the difference of two numbers."""
    ends = operands(path)
    assert ends is not None
    present = min(known[end].profile.present for end in ends)
    return Facet(FieldProfile(path, present, {"number": present}), (called,), ())
