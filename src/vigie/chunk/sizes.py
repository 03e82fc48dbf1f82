"""Sizes in the model's own tokens, and the last word on them: what leaves `finish` fits.

Tokens of a whole are close to the sum of its parts' but not always equal, so the chunkers plan with sums (each text is
measured once, in batches) and `finish` measures what will really be embedded and halves what is still too long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vigie.text import without_surrogates
from vigie.types import Chunk, Document

Measure = Callable[[Sequence[str]], list[int]]

# WordPiece reads a word of more than 100 letters as one [UNK] and blanks as nothing: without a limit in characters a
# megabyte of base64 or of spaces would be "one token". Prose has 4-5 characters a token, code seldom more than 10.
CHARS_PER_TOKEN = 16

_BREAKS = (re.compile(r"\n"), re.compile(r"[^\S\n]"))  # where to halve, best first


@dataclass(frozen=True, slots=True)
class Span:
    """A chunk to be: `text[start:end]` under a context. `breaks` are the offsets where it had better be halved."""

    start: int
    end: int
    context: str
    locator: str = ""
    symbol: str | None = None
    breaks: tuple[int, ...] = ()


class Meter:
    """`measure` with a memory, safe for any string. `limit` is what one chunk may take, context included."""

    def __init__(self, measure: Measure, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"a chunk needs room for at least one token, not {limit}")
        self.limit = limit
        self._measure = measure
        self._known: dict[str, int] = {}

    def sizes(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, the new ones measured in one call; of one that is far too long, just more than fit."""
        new: list[str] = []
        for text in dict.fromkeys(texts):
            if text not in self._known:
                if (least := len(text) // CHARS_PER_TOKEN) > self.limit:
                    self._known[text] = least
                else:
                    new.append(text)
        if new:
            counts = self._measure([without_surrogates(text) for text in new])
            for text, count in zip(new, counts, strict=True):
                self._known[text] = max(count, len(text) // CHARS_PER_TOKEN)
        return [self._known[text] for text in texts]

    def size(self, text: str) -> int:
        return self.sizes([text])[0]

    def context(self, full: str, keep: str = "start") -> tuple[str, int]:
        """A context cut to a quarter of the limit (at its end, or with keep="end" at its start), and what is left."""
        if not full:
            return "", self.limit
        budget = self.limit // 4
        if (cost := self.size(f"{full}\n")) <= budget:
            return full, self.limit - cost
        lengths = [n for n in (len(full) * step // 16 for step in range(15, 0, -1)) if n]
        cuts = [f"…{full[-n:]}" if keep == "end" else f"{full[:n]}…" for n in lengths]
        for shorter, cost in zip(cuts, self.sizes([f"{shorter}\n" for shorter in cuts]), strict=True):
            if cost <= budget:
                return shorter, self.limit - cost
        return "", self.limit


def cut(
    meter: Meter, text: str, start: int, end: int, room: int, overlap: int, separators: Sequence[str]
) -> list[tuple[int, int]]:
    """Slices of `text[start:end]` of at most `room` tokens, split at the first separator that is fine enough.

    `separators` are regular expressions without groups, each staying at the end of what it ends; neighbours share up
    to `overlap` tokens. The splitter gives strings: as they come in order and without a gap, each is the last
    occurrence that does not start after the end of the one before (in text that repeats itself it may then lie inside
    that one, and says nothing new).
    """
    # Here because importing it takes half a second, which no question has to wait for.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    levels = [*separators, r"[\s\S]{32}", r"[\s\S]{4}"]
    _measure_ahead(meter, text[start:end], levels, room)
    splitter = RecursiveCharacterTextSplitter(
        separators=[*levels, ""],
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=max(room, 1),
        chunk_overlap=min(overlap, max(room, 1) // 2),
        length_function=meter.size,
    )
    slices: list[tuple[int, int]] = []
    reached = start
    for piece in splitter.split_text(text[start:end]):
        at = text.rfind(piece, start, reached + len(piece))
        if at + len(piece) > reached:
            reached = at + len(piece)
            slices.append((max(at, slices[-1][0]) if slices else at, reached))
    return slices


def _measure_ahead(meter: Meter, text: str, levels: Sequence[str], room: int) -> None:
    """Size in a few large calls what the splitter is going to ask for piece by piece."""
    longer = [text]
    for level in levels:
        parts: list[str] = []
        for whole in longer:
            ends = [match.end() for match in re.finditer(level, whole)]
            parts += [whole[a:b] for a, b in pairwise((0, *ends, len(whole))) if a < b]
        longer = [part for part, size in zip(parts, meter.sizes(parts), strict=True) if size >= room]
    meter.sizes(sorted(set("".join(longer))))


def finish(document: Document, spans: Sequence[Span], meter: Meter) -> list[Chunk]:
    """Chunks of the spans, none blank, none too long, equal texts numbered. A single character is never cut."""
    text = document.text
    seen: Counter[str] = Counter()
    chunks: list[Chunk] = []
    for span in _fitted(text, spans, meter):
        piece = text[span.start : span.end]
        chunks.append(
            Chunk(
                document_id=document.id,
                text=piece,
                start=span.start,
                end=span.end,
                locator=span.locator,
                context=span.context,
                symbol=span.symbol,
                occurrence=seen[piece],
            )
        )
        seen[piece] += 1
    return chunks


def _fitted(text: str, spans: Sequence[Span], meter: Meter) -> list[Span]:
    fitting: list[Span] = []
    todo = list(spans)
    while todo:
        todo = [span for span in todo if not _blank(text, span)]
        sizes = meter.sizes([_embedded(text, span) for span in todo])
        longer: list[Span] = []
        for span, size in zip(todo, sizes, strict=True):
            if size <= meter.limit or span.end - span.start == 1:
                fitting.append(span)
            else:
                longer += _halves(text, span)
        todo = longer
    return sorted(fitting, key=lambda span: (span.start, span.end))


def _blank(text: str, span: Span) -> bool:
    piece = text[span.start : span.end]
    return not piece or piece.isspace()


def _embedded(text: str, span: Span) -> str:
    piece = text[span.start : span.end]
    return f"{span.context}\n{piece}" if span.context else piece


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    middle = (span.start + span.end) // 2
    at = min((b for b in span.breaks if span.start < b < span.end), key=lambda b: abs(b - middle), default=0)
    for pattern in _BREAKS:
        if not at:
            ends = (m.end() for m in pattern.finditer(text, span.start, span.end - 1))
            at = min(ends, key=lambda b: abs(b - middle), default=0)
    at = at or middle
    return replace(span, end=at), replace(span, start=at)
