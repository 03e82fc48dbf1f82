"""Pages that show other pages: which ones, as their macros name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from vigie.sources import confluence_content as content
from vigie.sources.confluence_content import Facts
from vigie.sources.storage_tree import Node, parse_storage
from vigie.sources.storage_view import GATHERED, INCLUDES

MOST_INCLUDED = 50  # pages that one page may include, directly or not, to be shown with them


@dataclass(frozen=True, slots=True)
class Named:
    """A page named by a macro; without `space`, in the space of the page that names it."""

    title: str
    space: str | None


def includes(storage: str) -> tuple[list[Named], bool]:
    """(pages that the page includes, whether all that it shows of others is among them)."""
    named: list[Named] = []
    told = True
    for macro in _macros(parse_storage(storage)):
        name = macro.attributes.get("ac:name", "").lower()
        if name in INCLUDES:
            found = _named(macro)
            told = told and found is not None
            named += [found] if found is not None else []
        elif name in GATHERED:
            told = False
    return named, told


def included(
    named: Iterable[Named],
    space: str,
    base: str,
    titled: Callable[[str], list[str]],
    current_page: Callable[[str], Mapping[str, object] | None],
) -> dict[str, Facts] | None:
    """The pages included, and those that these include; None where that cannot be told to the end.

    `titled` gives the ids of pages of the space, `current_page` a page with its storage format. A page of another space
    is not ours to show: that space has readers of its own.
    """
    found: dict[str, Facts] = {}
    waiting = list(named)
    while waiting:
        one = waiting.pop()
        if one.space is not None and one.space.casefold() != space.casefold():
            return None
        ids = titled(one.title)
        if len(ids) != 1 or len(found) >= MOST_INCLUDED:
            return None
        if ids[0] in found:
            continue
        page = current_page(ids[0])
        body = content.body_of(page, "storage") if page is not None else None
        if page is None or body is None:
            return None
        further, told = includes(body)
        if not told:
            return None
        # Whether it is restricted is asked once the view was made: what it said before may no longer hold.
        found[ids[0]] = replace(content.facts(page, base), restricted=None)
        waiting += further
    return found


def _macros(node: Node) -> Iterator[Node]:
    for child in node.nodes():
        if child.tag in ("ac:structured-macro", "ac:macro"):
            yield child
        yield from _macros(child)


def _named(macro: Node) -> Named | None:
    page = next(_pages(macro), None)
    if page is not None:
        title = page.attributes.get("ri:content-title", "")
        return Named(title, page.attributes.get("ri:space-key") or None) if title else None
    # As wiki markup had it: "KEY:Title", or a title alone.
    parameters = (child for child in macro.nodes() if child.tag in ("ac:parameter", "ac:default-parameter"))
    text = next((p.text().strip() for p in parameters if p.attributes.get("ac:name", "") in ("", "page")), "")
    space, colon, title = text.partition(":")
    if colon and space.isalnum() and title.strip():
        return Named(title.strip(), space)
    return Named(text, None) if text else None


def _pages(node: Node) -> Iterator[Node]:
    for child in node.nodes():
        if child.tag == "ri:page":
            yield child
        yield from _pages(child)
