"""Numbers with the field that they bound: "plus de 1000 lignes", "100 Mo", "en 503", "relancés au moins 2 fois"."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.facets import HTTP, Facet
from vigie.ask.planner.field_names import AT_SOURCE
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import SMALL_STATES
from vigie.ask.planner.happened_times import happened_times, with_some
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lateness import lately
from vigie.ask.planner.lexicon import BEARING, RECEIVED, SENT
from vigie.ask.planner.marks import Marks, NounMark, NumberMark
from vigie.ask.planner.money import money, of_currency
from vigie.ask.planner.number_nouns import beside, comparison, numeric_path, unsaid_length, whole
from vigie.ask.planner.placed import Placed, negated
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import stem
from vigie.plan import Op


def number_conditions(marks: Marks, known: Knowledge) -> tuple[list[Placed], list[NumberMark]]:
    """("plus de 1000 lignes", "0 records", "code retour 137"; the numbers that are no condition on a field)."""
    placed: list[Placed] = []
    rest: list[NumberMark] = []
    said = happened_times(marks, known)
    placed += [*(one for _, one in said), *with_some(marks, known), *lately(marks, known)]
    ranged = {**_ranges(marks, known), **{number.first: [] for number, _ in said if number is not None}}
    placed += [one for pair in ranged.values() for one in pair]
    totals = of_totals(marks, known)
    for number in marks.numbers:
        if number.first in ranged:
            continue
        told = money(number, marks, known) or of_currency(number, marks, known) or _sized(number, marks, known)
        told = told or _percent(number, marks, known) or _http(number, marks, known)
        if (
            told
            and (totals or _in_total(number, marks) or _beyond(told[0], marks, known) or _borne(told[0], marks, known))
            and told[0].cond.op in ("gt", "ge", "lt", "le")
        ):
            rest.append(
                replace(number, value=float(str(told[0].cond.values[0])), of=told[0].cond.path)
            )  # "an average size above 20 MB"
            continue
        if told:
            placed += [_unless(one, number, marks, known) for one in told]
            continue
        if (other := _another_code(number, placed, marks, known)) is not None:
            placed.append(other)
            continue
        noun = None if _ranks(number, marks) or totals else beside(number, marks, known)
        if noun is None:
            rest.append(number)
            continue
        path = numeric_path(noun, marks, known)
        op, first = comparison(number.first, marks)
        if (scale := _scale(noun, path, marks, known)) is None:
            rest.append(number)
            continue
        value = whole(number.value * scale)
        first = min(first, noun.first)
        last = max(number.last, noun.last)
        one = Placed(Cond(path, op or "in", (value,), marks.said(first, last)), first, last)
        placed.append(_unless(one, number, marks, known))
    return placed, rest


def _unless(placed: Placed, number: NumberMark, marks: Marks, known: Knowledge) -> Placed:
    """ "différent de 0", "autre que 200", "pas en 503": what it is not."""
    if placed.cond.op != "in":
        return placed
    other = any(c.tag in ("ne", "not", "except") and c.last == number.first for c in marks.cues)
    coded = known.facets[placed.cond.path].coded
    return replace(placed, negated=True) if other or (coded and negated(number.first, marks)) else placed


def _another_code(number: NumberMark, placed: Sequence[Placed], marks: Marks, known: Knowledge) -> Placed | None:
    """ "code retour 8 ou | 12": of the same field as the one before."""
    before = placed[-1] if placed else None
    if before is None or before.cond.op != "in" or not known.facets[before.cond.path].coded:
        return None
    joined = [t.norm for t in marks.tokens[before.last : number.first]]
    if joined not in (["ou"], ["or"], ["et"], ["and"], []) or comparison(number.first, marks)[0] is not None:
        return None
    cond = Cond(before.cond.path, "in", (whole(number.value),), marks.said(number.first, number.last))
    return Placed(cond, number.first, number.last)


_UNITS = (
    "o octet octets byte bytes",
    "ko kb kilooctet kilooctets kilobyte kilobytes",
    "mo mb mega megas meg megs megaoctet megaoctets megabyte megabytes",
    "go gb giga gigas gig gigs gigaoctet gigaoctets gigabyte gigabytes",
    "to tb tera teras teraoctet teraoctets terabyte terabytes",
)


_BINARY = ("", "ki kib kio", "mi mib mio", "gi gib gio", "ti tib tio")
SIZES = {unit: 1000.0**power for power, units in enumerate(_UNITS) for unit in units.split()}  # in bytes
SIZES |= {unit: 1024.0**power for power, units in enumerate(_BINARY) for unit in units.split()}


def _borne(placed: Placed, marks: Marks, known: Knowledge) -> bool:
    """ "quelles applis ont reçu plus de 100 Mo": what things bore in all."""
    first = marks.nouns[0] if marks.nouns else None
    verb = marks.tokens[placed.first - 1].norm if placed.first else ""
    things = first is not None and first.record < 1 and first.fields and known.facets[first.fields[0][1]].text
    return bool(things) and verb in BEARING | SENT | RECEIVED


def _beyond(placed: Placed, marks: Marks, known: Knowledge) -> bool:
    """ "plus de 10 To" where no record has so much: of the total of each, unless records are asked for."""
    if marks.nouns and marks.nouns[0].record >= OWN and not marks.has("by"):
        return False
    facet, value = known.facets[placed.cond.path], placed.cond.values[0]
    largest = max((v for v, _ in facet.profile.values if isinstance(v, int | float)), default=None)
    high = facet.profile.high if isinstance(facet.profile.high, int | float) else largest
    return isinstance(value, int | float) and high is not None and placed.cond.op in ("gt", "ge") and value > high


def is_size(known: Knowledge, norm: str, shouted: bool) -> bool:
    """After a number, "Ko" is a size and "KO" a state; so is "ko" where nothing has a size."""
    if norm not in SIZES or norm not in SMALL_STATES:
        return norm in SIZES
    sizes = (f for f in known.facets.values() if f.numeric)
    return not shouted and any({*f.words, *spelled(f.words)} & SIZES.keys() for f in sizes)


def _scale(noun: NounMark, path: str, marks: Marks, known: Knowledge) -> float | None:
    """ "plus de 100 Mo" of a field in ko; None where the field tells no unit, and its numbers do not either."""
    said = SIZES.get(marks.tokens[noun.first].norm)
    if said is None:
        return 1.0
    facet = known.facets[path]
    told = (SIZES.get(word) for word in (*facet.words, *spelled(facet.words), *facet.above))
    own = next((size for size in told if size is not None), None)
    high = facet.profile.high
    if own is None and isinstance(high, int | float) and high >= _IN_BYTES:
        own = 1.0
    return said / own if own is not None else None


_IN_BYTES = 10_000_000  # numbers as large as that are bytes


def _sized(number: NumberMark, marks: Marks, known: Knowledge) -> list[Placed]:
    """ "plus d'1 To", "500 GB": of the one field of sizes, in its own unit."""
    unit = marks.tokens[number.last] if number.last < len(marks.tokens) else None
    if unit is None or not is_size(known, unit.norm, unit.shouted) or (unit.norm == "to" and unit.text == "to"):
        return []
    sizes = sized(known)
    if len(sizes) != 1:
        return []
    own = next(SIZES[word] for word in sizes[0].words if word in SIZES)
    op, first = comparison(number.first, marks)
    said = marks.said(first, number.last + 1)
    value = whole(number.value * SIZES[unit.norm] / own)
    return [Placed(Cond(sizes[0].path, op or "in", (value,), said), first, number.last + 1)]


def sized(known: Knowledge) -> list[Facet]:
    """Fields of sizes; of several, the one of what there is at the source, before it is compressed or copied."""
    sizes = [f for f in known.facets.values() if f.numeric and not f.gone_wrong and set(f.words) & SIZES.keys()]
    return [f for f in sizes if AT_SOURCE & set(f.words)][:1] or sizes


def _percent(number: NumberMark, marks: Marks, known: Knowledge) -> list[Placed]:
    """ "probe disk above 90%" of a `disk_pct`, where probes are called so as well."""
    op, first = comparison(number.first, marks)
    if not number.percent or op is None:
        return []
    said = {stem(token.norm) for mark in marks.values for token in marks.tokens[mark.first : mark.last]}
    named = [f for f in known.facets.values() if f.numeric and set(f.words) & _SHARES and (f.stems | f.kin) & said]
    if len(named) != 1:
        return []
    cond = Cond(named[0].path, op, (whole(number.value),), marks.said(first, number.last))
    return [Placed(cond, first, number.last)]


_SHARES = frozenset("pct percent pourcent pourcentage percentage".split())


def _in_total(number: NumberMark, marks: Marks) -> bool:
    """ "counterparties whose calls exceed 20 million | in total": of each that is asked for."""
    first = marks.nouns[0] if marks.nouns else None
    said = any(cue.tag == "sum" and cue.first == number.last for cue in marks.cues)
    return said and first is not None and bool(first.fields) and not first.record


def of_totals(marks: Marks, known: Knowledge) -> bool:
    """ "les files qui ont cumulé plus de 100 rejets": the total of each is bounded, no record's own number."""
    said = marks.has("sum", "avg", "median") or any(t.norm == "total" for t in marks.tokens)
    first = marks.nouns[0] if marks.nouns else None
    things = first is not None and first.fields and not known.facets[first.fields[0][1]].numeric
    named = ((n, n.fields[0][1]) for n in marks.nouns[1:] if n.fields)
    measures = [known.facets[path] for n, path in named if not unsaid_length(n, path, known)]
    measured = [facet.profile.high for facet in measures if facet.numeric and not facet.coded]
    # "plus de 200 000 lignes" where no record has so many.
    beyond = any(isinstance(high, int | float) and n.value > high for high in measured for n in marks.numbers)
    return bool(things and measured and (said or beyond))


