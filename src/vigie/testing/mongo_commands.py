"""What the small MongoDB answers, command by command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import bson
import mongomock
from bson import Int64, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure

from vigie.testing.mongo_aggregate import aggregate
from vigie.testing.mongo_order import sort_key
from vigie.testing.mongo_store import Collection, Refused, changed, decode, matches
from vigie.testing.mongo_values import kept

FIRST_BATCH = 101  # documents of a cursor's first batch where the client names no number
REPLY_BYTES = 16 * 1024 * 1024

Reply = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A view, or with `kind` "timeseries" what reads like one."""

    source: str
    pipeline: Sequence[Mapping[str, Any]] = ()
    kind: str = "view"


@dataclass
class Commands:
    """The databases, the open cursors, and one method per command, called `do_` and its name."""

    address: str
    actions: list[str]
    views: dict[str, dict[str, View]]
    databases: dict[str, dict[str, Collection]] = field(default_factory=dict)
    cursors: dict[int, tuple[str, list[bytes]]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: ObjectId = field(default_factory=ObjectId)

    def run(self, name: str, body: Mapping[str, Any]) -> Reply:
        """Raises Refused."""
        known: Callable[[Mapping[str, Any]], Reply] | None = getattr(self, f"do_{name.lower()}", None)
        if known is None:
            raise Refused(59, "CommandNotFound", f"no such command: '{name}'")
        try:
            return known(body)
        except NotImplementedError as error:
            raise Refused(115, "CommandNotSupported", f"not in this fake: {error}") from error
        except (OperationFailure, mongomock.OperationFailure) as error:
            raise Refused(error.code or 2, "BadValue", str(error)) from error

    def collection(self, database: str, name: str) -> Collection:
        return self.databases.setdefault(database, {}).setdefault(name, Collection())

    # ------------------------------------------------------------------ the server

    def do_hello(self, body: Mapping[str, Any]) -> Reply:
        return {
            "isWritablePrimary": True,
            "ismaster": True,
            "secondary": False,
            "helloOk": True,
            "setName": "rs0",
            "setVersion": 1,
            "electionId": self._process,
            "hosts": [self.address],
            "primary": self.address,
            "me": self.address,
            "maxBsonObjectSize": 16777216,
            "maxMessageSizeBytes": 48000000,
            "maxWriteBatchSize": 100000,
            "localTime": datetime.now(UTC),
            "logicalSessionTimeoutMinutes": 30,
            "connectionId": 1,
            "minWireVersion": 0,
            "maxWireVersion": 9,
            "readOnly": False,
        }

    do_ismaster = do_hello

    def do_ping(self, body: Mapping[str, Any]) -> Reply:
        return {}

    do_endsessions = do_ping

    def do_buildinfo(self, body: Mapping[str, Any]) -> Reply:
        return {"version": "4.4.29", "versionArray": [4, 4, 29, 0], "bits": 64, "maxBsonObjectSize": 16777216}

    def do_saslstart(self, body: Mapping[str, Any]) -> Reply:
        raise Refused(18, "AuthenticationFailed", "Authentication failed.")

    def do_connectionstatus(self, body: Mapping[str, Any]) -> Reply:
        resource = {"db": body["$db"], "collection": ""}
        info: Reply = {
            "authenticatedUsers": [{"user": "vigie", "db": "admin"}],
            "authenticatedUserRoles": [],
        }
        if body.get("showPrivileges"):
            info["authenticatedUserPrivileges"] = [{"resource": resource, "actions": self.actions}]
        return {"authInfo": info}

    # ------------------------------------------------------------------ what there is

    def do_listdatabases(self, body: Mapping[str, Any]) -> Reply:
        named = sorted(self.databases)
        return {"databases": [{"name": name, "sizeOnDisk": Int64(4096), "empty": False} for name in named]}

    def do_listcollections(self, body: Mapping[str, Any]) -> Reply:
        database = body["$db"]
        found = [{"name": name, "type": "collection"} for name in self.databases.get(database, {})]
        found += [{"name": name, "type": view.kind} for name, view in self.views.get(database, {}).items()]
        matching = [one for one in found if matches(body.get("filter") or {}, one)]
        more = {} if body.get("nameOnly") else {"options": {}, "info": {"readOnly": False}}
        raws = [bson.encode({**one, **more}) for one in sorted(matching, key=lambda one: one["name"])]
        return self._cursor(f"{database}.$cmd.listCollections", raws, body.get("cursor") or {})

    def do_collstats(self, body: Mapping[str, Any]) -> Reply:
        raws = self._source(body["$db"], body["collStats"])
        size = sum(map(len, raws))
        return {"ns": f"{body['$db']}.{body['collStats']}", "count": len(raws), "size": size, "nindexes": 1}

    def do_dbstats(self, body: Mapping[str, Any]) -> Reply:
        held = self.databases.get(body["$db"], {})
        return {"db": body["$db"], "collections": len(held), "objects": sum(map(len, held.values()))}

    # ------------------------------------------------------------------ reading

    def do_find(self, body: Mapping[str, Any]) -> Reply:
        unknown = body.keys() & {"min", "max", "tailable", "returnKey", "showRecordId"}
        if unknown:
            raise Refused(115, "CommandNotSupported", f"find with {sorted(unknown)}")
        raws = self._source(body["$db"], body["find"], body.get("filter") or {})
        for path, way in reversed(list((body.get("sort") or {}).items())):
            if (path, way) != ("_id", 1):
                raws.sort(key=lambda raw, path=path: _path_key(decode(raw), path), reverse=way < 0)  # type: ignore[misc]
        skip, limit = body.get("skip", 0), abs(body.get("limit", 0))
        raws = raws[skip : skip + limit] if limit else raws[skip:]
        if body.get("projection"):
            raws = [_projected(raw, body["projection"]) for raw in raws]
        single = bool(body.get("singleBatch")) or body.get("limit", 0) < 0
        return self._cursor(f"{body['$db']}.{body['find']}", raws, body, single)

    def do_aggregate(self, body: Mapping[str, Any]) -> Reply:
        name = body["aggregate"]
        if not isinstance(name, str):
            raise Refused(115, "CommandNotSupported", "an aggregation over no collection")
        rows = self._aggregated(body["$db"], name, body["pipeline"])
        raws = [bson.encode(row) for row in rows]
        return self._cursor(f"{body['$db']}.{name}", raws, body.get("cursor") or {})

    def do_getmore(self, body: Mapping[str, Any]) -> Reply:
        with self._lock:
            held = self.cursors.pop(body["getMore"], None)
        if held is None:
            raise Refused(43, "CursorNotFound", f"cursor id {body['getMore']} not found")
        namespace, raws = held
        batch, rest = _cut(raws, body.get("batchSize") or len(raws))
        number = body["getMore"] if rest else 0
        if rest:
            self.cursors[number] = namespace, rest
        return {"cursor": {"nextBatch": _wrapped(batch), "id": Int64(number), "ns": namespace}}

    def do_killcursors(self, body: Mapping[str, Any]) -> Reply:
        killed = [number for number in body["cursors"] if self.cursors.pop(number, None) is not None]
        missing = [number for number in body["cursors"] if number not in killed]
        return {"cursorsKilled": killed, "cursorsNotFound": missing, "cursorsAlive": [], "cursorsUnknown": []}

    def do_count(self, body: Mapping[str, Any]) -> Reply:
        found = len(self._source(body["$db"], body["count"], body.get("query") or {}))
        found = max(0, found - body.get("skip", 0))
        return {"n": min(found, body["limit"]) if body.get("limit") else found}

    def do_distinct(self, body: Mapping[str, Any]) -> Reply:
        raws = self._source(body["$db"], body["distinct"], body.get("query") or {})
        values = {sort_key(v): v for raw in raws for v in _leaves(decode(raw), body["key"].split("."))}
        return {"values": [values[key] for key in sorted(values)]}

    # ------------------------------------------------------------------ writing, to fill it with a driver

    def do_insert(self, body: Mapping[str, Any]) -> Reply:
        collection = self.collection(body["$db"], body["insert"])
        errors: list[Reply] = []
        for index, document in enumerate(body["documents"]):
            try:
                collection.insert(document)
            except Refused as error:
                errors.append({"index": index, "code": error.code, "errmsg": error.message})
                if body.get("ordered", True):
                    break
        reply: Reply = {"n": len(body["documents"]) - len(errors)}
        return {**reply, "writeErrors": errors} if errors else reply

    def do_update(self, body: Mapping[str, Any]) -> Reply:
        collection = self.collection(body["$db"], body["update"])
        found = 0
        for update in body["updates"]:
            raws = collection.find(update["q"])
            raws = raws if update.get("multi") else raws[:1]
            collection.fill(changed(decode(raw), update["u"]) for raw in raws)
            found += len(raws)
        return {"n": found, "nModified": found}

    def do_delete(self, body: Mapping[str, Any]) -> Reply:
        collection = self.collection(body["$db"], body["delete"])
        removed = 0
        for delete in body["deletes"]:
            raws = collection.find(delete["q"])
            removed += collection.remove(decode(raw)["_id"] for raw in (raws[:1] if delete["limit"] else raws))
        return {"n": removed}

    def do_drop(self, body: Mapping[str, Any]) -> Reply:
        self.databases.get(body["$db"], {}).pop(body["drop"], None)
        return {}

    # ------------------------------------------------------------------ shared

    def _source(self, database: str, name: str, condition: Mapping[str, Any] | None = None) -> list[bytes]:
        """The documents of a collection or a view, of those that match."""
        if name in self.views.get(database, {}):
            rows = self._aggregated(database, name, [{"$match": condition}] if condition else [])
            return [bson.encode(row) for row in rows]
        held = self.databases.get(database, {}).get(name)
        return [] if held is None else held.find(condition or {})

    def _aggregated(self, database: str, name: str, pipeline: Sequence[Mapping[str, Any]]) -> list[Reply]:
        view = self.views.get(database, {}).get(name)
        if view is not None:
            return self._aggregated(database, view.source, [*view.pipeline, *pipeline])
        held = self.databases.get(database, {}).get(name)
        return aggregate([] if held is None else held.documents(), pipeline)

    def _cursor(self, namespace: str, raws: list[bytes], options: Mapping[str, Any], single: bool = False) -> Reply:
        """The first batch, and a cursor for the rest."""
        batch, rest = _cut(raws, options.get("batchSize", FIRST_BATCH))
        number = 0
        if rest and not single:
            with self._lock:
                number = next(self._numbers)
                self.cursors[number] = namespace, rest
        return {"cursor": {"firstBatch": _wrapped(batch), "id": Int64(number), "ns": namespace}}


def _cut(raws: list[bytes], most: int) -> tuple[list[bytes], list[bytes]]:
    """At most so many, and at most 16 MB beyond the first."""
    size = taken = 0
    while taken < min(most, len(raws)) and (not taken or size + len(raws[taken]) <= REPLY_BYTES):
        size += len(raws[taken])
        taken += 1
    return raws[:taken], raws[taken:]


def _wrapped(raws: Iterable[bytes]) -> list[RawBSONDocument]:
    return [RawBSONDocument(raw) for raw in raws]


def _leaves(value: Any, path: Sequence[str]) -> list[Any]:
    """The values at a path, those of lists one by one."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item, path)]
    if not path:
        return [value]
    return _leaves(value[path[0]], path[1:]) if isinstance(value, dict) and path[0] in value else []


def _path_key(document: Mapping[str, Any], path: str) -> Any:
    """As MongoDB sorts upwards: the least of a list, null where there is nothing."""
    return min(map(sort_key, _leaves(document, path.split("."))), default=sort_key(None))


def _projected(raw: bytes, wanted: Mapping[str, Any]) -> bytes:
    """By fields that are kept, inner ones too, or top-level ones that are left out; `_id` by its own word."""
    names = {name: bool(on) for name, on in wanted.items() if name != "_id"}
    inner = any("." in name for name in names)
    if any(not isinstance(wanted[name], bool | int | float) for name in names) or (inner and not all(names.values())):
        raise Refused(115, "CommandNotSupported", "a projection of computed fields, or without inner ones")
    keep_id = bool(wanted.get("_id", True))
    if inner:
        return bson.encode(kept(decode(raw), [name.split(".") for name in (*names, *(["_id"] if keep_id else []))]))
    including = any(names.values()) or (not names and keep_id)
    found = {
        name: value
        for name, value in decode(raw).items()
        if (keep_id if name == "_id" else names.get(name, not including))
    }
    return bson.encode(found)
