"""All that the planner knows of one collection, learned from its profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import ALIKE, RUNNABLE, concepts_of, same_values
from vigie.ask.planner.facets import UNITS, Facet, facets
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.lexicon import COUNTERS, FRENCH_HEADS, HAPPENED, PARTICIPLES, VAGUE_NAMES
from vigie.ask.planner.roles import Roles, learn_roles
from vigie.ask.planner.tokens import Token, key, parts, root, stem
from vigie.ask.planner.values import ValueIndex, index_values
from vigie.plan import FieldProfile, Profile, Scalar, elapsed

_MEASURED = frozenset({"duration", "size", "amount", "throughput", "retry"})
_IS = frozenset({"is", "has", "was", "ind", "flag", "est", "top"})  # `isRollback`, `ind_mfa`
HEAD = 4.0  # points of the word that names a collection
_ENDS = frozenset({"start", "end", "created", "id"})
_REMEMBERED = 4_096  # words looked up of one collection: questions use the same ones


@dataclass(frozen=True)
class Vocabulary:
    """An operator's corrections of one collection: roles (role -> path), names of its records, words for fields."""

    roles: Mapping[str, str] = field(default_factory=dict)
    nouns: Sequence[str] = ()
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)  # path -> words


@dataclass(frozen=True)
class Knowledge:
    profile: Profile
    facets: Mapping[str, Facet]
    roles: Roles
    values: ValueIndex
    nouns: Sequence[str] = ()  # an operator's

    @property
    def name(self) -> str:
        return self.profile.collection

    @cached_property
    def _name_words(self) -> tuple[list[str], list[str]]:
        """(the head word, the others) of the collection's name: errors, flow of `flow_errors`."""
        words = [(*spelled((w,)), w)[0] for w in parts(self.name) if not w.isdigit()]
        told = (
            [w for w in words if w not in VAGUE_NAMES and concepts_of(w)]
            or [w for w in words if w not in VAGUE_NAMES]
            or words
        )
        if not told:
            return [], []
        french = stem(told[0]) in {stem(w) for w in FRENCH_HEADS}
        # `lots_editique` are lots, `flow_errors` are errors.
        first = french or (root(told[0]) != told[0] and root(told[-1]) == told[-1])
        numbered = next((word for word in words if stem(word) in self._numbered), None)
        head = numbered or (told[0] if first else told[-1])
        return [head], [w for w in words if w != head]

    @property
    def head(self) -> list[str]:
        """The words that name its records best, an operator's first."""
        return [*self.nouns, *self._name_words[0]]

    @cached_property
    def called(self) -> Callable[[str], float]:
        """Points for the very word of the collection's own name, or of a field's, beside one that means the same."""
        return lru_cache(maxsize=_REMEMBERED)(self._name_points)

    def _name_points(self, word: str) -> float:
        head, others = self._called
        said = stem(word)
        if said in head:
            return HEAD
        name = self.facets.get(self.roles.name or "")
        if name is not None and said in name.stems:
            return 1.0
        return 0.6 if said in others else 0.3 if said in self.field_stems else 0.0

    def in_its_name(self, word: str) -> bool:
        """Is it the very word of a part of the collection's name?"""
        head, others = self._called
        return stem(word) in head | others

    def called_so(self, word: str) -> bool:
        """Is it part of the collection's name, or means what a part of it means?"""
        head, others = self._called
        return stem(word) in head | others or any(
            _says(word, name) for name in (*self._name_words[0], *self._name_words[1])
        )

    @cached_property
    def _called(self) -> tuple[frozenset[str], frozenset[str]]:
        head, others = self._name_words
        return frozenset(stem(w) for w in (*head, *self.nouns)), frozenset(stem(w) for w in others)

    @cached_property
    def record_noun(self) -> Callable[[str], float]:
        """How well a folded word names this collection's records: 3 its head, 1.2 a word beside it, 0 not at all."""
        return lru_cache(maxsize=_REMEMBERED)(self._record_noun)

    def _record_noun(self, word: str) -> float:
        head, others = self._name_words
        if stem(word) in {stem(n) for n in self.nouns}:
            return 3
        if stem(word) in self._numbered:
            return 3
        for weight, named in ((3.0, head), (1.2, others)):
            if any(_says(word, n) for n in named):
                return weight
        concepts = concepts_of(word)
        if "file" in concepts and self._transfers:
            return 1.2  # files are what is transferred
        if concepts & {"run"} and self.roles.start and (self.roles.status or self.roles.duration):
            return 1.4 if self._has_run_id else 1.0
        if concepts & ALIKE and {c for n in [*head, *others] for c in concepts_of(n)} & ALIKE:
            return 0.6
        return 0

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """`num_ticket`, `refOrdre`: what the field of their numbers calls the records, in a word of the trade."""
        facet = self.facets.get(self.roles.ident or "")
        if facet is None or facet.above or "id" not in facet.concepts:
            return frozenset()
        named = [word for word in facet.words if "id" not in concepts_of(word)]
        own = {stem(word) for word in parts(self.name)}
        # A word of no trade is the records' own: `session_id`, `rapproId`.
        told = (
            w
            for w in named
            if len(named) == 1
            and (concepts_of(w) - RUNNABLE or stem(w) in own or (len(w) > 3 and w.isalpha() and not concepts_of(w)))
        )
        return frozenset(map(stem, told))

    @cached_property
    def _transfers(self) -> bool:
        """Are its records transfers, with no field of files of their own?"""
        named = any("transfer" in concepts_of(word) for words in self._name_words for word in words)
        return named and not any("file" in f.concepts for f in self.facets.values())

    @cached_property
    def _has_run_id(self) -> bool:
        return any(
            "run" in f.concepts and "id" in f.concepts and f.unique(self.profile.total) for f in self.facets.values()
        )

    def field_scores(self, words: Sequence[str]) -> Sequence[tuple[float, str]]:
        """Fields that these folded words name, best first: every word must say something of the field."""
        return self._fields_named(tuple(words))

    @cached_property
    def _fields_named(self) -> Callable[[tuple[str, ...]], Sequence[tuple[float, str]]]:
        return lru_cache(maxsize=_REMEMBERED)(self._field_scores)

    def _field_scores(self, words: tuple[str, ...]) -> Sequence[tuple[float, str]]:
        found = []
        for facet in self.facets.values():
            score = 0.0
            for word in words:
                hit = self._hit(word, facet)
                if not hit:
                    score = 0.0
                    break
                score += hit
            if "id" in facet.concepts and not any("id" in concepts_of(word) for word in words):
                score -= 1.5 * facet.unique(self.profile.total)  # `id_util` names the users
            if score >= 1.5:
                whole = any(stem(word) in facet.extra for word in words)
                own = [w for w in facet.words if w not in UNITS and concepts_of(w) != {"id"}] or facet.words
                left = [] if whole else [name for name in own if not any(_says(word, name) for word in words)]
                unsaid = len(left)
                if "cpu" in facet.concepts and not any("cpu" in concepts_of(word) for word in words):
                    continue  # "durée" is no time of the processor
                things = all(concepts_of(word) & RUNNABLE for word in words)
                if facet.numeric and things and any(concepts_of(name) & _MEASURED for name in left):
                    continue  # "exécutions" is no `temps_execution_s`
                found.append((score - 0.3 * unsaid - 0.1 * facet.path.count("."), facet.path))
        return sorted(found, key=lambda f: (-f[0], f[1])) or self._inner(words)

    def _inner(self, words: Sequence[str]) -> Sequence[tuple[float, str]]:
        """ "motif" of `motif.code` and `motif.libelle`, where no field is called so: the field most often there."""
        if len(words) != 1 or self.record_noun(words[0]):
            return []
        inside = [f for f in self.facets.values() if 1.0 <= self._hit(words[0], f) < 1.5]
        return [(1.5, f.path) for f in sorted(inside, key=lambda f: (-f.profile.present, f.path))[:1]]

    def _hit(self, word: str, facet: Facet) -> float:
        if stem(word) in facet.stems:
            return 2.5
        concepts = concepts_of(word)
        if facet.path == self.roles.status:
            concepts -= {"incident"}  # the `issue` of a run is its outcome
        if concepts & facet.concepts or concepts & self._role_concepts.get(facet.path, frozenset()):
            return 2.0
        if stem(word) in facet.kin:
            return 2.0
        if concepts & facet.above_concepts or stem(word) in {stem(w) for w in facet.above}:
            # `author.name` is the author.
            return 1.9 if facet.concepts & {"name"} else 1.2
        if "duration" in concepts and facet.numeric and facet.unit is not None:
            return 0.9  # "temps cpu" of `cpuSec`
        return 0.8 if self.record_noun(word) >= 3 and not facet.numeric else 0.0

    @cached_property
    def _role_concepts(self) -> Mapping[str, frozenset[str]]:
        """What a field is by its role, whatever it is called: "environnement" of a field of PRD and REC."""
        roles = self.roles
        named = {roles.env: "env", roles.host: "host", roles.severity: "severity", roles.status: "status"}
        return {path: frozenset({concept}) for path, concept in named.items() if path is not None}

    @cached_property
    def kin_stems(self) -> frozenset[str]:
        """Of what the words of fields are called in the other language."""
        return frozenset(s for f in self.facets.values() for s in f.kin)

    @property
    def runs(self) -> bool:
        """Are its records runs of something: do they have a state, and an end or a duration?"""
        return self.roles.status is not None and (self.roles.duration is not None or self.roles.end is not None)

    @cached_property
    def field_stems(self) -> frozenset[str]:
        """Of the words that fields are called by, those of the objects they lie in too."""
        return frozenset(s for f in self.facets.values() for s in (*f.stems, *map(stem, f.above)))

    @cached_property
    def spelled_fields(self) -> Mapping[frozenset[str], str]:
        """Stems of all words of a field's name, two or more, its unit aside -> its path: jours, restants."""
        found: dict[frozenset[str], str] = {}
        for f in self.facets.values():
            own = [w for w in f.words if w not in UNITS]
            own += f.above[-1:] if len(own) == 1 else []
            if len(own) > 1 and not f.flag and not set(own) & COUNTERS:
                found.setdefault(frozenset(map(stem, own)), f.path)
        return found

    @cached_property
    def flags(self) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        """(path, stems, concepts) of fields of truth values, by the words that do not name the records themselves:
        `majorIncident` is told by "major", not by "incident"."""
        found = []
        for f in self.facets.values():
            if f.flag:
                own = [w for w in f.words if w not in _IS and not self.record_noun(w)] or list(f.words)
                if any(len(w) < 2 for w in own):
                    own = []  # `aJour` is told whole
                # One word of several means something else: "sorti" is of no `retourArriere`.
                concepts = frozenset(c for w in own for c in concepts_of(w)) if len(own) == 1 else frozenset()
                found.append((f.path, frozenset(stem(w) for w in own) | f.extra, concepts))
        return found

    @cached_property
    def flag_phrases(self) -> dict[str, str]:
        """What a flag of several words is called as a whole, and what means the same -> its path."""
        found = {}
        for f in self.facets.values():
            words = key([w for w in f.words if w not in _IS])
            if f.flag and words:
                found.update(dict.fromkeys((words, *same_values(words)), f.path))
        return found

    @cached_property
    def directions(self) -> Mapping[str, tuple[str, Scalar]]:
        """sent, received -> (field, value), where a direction is told by a letter: E and R, E and S, I and O."""
        for f in self.facets.values():
            values = {v: str(v).upper() for v, _ in f.profile.values}
            if f.profile.distinct != 2 or not {"sens", "direction", "dir"} & set(f.words):
                continue
            for sent, received in (("E", "R"), ("S", "E"), ("S", "R"), ("O", "I"), ("OUT", "IN")):
                if set(values.values()) == {sent, received}:
                    told = {said: value for value, said in values.items()}
                    return {"sent": (f.path, told[sent]), "received": (f.path, told[received])}
        return {}

    @cached_property
    def names(self) -> list[str]:
        """Single words that are whole values, five letters and more: what a typo may have meant."""
        return [k for k in self.values.whole if " " not in k and len(k) >= 5]

    @cached_property
    def long_names(self) -> list[str]:
        """Whole values of two and three words, ten letters and more."""
        return [k for k in self.values.whole if 1 <= k.count(" ") <= 2 and len(k) >= 10]

    @cached_property
    def tally(self) -> str | None:
        """The field that tells how many things a record stands for: `nbCalls` of `gw_calls_agg`."""
        for f in self.facets.values():
            named = [word for word in f.words if word not in COUNTERS - {"number", "num"}]
            if (
                f.numeric
                and not f.above
                and not f.unique(self.profile.total)
                and 0 < len(named) < len(f.words)
                and all(map(self.called_so, named))
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
            for word in f.words:
                group = HAPPENED.get(word)
                for said in (w for w, n in HAPPENED.items() if n == group):
                    found.setdefault(said, f.path)
        if "expire" not in found and "echeance" in found:
            found |= {said: found["echeance"] for said, n in HAPPENED.items() if n == HAPPENED["expire"]}
        return found

    def date_of(self, token: Token) -> str | None:
        """The field of the date of what a word says has happened: "libérés" of `released_at`."""
        path = self.dates.get(token.norm)
        if path is None and token.text.endswith(PARTICIPLES):
            path = self._acts.get(stem(token.norm))
        return path

    @cached_property
    def _acts(self) -> dict[str, str]:
        """Stem of what a field of dates is called by -> that field: compense of `compenseLe`."""
        found: dict[str, str] = {}
        for f in self.facets.values():
            if f.profile.time is None or f.profile.repeated:
                continue
            for word in f.words:
                if len(word) > 3 and not concepts_of(word) & _ENDS and word not in HAPPENED:
                    for said in (stem(word), *kin_of(word)):
                        found.setdefault(said, f.path)
        return found

    @cached_property
    def measured(self) -> frozenset[str]:
        """Words of the fields of measures: retard of `retard_min`, écart of `montantEcart`."""
        words = (w for f in self.facets.values() if f.numeric and not f.coded for w in f.words if w not in UNITS)
        return frozenset(word for word in words if len(word) > 3)

    @cached_property
    def http_codes(self) -> list[str]:
        """Numeric fields of HTTP codes."""
        return [f.path for f in self.facets.values() if f.numeric and "http" in f.words]

    @cached_property
    def dimensions(self) -> list[str]:
        """Fields worth grouping by: few texts or flags."""
        return [
            f.path for f in self.facets.values()
            if (f.text and not f.long and 1 < f.profile.distinct <= 500 and not f.unique(self.profile.total)) or f.flag
        ]  # fmt: skip


def _says(word: str, name: str) -> bool:
    names = (name, *spelled((name,)))
    return any(
        stem(word) == stem(one)
        or stem(word) in kin_of(one)
        or bool(concepts_of(word) & concepts_of(one))
        or _short_for(root(one), root(word))
        for one in names
    )


def _short_for(short: str, word: str) -> bool:
    """ "certif" of "certificat": the beginning of the word, where it is no word of the trade itself."""
    return len(short) >= 5 and len(word) - len(short) >= 3 and word.startswith(short) and not concepts_of(short)


def know(profile: Profile, vocabulary: Vocabulary | None = None) -> Knowledge:
    """Costs about a second per 100,000 distinct values: kept by the caller for as long as the profile lives."""
    words = vocabulary or Vocabulary()
    found = facets(profile)
    for path, extra in words.fields.items():
        if path in found:
            f = found[path]
            told = frozenset(stem(w) for e in extra for w in parts(e))
            found[path] = Facet(f.profile, f.words, f.above, f.extra | told)
    roles = learn_roles(profile, found, words.roles)
    if roles.duration is not None and roles.duration not in found:
        found[roles.duration] = _between(roles.duration, found)
    return Knowledge(profile, found, roles, index_values(found, profile.total), words.nouns)


def _between(path: str, known: Mapping[str, Facet]) -> Facet:
    """The time between two fields, as the duration that no field tells."""
    ends = elapsed(path)
    assert ends is not None
    present = min(known[end].profile.present for end in ends)
    return Facet(FieldProfile(path, present, {"number": present}), ("duration",), ())
