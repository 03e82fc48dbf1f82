"""The pages of a space: a paged listing walked to its end, again and again until a walk shows nothing new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import quote

from vigie.errors import SourceError
from vigie.sources import confluence_content as content
from vigie.sources.confluence_client import Answered, ConfluenceClient, Json
from vigie.sources.confluence_content import Facts
from vigie.sources.confluence_v2 import PAGES_LIMIT, SpaceV2
from vigie.types import Skip

LIMIT = 100  # pages asked for at a time; the server may give fewer
PASSES = 5  # walks over a listing that changes under us before it is called unstable
# A window may be empty because the login may not see what is in it; it may hold nothing new because pages were
# inserted before it. Beyond these the server is going round in circles.
MOST_EMPTY_WINDOWS = 1_000
MOST_REPEATED_WINDOWS = 3

RESTRICTIONS = "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
# What is asked for with each page; a server that refuses one (400) is asked for the next.
EXPANDS = (f"version,ancestors,{RESTRICTIONS}", "version,ancestors", "version")
NOT_HERE = frozenset({404, 405, 410, 501})


@dataclass
class Listing:
    """What the walks saw: pages by id, and what cannot be used of the entries."""

    pages: dict[str, Facts] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)  # where the listing tells these alone, as v2 does
    skips: dict[str, Skip] = field(default_factory=dict)

    def add(self, number: int, entry: object, base: str) -> str:
        """Take one entry; returns what it is known by."""
        found = _page_of(entry)
        id_ = content.page_id(found)
        if id_ is None:
            titled = isinstance(found, Mapping) and isinstance(found.get("title"), str)
            name = f"entry {content.title_of(found)!r}" if titled else f"entry {number} of the listing"  # type: ignore[arg-type]
            self.skips[name] = Skip(name, "the wiki lists it without an id that can be used", transient=True)
            return name
        assert isinstance(found, Mapping)
        if content.is_current_page(found):
            self.pages[id_] = content.facts(found, base).completed(self.pages.get(id_, content.NOTHING))
            if "parentId" in found:
                self.parents[id_] = content.page_id({"id": found["parentId"]})
        return id_

    def climb(self) -> None:
        """Ancestors from parents. What stands below something that is not listed (a folder, a hidden page) is left."""
        for id_, page in self.pages.items():
            if page.ancestors is None and page != content.NOTHING and (above := self._above(id_)) is not None:
                self.pages[id_] = replace(page, ancestors=above)

    def _above(self, id_: str) -> tuple[str, ...] | None:
        above: list[str] = []
        while id_ in self.parents:
            parent = self.parents[id_]
            if parent is None:
                return tuple(reversed(above))
            if parent in above:
                return None
            above.append(parent)
            id_ = parent
        return None


FindV2 = Callable[[], SpaceV2 | None]


def list_space(
    client: ConfluenceClient, space: str, check_space: Callable[[], None], find_v2: FindV2 = lambda: None
) -> Listing:
    """Every current page of the space; of one that is in doubt, nothing is told but its id.

    A walk by offsets misses a page when an earlier one goes away meanwhile: the walk is repeated, without expanding
    anything, until it shows no page that was not seen yet. What the last walk did not show may be gone. An empty
    listing is believed of a space that is there. Raises SourceError when the listing cannot be completed.
    """
    listing = Listing()
    way, windows = _first_walk(client, space, listing, check_space, find_v2)
    if not listing.pages and not listing.skips:
        check_space()
    if windows <= 1:
        listing.climb()
        return listing
    for _ in range(PASSES):
        known = len(listing.pages)
        _, shown = _walk_into(listing, client, way, None)
        if len(listing.pages) == known:
            listing.pages |= dict.fromkeys(listing.pages.keys() - shown, content.NOTHING)
            listing.climb()
            return listing
    raise SourceError(f"the pages of space {space} change faster than they can be listed: try again")


Parameters = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of listing a space. `start`: the parameter of the first window."""

    path: str
    params: Parameters
    expands: tuple[str | None, ...]
    start: Mapping[str, str]


