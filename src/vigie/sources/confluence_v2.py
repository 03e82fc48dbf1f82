"""Confluence Cloud's REST v2, its answers in the shape of v1's: what v1 no longer answers is asked here.

Restrictions have no place in v2: they are asked of v1 on Cloud too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from vigie.errors import SourceRefused
from vigie.sources.confluence_client import ATTEMPTS, Answered, ConfluenceClient, Json

PAGES_LIMIT = 250  # v2's own largest window
CLOUD = ".atlassian.net"


def wiki_base(url: str) -> str:
    """The wiki's base address: on Cloud always the site and `/wiki`, whatever page of it was copied."""
    parts = urlsplit(url)
    if (parts.hostname or "").lower().endswith(CLOUD):
        return f"{parts.scheme}://{parts.netloc}/wiki"
    return url.rstrip("/")


@dataclass(frozen=True, slots=True)
class SpaceV2:
    """One space under v2, which knows spaces by number."""

    client: ConfluenceClient
    key: str
    number: str

    @property
    def pages_path(self) -> str:
        return f"/api/v2/spaces/{self.number}/pages"

    def page(self, id_: str, body: str | None = None, attempts: int = ATTEMPTS) -> Json:
        """A page as v1 gives it, with its ancestors. Raises as `ConfluenceClient.get`."""
        path = f"/api/v2/pages/{quote(id_, safe='')}"
        found = self.client.get(path, {"body-format": body} if body else None, attempts=attempts)
        return self._shaped(found) | {"ancestors": self._ancestors(path)}

    def titled(self, title: str) -> list[object]:
        """Pages of the space with that title."""
        results = self.client.get(self.pages_path, {"title": title, "status": "current", "limit": 2}).get("results")
        return results if isinstance(results, list) else []

    def _ancestors(self, path: str) -> object:
        """From the top downwards, folders among them; None, which counts as unknown, where they may not be all."""
        answer = self.client.get(f"{path}/ancestors", {"limit": PAGES_LIMIT})
        results = answer.get("results")
        return results if isinstance(results, list) and len(results) < PAGES_LIMIT else None

    def _shaped(self, page: Json) -> Json:
        version = page.get("version")
        if isinstance(version, Mapping):
            version = {"number": version.get("number"), "when": version.get("createdAt")}
        number = page.get("spaceId")
        here = number is None or str(number) == self.number
        space = {"key": self.key if here else f"number {number}"}
        return page | {"type": "page", "version": version, "space": space}


def find_space(client: ConfluenceClient, key: str) -> SpaceV2 | None:
    """The space by its key; None where there is no v2, or no such space for this login."""
    try:
        answer = client.get("/api/v2/spaces", {"keys": key, "limit": 10})
    except SourceRefused:
        raise
    except Answered:
        return None
    results = answer.get("results")
    for space in results if isinstance(results, list) else []:
        named = isinstance(space, Mapping) and str(space.get("key")).casefold() == key.casefold()
        if named and str(space.get("id", "")).isdecimal():
            return SpaceV2(client, key, str(space["id"]))
    return None
