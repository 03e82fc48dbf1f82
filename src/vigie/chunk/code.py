"""Source files, cut along their functions and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vigie.chunk.definitions import Definition, definitions, inside
from vigie.chunk.languages import GRAMMARS
from vigie.chunk.lines import Lines, cut_lines
from vigie.chunk.sizes import Measure, Meter, Span, finish
from vigie.types import Chunk, Document

# Generated or minified: no definition of use, and a grammar may take minutes over it.
_LONGEST_LINE = 5_000
_DEEPEST = 12  # definitions inside definitions; further in, lines
_SMALL = 24  # tokens between two definitions that do not make a chunk of their own


def chunk_code(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """Slices that cover everything but blanks, each with its context at most `max_tokens` tokens of `measure`.

    A definition that fits is one chunk, with its decorators and the comments directly above. A longer one gives a
    chunk for its own lines (header, fields) and its inner definitions; one without any is cut between statements.
    What stands between definitions is grouped by lines; a few tokens of it go with the definition before. Files
    without a known grammar are cut by lines, which alone are repeated, up to `overlap` tokens.

    `symbol` is the qualified name ("Client.send"), `locator` is "path#L10-L42", and the context is the path with
    what the chunk is inside of ("http/client.py class Client > async def send").
    """
    meter = Meter(measure, max_tokens)
    lines = Lines(document.text, meter)
    cutter = _Cutter(document, meter, lines)
    if not lines.texts:
        return []
    found: list[Definition] = []
    if max(map(len, lines.texts)) <= _LONGEST_LINE:
        found = definitions(document.text, document.language)
    if found or document.language in GRAMMARS:
        cutter.region(0, len(lines) - 1, found, (), 0)
    else:
        cutter.run(0, len(lines) - 1, (), max(overlap, 0))
    return [_located(chunk, document, lines) for chunk in finish(document, cutter.spans, meter)]


def _located(chunk: Chunk, document: Document, lines: Lines) -> Chunk:
    first, last = lines.number_at(chunk.start), lines.number_at(chunk.end - 1)
    return replace(chunk, locator=f"{document.native_id}#L{first}-L{last}", start_line=first, end_line=last)


class _Cutter:
    """Collects the spans of one file; `above` are the definitions a region is inside of, outermost first."""

    def __init__(self, document: Document, meter: Meter, lines: Lines) -> None:
        self.spans: list[Span] = []
        self._path = document.native_id
        self._grammar = GRAMMARS.get(document.language or "")
        self._meter = meter
        self._lines = lines

    def run(self, first: int, last: int, above: tuple[Definition, ...], overlap: int = 0) -> None:
        """Lines without a definition of their own."""
        while first <= last and self._lines.blank(first):
            first += 1
        while first <= last and self._lines.blank(last):
            last -= 1
        if first > last:
            return
        context, room = self._context(above)
        for start, end in cut_lines(self._lines, self._meter, first, last, room, overlap):
            self.spans.append(Span(start, end, context, symbol=_symbol(above)))

    def region(
        self, first: int, last: int, found: Sequence[Definition], above: tuple[Definition, ...], depth: int
    ) -> None:
        """Definitions and the lines between them."""
        at = first
        for index, definition in enumerate(found):
            self.run(at, definition.first - 1, above)
            following = found[index + 1].first if index + 1 < len(found) else None
            end = self._taken(definition, last if following is None else following - 1, following)
            self.definition(definition, end, above, depth)
            at = end + 1
        self.run(at, last, above)

    def definition(self, definition: Definition, last: int, above: tuple[Definition, ...], depth: int) -> None:
        lines, within = self._lines, (*above, definition)
        # A definition that is whole says its own signature; only its path and surroundings are added.
        context, room = self._context(above)
        if lines.size(definition.first, last) <= room:
            start, end = lines.offsets[definition.first], lines.offsets[last + 1]
            self.spans.append(Span(start, end, context, symbol=_symbol(within)))
            return
        found: list[Definition] = []
        if definition.node is not None and self._grammar is not None and depth < _DEEPEST:
            found = inside(definition.node, self._grammar)
        found = [inner for inner in found if definition.first < inner.first and inner.last <= last]
        if found:
            self.region(definition.first, last, found, within, depth + 1)
        else:
            self.run(definition.first, last, within)

    def _taken(self, definition: Definition, end: int, following: int | None) -> int:
        """The last line that goes with a definition, of the lines up to `end`, the one before the `following` one.

        Closing brackets always; anything else when it is short and leaves the definition whole, unless it opens the
        block that the following definition is in.
        """
        lines = self._lines
        while end > definition.last and lines.blank(end):
            end -= 1
        if end == definition.last:
            return end
        rest = "".join(lines.texts[definition.last + 1 : end + 1])
        if not any(character.isalnum() for character in rest):
            return end
        if following is not None and lines.indent(following) > lines.indent(end):
            return definition.last
        small = lines.size(definition.last + 1, end) <= min(_SMALL, self._meter.limit // 8)
        return end if small and lines.size(definition.first, end) <= self._meter.limit * 3 // 4 else definition.last

    def _context(self, above: tuple[Definition, ...]) -> tuple[str, int]:
        signatures = " > ".join(definition.signature for definition in above if definition.signature)
        return self._meter.context(f"{self._path} {signatures}" if signatures else self._path, keep="end")


def _symbol(above: tuple[Definition, ...]) -> str | None:
    return ".".join(definition.name for definition in above if definition.name) or None
