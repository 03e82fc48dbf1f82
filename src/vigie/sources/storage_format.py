"""Confluence storage format (XHTML with macros) as Markdown-like text."""

from __future__ import annotations

from collections.abc import Callable

from vigie.sources import storage_blocks as blocks
from vigie.sources import storage_macros as macros
from vigie.sources.storage_flow import Flow
from vigie.sources.storage_tree import Node, parse_storage
from vigie.sources.storage_view import without_others

# Raised when the same page gives another text, so that stored pages are read again.
FORMAT_VERSION = 2


def storage_to_text(storage: str) -> str:
    """Markdown-like text of a page: `#` headings, lists, pipe tables, tasks, and code verbatim in fences.

    Any string gives a text; no visible word is lost. A fence starts at the start of a line, inside lists and tables
    too, and is longer than any run of backticks in its code; only NUL and lone surrogates in it become U+FFFD.
    Links that lead out of the wiki keep their address; layout, emphasis and the parameters of macros do not stay,
    except those that a page shows (a title, a status, the file or page a macro names).
    """
    flow = Flow()
    for child in parse_storage(storage).children:
        _emit(child, flow)
    return flow.text()


def view_to_text(view: str, *, others: bool) -> str:
    """The same of a page as the wiki renders it; without `others`, what its macros show of other pages is left out."""
    tree = parse_storage(view)
    if not others:
        without_others(tree)
    flow = Flow()
    for child in tree.children:
        _emit(child, flow)
    return flow.text()


def _emit(node: Node | str, flow: Flow) -> None:
    if isinstance(node, str):
        flow.write(node)
    elif handler := _HANDLERS.get(node.tag):
        handler(node, flow, _emit)
    elif node.tag.startswith("ri:"):
        macros.resource(node, flow, _emit)
    else:
        _inside(node, flow)


def _inside(node: Node, flow: Flow) -> None:
    for child in node.children:
        _emit(child, flow)


def _block(node: Node, flow: Flow, emit: blocks.Emit) -> None:
    flow.flush()
    _inside(node, flow)
    flow.flush()


def _heading(node: Node, flow: Flow, emit: blocks.Emit) -> None:
    flow.flush()
    inner = Flow(nested=True, cell=True)
    _inside(node, inner)
    flow.write(inner.take_prose())
    flow.heading(int(node.tag[1]))
    flow.blocks.extend(inner.blocks)


def _line_break(node: Node, flow: Flow, emit: blocks.Emit) -> None:
    flow.line_break()


def _verbatim(node: Node, flow: Flow, emit: blocks.Emit) -> None:
    if node.text().strip():
        flow.code(node.text())


def _inline_code(node: Node, flow: Flow, emit: blocks.Emit) -> None:
    words = "".join(child for child in node.children if isinstance(child, str))
    plain = words.strip() and "`" not in words and next(node.nodes(), None) is None
    if plain:
        flow.write("`")
    _inside(node, flow)
    if plain:
        flow.write("`")


def _nothing(node: Node, flow: Flow, emit: blocks.Emit) -> None:
    """Parameters outside their macro, and what is not shown of tasks and extensions."""


_BLOCKS = (
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form header "
    "html li main nav p section tbody td tfoot th thead tr "
    "ac:caption ac:layout ac:layout-cell ac:layout-section ac:rich-text-body ac:task ac:task-body ac:adf-content "
    "ac:adf-fallback"
).split()

_HANDLERS: dict[str, Callable[[Node, Flow, blocks.Emit], None]] = {
    **dict.fromkeys(_BLOCKS, _block),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("ul", "ol", "ac:task-list"), blocks.item_list),
    **dict.fromkeys(("ac:structured-macro", "ac:macro"), macros.macro),
    **dict.fromkeys(("ac:image", "img"), macros.image),
    **dict.fromkeys(
        ("ac:parameter", "ac:default-parameter", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-attribute"),
        _nothing,
    ),
    "a": macros.anchor,
    "ac:adf-extension": macros.extension,
    "ac:emoticon": macros.emoticon,
    "ac:link": macros.link,
    "ac:plain-text-body": macros.plain_text_body,
    "br": _line_break,
    "code": _inline_code,
    "hr": _block,
    "pre": _verbatim,
    "table": blocks.table,
    "time": macros.time,
}
