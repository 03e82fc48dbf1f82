"""One Confluence space (Data Center, v1 REST): every page listed at each sync, bodies read of changed ones only."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from typing import Any
from urllib.parse import quote

from vigie.errors import SourceError, SourceUnreachable
from vigie.sources.confluence_client import ConfluenceClient, PageForbidden, PageGone
from vigie.sources.storage_format import FORMAT_VERSION, storage_to_text
from vigie.types import Document, Item, Skip, SourceRef, digest

LIMIT = 100  # pages asked for at a time; the server may give fewer
PASSES = 5  # walks over a listing that changes under us before it is called unstable
AT_ONCE = 4  # pages read at the same time
IN_A_ROW = 5  # pages that fail one after the other: the wiki as a whole is down
RESTRICTIONS = "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
LISTED = f"version,ancestors,{RESTRICTIONS}"
RESTRICTED = "restricted"


class ConfluenceSource:
    """Implements `protocols.Source`.

    A page is left out as "restricted" when it, or any page above it, has a view restriction, or when that cannot be
    found out. A restriction changes no version: it is looked at in every listing.
    """

    def __init__(self, client: ConfluenceClient, space: str) -> None:
        self.ref = SourceRef("confluence", space)
        self._client = client
        self._restricted: dict[str, bool] = {}

    # ------------------------------------------------------------------ listing

    def scan(self) -> Iterator[Item | Skip]:
        try:
            pages = self._list_all()
            self._restricted = {id_: self._own_restriction(id_, page) for id_, page in pages.items()}
            for id_, page in pages.items():
                yield Skip(id_, RESTRICTED) if self._hidden(id_, page) else Item(id_, _version(page))
        finally:
            self._client.close()

    def _list_all(self) -> dict[str, Mapping[str, Any]]:
        """Every current page. A walk by offset misses a page when an earlier one goes away meanwhile: the walk is
        repeated until two walks in a row see the same pages."""
        seen = self._walk()
        if not seen:
            self._check_space()
        for _ in range(PASSES):
            again = self._walk() if len(seen) > self._page_size else seen
            if again.keys() == seen.keys():
                return again
            seen = again
        raise SourceError(f"the pages of space {self.ref.name} change faster than they can be listed: try again")

    def _check_space(self) -> None:
        """An empty listing is believed of a space that is there."""
        try:
            self._client.get(f"/rest/api/space/{quote(self.ref.name, safe='')}")
        except (PageGone, PageForbidden):
            raise SourceError(
                f"space {self.ref.name} does not exist, or not for this login: check CONFLUENCE_SPACE"
            ) from None

    def _walk(self) -> dict[str, Mapping[str, Any]]:
        pages: dict[str, Mapping[str, Any]] = {}
        start, self._page_size = 0, LIMIT
        while True:
            answer = self._get_list(start)
            results = answer.get("results")
            if not isinstance(results, list):
                raise SourceError(
                    f"space {self.ref.name}: the wiki's answer holds no list of pages; check CONFLUENCE_URL"
                )
            known = len(pages)
            for page in results:
                if isinstance(page, dict) and page.get("type", "page") == "page" and _current(page):
                    pages[str(page.get("id"))] = page
            following = self._next_start(answer, start, len(results))
            if following is None:
                return pages
            if results and len(pages) == known and start > 0:
                raise SourceError(f"space {self.ref.name}: the wiki gives the same pages again and again; try again")
            if start == 0:
                self._page_size = max(1, len(results))
            start = following

    def _get_list(self, start: int) -> dict[str, Any]:
        parameters: dict[str, str | int] = {
            "spaceKey": self.ref.name,
            "type": "page",
            "status": "current",
            "start": start,
            "limit": LIMIT,
            "expand": LISTED,
        }
        try:
            return self._client.get("/rest/api/content", parameters)
        except PageGone:
            raise SourceError(
                f"space {self.ref.name} does not exist, or not for this login: check CONFLUENCE_SPACE"
            ) from None
        except PageForbidden:
            raise SourceError(
                f"space {self.ref.name} may not be read with this login (403): check its rights"
            ) from None

    def _next_start(self, answer: Mapping[str, Any], start: int, got: int) -> int | None:
        """Where the next part begins; None at the end, which is where there is no `next`, whatever `size` says.

        Of `next` only its offset is used: the address stays ours, so that a foreign one is never followed.
        """
        links = answer.get("_links")
        following = links.get("next") if isinstance(links, dict) else None
        if not following:
            return None
        # Something stands there that is no link of ours: the listing goes on, by what it gave so far.
        found = re.search(r"[?&]start=(\d{1,9})(?:&|$)", following) if isinstance(following, str) else None
        if found and int(found.group(1)) > start:
            return int(found.group(1))
        return start + got if got else None

    # ------------------------------------------------------------------ restrictions

    def _hidden(self, id_: str, page: Mapping[str, Any]) -> bool:
        """Own restriction, or one of any page above; view rights are the intersection over all of them."""
        above = page.get("ancestors")
        if not isinstance(above, list):
            return True
        return self._is_restricted(id_) or any(self._is_restricted(str(a.get("id"))) for a in above)

    def _is_restricted(self, id_: str) -> bool:
        if id_ not in self._restricted:
            self._restricted[id_] = self._own_restriction(id_, {})
        return self._restricted[id_]

    def _own_restriction(self, id_: str, page: Mapping[str, Any]) -> bool:
        """From the listing where it says, else asked for; True when it cannot be found out."""
        said = _restriction_in(page.get("restrictions"))
        if said is not None:
            return said
        try:
            answer = self._client.get(
                f"/rest/api/content/{quote(id_, safe='')}/restriction/byOperation/read",
                {"expand": "restrictions.user,restrictions.group", "limit": 1},
            )
        except (PageGone, PageForbidden):
            return True
        said = _restriction_in({"read": answer})
        return True if said is None else said

    # ------------------------------------------------------------------ reading

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        failed_in_a_row = 0
        waiting: deque[Future[Document | Skip]] = deque()
        remaining = iter(items)
        with closing(self._client), ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                # One page alone first: credentials refused meanwhile must not be tried four times at once.
                if (item := next(remaining, None)) is not None:
                    yield self._read_one(item)
                while True:
                    while len(waiting) < 2 * AT_ONCE and (item := next(remaining, None)) is not None:
                        waiting.append(pool.submit(self._read_one, item))
                    if not waiting:
                        return
                    found = waiting.popleft().result()
                    failed_in_a_row = failed_in_a_row + 1 if isinstance(found, Skip) and found.transient else 0
                    if failed_in_a_row >= IN_A_ROW:
                        raise SourceUnreachable(f"the wiki stopped answering: {found.reason}")  # type: ignore[union-attr]
                    yield found
            finally:
                for future in waiting:
                    future.cancel()

    def _read_one(self, item: Item) -> Document | Skip:
        try:
            page = self._client.get(
                f"/rest/api/content/{quote(item.native_id, safe='')}",
                {"expand": f"body.storage,space,{LISTED}"},
            )
        except PageGone:
            return Skip(item.native_id, "deleted while it was being read")
        except PageForbidden:
            return Skip(item.native_id, RESTRICTED)
        except SourceUnreachable as error:
            return Skip(item.native_id, f"could not be read: {error}", transient=True)
        if str(page.get("id")) != item.native_id or page.get("type", "page") != "page":
            return Skip(item.native_id, "the wiki gave something else for it", transient=True)
        space = page.get("space")
        if isinstance(space, dict) and space.get("key") not in (None, self.ref.name):
            return Skip(item.native_id, f"moved to space {space.get('key')}")
        if not _current(page):
            return Skip(item.native_id, f"no longer a current page ({page.get('status')})")
        if _restriction_in(page.get("restrictions")):
            return Skip(item.native_id, RESTRICTED)
        body = page.get("body", {})
        storage = body.get("storage", {}).get("value") if isinstance(body, dict) else None
        if not isinstance(storage, str):
            return Skip(item.native_id, "the wiki gave no storage format for it", transient=True)
        return Document(
            ref=self.ref,
            native_id=item.native_id,
            version=_version(page),
            title=str(page.get("title", item.native_id)),
            text=storage_to_text(storage),
            url=self._link(item.native_id, page),
            updated_at=_when(page),
        )

    def _link(self, id_: str, page: Mapping[str, Any]) -> str:
        """A link that opens the page, on our own wiki whatever the answer says."""
        links = page.get("_links")
        web = links.get("webui") if isinstance(links, dict) else None
        if isinstance(web, str) and web.startswith("/") and not web.startswith("//"):
            return f"{self._client.base_url}{web}"
        return f"{self._client.base_url}/pages/viewpage.action?pageId={quote(id_, safe='')}"


def _current(page: Mapping[str, Any]) -> bool:
    return bool(page.get("status", "current") == "current")


def _version(page: Mapping[str, Any]) -> str:
    """Changes with the page's number, its title, its link and where it stands."""
    number = page.get("version", {}).get("number") if isinstance(page.get("version"), dict) else None
    above = [str(a.get("title", "")) for a in page.get("ancestors") or [] if isinstance(a, dict)]
    links = page.get("_links")
    web = links.get("webui", "") if isinstance(links, dict) else ""
    return f"{number}-{digest(str(FORMAT_VERSION), str(page.get('title')), str(web), *above)[:12]}"


def _restriction_in(restrictions: object) -> bool | None:
    """Whether `read` is restricted to users or groups; None when the answer does not say."""
    try:
        held = restrictions["read"]["restrictions"]  # type: ignore[index]
        sizes = [len(held[who]["results"]) or int(held[who].get("size", 0)) for who in ("user", "group")]
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return any(sizes)


def _when(page: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(page["version"]["when"])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None
