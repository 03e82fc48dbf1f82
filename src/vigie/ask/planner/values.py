"""Values of a collection by the words they are made of, for words of questions to be joined with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vigie.ask.planner.concepts import same_values
from vigie.ask.planner.roles import Facet
from vigie.ask.planner.tokens import key, parts, root, stem
from vigie.plan import Scalar

LONGEST_VALUE = 8  # words; longer texts are messages, searched by their words only
LONGEST_GRAM = 7


@dataclass(frozen=True, slots=True)
class ValueRef:
    """One value at one path, in how many records."""

    path: str
    value: Scalar
    count: int


@dataclass
class ValueIndex:
    """All by key: whole values; values without their joints; values by stem; values by each word inside them."""

    whole: dict[str, list[ValueRef]] = field(default_factory=lambda: defaultdict(list))
    joined: dict[str, list[ValueRef]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[str, list[ValueRef]] = field(default_factory=lambda: defaultdict(list))
    inside: dict[str, dict[str, list[ValueRef]]] = field(default_factory=dict)  # word -> path -> values

    def exact(self, words: Sequence[str]) -> list[ValueRef]:
        """Values that are these folded words, singulars and joints aside."""
        k = key(words)
        if (found := self.whole.get(k)) is not None:
            return found
        joined = "".join(words)
        # "microonde" for micro-onde; not "in put" for INPUT cut in two by chance: three letters a piece at least.
        if len(joined) >= 5 and (len(words) == 1 or all(len(w) > 1 for w in words)):
            return self.joined.get(root(joined)) or self.joined.get(joined) or []
        return []

    def alike(self, words: Sequence[str]) -> list[ValueRef]:
        """Values that mean the same in the other language or in short, then values of the same stems."""
        for other in sorted(same_values(key(words))):
            if (found := self.whole.get(other)) is not None:
                return found
        if sum(map(len, words)) >= 5:
            found = self.stems.get(" ".join(stem(w) for w in words))
            if found:
                return found
            for other in sorted(same_values(" ".join(stem(w) for w in words))):
                if (found := self.whole.get(other)) is not None:
                    return found
        return []

    def containing(self, words: Sequence[str]) -> dict[str, list[ValueRef]]:
        """path -> values that hold these words one after the other among others."""
        first, *rest = (root(w) for w in words)
        found: dict[str, list[ValueRef]] = {}
        for path, refs in self.inside.get(first, {}).items():
            kept = [ref for ref in refs if not rest or _holds(parts(str(ref.value)), [first, *rest])]
            if kept:
                found[path] = kept
        return found


def index_values(facets: Mapping[str, Facet], total: int) -> ValueIndex:
    """Of all texts that name something; values of prose are indexed by their words only."""
    index = ValueIndex()
    for facet in facets.values():
        if not facet.text:
            continue
        for value, count in facet.profile.values:
            if isinstance(value, str):
                _add(index, ValueRef(facet.path, value, count), facet.long)
    return index


def _add(index: ValueIndex, ref: ValueRef, long: bool) -> None:
    words = parts(str(ref.value))
    if not words:
        return
    if len(words) <= LONGEST_VALUE:
        index.whole[key(words)].append(ref)
        if not long:
            index.joined["".join(root(w) for w in words)].append(ref)
            index.stems[" ".join(stem(w) for w in words)].append(ref)
    if not long and len(words) > 1:
        for word in {root(w) for w in words}:
            if len(word) > 1 and not word.isdigit():
                index.inside.setdefault(word, {}).setdefault(ref.path, []).append(ref)


def _holds(words: Iterable[str], wanted: list[str]) -> bool:
    found = [root(w) for w in words]
    n = len(wanted)
    return any(found[i : i + n] == wanted for i in range(len(found) - n + 1))
