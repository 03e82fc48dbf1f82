"""Collections of a live MongoDB, read and never written to: each a `RecordSource`."""

from __future__ import annotations

import weakref
from collections.abc import Collection as AnyOf
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import bson
from bson.errors import BSONError
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS
from pymongo import MongoClient

from vigie.errors import SourceError
from vigie.sources._mongo_errors import mapped, unusable
from vigie.sources._mongo_scan import CODEC, NO_ID, RawDatabase, id_of, scan, whole
from vigie.sources.extjson import content_hash, dumps, native_id
from vigie.sources.record_files import Body, capped, identified
from vigie.text import shows
from vigie.types import Record, Skip, SourceRef

CONNECT_SECONDS = 5
REPLY_SECONDS = 90  # beyond the server's own limit, for a connection that is dead without saying so
# `anyAction` is what the role __system has, and roles of one's own may have.
WRITING = frozenset(
    "insert update remove dropCollection dropDatabase createCollection collMod createIndex dropIndex convertToCapped "
    "renameCollectionSameDB anyAction".split()
)


@dataclass(frozen=True, slots=True)
class LiveCollection:
    name: str
    kind: str  # "collection", "view" or "timeseries"


class MongoDatabase:
    """One database through one client of at most four connections, which connects when first used and is closed
    with this object or by `close`.

    Raises SourceError for an address that cannot be used.
    """

    def __init__(self, uri: str, name: str) -> None:
        self.name = name
        with mapped(name):
            try:
                self._client: MongoClient[dict[str, Any]] = MongoClient(uri, **_options(uri))
            except (ValueError, TypeError) as error:
                raise unusable() from error
            self.documents = self._client.get_database(name)
            self.raw: RawDatabase = self._client.get_database(name, DEFAULT_RAW_BSON_OPTIONS)  # type: ignore[assignment]
        self._finalizer = weakref.finalize(self, self._client.close)

    def collections(self) -> list[LiveCollection]:
        """Those that may be seen, by name. Raises SourceError, also where there are none: a mistyped name of a
        database is no error to MongoDB."""
        with mapped(self.name):
            found = self._listed({})
        if not found:
            raise SourceError(
                f"the database {self.name} holds no collections that the user of MONGO_URI may see: check MONGO_DB"
            )
        return sorted(found, key=lambda one: one.name)

    def kind(self, name: str) -> str:
        """Of one collection. Raises SourceError."""
        with mapped(f"{self.name}.{name}"):
            found = self._listed({"name": name})
        return found[0].kind if found else "collection"

    def _listed(self, condition: Mapping[str, Any]) -> list[LiveCollection]:
        """Without rights of its own to list, a user sees what it may read. Any member answers, as for reading."""
        cursor = self.documents.cursor_command(
            "listCollections",
            filter=condition,
            nameOnly=True,
            authorizedCollections=True,
            read_preference=self.documents.read_preference,
        )
        with cursor:
            return [LiveCollection(one["name"], one.get("type", "collection")) for one in cursor]

    def write_rights(self) -> list[str]:
        """What the user may do to this database beyond reading. Raises SourceError."""
        with mapped(self.name):
            preference = self.documents.read_preference
            told = self.documents.command("connectionStatus", showPrivileges=True, read_preference=preference)
        granted = {
            action
            for privilege in told["authInfo"].get("authenticatedUserPrivileges", [])
            if _covers(privilege.get("resource", {}), self.name)
            for action in privilege.get("actions", [])
        }
        return sorted(granted & WRITING)

    def close(self) -> None:
        self._finalizer()


def _options(uri: str) -> dict[str, Any]:
    """Limits that the address itself does not set, and those that it may not change."""
    given = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query)}
    defaults: dict[str, Any] = {
        "readPreference": "secondaryPreferred",
        "serverSelectionTimeoutMS": CONNECT_SECONDS * 1000,
        "connectTimeoutMS": CONNECT_SECONDS * 1000,
        "socketTimeoutMS": REPLY_SECONDS * 1000,
    }
    own = {"appname": "vigie", "minPoolSize": 0, "maxPoolSize": 4, "retryReads": True, "retryWrites": False}
    return {name: value for name, value in defaults.items() if name.lower() not in given} | own


def _covers(resource: dict[str, Any], database: str) -> bool:
    return bool(resource.get("anyResource")) or resource.get("db") in ("", database)


# ------------------------------------------------------------------ which collections


