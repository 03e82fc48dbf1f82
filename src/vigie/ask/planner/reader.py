"""Reads a question with the knowledge of one collection: the longest and surest meaning first, left to right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from vigie.ask.planner.awaited import awaited_at
from vigie.ask.planner.business_days import booked_at
from vigie.ask.planner.compounds import compound_at
from vigie.ask.planner.cues import Cue, tags_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.guesses import guessed, in_part
from vigie.ask.planner.held_texts import held_at, phrase_at
from vigie.ask.planner.kinds_of_records import by_one, in_all_values, kind_at, one_of_two
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import NUMBERS, PARTICIPLES, PLAIN
from vigie.ask.planner.marks import Marks, NounMark, NumberMark, ValueMark
from vigie.ask.planner.noun_marks import in_an_object, is_measured, told_before
from vigie.ask.planner.odd_words import odd_word
from vigie.ask.planner.page import Page
from vigie.ask.planner.ranks import priority_at, short_rank_at
from vigie.ask.planner.record_names import HEAD
from vigie.ask.planner.references import reference_at
from vigie.ask.planner.rivals import (
    alike_wins,
    coming,
    cue_told,
    opening,
    rivals_at,
    state_in,
    state_of_runs,
    state_told,
    whole_wins,
)
from vigie.ask.planner.settled import settled
from vigie.ask.planner.short_fields import short_field_at
from vigie.ask.planner.single_marks import came_back, direction_at, flag_at, number_at
from vigie.ask.planner.spelled_fields import spelled_at, time_of
from vigie.ask.planner.still_to_do import still_to_do
from vigie.ask.planner.value_after_field import TRUTHS, code_at, value_of_field
from vigie.ask.planner.value_marks import SMALL, alike_at, hundred_of_codes, inside_at, value_mark, whole_at
from vigie.ask.planner.values import ValueRef, timely
from vigie.ask.planner.well import went_wrong
from vigie.ask.words import STOP

_NEGATING = ("not", "not_run", "without", "except")
_HUNDREDS = re.compile(r"([1-5])xx")  # 5xx


class Reader(Page):
    """Marks one question with the knowledge of one collection. Each step marks what it finds at a place and tells
    the place after it; the place itself where it finds nothing."""

    def __init__(self, grams: Grams, known: Knowledge, *, typos: bool = True, named: NounMark | None = None) -> None:
        """`named`: what was read before, of words that are not free."""
        super().__init__(grams, known, typos=typos)
        self.named = named

    def read(self) -> Marks:
        i = 0
        while i < len(self.tokens):
            if self.named is not None and i == self.named.first:
                self.marks.nouns.append(self.named)
            i = self._at(i) if self.grams.free[i] else i + 1
        return settled(self.marks, self.known)

    def _at(self, i: int) -> int:
        """The first step that finds something, in this order; what none of them takes is left unread."""
        if (end := self._reference(i)) > i:
            return end
        if (end := self.grams.identifier(i)) > i + 1:
            return self._identifier(i, end)
        if self._small(i):
            return i + 1
        if (end := odd_word(self, i)) > i:
            return end
        for step in _STEPS:
            if (end := step(self, i)) > i:
                return end
        return end if (end := guessed(self, i)) > i else self._unread(i)

    def _reference(self, i: int) -> int:
        """ "sans ticket" of a `ticketRef`."""
        found = reference_at(self.grams, self.known, i)
        if found is None:
            return i
        self.marks.references.append(found)
        return found.last

    def _identifier(self, i: int, end: int) -> int:
        """PAIE_IMPORT_0041: a value, a field or the collection as a whole; no part of it means anything alone."""
        before = self.marks.copy()
        steps = (self._value_of_field, self._field_in_full, self._longest, self._single_value)
        for step in (*steps, partial(guessed, self)):
            if (found := step(i)) >= end:
                return found
            if found > i:
                self.marks = before.copy()  # what a part of it was read as does not stand
        if all(map(self.known.records.called_so, self.norms[i:end])):
            return self.records_at(i, end)
        self.marks.unknown.append((i, end))
        return end

    def _small(self, i: int) -> bool:
        """ "de", "les", "ont": half of the words, told before any step looks at them for each collection."""
        token = self.tokens[i]
        if short_field_at(self.grams, self.known, i) is not None:
            return False
        common = token.norm in STOP and len(token.norm) > 1 and token.norm not in NUMBERS and not token.shouted
        return common and self.grams.phrase(i)[0] == i and not self.known.opens(token.norm)

    def _flag(self, i: int) -> int:
        flag = flag_at(self.grams, self.known, i)
        if flag is None or self._bounds(i) or in_an_object(self.grams, self.known, i):
            return i
        truth = TRUTHS.get(self.norms[flag.last]) if flag.last < len(self.norms) else None
        after = self.norms[flag.last + 1 : flag.last + 2]
        if truth is False and self.norms[flag.last] in ("non", "no") and after and after[0] not in STOP:
            truth = None  # "bloquants non exécutés"
        self.marks.flags.append(
            went_wrong(self, flag) if truth is None else replace(flag, value=truth, last=flag.last + 1)
        )
        if {"il", "elle"} & set(self.norms[flag.first : flag.last]):
            self.marks.cues.append(Cue("yes_no", flag.last, flag.last))  # "le comité a-t-il approuvé"
        return self.marks.flags[-1].last

    def _bounds(self, i: int) -> bool:
        """ "celles qui dépassent | 60": a comparison, whatever flag says that something was exceeded."""
        end, tags = self.grams.phrase(i)
        return bool({"gt", "lt"} & set(tags)) and "".join(self.norms[end : end + 1]).isdigit()

    def _value_of_field(self, i: int) -> int:
        noun, before = self.label(), self.marks.values[-1] if self.marks.values else None
        found = value_of_field(self.grams, self.known, noun, i) if noun is not None else None
        found = found or code_at(self.grams, self.known, noun, before, i)
        if found is None:
            return i
        if found.first < i:
            self.marks.nouns.pop()
        return self.take_value(found)

    def _field_in_full(self, i: int) -> int:
        found = spelled_at(self.grams, self.known, i) or booked_at(self.grams, self.known, i)
        found = found or short_field_at(self.grams, self.known, i)
        return self.take_field(i, found)

    def _in_messages(self, i: int) -> int:
        found = phrase_at(self.grams, self.known, i)
        return self.take_value(found) if found is not None else i

    def _measure(self, i: int) -> int:
        return self.take_noun(i, i + 1) if is_measured(self.grams, self.known, i) else i

    def _direction(self, i: int) -> int:
        if came_back(self.grams, self.known, i):
            return self.take_cue(i, i + 1, ("ran",))
        found = direction_at(self.grams, self.known, i)
        return self.take_value(found) if found is not None else i

    def _time_of(self, i: int) -> int:
        found = time_of(self.grams, self.known, self.label(), i)
        if found is None:
            return i
        self.marks.nouns[-1] = found
        return i + 1

    def _told_before(self, i: int) -> int:
        """ "rejected lines" of `lines_rejected`: what became of what is counted, and of no record."""
        return self.take_field(i, told_before(self.grams, self.known, i))

    def _hyphened(self, i: int) -> int:
        """ "pay-instant" of pay-instant-be: written as one, whatever its first word means alone."""
        end = self.grams.glued(i)
        if end == i + 1 or whole_at(self.grams, self.known, i)[0] >= end:
            return i
        if self.known.records.in_its_name("".join(self.norms[i:end])):
            return self.records_at(i, end)  # "z/OS" of `zosJobs`
        inside = inside_at(self.grams, self.known, i)
        return self.take_value(inside) if inside is not None and inside.last == end else i

    def _awaited(self, i: int) -> int:
        """ "attendent une validation" of A_VALIDER."""
        end, refs = awaited_at(self.grams, self.known, i)
        return self.take_value(value_mark(self.grams, i, end, refs, "compound")) if refs else i

    def _one_of_two(self, i: int) -> int:
        found = one_of_two(self.grams, self.known, i) or by_one(self.grams, self.known, i)
        return self.take_value(found) if found is not None else i

    def _compound(self, i: int) -> int:
        """ "échec de login" of LOGIN_FAILURE, "fichier supprimé" of FILE_DELETED."""
        end, refs = compound_at(self.grams, self.known, i)
        ran = self.grams.phrase(i) == (i + 1, ("ran",)) and self.tokens[i].text.endswith(PARTICIPLES)
        if end == i and not ran:
            return i
        whole = max(whole_at(self.grams, self.known, i)[0], alike_at(self.grams, self.known, i)[0])
        if end > max(i, whole):
            return self.take_value(value_mark(self.grams, i, end, refs, "compound"))
        return in_part(self, i) if ran and whole == i else i

    def _kind(self, i: int) -> int:
        """ "sauvegardes" of an `op` backup, beside others; "critiques" of a `gravite` CRI."""
        found = kind_at(self.grams, self.known, i) or short_rank_at(self.grams, self.known, i)
        return self.take_value(found) if found is not None else i

    def _longest(self, i: int) -> int:
        """A value, a cue or a noun."""
        grams, known = self.grams, self.known
        met = rivals_at(grams, known, self.label(), i)
        if coming(grams, known, i, met):
            return i + 1
        if opening(grams, known, i, met):
            return self.take_cue(i, i + 1, met.tags)
        if state_of_runs(known, met):
            return self.take_cue(i, met.cue_end, met.tags)
        if whole_wins(grams, known, i, met):
            return self.take_value(value_mark(grams, i, met.whole_end, met.whole, "whole"))
        if alike_wins(grams, known, self.label(), i, met):
            return self.take_value(value_mark(grams, i, met.alike_end, met.alike, "alike"))
        if met.noun_end <= i + 1 and (state := self._state_at(i)):
            return self.take_value(value_mark(grams, i, i + 1, state, "alike"))
        cue_end, tags = cue_told(grams, known, i, met)
        if cue_end > i:
            return self.take_cue(i, cue_end, tags)
        if met.noun_end > i:
            return self.take_noun(i, met.noun_end)
        if met.alike_end > i:
            return self.take_value(value_mark(grams, i, met.alike_end, met.alike, "alike"))
        return i

    def _total(self, i: int) -> int:
        """ "temps total": adds up, whatever value is called full."""
        label, (end, tags) = self.label(), self.grams.phrase(i)
        if label is None or label.last < i or not label.fields or "sum" not in tags:
            return i
        return self.take_cue(i, end, tags) if self.known.facets[label.fields[0][1]].numeric else i

    def _state_at(self, i: int) -> list[ValueRef]:
        grams, known = self.grams, self.known
        return self._state_of(i) or state_in(grams, known, i) or state_told(grams, known, self.label(), i)

    def _state_of(self, i: int) -> list[ValueRef]:
        """ "corrigées" of a state FIXED, before any date of it."""
        known, norm = self.known, self.norms[i]
        happened = self.tokens[i].text.endswith(PARTICIPLES) or norm.startswith("soumis")
        if not happened or tags_of((norm,)):
            return []
        if known.records.own(norm) and (known.records.called(norm) >= HEAD or self.marks.has(*_NEGATING)):
            return []  # "non chargées" of loads: that there was none
        refs = [ref for ref in known.values.translated(norm) if ref.path == known.roles.status]
        return timely(refs, [self.tokens[i].text])

    def _sign(self, i: int) -> int:
        """ "solde négatif": under zero."""
        label = self.label()
        below = {"negati": "lt", "positi": "gt"}.get(self.norms[i][:6])
        if below is None or label is None or not any(self.known.facets[path].numeric for _, path in label.fields[:1]):
            return i
        self.marks.cues.append(Cue(below, i, i))
        self.marks.numbers.append(NumberMark(i, i + 1, 0.0))
        return i + 1

    def _number(self, i: int) -> int:
        number = number_at(self.grams, i)
        if number is None:
            return i
        self.marks.numbers.append(number)
        return number.last

    def _single_value(self, i: int) -> int:
        """ "P1", "5xx", SEPA of SEPA_OUT_CIB, ORA-00060."""
        token = self.tokens[i]
        if (urgent := priority_at(self.grams, self.known, i)) is not None:
            return self.take_value(urgent)
        hundred = _HUNDREDS.fullmatch(token.norm)
        if hundred and (codes := hundred_of_codes(self.known, int(hundred[1]))):
            return self.take_value(ValueMark(i, i + 1, codes, "whole", token.text))
        if token.norm in SMALL and not token.shouted:
            return i
        held = held_at(self.grams, self.known, i)
        if held is not None and (named := in_all_values(self.grams, self.known, held)) is not None:
            self.marks.nouns += named
            return held.last
        return self.take_value(held) if held is not None else i

    def _unread(self, i: int) -> int:
        if self.norms[i] in PLAIN:
            return i + 1
        end = self.grams.glued(i)
        self.marks.unknown.append((i, end))
        return end


_STEPS: tuple[Callable[[Reader, int], int], ...] = (
    still_to_do,
    Reader.in_two,
    Reader._flag,
    Reader._value_of_field,
    Reader._in_messages,
    Reader._field_in_full,
    Reader._time_of,
    Reader._told_before,
    Reader._measure,
    Reader._direction,
    Reader._total,
    Reader._hyphened,
    Reader._awaited,
    Reader._one_of_two,
    Reader._compound,
    Reader._kind,
    Reader._longest,
    Reader._sign,
    Reader._number,
    Reader._single_value,
)
