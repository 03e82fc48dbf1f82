"""One field of a collection: the words of its name, what they mean, what its values are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.tokens import root, stem
from vigie.plan import FieldProfile, Scalar

_MILLIS = frozenset("ms millis millisecond milliseconde msec".split())
_SECONDS = frozenset("s sec secs second seconde seconds secondes".split())
_MINUTES = frozenset("min mn minute minutes".split())
_HOURS = frozenset("h hr hrs hour hours heure heures".split())
_UNITS = ((_MILLIS, 0.001, "ms"), (_SECONDS, 1.0, "s"), (_MINUTES, 60.0, "min"), (_HOURS, 3600.0, "h"))
# Signs of units in a field's name: `memPeakMiB`, `duree_s`, `coutEur`.
SIZES = frozenset("ko mo go kb mb gb ki mi gi kib mib gib octets bytes".split())
UNITS = _MILLIS | _SECONDS | _MINUTES | _HOURS | SIZES | {"eur", "usd", "pct"}
_WRITTEN = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}\b")
# Fields of return codes, by their name.
HTTP = frozenset(
    {200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 408, 409, 410, 422, 429, 500, 501, 502, 503, 504}
)
_ACTS = frozenset("op ope operation".split())  # what was done
_COUNTING = frozenset("nb nbr nbre nombre num number count".split())
_PLANS = frozenset("plan plans planned planning planifie planification prevu prevision schedule scheduled".split())
_BEGINS = frozenset("from start begin begins starts debut du de".split())
_FLAGGED = frozenset("ind flag flg is est top has".split())
_LETTERS = {
    **dict.fromkeys("o y oui yes true vrai 1".split(), True),
    **dict.fromkeys("n non no false faux 0".split(), False),
}
_TWO = 2  # values of a flag
_NEARLY = 0.9  # of its values
_TOLD = 4  # of these are enough to tell a field of theirs
RETURNS = frozenset("rc cr retcode diag diagnostic errno errorlevel sqlcode returncode exitcode".split())


@dataclass(frozen=True)
class Facet:
    """One field and what it may be called."""

    profile: FieldProfile
    words: tuple[str, ...]  # of its last part, folded
    above: tuple[str, ...]  # of the parts above it
    extra: frozenset[str] = frozenset()  # an operator's synonyms, stems
    people: bool = False  # its values are those of a field of people

    @property
    def path(self) -> str:
        return self.profile.path

    @cached_property
    def _own_concepts(self) -> frozenset[str]:
        words = self.words[:-1] if self.gone_wrong else self.words
        joined = (f"{first}{second}" for first, second in pairwise(words))  # `dataCenter`
        found = frozenset(c for word in (*words, *spelled(words), *joined) for c in concepts_of(word))
        found |= {"user"} if self.people else frozenset()
        if self.words == ("total",) and self.above and self.profile.share("integer") > _NEARLY:
            found -= {"amount"}  # `tests.total`: how many
        return found - {"maintenance"} if set(words) <= _ACTS else found  # an `op` backup is no maintenance

    @property
    def gone_wrong(self) -> bool:
        """`files_ko`, `nb_ko`: how many went wrong, where `taille_ko` is a size."""
        before = self.words[-2] if len(self.words) > 1 else ""
        return self.words[-1:] in (("ko",), ("nok",)) and (before != root(before) or before in _COUNTING)

    @cached_property
    def concepts(self) -> frozenset[str]:
        coded = bool(self.http or RETURNS & set(self.words))
        return self._own_concepts | ({"code"} if coded else set()) | ({"currency"} if self._currencies else set())

    @cached_property
    def _currencies(self) -> bool:
        """Whatever it is called, `dev` of EUR and USD."""
        values = [value for value, _ in self.profile.values]
        return len(values) > 1 and self.text and all(str(value) in _COINS for value in values)

    @cached_property
    def http(self) -> bool:
        """Does it hold HTTP codes: `http_status`, `statusCode` of 200, 404, 503?"""
        if not self.numeric or "http" in self.words:
            return self.numeric
        seen = {value for value, _ in self.profile.values}
        return (
            bool(self._own_concepts & {"code", "status"})
            and 200 in seen
            and len(seen & HTTP) >= _TOLD
            and all(isinstance(value, int) and 100 <= value < 600 for value in seen)
        )

    @cached_property
    def coded(self) -> bool:
        """Numbers that name something: return codes, HTTP codes. They are counted, not added up."""
        return (
            self.numeric
            and not set(self.words) & _COUNTING - {"num"}
            and bool(self.concepts & {"code", "exit", "status"} or self.http or set(self.words) & RETURNS)
        )

    @cached_property
    def stems(self) -> frozenset[str]:
        said = frozenset(stem(word) for word in (*self.words, *spelled(self.words), *_doers(self.words))) | self.extra
        return said | {"http"} if self.http else said

    @cached_property
    def kin(self) -> frozenset[str]:
        """Stems of what its words are called in the other language."""
        return frozenset(s for word in (*self.words, *spelled(self.words)) for s in kin_of(word)) - self.stems

    @cached_property
    def above_concepts(self) -> frozenset[str]:
        found = frozenset(c for word in (*self.above, *spelled(self.above)) for c in concepts_of(word))
        return found | {"error"} if {"failure", "fail", "echec"} & set(self.above) else found  # `failure.text`

    @cached_property
    def above_stems(self) -> frozenset[str]:
        """Of the objects it lies in, in both languages."""
        return frozenset(s for word in (*self.above, *spelled(self.above)) for s in (stem(word), *kin_of(word)))

    @cached_property
    def numeric(self) -> bool:
        return self.profile.share("integer", "number") > 0.9 and self.profile.time is None

    @cached_property
    def above_zero(self) -> bool:
        """Do its numbers all tell of some, and none of nothing?"""
        numbers = [value for value, _ in self.profile.values if isinstance(value, int | float)]
        low = self.profile.low if isinstance(self.profile.low, int | float) else min(numbers, default=0)
        return self.numeric and low > 0

    @cached_property
    def flag(self) -> bool:
        """Truth values, written as letters too."""
        return self.profile.share("bool") > 0.9 or bool(self.letters)

    @cached_property
    def letters(self) -> Mapping[Scalar, bool]:
        """O and N of an `IND_VERIF`, 1 and 0: what is true and what is not, where these are all that it holds."""
        named = bool(_FLAGGED & set(self.words))
        told = {value: _LETTERS.get(str(value).casefold()) for value, _ in self.profile.values[: _TWO + 1]}
        plain = all(isinstance(value, str) and not value.isdigit() for value in told)
        if len(told) != _TWO or set(told.values()) != {True, False} or not (plain or named):
            return {}
        return {value: truth for value, truth in told.items() if truth is not None}

    @cached_property
    def text(self) -> bool:
        return self.profile.share("text") > 0.5 and self.profile.time is None

    @cached_property
    def long(self) -> bool:
        """Prose: messages, descriptions."""
        values = self.profile.values[:200]
        shown = [v for v, _ in values if isinstance(v, str)]
        return bool(shown) and sum(v.count(" ") >= 3 for v in shown) > len(shown) / 3

    @cached_property
    def prose(self) -> str:
        """All its values, a line each, without case."""
        return "\n".join(v.casefold() for v, _ in self.profile.values if isinstance(v, str))

    @cached_property
    def like_a_date(self) -> bool:
        """Texts such as 14/11/2026 08:30, which no order and no window can be made of."""
        return self.text and any(isinstance(v, str) and _WRITTEN.match(v) for v, _ in self.profile.values[:5])

    @cached_property
    def days_only(self) -> bool:
        """Dates without a time of day: of what a record is about, more than of when it was."""
        ends = (self.profile.low, self.profile.high)
        return all(isinstance(end, datetime) and not (end.minute or end.second or end.microsecond) for end in ends)

    @cached_property
    def whole_days(self) -> bool:
        """Is no value more than a day: a text without a time of day, or midnight in a zone of Europe?"""
        if self.profile.time in (None, "epoch_s", "epoch_ms"):
            return False
        values = [v for v, _ in self.profile.values] or [self.profile.low, self.profile.high]
        texts = [v for v in values if isinstance(v, str | int)]
        if texts:
            return all(len(str(v).strip()) in (8, 10) for v in texts)
        return all(isinstance(v, datetime) and v.hour in (0, 22, 23) and not (v.minute or v.second) for v in values)

    @cached_property
    def begins_plan(self) -> bool:
        """`plan.from` beside its `plan.to`: when what is planned is to begin."""
        return bool(_PLANS & set(self.above)) and bool(_BEGINS & set(self.words)) and self.profile.time is not None

    def unique(self, total: int) -> bool:
        """Nearly another value in each record."""
        return self.profile.present > 20 and self.profile.distinct > 0.6 * self.profile.present

    @cached_property
    def unit(self) -> tuple[float, str] | None:
        """(seconds of one, its sign) by the field's name."""
        return unit_of(self.words)


_COINS = frozenset("EUR USD GBP CHF JPY CAD AUD SEK NOK DKK PLN CZK HUF CNY HKD SGD MAD TND XOF INR BRL".split())


def _doers(words: Sequence[str]) -> tuple[str, ...]:
    """Who did it: valideur of `valide_par`, requester of `requested_by`."""
    if not _BY & set(words):
        return ()
    french = (f"{word[:-1]}eur" for word in words if word.endswith("e"))
    return (*french, *(f"{word[:-2]}er" for word in words if word.endswith("ed")))


_BY = frozenset({"par", "by"})


def unit_of(words: Sequence[str]) -> tuple[float, str] | None:
    """(seconds of one, its sign) of the last unit of time among them."""
    for word in reversed(words):
        for names, seconds, sign in _UNITS:
            if word in names:
                return seconds, sign
    return None


def called_by(found: Mapping[str, Facet]) -> frozenset[str]:
    """Stems of the words that fields are called by, those of the objects they lie in too."""
    return frozenset(s for f in found.values() for s in (*f.stems, *map(stem, f.above)))
