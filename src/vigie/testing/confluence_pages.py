"""The pages a `FakeConfluence` holds, and their JSON as Confluence Data Center's v1 content resource gives it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A file attached to a page."""

    id: str
    name: str
    content: bytes
    media_type: str = "application/pdf"
    version: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of content. Restrictions are on viewing, the page's own; `visible` False hides it from the account."""

    id: str
    title: str
    body: str = ""  # storage format
    space: str = "IV2"
    version: int = 1
    parent: str | None = None
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    status: str = "current"
    type: str = "page"
    labels: tuple[str, ...] = ()
    when: str = "2026-01-05T09:00:00.000+01:00"
    visible: bool = True
    files: tuple[File, ...] = ()


def load_wiki(folder: Path, space: str, now: datetime | None = None) -> list[Page]:
    """The pages of a folder: `index.json`, a list of `{id, title, parent?, file, version?, updated?, labels?,
    restricted?}`, and a file of storage format for each. `updated` is in days from `now`, `restricted` is
    `{users?, groups?}`.

    Raises ValueError that names the entry, for a file that is missing or lies outside the folder.
    """
    now = now or datetime.now(UTC)
    pages = []
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        path = (folder / entry["file"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise ValueError(f"index.json: page {entry['id']}: no file {entry['file']} in the folder")
        restricted = entry.get("restricted") or {}
        pages.append(
            Page(
                id=str(entry["id"]),
                title=entry["title"],
                body=path.read_bytes().decode("utf-8"),
                space=space,
                version=int(entry.get("version", 1)),
                parent=str(entry["parent"]) if entry.get("parent") else None,
                users=tuple(restricted.get("users", ())),
                groups=tuple(restricted.get("groups", ())),
                labels=tuple(entry.get("labels", ())),
                when=(now + timedelta(days=entry.get("updated", 0))).isoformat(timespec="milliseconds"),
            )
        )
    return pages


def content_json(page: Page, ancestors: Iterable[Page], expand: set[str], base: str) -> Json:
    """One content object: what was asked for is expanded, the rest is named in `_expandable`."""
    answer: Json = {
        "id": page.id,
        "type": page.type,
        "status": page.status,
        "title": page.title,
        "extensions": {"position": "none"},
        "_links": {
            "webui": web_path(page),
            "self": f"{base}/rest/api/content/{page.id}",
            "tinyui": f"/x/{page.id}",
        },
    }
    parts: dict[str, Callable[[], Any]] = {
        "version": lambda: {
            "by": {"type": "known", "username": "wiki", "displayName": "Wiki"},
            "when": page.when,
            "message": "",
            "number": page.version,
            "minorEdit": False,
        },
        "space": lambda: {"key": page.space, "name": page.space, "type": "global", "status": "current"},
        "ancestors": lambda: [
            {"id": above.id, "type": "page", "status": above.status, "title": above.title, "extensions": {}}
            for above in ancestors
        ],
        "metadata": lambda: {"labels": {"results": [{"prefix": "global", "name": name} for name in page.labels]}},
        "body": lambda: {
            "storage": {"value": page.body, "representation": "storage", "_expandable": {"content": ""}},
            "_expandable": {"view": "", "editor": "", "export_view": ""},
        },
        "restrictions": lambda: {"read": restriction_json(page, base, expand, "restrictions.read.")},
    }
    addresses = {"space": f"/rest/api/space/{page.space}"}
    addresses["restrictions"] = f"/rest/api/content/{page.id}/restriction/byOperation"
    wanted = {path.split(".")[0] for path in expand}
    if "body" in wanted and "body.storage" not in expand:
        wanted.discard("body")
    if "restrictions" in wanted and not any(path.startswith("restrictions.read") for path in expand):
        wanted.discard("restrictions")
    answer |= {name: part() for name, part in parts.items() if name in wanted}
    answer["_expandable"] = {name: addresses.get(name, "") for name in parts if name not in wanted}
    return answer


def file_json(page: Page, file: File, v2: bool) -> Json:
    """An attachment, as v1 or v2 lists it."""
    path = f"/download/attachments/{page.id}/{quote(file.name)}?version={file.version}&api=v2"
    common = {"id": file.id, "status": "current", "title": file.name}
    if v2:
        more: Json = {
            "pageId": page.id,
            "mediaType": file.media_type,
            "fileSize": len(file.content),
            "version": {"number": file.version, "createdAt": page.when},
            "downloadLink": path,
        }
        return common | more | {"_links": {"download": path}}
    return common | {
        "type": "attachment",
        "metadata": {"mediaType": file.media_type},
        "extensions": {"mediaType": file.media_type, "fileSize": len(file.content)},
        "version": {"number": file.version, "when": page.when},
        "_links": {"download": path},
    }


_INCLUDE = re.compile(
    r'<ac:structured-macro[^>]*ac:name="(include|excerpt-include)".*?<ri:page([^>]*)/>.*?</ac:structured-macro>',
    re.DOTALL,
)


def rendered(page: Page, pages: Mapping[tuple[str, str], Page], depth: int = 0) -> str:
    """The page as a reader sees it: what include macros name stands in their place, whoever may see that page."""

    def put(macro: re.Match[str]) -> str:
        named = dict(re.findall(r'ri:(content-title|space-key)="([^"]*)"', macro[2]))
        found = pages.get((named.get("space-key", page.space), html.unescape(named.get("content-title", ""))))
        inner = rendered(found, pages, depth + 1) if found is not None and depth < 5 else ""
        return f'<div class="conf-macro output-block" data-hasbody="false" data-macro-name="{macro[1]}">{inner}</div>'

    return _INCLUDE.sub(put, page.body)


def restriction_json(page: Page, base: str, expand: set[str], prefix: str = "") -> Json:
    """The view restrictions of the page itself; inherited ones are never in it."""
    people: list[Json] = [{"type": "known", "username": name, "displayName": name} for name in page.users]
    groups: list[Json] = [{"type": "group", "name": name} for name in page.groups]
    names = {"user": people, "group": groups}
    lists: Json = {"_expandable": {}}
    for kind, results in names.items():
        if f"{prefix}restrictions.{kind}" in expand:
            lists[kind] = {"results": results, "start": 0, "limit": 200, "size": len(results)}
        else:
            lists["_expandable"][kind] = ""
    own = f"{base}/rest/api/content/{page.id}/restriction/byOperation/read"
    return {"operation": "read", "restrictions": lists, "_links": {"self": own}}


def web_path(page: Page) -> str:
    """As Data Center makes it: by title where that is plain, else by id."""
    if page.type == "page" and re.fullmatch(r"[A-Za-z0-9 _.-]+", page.title):
        return f"/display/{page.space}/{quote_plus(page.title)}"
    return f"/pages/viewpage.action?pageId={page.id}"


def page_html(page: Page) -> bytes:
    """The page to look at in a browser: its storage format, the code shown, the parameters hidden. Nothing runs."""
    body = re.sub(
        r"<!\[CDATA\[(.*?)\]\]>", lambda code: f"<pre>{html.escape(code[1])}</pre>", page.body, flags=re.DOTALL
    )
    body = re.sub(r"<((?:ac|ri):[\w-]+)([^<>]*)/>", r"<\1\2></\1>", body)
    style = (
        r"body{font:16px sans-serif;max-width:50em;margin:2em auto}ac\:parameter{display:none}td,th{border:1px solid}"
    )
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><title>{html.escape(page.title)}</title><style>{style}</style>'
        f"<h1>{html.escape(page.title)}</h1>{body}"
    ).encode("utf-8", "replace")