def choose(
    found: Sequence[LiveCollection],
    database: str,
    named: Iterable[str],
    excluded: AnyOf[str],
    taken: Mapping[str, str],
) -> tuple[list[LiveCollection], list[Skip]]:
    """The collections to read, and what is refused by name.

    Without `named`, all but views, which show again what other collections hold, and MongoDB's own `system.*`; a view
    that is named is read. `taken`: casefolded names held by exports, and where. Names may carry `mongo_`.
    """
    by_name = {one.name: one for one in found}
    skips: list[Skip] = []
    if wanted := list(dict.fromkeys(named)):
        names = []
        for name in wanted:
            own = name if name in by_name else name.removeprefix("mongo_")
            if own in by_name and not _own(own):
                names.append(own)
            else:
                skips.append(
                    Skip(
                        own,
                        "MongoDB keeps it for itself" if _own(own) else f"{database} has no collection of this name",
                    )
                )
    else:
        names = [one.name for one in found if one.kind != "view" and not _own(one.name)]
    left = set(excluded) | {name.removeprefix("mongo_") for name in excluded if name not in by_name}
    chosen: list[LiveCollection] = []
    for name in dict.fromkeys(names):
        if name in left:
            continue
        if name.casefold() in taken:
            holder = taken[name.casefold()]
            skips.append(
                Skip(f"{database}.{name}", f"the name is already taken by {holder}: rename that, or MONGO_EXCLUDE this")
            )
        elif not shows(name):
            skips.append(Skip(name, "the collection's name holds characters that cannot be shown"))
        else:
            chosen.append(by_name[name])
    return chosen, skips


def _own(name: str) -> bool:
    return name.startswith("system.") or name.startswith("enxcol_.")


# ------------------------------------------------------------------ reading one


@dataclass(frozen=True, slots=True)
class MongoRecords:
    """The records of one collection.

    A document that does not decode is a Skip. `watermark`: a field that changes at every update of a document; with
    it, a collection whose `_id`s and watermarks are as before is not read again.
    """

    ref: SourceRef
    database: MongoDatabase
    kind: str = "collection"
    watermark: str | None = None

    def state(self) -> str | None:
        """A digest of every `_id` with its watermark; None without a watermark, and where a document lacks it: such a
        document could change unseen. Raises SourceError."""
        if self.watermark is None or self.kind != "collection":
            return None
        seen = blake2b(self.watermark.encode(), digest_size=16)
        for _, raw in scan(self.database.raw, self.ref.name, {"_id": 1, self.watermark: 1}):
            if not _has(raw, self.watermark):
                return None
            seen.update(raw)
        return seen.hexdigest()

    def scan(self) -> Iterator[Record | Skip]:
        try:
            yield from capped(self._records() if self.kind == "collection" else identified(self._whole()))
        except SourceError as error:
            raise type(error)(f"{self.ref.name}: {error}") from error

    def export(self) -> None:
        return None

    def _records(self) -> Generator[Record | Skip]:
        for number, (_, raw) in enumerate(scan(self.database.raw, self.ref.name), 1):
            read = _read(raw, number)
            if isinstance(read, Skip):
                yield read
            else:
                body, text = read
                yield Record(native_id(body["_id"]), body, text, content_hash(body))

    def _whole(self) -> Generator[Body | Skip]:
        for number, raw in enumerate(whole(self.database.raw, self.ref.name), 1):
            read = _read(raw, number)
            if isinstance(read, Skip):
                yield read
            else:
                body, text = read
                yield f"document {number}", body, content_hash(body), text


def _read(raw: bytes, number: int) -> tuple[dict[str, Any], str] | Skip:
    """The document and its Extended JSON."""
    try:
        body = bson.decode(raw, CODEC)
        return body, dumps(body)
    except (BSONError, ValueError, TypeError, RecursionError, OverflowError) as error:
        id = id_of(raw)
        return Skip(f"document {number}" if id is NO_ID else native_id(id), f"does not decode: {str(error)[:200]}")


def _has(raw: bytes, path: str) -> bool:
    """Whether there is a value, in a list of them too, at the end of `path`."""
    try:
        values: list[Any] = [bson.decode(raw, CODEC)]
    except BSONError:
        return False
    for part in path.split("."):
        inner = [item for value in values for item in (value if isinstance(value, list) else [value])]
        values = [value[part] for value in inner if isinstance(value, dict) and value.get(part) is not None]
    return bool(values)
