"""Evidence as the answer shows it: citations that were used, contexts that were given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from vigie.ask.evidence import Evidence
from vigie.ask.words import stem, terms, words
from vigie.types import Citation, Context, Passage

QUOTE_LENGTH = 300  # characters

_FENCED = re.compile(r"^([`~]{3,})[^\n]*\n.*?(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_CITED = re.compile(r"(?<!\\)\[(\d+)\]")


def used(text: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those whose `[n]` stands in the text, by number. Brackets in code (`rows[1]`) cite nothing."""
    prose = _INLINE.sub("", _FENCED.sub("", text))
    numbers = {int(n) for n in _CITED.findall(prose) if len(n) < 5}
    return [part for part in evidence if part.n in numbers]


def citations(evidence: Iterable[Evidence], query: str) -> list[Citation]:
    """With the line of each passage that answers the query best as its quote."""
    wanted = set(terms(query))
    return [
        Citation(
            n=part.n,
            source=part.passage.ref.kind,
            document_id=part.passage.chunk.document_id,
            title=part.passage.title,
            url=part.passage.url,
            locator=locator(part.passage),
            quote=_quote(part.passage.chunk.text, wanted),
        )
        for part in evidence
    ]


def contexts(evidence: Iterable[Evidence]) -> list[Context]:
    return [
        Context(
            id=part.passage.chunk_id,
            content=part.text,
            metadata={
                "n": part.n,
                "source": part.passage.ref.kind,
                "collection": part.passage.ref.name,
                "document_id": part.passage.chunk.document_id,
                "native_id": part.passage.native_id,
                "title": part.passage.title,
                "locator": locator(part.passage),
                "url": part.passage.url,
            },
            score=part.score,
        )
        for part in evidence
    ]


def locator(passage: Passage) -> str:
    """Heading path, lines of a file, or the latest run of a signature."""
    if passage.stats is not None and passage.stats.latest_ids:
        return f"{passage.ref.name}/{passage.stats.latest_ids[0]}"
    return passage.chunk.locator


def quote(text: str, query: str) -> str:
    """The line of a text that answers the query best, of at most 300 characters."""
    return _quote(text, set(terms(query)))


def _quote(text: str, wanted: set[str]) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    best = max(lines, key=lambda line: len(wanted & {stem(word) for word in words(line)}))
    return best if len(best) <= QUOTE_LENGTH else best[: QUOTE_LENGTH - 1] + "…"
