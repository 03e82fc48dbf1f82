"""What Confluence Cloud's REST v2 answers, over the pages of a `FakeConfluence`: cursors, `next` from the origin, ids
for spaces, no `ancestors` in a page. Restrictions are not part of v2; Cloud answers them under v1.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from vigie.testing import confluence_wire as wire
from vigie.testing.confluence_faults import Reply
from vigie.testing.confluence_pages import Json, Page, file_json

_MAX_LIMIT = 250
_DEFAULT_LIMIT = 25
GONE = "This deprecated endpoint has been removed."


def space_number(key: str) -> str:
    return str(10_000 + zlib.crc32(key.encode()) % 1_000_000)


def reply(
    parts: Sequence[str],
    query: dict[str, str],
    pages: dict[str, Page],
    spaces: set[str],
    context: str,
    above: Callable[[Page], list[Page]],
    rendered: Callable[[Page], str],
) -> Reply:
    """The answer to a path below `/api/v2`."""
    match parts:
        case ["spaces"]:
            asked = query.get("keys", "").split(",")
            found = [{"id": space_number(key), "key": key, "name": key} for key in sorted(spaces) if key in asked]
            return wire.ok(_window(found, query, "/api/v2/spaces", context))
        case ["spaces", number, "pages"]:
            chosen = [
                page
                for page in pages.values()
                if space_number(page.space) == number
                and (page.type, page.status) == ("page", query.get("status", "current"))
                and query.get("title", page.title) == page.title
            ]
            # Cursors count what the account may not see: a window can be short and still have a next.
            window = _window(chosen, query, f"/api/v2/spaces/{number}/pages", context)
            window["results"] = [_page_json(page, None, rendered) for page in window["results"] if page.visible]
            return wire.ok(window)
        case ["pages", page_id, *rest]:
            held = pages.get(page_id)
            if held is None or not held.visible or held.type != "page":
                return wire.error(404, "The requested resource could not be found")
            if not rest:
                return wire.ok(_page_json(held, query.get("body-format"), rendered))
            if rest == ["attachments"]:
                files = [file_json(held, file, v2=True) for file in held.files]
                return wire.ok(_window(files, query, f"/api/v2/pages/{page_id}/attachments", context))
            if rest == ["ancestors"]:
                found = [{"id": one.id, "type": one.type} for one in above(held)]
                return wire.ok({"results": found, "_links": {}})
    return wire.error(404, "The requested resource could not be found")


def _page_json(page: Page, body: str | None, rendered: Callable[[Page], str]) -> Json:
    values = {"storage": page.body, "view": rendered(page) if body == "view" else ""}
    return {
        "id": page.id,
        "title": page.title,
        "status": page.status,
        "spaceId": space_number(page.space),
        "parentId": page.parent,
        "parentType": "page" if page.parent else None,
        "authorId": "5b10a",
        "createdAt": "2023-08-01T12:00:00Z",
        "version": {"number": page.version, "message": "", "createdAt": page.when, "authorId": "5b10a"},
        "body": {body: {"value": values[body], "representation": body}} if body in values else {},
        "_links": {
            "webui": f"/spaces/{quote(page.space)}/pages/{page.id}/{quote_plus(page.title)}",
            "tinyui": f"/x/{page.id}",
        },
    }


def _window(things: Sequence[Any], query: dict[str, str], path: str, context: str) -> Json:
    cursor = query.get("cursor", "")
    start = int(cursor.removeprefix("after-")) if cursor.startswith("after-") else 0
    limit = min(wire.number(query, "limit", _DEFAULT_LIMIT), _MAX_LIMIT)
    links = {}
    if start + limit < len(things):
        following = urlencode({**query, "limit": limit, "cursor": f"after-{start + limit}"})
        links["next"] = f"{context}{path}?{following}"
    return {"results": list(things[start : start + limit]), "_links": links}
