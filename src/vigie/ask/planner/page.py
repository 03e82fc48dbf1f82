"""One question as one collection reads it: what is there, and what was marked of it so far."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.actors import is_done_by, tells_doer
from vigie.ask.planner.aside import names_things
from vigie.ask.planner.compounds import ended_with
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cues import FILLER, Cue
from vigie.ask.planner.errors import errors_happened
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.kinds_of_records import are_records, kinds_called, says_more
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import HAPPENINGS, PARTICIPLES, PLAIN
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.noun_marks import LINKS, fields_named
from vigie.ask.planner.rivals import is_a_thing
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.value_marks import alike_at, inside_at, value_mark, whole_at
from vigie.ask.planner.values import ValueRef

_SPREAD = frozenset({"detail", "details", "breakdown"})
_VOLUME = (["volume"], ["volumes"])
_LESS_SO = 0.5  # points that a field may have less and still be meant
_DESKS = frozenset({"helpdesk", "servicedesk"})


def _tells_which(known: Knowledge, path: str, held: int) -> bool:
    """Is it a field of few values, and the word in one of them?"""
    profile = known.facets[path].profile
    return path not in (known.roles.status, known.roles.name) and held == 1 < profile.distinct <= _FEW


_FEW = 20  # values


class Page:
    """`marks` grow as words are taken; each way of taking tells the place after them."""

    def __init__(self, grams: Grams, known: Knowledge, *, typos: bool = True) -> None:
        self.grams = grams
        self.typos = typos
        self.tokens = grams.tokens
        self.known = known
        self.marks = Marks(grams.text, grams.tokens, grams.times, timed=set(grams.timed))

    @property
    def norms(self) -> list[str]:
        return self.grams.norms

    def label(self) -> NounMark | None:
        """The noun before."""
        return self.marks.nouns[-1] if self.marks.nouns else None

    def take_value(self, mark: ValueMark) -> int:
        if self.marks.values and says_more(self.marks.values[-1], mark, self.norms):
            self.marks.values.pop()
        self.marks.values.append(mark)
        return mark.last

    def take_cue(self, i: int, end: int, tags: Sequence[str]) -> int:
        if i and self.norms[i - 1] in ("that", "which", "who"):
            tags = [tag for tag in tags if tag != "yes_no"]  # "jobs that have not run"
        if "count" in self.grams.phrase(end)[1]:
            tags = [tag for tag in tags if tag != "long"]  # "on a pris combien de rejets"
        self.marks.cues += [Cue(tag, i, end) for tag in tags]
        return end

    def take_field(self, i: int, found: NounMark | None) -> int:
        """What names a field, whatever its words mean alone; the place itself where nothing does."""
        if found is None:
            return i
        self.marks.nouns.append(found)
        return found.last

    def take_noun(self, i: int, end: int) -> int:
        if self.norms[end : end + 1] and self.norms[end].startswith("confondu"):
            self.marks.cues.append(Cue("throughout", i, end + 1))  # "toutes entités confondues"
            return end + 1
        words = [w for w in self.norms[i:end] if w not in LINKS and w != "en"]  # "montant | en | suspens"
        known = self.known
        beside = known.fields.headed(words) if len(words) == 2 == end - i else ()
        if not beside and len(words) > 1 and all(map(known.records.called_so, words)):
            # "appels API" of the collection api_calls: its records, no field of theirs.
            return self._as_the_last_alone(i, end, words) or self.records_at(i, end)
        if (
            len(words) == 2 == end - i
            and known.records.own(words[1])
            and (
                (known.records.in_its_name(words[0]) and not known.records.own(words[0]))
                or not fields_named(known, words[:1])
            )
        ):
            return self.records_at(i, end)  # "print batches", "support requests" of `appels_support`
        if not beside and are_records(known, self.norms[i:end], fields_named(known, words)):
            return self.records_at(i, end)  # "robot sessions"
        if (beyond := self._name_said(i, end)) > end:
            return self.records_at(i, beyond)
        if (beyond := self._records_named(words, end)) > end:
            return self.records_at(i, beyond)
        done = self.tokens[i].text.endswith(PARTICIPLES)  # "exported volume" is no number of exports
        if known.records.own(words[0]) and self.norms[end : end + 1] in _VOLUME and len(words) == 1 and not done:
            self.take_cue(end, end + 1, ("count",))  # "monthly call volume"
            return self.records_at(i, end + 1)
        if words == ["volume"] and self._over_time(i, end) and self._of_records(end):
            return self.take_cue(i, end, ("count",))
        fields = beside or fields_named(known, words)
        record = known.records.noun(words[0]) if len(words) == 1 else 0.0
        if record >= 1 and words[0] != root(words[0]):
            fields = [(s, p) for s, p in fields if not _only_made(known.facets[p], words[0])]
            fields = [(s, p) for s, p in fields if not _their_kind(known.facets[p], words[0])]
        concepts = frozenset(c for w in words for c in concepts_of(w))
        if (told := kinds_called(known, words, fields) or ended_with(self.grams, known, i)) and not record:
            return self.take_value(value_mark(self.grams, i, end, told, "compound"))
        if not fields and known.records.samples(words[0]) and (kinds := inside_at(self.grams, known, i)):
            return self.take_value(kinds)  # "relevés" of models RELEVE_CARTE, RELEVE_COMPTE: no measures
        plain = len(words) == 1 and not record and not any(score > 1.5 for score, _ in fields)
        alike_end, alike = alike_at(self.grams, known, i)
        asked = bool(fields) and is_a_thing(self.grams, known, i)  # "which backup fault" of a `fault.ref`
        if plain and not asked and "error" in concepts and known.roles.polarity.get("failed") and not alike:
            return self.take_cue(i, end, ("failed",))  # "anomalies" where runs have a state
        if end == i + 1 and errors_happened(self.grams, known, i, fields):
            return self.take_cue(i, end, ("failed",))
        if set(words) <= _SPREAD and "by" in self.grams.phrase(end)[1]:
            return end  # "détail par jour", whatever field tells details
        if not fields and not record:
            alerted = "alert" in concepts and self.norms[max(0, i - 1) : i] == ["en"]
            if warned := self._warned() if "warning" in concepts else self._warns() if alerted else []:
                return self.take_value(value_mark(self.grams, i, end, warned, "inside"))
            if alike_end > i:
                return self.take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
            if inside := inside_at(self.grams, known, i):
                return self.take_value(inside)
            if end == i + 1 and (held := self._of_folder(i)):
                return self.take_value(value_mark(self.grams, i, end, held, "inside"))
            if len(words) == 1 and (named := self._kinds_of(words[0])):
                return self.take_value(value_mark(self.grams, i, end, named, "alike"))
            if set(words) <= FILLER | PLAIN and not names_things(self.grams, self.known, i):
                return end
            if len(words) == 1 and spells_out(self, i, words[0]):
                return self.records_at(i, end)  # "regulatory deliveries" of `reg_deliveries`
            if len(words) == 1 and tells_doer(self.tokens, i, known, self.by_whom(end)):
                return end
            if (label := self.label()) is not None and is_done_by(self.tokens, i, label, known):
                return end
            if len(words) == 1 and known.date_of(self.tokens[i]):
                return end  # "résolus" of a `date_resolution`
        fields = self._kinds_before_numbers(i, end, fields)
        self.marks.nouns.append(NounMark(i, end, record, tuple(fields), self.grams.said(i, end), concepts))
        return end

    def _kinds_before_numbers(self, i: int, end: int, fields: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
        """ "par transaction", "quelle transaction" of a `TRAN` and a number `NBTX` of them: one of them is meant."""
        one = self.norms[end - 1] == self.tokens[end - 1].root
        asked = bool(self.marks.cues) and self.marks.cues[-1].last == i and self.marks.cues[-1].tag in ("by", "list")
        near = [told for told in fields if told[0] >= fields[0][0] - _LESS_SO] if fields else []
        first = self.known.facets[fields[0][1]] if fields else None
        if not (one and asked and len(near) > 1) or first is None or not first.numeric or first.coded:
            return list(fields)
        return sorted(fields, key=lambda told: told not in near or self.known.facets[told[1]].numeric)

    def _of_folder(self, i: int) -> list[ValueRef]:
        """ "jobs de | pricing", "pricing | jobs" of a `folder` GRID-PRICING, beside GRID-VAR: a word of the trade that
        names nothing else here, right beside what is asked for."""
        norms, label, known = self.norms, self.label(), self.known
        before = label is not None and label.last == i - 1 and norms[i - 1] in LINKS
        if not before and not (norms[i + 1 : i + 2] and fields_named(known, norms[i + 1 : i + 2])):
            return []
        held = [refs for _, refs in sorted(known.values.containing([norms[i]]).items())]
        kinds = [refs for refs in held if _tells_which(known, refs[0].path, len(refs))]
        return kinds[0] if len(kinds) == len(held) == 1 else []

    def _as_the_last_alone(self, i: int, end: int, words: Sequence[str]) -> int:
        """ "database jobs" of `DbJobs` are what "jobs" are there, and `jobName` has their names."""
        own, fields = self.known.records.own, fields_named(self.known, words[-1:])
        named = any(path == self.known.roles.name for _, path in fields[:1])
        return self.take_noun(end - 1, end) if named and own(words[-1]) and not own(words[0]) else 0

    def _over_time(self, i: int, end: int) -> bool:
        """ "volume | quotidien de messages", "daily | volume of runs"."""
        return "every" in (*self.grams.phrase(end)[1], *(self.grams.phrase(i - 1)[1] if i else ()))

    def _of_records(self, end: int) -> bool:
        """ "volume quotidien | d'instructions": how many, unless a field is called so; "volume de messages" of a
        `nbMessages` is what it says."""
        fields = [self.known.facets[path] for _, path in fields_named(self.known, ["volume"])]
        if not fields:
            return True
        last = self.grams.phrase(end)[0] if "every" in self.grams.phrase(end)[1] else end
        after = next((norm for norm in self.norms[last:] if norm not in LINKS), "")
        return self.known.records.called_so(after) and not any("volume" in facet.words for facet in fields)

    def by_whom(self, end: int) -> set[str]:
        """The fields that hold who is named after "par", "by"."""
        if self.norms[end : end + 1] not in (["par"], ["by"]) or end + 1 == len(self.norms):
            return set()
        return {ref.path for ref in whole_at(self.grams, self.known, end + 1)[1]}

    def _warned(self) -> list[ValueRef]:
        """ "terminés avec des avertissements" of a state DONE_WARN."""
        status = self.known.roles.status or ""
        words = ("warning", "warn", "avertissement")
        return self._warns() or [ref for word in words for ref in self.known.values.containing([word]).get(status, ())]

    def _warns(self) -> list[ValueRef]:
        """ "en alerte" of a state WARN."""
        refs = (ref for word in ("warning", "warn") for ref in self.known.values.whole.get(word, ()))
        return [ref for ref in refs if ref.path == self.known.roles.status]

    def _kinds_of(self, word: str) -> list[ValueRef]:
        """ "demandes" of a `kind` REQUEST."""
        told = {"type", "trigger"}  # "lancés par un opérateur" of an `origin` operator
        return [r for r in self.known.values.translated(word) if told & self.known.facets[r.path].concepts]

    def _records_named(self, words: Sequence[str], end: int) -> int:
        """Where "appels d'astreinte" ends: things that happened, of what the records are."""
        after = next((j for j in range(end, len(self.norms)) if self.norms[j] not in LINKS), end)
        named = len(words) == 1 and words[0] in HAPPENINGS and end < after < len(self.norms) and self.grams.free[after]
        return after + 1 if named and self.known.records.called_so(self.norms[after]) else end

    def _name_said(self, i: int, end: int) -> int:
        """Where "order sessions", "sessions d'ordres" of `orderSessions` end, whatever its records count of orders."""
        norms, own = self.norms, self.known.records.own
        after = end + 1 if norms[end : end + 1] in (["de"], ["d"]) else end
        if end != i + 1 or after >= len(norms) or not self.grams.free[after]:
            return end
        first, second = norms[i], norms[after]
        if after == end and self._kind_of_records(first, second):
            return after + 1
        head, other = (first, second) if after > end else (second, first)
        if not own(head) or own(other) or not self.known.records.called_so(other):
            return end
        if after > end and (alike_at(self.grams, self.known, after)[0] > after or self.known.values.translated(other)):
            return end  # "jobs | d'impression" of a type PRT
        fields = fields_named(self.known, [other])
        return after + 1 if fields and self.known.facets[fields[0][1]].numeric else end

    def _beside_head(self, word: str) -> bool:
        """ "support" of `appels_support`: a word of its name that by itself is not what the records are."""
        return self.known.records.in_its_name(word) and not self.known.records.own(word)

    def _kind_of_records(self, first: str, second: str) -> bool:
        """ "margin calls" of `margin_runs`, each with a `call_amount` and a `call_date`: what is called, no amount."""
        fields = [self.known.facets[path] for _, path in fields_named(self.known, [second])]
        named = self._beside_head(first) and second != root(second)
        told = (f.numeric or f.profile.time is not None for f in fields)
        alone = (f.words[0] == root(second) != f.words[-1] for f in fields)
        return bool(fields) and named and all(told) and all(alone)

    def in_two(self, i: int) -> int:
        """ "cron jobs" of `k8s_cronjobs`: its own name, whatever the two words mean apart."""
        norms = self.norms
        if i + 1 >= len(norms) or not self.grams.free[i + 1]:
            return i
        joined = root("".join(norms[i : i + 2]))
        if joined in _DESKS and self.known.records.noun(joined):
            return self.records_at(i, i + 2)  # "help desk" of `appels_support`
        return self.records_at(i, i + 2) if joined in map(root, self.known.records.head) else i

    def records_at(self, i: int, end: int) -> int:
        """The records themselves are meant, no field of theirs."""
        self.marks.nouns.append(NounMark(i, end, 3.0, (), self.grams.said(i, end), frozenset()))
        return end


def _their_kind(facet: Facet, word: str) -> bool:
    """ "certificats" of renewals of them: a `certKind` says of what kind they are, and not which."""
    kind = len(facet.words) == 2 and facet.words[1] in ("kind", "type", "category", "categorie")
    return kind and bool({stem(facet.words[0]), *kin_of(facet.words[0])} & {stem(word), *kin_of(root(word))})


def _only_made(facet: Facet, word: str) -> bool:
    """ "scorings" of `scoring_batches`, each with its `rows_scored`: the records, and no rows."""
    return facet.numeric and facet.words[-1].endswith(("ed", "ee", "ees")) and stem(facet.words[-1]) == stem(word)


def spells_out(page: Page, i: int, said: str) -> bool:
    """Does it begin as a shortened word of the collection's name, beside a word for the records?"""
    near = [j for j in range(max(0, i - 3), min(i + 2, len(page.norms))) if page.norms[j] not in LINKS and j != i]
    beside = any(page.known.records.own(page.norms[j]) for j in near if abs(j - i) == 1 or _linked(page, j, i))
    short = (part for part in page.known.records.own_words if 3 <= len(part) <= len(said) - 3)
    return beside and any(said.startswith(part) and not concepts_of(part) for part in short)


def _linked(page: Page, j: int, i: int) -> bool:
    return all(norm in LINKS for norm in page.norms[j + 1 : i])
