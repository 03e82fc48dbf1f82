"""The text that is being written: paragraphs, headings and fenced code, one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# White space of any kind, and control characters: in prose they part words and mean nothing else.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_LINE_BREAK = "\x00"  # cannot come from a page: the reader has replaced it
# A line of prose that would be taken for a heading or for a fence.
_LOOKS_LIKE_MARKUP = re.compile(r"^(?=#{1,6}(?: |$)|```|~~~)", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_LANGUAGE = re.compile(r"[\w#+.-]{1,30}")


@dataclass(frozen=True, slots=True)
class Block:
    text: str
    code: bool = False  # a fenced block: stands verbatim, at the start of a line


@dataclass(slots=True)
class Flow:
    """Blocks in order, and the words of the paragraph that is still open.

    `nested` is the inside of a list item or a table cell, where a heading is a paragraph; `cell` is the inside of a
    table cell, at any depth, where a table is running text.
    """

    nested: bool = False
    cell: bool = False
    blocks: list[Block] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self._words.append(text)

    def line_break(self) -> None:
        self._words.append(_LINE_BREAK)

    def mark(self) -> tuple[int, int]:
        """The present end, for `shown_since`."""
        return len(self.blocks), len(self._words)

    def shown_since(self, mark: tuple[int, int]) -> bool:
        """Whether anything but white space was written since then."""
        blocks, words = mark
        return len(self.blocks) > blocks or any(word.strip(" \t\r\n\x00") for word in self._words[words:])

    def flush(self) -> None:
        """End the paragraph."""
        text = self._take()
        if text:
            self.blocks.append(Block(_LOOKS_LIKE_MARKUP.sub(r"\\", text)))

    def heading(self, level: int) -> None:
        """End the paragraph as a heading."""
        text = self._take().replace("\n", " ")
        if text:
            self.blocks.append(Block(text if self.nested else f"{'#' * level} {text}"))

    def add(self, text: str) -> None:
        """A finished block of prose."""
        self.flush()
        if text:
            self.blocks.append(Block(text))

    def code(self, body: str, language: str = "") -> None:
        """`body` verbatim, in a fence longer than any run of backticks in it."""
        self.flush()
        known = _LANGUAGE.match(language.strip().lower())
        fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(body)), default=0))
        end = "" if not body or body.endswith("\n") else "\n"
        self.blocks.append(Block(f"{fence}{known[0] if known else ''}\n{body}{end}{fence}", code=True))

    def take_prose(self) -> str:
        """The prose blocks as one line, taken out; the code blocks stay."""
        self.flush()
        line = " ".join(block.text.replace("\n", " ") for block in self.blocks if not block.code)
        self.blocks = [block for block in self.blocks if block.code]
        return line

    def text(self) -> str:
        self.flush()
        return "\n\n".join(block.text for block in self.blocks)

    def _take(self) -> str:
        parts = "".join(self._words).split(_LINE_BREAK)
        self._words.clear()
        return "\n".join(line for part in parts if (line := _BLANK.sub(" ", part).strip()))
