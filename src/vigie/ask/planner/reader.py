"""Reads a question with the knowledge of one collection: the longest and surest meaning first, left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from vigie.ask.planner.concepts import RUNNABLE, concepts_of, same_values
from vigie.ask.planner.cues import FILLER, Cue, tags_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import HEAD, Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, BUCKETS, COUNTED, HAPPENED, NUMBERS, PARTICIPLES, STRUCTURE
from vigie.ask.planner.marks import FlagMark, Marks, NounMark, NumberMark, ValueMark
from vigie.ask.planner.numbers import SIZES
from vigie.ask.planner.polarity import POLARITIES
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.values import ValueRef
from vigie.ask.words import STOP
from vigie.plan import Scalar

TYPO_RATIO = 88  # of 100; rapidfuzz on folded words, five letters and more
TYPO_HEAD = 84  # of the words that name the collection, which are few
TYPO_LEAD = 8  # above the runner-up
_STATES = frozenset(POLARITIES)
_FIRM = STRUCTURE | _STATES
_SOFT = frozenset({"rejected", "open", "opened"})  # states only where no value is called so
_LINKS = frozenset("de d du des of the la le les l".split())
_ARTICLES = frozenset({"un", "une"})
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
_SMALL = STOP | FILLER
_GENERIC = frozenset("code type nom name valeur value champ field".split())
_SCALES = {"million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "billion": 1e9, "k": 1e3, "mille": 1e3}
_LONGEST_ALIKE = 4  # words of a value told in the other language, or in short


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
        if flag := self._flag_at(i):
            truth = _TRUTHS.get(self.norms[flag.last]) if flag.last < len(self.norms) else None
            self.marks.flags.append(flag if truth is None else replace(flag, value=truth, last=flag.last + 1))
            return flag.last if truth is None else flag.last + 1
        if (named := self._value_of_field(i)) > i:
            return named
        if self._is_measured(i):
            return self._take_noun(i, i + 1)
        value_end, refs = self._whole(i)
        cue_end, tags = self._cue(i)
        if value_end == cue_end and set(tags) & _STATES and self._only_of_steps(refs, tags):
            return self._take_cue(i, cue_end, tags)
        if value_end > i and (value_end > cue_end or (value_end == cue_end and self._outranks(i, value_end, tags))):
            return self._value(i, value_end, refs, "whole")
        alike_end, alike = self._alike(i)
        if alike_end > i + 1 and alike_end > cue_end and "every" not in tags:
            return self._value(i, alike_end, alike, "alike")
        if alike_end == i + 1 and set(tags) <= _SOFT and self.tokens[i].text.endswith(PARTICIPLES):
            return self._value(i, alike_end, alike, "alike")
        noun_end = self._noun(i)
        if alike_end > i and self._says_state(alike) and not set(tags) & _FIRM and alike_end >= max(noun_end, cue_end):
            return self._value(i, alike_end, alike, "alike")
        if (
            alike_end > i
            and alike_end >= cue_end > noun_end
            and not self._counts_by(i)
            and not set(tags) & _FIRM - {"without"}
        ):
            return self._value(i, alike_end, alike, "alike")
        if "open" in tags and cue_end < len(self.norms) and self.known.record_noun(self.norms[cue_end]) >= 3:
            return self._take_cue(i, cue_end, tags)  # "open incidents" is no field of openings
        if cue_end > i + 1 and self._value_beyond(i, cue_end) and (alone := tags_of((self.norms[i],))):
            return self._take_cue(i, i + 1, alone)
        if cue_end > i and cue_end >= noun_end and not (cue_end == noun_end and self._noun_wins(i, tags)):
            return self._take_cue(i, cue_end, tags)
        if noun_end > i:
            return self._take_noun(i, noun_end)
        if alike_end > i:
            return self._value(i, alike_end, alike, "alike")
        if number := self._number(i):
            return number
        return self._rest(i)

    def _is_measured(self, i: int) -> bool:
        """ "retard moyen" of `retard_min`, whatever value is called so as well."""
        near = {tag for j in (i - 1, i + 1) if 0 <= j < len(self.norms) for tag in self.grams.phrase(j)[1]}
        if i > 1:
            near |= {tag for tag in self.grams.phrase(i - 2)[1] if self.grams.phrase(i - 2)[0] == i}
        if not near & {*AGGREGATES, "largest", "smallest", "longest", "shortest"} or len(self.norms[i]) < 4:
            return False
        said = stem(self.norms[i])
        return any(
            f.numeric and not f.coded and f.words[0] == self.norms[i]
            for f in self.known.facets.values()
            if said in f.stems
        )

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

    def _only_of_steps(self, refs: Sequence[ValueRef], tags: Sequence[str]) -> bool:
        """ "failed" of a step of the runs, where the runs have a state of their own."""
        told = any(tag in self.known.roles.polarity for tag in tags)
        return told and all(self.known.facets[ref.path].profile.repeated for ref in refs)

    def _value_beyond(self, i: int, cue_end: int) -> bool:
        """ "non | terminés normalement": a value begins inside of the cue and ends after it."""
        return any(self._whole(j)[0] > cue_end for j in range(i + 1, cue_end))

    def _says_state(self, refs: Sequence[ValueRef]) -> bool:
        """ "rejets" of a status REJETE, before it names a field."""
        return any(ref.path == self.known.roles.status for ref in refs)

    def _rest(self, i: int) -> int:
        token = self.tokens[i]
        plain = token.norm in _SMALL
        hundred = _HUNDREDS.fullmatch(token.norm)
        if hundred and (codes := self._codes(int(hundred[1]))):
            self.marks.values.append(ValueMark(i, i + 1, codes, "whole", token.text))
            return i + 1
        if not plain or token.shouted:
            if end := self._inside(i):
                return end
            if end := self._message(i):
                return end
        if (
            plain
            or (i and token.norm in SIZES and self.norms[i - 1].isdigit())
            or (len(token.norm) == 1 and not token.text.isdigit())
            or token.norm in "<>=%€"
        ):
            return i + 1
        if end := self._elided(i):
            return end
        if end := self._shortened(i):
            return end
        if end := self._typo(i):
            return end
        end = self._glued(i)
        self.marks.unknown.append((i, end))
        return end

    def _glued(self, i: int) -> int:
        """Where what is written without a space, such as ORA-00060, ends."""
        end = i + 1
        while end < len(self.tokens) and self.tokens[end].glued and self.grams.free[end]:
            end += 1
        return end

    def _codes(self, hundred: int) -> dict[str, tuple[Scalar, ...]]:
        """ "5xx": the HTTP codes of that hundred."""
        found: dict[str, tuple[Scalar, ...]] = {}
        for path in self.known.http_codes:
            values = self.known.facets[path].profile.values
            met = [v for v, _ in values if isinstance(v, int) and v // 100 == hundred]
            found[path] = tuple(met) or (100 * hundred,)
        return found

    # ------------------------------------------------------------------ values

    def _whole(self, i: int) -> tuple[int, list[ValueRef]]:
        if i and self.norms[i] in SIZES and self.norms[i - 1].isdigit():
            return i, []  # "500 GB"
        for n, found in self.grams.values(i):
            refs = self.known.values.exact(found)
            if n == 1:
                refs = [ref for ref in refs if self._case_fits(i, ref)]
            if refs:
                return i + n, refs
        return i, []

    def _case_fits(self, i: int, ref: ValueRef) -> bool:
        """A short value of capitals (AM, IN) is not the plain word `am`, `in`."""
        token = self.tokens[i]
        plain = token.norm in _SMALL or len(token.norm) <= 2
        return not plain or token.text == ref.value or (token.norm not in _SMALL and token.norm in ("ko", "ok"))

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

    def _alike(self, i: int) -> tuple[int, list[ValueRef]]:
        if self.known.called(self.norms[i]) >= HEAD:
            return i, []  # the records themselves, whatever value has the same stem
        for n, found in self.grams.values(i):
            if n > _LONGEST_ALIKE or (n == 1 and len(self.norms[i]) < 3):
                continue
            refs = self.known.values.alike(found)
            if refs:
                return i + n, refs
        return i, []

    def _value(self, i: int, end: int, refs: Sequence[ValueRef], how: str) -> int:
        options: dict[str, list[Scalar]] = {}
        for ref in refs:
            options.setdefault(ref.path, []).append(ref.value)
        fixed = {path: tuple(dict.fromkeys(found)) for path, found in options.items()}
        self.marks.values.append(ValueMark(i, end, fixed, how, self.marks.said(i, end)))
        return end

    def _inside(self, i: int) -> int:
        """Words that stand inside of longer values: SEPA of SEPA_OUT_CIB."""
        plain = not self.tokens[i].shouted
        if plain and (len(self.norms[i]) < 3 or concepts_of(self.norms[i]) or "every" in tags_of((self.norms[i],))):
            return 0  # "fichiers" is a thing of the trade before it is part of "Fichier introuvable"
        for n in range(4, 0, -1):
            words = self.grams.words(i, n)
            if words is None:
                continue
            if n > 1 and not all(self.tokens[j].glued for j in range(i + 1, i + n)):
                continue
            found = self.known.values.containing(words)
            if not found and n == 1:
                for other in sorted(same_values(words[0])):
                    found = found or self.known.values.containing(other.split())
            if found:
                options = {path: tuple(ref.value for ref in refs) for path, refs in found.items()}
                self.marks.values.append(ValueMark(i, i + n, options, "inside", self.marks.said(i, i + n)))
                return i + n
        return 0

    def _message(self, i: int) -> int:
        """An identifier that messages hold: OutOfMemory, ORA-00060, a path."""
        token = self.tokens[i]
        end = self._glued(i)
        written = self.text[token.at[0] : self.tokens[end - 1].at[1]]
        humps = len(re.findall(r"[A-Z]", written)) > 1 or any(c.isdigit() for c in written) or end > i + 1
        quoted = token.at[0] > 0 and self.text[token.at[0] - 1] in "\"'«“`"
        if len(written) < 4 or written.isdigit() or not (humps or quoted):
            return 0
        for facet in self.known.facets.values():
            if not facet.long:
                continue
            if any(isinstance(v, str) and written.casefold() in v.casefold() for v, _ in facet.profile.values):
                self.marks.values.append(ValueMark(i, end, {facet.path: (written,)}, "message", written))
                return end
        return 0

    def _typo(self, i: int) -> int:
        """One clear neighbour among the values' words and the nouns, five letters and more, digits equal."""
        norm = self.norms[i]
        if not self.typos or len(norm) < 5 or any(c.isdigit() for c in norm):
            return 0
        if not self._in_a_path(i) and any(fuzz.ratio(norm, word) >= TYPO_HEAD for word in self.known.head):
            return self._records_at(i, i + 1)
        for n in (3, 2):  # "carefour banque"
            words = self.grams.words(i, n)
            told = " ".join(map(root, words)) if words else ""
            near = process.extract(told, self.known.long_names, scorer=fuzz.ratio, limit=2, score_cutoff=TYPO_RATIO)
            if told and near and (len(near) == 1 or near[0][1] - near[1][1] >= TYPO_LEAD):
                return self._value(i, i + n, self.known.values.whole[near[0][0]], "typo")
        best = process.extract(norm, self.known.names, scorer=fuzz.ratio, limit=2, score_cutoff=TYPO_RATIO - TYPO_LEAD)
        if best and best[0][1] >= TYPO_RATIO and (len(best) == 1 or best[0][1] - best[1][1] >= TYPO_LEAD):
            return self._value(i, i + 1, self.known.values.whole[best[0][0]], "typo")
        return 0

    # ------------------------------------------------------------------ cues, nouns, flags, numbers, times

    def _cue(self, i: int) -> tuple[int, tuple[str, ...]]:
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
            if not self.grams.free[end] or not self._names(end) or self._exactly(end) or self._flag_at(end):
                break
            # "runs lancés" is no field of launches; "rows read" is one where the field says so.
            if tags_of((self.norms[end],)) and not self._field_word(self.norms[end]):
                break
            # "traitements de la chaîne S42": records, and what they are of; "fichiers rejetés": what became of them.
            told = tags_of((self.norms[end],)) or self.norms[end] in HAPPENED
            state = set(tags_of((self.norms[end],))) & (_STATES | _SOFT)
            happened = state or (told and self.tokens[end].text.endswith(PARTICIPLES))
            if (end > i + len(words) or happened) and self.known.record_noun(words[0]) >= 3:
                break
            words.append(self.norms[end])
            end += 1
            if self.known.field_scores(words):
                best = end
            else:
                break
        return best

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
        if "count" in tags_of((token.norm,)):
            return False
        if (
            (token.shouted and len(token.norm) <= 3 and not self.known.record_noun(token.norm))
            or token.norm in STOP
            or token.norm.isdigit()
            or (token.norm in _BLAND and not self._field_word(token.norm))
        ):
            return False
        return bool(concepts_of(token.norm)) or bool(self.known.record_noun(token.norm)) or self._field_word(token.norm)

    def _field_word(self, norm: str) -> bool:
        return len(norm) > 2 and stem(norm) in self.known.field_stems

    def _noun_wins(self, i: int, tags: Sequence[str]) -> bool:
        """ "erreurs" is a noun and "lancement" a field before they are anything that happened."""
        if tags == ("rejected",) and any(
            self.known.facets[p].numeric for _, p in self.known.field_scores([self.norms[i]])
        ):
            return True  # "rejets" where they are counted in a field
        said = self.tokens[i].text.endswith(PARTICIPLES)  # "lancées" happened, a "lancement" is a thing
        return not said and not any(tag in STRUCTURE for tag in tags) and self.known.record_noun(self.norms[i]) >= 3

    def _take_noun(self, i: int, end: int) -> int:
        words = [w for w in self.norms[i:end] if w not in _LINKS]
        if len(words) > 1 and all(map(self.known.called_so, words)):
            # "appels API" of the collection api_calls: its records, no field of theirs.
            return self._records_at(i, end)
        fields = self.known.field_scores(words) or self._runnable(words)
        if not fields and len(words) == 2 and root(words[0]) in _GENERIC:
            fields = self.known.field_scores(words[1:])
        record = self.known.record_noun(words[0]) if len(words) == 1 else 0.0
        concepts = frozenset(c for w in words for c in concepts_of(w))
        plain = len(words) == 1 and not record and not any(score > 1.5 for score, _ in fields)
        if plain and "error" in concepts and self.known.roles.polarity.get("failed") and not self._alike(i)[1]:
            self.marks.cues.append(Cue("failed", i, end))  # "anomalies" where runs have a state
            return end
        if not fields and not record:
            alike_end, alike = self._alike(i)
            if alike_end > i:
                return self._value(i, alike_end, alike, "alike")
            if inside := self._inside(i):
                return inside
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

    def _flag_at(self, i: int) -> FlagMark | None:
        """ "résolues" of a field of truth values, or its opposite, "ouvertes"."""
        for n, found in self.grams.values(i):
            said = next((k for k in (found.key, *found.same) if k in self.known.flag_phrases), None)
            if said is not None:
                return FlagMark(i, i + n, self.known.flag_phrases[said], True, self.marks.said(i, i + n))
        norm = self.norms[i]
        for path, stems, concepts in self.known.flags:
            if stem(norm) in stems or (concepts_of(norm) & concepts and "id" not in concepts):
                value = True
            elif (
                ("resolved" in concepts and stem(norm) in _OPEN)
                or (norm.startswith(("un", "in")) and (stem(norm[2:]) in stems or concepts_of(norm[2:]) & concepts))
                or (norm.startswith("non") and stem(norm[3:]) in stems)
            ):
                value = False
            else:
                continue
            return FlagMark(i, i + 1, path, value, self.tokens[i].text)
        return None

    def _number(self, i: int) -> int:
        token = self.tokens[i]
        if re.fullmatch(r"[1-5]\d\ds", token.norm):  # "429s"
            self.marks.numbers.append(NumberMark(i, i + 1, float(token.norm[:3])))
            return i + 1
        if token.norm.isdigit() and len(token.norm) < 16:
            end, value = i + 1, float(token.norm)
            joint = self.grams.joint(end) if end < len(self.tokens) else ""
            if joint == "," and re.fullmatch(r"\d{3}", self.norms[end]) and token.norm != "0":
                value, end = float(token.norm + self.norms[end]), end + 1  # 5,000
            elif joint in (".", ",") and self.norms[end].isdigit():
                value, end = float(f"{token.norm}.{self.norms[end]}"), end + 1
            elif (
                end < len(self.tokens)
                and re.fullmatch(r"[\s\u00a0\u202f]", joint)
                and re.fullmatch(r"\d{3}", self.norms[end])
            ):
                value, end = float(token.norm + self.norms[end]), end + 1
            if end < len(self.tokens) and self.norms[end] in _SCALES:
                value, end = value * _SCALES[self.norms[end]], end + 1
            elif self.norms[end : end + 1] == ["m"] and self.norms[end + 1 : end + 2] in (["€"], ["eur"]):
                value, end = value * 1e6, end + 1
            percent = end < len(self.tokens) and self.norms[end] in ("%", "pourcent", "percent")
            if end < len(self.tokens) and self.norms[end] == "pour" and self.norms[end + 1 : end + 2] == ["cent"]:
                percent, end = True, end + 1
            end += percent
        elif token.norm in NUMBERS and token.norm not in _ARTICLES:
            end, value, percent = i + 1, float(NUMBERS[token.norm]), False
        else:
            return 0
        self.marks.numbers.append(NumberMark(i, end, value, percent))
        return end

    def _shortened(self, i: int) -> int:
        """ "inc" for incidents: the beginning of what the collection is called."""
        norm = self.norms[i]
        if len(norm) < 3 or self._in_a_path(i) or not any(word.startswith(norm) for word in self.known.head):
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


_OPEN = frozenset(
    stem(w) for w in "open opened ouvert ouverte ouvertes ouverts unresolved pending outstanding restant".split()
)
