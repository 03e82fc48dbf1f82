"""Documents of a JSON text that is not one document a line: arrays, printed documents one after the other.

The text is cut at the braces and brackets that stand outside of strings, block by block; each document is then parsed
on its own, so that one that is no JSON does not hide those after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vigie.errors import SourceError
from vigie.sources._export_bytes import MAX_DOCUMENT

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["{}\[\]]', re.S)
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.S)
_OPEN, _CLOSE, _QUOTE = b"{[", b"}]", ord('"')
_BETWEEN = b" \t\r\n,\0"  # what may stand between two documents


class Cutter:
    """Cuts blocks into (position, document bytes | None for one of more than `limit` bytes | stray text).

    `feed` and `close` give `(kind, bytes)` with kind "document", "long" or "stray".
    """

    def __init__(self, limit: int = MAX_DOCUMENT) -> None:
        self.limit = limit
        self.in_array = False
        self._depth = 0  # of braces and brackets inside the present document
        self._kept = b""  # the present document so far, or a token that is not whole
        self._scanned = 0  # how much of `_kept` the scan has passed
        self._dropping = False  # the present document is too long: only its end is looked for

    def feed(self, block: bytes) -> Iterator[tuple[str, bytes]]:
        text = self._kept + block
        start, at = 0, self._scanned
        while match := _TOKEN.search(text, at):
            mark = text[match.start()]
            if mark == _QUOTE and match.end() - match.start() == 1:
                break  # a string that ends in a later block
            at = match.end()
            if self._depth == 0:
                if mark == _QUOTE:
                    continue
                stray = text[start : match.start()].strip(_BETWEEN)
                if stray:
                    yield "stray", stray
                start = match.start()
                if mark == ord("[") and not self.in_array:
                    self.in_array, start = True, at
                elif mark == ord("]") and self.in_array:
                    self.in_array, start = False, at
                elif mark in _CLOSE:
                    yield "stray", text[start:at]
                    start = at
                else:
                    self._depth = 1
                continue
            if mark == _QUOTE:
                continue
            self._depth += 1 if mark in _OPEN else -1
            if self._depth == 0:
                long = self._dropping or at - start > self.limit
                yield ("long", b"") if long else ("document", text[start:at])
                start, self._dropping = at, False
        yield from self._keep(text, start, match.start() if match else len(text))

    def _keep(self, text: bytes, start: int, scanned: int) -> Iterator[tuple[str, bytes]]:
        """Hold what is not finished; of a document that is too long, only a string that is still open."""
        if self._dropping or len(text) - start > self.limit:
            if self._depth == 0:
                raise SourceError(f"not JSON: more than {self.limit} bytes without a document; is it an export?")
            if len(text) - scanned > self.limit:
                raise SourceError(f"not JSON: a string of more than {self.limit} bytes; is a quote missing?")
            self._dropping, start = True, scanned
        self._kept, self._scanned = text[start:], scanned - start
        yield from ()

    def close(self) -> Iterator[tuple[str, bytes]]:
        """Raises SourceError when the text ends inside a document or an array."""
        if self._depth or self.in_array:
            what = "document" if self._depth else "array"
            raise SourceError(f"looks cut: its last {what} is never closed; export it again")
        stray = self._kept.strip(_BETWEEN)
        if stray:
            yield "stray", stray
