"""Marks to conditions: which field a value is of, what is negated, numbers with their fields, states."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ARTICLES
from vigie.ask.planner.marks import FlagMark, Marks, NounMark, NumberMark, ValueMark
from vigie.ask.planner.roles import POLARITIES, Facet, Polarity, polarity_of
from vigie.ask.planner.tokens import parts
from vigie.ask.words import STOP
from vigie.plan import Op, Scalar

STATE_CUES = (*POLARITIES, "rejected", "open", "opened")
_NEGATING = ("not", "except", "without")


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition and where its words stand."""

    cond: Cond
    first: int
    last: int
    negated: bool = False


def value_conditions(marks: Marks, known: Knowledge) -> list[Placed]:
    """One per value mark, on the field that its label, its kind or the other values tell."""
    found = []
    for mark in marks.values:
        path = _path_of(mark, marks, known)
        others = tuple((p, v) for p, v in mark.options.items() if p != path)
        negated = _negated(mark.first, marks)
        op: Op = "contains" if mark.how == "message" else "in"
        cond = Cond(path, op, mark.options[path], mark.words, _polarity(path, mark.options[path], known), others)
        found.append(Placed(cond, mark.first, mark.last, negated))
    return found


def flag_conditions(marks: Marks) -> list[Placed]:
    return [
        Placed(Cond(f.path, "in", (f.value is not _negated(f.first, marks),), _with_not(f, marks)), f.first, f.last)
        for f in marks.flags
    ]


def _with_not(flag: FlagMark, marks: Marks) -> str:
    if not _negated(flag.first, marks):
        return flag.words
    return f"{marks.said(flag.first - 1, flag.first)} {flag.words}"


def state_conditions(marks: Marks, known: Knowledge) -> list[Placed]:
    """Failed, succeeded, running ... in the collection's own values; nothing where it has none of that state."""
    found = []
    for cue in marks.cues:
        cond = said_state(cue.tag, known, marks.said(cue.first, cue.last), timed=bool(marks.times.ranges))
        if cond is not None:
            found.append(Placed(cond, cue.first, cue.last, _negated(cue.first, marks)))
    return found


def said_state(tag: str, known: Knowledge, because: str, *, timed: bool) -> Cond | None:
    """What a cue says became of a record; None for other cues, and where the collection does not tell.

    "ouverts lundi" were opened on Monday; "ouverts" without a time are not closed yet.
    """
    match tag:
        case "rejected":
            return _rejected(known, because) or state("failed", known, because)
        case "open":
            return _still_open(known, because)
        case "opened":
            return None if timed else _still_open(known, because)
        case "failed" | "succeeded" | "running" | "skipped" | "waiting":
            return state(tag, known, because)
    return None


def _rejected(known: Knowledge, because: str) -> Cond | None:
    """Where records tell of a rejection in an object of its own: `rejet.motif`."""
    paths = [f.path for f in known.facets.values() if "rejected" in f.above_concepts and not f.numeric]
    told = max(paths, key=lambda path: (known.facets[path].profile.present, path), default=None)
    return Cond(told, "present", (), because, "failed") if told is not None else None


def _still_open(known: Knowledge, because: str) -> Cond | None:
    roles = known.roles
    for path, _, concepts in known.flags:
        if "resolved" in concepts:
            return Cond(path, "in", (False,), because)
    closed = (*roles.polarity.get("succeeded", ()), *roles.polarity.get("skipped", ()))
    if roles.status and any({"resolved", "closed_at"} & concepts_of(word) for v in closed for word in parts(str(v))):
        return Cond(roles.status, "not_in", closed, because)
    if roles.end and known.facets[roles.end].concepts & {"resolved", "closed_at"}:
        return Cond(roles.end, "missing", (), because)
    return None


def state(polarity: Polarity, known: Knowledge, because: str) -> Cond | None:
    """That state as a condition, None where the collection does not tell it."""
    roles = known.roles
    values = roles.polarity.get(polarity, ())
    if roles.status and values:
        return Cond(roles.status, "in", values, because, polarity)
    if polarity == "running" and roles.end:
        return Cond(roles.end, "missing", (), because, polarity)
    if polarity == "failed":
        for path in (roles.code, roles.message):
            if path and "." in path:
                return Cond(path, "present", (), because, polarity)
        two = roles.status is not None and known.facets[roles.status].profile.distinct == 2
        if roles.status and two and roles.polarity.get("succeeded"):
            return Cond(roles.status, "not_in", roles.polarity["succeeded"], because, polarity)
    return None


def every_record_failed(known: Knowledge) -> bool:
    """A collection of errors: "échecs" needs no condition there."""
    return not known.roles.status and known.record_noun("erreur") >= 3


