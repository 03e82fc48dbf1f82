"""Things that a question names by their kind: "quelles VM" of a `resource_type`, "quels routeurs" of a `famille`."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.kinds_of_records import tells_kinds
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.states import STATE_CUES
from vigie.ask.words import STOP


def kind_named(seen: Interpretation) -> str | None:
    """ "quelles VM", "which nodes" of `resource_type` and `resource_name`: the names of what is of that kind."""
    asked = [cue.last for cue in seen.marks.cues if cue.tag in ("list", "top", "by", "count")]
    asked += [0] if not asked else []  # "passerelles sans échec"
    for placed in seen.value_placed:
        gap = [last for last in asked if last <= placed.first and _only_small(seen, last, placed.first)]
        if not gap or placed.negated:
            continue
        facet = seen.known.facets[placed.cond.path]
        shared = facet.words[:-1] or facet.above
        if not shared and (named := _without(seen, facet, placed)) is not None:
            return named
        if not shared and (thing := _thing_of_kind(seen, facet)) is not None:
            return thing
        if facet.words[-1] not in ("type", "kind") or not shared:
            continue
        for other in seen.known.facets.values():
            if other.words == shared and other.text:
                return other.path  # "VM" of a `target_type` of each `target`
            if other.words[-1:] in (("name",), ("nom",)) and (other.words[:-1] or other.above) == shared:
                return other.path
    return None


def _without(seen: Interpretation, kind: Facet, placed: Placed) -> str | None:
    """ "quelles passerelles n'ont jamais échoué" of a `kind` of each connector: which of those, and not which runs."""
    said = seen.marks.tokens[placed.last - 1]
    bare = said.norm != said.root and not any(noun.record >= OWN for noun in seen.marks.nouns)
    denied = seen.marks.has("never", "not", "without") and seen.marks.has(*STATE_CUES, "ran")
    denied = denied or seen.marks.has("not_run")
    return seen.known.roles.name if bare and denied and tells_kinds(seen.known, kind.path) else None


def _thing_of_kind(seen: Interpretation, kind: Facet) -> str | None:
    """ "quels routeurs" of a `famille` of each `equipement`: the one field of machines, where records have no name
    and are not spoken of themselves."""
    if seen.known.roles.name is not None or any(noun.record >= OWN for noun in seen.marks.nouns):
        return None
    if concepts_of(kind.words[0]) != {"type"} or not kind.text or kind.profile.repeated:
        return None
    total = seen.known.profile.total
    things = [
        f.path
        for f in seen.known.facets.values()
        if f.concepts & {"device", "host"} and f.text and len(f.words) == 1 and not f.above and not f.long
        and kind.profile.distinct < f.profile.distinct and f.profile.present >= _NEARLY_ALL * total
        and not f.unique(total)
    ]  # fmt: skip
    return things[0] if len(things) == 1 else None


_NEARLY_ALL = 0.95  # of the records are of such a thing


def _only_small(seen: Interpretation, first: int, last: int) -> bool:
    return all(t.norm in STOP or t.norm.isdigit() for t in seen.marks.tokens[first:last])
