"""Next turns that turn the whole of what was asked: beside something else, the others, all, in another order."""

from __future__ import annotations

import re
from dataclasses import replace

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.noun_marks import fields_named
from vigie.ask.planner.placed import Placed
from vigie.plan import Key


def turned_to(old: Frame, new: Frame, seen: Interpretation) -> Frame | None:
    """The old question so turned; None where the new words only patch it."""
    found = _compared(old, new, seen.marks) or _others(old, seen) or _without_it(old, seen) or _in_order(old, seen)
    return found or _by_a_number(old, seen) or _of_all(old, new, seen)


def _compared(old: Frame, new: Frame, marks: Marks) -> Frame | None:
    """ "compare avec octobre", "compare avec Paris": what was counted, beside the same of another window or value."""
    if not marks.has("compare") or old.ask != "number" or old.groups or old.sides:
        return None
    if len(old.times) == 1 and (len(new.times) == 1 or new.sides == "times"):
        return replace(old, times=(*old.times, new.times[-1]), sides="times", subject=None, notes=())
    for cond in new.conds:
        before = next((c for c in old.conds if c.path == cond.path and c.op == cond.op == "in"), None)
        if before is not None:
            values = tuple(dict.fromkeys((*before.values, *cond.values)))
            both = replace(before, values=values, because=f"{before.because}, {cond.because}", polarity=None)
            conds = tuple(both if c is before else c for c in old.conds)
            return replace(old, conds=conds, sides="values", side_path=cond.path, subject=None, notes=())
    return None


_THE_OTHERS = re.compile(
    r"^(?:et |and |what about |how about |quid (?:de|des|du|d) )?(?:pour |for |sur |chez |in |on )?"
    r"(?:(?:tous |toutes )?les autres(?: (?P<thing>\w+))?|le reste|(?:all )?the others|the rest|"
    r"(?:all )?the other(?: ones| (?P<other>\w+))|others?(?: \w+)?)$"
)


def _others(old: Frame, seen: Interpretation) -> Frame | None:
    """ "et les autres ?": all but those that were asked for; of several conditions, one that is no state."""
    if (said := _THE_OTHERS.match(_words(seen.marks))) is None:
        return None
    told = [c for c in old.conds if c.op == "in"]
    if said["thing"] or said["other"]:  # "les autres villes"
        named = {path for noun in seen.marks.nouns for _, path in noun.fields[:1]}
        told = [c for c in told if c.path in named]
        seen.used |= {noun.first for noun in seen.marks.nouns}
    told = [c for c in told if c.polarity is None] or told
    if len(told) != 1 or old.sides:
        seen.unclear = (0, len(seen.marks.tokens))
        return old
    other = replace(told[0], op="not_in", because=_words(seen.marks))
    return replace(old, conds=tuple(other if c is told[0] else c for c in old.conds), notes=())


_NOT_SO = re.compile(
    r"^(?:et |and |what about |how about )?(?:pour |of )?(?:celles|ceux|the ones|those|ones)"
    r"(?: (?:qui|that|which|who))? (?:n en ont (?:pas|aucun|aucune)|n ont rien|"
    r"n en avaient pas|sans|don t(?: have (?:one|any|it))?|do not|"
    r"have none|didn t|did not|without(?: one| any| it)?)$"
)


def _without_it(old: Frame, seen: Interpretation) -> Frame | None:
    """ "et celles qui n'en ont pas ?", "and those without?": of those that have something, the ones that lack it."""
    if _NOT_SO.match(_words(seen.marks)) is None:
        return None
    told = [c for c in old.conds if c.op in ("present", "missing")]
    if len(told) != 1:
        seen.unclear = (0, len(seen.marks.tokens))
        return old
    seen.used |= {noun.first for noun in seen.marks.nouns}
    lacks = replace(told[0], op="present" if told[0].op == "missing" else "missing", because=_words(seen.marks))
    seen.missing_placed = [Placed(lacks, 0, len(seen.marks.tokens))]
    return replace(old, conds=tuple(lacks if c is told[0] else c for c in old.conds), notes=())