def number_conditions(marks: Marks, known: Knowledge) -> tuple[list[Placed], list[NumberMark]]:
    """("plus de 1000 lignes", "0 records", "code retour 137"; the numbers that are no condition on a field)."""
    placed: list[Placed] = []
    rest: list[NumberMark] = []
    said = _happened_times(marks, known)
    placed += [one for _, one in said]
    ranged = {**_ranges(marks, known), **{number.first: [] for number, _ in said if number is not None}}
    placed += [one for pair in ranged.values() for one in pair]
    for number in marks.numbers:
        if number.first in ranged:
            continue
        told = _money(number, marks, known) or _http(number, marks, known)
        if told is not None:
            placed.append(told)
            continue
        noun = None if _ranks(number, marks) else _beside(number, marks, known)
        if noun is None:
            rest.append(number)
            continue
        path = _numeric_path(noun, marks, known)
        op, first = comparison(number.first, marks)
        value = _whole(number.value * _scale(noun, path, marks, known))
        first = min(first, noun.first)
        last = max(number.last, noun.last)
        placed.append(Placed(Cond(path, op or "in", (value,), marks.said(first, last)), first, last))
    return placed, rest


_UNITS = ("o octet octets byte bytes", "ko kb", "mo mb", "go gb", "to tb")
_SIZES = {unit: 1000.0**power for power, units in enumerate(_UNITS) for unit in units.split()}  # in bytes


def _scale(noun: NounMark, path: str, marks: Marks, known: Knowledge) -> float:
    """ "plus de 100 Mo" of a field in ko."""
    said = _SIZES.get(marks.tokens[noun.first].norm)
    own = next((_SIZES[word] for word in known.facets[path].words if word in _SIZES), None)
    return said / own if said is not None and own is not None else 1.0


def _happened_times(marks: Marks, known: Knowledge) -> list[tuple[NumberMark | None, Placed]]:
    """ "relancés", "réouverts au moins 2 fois": a participle that names a count, with the number that bounds it."""
    if marks.has("sum", "avg", "max", "min", "median", "most", "least", "top"):
        return []
    found: list[tuple[NumberMark | None, Placed]] = []
    for noun in marks.nouns:
        paths = [path for _, path in noun.fields if known.facets[path].numeric]
        if noun.record or not paths or noun.last - noun.first > 1 or not _counts(known.facets[paths[0]]):
            continue
        if any(_beside(number, marks, known) is noun for number in marks.numbers):
            continue
        if not marks.tokens[noun.first].text.endswith(("é", "és", "ée", "ées", "erts", "ert", "erte", "ertes", "ed")):
            continue
        near = (n for n in marks.numbers if 0 <= n.first - noun.last <= 2)
        times = (n for n in near if any(c.tag == "times" and 0 <= c.first - n.last <= 1 for c in marks.cues))
        number = next(times, None)
        op, value, last = "gt", 0.0, noun.last
        if number is not None:
            op, value, last = comparison(number.first, marks)[0] or "in", number.value, number.last
        because = marks.said(noun.first, last)
        found.append((number, Placed(Cond(paths[0], op, (_whole(value),), because), noun.first, last)))  # type: ignore[arg-type]
    return found


def _counts(facet: Facet) -> bool:
    """A number of times: `nbRelances`, `reopenCount`, `retries`; not a length or a size."""
    return bool(set(facet.words) & _COUNTS or facet.concepts & {"retry", "reopened", "rejected"})


_COUNTS = frozenset("nb nbr nbre nombre count cnt num number counter compteur".split())


def _http(number: NumberMark, marks: Marks, known: Knowledge) -> Placed | None:
    """ "en 503", "a 502": a number that can only be an HTTP code."""
    path = next((f.path for f in known.facets.values() if f.numeric and "http" in f.words), None)
    unit = marks.tokens[number.last].norm if number.last < len(marks.tokens) else ""
    if path is None or not 100 <= number.value <= 599 or unit in ("ms", "s", "fois", "times", "min"):
        return None
    if comparison(number.first, marks)[0] is not None:
        return None
    said = marks.said(number.first, number.last)
    return Placed(Cond(path, "in", (int(number.value),), said), number.first, number.last)


def _money(number: NumberMark, marks: Marks, known: Knowledge) -> Placed | None:
    """ "plus de 1 million d'EUR": of the field of amounts, whose currency is a value or a plain word."""
    place = number.last
    while place < len(marks.tokens) and marks.tokens[place].norm in ("de", "d", "of"):
        place += 1
    if place >= len(marks.tokens):
        return None
    values = [path for mark in marks.values if mark.first == place for path in mark.options]
    if marks.tokens[place].norm not in _CURRENCIES and not any(
        "currency" in known.facets[path].concepts for path in values
    ):
        return None
    amounts = [f.path for f in known.facets.values() if f.numeric and "amount" in f.concepts]
    if not amounts:
        return None
    op, first = comparison(number.first, marks)
    said = marks.said(first, place + 1)
    return Placed(Cond(amounts[0], op or "in", (_whole(number.value),), said), first, place + 1)


