"""What is said of single elements, of what each record has one of, of whichever things; and by nobody known."""

from __future__ import annotations

from collections.abc import Set

from vigie.ask.planner.actors import decided
from vigie.ask.planner.conditions import flag_conditions
from vigie.ask.planner.fit import asked_for
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.polarity import polarity_of
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import root, stem
from vigie.plan import counted

_ALL = (0, 1)  # where the condition has no words of its own


def said_of(seen: Interpretation, conds: tuple[Cond, ...]) -> tuple[int, int] | None:
    placed = [*seen.value_placed, *seen.state_placed, *flag_conditions(seen.marks)]
    return next(((p.first, p.last) for p in placed if any(p.cond.because in c.because for c in conds)), None)


def one_each(seen: Interpretation, frame: Frame, noun: NounMark) -> bool:
    """ "how many market | files" of imports that have a file each: they stand for the records."""
    facet, said = seen.known.facets[noun.fields[0][1]], seen.marks.tokens[noun.last - 1]
    number = frame.ask == "number" and frame.aggregate == "count" and frame.subject != facet.path
    beside = frame.ask == "values" and frame.subject not in (None, facet.path)  # "which partners got | files"
    plural = said.norm != said.root
    return (number or beside) and plural and facet.text and facet.unique(seen.known.profile.total)


def all_alike(seen: Interpretation, noun: NounMark) -> bool:
    """ "..., tous environnements", "toutes équipes confondues": whichever they are."""
    tokens = seen.marks.tokens
    if not noun.first or tokens[noun.first - 1].norm not in ("tous", "toutes", "all"):
        return False
    before = seen.text[: tokens[noun.first - 1].at[0]].rstrip()
    after = tokens[noun.last].norm if noun.last < len(tokens) else ""
    return before.endswith((",", "(", ":", "-")) or after.startswith(("confondu", "combined", "together"))