def _http(number: NumberMark, marks: Marks, known: Knowledge) -> list[Placed]:
    """ "en 503", "a 502": a number that can only be an HTTP code."""
    path = next(iter(known.http_codes), None)
    unit = marks.tokens[number.last].norm if number.last < len(marks.tokens) else ""
    if (
        path is None
        or (number.value not in known.http_seen and number.value not in HTTP)  # which need not have been met
        or unit in ("ms", "s", "fois", "times", "min")
    ):
        return []
    if comparison(number.first, marks)[0] is not None:
        return []
    said = marks.said(number.first, number.last)
    return [Placed(Cond(path, "in", (int(number.value),), said), number.first, number.last)]


def _ranks(number: NumberMark, marks: Marks) -> bool:
    """ "les 3 codes les plus fréquents": how many are wanted, no value of theirs."""
    before = marks.tokens[number.first - 1].norm if number.first else ""
    return before in ("les", "the", "top", "ces", "nos") and marks.has(
        "most", "least", "top", "last", "first", "longest", "shortest", "largest", "smallest"
    )


def _ranges(marks: Marks, known: Knowledge) -> dict[int, list[Placed]]:
    """ "de 100 à 200 ordres", "between 10 and 20 rows": place of a number -> conditions, the second with none."""
    found: dict[int, list[Placed]] = {}
    for low, high in itertools.pairwise(marks.numbers):
        joined = [t.norm for t in marks.tokens[low.last : high.first]]
        before = marks.tokens[low.first - 1].norm if low.first else ""
        noun = beside(high, marks, known)
        if noun is None or (before, *joined) not in (
            ("de", "a"), ("entre", "et"), ("between", "and"), ("from", "to"),
        ):  # fmt: skip
            continue
        path = numeric_path(noun, marks, known)
        first, last = low.first - 1, max(high.last, noun.last)
        said = marks.said(first, last)
        bounds: tuple[tuple[Op, NumberMark], ...] = (("ge", low), ("le", high))
        found[low.first] = [Placed(Cond(path, op, (whole(n.value),), said), first, last) for op, n in bounds]
        found[high.first] = []
    return found
