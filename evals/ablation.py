"""What each part adds: other ways to fuse the two lists, and other ways to cut documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from langchain_text_splitters import RecursiveCharacterTextSplitter

from vigie.ask.fuse import fuse
from vigie.ask.metrics import summary
from vigie.ask.retrieve import DENSE_CANDIDATES, LEXICAL_CANDIDATES
from vigie.ask.trust import Trust
from vigie.chunk.code import chunk_code
from vigie.chunk.sizes import Measure, Meter, Span, cut, finish
from vigie.chunk.text import PROSE, chunk_text
from vigie.cli.evaluate import Searcher
from vigie.cli.judged_set import Query
from vigie.sync.prepare import Chunker
from vigie.types import Chunk, Document

RRF = 60  # Cormack, Clarke, Buettcher 2009
SHARES = (0.35, 0.5, 0.65)
Ranked = Sequence[tuple[str, float]]

# ------------------------------------------------------------------ fusing


def fusions(
    queries: Sequence[Query], judged: Mapping[str, Mapping[str, int]], searcher: Searcher
) -> dict[str, dict[str, float]]:
    """nDCG@10 and hit@5 of each fusion over the same two lists of chunks, documents by their best one."""
    trust, embedder = Trust(), searcher.embedder
    found: dict[str, list[list[str]]] = {}
    for query in queries:
        lexical = searcher.text.search(query.text, LEXICAL_CANDIDATES)
        dense = searcher.vectors.query(searcher.ref.collection, embedder.embed_query(query.text), DENSE_CANDIDATES)
        ways = {"words alone": lexical, "vectors alone": dense, f"reciprocal ranks ({RRF})": _by_rank(lexical, dense)}
        floor = 0.0 if len(lexical) < LEXICAL_CANDIDATES else None
        for share in SHARES:
            ways[f"scores, {share:.0%} vectors"] = fuse(dict(lexical), [dict(dense)], share, floor)
        own = trust.weight(query.text, embedder)
        ways["scores, share by language"] = fuse(dict(lexical), [dict(dense)], own, floor)
        for name, ranked in ways.items():
            found.setdefault(name, []).append(searcher.documents([chunk for chunk, _ in ranked]))
        found.setdefault("as a question is answered", []).append(searcher.fused(query.text))
    gains = [judged[query.id] for query in queries]
    return {name: _short(summary(ranked, gains)) for name, ranked in found.items()}


def _by_rank(*lists: Ranked) -> Ranked:
    scores: dict[str, float] = {}
    for ranked in lists:
        for place, (chunk, _) in enumerate(ranked, 1):
            scores[chunk] = scores.get(chunk, 0.0) + 1 / (RRF + place)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _short(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: figures[name] for name in ("ndcg@10", "hit@5")}


# ------------------------------------------------------------------ cutting


def without_context(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """The product's chunks, embedded and searched without what stands above them."""
    return [replace(one, context="") for one in chunk_text(document, measure, max_tokens, overlap)]


def windows(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """Of the model's length, at sentences, whatever the headings say; the title above each."""
    meter = Meter(measure, max_tokens)
    context, room = meter.context(document.title)
    slices = cut(meter, document.text, 0, len(document.text), room, overlap, PROSE)
    return finish(document, [Span(start, end, context) for start, end in slices], meter)


def characters_800(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """The plain recipe's: LangChain's recursive splitter, 800 characters, 100 of them again, no title."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=800, chunk_overlap=100, add_start_index=True)
    pieces = splitter.create_documents([document.text])
    return _plain(document, ((one.metadata["start_index"], len(one.page_content)) for one in pieces))


def whole(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """One chunk: words are searched in all of it, the model reads its beginning."""
    return _plain(document, [(0, len(document.text))] if document.text.strip() else [])


def _plain(document: Document, pieces: Iterable[tuple[int, int]]) -> list[Chunk]:
    seen: dict[str, int] = {}
    chunks = []
    for start, length in pieces:
        text = document.text[start : start + length]
        again = seen[text] = seen.get(text, -1) + 1
        chunks.append(Chunk(document.id, text, start, start + length, document.title, occurrence=again))
    return chunks


CHUNKERS: Mapping[str, Chunker] = {
    "headings, title above": chunk_text,
    "headings, nothing above": without_context,
    "windows, title above": windows,
    "800 characters": characters_800,
    "whole document": whole,
}
CODE_CHUNKERS = {**CHUNKERS, "definitions": chunk_code}
