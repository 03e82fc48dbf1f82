"""Reads a question with the knowledge of one collection: the longest and surest meaning first, left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from vigie.ask.planner.coming import helps_coming
from vigie.ask.planner.concepts import RUNNABLE, concepts_of
from vigie.ask.planner.cues import Cue, tags_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import HEAD, Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, BUCKETS, COUNTED, HAPPENED, PARTICIPLES, STRUCTURE
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.numbers import CURRENCIES, SIZES, is_size
from vigie.ask.planner.polarity import POLARITIES
from vigie.ask.planner.single_marks import direction_at, flag_at, number_at, priority_at
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.value_marks import (
    SMALL,
    alike_at,
    hundred_of_codes,
    inside_at,
    message_at,
    typo_at,
    value_mark,
    whole_at,
)
from vigie.ask.planner.values import ValueRef
from vigie.ask.words import STOP
from vigie.plan import Scalar

TYPO_HEAD = 84  # of the words that name the collection, which are few
_STATES = frozenset(POLARITIES)
_FIRM = STRUCTURE | _STATES
_SOFT = frozenset({"rejected", "open", "opened"})  # states only where no value is called so
_LINKS = frozenset("de d du des of the la le les l".split())
_BLAND = frozenset(
    "returned returns renvoye renvoyes renvoyee renvoie renvoient retourne retournes retourner revient".split()
)
_HUNDREDS = re.compile(r"([1-5])xx")  # 5xx
_TRUTHS = {
    "true": True,
    "vrai": True,
    "oui": True,
    "yes": True,
    "false": False,
    "faux": False,
    "non": False,
    "no": False,
}
_COUNTING = frozenset({"count", *AGGREGATES})
LONGEST_NAME = 3  # words of a field's name that are looked for side by side
_GENERIC = frozenset("code type nom name valeur value champ field".split())


class Reader:
    """Marks one question with the knowledge of one collection; `read` gives the marks."""

    def __init__(self, grams: Grams, known: Knowledge, *, typos: bool = True) -> None:
        self.grams = grams
        self.typos = typos
        self.text = grams.text
        self.tokens = grams.tokens
        self.known = known
        self.marks = Marks(grams.text, grams.tokens, grams.times, timed=set(grams.timed))

    @property
    def norms(self) -> list[str]:
        return self.grams.norms

    def read(self) -> Marks:
        i = 0
        while i < len(self.tokens):
            i = self._at(i) if self.grams.free[i] else i + 1
        return self.marks

    # ------------------------------------------------------------------ one place

    def _at(self, i: int) -> int:
        """Mark what begins here; the place after it."""
        if flag := flag_at(self.grams, self.known, i):
            truth = _TRUTHS.get(self.norms[flag.last]) if flag.last < len(self.norms) else None
            after = self.norms[flag.last + 1 : flag.last + 2]
            if truth is False and self.norms[flag.last] in ("non", "no") and after and after[0] not in STOP:
                truth = None  # "bloquants non exécutés"
            self.marks.flags.append(flag if truth is None else replace(flag, value=truth, last=flag.last + 1))
            return flag.last if truth is None else flag.last + 1
        if (named := self._value_of_field(i)) > i:
            return named
        if (named := self._spelled(i)) > i:
            return named
        if self._is_measured(i):
            return self._take_noun(i, i + 1)
        if (sent := direction_at(self.grams, self.known, i)) is not None:
            return self._take_value(sent)
        value_end, refs = whole_at(self.grams, self.known, i)
        cue_end, tags = self._cue(i)
        if value_end == i + 1 and self.known.called(self.norms[i]) >= HEAD and not self._labelled(i, refs):
            value_end, refs = i, []  # "loads" of the collection of loads, whatever step is called so
        if value_end == cue_end and set(tags) & _STATES and self._only_of_steps(refs, tags):
            return self._take_cue(i, cue_end, tags)
        if value_end > i and (value_end > cue_end or (value_end == cue_end and self._outranks(i, value_end, tags))):
            return self._take_value(value_mark(self.grams, i, value_end, refs, "whole"))
        alike_end, alike = alike_at(self.grams, self.known, i)
        if alike_end > i + 1 and alike_end > cue_end and "every" not in tags:
            return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
        if alike_end == i + 1 and set(tags) <= _SOFT and self.tokens[i].text.endswith(PARTICIPLES):
            return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
        noun_end = self._noun(i)
        if alike_end > i and self._says_state(alike) and not set(tags) & _FIRM and alike_end >= max(noun_end, cue_end):
            return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
        if (
            alike_end > i
            and alike_end >= cue_end > noun_end
            and not self._counts_by(i)
            and not set(tags) & _FIRM - {"without"}
        ):
            return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
        if "open" in tags and cue_end < len(self.norms) and self.known.record_noun(self.norms[cue_end]) >= 3:
            return self._take_cue(i, cue_end, tags)  # "open incidents" is no field of openings
        if cue_end > i + 1 and self._value_beyond(i, cue_end) and (alone := tags_of((self.norms[i],))):
            return self._take_cue(i, i + 1, alone)
        if cue_end > i and cue_end >= noun_end and not (cue_end == noun_end and self._noun_wins(i, tags)):
            return self._take_cue(i, cue_end, tags)
        if noun_end > i:
            return self._take_noun(i, noun_end)
        if alike_end > i:
            return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
        if number := number_at(self.grams, i):
            self.marks.numbers.append(number)
            return number.last
        return self._rest(i)

    def _labelled(self, i: int, refs: Sequence[ValueRef]) -> bool:
        """ "l'étape load"."""
        noun = self.marks.nouns[-1] if self.marks.nouns else None
        paths = {path for _, path in noun.fields} if noun is not None and noun.last == i else set()
        return self.tokens[i].shouted or any(ref.path in paths for ref in refs)

    def _is_measured(self, i: int) -> bool:
        """ "retard moyen" of `retard_min`, whatever value is called so as well."""
        if not {self.norms[i], root(self.norms[i])} & self.known.measured:
            return False
        near = {tag for j in (i - 1, i + 1) if 0 <= j < len(self.norms) for tag in self.grams.phrase(j)[1]}
        if self.norms[i + 1 : i + 2] == ["total"]:
            return True  # "montant total des écarts"
        if i > 1:
            near |= {tag for tag in self.grams.phrase(i - 2)[1] if self.grams.phrase(i - 2)[0] == i}
        return bool(near & {*AGGREGATES, "largest", "smallest", "longest", "shortest"})

    def _value_of_field(self, i: int) -> int:
        """ "sens R", "cacheHit false": right after its field a value may be one or two letters, or a truth value."""
        noun = self.marks.nouns[-1] if self.marks.nouns else None
        if noun is None or noun.last != i or (self.tokens[i].norm in STOP and len(self.tokens[i].text) > 1):
            return i
        for _, path in noun.fields:
            facet = self.known.facets[path]
            wanted: Scalar = _TRUTHS.get(self.norms[i]) if facet.flag else None
            if facet.text and len(self.norms[i]) <= 2:
                wanted = self.tokens[i].text
            if wanted is not None and any(v == wanted and type(v) is type(wanted) for v, _ in facet.profile.values):
                self.marks.nouns.pop()
                mark = ValueMark(noun.first, i + 1, {path: (wanted,)}, "whole", self.marks.said(noun.first, i + 1))
                self.marks.values.append(mark)
                return i + 1
        return i

    def _spelled(self, i: int) -> int:
        """ "jours restants" of `joursRestants`: the whole name of a field, whatever its single words mean."""
        words: list[str] = []
        for end in range(i, min(i + 2 * LONGEST_NAME, len(self.norms))):
            if not self.grams.free[end] or self._in_a_path(end):
                break
            if words and self.norms[end] in _LINKS:
                continue
            words.append(self.norms[end])
            path = self.known.spelled_fields.get(frozenset(map(stem, words))) if len(words) > 1 else None
            if path is not None and not any(set(tags_of((word,))) & _COUNTING for word in words):
                if whole_at(self.grams, self.known, i)[0] > end or self._cue(i)[0] > end + 1:
                    break
                fields = [(score, named) for score, named in self.known.field_scores(words) if named != path]
                best = 2.5 * len(words)
                concepts = frozenset(c for w in words for c in concepts_of(w))
                said = self.marks.said(i, end + 1)
                self.marks.nouns.append(NounMark(i, end + 1, 0.0, ((best, path), *fields), said, concepts))
                return end + 1
            if len(words) == LONGEST_NAME:
                break
        return i

    def _only_of_steps(self, refs: Sequence[ValueRef], tags: Sequence[str]) -> bool:
        """ "failed" of a step of the runs, where the runs have a state of their own."""
        told = any(tag in self.known.roles.polarity for tag in tags)
        return told and all(self.known.facets[ref.path].profile.repeated for ref in refs)

    def _value_beyond(self, i: int, cue_end: int) -> bool:
        """ "non | terminés normalement": a value begins inside of the cue and ends after it."""
        return any(whole_at(self.grams, self.known, j)[0] > cue_end for j in range(i + 1, cue_end))

    def _says_state(self, refs: Sequence[ValueRef]) -> bool:
        """ "rejets" of a status REJETE, before it names a field."""
        return any(ref.path == self.known.roles.status for ref in refs)

    def _rest(self, i: int) -> int:
        token = self.tokens[i]
        plain = token.norm in SMALL
        hundred = _HUNDREDS.fullmatch(token.norm)
        if (urgent := priority_at(self.grams, self.known, i)) is not None:
            return self._take_value(urgent)
        if hundred and (codes := hundred_of_codes(self.known, int(hundred[1]))):
            self.marks.values.append(ValueMark(i, i + 1, codes, "whole", token.text))
            return i + 1
        held = None if plain and not token.shouted else inside_at(self.grams, self.known, i)
        if held is None and (not plain or token.shouted):
            held = message_at(self.grams, self.known, i)
        if held is not None:
            return self._take_value(held)
        if (
            plain
            or self._is_unit(i)
            or self.known.date_of(token)
            or (self.grams.times.ahead and helps_coming(token))
            or (len(token.norm) == 1 and not token.text.isdigit())
            or token.norm in "<>=%€"
        ):
            return i + 1
        if end := self._elided(i):
            return end
        if end := self._shortened(i):
            return end
        if self.typos and (end := self._misspelt(i)):
            return end
        end = self.grams.glued(i)
        self.marks.unknown.append((i, end))
        return end

    def _outranks(self, i: int, end: int, tags: Sequence[str]) -> bool:
        """Is it the value rather than the cue of the same length?"""
        if not tags:
            return True
        if "every" in tags:
            return not self._counts_by(i)
        if any(tag in STRUCTURE for tag in tags):
            return self.tokens[i].shouted and end == i + 1
        return True

    def _counts_by(self, i: int) -> bool:
        """ "évolution mensuelle", "monthly number": the adjective of a count, not a value."""
        if i == 0 and len(self.norms) > 2:
            return True  # "hourly failures yesterday"
        near = [self.norms[j] for j in (i - 1, i + 1) if 0 <= j < len(self.norms)]
        return any(set(tags_of((word,))) & COUNTED for word in near)

    # ------------------------------------------------------------------ cues, nouns, flags, numbers, times

    def _cue(self, i: int) -> tuple[int, tuple[str, ...]]:
        if self._is_unit(i):
            return i, ()  # "500 Ko" is no failure
        end, tags = self.grams.phrase(i)
        if tags == ("rate",) and "é" in self.tokens[i].text:
            tags = ("failed",)  # "ratés" is no rate
        if "every" in tags and not self._counts_by(i):
            return i, ()  # "les horaires des flux" are no hourly count
        if end > i + 1 and set(tags) & {"most", "least"}:
            # "la plus | grosse" is "plus grosse".
            further, better = self.grams.phrase(i + 1)
            if further > end:
                return further, better
        return end, tags

    def _is_unit(self, i: int) -> bool:
        """ "500 GB", or "en Ko" of a field in Ko."""
        norm, before = self.norms[i], self.norms[i - 1] if i else ""
        own = before in ("en", "in") and any(
            f.numeric and any(SIZES.get(word) == SIZES.get(norm, 0) for word in f.words)
            for f in self.known.facets.values()
        )
        own = own and not self.tokens[i].shouted  # "en KO" is a state
        sized = before.isdigit() and is_size(self.known, norm, self.tokens[i].shouted)
        return (norm in SIZES and own) or sized or (norm in CURRENCIES and before.isdigit())

    def _misspelt(self, i: int) -> int:
        norm = self.norms[i]
        if len(norm) < 5 or any(c.isdigit() for c in norm):
            return 0
        if not self._in_a_path(i) and any(fuzz.ratio(norm, word) >= TYPO_HEAD for word in self.known.head):
            return self._records_at(i, i + 1)
        found = typo_at(self.grams, self.known, i)
        return self._take_value(found) if found else 0

    def _take_value(self, mark: ValueMark) -> int:
        self.marks.values.append(mark)
        return mark.last

    def _take_cue(self, i: int, end: int, tags: Sequence[str]) -> int:
        self.marks.cues += [Cue(tag, i, end) for tag in tags]
        return end

    def _noun(self, i: int) -> int:
        """Where the longest noun that begins here ends: "code d'erreur", "équipe responsable", "run id"."""
        if not self._names(i) or self._in_a_path(i) or self._only_time(i):
            return i
        end = i + 1
        best = end
        words = [self.norms[i]]
        if (named := self._named_after(i)) > i:
            return named
        while end < len(self.tokens) and len(words) < 3:
            if self.norms[end] in _LINKS and self.grams.free[end]:
                end += 1
                continue
            if (
                not self.grams.free[end]
                or not self._names(end)
                or self._in_a_path(end)
                or self._exactly(end)
                or flag_at(self.grams, self.known, end)
            ):
                break
            # "runs lancés" is no field of launches; "rows read" is one where the field says so.
            told = tags_of((self.norms[end],)) and not self._field_word(self.norms[end])
            if told and not self._measure_of(words, self.norms[end]):
                break
            # "traitements de la chaîne S42": records, and what they are of; "fichiers rejetés": what became of them.
            told = tags_of((self.norms[end],)) or self.norms[end] in HAPPENED
            state = set(tags_of((self.norms[end],))) & (_STATES | _SOFT)
            happened = state or self.tokens[end].text.endswith(PARTICIPLES)
            if (end > i + len(words) or happened) and self.known.record_noun(words[0]) >= 3:
                break
            words.append(self.norms[end])
            end += 1
            if self.known.field_scores(words):
                best = end
            else:
                break
        return best

    def _measure_of(self, words: Sequence[str], norm: str) -> bool:
        """ "lignes rejetées" of `rows_rejected`."""
        if self.known.record_noun(words[0]) >= 1:
            return False
        return any(self.known.facets[path].numeric for _, path in self.known.field_scores([*words, norm])[:1])

    def _only_time(self, i: int) -> bool:
        """ "jours" is no field of kinds of days, unless that is all it is called."""
        norm = self.norms[i]
        return norm in BUCKETS and not any(f.stems == {stem(norm)} for f in self.known.facets.values())

    def _in_a_path(self, i: int) -> bool:
        """ "/orders"."""
        start = self.tokens[i].at[0]
        return start > 0 and self.text[start - 1] == "/"

    def _named_after(self, i: int) -> int:
        """ "codes abend", "type de support": the field that is called by the second word alone."""
        end = i + 1
        while end < len(self.norms) and self.norms[end] in _LINKS:
            end += 1
        if root(self.norms[i]) not in _GENERIC or end >= len(self.norms) or not self.grams.free[end]:
            return i
        one = [path for _, path in self.known.field_scores([self.norms[end]])]
        own = any(self.known.facets[path].stems == {stem(self.norms[end])} for path in one)
        return end + 1 if own and not self.known.field_scores([self.norms[i], self.norms[end]]) else i

    def _names(self, i: int) -> bool:
        """May this word name a field or the records here?"""
        token = self.tokens[i]
        if "count" in tags_of((token.norm,)) or (token.norm.startswith("rate") and "é" in token.text):
            return False
        if (
            (
                token.shouted
                and len(token.norm) <= 3
                and not self.known.record_noun(token.norm)
                and not (self._field_word(token.norm) and self.grams.glued(i) == i + 1)
            )
            or token.norm in STOP
            or token.norm.isdigit()
            or (token.norm in _BLAND and not self._field_word(token.norm))
        ):
            return False
        return bool(concepts_of(token.norm)) or bool(self.known.record_noun(token.norm)) or self._field_word(token.norm)

    def _field_word(self, norm: str) -> bool:
        if len(norm) < 3:
            return norm not in STOP and any(f.words == (norm,) for f in self.known.facets.values())
        return stem(norm) in self.known.field_stems or stem(norm) in self.known.kin_stems

    def _noun_wins(self, i: int, tags: Sequence[str]) -> bool:
        """ "erreurs" is a noun and "lancement" a field before they are anything that happened."""
        if tags == ("rejected",) and any(
            self.known.facets[p].numeric for _, p in self.known.field_scores([self.norms[i]])
        ):
            return True  # "rejets" where they are counted in a field
        if tags == ("why",) and self._field_word(self.norms[i]):
            return True  # "sans cause" of a field of causes; what asks for causes is told before
        happened = self.tokens[i].text.endswith(PARTICIPLES)
        named = tags == ("failed",) and not happened and len(self.norms[i]) > 4  # "indisponibilité", not "ko"
        if (tags == ("times",) or named) and any(
            self.known.facets[p].numeric for _, p in self.known.field_scores([self.norms[i]])
        ):
            return True  # "plus de 2 reprises" where they are counted
        said = self.tokens[i].text.endswith(PARTICIPLES)  # "lancées" happened, a "lancement" is a thing
        return not said and not any(tag in STRUCTURE for tag in tags) and self.known.record_noun(self.norms[i]) >= 3

    def _take_noun(self, i: int, end: int) -> int:
        words = [w for w in self.norms[i:end] if w not in _LINKS]
        if len(words) > 1 and all(map(self.known.called_so, words)):
            # "appels API" of the collection api_calls: its records, no field of theirs.
            return self._records_at(i, end)
        if len(words) == 2 == end - i and self.known.record_noun(words[1]) >= 3 and not self._field_word(words[0]):
            return self._records_at(i, end)  # "print batches"
        fields = self.known.field_scores(words) or self._runnable(words)
        if not fields and len(words) == 2 and root(words[0]) in _GENERIC:
            fields = self.known.field_scores(words[1:])
        record = self.known.record_noun(words[0]) if len(words) == 1 else 0.0
        concepts = frozenset(c for w in words for c in concepts_of(w))
        plain = len(words) == 1 and not record and not any(score > 1.5 for score, _ in fields)
        alike_end, alike = alike_at(self.grams, self.known, i)
        if plain and "error" in concepts and self.known.roles.polarity.get("failed") and not alike:
            self.marks.cues.append(Cue("failed", i, end))  # "anomalies" where runs have a state
            return end
        if not fields and not record:
            if alike_end > i:
                return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
            if inside := inside_at(self.grams, self.known, i):
                return self._take_value(inside)
        self.marks.nouns.append(NounMark(i, end, record, tuple(fields), self.marks.said(i, end), concepts))
        return end

    def _records_at(self, i: int, end: int) -> int:
        """The records themselves are meant, no field of theirs."""
        self.marks.nouns.append(NounMark(i, end, 3.0, (), self.marks.said(i, end), frozenset()))
        return end

    def _exactly(self, i: int) -> bool:
        return any(n == 1 and self.known.values.exact(found) for n, found in self.grams.values(i))

    def _runnable(self, words: Sequence[str]) -> list[tuple[float, str]]:
        """ "services", "traitements" where what runs is called otherwise: the field of the names."""
        name = self.known.roles.name
        kinds = {concept for word in words for concept in concepts_of(word)}
        return [(0.9, name)] if name and len(words) == 1 and kinds & (RUNNABLE | {"app"}) and "run" not in kinds else []

    def _shortened(self, i: int) -> int:
        """ "inc" for incidents: the beginning of what the collection is called."""
        norm = self.norms[i]
        said = norm.rstrip("s")
        if len(said) < 3 or self._in_a_path(i) or not any(word.startswith(said) for word in self.known.head):
            return 0
        return self._records_at(i, i + 1)

    def _elided(self, i: int) -> int:
        """ "derreurs": the apostrophe was left out."""
        norm = self.norms[i]
        if len(norm) > 4 and norm[0] in "dl" and (self.known.record_noun(norm[1:]) or concepts_of(norm[1:])):
            self.grams = self.grams.respelled(i, norm[1:])
            return self._take_noun(i, i + 1)
        if len(norm) > 5 and norm[0] in "dl" and tags_of((norm[1:],)):
            return self._take_cue(i, i + 1, tags_of((norm[1:],)))
        return 0