_SORTED = re.compile(
    r"^(?:et |and )?(?:trie|tries|triee|triees|tri|trier|triez|classe|classes|classees|classer|"
    r"croissant|decroissant|ascending|descending|sort|sorted|order|ordered|rank|ranked|range|ranges)\b"
)
_ORDERED = re.compile(r"\b(?:de)?croissante?\b|\b(?:asc|desc)(?:end\w*)?\b|\border\b")
_UPWARDS = re.compile(r"(?<!de)\b(?:croissant|croissante|ascendant|ascending|asc|increasing)\b")


def _in_order(old: Frame, seen: Interpretation) -> Frame | None:
    """ "trie par nombre d'échecs": what was listed, with how many of them each has."""
    said = _words(seen.marks)
    by_number = seen.marks.has("count") or _ORDERED.search(said)
    if _SORTED.match(said) is None or not by_number or not _said_before(old, seen.marks):
        return None
    order = "asc" if _UPWARDS.search(said) else "desc"
    if old.ask == "values" and old.subject and not old.absent:
        groups = (Key(old.subject),)
        return replace(old, ask="number", subject=None, groups=groups, order=order, aggregate="count", target=None)  # type: ignore[arg-type]
    return replace(old, order=order) if old.groups and not old.trend else None  # type: ignore[arg-type]


_RATHER = re.compile(
    r"^(?:et |and |ou |or )?(?:plutot |rather |instead )?(?:par|by|en|in) (?:le |la |l |the )?\S+(?: plutot| instead)?$"
)


def _by_a_number(old: Frame, seen: Interpretation) -> Frame | None:
    """ "plutôt par montant" after a ranking by how many there are: by what they come to."""
    numbers = [n for n in seen.marks.nouns if n.fields and seen.known.facets[n.fields[0][1]].numeric]
    if not (old.groups and old.order) or old.trend or len(numbers) != 1 or _RATHER.match(_words(seen.marks)) is None:
        return None
    facet = seen.known.facets[numbers[0].fields[0][1]]
    if facet.coded or "duration" in facet.concepts or seen.marks.values:
        return None
    seen.used.add(numbers[0].first)
    return replace(old, aggregate="sum", target=facet.path, columns=(), part=(), having=(), notes=())


def _said_before(old: Frame, marks: Marks) -> bool:
    """ "par nombre de | KO" of those that are KO: a new value would be a condition."""
    paths = {cond.path for cond in old.conds}
    return all(paths & set(value.options) for value in marks.values)


_ALL = frozenset("tous toutes tout all every any".split())
_EVERYWHERE = re.compile(r"^(?:et |and )?(?:partout|everywhere)$")


def _of_all(old: Frame, new: Frame, seen: Interpretation) -> Frame | None:
    """ "tous environnements confondus ?", "in all entities?", "et partout ?": no condition on that field any more."""
    marks, env = seen.marks, seen.known.roles.env
    paths: set[str] = {env} if env and _EVERYWHERE.match(_words(marks)) else set()
    for cue in (cue for cue in marks.cues if cue.tag == "throughout"):
        paths |= {path for _, path in fields_named(seen.known, [marks.tokens[cue.first].norm])[:1]}
    for noun in marks.nouns:
        before = {t.norm for t in marks.tokens[max(0, noun.first - 2) : noun.first]}
        if noun.fields and before & _ALL and not new.conds and not new.times:
            paths.add(noun.fields[0][1])
            seen.used.add(noun.first)
    if _EVERYWHERE.match(_words(marks)) and not any(c.path == env for c in old.conds):
        seen.unclear = (0, len(marks.tokens))  # of what place?
    left = tuple(c for c in old.conds if c.path not in paths)
    return replace(old, conds=left, notes=()) if len(left) < len(old.conds) and not old.sides else None


def _words(marks: Marks) -> str:
    return " ".join(t.norm for t in marks.tokens)
