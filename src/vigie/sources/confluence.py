"""One Confluence space, Data Center or Cloud: every page listed at each sync, bodies read of changed ones only.

v1 REST where the wiki has it; where it answers that it is gone, as on Cloud, v2.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from vigie.errors import SourceError, SourceRefused, SourceUnreachable
from vigie.sources import confluence_content as content
from vigie.sources.confluence_attachments import LARGEST, Attachment, Unreadable, attachments, is_attachment
from vigie.sources.confluence_client import ATTEMPTS, Answered, ConfluenceClient, Json
from vigie.sources.confluence_content import NOTHING, Facts
from vigie.sources.confluence_includes import Named, included, includes
from vigie.sources.confluence_listing import EXPANDS, NOT_HERE, list_space, page_path
from vigie.sources.confluence_restrictions import RESTRICTED, Restrictions, in_parallel
from vigie.sources.confluence_v2 import SpaceV2, find_space
from vigie.sources.storage_format import storage_to_text, view_to_text
from vigie.types import Document, Item, Skip, SourceRef

log = logging.getLogger(__name__)

AT_ONCE = 4  # requests at the same time
IN_A_ROW = 5  # pages that fail one after the other: the wiki as a whole is down
FIRST_ATTEMPTS = 3  # tries of a page before its other form is asked for, which tells soon that the wiki is there
MORE_ATTEMPTS = 5  # tries after that, of a page whose other form came: some four seconds
VIEW_ATTEMPTS = 3  # tries of a view, where the page's other form has failed or is there already
READ_AGAIN = "+"  # at the end of a document's version: no listing gives such a one, so the page is read at each sync
GROUP = 200  # pages whose restrictions are looked at together, after their bodies were read
GROUP_CHARACTERS = 8_000_000  # or fewer pages, where they are this long


@dataclass(frozen=True, slots=True)
class _Read:
    """A page's body, not yet known to be visible. `shown`: with what it includes of `others`, if these are visible."""

    document: Document
    facts: Facts
    shown: str | None = None
    others: Mapping[str, Facts] = field(default_factory=dict)


class _NoBody(Exception):
    """The page came without the body that was asked for, or without its version."""


class ConfluenceSource:
    """Implements `protocols.Source`.

    A page is left out as "restricted" when it, or any page above it, has a view restriction, or when that cannot be
    found out. A restriction changes no version: it is looked at in every listing, and again after a body was read.

    With `extract` (media type and content of a file -> its text, or Unreadable), PDF and plain text attachments are
    documents of their own, seen by whoever sees their page.
    """

    def __init__(
        self, client: ConfluenceClient, space: str, extract: Callable[[str, bytes], str] | None = None
    ) -> None:
        self.ref = SourceRef("confluence", space)
        self._client = client
        self._extract = extract
        self._expand = 0  # which of EXPANDS the wiki takes for a page
        self._v2: SpaceV2 | None = None  # once v1 has failed and it has answered
        self._looked_for_v2 = False
        self._looking = threading.Lock()

    # ------------------------------------------------------------------ listing

    def scan(self) -> Iterator[Item | Skip]:
        with closing(self._client), ThreadPoolExecutor(AT_ONCE) as pool:
            listing = list_space(self._client, self.ref.name, self._check_space, self._find_v2)
            yield from listing.skips.values()
            pages = listing.pages
            untold = [id_ for id_, page in pages.items() if not page.whole]
            for id_, more in in_parallel(self._facts, untold, pool).items():
                if more is None:
                    del pages[id_]
                else:
                    pages[id_] = pages[id_].completed(more)
            # Everything is known before the first page is left out: a wiki that goes down meanwhile removes nothing.
            reasons = Restrictions(self._client, self._check_alive, dict).reasons(pages, pool, ask_above=False)
            files = in_parallel(lambda id_: self._files(id_, pages[id_]), list(pages) if self._extract else [], pool)
        for id_, page in pages.items():
            listed = [Item(id_, page.version or "")] + [Item(one.native_id, one.version) for one in files.get(id_, [])]
            if (reason := reasons[id_]) is not None:
                yield from (Skip(one.native_id, reason) for one in listed)
            elif page.version is None:
                yield from (Skip(i.native_id, "the wiki does not tell its version", transient=True) for i in listed)
            else:
                yield from listed

    def _files(self, page: str, facts: Facts) -> list[Attachment]:
        return list(attachments(self._client, self._v2, page, facts))

    def _facts(self, id_: str) -> Facts | None:
        """What the page itself tells; None when it is no current page of this space any more."""
        try:
            page = self._get_page(id_)
        except SourceRefused:
            raise
        except Answered as error:
            return None if error.status in (404, 410) else NOTHING
        except SourceError:
            self._check_alive()
            return NOTHING
        return content.facts(page, self._client.base_url) if self._elsewhere(page) is None else None

    def _check_space(self) -> None:
        """Raises SourceError when the space is not there for this login."""
        try:
            self._client.get(self._space_path)
        except Answered:
            if self._find_v2() is None:
                raise SourceError(
                    f"space {self.ref.name} does not exist, or not for this login: check CONFLUENCE_SPACE"
                ) from None

    def _find_v2(self) -> SpaceV2 | None:
        """The space under v2, looked for once."""
        with self._looking:
            if not self._looked_for_v2:
                self._v2 = find_space(self._client, self.ref.name)
                self._looked_for_v2 = True
            return self._v2

    def _check_alive(self) -> None:
        """Raises SourceUnreachable when the wiki as a whole does not answer."""
        try:
            self._client.get(self._space_path)
        except Answered:
            pass

    @property
    def _space_path(self) -> str:
        return f"/rest/api/space/{quote(self.ref.name, safe='')}"

    # ------------------------------------------------------------------ reading

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        """Bodies are handed out in groups, each once it is known that no restriction came on them meanwhile."""
        restrictions = Restrictions(self._client, self._check_alive, self._relist)
        held: list[_Read] = []
        with closing(self._client), ThreadPoolExecutor(AT_ONCE) as pool:
            for found in self._read_all(items, pool):
                if isinstance(found, Skip):
                    yield found
                    continue
                held.append(found)
                if len(held) >= GROUP or sum(len(one.document.text) for one in held) >= GROUP_CHARACTERS:
                    yield from self._visible(held, restrictions, pool)
                    held = []
            yield from self._visible(held, restrictions, pool)

    def _visible(
        self, held: list[_Read], restrictions: Restrictions, pool: ThreadPoolExecutor
    ) -> Iterator[Document | Skip]:
        facts = {one.document.native_id: one.facts for one in held}
        facts |= {id_: other for one in held for id_, other in one.others.items()}
        reasons = restrictions.reasons(facts, pool, ask_above=True)
        for one in held:
            document, reason = one.document, reasons[one.document.native_id]
            if reason is not None:
                yield Skip(document.native_id, reason)
            elif one.shown is not None and all(reasons[id_] is None for id_ in one.others):
                yield replace(document, text=one.shown)
            else:
                yield document

    def _relist(self) -> Mapping[str, Facts]:
        return list_space(self._client, self.ref.name, self._check_space, self._find_v2).pages

    def _read_all(self, items: Iterable[Item], pool: ThreadPoolExecutor) -> Iterator[_Read | Skip]:
        failed_in_a_row = 0
        waiting: deque[Future[_Read | Skip]] = deque()
        remaining = iter(items)
        try:
            # One page alone first: credentials refused meanwhile must not be tried four times at once.
            if (item := next(remaining, None)) is not None:
                yield self._read_one(item.native_id)
            while True:
                while len(waiting) < 2 * AT_ONCE and (item := next(remaining, None)) is not None:
                    waiting.append(pool.submit(self._read_one, item.native_id))
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

    def _get_page(self, id_: str, body: str | None = None, attempts: int = ATTEMPTS) -> Json:
        """The page with as much as the wiki gives of it. Raises as `ConfluenceClient.get`."""
        while True:
            if self._v2 is not None:
                return self._v2.page(id_, body, attempts)
            used = self._expand
            expand = ",".join(["space", EXPANDS[used]] + ([f"body.{body}"] if body else []))
            try:
                return self._client.get(page_path(id_), {"expand": expand}, attempts=attempts)
            except Answered as error:
                if error.status in NOT_HERE and self._find_v2() is not None:
                    continue
                if error.status != 400 or used + 1 >= len(EXPANDS):
                    raise
                self._expand = max(self._expand, used + 1)

    def _read_one(self, id_: str) -> _Read | Skip:
        if is_attachment(id_):
            return self._read_attachment(id_)
        try:
            return self._read_page(id_, "storage", FIRST_ATTEMPTS)
        except _NoBody:
            return self._read_shown(id_)
        except SourceRefused:
            raise
        except Answered as error:
            return _skipped(id_, error)
        except SourceError as error:
            # The wiki cannot make this page's storage format, or does not answer at all: the view tells which.
            log.warning("page %s cannot be read as storage format (%s): asking for its view", id_, error)
        shown = self._read_shown(id_)
        try:
            # It may have been a passing fault, and the view keeps no code byte for byte.
            return self._read_page(id_, "storage", MORE_ATTEMPTS if isinstance(shown, _Read) else ATTEMPTS)
        except SourceRefused:
            raise
        except Answered as error:
            return _skipped(id_, error)
        except (_NoBody, SourceError):
            return shown

    def _read_shown(self, id_: str) -> _Read | Skip:
        """As the wiki shows it. Raises SourceRefused."""
        try:
            return self._read_page(id_, "view", VIEW_ATTEMPTS)
        except SourceRefused:
            raise
        except Answered as error:
            return _skipped(id_, error)
        except _NoBody:
            return Skip(id_, "the wiki gave it without its version or its storage format", transient=True)
        except SourceError as error:
            return Skip(id_, f"could not be read: {error}", transient=True)

    def _read_page(self, id_: str, form: str, attempts: int = ATTEMPTS) -> _Read | Skip:
        """Raises as `ConfluenceClient.get`, and _NoBody."""
        page = self._get_page(id_, form, attempts)
        if content.page_id(page) != id_:
            return Skip(id_, "the wiki gave something else for it", transient=True)
        if (elsewhere := self._elsewhere(page)) is not None:
            return Skip(id_, elsewhere)
        facts, body = content.facts(page, self._client.base_url), content.body_of(page, form)
        if facts.restricted:
            return Skip(id_, RESTRICTED)
        if facts.version is None or body is None:
            raise _NoBody
        document = Document(
            ref=self.ref,
            native_id=id_,
            version=facts.version,
            title=content.title_of(page),
            text=storage_to_text(body) if form == "storage" else view_to_text(body, others=False),
            url=content.web_url(page, self._client.base_url),
            updated_at=content.updated_at(page),
        )
        if form == "view":
            return _Read(replace(document, version=f"{facts.version}{READ_AGAIN}"), facts)
        named, told = includes(body)
        if not named:
            return _Read(document, facts)
        # What it shows of others changes, and may be closed, while its own version stays.
        read = _Read(replace(document, version=f"{facts.version}{READ_AGAIN}"), facts)
        return self._with_others(read, named) if told else read

    def _read_attachment(self, id_: str) -> _Read | Skip:
        page_id = id_.partition("/")[0]
        assert self._extract is not None  # or none would have been listed
        try:
            page = self._get_page(page_id)
            facts = content.facts(page, self._client.base_url)
            file = next((one for one in self._files(page_id, facts) if one.native_id == id_), None)
            if file is None or self._elsewhere(page) is not None:
                return Skip(id_, "deleted while it was being read, or no longer visible")
            if file.size is not None and file.size > LARGEST:
                return Skip(id_, f"{file.name} has {file.size:,} bytes, more than {LARGEST:,}")
            text = self._extract(file.media_type, self._client.download(file.download, LARGEST))
        except Unreadable as error:
            return Skip(id_, f"{file.name}: {error}" if file else str(error))
        except SourceRefused:
            raise
        except Answered as error:
            return _skipped(id_, error)
        except SourceError as error:
            return Skip(id_, f"could not be read: {error}", transient=True)
        document = Document(
            ref=self.ref,
            native_id=id_,
            version=file.version,
            title=f"{content.title_of(page)} › {file.name}",
            text=text,
            url=content.web_url(page, self._client.base_url),
            updated_at=content.updated_at(page),
        )
        above = None if facts.ancestors is None else (*facts.ancestors, page_id)
        return _Read(document, Facts(file.version, above, restricted=False))

    def _with_others(self, read: _Read, named: list[Named]) -> _Read:
        """With the page as it is shown, for when all that it includes may be seen; as it was where that fails."""
        try:
            others = included(named, self.ref.name, self._client.base_url, self._titled, self._current_page)
            page = self._get_page(read.document.native_id, "view", VIEW_ATTEMPTS) if others is not None else {}
        except SourceRefused:
            raise
        except SourceError as error:
            log.warning("page %s is kept without what it includes: %s", read.document.native_id, error)
            return read
        body = content.body_of(page, "view")
        same = content.version_of(page, self._client.base_url) == read.facts.version
        if others is None or body is None or not same:
            return read
        return replace(read, shown=view_to_text(body, others=True), others=others)

    def _current_page(self, id_: str) -> Json | None:
        """With its storage format; None when it is no current page of this space."""
        page = self._get_page(id_, "storage")
        return page if self._elsewhere(page) is None else None

    def _titled(self, title: str) -> list[str]:
        """Ids of the current pages of the space with that title."""
        if self._v2 is not None:
            results: object = self._v2.titled(title)
        else:
            asked: dict[str, str | int] = {
                "spaceKey": self.ref.name,
                "title": title,
                "type": "page",
                "status": "current",
                "limit": 2,
            }
            results = self._client.get("/rest/api/content", asked).get("results")
        ids = [content.page_id(one) for one in (results if isinstance(results, list) else [])]
        return [id_ for id_ in ids if id_ is not None]

    def _elsewhere(self, page: Json) -> str | None:
        """Why it is no current page of this space; None when it is one."""
        if not content.is_current_page(page):
            return f"no longer a current page ({content.clean(page.get('status'))})"
        key = content.space_key(page)
        if key is not None and key.casefold() != self.ref.name.casefold():
            return f"moved to space {content.clean(key)}"
        return None


def _skipped(id_: str, error: Answered) -> Skip:
    """A page that the wiki answered for, with a refusal."""
    if error.status in (404, 410):
        return Skip(id_, "deleted while it was being read, or no longer visible")
    if error.status == 403:
        return Skip(id_, RESTRICTED)
    return Skip(id_, f"could not be read: {error}", transient=True)
