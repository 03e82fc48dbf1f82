"""What a number is beside: the noun that it bounds, the comparison before it."""

from __future__ import annotations

from collections.abc import Set

from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import COUNTERS, CURRENCIES, SEVERAL
from vigie.ask.planner.marks import Marks, NounMark, NumberMark
from vigie.ask.planner.tokens import stem
from vigie.ask.words import STOP
from vigie.plan import Op


def numeric_path(noun: NounMark, marks: Marks, known: Knowledge) -> str:
    """Of several numeric fields the one that another word names too: "rejected more than 100 rows"."""
    numeric = [p for _, p in noun.fields if known.facets[p].numeric]
    # "plus de 10 écarts" of `nb_ecarts`; "plus de 10 suspens" of no `montant_suspens`
    said = noun.concepts & {"amount"}
    numeric.sort(
        key=lambda path: (
            not set(known.facets[path].words) & COUNTERS, not said and "amount" in known.facets[path].concepts
        )
    )  # fmt: skip
    others = [other for other in marks.nouns if other is not noun]
    joint = next((path for other in others if (path := joint_field(noun, other, marks, known))), None)
    if joint is None:
        joint = told_apart(noun, marks, known)
    if joint is not None:
        return joint
    return next((p for p in numeric if any(p == path for other in others for _, path in other.fields)), numeric[0])


def joint_field(noun: NounMark, other: NounMark, marks: Marks, known: Knowledge) -> str | None:
    """ "rejected more than 10,000 rows": the field of numbers that both name together."""
    if noun.record >= 3 or other.record >= 3 or max(noun.last - noun.first, other.last - other.first) > 1:
        return None
    words = [marks.tokens[noun.first].norm, marks.tokens[other.first].norm]
    return next((path for _, path in known.fields.scores(words) if known.facets[path].numeric), None)


def told_apart(noun: NounMark, marks: Marks, known: Knowledge) -> str | None:
    """ "a | traité | le plus de dossiers" of `dossiers_traites`, before the `dossiers_rejetes` that are called as well:
    the one that another word tells. What went wrong with them is not meant where nothing says so."""
    best = noun.fields[0][0] if noun.fields and noun.record < 3 else 0.0
    near = [
        known.facets[p] for s, p in noun.fields if s == best and known.facets[p].numeric and not known.facets[p].coded
    ]
    if best < _BY_NAME or len(near) < 2:
        return None
    common = frozenset.intersection(*(facet.stems | facet.kin for facet in near))
    others = {stem(t.norm) for i, t in enumerate(marks.tokens) if not (noun.first <= i < noun.last or i in marks.timed)}
    said = [facet.path for facet in near if others & (facet.stems | facet.kin) - common]
    well = said or [facet.path for facet in near if "rejected" not in facet.concepts]
    return well[0] if len(well) == 1 else None


_BY_NAME = 1.7  # points of a field that is called by the noun, or in the other language


def beside(number: NumberMark, marks: Marks, known: Knowledge) -> NounMark | None:
    """The noun of a numeric field that stands right after the number, else right before it."""
    numeric = [
        n
        for n in marks.nouns
        if n.record < 3
        and any(known.facets[p].numeric and not unsaid_length(n, p, known) for s, p in n.fields if s > 1.4)
    ]
    adjective = {n.last for n in numeric} & {n.first for n in marks.nouns if n.record}
    numeric = [n for n in numeric if n.last not in adjective or n.first != number.last]  # "4 late files" are 4 files
    for noun in numeric:
        after = [t.norm for t in marks.tokens[number.last : noun.first]]
        if after in (["or", "more"], ["ou", "plus"], ["or", "less"], ["ou", "moins"]):
            return noun  # "3 or more attempts"
        if noun.first == number.last or (
            noun.first == number.last + 1 and marks.tokens[number.last].norm in ("de", "d", "of")
        ):
            return noun
    for noun in numeric:
        between = range(noun.last, number.first)
        if noun.last <= number.first and len(between) <= 5 and all(_joins(i, marks) for i in between):
            return noun
    return None


def unsaid_length(noun: NounMark, path: str, known: Knowledge) -> bool:
    """ "5000 messages" are no `oldestMsgAgeS`, a length of time that nothing speaks of."""
    facet = known.facets[path]
    return facet.unit is not None and bool((facet.concepts - noun.concepts) & _LENGTHS) and not noun.concepts & _LENGTHS


_LENGTHS = frozenset({"duration", "age", "late"})


def _joins(i: int, marks: Marks) -> bool:
    tags = ("gt", "ge", "lt", "le", "eq", "ne", "not", "except")
    compared = any(c.first <= i < c.last and c.tag in tags for c in marks.cues)
    return compared or marks.tokens[i].norm in _JOINING


_JOINING = frozenset("a de d n ne est is was of to egal vaut = sont are".split())


def comparison(first: int, marks: Marks) -> tuple[Op | None, int]:
    """(the comparison said right before this place or None, where it begins)."""
    if marks.tokens[first].norm in SEVERAL:
        return "ge", first
    for cue in marks.cues:
        if cue.tag in ("gt", "ge", "lt", "le", "eq") and cue.last <= first and first - cue.last <= 1:
            if first - cue.last == 1 and marks.tokens[cue.last].norm not in STOP | CURRENCIES:
                continue  # "above | EUR | 1,000,000"
            return (None if cue.tag == "eq" else cue.tag), cue.first  # type: ignore[return-value]
    for number in (n for n in marks.numbers if n.first == first):
        times = number.last < len(marks.tokens) and marks.tokens[number.last].norm in ("fois", "times")
        told = _or_more(number.last + times, marks, _OR_MORE | {"et plus", "and more"})
        after = (_or_more(number.last + n, marks, _OR_MORE) for n in range(1, _FURTHER))
        if told := told or next(filter(None, after), None):  # "30 incidents ou plus", "60 builds rouges ou plus"
            return told, first
    return None, first


_FURTHER = 5  # words from a number to "ou plus"
_OR_MORE = frozenset({"or more", "ou plus", "or less", "ou moins"})


def _or_more(place: int, marks: Marks, ways: Set[str]) -> Op | None:
    said = " ".join(t.norm for t in marks.tokens[place : place + 2])
    return None if said not in ways else "ge" if said.endswith(("more", "plus")) else "le"


def whole(value: float) -> int | float:
    """The same number, an integer where it is one: what conditions compare with."""
    return int(value) if value.is_integer() else value