_CURRENCIES = frozenset("eur euro euros usd dollar dollars gbp chf keur meur".split())


def _ranks(number: NumberMark, marks: Marks) -> bool:
    """ "les 3 codes les plus fréquents": how many are wanted, no value of theirs."""
    before = marks.tokens[number.first - 1].norm if number.first else ""
    return before in ("les", "the", "top", "ces", "nos") and marks.has("most", "least", "top", "last", "first")


def _ranges(marks: Marks, known: Knowledge) -> dict[int, list[Placed]]:
    """ "de 100 à 200 ordres", "between 10 and 20 rows": place of a number -> conditions, the second with none."""
    found: dict[int, list[Placed]] = {}
    for low, high in itertools.pairwise(marks.numbers):
        joined = [t.norm for t in marks.tokens[low.last : high.first]]
        before = marks.tokens[low.first - 1].norm if low.first else ""
        noun = _beside(high, marks, known)
        if noun is None or (before, *joined) not in (
            ("de", "a"), ("entre", "et"), ("between", "and"), ("from", "to"),
        ):  # fmt: skip
            continue
        path = _numeric_path(noun, marks, known)
        first, last = low.first - 1, max(high.last, noun.last)
        said = marks.said(first, last)
        found[low.first] = [Placed(Cond(path, op, (_whole(n),), said), first, last) for op, n in _bounds(low, high)]
        found[high.first] = []
    return found


def _bounds(low: NumberMark, high: NumberMark) -> tuple[tuple[Op, float], tuple[Op, float]]:
    return ("ge", low.value), ("le", high.value)


def _whole(value: float) -> Scalar:
    return int(value) if value.is_integer() else value


def _numeric_path(noun: NounMark, marks: Marks, known: Knowledge) -> str:
    """Of several numeric fields the one that another word names too: "rejected more than 100 rows"."""
    numeric = [p for _, p in noun.fields if known.facets[p].numeric]
    others = [other for other in marks.nouns if other is not noun]
    return next((p for p in numeric if any(p == path for other in others for _, path in other.fields)), numeric[0])


def _beside(number: NumberMark, marks: Marks, known: Knowledge) -> NounMark | None:
    """The noun of a numeric field that stands right after the number, or right before it."""
    for noun in marks.nouns:
        numeric = any(known.facets[p].numeric for _, p in noun.fields)
        if not numeric or noun.record >= 3:
            continue
        after = [t.norm for t in marks.tokens[number.last : noun.first]]
        if after in (["or", "more"], ["ou", "plus"], ["or", "less"], ["ou", "moins"]):
            return noun  # "3 or more attempts"
        if noun.first == number.last or (
            noun.first == number.last + 1 and marks.tokens[number.last].norm in ("de", "d", "of")
        ):
            return noun
        between = range(noun.last, number.first)
        if noun.last <= number.first and len(between) <= 3 and all(_joins(i, marks) for i in between):
            return noun
    return None


def _joins(i: int, marks: Marks) -> bool:
    compared = any(c.first <= i < c.last and c.tag in ("gt", "ge", "lt", "le", "eq") for c in marks.cues)
    return compared or marks.tokens[i].norm in (
        "a",
        "de",
        "est",
        "is",
        "was",
        "of",
        "to",
        "egal",
        "vaut",
        "=",
        "sont",
        "are",
    )


def comparison(first: int, marks: Marks) -> tuple[Op | None, int]:
    """(the comparison said right before this place or None, where it begins)."""
    for cue in marks.cues:
        if cue.tag in ("gt", "ge", "lt", "le", "eq") and cue.last <= first and first - cue.last <= 1:
            if first - cue.last == 1 and marks.tokens[cue.last].norm not in STOP:
                continue
            return (None if cue.tag == "eq" else cue.tag), cue.first  # type: ignore[return-value]
    for number in marks.numbers:
        after = " ".join(t.norm for t in marks.tokens[number.last : number.last + 2])
        if number.first == first and after in ("or more", "ou plus", "et plus", "and more", "or less", "ou moins"):
            return ("ge" if after.endswith(("more", "plus")) else "le"), first
    return None, first


