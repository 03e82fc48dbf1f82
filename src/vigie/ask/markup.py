"""The model's Markdown made inert: no HTML, no image, no link but those of the evidence, citations normalised.

A text becomes atoms: what is seen (one character each, a placeholder for what is no text) beside what is written for
it. Claims are then looked for in what is seen, so that no escape, entity or emphasis hides one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Set
from dataclasses import dataclass, field

LONGEST_LINK = 500  # characters between brackets that are read as a citation or a link
HOLE = "\ufffc"  # stands in what is seen for a citation or for code

_OPEN, _CLOSE = "[【［", "]】］"
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_TARGET = re.compile(r"\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^)]*\)))?\s*\)")
_CITATION = re.compile(
    r"\s*(?:(?:source|passage|doc|ref|réf)s?\s*\.?)?[\s\d,;^&\-–—[\]【】［］]*\s*(?:†[^\]】]*)?", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_URL = re.compile(
    r"(?:https?|ftp|mailto|javascript|data|file|vbscript):[^\s<>`\"“”«»|]+|www\.[^\s<>`\"|]*", re.IGNORECASE
)
_ITEM = re.compile(r"\s*(?:>\s*)*(?:[-*+]|\d{1,9}[.)])\s+")
_TASK = re.compile(r"\[[ xX]\](?=\s)")
_RUN = re.compile(r"[*~]+")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


@dataclass
class Atoms:
    """`seen[i]` is a character that a reader sees, `written[i]` the Markdown that shows it."""

    seen: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    cited: list[int] = field(default_factory=list)
    removed: int = 0  # citations of nothing
    codes: list[tuple[int, str]] = field(default_factory=list)  # (place among the atoms, the code)

    _before: str = ""  # markup to write before what is seen next

    def add(self, seen: str, written: str) -> None:
        self.seen.append(seen)
        self.written.append(self._before + written)
        self._before = ""

    def add_unseen(self, markup: str) -> None:
        """Markup shows nothing: 3**.**3 is seen as 3.3. It goes with what stands before it, if anything does."""
        if self.written:
            self.written[-1] += markup
        else:
            self._before += markup

    def text(self) -> str:
        return "".join(self.written) + self._before


def atoms(text: str, numbers: Set[int], urls: Set[str], task: bool = False) -> Atoms:
    """Read one sentence, row or line. `task`: it may begin with a check box."""
    found = Atoms()
    _read(_bare_brackets(text), found, numbers, urls, task)
    return found


def _bare_brackets(text: str) -> str:
    r"""`\[7\]` would show a citation that is not checked: outside code the escape goes, and comes back in the end."""
    parts: list[str] = []
    done = 0
    for span in [*_CODE.finditer(text), None]:
        plain = text[done : span.start() if span else len(text)]
        parts.append(re.sub(r"\\(.)", lambda pair: pair[1] if pair[1] in "[]" else pair[0], plain))
        if span:
            parts.append(span.group())
            done = span.end()
    return "".join(parts)


def _read(text: str, into: Atoms, numbers: Set[int], urls: Set[str], task: bool = False) -> None:
    at = 0
    while at < len(text):
        char = text[at]
        if char == "`":
            at = _code(text, at, into)
        elif char == "!" and text[at + 1 : at + 2] in tuple(_OPEN):
            at += 1  # an image is its text
        elif char in _OPEN:
            box = _TASK.match(text, at) if task and _ITEM.fullmatch("".join(into.seen)) else None
            if box:
                into.add(HOLE, box.group())
            at = box.end() if box else _bracket(text, at, into, numbers, urls)
        elif url := _address(text, at):
            _url(url, into, urls)
            at += len(url)
        else:
            at = _character(text, at, into)


def _code(text: str, at: int, into: Atoms) -> int:
    span = _CODE.match(text, at)
    if span is None or (into.written and into.written[-1].endswith("`")):
        run = len(text) - at - len(text[at:].lstrip("`"))
        for _ in range(run):  # all of them, or the rest would open a span of its own
            into.add("`", "\\`")
        return at + run
    # A number may not go on in code: `4` and 2 are not 42.
    apart = " " if into.seen and into.seen[-1].isalnum() else ""
    into.codes.append((len(into.seen), span.group(2)))
    into.add(HOLE, apart + span.group())
    end = span.end()
    if end < len(text) and text[end].isalnum():
        into.add(" ", " ")
    return end


def _bracket(text: str, at: int, into: Atoms, numbers: Set[int], urls: Set[str]) -> int:
    close = _closing(text, at)
    if close is None:
        into.add("[", "\\[")
        return at + 1
    inside = text[at + 1 : close]
    target = _TARGET.match(text, close + 1)
    if target is None and re.search(r"\d", inside) and _CITATION.fullmatch(inside):
        asked = _expand(re.sub(r"†.*", "", inside))
        kept = [n for n in asked if n in numbers]
        into.cited += kept
        into.removed += len(asked) - len(kept)
        if kept:
            into.add(HOLE, "".join(f"[{n}]" for n in kept))
        return close + 1
    if target is not None:
        live = html.unescape(target.group(1)) in urls
        place = len(into.seen)
        _read(inside, into, numbers, frozenset())
        if live and len(into.seen) > place:
            into.written[place] = "[" + into.written[place]
            into.written[-1] += f"](<{target.group(1)}>)"
        return target.end()
    into.add("[", "\\[")
    _read(inside, into, numbers, urls)
    into.add("]", "\\]")
    return close + 1


def _closing(text: str, at: int) -> int | None:
    depth = 0
    for place in range(at, min(len(text), at + LONGEST_LINK)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if depth == 0:
            return place
    return None


def _expand(numbers: str) -> list[int]:
    """ "1, 3-5" -> [1, 3, 4, 5]; an absurd range gives its ends."""
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,9})(?:\s*[-–—]\s*(\d{1,9}))?", numbers):
        ends = (int(first), int(last or first))
        found += range(ends[0], ends[1] + 1) if 0 < ends[1] - ends[0] < 50 else dict.fromkeys(ends)
    return list(dict.fromkeys(found))


def _address(text: str, at: int) -> str:
    """The address that begins here, without the punctuation after it; "metadata:" holds none."""
    found = _URL.match(text, at)
    if found is None:
        return ""
    url = found.group().rstrip(".,;!?)]*_~")
    inside_word = at > 0 and text[at - 1].isalnum()
    return "" if inside_word and "://" not in url and not url.lower().startswith("www.") else url


def _url(url: str, into: Atoms, urls: Set[str]) -> None:
    """An address is a link by itself in many renderers: only those of the evidence may be."""
    for place, char in enumerate(url):
        inert = char if url in urls or char.isalnum() else f"&#{ord(char)};" if char in ":.@&" else _safe(char)
        into.add(char, inert if place or url not in urls else char)


def _character(text: str, at: int, into: Atoms) -> int:
    char = text[at]
    if char == "\\" and at + 1 < len(text) and _PUNCTUATION.match(text[at + 1]):
        following = text[at + 1]
        if following in "<>&!`@":  # written as signs that do nothing
            into.add(following, "\\!" if following == "!" else _safe(following))
        elif following == "_" and at and text[at - 1].isalnum():  # SEPA\_OUT
            into.add(following, following)
        else:
            into.add(following, "\\" + following)
        return at + 2
    if char == "&" and (entity := _ENTITY.match(text, at)):
        for sign in entity.group():
            into.add(sign, "&amp;" if sign == "&" else sign)
        return entity.end()
    if char in "*~":
        return _emphasis(text, at, into)
    if char == "⚠":  # this sign is ours alone
        return at + 1
    into.add(char, _safe(char))
    return at + 1


def _emphasis(text: str, at: int, into: Atoms) -> int:
    run = _RUN.match(text, at)
    assert run is not None
    before, after = text[at - 1 : at] if at else "", text[run.end() : run.end() + 1]
    # Inside a word it would join what is checked apart: 4**2** reads as 42. Three tildes would open a block of code.
    if (before.isalnum() and after.isalnum()) or "~~~" in run.group():
        for sign in run.group():
            into.add(sign, f"\\{sign}")
    elif before.strip() or after.strip():
        into.add_unseen(run.group())
    else:
        for sign in run.group():
            into.add(sign, sign)
    return run.end()


def _safe(char: str) -> str:
    return {"[": "\\[", "]": "\\]", "<": "&lt;", "`": "\\`", "@": "&#64;"}.get(char, char)
