"""What the records of a collection are called: by the collection's name, the field of their numbers, an operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import ALIKE, RUNNABLE, concepts_of
from vigie.ask.planner.desks import Served, no_payments
from vigie.ask.planner.facets import Facet, called_by
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.joined_words import words_of_name
from vigie.ask.planner.lexicon import FRENCH_HEADS, HAPPENED, VAGUE_NAMES
from vigie.ask.planner.roles import Roles
from vigie.ask.planner.same_names import core, means
from vigie.ask.planner.tokens import alike_start, parts, root, stem
from vigie.ask.words import fold

OWN = 3.0  # of `RecordNames.noun`: what the collection holds is called so
HEAD = 4.0  # points of the word that names a collection
KIN = 1.4  # of the same word in the other language
_NO_NAME = -0.5  # of one that may stand for it
# What a record may be, of which a field tells the type.
_RECORDED = frozenset({"message_item", "payment", "request", "call", "event", "report", "order", "alert", "incident"})
_DOERS = ("ateur", "ator")
_RAISED = frozenset({"alert", "incident", "error", "rejected"})
# What is done, asked or noted of the things that records are of: `demandes_changement` are changes.
_ABOUT = frozenset(form for word in "demande request execution".split() for form in (word, f"{word}s"))
_JOINED = frozenset("sales operations accounts news savings goods systems customs".split())  # but these
_DIMENSIONS = frozenset({"team", "app", "host", "env", "entity", "client", "partner", "user", "site"})
_SAMPLES = frozenset(map(stem, "releve mesure echantillon sample measurement observation".split()))
# What tells that records are of a technique that nothing of theirs is called by.
_TECHNIQUES = {
    "kafka": frozenset(map(stem, "topic partition partitions offset consumer lag".split())),
    "mainframe": frozenset(map(stem, "lpar abend jcl sysout jes jesjob cics sysplex job jobname dsn rc cpu".split())),
}
_ANOMALIES = frozenset(map(stem, "anomalie anomaly".split()))
# What the records of such a collection are called as well, as those of alerts that a rule raises.
_FINDINGS = frozenset(map(stem, "finding constat detection defect discrepancy violation breach".split()))
_FILED = frozenset(map(stem, "declaration filing return submission".split()))
_ASKED = stem("demande")  # "requêtes" are calls; what somebody asks a person for is none
_MOVERS = frozenset("xfb cft mft sftp ftp pesit ndm axway".split())
_PROTOCOLS = ("sftp", "pesit", "ftp", "cft", "as2", "odette", "connect:direct", "scp")
_FEW_PROTOCOLS = 12
_NEARLY_ALL = 0.95  # of the records have one
_SHARED_BY = 20  # records that have the same one
_SHARED = 5  # letters that "répliqué" and "réplication" share at least
REMEMBERED = 4_096  # words looked up of one collection: questions use the same ones


@dataclass(frozen=True)
class RecordNames:
    """`nouns`: an operator's; `total`: how many records there are."""

    collection: str
    total: int
    facets: Mapping[str, Facet]
    roles: Roles
    nouns: Sequence[str] = ()

    @cached_property
    def _name_words(self) -> tuple[list[str], list[str]]:
        """(the head word, the others) of the collection's name: errors, flow of `flow_errors`."""
        named = words_of_name(self.collection)
        words = [(*spelled((w,)), w)[0] for w in named if not w.isdigit()]
        told = (
            [w for w in words if w not in VAGUE_NAMES and (concepts_of(w) or (w == words[-1] and root(w) != w))]
            or [w for w in words if w not in VAGUE_NAMES]
            or words
        )
        if not told:
            return [], []
        french = stem(told[0]) in {stem(w) for w in FRENCH_HEADS}
        # `lots_editique` are lots, `flow_errors` are errors.
        plural, last = root(told[0]) != told[0], root(told[-1]) != told[-1]
        first = french or (plural and not last)
        numbered = next((word for word in words if stem(word) in self._numbered), None)
        head = numbered or (told[0] if first else told[-1])
        others = [w for w in words if w not in VAGUE_NAMES and w != head]
        if others and head in words and self._is_a_field(head):
            head = told[0] = others[-1]  # `patchCampaigns` of a `campaign` each: patches
        heads = [head]
        if plural and last and head != told[0] not in _JOINED:
            heads.append(told[0])  # `exports_bases`, `depots_fichiers`: English joins no plural to another
        if "run" in concepts_of(head) or head in _ABOUT:
            heads += [w for w in told if w != head and not concepts_of(w) & _DIMENSIONS][
                :1
            ]  # `exec_traitements`: what runs stands for its runs
        return heads, [w for w in words if w not in heads]

    def _is_a_field(self, word: str) -> bool:
        """Has each record one such, and many records the same?"""
        named = (f for f in self.facets.values() if not f.above and [stem(w) for w in f.words] == [stem(word)])
        shared = (f for f in named if f.text and _SHARED_BY * f.profile.distinct < f.profile.present)
        return any(f.profile.present > _NEARLY_ALL * self.total for f in shared)

    @cached_property
    def _as_written(self) -> Mapping[str, str]:
        """What a shortened word of the name stands for -> that word: securite -> secu."""
        return {full: w for w in parts(self.collection) for full in spelled((w,))[:1]}

    @property
    def head(self) -> list[str]:
        """The words that name its records best, an operator's first."""
        return [*self.nouns, *self._name_words[0]]

    @property
    def beside_head(self) -> list[str]:
        """The other words of its name, of six letters and more: no fewer tell what a slip meant."""
        return [word for word in self._name_words[1] if len(word) > 5]

    @cached_property
    def called(self) -> Callable[[str], float]:
        """Points for the very word of the collection's own name, or of a field's, beside one that means the same."""
        return lru_cache(maxsize=REMEMBERED)(self._name_points)

    def _name_points(self, word: str) -> float:
        head, others = self._called
        said = stem(word)
        if said in head or said in self._numbered:
            return HEAD
        name = self.facets.get(self.roles.name or "")
        if name is not None and said in name.stems:
            return 1.0
        if any(said in kin_of(named) for named in self._name_words[0]):
            return KIN  # "requêtes" of `gateway_requests`, before `demandes_acces`
        if said in others:
            return 1.0
        if self._served.noun(word) and not any(means(word, named) for named in self._name_words[0]):
            return _NO_NAME  # after a collection that is called so
        return 0.5 if root(word) in self._field_roots else 0.3 if said in self._field_stems else 0.0

    @cached_property
    def _field_stems(self) -> frozenset[str]:
        return called_by(self.facets)

    @cached_property
    def _field_roots(self) -> frozenset[str]:
        return frozenset(root(word) for facet in self.facets.values() for word in (*facet.words, *facet.above))

    def are(self, word: str) -> bool:
        """Does it mean what the name's own head means?"""
        return any(means(word, named) for named in self._name_words[0][:1])

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Stems of the words of the collection's name."""
        head, others = self._called
        return head | others

    def in_its_name(self, word: str) -> bool:
        """Is it the very word of a part of the collection's name?"""
        head, others = self._called
        return stem(word) in head | others

    def called_so(self, word: str) -> bool:
        """Is it part of the collection's name, or means what a part of it means?"""
        head, others = self._called
        if word == "api" and "api" not in head | others and not self._called_over_http:
            return False  # "appels API" are no calls to somebody on duty
        return stem(word) in head | others or any(
            means(word, name) for name in (*self._name_words[0], *self._name_words[1])
        )

    @cached_property
    def made(self) -> Callable[[str], bool]:
        """Is it what the records are made by, said of them: "répliqué" of `site_replication`?"""
        return lru_cache(maxsize=REMEMBERED)(self._made)

    def _made(self, word: str) -> bool:
        said = stem(word)
        heads = [form for named in self._name_words[0] for form in (stem(named), *kin_of(named))]
        if HAPPENED.get(word) is not None and HAPPENED[word] in map(HAPPENED.get, map(root, self._name_words[0])):
            return True  # "livrés" of `deliveries`
        return any(alike_start(said, named) >= max(_SHARED, len(named) - 5, len(said) - 5) for named in heads)

    @cached_property
    def _called(self) -> tuple[frozenset[str], frozenset[str]]:
        head, others = self._name_words
        short = self._as_written
        return (
            frozenset(stem(w) for word in head for w in (word, short.get(word, word)))
            | frozenset(map(stem, self.nouns)),
            frozenset(stem(w) for word in others for w in (word, short.get(word, word))),
        )

    @cached_property
    def noun(self) -> Callable[[str], float]:
        """How well a folded word names this collection's records: 3 its head, 1.2 a word beside it, 0 not at all."""
        return lru_cache(maxsize=REMEMBERED)(self._noun)

    def _noun(self, word: str) -> float:
        head, others = self._name_words
        if root(word).endswith(_DOERS) and not any(root(n).endswith(_DOERS) for n in (*head, *others)):
            return 0  # "opérateur" of `operations`
        if stem(word) in {stem(n) for n in self.nouns} or word == fold(self.collection):
            return 3
        if stem(word) in self._typed or self.numbered(word):
            return 3
        head = [] if no_payments(word, head, self.facets) else head
        for weight, named in ((3.0, head), (1.2, others)):
            if any(means(word, n) or stem(word) in (stem(self._as_written.get(n, n)), stem(core(n))) for n in named):
                return weight
        if word in _TECHNIQUES and len(_TECHNIQUES[word] & self._field_stems) > 1:
            return 1.2  # "runs kafka" of records with a topic and a partition
        if served := self._served.noun(word):
            return served
        concepts = concepts_of(word)
        answers = "response" in concepts and word != root(word)  # "responses" are calls, a "réponse" has a length
        called = concepts & {"call", "request"} and stem(word) != _ASKED
        if (called or answers) and (self._called_over_http or self._served.gateway):
            return 3
        if "transfer" in concepts and self._moves_files:
            return OWN  # "transferts" of an `xfb_moni`
        if "step" in concepts and self._of_one_step:
            return 1.4  # "étapes en échec" of runs that are of one step each
        if "file" in concepts and self._transfers:
            return 1.2  # files are what is transferred
        errors = any("error" in concepts_of(n) for n in head)
        if concepts & {"run"} and not errors and self.roles.start and (self.roles.status or self.roles.duration):
            return 1.4 if self._has_run_id else 1.0
        if self.samples(word):
            return 1.0
        if "error" in concepts and any({"rejected", "incident"} & concepts_of(n) for n in head):
            return 1.2  # "anomalies" of `control_rejects`
        if concepts == {"report"} and word == root(word) + "s" and any(stem(n) in _FILED for n in head):
            return OWN  # "reports" of `declarations`
        if stem(word) in _ANOMALIES and self._found_by_rules:
            return OWN
        if concepts & ALIKE and {c for n in [*head, *others] for c in concepts_of(n)} & ALIKE:
            return 0.6
        return 0

    @cached_property
    def raised(self) -> bool:
        """Are they alerts or incidents, which befall what runs?"""
        return any(concepts_of(word) & _RAISED for word in self._name_words[0])

    @cached_property
    def _served(self) -> Served:
        return Served(self.own_words, self.facets)

    @cached_property
    def _found_by_rules(self) -> bool:
        """Alerts that a rule raises, or what a check has found: anomalies, where those of jobs are failures."""
        alerts = any("alert" in concepts_of(word) for word in self._name_words[0])
        ruled = any("rule" in facet.concepts for facet in self.facets.values())
        return (alerts and ruled) or any(stem(word) in _FINDINGS for word in self._name_words[0])

    def samples(self, word: str) -> bool:
        """ "relevés": does it mean what is measured again and again, at an instant, as the records may be?"""
        return stem(word) in _SAMPLES and bool(self.roles.start) and not (self.roles.end or self.roles.duration)

    def own(self, word: str) -> bool:
        """Is it what the collection holds?"""
        return self.noun(word) >= OWN

    def numbered(self, word: str) -> bool:
        """Is it what the field of their numbers calls them: "lot" of `numLot`?"""
        full = (form for short in self._numbered for form in spelled((short,)))
        return bool({stem(word), *kin_of(word)} & {*self._numbered, *map(stem, full)})  # "messages" of a `msg_id`

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """`num_ticket`, `refOrdre`: what the field of their numbers calls the records, in a word of the trade."""
        facet = self.facets.get(self.roles.ident or "")
        if facet is None or facet.above or "id" not in facet.concepts:
            return frozenset()
        forms = ([one for one in spelled((word,)) or (word,) if "id" not in concepts_of(one)] for word in facet.words)
        named = [form for form in forms if form]  # session, id of `sid`; instruction, instrument of `refInstr`
        own = {stem(word) for word in parts(self.collection)}
        # A word of no trade is the records' own: `session_id`, `rapproId`.
        told = (
            w
            for w in (named[0] if len(named) == 1 else ())
            if len(named[0]) == 1
            or not concepts_of(w)  # of several only what is no word of the trade: `chg_no` of releases
            if (
                concepts_of(w) - RUNNABLE
                or facet.profile.distinct >= facet.profile.present
                or stem(w) in own
                or (len(w) > 3 and w.isalpha() and not concepts_of(w))
            )
        )
        return frozenset(map(stem, told))

    @cached_property
    def _typed(self) -> frozenset[str]:
        """`type_message`: of what the types are, where no other field is called so and it is no part of a record."""
        found = set()
        for facet in self.facets.values():
            own = [word for word in facet.words if concepts_of(word) != {"type"}]
            if len(facet.words) != 2 or len(own) != 1 or facet.above or not facet.text:
                continue
            others = (other for other in self.facets.values() if other is not facet)
            if concepts_of(own[0]) & _RECORDED and not any(stem(own[0]) in other.stems for other in others):
                found.add(stem(own[0]))
        return frozenset(found) | self._stated

    @property
    def _stated(self) -> frozenset[str]:
        """`calcStatus` beside a `calcType`: calculations."""
        told = [f.words for f in self.facets.values() if len(f.words) == 2 and f.text and not f.above]
        own = self.facets.get(self.roles.status or "")
        word = own.words[0] if own is not None and own.words in told else ""
        both = any(words[0] == word and concepts_of(words[1]) == {"type"} for words in told)
        return frozenset(map(stem, (word, *spelled((word,))))) if word and both else frozenset()

    @cached_property
    def _called_over_http(self) -> bool:
        """Do its records have a status of HTTP and what was called?"""
        words = {word for f in self.facets.values() for word in f.words}
        return any(f.http for f in self.facets.values()) and bool(
            words & {"endpoint", "route", "url", "uri", "method", "methode", "verb", "path", "protocol", "protocole"}
        )

    @cached_property
    def _of_one_step(self) -> bool:
        steps = (f for f in self.facets.values() if f.text and "step" in f.concepts | f.above_concepts)
        return any(f.profile.present >= _NEARLY_ALL * self.total and not f.profile.repeated for f in steps)

    @cached_property
    def _transfers(self) -> bool:
        """Are its records transfers, each of a file of its own?"""
        named = any("transfer" in concepts_of(word) for words in self._name_words for word in words)
        return named and not any("file" in f.concepts and not f.unique(self.total) for f in self.facets.values())

    @cached_property
    def _moves_files(self) -> bool:
        """Are they told by a tool that moves files, or by the protocols of such tools?"""
        if any(set(parts(word)) & _MOVERS for word in (*self._name_words[0], *self._name_words[1])):
            return True
        few = (f for f in self.facets.values() if f.text and f.profile.distinct <= _FEW_PROTOCOLS)
        told = any(sum(str(v).lower().startswith(_PROTOCOLS) for v, _ in f.profile.values) > 1 for f in few)
        return told and any(f.concepts & {"partner"} for f in self.facets.values())

    @cached_property
    def _has_run_id(self) -> bool:
        return any("run" in f.concepts and "id" in f.concepts and f.unique(self.total) for f in self.facets.values())