def missing_conditions(marks: Marks, known: Knowledge) -> tuple[list[Placed], set[int]]:
    """("sans équipe responsable" -> its field is missing; the places of the nouns used). "avec un message": present."""
    placed: list[Placed] = []
    used: set[int] = set()
    for noun in marks.nouns:
        if not noun.fields or (noun.record >= 3 and len(noun.words.split()) == 1):
            continue
        cue = _right_before(noun.first, marks, ("without",))
        after = any(c.tag == "without" and c.first == noun.last for c in marks.cues)
        if cue is not None or after:
            path = noun.fields[0][1]
            first = cue if cue is not None else noun.first
            last = noun.last if cue is not None else noun.last + 1
            placed.append(Placed(Cond(path, "missing", (), marks.said(first, last)), first, last))
            used.add(noun.first)
    return placed, used


def _right_before(first: int, marks: Marks, tags: Sequence[str]) -> int | None:
    for cue in marks.cues:
        if cue.tag in tags and cue.last <= first and all(marks.tokens[i].norm in STOP for i in range(cue.last, first)):
            return cue.first
    return None


def merged(placed: Sequence[Placed]) -> list[Cond]:
    """One condition per path, operator and sense: "CIB ou AM" is one of both."""
    found: dict[tuple[str, str, bool], Cond] = {}
    for one in placed:
        cond = one.cond
        op = negate(cond) if one.negated else cond
        key = (op.path, op.op, one.negated)
        before = found.get(key)
        if before is not None and op.op in ("in", "not_in"):
            values = tuple(dict.fromkeys((*before.values, *op.values)))
            because = before.because if op.because == before.because else f"{before.because}, {op.because}"
            found[key] = replace(before, values=values, because=because)
        elif before is None:
            found[key] = op
        else:
            found[(op.path, op.op + str(len(found)), one.negated)] = op
    return list(found.values())


_OPPOSITE: dict[Op, Op] = {"in": "not_in", "not_in": "in", "missing": "present", "present": "missing"}


def negate(cond: Cond) -> Cond:
    opposite = _OPPOSITE.get(cond.op)
    return cond if opposite is None else replace(cond, op=opposite, polarity=None)


def _negated(first: int, marks: Marks) -> bool:
    """Is a negation said of what begins here? Between them only articles, a label, values of the same list."""
    values = {i for m in marks.values for i in range(m.first, m.last)}
    labels = {i for m in marks.nouns for i in range(m.first, m.last)}
    i = first - 1
    listed = False
    for _ in range(10):
        if i < 0 or i in marks.timed:
            return False
        if any(cue.first <= i < cue.last and cue.tag in _NEGATING for cue in marks.cues):
            return True
        norm = marks.tokens[i].norm
        if norm in _CONJUNCTIONS:
            listed = True
        elif i in values or marks.tokens[i].glued:
            if not listed and i in values and not _same_value(i, i + 1, marks):
                return False
        elif i not in labels and norm not in ARTICLES:
            return False
        i -= 1
    return False


_CONJUNCTIONS = frozenset({"et", "ou", "and", "or", "ni", "nor"})


def _same_value(i: int, j: int, marks: Marks) -> bool:
    return any(m.first <= i < m.last and m.first <= j < m.last for m in marks.values)


def _path_of(mark: ValueMark, marks: Marks, known: Knowledge) -> str:
    if len(mark.options) == 1:
        return next(iter(mark.options))
    labelled = [path for noun in _labels(mark, marks) for _, path in noun.fields if path in mark.options]
    if labelled:
        return labelled[0]
    return min(mark.options, key=lambda path: _rank(path, mark, known))


def _labels(mark: ValueMark, marks: Marks) -> Iterator[NounMark]:
    """Nouns right before or right after: "l'entité CIB", "the CIB entity"."""
    for noun in marks.nouns:
        gap = range(noun.last, mark.first)
        if noun.last <= mark.first and len(gap) <= 2 and all(marks.tokens[i].norm in STOP for i in gap):
            yield noun
    for noun in marks.nouns:
        if noun.first == mark.last:
            yield noun


def _rank(path: str, mark: ValueMark, known: Knowledge) -> tuple[float, ...]:
    """A state first, then what describes a run (few values), then its name; messages last."""
    facet, roles = known.facets[path], known.roles
    order: tuple[str | None, ...] = (roles.status, roles.env, roles.entity, roles.severity, roles.code)
    if mark.how == "inside":
        order = (roles.code, roles.name)
    place = order.index(path) if path in order else len(order)
    return (facet.long, facet.profile.repeated, place, path.count("."), facet.profile.distinct, len(path))


def _polarity(path: str, values: Sequence[Scalar], known: Knowledge) -> Polarity | None:
    if path != known.roles.status:
        # A second field of states, such as a label beside a code.
        told = {polarity_of(value) for value in values} if "status" in known.facets[path].concepts else set()
        return told.pop() if len(told) == 1 else None
    return next((pole for pole, of in known.roles.polarity.items() if set(values) <= set(of)), None)
