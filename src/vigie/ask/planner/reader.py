"""Reads a question with the knowledge of one collection: the longest and surest meaning first, left to right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from vigie.ask.planner.aside import asks_nothing, names_things
from vigie.ask.planner.business_days import booked_at
from vigie.ask.planner.compounds import compound_at, part_at
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cues import FILLER, Cue, long_words, tags_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.kinds_of_records import are_records, in_all_values
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import HAPPENINGS, NUMBERS, PARTICIPLES, PLAIN
from vigie.ask.planner.marks import FlagMark, Marks, NounMark, ValueMark
from vigie.ask.planner.noun_marks import LINKS, fields_named, is_measured, spelled_at, told_before
from vigie.ask.planner.numbers import SIZES
from vigie.ask.planner.references import reference_at
from vigie.ask.planner.rivals import alike_wins, coming, cue_told, opening, rivals_at, state_of_runs, whole_wins
from vigie.ask.planner.single_marks import direction_at, flag_at, number_at, priority_at
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.value_marks import (
    SMALL,
    TRUTHS,
    alike_at,
    code_at,
    hundred_of_codes,
    inside_at,
    message_at,
    typo_at,
    value_mark,
    value_of_field,
    whole_at,
)
from vigie.ask.planner.values import ValueRef
from vigie.ask.words import STOP

TYPO_CUE = 90  # of 100, of the words that ask: "moyene"
TYPO_HEAD = 84  # of the words that name the collection, which are few
_ODD = frozenset({"mise", "mises", "complete", "finish", "succeed", "end", "hors", *SIZES})
_SPREAD = frozenset({"detail", "details", "breakdown"})
_HUNDREDS = re.compile(r"([1-5])xx")  # 5xx


class Reader:
    """Marks one question with the knowledge of one collection; `read` gives the marks.

    Each step marks what it finds at a place and tells the place after it; the place itself where it finds nothing.
    """

    def __init__(self, grams: Grams, known: Knowledge, *, typos: bool = True, named: NounMark | None = None) -> None:
        """`named`: what was read before, of words that are not free."""
        self.grams = grams
        self.typos = typos
        self.tokens = grams.tokens
        self.known = known
        self.named = named
        self.marks = Marks(grams.text, grams.tokens, grams.times, timed=set(grams.timed))

    @property
    def norms(self) -> list[str]:
        return self.grams.norms

    def read(self) -> Marks:
        i = 0
        while i < len(self.tokens):
            if self.named is not None and i == self.named.first:
                self.marks.nouns.append(self.named)
            i = self._at(i) if self.grams.free[i] else i + 1
        return self.marks

    # ------------------------------------------------------------------ one place

    def _at(self, i: int) -> int:
        """The first step that finds something, in this order; what none of them takes is left unread."""
        if (end := self._reference(i)) > i:
            return end
        if self._small(i):
            return i + 1
        if self.norms[i] in _ODD and (end := self._odd(i)) > i:
            return end
        for step in (
            self._flag,
            self._value_of_field,
            self._field_in_full,
            self._booked,
            self._measure,
            self._direction,
            self._time_of,
            self._told_before,
            self._hyphened,
            self._compound,
            self._longest,
            self._number,
            self._single_value,
            self._made,
            self._undated,
            self._left_aside,
            self._elided,
            self._translated,
            self._in_part,
            self._joined,
            self._shortened,
            self._misspelt,
        ):
            if (end := step(i)) > i:
                return end
        return self._unread(i)

    def _reference(self, i: int) -> int:
        """ "sans ticket" of a `ticketRef`."""
        found = reference_at(self.grams, self.known, i)
        if found is None:
            return i
        self.marks.references.append(found)
        return found.last

    def _small(self, i: int) -> bool:
        """ "de", "les", "ont": half of the words, told before any step looks at them for each collection."""
        token = self.tokens[i]
        common = token.norm in STOP and len(token.norm) > 1 and token.norm not in NUMBERS and not token.shouted
        return common and self.grams.phrase(i)[0] == i and not self.known.opens(token.norm)

    def _odd(self, i: int) -> int:
        """Words that mean what they mean in few questions only."""
        return next(
            (end for step in (self._put_live, self._completed, self._in_units, self._off_line) if (end := step(i)) > i),
            i,
        )

    def _off_line(self, i: int) -> int:
        """ "hors ligne" of a flag `online`."""
        path = next((p for p, stems, _ in self.known.flags if {stem("online"), "lign"} & stems), None)
        if self.norms[i : i + 2] != ["hors", "ligne"] or path is None:
            return i
        self.marks.flags.append(FlagMark(i, i + 2, path, False, self.grams.said(i, i + 2)))
        return i + 2

    def _put_live(self, i: int) -> int:
        """ "mises en | prod" of a collection of deployments."""
        live = self.norms[i] in ("mise", "mises") and self.norms[i + 1 : i + 2] == ["en"]
        live = live and self.norms[i + 2 : i + 3] in (["prod"], ["production"])
        return self._records_at(i, i + 2) if live and self.known.records.own("deploiement") else i

    def _flag(self, i: int) -> int:
        flag = flag_at(self.grams, self.known, i)
        if flag is None:
            return i
        truth = TRUTHS.get(self.norms[flag.last]) if flag.last < len(self.norms) else None
        after = self.norms[flag.last + 1 : flag.last + 2]
        if truth is False and self.norms[flag.last] in ("non", "no") and after and after[0] not in STOP:
            truth = None  # "bloquants non exécutés"
        self.marks.flags.append(flag if truth is None else replace(flag, value=truth, last=flag.last + 1))
        return self.marks.flags[-1].last

    def _value_of_field(self, i: int) -> int:
        noun, before = self._label(), self.marks.values[-1] if self.marks.values else None
        found = value_of_field(self.grams, self.known, noun, i) if noun is not None else None
        found = found or code_at(self.grams, self.known, noun, before, i)
        if found is None:
            return i
        if found.first < i:
            self.marks.nouns.pop()
        return self._take_value(found)

    def _label(self) -> NounMark | None:
        """The noun before."""
        return self.marks.nouns[-1] if self.marks.nouns else None

    def _field_in_full(self, i: int) -> int:
        found = spelled_at(self.grams, self.known, i)
        if found is None:
            return i
        self.marks.nouns.append(found)
        return found.last

    def _booked(self, i: int) -> int:
        """ "journée comptable" of `date_comptable`."""
        found = booked_at(self.grams, self.known, i)
        if found is None:
            return i
        self.marks.nouns.append(found)
        return found.last

    def _measure(self, i: int) -> int:
        return self._take_noun(i, i + 1) if is_measured(self.grams, self.known, i) else i

    def _in_units(self, i: int) -> int:
        """ "total GB written": of the one field of sizes."""
        sized = [f for f in self.known.facets.values() if f.numeric and set(f.words) & SIZES.keys()]
        asked = i > 0 and {"sum", "avg", "max", "min", "every", "count", "most"} & set(self.grams.phrase(i - 1)[1])
        if not asked or len(self.norms[i]) < 2 or len(sized) != 1:
            return i
        noun = NounMark(i, i + 1, 0.0, ((2.5, sized[0].path),), self.grams.said(i, i + 1))
        self.marks.nouns.append(noun)
        return i + 1

    def _direction(self, i: int) -> int:
        found = direction_at(self.grams, self.known, i)
        return self._take_value(found) if found is not None else i

    def _time_of(self, i: int) -> int:
        """ "temps moyen d'acquittement" of `time_to_ack_s`, whatever state is called so as well."""
        label = self._label()
        between = self.norms[label.last : i] if label is not None else []
        if label is None or label.last - label.first > 1 or self.norms[i - 1] not in ("d", "de", "to", "of"):
            return i
        if "duration" not in label.concepts or not all(n in LINKS or tags_of((n,)) for n in between):
            return i
        fields = fields_named(self.known, [self.norms[label.first], self.norms[i]])
        if not fields or not self.known.facets[fields[0][1]].numeric:
            return i
        self.marks.nouns[-1] = replace(label, fields=tuple(fields))
        return i + 1

    def _told_before(self, i: int) -> int:
        """ "rejected lines" of `lines_rejected`: what became of what is counted, and of no record."""
        end, path = told_before(self.grams, self.known, i)
        if path is not None:
            self.marks.nouns.append(NounMark(i, end, 0.0, ((2.5, path),), self.grams.said(i, end)))
        return end

    def _hyphened(self, i: int) -> int:
        """ "pay-instant" of pay-instant-be: written as one, whatever its first word means alone."""
        end = self.grams.glued(i)
        if end == i + 1 or whole_at(self.grams, self.known, i)[0] >= end:
            return i
        inside = inside_at(self.grams, self.known, i)
        return self._take_value(inside) if inside is not None and inside.last == end else i

    def _compound(self, i: int) -> int:
        """ "échec de login" of LOGIN_FAILURE, "fichier supprimé" of FILE_DELETED."""
        end, refs = compound_at(self.grams, self.known, i)
        ran = self.grams.phrase(i) == (i + 1, ("ran",)) and self.tokens[i].text.endswith(PARTICIPLES)
        if end == i and not ran:
            return i
        whole = max(whole_at(self.grams, self.known, i)[0], alike_at(self.grams, self.known, i)[0])
        if end > max(i, whole):
            return self._take_value(value_mark(self.grams, i, end, refs, "compound"))
        return self._in_part(i) if ran and whole == i else i

    def _longest(self, i: int) -> int:
        """A value, a cue or a noun."""
        grams, known = self.grams, self.known
        met = rivals_at(grams, known, self._label(), i)
        if coming(grams, known, i, met):
            return i + 1
        if opening(grams, known, i, met):
            return self._take_cue(i, i + 1, met.tags)
        if state_of_runs(known, met):
            return self._take_cue(i, met.cue_end, met.tags)
        if whole_wins(grams, known, i, met):
            return self._take_value(value_mark(grams, i, met.whole_end, met.whole, "whole"))
        if alike_wins(grams, known, self._label(), i, met):
            return self._take_value(value_mark(grams, i, met.alike_end, met.alike, "alike"))
        if met.noun_end <= i + 1 and (state := self._state_of(i)):
            return self._take_value(value_mark(grams, i, i + 1, state, "alike"))
        cue_end, tags = cue_told(grams, known, i, met)
        if cue_end > i:
            return self._take_cue(i, cue_end, tags)
        if met.noun_end > i:
            return self._take_noun(i, met.noun_end)
        if met.alike_end > i:
            return self._take_value(value_mark(grams, i, met.alike_end, met.alike, "alike"))
        return i

    def _state_of(self, i: int) -> list[ValueRef]:
        """ "corrigées" of a state FIXED, before any date of it."""
        known, norm = self.known, self.norms[i]
        if not self.tokens[i].text.endswith(PARTICIPLES) or tags_of((norm,)) or known.records.own(norm):
            return []
        return [ref for ref in known.values.translated(norm) if ref.path == known.roles.status]

    def _number(self, i: int) -> int:
        number = number_at(self.grams, i)
        if number is None:
            return i
        self.marks.numbers.append(number)
        return number.last

    # ------------------------------------------------------------------ what is no plain value, cue or noun

    def _single_value(self, i: int) -> int:
        """ "P1", "5xx", SEPA of SEPA_OUT_CIB, ORA-00060."""
        token = self.tokens[i]
        if (urgent := priority_at(self.grams, self.known, i)) is not None:
            return self._take_value(urgent)
        hundred = _HUNDREDS.fullmatch(token.norm)
        if hundred and (codes := hundred_of_codes(self.known, int(hundred[1]))):
            return self._take_value(ValueMark(i, i + 1, codes, "whole", token.text))
        if token.norm in SMALL and not token.shouted:
            return i
        held = inside_at(self.grams, self.known, i) or message_at(self.grams, self.known, i)
        if held is not None and (named := in_all_values(self.grams, self.known, held)) is not None:
            self.marks.nouns += named
            return held.last
        return self._take_value(held) if held is not None else i

    def _made(self, i: int) -> int:
        """ "répliqué" of `site_replication`: it happened."""
        if not self.known.records.made(self.norms[i]):
            return i
        return self._take_cue(i, i + 1, ("ran",)) if self.tokens[i].text.endswith(PARTICIPLES) else i + 1

    def _completed(self, i: int) -> int:
        """ "did all backups | complete"."""
        asked = self.norms[0] in ("did", "didn", "do", "does") and self.norms[i] in (
            "complete",
            "finish",
            "succeed",
            "end",
        )
        return self._take_cue(i, i + 1, ("ran",)) if asked else i

    def _undated(self, i: int) -> int:
        """ "unacknowledged" of an `acked_at`: records that have none."""
        token, done = self.tokens[i], self.norms[i].removeprefix("un")
        path = None if done == token.norm else self.known.date_of(replace(token, norm=done, text=done))
        if path is None or self.known.facets[path].profile.time is None:
            return i
        self.marks.cues.append(Cue("without", i, i))
        self.marks.nouns.append(NounMark(i, i + 1, 0.0, ((2.5, path),), token.text))
        return i + 1

    def _left_aside(self, i: int) -> int:
        return i + 1 if asks_nothing(self.grams, self.known, self.marks, i) else i

    def _elided(self, i: int) -> int:
        """ "derreurs": the apostrophe was left out."""
        norm = self.norms[i]
        if len(norm) > 4 and norm[0] in "dl" and (self.known.records.noun(norm[1:]) or concepts_of(norm[1:])):
            self.grams = self.grams.respelled(i, norm[1:])
            return self._take_noun(i, i + 1)
        if len(norm) > 5 and norm[0] in "dl" and tags_of((norm[1:],)):
            return self._take_cue(i, i + 1, tags_of((norm[1:],)))
        return i

    def _shortened(self, i: int) -> int:
        """ "inc" for incidents: the beginning of what the collection is called. "telephone calls" of `tel_calls`."""
        said = self.norms[i].rstrip("s")
        head = self.known.records.head
        if len(said) < 3 or self.grams.in_a_path(i):
            return i
        begins = any(word.startswith(said) for word in head) or self._spells_out(i, said)
        return self._records_at(i, i + 1) if begins else i

    def _spells_out(self, i: int, said: str) -> bool:
        """Does it begin as a shortened word of the collection's name, beside a word for the records?"""
        near = [j for j in range(max(0, i - 3), min(i + 2, len(self.norms))) if self.norms[j] not in LINKS and j != i]
        beside = any(self.known.records.own(self.norms[j]) for j in near if abs(j - i) == 1 or self._linked(j, i))
        short = (part for part in self.known.records.own_words if 3 <= len(part) <= len(said) - 3)
        return beside and any(said.startswith(part) and not concepts_of(part) for part in short)

    def _linked(self, j: int, i: int) -> bool:
        return all(norm in LINKS for norm in self.norms[j + 1 : i])

    def _joined(self, i: int) -> int:
        """ "pare-feu" of `regles_parefeu`."""
        joined = "".join(self.norms[i : i + 2])
        if i + 1 >= len(self.norms) or not self.grams.free[i + 1] or self.grams.joint(i + 1) not in ("-", " "):
            return i
        if stem(joined) in self.known.records.own_words:
            return self._records_at(i, i + 2)
        return i

    def _translated(self, i: int) -> int:
        """ "verrouillés" of a state LOCKED."""
        refs = self.known.values.translated(self.norms[i]) if len(self.norms[i]) > 3 else []
        return self._take_value(value_mark(self.grams, i, i + 1, refs, "alike")) if refs else i

    def _in_part(self, i: int) -> int:
        """ "comptes | verrouillés" of a kind ACCOUNT_LOCKED."""
        refs = part_at(self.grams, self.known, self.marks, i)
        return self._take_value(value_mark(self.grams, i, i + 1, refs, "part")) if refs else i

    def _misspelt(self, i: int) -> int:
        norm = self.norms[i]
        if not self.typos or len(norm) < 5 or any(c.isdigit() for c in norm) or names_things(self.grams, self.known, i):
            return i
        if not self.grams.in_a_path(i) and any(fuzz.ratio(norm, word) >= TYPO_HEAD for word in self.known.records.head):
            return self._records_at(i, i + 1)
        if found := typo_at(self.grams, self.known, i):
            return self._take_value(found)
        meant = process.extract(root(norm), self.known.fields.single, scorer=fuzz.ratio, limit=1, score_cutoff=TYPO_CUE)
        if meant:
            self.grams = self.grams.respelled(i, meant[0][0])
            return self._take_noun(i, i + 1)
        near = process.extract(norm, long_words(), scorer=fuzz.ratio, limit=1, score_cutoff=TYPO_CUE)
        return self._take_cue(i, i + 1, tags_of((near[0][0],))) if near else i

    def _unread(self, i: int) -> int:
        if self.norms[i] in PLAIN:
            return i + 1
        end = self.grams.glued(i)
        self.marks.unknown.append((i, end))
        return end

    # ------------------------------------------------------------------ taken

    def _take_value(self, mark: ValueMark) -> int:
        self.marks.values.append(mark)
        return mark.last

    def _take_cue(self, i: int, end: int, tags: Sequence[str]) -> int:
        if i and self.norms[i - 1] in ("that", "which", "who"):
            tags = [tag for tag in tags if tag != "yes_no"]  # "jobs that have not run"
        self.marks.cues += [Cue(tag, i, end) for tag in tags]
        return end

    def _take_noun(self, i: int, end: int) -> int:
        words = [w for w in self.norms[i:end] if w not in LINKS]
        known = self.known
        if len(words) > 1 and all(map(known.records.called_so, words)):
            # "appels API" of the collection api_calls: its records, no field of theirs.
            return self._records_at(i, end)
        if len(words) == 2 == end - i and known.records.own(words[1]) and not fields_named(known, words[:1]):
            return self._records_at(i, end)  # "print batches"
        if are_records(known, self.norms[i:end], fields_named(known, words)):
            return self._records_at(i, end)  # "robot sessions"
        if (beyond := self._records_named(words, end)) > end:
            return self._records_at(i, beyond)
        if known.records.own(words[0]) and self.norms[end : end + 1] == ["volume"] and len(words) == 1:
            self._take_cue(end, end + 1, ("count",))  # "monthly call volume"
            return self._records_at(i, end + 1)
        fields = fields_named(known, words)
        record = known.records.noun(words[0]) if len(words) == 1 else 0.0
        concepts = frozenset(c for w in words for c in concepts_of(w))
        if not fields and known.records.samples(words[0]) and (kinds := inside_at(self.grams, known, i)):
            return self._take_value(kinds)  # "relevés" of models RELEVE_CARTE, RELEVE_COMPTE: no measures
        plain = len(words) == 1 and not record and not any(score > 1.5 for score, _ in fields)
        alike_end, alike = alike_at(self.grams, known, i)
        if plain and "error" in concepts and known.roles.polarity.get("failed") and not alike:
            return self._take_cue(i, end, ("failed",))  # "anomalies" where runs have a state
        if set(words) <= _SPREAD and "by" in self.grams.phrase(end)[1]:
            return end  # "détail par jour", whatever field tells details
        if not fields and not record:
            if alike_end > i:
                return self._take_value(value_mark(self.grams, i, alike_end, alike, "alike"))
            if inside := inside_at(self.grams, known, i):
                return self._take_value(inside)
            if len(words) == 1 and (named := self._kinds_of(words[0])):
                return self._take_value(value_mark(self.grams, i, end, named, "alike"))
            if set(words) <= FILLER | PLAIN and not names_things(self.grams, self.known, i):
                return end
            if len(words) == 1 and known.date_of(self.tokens[i]):
                return end  # "résolus" of a `date_resolution`
        self.marks.nouns.append(NounMark(i, end, record, tuple(fields), self.grams.said(i, end), concepts))
        return end

    def _kinds_of(self, word: str) -> list[ValueRef]:
        """ "demandes" of a `kind` REQUEST."""
        return [r for r in self.known.values.translated(word) if "type" in self.known.facets[r.path].concepts]

    def _records_named(self, words: Sequence[str], end: int) -> int:
        """Where "appels d'astreinte" ends: things that happened, of what the records are."""
        after = next((j for j in range(end, len(self.norms)) if self.norms[j] not in LINKS), end)
        named = len(words) == 1 and words[0] in HAPPENINGS and end < after < len(self.norms) and self.grams.free[after]
        return after + 1 if named and self.known.records.called_so(self.norms[after]) else end

    def _records_at(self, i: int, end: int) -> int:
        """The records themselves are meant, no field of theirs."""
        self.marks.nouns.append(NounMark(i, end, 3.0, (), self.grams.said(i, end), frozenset()))
        return end