def within_a_cause(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "pages imprimées" where nothing counts pages, and a cause is "fond de page absent": no thing is meant."""
    for value in seen.marks.values:
        facets = [seen.known.facets[path] for path in value.options]
        if value.how == "inside" and asked_for(value, seen.marks) and all(f.concepts & _CAUSES for f in facets):
            return value.first, value.last
    return None


_CAUSES = frozenset({"cause", "error", "message", "rejected"})


def unknown_doer(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "refusées par Martin", who may have asked for them or profit from them: none of the fields says who refused."""
    several = (mark for mark in seen.marks.values if len(mark.options) > 1)
    return next(((m.first, m.last) for m in several if decided(m, seen.marks, seen.known) == (True, None)), None)


def _decided_each(seen: Interpretation, frame: Frame, lists: set[str]) -> tuple[int, int] | None:
    """ "refusées par Martin", "quel approbateur refuse", of a list of approvers that have a decision each: whether the
    element decided so is not what the state of the record tells."""
    asked = [c.path for c in (*frame.conds, *frame.part)] + [key.path for key in frame.groups] + [frame.subject or ""]
    for name in sorted(lists & {path.rpartition(".")[0] for path in asked}):
        inside = [f for f in seen.known.facets.values() if f.path.startswith(f"{name}.") and f.text]
        told = {polarity_of(v) for f in inside if f.profile.distinct <= _KINDS for v, _ in f.profile.values} - {None}
        if any(f.flag and f.path.startswith(f"{name}.") for f in seen.known.facets.values()):
            told |= {"failed", "succeeded"}  # "the uniqueness check failed" of checks that are `ok` each
        stated = (c for c in (*frame.conds, *frame.part) if c.polarity in told and not c.path.startswith(f"{name}."))
        if (state := next(stated, None)) is not None:
            return said_of(seen, (state,)) or _ALL
    return None


_KINDS = 20  # values at most of a field of states


def of_elements(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "durée totale des étapes CALCUL": numbers of single elements of a list are not told apart."""
    lists = {f.path.rpartition(".")[0] for f in seen.known.facets.values() if f.profile.repeated and "." in f.path}
    if (bounded := _number_of_some(seen, frame) or _so_many_stated(seen, frame)) is not None:
        return bounded
    if (same := _of_the_same(seen, frame)) is not None:
        return same
    if counted(frame.target or "") is not None:
        return None
    if (part := _share_of_elements(seen, frame) or _longest_element(seen, frame)) is not None:
        return part
    if (each := _decided_each(seen, frame, lists)) is not None:
        return each
    if (kind := _things_of_a_kind(seen, frame, lists)) is not None:
        return kind
    listed = (frame.subject or "").rpartition(".")[0]
    if listed in lists:  # "étapes tombées en code 16": of the steps, not of their run
        own = {path.rpartition(".")[2] for path in seen.known.facets if path.startswith(f"{listed}.")}
        stated = next((c for c in frame.conds if c.path.rpartition(".")[2] in own and "." not in c.path), None)
        ended = next((c for c in frame.conds if c.polarity in ("failed", "succeeded") and "." not in c.path), None)
        within = (f for path, f in seen.known.facets.items() if path.startswith(f"{listed}."))
        if ended is not None and any("status" in f.concepts for f in within):
            stated = stated or ended  # "quelle étape casse": the step failed, not its run
        if stated is not None:
            return said_of(seen, (stated,)) or _ALL
    of_their_own = {path for path, view in seen.known.views.items() if view.roles.status or view.roles.duration}
    with_state = {f.path.rpartition(".")[0] for f in seen.known.facets.values() if "status" in f.concepts} & lists
    if step := of_one_element(seen, frame, with_state | of_their_own):
        return step[0].first, step[0].last
    if (of_some := _of_some_elements(seen, frame, lists)) is not None:
        return of_some
    used = [c.path for c in frame.conds] + [key.path for key in frame.groups]
    if frame.aggregate in ("count", "distinct", "share") or not any(p.rpartition(".")[0] in lists for p in used):
        return None
    noun = next((n for n in seen.marks.nouns if any(p.rpartition(".")[0] in lists for _, p in n.fields)), None)
    return (noun.first, noun.last) if noun is not None else None


def _things_of_a_kind(seen: Interpretation, frame: Frame, lists: set[str]) -> tuple[int, int] | None:
    """ "quelles bandes ont servi" of volumes that are tapes or disks: those are asked for, and no records."""
    asked = {cue.last for cue in seen.marks.cues if cue.tag == "list"}
    counted_too = set() if any(noun.record >= OWN for noun in seen.marks.nouns) else {
        cue.last + 1 for cue in seen.marks.cues if cue.tag == "count"
    }  # fmt: skip
    placed = (p for p in seen.value_placed if p.cond.path.rpartition(".")[0] in lists)
    kinds = {path for path, facet in seen.known.facets.items() if set(facet.words) & _KINDS_OF}
    within = (p for p in placed if p.first in asked or (p.first in counted_too and p.cond.path in kinds))
    counted_or_listed = frame.ask == "records" or (frame.ask == "number" and frame.aggregate == "count")
    return next(((p.first, p.last) for p in within), None) if counted_or_listed and not frame.groups else None


_KINDS_OF = frozenset("kind type media medium support category categorie nature".split())


def _share_of_elements(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "taux de décroché des appels d'astreinte" of a list of calls: of the calls, and not of the records."""
    lists = {counted(path).rpartition(".")[0]: facet for path, facet in seen.known.lists.items()}  # type: ignore[union-attr]
    within = next((c for c in frame.part if c.path.rpartition(".")[0] in lists), None)
    if within is None or frame.aggregate != "share" or any(noun.record >= OWN for noun in seen.marks.nouns):
        return None
    own = lists[within.path.rpartition(".")[0]]
    said = (i for i, token in enumerate(seen.marks.tokens) if stem(token.norm) in own.stems | own.kin)
    return next(((i, i + 1) for i in said), None)


def names_records(seen: Interpretation) -> bool:
    """Is it asked of the records, and not of what their lists hold? By what is named first."""
    named = list_nouns(seen)
    if named & {cue.last for cue in seen.marks.cues if cue.tag == "list"}:
        return False  # "dans les builds, quelle | étape ..."
    nouns = (n.first for n in seen.marks.nouns if n.record >= OWN or "run" in n.concepts)
    records = min((first for first in nouns if first not in named), default=None)
    return records is not None and (not named or records < min(named))


def _of_the_same(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "le contrôle X tombé en erreur": of one check, and not of a record that holds X and some error; "les contrôles
    en erreur": those, and no record."""
    conds = (*frame.conds, *frame.part, *(c for column in frame.columns for c in column.where))
    of_records = names_records(seen)
    asked = bool(list_nouns(seen)) and not of_records
    for array in seen.known.views:
        below = f"{array}."
        inner = tuple(c for c in conds if c.path.startswith(below))
        groups = {key.path for key in frame.groups if key.path.startswith(below)}
        told = groups | {path for path in (frame.subject, frame.target) if path and path.startswith(below)}
        lengths = (counted(frame.target or "") or "").startswith(below)
        paths = {c.path for c in inner}
        if len(paths) > 1 or (asked and (inner or told)) or (lengths and groups):
            return said_of(seen, inner[-1:]) or _ALL
        if (frame.side_path or "").startswith(below) and frame.aggregate not in ("count", "distinct", "share"):
            return said_of(seen, inner[-1:]) or _ALL  # "N1 plus rapide que N3", of single calls
        of_record = frame.target and not frame.target.startswith(below) and counted(frame.target) is None
        if inner and of_record and not of_records and frame.aggregate not in ("count", "distinct", "share"):
            return said_of(seen, inner[-1:]) or _ALL  # "combien de fois X a été appelé", whatever else calls count
        # "quelle équipe est appelée au niveau 2": at that call.
        if inner and told - paths and (not of_records or frame.subject in told):
            return said_of(seen, inner[-1:]) or _ALL
    return None


def so_many(seen: Interpretation) -> tuple[int, int] | None:
    """ "runs with more than | 2 | failed checks": a number of what the lists hold."""
    named = list_nouns(seen)
    near = (n for n in seen.marks.numbers if named & {n.last, n.last + 1})
    return next(((n.first, n.last) for n in near), None)


def _so_many_stated(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """Of which a state or a value is told too."""
    lists = tuple(f"{array}." for array in seen.known.views)
    told = bool(lists) and any(c.path.startswith(lists) for c in (*frame.conds, *frame.part))
    return so_many(seen) if told or of_one_element(seen, frame, set(seen.known.views)) else None


def _longest_element(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "les étapes les plus | longues", of a list of steps that each tell how long they took: no record is meant."""
    cue, named = seen.marks.cue("longest", "shortest"), list_nouns(seen)
    timed = any(view.roles.duration is not None for view in seen.known.views.values())
    records = any(n.record >= OWN and n.first not in named for n in seen.marks.nouns)
    if cue is None or frame.ask not in ("records", "number") or not (named and timed) or records:
        return None
    return cue.first, cue.last


def _number_of_some(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "plus de 2 étapes CALCUL", "3 étapes en échec": the length of a list of which some are meant."""
    conds = (*frame.conds, *frame.part)
    for path in dict.fromkeys((*(c.path for c in conds), frame.target or "", frame.order_path or "")):
        if (inner := counted(path)) is None:
            continue
        listed = inner.rpartition(".")[0]
        within = next((c for c in conds if c.path == inner or (listed and c.path.startswith(f"{listed}."))), None)
        if within is not None:
            return said_of(seen, (within,)) or _ALL
        ends = {noun.last for noun in seen.marks.nouns if any(path == named for _, named in noun.fields)}
        if (stated := next((s for s in seen.state_placed if s.first in ends), None)) is not None:
            return stated.first, stated.last
    return None


def _of_some_elements(seen: Interpretation, frame: Frame, lists: set[str]) -> tuple[int, int] | None:
    """ "combien de messages en schema_mismatch", "temps moyen de la phase TLS": of those elements alone, where
    a record that holds one of them is met as a whole."""
    facets, target = seen.known.facets, frame.target or frame.subject or ""
    for cond in (*frame.conds, *frame.part):
        listed = cond.path.rpartition(".")[0]
        if listed not in lists or cond.op not in ("in", "contains"):
            continue
        measured = target != cond.path and target.rpartition(".")[0] == listed and frame.ask in ("number", "values")
        inside = [f for f in facets.values() if f.path.startswith(f"{listed}.") and f.unit is not None and f.numeric]
        timed = inside and target in facets and facets[target].unit is not None and frame.aggregate != "count"
        if measured or timed:
            return said_of(seen, (cond,)) or _ALL
    return None


def of_one_element(seen: Interpretation, frame: Frame, lists: Set[str]) -> list[Placed]:
    """Conditions that the records have a field for, said nearer to one of what these lists hold: "runs whose validate
    step | failed", "... took | more than 5 min"."""
    conds = (*frame.conds, *frame.part)
    at = {said.phrase: seen.marks.places(said.at) for said in seen.marks.times.durations}
    bounds = (c for c in conds if c.path == seen.known.roles.duration)
    lengths = [Placed(c, *place) for c in bounds if (place := at.get(c.because)) is not None]
    states = [s for s in (*seen.state_placed, *seen.value_placed) if s.cond.polarity and "." not in s.cond.path]
    named = list_nouns(seen)
    elements = [(p.first, p.last) for p in seen.value_placed if p.cond.path.rpartition(".")[0] in lists]
    elements += [(i, i + 1) for i in named]
    nouns = (n for n in seen.marks.nouns if n.record >= OWN or "run" in n.concepts)
    records = [(n.first, n.last) for n in nouns if n.first not in named]

    norms = [token.norm for token in seen.marks.tokens]

    def nearer(said: Placed) -> bool:
        if any(first > said.last and set(norms[said.last : first]) <= _AT_A for first, _ in elements):
            return True  # "échoués à l'étape | scan", "foirés sur le | scan"
        near = min((_apart(said, *element) for element in elements), default=None)
        return near is not None and near <= min((_apart(said, *record) for record in records), default=near)

    return [said for said in (*states, *lengths) if nearer(said)]


_AT_A = frozenset("a au aux en sur dans lors pendant le la l de du etape phase at on in during the step stage".split())


def list_nouns(seen: Interpretation) -> set[int]:
    """Places of the words that the lists are called by, or mean the same, and not the records: pods of containers."""
    views, own = seen.known.views.values(), seen.known.records.noun
    called = {stem(word) for view in views for word in view.records.head}
    called |= {said for view in views for word in view.records.head for said in kin_of(root(word))}
    named = (i for i, t in enumerate(seen.marks.tokens) if any(v.records.noun(t.norm) >= OWN for v in views))
    return {i for i in named if own(norm := seen.marks.tokens[i].norm) < OWN or stem(norm) in called}


def _apart(said: Placed, first: int, last: int) -> int:
    """How many words lie between."""
    return max(said.first - last, first - said.last)
