"""Files attached to pages: which there are, and what becomes of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from vigie.errors import SourceError
from vigie.sources import confluence_content as content
from vigie.sources.confluence_client import Answered, ConfluenceClient
from vigie.sources.confluence_content import Facts
from vigie.sources.confluence_listing import Parameters, page_path, walk
from vigie.sources.confluence_v2 import SpaceV2
from vigie.types import digest

LARGEST = 32_000_000  # bytes of one file
LIMIT = 100
READ = "2"  # part of each version: raise it when the same file gives another text, or other chunks of it
_TEXT_ENDINGS = (".txt", ".log", ".md", ".csv", ".json", ".yaml", ".yml", ".xml", ".ini", ".conf", ".sh", ".sql")
_PDF = ("application/pdf", "application/x-pdf")


class Unreadable(Exception):
    """No text comes out of the file, whenever it is tried; the message says why."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`native_id`: the page's id, a slash, the file's own."""

    native_id: str
    name: str
    media_type: str
    version: str
    size: int | None
    download: str  # path below the wiki's base


def attachments(client: ConfluenceClient, v2: SpaceV2 | None, page: str, facts: Facts) -> Iterator[Attachment]:
    """PDF and plain text files of a page. Raises SourceError where they cannot be listed to the end."""
    path, params, start = f"{page_path(page)}/child/attachment", Parameters({"expand": "version"}), {"start": "0"}
    if v2 is not None:
        path, params, start = f"/api/v2/pages/{page}/attachments", Parameters(), {}
    seen: set[str] = set()
    try:
        for entries in walk(client, path, params | {"limit": LIMIT}, seen, start):
            for entry in entries:
                id_ = content.page_id(entry)
                if id_ is None or not isinstance(entry, Mapping) or id_ in seen:
                    continue
                seen.add(id_)
                found = _attachment(page, id_, entry, facts, client.base_url)
                if found is not None:
                    yield found
    except Answered as error:
        if error.status not in (404, 410):
            raise SourceError(f"the attachments of page {page} cannot be listed: {error}") from error


def is_attachment(native_id: str) -> bool:
    return "/" in native_id


def _attachment(page: str, id_: str, entry: Mapping[str, object], facts: Facts, base: str) -> Attachment | None:
    """None for what holds no text, is no current file or does not tell its version."""
    more, links, version = (_mapping(entry.get(name)) for name in ("extensions", "_links", "version"))
    metadata = _mapping(entry.get("metadata"))
    kind = str(entry.get("mediaType") or more.get("mediaType") or metadata.get("mediaType") or "").lower()
    kind = kind.partition(";")[0].strip()
    name, number = content.title_of(entry), version.get("number")
    path = _below(entry.get("downloadLink") or links.get("download"), base)
    readable = kind in _PDF or kind.startswith("text/plain") or name.lower().endswith((*_TEXT_ENDINGS, ".pdf"))
    current = entry.get("status") in (None, "current")
    if not readable or not current or path is None or not isinstance(number, int) or isinstance(number, bool):
        return None
    size = entry.get("fileSize", more.get("fileSize"))
    # With the page's own digest of its title and address, which stand in the document too.
    stamp = digest(READ, name, (facts.version or "").partition("-")[2])[:16]
    return Attachment(f"{page}/{id_}", name, kind, f"{number}-{stamp}", size if isinstance(size, int) else None, path)


def _below(link: object, base: str) -> str | None:
    """The link as a path below the wiki's base; None for one that leads elsewhere."""
    if not isinstance(link, str) or not link.startswith("/") or link.startswith("//") or not link.isprintable():
        return None
    context = urlsplit(base).path
    return link.removeprefix(context) if context and link.startswith(f"{context}/") else link


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
