"""Is there evidence at all? Without any no model is called, and the answer is that nothing was found.

Four signals, each within 0 and 1 and none of them tied to the size of the corpus:

- `coverage`: the share of the question's words that the best passage holds, a word weighing by its rarity (the idf of
  BM25) and names, codes and numbers twice;
- `lexical`: BM25 of the best passage as a share of what the question's words could bring at most;
- `agreement`: 1 when words and vectors put the same document first, 1/n when one of them puts the other's at n;
- `cosine`: of the nearest passage. It counts only where the model knows the language of the question and of most that
  was found.

Strength is `(coverage + lexical) / 2 + 0.1 * agreement`, and `1.5 * (cosine - 0.3)` where it counts. Among more
passages more words meet by chance, and a model that does not know the language cannot tell: there the bar rises with
their number, and over thousands of passages a share of a question proves more where the question says more: half of
ten rare words is hardly chance, half of two is.

The bars were set on nine judged sets with all-MiniLM-L6-v2, so that at most 5 % of the answerable questions of any are
refused; `evals/` measures it: French passages 4.8 %, change requests over code 4.7 %, the others below 2 %. Of
questions asked to the wrong corpus 91 % are refused over French help sheets and 60 % over French passages. Strength
tells English turns that their documents answer from those they do not with an area under the ROC of .79, BM25 alone
.70.
Open: above 1,000 passages, French questions in other words than the page's. Users' own over 4,900 passages were refused
by 13 %, those of French passages mixed with help sheets by 18 % (with a bar of .6, before: 21 % and 28 %); at .35 it
would be 5 %, and 79 % of the wrong ones over help sheets.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from vigie.ask.words import STOP, fold, stem
from vigie.types import Passage

AGREEMENT = 0.1
# (share, range in which it tells, middle), for models that know the question's language and for those that do not: a
# model made for English finds all French texts near each other.
KNOWN_COSINE = (1.5, (0.1, 0.8), 0.3)
FOREIGN_COSINE = (0.8, (0.4, 0.7), 0.5)
BAR = 0.26
CODE_BAR = 0.25  # of change requests over 110 files 4.7 % are refused, 5.3 % with the bar of pages
# (passages, bar), between them by the logarithm of their number. Bars at which 4.5 % of the answerable questions are
# refused: a FAQ of 49 passages, in other words than theirs, .14; samples of French passages, 102 .23, 289 .31,
# 887 .34. One bar for all refused 13 % over 72. The last one is that at which 90 % of the questions asked to the wrong
# corpus are refused over 4,200 passages of help sheets.
FOREIGN_BARS = ((70, 0.16), (120, 0.215), (1_000, 0.344), (4_000, 0.44))
NAME_WEIGHT = 2.0
# Questions of the weight of so many words of the rarest kind (half as much again for names) count their shares as they
# are, others by a power of their weight: none up to 1,000 passages, where it does not help, the root from 4,000 on,
# where of questions asked to the wrong help sheets 98 % are told at 5 % answerable refused, 95 % without.
USUAL_WORDS = 4.0
MOST_TELLING = 1.5  # a page of text is no better than a long question
NAME_TOLD = 1.5
TELLING_POWERS = ((1_000, 0.0), (4_000, 0.5))
BM25_LIMIT = 2.2  # k1 + 1, what one word can bring at most for each unit of its idf
BEST = 10  # passages by words that are looked at, beside the hits

_PART = re.compile(r"[^\W_]+")
_OPENING = re.compile(r"(?:^|[.?!:])[\s«»\"'’(\-¿¡]*$")


@dataclass(frozen=True, slots=True)
class Signals:
    """`cosine` is None without vectors; `known`: the model knows the question's language; `passages`: in the index;
    `read`: the model knows the language of what was found."""

    coverage: float
    lexical: float
    agreement: float
    cosine: float | None
    known: bool
    passages: int
    named: bool = False  # the question is the exact name of a hit
    read: bool = True
    code: bool = False  # only code was found
    telling: float = 1.0  # what a share of the question's words proves; `telling` makes it

    @property
    def strength(self) -> float:
        told = 1.0 if self.known else self.telling
        by_words = told * (self.coverage + self.lexical) / 2 + AGREEMENT * self.agreement
        if self.cosine is None:
            return by_words
        share, (low, high), middle = KNOWN_COSINE if self.known and self.read else FOREIGN_COSINE
        return by_words + share * (min(max(self.cosine, low), high) - middle)

    @property
    def bar(self) -> float:
        if self.known:
            return CODE_BAR if self.code else BAR
        return _between(FOREIGN_BARS, self.passages)


def _between(points: Sequence[tuple[int, float]], passages: int) -> float:
    """What holds for so many passages; before the first point and after the last one theirs."""
    for (few, low), (many, high) in pairwise(points):
        if passages < many:
            return low + (high - low) * max(log(max(passages, 1) / few), 0.0) / log(many / few)
    return points[-1][1]


def has_evidence(signals: Signals | None, hits: Collection[object]) -> bool:
    """True when what was found speaks of the question; False without hits."""
    return bool(hits) and signals is not None and (signals.named or signals.strength >= signals.bar)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question that carries meaning, as typed, and its stem."""

    typed: str
    stem: str
    name: bool


