"""What the v1 content resource says of a page: pure functions over its JSON, which may hold anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from vigie.sources.storage_format import FORMAT_VERSION
from vigie.types import digest

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a listing, or a page itself, tells of a page; None where it does not say."""

    version: str | None
    ancestors: tuple[str, ...] | None  # ids, from the top of the tree downwards
    restricted: bool | None  # by a view restriction of its own

    def completed(self, other: Facts) -> Facts:
        """With what `other` says where this one does not."""
        return Facts(
            self.version if self.version is not None else other.version,
            self.ancestors if self.ancestors is not None else other.ancestors,
            self.restricted if self.restricted is not None else other.restricted,
        )

    @property
    def whole(self) -> bool:
        return self.version is not None and self.ancestors is not None


NOTHING = Facts(None, None, None)


def facts(content: Mapping[str, object], base: str) -> Facts:
    return Facts(version_of(content, base), ancestor_ids(content), inline_restriction(content))


def page_id(content: object) -> str | None:
    """The id as text: also where it is given as a number, or only in the page's own link."""
    if not isinstance(content, Mapping):
        return None
    value = content.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    links = content.get("_links")
    own = links.get("self") if isinstance(links, Mapping) and value in (None, "") else None
    found = re.search(r"/rest/api/content/([A-Za-z0-9_-]{1,100})$", own) if isinstance(own, str) else None
    return found.group(1) if found else None


def is_current_page(content: Mapping[str, object]) -> bool:
    """Not a draft, not trashed, no old version, no blog post or attachment."""
    kind, status = content.get("type"), content.get("status")
    return kind in (None, "page") and status in (None, "current")


def ancestor_ids(content: Mapping[str, object]) -> tuple[str, ...] | None:
    ancestors = content.get("ancestors")
    if not isinstance(ancestors, list):
        return None
    ids = [page_id(ancestor) for ancestor in ancestors]
    known = tuple(found for found in ids if found is not None)
    return known if len(known) == len(ids) else None


def version_of(content: Mapping[str, object], base: str) -> str | None:
    """Changes with all that is stored of a page: its text, its title and the address of its wiki.

    A loopback address does not count: its port is another at each start.
    """
    version = content.get("version")
    number = version.get("number") if isinstance(version, Mapping) else None
    if isinstance(number, str) and number.isascii() and number.isdigit():
        number = int(number[:30])
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    host = urlsplit(base).hostname or ""
    address = "" if host == "localhost" or host.startswith("127.") or host == "::1" else base
    return f"{number}-{digest(str(FORMAT_VERSION), address, title_of(content))[:16]}"


def title_of(content: Mapping[str, object]) -> str:
    """On one line, without what no store can hold."""
    title = content.get("title")
    text = str(title) if isinstance(title, str | int | float) else ""
    return " ".join(clean(text).split()) or f"Page {page_id(content)}"


def clean(text: object) -> str:
    """Lone surrogates and NULs replaced."""
    return str(text).encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def view_restriction(read: object) -> bool | None:
    """Whether the page itself may be seen by some only, from its `read` operation; None where it does not say.

    Only own restrictions are in it: view rights are the intersection over all ancestors.
    """
    lists = read.get("restrictions") if isinstance(read, Mapping) else None
    if not isinstance(lists, Mapping):
        return None
    answers = [_names_any(lists.get(kind)) for kind in ("user", "group")]
    if True in answers:
        return True
    return None if None in answers else False


def _names_any(names: object) -> bool | None:
    if isinstance(names, list):
        return bool(names)
    if not isinstance(names, Mapping) or not isinstance(names.get("results"), list):
        return None
    links = names.get("_links")
    more = isinstance(links, Mapping) and bool(links.get("next"))
    return bool(names["results"]) or names.get("size") not in (None, 0, "0") or more


def inline_restriction(content: Mapping[str, object]) -> bool | None:
    """`view_restriction` of a page whose restrictions were expanded."""
    restrictions = content.get("restrictions")
    return view_restriction(restrictions.get("read")) if isinstance(restrictions, Mapping) else None


def restriction_by_operation(answer: Mapping[str, object]) -> bool | None:
    """The same from all operations at once: by name (Data Center), or as a list (Cloud)."""
    results = answer.get("results")
    if isinstance(results, list):
        reads = [one for one in results if isinstance(one, Mapping) and one.get("operation") == "read"]
        return view_restriction(reads[0]) if reads else None
    return view_restriction(answer.get("read"))


def body_of(content: Mapping[str, object], form: str) -> str | None:
    """The body in that form ("storage", "view"); None where it was not given."""
    body = content.get("body")
    given = body.get(form) if isinstance(body, Mapping) else None
    value = given.get("value") if isinstance(given, Mapping) else None
    return value if isinstance(value, str) else None


def space_key(content: Mapping[str, object]) -> str | None:
    space = content.get("space")
    key = space.get("key") if isinstance(space, Mapping) else None
    return key if isinstance(key, str) else None


def updated_at(content: Mapping[str, object]) -> datetime | None:
    """When the version was written, in UTC; None if it is no date or does not say in which zone."""
    version = content.get("version")
    when = version.get("when") if isinstance(version, Mapping) else None
    try:
        moment = datetime.fromisoformat(when) if isinstance(when, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def web_url(content: Mapping[str, object], base: str) -> str:
    """A link that opens the page, on our own wiki whatever the answer says."""
    links = content.get("_links")
    path = links.get("webui") if isinstance(links, Mapping) else None
    usable = isinstance(path, str) and path.startswith("/") and not path.startswith("//") and path.isprintable()
    if usable and "\\" not in str(path) and " " not in str(path):
        return f"{base}{path}"
    return f"{base}/pages/viewpage.action?pageId={page_id(content)}"


def next_position(answer: Mapping[str, object]) -> dict[str, str] | None:
    """Where the listing goes on, as `next` says: its start or cursor. {} if there is no next, None if it is unusable.

    Only these parameters are ever taken from `next`: path and host stay ours, so that it does not matter whether it
    is relative to the base, to the origin, or leads to another host.
    """
    links = answer.get("_links")
    following = links.get("next") if isinstance(links, Mapping) else None
    if following is None or following == "":
        return {}
    try:
        query = dict(parse_qsl(urlsplit(following).query)) if isinstance(following, str) else {}
    except ValueError:
        return None
    if query.get("cursor"):
        return {"cursor": query["cursor"]}
    start = query.get("start", "")
    if not (start.isascii() and start.isdigit() and len(start) < 10):
        return None
    return {"start": str(_within_window(answer, int(start)))}


def _within_window(answer: Mapping[str, object], start: int) -> int:
    """A `next` beyond the window that was really answered (a limit cut down silently) would leave pages out."""
    own, limit = answer.get("start"), answer.get("limit")
    return min(start, own + limit) if isinstance(own, int) and isinstance(limit, int) and limit > 0 else start
