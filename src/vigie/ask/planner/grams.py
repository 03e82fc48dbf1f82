"""A question's words one after the other: what can be looked up of them does not depend on a collection."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.cues import FILLER, tags_of
from vigie.ask.planner.tokens import Token
from vigie.ask.planner.values import LONGEST_GRAM, Gram, gram
from vigie.ask.when import Times
from vigie.ask.words import STOP

_LONGEST_PHRASE = 5
SMALL_STATES = frozenset({"ko", "nok", "down"})  # small words of the language that are values of a state


# Parts of a day that are values of a field as well: "evening files" of a `slot`.
SLOTS = frozenset("overnight night evening morning afternoon nuit soir matin".split())
# Words that tell a kind, where they describe a thing.
WHOLE = frozenset("complet complete complets completes entier entiere".split())

_PARTS = 3  # of a name with hyphens, at least


_ONE = frozenset("derniere dernieres last latest premiere first".split())


class Grams:
    """Made once per question and read with every collection. Words of times and durations are not free."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        times: Times,
        norms: Sequence[str] | None = None,
        taken: frozenset[int] = frozenset(),
    ) -> None:
        """`taken`: places of words that are read already."""
        self.text = text
        self._opens = "(" in text
        self.tokens = tokens
        self.times = times
        self.norms = list(norms) if norms is not None else [t.norm for t in tokens]
        spans = [w.at for w in times.ranges] + [v.at for v in times.vague] + [d.at for d in times.durations]
        self.timed = {n for n, t in enumerate(tokens) if any(t.at[0] < end and t.at[1] > start for start, end in spans)}
        self.taken = taken
        self.timed |= taken
        self.free = [n not in self.timed for n in range(len(tokens))]
        self._room = [0] * (len(tokens) + 1)  # free words from there on
        for n in range(len(tokens) - 1, -1, -1):
            self._room[n] = self._room[n + 1] + 1 if self.free[n] else 0
        self._values: dict[int, list[tuple[int, Gram]]] = {}
        self._phrases: dict[int, tuple[int, tuple[str, ...]]] = {}

    def respelled(self, i: int, norm: str) -> Grams:
        """The same with one word read otherwise."""
        return Grams(self.text, self.tokens, self.times, [*self.norms[:i], norm, *self.norms[i + 1 :]], self.taken)

    def without(self, taken: frozenset[int]) -> Grams:
        """The same with words that are read already."""
        return Grams(self.text, self.tokens, self.times, self.norms, taken)

    def words(self, i: int, n: int) -> list[str] | None:
        """The n words from there on, None where they are not free or end inside of an identifier."""
        if n > self._room[i]:
            return None
        end = i + n
        cut = end < len(self.tokens) and self.tokens[end].glued and self.free[end] and n < LONGEST_GRAM
        if cut and self.norms[end] != "%" and self.joint(end) != "/":
            return None
        return self.norms[i:end]

    def values(self, i: int) -> list[tuple[int, Gram]]:
        """(how many words, what to look up) of what may be a value there, the longest first."""
        found = self._values.get(i)
        if found is None:
            tries = ((n, self.words(i, n)) for n in range(LONGEST_GRAM, 1, -1))
            found = [(n, gram(words)) for n, words in tries if words is not None]
            if self._may_be_value(i) and (alone := self.words(i, 1)) is not None:
                found.append((1, gram(alone)))
            self._values[i] = found
        return found

    def phrase(self, i: int) -> tuple[int, tuple[str, ...]]:
        """(the end, the tags) of the longest cue that begins there."""
        found = self._phrases.get(i)
        if found is None:
            found = (i, ())
            for n in range(min(_LONGEST_PHRASE, self._room[i]), 0, -1):
                opened = self._opens and any("(" in self.joint(j) for j in range(i + 1, i + n))
                if not opened and (tags := tags_of(tuple(self.norms[i : i + n]))):
                    found = (i + n, tags)  # "pas terminées (en échec)" is no "terminées en échec"
                    break
            self._phrases[i] = found
        return found

    def said(self, first: int, last: int) -> str:
        """Those words as they were written."""
        return self.text[self.tokens[first].at[0] : self.tokens[last - 1].at[1]]

    def glued(self, i: int) -> int:
        """Where what is written without a space, such as ORA-00060, ends."""
        end = i + 1
        while end < len(self.tokens) and self.tokens[end].glued and self.free[end]:
            end += 1
        return end

    def identifier(self, i: int) -> int:
        """Where PAIE_IMPORT_0041, claims.motor.out end; the next place where none begins."""
        end = i + 1
        while end < len(self.tokens) and self.free[end] and self._in_one(end):
            end += 1
        if i and self._in_one(i):
            return i + 1
        return end if end > i + 1 else self._numbered_name(i)

    def _numbered_name(self, i: int) -> int:
        """Where srv-mail-01 ends: three parts and more, the last a number; the next place where none begins."""
        end = i + 1
        while end < len(self.tokens) and self.free[end] and self.tokens[end].glued and self.joint(end) == "-":
            end += 1
        begun = i and self.tokens[i].glued and self.joint(i) == "-"
        named = end - i >= _PARTS and self.norms[end - 1].isdigit() and self.norms[i].isalpha() and not begun
        return end if named else i + 1

    def _in_one(self, j: int) -> bool:
        """Is it joined to the word before as in PAIE_IMPORT, claims.motor.out; not as in 3.5?"""
        numbers = self.norms[j].isdigit() and self.norms[j - 1].isdigit()
        return self.tokens[j].glued and self.joint(j) in ("_", ".") and not numbers

    def joint(self, j: int) -> str:
        """What stands between a word and the one before."""
        return self.text[self.tokens[j - 1].at[1] : self.tokens[j].at[0]]

    def in_a_path(self, i: int) -> bool:
        """ "/orders"."""
        start = self.tokens[i].at[0]
        return start > 0 and self.text[start - 1] == "/"

    def _may_be_value(self, i: int) -> bool:
        token, norm = self.tokens[i], self.norms[i]
        if token.norm.isdigit():
            return False
        if token.shouted or norm in SMALL_STATES or norm in SLOTS or self.of_a_kind(i):
            return True
        if norm in FILLER and norm not in STOP and i and token.text[:1].isupper() and token.text[1:].islower():
            return True  # "les filtrages | Détail" of an entity called so
        return not (norm in STOP or norm in FILLER or len(norm) < 2)

    def of_a_kind(self, i: int) -> bool:
        """ "relevés de | compte" of a type COMPTE, though "compte" alone asks for nothing; "sauvegarde | complète"."""
        norm = self.norms[i]
        before = self.norms[i - 1] if i else ""
        if norm in WHOLE and before in _ONE:
            return True  # "dernière | complète"
        if norm in WHOLE and before and before not in STOP | FILLER and self.free[i - 1] and not tags_of((before,)):
            return True
        linked = i > 1 and self.norms[i - 1] in ("de", "d", "of") and not tags_of((self.norms[i - 2],))
        after = self.norms[i + 1] if i + 1 < len(self.norms) else ""
        # "how many stats operations"
        asked = i > 0 and "count" in self.phrase(i - 1)[1] and not (after in STOP or after in FILLER or not after)
        return (linked or asked) and len(norm) > 4 and norm not in STOP