def _ways(space: str, find_v2: FindV2) -> Iterator[_Way]:
    """v1's listing, then v2's, then a search, which an index that lags behind answers."""
    start = {"start": "0"}
    yield _Way(
        "/rest/api/content", {"spaceKey": space, "type": "page", "status": "current", "limit": LIMIT}, EXPANDS, start
    )
    if (v2 := find_v2()) is not None:
        yield _Way(v2.pages_path, {"status": "current", "limit": min(LIMIT, PAGES_LIMIT)}, (None,), {})
    cql = f"space = {_quoted(space)} and type = page"
    yield _Way("/rest/api/content/search", {"cql": cql, "limit": LIMIT}, EXPANDS, start)


def _first_walk(
    client: ConfluenceClient, space: str, listing: Listing, check_space: Callable[[], None], find_v2: FindV2
) -> tuple[_Way, int]:
    """The full walk, in the first way that the wiki knows; (the way, windows)."""
    for way in _ways(space, find_v2):
        for expand in way.expands:
            try:
                windows, _ = _walk_into(listing, client, way, expand)
                return way, windows
            except Answered as error:
                if error.status == 403:
                    raise SourceError(
                        f"space {space} may not be read with this login (403): check its rights"
                    ) from error
                if error.status in NOT_HERE:
                    check_space()  # it says so when it is the space that is not there
                    break
                if error.status != 400:
                    raise
    raise SourceError(f"{client.base_url} does not list pages under /rest/api/content: check CONFLUENCE_URL")


def _quoted(space: str) -> str:
    escaped = space.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _walk_into(listing: Listing, client: ConfluenceClient, way: _Way, expand: str | None) -> tuple[int, set[str]]:
    """Add what one walk shows; (windows it took, what it showed)."""
    windows = number = 0
    seen: set[str] = set()
    params = way.params | ({"expand": expand} if expand else {})
    for entries in walk(client, way.path, params, seen, way.start):
        windows += 1
        for entry in entries:
            number += 1
            seen.add(listing.add(number, entry, client.base_url))
    return windows, seen


def walk(
    client: ConfluenceClient,
    path: str,
    params: Mapping[str, str | int],
    seen: set[str],
    start: Mapping[str, str] = MappingProxyType({"start": "0"}),
) -> Iterator[list[object]]:
    """The windows of a listing; an entry may come twice. The caller adds to `seen` what each window showed.

    The end is a window without `next`: neither `size` nor a short window is one. A `next` that cannot be used (of
    another kind, without position, or seen before) is replaced by the number of entries had, until a window is empty.
    A full window without `next` is followed by a look at what comes after it.
    """
    position = dict(start)
    tried = {_key(position)}
    empty = repeated = 0
    while True:
        answer = client.get(path, {**params, **position})
        entries = _entries(client, path, answer)
        known = len(seen)
        yield entries
        new = len(seen) - known
        following = content.next_position(answer)
        if following == {} and not (new and _full(entries, answer, params)):
            return
        empty = 0 if entries else empty + 1
        repeated = repeated + 1 if entries and not new else 0
        if empty > MOST_EMPTY_WINDOWS or repeated >= MOST_REPEATED_WINDOWS:
            raise SourceError(_endless(client, path))
        if not following or _key(following) in tried:
            if not entries:
                return
            following = {"start": str(int(position.get("start", known)) + len(entries))}
            if _key(following) in tried:
                raise SourceError(_endless(client, path))
        position = following
        tried.add(_key(position))


def _full(entries: list[object], answer: Json, params: Mapping[str, str | int]) -> bool:
    limit = answer.get("limit")
    return len(entries) >= (limit if isinstance(limit, int) and limit > 0 else int(params["limit"]))


def _key(position: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in position.items())


def _entries(client: ConfluenceClient, path: str, answer: Json) -> list[object]:
    results = answer.get("results")
    if isinstance(results, list):
        return results
    raise SourceError(f"{client.base_url}{path}: the wiki's answer holds no list of pages; check CONFLUENCE_URL")


def _page_of(entry: object) -> object:
    """A search result holds the page in `content`."""
    inner = entry.get("content") if isinstance(entry, Mapping) and "id" not in entry else None
    return inner if isinstance(inner, Mapping) else entry


def _endless(client: ConfluenceClient, path: str) -> str:
    return (
        f"the listing of {path} at {client.base_url} repeats itself and never ends: it is not complete; check what "
        "stands between here and the wiki (a proxy or a cache)"
    )


def page_path(id_: str) -> str:
    return f"/rest/api/content/{quote(id_, safe='')}"
