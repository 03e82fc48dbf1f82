"""Values of a collection by the words they are made of, for words of questions to be joined with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import same_values
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.polarity import polarity_of
from vigie.ask.planner.tokens import alike_start, key, parts, root, stem
from vigie.ask.planner.unlisted import as_stored, looks, ways_of_writing
from vigie.ask.words import fold
from vigie.plan import Scalar

_HTTP_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
LONGEST_VALUE = 8  # words; longer texts are messages, searched by their words only
LONGEST_GRAM = 7
LONGEST_COMPOUND = 3  # words of values that are told word by word: ACCOUNT_LOCKED


@dataclass(frozen=True, slots=True)
class ValueRef:
    """One value at one path, in how many records."""

    path: str
    value: Scalar
    count: int


@dataclass(frozen=True, slots=True)
class Gram:
    """Some words of a question in the forms that values are looked up by; made once for all collections."""

    key: str
    joined: str | None
    stems: str | None
    same: tuple[str, ...]


def gram(words: Sequence[str]) -> Gram:
    """Of folded words that stand one after the other."""
    joined, whole = "".join(words), key(words)
    loose = " ".join(stem(w) for w in words) if len(joined) >= 5 else None
    joinable = len(joined) >= 5 and (len(words) == 1 or all(len(w) > 1 for w in words))
    same = {*same_values(whole), *(same_values(loose) if loose else ())}
    return Gram(whole, root(joined) if joinable else None, loose, tuple(sorted(same)))


@dataclass
class ValueIndex:
    """All by key: whole values; values without their joints; values by stem; values by each word inside them."""

    whole: dict[str, list[ValueRef]] = field(default_factory=dict)
    joined: dict[str, list[ValueRef]] = field(default_factory=dict)
    stems: dict[str, list[ValueRef]] = field(default_factory=dict)
    inside: dict[str, dict[str, list[ValueRef]]] = field(default_factory=dict)  # word -> path -> values
    compounds: dict[str, list[ValueRef]] = field(default_factory=dict)  # stem of a word -> short values that hold it
    unlisted: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)  # how more values look -> (path, way)

    def exact(self, gram: Gram) -> list[ValueRef]:
        """Values that are these words, singulars and joints aside."""
        found = self.whole.get(gram.key)
        if found is not None:
            return found
        # "microonde" for micro-onde; not "in put" for INPUT cut in two by chance.
        return self.joined.get(gram.joined, []) if gram.joined else []

    def alike(self, gram: Gram) -> list[ValueRef]:
        """Values that mean the same in the other language or in short, then values of the same stems."""
        found = [ref for other in gram.same for ref in self.whole.get(other, ())]
        if found:
            return _nearest(found, gram.key)
        return self.stems.get(gram.stems, []) if gram.stems else []

    def more(self, said: str) -> list[ValueRef]:
        """What may be a value of a field that has more than are listed here, by how it is written."""
        ways = self.unlisted.get(looks(said).casefold(), ()) if self.unlisted else ()
        return [ValueRef(path, as_stored(said, way), 1) for path, way in ways]

    def translated(self, word: str) -> list[ValueRef]:
        """Values of one word that a word of the other language stands for: "verrouillés" of LOCKED."""
        kin = (ref for other in sorted(kin_of(word)) for ref in self.stems.get(other, ()))
        refs = [ref for ref in kin if ref.value not in _HTTP_METHODS]  # "écritures" are postings, and no POST
        return _nearest(refs, word)

    def holding(self, word: str) -> list[ValueRef]:
        """Values of two or three words that hold this one, in either language."""
        refs = (ref for form in sorted(equals(word)) for ref in self.compounds.get(form, ()))
        return list({(ref.path, ref.value): ref for ref in refs}.values())

    def containing(self, words: Sequence[str]) -> dict[str, list[ValueRef]]:
        """path -> values that hold these words one after the other among others."""
        wanted = tuple(root(w) for w in words)
        indexed = [self.inside.get(word, {}) for word in wanted if len(word) > 1 and not word.isdigit()]
        if wanted[0] not in self.inside:
            return {}
        found: dict[str, list[ValueRef]] = {}
        for path in self.inside[wanted[0]]:
            if not all(path in one for one in indexed):
                continue
            refs = min((one[path] for one in indexed), key=len)  # the rarest word's
            kept = [ref for ref in refs if len(wanted) == 1 or _holds(ref.value, wanted)]
            if kept:
                found[path] = kept
        return found


def _nearest(refs: list[ValueRef], word: str) -> list[ValueRef]:
    """ "access" of ACCÈS, beside what else it may be called."""
    near = [ref for ref in refs if alike_start(fold(str(ref.value)), word) >= _NEAR]
    return near or refs


_NEAR = 5  # letters that a word and its other language begin with


def is_written(word: str, indexes: Iterable[ValueIndex]) -> bool:
    """Is a value of any of them this word, in the very same letters?"""
    wanted = gram([fold(word)])
    return any(ref.value == word for index in indexes for ref in index.exact(wanted))


def index_values(facets: Mapping[str, Facet], total: int) -> ValueIndex:
    """Of all texts that name something; values of prose are indexed by their words only."""
    index = ValueIndex(unlisted=ways_of_writing(facets.values(), total))
    for facet in facets.values():
        if not facet.text or facet.long:
            continue  # words of prose are looked up when they are asked for
        for value, count in facet.profile.values:
            if isinstance(value, str):
                _add(index, ValueRef(facet.path, value, count), kinds=not facet.unique(total))
    return index


def _add(index: ValueIndex, ref: ValueRef, *, kinds: bool) -> None:
    """`kinds`: do the values of its field say of what kind records are, rather than which one each is?"""
    words = parts(str(ref.value))
    if not words:
        return
    if len(words) <= LONGEST_VALUE:
        index.whole.setdefault(key(words), []).append(ref)
        index.joined.setdefault(root("".join(words)), []).append(ref)
        index.stems.setdefault(" ".join(stem(w) for w in words), []).append(ref)
    if kinds and len(words) == 1:
        code = str(ref.value).isupper() and len(words[0]) <= _CODE
        for full in spelled(tuple(words)):
            if full.startswith(words[0]) or (code and full[0] == words[0][0]):
                # "réorganisations" of REORG, "retenus" of HLD: held
                index.stems.setdefault(stem(full), []).append(ref)
    if kinds and 1 < len(words) <= LONGEST_COMPOUND and not any(ch.isdigit() for ch in str(ref.value)):
        for said in {form for word in words for form in forms(word)}:
            index.compounds.setdefault(said, []).append(ref)
    if len(words) > 1:
        for word in {root(w) for w in words}:
            if len(word) > 1 and not word.isdigit():
                index.inside.setdefault(word, {}).setdefault(ref.path, []).append(ref)


_CODE = 4  # letters of a code at most


@lru_cache(maxsize=65_536)
def forms(part: str) -> frozenset[str]:
    """Stems of a word of a value, and of what it is short for: ACCT of account."""
    return frozenset(map(stem, (part, *spelled((part,)))))


@lru_cache(maxsize=65_536)
def equals(word: str) -> frozenset[str]:
    """Stems that a word of a question may stand for: itself, its other language, what means the same."""
    same = (other for other in same_values(key([word])) if " " not in other)
    return frozenset((stem(word), *kin_of(word), *map(stem, same)))


@lru_cache(maxsize=65_536)
def _roots(value: str) -> tuple[str, ...]:
    return tuple(root(word) for word in parts(value))


def _holds(value: Scalar, wanted: tuple[str, ...]) -> bool:
    found, n = _roots(str(value)), len(wanted)
    return any(found[i : i + n] == wanted for i in range(len(found) - n + 1))


def timely(refs: Sequence[ValueRef], said: Sequence[str]) -> list[ValueRef]:
    """ "expirés" are CERT_EXPIRED, not CERT_EXPIRING; "expiring", "expirent" the other way round."""
    if not refs:
        return []
    if any(word.endswith(PARTICIPLES) for word in said):  # "traité" is not EN_TRAITEMENT
        refs = [ref for ref in refs if not (str(ref.value)[:2].lower() == "en" and polarity_of(ref.value) == "running")]
    going = [ref for ref in refs if any(part.endswith("ing") for part in parts(str(ref.value)))]
    done = [ref for ref in refs if ref not in going]
    if any(word.endswith(_GOING) for word in said):
        return going or done
    return done if done or any(word.endswith(PARTICIPLES) for word in said) else going


_GOING = ("ing", "ant", "ants", "ante", "antes", "ent", "era", "eront")
