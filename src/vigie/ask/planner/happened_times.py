"""What happened so often, or at all, where a field counts it: "relancés 2 fois", "non rouverts", "avec des rejets"."""

from __future__ import annotations

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import COUNTERS, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark, NumberMark
from vigie.ask.planner.number_nouns import beside, comparison, joint_field, whole
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import stem


def happened_times(marks: Marks, known: Knowledge) -> list[tuple[NumberMark | None, Placed]]:
    """ "relancés", "réouverts au moins 2 fois": a participle that names a count, with the number that bounds it."""
    if marks.has("sum", "avg", "max", "min", "median", "most", "least", "top"):
        return []
    found: list[tuple[NumberMark | None, Placed]] = []
    for noun in marks.nouns:
        paths = [path for _, path in noun.fields if known.facets[path].numeric]
        if noun.record or not paths or noun.last - noun.first > 1 or not _counts(known.facets[paths[0]]):
            continue
        if any(paths[0].startswith(f"{keyed.path}.") for keyed in known.keyed):
            continue  # "éléments rejetés" of a queue: how many of them
        if any(beside(number, marks, known) is noun for number in marks.numbers):
            continue
        if not marks.tokens[noun.first].text.endswith((*PARTICIPLES, "vert", "verts", "verte", "vertes")):
            continue
        if _counted_with(noun, marks, known):
            continue
        bounded = (n for n in marks.numbers if 0 < n.first - noun.last <= 3 and comparison(n.first, marks)[0])
        if any((other := beside(n, marks, known)) and joint_field(other, noun, marks, known) for n in bounded):
            continue  # "rejected more than 10,000 rows"
        near = (n for n in marks.numbers if 0 <= n.first - noun.last <= 2)
        times = (n for n in near if any(c.tag == "times" and 0 <= c.first - n.last <= 1 for c in marks.cues))
        number = next(times, None)
        first_too = bool(_ATTEMPTS & set(known.facets[paths[0]].stems))  # "rejoués": more than the first attempt
        op, value, last = "gt", float(first_too), noun.last
        if number is not None:
            op, value, last = comparison(number.first, marks)[0] or "in", number.value, number.last
        first = noun.first
        if number is None and (denied := _denied(noun, marks)) is not None:
            op, first = "le", denied
        because = marks.said(first, last)
        found.append((number, Placed(Cond(paths[0], op, (whole(value),), because), first, last)))  # type: ignore[arg-type]
    return found


def _denied(noun: NounMark, marks: Marks) -> int | None:
    """ "non relancés", "jamais été rouverts": where it is said that this did not happen."""
    place = noun.first
    while place and marks.tokens[place - 1].norm in _BEEN:
        place -= 1
    return next((cue.first for cue in marks.cues if cue.tag in _NOT and cue.last == place), None)


_BEEN = frozenset("ete been yet encore".split())
_NOT = frozenset({"not", "not_run", "without"})


def _counted_with(noun: NounMark, marks: Marks, known: Knowledge) -> bool:
    """ "how many rows were | rejected": added up with what stands after the count."""
    counted = [cue.last for cue in marks.cues if cue.tag == "count"]
    things = (n for n in marks.nouns if n.last <= noun.first and any(0 <= n.first - last <= 1 for last in counted))
    return any(joint_field(thing, noun, marks, known) for thing in things)


_ATTEMPTS = frozenset(map(stem, ("tentative", "attempt", "essai", "try", "tries")))


def with_some(marks: Marks, known: Knowledge) -> list[Placed]:
    """ "imports avec des lignes rejetées": more than none of them."""
    found = []
    for place, noun in enumerate(marks.nouns):
        before = [t.norm for t in marks.tokens[max(0, noun.first - 2) : noun.first]]
        numeric = [path for _, path in noun.fields if known.facets[path].numeric and not known.facets[path].unit]
        bare = marks.nouns[0].first == 0 and not marks.has(
            "gt", "ge", "lt", "le", "ne", "eq"
        )  # "imports avec des rejets"
        asked = marks.has("count", "list") or bare
        ends = {cue.last for cue in marks.cues if cue.tag in ("last", "first")}
        last = noun.first in ends or any(c.tag in ("last", "first") and c.first == noun.last for c in marks.cues)
        if last and numeric and not noun.record and _counts(known.facets[numeric[0]]):
            cond = Cond(numeric[0], "gt", (0,), marks.said(noun.first, noun.last))
            found.append(Placed(cond, noun.first, noun.last))  # "dernier | abend" of an `nbAbend`
            continue
        things = marks.nouns[0].record >= OWN or (marks.has("list") and not marks.has("count", "most", "least", "sum"))
        if not place or noun.record or not numeric or not things or not asked:
            continue
        said = next((n for n in (1, 2) if tuple(before[-n:]) in _HAVING_SOME), 0) or _did_some(marks, noun)
        again = noun.first == marks.nouns[0].last and _AGAIN & known.facets[numeric[0]].concepts
        if again and marks.tokens[noun.first].norm.startswith(("re", "rouv")):
            cond = Cond(numeric[0], "gt", (0,), marks.said(noun.first, noun.last))
            found.append(Placed(cond, noun.first, noun.last))  # "incidents rouverts" of a `reopenCount`
            continue
        if said:
            first = noun.first - said
            cond = Cond(numeric[0], "gt", (0,), marks.said(first, noun.last))
            found.append(Placed(cond, first, noun.last))
    return found


def _did_some(marks: Marks, noun: NounMark) -> int:
    """ "combien de sessions | ont trouvé des | écarts", "| ont | rejeté des lignes": how many words before the noun say
    so; 0 where none do."""
    for n in (1, 3):
        said = marks.tokens[noun.first - n : noun.first - n + 3] if noun.first >= n else ()
        if len(said) < 3 or said[0].norm not in _HAVE or said[2].norm not in ("des", "some", "any"):
            continue
        if said[1].text.endswith(PARTICIPLES) or said[1].norm in _DONE:
            return n
    return 0


_HAVE = frozenset("ont a avaient avait have has had".split())
_DONE = frozenset("recu perdu produit emis rendu found lost sent left".split())
_AGAIN = frozenset({"reopened", "resent"})
_HAVING_SOME = {(one,) for one in ("with", "had", "having", "have")} | {
    tuple(said.split())
    for said in (
        "avec des|avec de|with some|with any|had some|had any|eu des|eu de|ayant des|ont des|ont de|avaient des|"
        "have some|have any|comportent des|presentent des|contiennent des|affichent des|comportant des|presentant des"
    ).split("|")
}


def _counts(facet: Facet) -> bool:
    """A number of times: `nbRelances`, `reopenCount`, `retries`; not a length or a size."""
    told = set(facet.words) & COUNTERS or facet.concepts & {"retry", "reopened", "rejected"}
    return facet.unit is None and bool(told)
