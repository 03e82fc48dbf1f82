"""Pages, which are Markdown-like, cut along their headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vigie.chunk.lines import Lines, cut_lines
from vigie.chunk.sizes import Measure, Meter, Span, cut, finish
from vigie.types import Chunk, Document

_HEADING = re.compile(r"#{1,6}(?=[ \t\r\n]|\Z)")
_FENCE = re.compile(r"(`{3,})[^`]*\Z")
_PAGE = re.compile(r"p\. \d+")  # the heading over a page of a file
_MARKUP = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])|\[([^\]]*)\]\([^)]*\)|[*`]+")

# From coarse to fine; a separator stays at the end of what it ends.
PROSE = (
    r"\n[ \t\r]*\n\s*",  # paragraphs
    r"\n(?=(?:[-*+•]|\d{1,9}[.)])[ \t])",  # items of a list
    r"\n(?=[ \t]+(?:[-*+•]|\d{1,9}[.)])[ \t])",  # their items
    r"\n",
    r"[.!?…][\"'»”’)\]]*\s+",  # sentences
    r"[,;:][ \t]+",
    r"\s+",
)
_LOCATOR_LENGTH = 200
_HEADING_LENGTH = 500


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring lines of one sort, by index, the last one included."""

    sort: Literal["prose", "fence", "table"]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading with the text up to the next heading; `path` is empty before the first one."""

    path: tuple[str, ...]
    runs: tuple[_Run, ...]
    size: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    size: int


def chunk_text(document: Document, measure: Measure, max_tokens: int, overlap: int) -> list[Chunk]:
    """Slices that cover everything but blanks, each with its context at most `max_tokens` tokens of `measure`.

    A heading begins a chunk. Sections under a quarter of `max_tokens` join a neighbour under the same parent heading:
    their locator is the first one's path, then the other headings ("Reprise > Arrêt · Contrôle"); what stands before
    the first heading has the page's title. Pages of a file ("p. 3") never join: their numbers are cited. A fenced block
    that fits is never cut, a longer one is cut between lines, a table between rows, prose between paragraphs, items,
    sentences, words. Only prose is repeated, up to `overlap`.
    """
    meter = Meter(measure, max_tokens)
    lines = Lines(document.text, meter)
    spans: list[Span] = []
    sections = _sections(lines)
    meter.sizes([f"{_context(document.title, [section])}\n" for section in sections])  # in one call
    for group in _groups(sections, document.title, meter):
        spans += _spans(group, document.title, lines, meter, max(overlap, 0))
    return finish(document, spans, meter)


def cut_prose(document: Document, meter: Meter, context: str, overlap: int) -> list[Chunk]:
    """The whole text as one chunk, as several only when it is too long."""
    context, room = meter.context(context)
    whole = [(0, len(document.text))]
    if meter.size(document.text) > room:
        whole = cut(meter, document.text, 0, len(document.text), room, overlap, PROSE)
    return finish(document, [Span(start, end, context) for start, end in whole], meter)


# ------------------------------------------------------------------ reading


def _sections(lines: Lines) -> list[_Section]:
    outlines: list[tuple[tuple[str, ...], list[_Run]]] = [((), [])]
    path: list[tuple[int, str]] = []
    for run, heading in _runs(lines):
        if heading:
            level = heading.end()
            path = [(above, name) for above, name in path if above < level] + [(level, _name(heading))]
            outlines.append((tuple(name for _, name in path if name), []))
        runs = outlines[-1][1]
        if runs and runs[-1].sort == run.sort == "prose":
            run = _Run("prose", runs.pop().first, run.last)
        runs.append(run)
    return [_Section(path_, tuple(runs), lines.size(runs[0].first, runs[-1].last)) for path_, runs in outlines if runs]


def _runs(lines: Lines) -> list[tuple[_Run, re.Match[str] | None]]:
    """Every line in a run; those of prose one by one, with the match of a heading."""
    runs: list[tuple[_Run, re.Match[str] | None]] = []
    at = 0
    while at < len(lines):
        line = lines.texts[at]
        first = at
        if line.startswith("```") and (fence := _FENCE.match(line)):
            at = _fence_end(lines, at, len(fence[1]))
            runs.append((_Run("fence", first, at), None))
        elif line.startswith("|"):
            while at + 1 < len(lines) and lines.texts[at + 1].startswith("|"):
                at += 1
            runs.append((_Run("table", first, at), None))
        else:
            runs.append((_Run("prose", at, at), _HEADING.match(line) if line.startswith("#") else None))
        at += 1
    return runs


def _fence_end(lines: Lines, opened: int, ticks: int) -> int:
    """The line that closes the fence, else the last one (as in CommonMark)."""
    for at in range(opened + 1, len(lines)):
        line = lines.texts[at].rstrip()
        if len(line) >= ticks and not line.strip("`"):
            return at
    return len(lines) - 1


def _name(heading: re.Match[str]) -> str:
    """The words of a heading, without its closing hashes and its markup."""
    words = heading.string[heading.end() :].strip()
    open_ended = words.rstrip("#")
    if open_ended != words and (not open_ended or open_ended[-1].isspace()):
        words = open_ended
    return " ".join(_MARKUP.sub(lambda m: m[1] or m[2] or "", words[:_HEADING_LENGTH]).split())


# ------------------------------------------------------------------ grouping


def _groups(sections: Sequence[_Section], title: str, meter: Meter) -> list[list[_Section]]:
    small = meter.limit // 4
    groups: list[list[_Section]] = []
    size = 0
    for section in sections:
        if groups and min(size, section.size) < small and not _PAGE.fullmatch("".join(section.path)):
            group = groups[-1]
            parent = group[0].path[:-1]
            joined = [*group, section]
            fits = size + section.size <= meter.context(_context(title, joined))[1]
            if fits and section.path[: len(parent)] == parent:
                group.append(section)
                size += section.size
                continue
        groups.append([section])
        size = section.size
    return groups


def _context(title: str, group: Sequence[_Section]) -> str:
    """The title and the headings that stand above everything in the group."""
    path = group[0].path
    for section in group[1:]:
        same = 0
        while same < min(len(path), len(section.path)) and path[same] == section.path[same]:
            same += 1
        path = path[:same]
    if title and path[:1] != (title,):
        path = (title, *path)
    return " > ".join(path)


def _locator(title: str, group: Sequence[_Section]) -> str:
    first, *others = group
    names = [" > ".join(first.path) or title, *(section.path[-1] for section in others if section.path)]
    locator = " · ".join(dict.fromkeys(names))
    return locator if len(locator) <= _LOCATOR_LENGTH else locator[: _LOCATOR_LENGTH - 1] + "…"


# ------------------------------------------------------------------ cutting


def _spans(group: Sequence[_Section], title: str, lines: Lines, meter: Meter, overlap: int) -> list[Span]:
    context, room = meter.context(_context(title, group))
    locator = _locator(title, group)
    pieces: list[_Piece] = []
    for run in (run for section in group for run in section.runs):
        pieces += _pieces(run, lines, meter, room, overlap)
    spans: list[Span] = []
    for packed in _packed(pieces, room):
        breaks = tuple(piece.start for piece in packed[1:])
        spans.append(Span(packed[0].start, packed[-1].end, context, locator, breaks=breaks))
    return spans


def _pieces(run: _Run, lines: Lines, meter: Meter, room: int, overlap: int) -> list[_Piece]:
    start, end = lines.offsets[run.first], lines.offsets[run.last + 1]
    size = lines.size(run.first, run.last)
    if size <= room:
        return [_Piece(start, end, size)]
    if run.sort == "prose":
        slices = cut(meter, lines.text, start, end, room, overlap, PROSE)
    else:
        slices = cut_lines(lines, meter, run.first, run.last, room)
    sizes = meter.sizes([lines.text[a:b] for a, b in slices])
    return [_Piece(a, b, size) for (a, b), size in zip(slices, sizes, strict=True)]


def _packed(pieces: Sequence[_Piece], room: int) -> list[list[_Piece]]:
    """As many neighbours together as fit."""
    packed: list[list[_Piece]] = []
    size = 0
    for piece in pieces:
        if packed and size + piece.size <= room:
            packed[-1].append(piece)
            size += piece.size
        else:
            packed.append([piece])
            size = piece.size
    return packed
