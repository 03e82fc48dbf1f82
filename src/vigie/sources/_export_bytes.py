"""An export file as UTF-8 lines in bounded memory: byte order marks, UTF-16, Windows-1252 lines, lines too long."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from vigie.errors import SourceError
from vigie.types import Skip

BLOCK = 1 << 20  # bytes read at a time
MAX_DOCUMENT = 16 * 1024 * 1024  # bytes of one document: MongoDB's own limit
_LISTED = 20  # line numbers named in a summary
_TOGETHER = 300  # lines

_MARKS = (  # longest first: UTF-32-LE begins like UTF-16-LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass
class Recoded:
    """Lines that were not UTF-8 and were read as Windows-1252, to be told at the end."""

    lines: list[int] = field(default_factory=list)
    count: int = 0

    def text(self, raw: bytes, number: int) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.count += 1
            if self.count <= _LISTED:
                self.lines.append(number)
            return raw.decode("cp1252", "replace")

    def skips(self) -> Iterator[Skip]:
        if self.count:
            more = f" and {self.count - _LISTED} more" if self.count > _LISTED else ""
            named = ", ".join(map(str, self.lines))
            yield Skip(
                f"line{'s' if self.count > 1 else ''} {named}{more}",
                "not UTF-8: kept, read as Windows-1252; export the file as UTF-8 to be sure of its accents",
            )


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file's content as UTF-8 without its mark. Raises SourceError where UTF-16 or UTF-32 is damaged."""
    head = file.read(BLOCK)
    encoding, mark = _encoding(head)
    head = head[mark:]
    if encoding == "utf-8":
        while head:
            yield head
            head = file.read(BLOCK)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while head:
            yield decoder.decode(head).encode()
            head = file.read(BLOCK)
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise SourceError(f"looks cut: not whole {encoding.upper()} ({error}); export it again") from error


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    # Without a mark, UTF-16 shows by the zero beside the first brace or letter.
    if len(head) >= 4 and 0 < head[0] < 128 and head[1] == 0 and 0 < head[2] < 128 and head[3] == 0:
        return "utf-16-le", 0
    if len(head) >= 4 and head[0] == 0 and 0 < head[1] < 128 and head[2] == 0 and 0 < head[3] < 128:
        return "utf-16-be", 0
    return "utf-8", 0


# What strict JSON holds in texts alone: literals of the lax readers, halves of surrogate pairs. An expression for
# each, beginning with a literal, is looked for in a third of the time of `in`.
_LAX = (re.compile(rb"NaN"), re.compile(rb"Infinity"), re.compile(rb"\\u[dD]"))


def lax(text: bytes) -> bool:
    """Whether it may hold what the lax readers alone take."""
    return any(one.search(text) for one in _LAX)


class Line(NamedTuple):
    number: int  # 1-based
    raw: bytes | None  # with its line end; None where it is longer than MAX_DOCUMENT
    ended: bool  # by a line feed
    lax: bool  # it may hold what `lax` looks for: in a block at a time, which is far quicker


class Lines(NamedTuple):
    """Some that follow each other, `ended` and `lax` as of each `Line`: few enough to stay in the processor's cache."""

    first: int  # the number of the first
    raw: list[bytes | None]  # without their line ends
    ended: bool
    lax: bool


def lines(source: Iterator[bytes]) -> Iterator[Line]:
    for some in lines_together(source):
        for number, raw in enumerate(some.raw, some.first):
            yield Line(number, raw if raw is None or not some.ended else raw + b"\n", some.ended, some.lax)


def lines_together(source: Iterator[bytes], limit: int = MAX_DOCUMENT) -> Iterator[Lines]:
    """Lines cut at line feeds; at most `limit` bytes and a block are held."""
    number, rest, too_long = 1, b"", False
    for block in source:
        text = rest + block
        may_be_lax = lax(text)
        parts: list[bytes | None] = [*text.split(b"\n")]
        rest = parts.pop() or b""
        if too_long and parts:
            parts[0], too_long = None, False
        if len(text) > limit:
            parts = [None if part is None or len(part) > limit else part for part in parts]
        for at in range(0, len(parts), _TOGETHER):
            yield Lines(number + at, parts[at : at + _TOGETHER], True, may_be_lax)
        number += len(parts)
        if len(rest) > limit:
            rest, too_long = b"", True
    if rest or too_long:
        yield Lines(number, [None if too_long else rest], False, True)


def stamp(status: os.stat_result) -> str:
    """Changes whenever the file may have: size, times of content and inode, and the inode itself."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"
