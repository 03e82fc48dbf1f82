"""The model's text is untrusted output: nothing is released before its citations and claims are checked.

A segment is a sentence, a table row, a list line or a line of code. Where it ends depends on the text alone, never on
how the text arrived. Citations of nothing are removed. Numbers, identifiers and quoted commands that stand neither in
the evidence nor in the question are marked. HTML is escaped, images and foreign links become their text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vigie.ask.claims import Known, is_claim, tokens
from vigie.ask.evidence import Evidence
from vigie.ask.language import Language
from vigie.types import Notice

LONGEST = 2_000  # characters held back without a sentence's end

_MARK: dict[Language, str] = {"fr": " ⚠ (non vérifié)", "en": " ⚠ (unverified)"}
_CODE_MARK: dict[Language, str] = {
    "fr": "⚠ (non vérifié) : {n} ligne(s) du code ci-dessus ne figurent pas dans les sources.",
    "en": "⚠ (unverified): {n} line(s) of the code above do not stand in the sources.",
}
_MARKED: dict[Language, str] = {
    "fr": "{n} élément(s) de la réponse du modèle ne figurent pas dans les sources : ils sont marqués ⚠.",
    "en": "{n} item(s) of the model's answer do not stand in the sources: they are marked ⚠.",
}
_REMOVED: dict[Language, str] = {
    "fr": "{n} citation(s) du modèle ne menaient à aucune source : elles sont retirées.",
    "en": "{n} citation(s) of the model pointed at no source: they were removed.",
}

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})([^\n]*)$")
_INFO = re.compile(r"^[\w+#.-]{0,30}$")
_INLINE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*<?([^)\s>]*)[^)]*\)")
_DEFINITION = re.compile(r"^(\s*)\[([^\]]+)\]:[ \t]*\S+.*$", re.MULTILINE)
_CITATION = re.compile(r"[\[【]\s*\^?\s*(\d{1,9}(?:\s*[-–,;]\s*\^?\d{1,9})*)\s*[\]】]")
_MARKER = re.compile(r"^\s*(?:>\s*)*(?:#{1,6}\s+)?(?:\d{1,3}[.)]|[-*+])?\s*(?:\[[ xX]\]\s)?")
_CITED = re.compile(r"\[\d+\]")


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


class Guard:
    """Feed it pieces, show what it gives back. `evidence` is what the model was given."""

    def __init__(self, evidence: Sequence[Evidence], question: str, language: Language) -> None:
        self._numbers = {part.n for part in evidence}
        self._urls = {part.passage.url for part in evidence if part.passage.url}
        self._known = Known([question, *(f"{part.heading}\n{part.text}" for part in evidence), *sorted(self._urls)])
        self._language: Language = language
        self._pending = ""
        self._fence: str | None = None
        self._unknown_lines = 0
        self._line_begins = True  # what is pending begins a line
        self.report = Report(language)

    def feed(self, piece: str) -> str:
        """What may be shown now."""
        self._pending += piece.replace("\r\n", "\n").replace("\0", "")
        released = []
        while (end := _segment_end(self._pending, self._fence is not None)) is not None:
            segment, self._pending = self._pending[:end], self._pending[end:]
            released.append(self._checked(segment))
        return "".join(released)

    def close(self) -> str:
        """The rest, an open code block closed."""
        rest = self._checked(self._pending) if self._pending else ""
        self._pending = ""
        if self._fence is not None:
            rest += ("" if rest.endswith("\n") or not rest else "\n") + self._end_fence(self._fence + "\n")
        return rest

    def _checked(self, segment: str) -> str:
        line, newline = (segment[:-1], "\n") if segment.endswith("\n") else (segment, "")
        begins, self._line_begins = self._line_begins, bool(newline)
        fence = _FENCE.match(line) if begins else None
        if self._fence is not None:
            if fence and fence.group(1).startswith(self._fence) and not fence.group(2).strip():
                return self._end_fence(segment)
            if re.search(r"\w", line) and not self._known.quotes(line):
                self._unknown_lines += 1
            return segment
        if fence:
            self._fence = fence.group(1)
            info = fence.group(2).strip()
            return f"{self._fence}{info if _INFO.match(info) else ''}{newline}"
        return self._prose(line, begins) + newline

    def _end_fence(self, closing: str) -> str:
        unknown, self._unknown_lines, self._fence = self._unknown_lines, 0, None
        if not unknown:
            return closing
        self.report.marked += unknown
        end = "" if closing.endswith("\n") else "\n"
        return f"{closing}{end}\n{_CODE_MARK[self._language].format(n=unknown)}\n\n"

    # ------------------------------------------------------------------ prose

    def _prose(self, text: str, begins: bool) -> str:
        parts: list[str] = []
        done = 0
        for code in _INLINE.finditer(text):
            parts.append(self._plain(text[done : code.start()], begins and done == 0))
            parts.append(code.group() + self._mark_unless(self._known.quotes(code.group(2))))
            done = code.end()
        parts.append(self._plain(text[done:], begins and done == 0))
        return "".join(parts)

    def _plain(self, text: str, begins: bool) -> str:
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(lambda m: m.group() if m.group(2) in self._urls else m.group(1), text)
        text = _DEFINITION.sub(r"\1\2", text)
        text = _CITATION.sub(self._citation, text)
        return self._marked(text, begins)

    def _citation(self, match: re.Match[str]) -> str:
        asked = _expand(match.group(1))
        kept = [n for n in asked if n in self._numbers]
        self.report.removed += len(asked) - len(kept)
        self.report.used.update(kept)
        return "".join(f"[{n}]" for n in kept)

    def _marked(self, text: str, begins: bool) -> str:
        head = _MARKER.match(text) if begins else None
        skip = head.end() if head else 0
        cited = [match.span() for match in _CITED.finditer(text)]
        out: list[str] = []
        done = 0
        for start, end, word in tokens(text):
            if start < skip or any(a <= start < b for a, b in cited):
                continue
            if is_claim(word) and not self._known.supports(word):
                out += [_inert(text[done:end]), self._mark_unless(False)]
                done = end
        out.append(_inert(text[done:]))
        return "".join(out)

    def _mark_unless(self, supported: bool) -> str:
        if supported:
            return ""
        self.report.marked += 1
        return _MARK[self._language]


def _segment_end(text: str, in_code: bool) -> int | None:
    """Where the first whole segment of `text` ends; None while it is not whole."""
    ticks = 0
    for n, character in enumerate(text[:LONGEST]):
        if character == "\n":
            return n + 1
        if in_code or text.lstrip()[:1] == "|":
            continue
        if character == "`":
            ticks += 1
        elif (
            character in " \u00a0\u202f" and ticks % 2 == 0 and n and text[n - 1] in ".!?…" and not _numbered(text[:n])
        ):
            return n + 1
    if len(text) < LONGEST:
        return None
    blank = text.rfind(" ", 1, LONGEST)
    return blank if blank > 0 else LONGEST


def _numbered(text: str) -> bool:
    """A list marker ("12.") is no sentence."""
    return re.fullmatch(r"\s*(?:>\s*)*(?:#{1,6}\s+)?\d{1,3}\.", text) is not None


def _expand(numbers: str) -> list[int]:
    """ "1, 3-5" -> [1, 3, 4, 5]; an absurd range gives its ends."""
    found: list[int] = []
    for part in re.split(r"[,;]", numbers.replace("^", "")):
        ends = [int(n) for n in re.split(r"[-–]", part)]
        first, last = ends[0], ends[-1]
        found += range(first, last + 1) if 0 < last - first < 50 else dict.fromkeys((first, last))
    return list(dict.fromkeys(found))


def _inert(text: str) -> str:
    """No HTML starts here."""
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
