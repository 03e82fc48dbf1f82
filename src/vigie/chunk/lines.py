"""The lines of a text, and where a long run of them is best cut."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from vigie.chunk.sizes import Meter, cut


class Lines:
    """The lines of a text ("\\n" alone ends one, as in parsers and editors), with their offsets and sizes.

    `offsets` has one entry more than there are lines: line i is `text[offsets[i]:offsets[i + 1]]`.
    """

    def __init__(self, text: str, meter: Meter) -> None:
        self.text = text
        *whole, rest = text.split("\n")
        self.texts = [f"{line}\n" for line in whole] + ([rest] if rest else [])
        self.offsets = list(accumulate(map(len, self.texts), initial=0))
        self._sums = list(accumulate(meter.sizes(self.texts), initial=0))

    def __len__(self) -> int:
        return len(self.texts)

    def size(self, first: int, last: int) -> int:
        """Tokens of the lines `first` to `last`, both included, as the sum of their own."""
        return self._sums[last + 1] - self._sums[first]

    def last_within(self, first: int, room: int) -> int:
        """The last line such that `first` to it take at most `room` tokens; less than `first` when none does."""
        return bisect_right(self._sums, self._sums[first] + room) - 2

    def number_at(self, offset: int) -> int:
        """The 1-based number of the line that holds the character at `offset`."""
        return bisect_right(self.offsets, offset)

    def blank(self, line: int) -> bool:
        return not self.texts[line].strip()

    def indent(self, line: int) -> int:
        """Columns before the first character, a tab to the next multiple of 8."""
        text = self.texts[line].expandtabs(8)
        return len(text) - len(text.lstrip(" "))


# A line that is longer than a chunk: after what ends a statement or an element, then between words.
_LONG_LINE = (r"[;{}>]", r",", r"[^\S\n]+")


def cut_lines(lines: Lines, meter: Meter, first: int, last: int, room: int, overlap: int = 0) -> list[tuple[int, int]]:
    """Offsets of slices of the lines `first` to `last` that take at most `room` tokens each.

    A cut falls, in the second half of what fits, before the least indented line, the last one of them after a blank
    line if there is one: that keeps statements whole in any language. `overlap` tokens of whole lines are read again.
    """
    slices: list[tuple[int, int]] = []
    at = first
    while at <= last:
        end = min(lines.last_within(at, room), last)
        if end < at:  # not even one line
            slices += _cut_line(lines, meter, at, room)
            at += 1
            continue
        if end < last:
            end = _best_end(lines, at, end)
        slices.append((lines.offsets[at], lines.offsets[end + 1]))
        if end == last:
            break
        again = end + 1
        while overlap and again - 1 > at and lines.size(again - 1, end) <= overlap:
            again -= 1
        while again <= end and lines.blank(again):
            again += 1
        at = again if lines.last_within(again, room) > end else end + 1
    return slices


def _cut_line(lines: Lines, meter: Meter, line: int, room: int) -> list[tuple[int, int]]:
    """Slices of one line, neighbours together where they fit: the splitter leaves crumbs beside what is too long."""
    pieces = cut(meter, lines.text, lines.offsets[line], lines.offsets[line + 1], room, 0, _LONG_LINE)
    sizes = meter.sizes([lines.text[start:end] for start, end in pieces])
    joined: list[tuple[int, int]] = []
    size = 0
    for (start, end), more in zip(pieces, sizes, strict=True):
        if joined and size + more <= room:
            joined[-1] = (joined[-1][0], end)
            size += more
        else:
            joined.append((start, end))
            size = more
    return joined


def _best_end(lines: Lines, first: int, last: int) -> int:
    """The line after which to cut, among those of the second half of `first` to `last`."""
    half = lines.size(first, last) // 2
    best, least = last, (1 << 30, 1)
    for end in range(last, first - 1, -1):
        if lines.size(first, end) < half:
            break
        if lines.blank(end + 1):
            continue  # cut after the blank lines, not before them
        rank = (lines.indent(end + 1), 0 if lines.blank(end) else 1)
        if rank < least:
            best, least = end, rank
    return best
