"""Words that the grammar of times must not see: lateness, codes, names, and what joins the sides of a comparison."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence, Set

from vigie.ask.planner.business_days import is_booked
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.dates_compared import said_of_due
from vigie.ask.planner.facets import HTTP, Facet
from vigie.ask.planner.grams import SLOTS
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BEING, BUCKETS, OF_TIMES, WENT
from vigie.ask.planner.tokens import Token, stem
from vigie.ask.planner.values import gram, is_written

_CODES = frozenset(map(str, HTTP))
_BOUNDS = frozenset("de d than a of plus moins over under max min least most > <".split())


def for_times(text: str, found: Sequence[Token], knowledge: Sequence[Knowledge]) -> str:
    """The same text, of the same length: "were late yesterday" is of the whole day, "compare entre mars et avril" of
    two months, "heure limite à 05:30", "créneau 22H00 hier" of fields that hold such texts."""
    blank = [at.span() for at in _MONEY.finditer(text)]
    blank += [*_clocks(text, found, knowledge), *_slots(found, knowledge)]
    blank += [*_names(found, knowledge), *_capitals(found, knowledge), *_kinds(found, knowledge)]
    blank += [found[i].at for known in knowledge for i in said_of_due([t.norm for t in found], known)]
    compared = any("compare" in tags_of((t.norm,)) or t.norm in ("ecart", "difference") for t in found)
    norms = [token.norm for token in found]
    for i, (before, token) in enumerate(itertools.pairwise(found)):
        codes = token.norm.endswith("s") and token.norm[:-1] in _CODES and before.norm not in _BOUNDS  # "returned 500s"
        late = token.norm == "late" and (before.norm in BEING or before.norm.endswith("ed"))
        late = late or (token.norm == "late" and before.norm == "of" and found[-1] is not token)  # "of late jobs"
        hour = token.norm[0].isdigit() or token.norm in _HOURS
        between = compared and before.norm in ("entre", "between") and not hour
        passed = token.norm == "through" and before.norm in WENT  # "went through yesterday"
        passed = passed or (token.norm == "for" and before.norm in _LASTED)
        if late or codes or passed or _is_an_act(norms, i + 1):
            blank.append(token.at)
        elif between or is_booked(norms, i):
            blank.append(before.at)
    for start, end in blank:
        text = f"{text[:start]}{'-' * (end - start)}{text[end:]}"
    return text


_HOURS = frozenset("noon midday midnight midi minuit".split())  # "between noon and 6pm"
_LASTED = frozenset({"ran", "lasted"})  # "ran for more than an hour": how long, and not since when


_MONEY = re.compile(r"\b\d+(?:[.,]\d+)?\s?[km]\s?(?:€|eur(?:os)?\b|usd\b|chf\b|gbp\b)", re.IGNORECASE)  # "1M€"


_STARTS = frozenset("start end begin close finish".split())
_DID = frozenset("did does do didn doesn don".split())
_AT_ITS = frozenset("the at in since by until from before after towards near".split())


def _is_an_act(norms: Sequence[str], i: int) -> bool:
    """ "how many did Zoé | start last month": what somebody did, and not the beginning of that month."""
    if norms[i] not in _STARTS or norms[i - 1] in _AT_ITS or norms[i + 1 : i + 2] == ["of"]:
        return False
    return not _DID.isdisjoint(norms[:i])


_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
_SLOT = re.compile(r"\d{1,2}[hH]\d{0,2}")
_REACH = 4  # words before a time of day


def _clocks(text: str, found: Sequence[Token], knowledge: Sequence[Knowledge]) -> Iterator[tuple[int, int]]:
    """Times of day that are values of a field of texts, right after its name."""
    for clock in _CLOCK.finditer(text):
        inside = [t.norm for t in found if clock.start() <= t.at[0] < clock.end()]
        before = {stem(t.norm) for t in [t for t in found if t.at[1] <= clock.start()][-_REACH:]}
        if any(_is_named(before, facet) for facet in _holders(inside, knowledge)):
            yield clock.span()


def _is_named(before: Set[str], facet: Facet) -> bool:
    """Is the field called by two words that stand there, or by the only one it has?"""
    words = {stem(word) for word in facet.words}
    return len(words & before) >= min(2, len(words))


def _slots(found: Sequence[Token], knowledge: Sequence[Knowledge]) -> Iterator[tuple[int, int]]:
    """Hours that are values of the field named before them: "créneau 22H00" is no hour of a day."""
    for before, token in itertools.pairwise(found):
        if not _SLOT.fullmatch(token.text) or before.norm in BUCKETS:
            continue
        if any(stem(before.norm) in facet.stems | facet.kin for facet in _holders([token.norm], knowledge)):
            yield token.at


_LONGEST = 4  # words of a name
_YEAR = re.compile(r"(?:19|20)\d\d")


def _names(found: Sequence[Token], knowledge: Sequence[Knowledge]) -> Iterator[tuple[int, int]]:
    """Words of times in names of several words, all with capitals: "l'équipe Support Nuit"; the year that ends one."""
    for i, n in itertools.product(range(len(found)), range(_LONGEST, 1, -1)):
        part = found[i : i + n]
        timed = [token.at for token in part if token.norm in OF_TIMES]
        named = timed and all(token.text[:1].isupper() for token in part)
        if _YEAR.fullmatch(part[-1].norm) and len(part) == n:
            timed, named = [part[-1].at], True  # "HORIZON 2035" whole, however it is typed
        if named and any(_holders([token.norm for token in part], knowledge)):
            yield from timed


def _capitals(found: Sequence[Token], knowledge: Sequence[Knowledge]) -> Iterator[tuple[int, int]]:
    """ "le flux OVERNIGHT": a value in capitals, as it is written, is no night."""
    if not any(token.text.islower() for token in found):
        return  # all is in capitals
    indexes = [known.values for known in knowledge]
    for token in found:
        if token.shouted and token.text.isalpha() and is_written(token.text, indexes):
            yield token.at


_OF_A_TIME = frozenset("last this that every each yesterday tomorrow cette ce chaque hier demain".split())


def _kinds(found: Sequence[Token], knowledge: Sequence[Knowledge]) -> Iterator[tuple[int, int]]:
    """ "evening slot", "slot du soir", "overnight jobs", "des overnight": values that say of what kind records are."""
    for i, token in enumerate(found):
        if token.norm not in SLOTS:
            continue
        before = [t.norm for t in found[max(0, i - 2) : i]]
        after = found[i + 1].norm if i + 1 < len(found) else ""
        fields = {stem(word) for facet in _holders([token.norm], knowledge) for word in facet.words}
        if not fields or _OF_A_TIME & {*before[-1:], after}:
            continue
        noun = token.norm == "overnight" and before[-1:] in (["d"], ["des"], ["les"], ["of"], ["un"], ["l"])
        kind = after and any(known.records.noun(after) for known in knowledge if any(_holders([token.norm], [known])))
        if noun or kind or stem(after) in fields or fields & set(map(stem, before)):
            yield token.at


def _holders(said: Sequence[str], knowledge: Sequence[Knowledge]) -> Iterator[Facet]:
    """The fields that hold these words as a value."""
    wanted = gram(said)
    for known in knowledge:
        yield from (known.facets[ref.path] for ref in known.values.exact(wanted))
