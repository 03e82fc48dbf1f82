"""Where a piece of streamed Markdown may be cut to be checked: by the text alone, never by how it arrived."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 2_000  # characters held back without a sentence's end

_SENTENCE = re.compile(r"(?<=[.!?…])[ \u00a0\u202f]")
_NUMBERED = re.compile(r"\s*(?:>\s*)*(?:#{1,6}\s+)?\**\d{1,3}\.")
# Not between the groups of a number ("1 234 567"), a day and its month, or a number and its sign.
_BLANK = re.compile(r"(?<=[^\d\s]) (?=[^\d\s])")


def clean(piece: str) -> str:
    """Without what nobody sees: controls, zero-width and direction signs, halves of surrogate pairs."""
    return "".join(char for char in piece if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def first_segment(text: str, whole_lines: bool) -> int | None:
    """The end of the first whole segment; None while there is none.

    A sentence, or a whole line in code (`whole_lines`) and of a table. A sentence that is longer than LONGEST ends at
    the first blank after it that parts two words: never within a number or an identifier.
    """
    newline = text.find("\n")
    line = text if newline < 0 else text[:newline]
    end = newline + 1 or None
    if whole_lines or line.lstrip(" \t>").startswith(("|", "```", "~~~")):
        return end
    longest = _BLANK.search(line, LONGEST) if len(line) > LONGEST else None
    for blank in _SENTENCE.finditer(line, 0, longest.start() if longest else len(line)):
        before = line[: blank.start()]
        if before.count("`") % 2 == 0 and not _NUMBERED.fullmatch(before):
            return blank.end()
    return longest.end() if longest else end
