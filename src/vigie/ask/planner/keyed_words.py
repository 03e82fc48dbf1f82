"""A key that is data, said in a question: "les fichiers de la policy ORA_DAILY"."""

from __future__ import annotations

from vigie.ask.planner.comparing import Compared
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.keyed import Keyed
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.tokens import parts, stem

_SMALL = frozenset("la le les l de du des d the of for".split())


def of_a_key(grams: Grams, known: Knowledge) -> tuple[Knowledge, Compared] | None:
    """The collection as it is under the key that the question names, and that a record has to have it."""
    for keyed in known.keyed:
        for key, own in keyed.keys.items():
            words = tuple(parts(key))
            for i in range(len(grams.norms) - len(words) + 1):
                end = i + len(words)
                first = _called_at(keyed, grams, i)
                if tuple(grams.norms[i:end]) != words or not all(grams.free[first:end]):
                    continue
                if len(words) == 1 and first == i and not grams.tokens[i].shouted:
                    continue  # "rejets" is a word, where "file rejets" is a key
                said = grams.said(i, end)
                most = max(own, key=lambda facet: facet.profile.present)
                held = Compared(most.path, (Cond(most.path, "present", (), said),), frozenset(range(first, end)))
                return known.under(keyed.path, key), held
    return None


def by_keys(grams: Grams, known: Knowledge) -> Knowledge | None:
    """ "par file", "top 3 queues", "quelle policy", "la file avec le plus de ...": the collection with the keys as a
    field to group by."""
    for keyed in known.keyed:
        for i, norm in enumerate(grams.norms):
            if not grams.free[i] or stem(norm) not in keyed.called.stems | keyed.called.kin:
                continue
            before = {tag for n in range(max(0, i - _REACH), i) for tag in grams.phrase(n)[1]}
            after = {tag for n in range(i + 1, min(len(grams.norms), i + _REACH + 2)) for tag in grams.phrase(n)[1]}
            if (before & _ASKED or after & _RANKED) and not known.records.noun(norm):
                return known.by_key(keyed.path)
    return None


def things_of_a_key(grams: Grams) -> frozenset[int]:
    """Places of words for whatever is counted under a key: "rejected | items"."""
    return frozenset(i for i, norm in enumerate(grams.norms) if norm in THINGS)


THINGS = frozenset("item items element elements".split())
_ASKED = frozenset({"by", "list", "top", "every"})
_RANKED = frozenset({"most", "least"})
_REACH = 3  # words from what asks to the noun


def _called_at(keyed: Keyed, grams: Grams, end: int) -> int:
    """Where the word for such a key begins that ends there ("la policy | ORA_DAILY"); the end itself without."""
    i = end
    while i > 0 and grams.norms[i - 1] in _SMALL:
        i -= 1
    named = i > 0 and stem(grams.norms[i - 1]) in keyed.called.stems | keyed.called.kin
    return i - 1 if named else end
