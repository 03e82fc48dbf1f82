"""What the text index takes for a word, of passages and of questions alike.

Four views of one text:
- `words`: every run of letters and digits, folded, not stemmed: also the parts of `SEPA_OUT_CIB`.
- `names`: identifiers whole (`sepa_out_cib`, `opt/vigie/x.sh` and `x.sh`), and the parts that no punctuation shows
  (`MyFlow2` gives `my`, `flow`, `2`).
- `fr`: French stems without French stop words and elisions. Folded before stemming, so that `echouees` and `échouées`
  meet; stemmed twice, since the stemmer leaves endings that it knows only with their accent (`dure`, `echoue`).
- `en`: English stems without English stop words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

LONGEST_WORD = 100  # characters: longer runs are base 64 and the like, nobody types them
_RUN = r"[\p{L}\p{N}\p{M}]+"
# From the apostrophe back, which is rarer than its letters: looking for these takes six times as long.
_ELISION = re.compile(
    r"['’ʼ](?=\w)(?:(?<=\b([ldjmtsnc]).)|(?<=\b(qu).)|(?<=\b(jusqu).)|(?<=\b(lorsqu|puisqu|quoiqu).))", re.IGNORECASE
)
_RUNS = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"(?<![^\W_])[^\W_]++(?:[_.\-/\\:@$#]+[^\W_]++)++")
_SEGMENT = re.compile(r"[^/\\:@]+")
_PART = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_MARK = re.compile("[\u0300-\u036f]+")
_CAMEL = re.compile(r"(?=[A-Z])(?<=[^\W\d_A-Z])")
_KNOWN_PARTS = 20_000  # of so many words the parts are kept: a text says the same ones again and again


def storable(text: str) -> str:
    """As UTF-8 can hold it: lone surrogates become `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clean(text: str) -> str:
    """Storable, one form per character (NFKC). The functions below take it so."""
    return unicodedata.normalize("NFKC", storable(text))


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    spelled = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")  # `translate` is far slower
    return _MARK.sub("", unicodedata.normalize("NFD", spelled))


def normal(text: str) -> str:
    """The form in which a whole title or identifier is compared: folded words between single spaces."""
    return " ".join(runs(fold(text)))


def prose(text: str) -> str:
    """What the French and English analyzers read, elisions off and camelCase opened."""
    return _CAMEL.sub(" ", _without_elisions(text))


def _without_elisions(text: str) -> str:
    kept, done = [], 0
    for found in _ELISION.finditer(text):
        kept.append(text[done : found.start(found.lastindex or 0)])
        done = found.end()
    return " ".join([*kept, text[done:]])


def wholes(folded: str) -> Iterator[str]:
    """Of folded text: runs joined by punctuation, and of paths and addresses also their segments."""
    for whole in _COMPOUND.findall(folded):
        yield whole
        segments = _SEGMENT.findall(whole)
        if len(segments) > 1:
            yield from (segment for segment in segments if _COMPOUND.fullmatch(segment))


def is_name(whole: str) -> bool:
    """Is a compound an identifier for sure? Those of letters and hyphens alone may be words (`peut-il`)."""
    return not whole.replace("-", "").isalpha()


@lru_cache(_KNOWN_PARTS)
def parts(run: str) -> tuple[str, ...]:
    """Of one run of letters and digits, case kept: its pieces by case and by digits; none when it is of one piece."""
    if run.isalpha() and (run[1:].islower() or run.isupper()):
        return ()
    found = _PART.findall(run)
    return tuple(fold(part) for part in found) if len(found) > 1 else ()


def runs(text: str) -> list[str]:
    """Runs of letters and digits, as they are written, elisions off."""
    return _RUNS.findall(_without_elisions(text))


def names(text: str, folded: str) -> Iterator[str]:
    """The `names` view of a text, given also as `fold` makes it; with repetitions."""
    yield from wholes(folded)
    for run in runs(text):
        yield from parts(run)


@cache
def analyzers() -> dict[str, TextAnalyzer]:
    """By view: `words` and `names` take what stands between spaces as it is."""
    between_spaces = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(LONGEST_WORD)).build()
    return {
        "words": between_spaces,
        "names": between_spaces,
        "fr": _language("french", passes=2),
        "en": _language("english", passes=1),
    }


def _language(name: str, passes: int) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_RUN)).filter(Filter.remove_long(LONGEST_WORD))
    builder = builder.filter(Filter.lowercase()).filter(Filter.stopword(name)).filter(Filter.ascii_fold())
    for _ in range(passes):
        builder = builder.filter(Filter.stemmer(name))
    return builder.build()


def stems(language: str, word: str) -> list[str]:
    """Of one word (`fr` or `en`): usually one; none of a stop word."""
    found: list[str] = analyzers()[language].analyze(word)
    return found


def telling(words: list[str]) -> list[str]:
    """The words without the stop words of the question's language, which is the one with more of them, two at least.

    With fewer nothing tells (`car` is French and English): rare words outweigh them anyway. All of them stay when
    nothing else would.
    """
    stops = {language: {word for word in words if not stems(language, word)} for language in ("fr", "en")}
    language = max(stops, key=lambda one: len(stops[one]))
    if len(stops[language]) < 2 or len(stops["fr"]) == len(stops["en"]):
        return words
    return [word for word in words if word not in stops[language]] or words
