"""What the fields of a collection are called, and which of them words name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, product

from vigie.ask.planner.abbreviations import spelled as in_full
from vigie.ask.planner.concepts import RUNNABLE, concepts_of
from vigie.ask.planner.facets import UNITS, Facet, called_by
from vigie.ask.planner.glossary import every_word, kin_of
from vigie.ask.planner.known_words import KnownWords
from vigie.ask.planner.lexicon import COUNTERS, CURRENCIES, HAPPENED, LATENCY
from vigie.ask.planner.record_names import REMEMBERED, RecordNames
from vigie.ask.planner.roles import Roles
from vigie.ask.planner.same_names import means
from vigie.ask.planner.tokens import parts, root, stem
from vigie.ask.words import STOP

VERY_WORD = 2.5  # points of a field for a word that it is called by
NAMED = 1.7  # of one that a word or a noun names
SAME_SENSE = 2.0  # and for one that means the same, for all that it is called
_WAYS = 32  # in which a name of several words may be said in both languages
AT_SOURCE = frozenset("src source raw brut brute original originale logical logique total".split())
_ATTRIBUTES = frozenset({"role", "type", "version", "severity", "priority"})
_SAYS_WHAT = 1.4  # words more: a `serverRole` is no server, where another field is
_GONE_WRONG = frozenset({"rejected", "error"})
_TOTALS = COUNTERS - {"num", "number"}  # `pipeline.num` says which
_BARE = frozenset("valeur value val amount montant".split())  # of what the object is
_MEASURED = frozenset({"duration", "size", "amount", "throughput", "retry"})


@dataclass(frozen=True)
class FieldNames:
    """`total`: how many records there are."""

    facets: Mapping[str, Facet]
    roles: Roles
    records: RecordNames
    total: int

    @cached_property
    def called(self) -> KnownWords:
        """What the collection and its fields are called: what a slip of the keyboard may have meant."""
        names = (*parts(self.records.collection), *self.records.head)
        fields = (word for facet in self.facets.values() for word in (*facet.words, *facet.above))
        return KnownWords(word for word in (*names, *fields) if word.isalpha())

    def scores(self, words: Sequence[str]) -> Sequence[tuple[float, str]]:
        """Fields that these folded words name, best first: every word must say something of the field."""
        return self._remembered(tuple(words))

    @cached_property
    def _remembered(self) -> Callable[[tuple[str, ...]], Sequence[tuple[float, str]]]:
        return lru_cache(maxsize=REMEMBERED)(self._scores)

    def _scores(self, words: tuple[str, ...]) -> Sequence[tuple[float, str]]:
        found = []
        for facet in self.facets.values():
            score = 0.0
            for word in words:
                hit = self._hit(word, facet)
                if not hit and word in _CODES and len(words) > 1 and "code" in facet.concepts:
                    hit = NAMED  # "return code", "code environnement": which one is said
                if not hit:
                    score = 0.0
                    break
                score += hit
            if "id" in facet.concepts and not any("id" in concepts_of(word) for word in words):
                score -= 1.5 * facet.unique(self.total)  # `id_util` names the users
            if score >= 1.5 and not self._types_of(words, facet):
                whole = any(stem(word) in facet.extra for word in words)
                own = [w for w in facet.words if w not in UNITS and concepts_of(w) != {"id"}] or facet.words
                left = [] if whole else [name for name in own if not any(means(word, name) for word in words)]
                if facet.numeric and "size" in facet.concepts:
                    left = [
                        name for name in left if name not in AT_SOURCE
                    ]  # "volume" of a `srcBytes`, beside `dstBytes`
                unsaid: float = len([name for name in left if concepts_of(name) != {"name"} and name not in STOP])
                unsaid += _SAYS_WHAT * any(concepts_of(name) & _ATTRIBUTES for name in left)
                if "cpu" in facet.concepts and not any("cpu" in concepts_of(word) for word in words):
                    continue  # "durée" is no time of the processor
                things = all(concepts_of(word) & RUNNABLE for word in words)
                if facet.numeric and things and any(concepts_of(name) & _MEASURED for name in left):
                    continue  # "exécutions" is no `temps_execution_s`
                found.append((score - 0.3 * unsaid - 0.1 * facet.path.count("."), facet.path))
        named, told = self.roles.name, tuple(map(root, words))
        several = len(words) == 1 and words[0] != told[0]
        found.sort(
            key=lambda f: (
                -f[0],
                self.facets[f[1]].words != told,  # `agreement`, before `agreed_at`
                not self._translated(words, f[1]),
                not (several and set(self.facets[f[1]].words) & COUNTERS),  # "abends" of an NBABEND, beside a CDABEND
                f[1] not in self._dimensions,
                f[1] != named,
                f[1],
            )
        )
        return found or self._inner(words) or self._shortened(words)

    def headed(self, words: Sequence[str]) -> Sequence[tuple[float, str]]:
        """ "job chain" of a `jobname` and a `chain`: of two words side by side, the last is what is named in English,
        where a field is called by it alone and none by both."""
        if words[0] != root(words[0]):
            return ()  # "appels API"
        both, last = self.scores(words)[:1], self.scores(words[1:])[:1]
        if not both or not last or both[0][1] == last[0][1] or not self._called(last[0][1], words[1]):
            return ()
        return () if self._called(both[0][1], words[1]) else self.scores(words[1:])

    def _called(self, path: str, word: str) -> bool:
        """In either language."""
        facet = self.facets[path]
        return facet.text and len(facet.words) == 1 and stem(word) in facet.stems | facet.kin

    @cached_property
    def _dimensions(self) -> frozenset[str | None]:
        """The fields that tell best what records are of: "équipes" of a `team`, before an `owner` who has one."""
        roles = self.roles
        return frozenset({roles.team, roles.host, roles.env, roles.entity})

    def of_runs(self, words: Sequence[str]) -> list[tuple[float, str]]:
        """ "services", "traitements" where what runs is called otherwise, "datamarts" of a `mart.name`: the names."""
        name = self.roles.name
        if name is None or len(words) != 1:
            return []
        above = self.facets[name].above[-1:]
        if above and self.records.in_its_name(words[0]) and root(words[0]).endswith(above[0]):
            return [(VERY_WORD, name)]
        kinds = concepts_of(words[0])
        runs = kinds & (RUNNABLE | {"app"}) and not kinds & {"run", "backup"}  # what saves is no other thing that runs
        return [(0.9, name)] if runs else []

    def _translated(self, words: tuple[str, ...], path: str) -> bool:
        """ "composant" of a `component`, before an `application` that means the same."""
        return any(stem(word) in self.facets[path].kin for word in words)

    def _types_of(self, words: tuple[str, ...], facet: Facet) -> bool:
        """ "messages" is no field of their types."""
        if len(words) != 1 or len(facet.words) != 2 or not self.records.own(words[0]):
            return False
        left = [name for name in facet.words if not means(words[0], name)]
        return len(left) == 1 and concepts_of(left[0]) == {"type"}

    def _inner(self, words: Sequence[str]) -> Sequence[tuple[float, str]]:
        """ "motif" of `motif.code` and `motif.libelle`, where no field is called so: the field most often there."""
        if len(words) != 1 or self.records.noun(words[0]):
            return []
        if words[0] in HAPPENED and not words[0].endswith(_OF_ACTS):
            return []  # "acquittées" of an `acquittement.le`: that it happened
        inside = [f for f in self.facets.values() if 1.0 <= self._hit(words[0], f) < 1.5]
        totals = [f for f in inside if f.numeric and set(f.words) <= _TOTALS and stem(words[0]) in f.above_stems]
        if totals:
            return [(1.9, totals[0].path)]  # "lignes" of `lignes.total`, beside `lignes.ok`
        return [(1.5, f.path) for f in sorted(inside, key=lambda f: (-f.profile.present, f.long, f.path))[:1]]

    def _shortened(self, words: Sequence[str]) -> Sequence[tuple[float, str]]:
        """ "protocole" of a `proto`, "agence" of a `cod_agce`: the one field called by some letters of a word alone."""
        if len(words) != 1 or self.records.noun(words[0]):
            return []
        said, own = root(words[0]), (f for f in self.facets.values() if not f.above)
        cut = [(f, short) for f in own for short in f.words if _is_cut(short, said)]
        if len(cut) != 1:
            return []
        facet, short = cut[0]
        others = [word for word in facet.words if word != short]
        plain = all(w in CURRENCIES or any(concepts_of(o) & _SORTS for o in (w, *in_full((w,)))) for w in others)
        return [(NAMED, facet.path)] if plain else []

    def _hit(self, word: str, facet: Facet) -> float:
        if word in _CODES and self.roles.code not in (None, facet.path):
            return 0.0  # "par code" of a `CD_ERR`, beside a `CD_ENV`
        if self._in_all.get(stem(word)) == facet.path:
            return VERY_WORD + 0.5  # "lag" of `lag.messages`, before each of `partitions.lag`
        if stem(word) in facet.stems:
            return VERY_WORD
        if facet.numeric and set(facet.words) <= _BARE and stem(word) in facet.above_stems:
            return VERY_WORD  # "montant" of `montant.valeur`, before a `montantRejete`
        if facet.numeric and set(facet.words) <= _TOTALS and word != root(word) and stem(word) in facet.above_stems:
            return VERY_WORD + 0.2  # "30 écarts" of `ecarts.nombre`, before their `ecarts.montant`
        concepts = concepts_of(word)
        if word == "api":
            concepts -= {"call"}  # no `ts_appel` of somebody on duty
        if facet.path == self.roles.status:
            concepts -= {"incident"}  # the `issue` of a run is its outcome
        if facet.path == self.roles.env and "step" in concepts:
            return 0.0  # "étape" is no `stage` of PROD and TEST
        shared = concepts & (facet.concepts | self._role_concepts.get(facet.path, frozenset()))
        if self.roles.env is not None and facet.path != self.roles.env:
            shared -= {"env"}  # "environnement" is no `plateforme`, where another field tells it
        if shared == {"volume"} and facet.above and set(facet.words) <= _TOTALS and word.startswith("volum"):
            return 0.0  # of data, and no `retry.count`
        if shared == {"user"} and _of_another_side(word, facet):
            return 0.0  # "techniciens" are no `demandeur`
        if shared == {"duration"} and word in LATENCY and not LATENCY & set(facet.words):
            return 1.75  # "latence" is how long it took, where no other field tells it
        if facet.numeric and "rejected" in facet.concepts - concepts:
            shared -= {"error"}  # "erreurs" are no `nb_rejets`, which runs that go well have too
        if shared:
            # "applis" of an `appName` before a component; "redémarrés" of `restarts`, before attempts
            return SAME_SENSE + 0.1 * (len(shared) - 1) + 0.15 * (stem(word) in facet.kin)
        if stem(word) in facet.kin:
            return SAME_SENSE
        if concepts & facet.above_concepts or stem(word) in facet.above_stems:
            # `author.name` is the author; "requesters" are in `demandeur.nom`, before any other user.
            by_name = bool(facet.concepts & {"name"}) or (facet.text and facet.words in _WHICH_ONE)
            return 1.2 if not by_name else SAME_SENSE + 0.2 if stem(word) in facet.above_stems else 1.9
        if "cause" in concepts and facet.above_concepts & _GONE_WRONG and facet.concepts & {"code", "message"}:
            return 1.2  # "motif" of `rejection.label`
        if "duration" in concepts and facet.numeric and facet.unit is not None:
            return 0.9  # "temps cpu" of `cpuSec`
        if "amount" in concepts and word not in _TOTALS and facet.numeric and CURRENCIES & set(facet.words):
            return 0.9  # "montant des pénalités" of `penaltyEur`
        return 0.8 if self.records.own(word) and self.records.are(word) and not facet.numeric else 0.0

    @cached_property
    def _in_all(self) -> Mapping[str, str]:
        """Stem of what elements of a list and an object have a number of -> the one number of the object."""
        numbers = [f for f in self.facets.values() if f.numeric]
        each = {said for f in numbers if f.profile.repeated and len(f.words) == 1 for said in f.stems}
        found: dict[str, list[str]] = {}
        for f in numbers:
            if f.above and not f.profile.repeated and f.unit is None:
                found.setdefault(stem(f.above[-1]), []).append(f.path)
        return {said: paths[0] for said, paths in found.items() if said in each and len(paths) == 1}

    @cached_property
    def _role_concepts(self) -> Mapping[str, frozenset[str]]:
        """What a field is by its role, whatever it is called: "environnement" of a field of PRD and REC."""
        roles = self.roles
        named = {roles.env: "env", roles.host: "host", roles.severity: "severity", roles.status: "status"}
        named |= {roles.code: "code", roles.duration: "duration", roles.team: "team"}
        named |= {roles.name: "name"}  # "names of the jobs" of a field `job`
        return {path: frozenset({concept}) for path, concept in named.items() if path is not None}

    @cached_property
    def kin_stems(self) -> frozenset[str]:
        """Of what the words of fields are called in the other language."""
        return frozenset(s for f in self.facets.values() for s in (*f.kin, *f.above_stems))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of the words that fields are called by, those of the objects they lie in too."""
        return called_by(self.facets)

    @cached_property
    def single(self) -> list[str]:
        """Words of five letters and more that are the whole name of a field: what a typo may have meant."""
        return [f.words[0] for f in self.facets.values() if len(f.words) == 1 and len(f.words[0]) > 4 and not f.above]

    @cached_property
    def spelled_words(self) -> frozenset[str]:
        """All words of `spelled`."""
        return frozenset(word for said in self.spelled for word in said)

    @cached_property
    def spelled(self) -> Mapping[frozenset[str], str]:
        """Stems of all words of a field's name, two or more, its unit aside -> its path: jours, restants."""
        found: dict[frozenset[str], str] = {}
        for f in self.facets.values():
            own = [w for w in f.words if w not in UNITS]
            own += f.above[-1:] if len(own) == 1 else []
            if len(own) > 1 and not f.flag and not set(own) & COUNTERS:
                ways = [(stem(word), *map(stem, in_full((word,))), *sorted(kin_of(word))) for word in own]
                for said in islice(product(*ways), _WAYS):
                    found.setdefault(frozenset(said), f.path)
        return found


