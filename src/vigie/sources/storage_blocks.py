"""Lists, tasks and tables of storage format.

Code inside them is written after the text of its item or row, at the start of a line, so that it stays verbatim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vigie.sources.storage_flow import Block, Flow
from vigie.sources.storage_tree import Node

Emit = Callable[[Node | str, Flow], None]

_LISTS = frozenset(("ul", "ol", "ac:task-list"))
_MAX_COLUMNS = 200  # beyond them spans are not drawn: a few bytes of markup could ask for a billion empty cells


def item_list(node: Node, flow: Flow, emit: Emit) -> None:
    """`ul`, `ol` and `ac:task-list`: one block of lines, cut in two by each block of code."""
    number = _integer(node, "start", 1)
    lines: list[str] = []
    flow.flush()
    for item in _items(node):
        marker = f"{number}. " if node.tag == "ol" else "- "
        number += 1
        inner = Flow(nested=True, cell=flow.cell)
        for child in item.children:
            emit(child, inner)
        inner.flush()
        if item.tag == "ac:task":
            marker += "[x] " if _is_done(item) else "[ ] "
        elif item.tag in _LISTS:
            marker = "  "  # a list directly inside a list
        _append_item(lines, marker, inner.blocks, flow)
    flow.add("\n".join(lines))


def _append_item(lines: list[str], marker: str, blocks: list[Block], flow: Flow) -> None:
    pad = " " * min(len(marker), 4)
    prefix = marker
    for block in blocks:
        if block.code:
            flow.add("\n".join(lines))
            lines.clear()
            flow.blocks.append(block)
        else:
            lines.append(prefix + block.text.replace("\n", "\n" + pad))
            prefix = pad


def _items(node: Node) -> Iterator[Node]:
    """The items; whatever else stands there is an item of its own."""
    for child in node.children:
        if isinstance(child, str):
            if child.strip():
                yield Node("li", children=[child])
        elif child.tag in ("li", "ac:task"):
            yield child
        else:
            yield Node(child.tag, children=[child])


def _is_done(task: Node) -> bool:
    status = task.first("ac:task-status")
    return status is not None and status.text().strip().lower() == "complete"


def table(node: Node, flow: Flow, emit: Emit) -> None:
    """A table with pipes, its first row as header; after code that stands in a row, it goes on under its header."""
    flow.flush()
    rows = _grid(list(_rows(node, flow, emit)), emit)
    flow.flush()
    if flow.cell:
        _table_as_text(rows, flow)
        return
    header: list[str] = []
    lines: list[str] = []
    for cells, code in rows:
        if any(cells):
            line = "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
            if not header:
                header = [line, "|" + " --- |" * len(cells)]
                lines = list(header)
            else:
                lines = lines or list(header)
                lines.append(line)
        if code:
            flow.add("\n".join(lines))
            lines = []
            flow.blocks.extend(code)
    flow.add("\n".join(lines))


def _table_as_text(rows: Iterator[tuple[list[str], list[Block]]], flow: Flow) -> None:
    code: list[Block] = []
    lines: list[str] = []
    for cells, blocks in rows:
        lines.append(", ".join(filter(None, cells)))
        code.extend(blocks)
    flow.add("; ".join(filter(None, lines)))
    flow.blocks.extend(code)


def _rows(node: Node, flow: Flow, emit: Emit) -> Iterator[Node]:
    """The rows; what is not in a row (a caption, a stray macro) is written before the table."""
    for child in node.children:
        if isinstance(child, Node) and child.tag == "tr":
            yield child
        elif isinstance(child, Node) and child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child, flow, emit)
        elif isinstance(child, Node) and child.tag in ("td", "th"):
            yield Node("tr", children=[child])
        else:
            emit(child, flow)


def _grid(rows: list[Node], emit: Emit) -> Iterator[tuple[list[str], list[Block]]]:
    """Per row: one text per column, empty where a cell spans, and the code that stood in it."""
    spans: dict[int, int] = {}  # column -> rows that a cell from above still covers
    for row in rows:
        cells: list[str] = []
        code: list[Block] = []
        for cell in _cells(row):
            _skip_spanned(cells, spans)
            inner = Flow(nested=True, cell=True)
            for child in cell.children:
                emit(child, inner)
            text = inner.take_prose()
            code.extend(inner.blocks)
            below = _integer(cell, "rowspan", 1) - 1
            width = min(_integer(cell, "colspan", 1), _MAX_COLUMNS - len(cells))
            for column in range(len(cells), len(cells) + max(width, 1)):
                if column < _MAX_COLUMNS:
                    spans[column] = below
                cells.append("")
            cells[-max(width, 1)] = text
        _skip_spanned(cells, spans)
        yield cells, code


def _skip_spanned(cells: list[str], spans: dict[int, int]) -> None:
    while spans.get(len(cells), 0) > 0:
        spans[len(cells)] -= 1
        cells.append("")


def _cells(row: Node) -> Iterator[Node]:
    for child in row.children:
        if isinstance(child, Node) and child.tag in ("td", "th"):
            yield child
        elif not isinstance(child, str) or child.strip():
            yield Node("td", children=[child])


def _integer(node: Node, name: str, default: int) -> int:
    value = node.attributes.get(name, "")
    return max(int(value), 1) if value.isascii() and value.isdigit() and len(value) < 10 else default
