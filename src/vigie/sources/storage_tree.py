"""Confluence storage format read into a plain tree, whatever the input.

Tags, comments, CDATA sections and entities are read as HTML5 names them, with two rules of XML that storage format
relies on and an HTML5 tree builder does not have: `<ri:page/>` is closed by its slash (HTML5 would swallow all that
follows), and nothing is moved out of a table. What cannot be a tag is text: no input raises, no word is dropped.
Time is linear in the input, the tree is at most `MAX_DEPTH` deep.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 80  # deeper elements become siblings: real pages stay below 40, and walking the tree recurses
CDATA = "#cdata"  # tag of a node that holds the verbatim text of one CDATA section

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Elements whose end tag writers leave out: one of these directly inside its own kind ends it.
_SELF_ENDING = frozenset(("p", "li", "td", "th", "tr", "dt", "dd"))
_NAME = r"[A-Za-z][A-Za-z0-9:._-]*"
_TAG = re.compile(rf"""<(/?)({_NAME})((?:[^<>"']++|"[^"]*"|'[^']*')*+)>""")
_TAG_BAD_QUOTES = re.compile(rf"<(/?)({_NAME})([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'<>]++)))?""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,40});")
# A space export writes the end of a CDATA section that lies inside another one as "]] >".
_EXPORTED_END = re.compile(r"\]\] >(?=\s*</ac:plain-text-|<!\[CDATA\[)")


@dataclass(slots=True)
class Node:
    """An element; `tag` and attribute names are lower case with their prefix ("ac:link"), entities resolved."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        return (child for child in self.children if isinstance(child, Node))

    def first(self, *tags: str) -> Node | None:
        """The first child element with one of these tags."""
        return next((node for node in self.nodes() if node.tag in tags), None)

    def text(self) -> str:
        """All text below it, as it stands."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


class _Builder:
    def __init__(self) -> None:
        self.root = Node("#root")
        self._open = [self.root]
        self._count: Counter[str] = Counter()

    def add(self, child: Node | str) -> None:
        # An element opened below the deepest level takes its place beside its parent, and its text goes into it.
        self._open[-1].children.append(child)

    def start(self, node: Node, closed: bool) -> None:
        if node.tag in _SELF_ENDING and self._open[-1].tag == node.tag:
            self._pop()
        parent = self._open[min(len(self._open), MAX_DEPTH) - 1]
        parent.children.append(node)
        if not closed and node.tag not in _VOID:
            self._open.append(node)
            self._count[node.tag] += 1

    def end(self, tag: str) -> None:
        if not self._count[tag]:
            return  # closes nothing that is open
        while self._pop() != tag:
            pass

    def _pop(self) -> str:
        tag = self._open.pop().tag
        self._count[tag] -= 1
        return tag


def parse_storage(storage: str) -> Node:
    """The tree of any string. Lone surrogates and NULs, which no store can keep, become U+FFFD."""
    source = storage.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    builder = _Builder()
    absent: set[str] = set()  # ends that do not occur any more: searched for once
    position, text_from = 0, 0

    def end_of(mark: str, start: int) -> int:
        if mark in absent:
            return -1
        found = source.find(mark, start)
        if found < 0:
            absent.add(mark)
        return found

    def flush(until: int) -> None:
        if until > text_from:
            builder.add(html.unescape(source[text_from:until]))

    while (position := source.find("<", position)) >= 0:
        if source.startswith("<![CDATA[", position):
            content = position + 9
            stop, after = _section_end(source, content, end_of)
            if stop >= 0:
                flush(position)
                builder.add(Node(CDATA, children=[source[content:stop]]))
                position = text_from = after
                continue
        elif source.startswith("<!--", position):
            end = end_of("-->", position + 4)
            if end >= 0:
                flush(position)
                position = text_from = end + 3
                continue
        elif source.startswith(("<!", "<?"), position):
            end = end_of(">", position)
            if end >= 0:
                flush(position)
                position = text_from = end + 1
                continue
        elif tag := _TAG.match(source, position) or _TAG_BAD_QUOTES.match(source, position):
            flush(position)
            name, attributes = tag[2].lower(), tag[3]
            if tag[1]:
                builder.end(name)
            else:
                builder.start(Node(name, _attributes(attributes)), attributes.endswith("/"))
            position = text_from = tag.end()
            continue
        position += 1
    flush(len(source))
    return builder.root


def _section_end(source: str, content: int, end_of: Callable[[str, int], int]) -> tuple[int, int]:
    """Where the text of a CDATA section ends and what follows it begins; (-1, -1) if it never ends.

    Its end is "]]>"; or the exported "]] >", if the next "]]>" is missing or belongs to a section opened after it;
    or, with no end left at all, the end tag of the macro body.
    """
    end = end_of("]]>", content)
    if end_of("]] >", content) >= 0:
        exported = _EXPORTED_END.search(source, content, end + 3 if end >= 0 else len(source))
        if exported and (end < 0 or source.find("<![CDATA[", exported.start(), end) >= 0):
            return exported.start(), exported.start() + 4
    if end < 0:
        end = end_of("</ac:plain-text-", content)
        return end, end
    return end, end + 3


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): _ENTITY.sub(lambda entity: html.unescape(entity[0]), double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }
