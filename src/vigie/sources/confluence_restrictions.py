"""Who may see a page: its own view restriction and those of all its ancestors. What cannot be told is restricted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from vigie.errors import SourceError, SourceRefused
from vigie.sources import confluence_content as content
from vigie.sources.confluence_client import ATTEMPTS, Answered, ConfluenceClient, Json
from vigie.sources.confluence_content import NOTHING, Facts
from vigie.sources.confluence_listing import RESTRICTIONS, page_path

RESTRICTED = "restricted"
IN_A_ROW = 5  # failures of a way of asking, one after the other, before it is given up
OTHER_ATTEMPTS = 3  # tries of the second and third way of asking


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking for a page's own view restriction."""

    path: str  # below the page
    expand: str
    read: Callable[[Json], bool | None]


WAYS = (
    Way("/restriction/byOperation/read", "restrictions.user,restrictions.group", content.view_restriction),
    Way("", RESTRICTIONS, content.inline_restriction),
    Way(
        "/restriction/byOperation",
        "read.restrictions.user,read.restrictions.group",
        content.restriction_by_operation,
    ),
)


class Restrictions:
    """Finds out who may see pages. Which ways of asking work is remembered; what they say is asked anew each time.

    `check_alive` raises when the wiki as a whole does not answer; `relist` tells what the listing says, for where a
    page itself does not.
    """

    def __init__(
        self, client: ConfluenceClient, check_alive: Callable[[], None], relist: Callable[[], Mapping[str, Facts]]
    ) -> None:
        self._client = client
        self._check_alive = check_alive
        self._relist = relist
        self._ways = list(WAYS)
        self._failures: Counter[str] = Counter()  # in a row, by way
        self._trouble = "the wiki does not say"
        self._lock = threading.Lock()

    def reasons(self, pages: Mapping[str, Facts], pool: Executor, *, ask_above: bool) -> dict[str, str | None]:
        """Page id -> why it has to be left out; None where all who see the space may see it.

        With `ask_above`, what `pages` tells of pages above others may be too old: these are asked now.
        Raises SourceRefused, and SourceUnreachable when the wiki as a whole does not answer.
        """
        known = dict(pages)
        if any(page.ancestors is None for page in pages.values()):
            listed = self._relist()
            known = {id_: page.completed(listed.get(id_, NOTHING)) for id_, page in pages.items()}
        above = {id_ for page in known.values() for id_ in page.ancestors or ()}
        own = {
            id_: RESTRICTED if page.restricted else None
            for id_, page in known.items()
            if page.restricted is not None and not (ask_above and id_ in above)
        }
        own |= self._ask_all(sorted((known.keys() | above) - own.keys()), pool)
        return {id_: _reason(id_, known, own) for id_ in pages}

    def _ask_all(self, ids: list[str], pool: Executor) -> dict[str, str | None]:
        own = in_parallel(self._ask, ids, pool)
        untold = [id_ for id_, reason in own.items() if reason is not None and reason != RESTRICTED]
        listed = self._relist() if untold else {}
        for id_ in untold:
            said = listed.get(id_, NOTHING).restricted
            if said is not None:
                own[id_] = RESTRICTED if said else None
        return own

    def _ask(self, id_: str) -> str | None:
        """Its own restriction, in the ways that are left; a reason also where none of them tells."""
        hidden = False
        for n, way in enumerate(list(self._ways)):
            attempts = OTHER_ATTEMPTS if n else ATTEMPTS
            try:
                answer = self._client.get(page_path(id_) + way.path, {"expand": way.expand}, attempts=attempts)
            except SourceRefused:
                raise
            except Answered as error:
                hidden |= error.hidden
                continue
            except SourceError as error:
                self._failed(way, str(error))
                continue
            self._failures[way.path] = 0
            said = way.read(answer)
            if said is not None:
                self._prefer(way)
                return RESTRICTED if said else None
        return RESTRICTED if hidden else f"{RESTRICTED}: who may see it cannot be told ({self._trouble})"

    def _prefer(self, way: Way) -> None:
        with self._lock:
            if way in self._ways and self._ways[0] is not way:
                self._ways.remove(way)
                self._ways.insert(0, way)

    def _failed(self, way: Way, trouble: str) -> None:
        """Give a way up that fails again and again while the wiki answers otherwise."""
        with self._lock:
            self._trouble = trouble
            self._failures[way.path] += 1
            over = self._failures[way.path] >= IN_A_ROW and way in self._ways
        if over:
            self._check_alive()
            with self._lock:
                if way in self._ways:
                    self._ways.remove(way)


def _reason(id_: str, pages: Mapping[str, Facts], own: Mapping[str, str | None]) -> str | None:
    """Its own reason, or that of any page above; what an ancestor stands under counts too, where it is known."""
    if pages[id_].ancestors is None:
        return own[id_] or f"{RESTRICTED}: the wiki does not tell what it stands under"
    seen, waiting = {id_}, [id_]
    reasons: list[str] = []
    while waiting:
        one = waiting.pop()
        reasons += [reason for reason in [own[one]] if reason is not None]
        above = set(pages[one].ancestors or () if one in pages else ()) - seen
        seen |= above
        waiting += above
    return RESTRICTED if RESTRICTED in reasons else min(reasons, default=None)


T = TypeVar("T")


def in_parallel(ask: Callable[[str], T], ids: list[str], pool: Executor) -> dict[str, T]:
    """`ask` for every id, the first alone: a refused login must not be tried several times at once."""
    found: dict[str, T] = {}
    for part in (ids[:1], ids[1:]):
        found |= zip(part, pool.map(ask, part), strict=True)
    return found
