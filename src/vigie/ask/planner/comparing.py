"""Words that hold one field of a record against another: "après", "supérieur à", "plus long que", "différent de"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.lexicon import ARTICLES, ON_TIME
from vigie.ask.planner.tokens import stem
from vigie.ask.when import Duration
from vigie.plan import Op


@dataclass(frozen=True, slots=True)
class Compared:
    """`conds` are on `path`, the difference. `places`: of the words that told it. `length`: the duration among them."""

    path: str
    conds: tuple[Cond, ...]
    places: frozenset[int]
    length: Duration | None = None


def _ops(more: str, less: str, other: str = "", same: str = "") -> dict[str, Op]:
    told: tuple[tuple[Op, str], ...] = (("gt", more), ("lt", less), ("not_in", other), ("in", same))
    return {word: op for op, listed in told for word in listed.split()}


_ALONE = _ops(
    "apres after past above over exceeds exceed exceeded exceeding depasse depassent depassant",
    "avant before below under",
    same="equals matches",
)
_THAN = _ops("later greater higher larger bigger more longer slower", "earlier lower smaller less fewer shorter faster")
_QUE = _ops("tard grand eleve haut longtemps long lent", "tot petit bas vite rapidement court")  # "plus tard que"
_TO = _ops("superieur posterieur", "inferieur anterieur", same="egal egaux identique equal identical")
_FROM = _ops("", "", other="different differe differs differ")
AROUND = frozenset("apres after past avant before".split())
_MATCH = frozenset("correspond correspondent colle collent match matches".split())
_LINKS = frozenset("a au aux to de du des from avec with than".split())
AMOUNTS = _ops("plus more", "moins fewer less")
APART = frozenset("different differents differente differentes differ differs divergent ecart ecarts mismatch".split())
LATE: Mapping[tuple[str, ...], Op] = {
    ("en", "retard"): "gt", ("late",): "gt", ("hors", "delai"): "gt", ("hors", "delais"): "gt", ("en", "avance"): "lt",
    ("early",): "lt", ("a", "temps"): "le", **{tuple(said.split()): "le" for said in ON_TIME},
}  # fmt: skip
_ANY = _ALONE.keys() | _THAN.keys() | AMOUNTS.keys() | APART | _MATCH | {said[-1] for said in LATE}
_BEGUN = tuple((_TO | _FROM).keys())
PLANNED = frozenset(map(stem, "prevu prevue planned expected attendu attendue scheduled planifie estimated".split()))
DUE = frozenset(map(stem, "due deadline echeance limite cutoff target cible sla theorique max".split())) | PLANNED
SKIPPED = ARTICLES | frozenset(
    "leur leurs son sa ses its their it was were is are est sont etait etaient ete ont a au aux de du d que qui ne n "
    "strictement".split()
)
REACH = 4  # words of a field's name, and from what happened to what it is compared with


def compares(norms: Sequence[str]) -> bool:
    """Does some word say that something is compared? As few do: asked of each question for each collection."""
    return any(norm in _ANY or norm.startswith(_BEGUN) for norm in norms)


def comparing_at(grams: Grams, i: int) -> tuple[int, Op | None]:
    """(where the words end that compare there, how they do)."""
    norms = [norm if grams.free[n] else "" for n, norm in enumerate(grams.norms[i : i + 3], start=i)]
    one, two, three = (*norms, "", "", "")[:3]
    if one == "plus" and three in ("que", "qu") and (op := _begun(two, _QUE)):
        return i + 3, op
    if one == "en" and two in ("retard", "avance") and three == "sur":
        return i + 3, "gt" if two == "retard" else "lt"
    if one in _MATCH and two == "pas":
        return i + 2 + (three in _LINKS), "not_in"
    if one == "not" and (two in _MATCH or (two == "equal" and three == "to")):
        return i + 2 + (two == "equal"), "not_in"
    if two in ("than",) and one in _THAN:
        return i + 2, _THAN[one]
    if one in ("au", "en") and two in ("dela", "dessus", "dessous") and three in _LINKS:
        return i + 3, "lt" if two == "dessous" else "gt"
    for links, table in ((("a", "au", "aux", "to"), _TO), (("de", "du", "des", "from", "than"), _FROM)):
        if two in links and (op := _begun(one, table)):
            return i + 2, op
    return (i + 1, _ALONE[one]) if one in _ALONE else (i, None)


def _begun(word: str, table: Mapping[str, Op]) -> Op | None:
    """ "supérieures" of "supérieur"."""
    return next((op for begun, op in table.items() if word.startswith(begun) and len(word) <= len(begun) + 3), None)


def is_due(facet: Facet) -> bool:
    """Is it a date by which, or a number up to which, something was expected?"""
    words = facet.stems | frozenset(map(stem, spelled(facet.words)))
    return bool(words & DUE or "planned" in facet.concepts)
