"""Where functions, classes and database objects begin and end, in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from vigie.chunk.languages import GRAMMARS, Grammar, defined, name_of, parser, receiver_of, text_of

_SIGNATURE_LENGTH = 60
_BEFORE = frozenset(("comment", "line_comment", "block_comment", "decorator", "marginalia"))


@dataclass(frozen=True, slots=True)
class Definition:
    """The lines `first` to `last` (0-based, both included), leading comments and decorators among them."""

    first: int
    last: int
    name: str  # "send"; a Go method has its receiver: "Client.Send"
    signature: str  # what stands up to the name: "async def send"
    node: Node | None = None


def definitions(text: str, language: str | None) -> list[Definition]:
    """The outermost definitions in order, none sharing a line; [] for a language that is not known."""
    if language not in GRAMMARS:
        return []
    # The tree is only asked for lines, so what UTF-8 cannot hold and what ends a C string may become anything else.
    tree = parser(language).parse(text.replace("\0", " ").encode("utf-8", "replace"))
    if language == "sql" and tree.root_node.has_error:
        return _sql(text)
    return inside(tree.root_node, GRAMMARS[language])


def inside(node: Node, grammar: Grammar) -> list[Definition]:
    """The outermost definitions below `node`; only nodes of several lines are looked into."""
    found: list[Definition] = []
    pending = [node]
    while pending:
        for child in pending.pop().named_children:
            inner = defined(child, grammar)
            if inner is not None:
                found.append(_definition(child, inner))
            elif child.start_point.row < child.end_point.row:
                pending.append(child)
    return list(_apart(found))


def _apart(found: Sequence[Definition]) -> Iterator[Definition]:
    """In order; one that begins on a line of the one before is left to it."""
    last = -1
    for definition in sorted(found, key=lambda d: (d.first, -d.last)):
        if definition.first > last:
            yield definition
            last = definition.last


def _definition(outer: Node, inner: Node) -> Definition:
    name = name_of(inner)
    own = text_of(name) if name is not None else ""
    receiver = receiver_of(inner)
    signature = own
    if name is not None and name.end_byte > inner.start_byte:
        head = (inner.text or b"")[: name.end_byte - inner.start_byte][-8 * _SIGNATURE_LENGTH :]
        signature = " ".join(head.decode("utf-8", "replace").split())[-_SIGNATURE_LENGTH:]
    return Definition(_first_row(outer), _last_row(outer), f"{receiver}.{own}" if receiver else own, signature, inner)


def _first_row(node: Node) -> int:
    """The first line, or that of the comments and decorators directly above."""
    first = node.start_point.row
    above = node.prev_named_sibling
    while above is not None and above.type in _BEFORE and first - 1 <= _last_row(above) <= first:
        before = above.prev_named_sibling
        if before is not None and _last_row(before) >= above.start_point.row and before.type not in _BEFORE:
            break  # it ends the line of something else
        first, above = above.start_point.row, before
    return first


def _last_row(node: Node) -> int:
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row


# ------------------------------------------------------------------ SQL the grammar cannot read

_CREATE = re.compile(
    r"[ \t]*(?P<head>CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:[A-Z]+\s+){0,4}?"
    r"(?P<kind>TABLE|VIEW|FUNCTION|PROCEDURE|PROC|TRIGGER|PACKAGE(?:\s+BODY)?|TYPE(?:\s+BODY)?|EVENT|INDEX|SEQUENCE)\s+"
    r"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[^\s(;]+))",
    re.IGNORECASE,
)
_ROUTINE = ("FUNCTION", "PROC", "TRIGGER", "PACKAGE", "TYPE BODY", "EVENT")
_BATCH_END = re.compile(r"\s*(?:/|GO|END\s*(?:\w+\s*)?(?:\$\$|//))\s*;?\s*\Z", re.IGNORECASE)
_DOLLAR = re.compile(r"\$[A-Za-z_]*\$")
_STATEMENT_END = re.compile(r";\s*(?:--.*)?\Z", re.DOTALL)


def _sql(text: str) -> list[Definition]:
    """CREATE statements by their words: dialects differ in their bodies, hardly in how these begin and end."""
    lines = text.split("\n")
    found: list[Definition] = []
    at = 0
    while at < len(lines):
        match = _CREATE.match("\n".join(lines[at : at + 3])) if "create" in lines[at][:200].lower() else None
        if match is None:
            at += 1
            continue
        last = _sql_end(lines, at, " ".join(match["kind"].upper().split()).startswith(_ROUTINE))
        first = at
        while first > 0 and lines[first - 1].lstrip().startswith("--") and (not found or found[-1].last < first - 1):
            first -= 1
        name = match["name"].strip('"`[]')[:100]
        found.append(Definition(first, last, name, " ".join(match["head"].split())[-_SIGNATURE_LENGTH:]))
        at = last + 1
    return found


def _sql_end(lines: Sequence[str], first: int, routine: bool) -> int:
    """The last line of the statement that begins at `first`: a routine's semicolons do not end it."""
    quote: str | None = None
    dollars = False
    for at in range(first, len(lines)):
        line = lines[at]
        # In a routine a further in CREATE is a statement of its body.
        if at > first and quote is None and (line[:6].lower() == "create" if routine else _CREATE.match(line)):
            return at - 1
        for mark in _DOLLAR.findall(line):
            quote = mark if quote is None else (None if mark == quote else quote)
            dollars = True
        if quote is None:
            if at > first and _BATCH_END.match(line):
                return at
            if (dollars or not routine) and _STATEMENT_END.search(line):
                return at
    return len(lines) - 1
