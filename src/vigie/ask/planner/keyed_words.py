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
                return known.under(keyed, key), held
    return None


def _called_at(keyed: Keyed, grams: Grams, end: int) -> int:
    """Where the word for such a key begins that ends there ("la policy | ORA_DAILY"); the end itself without."""
    i = end
    while i > 0 and grams.norms[i - 1] in _SMALL:
        i -= 1
    named = i > 0 and stem(grams.norms[i - 1]) in keyed.called.stems | keyed.called.kin
    return i - 1 if named else end
