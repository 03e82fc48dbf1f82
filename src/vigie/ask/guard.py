"""The model's text is untrusted output: nothing is released before its citations and claims are checked.

A segment is a sentence, a table row, a list line or a line of code; where it ends depends on the text alone, never on
how the text arrived. Citations of nothing are removed. Numbers, identifiers and quoted code that stand neither in the
evidence nor in the question are marked (see `claims` for what counts). Rendering is inert (see `markup`).

Blocks of code are written anew, without the indent or the quote they stood in, so that guard and renderer agree on
where code begins and ends. Lines that stand in no source come in a block of their own, below a warning: the warning is
seen first, and is not copied with the code. Indented code becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vigie.ask.claims import Known, claims
from vigie.ask.evidence import Evidence
from vigie.ask.language import Language
from vigie.ask.markup import atoms
from vigie.ask.segments import clean, first_segment
from vigie.types import Notice

MARK: dict[Language, str] = {"fr": " ⚠ (non vérifié)", "en": " ⚠ (unverified)"}
CODE_MARK: dict[Language, str] = {
    "fr": "⚠ (non vérifié) : le code suivant ne figure pas dans les sources.",
    "en": "⚠ (unverified): the following code does not stand in the sources.",
}
_MARKED: dict[Language, str] = {
    "fr": "{n} élément(s) de la réponse du modèle ne figurent pas dans les sources : ils sont marqués ⚠.",
    "en": "{n} item(s) of the model's answer do not stand in the sources: they are marked ⚠.",
}
_REMOVED: dict[Language, str] = {
    "fr": "{n} citation(s) du modèle ne menaient à aucune source : elles sont retirées.",
    "en": "{n} citation(s) of the model pointed at no source: they were removed.",
}

_FENCE = re.compile(r"((?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))*)([ \t]*)(`{3,}(?=[^`]*$)|~{3,})(.*)")
_INFO = re.compile(r"[\w+#.-]{0,30}")
_QUOTE = re.compile(r"(?:[ \t]*>)+ ?")
_INDENTED = re.compile(r"(?: {0,3}\t| {4})[ \t]*(?![ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])")
_PROMPT = re.compile(r"^\s*(?:[$>#%]|PS>|\w+@[\w.-]+:\S*[$#])\s+")
# What begins a line without saying anything: quote, heading, list number, check box.
_MARKER = re.compile(r"\s*(?:>\s*)*(?:#{1,6}\s+)?(?:\**\d{1,2}[.)]\**(?=\s)|[-*+]\s)?")


@dataclass
class Report:
    """What the guard did, and the numbers that were really cited."""

    language: Language
    marked: int = 0
    removed: int = 0
    used: set[int] = field(default_factory=set)

    @property
    def notices(self) -> list[Notice]:
        found = []
        if self.marked:
            found.append(Notice("unverified", _MARKED[self.language].format(n=self.marked)))
        if self.removed:
            found.append(Notice("citations_removed", _REMOVED[self.language].format(n=self.removed)))
        return found


@dataclass
class _Block:
    """The block of code that is being read. `shown`: whether the one that is open in the output is verified."""

    fence: str
    info: str
    indent: int
    quoted: bool
    shown: bool | None = None


class Guard:
    """Feed it pieces, show what it gives back; `close` gives the rest. What was shown never changes afterwards.

    `evidence` is what the model was given, `allowed` further texts whose numbers and names may be said.
    """

    def __init__(
        self, evidence: Sequence[Evidence], question: str, language: Language, allowed: Iterable[str] = ()
    ) -> None:
        self._numbers = {part.n for part in evidence}
        self._urls = {part.passage.url for part in evidence if part.passage.url}
        given = (f"{part.heading}\n{part.passage.chunk.context}\n{part.text}" for part in evidence)
        self._known = Known([question, *given, *allowed, *sorted(self._urls)])
        self._language: Language = language
        self._pending = ""
        self._block: _Block | None = None
        self._line_begins = True  # what is pending begins a line
        self.report = Report(language)

    def feed(self, piece: str) -> str:
        """What may be shown now."""
        blank = self._pending[-1:].isspace()
        piece = clean(piece)
        self._pending += piece
        if not blank and not any(map(str.isspace, piece)):
            return ""  # segments end at blanks: a word that goes on is not read again
        released = []
        while (end := first_segment(self._pending, self._block is not None)) is not None:
            segment, self._pending = self._pending[:end], self._pending[end:]
            released.append(self._checked(segment))
        return "".join(released)

    def close(self) -> str:
        """The rest, an open block of code closed."""
        rest, self._pending = self._pending, ""
        released = self._checked(rest) if rest else ""
        if self._block is not None:
            released += self._end_block(self._block)
            self._block = None
        return released

    def _checked(self, segment: str) -> str:
        line, newline = (segment[:-1], "\n") if segment.endswith("\n") else (segment, "")
        begins, self._line_begins = self._line_begins, bool(newline)
        if self._block is not None:
            return self._code_line(line, self._block)
        if begins and (fence := _FENCE.fullmatch(line)):
            info = fence.group(4).strip()
            self._block = _Block(
                fence.group(3), info if _INFO.fullmatch(info) else "", len(fence.group(2)), ">" in fence.group(1)
            )
            return ""
        return self._prose(line, begins) + newline

    # ------------------------------------------------------------------ code

    def _code_line(self, line: str, block: _Block) -> str:
        if block.quoted:
            line = _QUOTE.sub("", line, count=1)
        bare = line.strip()
        if bare and not bare.strip(block.fence[0]) and len(bare) >= len(block.fence):
            self._block = None
            return self._end_block(block)
        indent = len(line) - len(line.lstrip(" \t"))
        line = line[min(indent, block.indent) :]
        known = block.shown is not False
        if re.search(r"\w", line):
            known = self._known.quotes(line) or self._known.quotes(_PROMPT.sub("", line))
            self.report.marked += not known
        before = ""
        if block.shown is not known:
            warning = "" if known else f"\n{CODE_MARK[self._language]}\n\n"
            before = f"{self._end_block(block)}{warning}{block.fence}{block.info}\n"
            block.shown = known
        return f"{before}{line}\n"

    def _end_block(self, block: _Block) -> str:
        return "" if block.shown is None else f"{block.fence}\n"

    # ------------------------------------------------------------------ prose

    def _prose(self, line: str, begins: bool) -> str:
        if begins and _INDENTED.match(line):
            line = line.lstrip(" \t")
        found = atoms(line, self._numbers, self._urls, begins)
        seen, written = "".join(found.seen), found.written
        for place, code in found.codes:
            if not self._known.quotes(code):
                written[place] += self._mark()
        head = _MARKER.match(seen) if begins else None
        for start, end, word in claims(seen):
            if (head is None or start >= head.end()) and not self._known.supports(word):
                written[end - 1] += self._mark()
        self.report.removed += found.removed
        self.report.used.update(found.cited)
        return found.text()

    def _mark(self) -> str:
        self.report.marked += 1
        return MARK[self._language]