def _is_cut(short: str, word: str) -> bool:
    """ "proto" is the beginning of "protocole"; of "agence", "agce" has the first letter, the last, others in order."""
    if len(short) < _SHORT or concepts_of(short) or short in every_word():
        return False
    letters = iter(word)
    within = short[-1:] == word[-1:] and short[:2] == word[:2] and all(letter in letters for letter in short)
    return (word.startswith(short) and len(word) >= len(short) + _CUT) or (within and len(word) > len(short) + 1)


_OF_ACTS = ("ment", "tion", "sion", "ance", "ture", "oi", "age", "ception", "due", "ity")
_SORTS = frozenset({"id", "code", "amount", "volume"})  # of values: they say nothing of what
_WHICH_ONE = (("code",), ("libelle",), ("label",))  # of what the object is
_CODES = ("code", "codes")
_SHORT = 4  # letters of a word cut short
_CUT = 3  # letters that are cut at least from its end
_SIDES = tuple(
    frozenset(map(stem, listed.split()))
    for listed in (
        "technicien technician tech operateur operator intervenant ingenieur engineer responder executant performer",
        "demandeur requester requestor declarant reporter submitter appelant caller requested reported",
    )
)


def _of_another_side(word: str, facet: Facet) -> bool:
    """Those who ask are none of those who do what is asked."""
    doers, askers = _SIDES
    own = facet.stems | facet.kin
    return bool((stem(word) in doers and own & askers - doers) or (stem(word) in askers and own & doers - askers))