def content_words(text: str) -> list[Word]:
    """Parts of identifiers apart; each stem once. A name has a capital inside a sentence, only capitals, or a digit."""
    found: dict[str, Word] = {}
    for match in _PART.finditer(text):
        typed = match.group()
        folded = fold(typed)
        if folded in STOP or (len(folded) == 1 and not folded.isdigit()):
            continue
        opening = _OPENING.search(text[: match.start()]) is not None
        name = any(char.isdigit() for char in typed) or (typed[0].isupper() and not opening)
        word = Word(typed, stem(folded), name or (len(typed) > 1 and typed.isupper()))
        if word.stem not in found or word.name:
            found[word.stem] = word
    return list(found.values())


def rarity(frequency: int, passages: int) -> float:
    """The idf of BM25 (Robertson, Zaragoza 2009, in Lucene's form, never negative)."""
    held = min(frequency, passages)
    return log(1 + (passages - held + 0.5) / (held + 0.5))


def telling(words: Sequence[Word], weights: Sequence[float], passages: int) -> float:
    """What a share of these words proves, 1 for a usual question, at most `MOST_TELLING`."""
    told: float = sum(weight * (NAME_TOLD if word.name else 1.0) for word, weight in zip(words, weights, strict=True))
    power = _between(TELLING_POWERS, passages)
    found: float = (told / (USUAL_WORDS * log(max(passages, 2)))) ** power
    return min(found, MOST_TELLING)


def coverage(words: Sequence[Word], weights: Sequence[float], passages: Iterable[Passage]) -> float:
    """The largest share of the words' weight that one passage holds, title included."""
    shares = [weight * (NAME_WEIGHT if word.name else 1.0) for word, weight in zip(words, weights, strict=True)]
    total = sum(shares)
    if not total:
        return 0.0
    best = 0.0
    stems = tuple(word.stem for word in words)
    for passage in passages:
        text = fold(f"{passage.title}\n{passage.native_id}\n{passage.chunk.embedded_text}")
        # A word begins with its stem: most passages are told from the best without cutting them into words.
        if _share_of(text, stems, shares) > best:
            said = {stem(word) for word in _PART.findall(text) if word.startswith(stems)}
            best = max(best, _share_of(said, stems, shares))
    return best / total


def _share_of(said: Container[str], stems: Sequence[str], shares: Sequence[float]) -> float:
    return sum(share for one, share in zip(stems, shares, strict=True) if one in said)


def agreement(by_words: Sequence[str], by_vectors: Sequence[str]) -> float:
    """Of two rankings of documents, best first."""
    if not by_words or not by_vectors:
        return 0.0
    pairs = ((by_words[0], by_vectors), (by_vectors[0], by_words))
    return max((1 / (1 + other.index(first)) for first, other in pairs if first in other), default=0.0)
