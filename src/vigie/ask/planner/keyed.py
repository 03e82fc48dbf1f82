"""Objects whose keys are data: `policies.ORA_DAILY.files`, `policies.FS_NIGHT.files`, of each record some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.tokens import parts
from vigie.plan import FieldProfile

_FEWEST = 3  # keys
_ALIKE = 0.8  # of the keys have the same fields
_IN_SOME = 0.9  # of the records, a key that is data is not in more than these


@dataclass(frozen=True, slots=True)
class Keyed:
    """`keys`: of the object at `path`, each with its fields."""

    path: str
    keys: Mapping[str, Sequence[Facet]]
    called: Facet  # the object itself, by its words

    @property
    def each(self) -> str:
        """Stands for any of its keys: `policies.*`, and in `policies.*.files`."""
        return f"{self.path}.*"


def keyed_of(facets: Mapping[str, Facet], total: int) -> tuple[Keyed, ...]:
    """Those whose keys no record has all of, and whose fields are numbers."""
    within: defaultdict[str, defaultdict[str, list[Facet]]] = defaultdict(lambda: defaultdict(list))
    for path, facet in facets.items():
        names = path.split(".")
        if len(names) > 2 and facet.numeric and not facet.profile.repeated:
            within[".".join(names[:-2])][names[-2]].append(facet)
    found = []
    for path, keys in within.items():
        leaves = [frozenset(facet.path.rpartition(".")[2] for facet in own) for own in keys.values()]
        alike = max(map(leaves.count, leaves)) >= _ALIKE * len(leaves)
        in_some = all(facet.profile.present <= _IN_SOME * total for own in keys.values() for facet in own)
        if len(keys) >= _FEWEST and alike and in_some:
            *above, last = path.split(".")
            first = next(iter(keys.values()))[0]
            called = Facet(first.profile, parts(last), tuple(w for part in above for w in parts(part)))
            found.append(Keyed(path, {key: tuple(own) for key, own in keys.items()}, called))
    return tuple(found)


def each_key(keyed: Keyed, total: int) -> Mapping[str, Facet]:
    """The keys as a field to group by, and what is under them as one field each."""
    held = tuple((key, max(f.profile.present for f in own)) for key, own in keyed.keys.items())
    names = FieldProfile(keyed.each, total, {"text": total}, False, len(held), held, True)
    found = {keyed.each: replace(keyed.called, profile=names)}
    for facet in (facet for own in keyed.keys.values() for facet in own):
        path = f"{keyed.each}.{facet.path.rpartition('.')[2]}"
        if path not in found:
            found[path] = replace(facet, profile=FieldProfile(path, total, {"number": total}), above=())
    return found
