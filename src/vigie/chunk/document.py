"""The one door: how a document is cut depends on where it comes from."""

from __future__ import annotations

from vigie.chunk.code import chunk_code
from vigie.chunk.sizes import Measure, Meter
from vigie.chunk.text import chunk_text, cut_prose
from vigie.types import Chunk, Document


def chunk_document(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """Chunks in the order of the text; none for a blank one. Never raises on any text.

    `measure` counts tokens (`Embedder.count_tokens`), `max_tokens` is what the model reads of one passage, at least 1.
    A record's signature is one chunk with its title as context, several only when the model cannot read it whole.
    """
    match document.ref.kind:
        case "confluence":
            return chunk_text(document, measure, max_tokens, overlap)
        case "code":
            return chunk_code(document, measure, max_tokens, overlap)
        case "records":
            return cut_prose(document, Meter(measure, max_tokens), document.title, overlap=0)
